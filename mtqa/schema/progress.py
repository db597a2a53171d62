"""How far something is that takes long, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` of a task, in `unit` ("bytes", "tokens", "lines"); `total` None: nobody knows how much it is.

    `task` says in words what is done and stays the same from the first step of a task to its last.
    """

    task: str
    done: int = 0
    total: int | None = None
    unit: str = ""


Progress = Callable[[Step], None]
