"""How long work tells those who wait how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]  # steps done, steps in all
StageProgress = Callable[[str, int, int], None]  # what is done, and the same of it


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def no_stages(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
