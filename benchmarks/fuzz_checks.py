"""What has to be true of a folder that was read, however damaged its files are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import monody
from monody.models.events import decode, encode
from monody.music.meter import TICKS_PER_QUARTER

MAX_QUARTERS = 2**22  # what is later than that is damage, and should be left out
LONG_QUARTERS = 4096  # longer than any music: counted, and not encoded
ENCODED = 5  # one melody in so many becomes events and back, which takes a while
# Verdicts that should not be needed; the last tell of Python, not of the file.
SUSPECT = re.compile(
    "died|took longer|MiB of memory|values that make no music"
    "|object has no attribute|could not convert|cannot convert"
)
# Reads a file with so many seconds of the processor, and with all the time it needs.
_ALONE = """
import resource, sys, monody
seconds = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
settings = monody.ReadSettings(cache=False, n_jobs=1, max_seconds_per_file=60 * seconds)
verdicts = monody.read_corpus(sys.argv[1], settings).verdicts
sys.exit(any("died" in v.reason or "took longer" in v.reason for v in verdicts))
"""


class Fault(NamedTuple):
    """What is wrong.

    Args:
        what: In words.
        where: The file, or whatever shows it.
        file: The name of the file that did it; empty if no single one did.
    """

    what: str
    where: str
    file: str = ""


def verdict_faults(
    folder: Path, corpus: monody.Corpus, max_seconds: float
) -> Iterator[Fault]:
    """Check that every file has one verdict; archives have one a member, or one."""
    files = {entry.name for entry in os.scandir(folder)}
    seen: Counter[str] = Counter()
    for verdict in corpus.verdicts:
        name, _, member = verdict.path.partition("/")
        seen[name] += 1
        if name not in files or (member and not name.endswith(".zip")):
            yield Fault("a verdict on what is not there", verdict.path)
        had_to_wait = "took longer" in verdict.reason and not _is_slow(
            folder / name, max_seconds
        )
        if SUSPECT.search(verdict.reason) and not had_to_wait:
            yield Fault(verdict.reason, verdict.path, name)
    for name in files - set(seen):
        yield Fault("no verdict", name, name)
    for name, count in seen.items():
        if count > 1 and not name.endswith(".zip"):
            yield Fault("several verdicts", name, name)
    counted = sum(verdict.melodies for verdict in corpus.verdicts)
    if counted != len(corpus.melodies):
        yield Fault("melodies that no verdict counts", str(counted))


def _is_slow(file: Path, max_seconds: float) -> bool:
    """Tell whether a file keeps the processor busy, or only had to wait for it."""
    command = [sys.executable, "-c", _ALONE, str(file), str(int(max_seconds))]
    return subprocess.run(command, check=False).returncode != 0  # noqa: S603


def melody_faults(
    corpus: monody.Corpus, settings: monody.ReadSettings
) -> Iterator[Fault]:
    """Check that every melody is valid, and some come back whole from their events."""
    store = corpus.melodies
    for index in range(len(store)):
        source = store.sources[store.info["file"][index]]
        try:
            melody = store[index]
            fault = _fault_of(melody, settings)
            if not fault and index % ENCODED == 0 and not is_overlong(melody.end):
                fault = _lost_in_events(melody)
        except (ValueError, ArithmeticError, LookupError, MemoryError) as error:
            fault = repr(error)
        if fault:
            yield Fault(fault, source, source.partition("/")[0])


def is_overlong(end: int) -> bool:
    """Tell whether a melody that ends at a tick is longer than any music."""
    return end > LONG_QUARTERS * TICKS_PER_QUARTER


def _fault_of(melody: monody.Melody, settings: monody.ReadSettings) -> str:
    """Say what is wrong with a melody beyond what its class checks; empty: nothing."""
    ticks = [meter.tick for meter in melody.meters]
    rests = melody.starts[1:] - melody.ends[:-1]
    longest_rest = settings.max_rest_quarters * TICKS_PER_QUARTER
    checks = (
        (len(melody.notes) < settings.min_notes, "too few notes"),
        (
            len(np.unique(melody.pitches)) < settings.min_distinct_pitches,
            "too few pitches",
        ),
        (bool(np.any(rests >= longest_rest)), "a rest that should split it"),
        (ticks != sorted(set(ticks)), "meters out of order"),
        (ticks[-1] >= max(melody.end, 1), "a meter after its end"),
        (
            melody.starts[0] >= melody.meters[0].bar_ticks,
            "its first note is not in its first bar",
        ),
        (melody.end > MAX_QUARTERS * TICKS_PER_QUARTER, "it lasts three weeks"),
        (not 0 <= melody.program <= 127, "no such program"),
        (melody.track < 0 or melody.piece < 0, "a place before the file's first"),
    )
    return "; ".join(text for wrong, text in checks if wrong)


def _lost_in_events(melody: monody.Melody) -> str:
    """Say whether the melody differs once encoded and decoded; empty: it does not."""
    vocabulary = monody.Vocabulary("notes")
    events = encode(melody, vocabulary)
    back = decode(events, vocabulary, meters=melody.meters, bpm=melody.bpm)
    if not np.array_equal(back.notes, melody.notes):
        return "its events are another melody"
    steps = monody.Vocabulary("steps")
    decode(encode(melody, steps), steps, meters=melody.meters, bpm=melody.bpm)
    return ""
