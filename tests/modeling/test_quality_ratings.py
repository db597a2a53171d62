"""A user's own ratings: what is read, what is refused, what is held out."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.errors import InputError
from mtqa.modeling.quality_ratings import LEAST_RATED, Mark, Ratings, parse_ratings, split_ratings
from tests.modeling.rated import as_json_lines, faulty_rows

FILL = "".join(f"Line {number}.\t{number}\n" for number in range(LEAST_RATED))
FILL_SPANS = "".join(f"Line {number}.\t{number}\t\n" for number in range(LEAST_RATED))


def read(content: str) -> Ratings:
    return parse_ratings(content, "my.tsv")


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("text\tscore", {"text": "text", "score": "score"}),
        ("Translation\tMean", {"text": "translation", "score": "mean"}),
        ("hypothesis\tDA", {"text": "hypothesis", "score": "da"}),
        (" target \trating", {"text": "target", "score": "rating"}),
    ],
)
def test_columns_are_found_by_their_names(header: str, columns: dict[str, str]) -> None:
    ratings = read(f"{header}\n{FILL}")
    assert ratings.columns == columns
    assert [row.text for row in ratings.rows] == [f"Line {number}." for number in range(LEAST_RATED)]
    assert ratings.scores == list(range(LEAST_RATED))


@pytest.mark.parametrize(
    ("cell", "marks"),
    [
        ("", None),
        ("[]", ()),
        ('[[0, 3, "minor"], [4, 9, "major"]]', (Mark(0, 3, "minor"), Mark(4, 9, "major"))),
        ("0-3:minor;4-9:major", (Mark(0, 3, "minor"), Mark(4, 9, "major"))),
        (" 0-9:major ; ", (Mark(0, 9, "major"),)),
    ],
)
def test_spans_in_all_their_forms(cell: str, marks: tuple[Mark, ...] | None) -> None:
    ratings = read(f"text\tscore\tspans\nBad words\t7\t{cell}\n{FILL_SPANS}")
    assert ratings.rows[0].marks == marks
    record = {"text": "Bad words", "score": 7, "spans": json.loads(cell) if cell.startswith("[") else cell}
    rest = as_json_lines([{"text": f"Line {number}.", "score": number} for number in range(LEAST_RATED)])
    assert read(json.dumps(record) + "\n" + rest).rows[0].marks == marks


def test_a_row_may_have_spans_only() -> None:
    ratings = read(f"text\tscore\tspans\nBad words\t\t[]\n{FILL_SPANS}")
    assert ratings.rows[0].score is None
    assert len(ratings.scores) == LEAST_RATED


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"Hello"', '"Hello"'),
        ('"Hello" said he.', '"Hello" said he.'),
        ('It was "new".', 'It was "new".'),
        ('"', '"'),
        ('"It was ""new""."', 'It was "new".'),
        ('"one\ttwo"', "one\ttwo"),
        ('"one\n""two"""', 'one\n"two"'),
        ("a\u2028b\x85c", "a\u2028b\x85c"),
    ],
)
def test_quotation_marks_are_those_of_the_text_unless_the_table_needs_them(written: str, text: str) -> None:
    rows = read(f"text\tscore\n{written}\t7\n{FILL}").rows
    assert rows[0].text == text
    assert len(rows) == LEAST_RATED + 1


TEXTS = st.text(st.sampled_from('ab "\t\n'), min_size=1, max_size=8).filter(lambda text: bool(text.strip()))


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(TEXTS, min_size=LEAST_RATED, max_size=LEAST_RATED))
def test_texts_survive_a_quoted_table(texts: list[str]) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("text", "score"), *((text, number) for number, text in enumerate(texts))])
    assert [row.text for row in read(stream.getvalue()).rows] == texts


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "has no rows"),
        ("text\tscore\n", "has no rows"),
        (
            "source\tscore\nx\t1\n",
            "no column for the text (text, hypothesis, translation, target); its columns: 'source'",
        ),
        ("text\tz\nx\t1\n", "no column for the score"),
        ("text,score\nx,1\n", "separated by commas"),
        ("text\tscore\tscore\nx\t1\t1\n", "my.tsv:1: two columns are called 'score'"),
        ("text\tscore\nx\t1\n\ny\n", "my.tsv:4: 1 columns, but the header has 2: text, score"),
        ("text\tscore\nx\t101\n", "my.tsv:2: the score 101 is outside 0..100"),
        ("text\tscore\nx\t-0.5\n", "my.tsv:2: the score -0.5 is outside"),
        ("text\tscore\nx\t7,5\n", "my.tsv:2: the score '7,5' is not a number"),
        ("text\tscore\nx\tnan\n", "my.tsv:2: the score 'nan' is not a number"),
        ("text\tscore\nx\t1\n \t1\n", "my.tsv:3: the text is blank"),
        ("text\tscore\nx\t\n", "my.tsv:2: there is neither a score nor"),
        ('text\tscore\n"a\n""b"""\t1\nx\t\n', "my.tsv:4: there is neither"),
        ('text\tscore\tspans\nx\t1\t[[0, 2, "minor"]]\n', "my.tsv:2: the span 0-2 is outside the text of 1 characters"),
        ('text\tscore\tspans\nx\t1\t[[-1, 1, "minor"]]\n', "the span -1-1 is outside"),
        ("text\tscore\tspans\nx\t1\t1-1:minor\n", "my.tsv:2: the span 1-1 is empty"),
        ("text\tscore\tspans\nx\t1\t0-1:huge\n", "the severity 'huge' is not minor or major"),
        ("text\tscore\tspans\nx\t1\t0-1\n", "the span '0-1' is not start-end:severity"),
        ("text\tscore\tspans\nx\t1\t[[0, 1\n", "the spans are not JSON"),
        ("text\tscore\tspans\nx\t1\t[[0, true, 3]]\n", "is not [start, end, severity]"),
        ('{"text": "x", "score": 1}\n{"text": 3, "score": 1}\n', "my.tsv:2: the text is blank"),
        ('{"text": "x", "score": true}\n', "my.tsv:1: the score True is not a number"),
        ('{"text": "x", "score": 1, "spans": {}}\n', "my.tsv:1: the spans {} are no list"),
        ('{"text": "x", "score": 1\n', "my.tsv:1: is not JSON"),
        ('{"text": "x", "score": 1}\n[]\n', "my.tsv:2: is no JSON object"),
        ("text\tscore\nx\t1\ny\t2\n", f"has 2 rated rows; at least {LEAST_RATED} are needed"),
        ("text\tscore\n" + "x\t50\n" * LEAST_RATED, "all scores are 50"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_line(content: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        read(content)
    assert says in str(caught.value)
    assert str(caught.value).startswith("my.tsv:")


@given(count=st.integers(LEAST_RATED, 300), repeats=st.integers(1, 4), seed=st.integers(0, 99), grouped=st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_split_keeps_together_what_belongs_together(count: int, repeats: int, seed: int, grouped: bool) -> None:
    rows = [
        {"text": f"Text {number // repeats}.", "score": number % 101, **({"doc": number // 5} if grouped else {})}
        for number in range(count)
    ]
    ratings = read(as_json_lines(rows))
    split = split_ratings(ratings, seed)
    assert split == split_ratings(ratings, seed)
    assert sorted([*split.train, *split.held_out]) == list(range(count))
    assert 0.10 * count <= len(split.held_out) <= 0.20 * count
    sides = [{rows[number]["doc" if grouped else "text"] for number in side} for side in (split.train, split.held_out)]
    assert not sides[0] & sides[1]
    assert split.by == ("doc" if grouped else "text")
    texts = [{rows[number]["text"] for number in side} for side in (split.train, split.held_out)]
    assert split.shared == len(texts[0] & texts[1])


def test_another_seed_holds_out_other_rows() -> None:
    ratings = read(as_json_lines(faulty_rows(100)))
    assert split_ratings(ratings, 1).held_out != split_ratings(ratings, 2).held_out


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            [{"text": f"T{at}", "score": at, "doc": at % 2} for at in range(60)],
            "its 2 groups of column doc are too few",
        ),
        ([{"text": f"T{at % 3}", "score": at} for at in range(60)], "its 3 different texts are too few"),
    ],
)
def test_groups_too_large_to_be_held_out_are_an_error(rows: list[dict[str, object]], says: str) -> None:
    with pytest.raises(InputError) as caught:
        split_ratings(read(as_json_lines(rows)), 0)
    assert says in str(caught.value)
