"""The work of a training: fitting, stops on the way, and the scores at the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from monody.experiments.experiment import Experiment
from monody.experiments.training_state import TrainingState
from monody.models import processes
from monody.models.batches import Part
from monody.models.keras_network import start_from
from monody.models.on_demand import OnDemandSet
from monody.models.saved_model import TrainedModel
from monody.models.surprisal import Score
from monody.training.divergence import DivergedError
from monody.training.fit import Start, fit
from monody.training.held_out_scores import write_scores
from monody.training.one_training import Trainee, Training
from monody.training.presets import tell_nobody


class TrainingStopped(KeyboardInterrupt):
    """Ctrl-C, where there is no scored model yet.

    Args:
        experiment: What ``resume`` goes on with.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.experiment = experiment


def train_network(
    training: Training,
    callbacks: Sequence[Any],
    state: TrainingState | None = None,
    explain: Callable[[str], None] = tell_nobody,
) -> None:
    """Train from the beginning, or go on from where training was, and score.

    Args:
        training: What to learn, how and where.
        callbacks: Further Keras callbacks.
        state: How far training came, to go on from the experiment's checkpoint.
        explain: Called with how good the base is, where one is fine-tuned.

    Raises:
        DivergedError: If a loss or a weight is NaN or infinite.
        TrainingStopped: At Ctrl-C, unless there is a model that could be scored.
    """
    if isinstance(training.sides.train, OnDemandSet):
        training.sides.train.tell()
    with training.devices.scope():
        trainee = Trainee.of(training)
        try:
            start = _start(trainee, training, state, explain)
            whole = _fitted(trainee, training, start, callbacks)
            if whole:
                processes.any_of(False)  # once the first has written its last file
            write_scores(
                training.experiment,
                training.sides,
                training.vocabulary,
                divided=whole,
            )
        except KeyboardInterrupt:
            raise TrainingStopped(training.experiment) from None


def _start(
    trainee: Trainee,
    training: Training,
    state: TrainingState | None,
    explain: Callable[[str], None],
) -> Start:
    """Return where training begins; the weights of a base are taken and judged."""
    untrained = state is None or (state.epoch, state.batch) == (0, 0)
    if not (training.settings.fine_tunes and untrained):
        return Start(state=state)
    base = TrainedModel(training.experiment.base_path)
    start_from(trainee.network, base.layers)
    best, held_out = math.inf, training.sides.validation
    if held_out is not None:
        best = Score.of(base.surprisal(held_out), held_out).bits_per_note
        explain(f"the base alone: {best:.2f} bits per note, held-out")
    return Start(state, best, is_model=True)


def _fitted(
    trainee: Trainee, training: Training, start: Start, callbacks: Sequence[Any]
) -> bool:
    """Fit the network; tell whether to the end, or as far as there is a model to score.

    Raises:
        KeyboardInterrupt: If it was asked to stop, and there is none.
        DivergedError: As ``fit`` does; it says where the best weights are.
    """
    experiment = training.experiment
    part = Part(processes.index(), processes.count(), training.devices.count)
    try:
        fit(trainee, training, callbacks=callbacks, start=start, part=part)
    except DivergedError as error:
        if not experiment.model_path.exists():
            raise
        kept = f"the best weights before that are in {str(experiment.folder)!r}"
        raise DivergedError(f"{error}; {kept}") from error
    except KeyboardInterrupt:
        # To score takes longer than several processes wait for each other.
        if not experiment.model_path.exists() or processes.count() > 1:
            raise
        return False
    return True
