"""Every setting of monody: its default, its range and the sentence that explains it.

One frozen dataclass per concern. The command line's options, their help texts, the
checks and the saved ``settings.json`` are all made from these fields, so a setting is
written down exactly once.
"""

from __future__ import annotations

import dataclasses
import math
import types
from dataclasses import dataclass
from typing import Any, ClassVar, Self, get_args, get_origin, get_type_hints

from monody.errors import SettingError
from monody.note_values import parse_meter
from monody.pitches import parse_pitch_range


def setting(
    default: Any,
    about: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """Declare a dataclass field that knows its explanation and its range.

    Args:
        default: The value when the user names none.
        about: One sentence for the help text, with the unit.
        minimum: Smallest value allowed, inclusive.
        maximum: Largest value allowed, inclusive.
        choices: The words allowed.
    """
    metadata = {
        "about": about,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
    }
    return dataclasses.field(default=default, metadata=metadata)


def field_types(settings: type[Settings]) -> dict[str, tuple[type, bool]]:
    """Return, for each field, its plain type and whether ``None`` is allowed too."""
    described = {}
    for name, hint in get_type_hints(settings).items():
        if get_origin(hint) is ClassVar:
            continue
        optional = isinstance(hint, types.UnionType)
        plain = get_args(hint)[0] if optional else hint
        described[name] = (plain, optional)
    return described


@dataclass(frozen=True)
class Settings:
    """Base of the settings: checks itself on creation, and goes to and from JSON."""

    heading: ClassVar[str] = "Options"  # of the settings in a command's help

    def __post_init__(self) -> None:
        kinds = field_types(type(self))
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            plain, optional = kinds[field.name]
            if value is None and optional:
                continue
            _check(field.name, value, plain, dict(field.metadata))

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Rebuild the settings that ``to_json`` wrote.

        Raises:
            SettingError: If a name is not a setting, or a value is out of range.
        """
        unknown = sorted(
            set(values) - {field.name for field in dataclasses.fields(cls)}
        )
        if unknown:
            raise SettingError(f"{cls.__name__} has no setting named {unknown[0]!r}")
        return cls(**values)


def _check(name: str, value: Any, plain: type, limits: dict[str, Any]) -> None:
    """Raise a ``SettingError`` where the value breaks its declaration."""
    numeric = plain in (int, float)
    fits = isinstance(value, (int, float) if plain is float else plain)
    if not fits or (numeric and isinstance(value, bool)):
        raise SettingError(f"{name} must be {_kind(plain)}, not {value!r}")
    if numeric and not math.isfinite(value):
        raise SettingError(f"{name} must be a finite number, not {value!r}")
    choices = limits["choices"]
    if choices is not None and value not in choices:
        raise SettingError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    minimum, maximum = limits["minimum"], limits["maximum"]
    too_small = minimum is not None and value < minimum
    too_large = maximum is not None and value > maximum
    if too_small or too_large:
        raise SettingError(
            f"{name} must be {range_text(minimum, maximum)}, not {value}"
        )


def _kind(plain: type) -> str:
    """Name a type in words."""
    names = {int: "a whole number", float: "a number", str: "text", bool: "on or off"}
    return names[plain]


def range_text(minimum: float | None, maximum: float | None) -> str:
    """Say a range in words: ``range_text(1, None) == "at least 1"``."""
    low, high = (
        ""
        if limit is None
        else f"{limit:,}"
        if isinstance(limit, int)
        else f"{limit:g}"
        for limit in (minimum, maximum)
    )
    if not low:
        return f"at most {high}"
    return f"from {low} to {high}" if high else f"at least {low}"


OPTIMIZERS = ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "nadam")
ENCODINGS = ("notes", "steps")
LINES = ("auto", "strict", "tolerant", "skyline")
TRACKS = ("all", "best")
TEMPOS = ("auto", "off", "always")


@dataclass(frozen=True)
class ReadSettings(Settings):
    """How a folder of MIDI files becomes melodies."""

    heading = "Reading: what counts as a melody"

    min_notes: int = setting(
        8, "Notes that a melody has at least; shorter ones are left out.", minimum=1
    )
    min_distinct_pitches: int = setting(
        3, "Different pitches that a melody has at least.", minimum=1, maximum=128
    )
    max_rest_quarters: int = setting(
        8, "A silence of this many quarter notes or more splits a melody.", minimum=1
    )
    pitch_range: str | None = setting(
        None,
        "Lowest and highest note that a melody may have, such as C3..C6 or 48..84; "
        "melodies that leave it are left out. By default any.",
    )
    meters: str | None = setting(
        None,
        "Time signatures wanted, such as 3/4,6/8; melodies in others are left out. "
        "By default any.",
    )
    line: str = setting(
        "auto",
        "Which tracks are a melody: those without an overlap (strict), those of whose "
        "notes 95 % stand alone (tolerant), or any, of which the top line is taken "
        "(skyline); auto is tolerant, and skyline for a file that has nothing else.",
        choices=LINES,
    )
    tracks: str = setting(
        "all",
        "Take all tracks of a file that are a melody, or the one with the most notes "
        "(best): in 97 % of labelled files that is the tune.",
        choices=TRACKS,
    )
    tempo: str = setting(
        "auto",
        "Re-time melodies whose onsets ignore the declared grid (auto), none (off), or "
        "every one that has a steady pulse (always).",
        choices=TEMPOS,
    )
    deduplicate: bool = setting(
        True, "Learn from each tune once, however many copies of it there are."
    )
    max_file_megabytes: float = setting(
        16.0, "Files larger than this are skipped, in megabytes.", minimum=0.001
    )
    max_seconds_per_file: float = setting(
        10.0, "A file that takes longer than this is skipped, in seconds.", minimum=0.1
    )
    n_jobs: int | None = setting(
        None,
        "Processes that read files; by default one for each core, 8 at most.",
        minimum=1,
    )
    max_files_in_ram: int = setting(
        1024, "Files that are being read and parsed at a time.", minimum=1
    )
    cache: bool = setting(
        True, "Remember what was read, so that it is not read again (`monody cache`)."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.allowed_pitches, self.wanted_meters  # both check their text

    @property
    def allowed_pitches(self) -> tuple[int, int]:
        """Lowest and highest MIDI pitch that a melody may have."""
        return parse_pitch_range(self.pitch_range) if self.pitch_range else (0, 127)

    @property
    def wanted_meters(self) -> frozenset[str]:
        """The time signatures wanted; empty means any."""
        example = "time signatures such as 3/4,6/8"
        texts = self.meters.split(",") if self.meters else []
        meters = (parse_meter(text, "meters", example) for text in texts)
        return frozenset(f"{above}/{below}" for above, below in meters)

    def of_reading(self) -> dict[str, Any]:
        """Return the settings that decide what is read out of a file's bytes."""
        others = ("n_jobs", "max_files_in_ram", "max_seconds_per_file")
        return {
            name: value
            for name, value in self.to_json().items()
            if name not in (*others, "deduplicate", "cache")
        }


def chosen(value: int | float | None) -> Any:
    """Return a setting that the corpus may have chosen.

    Raises:
        ValueError: If it is still open: ``presets.fill_in`` chooses it.
    """
    if value is None:
        raise ValueError("a setting is still open: presets.fill_in chooses it")
    return value


@dataclass(frozen=True)
class ModelSettings(Settings):
    """What the network looks like."""

    heading = "Network"

    encoding: str = setting(
        "notes",
        "One event for each note (notes) or for each 16th, the classic grid (steps).",
        choices=ENCODINGS,
    )
    rnn_size: int | None = setting(
        None,
        "Units in each LSTM layer; by default chosen from the corpus, 128 or 192.",
        minimum=1,
        maximum=4096,
    )
    num_layers: int | None = setting(
        None, "LSTM layers; by default 2.", minimum=1, maximum=8
    )
    dropout: float | None = setting(
        None,
        "Share of activations switched off while training, against learning by heart; "
        "by default chosen from the corpus, 0.3 to 0.5.",
        minimum=0.0,
        maximum=0.95,
    )


BASE, NONE = "base", "none"  # what --base may say besides the name of an experiment


@dataclass(frozen=True)
class TrainSettings(Settings):
    """How the network is trained."""

    heading = "Training"

    base: str | None = setting(
        None,
        "What to fine-tune: an experiment, a .keras file, base (the network that comes "
        "with monody), or none, to learn from nothing; by default base for a small "
        "corpus.",
    )
    num_epochs: int = setting(
        60, "Passes over the training melodies, at most.", minimum=1
    )
    batch_size: int | None = setting(
        None,
        "Sequences in one training step, fewer where they are long; by default chosen "
        "from the corpus, 8 or 16.",
        minimum=1,
        maximum=4096,
    )
    window_size: int = setting(
        512,
        "Events of context in one training sequence, at most.",
        minimum=2,
        maximum=65_536,
    )
    optimizer: str = setting("adam", "Keras optimizer.", choices=OPTIMIZERS)
    learning_rate: float | None = setting(
        None,
        "Learning rate; by default the optimizer's own, and a third of it to fine-tune "
        "a base.",
        minimum=1e-8,
        maximum=10,
    )
    grad_clip: float = setting(
        1.0, "Largest norm of a gradient; 0 switches clipping off.", minimum=0.0
    )
    patience: int | None = setting(
        None,
        "Epochs without a better held-out figure before training stops; by default "
        "chosen from the corpus, 6 to 12.",
        minimum=1,
    )
    transpose: float = setting(
        0.25,
        "Share of the melodies that an epoch moves to another key. The network reads "
        "melodies by their intervals and key anyway; 1 unlearns a corpus's usual keys.",
        minimum=0.0,
        maximum=1.0,
    )
    transpose_octaves: int = setting(
        0,
        "Octaves that those melodies may also be moved by, either way: for a network "
        "that others are to be fine-tuned from, to whatever range.",
        minimum=0,
        maximum=4,
    )
    max_minutes: float | None = setting(
        None,
        "Training stops when these minutes are over, if it has not before.",
        minimum=0.001,
    )
    seed: int = setting(
        1,
        "Seed of the split and of every random choice of training.",
        minimum=0,
        maximum=2**32 - 1,
    )

    @property
    def fine_tunes(self) -> bool:
        """Whether training begins with a base, and not with nothing."""
        return self.base not in (None, NONE)
