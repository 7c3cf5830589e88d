"""Damaged files on the real reading path: ``python fuzz_reading.py --data FOLDER...``.

Real files are damaged in a dozen ways and read as a user's folder is, 5,000 at a time:
through ``read_corpus``, its child processes and its look for duplicates. Then it is
checked that every file has one verdict, that no child process died or hung, and that
every melody is valid and comes back whole from its events. What fails is kept in a
folder. One file in a hundred each is ABC, MusicXML, a zip archive or packed by gzip,
made in code of the melodies of the same folders; the others are MIDI.

A file depends on the seed and its number alone: ``--only 4711`` writes that one.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import platform
import random
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

import monody
from monody.models.events import decode, encode
from monody.music.meter import TICKS_PER_QUARTER
from monody.reading.find import find_files

ROUND_FILES = 5_000  # read at a time, and removed after
MAX_ORIGINALS = 4_000  # files that are damaged, drawn from all folders
MAX_DAMAGES = 4  # to one file
OTHER_KINDS = ("abc", "musicxml", "mxl", "zip", "mid.gz")
SHARES = (0.01, 0.005, 0.005, 0.01, 0.01)  # of all files; the others are MIDI
MAX_QUARTERS = 2**22  # what is later than that is damage, and should be left out
MAX_KEPT = 10  # files kept that fail in one way
LONG_QUARTERS = 4096  # longer than any music: counted, and not encoded
PITCHES = ("C", "^C", "D", "^D", "E", "F", "^F", "G", "^G", "A", "^A", "B")
# Verdicts that should not be needed; the last tells of Python, not of the file.
SUSPECT = re.compile(
    "died|took longer|MiB of memory|values that make no music"
    "|object has no attribute|could not convert|cannot convert"
)
CONTAINER = (
    '<?xml version="1.0"?><container><rootfiles><rootfile full-path="score.xml"/>'
    "</rootfiles></container>"
)

Damage = Callable[[bytes, bytes, random.Random], bytes]  # file, another file -> file


# ---------------------------------------------------------------- ways to damage a file


def _flip_bits(data: bytes, _: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _time in range(rng.choice((1, 1, 2, 4, 16))):
        damaged[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _change_bytes(data: bytes, _: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _time in range(rng.choice((1, 1, 2, 4, 16))):
        value = rng.choice((0, 0x7F, 0x80, 0xFF, 0xF0, 0xF7, rng.randrange(256)))
        damaged[rng.randrange(len(data))] = value
    return bytes(damaged)


def _cut(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] if rng.random() < 0.8 else data[place:]


def _delete(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + data[place + rng.choice((1, 1, 2, 5, 40, 500)) :]


def _insert(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    junk = rng.randbytes(rng.choice((1, 1, 2, 5, 40, 500)))
    return data[:place] + junk + data[place:]


def _fill(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Set a stretch to one value, as a bad disk does."""
    place, size = rng.randrange(len(data)), rng.choice((4, 32, 512))
    middle = bytes([rng.choice((0, 0xFF, 0x80, rng.randrange(256)))]) * size
    return (data[:place] + middle + data[place + size :])[: max(len(data), 1)]


def _repeat_chunk(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Copy a track, or any stretch, to another place."""
    tracks = [match.start() for match in re.finditer(b"MTrk", data)] or [0]
    begin = rng.choice(tracks) if rng.random() < 0.5 else rng.randrange(len(data))
    chunk = data[begin : begin + rng.choice((8, 64, 1024, len(data)))]
    place = rng.choice((len(data), begin, rng.randrange(len(data))))
    return data[:place] + chunk * rng.choice((1, 1, 2, 20)) + data[place:]


def _lie_about_length(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Change the length of a track or of the header, or of an event in a track."""
    places = [match.start() + 4 for match in re.finditer(b"MT(?:rk|hd)", data)]
    if not places or rng.random() < 0.3:
        metas = [match.end() for match in re.finditer(b"\xff[\x00-\x7f]", data)]
        if not metas:
            return _change_bytes(data, b"", rng)
        place = rng.choice(metas)
        lie = rng.choice((b"\x00", b"\x7f", b"\xff\x7f", b"\xff\xff\xff\x7f"))
        return data[:place] + lie + data[place + 1 :]
    place = rng.choice(places)
    length = int.from_bytes(data[place : place + 4], "big")
    lies = (0, 1, length - 1, length + 1, 2 * length, 2**31, 2**32 - 1, length // 2)
    return (
        data[:place] + (rng.choice(lies) % 2**32).to_bytes(4, "big") + data[place + 4 :]
    )


def _swap_blocks(data: bytes, _: bytes, rng: random.Random) -> bytes:
    a, b, c = sorted(rng.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def _splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def _change_header(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Set the format, the track count or the time division of a MIDI file."""
    place = data.find(b"MThd") + rng.choice((8, 10, 12, 12))
    values = (0, 1, 2, 3, 24, 0x7FFF, 0x8000, 0xE728, 0xFFFF, rng.randrange(65536))
    return data[:place] + rng.choice(values).to_bytes(2, "big") + data[place + 2 :]


def _stretch_times(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Put huge delta times before events."""
    damaged = data
    for _time in range(rng.choice((1, 2, 10))):
        place = rng.randrange(len(damaged))
        huge = rng.choice((b"\xff\xff\xff\x7f", b"\x87\xff\xff\x7f", b"\xff\xff\x7f"))
        damaged = damaged[:place] + huge + damaged[place:]
    return damaged


def _change_meta(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Set the values of a tempo, a time signature or a key signature."""
    places = [
        m.start() for m in re.finditer(b"\xff(?:\x51\x03|\x58\x04|\x59\x02)", data)
    ]
    if not places:
        return _flip_bits(data, b"", rng)
    place = rng.choice(places)
    size = data[place + 2]
    extreme = bytes(rng.choice((0, 1, 0x7F, 0x80, 0xFF)) for _ in range(size))
    values = rng.choice((extreme, rng.randbytes(size)))
    return data[: place + 3] + values + data[place + 3 + size :]


DAMAGES: tuple[Damage, ...] = (
    _flip_bits, _change_bytes, _cut, _delete, _insert, _fill, _repeat_chunk,
    _lie_about_length, _swap_blocks, _splice, _change_header, _stretch_times,
    _change_meta,
)  # fmt: skip


def _change_number(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Set a number in a text."""
    places = [match.span() for match in re.finditer(rb"\d+", data)]
    if not places:
        return data
    begin, end = rng.choice(places)
    numbers = (b"0", b"-1", b"1.5", b"", b"1e9", b"NaN", b"99999999999999999999", b"x")
    number = rng.choice((*numbers, b"%d" % rng.randrange(200)))
    return data[:begin] + number + data[end:]


def _remove_element(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Remove an element of XML, or have it twice."""
    found = list(re.finditer(rb"<([\w-]+)[^<>/]*>[^<>]*</\1>|<(note)>.*?</note>", data))
    if not found:
        return data
    begin, end = rng.choice(found).span()
    twice = data[begin:end] * rng.choice((0, 0, 2, 50))
    return data[:begin] + twice + data[end:]


TEXT_DAMAGES: tuple[Damage, ...] = (_change_number, _change_number, _remove_element)


def _damaged_text(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Damage what a text says, or now and then its bytes."""
    if rng.random() < 0.3:
        return _damaged(data, other, rng)
    for _time in range(rng.choice((1, 1, 2, 5, 20))):
        data = rng.choice(TEXT_DAMAGES)(data, other, rng)
    return data


def _damaged(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Damage a file once, seldom more often."""
    for _time in range(min(1 + int(rng.expovariate(1.2)), MAX_DAMAGES)):
        if data:
            data = rng.choice(DAMAGES)(data, other or b"MThd", rng)
    return data


# ------------------------------------------------------ the same music in other formats


def _abc_tune(melody: monody.Melody, number: int) -> str:
    """Write a melody as ABC, times in 96ths."""
    words, clock = [], 0
    for pitch, start, duration in melody.notes.tolist():
        if start > clock:
            words.append(f"z{start - clock}")
        octave = pitch // 12 - 5
        marks = "'" * octave if octave >= 0 else "," * -octave
        words.append(f"{PITCHES[pitch % 12]}{marks}{duration}")
        clock = start + duration
    lines = [" ".join(words[i : i + 12]) + " |" for i in range(0, len(words), 12)]
    return f"X:{number}\nT:tune {number}\nM:{melody.meters[0]}\nL:1/96\nK:C\n" + (
        "\n".join(lines) + "\n\n"
    )


def _musicxml(melody: monody.Melody) -> str:
    """Write a melody as MusicXML, each note in the measure in which it begins."""
    bar = melody.meters[0].bar_ticks
    measures: list[list[str]] = [[] for _ in range(melody.end // bar + 1)]
    for pitch, start, duration in melody.notes.tolist():
        sharp = "<alter>1</alter>" if "^" in PITCHES[pitch % 12] else ""
        step = f"<step>{PITCHES[pitch % 12][-1]}</step>{sharp}"
        measures[start // bar].append(
            f"<note><pitch>{step}<octave>{pitch // 12 - 1}</octave></pitch>"
            f"<duration>{duration}</duration><voice>1</voice></note>\n"
        )
    meter = melody.meters[0]
    head = (
        f"<attributes><divisions>{TICKS_PER_QUARTER}</divisions><key><fifths>0</fifths>"
        f"</key><time><beats>{meter.numerator}</beats><beat-type>{meter.denominator}"
        "</beat-type></time><clef><sign>G</sign><line>2</line></clef></attributes>\n"
    )
    body = "".join(
        f'<measure number="{i + 1}">{"" if i else head}{"".join(notes)}</measure>\n'
        for i, notes in enumerate(measures)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<score-partwise version="3.1">'
        '<part-list><score-part id="P1"><part-name>Tune</part-name></score-part>'
        f'</part-list><part id="P1">\n{body}</part></score-partwise>\n'
    )


def _zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


@dataclass(frozen=True)
class Originals:
    """What is damaged: real MIDI files, and some of their melodies."""

    files: list[bytes]
    melodies: list[monody.Melody]

    @classmethod
    def of(cls, folders: Sequence[Path]) -> Originals:
        """Take files and melodies of all folders, the same ones each time."""
        files, melodies = [], []
        for folder in folders:
            found = find_files(folder)
            files += [Path(found.path(name)).read_bytes() for name in found.names]
            corpus = monody.read_corpus(folder, monody.ReadSettings(cache=False))
            melodies += [m for m in corpus.melodies[:400] if m.end < 400 * 24]
        files = [data for data in files if data]
        if len(files) > MAX_ORIGINALS:
            files = random.Random(0).sample(files, MAX_ORIGINALS)  # noqa: S311
        return cls(files, melodies)

    def file(self, seed: int, number: int) -> tuple[str, bytes]:
        """Make file ``number``: its name and its bytes."""
        rng = random.Random(f"{seed}-{number}")  # noqa: S311 - not for secrets
        kind = rng.choices(("mid", *OTHER_KINDS), (1 - sum(SHARES), *SHARES))[0]
        other = rng.choice(self.files)
        if kind == "mid":
            data = _damaged(rng.choice(self.files), other, rng)
        else:
            make = getattr(self, f"_{kind.replace('.', '_')}")
            data = make(rng, other)
        return f"{number:07}.{kind}", data

    def _abc(self, rng: random.Random, other: bytes) -> bytes:
        tunes = rng.sample(self.melodies, rng.choice((1, 1, 3, 20)))
        text = "".join(_abc_tune(tune, i) for i, tune in enumerate(tunes, 1))
        return _damaged_text(text.encode(), other, rng)

    def _musicxml(self, rng: random.Random, other: bytes) -> bytes:
        score = _musicxml(rng.choice(self.melodies)).encode()
        return _damaged_text(score, other, rng)

    def _mxl(self, rng: random.Random, other: bytes) -> bytes:
        score = _musicxml(rng.choice(self.melodies)).encode()
        inside, outside = rng.choice(((True, False), (False, True), (True, True)))
        score = _damaged_text(score, other, rng) if inside else score
        files = {"META-INF/container.xml": CONTAINER.encode(), "score.xml": score}
        packed = _zipped(files)
        return _damaged(packed, other, rng) if outside else packed

    def _zip(self, rng: random.Random, other: bytes) -> bytes:
        files = {}
        for number in range(rng.choice((1, 2, 10))):
            data = rng.choice(self.files)
            damaged = rng.random() < 0.5
            files[f"{number}.mid"] = _damaged(data, other, rng) if damaged else data
        method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
        packed = _zipped(files, method)
        return _damaged(packed, other, rng) if rng.random() < 0.7 else packed

    def _mid_gz(self, rng: random.Random, other: bytes) -> bytes:
        data = rng.choice(self.files)
        if rng.random() < 0.5:
            return gzip.compress(_damaged(data, other, rng))
        return _damaged(gzip.compress(data), other, rng)


# ------------------------------------------------------------------------- the checking


@dataclass
class Outcome:
    """What came of all rounds."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind, verdict
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    melodies: int = 0
    notes: int = 0
    overlong: int = 0  # melodies that are valid, and longer than any music
    reading_seconds: float = 0.0
    processes: int = 0  # started
    lost_runs: int = 0
    faults: Counter[str] = field(default_factory=Counter)  # by kind
    examples: dict[str, str] = field(default_factory=dict)  # the first of each kind


class Fuzzer:
    """Reads rounds of damaged files and checks what comes out."""

    def __init__(self, originals: Originals, chosen: argparse.Namespace) -> None:
        self._originals = originals
        self._seed = chosen.seed
        self._keep = Path(chosen.keep)
        self._jobs = chosen.jobs
        self._settings = monody.ReadSettings(
            cache=False,
            n_jobs=chosen.jobs,
            max_seconds_per_file=chosen.max_seconds,
            line=chosen.line,
            tempo=chosen.tempo,
        )
        self.outcome = Outcome()
        sys.addaudithook(self._listen)

    def _listen(self, event: str, _: object) -> None:
        """Count the processes started: more than the pool's are replacements."""
        self.outcome.processes += event == "subprocess.Popen"

    def round(self, numbers: range) -> None:
        """Make, read, check and remove some files."""
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        try:
            for number in numbers:
                name, data = self._originals.file(self._seed, number)
                (folder / name).write_bytes(data)
            began, before = time.monotonic(), self.outcome.processes
            try:
                corpus = monody.read_corpus(folder, self._settings)
            except Exception as error:
                self.outcome.lost_runs += 1
                self._fault(f"a run was lost: {error!r}", str(numbers), folder)
                return
            self.outcome.reading_seconds += time.monotonic() - began
            replaced = self.outcome.processes - before - self._jobs
            if replaced > 0:
                self._fault("processes were replaced", str(numbers))
            self._check_verdicts(folder, corpus)
            self._check_melodies(folder, corpus)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _check_verdicts(self, folder: Path, corpus: monody.Corpus) -> None:
        """Every file has one verdict; archives have one a member, or one."""
        files = {entry.name for entry in os.scandir(folder)}
        seen: Counter[str] = Counter()
        for verdict in corpus.verdicts:
            name, _, member = verdict.path.partition("/")
            kind = name.partition(".")[2]
            seen[name] += 1
            if name not in files or (member and kind != "zip"):
                self._fault("a verdict on what is not there", verdict.path)
            self.outcome.verdicts[kind, verdict.verdict] += 1
            recovered = verdict.verdict == "recovered"
            why = verdict.repairs if recovered else (verdict.reason,)
            if verdict.verdict == "duplicate":
                why = ("the same tune as another",)
            for text in why:
                self.outcome.reasons[verdict.verdict, _kind_of(text)] += 1
            if SUSPECT.search(verdict.reason):
                self._fault(verdict.reason, verdict.path, folder / name)
        for name in files - set(seen):
            self._fault("no verdict", name, folder / name)
        for name, count in seen.items():
            if count > 1 and not name.endswith(".zip"):
                self._fault("several verdicts", name, folder / name)
        counted = sum(verdict.melodies for verdict in corpus.verdicts)
        if counted != len(corpus.melodies):
            self._fault("melodies that no verdict counts", str(counted))

    def _check_melodies(self, folder: Path, corpus: monody.Corpus) -> None:
        """Every melody is valid, as a melody and by the settings."""
        store = corpus.melodies
        for index in range(len(store)):
            source = store.sources[store.info["file"][index]]
            try:
                melody = store[index]
                fault = _fault_of(melody, self._settings)
                if melody.end > LONG_QUARTERS * TICKS_PER_QUARTER:
                    self.outcome.overlong += 1
                elif not fault:
                    fault = _lost_in_events(melody)
            except (ValueError, ArithmeticError, LookupError, MemoryError) as error:
                fault = repr(error)
            if fault:
                self._fault(fault, source, folder / source.partition("/")[0])
        self.outcome.melodies += len(store)
        self.outcome.notes += len(store.notes)

    def _fault(self, what: str, where: str, culprit: Path | None = None) -> None:
        """Note what went wrong, and keep the first files or folders that did it."""
        kind = _kind_of(what)
        self.outcome.faults[kind] += 1
        self.outcome.examples.setdefault(kind, where)
        if self.outcome.faults[kind] > MAX_KEPT:
            return
        print(f"FOUND: {where}: {what}", flush=True)
        if culprit is None:
            return
        self._keep.mkdir(parents=True, exist_ok=True)
        if culprit.is_dir():
            shutil.copytree(culprit, self._keep / culprit.name)
        else:
            shutil.copy(culprit, self._keep)


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


def _kind_of(reason: str) -> str:
    """Leave out of a reason what differs from file to file."""
    text = re.sub(r"left out: .*", "part of it left out", reason)
    text = re.sub(r"tracks? \d+(, \d+)*( and \d+( more)?)?", "track N", text)
    text = re.sub(r": \D*\d.*$", "", text) if ": " in text else text
    text = re.sub(r"\d[\d.,]*", "N", text)
    return text.strip()[:90]


# ---------------------------------------------------------------------------- the table


def main() -> None:
    """Damage, read, check, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", nargs="+", required=True, type=Path)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--max_seconds", type=float, default=10.0)
    parser.add_argument("--line", default="auto")
    parser.add_argument("--tempo", default="auto")
    parser.add_argument("--keep", default="fuzz_findings", help="folder for findings")
    parser.add_argument("--only", type=int, help="write this file alone, read nothing")
    chosen = parser.parse_args()
    originals = Originals.of(chosen.data)
    if chosen.only is not None:
        name, data = originals.file(chosen.seed, chosen.only)
        Path(name).write_bytes(data)
        print(f"written: {name}, {len(data)} bytes")
        return
    fuzzer = Fuzzer(originals, chosen)
    for first in range(chosen.first, chosen.first + chosen.count, ROUND_FILES):
        last = min(first + ROUND_FILES, chosen.first + chosen.count)
        fuzzer.round(range(first, last))
        seconds = fuzzer.outcome.reading_seconds
        print(f"{last} files, {seconds:.0f} s reading", file=sys.stderr, flush=True)
    _print_tables(fuzzer.outcome, originals, chosen)
    sys.exit(1 if fuzzer.outcome.faults else 0)


def _print_tables(
    outcome: Outcome, originals: Originals, chosen: argparse.Namespace
) -> None:
    """Print what became of the files."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("monody", "symusic"))
    folders = ", ".join(folder.name for folder in chosen.data)
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, ", end="")
    print(f"Python {platform.python_version()}, {versions}")
    print(
        f"{chosen.count} files of seed {chosen.seed}, made of {len(originals.files)} ",
        end="",
    )
    print(f"files of {folders}; {outcome.reading_seconds:.0f} s reading")
    print(f"{outcome.melodies} melodies of {outcome.notes} notes, ", end="")
    print(f"{outcome.overlong} of them longer than {LONG_QUARTERS} quarters")
    print(f"{outcome.lost_runs} runs lost, {outcome.faults.total()} findings\n")
    kinds = list(dict.fromkeys(kind for kind, _ in sorted(outcome.verdicts)))
    names = ("kept", "recovered", "duplicate", "dropped")
    print(f"| kind | {' | '.join(names)} | all |\n|---|{'---|' * (len(names) + 1)}")
    for kind in kinds:
        counts = [outcome.verdicts[kind, name] for name in names]
        print(f"| {kind} | {' | '.join(map(str, counts))} | {sum(counts)} |")
    print("\n| verdict | reason or repair | files |\n|---|---|---|")
    for (verdict, reason), count in outcome.reasons.most_common():
        print(f"| {verdict} | {reason or 'none'} | {count} |")
    if outcome.faults:
        print("\n| finding | times | first |\n|---|---|---|")
    for kind, count in outcome.faults.most_common():
        print(f"| {kind} | {count} | {outcome.examples[kind]} |")


if __name__ == "__main__":
    main()
