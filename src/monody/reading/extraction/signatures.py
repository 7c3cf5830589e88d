"""Dressing lines of notes with the meter, tempo and key that they are heard in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.music.keys import KEY_NAMES
from monody.music.melody_store import INFO, MelodyStore
from monody.music.meter import (
    COMMON_TIME,
    TICKS_PER_QUARTER,
    Ints,
    Meter,
    bar_line_before,
    meters_from,
)
from monody.reading.extraction.file_report import FileReports
from monody.reading.note_table import Longs, Mask, NoteTable
from monody.reading.raw_score import RawScore, RawTrack
from monody.reading.reasons import Reason
from monody.reading.retiming.retime import longest_tempo

KEY_NUMBERS = {name: number for number, name in enumerate(KEY_NAMES)}


@dataclass(frozen=True)
class ExtractedParts:
    """ExtractedParts of single notes, and where they come from."""

    parts: NoteTable  # in grid ticks
    raw: list[RawTrack]  # the track of each part
    around: list[RawScore]  # its tempos, meters and keys
    file: Longs  # (parts,): the place of its file


def with_signatures(
    lines: ExtractedParts,
    chosen: Mask,
    meters: frozenset[str],
    files: int,
    ledger: FileReports,
) -> MelodyStore:
    """Make melodies of lines, each from the bar line before its first note on.

    Args:
        lines: The lines.
        chosen: ``(parts,)``: those that are melodies.
        meters: The time signatures wanted; empty means any.
        files: How many files there are.
        ledger: Told of melodies in other meters.
    """
    parts = lines.parts
    counts = parts.counts
    ends = np.cumsum(counts)
    starts, stops = parts.start[ends - counts], parts.end[ends - 1]
    kept = np.zeros(parts.owners, bool)
    origins = np.zeros(parts.owners, np.int64)
    all_meters: list[Meter] = []
    rows: list[tuple[Any, ...]] = []
    for part in np.flatnonzero(chosen).tolist():
        around, raw = lines.around[part], lines.raw[part]
        dress = _dress(around, int(starts[part]), int(stops[part]))
        unwanted = meters and dress.names - meters
        if unwanted:
            ledger.leave_out(lines.file[part], _unwanted(unwanted))
            continue
        kept[part], origins[part] = True, dress.origin
        all_meters += dress.meters
        rows.append((counts[part], len(dress.meters), dress.bpm, dress.key, raw.program,
                     raw.index, lines.file[part], around.piece))  # fmt: skip
    return MelodyStore(
        _rows_of(parts.where(kept[parts.owner]), origins),
        np.array(all_meters, np.int32).reshape(-1, 3),
        _info(rows),
        [""] * files,
    )


def _info(rows: Sequence[tuple[Any, ...]]) -> NDArray[Any]:
    """Put rows of ``INFO`` together, a column at a time: row by row is slow."""
    info = np.zeros(len(rows), INFO)
    for name, column in zip(INFO.names or (), zip(*rows, strict=True), strict=False):
        info[name] = column
    return info


def _rows_of(notes: NoteTable, origins: Longs) -> Ints:
    """Return notes as rows of pitch, start and duration, from their part's origin."""
    start = notes.start - origins[notes.owner]
    rows = np.stack([notes.pitch, start, notes.end - notes.start], axis=1)
    return rows.astype(np.int32)


class _Dress(NamedTuple):
    """What a line of notes is heard in."""

    origin: int  # the bar line before the first note, in grid ticks
    meters: tuple[Meter, ...]  # from there on
    bpm: float
    key: int  # index into KEY_NAMES, or -1

    @property
    def names(self) -> frozenset[str]:
        return frozenset(map(str, self.meters))


def _dress(around: RawScore, first: int, end: int) -> _Dress:
    """Find meter, tempo and key of the music between two grid ticks."""
    scale = TICKS_PER_QUARTER / around.ticks_per_quarter
    meters = _meters_on_grid(around.meters, scale, end)
    origin = bar_line_before(first, meters)
    keys = [key for tick, key in around.keys if tick * scale <= first]
    return _Dress(
        origin,
        meters_from(meters, origin),
        longest_tempo(around.tempos, first / scale, end / scale),
        KEY_NUMBERS[keys[-1]] if keys else -1,
    )


def _meters_on_grid(meters: Sequence[Meter], scale: float, end: int) -> list[Meter]:
    """Move time signatures to the grid; the last of several at one tick holds."""
    by_tick = {0: COMMON_TIME}
    for meter in meters:
        tick = round(meter.tick * scale)
        if tick < end:
            by_tick[tick] = meter._replace(tick=tick)
    return [by_tick[tick] for tick in sorted(by_tick)]


def _unwanted(meters: frozenset[str]) -> Reason:
    named = ",".join(sorted(meters))
    return Reason(f"the meter is {named}", f"add {named} to --meters")
