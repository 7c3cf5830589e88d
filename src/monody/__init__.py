"""monody learns from a folder of MIDI files and writes new melodies.

    import monody

    corpus = monody.read_corpus("data/midi")
    experiment = monody.train(corpus)
    monody.generate(experiment, monody.SampleSettings(num_files=3, seed=7)).save()

Everything the command line does, these functions do. The names listed here are the
public API; the rooms behind them may change. Importing monody is quick: Keras comes
with training, which alone needs it.
"""

from __future__ import annotations

from monody import showing as _showing

TYPE_CHECKING = False  # the real one takes longer than all the rest to import

if TYPE_CHECKING:
    from typing import Any

    from monody.corpus.choices import all_lines, choose_files
    from monody.corpus.corpus import Corpus, read_corpus
    from monody.corpus.novelty import Novelty, SharedRun
    from monody.corpus.own_format import MelodyReader, read_own
    from monody.corpus.read_melody import read_melody
    from monody.corpus.split import Split, split_corpus
    from monody.corpus.verdicts import Verdict
    from monody.corpus.wording import FileRow, verdict_in_words
    from monody.errors import MonodyError, SettingError
    from monody.evaluation.evaluate import evaluate
    from monody.evaluation.sample_quality import Resemblance, compare
    from monody.evaluation.scorecard import Scorecard
    from monody.evaluation.wording import ModelRow, ScorecardWords, scorecard_in_words
    from monody.experiments.base import base_experiment, open_experiment
    from monody.experiments.base_tunes import write_collection
    from monody.experiments.experiment import Experiment
    from monody.experiments.novelty_index import KnownMelodies, known_melodies
    from monody.experiments.runs import Run, list_runs, read_run
    from monody.generation.constraints.own_rules import NoteRule, Place
    from monody.generation.dress import dress
    from monody.generation.generate import Generation, generate
    from monody.generation.known_names import KnownNames, known_names
    from monody.generation.primers import Primer
    from monody.generation.provenance import Provenance, read_provenance
    from monody.generation.retries import GeneratedMelody
    from monody.generation.rewrite import Rewrite
    from monody.generation.vary import again, vary
    from monody.models.events import Events, Vocabulary
    from monody.models.listener import Listener
    from monody.models.saved_model import TrainedModel
    from monody.music.general_midi import GENERAL_MIDI
    from monody.music.heard_form import form_letters
    from monody.music.key_finding import heard_key
    from monody.music.melody import Melody, Note
    from monody.music.melody_store import MelodyStore
    from monody.music.meter import TICKS_PER_QUARTER, Meter
    from monody.music.midi_file import (
        midi_bytes,
        read_velocities,
        velocities,
        write_midi,
    )
    from monody.music.note_values import parse_meter
    from monody.pages.melodies import Shown, show
    from monody.render.audio.banks import chosen_bank
    from monody.render.forms import render_melody
    from monody.settings.model import ModelSettings
    from monody.settings.reading import ReadSettings
    from monody.settings.sampling import SampleSettings
    from monody.settings.training import TrainSettings
    from monody.training.presets import Preset, preset_for
    from monody.training.resume import resume
    from monody.training.train import train

    __version__: str

# Where each public name is defined. A test compares it with the imports above, which
# type checkers and editors read, and with ``__all__``.
_HOMES = {
    "corpus.choices": ("all_lines", "choose_files"),
    "corpus.corpus": ("Corpus", "read_corpus"),
    "corpus.novelty": ("Novelty", "SharedRun"),
    "corpus.own_format": ("MelodyReader", "read_own"),
    "corpus.read_melody": ("read_melody",),
    "corpus.split": ("Split", "split_corpus"),
    "corpus.verdicts": ("Verdict",),
    "corpus.wording": ("FileRow", "verdict_in_words"),
    "errors": ("MonodyError", "SettingError"),
    "evaluation.evaluate": ("evaluate",),
    "evaluation.sample_quality": ("Resemblance", "compare"),
    "evaluation.scorecard": ("Scorecard",),
    "evaluation.wording": ("ModelRow", "ScorecardWords", "scorecard_in_words"),
    "experiments.base": ("base_experiment", "open_experiment"),
    "experiments.base_tunes": ("write_collection",),
    "experiments.experiment": ("Experiment",),
    "experiments.novelty_index": ("KnownMelodies", "known_melodies"),
    "experiments.runs": ("Run", "list_runs", "read_run"),
    "generation.constraints.own_rules": ("NoteRule", "Place"),
    "generation.dress": ("dress",),
    "generation.generate": ("Generation", "generate"),
    "generation.known_names": ("KnownNames", "known_names"),
    "generation.primers": ("Primer",),
    "generation.provenance": ("Provenance", "read_provenance"),
    "generation.retries": ("GeneratedMelody",),
    "generation.rewrite": ("Rewrite",),
    "generation.vary": ("again", "vary"),
    "models.events": ("Events", "Vocabulary"),
    "models.listener": ("Listener",),
    "models.saved_model": ("TrainedModel",),
    "music.general_midi": ("GENERAL_MIDI",),
    "music.heard_form": ("form_letters",),
    "music.key_finding": ("heard_key",),
    "music.melody": ("Melody", "Note"),
    "music.melody_store": ("MelodyStore",),
    "music.meter": ("TICKS_PER_QUARTER", "Meter"),
    "music.midi_file": ("midi_bytes", "read_velocities", "velocities", "write_midi"),
    "music.note_values": ("parse_meter",),
    "pages.melodies": ("Shown", "show"),
    "render.audio.banks": ("chosen_bank",),
    "render.forms": ("render_melody",),
    "settings.model": ("ModelSettings",),
    "settings.reading": ("ReadSettings",),
    "settings.sampling": ("SampleSettings",),
    "settings.training": ("TrainSettings",),
    "training.presets": ("Preset", "preset_for"),
    "training.resume": ("resume",),
    "training.train": ("train",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "GENERAL_MIDI",
    "TICKS_PER_QUARTER",
    "Corpus",
    "Events",
    "Experiment",
    "FileRow",
    "GeneratedMelody",
    "Generation",
    "KnownMelodies",
    "KnownNames",
    "Listener",
    "Melody",
    "MelodyReader",
    "MelodyStore",
    "Meter",
    "ModelRow",
    "ModelSettings",
    "MonodyError",
    "Note",
    "NoteRule",
    "Novelty",
    "Place",
    "Preset",
    "Primer",
    "Provenance",
    "ReadSettings",
    "Resemblance",
    "Rewrite",
    "Run",
    "SampleSettings",
    "Scorecard",
    "ScorecardWords",
    "SettingError",
    "SharedRun",
    "Shown",
    "Split",
    "TrainSettings",
    "TrainedModel",
    "Verdict",
    "Vocabulary",
    "__version__",
    "again",
    "all_lines",
    "base_experiment",
    "choose_files",
    "chosen_bank",
    "compare",
    "dress",
    "evaluate",
    "form_letters",
    "generate",
    "heard_key",
    "known_melodies",
    "known_names",
    "list_runs",
    "midi_bytes",
    "open_experiment",
    "parse_meter",
    "preset_for",
    "read_corpus",
    "read_melody",
    "read_own",
    "read_provenance",
    "read_run",
    "read_velocities",
    "render_melody",
    "resume",
    "scorecard_in_words",
    "show",
    "split_corpus",
    "train",
    "vary",
    "velocities",
    "verdict_in_words",
    "write_collection",
    "write_midi",
]  # fmt: skip


def _draw(value: object) -> str:
    """Draw a value for a notebook."""
    import importlib

    html: str = importlib.import_module("monody.pages.notebook").html_of(value)
    return html


# Melodies know no room above theirs: what draws them in a notebook is named here.
_showing.draw_with(_draw)


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first used (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("monody")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'monody' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"monody.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    """List the public names, for completion in a notebook."""
    return sorted(__all__)
