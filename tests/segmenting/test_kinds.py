"""What a paragraph is, by its form and its neighbours."""

from __future__ import annotations

import pytest

from mtqa.schema.document import SegmentKind
from mtqa.segmenting.kinds import classify

P = "The government said on Monday that it would send more aid to the towns hit by the flood."
Q = "Many people have left their homes and are living in schools and churches."
LETTERS = {
    "S": SegmentKind.SENTENCE,
    "H": SegmentKind.HEADING,
    "C": SegmentKind.CROSSHEAD,
    "L": SegmentKind.LIST_ITEM,
    "D": SegmentKind.DATELINE,
    "B": SegmentKind.BYLINE,
}


@pytest.mark.parametrize(
    ("kinds", "lines"),
    [
        # Headings
        ("HSS", ["Flood relief to be stepped up", P, Q]),
        ("HHSS", ["Flood relief to be stepped up", "More rain expected", P, Q]),
        ("HS", ["Government sends more aid to flooded towns", P]),
        ("SHS", [P, "A long road back", Q]),
        ("SSH", [P, Q, "More Stories"]),
        ("HSCS", ["# Flood relief", P, "## A long road back", Q]),
        ("HSCS", ["FLOOD RELIEF", P, "A LONG ROAD BACK", Q]),
        # Sentences that only lost their full stop
        ("S", ["Ukrainian President Joe Biden praised Russia"]),
        ("SS", [P, "The trains will not run before Thursday because of the water"]),
        ("SSS", [P, "The trains have not run since the water came in", Q]),
        ("SS", ["He said the trains would not run before Thursday and that the schools would stay closed too", P]),
        ("SSS", ["The talks in Paris began on Monday evening", "They ended on Friday without a result", "Short one."]),
        ("SSS", [P, "The trains will not run before", Q.lower()]),
        ("SSS", [P, "He listed the reasons, one by one:", Q]),
        ("SSS", [P, "“It is over,” he said,", Q]),
        ("SS", ["Who sends the aid?", P]),
        # Crossheads
        ("SCS", [P, "– “Strong Support” –", Q]),
        ("SCS", [P, "– “lie”, according to Moscow –", Q]),
        ("SCS", [P, "*** A long road ***", Q]),
        ("SCS", [P, "**A long road back**", Q]),
        ("SCS", [P, "* * *", Q]),
        ("SCS", [P, "--- Strong support ---", Q]),
        ("SSS", ["THE TALKS BEGAN ON MONDAY", "THEY ENDED ON FRIDAY", "NOBODY WAS SATISFIED WITH THE RESULT"]),
        # Lists
        ("SLLL", [P, "- apples", "- pears", "- plums and other fruit from the garden"]),
        ("SLL", [P, "• Open the box.", "• Close the box."]),
        ("SLLL", [P, "1. Open the box.", "2. Take it out.", "3. Close the box."]),
        ("SLL", [P, "a) Open the box.", "b) Close the box."]),
        ("SS", [P, "– No, he said, it is not over."]),
        ("SS", [P, "1. FC Köln won the match on Saturday."]),
        ("SSS", [P, "• " + P + " " + Q, "• " + Q + " " + P]),
        (
            "SHLL",
            [P, "More Stories", "les inondations dans le nord du pays", "la tempête attendue ce week-end à Paris"],
        ),
        ("SLLL", [P, "Apples", "Pears", "Plums"]),
        ("SSSS", [P, "The trains will not run before Thursday", "The schools are closed until the end of May", Q]),
        # Bylines and datelines
        ("HBSS", ["Flood relief to be stepped up", "By Jane Doe", P, Q]),
        ("HBDS", ["Flood relief stepped up", "By Jane Doe and John Roe, Kyiv", "Kyiv, 10 December 2021", P]),
        ("HBS", ["Flood relief to be stepped up", "By Ursula von der Leyen", P]),
        ("SB", [P, "Text: AFP"]),
        ("SB", [P, "Reporting by Jane Doe in Kyiv; editing by John Roe"]),
        ("SB", [P, "(Reporting by Jane Doe and John Roe; Editing by Max Moe)"]),
        ("SB", [P, "© 2021 AFP"]),
        ("HDS", ["Flood relief to be stepped up", "Published on Dec. 10, 2021, 14:35 GMT", P]),
        ("DS", ["10.12.2021", P]),
        ("DS", ["Friday, December 10, 2021", P]),
        ("SS", [P, "By Monday the trains had stopped in the north and in the south."]),
        ("SS", [P, "Source close to the president: the talks are over."]),
        ("SS", [P, "we met again on 5 May 2020."]),
        ("SS", [P, "Written by Jane Austen, the novel was a success."]),
        # Where most sentences lack the full stop, its absence says nothing
        (
            "SSSS",
            ["Talks over", "The trains stand still in the north", "The schools stay closed for now", "It rained."],
        ),
    ],
)
def test_kinds(kinds: str, lines: list[str]) -> None:
    assert classify(lines) == [LETTERS[letter] for letter in kinds]


def test_a_very_long_line_is_prose() -> None:
    assert classify([P, "word " * 200_000]) == [SegmentKind.SENTENCE] * 2


def test_no_paragraphs_no_kinds() -> None:
    assert classify([]) == []
