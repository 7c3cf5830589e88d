"""The first sentence of each public name's documentation, and its Spanish.

The interface on the Spanish pages has its first sentences in Spanish; what follows is
in English, as in the code. Settings have theirs from the program's own catalogue: their
documentation is the help text of an option.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

import monody
from monody.translation import gettext

DOCS = Path(__file__).parents[1] / "docs"
PAGE, SPANISH = DOCS / "api.md", DOCS / "es/summaries.json"
# What a setting may be, and is by default: behind its explanation, in brackets.
NOTES = {
    r"\[at least ": "[al menos ",
    r"\[at most ": "[como mucho ",
    r"\[from (\S+) to ": r"[de \1 a ",
    r"([\[ ])default ": r"\1por defecto ",
}
_DESCRIBED = (property, classmethod, staticmethod, cached_property)


@cache
def in_spanish() -> dict[str, str]:
    """Return the sentences in Spanish, by the English ones."""
    found: dict[str, str] = json.loads(SPANISH.read_text("utf-8"))
    return found


def summaries() -> Iterator[str]:
    """Yield the first line of the documentation of every public name and its parts."""
    for name in set(monody.__all__) - {"__version__"}:
        public = getattr(monody, name)
        if callable(public):  # a number or a tuple has what Python says of all of them
            yield _first_line(public)
        for part, value in _parts(public) if inspect.isclass(public) else ():
            described = inspect.isfunction(value) or isinstance(value, _DESCRIBED)
            if described and not part.startswith("_") and _first_line(value):
                yield _first_line(value)


def _parts(public: type) -> Iterator[tuple[str, object]]:
    """Yield what a class has by name; what it inherits, where its page shows that."""
    yield from vars(public).items()
    if f"autoclass:: {public.__name__}\n   :inherited-members:" in PAGE.read_text(
        "utf-8"
    ):
        for inherited in public.__mro__[1:-1]:
            yield from vars(inherited).items()


def _first_line(value: object) -> str:
    return (inspect.getdoc(value) or "").partition("\n")[0]


def translate(lines: list[str], documented: object) -> None:
    """Put the Spanish in place of the first line, and of what explains settings.

    Args:
        lines: Of a documentation. They are changed.
        documented: What they document.
    """
    if lines and lines[0] in in_spanish():
        lines[0] = in_spanish()[lines[0]]
    for name, explained in getattr(documented, "explanations", {}).items():
        start = f"    {name}: "
        for place, line in enumerate(lines):
            if line.startswith(start + explained):
                notes = line.removeprefix(start + explained)
                for english, spanish in NOTES.items():
                    notes = re.sub(english, spanish, notes)
                lines[place] = start + gettext(explained) + notes
