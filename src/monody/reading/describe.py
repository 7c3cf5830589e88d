"""From the scores of a file to its overview.

Why a line is no melody is found by looking for melodies in each line on its own, by the
rule that its piece was read by.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from monody.music.meter import COMMON_TIME, TICKS_PER_QUARTER, Meter
from monody.reading.extraction.extract import extract
from monody.reading.extraction.heard_meters import with_heard_meters
from monody.reading.overview import (
    LineFacts,
    Overview,
    PieceFacts,
    PieceOverview,
    TempoSource,
)
from monody.reading.raw_score import MAX_NAME, MeterSource, RawScore, RawTrack
from monody.reading.reasons import FileReport
from monody.reading.retiming.retime import longest_tempo
from monody.settings.reading import ReadSettings

FITTED = "tempo fitted"  # how the report on a line that was re-timed begins


def describe(
    scores: Sequence[RawScore], settings: ReadSettings, max_pieces: int = 0
) -> Overview:
    """Describe the pieces of a file.

    Args:
        scores: All of them, as read.
        settings: Which lines count as a melody.
        max_pieces: How many to describe; 0 is all.

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.describe import describe
        >>> from monody.reading.midi.parse import read_midi
        >>> from monody.settings.reading import ReadSettings
        >>> score = read_midi(Path("data/midi/tune-000.mid").read_bytes())
        >>> [line] = describe([score], ReadSettings()).pieces[0].lines
        >>> line.notes, line.first_bar, line.meter_from.value
        (48, 1, 'signature')
    """
    chosen = scores[: max_pieces or None]
    if not settings.meters_as_written:
        chosen = with_heard_meters(chosen)
    reports = _reports(chosen, settings)
    pieces = tuple(map(_piece, chosen, reports))
    return Overview(pieces, len(scores))


def _reports(
    scores: Sequence[RawScore], settings: ReadSettings
) -> list[list[FileReport]]:
    """Report on each line of each piece, as if it were alone in its file."""
    every = replace(settings, tracks="all")
    if settings.line != "auto":
        return [reports for reports, _ in _alone(scores, every)]
    found = list(_alone(scores, replace(every, line="tolerant")))
    # A piece that has no line of single notes gives the top line of one.
    silent = [place for place, (_, melodies) in enumerate(found) if not melodies]
    by_top_line = replace(every, line="skyline")
    again = _alone([scores[place] for place in silent], by_top_line)
    for place, reports in zip(silent, again, strict=True):
        found[place] = reports
    return [reports for reports, _ in found]


def _alone(
    scores: Sequence[RawScore], settings: ReadSettings
) -> Iterator[tuple[list[FileReport], int]]:
    """Yield the reports on the lines of each piece, and how many are a melody."""
    lines = [
        replace(score, tracks=(track,), repairs=())
        for score in scores
        for track in score.tracks
    ]
    found = extract(lines, settings)
    melodic = np.zeros(len(lines), bool)
    melodic[found.melodies.info["file"]] = True
    start = 0
    for score in scores:
        end = start + len(score.tracks)
        yield found.reports[start:end], int(melodic[start:end].sum())
        start = end


def _piece(score: RawScore, reports: Sequence[FileReport]) -> PieceOverview:
    page, signs = score.page, _Signs(score)
    facts = PieceFacts(
        index=score.piece,
        kind=score.kind,
        title=score.title[:MAX_NAME],
        is_written=score.is_written,
        ticks_per_quarter=score.ticks_per_quarter,
        measures=page.measures if page else 0,
        played=page.played if page else 0,
        pickup_quarters=page.pickup_ticks / score.ticks_per_quarter if page else 0.0,
    )
    lines = (
        _line(track, report, signs)
        for track, report in zip(score.tracks, reports, strict=True)
    )
    return PieceOverview(facts, score.repairs, tuple(lines), tuple(reports))


def _line(track: RawTrack, report: FileReport, signs: _Signs) -> LineFacts:
    pitches, starts = (
        np.asarray(column).astype(np.int64) for column in (track.pitch, track.start)
    )
    pitches, starts = pitches[(pitches >= 0) & (pitches <= 127)], starts[starts >= 0]
    first, last = (int(starts.min()), int(starts.max())) if len(starts) else (0, 0)
    fitted = any(repair.startswith(FITTED) for repair in report.repairs)
    bpm = longest_tempo(signs.score.between(first, last).tempos, first, last)
    declared = TempoSource.FILE if bpm in signs.tempos else TempoSource.DEFAULT
    return LineFacts(
        index=track.index,
        name=track.name[:MAX_NAME],
        program=track.program,
        is_drum=track.is_drum,
        notes=len(track.pitch),
        lowest=int(pitches.min()) if len(pitches) else -1,
        highest=int(pitches.max()) if len(pitches) else -1,
        first_bar=0 if fitted else signs.bar_of(first),
        meter_from=signs.meter_source(first),
        tempo_from=TempoSource.NOTES if fitted else declared,
        declared_bpm=bpm,
        tempos=len(signs.tempos),
    )


class _Signs:
    """The time signatures and tempos of a score, which each of its lines asks for."""

    def __init__(self, score: RawScore) -> None:
        self.score = score
        self.tempos = {bpm for _, bpm in score.tempos}
        self._meters = [COMMON_TIME, *score.meters]  # in order
        self._ticks = [meter.tick for meter in self._meters]
        self._bars = [0]  # before each meter, which begins a bar
        for meter, until in pairwise(self._meters):
            bars = math.ceil((until.tick - meter.tick) / self._bar_ticks(meter))
            self._bars.append(self._bars[-1] + bars)

    def _bar_ticks(self, meter: Meter) -> float:
        """Return the file ticks of a bar."""
        return meter.bar_ticks * self.score.ticks_per_quarter / TICKS_PER_QUARTER

    def bar_of(self, tick: int) -> int:
        """Return the bar that a file tick is in, from 1."""
        place = bisect_right(self._ticks, tick) - 1
        meter = self._meters[place]
        since = int((tick - meter.tick) // self._bar_ticks(meter))
        return self._bars[place] + since + 1

    def meter_source(self, tick: int) -> MeterSource:
        """Say what the meter in force at a file tick was taken from."""
        if self.score.page is not None:
            return self.score.page.meter_from
        is_named = bool(self.score.meters) and self.score.meters[0].tick <= tick
        if is_named and self.score.meters_are_heard:
            return MeterSource.ACCENTS
        return MeterSource.SIGNATURE if is_named else MeterSource.DEFAULT
