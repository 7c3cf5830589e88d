"""What became of a file, why, and what the user can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Reason(NamedTuple):
    """Why something was left out, and what the user can do about it."""

    text: str  # "fewer than 8 notes"
    advice: str  # "lower --min_notes"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What reading a file found, besides its melodies.

    Args:
        left_out: What of it was left out, and how many times; what came nearest to
            being a melody stands last.
        repairs: What was wrong with it, and done.
    """

    left_out: tuple[tuple[Reason, int], ...] = ()
    repairs: tuple[str, ...] = ()

    @property
    def left_out_text(self) -> str:
        """Say what was left out; empty if nothing was."""
        return ", ".join(f"{count} × {reason.text}" for reason, count in self.left_out)
