"""How fast files are read: ``python benchmarks/reading_speed.py FOLDER...``.

Two ways, in turns, on the same machine, over the same files:

- as midi-rnn did: ``pretty_midi.PrettyMIDI(path).get_piano_roll()``, in one process and
  in two that are forked once it is imported; of a sample, because it is slow;
- from disk to encoded events with monody, no cache, the start of its child processes
  and its look for duplicates included: ``read_corpus``, then ``encode_set``.

On a shared machine the clock says little, so the CPU time of all processes is compared
as well; two processes that have two cores to themselves are twice as fast as that.

``--copies K`` reads a folder of K copies of each file that differ in one text event;
``--made`` a folder of files of 8 tracks made here. Figures are medians of the rounds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import random
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import mido
import pretty_midi

import monody
from monody.cache_folder import FOLDER_VARIABLE
from monody.corpus.duplicates import find_duplicates
from monody.models.encoded_set import encode_set
from monody.reading.find import SETTLED_SECONDS, find_files

T = TypeVar("T")

PROCESSES = 2  # of both sides
MADE_FILES, MADE_TRACKS, MADE_NOTES = 500, 8, 375
VOCABULARY = monody.Vocabulary("notes")


@dataclass
class Times:
    """Seconds of each round."""

    old_one: list[float] = field(default_factory=list)
    old_two: list[float] = field(default_factory=list)
    reading: list[float] = field(default_factory=list)
    encoding: list[float] = field(default_factory=list)
    duplicates: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)  # reading
    old_cpu: list[float] = field(default_factory=list)  # of the one process
    cpu: list[float] = field(default_factory=list)  # of reading and encoding


def main() -> None:
    """Measure every folder, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--copies", type=int, default=1, help="of each file")
    parser.add_argument("--made", action="store_true", help="files of 8 tracks, too")
    parser.add_argument("--sample", type=int, default=300, help="for pretty_midi")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1, help="of sample and made files")
    chosen = parser.parse_args()
    _print_header()
    for folder in chosen.folders:
        with _copied(folder, chosen.copies) as copied:
            name = f"{folder.name} × {chosen.copies}" if chosen.copies > 1 else ""
            _measure(name or folder.name, copied, chosen)
    if chosen.made:
        with tempfile.TemporaryDirectory() as made:
            _make_files(Path(made), chosen.seed)
            _measure(f"{MADE_TRACKS} tracks", Path(made), chosen)


def _print_header() -> None:
    names = ("monody", "symusic", "numpy", "pretty_midi", "mido")
    print(f"{platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"Python {platform.python_version()}, ", end="")
    print(", ".join(f"{name} {version(name)}" for name in names) + "\n")
    print(
        "| folder | files | kB a file | pretty_midi files/s, 1 process | 2 processes ",
        end="",
    )
    print("| monody files/s | × 1 process | × 2 processes ", end="")
    print("| files/s without duplicates | × 1 process | reading, s ", end="")
    print("| of which duplicates | encoding, s | second run, s ", end="")
    print("| CPU ms a file, pretty_midi | monody | × |")
    print(f"|{'---|' * 17}", flush=True)


def _measure(name: str, folder: Path, chosen: argparse.Namespace) -> None:
    """Measure one folder and print its row."""
    found = find_files(folder)
    paths = [found.path(file) for file in found.names]
    kilobytes = statistics.mean(Path(path).stat().st_size for path in paths) / 1e3
    count = min(chosen.sample, len(paths))
    sample = random.Random(chosen.seed).sample(paths, count)  # noqa: S311
    times = Times()
    with tempfile.TemporaryDirectory() as cache:
        os.environ[FOLDER_VARIABLE] = cache
        time.sleep(SETTLED_SECONDS)  # younger files are not remembered as a corpus
        monody.read_corpus(folder)
        for turn in range(chosen.rounds):
            _one_round(folder, sample, times)
            print(f"{name}: round {turn + 1}", file=sys.stderr, flush=True)
    one, two = (count / statistics.median(t) for t in (times.old_one, times.old_two))
    reading, encoding, duplicates, warm = map(
        statistics.median,
        (times.reading, times.encoding, times.duplicates, times.warm),
    )
    speed = len(paths) / (reading + encoding)
    alone = len(paths) / (reading - duplicates + encoding)
    old_cpu, cpu = (statistics.median(t) for t in (times.old_cpu, times.cpu))
    old_cpu, cpu = 1e3 * old_cpu / count, 1e3 * cpu / len(paths)
    print(
        f"| {name} | {len(paths)} | {kilobytes:.1f} | {one:.0f} | {two:.0f} "
        f"| {speed:.0f} | {speed / one:.0f} | {speed / two:.0f} "
        f"| {alone:.0f} | {alone / one:.0f} | {reading:.2f} "
        f"| {duplicates:.2f} | {encoding:.2f} | {warm:.2f} "
        f"| {old_cpu:.2f} | {cpu:.2f} | {old_cpu / cpu:.0f} |",
        flush=True,
    )


def _one_round(folder: Path, sample: list[str], times: Times) -> None:
    """Measure each way once."""
    cpu = _cpu_seconds()
    times.old_one.append(_timed(lambda: [_as_before(path) for path in sample])[0])
    times.old_cpu.append(_cpu_seconds() - cpu)
    times.old_two.append(_timed(lambda: _as_before_in_two(sample))[0])
    settings = monody.ReadSettings(cache=False, n_jobs=PROCESSES)
    cpu = _cpu_seconds()
    seconds, corpus = _timed(lambda: monody.read_corpus(folder, settings))
    times.reading.append(seconds)
    times.encoding.append(_timed(lambda: encode_set(corpus.melodies, VOCABULARY))[0])
    times.cpu.append(_cpu_seconds() - cpu)
    times.duplicates.append(_timed(lambda: find_duplicates(corpus.melodies))[0])
    times.warm.append(_timed(lambda: monody.read_corpus(folder))[0])


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """Do some work; return the seconds that it took, and what came of it."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def _cpu_seconds() -> float:
    """Return the CPU time of this process and of its children that have ended."""
    return sum(os.times()[:4])


def _as_before(path: str) -> bool:
    """Read a file as midi-rnn did; whether it could be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pretty_midi.PrettyMIDI(path).get_piano_roll()
        except Exception:  # whatever it is: midi-rnn left such files out
            return False
    return True


def _as_before_in_two(paths: list[str]) -> list[bool]:
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        return pool.map(_as_before, paths, chunksize=8)


# ----------------------------------------------------------------------- files to read


@contextmanager
def _copied(folder: Path, copies: int) -> Iterator[Path]:
    """Yield a folder of copies that differ in their bytes, or the folder itself."""
    if copies == 1:
        yield folder
        return
    with tempfile.TemporaryDirectory() as made:
        found = find_files(folder)
        for number, name in enumerate(found.names):
            data = Path(found.path(name)).read_bytes()
            for copy in range(copies):
                path = Path(made, f"{copy:03}", f"{number:05}{Path(name).suffix}")
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(_with_text(data, f"copy {copy} of {number}"))
        yield Path(made)


def _with_text(data: bytes, text: str) -> bytes:
    """Put a text event at the beginning of a file's first track."""
    place = data.find(b"MTrk")
    if place < 0:
        return data + text.encode()
    event = b"\x00\xff\x01" + bytes([len(text)]) + text.encode()
    length = int.from_bytes(data[place + 4 : place + 8], "big") + len(event)
    head = data[: place + 4] + length.to_bytes(4, "big")
    return head + event + data[place + 8 :]


def _make_files(folder: Path, seed: int) -> None:
    """Write files of several melodic tracks, about 24 kB each."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    for number in range(MADE_FILES):
        file = mido.MidiFile(ticks_per_beat=480)
        for channel in range(MADE_TRACKS):
            file.tracks.append(_made_track(channel, rng))
        file.save(folder / f"{number:04}.mid")


def _made_track(channel: int, rng: random.Random) -> mido.MidiTrack:
    track = mido.MidiTrack([mido.Message("program_change", channel=channel, program=8)])
    pitch = 48 + 4 * channel
    for _ in range(MADE_NOTES):
        pitch = min(max(pitch + rng.choice((-4, -2, -1, 0, 1, 2, 3, 5)), 30), 100)
        note = {"channel": channel, "note": pitch}
        length = rng.choice((120, 240, 240, 480))
        track.append(mido.Message("note_on", velocity=rng.randrange(60, 100), **note))
        track.append(mido.Message("note_off", velocity=64, time=length, **note))
    return track


if __name__ == "__main__":
    main()
