from __future__ import annotations

import json as standard
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mtqa.reporting import json, jsonl
from mtqa.schema.document import Document, Segment, Span
from mtqa.schema.estimate import QualityEstimate
from mtqa.schema.issue import Category, Evidence, EvidenceKind, Issue, Severity, fingerprint
from mtqa.schema.report import Report
from tests.reporting import samples

SCHEMA = standard.loads(files("mtqa.reporting").joinpath("mtqa-1.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

# Two halves of a surrogate pair side by side have no form of their own in JSON, so only one half is drawn.
texts = st.text(
    alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.just("\ud800")), min_size=1, max_size=60
)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    text = draw(texts)
    bounds = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=4))})
    segments = tuple(Segment(index, Span(start, end)) for index, (start, end) in enumerate(pairwise(bounds)))
    issues = []
    for start in draw(st.sets(st.integers(0, len(text) - 1), max_size=4)):
        span = Span(start, draw(st.integers(start + 1, len(text))))
        evidence = (
            Evidence(EvidenceKind.DOCUMENT, draw(texts), draw(st.floats(allow_nan=False, allow_infinity=False))),
        )
        suggestion = draw(st.none() | texts)
        mark = fingerprint("a-rule", span, text)
        confidence = draw(st.floats(0, 1))
        issues.append(
            Issue("a-rule", span, Category.NUMBER, Severity.MINOR, confidence, "m", evidence, suggestion, (span,), mark)
        )
    scores = [draw(st.floats(0, 100)) for _ in segments]
    estimates = tuple(QualityEstimate(index, score, 0.0, 100.0) for index, score in enumerate(scores))
    overall = QualityEstimate(None, scores[0], 0.0, 100.0)
    found = tuple(sorted(issues, key=lambda issue: issue.span))
    return Report(Document(draw(texts), text, segments=segments), overall, estimates, found, (), samples.SIGNATURE)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_reports_with_every_feature_fit_the_schema() -> None:
    content = standard.loads(json.render(samples.all_reports()))
    VALIDATOR.validate(content)
    assert [document["id"] for document in content["documents"]] == [one.document.id for one in samples.all_reports()]
    assert [document["refused"] for document in content["documents"]] == [False, False, True, False, False]


def test_a_segment_has_its_source_and_row_where_there_are_any() -> None:
    report = samples.paired()
    rows = [{"id": 7, "score": "x\u2028"}]
    for rendered in (json.render([report], [rows]), f'{{"documents": [{jsonl.render([report], [rows])}]}}'):
        (document,) = standard.loads(rendered)["documents"]
        assert [segment["row"] for segment in document["segments"]] == rows * 3  # one paragraph
        first, second, third = (segment["source"] for segment in document["segments"])
        assert first == second == {"start": 0, "end": 20, "text": (report.document.source or "")[:20]}
        assert third is None
    VALIDATOR.validate(standard.loads(json.render([report], [rows])))
    (bare,) = standard.loads(json.render([samples.article()]))["documents"]
    assert not {"source", "row"} & set(bare["segments"][0])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "mtqa/2"),
        (("documents", 0, "score"), 101),
        (("documents", 0, "segments", 0, "kind"), "poem"),
        (("documents", 0, "segments", 3, "issues", 0, "severity"), "awful"),
        (("documents", 0, "segments", 3, "issues", 0, "evidence"), []),
        (("documents", 0, "segments", 3, "issues", 0, "fingerprint"), "x"),
        (("documents", 0, "segments", 3, "issues", 0, "related", 0), {}),
    ],
)
def test_the_schema_refuses_what_is_wrong(path: tuple[str | int, ...], value: object) -> None:
    content = standard.loads(json.render([samples.article()]))
    place = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(content)


@given(reports())
def test_every_text_is_the_document_between_its_offsets(report: Report) -> None:
    rendered = json.render([report])
    content = standard.loads(rendered.encode("utf-8"))
    VALIDATOR.validate(content)
    (document,) = content["documents"]
    found = []
    for segment in document["segments"]:
        assert segment["text"] == report.document.text[segment["start"] : segment["end"]]
        for issue in segment["issues"]:
            assert issue["text"] == report.document.text[issue["start"] : issue["end"]]
            assert all(one["text"] == report.document.text[one["start"] : one["end"]] for one in issue["related"])
            found.append((issue["start"], issue["end"], issue["suggestion"]))
    assert found == [(one.span.start, one.span.end, one.suggestion) for one in report.issues]


@given(reports())
def test_json_lines_are_lines_whatever_the_text(report: Report) -> None:
    lines = jsonl.render([report, report]).splitlines()
    assert len(lines) == 2
    content = standard.loads(lines[0])
    assert content["schema"] == json.SCHEMA
    assert content["signature"] == report.signature
    VALIDATOR.validate({"schema": json.SCHEMA, "signature": "", "documents": [content]})


def test_numbers_that_are_none_are_refused_not_written() -> None:
    report = samples.clean()
    assert report.overall is not None
    broken = replace(report, overall=replace(report.overall, score=float("nan")))
    with pytest.raises(ValueError, match="JSON"):
        json.render([broken])


def test_no_reports_make_an_empty_list() -> None:
    assert standard.loads(json.render([])) == {"schema": json.SCHEMA, "signature": "", "documents": []}


def test_a_scored_line_has_figures_and_issues() -> None:
    content = standard.loads(jsonl.score_line(samples.article(), 7))
    assert content["index"] == 7
    assert content["score"] == pytest.approx(58.6)
    assert [issue["rule"] for issue in content["issues"]] == [one.rule for one in samples.article().issues]
    assert "row" not in content
    row = {"score": "human", "n": 1}
    assert standard.loads(jsonl.score_line(samples.article(), 7, row)) == content | {"row": row}


def test_an_empty_line_has_null_figures() -> None:
    assert standard.loads(jsonl.score_line(samples.empty(), 0)) == {
        "index": 0,
        "score": None,
        "low": None,
        "high": None,
        "issues": [],
    }
