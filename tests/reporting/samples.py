"""Reports made by hand that use every feature of the schema, so that no calibration can change a golden report."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from mtqa.schema.document import Document, Segment, SegmentKind, Span
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity, fingerprint
from mtqa.schema.report import Report, Skipped

SIGNATURE = "mtqa:0.0|rules:5|lm:fake|qe:surprisal|cal:0000"
K = SegmentKind


def document_of(name: str, *paragraphs: tuple[SegmentKind, tuple[str, ...]], date: dt.date | None = None) -> Document:
    """Paragraphs parted by line ends, each of segments parted by spaces."""
    text, segments = "", []
    for paragraph, (kind, sentences) in enumerate(paragraphs):
        text += "\n" if text else ""
        for number, sentence in enumerate(sentences):
            text += " " if number else ""
            span = Span(len(text), len(text) + len(sentence))
            segments.append(Segment(len(segments), span, kind, paragraph))
            text += sentence
    return Document(name, text, segments=tuple(segments), date=date)


def issue_at(
    document: Document,
    written: str,
    rule: str = "garbled-name",
    suggestion: str | None = None,
    severity: Severity = Severity.MAJOR,
    *,
    category: Category = Category.NAMED_ENTITY,
    confidence: float = 0.9,
    message: str = "Something is wrong here.",
    evidence: tuple[Evidence, ...] = (Evidence(EvidenceKind.DOCUMENT, "it stands there"),),
    related: tuple[str, ...] = (),
) -> Issue:
    """An issue at the only place where `written` stands."""
    assert document.text.count(written) == 1, written
    span = Span(document.text.index(written), document.text.index(written) + len(written))
    places = tuple(Span(document.text.index(one), document.text.index(one) + len(one)) for one in related)
    mark = fingerprint(rule, span, document.text)
    return Issue(rule, span, category, severity, confidence, message, evidence, suggestion, places, mark)


def report_of(document: Document, scores: list[float], *issues: Issue, skipped: tuple[Skipped, ...] = ()) -> Report:
    """A report with these scores, an interval of ten points to each side."""
    estimates = tuple(
        QualityEstimate(index, score, max(0.0, score - 10), min(100.0, score + 10), 1.0, ("4.1 nats per token",))
        for index, score in enumerate(scores)
    )
    mean = sum(scores) / len(scores)
    overall = QualityEstimate(None, mean, max(0.0, mean - 6), min(100.0, mean + 6), 1.0, ())
    return Report(document, overall, estimates, issues, skipped, SIGNATURE)


def article() -> Report:
    """Every kind of segment and severity, suggestions of all sorts, nested markup characters, a poor clean sentence."""
    document = document_of(
        "news/article.txt",
        (K.HEADING, ("Chancellor <warns> & waits",)),
        (K.BYLINE, ("By Jane Doe",)),
        (K.DATELINE, ("BERLIN, Dec. 9",)),
        (
            K.SENTENCE,
            (
                "US President Volodymyr Zhelensky spoke to his Russian president for an hour.",
                "The the minister, who “had no time”, declined to comment on the talks that had begun before.",
            ),
        ),
        (K.CROSSHEAD, ("A way out",)),
        (K.SENTENCE, ("Whether this the what of it had been so remains with them all the same.",)),
        (K.LIST_ITEM, ("Le gouvernement annonce une réforme des retraites",)),
        (K.LIST_ITEM, ("Sport",)),
        date=dt.date(2021, 12, 10),
    )
    gain = Evidence(EvidenceKind.LM_CONTRAST, "gain of 'Ukrainian President'", 31.84, "nats")
    table = Evidence(EvidenceKind.TABLE, "president of Ukraine since 2019", source="factbook, 2026-01-22")
    issues = (
        issue_at(
            document, "US President", "wrong-office-holder", "Ukrainian President", Severity.CRITICAL,
            confidence=0.98, message="Volodymyr Zelensky: president of Ukraine since 2019. Either the office is wrong "
            "or the person (Joe Biden would fit).", evidence=(table, gain), related=("Russian president",),
        ),
        issue_at(
            document, "Zhelensky", "garbled-name", "Zelensky", Severity.MINOR, confidence=0.994,
            message="“Zhelensky” is probably a garbled “Zelensky” (Volodymyr Zelensky).",
        ),
        issue_at(
            document, "his Russian president", "possessive-office", "his Russian counterpart", confidence=0.94,
            category=Category.MISTRANSLATION, message="The office belongs to another country.",
        ),
        issue_at(
            document, " the minister", "repeated-text", "", Severity.MINOR, category=Category.REPETITION,
            message="“the” is repeated.", confidence=0.875,
        ),
        issue_at(
            document, "Le gouvernement annonce une réforme des retraites", "untranslated-passage", None,
            Severity.CRITICAL, category=Category.UNTRANSLATED, message="Left untranslated: this passage is in French.",
        ),
    )  # fmt: skip
    skipped = (
        Skipped("low-adequacy", "no source text"),
        Skipped("omission", "no source text"),
        Skipped("reference", "accepted, but no rule of this version uses it"),
    )
    return report_of(document, [76, 80, 75, 31, 68, 74, 42.44, 3, 78], *issues, skipped=skipped)


def paired() -> Report:
    """A document with its source: a segment with an issue, one whose source is shared, one without counterpart."""
    document = document_of(
        "paired.txt", (K.SENTENCE, ("The the minister left.", "He had <no> time.", "Nobody knows why."))
    )
    source = "غادر الوزير <مسرعا>.\nلم يكن لديه وقت."
    spans = (Span(0, 20), Span(0, 20), None)
    segments = tuple(replace(segment, source_span=span) for segment, span in zip(document.segments, spans, strict=True))
    document = replace(document, source=source, source_language="ar", segments=segments)
    issue = issue_at(document, "The the", "repeated-text", "The", category=Category.REPETITION)
    return report_of(document, [60, 20, 90], issue, skipped=(Skipped("low-adequacy", "no meaning encoder"),))


def clean() -> Report:
    """A document without issues."""
    return report_of(document_of("clean.txt", (K.SENTENCE, ("All is well.", "So it is."))), [88, 91])


def refused() -> Report:
    """A document in another language."""
    document = Document("discours.txt", "Le gouvernement annonce une réforme.")
    notes = ("the text reads as fr (99 %), not English: it was not scored",)
    skipped = (Skipped("garbled-name", "the text is not English"),)
    return Report(document, None, (), (), skipped, SIGNATURE, notes, refused=True)


def empty() -> Report:
    """A document without text."""
    return Report(Document("empty.txt", " \n"), None, (), (), (), SIGNATURE)


def awkward() -> Report:
    """What breaks layouts: control characters, a lone surrogate, right-to-left text, an issue across two segments."""
    document = document_of(
        "way/" + "too-long-" * 20 + "name.txt",
        (K.SENTENCE, ("Bell\x07 and \ud800 and \u202eright\u202c and قال الرئيس end.", "W" * 150 + " “here")),
        (K.SENTENCE, ("there” <script>alert(1)</script> \u2028 end 👩\u200d🚒 e\u0301.",)),
    )
    across = issue_at(document, "“here\nthere”", "broken-quotation", "'here there'", Severity.MINOR)
    passage = issue_at(document, "قال الرئيس", "untranslated-passage", None, Severity.CRITICAL, message="Arabic\nleft.")
    report = report_of(document, [50, 60, 70], passage, across)
    return replace(report, notes=("a note with <b> & \x1b[31m",))


def all_reports() -> list[Report]:
    """One of each."""
    return [article(), clean(), refused(), empty(), awkward()]
