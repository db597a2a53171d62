"""Reads a source and its translation together: how good is the translation, and which of its words are wrong."""
