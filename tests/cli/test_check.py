"""`mtqa check`: options, formats, exit codes, bad input."""

from __future__ import annotations

import json
import sys
from html import unescape
from pathlib import Path

import pytest

from mtqa.checker import Checker
from mtqa.errors import DetectorError, ModelMissing
from tests.cli.command import Command
from tests.cli.estimator import estimator_folder

GOOD = "The president spoke on Monday about the new law. It was a good day for all of us.\n"
BAD = "He met MM. Dupont and Durand in the town hall of the city. The talks lasted for two hours.\n"
FRENCH = "Le président a parlé lundi de la nouvelle loi qui sera votée demain par les députés.\n"


@pytest.fixture
def good() -> Path:
    path = Path("good.txt")
    path.write_text(GOOD, encoding="utf-8")
    return path


@pytest.fixture
def bad() -> Path:
    path = Path("bad.txt")
    path.write_text(BAD, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def in_the_commands_folder(mtqa: Command) -> None:
    """Files of the tests lie where the command runs."""


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--exit-zero"], 0),
        (["--fail-on", "minor"], 1),
        (["--fail-on", "critical"], 0),
        (["--fail-on", "never"], 0),
        (["--fail-on", "never", "--fail-under", "100"], 1),
        (["--fail-on", "never", "--fail-under", "0"], 0),
        (["--fail-under", "100", "--exit-zero"], 0),
        (["--skip", "untranslated-residue"], 0),
        (["--rule", "repeated-text"], 0),
        (["--rule", "repeated-text,untranslated-residue"], 1),
        (["--min-confidence", "1"], 0),
    ],
)
def test_exit_codes_with_findings(options: list[str], code: int, mtqa: Command, bad: Path) -> None:
    assert mtqa("check", bad, *options).code == code


def test_a_clean_text_exits_zero(mtqa: Command, good: Path) -> None:
    done = mtqa("check", good)
    assert (done.code, done.err) == (0, "")
    assert "no issues found" in done.out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n\xc2\xa0", "only white space"),
        (b"\x00\x01\x02", "NUL byte at byte offset 0"),
        (b"caf\xe9 is closed\n", "byte 0xE9 at byte offset 3"),
        (b"\x89PNG\r\n", "an image"),
        (FRENCH.encode(), "reads as French"),
        ("Сегодня президент говорил о новом законе, который примут завтра.".encode(), "reads as Russian"),
    ],
)
def test_bad_input_is_named_and_exits_two(content: bytes, says: str, mtqa: Command, good: Path) -> None:
    Path("in.txt").write_bytes(content)
    done = mtqa("check", "in.txt", good)
    assert done.code == 2
    assert "in.txt" in done.err
    assert says in done.err
    assert "good.txt" in done.out  # the others are checked all the same


@pytest.mark.parametrize(("name", "says"), [("gone.txt", "no such file"), ("folder", "this is a folder")])
def test_what_is_no_file_exits_two(name: str, says: str, mtqa: Command) -> None:
    Path("folder").mkdir()
    done = mtqa("check", name)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


ODD_BUT_RIGHT = [
    b"\xef\xbb\xbfThe president spoke on Monday. It was a day.\r\nThe second line is here.\rAnd the third.\n",
    "I like it 😀👩‍👩‍👧 so much, ne\u0301e in Kyiv 🇺🇦 and good.".encode(),
    b"A control \x07 character \x1b[31m stands in the text of this line.",
    ("word " * 5_000).encode(),
    "The line\u2028separator and the\u0085next line are in this text.".encode(),
    "The president spoke on Monday.".encode("utf-16"),
]


@pytest.mark.parametrize("content", ODD_BUT_RIGHT)
def test_odd_text_is_checked_whole_with_right_offsets(content: bytes, mtqa: Command) -> None:
    Path("in.txt").write_bytes(content)
    done = mtqa("check", "in.txt", "--format", "json", "--exit-zero")
    assert done.code == 0
    (document,) = json.loads(done.out)["documents"]
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = content.decode(encoding)
    at = 0
    for segment in document["segments"]:
        assert segment["text"] == text[segment["start"] : segment["end"]]
        assert not text[at : segment["start"]].strip(" \r\n\x85\u2028\x07")
        at = segment["end"]
        for issue in segment["issues"]:
            assert issue["text"] == text[issue["start"] : issue["end"]]
    assert not text[at:].strip()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--rule", "garbled-names"], "did you mean garbled-name"),
        (["--skip", "zzz"], "known rules"),
        (["--date", "10.12.2021"], "YYYY-MM-DD"),
        (["--min-confidence", "2"], "--min-confidence"),
        (["--fail-under", "101"], "--fail-under"),
        (["--fail-under", "nan"], "--fail-under"),
        (["--fail-on", "sometimes"], "--fail-on"),
        (["--format", "xml"], "--format"),
        (["--engine", "abacus"], "--engine"),
        (["--threads", "0"], "--threads"),
        (["--config", "gone.toml"], "no such configuration file"),
        (["--knowledge", "gone.tsv"], "gone.tsv"),
        (["--source", "gone.txt"], "gone.txt"),
        (["-o", "gone/report.txt"], "no folder gone"),
        (["-o", "."], "is a folder"),
        (["--bogus"], "--bogus"),
        (["other.txt", "--source", "good.txt"], "one by one"),
        (["--source-lang", "german"], "did you mean de (German)?"),
        (["--source-lang", "jp"], "did you mean ja (Japanese)?"),
    ],
)
def test_wrong_options_exit_two(options: list[str], says: str, mtqa: Command, good: Path) -> None:
    done = mtqa("check", good, *options)
    assert (done.code, done.out) == (2, "")
    assert says in " ".join(done.err.replace("│", " ").split())


def test_without_files_the_usage_is_shown(mtqa: Command) -> None:
    assert mtqa("check").code == 2


def test_standard_input(mtqa: Command, good: Path) -> None:
    done = mtqa("check", "-", "--format", "json", "--exit-zero", stdin=BAD.encode())
    (document,) = json.loads(done.out)["documents"]
    assert document["id"] == "<stdin>"
    assert "MM." in [issue["text"] for segment in document["segments"] for issue in segment["issues"]]
    assert mtqa("check", "-", "-", stdin=BAD.encode()).code == 2
    assert mtqa("check", "-", "--source", "-", stdin=BAD.encode()).code == 2


def test_options_reach_the_checker(mtqa: Command, good: Path) -> None:
    Path("people.tsv").write_text("", encoding="utf-8")
    options = "--date 2021-12-10 --source-lang fr --preview --min-confidence 0 --any-language --threads 3 --offline"
    mtqa(
        "check",
        good,
        *options.split(),
        "--models-dir",
        "m",
        "--language-model",
        "own",
        "--engine",
        "torch",
        "--encoder",
        "mine",
        "--no-joint",
    )
    (seen,) = mtqa.seen
    assert str(seen.date) == "2021-12-10"
    assert (seen.source_language, seen.preview, seen.any_language) == ("fr", True, True)
    assert seen.min_confidence == 0.0  # zero is given, not missing
    assert (seen.threads, seen.offline, seen.models_dir) == (3, True, Path("m"))
    assert (seen.language_model, seen.engine, seen.encoder, seen.joint) == ("own", "torch", "mine", False)


def test_settings_from_files_and_environment_are_weaker_than_options(
    mtqa: Command, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mtqa.toml").write_text('min-confidence = 0.9\nfail-on = "never"\nformat = "json"\n', encoding="utf-8")
    done = mtqa("check", bad)
    assert done.code == 0
    assert json.loads(done.out)["schema"] == "mtqa/1"
    mtqa("check", bad, "--min-confidence", "0")
    monkeypatch.setenv("MTQA_MIN_CONFIDENCE", "0.5")
    mtqa("check", bad)
    assert [seen.min_confidence for seen in mtqa.seen] == [0.9, 0.0, 0.5]
    Path("mtqa.toml").write_text('fail-on = "sometimes"\n', encoding="utf-8")
    assert mtqa("check", bad).code == 2


@pytest.mark.parametrize("wanted", ["text", "json", "jsonl", "html"])
def test_a_report_file_holds_what_stdout_shows(wanted: str, mtqa: Command, bad: Path) -> None:
    shown = mtqa("check", bad, "--format", wanted)
    written = mtqa("check", bad, "--format", wanted, "-o", "report")
    assert (written.code, written.out) == (1, "")
    assert Path("report").read_text(encoding="utf-8") == shown.out
    assert sorted(path.name for path in Path().iterdir()) == ["bad.txt", "report"]


def test_a_report_file_is_left_alone_if_the_check_fails(
    mtqa: Command, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("report").write_text("old", encoding="utf-8")

    def fail(*arguments: object, **options: object) -> None:
        raise DetectorError("broken")

    monkeypatch.setattr(mtqa_checker(), "check_many", fail)
    done = mtqa("check", bad, "-o", "report")
    assert (done.code, done.err) == (3, "mtqa: error: broken\n")
    assert Path("report").read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["bad.txt", "report"]


def mtqa_checker() -> type:
    from mtqa.checker import Checker

    return Checker


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (KeyboardInterrupt(), 130, ""),
        (ModelMissing("run `mtqa models get smollm2-135m`"), 3, "mtqa: error: run `mtqa models get smollm2-135m`\n"),
        (MemoryError(), 3, "not enough memory"),
        (ZeroDivisionError("oops"), 3, "internal error: ZeroDivisionError: oops"),
        (OSError(28, "No space left on device"), 3, "No space left on device"),
        (BrokenPipeError(), 0, ""),
    ],
)
def test_whatever_happens_there_is_a_code_and_no_traceback(
    error: BaseException, code: int, says: str, mtqa: Command, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr("mtqa.cli.app._forget_stdout", lambda: None)
    monkeypatch.setattr(mtqa_checker(), "check_many", fail)
    done = mtqa("check", good)
    assert done.code == code
    assert says in done.err


@pytest.fixture
def whole_checker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command makes its checker as it does for users: nothing is given."""
    for module in ("check", "score"):
        monkeypatch.setattr(f"mtqa.cli.{module}.make_checker", lambda settings, say: Checker(settings, progress=say))


OFFLINE = ("--offline", "--models-dir", "empty", "--model", "own")
BEGINNING = "the language model is not on this machine: scored by the fast estimator, "


@pytest.mark.parametrize("wanted", ["text", "json", "jsonl", "html"])
@pytest.mark.usefixtures("whole_checker")
def test_a_missing_model_is_said_on_stderr_and_in_the_report(wanted: str, mtqa: Command, good: Path) -> None:
    estimator_folder(Path("own"))
    done = mtqa("check", good, *OFFLINE, "--format", wanted, "--exit-zero")
    assert done.code == 0
    (warning,) = done.err.splitlines()
    listed = json.loads(mtqa("check", good, *OFFLINE, "--format", "jsonl", "--exit-zero").out)["skipped"]
    skipped = sum(one["reason"] == "no language model" for one in listed)
    assert skipped > 3
    assert warning.startswith(f"mtqa: warning: {BEGINNING}{skipped} rules skipped. The model smollm2-135m is missing (")
    assert "mtqa models get smollm2-135m" in warning
    note = warning.removeprefix("mtqa: warning: ")
    if wanted in ("json", "jsonl"):
        content = json.loads(done.out)
        assert content.get("documents", [content])[0]["notes"] == [note]
    else:
        shown = " ".join(unescape(done.out).split())
        assert (f"note: {note}" if wanted == "text" else note) in shown


@pytest.mark.usefixtures("whole_checker")
def test_one_rule_skipped_and_none(mtqa: Command, good: Path) -> None:
    estimator_folder(Path("own"))
    done = mtqa("check", good, *OFFLINE, "--rule", "garbled-name,repeated-text", "--exit-zero")
    assert f"{BEGINNING}1 rule skipped. The" in done.err
    done = mtqa("check", good, *OFFLINE, "--rule", "repeated-text", "--exit-zero")
    assert f"{BEGINNING.removesuffix(', ')}. The" in done.err


@pytest.mark.usefixtures("whole_checker")
def test_fast_needs_nothing_but_the_estimator(mtqa: Command, good: Path) -> None:
    estimator_folder(Path("own"))
    done = mtqa("check", good, *OFFLINE, "--fast", "--format", "jsonl", "--exit-zero")
    assert (done.code, done.err) == (0, "")
    report = json.loads(done.out)
    assert report["notes"] == []
    assert "|lm:none|qe:fast-" in report["signature"]
    assert {"garbled-name", "odd-phrasing"} <= {one["name"] for one in report["skipped"]}
    assert len({segment["score"] for segment in report["segments"]}) > 1  # random, but read


@pytest.mark.usefixtures("whole_checker")
def test_a_folder_without_an_estimator_is_named(mtqa: Command, good: Path) -> None:
    done = mtqa("check", good, "--fast", "--model", "gone")
    assert (done.code, done.out) == (3, "")
    assert "gone holds no quality estimator: it has no quality.json" in done.err


@pytest.mark.parametrize("command", [("check", "good.txt"), ("score", "-t", "good.txt")])
def test_fast_and_model_reach_the_checker(command: tuple[str, ...], mtqa: Command, good: Path) -> None:
    mtqa(*command, "--fast", "--model", "gone")
    assert [(seen.fast, seen.quality_model) for seen in mtqa.seen] == [(True, Path("gone"))]
    Path("mtqa.toml").write_text('model = "gone"\n', encoding="utf-8")
    mtqa(*command)
    assert (mtqa.seen[-1].fast, mtqa.seen[-1].quality_model) == (False, Path("gone").resolve())


def test_no_colour_off_a_terminal_and_none_with_no_color(
    mtqa: Command, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[" not in mtqa("check", bad).out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in mtqa("check", bad, "-q").out
    assert "\x1b[3" not in mtqa("check", bad, "-q", "--no-color").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in mtqa("check", bad, "-q").out
