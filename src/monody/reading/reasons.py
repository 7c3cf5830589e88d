"""What became of a file, why, and what the user can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from monody.memory import allowed_bytes
from monody.saved.values import listed, text, whole

MAX_READING_BYTES = 2 * 2**30  # of memory: no piece of music needs as much


class Reason(NamedTuple):
    """Why something was left out, and what the user can do about it."""

    text: str  # "fewer than 8 notes"
    advice: str  # "lower --min_notes"


def memory_limit() -> int:
    """Return how many bytes of memory a process that reads may take."""
    return min(MAX_READING_BYTES, allowed_bytes())


def too_much_memory(memory_limit_bytes: int) -> Reason:
    """Say that a file needs more memory; the machine may have had less than that.

    Example:
        >>> from monody.reading.reasons import too_much_memory
        >>> too_much_memory(2**29).text
        'not read within 512 MiB of memory'
    """
    at_most = memory_limit_bytes >= MAX_READING_BYTES
    or_allow = "" if at_most else ", or allow more --max_memory"
    return Reason(
        f"not read within {memory_limit_bytes // 2**20} MiB of memory",
        f"split it into smaller files{or_allow}",
    )


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
        >>> import json
        >>> FileReport.from_json(*json.loads(json.dumps(report.to_json()))) == report
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
    def from_json(cls, left_out: object, repairs: object) -> FileReport:
        """Rebuild a report from what `to_json` gave, once through JSON.

        Raises:
            ValueError: If it is none; also ``TypeError``.
        """
        return cls(listed(left_out, _left_out), listed(repairs, text))


def _left_out(value: Iterable[Any]) -> tuple[Reason, int]:
    (why, advice), count = value
    return Reason(text(why), text(advice)), whole(count)
