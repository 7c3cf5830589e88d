"""What a fine-tuned network would be without its base, to compare it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from monody.experiments.experiment import Experiment
from monody.models.batches import Part
from monody.models.devices import choose_devices
from monody.models.saved_model import TrainedModel
from monody.settings.model import ModelSettings
from monody.settings.training import NONE
from monody.temporary import TemporaryFolder
from monody.training.fit import fit
from monody.training.footprint import within_memory
from monody.training.one_training import Trainee, Training
from monody.training.presets import fill_in, tell_nobody
from monody.training.sides import kept_sides


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
    sides = kept_sides(experiment, test=False)
    model, settings = fill_in(
        ModelSettings(encoding=record.model.encoding, dropout=record.model.dropout),
        replace(record.training, base=NONE),
        sides.train.note_count,
        tell_nobody,
    )
    settings = within_memory(model, settings, sides.train, tell_nobody)
    record = replace(record, model=model, training=settings)
    used = choose_devices()
    folder = TemporaryFolder(experiment.folder)
    try:
        made = Experiment(folder.path)
        training = Training(made, sides, record, used)
        with used.scope():
            fit(
                Trainee.of(training),
                training,
                callbacks=callbacks,
                part=Part(index=0, count=1, devices=used.count),
            )
        made.model_path.replace(path)
    finally:
        folder.remove()
    return TrainedModel(path)
