"""How busy training keeps the machine: ``python benchmarks/matrix_rate.py FOLDER``.

The useful arithmetic of an epoch in a second, as a share of what the machine does when
it only multiplies matrices, of 2048 by 2048 in single precision. Useful are the matrix
products of real events: of the LSTM layers, of all dense layers and of attention. They
count three times, forward and for the gradients of both factors; what attention pays
out counts twice, because what came then has no gradient. Padding is waste, and so are
pairs of an event with one that does not come before it, embeddings, and whatever is not
a matrix product.

The time is that of the fastest epoch but the first, which compiles: from its beginning
to its last batch, so without scoring and saving. CPU seconds are those of both cores.
Beside it stand two plain LSTM layers of the same shapes, forward and backward on the
same batches and no more, each shape the fastest of a few. ``--batch_size 16 32 64``
tries several; the first column says what came of it, because long sequences come in
smaller batches.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

import monody
from header import print_header
from monody.models.backend import keras
from monody.models.batches import Batches
from monody.models.copy_attention import INTERVAL_SYMBOLS
from monody.models.encoded_set import encode_set
from monody.models.events import PITCH_SYMBOLS

SIDE, MATRIX_RUNS = 2048, 20
EPOCHS = 3
LSTM_RUNS = 5
PASSES = 3  # forward, and the gradient of either factor
PAYOUT_PASSES = 2  # one factor has no gradient
UNITS, LAYERS = 256, 2
MODEL = monody.ModelSettings(rnn_size=UNITS, num_layers=LAYERS)
COLUMNS = ("batches", "what", "useful GFLOP", "s", "CPU s", "useful GFLOP/s",
           "matrices GFLOP/s", "share", "padding")  # fmt: skip


class Taken(NamedTuple):
    """A time."""

    seconds: float
    cpu_seconds: float

    @classmethod
    def now(cls) -> Taken:
        """Read the clocks."""
        return cls(time.perf_counter(), time.process_time())

    def since(self, began: Taken) -> Taken:
        """Return the time from then to this one."""
        return Taken(self.seconds - began.seconds, self.cpu_seconds - began.cpu_seconds)


class EpochTimes(keras.callbacks.Callback):
    """Takes the time of each epoch, from its beginning to the end of its last batch."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[Taken] = []

    def on_epoch_begin(self, *_: Any) -> None:
        """Start."""
        self._began = Taken.now()

    def on_train_batch_end(self, batch: int, **_: Any) -> None:
        """Stop, if it is the last. Its loss is known, so it is done."""
        if batch + 1 == self.params["steps"]:
            self.times.append(Taken.now().since(self._began))


@dataclass
class Places:
    """What the batches of an epoch hold."""

    events: int = 0
    pairs: int = 0  # of an event and an earlier one that it looks back at
    shapes: Counter[tuple[int, int]] = field(default_factory=Counter)  # (batch, time)

    def __str__(self) -> str:
        return ", ".join(
            f"{count} of {rows} × {length}"
            for (rows, length), count in sorted(self.shapes.items())
        )

    @property
    def padding(self) -> float:
        """Share of the places in the batches where no event stands."""
        places = sum(math.prod(shape) * n for shape, n in self.shapes.items())
        return 1 - self.events / places


def main() -> None:
    """Measure with every batch size, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch_size", type=int, nargs="+", default=[16])
    usual = monody.TrainSettings().window_size
    parser.add_argument("--window_size", type=int, default=usual)
    chosen = parser.parse_args()
    print_header("monody", "keras", "jax")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    corpus = monody.read_corpus(chosen.folder)
    for batch_size in chosen.batch_size:
        _measure(corpus, batch_size, chosen.window_size)


def _measure(corpus: monody.Corpus, batch_size: int, window_size: int) -> None:
    """Train with a batch size and print the table's two rows."""
    settings = monody.TrainSettings(
        num_epochs=EPOCHS, batch_size=batch_size, window_size=window_size
    )
    places = _places(corpus, settings, batch_size)
    rate = _matrix_rate()
    network, trained = _train(corpus, settings)
    kernels = _kernels(network, "")
    flops = PASSES * _of_events(places, kernels) + _of_pairs(places, network)
    rate = max(rate, _matrix_rate())
    recurrent = _kernels(network, "lstm_")
    plain = _time_plain(places, features=recurrent[0].shape[0])
    rate = max(rate, _matrix_rate())
    for what, useful, time_of in (
        ("training epoch", flops, trained),
        ("plain LSTM", PASSES * _of_events(places, recurrent), plain),
    ):
        speed = useful / time_of.seconds
        print(
            f"| {places} | {what} | {useful / 1e9:.0f} | {time_of.seconds:.2f} "
            f"| {time_of.cpu_seconds:.2f} | {speed / 1e9:.1f} | {rate / 1e9:.1f} "
            f"| {speed / rate:.0%} | {places.padding:.1%} |",
            flush=True,
        )


def _places(
    corpus: monody.Corpus, settings: monody.TrainSettings, batch_size: int
) -> Places:
    """Count what an epoch's batches hold; their order changes nothing."""
    split = monody.split_corpus(corpus, settings.seed)
    vocabulary = monody.Vocabulary(MODEL.encoding)
    train = encode_set(corpus.melodies, vocabulary, split.train)
    batches = Batches(train, batch_size, settings.window_size)
    places = Places()
    for index in range(len(batches)):
        _, real = batches.events_of(index)
        lengths = real.sum(axis=1)
        places.events += int(lengths.sum())
        places.pairs += int((lengths * (lengths - 1) // 2).sum())
        places.shapes[real.shape] += 1
    return places


def _matrix_rate() -> float:
    """Return the floating-point operations a second of multiplying large matrices."""
    rng = np.random.default_rng(1)
    one, other = (
        jnp.asarray(rng.normal(size=(SIDE, SIDE)), jnp.float32) for _ in range(2)
    )
    multiply = jax.jit(jnp.matmul)
    return 2 * SIDE**3 / _fastest(partial(multiply, one, other), MATRIX_RUNS).seconds


def _fastest(run: Callable[[], Any], times: int) -> Taken:
    """Return the time of the fastest of several runs, once compiled."""
    taken = []
    for _ in range(1 + times):
        began = Taken.now()
        for array in jax.tree.leaves(run()):
            array.block_until_ready()
        taken.append(Taken.now().since(began))
    return min(taken[1:])


def _train(corpus: monody.Corpus, settings: monody.TrainSettings) -> tuple[Any, Taken]:
    """Train; return the network and the time of its fastest epoch but the first."""
    epochs = EpochTimes()
    with tempfile.TemporaryDirectory() as experiment_dir:
        monody.train(
            corpus,
            settings,
            model=MODEL,
            experiment_dir=experiment_dir,
            callbacks=[epochs],
        )
    return epochs.model, min(epochs.times[1:])


def _kernels(network: Any, prefix: str, suffix: str = "") -> list[Any]:
    """Return the matrices of the layers with names that begin and end so."""
    return [
        weight
        for layer in network.layers
        if layer.name.startswith(prefix) and layer.name.endswith(suffix)
        for weight in layer.trainable_weights
        if weight.name.endswith("kernel")
    ]


def _of_events(places: Places, kernels: list[Any]) -> int:
    """Count the operations of one pass of all events through matrices."""
    sizes: list[int] = [math.prod(kernel.shape) for kernel in kernels]
    return 2 * places.events * sum(sizes)


def _of_pairs(places: Places, network: Any) -> int:
    """Count the operations of attention: of comparing, and of paying out."""
    keys: int = sum(kernel.shape[-1] for kernel in _kernels(network, "", "_key"))
    durations: int = network.output["duration"].shape[-1]
    paid = PITCH_SYMBOLS + INTERVAL_SYMBOLS + durations
    return places.pairs * 2 * (PASSES * keys + PAYOUT_PASSES * paid)


def _time_plain(places: Places, features: int) -> Taken:
    """Time LSTM layers forward and backward on batches of the same shapes."""
    lstms = [keras.layers.LSTM(UNITS, return_sequences=True) for _ in range(LAYERS)]
    network = keras.Sequential([keras.Input((None, features)), *lstms])
    weights = [variable.value for variable in network.trainable_variables]
    fixed = [variable.value for variable in network.non_trainable_variables]

    def loss(weights: list[jax.Array], events: jax.Array) -> jax.Array:
        memory, _ = network.stateless_call(weights, fixed, events)
        return jnp.mean(memory**2)

    step = jax.jit(jax.grad(loss, argnums=(0, 1)))
    seconds = cpu_seconds = 0.0
    for (rows, length), count in places.shapes.items():
        drawn = np.random.default_rng(1).normal(size=(rows, length, features))
        events = jnp.asarray(drawn, jnp.float32)
        taken = _fastest(partial(step, weights, events), LSTM_RUNS)
        seconds += count * taken.seconds
        cpu_seconds += count * taken.cpu_seconds
    return Taken(seconds, cpu_seconds)


if __name__ == "__main__":
    main()
