"""What is fuzzed: every kind of file that monody reads, with all that reads it.

``kinds`` returns them, and ``watched`` gives one file to its readers and says what is
wrong with what came of it: only an error of our own may come, of one line, in time.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import random
import shutil
import signal
import sqlite3
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import NamedTuple

import pytest

import monody
from monody.cli.failures import MAX_LINE, one_line
from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.experiments import base
from monody.experiments.experiment import Experiment
from monody.experiments.novelty_index import known_melodies
from monody.experiments.training_state import read_training_state, read_variables
from monody.generation.provenance import Provenance, read_provenance, scale_of
from monody.generation.rewrite import Rewrite, RewriteRecord
from monody.generation.save import MANIFEST, require_own_manifest
from monody.generation.vary import again
from monody.models.saved_model import TrainedModel
from monody.music.general_midi import program_of
from monody.music.melody_store import ARRAYS, MelodyStore
from monody.music.midi_file import midi_bytes
from monody.music.store_check import check_store
from monody.plain_json import parse_json
from monody.reading.archives import Archive
from monody.reading.cache import ReadCache, rows
from monody.reading.midi.parse import read_midi
from monody.reading.overview import Overview
from monody.reading.raw_score import UnreadableError
from monody.reading.reasons import Reason
from monody.reading.worker import TOO_MUCH_MEMORY, Reader
from monody.render.notation.abc import to_abc
from monody.render.notation.musicxml import to_musicxml
from monody.settings.base import Settings
from tests.builders.kern_files import kern
from tests.builders.midi_files import midi_file, tune
from tests.builders.musescore_files import chord, measure, mscx, mscz, voices
from tests.builders.mutations import mutated
from tests.builders.provenances import PROVENANCE

NONSENSE = "values that make no music"  # an error of Python's that became a reason
OVERVIEWS = 4  # one file in so many is described, too: it takes as long again
CONTAINER = (
    '<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
)
PASSPORTS = (
    PROVENANCE,
    *(
        replace(PROVENANCE, primer=None, rewrite=RewriteRecord(how, tune(1)))
        for how in (Rewrite(replace=(2, 3)), Rewrite(keep="pitches", to_meter=(6, 8)))
    ),
)

Use = Callable[[bytes], object]


class Kind(NamedTuple):
    """A kind of file.

    Args:
        originals: Whole files of it.
        use: Gives a file to all that reads it.
        max_seconds: Of the processor, that a file may take.
    """

    originals: tuple[bytes, ...]
    use: Use
    max_seconds: float = 2.0

    def file(self, rng: random.Random) -> bytes:
        """Make a fuzzed file."""
        return mutated(rng.choice(self.originals), rng.choice(self.originals), rng)


class TimeIsUpError(BaseException):
    """A file took longer than it may; nothing that it meets on its way catches it."""


class FaultError(Exception):
    """What was read of a file is not what may be."""


def kinds(experiment: Experiment, folder: Path) -> dict[str, Kind]:
    """Return every kind of file that monody reads.

    Args:
        experiment: A small one; it is not changed.
        folder: An empty one to work in.
    """
    return {
        **_music(folder),
        **_passports(folder, experiment),
        **_settings(),
        **_parts(experiment, folder / "parts"),
        **_others(experiment, folder),
    }


# --- music


def _music(folder: Path) -> dict[str, Kind]:
    """Return the kinds of music, read as the child processes do."""
    midi = [midi_bytes(tune(n), text=each.text()) for n, each in enumerate(PASSPORTS)]
    midi.append(midi_file([[(60 + n % 7, n * 240, 240) for n in range(40)]] * 3))
    xml = [to_musicxml(tune(n, meter=(3, 4)), "A & B").encode() for n in range(3)]
    bar = measure(voices("".join(chord("quarter", 60 + n) for n in range(4))))
    score = mscx(3, bar * 8, bar * 8)
    rmid = b"RMIDdata" + len(midi[0]).to_bytes(4, "little") + midi[0]
    rows = ["*M4/4  *M3/4", "=1", "4c  8d", ".  8e", "4G  4f", "=2", "2.r  2.a"]
    held: dict[str, list[bytes]] = {
        "midi": midi,
        "rmi": [b"RIFF" + len(rmid).to_bytes(4, "little") + rmid],
        "abc": [to_abc(tune(n), "A % B").encode() for n in range(4)],
        "musicxml": xml,
        "mxl": [_zip({"META-INF/container.xml": CONTAINER.encode(), "a.xml": xml[0]})],
        "mscx": [score, mscx(1, bar * 4)],
        "mscz": [mscz({"score.mscx": score})],
        "krn": [kern(*rows, spines=2).encode()],
    }
    held["mid.gz"] = [gzip.compress(data) for data in (midi[0], held["abc"][0])]
    held["zip"] = [_zip({"a.mid": midi[0], "b.abc": held["abc"][0], "c/d.xml": xml[0]})]
    return {
        suffix: Kind(tuple(files), _reading(folder / f"fuzzed.{suffix}"))
        for suffix, files in held.items()
    }


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def _reading(path: Path) -> Use:
    """Return what reads a file of music, and looks at what comes of it."""
    reader, numbers = Reader(monody.ReadSettings()), count()

    def use(data: bytes) -> None:
        # Archives are opened once a path.
        own = path.with_name(f"{next(numbers)}{path.name}")
        own.write_bytes(data)
        try:
            _check_reading(reader, own)
        finally:
            own.unlink()

    return use


def _check_reading(reader: Reader, path: Path) -> None:
    members = [-1]
    if path.suffix == ".zip":
        members = _members(path) or [-1]
    read = reader.read([(str(path), place) for place in members])
    notes, meters, info = (getattr(read.melodies, name) for name in ARRAYS)
    check_store(MelodyStore(notes, meters, info, [""] * len(members)))
    for report in read.reports:
        for reason, _ in report.left_out:
            _check_reason(reason)
    if path.stat().st_size % OVERVIEWS:
        return
    described = reader.overview(str(path), members[0], 3)
    if isinstance(described, Overview):
        described = Overview.from_json(json.loads(json.dumps(described.to_json())))
    else:
        _check_reason(described)


def _members(path: Path) -> list[int]:
    try:
        return [member.place for member in Archive(str(path)).members()]
    except UnreadableError:
        return []


def _check_reason(reason: Reason) -> None:
    if reason == TOO_MUCH_MEMORY or reason.text.startswith(NONSENSE):
        raise FaultError(reason.text)
    _check_said(f"{reason.text} {reason.advice}")


def _check_said(text: str) -> None:
    if len(text) > MAX_LINE:
        raise FaultError(f"a message of {len(text):,} characters")
    if not text.isprintable():
        raise FaultError(f"a message with control characters: {ascii(text)[:200]}")


# --- passports and settings


def _passports(folder: Path, experiment: Experiment) -> dict[str, Kind]:
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
        read_melody_of_ours(path)
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


def read_melody_of_ours(path: Path) -> None:
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


def _settings() -> dict[str, Kind]:
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
                _sentence_or_nothing(read)
        finally:
            path.parent.mkdir(exist_ok=True)  # an index that is not whole is removed
            path.write_bytes(whole)

    return use


def _sentence_or_nothing(read: Callable[[], object]) -> None:
    try:
        read()
    except MonodyError as error:
        _check_said(one_line(str(error)))


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
            (own / base.MODEL_FILE).symlink_to(packed / base.MODEL_FILE)
            (own / base.ARCHIVE).write_bytes(data)
            cache.setenv("MONODY_CACHE", str(own / "cache"))
            cache.setattr(base, "PACKED", own)
            laid_out = base.base_experiment()
            for read in (
                laid_out.record,
                laid_out.scores,
                lambda: laid_out.side("train"),
            ):
                _sentence_or_nothing(read)
        finally:
            cache.undo()
            shutil.rmtree(own)

    return Kind(((packed / base.ARCHIVE).read_bytes(),), use)


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


# --- the watch


def watched(kind: Kind, data: bytes, patience: float = 1) -> tuple[str, float]:
    """Give a file to its readers.

    Args:
        kind: What kind of file it is.
        data: The file.
        patience: How many times as long as it may take is no fault yet.

    Returns:
        What is wrong, empty if nothing is; and the seconds of the processor it took.
    """
    began, most = time.process_time(), patience * kind.max_seconds
    fault = ""
    try:
        with warnings.catch_warnings(), _at_most(2 * most):
            warnings.simplefilter("error")
            kind.use(data)
    except MonodyError as error:
        fault = _said_fault(one_line(str(error)))
    except TimeIsUpError:
        fault = "time: " + _place(1)
    except FaultError as error:
        fault = str(error)
    except Exception as error:
        fault = f"{type(error).__name__}: {error} {_place(2)}"
    seconds = time.process_time() - began
    if seconds > most and not fault:
        fault = "time"
    return fault, seconds


def _said_fault(text: str) -> str:
    try:
        _check_said(text)
    except FaultError as error:
        return str(error)
    return ""


def _place(frames: int) -> str:
    """Say where the error came up that is handled."""
    lines = traceback.format_exc(limit=-frames).splitlines()
    return " / ".join(line.strip() for line in lines if "File" in line)


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise a `TimeIsUpError` after so much of the processor; Windows cannot."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, _time_is_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _time_is_up(*_: object) -> None:
    raise TimeIsUpError
