"""Training: from a corpus to an experiment with a trained network.

The validation melodies decide which weights are kept; the test melodies are scored
once, at the end. A training that was stopped can go on (``resume``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any, NamedTuple

from monody.corpus.corpus import Corpus, require_melodies
from monody.corpus.split import split_corpus
from monody.experiments.base import open_experiment
from monody.experiments.experiment import Experiment
from monody.experiments.records import make_record, write_records
from monody.files import copy_file
from monody.models.devices import Devices, choose_devices
from monody.models.encoded_set import MelodySet
from monody.models.events import Vocabulary
from monody.models.record import RunRecord
from monody.models.saved_model import TrainedModel
from monody.settings.devices import DeviceSettings
from monody.settings.model import ModelSettings
from monody.settings.training import TrainSettings
from monody.training.footprint import within_memory
from monody.training.one_training import Training
from monody.training.presets import choose_base, fill_in, take_sizes, tell_nobody
from monody.training.sides import divided_sides
from monody.training.train_along import call_others
from monody.training.train_network import train_network


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
    settings, model = settings or TrainSettings(), model or ModelSettings()
    explain = explain or tell_nobody
    if experiment_dir is not None:
        Experiment(experiment_dir).require_free()  # before anything takes time
    used = choose_devices(devices)
    explain(used.line)
    melodies = require_melodies(corpus).melodies
    split = split_corpus(corpus, settings.seed)
    sides = divided_sides(melodies, split, Vocabulary(model.encoding), styles)
    chosen = _choose(model, settings, sides.train, used, explain)
    experiment = Experiment.create(experiment_dir)
    record = make_record(
        corpus, split, sides.train, chosen.model, chosen.settings, chosen.base, styles
    )
    record = replace(record, devices=str(used))
    with experiment.alone(new=True):
        write_records(experiment, corpus, split, record, message)
        if chosen.base is not None:
            record = _keep_base(chosen.base, experiment, record)
        call_others(experiment, goes_on=False)
        training = Training(experiment, sides, record, used)
        train_network(training, callbacks, explain=explain)
    return experiment


class _Choice(NamedTuple):
    """The network and how it is trained, every setting named; what is fine-tuned."""

    model: ModelSettings
    settings: TrainSettings
    base: TrainedModel | None


def _choose(
    model: ModelSettings,
    settings: TrainSettings,
    learnt: MelodySet,
    used: Devices,
    explain: Callable[[str], None],
) -> _Choice:
    """Choose what was left open, from how much there is to learn, and on what."""
    notes = learnt.note_count
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
    return _Choice(model, settings, base)


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
