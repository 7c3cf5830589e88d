"""What is fuzzed: every kind of file that monody reads, with all that reads it."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest

import monody
from monody.corpus import corpus
from monody.corpus.cache import Cache
from monody.experiments import base
from monody.experiments.experiment import Experiment
from monody.experiments.experiment_files import MODEL_FILE
from monody.experiments.novelty_index import known_melodies
from monody.experiments.training_state import read_training_state, read_variables
from monody.generation.save import MANIFEST, require_own_manifest
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.midi_file import midi_bytes
from monody.ours import MARK_FILE
from monody.reading.cache import ReadCache, rows
from monody.reading.worker import Reader
from monody.render.audio.banks import is_general
from monody.render.audio.soundfont import played_by
from tests.builders.fuzzed_music import music
from tests.builders.fuzzed_words import passports, settings
from tests.builders.midi_files import tune, write_tunes
from tests.builders.tiny_bank import tiny_bank
from tests.builders.watch import FaultError, Kind, Use, sentence_or_nothing


def kinds(experiment: Experiment, folder: Path) -> dict[str, Kind]:
    """Return every kind of file that monody reads.

    Args:
        experiment: A small one; it is not changed.
        folder: An empty one to work in.
    """
    return {
        **music(folder),
        **passports(folder, experiment),
        **settings(),
        **_parts(experiment, folder / "parts"),
        **_others(experiment, folder),
    }


# --- experiments


def _parts(experiment: Experiment, folder: Path) -> dict[str, Kind]:
    """Return the parts of an experiment, each with what reads it."""
    shutil.copytree(experiment.folder, folder / "01")
    own = Experiment(folder / "01")
    known_melodies(own)
    training = own.record().training

    def listed() -> None:
        [run] = monody.list_runs(own.folder)
        json.dumps(run.to_json(), allow_nan=False)

    melodies: dict[str, tuple[Callable[[], object], ...]] = {
        "training": (lambda: own.side("train"),),
        "held_out": (lambda: own.side("test"), own.held_out_melodies),
    }
    look_up = (lambda: known_melodies(own),)
    readers: dict[str, tuple[Callable[[], object], ...]] = {
        "settings.json": (own.record, own.started, own.is_over, listed),
        "scores.json": (own.scores, listed),
        "history.csv": (own.history, listed),
        "message.txt": (own.message, listed),
        "checkpoint.npz": (
            lambda: read_training_state(own.checkpoint_path).over(training),
            lambda: read_variables(own.checkpoint_path),
        ),
        "model.keras": (lambda: TrainedModel(own.model_path).layers,),
        **{
            f"{side}/{name}": reads
            for side, reads in melodies.items()
            for name in ("notes.npy", "meters.npy", "info.npy", "sources.json")
        },
        "novelty/index.json": look_up,
        "novelty/sums.json": look_up,
        "novelty/order.npy": look_up,
        "novelty/text.npy": look_up,
        "novelty_held_out.json": look_up,
    }
    return {
        name: Kind(((own.folder / name).read_bytes(),), _part(own, name, reads))
        for name, reads in readers.items()
    }


def _part(own: Experiment, name: str, reads: tuple[Callable[[], object], ...]) -> Use:
    """Return what puts a file in the place of a part, and reads the experiment."""
    path = own.folder / name
    whole = path.read_bytes()

    def use(data: bytes) -> None:
        path.write_bytes(data)
        try:
            for read in reads:
                sentence_or_nothing(read)
        finally:
            path.parent.mkdir(exist_ok=True)  # an index that is not whole is removed
            path.write_bytes(whole)

    return use


# --- other files of ours


def _others(experiment: Experiment, folder: Path) -> dict[str, Kind]:
    """Return what is neither music nor of one experiment."""
    made = {"file": "1.mid", "sha256": "0" * 64}
    runs = [{"made": "2026-11-27", "settings": {"seed": 1}, "melodies": [made, made]}]

    def manifest(data: bytes) -> None:
        (folder / MANIFEST).write_bytes(data)
        require_own_manifest(folder)

    return {
        "manifest.json": Kind((json.dumps(runs).encode(),), manifest),
        "experiment.zip": _packed_base(experiment, folder),
        "readings.sqlite": _readings(folder),
        **_sound_banks(folder),
        **_kept_corpus(folder / "corpus"),
    }


def _packed_base(experiment: Experiment, folder: Path) -> Kind:
    """Return the base model as it is packed, laid out in a cache of its own."""
    packed, numbers = folder / "packed", count()
    packed.mkdir()
    base.pack_base(experiment, packed)

    def use(data: bytes) -> None:
        # What is packed is hashed once a folder.
        own = folder / f"packed-{next(numbers)}"
        own.mkdir()
        cache = pytest.MonkeyPatch()
        try:
            (own / MODEL_FILE).symlink_to(packed / MODEL_FILE)
            (own / base.ARCHIVE).write_bytes(data)
            cache.setenv("MONODY_CACHE", str(own / "cache"))
            cache.setattr(base, "PACKED", own)
            laid_out = base.base_experiment()
            tunes = partial(laid_out.side, "train")
            for read in (laid_out.record, laid_out.scores, tunes):
                sentence_or_nothing(read)
        finally:
            cache.undo()
            shutil.rmtree(own)

    return Kind(((packed / base.ARCHIVE).read_bytes(),), use)


def _sound_banks(folder: Path) -> dict[str, Kind]:
    """Return sound banks, where the library is that plays them."""
    if not importlib.util.find_spec("midirenderer"):
        return {}
    path, melody = folder / "fuzzed.sf2", Melody.from_notes([(60, 0, 2), (67, 2, 2)])

    def use(data: bytes) -> None:
        path.write_bytes(data)
        is_general(path)
        try:
            sentence_or_nothing(lambda: played_by(path, melody))
        finally:
            path.unlink()

    return {"sound bank": Kind((tiny_bank(), tiny_bank(48)), use)}


def _readings(folder: Path) -> Kind:
    """Return the database of what was read before; each reading is whole or none."""
    path = folder / "readings.sqlite"
    (folder / "fuzzed.mid").write_bytes(midi_bytes(tune(1)))
    read = Reader(monody.ReadSettings()).read([(str(folder / "fuzzed.mid"), -1)])
    kept = ReadCache(path, program="fuzzed")
    kept.add(rows(replace(read, keys=["key"])))
    kept.close()

    def use(data: bytes) -> None:
        for rest in ("-wal", "-shm"):
            path.with_name(path.name + rest).unlink(missing_ok=True)
        path.write_bytes(data)
        with contextlib.suppress(sqlite3.DatabaseError):  # it is begun again
            opened = ReadCache(path, program="fuzzed")
            try:
                found = opened.get("key")
            finally:
                opened.close()
            if found is not None and list(rows(replace(found, keys=["key"]))) != whole:
                raise FaultError("another reading than was kept")

    whole = list(rows(replace(read, keys=["key"])))
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    return Kind((path.read_bytes(),), use)


def _kept_corpus(folder: Path) -> dict[str, Kind]:
    """Return the parts of a whole corpus in the cache: each is whole, or read again."""
    write_tunes(folder / "music", 2)
    cache = pytest.MonkeyPatch()
    with cache.context() as patch:
        patch.setenv("MONODY_CACHE", str(folder / "cache"))
        patch.setattr(corpus, "SETTLED_SECONDS", -3600.0)  # as if it were old
        melodies = list(monody.read_corpus(folder / "music").melodies)
    names = [melody.source for melody in melodies]
    [kept] = (folder / "cache/corpora").iterdir()
    _program, owner, key, _ = kept.name.split("-")

    def use(part: str, data: bytes) -> None:
        whole = (kept / part).read_bytes()
        (kept / part).write_bytes(data)
        try:
            found = Cache(folder / "cache").corpus(owner, key)
            if found is not None and list(MelodyStore.load(found, names)) != melodies:
                raise FaultError("another corpus than was kept")
        finally:
            (kept / part).write_bytes(whole)

    return {
        f"corpora/{path.name}": Kind((path.read_bytes(),), partial(use, path.name))
        for path in sorted(kept.iterdir())
        if path.name != MARK_FILE
    }
