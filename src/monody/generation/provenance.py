"""Provenance: how a melody was made, which is all it takes to make it again.

Each generated file carries it, as a text event in the MIDI file and in the manifest
beside it: the model's fingerprint, the seed, the settings, which melody of the run it
was, and the primer, note for note.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from monody.errors import MonodyError, SettingError
from monody.generation.primers import Primer
from monody.generation.rewrite import RewriteRecord
from monody.music.scale import Scale
from monody.music.smf import texts_of
from monody.settings.sampling import SampleSettings

MARK = "monody"  # the first name in its JSON; the value is the version
FORGETTABLE = ("num_files", "best_of", "max_copy")  # say nothing about one melody


@dataclass(frozen=True)
class MadeFrom:
    """What the melodies of a generation were made from."""

    model: str  # where its file is, or the name of the base model
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
    model_path: str  # where it lay
    settings: SampleSettings  # with the seed
    index: int  # which melody of its run, counted from 0
    attempt: int  # 0, or more where it was tried again
    primer: Primer | None
    rewrite: RewriteRecord | None = None  # what `monody vary` made of which melody

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
        }

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Provenance:
        """Rebuild what ``to_json`` wrote.

        Raises:
            MonodyError: If it is of another version, or damaged.
        """
        try:
            primer, rewrite = saved["primer"], saved.get("rewrite")
            return cls(
                model=saved["model"],
                model_path=saved["model_path"],
                settings=SampleSettings.from_json(saved["settings"]),
                index=int(saved["melody"]),
                attempt=int(saved["attempt"]),
                primer=Primer.from_json(primer) if primer else None,
                rewrite=RewriteRecord.from_json(rewrite) if rewrite else None,
            )
        except (KeyError, TypeError, ValueError, SettingError) as error:
            raise MonodyError(
                f"it says how it was made, but not as this version of monody does "
                f"({error}): install version {saved.get(MARK)}"
            ) from error

    def text(self) -> str:
        """Return it as the text that a MIDI file carries."""
        return json.dumps(self.to_json(), separators=(",", ":"))


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


def read_provenance(path: Path) -> Provenance:
    """Read how a generated MIDI file was made.

    Raises:
        MonodyError: If there is no such file, or it has none.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MonodyError(f"no file {str(path)!r}: name a file of monody's") from None
    for text in texts_of(data):
        try:
            saved = json.loads(text)
        except ValueError:
            continue  # another program's text
        if isinstance(saved, dict) and MARK in saved:
            return Provenance.from_json(saved)
    raise MonodyError(
        f"{str(path)!r} does not say how monody made it: expected a file that `monody "
        "sample` or `monody vary` wrote"
    )
