"""The index for novelty: ``python benchmarks/novelty.py FOLDERS...``.

The first table is of its costs: for all melodies of the folders together, and for
100,000 that are made of them, each transposed, with every fifth note changed. Queries
are melodies of 1,000 16ths; a patchwork is one of eight notes each of many melodies.

The second is of its labels: held-out melodies of each folder against those trained on,
and known copies of the latter.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

import monody
from header import print_header
from monody.corpus.novelty import LABELS, NoveltyIndex
from monody.corpus.split import split_corpus
from monody.corpus.suffix_array import SuffixArray
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_STEP

SEED = 1
QUERY_TICKS = 1000 * TICKS_PER_STEP
QUERIES = 100  # of each kind
COPIES = 300  # of each kind
MANY = 100_000  # melodies


def main() -> None:
    """Measure, print the tables."""
    corpora = {folder: monody.read_corpus(folder) for folder in sys.argv[1:]}
    print_header("monody", "numpy")
    print("| melodies | notes | index s | MB on disk | open ms | copy ms | ", end="")
    print("slowest | patchwork ms | slowest | GB of memory at most |")
    print("|---" * 10 + "|")
    # As read: copies of a tune are what takes longest to put in order.
    real = [melody for corpus in corpora.values() for melody in corpus.melodies]
    print(_costs(MelodyStore.of(real)), flush=True)
    print(_costs(_many(MelodyStore.of(real))), flush=True)
    print("\n| folder | melodies | of | new | near-copy | copy |")
    print("|---" * 6 + "|")
    for folder, corpus in corpora.items():
        split = split_corpus(corpus, SEED)
        train, held_out = map(corpus.melodies.take, (split.train, split.held_out))
        for row in _labels(train, held_out):
            print(f"| {Path(folder).name} {row}", flush=True)


def _costs(melodies: MelodyStore) -> str:
    """Return a row of the first table."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "novelty"
        began = time.perf_counter()
        NoveltyIndex.build(melodies, folder)
        built = time.perf_counter()
        index = NoveltyIndex.open(melodies, folder)
        opened = time.perf_counter()
        if index is None:
            raise RuntimeError("the index that was built does not open")
        size = sum(path.stat().st_size for path in folder.iterdir())
        columns = [
            f"{len(melodies)} | {len(melodies.notes)} | {built - began:.2f}",
            f"{size / 1e6:.0f} | {(opened - built) * 1e3:.0f}",
            _query_ms(index, _copies(melodies)),
            _query_ms(index, _patchworks(melodies)),
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f}",
        ]
    return f"| {' | '.join(columns)} |"


def _query_ms(index: NoveltyIndex, queries: Iterable[Melody]) -> str:
    """Return the median and the longest time of some queries."""
    taken = []
    for query in queries:
        began = time.perf_counter()
        index.look_up(query)
        taken.append((time.perf_counter() - began) * 1e3)
    return f"{np.median(taken):.2f} | {max(taken):.2f}"


def _copies(melodies: MelodyStore) -> Iterator[Melody]:
    """Cut exact copies of 1,000 16ths, or nearly, out of the longest melodies."""
    for index in np.argsort(-melodies.info["note_count"], kind="stable")[:QUERIES]:
        yield melodies[int(index)].between(0, QUERY_TICKS)


def _patchworks(melodies: MelodyStore) -> Iterator[Melody]:
    rng = np.random.default_rng(SEED)
    for _ in range(QUERIES):
        parts, clock = [], 0
        while clock < QUERY_TICKS:
            notes = melodies[int(rng.integers(len(melodies)))].notes
            begin = int(rng.integers(max(len(notes) - 8, 1)))
            part = notes[begin : begin + 8] + np.int32(0)
            part[:, 1] += clock - part[0, 1]
            clock = int(part[-1, 1] + part[-1, 2])
            parts.append(part)
        yield Melody(np.concatenate(parts)).between(0, QUERY_TICKS)


def _many(melodies: MelodyStore) -> MelodyStore:
    """Make many melodies out of some."""
    rng = np.random.default_rng(SEED)
    many = melodies.take(np.arange(MANY) % len(melodies))
    owner = np.repeat(np.arange(MANY), many.info["note_count"])
    many.notes[:, 0] += rng.integers(-6, 7, MANY, dtype=np.int32)[owner]
    changed = rng.random(len(owner)) < 1 / 5
    many.notes[changed, 0] += rng.integers(-5, 6, changed.sum(), dtype=np.int32)
    many.notes[:, 0] %= 128
    return many


def _labels(train: MelodyStore, held_out: MelodyStore) -> Iterator[str]:
    """Return rows of the second table, without the folder."""
    index = NoveltyIndex(train, SuffixArray.of(train))
    rng = np.random.default_rng(SEED)
    some = [train[int(i)] for i in rng.permutation(len(train))[:COPIES]]
    others = [held_out[int(i)] for i in rng.integers(0, len(held_out), len(some))]
    # Each kind with a range of pitches to spare.
    room = [one for one in some if 12 <= one.pitches.min() <= one.pitches.max() < 116]
    kinds: dict[str, list[Melody]] = {
        "held out": list(held_out),
        "transposed": [one.transposed(int(rng.integers(-12, 13))) for one in room],
        "every 10th note changed": [_changed(one, 10, rng) for one in room],
        "every 5th note changed": [_changed(one, 5, rng) for one in room],
        "half, then another": [
            _gone_on(one, other) for one, other in zip(some, others, strict=True)
        ],
    }
    for kind, melodies in kinds.items():
        labels = [index.look_up(melody).label for melody in melodies]
        shares = [f"{labels.count(label) / len(labels):.1%}" for label in LABELS]
        yield f"| {len(melodies)} | {kind} | {' | '.join(shares)} |"


def _changed(melody: Melody, every: int, rng: np.random.Generator) -> Melody:
    """Move every so-manyth note by one or two semitones."""
    notes = melody.notes.copy()
    moved = notes[every - 1 :: every]
    moved[:, 0] += rng.choice(np.array([-2, -1, 1, 2], np.int32), len(moved))
    return replace(melody, notes=notes)


def _gone_on(melody: Melody, other: Melody) -> Melody:
    """Take the first half of a melody, and then the beginning of another."""
    half = melody.notes[: len(melody) // 2]
    rest = other.notes[: len(melody) - len(half)] + np.int32(0)
    rest[:, 1] += half[-1, 1] + half[-1, 2] - rest[0, 1]
    return replace(melody, notes=np.concatenate([half, rest]))


if __name__ == "__main__":
    main()
