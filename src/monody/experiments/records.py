"""What is written down about a training before it starts.

All that is needed to sample from the model goes into its file, too; that part is called
its passport.
"""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.corpus.corpus import Corpus
from monody.corpus.split import Split
from monody.errors import MonodyError, SettingError
from monody.experiments.corpus_style import usual_endings, usual_repeats
from monody.experiments.experiment import (
    HELD_OUT,
    SETTINGS_FILE,
    TRAINING,
    Experiment,
    now,
)
from monody.files import write_text
from monody.models.batches import EncodedSet
from monody.models.events import HOLD, REST, Vocabulary
from monody.models.saved_model import TrainedModel
from monody.music.melody_store import MelodyStore
from monody.settings.model import ModelSettings
from monody.settings.training import TrainSettings

OF_THE_FOLDER = ("started", "data_dir")  # in settings.json, not in the passport


def make_passport(
    corpus: Corpus,
    split: Split,
    train: EncodedSet,
    model: ModelSettings,
    training: TrainSettings,
    base: TrainedModel | None = None,
) -> dict[str, Any]:
    """Say what a model must know of its making in order to sample, as JSON values.

    Args:
        corpus: All melodies.
        split: Which of them are trained on.
        train: Those, encoded.
        model: What the network looks like.
        training: How it is trained.
        base: What it is fine-tuned from.
    """
    melodies = corpus.melodies
    return {
        "settings": {
            "reading": corpus.settings.to_json(),
            "model": model.to_json(),
            "training": training.to_json(),
        },
        "base_sha256": base.fingerprint if base else None,
        "data_fingerprint": melodies.fingerprint(),
        "melodies": {side: len(indices) for side, indices in asdict(split).items()},
        "usual": {
            **_usual(melodies, split),
            **_usual_bars(train),
            "ends": usual_endings(melodies.take(split.train)),
        },
        "seen": _seen(train, Vocabulary(model.encoding)),
        "versions": versions(),
    }


def _usual(melodies: MelodyStore, split: Split) -> dict[str, Any]:
    """Return the commonest meter and the median tempo of the training melodies."""
    chosen = list(split.train)
    meters = Counter(str(melodies.first_meter(index)) for index in chosen)
    meter, _ = meters.most_common(1)[0]
    return {"meter": meter, "bpm": float(np.median(melodies.info["bpm"][chosen]))}


def _usual_bars(train: EncodedSet) -> dict[str, int]:
    """Return how many bars half of the training melodies have, and nine in ten."""
    end = train.ends - 1
    bars = train.bar[end] + (train.position[end] > 0)
    half, most = np.percentile(bars, (50, 90), method="closest_observation")
    return {"bars": int(half), "most_bars": int(most)}


def _note_ends(train: EncodedSet) -> NDArray[np.int64]:
    """Return how many notes there are up to the end of each melody."""
    notes: NDArray[np.int64] = np.cumsum(train.pitch < REST)
    return notes[train.ends - 1]


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
        "repeats": usual_repeats(pitches, _note_ends(train)),
    }


def versions() -> dict[str, str]:
    """Return the versions, here and now, that a figure may depend on."""
    packages = ("monody", "keras", "jax", "numpy", "symusic")
    return {
        "python": platform.python_version(),
        **{package: version(package) for package in packages},
    }


def write_records(
    experiment: Experiment,
    corpus: Corpus,
    split: Split,
    passport: dict[str, Any],
    message: str | None,
) -> None:
    """Write down everything about a training that is known before it starts.

    Args:
        experiment: Where to.
        corpus: All melodies, and what became of every file.
        split: The sides of the melodies.
        passport: What the model's file will hold, too.
        message: A note to self.
    """
    melodies = corpus.melodies
    named = {
        side: [_melody_name(melodies, index) for index in indices]
        for side, indices in asdict(split).items()
    }
    experiment.write_json("split.json", named)
    experiment.write_json("files.json", [item.to_json() for item in corpus.verdicts])
    melodies.take(split.train).save(experiment.folder / TRAINING)
    held_out = (*split.validation, *split.test)
    melodies.take(held_out).save(experiment.folder / HELD_OUT)
    if message:
        write_text(experiment.folder / "message.txt", message)
    # Where the data lay is written here only: a model's file may be given away.
    of_the_folder = {"started": now(), "data_dir": str(corpus.root.absolute())}
    experiment.write_json(SETTINGS_FILE, {**of_the_folder, **passport})


def saved_settings(record: dict[str, Any]) -> tuple[ModelSettings, TrainSettings]:
    """Return the settings in a passport, or in what ``settings.json`` says.

    Raises:
        MonodyError: If they are those of another version.
    """
    try:
        saved = record["settings"]
        model = ModelSettings.from_json(saved["model"])
        return model, TrainSettings.from_json(saved["training"])
    except (KeyError, TypeError, SettingError) as error:
        raise MonodyError(
            f"the settings saved are not those of this version of monody ({error}): "
            "train anew, or install the version that saved them"
        ) from error


def _melody_name(melodies: MelodyStore, index: int) -> dict[str, Any]:
    info = melodies.info[index]
    return {
        "file": melodies.sources[info["file"]],
        "track": int(info["track"]),
        "piece": int(info["piece"]),
    }
