"""The recipe of the base model: ``make base``.

The collections of ``corpus.public_domain``, these settings, and their seed: that is all
that the network which comes with monody is made from. The dances come with music21's
wheel; the others the user fetches, with the commands that the recipe prints. A recipe
that was stopped goes on where it was. What it makes takes the place of what is in the
package (``base``), and docs/base-model.md says what that can do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console

from monody.cli.epoch_lines import EpochLines
from monody.cli.failures import EXIT_USER_ERROR
from monody.corpus.corpus import Corpus, read_corpus
from monody.corpus.free_scores import require_fetched, write_fetched
from monody.corpus.public_domain import COLLECTIONS, STYLES
from monody.corpus.tune_books import write_book
from monody.errors import MonodyError
from monody.experiments.base import pack_base
from monody.experiments.experiment import Experiment
from monody.settings.model import ModelSettings
from monody.settings.reading import ReadSettings
from monody.settings.training import TrainSettings
from monody.training.train import resume, train

FOLDER = Path("data/base")
FREE = Path("data/free_melodies")  # a folder for each collection that is fetched
READING = ReadSettings()
MODEL = ModelSettings(encoding="notes", rnn_size=256, num_layers=2, dropout=0.35)
TRAINING = TrainSettings(
    base="none",
    num_epochs=12,
    batch_size=16,
    patience=12,
    schedule="cosine",
    # A user's tunes may be in any key, and in any range.
    transpose=0.75,
    transpose_octaves=2,
    seed=1,
)


def base_corpus(
    folder: Path, free: Path = FREE, names: Iterable[str] = tuple(COLLECTIONS)
) -> Corpus:
    """Write the tunes as MIDI files and read them.

    Args:
        folder: Where they go; made if it is not there.
        free: Where the collections are that the user fetches, a folder for each.
        names: The collections; by default all.

    Raises:
        MonodyError: If music21 is not installed, or a collection has to be fetched.
    """
    fetched = [name for name in names if COLLECTIONS[name].is_fetched]
    require_fetched(free, fetched)
    for name in names:
        if name in fetched:
            report = write_fetched(name, free / name, folder)
        else:
            report = write_book(name, folder)
        click.echo(f"{name}: {report.written:,} files written")
    return read_corpus(folder, READING)


def make_base(folder: Path, free: Path = FREE) -> Experiment:
    """Train the base model, or go on with it, and put it into the package.

    Args:
        folder: Where the tunes and the experiment go.
        free: Where the collections are that the user fetches.

    Raises:
        MonodyError: If tunes are missing.
    """
    trained = folder / "experiment"
    lines = EpochLines(Console(), TRAINING.num_epochs)
    try:
        if Experiment(trained).checkpoint_path.exists():
            experiment = resume(trained, callbacks=[lines])
        else:
            experiment = train(
                base_corpus(folder / "tunes", free),
                TRAINING,
                model=MODEL,
                experiment_dir=trained,
                message="the base model: make base",
                styles=STYLES,
                callbacks=[lines],
            )
    finally:
        lines.close()
    pack_base(experiment)
    return experiment


if __name__ == "__main__":
    try:
        make_base(*(map(Path, sys.argv[1:]) if sys.argv[1:] else [FOLDER]))
    except MonodyError as error:
        click.echo(f"make base: {error}", err=True)
        sys.exit(EXIT_USER_ERROR)
