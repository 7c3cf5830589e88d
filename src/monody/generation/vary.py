"""Making a melody again, or something like it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError, SettingError
from monody.experiments.base import base_experiment, open_experiment
from monody.experiments.experiment import MODEL_FILE, Experiment
from monody.generation.collapse import collapse_of
from monody.generation.generate import Generation, with_seed, write_pieces
from monody.generation.primers import fitted
from monody.generation.provenance import Provenance, read_provenance
from monody.generation.retries import MelodyWriter
from monody.generation.rewrite import Rewrite, Rewriter
from monody.generation.writer import Writer
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.settings.sampling import SampleSettings
from monody.settings.training import BASE

PathLike = str | os.PathLike[str]
OF_A_RUN = frozenset(("best_of", "prime_bars"))  # not of one melody
# Settings that a rewrite would not heed: the melody has its own.
NOT_OF_REWRITES = frozenset(
    ("bars", "file_length", "free", "meter", "bpm", "density", "start", "prime_bars",
     "with_primer", "best_of", "midi_instrument")
)  # fmt: skip


def again(path: PathLike, experiment_dir: PathLike | None = None) -> Generation:
    """Make a generated melody again: the same bytes, on the same machine.

    Args:
        path: A file that monody wrote.
        experiment_dir: Where its model is now; by default where it was.

    Raises:
        MonodyError: If the file has no passport, or its model is not there.
    """
    passport = read_provenance(Path(path))
    experiment = _experiment_of(passport, experiment_dir)
    if experiment.load().fingerprint != passport.model:
        raise MonodyError(
            f"{experiment.model_name!r} is not the model that {str(path)!r} was made "
            "with: name that one with --experiment_dir"
        )
    model = experiment.load()
    writer: MelodyWriter = Writer(model, passport.settings)
    if passport.rewrite is not None:
        writer = _rewriter(model, passport.settings, passport.rewrite)
    made = write_pieces(
        experiment, writer, passport.settings, lambda *_: passport.primer,
        [passport.index], passport.attempt, guarded=False,
    )  # fmt: skip
    # The path is part of the passport, and so of the bytes.
    lay = {**made.made_from, "model": passport.model_path}
    return replace(made, made_from=lay, rewrite=passport.rewrite)


def vary(
    path: PathLike,
    changes: dict[str, Any] | None = None,
    how: Rewrite | None = None,
    experiment_dir: PathLike | None = None,
) -> Generation:
    """Make something like a melody.

    Args:
        path: A file that monody wrote; to rewrite, any MIDI file.
        changes: Settings that change. Without a rewrite all else stays: the seed, too,
            unless it is named here.
        how: What to keep and what to write anew; ``num_files`` times, once by default,
            from a new seed unless it is named.
        experiment_dir: The model; by default the one that the file was made with, or
            the most recent one.

    Raises:
        MonodyError: If the file has no passport, its model is not there, or no melody
            can be all that is asked for.
    """
    changes = dict(changes or {})
    if how is None:
        return _changed(Path(path), changes, experiment_dir)
    for name in sorted(NOT_OF_REWRITES.intersection(changes)):
        raise SettingError(
            f"{name} is for melodies that are written whole: leave it out of a rewrite"
        )
    melody = read_melody(Path(path))
    if how.to_key is not None:
        changes.setdefault("key", how.to_key)  # of notes that are new, too
    try:
        passport = read_provenance(Path(path))
        if how.from_key is None:
            how = replace(how, from_key=passport.settings.key)
        experiment = _experiment_of(passport, experiment_dir)
    except MonodyError:
        experiment = open_experiment(experiment_dir)
    settings = with_seed(SampleSettings(**{"num_files": 1, **changes}))
    rewrite = {"how": how.to_json(), "melody": _melody_json(melody)}
    made = write_pieces(
        experiment,
        _rewriter(experiment.load(), settings, rewrite),
        settings,
        lambda *_: None,
        list(range(settings.num_files)),
        guarded=collapse_of(melody) is None,
    )
    return replace(made, rewrite=rewrite)


def _changed(
    path: Path, changes: dict[str, Any], experiment_dir: PathLike | None
) -> Generation:
    """Write a generated melody with some settings changed."""
    for name in sorted(OF_A_RUN.intersection(changes)):
        raise SettingError(f"{name} is for `monody sample`, not for one melody")
    passport = read_provenance(path)
    if passport.rewrite is not None:
        raise MonodyError(
            f"{str(path)!r} is a rewrite: name what to keep (--keep, --replace, "
            "--to_meter, --to_key), or vary the file that it was made of"
        )
    if changes.get("num_files", 1) != 1:
        raise SettingError(
            "num_files must be 1 where a setting changes, not "
            f"{changes['num_files']}: the same seed writes one melody"
        )
    if not changes:
        raise MonodyError(
            "nothing is to change: name a setting, such as --temperature 0.8, or what "
            "to keep, such as --keep rhythm; `monody again` makes the same"
        )
    if "bars" not in changes and "file_length" in changes:
        changes["bars"] = None
    settings = replace(passport.settings, **{**changes, "num_files": 1})
    experiment = _experiment_of(passport, experiment_dir)
    primer = passport.primer if settings.start == "primer" else None
    if primer is not None:
        primer = fitted(primer, settings)
    return write_pieces(
        experiment, Writer(experiment.load(), settings), settings,
        lambda *_: primer, [passport.index], passport.attempt,
    )  # fmt: skip


def _experiment_of(passport: Provenance, experiment_dir: PathLike | None) -> Experiment:
    """Open the model that was named, or the one that a melody was made with."""
    if experiment_dir is not None:
        return open_experiment(experiment_dir)
    if passport.model_path == BASE:
        return base_experiment()
    path = Path(passport.model_path)
    if not path.is_file():
        raise MonodyError(
            f"the model is no longer where it was, {str(path)!r}: name it with "
            "--experiment_dir"
        )
    inside = path.name == MODEL_FILE
    return Experiment.open(path.parent if inside else path)


def _rewriter(
    model: TrainedModel, settings: SampleSettings, rewrite: dict[str, Any]
) -> Rewriter:
    melody = _melody_from(rewrite["melody"])
    return Rewriter(model, settings, melody, Rewrite.from_json(rewrite["how"]))


def _melody_json(melody: Melody) -> dict[str, Any]:
    return {
        "notes": melody.notes.tolist(),
        "meters": [list(meter) for meter in melody.meters],
        "bpm": melody.bpm,
        "key": melody.key,
        "program": melody.program,
    }


def _melody_from(saved: dict[str, Any]) -> Melody:
    values = dict(saved)
    meters = tuple(Meter(*meter) for meter in values.pop("meters"))
    return Melody(meters=meters, source="monody", **values)
