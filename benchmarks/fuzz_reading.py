"""Damaged files on the real reading path: ``python fuzz_reading.py --data FOLDER...``.

Files are damaged in some forty ways and read as a user's folder is, 2,000 at a time:
through ``read_corpus``, its child processes and its look for duplicates. Then it is
checked that every file has one verdict, that no child process died or hung, that every
melody is valid (one in five also comes back whole from its events), and that nothing is
left: no process, no file in the temporary folder. What fails is kept in a folder.

On a busy machine a file can take too long because its process has to wait. It is read
once more then, and is a finding only if it takes that long of the processor's time.

``--kind`` is midi, abc, musicxml, musescore or kern; without it nine files in ten are
MIDI and the others of all kinds. A file depends on the kind, the seed and its number
alone: ``--only 4711`` writes that one.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import monody
from fuzz_checks import Fault, is_overlong, melody_faults, verdict_faults
from fuzz_originals import KINDS, Originals
from fuzz_traces import mark_traces, processes_left
from header import print_header

ROUND_FILES = 2_000  # read at a time, and removed after
MAX_KEPT = 10  # files kept that fail in one way
VERDICTS = ("kept", "recovered", "duplicate", "dropped")


@dataclass
class Outcome:
    """What came of all rounds."""

    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)  # form, verdict
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    files: int = 0
    melodies: int = 0
    notes: int = 0
    overlong: int = 0  # melodies that are valid, and longer than any music
    reading_seconds: float = 0.0
    processes: int = 0  # started
    replaced: int = 0  # rounds in which one had to be
    lost_runs: int = 0
    faults: Counter[str] = field(default_factory=Counter)  # by kind
    examples: dict[str, str] = field(default_factory=dict)  # the first of each kind

    def add(self, corpus: monody.Corpus) -> None:
        """Count the verdicts and melodies of a round."""
        for verdict in corpus.verdicts:
            form = verdict.path.partition("/")[0].partition(".")[2]
            self.verdicts[form, verdict.verdict] += 1
            why = verdict.repairs if verdict.verdict == "recovered" else ()
            if verdict.verdict == "dropped":
                why = (verdict.reason,)
            self.reasons.update((verdict.verdict, _kind_of(text)) for text in why)
        store = corpus.melodies
        self.melodies += len(store)
        self.notes += len(store.notes)
        self.overlong += sum(is_overlong(store[i].end) for i in range(len(store)))


class Fuzzer:
    """Reads rounds of damaged files and checks what comes out."""

    def __init__(self, originals: Originals, chosen: argparse.Namespace) -> None:
        self._originals = originals
        self._seed = chosen.seed
        self._keep = Path(chosen.keep).absolute()
        self._temporary = mark_traces()
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
        folder = Path(tempfile.mkdtemp(prefix="damaged-"))
        try:
            for number in numbers:
                name, data = self._originals.file(self._seed, number)
                (folder / name).write_bytes(data)
            self.outcome.files += len(numbers)
            for faults in (self._faults(folder, numbers), self._traces(folder)):
                for fault in faults:
                    self._note(fault, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _faults(self, folder: Path, numbers: range) -> Iterator[Fault]:
        """Read a folder and yield what is wrong with what comes of it."""
        began, before = time.monotonic(), self.outcome.processes
        try:
            corpus = monody.read_corpus(folder, self._settings)
        except Exception as error:
            self.outcome.lost_runs += 1
            yield Fault(f"a run was lost: {error!r}", str(numbers), ".")
            return
        self.outcome.reading_seconds += time.monotonic() - began
        if self.outcome.processes - before > (self._settings.n_jobs or 1):
            self.outcome.replaced += 1
        limit = self._settings.max_seconds_per_file
        yield from verdict_faults(folder, corpus, limit)
        yield from melody_faults(corpus, self._settings)
        self.outcome.add(corpus)

    def _traces(self, folder: Path) -> Iterator[Fault]:
        """Look for what is left, once the corpus is forgotten and its files with it."""
        for command in processes_left():
            yield Fault("a process is left", command)
        for path in self._temporary.iterdir():
            if path != folder:
                yield Fault("a file is left", path.name)

    def _note(self, fault: Fault, folder: Path) -> None:
        """Note what went wrong, and keep the first files or folders that did it."""
        kind = _kind_of(fault.what)
        self.outcome.faults[kind] += 1
        self.outcome.examples.setdefault(kind, fault.where)
        if self.outcome.faults[kind] > MAX_KEPT:
            return
        print(f"FOUND: {fault.where}: {fault.what}", flush=True)
        if not fault.file:
            return
        self._keep.mkdir(parents=True, exist_ok=True)
        culprit = folder / fault.file
        if culprit.is_dir():
            shutil.copytree(culprit, self._keep / folder.name)
        else:
            shutil.copy(culprit, self._keep)

    def close(self) -> None:
        """Remove the temporary folder."""
        shutil.rmtree(self._temporary, ignore_errors=True)


def _kind_of(reason: str) -> str:
    """Leave out of a reason what differs from file to file."""
    text = re.sub(r"left out: .*", "part of it left out", reason)
    text = re.sub(r"tracks? \d+(, \d+)*( and \d+( more)?)?", "track N", text)
    text = re.sub(r"its root is .*", "its root is another", text)
    text = re.sub(r": \D*\d.*$", "", text) if ": " in text else text
    text = re.sub(r"\d[\d.,]*", "N", text)
    return text.strip()[:90]


def main() -> None:
    """Damage, read, check, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", nargs="*", default=[], type=Path, help="real files")
    parser.add_argument("--kind", choices=("all", *KINDS), default="all")
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--max_seconds", type=float, default=10.0)
    parser.add_argument("--line", default="auto")
    parser.add_argument("--tempo", default="auto")
    parser.add_argument("--keep", default="fuzz_findings", help="folder for findings")
    parser.add_argument("--only", type=int, help="write this file alone, read nothing")
    chosen = parser.parse_args()
    originals = Originals(chosen.data, chosen.kind)
    if chosen.only is not None:
        name, data = originals.file(chosen.seed, chosen.only)
        Path(name).write_bytes(data)
        print(f"written: {name}, {len(data)} bytes")
        return
    fuzzer = Fuzzer(originals, chosen)
    end = chosen.first + chosen.files
    for first in range(chosen.first, end, ROUND_FILES):
        fuzzer.round(range(first, min(first + ROUND_FILES, end)))
        outcome = fuzzer.outcome
        print(
            f"{outcome.files} files, {outcome.reading_seconds:.0f} s reading",
            file=sys.stderr,
            flush=True,
        )
    fuzzer.close()
    _print_tables(fuzzer.outcome, originals, chosen)
    sys.exit(1 if fuzzer.outcome.faults else 0)


def _print_tables(
    outcome: Outcome, originals: Originals, chosen: argparse.Namespace
) -> None:
    """Print what became of the files."""
    print_header("monody", "symusic")
    real = ", ".join(f"{len(files)} {kind}" for kind, files in originals.files.items())
    print(f"{outcome.files} files of seed {chosen.seed}, made of real ones ({real}); ")
    print(f"{outcome.reading_seconds:.0f} s reading")
    print(f"{outcome.melodies} melodies of {outcome.notes} notes, ", end="")
    print(f"{outcome.overlong} of them longer than any music")
    print(f"a process was replaced in {outcome.replaced} rounds")
    print(f"{outcome.lost_runs} runs lost, {outcome.faults.total()} findings\n")
    print(
        f"| kind | {' | '.join(VERDICTS)} | all |\n|---|{'---|' * (len(VERDICTS) + 1)}"
    )
    for form in sorted({form for form, _ in outcome.verdicts}):
        counts = [outcome.verdicts[form, name] for name in VERDICTS]
        print(f"| {form} | {' | '.join(map(str, counts))} | {sum(counts)} |")
    print("\n| verdict | reason or repair | files |\n|---|---|---|")
    for (verdict, reason), count in outcome.reasons.most_common():
        print(f"| {verdict} | {reason or 'none'} | {count} |")
    if outcome.faults:
        print("\n| finding | times | first |\n|---|---|---|")
    for kind, count in outcome.faults.most_common():
        print(f"| {kind} | {count} | {outcome.examples[kind]} |")


if __name__ == "__main__":
    main()
