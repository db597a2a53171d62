"""The documents of the pairing suite, the links that are right in them, and the counts."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest

from eval.suites import pairing
from eval.suites.pairing import Case, corrupt, count, is_simple, measures, right_links
from mtqa.pairing import find_links
from mtqa.schema.document import Document, Span
from mtqa.segmenting import segment
from mtqa.segmenting.source import segment_source

PAIRS = [
    (number, f"Das ist der Satz {number} von allen.", f"This is sentence {number} of all.")
    for number in range(100, 130)
]


def case(source: list[tuple[str, tuple[int, ...]]], target: list[tuple[str, tuple[int, ...]]]) -> Case:
    sides = []
    for lines in (source, target):
        text, spans = "", []
        for line, numbers in lines:
            spans.append((Span(len(text), len(text) + len(line)), numbers))
            text += f"{line} "
        sides.append((text, tuple(spans)))
    document = segment(Document("", sides[1][0], source=sides[0][0], source_language="de"))
    return Case(document, sides[1][1], sides[0][1])


@pytest.mark.parametrize(
    ("source", "target", "links"),
    [
        ([("Eins.", (0,)), ("Zwei.", (1,))], [("One.", (0,)), ("Two.", (1,))], {((0,), (0,)), ((1,), (1,))}),
        ([("Eins. Und eins.", (0,))], [("One and one.", (0,))], {((0,), (0, 1))}),
        ([("Eins.", (0,)), ("Zwei.", (1,))], [("One; two.", (0, 1))], {((0,), (0, 1))}),
        ([("Eins.", (0,)), ("Zwei.", (1,))], [("One.", (0,))], {((0,), (0,)), ((), (1,))}),
        ([("Zwei.", (1,))], [("One.", (0,)), ("Two.", (1,))], {((0,), ()), ((1,), (0,))}),
        ([("Eins, zwei.", (0, 1)), ("Drei.", (2,))], [("One.", (0,)), ("Two, three.", (1, 2))], {((0, 1), (0, 1))}),
    ],
)
def test_right_links_follow_the_lines(
    source: list[tuple[str, tuple[int, ...]]], target: list[tuple[str, tuple[int, ...]]], links: set[pairing.Group]
) -> None:
    made = case(source, target)
    assert right_links(made, segment_source(made.document.source or "", "de")) == links


@pytest.mark.parametrize("in_prose", [True, False])
def test_corruption_is_seeded_and_keeps_every_line_in_place(in_prose: bool) -> None:
    first, second = (corrupt(PAIRS, "de", random.Random(1), in_prose=in_prose) for _ in range(2))
    assert first == second
    for text, lines in ((first.document.text, first.target_lines), (first.document.source or "", first.source_lines)):
        numbers = [number for _, held in lines for number in held]
        assert numbers == sorted(set(numbers))
        assert len(numbers) < len(PAIRS)  # something was dropped
        assert max(len(held) for _, held in lines) == 2  # something was merged
        for span, held in lines:
            assert str(held[0]) in span.of(text)
    assert ("\n" in first.document.text) != in_prose


@pytest.mark.parametrize(
    ("source", "target", "in_prose", "expected"),
    [
        ("Eins.", "One.", True, True),
        ("Eins. Zwei.", "One and two.", True, True),
        ("Eins. Zwei.", "One. Two.", True, False),
        ("Eins", "One", True, False),
        ("Eins", "One", False, True),
        ("", "One.", False, False),
    ],
)
def test_lines_whose_links_are_known(source: str, target: str, in_prose: bool, expected: bool) -> None:
    assert is_simple(source, target, "de", in_prose=in_prose) == expected


def test_counts_and_measures() -> None:
    made = corrupt(PAIRS, "de", random.Random(3), in_prose=False)
    counts = count(made, find_links(made.document))
    right = right_links(made, segment_source(made.document.source or "", "de"))
    assert counts["right_link"] == sum(bool(first and second) for first, second in right)
    assert counts["right_omitted"] == sum(len(second) for first, second in right if not first)
    found = measures(Counter(right_link=4, found_link=5, hit_link=3, right_omitted=2, found_omitted=1, hit_omitted=1))
    assert (found["links"], found["precision"], found["recall"], found["f1"]) == (4, 0.6, 0.75, 0.667)
    assert (found["omitted_precision"], found["omitted_recall"], found["added_f1"]) == (1.0, 0.5, 0.0)


def test_the_suite_measures_with_and_without_an_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    class Encoder:
        languages: frozenset[str] = frozenset()
        signature = "plain"

        def embed(self, texts: Sequence[str]) -> list[list[float]]:
            return [[1.0, 0.0] for _ in texts]

    made = [corrupt(PAIRS, "de", random.Random(seed), in_prose=False) for seed in range(2)]
    monkeypatch.setattr(pairing, "cases", lambda year, language, documents: made[:documents])
    figures = pairing.run(documents=2, year=22, encoder=Encoder())["figures"]
    assert figures["pairing_links"] == figures["pairing_links_with_encoder"] > 6 * 40
    assert figures["pairing_de_f1"] > 0.8
    plain = pairing.run(documents=1, year=22, encoder=None)
    assert not any(name.endswith("_with_encoder") for name in plain["figures"])
    assert [row["language"] for row in plain["details"]] == list(pairing.LANGUAGES[22])
