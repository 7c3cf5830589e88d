"""Fitting the network: ``model.fit`` with Keras callbacks.

Every event of every training melody is a target once an epoch, a share of them in
another key; after each epoch the validation melodies are scored as they are, and that
figure alone decides which weights are kept, when the learning rate falls and when
training stops.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from monody import seeds
from monody.ending import Stoppable
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.experiments.training_state import TrainingState
from monody.models.backend import keras
from monody.models.batches import (
    MAX_PAIRS,
    WHOLE,
    Batches,
    EncodedSet,
    MelodySet,
    Part,
)
from monody.models.divided_rows import DividedModel
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
from monody.training.optimizer import make_optimizer
from monody.training.prefetch import Prefetched


@dataclass(frozen=True)
class Sides:
    """The melodies of a training; a side that is held out may be empty."""

    train: MelodySet
    validation: EncodedSet | None = None  # chooses the best weights
    test: EncodedSet | None = None


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


def fit(
    network: Any,
    sides: Sides,
    settings: TrainSettings,
    experiment: Experiment,
    save: Callable[[Path], None],
    *,
    callbacks: Sequence[Any] = (),
    state: TrainingState | None = None,
    best: float = math.inf,
    begins_with_model: bool = False,
    learner: Any = None,
    part: Part = WHOLE,
) -> None:
    """Fit the network, from the first epoch or from where training was.

    Args:
        network: What ``build_model`` built.
        sides: The melodies to train on, and those to choose the best weights by.
        settings: How to train.
        experiment: Where models, checkpoint and history go.
        save: Writes the network to a path.
        callbacks: Further Keras callbacks.
        state: How far training came, to go on from the experiment's checkpoint.
        best: Held-out bits per note of the network as it is.
        begins_with_model: Whether the network as it is counts as the best so far.
        learner: The same network with numbers of 16 bits, or divided among devices,
            where there is one: it learns, and the network takes its weights to be
            judged and saved.
        part: The part of each batch that this process makes. The first one writes.

    Raises:
        DivergedError: If a loss or a weight is NaN or infinite.
        KeyboardInterrupt: If it was asked to stop, once the checkpoint is written.
    """
    data = TrainingData(sides.train, settings, part)
    writes = part.index == 0
    own: list[Any] = []
    if learner is not None:
        learner.set_weights(network.get_weights())
        own.append(TakeWeights(network, learner))
    models = SaveModels(save, experiment.model_path, experiment.last_path, best, writes)
    parts: list[Remembers] = [
        models,
        Stopwatch(settings.max_minutes, lambda: data.waited),
        Plateau(required(settings.patience), settings.schedule == PLATEAU),
    ]
    if writes:
        parts.append(HistoryTable(experiment.history_path))
    curves = TensorBoardLog(experiment.tensorboard_path)
    divergence = Divergence(settings)
    evaluator = Evaluator(sides.validation) if sides.validation else None
    with Stoppable() as work, closing(curves), closing(data):
        checkpoint = KeepCheckpoint(
            experiment.checkpoint_path, parts, work, divergence, writes
        )
        own += [
            divergence,
            keras.callbacks.LambdaCallback(lambda epoch, _: data.draw(epoch)),
            HeldOutScore(network, evaluator, divergence),
            *parts,
            *([KeepMilestones(experiment), curves] if writes else []),
            *callbacks,
            checkpoint,
        ]
        if begins_with_model and writes:
            # After the checkpoint: whoever is stopped between the two goes on from it.
            first = partial(save, experiment.model_path)
            own.append(keras.callbacks.LambdaCallback(on_train_begin=lambda _: first()))
        trainee = compiled(learner or network, settings)
        if settings.schedule == COSINE:
            first_rate = float(trainee.optimizer.learning_rate)
            # After the checkpoint, which puts back the rate of the epoch before.
            own.append(CosineRate(settings.num_epochs, first_rate))
        fit_epochs = partial(trainee.fit, data, shuffle=False, verbose=0, callbacks=own)
        epoch = 0
        if state is not None:
            checkpoint.go_on_from(state)
            epoch, data.first_batch = state.epoch, state.batch
        try:
            if data.first_batch:  # the rest of an epoch
                fit_epochs(initial_epoch=epoch, epochs=epoch + 1)
                epoch, data.first_batch = epoch + 1, 0
            if epoch < settings.num_epochs and not trainee.stop_training:
                fit_epochs(initial_epoch=epoch, epochs=settings.num_epochs)
        except KeyboardInterrupt:
            models.save_last()
            raise
        models.save_last()


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
