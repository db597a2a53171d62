"""Human translations of news (WMT21 and WMT22 references into English): clean text, so every alarm is a false one."""

from __future__ import annotations

from collections.abc import Iterator

from eval.datasets.folder import data_file, lock
from mtqa import Document

_BLOCK = 12  # lines per document: about the length of a short news item


def reference_documents(year: int) -> Iterator[Document]:
    """The references of a year in blocks of consecutive lines, one line a paragraph."""
    prefix = f"wmt{year}-news-systems/txt/references/"
    for name in sorted(name for name in lock() if name.startswith(prefix)):
        lines = data_file(name).read_text(encoding="utf-8").split("\n")
        for start in range(0, len(lines), _BLOCK):
            block = [line.strip() for line in lines[start : start + _BLOCK] if line.strip()]
            if block:
                yield Document(id=f"{name.removeprefix(prefix)}:{start + 1}", text="\n".join(block) + "\n")
