from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.detecting.protocol import Tools
from mtqa.detectors import punctuation_loss
from mtqa.knowledge import Knowledge
from mtqa.pairing import pair
from mtqa.schema.annotations import Annotations
from mtqa.schema.document import Document
from mtqa.segmenting import segment
from tests.detectors.paired import find_beside

LONG = "Yesterday he came back from Berlin with his wife and their three children"


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("Wird der Minister morgen zurücktreten?", "The minister will resign tomorrow.", (".", "?")),
        ("هل سيستقيل الوزير غدا؟", "The minister will resign tomorrow.", (".", "?")),
        ("Er kam gestern mit Frau und Kindern aus Berlin zurück.", LONG, ("children", "children.")),
    ],
)
def test_lost_marks_are_found(source: str, text: str, found: tuple[str, str]) -> None:
    issues = find_beside(punctuation_loss, source, text)
    assert [(one.span.of(text), one.suggestion) for one in issues] == [found]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("¿Vendrá el ministro mañana?", "Will the minister come tomorrow?"),
        ("„Kommt er morgen?“, fragte sie leise.", "“Will he come tomorrow?” she asked quietly."),
        ("Die Partei (sie regiert seit Mai) schweigt.", "The party, which has governed since May, is silent."),
        ("Minister tritt zurück.", "The minister has resigned at last"),
        ("他们明天会来。", "They will come tomorrow, she said."),
        ("Ο υπουργός παραιτήθηκε χθες.", "The minister resigned only yesterday."),
    ],
)
def test_kept_marks_pass(source: str, text: str) -> None:
    assert find_beside(punctuation_loss, source, text) == []


@given(st.text(alphabet="ab ?!.。？「」«»()„“\n", max_size=40), st.text(alphabet="ab ?!.()“”,\n", max_size=40))
def test_any_text_gives_spans_inside_it(source: str, text: str) -> None:
    document = pair(segment(Document("d", text, source=source)))
    for one in punctuation_loss.detect(document, Annotations(), Tools(Knowledge(), lambda rule, features: 0.5)):
        assert 0 <= one.span.start < one.span.end <= len(text)
        assert one.suggestion != one.span.of(text)
