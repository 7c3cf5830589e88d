"""From the tracks of files to their melodies.

Files are taken many at a time, and each step is done for all of their tracks at once:

    note_table   the notes of all tracks, those that make no sense left out
    lines        which tracks are a line of single notes; split at long rests
    retiming     parts that ignore the declared grid are moved to their own
    here         24 ticks to the quarter, one voice, sorted out
    dressing     meter, tempo and key

A file that has no line of single notes gives the top line of its busiest track.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_QUARTER
from monody.music.pitch import pitch_name
from monody.reading.extraction.file_report import FileReports
from monody.reading.extraction.monophony import (
    MIN_FREE_SHARE,
    OVERLAP_PARTS_OF_QUARTER,
    free_shares,
    one_voice,
    overlaps,
    top_line,
    without_doubles,
)
from monody.reading.extraction.signatures import ExtractedParts, with_signatures
from monody.reading.note_table import Longs, Mask, NoteTable, gather
from monody.reading.raw_score import RawScore, RawTrack
from monody.reading.reasons import FileReport, Reason
from monody.reading.retiming.grid_fit import GridFit
from monody.reading.retiming.retime import (
    beside_lines,
    fits_of,
    retimed,
    retimed_score,
    snapped,
)
from monody.settings.reading import ReadSettings

MAX_NOTE_QUARTERS = 64  # 16 bars; the longest real note of six collections has 21

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


@dataclass(frozen=True)
class _Tracks:
    """All tracks of all files that may hold a melody. Arrays are ``(tracks,)``."""

    raw: list[RawTrack]
    around: list[RawScore]  # the file of each
    file: Longs
    quarter: Longs  # file ticks


def _search(scores: Sequence[RawScore], settings: ReadSettings) -> Extraction:
    """Find the melodies of files by one rule for all of their tracks."""
    ledger = FileReports(scores)
    tracks = _playing(scores, ledger)
    notes = _cut(gather(tracks.raw, tracks.quarter), tracks, ledger)
    notes = _lines(notes, tracks, settings, ledger)
    longest = settings.max_rest_quarters * tracks.quarter
    parts, track = _split_at_rests(notes, longest)
    parts, around = _timed(parts, track, tracks, settings, ledger)
    # A rest that was too short in the declared tempo may be long in the fitted one.
    longest = np.full(parts.owners, settings.max_rest_quarters * TICKS_PER_QUARTER)
    parts, origin = _split_at_rests(parts, longest)
    track, around = track[origin], [around[part] for part in origin]
    file = tracks.file[track]
    lines = ExtractedParts(parts, [tracks.raw[owner] for owner in track], around, file)
    good = _sifted(parts, file, settings, ledger)
    store = with_signatures(lines, good, settings.wanted_meters, len(scores), ledger)
    return Extraction(_best(store, settings, ledger), ledger.reports())


def _playing(scores: Sequence[RawScore], ledger: FileReports) -> _Tracks:
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
    return _Tracks(raw, around, np.array(files, np.int64), np.array(quarter, np.int64))


def _cut(notes: NoteTable, tracks: _Tracks, ledger: FileReports) -> NoteTable:
    """Cut notes that a damaged time or a missing end made last for minutes."""
    longest = MAX_NOTE_QUARTERS * tracks.quarter[notes.owner]
    overlong = notes.end - notes.start > longest
    for track, count in enumerate(notes.tally(overlong).tolist()):
        if count:
            ledger.count(tracks.file[track], "overlong notes cut", count)
    return replace(notes, end=np.where(overlong, notes.start + longest, notes.end))


def _lines(
    notes: NoteTable, tracks: _Tracks, settings: ReadSettings, ledger: FileReports
) -> NoteTable:
    """Keep the notes of the tracks that are a line by the rule of the settings."""
    single = without_doubles(notes)
    doubled = notes.counts - single.counts
    empty = single.counts == 0
    if settings.line == "strict":
        good, reason = single.tally(overlaps(single)) == 0, OVERLAPPING
    elif settings.line == "skyline":
        good, reason = np.ones(len(tracks.raw), bool), POLYPHONIC
    else:
        shares = free_shares(single, tracks.quarter)
        good, reason = shares >= MIN_FREE_SHARE, POLYPHONIC
    for fault, why in ((empty, EMPTY), (~good & ~empty, reason)):
        for track in np.flatnonzero(fault):
            ledger.leave_out(tracks.file[track], why)
    for track in np.flatnonzero(good & (doubled > 0)):
        ledger.count(tracks.file[track], "doubled notes made single", doubled[track])
    chosen = single.where(good[single.owner])
    return _topped(chosen, tracks, ledger) if settings.line == "skyline" else chosen


def _topped(notes: NoteTable, tracks: _Tracks, ledger: FileReports) -> NoteTable:
    """Take the top line of each track."""
    legato = np.maximum(tracks.quarter // OVERLAP_PARTS_OF_QUARTER, 1)
    top = top_line(notes, legato)
    before, after = notes.counts, top.counts
    for track in np.flatnonzero(before > after):
        ledger.repair(
            tracks.file[track],
            f"top line of track {tracks.raw[track].index + 1} taken, "
            f"{after[track]} of {before[track]} notes",
        )
    return top


def _split_at_rests(notes: NoteTable, longest: Longs) -> tuple[NoteTable, Longs]:
    """Cut lines wherever they are silent for too long.

    Args:
        notes: In any ticks.
        longest: ``(owners,)``: a silence of as many ticks, or more, splits a line.

    Returns:
        The notes by part, and the owner that each part was cut from, ``(parts,)``.
    """
    silence = notes.start[1:] - notes.end[:-1]  # a note lasts until the next, at most
    begins = notes.first
    begins[1:] |= silence >= longest[notes.owner[1:]]
    whole = notes.owner[begins]
    return replace(notes, owner=np.cumsum(begins) - 1, owners=len(whole)), whole


def _timed(
    parts: NoteTable,
    track: Longs,
    tracks: _Tracks,
    settings: ReadSettings,
    ledger: FileReports,
) -> tuple[NoteTable, list[RawScore]]:
    """Make each part a single voice, 24 ticks a quarter of its file's grid or its own.

    Returns:
        The parts in grid ticks, and what is around each, ``(parts,)``.
    """
    quarters, file = tracks.quarter[track], tracks.file[track]
    around = [tracks.around[owner] for owner in track]
    if settings.tempo == "off":
        return _voiced(_on_grid(parts, quarters), file, ledger), around
    fits = fits_of(parts, track, tracks.around, always=settings.tempo == "always")
    counts = parts.counts
    for part, fit in fits.items():
        around[part] = retimed_score(around[part], fit)
        ledger.fit(file[part], fit, int(counts[part]))
    single = _voiced(_on_grid(retimed(parts, fits, quarters), quarters), file, ledger)
    return _snapped(single, fits, file, ledger), around


def _snapped(
    parts: NoteTable, fits: dict[int, GridFit], file: Longs, ledger: FileReports
) -> NoteTable:
    """Put notes that were played a tick beside the beat on it."""
    played = beside_lines(parts)
    played[list(fits)] = True
    exact = snapped(parts, played)
    moved = exact.tally(exact.start != parts.start)
    moved[list(fits)] = 0  # what was re-timed has been told of
    for part in np.flatnonzero(moved):
        count = int(moved[part])
        ledger.count(file[part], "onsets just off the grid put on it", count)
    return exact


def _on_grid(parts: NoteTable, quarters: Longs) -> NoteTable:
    """Move starts and ends to the nearest tick of 24 to the quarter."""
    quarter = quarters[parts.owner]
    start, end = (
        (times * (2 * TICKS_PER_QUARTER) + quarter) // (2 * quarter)
        for times in (parts.start, parts.end)
    )
    return replace(parts, start=start, end=np.maximum(end, start + 1))


def _voiced(parts: NoteTable, file: Longs, ledger: FileReports) -> NoteTable:
    """Make each part a single voice."""
    single = one_voice(parts)
    dropped = parts.counts - single.counts
    trimmed = parts.tally(overlaps(parts)) - dropped
    for count, what in (
        (dropped, "simultaneous notes left out"),
        (trimmed, "overlaps trimmed"),
    ):
        for part in np.flatnonzero(count > 0):
            ledger.count(file[part], what, count[part])
    return single


def _sifted(
    parts: NoteTable, file: Longs, settings: ReadSettings, ledger: FileReports
) -> Mask:
    """Tell which parts are melodies by their notes, ``(parts,)``."""
    low, high = settings.allowed_pitches
    pitches = np.sort(parts.owner * 128 + parts.pitch)
    new = np.diff(pitches, prepend=-1) > 0
    distinct = np.bincount(pitches[new] // 128, minlength=parts.owners)
    outside = parts.tally((parts.pitch < low) | (parts.pitch > high))
    faults = (
        (parts.counts < settings.min_notes, _few_notes(settings)),
        (distinct < settings.min_distinct_pitches, _few_pitches(settings)),
        (outside > 0, _out_of_range(low, high)),
    )
    good = np.ones(parts.owners, bool)
    for fault, reason in faults:
        for part in np.flatnonzero(good & fault):
            ledger.leave_out(file[part], reason)
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


def _best(
    melodies: MelodyStore, settings: ReadSettings, ledger: FileReports
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
