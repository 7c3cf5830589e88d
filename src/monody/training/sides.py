"""The sides of a training: the melodies to learn from, and those held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monody.corpus.split import Split
from monody.experiments.experiment import Experiment
from monody.experiments.records import style_symbols
from monody.models.encoded_set import EncodedSet, MelodySet, encode_set
from monody.models.events import Vocabulary
from monody.models.on_demand import training_set
from monody.music.melody_store import MelodyStore


@dataclass(frozen=True)
class Sides:
    """The melodies of a training; a side that is held out may be empty."""

    train: MelodySet
    validation: EncodedSet | None = None  # chooses the best weights
    test: EncodedSet | None = None


def divided_sides(
    melodies: MelodyStore,
    split: Split,
    vocabulary: Vocabulary,
    styles: Sequence[str] = (),
) -> Sides:
    """Encode the melodies of a new training.

    Args:
        melodies: Of the whole corpus.
        split: Which of them are on which side.
        vocabulary: The encoding.
        styles: The styles that are told apart.
    """
    return Sides(
        train=_to_learn(melodies, vocabulary, styles, split.train),
        validation=_held_out(melodies, vocabulary, split.validation),
        test=_held_out(melodies, vocabulary, split.test),
    )


def kept_sides(experiment: Experiment, *, test: bool = True) -> Sides:
    """Encode the melodies that an experiment keeps.

    Args:
        experiment: Its folder.
        test: Whether to encode the test side, too.
    """
    record = experiment.record()
    vocabulary = Vocabulary(record.model.encoding)
    return Sides(
        train=_to_learn(experiment.side("train"), vocabulary, record.styles),
        validation=_held_out(experiment.side("validation"), vocabulary),
        test=_held_out(experiment.side("test"), vocabulary) if test else None,
    )


def _to_learn(
    melodies: MelodyStore,
    vocabulary: Vocabulary,
    styles: Sequence[str],
    indices: Sequence[int] | None = None,
) -> MelodySet:
    """Return melodies to train on, with all that may be told of them."""
    symbols = style_symbols(melodies, styles) if styles else None
    return training_set(melodies, vocabulary, indices, symbols)


def _held_out(
    melodies: MelodyStore, vocabulary: Vocabulary, indices: Sequence[int] | None = None
) -> EncodedSet | None:
    """Encode melodies of a side that is held out, if there are any."""
    some = len(melodies) if indices is None else len(indices)
    return encode_set(melodies, vocabulary, indices) if some else None
