"""What a musician needs to know of a file, to check that it was read as it was meant.

``describe`` makes an overview in the child process; the melodies travel on their own.
Between the processes it is plain JSON, of which every value is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TypedDict, TypeVar, get_type_hints

from monody.reading.raw_score import MeterSource
from monody.reading.reasons import FileReport, LeftOut

Facts = TypeVar("Facts")


class TempoSource(StrEnum):
    """What the tempo of a line was taken from."""

    FILE = "file"
    NOTES = "notes"  # it was fitted to their onsets
    DEFAULT = "default"  # nothing tells it


@dataclass(frozen=True)
class LineFacts:
    """A track of a file, or a line of written music.

    Args:
        index: Its place in the file, as that of its melodies.
        name: What the file calls it; as untrusted as the rest of the file.
        program: General MIDI program.
        is_drum: Whether it is a drum kit.
        notes: How many notes it has, before any is left out.
        lowest: MIDI pitch; -1 without notes.
        highest: MIDI pitch; -1 without notes.
        first_bar: The bar that its first note begins in, from 1; 0 where that is not
            known, because the notes were moved to a grid of their own.
        meter_from: What its meter was taken from.
        tempo_from: What its tempo was taken from.
        declared_bpm: The tempo that the file gives it, in quarter notes a minute.
        tempos: How many tempos the file has.
    """

    index: int
    name: str
    program: int
    is_drum: bool
    notes: int
    lowest: int
    highest: int
    first_bar: int
    meter_from: MeterSource
    tempo_from: TempoSource
    declared_bpm: float
    tempos: int


@dataclass(frozen=True)
class PieceFacts:
    """A piece of music: all of a file, or a tune of a tune book.

    Args:
        index: Its place in the file, as that of its melodies.
        kind: What the file is, such as ``"MIDI format 1"``; empty if not known.
        title: What the file calls it; as untrusted as the rest of the file.
        is_written: Whether it is notation.
        ticks_per_quarter: The file's own division.
        measures: Measures on the page; 0 where there is none.
        played: Measures that sound, with all repeats.
        pickup_quarters: Length of the pickup that the page begins with, or 0.
    """

    index: int
    kind: str
    title: str
    is_written: bool
    ticks_per_quarter: int
    measures: int
    played: int
    pickup_quarters: float


@dataclass(frozen=True)
class PieceOverview:
    """A piece and its lines.

    Args:
        facts: About all of it.
        repairs: What was wrong with it, and done.
        lines: In their order.
        reports: One a line: what is left out of it and done to it.
    """

    facts: PieceFacts
    repairs: tuple[str, ...]
    lines: tuple[LineFacts, ...]
    reports: tuple[FileReport, ...]


class _PieceJson(TypedDict):
    facts: dict[str, object]
    repairs: list[str]
    lines: list[dict[str, object]]
    reports: list[tuple[LeftOut, list[str]]]


class OverviewJson(TypedDict):
    """An overview as JSON values."""

    pieces: list[_PieceJson]
    pieces_in_file: int


@dataclass(frozen=True)
class Overview:
    """A file.

    Args:
        pieces: The first ones, in their order.
        pieces_in_file: How many there are; those that cannot be read are not counted.

    Example:
        >>> from monody.reading.overview import Overview
        >>> nothing = Overview((), pieces_in_file=3)
        >>> nothing.to_json()
        {'pieces': [], 'pieces_in_file': 3}
        >>> Overview.from_json(nothing.to_json()) == nothing
        True
    """

    pieces: tuple[PieceOverview, ...]
    pieces_in_file: int

    def to_json(self) -> OverviewJson:
        """Return the overview as JSON values."""
        return {
            "pieces": [
                {
                    "facts": _values(piece.facts),
                    "repairs": list(piece.repairs),
                    "lines": [_values(line) for line in piece.lines],
                    "reports": [
                        (report.left_out, list(report.repairs))
                        for report in piece.reports
                    ],
                }
                for piece in self.pieces
            ],
            "pieces_in_file": self.pieces_in_file,
        }

    @classmethod
    def from_json(cls, values: OverviewJson) -> Overview:
        """Rebuild an overview from what `to_json` gave, once through JSON.

        Raises:
            ValueError: If it is none; also ``KeyError`` and ``TypeError``.
        """
        pieces = tuple(
            PieceOverview(
                _checked(PieceFacts, piece["facts"]),
                tuple(map(_text, piece["repairs"])),
                tuple(_checked(LineFacts, line) for line in piece["lines"]),
                tuple(FileReport.from_json(*report) for report in piece["reports"]),
            )
            for piece in values["pieces"]
        )
        if any(len(piece.lines) != len(piece.reports) for piece in pieces):
            raise ValueError("a report on another line")
        return cls(pieces, int(values["pieces_in_file"]))


def _values(facts: LineFacts | PieceFacts) -> dict[str, object]:
    return {field.name: getattr(facts, field.name) for field in fields(facts)}


def _checked(kind: type[Facts], values: Mapping[str, object]) -> Facts:
    """Build facts of values of the right types."""
    checked: dict[str, object] = {}
    for name, expected in get_type_hints(kind).items():
        value = values[name]
        if issubclass(expected, StrEnum):
            value = expected(_text(value))
        if not isinstance(value, expected):
            raise TypeError(f"{name} must be {expected.__name__}, not {value!r}")
        checked[name] = value
    return kind(**checked)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {value!r}")
    return value
