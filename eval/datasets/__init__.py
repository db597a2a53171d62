"""Loaders of evaluation data; missing or damaged data is an error, never a zero."""
