"""Provenance: how a melody was made, which is all it takes to make it again.

Each generated file carries it, as a text event in the MIDI file and in the manifest
beside it: the model's fingerprint, the seed, the settings, which melody of the run it
was, and the primer, note for note. It names no folder of the machine it was made on.

A file from anywhere may carry one that anybody wrote. So what it says is checked here
before it is used, and no path in it is ever opened.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from monody.errors import MonodyError, brief
from monody.generation.constraints.own_rules import MAX_NAME
from monody.generation.primers import Primer
from monody.generation.rewrite import RewriteRecord
from monody.music.form_text import MAX_BARS, MAX_FORM_BARS
from monody.music.general_midi import program_of
from monody.music.meter import TICKS_PER_STEP, Meter
from monody.music.scale import Scale
from monody.music.smf import texts_of
from monody.saved.bounded_file import read_named
from monody.saved.damage import DamagedError, require
from monody.saved.plain_json import parse_json
from monody.saved.values import SavedValues, listed
from monody.saved.values import text as checked_text
from monody.settings.sampling import SampleSettings
from monody.translation import marked

MARK = "monody"  # the first name in its JSON; the value is the version
MAX_FILE_BYTES = 32 * 10**6  # a melody of 100,000 bars has less, its passport included
# What is written again: as much as 10,000 bars of 4/2 in four takes, and of a form, all
# of which the network remembers, as much as 1,000 such bars.
BAR_TICKS = 192
MAX_TICKS_IN_ALL, MAX_FORM_TICKS = 4 * MAX_BARS * BAR_TICKS, MAX_FORM_BARS * BAR_TICKS
MAX_INDEX, MAX_ATTEMPT = 99_999, 1_000
_DAMAGED = (TypeError, ValueError, OverflowError, KeyError, IndexError, MonodyError)
_OF_MONODY = "expected a file that `monody sample` or `monody vary` wrote"
FORGETTABLE = ("num_files", "best_of", "max_copy")  # say nothing about one melody


@dataclass(frozen=True)
class MadeFrom:
    """What the melodies of a generation were made from."""

    model: str  # what its file is called, or the name of the base model
    model_sha256: str
    data_fingerprint: str  # of the melodies that it was trained and judged on
    primers: PrimerSource | None = None  # None where nothing was to be named

    def to_json(self) -> dict[str, str | None]:
        """Return it as JSON values."""
        return {
            "model": self.model,
            "model_sha256": self.model_sha256,
            "data_fingerprint": self.data_fingerprint,
            **(asdict(self.primers) if self.primers else {}),
        }


@dataclass(frozen=True)
class PrimerSource:
    """Where primers came from; nothing named means the held-out melodies."""

    prime_file: str | None
    data_dir: str | None


@cache
def _version() -> str:
    """Return monody's version; finding it takes a third of a millisecond."""
    return version("monody")


@dataclass(frozen=True)
class Provenance:
    """How one melody was made."""

    model: str  # SHA-256 of the model's file
    model_path: str  # what it is called, for people: ``01/model.keras``
    settings: SampleSettings  # with the seed
    index: int  # which melody of its run, counted from 0
    attempt: int  # 0, or more where it was tried again
    primer: Primer | None
    rewrite: RewriteRecord | None = None  # what `monody vary` made of which melody
    rules: tuple[str, ...] = ()  # names of those of the program that wrote it

    @property
    def given_ticks(self) -> int:
        """Until when the melody holds the bars that it continues; 0 if it does not."""
        if self.primer is None or self.rewrite is not None:
            return 0
        return self.primer.ticks if self.settings.with_primer else 0

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            MARK: _version(),
            "model": self.model,
            "model_path": self.model_path,
            "settings": _of_one_melody(self.settings),
            "melody": self.index,
            "attempt": self.attempt,
            "primer": self.primer.to_json() if self.primer else None,
            **({"rewrite": self.rewrite.to_json()} if self.rewrite else {}),
            **({"rules": list(self.rules)} if self.rules else {}),
        }

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Provenance:
        """Rebuild what ``to_json`` wrote.

        Args:
            saved: The value of a JSON text, which anybody may have written.

        Raises:
            MonodyError: If it is of another version, or damaged.
        """
        try:
            values = SavedValues(saved)
            rewrite = saved.get("rewrite")
            settings, primer = _settings(values), _primer(values.any("primer"))
            _require_ends(settings, primer)
            return cls(
                model=values.text("model"),
                model_path=values.text("model_path"),
                settings=settings,
                index=values.whole("melody", maximum=MAX_INDEX),
                attempt=values.whole("attempt", maximum=MAX_ATTEMPT),
                primer=primer,
                rewrite=None if rewrite is None else RewriteRecord.from_json(rewrite),
                rules=listed(saved.get("rules", []), _rule_name),
            )
        except _DAMAGED as error:
            raise MonodyError(
                "it says how it was made, but not as this version of monody does "
                f"({brief(str(error))}): install {_version_of(saved)}"
            ) from error

    def text(self) -> str:
        """Return it as the text that a MIDI file carries."""
        return json.dumps(self.to_json(), separators=(",", ":"))


def _primer(saved: object) -> Primer | None:
    """Return what a melody continues; without a note it continues nothing."""
    primer = None if saved is None else Primer.from_json(saved)
    require(primer is None or len(primer.music) > 0, marked("the primer has no note"))
    return primer


def _rule_name(saved: object) -> str:
    """Return the name of a rule of a program's own."""
    name = checked_text(saved, MAX_NAME)
    require(name.isidentifier(), marked("the name of a rule is none"))
    return name


def _settings(values: SavedValues) -> SampleSettings:
    """Return the settings; they have a seed and an instrument, and name no file."""
    settings = SampleSettings.from_json(values.settings("settings"))
    require(settings.seed is not None, marked("seed is missing"))
    in_letters = settings.form_file is None
    require(in_letters, marked("form must be in letters, not that of a file"))
    program_of(settings.midi_instrument)
    return settings


def _require_ends(settings: SampleSettings, primer: Primer | None) -> None:
    """Refuse what would take much longer to write again than any melody of monody's.

    Args:
        settings: Of the melody.
        primer: What it continues, whose meter it has where none is asked for.
    """
    bar_ticks = primer.bar_ticks if primer else BAR_TICKS
    if settings.signature is not None:
        bar_ticks = Meter(0, *settings.signature).bar_ticks
    ticks = (settings.file_length or 0) * TICKS_PER_STEP
    ticks += (settings.bars or 0) * bar_ticks
    ends = ticks * settings.takes <= MAX_TICKS_IN_ALL
    ends &= settings.form is None or ticks <= MAX_FORM_TICKS
    require(ends, marked("it is too long to be written again"))


def _version_of(saved: dict[str, Any]) -> str:
    """Say which version wrote a passport, if it looks like one."""
    named = saved.get(MARK)
    if isinstance(named, str) and re.fullmatch(r"[0-9A-Za-z.+-]{1,30}", named):
        return f"version {named}"
    return "the version that wrote it"


def _of_one_melody(settings: SampleSettings) -> dict[str, Any]:
    """Return the settings that one melody depends on."""
    values = settings.to_json()
    return {name: values[name] for name in values if name not in FORGETTABLE}


def scale_of(path: Path) -> Scale | None:
    """Return the scale that a generated MIDI file was written in.

    Args:
        path: Any MIDI file.

    Returns:
        ``None`` if it does not say; one of another program never does.

    Example:
        >>> from pathlib import Path
        >>> from monody.generation.provenance import scale_of
        >>> scale_of(Path("data/midi/tune-000.mid"))
    """
    try:
        return read_provenance(path).settings.scale
    except MonodyError:
        return None


def given_ticks_of(path: Path) -> int:
    """Return until when a MIDI file holds the bars that its melody continues, in ticks.

    Args:
        path: Any MIDI file; in one of another program nothing is known to be given: 0.

    Example:
        >>> from pathlib import Path
        >>> from monody.generation.provenance import given_ticks_of
        >>> given_ticks_of(Path("data/midi/tune-000.mid"))
        0
    """
    try:
        return read_provenance(path).given_ticks
    except MonodyError:
        return 0


def read_provenance(path: str | os.PathLike[str]) -> Provenance:
    """Read how a generated MIDI file was made.

    Args:
        path: Any file. Reading takes time that grows with its size, up to a limit.

    Raises:
        MonodyError: If there is no such file, or it has none.

    Example:
        >>> import monody
        >>> settings = monody.SampleSettings(num_files=1, bars=2, seed=7)
        >>> made = monody.generate(monody.Experiment("experiments/01"), settings)
        >>> [path] = made.save("said")
        >>> monody.read_provenance(path).settings.seed
        7
    """
    for text in texts_of(file_bytes(path)):
        if MARK not in text:
            continue  # another program's text
        try:
            saved = parse_json(text)
        except DamagedError:
            continue
        if isinstance(saved, dict) and MARK in saved:
            return Provenance.from_json(saved)
    raise MonodyError(
        f"{os.fspath(path)!r} does not say how monody made it: {_OF_MONODY}"
    )


def file_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a file, if it is one and not larger than any of monody's.

    Args:
        path: Any file.

    Raises:
        MonodyError: If it is not.

    Example:
        >>> from monody.generation.provenance import file_bytes
        >>> file_bytes("data/midi/tune-000.mid")[:4]
        b'MThd'
    """
    path = Path(path)
    if not path.is_file():
        raise MonodyError(f"no file {str(path)!r}: name a file of monody's")
    return read_named(path, MAX_FILE_BYTES, _OF_MONODY)
