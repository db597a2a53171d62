from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.detecting.pages import parse_example, parse_page
from mtqa.errors import DetectorError

PAGE = """# garbled-name

## Why

It hurts.

## How

By looking.

## Flagged

> Olaf [[Scholes]]{Scholz} said[[ said]]{} so.
> The “[[”]] talks.

## Accepted

Some explanation that is no example.

> Olaf Scholz said so.

## Measured

Well.

## Known gaps

None.
"""


def test_a_page_is_parsed() -> None:
    page = parse_page(PAGE)
    assert page.rule == "garbled-name"
    assert page.sections["Why"] == "It hurts."
    assert [example.text for example in page.flagged] == ["Olaf Scholes said said so.", "The “” talks."]
    assert [example.text for example in page.accepted] == ["Olaf Scholz said so."]
    first, second = page.flagged
    assert [(one.span.of(first.text), one.suggestion) for one in first.expected] == [
        ("Scholes", "Scholz"),
        (" said", ""),
    ]
    assert [(one.span.of(second.text), one.suggestion) for one in second.expected] == [("”", None)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("# garbled-name\n", "", "begins with"),
        ("# garbled-name", "# Garbled Name", "begins with"),
        ("## Measured\n\nWell.\n\n", "", "needed"),
        ("## Why", "## Reason", "needed"),
        ("## Known gaps", "## Measured", "needed"),
        ("By looking.", "", "says nothing under How"),
        ("> Olaf [[Scholes]]{Scholz} said[[ said]]{} so.\n> The “[[”]] talks.", "None yet.", "needs examples"),
        ("> Olaf Scholz said so.", "Olaf Scholz said so.", "needs examples"),
        ("The “[[”]] talks.", "The talks.", "without a mark"),
        ("> Olaf Scholz said so.", "> Olaf [[Scholz]] said so.", "accepts an example with a mark"),
        ("[[”]]", "[[”", "not closed"),
        ("[[”]]", "[[]]", "marks nothing"),
    ],
)
def test_a_broken_page_says_what_is_wrong(old: str, new: str, reason: str) -> None:
    assert old in PAGE
    with pytest.raises(DetectorError, match=reason):
        parse_page(PAGE.replace(old, new))


PLAIN = st.text(alphabet=st.characters(exclude_characters="[]{}\n"), max_size=20)


@given(st.lists(st.tuples(PLAIN, PLAIN.filter(bool), st.none() | PLAIN), max_size=4), PLAIN)
def test_marks_are_read_where_they_were_put(marks: list[tuple[str, str, str | None]], rest: str) -> None:
    marked = "".join(
        f"{before}[[{text}]]" + ("" if suggestion is None else "{" + suggestion + "}")
        for before, text, suggestion in marks
    )
    example = parse_example(marked + rest)
    assert example.text == "".join(before + text for before, text, _ in marks) + rest
    found = [(one.span.of(example.text), one.suggestion) for one in example.expected]
    assert found == [(text, suggestion) for _, text, suggestion in marks]
