from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.errors import KnowledgeError
from mtqa.knowledge.honorifics import load_honorifics, read_honorifics

HONORIFICS = load_honorifics()


def found(text: str) -> list[tuple[str, str, str]]:
    return [(span.of(text), row.language, row.meaning) for span, row in HONORIFICS.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Then MM. Dupont and Durand spoke.", [("MM.", "fr", "Messrs")]),
        ("MM.\r\nDupont", [("MM.", "fr", "Messrs")]),
        ("“Mme Leroy” and (Mlle Blanc)", [("Mme", "fr", "Ms"), ("Mlle", "fr", "Miss")]),
        ("Mme Éluard", [("Mme", "fr", "Ms")]),
        ("Hr. Schmidt usw.", [("Hr.", "de", "Mr"), ("usw.", "de", "etc.")]),
        ("in EE. UU. and EE.UU.", [("EE. UU.", "es", "US"), ("EE.UU.", "es", "US")]),
        ("z. B. this, z.B. that", [("z. B.", "de", "e.g."), ("z.B.", "de", "e.g.")]),
        ("5 Mio. euros and 300 zł", [("Mio.", "de", "million"), ("zł", "pl", "zlotys")]),
        ("5 млн", [("млн", "ru", "million")]),
    ],
)
def test_forms_are_found_where_they_can_stand(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "5 MM. The sheet",
        "5MM. The sheet",
        "MM. dupont",
        "MM.",
        "Mme leroy",
        "Mio. Then she left",
        "the zł",
        "xMme Leroy",
        "Mmex Leroy",
        "Dr. Smith, Mr. Smith, Mrs Smith, Prof. Smith, etc., e.g., i.e., No. 5",
        "126 mg/dl. The patient",
        "Mgr Ronald Knox",
        "",
    ],
)
def test_english_and_other_places_pass(text: str) -> None:
    assert found(text) == []


def test_the_table_is_sound() -> None:
    rows = HONORIFICS.rows
    assert max(Counter(row.form for row in rows).values()) == 1
    for row in rows:
        assert row.where in {"name", "number", "any"}
        assert len(row.language) == 2
        assert row.form == row.form.strip()
        assert row.meaning != row.form
        assert row.source
        assert len(row.as_of) == 10


def test_a_short_row_is_named_by_line() -> None:
    with pytest.raises(KnowledgeError, match=r"own\.tsv:2"):
        read_honorifics(["form\tlanguage\tmeaning\twhere\tsource\tas_of\n", "MM.\tfr\n"], path="own.tsv")


@given(
    st.lists(
        st.sampled_from(["MM.", "Mme", "usw.", "z. B.", "5", "zł", "Leroy", "é", ".", "’", "-"]) | st.text(max_size=3)
    ),
    st.sampled_from(["", " "]),
)
def test_spans_are_the_forms(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    end = 0
    for span, row in HONORIFICS.find(text):
        assert span.of(text) == row.form
        assert end <= span.start
        end = span.end
