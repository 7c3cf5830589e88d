"""Training: from a corpus to an experiment with a trained network.

The validation melodies decide which weights are kept; the test melodies are scored
once, at the end. A training that was stopped can go on (``resume``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from monody.corpus.corpus import Corpus, require_melodies
from monody.corpus.split import split_corpus
from monody.errors import MonodyError
from monody.experiments.base import open_experiment
from monody.experiments.experiment import Experiment
from monody.experiments.novelty_index import known_melodies
from monody.experiments.records import make_record, style_symbols, write_records
from monody.experiments.scores import BASE_ALONE, BIGRAM, SideScores
from monody.experiments.training_state import TrainingState, read_training_state
from monody.files import copy_file
from monody.models import processes
from monody.models.backend import keras
from monody.models.baselines.ngrams import bigram
from monody.models.batches import EncodedSet, MelodySet, Part, encode_set
from monody.models.devices import Devices, choose_devices
from monody.models.events import Vocabulary
from monody.models.keras_network import build_model, start_from
from monody.models.likelihood import surprisal_of
from monody.models.on_demand import OnDemandSet, training_set
from monody.models.record import RunRecord
from monody.models.saved_model import TrainedModel, save_model
from monody.models.surprisal import Score, Surprisal
from monody.music.melody_store import MelodyStore
from monody.settings.devices import FLOAT32, DeviceSettings
from monody.settings.model import ModelSettings
from monody.settings.training import NONE, TrainSettings
from monody.temporary import TemporaryFolder
from monody.training.divergence import DivergedError
from monody.training.fit import Sides, fit
from monody.training.footprint import require_memory, within_memory
from monody.training.presets import choose_base, fill_in, take_sizes

CALL = "training"  # what the first of several processes tells the others


def train(
    corpus: Corpus,
    settings: TrainSettings | None = None,
    *,
    model: ModelSettings | None = None,
    experiment_dir: str | PathLike[str] | None = None,
    message: str | None = None,
    styles: Sequence[str] = (),
    callbacks: Sequence[Any] = (),
    explain: Callable[[str], None] | None = None,
    devices: DeviceSettings | None = None,
) -> Experiment:
    """Train a network on a corpus.

    Args:
        corpus: What to learn from.
        settings: How to train. What is left open, here and in ``model``, is chosen
            from the size of the corpus.
        model: What the network looks like.
        experiment_dir: The folder to write; by default the next number in
            ``experiments/``.
        message: A note to self, kept in ``message.txt``.
        styles: The styles of the collections of ``corpus.public_domain`` that the
            melodies are from, to be told apart. By default all are of one.
        callbacks: Further Keras callbacks; the logs they see hold ``bits_per_note`` and
            ``val_bits_per_note``.
        explain: Called with a line for each setting that was chosen, and why, and with
            how good the base is, where one is fine-tuned.
        devices: What to train on. Of several processes that ``processes.joined``, the
            first calls this, and the others ``train_along``.

    Returns:
        The experiment, with the best weights by held-out bits per note. Ctrl-C after
        the first epoch ends training early.

    Raises:
        MonodyError: If the corpus has no melody, the folder holds a training already
            or another is at work in it, the base is not there or has other sizes
            than were named, or a loss became NaN or infinite.

    Example:
        >>> import monody
        >>> corpus = monody.read_corpus("data/midi")
        >>> once = monody.TrainSettings(num_epochs=1, batch_size=8, base="none")
        >>> small = monody.ModelSettings(rnn_size=12)
        >>> monody.train(corpus, once, model=small, experiment_dir="first_try")
        Experiment('first_try')
    """
    settings = settings or TrainSettings()
    model = model or ModelSettings()
    if experiment_dir is not None:
        Experiment(experiment_dir).require_free()  # before anything takes time
    explain = explain or _tell_nobody
    used = choose_devices(devices)
    explain(used.line)
    melodies = require_melodies(corpus).melodies
    split = split_corpus(corpus, settings.seed)
    vocabulary = Vocabulary(model.encoding)
    sides = Sides(
        train=_to_learn(melodies, vocabulary, styles, split.train),
        validation=_held_out(melodies, vocabulary, split.validation),
        test=_held_out(melodies, vocabulary, split.test),
    )
    learnt, notes = sides.train, sides.train.note_count
    settings = choose_base(model, settings, len(learnt), notes, explain)
    base = None
    if settings.fine_tunes:
        tuned = open_experiment(settings.base)
        base = tuned.load()
        # What is kept is given away: it names no folder of this machine.
        settings = replace(settings, base=tuned.model_name)
        model = take_sizes(model, base.record.model)
    model, settings = fill_in(model, settings, notes, explain, used.is_gpu)
    settings = within_memory(model, settings, learnt, explain, used.own_bytes)
    experiment = Experiment.create(experiment_dir)
    record = make_record(corpus, split, learnt, model, settings, base, styles)
    record = replace(record, devices=str(used))
    with experiment.alone(new=True):
        write_records(experiment, corpus, split, record, message)
        if base is not None:
            record = _keep_base(base, experiment, record)
        _call_others(experiment, goes_on=False)
        _train_network(experiment, sides, record, used, callbacks, explain=explain)
    return experiment


def _call_others(experiment: Experiment, *, goes_on: bool, over: bool = False) -> None:
    """Let the other processes begin: everything is there that they read."""
    folder = str(experiment.folder.absolute())
    call = {"folder": folder, "goes_on": goes_on, "over": over}
    processes.tell(CALL, json.dumps(call))


def train_along(devices: DeviceSettings | None = None) -> None:
    """Do a part of the training that the first of several processes began.

    It waits until that one has read the corpus, or knows where it goes on. Then it
    reads the melodies in the experiment, makes its part of each batch and scores its
    part of the held-out melodies. It writes nothing.

    Args:
        devices: As those of the first process.

    Raises:
        MonodyError: If it does not see the experiment.
        LostError: If another process ended.
        TrainingStopped: If one of them was asked to stop.
    """
    used = choose_devices(devices)
    call = json.loads(processes.hear(CALL))
    if call["over"]:
        return
    experiment = Experiment(call["folder"])
    if not experiment.settings_path.is_file():
        raise MonodyError(
            f"process {processes.index()} sees no experiment in "
            f"{str(experiment.folder)!r}, where the first one began it: it must lie in "
            "a folder that all processes see; name such an --experiment_dir"
        )
    state = read_training_state(experiment.checkpoint_path) if call["goes_on"] else None
    record = experiment.record()
    sides = _kept_sides(experiment)
    _train_network(experiment, sides, record, used, (), state)


def _keep_base(
    base: TrainedModel, experiment: Experiment, record: RunRecord
) -> RunRecord:
    """Copy the base, and return the record of a training from just that copy.

    A base that is in training itself may be another file by now than was opened.
    """
    copy_file(base.path, experiment.base_path)
    copied = TrainedModel(experiment.base_path)
    record = replace(record, base_sha256=copied.fingerprint)
    experiment.write_record(record)
    return record


def _tell_nobody(_line: str) -> None:
    """Explain nothing."""


def resume(
    experiment_dir: str | PathLike[str] | None = None,
    *,
    num_epochs: int | None = None,
    patience: int | None = None,
    max_minutes: float | None = None,
    callbacks: Sequence[Any] = (),
    devices: DeviceSettings | None = None,
) -> Experiment:
    """Go on with a training that was stopped, as if it had not been.

    On the same machine and with the same versions it ends in the same weights, bit for
    bit. The melodies are those that the experiment keeps.

    Args:
        experiment_dir: The folder; by default the most recent in ``experiments/``.
        num_epochs: Epochs, those done included; by default as the training began.
        patience: Likewise.
        max_minutes: Likewise, with the minutes that it took before.
        callbacks: Further Keras callbacks; what they remember is not kept.
        devices: What to train on; others than before come to other last bits.

    Returns:
        The experiment. Where its training is over already, nothing is trained.

    Raises:
        MonodyError: If there is nothing to go on with, it goes on already, or a loss
            became NaN or infinite.

    Example:
        >>> import monody
        >>> monody.resume("experiments/01").scores()["test"].score.melodies
        2
    """
    experiment = Experiment.to_go_on(experiment_dir)
    asked: dict[str, Any] = {
        "num_epochs": num_epochs,
        "patience": patience,
        "max_minutes": max_minutes,
    }
    named = {name: value for name, value in asked.items() if value is not None}
    with experiment.alone():
        _go_on(experiment, named, callbacks, choose_devices(devices))
    return experiment


def _go_on(
    experiment: Experiment,
    named: dict[str, Any],
    callbacks: Sequence[Any],
    used: Devices,
) -> None:
    """Go on with a training that no other is at work on.

    Args:
        experiment: Its folder.
        named: The settings that are others than it began with.
        callbacks: Further Keras callbacks.
        used: What it is trained on now.
    """
    state = read_training_state(experiment.checkpoint_path)
    record = experiment.record()
    training = replace(record.training, **named)
    record = replace(record, training=training, devices=str(used))
    over = state.over(record.training)
    if over:
        _call_others(experiment, goes_on=True, over=True)
    if over and experiment.scores_path.exists():
        return
    sides = _kept_sides(experiment)
    if over:
        _write_scores(experiment, sides, Vocabulary(record.model.encoding))
        return
    if used.own_bytes is None:
        require_memory(record.model, record.training, sides.train)
    # They are those of the best weights before the stop.
    experiment.scores_path.unlink(missing_ok=True)
    experiment.write_record(record)
    _call_others(experiment, goes_on=True)
    _train_network(experiment, sides, record, used, callbacks, state)


def _kept_sides(experiment: Experiment, *, test: bool = True) -> Sides:
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


def train_from_nothing(
    experiment: Experiment, callbacks: Sequence[Any] = ()
) -> TrainedModel:
    """Train what a fine-tuned network is compared with: the same without its base.

    It is trained once, on the same melodies and with the same seed, and kept in the
    experiment. Ctrl-C leaves nothing of it.

    Args:
        experiment: A fine-tuned experiment with its melodies.
        callbacks: Further Keras callbacks.
    """
    path = experiment.from_nothing_path
    if path.is_file():
        return TrainedModel(path)
    record = experiment.record()
    vocabulary = Vocabulary(record.model.encoding)
    sides = _kept_sides(experiment, test=False)
    model, settings = fill_in(
        ModelSettings(encoding=record.model.encoding, dropout=record.model.dropout),
        replace(record.training, base=NONE),
        sides.train.note_count,
        _tell_nobody,
    )
    settings = within_memory(model, settings, sides.train, _tell_nobody)
    record = replace(record, model=model, training=settings)
    used = choose_devices()
    folder = TemporaryFolder(experiment.folder)
    try:
        made = Experiment(folder.path)
        with used.scope():
            keras.utils.set_random_seed(settings.seed)
            network = build_model(model, vocabulary, settings.seed)
            fit(
                network,
                sides,
                settings,
                made,
                lambda path: save_model(network, vocabulary, record, path),
                callbacks=callbacks,
                learner=_learner_of(model, vocabulary, settings.seed, used),
                part=Part(index=0, count=1, devices=used.count),
            )
        made.model_path.replace(path)
    finally:
        folder.remove()
    return TrainedModel(path)


class TrainingStopped(KeyboardInterrupt):
    """Ctrl-C, where there is no scored model yet.

    Args:
        experiment: What ``resume`` goes on with.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment


def _train_network(
    experiment: Experiment,
    sides: Sides,
    record: RunRecord,
    used: Devices,
    callbacks: Sequence[Any],
    state: TrainingState | None = None,
    explain: Callable[[str], None] = _tell_nobody,
) -> None:
    """Train from the beginning, or go on from where training was, and score."""
    if isinstance(sides.train, OnDemandSet):
        sides.train.tell()
    with used.scope():
        _train_within(experiment, sides, record, used, callbacks, state, explain)


def _train_within(
    experiment: Experiment,
    sides: Sides,
    record: RunRecord,
    used: Devices,
    callbacks: Sequence[Any],
    state: TrainingState | None,
    explain: Callable[[str], None],
) -> None:
    settings = record.training
    vocabulary = Vocabulary(record.model.encoding)
    keras.utils.set_random_seed(settings.seed)
    network = build_model(record.model, vocabulary, settings.seed)
    learner = _learner_of(record.model, vocabulary, settings.seed, used)

    def save(path: Path) -> None:
        save_model(network, vocabulary, record, path)

    try:
        best = math.inf
        untrained = state is None or (state.epoch, state.batch) == (0, 0)
        begins = settings.fine_tunes and untrained
        if begins:
            base = TrainedModel(experiment.base_path)
            start_from(network, base.layers)
            if sides.validation is not None:
                surprise = base.surprisal(sides.validation)
                best = Score.of(surprise, sides.validation).bits_per_note
                explain(f"the base alone: {best:.2f} bits per note, held-out")
        try:
            fit(
                network,
                sides,
                settings,
                experiment,
                save,
                callbacks=callbacks,
                state=state,
                best=best,
                begins_with_model=begins,
                learner=learner,
                part=Part(processes.index(), processes.count(), used.count),
            )
        except DivergedError as error:
            if not experiment.model_path.exists():
                raise
            kept = f"the best weights before that are in {str(experiment.folder)!r}"
            raise DivergedError(f"{error}; {kept}") from error
        except KeyboardInterrupt:
            # To score takes longer than several processes wait for each other.
            if not experiment.model_path.exists() or processes.count() > 1:
                raise
            _write_scores(experiment, sides, vocabulary)
            return
        processes.any_of(False)  # once the first has written its last file
        _write_scores(experiment, sides, vocabulary, divided=True)
    except KeyboardInterrupt:
        raise TrainingStopped(experiment) from None


def _learner_of(
    model: ModelSettings, vocabulary: Vocabulary, seed: int, used: Devices
) -> keras.Model | None:
    """Build the network that learns, if it is not the one that is judged and saved."""
    if used.precision == FLOAT32 and used.count == 1:
        return None
    keras.utils.set_random_seed(seed)  # dropout hides what it hides on one device
    return build_model(model, vocabulary, seed, used.precision, divided=used.count > 1)


def _write_scores(
    experiment: Experiment,
    sides: Sides,
    vocabulary: Vocabulary,
    *,
    divided: bool = False,
) -> None:
    """Score the best weights, the base and the bigram on the held-out melodies.

    Args:
        experiment: Where the best weights are.
        sides: The melodies.
        vocabulary: What they are encoded with.
        divided: Whether each process scores a part of the melodies.
    """
    best, base = TrainedModel(experiment.model_path), experiment.base()
    scores: dict[str, SideScores] = {}
    judged = _divided_surprisal if divided else TrainedModel.surprisal
    for side, encoded in (("validation", sides.validation), ("test", sides.test)):
        if encoded is None:
            continue
        references = {}
        if processes.is_first():  # it alone writes
            surprise = bigram(sides.train, encoded, vocabulary)
            references[BIGRAM] = Score.of(surprise, encoded)
        if base is not None:
            references[BASE_ALONE] = Score.of(judged(base, encoded), encoded)
        own = Score.of(judged(best, encoded), encoded)
        scores[side] = SideScores(own, references)
    if not processes.is_first():
        return
    known_melodies(experiment)  # so that sampling need not build the index
    experiment.write_scores(scores)  # last: where they are, nothing is left to do


def _divided_surprisal(model: TrainedModel, encoded: EncodedSet) -> Surprisal:
    """Return the surprisal of melodies, a part of which each process judges."""
    count, index = processes.count(), processes.index()
    if count == 1:
        return model.surprisal(encoded)
    figures = np.zeros((len(fields(Surprisal)), len(encoded.pitch)))
    first, stop = (len(encoded) * part // count for part in (index, index + 1))
    if first < stop:
        events = slice(int(encoded.starts[first]), int(encoded.ends[stop - 1]))
        own = surprisal_of(model.parts, encoded.melodies(first, stop))
        figures[:, events] = own.figures
    return Surprisal.from_figures(processes.summed(figures))
