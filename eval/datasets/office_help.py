"""The help texts of LibreOffice (MPL-2.0): paragraphs in many languages beside their English originals.

They come from the Debian packages `libreoffice-help-en-us`, `libreoffice-help-de` and so on, installed or unpacked:
MTQA_HELP names the folder that holds one folder per language, by default where the packages put them.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path

from eval.datasets.folder import DataError

FOLDERS = {
    "de": "de",
    "es": "es",
    "fr": "fr",
    "it": "it",
    "ja": "ja",
    "ko": "ko",
    "nl": "nl",
    "pl": "pl",
    "pt": "pt",
    "ru": "ru",
    "tr": "tr",
    "zh": "zh-CN",
}  # language -> folder of its texts
_ENGLISH = "en-US"
_PLACE = "/usr/share/libreoffice/help"
_PARAGRAPH = re.compile(r'<p id="(par_id\w+)" class="(?:paragraph|listitem)"[^>]*>(.*?)</p>', re.DOTALL)
_HIDDEN = re.compile(r'<span hidden="true".*?</span></span>', re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_CHARACTERS = (8, 350)  # of either side
_LEAST_ENGLISH = 30
_LEAST_WORDS = 6


def paragraphs(language: str) -> list[tuple[str, str]]:
    """Pairs of a paragraph and its English original, in the order of the files; each original once.

    DataError if the texts are missing.
    """
    own = _read(FOLDERS[language])
    seen: set[str] = set()
    found = []
    for key, english in _read(_ENGLISH).items():
        text = own.get(key, "")
        least, most = _CHARACTERS
        if text == english or english in seen or not least <= len(text) <= most:
            continue
        if _LEAST_ENGLISH <= len(english) <= most and len(english.split()) >= _LEAST_WORDS:
            seen.add(english)
            found.append((text, english))
    return found


def _read(folder: str) -> dict[tuple[str, str], str]:
    """File and number of a paragraph -> its text."""
    base = Path(os.environ.get("MTQA_HELP", _PLACE)) / folder / "text"
    if not base.is_dir():
        raise DataError(f"{base} is missing: install the package libreoffice-help-{folder.lower()} or set MTQA_HELP")
    found = {}
    for path in sorted(base.rglob("*.html")):
        for number, body in _PARAGRAPH.findall(path.read_text(encoding="utf-8")):
            text = html.unescape(_TAG.sub("", _HIDDEN.sub("", body)))
            found[str(path.relative_to(base)), number] = " ".join(text.split())
    return found
