"""The recipe of the base model: ``make base``.

Public-domain tunes from music21's wheel, these settings, and their seed: that is all
that the network which comes with monody is made from. A recipe that was stopped goes on
where it was. What it makes takes the place of what is in the package (``base``), and
docs/base-model.md says what that can do.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from monody.cli.epoch_lines import EpochLines
from monody.corpus.corpus import Corpus, read_corpus
from monody.corpus.public_domain import COLLECTIONS, write_book
from monody.experiments.base import pack_base
from monody.experiments.experiment import Experiment
from monody.settings.model import ModelSettings
from monody.settings.reading import ReadSettings
from monody.settings.training import TrainSettings
from monody.training.train import resume, train

FOLDER = Path("data/base")
READING = ReadSettings()
MODEL = ModelSettings(encoding="notes", rnn_size=256, num_layers=2, dropout=0.2)
TRAINING = TrainSettings(
    base="none",
    num_epochs=30,
    batch_size=16,
    patience=6,
    # A user's tunes may be in any key, and in any range.
    transpose=0.75,
    transpose_octaves=2,
    seed=1,
)


def base_corpus(folder: Path) -> Corpus:
    """Write the tunes as MIDI files and read them.

    Args:
        folder: Where they go; made if it is not there.

    Raises:
        MonodyError: If music21 is not installed.
    """
    for name in COLLECTIONS:
        write_book(name, folder)
    return read_corpus(folder, READING)


def make_base(folder: Path) -> Experiment:
    """Train the base model, or go on with it, and put it into the package.

    Args:
        folder: Where the tunes and the experiment go.
    """
    trained = folder / "experiment"
    lines = EpochLines(Console(), TRAINING.num_epochs)
    try:
        if Experiment(trained).checkpoint_path.exists():
            experiment = resume(trained, callbacks=[lines])
        else:
            experiment = train(
                base_corpus(folder / "tunes"),
                TRAINING,
                model=MODEL,
                experiment_dir=trained,
                message="the base model: make base",
                callbacks=[lines],
            )
    finally:
        lines.close()
    pack_base(experiment)
    return experiment


if __name__ == "__main__":
    make_base(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
