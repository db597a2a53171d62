"""From bytes to documents: one file per input format.

    article = read_document(Path("article.txt"), source=Path("article.fr.txt"), source_language="fr")
    pairs = read_parallel(Path("hypotheses.txt"), Path("sources.txt"))
    pairs = read_columns(Path("systems.tsv"), source="src", hypothesis="mt")

Every input that cannot be used is an InputError that names the file, the line and byte offset, and what to do.
"""

from mtqa.reading.columns import Column, Table, is_named_like_table, read_columns
from mtqa.reading.lines import ParallelLines, read_lines, read_parallel
from mtqa.reading.text import read_document

__all__ = [
    "Column",
    "ParallelLines",
    "Table",
    "is_named_like_table",
    "read_columns",
    "read_document",
    "read_lines",
    "read_parallel",
]
