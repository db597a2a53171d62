from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.detecting.protocol import Detector, Tools
from mtqa.detecting.run import detect
from mtqa.detectors import untranslated_passage
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.annotations import Annotations, LanguageGuess
from mtqa.schema.document import Document
from mtqa.schema.issue import Category, EvidenceKind, Issue, Severity
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment

DETECTOR = Detector(untranslated_passage.RULE, untranslated_passage.detect, "")
GERMAN = "das ist nicht die ganze Wahrheit über diesen Fall"


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def find(text: str, language: str | None = None) -> tuple[Issue, ...]:
    """What is reported at the shipped threshold where each segment reads as `language` (None: it does not tell)."""
    document = segment(Document("d", text))
    known = Annotations(languages=(LanguageGuess(language, 0.9 if language else 0.0),) * len(document.segments))
    calibration = load_calibration()
    tools = Tools(knowledge(), calibration.confidence)
    least = calibration.threshold(DETECTOR.rule.id)
    ((issues, skipped),) = detect(
        [document], [known], [DETECTOR], [tools], None, is_reported=lambda issue: issue.confidence >= least
    )
    assert skipped == ()
    return issues


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"The minister spoke for an hour – {GERMAN}.", [GERMAN]),
        (f"The minister spoke ({GERMAN}) and then he left; {GERMAN}.", [GERMAN]),
        (f"{GERMAN.capitalize()}", [GERMAN.capitalize()]),
        (f"{GERMAN.capitalize()}! he said.", [GERMAN.capitalize()]),
        (f"- {GERMAN}\r\n- {GERMAN}\r\n", [f"- {GERMAN}"] * 2),
        (
            "Le gouvernement annonce une réforme des retraites pour tous les salariés",
            ["Le gouvernement annonce une réforme des retraites pour tous les salariés"],
        ),
        (
            "le fléau des médicaments dangereux – pour la santé de tous",
            ["le fléau des médicaments dangereux – pour la santé de tous"],
        ),
        ("El gobierno anunció una reforma de las pensiones", ["El gobierno anunció una reforma de las pensiones"]),
        ("He said: Это решение было принято вчера.", ["Это решение было принято вчера"]),
        ("The banner: 我们今天都要去学校上课, he said.", ["我们今天都要去学校上课"]),
        ("😀 He said: Η απόφαση ελήφθη χθες.", ["Η απόφαση ελήφθη χθες"]),
    ],
)
def test_passages_of_other_languages_are_marked(text: str, expected: list[str]) -> None:
    found = find(text)
    assert [issue.span.of(text).strip() for issue in found] == expected
    for issue in found:
        assert (issue.severity, issue.category) == (Severity.CRITICAL, Category.UNTRANSLATED)
        assert issue.suggestion is None
        assert {one.kind for one in issue.evidence} == {EvidenceKind.TAGGER}


@pytest.mark.parametrize(
    "text",
    [
        'The film "La vie est un long fleuve tranquille" was shown.',
        "The film “La vie est un long fleuve tranquille” was shown.",
        "The film «La vie est un long fleuve tranquille» was shown.",
        "The motto (la vie est un long fleuve tranquille) is old.",
        "The banner read “Слава Украине” and fell.",
        "The singer (毛不易) performed.",
        "Кремль spoke.",
        "The site стопкоронавирус.рф was down.",
        "President Ursula von der Leyen met Emmanuel Macron and Pedro Sánchez.",
        # Names hold function words of their languages; a list of names is no passage.
        "Ursula von der Leyen",
        "By Ursula von der Leyen and Hugo de Jonge",
        "- Ursula von der Leyen\n- Ludwig van der Rohe\n- Simone de la Cruz",
        "Chancellor Ludwig van der Rohe met Simone de la Cruz and Hugo de Jonge.",
        "Ministère de la Santé et des Sports",
        "Casa de la Cultura Ecuatoriana",
        "LE GOUVERNEMENT",
        "Its authors (Kierkegaard, Schopenhauer, Nietzsche et al.) are dead.",
        "He ordered crème brûlée and a café au lait.",
        "The plan was an ad hoc solution and de facto a coup d’état.",
        "iPhone, eBay and adidas 5 6 7.",
        "",
    ],
)
def test_english_with_foreign_names_and_titles_passes(text: str) -> None:
    assert [issue.span.of(text) for issue in find(text)] == []


@pytest.mark.parametrize(
    ("language", "named"), [("de", "German"), (None, "German"), ("en", "German"), ("nl", "Dutch"), ("lb", "lb")]
)
def test_the_language_of_the_segment_names_the_passage(language: str | None, named: str) -> None:
    (issue,) = find(f"The minister spoke – {GERMAN}.", language)
    assert issue.message.endswith(f"in {named}.")


def test_a_segment_that_reads_as_foreign_is_surer() -> None:
    (unsure,), (sure,) = find(f"{GERMAN}."), find(f"{GERMAN}.", "de")
    assert sure.confidence > unsure.confidence


PIECES = st.sampled_from(
    [
        "das", "ist", "nicht", "die", "Wahrheit", "le", "gouvernement", "annonce", "von", "der", "Leyen", "the", "said",
        "Слава", "Украине", "毛不易", "(", ")", "“", "”", "«", "»", '"', "–", "•", ":", ";", ".", "!", "…", "’", ",",
        "\r\n", "\n\n", "e\u0301", "\u00a0", "😀", "İ", "5",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.lists(PIECES | st.text(max_size=4), max_size=20),
    st.sampled_from(["", " "]),
    st.sampled_from(["de", "fr", "en", None]),
)
def test_any_text_is_read_and_marked_inside(pieces: list[str], between: str, language: str | None) -> None:
    text = between.join(pieces)
    for issue in find(text, language):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.span.of(text) == issue.span.of(text).strip()
