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


def required(value: int | float | None) -> Any:
    """Return a setting that the user or the corpus has chosen.

    Raises:
        ValueError: If it is still open: ``presets.fill_in`` chooses it.
    """
    if value is None:
        raise ValueError("a setting is still open: presets.fill_in chooses it")
    return value
