"""From the tracks of files to their melodies.

Files are taken many at a time, and each step is done for all of their tracks at once:

    heard_meters bars for files that only count beats
    note_table   the notes of all tracks, those that make no sense left out
    keyswitches  what only tells a sampler how to play, left out
    monophony    which tracks are a line of single notes
    ornaments    rolled chords begin together, grace notes stay out
    here         the tracks are split into parts at long rests
    releases     notes that were let go early
    retiming     parts that ignore the declared grid are moved to their own
    quantise     24 ticks to the quarter
    monophony    one voice
    quantise     onsets just off the grid
    releases     note ends beside the grid
    here         rests again, in the new time; which parts are melodies, by their notes
    signatures   meter, tempo and key

A file that has no line of single notes gives the top line of its busiest track.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_QUARTER
from monody.music.pitch import pitch_name
from monody.reading.extraction.file_report import FileReports
from monody.reading.extraction.heard_meters import with_heard_meters
from monody.reading.extraction.keyswitches import keyswitches
from monody.reading.extraction.monophony import (
    MIN_FREE_SHARE,
    OVERLAP_PARTS_OF_QUARTER,
    free_shares,
    one_voice,
    overlaps,
    struck_again,
    top_line,
    without_doubles,
)
from monody.reading.extraction.ornaments import unrolled, without_graces
from monody.reading.extraction.quantise import (
    beside_lines,
    quantised,
    snapped,
)
from monody.reading.extraction.releases import (
    on_note_values,
    released_early,
)
from monody.reading.extraction.signatures import ExtractedParts, with_signatures
from monody.reading.note_table import Longs, Mask, NoteTable, gather
from monody.reading.raw_score import RawScore, RawTrack
from monody.reading.reasons import FileReport, Reason
from monody.reading.retiming.retime import fits_of, retimed, retimed_score
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
    """The melodies that were found in some files, and the reports on these."""

    melodies: MelodyStore  # in order; info["file"] is the place of the file
    reports: list[FileReport]  # one a file


def extract(scores: Sequence[RawScore], settings: ReadSettings) -> Extraction:
    """Find the melodies of files.

    Args:
        scores: The files, as read.
        settings: Which tracks and parts count as a melody.

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.extraction.extract import extract
        >>> from monody.reading.midi.parse import read_midi
        >>> from monody.settings.reading import ReadSettings
        >>> score = read_midi(Path("data/midi/tune-000.mid").read_bytes())
        >>> found = extract([score], ReadSettings())
        >>> len(found.melodies), found.reports[0].left_out_text
        (1, '')
    """
    if not settings.meters_as_written:
        scores = with_heard_meters(scores)
    found = _search(scores, settings)
    if settings.line != "auto":
        return found
    silent = np.setdiff1d(np.arange(len(scores)), found.melodies.info["file"])
    chords = {int(file): _pitched(scores[file]) for file in silent}
    chords = {file: score for file, score in chords.items() if score.tracks}
    if not chords:
        return found
    second = _search(list(chords.values()), _by_top_line(settings))
    return _merged(found, second, list(chords))


@lru_cache
def _by_top_line(settings: ReadSettings) -> ReadSettings:
    return replace(settings, line="skyline", tracks="best")


def _pitched(score: RawScore) -> RawScore:
    """Return a file without its drums and empty tracks."""
    tracks = [track for track in score.tracks if not track.is_drum and len(track.pitch)]
    return replace(score, tracks=tuple(tracks))


def _merged(first: Extraction, second: Extraction, files: list[int]) -> Extraction:
    """Put the findings of a second search, in ``files``, in the place of the first."""
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
    scores: list[RawScore]  # the file of each
    file: Longs  # its place among the files
    quarter: Longs  # file ticks
    played: Mask  # not written, so that its times are not exact


def _search(scores: Sequence[RawScore], settings: ReadSettings) -> Extraction:
    """Find the melodies of files by one rule for all of their tracks."""
    reports = FileReports(scores)
    tracks = _playing(scores, reports)
    notes = _cut(gather(tracks.raw, tracks.quarter), tracks, reports)
    notes = _lines(notes, tracks, settings, reports)
    longest = settings.max_rest_quarters * tracks.quarter  # (tracks,)
    parts, track = _split_at_rests(notes, longest)
    parts, retimed_scores = _timed(parts, track, tracks, settings, reports)
    # A rest that was too short in the declared tempo may be long in the fitted one.
    longest = np.full(parts.owners, settings.max_rest_quarters * TICKS_PER_QUARTER)
    parts, origin = _split_at_rests(parts, longest)
    track = track[origin]  # (parts,)
    found = ExtractedParts(
        parts,
        [tracks.raw[owner] for owner in track],
        [retimed_scores[part] for part in origin],
        tracks.file[track],
    )
    good = _sifted(parts, found.file, settings, reports)
    store = with_signatures(found, good, settings.wanted_meters, len(scores), reports)
    return Extraction(_best(store, settings, reports), reports.of_files())


def _playing(scores: Sequence[RawScore], reports: FileReports) -> _Tracks:
    """List the tracks that are neither drums nor empty."""
    raw, their_scores, files = [], [], []
    for file, score in enumerate(scores):
        if not score.tracks:
            reports.leave_out(file, NO_TRACK)
        for track in score.tracks:
            if track.is_drum or not len(track.pitch):
                reports.leave_out(file, DRUMS if track.is_drum else EMPTY)
                continue
            raw.append(track)
            their_scores.append(score)
            files.append(file)
    quarter = np.array([score.ticks_per_quarter for score in their_scores], np.int64)
    played = np.array([not score.is_written for score in their_scores], bool)
    return _Tracks(raw, their_scores, np.array(files, np.int64), quarter, played)


def _cut(notes: NoteTable, tracks: _Tracks, reports: FileReports) -> NoteTable:
    """Cut notes that a damaged time or a missing end made last for minutes."""
    longest = MAX_NOTE_QUARTERS * tracks.quarter[notes.owner]
    overlong = notes.end - notes.start > longest
    reports.count("overlong notes cut", tracks.file, notes.tally(overlong))
    return replace(notes, end=np.where(overlong, notes.start + longest, notes.end))


def _lines(
    notes: NoteTable, tracks: _Tracks, settings: ReadSettings, reports: FileReports
) -> NoteTable:
    """Keep the notes of the tracks that are a line by the rule of the settings."""
    switches = keyswitches(notes, tracks.played)
    reports.count("keyswitches left out", tracks.file, notes.tally(switches))
    notes = notes.where(~switches) if switches.any() else notes
    single = without_doubles(notes)
    doubled = notes.counts - single.counts
    single, overlapping = struck_again(single), single
    repeated = single.tally(single.end < overlapping.end)
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
            reports.leave_out(tracks.file[track], why)
    reports.count("doubled notes made single", tracks.file, doubled * good)
    reports.count("overlaps trimmed", tracks.file, repeated * good)
    chosen = unrolled(single.where(good[single.owner]), tracks.quarter, tracks.played)
    if settings.line == "skyline":
        chosen = _topped(chosen, tracks, reports)
    lines = without_graces(chosen, tracks.quarter, tracks.played)
    reports.count("grace notes left out", tracks.file, chosen.counts - lines.counts)
    return lines


def _topped(notes: NoteTable, tracks: _Tracks, reports: FileReports) -> NoteTable:
    """Take the top line of each track."""
    legato = np.maximum(tracks.quarter // OVERLAP_PARTS_OF_QUARTER, 1)
    top = top_line(notes, legato)
    before, after = notes.counts, top.counts
    for track in np.flatnonzero(before > after):
        reports.repair(
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
    reports: FileReports,
) -> tuple[NoteTable, list[RawScore]]:
    """Make each part a single voice, 24 ticks a quarter of its file's grid or its own.

    Returns:
        The parts in grid ticks, and the score of each with its signs at the ticks of
        the same quarter, ``(parts,)``.
    """
    quarters, file = tracks.quarter[track], tracks.file[track]  # (parts,)
    scores = [tracks.scores[owner] for owner in track]
    played = tracks.played[track]
    parts = released_early(parts, quarters, played)
    if settings.tempo == "off":
        return _voiced(quantised(parts, quarters), file, reports), scores
    fits = fits_of(parts, track, tracks.scores, always=settings.tempo == "always")
    counts, bounds = parts.counts, parts.bounds
    for part, fit in fits.items():
        first, last = parts.start[bounds[part]], parts.end[bounds[part + 1] - 1]
        around = scores[part].between(first - quarters[part], last + quarters[part])
        scores[part] = retimed_score(around, fit)
        reports.fit(file[part], fit, int(counts[part]))
    parts = quantised(retimed(parts, fits, quarters), quarters)
    voices = _voiced(parts, file, reports)
    fitted = list(fits)
    voices = _snapped(voices, fitted, played, file, reports)
    return _released(voices, played, file, reports), scores


def _released(
    parts: NoteTable, played: Mask, file: Longs, reports: FileReports
) -> NoteTable:
    """Let played notes end where note and rest are note values."""
    exact = on_note_values(parts, played)
    moved = exact.tally(exact.end != parts.end)
    reports.count("note ends put on the grid", file, moved)
    return exact


def _snapped(
    parts: NoteTable,
    fitted: list[int],
    played: Mask,
    file: Longs,
    reports: FileReports,
) -> NoteTable:
    """Put notes that were played a tick beside the beat on it.

    Written ones are where they are meant: the second note of a quintuplet is near a
    16th, too.
    """
    chosen = beside_lines(parts) & played  # (parts,)
    chosen[fitted] = True
    exact = snapped(parts, chosen)
    moved = exact.tally(exact.start != parts.start)
    moved[fitted] = 0  # their report says that they were re-timed
    reports.count("onsets just off the grid put on it", file, moved)
    return exact


def _voiced(parts: NoteTable, file: Longs, reports: FileReports) -> NoteTable:
    """Make each part a single voice."""
    single = one_voice(parts)
    dropped = parts.counts - single.counts
    trimmed = parts.tally(overlaps(parts)) - dropped
    reports.count("simultaneous notes left out", file, dropped)
    reports.count("overlaps trimmed", file, trimmed)
    return single


def _sifted(
    parts: NoteTable, file: Longs, settings: ReadSettings, reports: FileReports
) -> Mask:
    """Tell which parts are melodies by their notes, ``(parts,)``."""
    low, high = settings.allowed_pitches
    used = np.zeros((parts.owners, 128), bool)
    used[parts.owner, parts.pitch] = True
    distinct = used.sum(axis=1)
    outside = parts.tally((parts.pitch < low) | (parts.pitch > high))
    faults = (
        (parts.counts < settings.min_notes, _few_notes(settings)),
        (distinct < settings.min_distinct_pitches, _few_pitches(settings)),
        (outside > 0, _out_of_range(low, high)),
    )
    good = np.ones(parts.owners, bool)
    for fault, reason in faults:
        for part in np.flatnonzero(good & fault):
            reports.leave_out(file[part], reason)
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
    melodies: MelodyStore, settings: ReadSettings, reports: FileReports
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
            reports.leave_out(file, FEWER_NOTES)
    return melodies.take(chosen)
