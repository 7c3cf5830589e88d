"""What a file says, before anything is made of it: the readers' common result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monody.melody import Meter
from monody.verdicts import Reason


class UnreadableError(Exception):
    """The file cannot be used.

    Args:
        text: Why: the reason of its verdict.
        advice: What the user can do about it.
    """

    def __init__(self, text: str, advice: str) -> None:
        super().__init__(text)
        self.reason = Reason(text, advice)


@dataclass(frozen=True)
class RawTrack:
    """One instrument of a file; times in the file's own ticks."""

    notes: NDArray[np.int64]  # (notes, 3): pitch, start, duration; by start, then pitch
    program: int
    is_drum: bool


@dataclass(frozen=True)
class RawScore:
    """What a file says, times in its own ticks."""

    ticks_per_quarter: int
    tracks: tuple[RawTrack, ...]
    tempos: tuple[tuple[int, float], ...]  # (tick, bpm)
    meters: tuple[Meter, ...]
    keys: tuple[tuple[int, str], ...]  # (tick, "D minor")
    repairs: tuple[str, ...] = ()  # what was wrong with the bytes, and done
