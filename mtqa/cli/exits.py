"""Exit codes, and what each error of mtqa means for them."""

from __future__ import annotations

from mtqa.errors import InputError, KnowledgeError, MtqaError, SettingsError

CLEAN = 0
FINDINGS = 1
USAGE = 2
FAILED = 3
INTERRUPTED = 130


def code_of(error: MtqaError) -> int:
    """2 for what the user can mend in input or options, 3 for what could not run."""
    return USAGE if isinstance(error, (InputError, SettingsError, KnowledgeError)) else FAILED
