"""Benchmarks of mtqa: `python -m eval run SUITE...`. Imports mtqa, never the other way."""
