"""What became of a file, why, and what the user can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


class Reason(NamedTuple):
    """Why something was left out, and what the user can do about it."""

    text: str  # "fewer than 8 notes"
    advice: str  # "lower --min_notes"


LeftOut = tuple[tuple[Reason, int], ...]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What reading a file found, besides its melodies.

    Args:
        left_out: What of it was left out, and how many times; what came nearest to
            being a melody comes last.
        repairs: What was wrong with it, and done.

    Example:
        >>> from monody.reading.reasons import FileReport, Reason
        >>> short = Reason("fewer than 8 notes", "lower --min_notes")
        >>> report = FileReport(left_out=((short, 3),))
        >>> report.left_out_text
        '3 × fewer than 8 notes'
        >>> FileReport.from_json(*report.to_json()) == report
        True
    """

    left_out: LeftOut = ()
    repairs: tuple[str, ...] = ()

    @property
    def left_out_text(self) -> str:
        """Say what was left out; empty if nothing was."""
        return ", ".join(f"{count} × {reason.text}" for reason, count in self.left_out)

    def to_json(self) -> tuple[LeftOut, tuple[str, ...]]:
        """Return ``(left out, repairs)``, which JSON writes as nested lists."""
        return self.left_out, self.repairs

    @classmethod
    def from_json(
        cls, left_out: Iterable[tuple[Iterable[str], int]], repairs: Iterable[str]
    ) -> FileReport:
        """Rebuild a report from what `to_json` gave, once through JSON."""
        return cls(
            tuple((Reason(*reason), count) for reason, count in left_out),
            tuple(repairs),
        )
