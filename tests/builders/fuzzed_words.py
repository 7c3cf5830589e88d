"""Passports and settings to fuzz: what a file, or a user, says of melodies to make."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import monody
from monody.corpus.read_melody import read_melody
from monody.experiments.experiment import Experiment
from monody.generation.provenance import Provenance, read_provenance, scale_of
from monody.generation.rewrite import Rewrite, RewriteRecord
from monody.generation.vary import again
from monody.music.general_midi import program_of
from monody.music.midi_file import midi_bytes
from monody.reading.midi.parse import read_midi
from monody.reading.raw_score import UnreadableError
from monody.saved.plain_json import parse_json
from monody.settings.base import Settings
from tests.builders.midi_files import tune
from tests.builders.provenances import PROVENANCE
from tests.builders.watch import FaultError, Kind, Use

PASSPORTS = (
    PROVENANCE,
    *(
        replace(PROVENANCE, primer=None, rewrite=RewriteRecord(how, tune(1)))
        for how in (Rewrite(replace=(2, 3)), Rewrite(keep="pitches", to_meter=(6, 8)))
    ),
)


def passports(folder: Path, experiment: Experiment) -> dict[str, Kind]:
    """Return passports alone, in a file, and made again."""
    texts = tuple(each.text().encode() for each in PASSPORTS)
    own = texts[0].replace(b"0" * 64, experiment.load().fingerprint.encode())
    path = folder / "with-passport.mid"

    def read(data: bytes) -> None:
        saved = parse_json(data)
        passport = Provenance.from_json(saved)
        written = passport.text()
        if Provenance.from_json(parse_json(written)).text() != written:
            raise FaultError("it is read as another passport than it is written")

    def read_file(data: bytes) -> None:
        path.write_bytes(data)
        scale_of(path)
        _read_melody(path)
        read_provenance(path)

    def make_again(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        path.write_bytes(midi_bytes(tune(1, bars=4), text=text))
        with contextlib.chdir(folder):
            again(path, experiment.folder)

    files = tuple(midi_bytes(tune(3), text=text.decode()) for text in texts)
    return {
        "passport": Kind(texts, _json_use(read)),
        "passport in MIDI": Kind(files, read_file),
        "made again": Kind((own,), make_again, max_seconds=20.0),
    }


def _read_melody(path: Path) -> None:
    """Read the melody of a file where no child process is asked for it."""
    with contextlib.suppress(UnreadableError):
        if len(read_midi(path.read_bytes()).tracks) == 1:
            read_melody(path)


def _json_use(read: Use) -> Use:
    """Return what reads JSON: that it is none, its reader says with a ValueError."""

    def use(data: bytes) -> None:
        try:
            saved = parse_json(data)
        except ValueError:
            return
        if isinstance(saved, dict):
            read(data)

    return use


def settings() -> dict[str, Kind]:
    """Return the settings of each command, as JSON that a user or a file gives."""
    asked = monody.SampleSettings(
        seed=1, bars=16, form="AABA", meter="6/8", key="D dorian", range="C4..A5",
        durations="1/4,3/8,8ths", density="3..8", prime_bars="1-8", bpm=90.0,
        midi_instrument="Flute",
    )  # fmt: skip
    groups: tuple[Settings, ...] = (
        asked, replace(asked, midi_instrument="73", form="4+4+8"),
        monody.ReadSettings(), monody.ModelSettings(), monody.TrainSettings(),
    )  # fmt: skip
    names = {type(group).__name__: type(group) for group in groups}

    def use(data: bytes) -> None:
        saved = parse_json(data)
        kind, values = saved.get("kind"), saved.get("values")
        if isinstance(kind, str) and kind in names and isinstance(values, dict):
            read = names[kind].from_json(values)
            if isinstance(read, monody.SampleSettings):
                program_of(read.midi_instrument)
            if names[kind].from_json(json.loads(json.dumps(read.to_json()))) != read:
                raise FaultError("they are written as other settings")

    originals = tuple(
        json.dumps({"kind": type(group).__name__, "values": group.to_json()}).encode()
        for group in groups
    )
    return {"settings": Kind(originals, _json_use(use))}
