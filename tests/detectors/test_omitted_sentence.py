from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtqa.detectors import omitted_sentence
from mtqa.schema.issue import Category, Severity
from tests.detectors.clause_encoder import read_with_words

FIRST, SECOND, THIRD = (
    "Der Minister trat am Freitag zurück.",
    "Fachleute hatten Risse im Beton der Brücke gefunden.",
    "Seine Firma hatte jahrelang keine Steuern bezahlt.",
)
OURS = (
    "The minister resigned on Friday.",
    "Experts had found cracks in the concrete of the bridge.",
    "For years his firm had paid no taxes.",
)


@pytest.mark.parametrize("with_words", [True, False])
@pytest.mark.parametrize(("missing", "marked"), [(0, "Experts"), (1, "Friday"), (2, "bridge")])
def test_a_sentence_without_counterpart_is_quoted_beside_the_gap(missing: int, marked: str, with_words: bool) -> None:
    sources = (FIRST, SECOND, THIRD)
    source = " ".join(sources)
    text = " ".join(one for number, one in enumerate(OURS) if number != missing)
    (issue,), _ = read_with_words(omitted_sentence, source, text, everything=True, with_words=with_words)
    assert issue.span.of(text) == marked
    assert sources[missing] in issue.message
    at = source.index(sources[missing])
    assert f" at {at}-{at + len(sources[missing])} of the source" in issue.evidence[0].detail
    assert (issue.category, issue.severity) == (Category.OMISSION, Severity.MAJOR)


def test_a_whole_translation_and_a_short_sentence_cost_no_question() -> None:
    for source, text in (
        (" ".join((FIRST, SECOND, THIRD)), " ".join(OURS)),
        (f"Foto: dpa. {FIRST}", OURS[0]),
        (FIRST, OURS[0]),
    ):
        issues, encoder = read_with_words(omitted_sentence, source, text, everything=True)
        assert issues == []
        assert encoder.asked == []


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.sampled_from((FIRST, SECOND, THIRD, "年。", "…", "\n")), max_size=6),
    st.lists(st.sampled_from((*OURS, "\n", "!?", "«»")), max_size=5),
)
def test_any_document_gives_spans_inside_it(sources: list[str], texts: list[str]) -> None:
    text = " ".join(["The minister.", *texts])
    issues, _ = read_with_words(omitted_sentence, " ".join(["Minister.", *sources]), text, everything=True)
    for issue in issues:
        assert 0 <= issue.span.start < issue.span.end <= len(text)
