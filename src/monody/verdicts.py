"""What became of a file, why, and what the user can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

KEPT, RECOVERED, DUPLICATE, DROPPED = "kept", "recovered", "duplicate", "dropped"
VERDICTS = (KEPT, RECOVERED, DUPLICATE, DROPPED)


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a file.

    Args:
        path: Relative to the corpus's folder; in an archive, ``book.zip/tune.mid``.
        verdict: One of ``VERDICTS``.
        reason: What of it was left out (kept), what was wrong and what was done
            (recovered), of what it is a copy (duplicate), or why it has no melody
            (dropped). May be empty where it was kept.
        advice: What the user can do about a dropped file; empty otherwise.
        melodies: Melodies found in it.
        notes: Their notes.
        copies: Of its melodies, those left out as copies of other files'.
        repeats: Of its melodies, those left out as copies of its own.
        repairs: What was wrong with the file, and done.
        left_out: What of it was left out, and why; empty if nothing was.
        duplicate_of: The file that has the same tune; empty if the file is no copy.
        tracks: Numbers of the tracks that the melodies were found in, from 1.
        meters: Their time signatures, such as ``"6/8"``, the commonest first.
        bpm: Their tempos in quarter notes a minute, the commonest first.
        keys: Their keys, such as ``"D minor"``, where the file says.
    """

    path: str
    verdict: str
    reason: str
    advice: str = ""
    melodies: int = 0
    notes: int = 0
    copies: int = 0
    repeats: int = 0
    repairs: tuple[str, ...] = ()
    left_out: str = ""
    duplicate_of: str = ""
    tracks: tuple[int, ...] = ()
    meters: tuple[str, ...] = ()
    bpm: tuple[float, ...] = ()
    keys: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}
