from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.errors import KnowledgeError
from mtqa.knowledge.calques import Calques, load_calques, read_calques
from mtqa.knowledge.inflection import indefinite_article, plural, progressive, singular, verb_forms

SIX_LANGUAGES = {"fr", "es", "de", "it", "pt", "ru"}


@lru_cache(maxsize=1)
def calques() -> Calques:
    return load_calques()


def table(words: str, frames: str, unless: str, replacements: str) -> Calques:
    return read_calques(
        ["\t".join(("x", "minor", words, frames, unless, replacements, "m", "fr mot", "s", "2026-11-24"))]
    )


def found(rows: Calques, sentence: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(match.span.of(sentence), match.replacements) for match in rows.matches(sentence)]


@pytest.mark.parametrize(
    ("words", "frames", "unless", "replacements", "sentence", "expected"),
    [
        # number, tense, and phrases of several words
        ("appeal/n", "", "", "call/n", "Two appeals.", [("appeals", ("calls",))]),
        ("assist/v at", "", "", "attend/v", "He assisted at it.", [("assisted at", ("attended",))]),
        ("assist/v at", "", "", "take/v part in", "He was assisting at it.", [("assisting at", ("taking part in",))]),
        ("dispute/v", "", "", "play/v", "It was disputed.", [("disputed", ("played",))]),
        # past tense and participle differ in the replacement only: the judge chooses
        ("profit/v of", "", "", "take/v x", "He profited of it.", [("profited of", ("took x", "taken x"))]),
        # articles: kept outside while they fit, taken in where they change or go
        ("appeal/n", "", "", "call/n", "His appeal.", [("appeal", ("call",))]),
        ("appeal/n", "", "", "call/n", "After an appeal.", [("an appeal", ("a call",))]),
        ("actual", "", "", "current", "An actual issue.", [("An actual", ("A current",))]),
        ("actual", "", "", "urgent", "An actual issue.", [("actual", ("urgent",))]),
        ("interview/n", "", "", "talks/m || meeting/n", "In an interview.", [("an interview", ("talks", "a meeting"))]),
        ("interview/n", "", "", "talks/m || meeting/n", "In a long interview.", [("interview", ("meeting",))]),
        # frames, exceptions, sentence case
        ("chef/n", "___ of", "", "head/n", "Chef of police, a chef.", [("Chef", ("Head",))]),
        ("chef/n", "{poss} ___", "", "head/n", "Their chef and the chef.", [("chef", ("head",))]),
        ("chef/n", "", "kitchen", "head/n", "A chef in the kitchen.", []),
        ("chef/n", "", "___ de cuisine", "head/n", "A chef de cuisine.", []),
        ("chef/n", "", "", "head/n", "The White Chef sub-chef.", []),
        ("chef/n", "", "", "head/n", "", []),
    ],
)
def test_matches(
    words: str, frames: str, unless: str, replacements: str, sentence: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert found(table(words, frames, unless, replacements), sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "row", "language"),
    [
        ("In an interview, the two ministers and the king agreed on a truce.", "interview-talks", "fr"),
        ("He stressed it in his appeal to Angela Merkel on Monday.", "appeal-call", "fr"),
        ("The match will be disputed on Sunday.", "dispute-play", "es"),
        ("Hundreds of police officers controlled the passports of travellers.", "control-verb-check", "de"),
        ("The SPD fraction voted against it.", "fraction-parliamentary-group", "de"),
        ("“That is wrong”, means the minister.", "means-says", "de"),
        ("There will be ulterior measures.", "ulterior-further", "it"),
        ("The presidential assessor said that.", "assessor-adviser", "pt"),
        ("It happened in the first decade of May.", "decade-ten-days", "ru"),
        ("Russia opposes the annexation of Georgia to NATO.", "annexation-accession", "ru"),
    ],
)
def test_false_friends_of_each_language(sentence: str, row: str, language: str) -> None:
    assert any(match.calque.id == row and language in match.calque.languages for match in calques().matches(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "In an interview with the BBC, the minister and his deputy agreed to answer questions.",
        "His appeal to the Supreme Court was rejected.",
        "The chef of the hotel restaurant published a menu.",
        "He suffered a concussion in the first half.",
        "The library is open until Friday.",
        "She eventually found the manifestation of her dream.",
    ],
)
def test_ordinary_uses_are_no_proposals(sentence: str) -> None:
    assert found(calques(), sentence) == []


def test_every_language_has_its_share() -> None:
    rows = calques().rows
    assert {language for row in rows for language in row.languages} == SIX_LANGUAGES
    assert all(row.source and row.as_of >= "2026" for row in rows)
    for language, least in (("fr", 40), ("es", 20), ("de", 20), ("it", 20), ("pt", 20), ("ru", 20)):
        assert sum(language in row.languages for row in rows) >= least


@given(st.lists(st.sampled_from(["a", "an", "the", "appeal", "to", "Paris", "sanitary", "crisis", "\u00a0", "“", "."])))
def test_spans_lie_in_the_sentence_and_hold_the_suspect_words(words: list[str]) -> None:
    sentence = " ".join(words)
    for match in calques().matches(sentence):
        written = match.span.of(sentence)
        assert match.calque.pattern.search(written.lower())
        assert written not in match.replacements


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x\tminor\tword", "argument"),
        ("x\tminor\tword/q\t\t\tright\tm\tfr mot\ts\t2026", "mark"),
        ("x\tminor\tword\t___ ___\t\tright\tm\tfr mot\ts\t2026", "place"),
        ("x\tminor\tword\t(\t\tright\tm\tfr mot\ts\t2026", "unterminated"),
        ("x\tgrim\tword\t\t\tright\tm\tfr mot\ts\t2026", "grim"),
        ("x\tminor\tword\t\t\tright\tm\tfr\ts\t2026", "origin"),
        ("x\tminor\tword\t\t\t\tm\tfr mot\ts\t2026", "replacement"),
    ],
)
def test_a_bad_row_is_named_by_its_line(line: str, reason: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        read_calques(["id\t...", line])
    assert "2" in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("carry", ("carry", "carries", "carried", "carried", "carrying")),
        ("commit", ("commit", "commits", "committed", "committed", "committing")),
        ("take", ("take", "takes", "took", "taken", "taking")),
        ("have", ("have", "has", "had", "had", "having")),
        ("play", ("play", "plays", "played", "played", "playing")),
        ("watch", ("watch", "watches", "watched", "watched", "watching")),
    ],
)
def test_verb_forms(verb: str, forms: tuple[str, ...]) -> None:
    assert tuple(one for spellings in verb_forms(verb).values() for one in spellings) == forms


@pytest.mark.parametrize(
    ("one", "many"),
    [("policy", "policies"), ("process", "processes"), ("businessman", "businessmen"), ("research", "researches")],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many
    if not many.endswith("men"):
        assert singular(many) == one


@pytest.mark.parametrize(
    ("phrase", "article"),
    [
        ("hour", "an"),
        ("European", "a"),
        ("unit", "a"),
        ("uninformed", "an"),
        ("urgent", "an"),
        ("use", "a"),
        ("call", "a"),
    ],
)
def test_articles_follow_the_sound(phrase: str, article: str) -> None:
    assert indefinite_article(phrase) == article


def test_the_progressive_keeps_its_old_rules() -> None:
    assert [progressive(verb) for verb in ("respond", "live", "run", "lie", "see")] == [
        "responding",
        "living",
        "running",
        "lying",
        "seeing",
    ]
