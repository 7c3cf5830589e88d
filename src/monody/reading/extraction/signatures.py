"""The signatures of melodies: the meter, tempo and key that they are heard in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.music.keys import KEY_NAMES
from monody.music.melody_store import MelodyStore
from monody.music.meter import (
    COMMON_TIME,
    TICKS_PER_QUARTER,
    Ints,
    Meter,
    bar_line_before,
    meters_from,
)
from monody.music.store_files import INFO
from monody.reading.extraction.file_report import FileReports
from monody.reading.note_table import Longs, Mask, NoteTable
from monody.reading.raw_score import RawScore, RawTrack
from monody.reading.reasons import Reason
from monody.reading.retiming.retime import longest_tempo

KEY_NUMBERS = {name: number for number, name in enumerate(KEY_NAMES)}


@dataclass(frozen=True)
class ExtractedParts:
    """Parts of tracks that are a line of single notes, and where they come from."""

    notes: NoteTable  # by part, in grid ticks
    tracks: list[RawTrack]  # (parts,): the track that each was cut from
    scores: list[RawScore]  # (parts,): their tempos, meters and keys
    file: Longs  # (parts,): the place of the file


def with_signatures(
    parts: ExtractedParts,
    chosen: Mask,
    meters: frozenset[str],
    files: int,
    reports: FileReports,
) -> MelodyStore:
    """Make melodies of parts, each from the bar line before its first note on.

    Args:
        parts: All parts.
        chosen: ``(parts,)``: those that are melodies.
        meters: The time signatures wanted; empty means any.
        files: How many files there are.
        reports: Told of melodies in other meters.
    """
    notes, counts, bounds = parts.notes, parts.notes.counts, parts.notes.bounds
    starts, stops = notes.start[bounds[:-1]], notes.end[bounds[1:] - 1]  # (parts,)
    kept = np.zeros(notes.owners, bool)
    origins = np.zeros(notes.owners, np.int64)
    all_meters: list[Meter] = []
    rows: list[tuple[float, ...]] = []
    for part in np.flatnonzero(chosen).tolist():
        score, track = parts.scores[part], parts.tracks[part]
        heard = _signatures(score, int(starts[part]), int(stops[part]))
        unwanted = meters and heard.names - meters
        if unwanted:
            reports.leave_out(parts.file[part], _unwanted(unwanted))
            continue
        kept[part], origins[part] = True, heard.origin
        all_meters += heard.meters
        about = (counts[part], len(heard.meters), heard.bpm, heard.key)
        whence = (track.program, track.index, parts.file[part], score.piece)
        rows.append((*about, *whence))  # in the order of INFO
    return MelodyStore(
        _rows_of(notes.where(kept[notes.owner]), origins),
        np.array(all_meters, np.int32).reshape(-1, 3),
        _info(rows),
        [""] * files,
    )


def _info(rows: Sequence[tuple[float, ...]]) -> NDArray[np.void]:
    """Put rows of ``INFO`` together, a column at a time: row by row is slow."""
    info = np.zeros(len(rows), INFO)
    for name, column in zip(INFO.names or (), zip(*rows, strict=True), strict=False):
        info[name] = column
    return info


def _rows_of(notes: NoteTable, origins: Longs) -> Ints:
    """Return pitch, start and duration from the part's origin: ``(notes, 3)``."""
    start = notes.start - origins[notes.owner]
    rows = np.stack([notes.pitch, start, notes.end - notes.start], axis=1)
    return rows.astype(np.int32)


class _Signatures(NamedTuple):
    """The meters, the tempo and the key that a part is heard in."""

    origin: int  # the bar line before the first note, in grid ticks
    meters: tuple[Meter, ...]  # from there on
    bpm: float
    key: int  # index into KEY_NAMES, or -1

    @property
    def names(self) -> frozenset[str]:
        return frozenset(map(str, self.meters))


def _signatures(score: RawScore, first: int, end: int) -> _Signatures:
    """Find meter, tempo and key of the music between two grid ticks."""
    scale = TICKS_PER_QUARTER / score.ticks_per_quarter
    score = score.between((first - 1) / scale, (end + 1) / scale)
    meters = _meters_on_grid(score.meters, scale, end)
    origin = bar_line_before(first, meters)
    keys = [key for tick, key in score.keys if tick * scale <= first]
    return _Signatures(
        origin,
        meters_from(meters, origin),
        longest_tempo(score.tempos, first / scale, end / scale),
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
