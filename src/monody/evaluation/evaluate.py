"""Judging a trained network: on which melodies, and beside which other models.

All models are judged note for note on the same melodies. By default these are the test
part: training never saw it, and it chose no weights. The references are counted on the
melodies that the network was trained on.
"""

from __future__ import annotations

import os
import time
from functools import partial

import numpy as np
from numpy.typing import NDArray

from monody.corpus.corpus import read_corpus, require_melodies
from monody.corpus.duplicates import are_known
from monody.errors import MonodyError
from monody.evaluation.real_melodies import (
    RealMelodies,
    other_melodies,
    own_melodies,
)
from monody.evaluation.sample_quality import sample_quality
from monody.evaluation.scorecard import FROM_NOTHING, Comparison, Judged, Scorecard
from monody.experiments.experiment import Experiment
from monody.experiments.scores import BASE_ALONE
from monody.memory import MIB, require
from monody.models.baselines.idyom import idyom
from monody.models.baselines.ngrams import Reference, bigram, uniform, unigram
from monody.models.encoded_set import encode_set
from monody.models.saved_model import TrainedModel
from monody.models.surprisal import Score
from monody.music.melody_store import MelodyStore
from monody.progress import Progress, StageProgress, no_stages
from monody.translation import marked

# The weakest first.
REFERENCES: dict[str, Reference] = {
    "uniform": uniform,
    "unigram": unigram,
    "bigram": bigram,
    "variable_order": idyom,
}
# What they take together, on the safe side: Python, NumPy and a small network; and what
# the strongest keeps of each note (123 bytes of each of 244,000 random events).
FIXED_BYTES, NOTE_BYTES = 150 * MIB, 200
PARTS: dict[str, tuple[str, ...]] = {
    "test": ("test",),
    "validation": ("validation",),
    "both": ("validation", "test"),
}


def evaluate(
    experiment: Experiment,
    data_dir: str | os.PathLike[str] | None = None,
    part: str = "test",
    *,
    music: bool = False,
    from_nothing: bool = False,
    progress: StageProgress | None = None,
) -> Scorecard:
    """Judge a trained network on melodies that it was not trained on.

    Args:
        experiment: A trained experiment. A model file on its own holds no melodies: it
            needs ``data_dir``, and is judged without references.
        data_dir: A folder of music files to judge on, read as the training melodies
            were; by default the experiment's held-out melodies.
        part: Which of those: ``"test"``, which training did not look at,
            ``"validation"``, which chose the weights, or ``"both"``.
        music: Also compare melodies that it writes (``sample_quality``) with those of
            ``data_dir`` that are new to it, or with ``own_melodies``.
        from_nothing: Of a network that was fine-tuned, also judge what it would be
            without its base. That one is trained when it is first asked for.
        progress: Called with the name of the task, its steps done, and all of them.

    Returns:
        The scorecard.

    Raises:
        MonodyError: If the model, the melodies or the memory for the references lack.

    Example:
        >>> import monody
        >>> experiment = monody.Experiment("experiments/01")
        >>> card = monody.evaluate(experiment, part="validation")
        >>> card.score.melodies, 0 < card.score.bits_per_note < 20
        (2, True)
    """
    tell = progress or no_stages
    train = _training_melodies(experiment)
    if train is not None:
        _require_memory(train)
    melodies = _melodies_to_judge(experiment, data_dir, part, tell)
    other = data_dir is not None
    known = are_known(melodies, train) if other and train else None
    real = _to_compare(experiment, melodies, known, data_dir) if music else None
    judged, seconds = _judge(experiment.load(), melodies, tell)
    others = _other_networks(experiment, from_nothing, tell)
    written = partial(tell, marked("music"))
    return Scorecard(
        model=str(experiment.model_path),
        encoding=judged.vocabulary.encoding,
        data=str(data_dir or experiment.held_out_path),
        part=None if other else part,
        like_training=None if known is None else int(known.sum()),
        score=Score.of(judged.surprisal, judged.encoded),
        seconds=seconds,
        references=_references(train, judged, tell) | _compared(others, judged, tell),
        judged=judged,
        music=sample_quality(experiment, real, progress=written) if real else None,
    )


def _require_memory(train: MelodyStore) -> None:
    """Raise an error before anything is judged, if the references cannot fit.

    Args:
        train: The melodies that they are counted on.

    Raises:
        MonodyError: If less memory is allowed.
    """
    needed = FIXED_BYTES + NOTE_BYTES * len(train.notes)
    require(
        needed,
        marked("counting the reference models"),
        "allow more, or judge the model.keras alone, which needs none of them, on "
        "--data_dir",
    )


def _melodies_to_judge(
    experiment: Experiment,
    data_dir: str | os.PathLike[str] | None,
    part: str,
    tell: StageProgress,
) -> MelodyStore:
    """Return the melodies of a folder, or part of the held-out ones."""
    if data_dir is None:
        return _held_out(experiment, part)
    return _read(experiment, data_dir, partial(tell, marked(f"reading {data_dir}")))


def _judge(
    model: TrainedModel, melodies: MelodyStore, tell: StageProgress
) -> tuple[Judged, float]:
    """Judge the network; also return the seconds that it took."""
    encoded = encode_set(melodies, model.vocabulary)
    began = time.monotonic()
    surprisal = model.surprisal(encoded, partial(tell, marked("network")))
    seconds = time.monotonic() - began
    return Judged(melodies, model.vocabulary, encoded, surprisal), seconds


def _to_compare(
    experiment: Experiment,
    melodies: MelodyStore,
    known: NDArray[np.bool_] | None,
    data_dir: str | os.PathLike[str] | None,
) -> RealMelodies:
    """Return the real melodies that generated ones are compared with."""
    if data_dir is None:
        return own_melodies(experiment)
    return other_melodies(melodies, known, str(data_dir))


def _other_networks(
    experiment: Experiment,
    from_nothing: bool,
    tell: StageProgress,
) -> dict[str, TrainedModel]:
    """Return the base of a network that was fine-tuned, and one without a base.

    Args:
        experiment: Of the network.
        from_nothing: As in ``evaluate``.
        tell: Called while the network without a base is trained.
    """
    base = experiment.base()
    if base is None:
        return {}
    others = {BASE_ALONE: base}
    if from_nothing:
        from monody.models.backend import keras
        from monody.training.from_nothing import train_from_nothing

        epochs = experiment.record().training.num_epochs
        what = marked("training from nothing, this once, to compare")

        def done(epoch: int, _logs: object) -> None:
            tell(what, epoch + 1, epochs)

        watch = keras.callbacks.LambdaCallback(on_epoch_end=done)
        tell(what, 0, epochs)
        others[FROM_NOTHING] = train_from_nothing(experiment, [watch])
    return others


def _compared(
    others: dict[str, TrainedModel], judged: Judged, tell: StageProgress
) -> dict[str, Comparison]:
    """Judge other networks on the same notes."""
    comparisons = {}
    for name, other in others.items():
        began = time.monotonic()
        progress = partial(tell, name.replace("_", " "))
        theirs = other.surprisal(judged.encoded, progress)
        comparisons[name] = judged.compared_with(theirs, time.monotonic() - began)
    return comparisons


def _training_melodies(experiment: Experiment) -> MelodyStore | None:
    """Return the training melodies, or ``None`` for a model file on its own."""
    try:
        return experiment.side("train")
    except MonodyError:
        return None


def _held_out(experiment: Experiment, part: str) -> MelodyStore:
    """Return part of the held-out melodies, at least one."""
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(PARTS)}, not {part!r}")
    if not experiment.held_out_path.is_dir():
        raise MonodyError(
            f"{str(experiment.path)!r} has no held-out melodies beside it: name a "
            "folder of melodies to judge it on with --data_dir"
        )
    first, *others = (experiment.side(side) for side in PARTS[part])
    for other in others:
        first = first.followed_by(other)
    if not len(first):
        raise MonodyError(
            f"the experiment in {str(experiment.folder)!r} held out no {part} "
            "melodies, it had too few that differ: name others with --data_dir"
        )
    return first


def _read(
    experiment: Experiment,
    data_dir: str | os.PathLike[str],
    progress: Progress,
) -> MelodyStore:
    """Return the melodies of a folder, copies left out."""
    corpus = read_corpus(data_dir, experiment.load().record.reading, progress)
    return require_melodies(corpus).melodies.take(corpus.used.tolist())


def _references(
    train: MelodyStore | None, judged: Judged, tell: StageProgress
) -> dict[str, Comparison]:
    """Judge each reference, counted on the training melodies, on the same notes."""
    if train is None:
        return {}
    comparisons = {}
    learnt = encode_set(train, judged.vocabulary)
    for done, (name, reference) in enumerate(REFERENCES.items()):
        tell(marked("references"), done, len(REFERENCES))
        began = time.monotonic()
        theirs = reference(learnt, judged.encoded, judged.vocabulary)
        comparisons[name] = judged.compared_with(theirs, time.monotonic() - began)
    tell("references", len(REFERENCES), len(REFERENCES))
    return comparisons
