"""Pairs of which one side lacks what the other has, with marks on it."""

from __future__ import annotations

import random

import pytest

from models.joint_quality.clause_pairs import ClausePairs, Lacking
from models.word_cover.material import Pair
from tests.meaning import FakeEncoder

CZECH = Pair(
    "g",
    "cs",
    "Most byl uzavřen, protože měl trhliny, a tak zůstane.",
    "The bridge was closed, because it had cracks, and stays so.",
)
NEXT = Pair("g", "cs", "Potrvá to do května.", "It will take until May.")
KNOWN = Pair(
    "g",
    "de",
    "Die Brücke wurde gesperrt, weil sie lange Risse hatte.",
    "The bridge was closed, because it had long cracks.",
)


SAME = {
    "weil sie lange Risse hatte.": "cracks",
    "because it had long cracks.": "cracks",
    "Die Brücke wurde gesperrt": "bridge",
    "The bridge was closed": "bridge",
}


def drawn(pair: Pair, following: Pair | None = None) -> list[Lacking]:
    clause_pairs = ClausePairs(FakeEncoder(SAME, languages=frozenset({"de"})))
    found = [clause_pairs.lacking(pair, following, random.Random(seed)) for seed in range(200)]
    return [one for one in found if one is not None]


@pytest.mark.parametrize("following", [None, NEXT])
def test_what_one_side_lacks_is_marked_on_the_other(following: Pair | None) -> None:
    made = drawn(CZECH, following)
    assert {bool(one.lacking.missing) for one in made} == {True, False}
    for one in made:
        assert one.share is None
        whole, own = one.whole, one.lacking
        (marks, kept), (other, cut) = (
            ((own.missing, own.source), (own.wrong, own.translation))
            if own.missing
            else ((own.wrong, own.translation), (own.missing, own.source))
        )
        assert marks is not None
        assert other == ()
        assert kept == (whole.source if own.missing else whole.translation)
        assert len(cut) < len(whole.translation if own.missing else whole.source)
        ((start, end),) = marks
        assert kept[start:end].strip() == kept[start:end] != ""


def test_clauses_are_matched_by_their_order_where_the_encoder_does_not_know_the_language() -> None:
    marked = {one.lacking.source[slice(*one.lacking.missing[0])] for one in drawn(CZECH) if one.lacking.missing}
    assert "protože měl trhliny" in marked


def test_two_lines_are_put_together_and_one_of_them_left_out() -> None:
    joined = [one for one in drawn(CZECH, NEXT) if one.whole.source != CZECH.source]
    assert {one.whole.source for one in joined} == {f"{CZECH.source} {NEXT.source}"}
    missing = {one.lacking.source[slice(*one.lacking.missing[0])] for one in joined if one.lacking.missing}
    added = {one.lacking.translation[slice(*one.lacking.wrong[0])] for one in joined if one.lacking.wrong}
    assert missing == {CZECH.source, NEXT.source}
    assert added == {CZECH.translation, NEXT.translation}


def test_of_clauses_that_cannot_be_matched_only_the_size_is_known() -> None:
    pair = Pair("g", "cs", "Ano, ano, most byl v pátek večer uzavřen, protože měl trhliny.", CZECH.translation)
    made = drawn(pair)
    assert {one.share is None for one in made} == {False}
    sides = {(one.lacking.source == pair.source, one.lacking.wrong, one.lacking.missing) for one in made}
    assert sides == {(True, (), None), (False, None, ())}
    lost = {one.lacking.translation: one.share for one in made if one.lacking.missing is None}
    assert "The bridge was closed, and stays so." in lost
    for text, share in lost.items():
        assert share == pytest.approx(1.0 - len(text) / len(pair.translation), abs=0.1)


def test_a_sentence_of_one_clause_keeps_it() -> None:
    assert drawn(Pair("g", "cs", "Most byl uzavřen.", "The bridge was closed.")) == []


def test_the_meaning_encoder_tells_which_clause_is_which() -> None:
    missing = {one.lacking.source[slice(*one.lacking.missing[0])] for one in drawn(KNOWN) if one.lacking.missing}
    added = {one.lacking.translation[slice(*one.lacking.wrong[0])] for one in drawn(KNOWN) if one.lacking.wrong}
    assert missing == {"weil sie lange Risse hatte", "Die Brücke wurde gesperrt"}
    assert added == {"because it had long cracks", "The bridge was closed"}
