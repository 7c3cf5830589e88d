"""Training: from a corpus to an experiment with a trained network.

``model.fit`` with Keras callbacks. Every event of every training melody is a target
once an epoch, each time in another transposition; after each epoch the validation
melodies are scored as they are, and that figure alone decides which weights are kept,
when the learning rate falls and when training stops. The test melodies are scored once,
at the end.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from os import PathLike
from typing import Any

import numpy as np

from monody.backend import keras
from monody.batches import Batches, EncodedSet, encode_set
from monody.callbacks import (
    HELD_OUT_BITS,
    HeldOutScore,
    HistoryTable,
    SaveModels,
    TensorBoardLog,
    TimeLimit,
)
from monody.corpus import Corpus, require_melodies
from monody.evaluate import Evaluator, network_inputs
from monody.events import HOLD, REST, Vocabulary
from monody.experiment import (
    HELD_OUT,
    LAST_FILE,
    Experiment,
    load_model,
    now,
    save_model,
)
from monody.files import write_text
from monody.melody_store import MelodyStore
from monody.model import build_model
from monody.references import bigram_score
from monody.settings import ModelSettings, TrainSettings
from monody.split import Split, split_corpus

# Each optimizer's own rate. Keras's defaults are too low for this network, for some of
# the optimizers by far: benchmarks/README.md has the figures.
LEARNING_RATES = {
    "sgd": 0.3,
    "rmsprop": 0.002,
    "adagrad": 0.03,
    "adadelta": 1.0,
    "adam": 0.003,
    "adamax": 0.006,
    "nadam": 0.003,
}


def train(
    corpus: Corpus,
    settings: TrainSettings | None = None,
    *,
    model: ModelSettings | None = None,
    experiment_dir: str | PathLike[str] | None = None,
    message: str | None = None,
    callbacks: Sequence[Any] = (),
) -> Experiment:
    """Train a network on a corpus.

    Args:
        corpus: What to learn from.
        settings: How to train.
        model: What the network looks like.
        experiment_dir: The folder to write; by default the next number in
            ``experiments/``.
        message: A note to self, kept in ``message.txt``.
        callbacks: Further Keras callbacks; the logs they see hold ``bits_per_note`` and
            ``val_bits_per_note``.

    Returns:
        The experiment, with the best weights by held-out bits per note. Ctrl-C after
        the first epoch ends training early.

    Raises:
        MonodyError: If the corpus has no melody, or the folder holds a model already.
    """
    settings = settings or TrainSettings()
    model = model or ModelSettings()
    melodies = require_melodies(corpus).melodies
    split = split_corpus(corpus, settings.seed)
    vocabulary = Vocabulary(model.encoding)
    sets = _encode_sides(melodies, split, vocabulary)
    experiment = Experiment.create(experiment_dir)
    passport = {
        "settings": {
            "reading": corpus.settings.to_json(),
            "model": model.to_json(),
            "training": settings.to_json(),
        },
        **_about_data(melodies, split, sets["train"], vocabulary),
        "versions": _versions(),
    }
    _write_records(experiment, corpus, split, passport, message)

    keras.utils.set_random_seed(settings.seed)
    network = build_model(model, vocabulary)

    def save(path: Any) -> None:
        save_model(network, vocabulary, passport, path)

    try:
        _fit(network, sets, settings, experiment, save, callbacks)
    except KeyboardInterrupt:
        if not experiment.model_path.exists():
            raise
    _write_scores(experiment, sets, vocabulary)
    return experiment


def _encode_sides(
    melodies: MelodyStore, split: Split, vocabulary: Vocabulary
) -> dict[str, EncodedSet]:
    """Encode each side of the split that has melodies."""
    return {
        side: encode_set(melodies, vocabulary, indices)
        for side, indices in asdict(split).items()
        if indices
    }


def _about_data(
    melodies: MelodyStore, split: Split, train: EncodedSet, vocabulary: Vocabulary
) -> dict[str, Any]:
    """Say what a model must know of its data in order to sample."""
    return {
        "data_fingerprint": melodies.fingerprint(),
        "usual": _usual(melodies, split),
        "seen": _seen(train, vocabulary),
    }


def _usual(melodies: MelodyStore, split: Split) -> dict[str, Any]:
    """Return the commonest meter and the median tempo of the training melodies."""
    chosen = list(split.train)
    meters = Counter(str(melodies.first_meter(index)) for index in chosen)
    meter, _ = meters.most_common(1)[0]
    return {"meter": meter, "bpm": float(np.median(melodies.info["bpm"][chosen]))}


def _seen(train: EncodedSet, vocabulary: Vocabulary) -> dict[str, list[int]]:
    """List what the training melodies use: ``rules`` allows nothing else."""
    ticks = np.array(vocabulary.durations)
    notes = train.pitch < REST
    pitches = train.pitch[notes]
    kinds = {"note": notes, "rest": train.pitch == REST, "hold": train.pitch == HOLD}
    used = {
        f"{kind}_ticks": np.unique(ticks[train.duration[events]]).tolist()
        for kind, events in kinds.items()
    }
    return {
        **used,
        "pitch_range": [int(pitches.min()), int(pitches.max())],
    }


def _versions() -> dict[str, str]:
    """Return the versions that a figure may depend on."""
    packages = ("monody", "keras", "jax", "numpy", "symusic")
    return {
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def _write_records(
    experiment: Experiment,
    corpus: Corpus,
    split: Split,
    passport: dict[str, Any],
    message: str | None,
) -> None:
    """Write down everything about the training that is known before it starts."""
    melodies = corpus.melodies
    named = {
        side: [_melody_name(melodies, index) for index in indices]
        for side, indices in asdict(split).items()
    }
    experiment.write_json("settings.json", {"started": now(), **passport})
    experiment.write_json("split.json", named)
    experiment.write_json("files.json", [item.to_json() for item in corpus.verdicts])
    melodies.take(split.held_out).save(experiment.folder / HELD_OUT)
    if message:
        write_text(experiment.folder / "message.txt", message)


def _melody_name(melodies: MelodyStore, index: int) -> dict[str, Any]:
    info = melodies.info[index]
    return {
        "file": melodies.sources[info["file"]],
        "track": int(info["track"]),
        "piece": int(info["piece"]),
    }


class _TrainingData(keras.utils.PyDataset):
    """The training batches for ``fit``, drawn anew before each epoch."""

    def __init__(self, encoded: EncodedSet, settings: TrainSettings) -> None:
        super().__init__()
        self._batches = Batches(encoded, settings.batch_size, settings.window_size)
        self._seed = settings.seed
        self._epoch = 0
        self._shuffle()

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> tuple[Any, Any, Any]:
        """Return inputs, targets and weights; weighted sums are nats per note."""
        batch = self._batches[index]
        weight = np.float32(1 / max(batch.note_count, 1))
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

    def on_epoch_end(self) -> None:
        """Draw the next epoch."""
        self._epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        self._batches.shuffle(np.random.default_rng([self._seed, self._epoch]))


def _fit(
    network: Any,
    sets: dict[str, EncodedSet],
    settings: TrainSettings,
    experiment: Experiment,
    save: Any,
    callbacks: Sequence[Any],
) -> None:
    """Compile and fit, the optimizer kept out of the network: saved files are small."""
    validation = sets.get("validation")
    evaluator = Evaluator(validation) if validation else None
    trainee = keras.Model(network.input, network.output)
    losses = {
        head: keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="sum"
        )
        for head in ("pitch", "duration")
    }
    trainee.compile(optimizer=_optimizer(settings), loss=losses)
    own: list[Any] = [
        HeldOutScore(network, evaluator),
        SaveModels(save, experiment.model_path, experiment.folder / LAST_FILE),
        TensorBoardLog(experiment.folder / "tensorboard-logs"),
        HistoryTable(experiment.folder / "history.csv"),
        *callbacks,
    ]
    if evaluator is not None:
        own += [
            keras.callbacks.ReduceLROnPlateau(
                HELD_OUT_BITS,
                factor=0.5,
                patience=max(settings.patience // 3, 1),
                mode="min",
                min_delta=0.005,
            ),
            keras.callbacks.EarlyStopping(
                HELD_OUT_BITS, patience=settings.patience, mode="min"
            ),
        ]
    if settings.max_minutes is not None:
        own.append(TimeLimit(settings.max_minutes))
    data = _TrainingData(sets["train"], settings)
    trainee.fit(
        data, epochs=settings.num_epochs, shuffle=False, verbose=0, callbacks=own
    )


def _optimizer(settings: TrainSettings) -> Any:
    """Make the optimizer that the settings name."""
    rate = settings.learning_rate or LEARNING_RATES[settings.optimizer]
    config = {
        "learning_rate": rate,
        "global_clipnorm": settings.grad_clip or None,
    }
    return keras.optimizers.deserialize(
        {"class_name": settings.optimizer, "config": config}
    )


def _write_scores(
    experiment: Experiment, sets: dict[str, EncodedSet], vocabulary: Vocabulary
) -> None:
    """Score the best weights and the bigram on the held-out melodies."""
    best = load_model(experiment.model_path)
    scores = {}
    for side in ("validation", "test"):
        if side in sets:
            network = Evaluator(sets[side]).score(best.network)
            bigram = bigram_score(sets["train"], sets[side], vocabulary)
            scores[side] = {
                **network.to_json(),
                "references": {"bigram": bigram.to_json()},
            }
    experiment.write_json("scores.json", scores)
