"""What is known of a training: the record that a model's file and its folder carry.

A network alone is numbers. To write melodies with it one must know how its corpus was
read, which settings it was trained with, and what its training melodies are like. Both
``monody.json`` in a ``.keras`` file and ``settings.json`` in an experiment hold this
record; the folder also says when the training started and what its data was called.
Both may be given away: they name no folder of the machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from monody.errors import MonodyError, SettingError
from monody.models.record_check import check_record
from monody.music.form import Form
from monody.settings.model import ModelSettings
from monody.settings.reading import ReadSettings
from monody.settings.training import TrainSettings


@dataclass(frozen=True)
class Precedent:
    """A melody of the corpus, as far as new ones may follow its outline.

    Args:
        form: Which bars return and where phrases end.
        meter: Its time signature, such as ``"6/8"``.
        tonic: The symbol of its tonic (``outline.tonic_symbol``).
        pitches: Its lowest and its highest note, MIDI numbers.
        style: The symbol of its style; 0 for none.
    """

    form: Form
    meter: str
    tonic: int
    pitches: tuple[int, int]
    style: int = 0

    def to_json(self) -> list[Any]:
        """Return it as JSON values."""
        own = [self.meter, self.tonic, *self.pitches, self.style]
        return [*own, self.form.to_json()]

    @classmethod
    def from_json(cls, saved: Sequence[Any]) -> Self:
        """Rebuild what ``to_json`` returned."""
        meter, *numbers, form = saved
        tonic, lowest, highest, style = map(int, numbers)
        pitches = lowest, highest
        return cls(Form.from_json(form), str(meter), tonic, pitches, style)


@dataclass(frozen=True)
class CorpusStyle:
    """What is usual in the training melodies: defaults and limits of new ones.

    Args:
        meter: The commonest time signature, such as ``"6/8"``.
        bpm: The median tempo, in quarter notes a minute.
        bars: Bars that half of the melodies have.
        max_bars: Bars that nine of ten melodies have at most.
        note_ticks: Lengths of notes that occur and are common, or several of a common
            one; rising.
        rest_ticks: Lengths of rests that occur, likewise measured by the common notes.
        hold_ticks: Lengths of holds that occur, likewise.
        pitch_range: Lowest and highest MIDI pitch.
        places: Ticks after a beat, a quarter note long, where events commonly begin.
        repeats: For figures of 1, 2, … notes: how many notes of them in a row repeat
            the figure, in 99 of 100 melodies.
        precedents: Melodies whose outline new ones may follow.
    """

    meter: str
    bpm: float
    bars: int
    max_bars: int
    note_ticks: tuple[int, ...]
    rest_ticks: tuple[int, ...]
    hold_ticks: tuple[int, ...]
    pitch_range: tuple[int, int]
    places: tuple[int, ...]
    repeats: tuple[int, ...]
    precedents: tuple[Precedent, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the two parts that records have always had, ``usual`` and ``seen``."""
        return {
            "usual": {
                "meter": self.meter,
                "bpm": self.bpm,
                "bars": self.bars,
                "most_bars": self.max_bars,
            },
            "seen": {
                "note_ticks": list(self.note_ticks),
                "rest_ticks": list(self.rest_ticks),
                "hold_ticks": list(self.hold_ticks),
                "pitch_range": list(self.pitch_range),
                "places": list(self.places),
                "repeats": list(self.repeats),
                "precedents": [each.to_json() for each in self.precedents],
            },
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Rebuild what ``to_json`` wrote; other names in it are left alone.

        Raises:
            KeyError, TypeError, ValueError: If it is damaged or of another version.
        """
        usual, seen = saved["usual"], saved["seen"]
        lowest, highest = seen["pitch_range"]
        return cls(
            meter=usual["meter"],
            bpm=float(usual["bpm"]),
            bars=usual["bars"],
            max_bars=usual["most_bars"],
            note_ticks=tuple(seen["note_ticks"]),
            rest_ticks=tuple(seen["rest_ticks"]),
            hold_ticks=tuple(seen["hold_ticks"]),
            pitch_range=(lowest, highest),
            places=tuple(seen["places"]),
            repeats=tuple(seen["repeats"]),
            precedents=tuple(map(Precedent.from_json, seen["precedents"])),
        )


@dataclass(frozen=True)
class MelodyCounts:
    """How many melodies are on each side of the split."""

    train: int
    validation: int
    test: int

    def of(self, side: str) -> int:
        """Return the melodies of ``"train"``, ``"validation"`` or ``"test"``."""
        count: int = getattr(self, side)
        return count


@dataclass(frozen=True)
class RunRecord:
    """All that is known of a training before it starts.

    Args:
        reading: How the corpus was read.
        model: What the network looks like.
        training: How it is trained.
        base_sha256: Of the file that it is fine-tuned from, if it is.
        data_fingerprint: SHA-256 of all melodies of the corpus.
        melodies: How many are on each side.
        style: What the training melodies are like.
        versions: Of Python and of the packages that a figure may depend on.
        styles: The names of the styles that it was told, in the order of their symbols.
        started: When, in UTC; empty in a model's file.
        data_dir: What the folder of the data was called; empty in a model's file.
        devices: What it was trained on.
    """

    reading: ReadSettings
    model: ModelSettings
    training: TrainSettings
    base_sha256: str | None
    data_fingerprint: str
    melodies: MelodyCounts
    style: CorpusStyle
    versions: dict[str, str]
    styles: tuple[str, ...] = ()
    started: str = ""
    data_dir: str = ""
    devices: str = ""

    @property
    def settings(self) -> dict[str, Any]:
        """Every setting by its name, as JSON values."""
        parts = (self.reading, self.model, self.training)
        return {name: v for part in parts for name, v in part.to_json().items()}

    def of_folder(self) -> dict[str, Any]:
        """Return the record as ``settings.json`` holds it."""
        return {"started": self.started, "data_dir": self.data_dir, **self.of_model()}

    def of_model(self) -> dict[str, Any]:
        """Return the record as a model's file holds it: nothing of the folder."""
        return {
            "settings": {
                "reading": self.reading.to_json(),
                "model": self.model.to_json(),
                "training": self.training.to_json(),
            },
            "base_sha256": self.base_sha256,
            "data_fingerprint": self.data_fingerprint,
            "melodies": asdict(self.melodies),
            "styles": list(self.styles),
            **self.style.to_json(),
            "versions": self.versions,
            "devices": self.devices,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """Rebuild what ``of_folder`` or ``of_model`` returned.

        Raises:
            MonodyError: If it is damaged, or of another version.
        """
        try:
            check_record(saved)
            settings, melodies = saved["settings"], saved["melodies"]
            return cls(
                reading=ReadSettings.from_json(settings["reading"]),
                model=ModelSettings.from_json(settings["model"]),
                training=TrainSettings.from_json(settings["training"]),
                base_sha256=saved["base_sha256"],
                data_fingerprint=saved["data_fingerprint"],
                melodies=MelodyCounts(**melodies),
                style=CorpusStyle.from_json(saved),
                versions=dict(saved["versions"]),
                styles=tuple(map(str, saved["styles"])),
                started=saved.get("started", ""),
                data_dir=saved.get("data_dir", ""),
                devices=saved.get("devices", ""),
            )
        except (KeyError, TypeError, ValueError, AttributeError, SettingError) as error:
            raise MonodyError(
                f"the settings saved are not those of this version of monody ({error}):"
                " train again, or install the version that saved them"
            ) from error
