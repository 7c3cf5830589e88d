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
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monody.cli.failures import EXIT_USER_ERROR
from monody.corpus.public_domain import COLLECTIONS, STYLES
from monody.errors import MonodyError
from monody.settings.model import ModelSettings
from monody.settings.reading import ReadSettings
from monody.settings.training import TrainSettings

if TYPE_CHECKING:
    from monody.corpus.corpus import Corpus
    from monody.experiments.experiment import Experiment

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


@dataclass(frozen=True)
class Recipe:
    """What a base model is made from, and where it goes."""

    collections: tuple[str, ...] = tuple(COLLECTIONS)
    model: ModelSettings = MODEL
    training: TrainSettings = TRAINING
    into: Path | None = None  # a folder; the package's own by default


RECIPE = Recipe()


@click.command()
@click.argument("folder", default=FOLDER, type=click.Path(path_type=Path))
@click.argument("free", default=FREE, type=click.Path(path_type=Path))
def make_base(folder: Path, free: Path) -> None:
    """Train the base model, or go on with it, and put it into the package.

    FOLDER gets the tunes and the experiment; FREE has what was fetched.
    """
    from monody.experiments.base import PACKED, pack_base
    from monody.experiments.novelty_index import known_melodies
    from monody.files import make_folder
    from monody.locks import locked

    try:
        make_folder(folder)
        with locked(folder):  # another would write the tunes again while they are read
            experiment = _trained(folder, free)
            if not experiment.is_over():  # stopped, with a model that is not the best
                raise click.Abort
            known_melodies(experiment)  # what it finds out is packed, too
            pack_base(experiment, RECIPE.into or PACKED)
    except MonodyError as error:  # in lines, where it names commands that fetch tunes
        click.echo(f"make base: {error}", err=True)
        sys.exit(EXIT_USER_ERROR)


def _trained(folder: Path, free: Path) -> Experiment:
    """Train, or go on with a training that was stopped."""
    from rich.console import Console

    from monody.cli.epoch_lines import EpochLines
    from monody.experiments.experiment import Experiment
    from monody.training.resume import resume
    from monody.training.train import train
    from monody.training.train_network import TrainingStopped

    trained = folder / "experiment"
    lines = EpochLines(Console(), RECIPE.training.num_epochs)
    try:
        if Experiment(trained).checkpoint_path.exists():
            return resume(trained, callbacks=[lines])
        return train(
            base_corpus(folder / "tunes", free, RECIPE.collections),
            RECIPE.training,
            model=RECIPE.model,
            experiment_dir=trained,
            message="the base model: make base",
            styles=STYLES,
            callbacks=[lines],
        )
    except TrainingStopped as stopped:
        raise click.Abort from stopped
    finally:
        lines.close()


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
    from monody.cli.progress import one_task
    from monody.corpus.corpus import read_corpus
    from monody.corpus.free_scores import require_fetched, write_fetched
    from monody.corpus.tune_books import write_book

    fetched = [name for name in names if COLLECTIONS[name].is_fetched]
    require_fetched(free, fetched)
    for name in names:
        with one_task(f"writing {name}") as progress:
            if name in fetched:
                report = write_fetched(name, free / name, folder, progress)
            else:
                report = write_book(name, folder, progress)
        click.echo(f"{name}: {report.written:,} files written")
    return read_corpus(folder, READING)
