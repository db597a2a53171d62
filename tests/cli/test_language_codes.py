"""Codes of the source language, as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtqa.cli.language_codes import language_code
from mtqa.errors import SettingsError
from mtqa.knowledge.source_languages import LANGUAGE_NAMES
from tests.cli.command import Command


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("de", "de"), (" DE ", "de"), ("pt-BR", "pt"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("sr-Latn", "sr"),
        ("ger", "de"), ("deu", "de"), ("jpn", "ja"), ("iw", "he"), ("ceb", "ceb"), ("yue", "yue"), ("is", "is"),
        ("auto", None), ("AUTO", None), ("und", None),
    ],
)  # fmt: skip
def test_codes_are_brought_to_one_form(written: str, code: str | None) -> None:
    assert language_code(written) == code


@pytest.mark.parametrize("code", LANGUAGE_NAMES)
def test_every_language_that_mtqa_names_is_one(code: str) -> None:
    assert language_code(code) == code


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("german", "did you mean de (German)?"),
        ("Rusian", "did you mean ru (Russian)?"),
        ("cn", "did you mean zh (Chinese)?"),
        ("jp", "did you mean ja (Japanese)?"),
        ("ir", "did you mean fa"),
        ("xx", "give a code of ISO 639"),
        ("", "give a code"),
        ("de,fr", "give a code"),
        ("de-", "give a code"),
        ("auto-de", "give a code"),
        ("d", "give a code"),
        ("дe", "give a code"),
        ("de\n", None),
    ],
)
def test_what_is_no_code_is_refused_with_a_hint(written: str, hint: str | None) -> None:
    if hint is None:
        assert language_code(written) == "de"
        return
    with pytest.raises(SettingsError) as caught:
        language_code(written, origin="mtqa.toml")
    assert str(caught.value).startswith(f"mtqa.toml: {written!r} is no language code; ")
    assert hint in str(caught.value)


def test_a_language_that_nothing_covers_is_accepted(mtqa: Command) -> None:
    Path("mt.txt").write_text("The president spoke on Monday.\n", encoding="utf-8")
    Path("src.txt").write_text("Ang pangulo nakigsulti niadtong Lunes.\n", encoding="utf-8")
    done = mtqa("check", "mt.txt", "--source", "src.txt", "--source-lang", "CEB", "--exit-zero")
    assert (done.code, done.err) == (0, "")
    assert mtqa.seen[0].source_language == "ceb"


def test_a_configured_code_is_checked_too(mtqa: Command) -> None:
    Path("mt.txt").write_text("The president spoke on Monday.\n", encoding="utf-8")
    Path("mtqa.toml").write_text('source-language = "xx"\n', encoding="utf-8")
    done = mtqa("check", "mt.txt")
    assert (done.code, done.out) == (2, "")
    assert "'xx' is no language code" in done.err
    assert mtqa("check", "mt.txt", "--source-lang", "auto", "--exit-zero").code == 0
    assert mtqa.seen[-1].source_language is None
