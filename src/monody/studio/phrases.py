"""A phrase of the musician's own: drawn, typed as ABC, played or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import monody
from monody.generation.provenance import read_provenance
from monody.generation.saved_melody import MAX_NOTES, is_too_long
from monody.music.note_values import parse_meter
from monody.music.smf import strikes_of
from monody.reading.file_types import is_music_name
from monody.studio.folder import StudioFolder
from monody.studio.words import _
from monody.temporary import TemporaryFolder

MAX_TICK = 96_000  # as long as what monody continues
STRAIGHT, TRIPLET = 6, 8  # ticks of a 16th, and of an 8th triplet
MAX_ABC = 100_000  # characters


def melody_of(notes: object, meter: str = "4/4", bpm: float = 120.0) -> monody.Melody:
    """Return the melody of notes that were drawn or played.

    Where two sound at once, the later one ends the earlier; of two that begin at once,
    the higher is the melody.

    Args:
        notes: Rows of pitch, start tick, end tick and maybe velocity, from anywhere.
        meter: Such as ``"6/8"``.
        bpm: Quarter notes a minute.

    Raises:
        MonodyError: If they are no notes, or too many.

    Example:
        >>> from monody.studio.phrases import melody_of
        >>> melody_of([[64, 24, 48, 90], [60, 0, 30]]).notes.tolist()
        [[60, 0, 24], [64, 24, 24]]
    """
    return phrase_of(notes, meter, bpm).melody


class Phrase(NamedTuple):
    """A melody as it was played."""

    melody: monody.Melody
    velocities: tuple[int, ...] = ()  # of each note, 1-127; empty if they are unknown


def phrase_of(notes: object, meter: str = "4/4", bpm: float = 120.0) -> Phrase:
    """Return the melody of notes, as ``melody_of`` does, and how loud each is.

    Args:
        notes: Rows of pitch, start tick, end tick and maybe velocity, from anywhere.
        meter: Such as ``"6/8"``.
        bpm: Quarter notes a minute.

    Raises:
        MonodyError: If they are no notes, or too many.

    Example:
        >>> from monody.studio.phrases import phrase_of
        >>> phrase_of([[64, 24, 48, 90], [60, 0, 30, 52]]).velocities
        (52, 90)
    """
    kept: list[_Row] = []
    for row in sorted(_rows(notes), key=lambda row: (row.start, row.pitch)):
        if kept and kept[-1].start == row.start:
            kept.pop()  # the lower of two that begin at once
        if kept and kept[-1].end > row.start:
            kept[-1] = kept[-1]._replace(end=row.start)
        kept.append(row)
    signature = monody.Meter(0, *parse_meter(meter, "meter"))
    triples = [(row.pitch, row.start, row.end - row.start) for row in kept]
    try:
        melody = monody.Melody.from_notes(triples, [signature], bpm)
    except ValueError as error:
        raise monody.MonodyError(str(error)) from error
    if is_too_long(melody):
        raise monody.MonodyError(_("This is too long: draw or play a shorter phrase."))
    velocities = tuple(row.velocity for row in kept if row.velocity)
    is_known = len(velocities) == len(kept)
    return Phrase(_from_first_bar(melody), velocities if is_known else ())


class _Row(NamedTuple):
    """A note as it came; without a velocity it is 0."""

    pitch: int
    start: int
    end: int
    velocity: int = 0


def _rows(notes: object) -> list[_Row]:
    """Check rows of pitch, start, end and maybe velocity."""
    if not isinstance(notes, list) or not notes:
        raise monody.MonodyError(_("There is no note yet: draw or play one."))
    if len(notes) > MAX_NOTES:
        raise monody.MonodyError(_("This is too long: draw or play a shorter phrase."))
    rows = []
    for row in notes:
        if not isinstance(row, list) or len(row) not in (3, 4):
            raise monody.MonodyError("expected notes as [pitch, start, end, velocity]")
        if not all(type(each) is int and 0 <= each <= MAX_TICK for each in row):
            raise monody.MonodyError("expected notes in whole numbers")
        checked = _Row(*row)
        if checked.pitch > 127 or checked.end <= checked.start:
            raise monody.MonodyError("expected pitches to 127, and ends after starts")
        if len(row) == 4 and not 1 <= checked.velocity <= 127:
            raise monody.MonodyError("expected velocities from 1 to 127")
        rows.append(checked)
    return rows


def _from_first_bar(melody: monody.Melody) -> monody.Melody:
    """Leave out the empty bars before the first note."""
    bar = melody.meters[0].bar_ticks
    begin = int(melody.starts[0]) // bar * bar
    return melody.between(begin, melody.end) if begin else melody


def in_time(notes: object) -> list[list[int]]:
    """Put notes that were played to a click on its 16ths, or on triplets.

    Which of the two, each quarter decides by where its notes begin. A note that ends
    shortly before the next is held until it.

    Args:
        notes: As ``melody_of`` takes them.

    Raises:
        MonodyError: If they are no notes.

    Example:
        >>> from monody.studio.phrases import in_time
        >>> in_time([[60, 1, 20], [62, 25, 31], [64, 32, 38], [65, 41, 47]])
        [[60, 0, 24], [62, 24, 32], [64, 32, 40], [65, 40, 48]]
    """
    rows = sorted(_rows(notes), key=lambda row: (row.start, row.pitch))
    grids = _grids([row.start for row in rows])
    placed: list[list[int]] = []
    for row in rows:
        begin = _nearest(row.start, grids)
        stop = max(_nearest(row.end, grids), begin + STRAIGHT)
        played = [row.velocity] if row.velocity else []
        placed.append([row.pitch, begin, stop, *played])
    for one, following in pairwise(placed):
        if 0 < following[1] - one[2] <= STRAIGHT or one[2] > following[1] > one[1]:
            one[2] = following[1]
    return placed


def _grids(starts: Sequence[int]) -> dict[int, int]:
    """Choose a grid for each quarter: the one that its onsets are nearer to."""
    quarters: dict[int, list[int]] = {}
    for start in starts:
        quarters.setdefault((start + STRAIGHT // 2) // 24, []).append(start)
    return {quarter: _nearer_grid(own) for quarter, own in quarters.items()}


def _nearer_grid(starts: Sequence[int]) -> int:
    """Return the grid that the onsets of a quarter are nearer to; straight if both."""

    def distance(grid: int) -> int:
        return sum(abs(_rounded(start, grid) - start) for start in starts)

    return min((STRAIGHT, TRIPLET), key=distance)


def _rounded(tick: int, grid: int) -> int:
    return (tick + grid // 2) // grid * grid


def _nearest(tick: int, grids: dict[int, int]) -> int:
    """Put a tick on the grid of its quarter."""
    return _rounded(tick, grids.get((tick + STRAIGHT // 2) // 24, STRAIGHT))


def melody_of_abc(text: object, folder: StudioFolder) -> monody.Melody:
    """Return the melody of a tune that was typed in ABC.

    Headers may be left out: then it is in C, in common time, in eighths.

    Args:
        text: The tune.
        folder: Where a file may be for a moment.

    Raises:
        MonodyError: If there is no melody in it.
    """
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_ABC:
        raise monody.MonodyError(_("Type a tune in ABC, such as C D E F | G4."))
    fields = {line[:2] for line in text.split("\n") if line[1:2] == ":"}
    head = "" if "X:" in fields else "X:1\n"
    if "K:" not in fields:
        head += "" if "M:" in fields else "M:4/4\n"
        head += "" if "L:" in fields else "L:1/8\n"
        own = [line for line in text.split("\n") if line[1:2] == ":"]
        rest = [line for line in text.split("\n") if line[1:2] != ":"]
        text = "\n".join([*own, "K:C", *rest])
    return _read(f"{head}{text}\n".encode(), "typed.abc", folder)[0]


def phrase_of_file(
    data: bytes, name: str, folder: StudioFolder
) -> tuple[Phrase, bytes | None]:
    """Return the melody of a file that was dropped.

    Args:
        data: Its contents.
        name: Its name, from anywhere: only how it ends counts.
        folder: Where it may be for a moment.

    Returns:
        The melody, with its velocities where the file has no other notes; and the file
        itself if monody wrote it.

    Raises:
        MonodyError: If there is no melody in it.
    """
    if not is_music_name(name):
        raise monody.MonodyError(
            _("This is no file of music: drop MIDI, MusicXML, MuseScore, ABC or kern.")
        )
    suffixes = "".join(Path(name.lower()).suffixes[-2:])
    kept = next(
        each
        for each in (suffixes, Path(name.lower()).suffix)
        if is_music_name(f"a{each}")
    )
    melody, ours = _read(data, f"dropped{kept}", folder)
    if ours:
        return Phrase(melody), data
    struck = strikes_of(data)
    same = [pitch for pitch, _ in struck] == melody.pitches.tolist()
    return Phrase(melody, tuple(each for _, each in struck) if same else ()), None


def _read(data: bytes, name: str, folder: StudioFolder) -> tuple[monody.Melody, bool]:
    """Read a file under a name of our own, and tell whether monody wrote it."""
    passing = TemporaryFolder(folder.path, private=True)
    try:
        path = passing.path / name
        path.write_bytes(data)
        melody = monody.read_melody(path)
        if is_too_long(melody):
            raise monody.MonodyError(_("This melody is too long to work with here."))
        return melody, _is_ours(path)
    finally:
        passing.remove()


def _is_ours(path: Path) -> bool:
    try:
        read_provenance(path)
    except monody.MonodyError:
        return False
    return True


def bpm_of(value: Any) -> float:
    """Return a tempo from anywhere; 120 where none is named.

    Raises:
        MonodyError: If it is none.
    """
    if value is None:
        return 120.0
    monody.SampleSettings(bpm=value)
    return float(value)
