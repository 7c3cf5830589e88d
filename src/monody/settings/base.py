"""What all settings share: declaration, checks, help texts and the way to JSON.

One frozen dataclass per concern. The command line's options, their help texts, the
checks and the saved ``settings.json`` are all made from its fields. The sentence that
explains a field is the string below it, where editors look for it, too. So a setting is
written down exactly once.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import math
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, get_args, get_origin, get_type_hints

from monody.errors import SettingError, brief
from monody.translation import marked

MAX_BITS = 512  # of a whole number that a message says
LIMITS = "limits"  # of a field, in its metadata


@dataclass(frozen=True)
class Limits:
    """What a setting may be."""

    minimum: float | None = None  # inclusive, as is the maximum
    maximum: float | None = None
    choices: tuple[str, ...] | None = None

    @classmethod
    def of(cls, field: dataclasses.Field[Any]) -> Limits:
        """Return the limits that a field was declared with."""
        limits: Limits = field.metadata[LIMITS]
        return limits

    @property
    def range_text(self) -> str:
        """The range in words, empty where there is none: ``"from 0 to 1"``."""
        if self.minimum is None and self.maximum is None:
            return ""
        return range_text(self.minimum, self.maximum)


def setting(
    default: Any,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] | None = None,
) -> Any:
    """Declare a dataclass field that knows its range.

    The string below the field explains it: one sentence for the help text, with the
    unit.

    Args:
        default: The value when the user names none.
        minimum: Smallest value allowed, inclusive.
        maximum: Largest value allowed, inclusive.
        choices: The words allowed.
    """
    limits = Limits(minimum, maximum, choices)
    return dataclasses.field(default=default, metadata={LIMITS: limits})


def _strings_below_fields(settings: type[Settings]) -> Iterator[tuple[str, str]]:
    """Yield the name of each field and the string below it.

    Python forgets these strings, so they are read from the source. A program that was
    packed without its source has no help texts.
    """
    try:
        source = inspect.getsource(sys.modules[settings.__module__])
    except OSError:
        return
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == settings.__name__:
            for field, below in zip(node.body, node.body[1:], strict=False):
                match field, below:
                    case (
                        ast.AnnAssign(target=ast.Name(name)),
                        ast.Expr(value=ast.Constant(str(text))),
                    ):
                        yield name, " ".join(text.split())


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
    explanations: ClassVar[dict[str, str]] = {}  # a sentence for each field

    def __init_subclass__(cls) -> None:
        cls.explanations = dict(_strings_below_fields(cls))
        lines = [
            f"    {name}: {_described(text, cls.__dict__[name])}"
            for name, text in cls.explanations.items()
        ]
        about = cls.__doc__ or ""  # none under -OO
        cls.__doc__ = "\n".join([f"{about}\n\nArgs:", *lines])

    def __post_init__(self) -> None:
        self.require_in_range(vars(self))

    @classmethod
    def require_in_range(cls, values: Mapping[str, Any]) -> None:
        """Check some of the settings, each by its declaration alone.

        Args:
            values: By name.

        Raises:
            SettingError: If one is of another kind, or out of its range.
        """
        kinds = field_types(cls)
        for field in dataclasses.fields(cls):
            if field.name not in values:
                continue
            value = values[field.name]
            plain, optional = kinds[field.name]
            if value is None and optional:
                continue
            _check(field.name, value, plain, Limits.of(field))

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


def _described(text: str, field: dataclasses.Field[Any]) -> str:
    """Explain a field: its sentence, its range and its default."""
    notes = f"{Limits.of(field).range_text}; default {field.default!r}"
    return f"{text} [{notes.removeprefix('; ')}]"


def _check(name: str, value: Any, plain: type, limits: Limits) -> None:
    """Raise a ``SettingError`` where the value breaks its declaration."""
    numeric = plain in (int, float)
    fits = isinstance(value, (int, float) if plain is float else plain)
    if not fits or (numeric and isinstance(value, bool)):
        raise SettingError(f"{name} must be {_kind(plain)}, not {_said(value)}")
    # A whole number is finite, though it may have too many digits for a float.
    if isinstance(value, float) and not math.isfinite(value):
        raise SettingError(f"{name} must be a finite number, not {value!r}")
    choices = limits.choices
    if choices is not None and value not in choices:
        raise SettingError(f"{name} must be one of {', '.join(choices)}, not {value!r}")
    minimum, maximum = limits.minimum, limits.maximum
    too_small = minimum is not None and value < minimum
    too_large = maximum is not None and value > maximum
    if too_small or too_large:
        raise SettingError(
            f"{name} must be {range_text(minimum, maximum)}, not {_said(value)}"
        )


def _said(value: Any) -> str:
    """Return a value as a message says it; Python writes no number of 5,000 digits."""
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        return f"one of {value.bit_length():,} bits"
    return brief(repr(value))


def _kind(plain: type) -> str:
    """Name a type in words."""
    names = {int: "a whole number", float: "a number", str: "text", bool: "on or off"}
    return marked(names)[plain]


def range_text(minimum: float | None, maximum: float | None) -> str:
    """Say a range in words.

    Example:
        >>> from monody.settings.base import range_text
        >>> range_text(1, None)
        'at least 1'
    """
    low, high = (
        ""
        if limit is None
        else f"{limit:,}"
        if isinstance(limit, int)
        else f"{limit:g}"
        for limit in (minimum, maximum)
    )
    if not low:
        return marked(f"at most {high}")
    return marked(f"from {low} to {high}") if high else marked(f"at least {low}")


def required(value: int | float | None) -> Any:
    """Return a setting that the user or the corpus has chosen.

    Raises:
        ValueError: If it is still open: ``presets.fill_in`` chooses it.
    """
    if value is None:
        raise ValueError("a setting is still open: presets.fill_in chooses it")
    return value
