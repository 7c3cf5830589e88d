"""Each optimizer at its own rate and at Keras's: ``python learning_rates.py FOLDER``.

Trains a small network for a few epochs each and prints the validation figure. The rates
are those of ``monody.training.optimizer.LEARNING_RATES``.
"""

from __future__ import annotations

import csv
import sys
import tempfile

import monody
from monody.models.backend import keras
from monody.settings.training import OPTIMIZERS
from monody.training.optimizer import LEARNING_RATES

EPOCHS = 3
MODEL = monody.ModelSettings(rnn_size=64, num_layers=1)


def main() -> None:
    """Train with every optimizer, print the table."""
    corpus = monody.read_corpus(sys.argv[1])
    print("| optimizer | own rate | bits | Keras's rate | bits |")
    print("|---|---|---|---|---|")
    for name in OPTIMIZERS:
        keras_rate = float(keras.optimizers.get(name).learning_rate)
        own, plain = (
            _bits(corpus, name, r) for r in (LEARNING_RATES[name], keras_rate)
        )
        print(
            f"| {name} | {LEARNING_RATES[name]} | {own:.2f} | {keras_rate:.3g} "
            f"| {plain:.2f} |",
            flush=True,
        )


def _bits(corpus: monody.Corpus, optimizer: str, rate: float) -> float:
    """Return the validation bits per note after the last epoch."""
    settings = monody.TrainSettings(
        optimizer=optimizer, learning_rate=rate, num_epochs=EPOCHS, window_size=64
    )
    with tempfile.TemporaryDirectory() as folder:
        experiment = monody.train(corpus, settings, model=MODEL, experiment_dir=folder)
        with (experiment.folder / "history.csv").open() as file:
            rows = list(csv.DictReader(file))
    return float(rows[-1]["val_bits_per_note"])


if __name__ == "__main__":
    main()
