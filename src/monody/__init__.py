"""monody learns from a folder of MIDI files and writes new melodies.

    import monody

    corpus = monody.read_corpus("data/midi")
    experiment = monody.train(corpus)
    monody.generate(experiment, monody.SampleSettings(num_files=3, seed=7)).save()

Everything the command line does, these functions do. Importing monody is quick: Keras
comes with the first function that needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from monody.attempts import Piece
    from monody.base import open_experiment
    from monody.corpus import Corpus, read_corpus
    from monody.errors import MonodyError, SettingError
    from monody.events import Events, Vocabulary
    from monody.experiment import Experiment
    from monody.generation import Generation, generate
    from monody.melody import Melody, Meter, Note
    from monody.melody_store import MelodyStore
    from monody.midi_write import midi_bytes, write_midi
    from monody.primers import Primer
    from monody.public_domain import write_collection
    from monody.resemblance import Resemblance, compare
    from monody.rewrite import Rewrite
    from monody.runs import Run, list_runs
    from monody.sample_settings import SampleSettings
    from monody.scorecard import Scorecard, evaluate
    from monody.settings import (
        ModelSettings,
        ReadSettings,
        TrainSettings,
    )
    from monody.split import Split, split_corpus
    from monody.trained_model import TrainedModel
    from monody.training import resume, train
    from monody.variation import again, vary
    from monody.verdicts import Verdict

_HOMES = {
    "base": ("open_experiment",),
    "corpus": ("Corpus", "read_corpus"),
    "errors": ("MonodyError", "SettingError"),
    "events": ("Events", "Vocabulary"),
    "experiment": ("Experiment",),
    "attempts": ("Piece",),
    "generation": ("Generation", "generate"),
    "melody": ("Melody", "Meter", "Note"),
    "melody_store": ("MelodyStore",),
    "midi_write": ("midi_bytes", "write_midi"),
    "public_domain": ("write_collection",),
    "primers": ("Primer",),
    "sample_settings": ("SampleSettings",),
    "settings": ("ModelSettings", "ReadSettings", "TrainSettings"),
    "split": ("Split", "split_corpus"),
    "resemblance": ("Resemblance", "compare"),
    "rewrite": ("Rewrite",),
    "runs": ("Run", "list_runs"),
    "scorecard": ("Scorecard", "evaluate"),
    "trained_model": ("TrainedModel",),
    "training": ("resume", "train"),
    "variation": ("again", "vary"),
    "verdicts": ("Verdict",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used (PEP 562)."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'monody' has no attribute {name!r}")
    return getattr(importlib.import_module(f"monody.{_HOME_OF[name]}"), name)


__all__ = [
    "Corpus", "Events", "Experiment", "Generation", "Melody", "MelodyStore", "Meter",
    "ModelSettings", "MonodyError", "Note", "Piece", "Primer", "ReadSettings",
    "Resemblance", "Rewrite", "Run", "SampleSettings", "Scorecard", "SettingError",
    "Split", "TrainSettings", "TrainedModel", "Verdict", "Vocabulary", "again",
    "compare", "evaluate", "generate", "list_runs", "midi_bytes", "open_experiment",
    "read_corpus",
    "resume", "split_corpus", "train", "vary", "write_collection", "write_midi",
]  # fmt: skip
