from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.annotating.annotate import annotate
from mtqa.detecting.protocol import Detector, Tools
from mtqa.detecting.run import detect
from mtqa.detectors import untranslated_residue
from mtqa.knowledge import Knowledge, load_knowledge
from mtqa.schema.document import Document
from mtqa.schema.issue import EvidenceKind, Issue, Severity
from mtqa.scoring.calibrate import load_calibration
from mtqa.segmenting import segment
from tests.fakes import FakeJudge, Surprisals

DETECTOR = Detector(untranslated_residue.RULE, untranslated_residue.detect, "")
STRANGE = 15.0  # nats, of every word


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def find(text: str, surprisal: Surprisals = STRANGE) -> tuple[Issue, ...]:
    """What is reported at the shipped threshold if the language model finds every word as surprising."""
    document = segment(Document("d", text))
    known = annotate([document], [DETECTOR.rule], None)
    calibration = load_calibration()
    tools = Tools(knowledge(), calibration.confidence)
    least = calibration.threshold(DETECTOR.rule.id)
    ((issues, skipped),) = detect(
        [document],
        known,
        [DETECTOR],
        [tools],
        FakeJudge(surprisal=surprisal),
        is_reported=lambda issue: issue.confidence >= least,
    )
    assert skipped == ()
    return issues


def marked(text: str, surprisal: float = STRANGE) -> list[tuple[str, str | None]]:
    return [(issue.span.of(text), issue.suggestion) for issue in find(text, surprisal)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The minister, Mme Leroy, declined.", [("Mme", "Ms")]),
        ("Mme Leroy\r\nMme Blanc", [("Mme", "Ms"), ("Mme", "Ms")]),
        ("“Mme Leroy’s plan failed,” he said.", [("Mme", "Ms")]),
        ("MM. Dupont and Durand spoke.", [("MM.", "Messrs")]),
        ("MM. Biden et Poutine met.", [("MM.", "Messrs")]),
        ("MM. Éric Zemmour and Jean Castex met.", [("MM.", "Messrs")]),
        ("MM. J. Chirac, L. Jospin and others met.", [("MM.", "Messrs")]),
        ("MM. Charles de Gaulle and Le Pen met.", [("MM.", "Messrs")]),
        ("During their call, MM. The head of state left.", [("MM.", None)]),
        ("Mmes Dupont and Durand spoke.", [("Mmes", "Mses")]),
        ("Mmes Dupont spoke.", [("Mmes", None)]),
        ("Cars, houses usw. were sold.", [("usw.", "etc.")]),
        ("He earns 10 Mio. Euro.", [("Mio.", "million")]),
        ("It costs 300 zł a day.", [("zł", "zlotys")]),
        ("The law (bzw. the bill) passed.", [("bzw.", "or")]),
        ("At 5, n° 5 left.", [("n°", "No.")]),
        ("He is toujours content.", [("toujours", None)]),
        ("He said: jedoch it is so.", [("jedoch", None)]),
        ("She walked sehr jedoch to the office.", [("sehr jedoch", None)]),
    ],
)
def test_residue_is_marked(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert marked(text) == expected
    for issue in find(text):
        assert issue.severity is Severity.MAJOR
        assert issue.evidence[0].kind is EvidenceKind.TABLE
        assert issue.evidence[0].source


@pytest.mark.parametrize(
    "text",
    [
        "The sheet is 5 MM. Thick cuts followed.",
        "The sheet is 5mm. It was 7 mm. Then it broke.",
        "Mme leroy declined.",
        "He plays Mio. Then she left.",
        "The zł rose.",
        "The dose was 126 mg/dl. The patient left.",
        "They looked at the dna. The police said so.",
        "The funeral was led by Mgr Ronald Knox.",
        "Dr. Müller, Prof. Meier and St. Gallen met Mr. Li, Mrs. Wu and Ms. Xu.",
        'The word "toujours" means always.',
        "The word “toujours” means always.",
        "The _jedoch_ is German.",
        "The paper Corriere della Sera reported it.",
        "He reads Der Spiegel und Die Zeit.",
        "She was born Anna née Schmidt.",
        "It was a fête for the première, voilà.",
        "The pièce de résistance was a cause célèbre.",
        "The coup d’état was vis-à-vis the café.",
        "USW. and BZW. are no words.",
        "iPhone, eBay and adidas cost 5 p.m. or so, e.g. here, etc.",
        "",
    ],
)
def test_english_passes(text: str) -> None:
    assert marked(text) == []


def test_a_message_promises_only_what_is_suggested() -> None:
    (with_names,) = find("MM. Dupont and Durand spoke.")
    (without,) = find("During their call, MM. The head of state left.")
    assert "English writes “Messrs”" in with_names.message
    assert "English writes" not in without.message
    assert "MM." in without.message
    assert "missing" in without.message


@pytest.mark.parametrize(("surprisal", "reported"), [(1.0, False), (29.0, True)])
def test_stray_words_must_surprise_the_language_model(surprisal: float, reported: bool) -> None:
    assert bool(find("He is toujours content.", surprisal)) is reported


def test_surprise_is_read_in_the_sentence_of_the_word() -> None:
    text = "😀 It rained all day long. He is toujours content.\nShe was sehr happy about it."
    asked: list[str] = []

    def surprisal(sentence: str, offset: int) -> float:
        asked.append(sentence)
        return 25.0 if sentence[offset:].startswith("toujours") else 0.5

    (issue,) = find(text, surprisal)
    assert issue.span.of(text) == "toujours"
    assert issue.evidence[1].value == 25.0
    assert set(asked) == {"He is toujours content.", "She was sehr happy about it."}


def test_offsets_are_exact_behind_wide_characters() -> None:
    text = "😀e\u0301\u00a0İ Café.\r\n“Oui,” said Mme Leroy."
    (issue,) = find(text)
    assert issue.span.start == text.index("Mme")


PIECES = st.sampled_from(
    [
        "MM.", "Mme", "Hr.", "usw.", "z. B.", "5", "zł", "Leroy", "Dupont", "and", "et", "toujours", "avec", "und",
        "jedoch", "été", "de", "the", "said", ".", ",", "“", "”", '"', "\r\n", "\n\n", "’", "-", "_", "e\u0301",
        "\u00a0", "😀", "İ",
    ]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES | st.text(max_size=4), max_size=16), st.sampled_from(["", " "]))
def test_any_text_is_read_and_marked_inside(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    for issue in find(text):
        assert 0 <= issue.span.start < issue.span.end <= len(text)
        assert issue.span.of(text) == issue.span.of(text).strip()
        assert issue.suggestion != issue.span.of(text)
