"""`python -m eval.datasets.make_lock`: write lock.json for the files of MTQA_DATA that a loader reads.

Run it when a loader learns a new file; look at the difference before you commit it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

LOCK = Path(__file__).with_name("lock.json")
_SHARED_TASK = "public shared-task data, for research"
# Folder in MTQA_DATA: public repository, branch, licence, patterns of the files that are read.
ORIGINS = MappingProxyType(
    {
        "mlqe-pe": ("sheffieldnlp/mlqe-pe", "master", "CC0-1.0", ("data/*/*/*-en-*.tar.gz",)),
        "wmt21-news-systems": (
            "wmt-conference/wmt21-news-systems",
            "main",
            _SHARED_TASK,
            ("txt/references/*", "txt/sources/*", "txt/system-outputs/*", "humaneval/newstest2021-toen/ad-seg-*"),
        ),
        "wmt22-news-systems": (
            "wmt-conference/wmt22-news-systems",
            "main",
            _SHARED_TASK,
            ("txt/references/*", "txt/sources/*", "txt/system-outputs/*", "humaneval/DA/newstest2022-toen/ad-seg-*"),
        ),
        "wmt-qe-2023": ("WMT-QE-Task/wmt-qe-2023-data", "main", _SHARED_TASK, ("task_2/train/*.tsv",)),
        "demetr": ("marzenakrp/demetr", "main", "MIT", ("dataset/*.json",)),
    }
)


def entries(data: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Name and entry of every file that a loader reads, sorted by name."""
    for folder, (repository, branch, licence, patterns) in sorted(ORIGINS.items()):
        for path in sorted(path for pattern in patterns for path in (data / folder).glob(pattern)):
            name = path.relative_to(data).as_posix()
            address = f"https://raw.githubusercontent.com/{repository}/{branch}/{name.removeprefix(folder + '/')}"
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            yield name, {"address": address, "sha256": digest, "licence": licence}


def main() -> None:
    """Write lock.json from MTQA_DATA."""
    found = dict(entries(Path(os.environ["MTQA_DATA"])))
    LOCK.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(found)} files")


if __name__ == "__main__":
    main()
