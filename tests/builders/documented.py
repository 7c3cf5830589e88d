"""What documents show: their commands and programs, and a small home to run them in."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from monody.experiments import base, base_tunes
from monody.experiments.base import pack_base
from monody.experiments.experiment import Experiment
from monody.generation import generate, outlines
from monody.models.events import UNKNOWN
from monody.training.presets import PRESETS

ROOT = Path(__file__).parents[2]
# What makes a command of a document quicker, as far as it says nothing else.
QUICKER = {
    "train": ["--num_epochs", "1", "--base", "none", "--rnn_size", "12", "--no_page"],
    "sample": ["--bars", "2"],
}


def blocks(path: Path, language: str) -> list[str]:
    """Return the fenced blocks of a document that are in a language, such as bash."""
    return re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.DOTALL)


def lines(path: Path) -> list[str]:
    """Return what a document has its reader type, a line each; no script's."""
    typed = [block for block in blocks(path, "bash") if not block.startswith("#!")]
    whole = "".join(typed).replace("\\\n", " ")
    return [line.removesuffix(" &") for line in whole.splitlines()]


def inline(path: Path) -> list[str]:
    """Return the commands with options that stand in a document's sentences."""
    return re.findall(r"`(monody [^`]+--?[^`]*)`", path.read_text("utf-8"))


def make_everything_small(
    trained: Experiment, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put a tiny base model, networks of its size and few public tunes in place."""
    some = base_tunes.tunes_of_collection("oneills1850")[:12]
    monkeypatch.setattr(base_tunes, "tunes_of_collection", lambda _: some)
    known = {"oneills1850": 12, "airdsAirs": 12}
    monkeypatch.setattr(base_tunes, "known_collections", lambda: known)
    pack_base(trained, folder / "packed")
    monkeypatch.setattr(base, "PACKED", folder / "packed")
    for module in (generate, outlines):  # the small model knows no styles
        monkeypatch.setattr(module, "style_symbol", lambda *_: UNKNOWN)
    tiny = [replace(preset, rnn_size=12, patience=2) for preset in PRESETS]
    monkeypatch.setattr("monody.training.presets.PRESETS", tuple(tiny))
