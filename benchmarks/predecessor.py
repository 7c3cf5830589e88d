"""How much sooner than its predecessor: ``python benchmarks/predecessor.py FOLDER...``.

Two ways to learn the same 16ths (the ``steps`` encoding) of the same training melodies,
one after the other in one process:

- the predecessor's, written from its description: every 20 steps are a window and the
  step after them its only target, one LSTM of 64 units, batches of 32, Adam at Keras's
  rate, ``EPOCHS`` epochs. Windows are cut before its clock starts, and only symbols are
  stored: the one-hot vectors are made inside the compiled step, which is no slower;
- monody's, with the defaults, until it predicts the held-out melodies as well as the
  predecessor does at its end. It is scored after 1, 2, 3… batches, later whenever
  their number has grown by a tenth, and when an epoch ends.

Both are judged by the steps of the validation melodies that have 20 before them, the
end of each melody included. The clocks start with the first epoch, so that compilation
is in them; it is given apart as well. They stand still between epochs, and while a
network is scored. CPU seconds are those of both cores: on a shared machine they say
more. ``--melodies N`` draws that many melodies, for both.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import jax
import jax.monitoring
import numpy as np
from numpy.typing import NDArray

import monody
from header import print_header
from monody.models.backend import keras
from monody.models.encoded_set import EncodedSet, encode_set
from monody.models.events import END, PITCH_SYMBOLS
from monody.models.keras_likelihood import Evaluator

WINDOW = 20  # steps that the predecessor reads
UNITS, DROPOUT = 64, 0.2
BATCH_SIZE, EPOCHS = 32, 10
SCORED_AT_ONCE = 1024  # windows
SCORED_AGAIN = 1.1  # times the batches of the last score
ENCODING = "steps"
SEED = monody.TrainSettings().seed
COMPILING = "/jax/core/compile/"  # how the names of JAX's events of compilation begin
COLUMNS = ("folder", "method", "batches", "targets", "targets/s", "bits a step", "s",
           "CPU s", "compiling, s", "times sooner", "not counting compilation",
           "in CPU s")  # fmt: skip

Score = Callable[[Any], float]  # held-out bits per step of a network


@dataclass
class Clock:
    """Adds up the seconds in which it runs, and those in which JAX compiled in them."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    compiling: float = 0.0  # seconds
    _began: tuple[float, float] | None = None  # seconds, CPU seconds
    _spans: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        jax.monitoring.register_event_duration_secs_listener(self._hear)

    @property
    def running(self) -> float:
        """Seconds without those of compilation."""
        return self.seconds - self.compiling

    def start(self) -> None:
        """Run."""
        self._began = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        """Stand still."""
        if self._began is not None:
            self.seconds += time.perf_counter() - self._began[0]
            self.cpu_seconds += time.process_time() - self._began[1]
            self.compiling += _covered(self._spans)
            self._began = None
            self._spans.clear()

    def _hear(self, event: str, duration_secs: float, **_: str | int) -> None:
        """Take note of a part of a compilation that has just ended."""
        if self._began is not None and event.startswith(COMPILING):
            now = time.perf_counter()
            self._spans.append((max(now - duration_secs, self._began[0]), now))


def _covered(spans: list[tuple[float, float]]) -> float:
    """Return the length of spans together; what lies in several counts once."""
    length, reached = 0.0, -math.inf
    for begin, end in sorted(spans):
        length += max(end - max(begin, reached), 0)
        reached = max(reached, end)
    return length


class AfterEpochs(keras.callbacks.Callback):
    """Scores the predecessor's network after each epoch, the clock standing still."""

    def __init__(self, score: Score, clock: Clock) -> None:
        super().__init__()
        self.bits: list[float] = []
        self._score = score
        self._clock = clock

    def on_epoch_begin(self, *_: Any) -> None:
        """Let the clock run."""
        self._clock.start()

    def on_epoch_end(self, *_: Any) -> None:
        """Score; that the epoch's loss is known means that its last step is done."""
        self._clock.stop()
        self.bits.append(self._score(self.model))


class UntilReached(keras.callbacks.Callback):
    """Scores monody's network often, the clock standing still, and stops at a goal."""

    def __init__(self, score: Score, clock: Clock, goal: float) -> None:
        super().__init__()
        self.untrained = self.bits = math.inf
        self.batches = 0
        self.epochs = 0.0
        self._score_at = 1
        self._score = score
        self._clock = clock
        self._goal = goal

    def on_epoch_begin(self, *_: Any) -> None:
        """Let the clock run."""
        self._clock.start()

    def on_train_begin(self, *_: Any) -> None:
        """Score what the network knows by the way it is built."""
        self.untrained = self._score(self.model)

    def on_train_batch_end(self, batch: int, **_: Any) -> None:
        """Score now and then, and when the epoch ends."""
        self.batches += 1
        self.epochs += 1 / self.params["steps"]
        last = batch + 1 == self.params["steps"]
        if not last and self.batches < self._score_at:
            return
        self._score_at = math.ceil(self.batches * SCORED_AGAIN)
        self.model.jax_state_sync()
        for weight in self.model.weights:
            weight.value.block_until_ready()
        self._clock.stop()
        self.bits = self._score(self.model)
        if self.bits <= self._goal:
            self.model.stop_training = True
        elif not last:
            self._clock.start()


def main() -> None:
    """Race on every folder, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--melodies", type=int)
    chosen = parser.parse_args()
    print_header("monody", "keras", "jax")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    for folder in chosen.folders:
        corpus = monody.read_corpus(folder)
        if chosen.melodies is not None:
            corpus = _sample(corpus, chosen.melodies)
        for row in _rows(folder.name, corpus):
            print(row, flush=True)


def _sample(corpus: monody.Corpus, melodies: int) -> monody.Corpus:
    """Draw melodies, none of them a copy, where there are more than so many."""
    count = min(melodies, len(corpus.used))
    drawn = np.random.default_rng(SEED).choice(corpus.used, count, replace=False)
    return replace(
        corpus,
        melodies=corpus.melodies.take(np.sort(drawn)),
        groups=corpus.groups[np.sort(drawn)],
        copy_of=np.full(count, -1, np.int32),
    )


def _rows(name: str, corpus: monody.Corpus) -> Iterator[str]:
    """Run both and return the table's rows."""
    split = monody.split_corpus(corpus, SEED)
    vocabulary = monody.Vocabulary(ENCODING)
    train, held_out = (
        encode_set(corpus.melodies, vocabulary, side)
        for side in (split.train, split.validation)
    )
    head = f"| {name}, {len(train)} + {len(held_out)} melodies "
    rival = Clock()
    bits = _run_predecessor(train, held_out, rival)
    windows = len(_targets(train))
    batches = -(-windows // BATCH_SIZE) * EPOCHS
    end = f"{bits[-1]:.3f} (in its best epoch {min(bits):.3f})"
    yield f"{head}| predecessor {_cells(batches, windows * EPOCHS, end, rival)} | | | |"

    ours = Clock()
    until = _run_monody(corpus, held_out, ours, bits[-1])
    end = f"{until.bits:.3f} (untrained {until.untrained:.3f})"
    if until.bits > bits[-1]:
        end += ", not reached"
    targets = round(until.epochs * len(train.pitch))
    sooner = (
        rival.seconds / ours.seconds,
        rival.running / ours.running,
        rival.cpu_seconds / ours.cpu_seconds,
    )
    yield (
        f"{head}| monody {_cells(until.batches, targets, end, ours)} "
        f"| {' | '.join(f'{times:.1f}' for times in sooner)} |"
    )


def _cells(batches: int, targets: int, bits: str, clock: Clock) -> str:
    """Print the columns that both have, the clock's last."""
    return (
        f"| {batches} | {targets} | {targets / clock.running:.0f} | {bits} "
        f"| {clock.seconds:.1f} | {clock.cpu_seconds:.1f} | {clock.compiling:.1f}"
    )


def _targets(encoded: EncodedSet) -> NDArray[np.int64]:
    """Find the events that have a whole window before them in their melody."""
    starts = np.repeat(encoded.starts, encoded.ends - encoded.starts)
    return np.flatnonzero(np.arange(len(starts)) - starts >= WINDOW)


def _windows(encoded: EncodedSet) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Cut windows ``(windows, WINDOW)`` and what comes after each ``(windows,)``."""
    targets = _targets(encoded)
    windows = np.lib.stride_tricks.sliding_window_view(encoded.pitch, WINDOW)
    return windows[targets - WINDOW], encoded.pitch[targets].astype(np.int32)


def _run_predecessor(
    train: EncodedSet, held_out: EncodedSet, clock: Clock
) -> list[float]:
    """Train by the predecessor's method; return the held-out bits of each epoch."""
    keras.utils.set_random_seed(SEED)
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((WINDOW,), dtype="uint8"),
            layers.CategoryEncoding(END, output_mode="one_hot"),  # no end in a window
            layers.LSTM(UNITS),
            layers.Dropout(DROPOUT),
            layers.Dense(PITCH_SYMBOLS),  # the softmax is in the loss
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(optimizer="adam", loss=loss)
    windows, symbols = _windows(train)
    seen, wanted = _windows(held_out)

    def score(network: Any) -> float:
        logits = network.predict(seen, batch_size=SCORED_AT_ONCE, verbose=0)
        logs = np.asarray(jax.nn.log_softmax(logits))
        return float(-logs[np.arange(len(wanted)), wanted].mean() / math.log(2))

    after = AfterEpochs(score, clock)
    network.fit(
        windows,
        symbols,
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        shuffle=True,
        verbose=0,
        callbacks=[after],
    )
    return after.bits


def _run_monody(
    corpus: monody.Corpus, held_out: EncodedSet, clock: Clock, goal: float
) -> UntilReached:
    """Train with monody's defaults until the goal is reached, or for good."""
    evaluator = Evaluator(held_out)
    targets = _targets(held_out)

    def score(network: Any) -> float:
        return float(evaluator.surprisal(network).pitch_bits[targets].mean())

    until = UntilReached(score, clock, goal)
    with tempfile.TemporaryDirectory() as experiment_dir:
        monody.train(
            corpus,
            model=monody.ModelSettings(encoding=ENCODING),
            experiment_dir=experiment_dir,
            callbacks=[until],
        )
    return until


if __name__ == "__main__":
    main()
