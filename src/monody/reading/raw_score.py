"""The common result of all readers: the notes and signs of a file, in its own ticks."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from monody.errors import brief
from monody.music.meter import Meter
from monody.reading.reasons import Reason
from monody.translation import marked

MAX_NAME = 200  # letters of a name or title that are kept
MAX_FEW_SIGNS = 32  # of a kind: so few are looked through faster than they are cut
GET_IT_AGAIN = marked("export or download it again")  # the advice for damage

Sign = TypeVar("Sign", bound=tuple[Any, ...])
_TICK = itemgetter(0)  # of a sign


class UnreadableError(Exception):
    """The file cannot be used.

    Args:
        text: Why: the reason of its verdict.
        advice: What the user can do about it.

    Example:
        >>> from monody.reading.raw_score import GET_IT_AGAIN, UnreadableError
        >>> UnreadableError("damaged zip archive", GET_IT_AGAIN).reason.advice
        'export or download it again'
    """

    def __init__(self, text: str, advice: str) -> None:
        super().__init__(text)
        self.reason = Reason(brief(text), advice)


class PassingError(UnreadableError):
    """The file cannot be used now, which says nothing about it: it is asked again.

    Nothing remembers it. What the system says (``OSError``, ``MemoryError``) is passing
    as well.
    """


@dataclass(frozen=True)
class RawTrack:
    """One instrument of a file: its notes as read, in any order, not yet validated.

    Args:
        pitch: ``(notes,)`` of any integer type.
        start: ``(notes,)`` in the file's own ticks.
        duration: ``(notes,)`` in the file's own ticks.
        program: General MIDI program.
        is_drum: Whether it plays on the drum channel.
        index: Its place in the file.
        name: What the file calls it; as untrusted as the rest of the file.
    """

    pitch: NDArray[np.integer]
    start: NDArray[np.integer]
    duration: NDArray[np.integer]
    program: int
    is_drum: bool
    index: int
    name: str = ""


class MeterSource(StrEnum):
    """What the meter of music was taken from."""

    SIGNATURE = "signature"
    LENGTHS = "bar lengths"  # the commonest of them: no meter is named
    ACCENTS = "accents"  # the signature counts single beats, such as 1/4
    DEFAULT = "default"  # nothing tells it


@dataclass(frozen=True)
class WrittenPage:
    """What a page of written music says that its notes do not.

    Args:
        meter_from: What its meter was taken from.
        pickup_ticks: Length of the pickup that it begins with, in file ticks; 0 if its
            first measure is whole.
        measures: Measures on the page.
        played: Measures that sound, with all repeats.
    """

    meter_from: MeterSource
    pickup_ticks: int
    measures: int
    played: int


@dataclass(frozen=True)
class RawScore:
    """The music of a file, as it is written there.

    Args:
        ticks_per_quarter: The file's own division, 1 or more.
        tracks: In their order.
        tempos: ``(tick, bpm)``, in order.
        meters: Those that make sense, in order, at file ticks.
        keys: ``(tick, "D minor")``, in order.
        repairs: What was wrong with the bytes, and done.
        piece: Index of the tune in a tune book.
        is_written: Whether it was notation, so that its times are exact: nothing in it
            was played beside the beat.
        kind: What the file is, such as ``"MIDI format 1"``; empty where no reader says.
        title: What the file calls the piece; as untrusted as the rest of it.
        page: What its page says, where it was written in measures.
        meters_are_heard: Whether signatures of single beats, such as 1/4, were
            regrouped by the accents of the music.
    """

    ticks_per_quarter: int
    tracks: tuple[RawTrack, ...]
    tempos: tuple[tuple[int, float], ...]
    meters: tuple[Meter, ...]
    keys: tuple[tuple[int, str], ...]
    repairs: tuple[str, ...] = ()
    piece: int = 0
    is_written: bool = False
    kind: str = ""
    title: str = ""
    page: WrittenPage | None = None
    meters_are_heard: bool = False

    def between(self, start: float, end: float) -> RawScore:
        """Return the score with the signs alone that hold between two file ticks.

        A melody asks for those around it: one after the other through all signs of a
        file takes too long where a stranger wrote both in thousands.

        Args:
            start: Signs before it are left out, but for the last one of each kind.
            end: Signs after it are left out.

        Example:
            >>> from monody.reading.raw_score import RawScore
            >>> tempos = tuple((tick, 90.0 + tick) for tick in range(100))
            >>> score = RawScore(24, (), tempos, (), ())
            >>> score.between(40.5, 42).tempos
            ((40, 130.0), (41, 131.0), (42, 132.0))
        """
        if max(map(len, (self.tempos, self.meters, self.keys))) <= MAX_FEW_SIGNS:
            return self
        return replace(
            self,
            tempos=_between(self.tempos, start, end),
            meters=_between(self.meters, start, end),
            keys=_between(self.keys, start, end),
        )


def _between(signs: tuple[Sign, ...], start: float, end: float) -> tuple[Sign, ...]:
    """Return the last sign up to ``start``, and those from there up to ``end``."""
    first = max(bisect_right(signs, start, key=_TICK) - 1, 0)
    return signs[first : bisect_right(signs, end, key=_TICK)]


@dataclass(frozen=True)
class ReadScores:
    """The scores of a file: one, or one for each tune of a book."""

    scores: list[RawScore]
    left_out: list[Reason]  # why tunes of a book could not be read
