"""Corpora made in code: any number of small MIDI files, a fifth of them copies.

A file depends on its number and the seed alone, so a larger corpus begins with the
files of a smaller one. A copy is of an earlier file, as copies are met: in another key,
at another speed, with every tenth note changed, or cut. Files are packed into archives
of ``FILES_IN_ARCHIVE``, so that a million of them does not take a million of files.
"""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

FILES_IN_ARCHIVE = 1_000
COPIES = 0.2  # share of the files
NOTES = 60
STEPS = (-5, -4, -3, -2, -2, -1, -1, -1, 1, 1, 1, 2, 2, 3, 4, 5)  # of the scale
TICKS = (12, 24, 24, 24, 48, 48, 72, 96)  # 48 to the quarter
SCALE = tuple(12 * octave + degree for octave in range(11)
              for degree in (0, 2, 4, 5, 7, 9, 11))[:75]  # fmt: skip

Notes = list[tuple[int, int]]  # pitch, and ticks to the next


def made_file(number: int, seed: int) -> bytes:
    """Return a MIDI file of one track.

    Args:
        number: Which.
        seed: Of all random choices.
    """
    rng = _rng(seed, number)
    notes = _walk(rng)
    rng = _rng(seed, ~number)
    if number and rng.random() < COPIES:
        original = _walk(_rng(seed, rng.randrange(number)))
        notes = rng.choice(WAYS)(original, rng)
    return _midi(notes)


def _rng(seed: int, number: int) -> random.Random:
    return random.Random(f"{seed}-{number}")  # noqa: S311 - not for secrets


def _walk(rng: random.Random) -> Notes:
    """Walk at random on the white keys."""
    place, notes = rng.randrange(30, 45), []
    steps, ticks = rng.choices(STEPS, k=NOTES), rng.choices(TICKS, k=NOTES)
    for step, length in zip(steps, ticks, strict=True):
        place = min(max(place + step, 20), 55)
        notes.append((SCALE[place], length))
    return notes


def _same(notes: Notes, _: random.Random) -> Notes:
    return notes


def _in_another_key(notes: Notes, rng: random.Random) -> Notes:
    move = rng.randrange(-6, 7)
    return [(pitch + move, ticks) for pitch, ticks in notes]


def _at_another_speed(notes: Notes, _: random.Random) -> Notes:
    return [(pitch, ticks // 2) for pitch, ticks in notes]


def _changed(notes: Notes, rng: random.Random) -> Notes:
    """Change every tenth note."""
    changed = list(notes)
    for place in range(rng.randrange(10), len(notes), 10):
        pitch, ticks = notes[place]
        changed[place] = (pitch + rng.choice((-2, -1, 1, 2)), ticks)
    return changed


def _cut(notes: Notes, rng: random.Random) -> Notes:
    first = rng.randrange(NOTES // 3)
    return notes[first : first + NOTES * 2 // 3]


WAYS: tuple[Callable[[Notes, random.Random], Notes], ...] = (
    _same, _in_another_key, _at_another_speed, _changed, _cut,
)  # fmt: skip


def _midi(notes: Notes) -> bytes:
    events = bytearray(b"\x00\xff\x51\x03\x07\xa1\x20\x00\xff\x58\x04\x04\x02\x18\x08")
    for pitch, ticks in notes:
        events += bytes((0, 0x90, pitch, 80, ticks, pitch, 0))  # off: running status
    events += b"\x00\xff\x2f\x00"
    header = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x00\x30"
    return header + b"MTrk" + len(events).to_bytes(4, "big") + events


def make_archives(folder: Path, files: int, seed: int, suffix: str = ".zip") -> None:
    """Pack made files into archives; those that are there already stay.

    Args:
        folder: Where to; it is made.
        files: How many, the first ones by number.
        seed: Of all random choices.
        suffix: ``.zip`` or ``.tar``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, files, FILES_IN_ARCHIVE):
        path = folder / f"{first // FILES_IN_ARCHIVE:06}{suffix}"
        if not path.exists():
            numbers = range(first, min(first + FILES_IN_ARCHIVE, files))
            members = ((f"{n:08}.mid", made_file(n, seed)) for n in numbers)
            unfinished = path.with_suffix(".part")
            PACKERS[suffix](unfinished, members)
            unfinished.rename(path)


def _zip(path: Path, members: Iterator[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members:
            archive.writestr(name, data)


def _tar(path: Path, members: Iterator[tuple[str, bytes]]) -> None:
    with tarfile.open(path, "w") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


PACKERS = {".zip": _zip, ".tar": _tar}
