from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.quality_en.corruptions import KINDS, Mark, Material, corrupt
from models.quality_en.editing import Edit, edited

SENTENCES = (
    "French President Emmanuel Macron met German Chancellor Angela Merkel in Berlin on Monday, officials said.",
    "The company currently employs 4,500 people and announced that it wants to build three new factories by 2024.",
    "“We don't know who carried out the attack,” the mayor of Warsaw told reporters (see below).",
    "She was not able to attend the meeting because her flight from London to Rome had been cancelled.",
    "About 3.5 million workers have lost their jobs since March, according to the Ministry of Labour.",
    "A well-known singer's house near Prague was sold for $12 million last year, her lawyer says.",
    "They will decide next week whether the schools are allowed to open again without any restrictions.",
    "In the second half Schneider scored twice for Hamburg, but Zhukov equalised five minutes later.",
)
SOURCES = {
    "de": ("Der Bürgermeister sprach gestern über die Haushaltslage der Gemeinde.",),
    "cs": ("Vláda včera schválila nový zákon o veřejných zakázkách.",),
    "ru": ("Правительство вчера одобрило новый закон о закупках.",),
    "zh": ("政府昨天批准了关于公共采购的新法律。",),
}
MATERIAL = Material(SENTENCES, SOURCES)
NOTHING = Material((), {})
WHOLE = ("word_salad", "gibberish")


def unmarked(text: str, marks: tuple[Mark, ...]) -> str:
    """The text outside the marks, without blanks."""
    kept = [letter for place, letter in enumerate(text) if not any(one.start <= place < one.end for one in marks)]
    return "".join("".join(kept).split())


def is_subsequence(part: str, full: str) -> bool:
    letters = iter(full)
    return all(letter in letters for letter in part)


def check_marks(text: str, marks: tuple[Mark, ...]) -> None:
    assert marks
    end = 0
    for mark in marks:
        assert end <= mark.start < mark.end <= len(text)
        assert text[mark.start : mark.end].strip()
        assert mark.severity in ("minor", "major")
        end = mark.end


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_applies_and_marks_what_it_changed(kind: str) -> None:
    results = [corrupt(kind, text, random.Random(seed), MATERIAL) for text in SENTENCES for seed in range(8)]
    found = [one for one in results if one is not None]
    assert found
    for one, text in zip(results, (text for text in SENTENCES for _ in range(8)), strict=True):
        if one is None:
            continue
        assert one.kind == kind
        assert one.text != text
        check_marks(one.text, one.marks)
        assert is_subsequence(unmarked(one.text, one.marks), "".join(text.split()))


@pytest.mark.parametrize("kind", KINDS)
def test_equal_states_give_equal_results_and_different_ones_variety(kind: str) -> None:
    again = [[corrupt(kind, text, random.Random(5), MATERIAL) for text in SENTENCES] for _ in range(2)]
    assert again[0] == again[1]
    variants = {
        one.text
        for text in SENTENCES
        for seed in range(12)
        if (one := corrupt(kind, text, random.Random(seed), MATERIAL))
    }
    assert len(variants) >= 4


@pytest.mark.parametrize("kind", WHOLE)
def test_a_sentence_bad_as_a_whole_is_marked_from_end_to_end(kind: str) -> None:
    results = [
        one for text in SENTENCES for seed in range(8) if (one := corrupt(kind, text, random.Random(seed), MATERIAL))
    ]
    whole = [one for one in results if one.whole]
    assert whole
    assert all(one.marks == (Mark(0, len(one.text), "major"),) for one in whole)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number_change", "Nothing of that kind was ever said."),
        ("garbled_name", "Nothing of that kind was ever said."),
        ("swapped_office", "Nothing of that kind was ever said."),
        ("pronoun", "Nothing of that kind was ever said."),
        ("truncation", "No."),
        ("word_salad", "Two words."),
    ],
)
def test_none_where_a_kind_does_not_apply(kind: str, text: str) -> None:
    assert all(corrupt(kind, text, random.Random(seed), MATERIAL) is None for seed in range(10))


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        corrupt("nonsense", SENTENCES[0], random.Random(1), MATERIAL)


@pytest.mark.parametrize(
    ("edits", "carried", "text", "marked"),
    [
        ([Edit(0, 3, "Two")], [], "Two big dogs bark.", ["Two"]),
        ([Edit(4, 8, "")], [], "The dogs bark.", ["The"]),
        ([Edit(0, 4, "")], [], "big dogs bark.", ["big"]),
        ([Edit(12, 18, "")], [], "The big dogs", ["dogs"]),
        ([Edit(7, 7, " big")], [], "The big big dogs bark.", ["big"]),
        ([Edit(17, 18, " .")], [], "The big dogs bark .", ["."]),
        ([Edit(0, 3, "Two"), Edit(1, 5, "nothing")], [], "Two big dogs bark.", ["Two"]),
        ([Edit(4, 8, "")], [Mark(8, 12, "major")], "The dogs bark.", ["The", "dogs"]),
        ([Edit(4, 12, "cats")], [Mark(8, 12, "major")], "The cats bark.", ["cats"]),
        ([Edit(4, 8, "")], [Mark(4, 7, "major")], "The dogs bark.", ["The"]),
        ([Edit(4, 4, "very ")], [Mark(4, 7, "minor")], "The very big dogs bark.", ["very", "big"]),
    ],
)
def test_edits_are_marked_and_marks_carried(
    edits: list[Edit], carried: list[Mark], text: str, marked: list[str]
) -> None:
    after, marks = edited("The big dogs bark.", edits, carried=carried)
    assert after == text
    assert [after[mark.start : mark.end] for mark in marks] == marked


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from(" ".join(SENTENCES).split()), max_size=25).map(" ".join),
        st.text(alphabet="aB -’'.,(\"3ß é", max_size=40),
    ),
    seed=st.integers(0, 1000),
)
def test_no_text_breaks_a_kind(kind: str, text: str, seed: int) -> None:
    for material in (MATERIAL, NOTHING):
        found = corrupt(kind, text, random.Random(seed), material)
        if found is not None:
            assert found.text != text
            check_marks(found.text, found.marks)
            assert is_subsequence(unmarked(found.text, found.marks), "".join(text.split()))
