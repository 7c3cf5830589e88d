"""From the tracks of files to their melodies.

Files are taken many at a time, and each step is done for all of their tracks at once:

    note_table   the notes of all tracks, those that make no sense left out
    lines        which tracks are a line of single notes
    retiming     tracks that ignore the declared grid are moved to their own
    here         24 ticks to the quarter, one voice, split at rests, sorted out

A file that has no line of single notes gives the top line of its busiest track.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from monody.grid_fit import fit_grid, needs_fit
from monody.lines import (
    MIN_FREE_SHARE,
    free_shares,
    one_voice,
    overlaps,
    top_line,
    without_doubles,
)
from monody.melody import (
    COMMON_TIME,
    KEY_NAMES,
    TICKS_PER_QUARTER,
    Ints,
    Meter,
    bar_line_before,
    meters_from,
)
from monody.melody_store import INFO, MelodyStore
from monody.note_table import Longs, Mask, NoteTable, gather
from monody.pitches import pitch_name
from monody.raw_score import RawScore, RawTrack
from monody.retiming import fit_text, longest_tempo, retimed, retimed_score
from monody.settings import ReadSettings
from monody.verdicts import FileReport, Reason

KEY_NUMBERS = {name: number for number, name in enumerate(KEY_NAMES)}

NO_TRACK = Reason("no notes", "look at it in a player: it is silent")
EMPTY = Reason("empty track", NO_TRACK.advice)
DRUMS = Reason("drum track", "add files in which a pitched instrument plays")
POLYPHONIC = Reason("polyphonic track", "take its top line: --line skyline")
OVERLAPPING = Reason("overlapping notes", "let short overlaps be: --line tolerant")
FEWER_NOTES = Reason("another track has more notes", "take all of them: --tracks all")


@dataclass(frozen=True)
class Extraction:
    """What was found in some files."""

    melodies: MelodyStore  # in order; info["file"] is the place of the file
    reports: list[FileReport]  # one a file


def extract(scores: Sequence[RawScore], settings: ReadSettings) -> Extraction:
    """Find the melodies of files.

    Args:
        scores: The files, as read.
        settings: What counts as a melody.
    """
    found = _search(scores, settings)
    if settings.line != "auto":
        return found
    silent = np.setdiff1d(np.arange(len(scores)), found.melodies.info["file"])
    chords = {int(file): _pitched(scores[file]) for file in silent}
    chords = {file: score for file, score in chords.items() if score.tracks}
    if not chords:
        return found
    by_top_line = replace(settings, line="skyline", tracks="best")
    return _merged(found, _search(list(chords.values()), by_top_line), list(chords))


def _pitched(score: RawScore) -> RawScore:
    """Return a file without its drums and empty tracks."""
    tracks = [track for track in score.tracks if not track.is_drum and len(track.pitch)]
    return replace(score, tracks=tuple(tracks))


def _merged(first: Extraction, second: Extraction, files: list[int]) -> Extraction:
    """Put what a second search found in ``files`` in the place of the first."""
    reports = list(first.reports)
    for file, report in zip(files, second.reports, strict=True):
        reports[file] = report
    info = second.melodies.info
    info["file"] = np.array(files)[info["file"]]
    both = first.melodies.followed_by(second.melodies)
    order = np.argsort(both.info["file"], kind="stable")
    return Extraction(both.take(order.tolist()), reports)


class _Ledger:
    """What was left out and repaired, by file."""

    def __init__(self, scores: Sequence[RawScore]) -> None:
        self._left_out: list[Counter[Reason]] = [Counter() for _ in scores]
        self._repairs = [list(score.repairs) for score in scores]

    def leave_out(self, file: int, reason: Reason) -> None:
        self._left_out[file][reason] += 1

    def repair(self, file: int, text: str) -> None:
        self._repairs[file].append(text)

    def reports(self) -> list[FileReport]:
        return [
            FileReport(tuple(left_out.items()), tuple(dict.fromkeys(repairs)))
            for left_out, repairs in zip(self._left_out, self._repairs, strict=True)
        ]


@dataclass
class _Tracks:
    """All tracks of all files that may hold a melody. Arrays are ``(tracks,)``."""

    raw: list[RawTrack]
    around: list[RawScore]  # its tempos, meters and keys; another one once re-timed
    file: Longs
    quarter: Longs  # file ticks
    files: int


def _search(scores: Sequence[RawScore], settings: ReadSettings) -> Extraction:
    """Find the melodies of files by one rule for all of their tracks."""
    ledger = _Ledger(scores)
    tracks = _playing(scores, ledger)
    notes = _lines(gather(tracks.raw, tracks.quarter), tracks, settings, ledger)
    notes = _timed(notes, tracks, settings, ledger)
    notes = _on_grid(notes, tracks.quarter)
    if settings.line == "skyline":
        notes = _topped(notes, tracks, ledger)
    notes = _voiced(notes, tracks, ledger)
    parts, track = _split_at_rests(notes, settings.max_rest_quarters)
    chosen = _sifted(parts, track, tracks, settings, ledger)
    store = _store(parts, track, chosen, tracks, settings, ledger)
    return Extraction(_best(store, settings, ledger), ledger.reports())


def _playing(scores: Sequence[RawScore], ledger: _Ledger) -> _Tracks:
    """List the tracks that are neither drums nor empty."""
    raw, around, files = [], [], []
    for file, score in enumerate(scores):
        if not score.tracks:
            ledger.leave_out(file, NO_TRACK)
        for track in score.tracks:
            if track.is_drum or not len(track.pitch):
                ledger.leave_out(file, DRUMS if track.is_drum else EMPTY)
                continue
            raw.append(track)
            around.append(score)
            files.append(file)
    quarter = [score.ticks_per_quarter for score in around]
    return _Tracks(
        raw, around, np.array(files, np.int64), np.array(quarter, np.int64), len(scores)
    )


def _lines(
    notes: NoteTable, tracks: _Tracks, settings: ReadSettings, ledger: _Ledger
) -> NoteTable:
    """Keep the notes of the tracks that are a line by the rule of the settings."""
    single = without_doubles(notes)
    doubled = notes.counts - single.counts
    if settings.line == "strict":
        good, reason = single.tally(overlaps(single)) == 0, OVERLAPPING
    elif settings.line == "skyline":
        good, reason = np.ones(len(tracks.raw), bool), POLYPHONIC
    else:
        shares = free_shares(single, tracks.quarter)
        good, reason = shares >= MIN_FREE_SHARE, POLYPHONIC
    empty = single.counts == 0
    for track in np.flatnonzero(empty):
        ledger.leave_out(tracks.file[track], EMPTY)
    for track in np.flatnonzero(~good & ~empty):
        ledger.leave_out(tracks.file[track], reason)
    for track in np.flatnonzero(good & (doubled > 0)):
        ledger.repair(tracks.file[track], f"{doubled[track]} doubled notes made single")
    return single.where(good[single.owner])


def _timed(
    notes: NoteTable, tracks: _Tracks, settings: ReadSettings, ledger: _Ledger
) -> NoteTable:
    """Move the tracks that ignore their file's grid to the one they were played on."""
    if settings.tempo == "off":
        return notes
    always = settings.tempo == "always"
    for track, onsets in _suspects(notes, tracks, always):
        score = tracks.around[track]
        bpm = longest_tempo(score.tempos, int(onsets[0]), int(onsets[-1]))
        fit = fit_grid(onsets, score.ticks_per_quarter, bpm, always=always)
        if fit is not None:
            ledger.repair(tracks.file[track], fit_text(score, fit))
            tracks.around[track] = retimed_score(score, fit)
            notes = retimed(notes, notes.owner == track, fit, score.ticks_per_quarter)
    return notes


def _suspects(
    notes: NoteTable, tracks: _Tracks, always: bool
) -> Iterator[tuple[int, Longs]]:
    """Yield the tracks whose declared grid may not fit, with their distinct onsets."""
    distinct = np.ones(len(notes), bool)
    distinct[1:] = ~notes.with_next | (notes.start[1:] != notes.start[:-1])
    onsets, ends = notes.start[distinct], np.cumsum(notes.tally(distinct))
    doubtful = np.ones(len(ends), bool)
    if not always:
        doubtful = needs_fit(onsets, tracks.quarter, ends)
    for track in np.flatnonzero(doubtful):
        begin = ends[track - 1] if track else 0
        if ends[track] > begin:
            yield int(track), onsets[begin : ends[track]]


def _on_grid(notes: NoteTable, quarters: Longs) -> NoteTable:
    """Move starts and ends to the nearest tick of 24 to the quarter."""
    quarter = quarters[notes.owner]
    start, end = (
        (times * (2 * TICKS_PER_QUARTER) + quarter) // (2 * quarter)
        for times in (notes.start, notes.end)
    )
    return replace(notes, start=start, end=np.maximum(end, start + 1))


def _topped(notes: NoteTable, tracks: _Tracks, ledger: _Ledger) -> NoteTable:
    """Take the top line of each track."""
    top = top_line(notes)
    before, after = notes.counts, top.counts
    for track in np.flatnonzero(before > after):
        ledger.repair(
            tracks.file[track],
            f"top line of track {tracks.raw[track].index + 1} taken, "
            f"{after[track]} of {before[track]} notes",
        )
    return top


def _voiced(notes: NoteTable, tracks: _Tracks, ledger: _Ledger) -> NoteTable:
    """Make each track a single voice."""
    single = one_voice(notes)
    dropped = notes.counts - single.counts
    trimmed = notes.tally(overlaps(notes)) - dropped
    for count, text in (
        (dropped, "simultaneous notes left out"),
        (trimmed, "overlaps trimmed"),
    ):
        for track in np.flatnonzero(count > 0):
            ledger.repair(tracks.file[track], f"{count[track]} {text}")
    return single


def _split_at_rests(
    notes: NoteTable, max_rest_quarters: int
) -> tuple[NoteTable, Longs]:
    """Cut lines wherever they are silent for ``max_rest_quarters`` or longer.

    Returns:
        The notes by part, and the track of each part, ``(parts,)``.
    """
    silence = notes.start[1:] - notes.end[:-1]
    begins = notes.first
    begins[1:] |= silence >= max_rest_quarters * TICKS_PER_QUARTER
    part = np.cumsum(begins) - 1
    track = notes.owner[begins]
    return replace(notes, owner=part, owners=len(track)), track


def _sifted(
    parts: NoteTable,
    track: Longs,
    tracks: _Tracks,
    settings: ReadSettings,
    ledger: _Ledger,
) -> Mask:
    """Tell which parts are melodies by their notes, ``(parts,)``."""
    low, high = settings.allowed_pitches
    pitches = np.unique(parts.owner * 128 + parts.pitch) // 128
    outside = parts.tally((parts.pitch < low) | (parts.pitch > high))
    faults = (
        (parts.counts < settings.min_notes, _few_notes(settings)),
        (
            np.bincount(pitches, minlength=parts.owners)
            < settings.min_distinct_pitches,
            _few_pitches(settings),
        ),
        (outside > 0, _out_of_range(low, high)),
    )
    good = np.ones(parts.owners, bool)
    for fault, reason in faults:
        for part in np.flatnonzero(good & fault):
            ledger.leave_out(tracks.file[track[part]], reason)
        good &= ~fault
    return good


def _few_notes(settings: ReadSettings) -> Reason:
    return Reason(
        f"fewer than {settings.min_notes} notes",
        "lower --min_notes, or raise --max_rest_quarters if rests cut it up",
    )


def _few_pitches(settings: ReadSettings) -> Reason:
    return Reason(
        f"fewer than {settings.min_distinct_pitches} different pitches",
        "lower --min_distinct_pitches",
    )


def _out_of_range(low: int, high: int) -> Reason:
    return Reason(
        f"notes outside {pitch_name(low)}..{pitch_name(high)}", "widen --pitch_range"
    )


def _store(
    parts: NoteTable,
    track: Longs,
    chosen: Mask,
    tracks: _Tracks,
    settings: ReadSettings,
    ledger: _Ledger,
) -> MelodyStore:
    """Dress lines with meter, tempo and key, from their first bar line on."""
    begins, ends = np.flatnonzero(parts.first), np.cumsum(parts.counts)
    bounds = zip(
        parts.start[begins].tolist(), parts.end[ends - 1].tolist(), strict=True
    )
    spans = dict(enumerate(bounds))
    kept = np.zeros(parts.owners, bool)
    origins = np.zeros(parts.owners, np.int64)
    meters: list[Meter] = []
    rows: list[tuple[Any, ...]] = []
    for part in np.flatnonzero(chosen).tolist():
        owner = int(track[part])
        dress = _dress(tracks.around[owner], *spans[part])
        unwanted = settings.wanted_meters and dress.names - settings.wanted_meters
        if unwanted:
            ledger.leave_out(tracks.file[owner], _unwanted(unwanted))
            continue
        kept[part], origins[part] = True, dress.origin
        meters += dress.meters
        raw, piece = tracks.raw[owner], tracks.around[owner].piece
        rows.append((ends[part] - begins[part], len(dress.meters), dress.bpm, dress.key,
                     raw.program, raw.index, tracks.file[owner], piece))  # fmt: skip
    return MelodyStore(
        _rows_of(parts.where(kept[parts.owner]), origins),
        np.array(meters, np.int32).reshape(-1, 3),
        np.array(rows, INFO),
        [""] * tracks.files,
    )


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
    named = ", ".join(sorted(meters))
    return Reason(f"the meter is {named}", "add it to --meters")


def _best(
    melodies: MelodyStore, settings: ReadSettings, ledger: _Ledger
) -> MelodyStore:
    """Keep of each file only the track with the most notes, if that is asked for."""
    if settings.tracks == "all":
        return melodies
    notes: Counter[tuple[int, int]] = Counter()
    best: dict[int, int] = {}
    places = [(int(info["file"]), int(info["track"])) for info in melodies.info]
    for place, count in zip(places, melodies.info["note_count"].tolist(), strict=True):
        notes[place] += count
    for (file, track), count in notes.items():
        if count > notes[file, best.get(file, -1)]:
            best[file] = track
    chosen = [i for i, (file, track) in enumerate(places) if best[file] == track]
    for file, track in notes:
        if best[file] != track:
            ledger.leave_out(file, FEWER_NOTES)
    return melodies.take(chosen)
