"""Fitting the network: ``model.fit`` with Keras callbacks.

Every event of every training melody is a target once an epoch, a share of them in
another key; after each epoch the validation melodies are scored as they are, and that
figure alone decides which weights are kept, when the learning rate falls and when
training stops.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from monody import seeds
from monody.ending import Stoppable
from monody.errors import MonodyError
from monody.experiments.training_state import TrainingState
from monody.models.backend import keras
from monody.models.batches import MAX_PAIRS, WHOLE, Batches, Part
from monody.models.divided_rows import DividedModel
from monody.models.encoded_set import MelodySet
from monody.models.keras_likelihood import Evaluator
from monody.models.likelihood import network_inputs
from monody.settings.base import required
from monody.settings.training import COSINE, PLATEAU, TrainSettings
from monody.training.callbacks import (
    CosineRate,
    HeldOutScore,
    HistoryTable,
    KeepMilestones,
    Plateau,
    Remembers,
    SaveModels,
    Stopwatch,
    TakeWeights,
    TensorBoardLog,
)
from monody.training.checkpointing import KeepCheckpoint
from monody.training.divergence import Divergence
from monody.training.one_training import Trainee, Training
from monody.training.optimizer import make_optimizer
from monody.training.prefetch import Prefetched
from monody.training.sides import Sides


class TrainingData(keras.utils.PyDataset):
    """The training batches of an epoch for ``fit``, made while it learns.

    Args:
        encoded: The melodies.
        settings: How to train.
        part: The part of each batch that is made here.
    """

    def __init__(
        self, encoded: MelodySet, settings: TrainSettings, part: Part = WHOLE
    ) -> None:
        super().__init__()
        self.first_batch = 0  # those before it are done already
        self._batches = Batches(
            encoded,
            required(settings.batch_size),
            settings.window_size,
            max_pairs=settings.max_pairs or MAX_PAIRS,
            part=part,
        )
        self._seed = settings.seed
        self._transpose = settings.transpose, settings.transpose_octaves
        self._ahead: Prefetched[tuple[Any, Any, Any]] | None = None

    def draw(self, epoch: int) -> None:
        """Draw the order and the transpositions of an epoch, always the same ones."""
        self.close()
        self._batches.shuffle(seeds.epoch(self._seed, epoch), *self._transpose)
        self._ahead = Prefetched(self._made, len(self))

    @property
    def waited(self) -> float:
        """Seconds of this epoch in which training waited for its next batch."""
        return self._ahead.waited if self._ahead is not None else 0.0

    def close(self) -> None:
        """Make no further batches of this epoch."""
        if self._ahead is not None:
            self._ahead.close()

    def __len__(self) -> int:
        left = len(self._batches) - self.first_batch
        if left < 1:
            raise MonodyError(
                f"the checkpoint is no batch of this training: it has done "
                f"{self.first_batch} of {len(self._batches)} in its epoch; train "
                "again, or name another --experiment_dir"
            )
        return left

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        """Return inputs, targets and weights; weighted sums are nats per note.

        Keras asks for the first before the epoch is drawn, to see what batches are
        like; and then for one after the other.
        """
        return self._made(index) if self._ahead is None else self._ahead.next()

    def _made(self, index: int) -> tuple[Any, Any, Any]:
        index += self.first_batch
        batch = self._batches[index]
        weight = np.float32(1 / max(self._batches.notes_in(index), 1))
        # The last axis keeps Keras from taking logits over one duration for figures.
        targets = {
            "pitch": batch.pitch[..., None],
            "duration": batch.duration[..., None],
        }
        weights = {
            "pitch": batch.pitch_counts * weight,
            "duration": batch.duration_counts * weight,
        }
        return network_inputs(batch), targets, weights


@dataclass(frozen=True)
class Start:
    """Where a training begins: with new weights, a base's, or where it was stopped."""

    state: TrainingState | None = None  # how far it came, to go on from the checkpoint
    best: float = math.inf  # held-out bits per note of the network as it is
    is_model: bool = False  # whether the network as it is counts as the best so far


def fit(
    trainee: Trainee,
    training: Training,
    *,
    callbacks: Sequence[Any] = (),
    start: Start | None = None,
    part: Part = WHOLE,
) -> None:
    """Fit the network, from the first epoch or from where training was.

    Args:
        trainee: The network.
        training: What to learn and how, and where models, checkpoint and history go.
        callbacks: Further Keras callbacks.
        start: Where training begins; by default with the weights as they are.
        part: The part of each batch that this process makes. The first one writes.

    Raises:
        DivergedError: If a loss or a weight is NaN or infinite.
        KeyboardInterrupt: If it was asked to stop, once the checkpoint is written.
    """
    settings, experiment = training.settings, training.experiment
    start, writes = start or Start(), part.index == 0
    data = TrainingData(training.sides.train, settings, part)
    models = SaveModels(
        trainee.save, experiment.model_path, experiment.last_path, start.best, writes
    )
    curves = TensorBoardLog(experiment.tensorboard_path)
    divergence = Divergence(settings)
    with Stoppable() as work, closing(curves), closing(data):
        remembering = _remembering(models, training, data, writes)
        checkpoint = KeepCheckpoint(
            experiment.checkpoint_path, remembering, work, divergence, writes
        )
        learner = compiled(trainee.learner or trainee.network, settings)
        in_order = [
            *_handing_over(trainee),
            divergence,
            keras.callbacks.LambdaCallback(lambda epoch, _: data.draw(epoch)),
            HeldOutScore(trainee.network, _evaluator(training.sides), divergence),
            *remembering,
            *([KeepMilestones(experiment), curves] if writes else []),
            *callbacks,
            checkpoint,
            *_after_checkpoint(trainee, training, learner, start.is_model and writes),
        ]
        if start.state is not None:
            checkpoint.go_on_from(start.state)
        try:
            _fit_epochs(learner, data, settings.num_epochs, start.state, in_order)
        except KeyboardInterrupt:
            models.save_last()
            raise
        models.save_last()


def _remembering(
    models: SaveModels, training: Training, data: TrainingData, writes: bool
) -> list[Remembers]:
    """Return the callbacks whose memory the checkpoint keeps."""
    settings = training.settings
    remembering: list[Remembers] = [
        models,
        Stopwatch(settings.max_minutes, lambda: data.waited),
        Plateau(required(settings.patience), settings.schedule == PLATEAU),
    ]
    if writes:
        remembering.append(HistoryTable(training.experiment.history_path))
    return remembering


def _evaluator(sides: Sides) -> Evaluator | None:
    """Return what scores the validation melodies, if there are any."""
    return Evaluator(sides.validation) if sides.validation else None


def _handing_over(trainee: Trainee) -> list[Any]:
    """Give the learner the network's weights; return the callback that takes them back.

    None is needed where the network itself learns.
    """
    if trainee.learner is None:
        return []
    trainee.learner.set_weights(trainee.network.get_weights())
    return [TakeWeights(trainee.network, trainee.learner)]


def _after_checkpoint(
    trainee: Trainee, training: Training, learner: Any, saves_first: bool
) -> list[Any]:
    """Return the callbacks that come after the one that keeps the checkpoint.

    Args:
        trainee: The network.
        training: Where it goes, and how it is trained.
        learner: Ready to learn.
        saves_first: Whether the network as it is, is the first model.
    """
    after = []
    if saves_first:
        # Whoever is stopped between the checkpoint and this goes on from it.
        first = partial(trainee.save, training.experiment.model_path)
        after.append(keras.callbacks.LambdaCallback(on_train_begin=lambda _: first()))
    if training.settings.schedule == COSINE:
        # The checkpoint puts back the rate of the epoch before.
        first_rate = float(learner.optimizer.learning_rate)
        after.append(CosineRate(training.settings.num_epochs, first_rate))
    return after


def _fit_epochs(
    learner: Any,
    data: TrainingData,
    num_epochs: int,
    state: TrainingState | None,
    callbacks: Sequence[Any],
) -> None:
    """Learn for the rest of the epoch that training was in, and then for all others."""
    fit_epochs = partial(
        learner.fit, data, shuffle=False, verbose=0, callbacks=callbacks
    )
    epoch = 0
    if state is not None:
        epoch, data.first_batch = state.epoch, state.batch
    if data.first_batch:
        fit_epochs(initial_epoch=epoch, epochs=epoch + 1)
        epoch, data.first_batch = epoch + 1, 0
    if epoch < num_epochs and not learner.stop_training:
        fit_epochs(initial_epoch=epoch, epochs=num_epochs)


def compiled(network: Any, settings: TrainSettings) -> Any:
    """Make a network ready to learn, the optimizer kept out of it: files are small.

    Args:
        network: What ``build_model`` built; divided, within the scope of several
            devices.
        settings: How to train.
    """
    several = keras.distribution.distribution() is not None
    kind = DividedModel if several else keras.Model
    trainee = kind(network.input, network.output)
    losses = {
        head: keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="sum"
        )
        for head in ("pitch", "duration")
    }
    trainee.compile(optimizer=make_optimizer(settings), loss=losses)
    return trainee
