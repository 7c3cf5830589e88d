"""Another way to write the same tune, for a reader that misreads the first one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from monody.corpus.public_domain import BOOKS
from monody.reading.abc.tune_book import abc_text, tunes_of


class Rewrite(NamedTuple):
    """A pattern in lines of music, and what is written instead.

    Args:
        cause: Why it is rewritten.
        pattern: A regular expression.
        by: What `re.sub` takes.
        within_quotes: Whether it is looked for in quoted text, too.
        both: Whether both readers get it: the standard leaves open what it means.
    """

    cause: str
    pattern: str
    by: str | Callable[[re.Match[str]], str]
    within_quotes: bool = False
    both: bool = False


def rewritten(tune: str, rewrites: Sequence[Rewrite], causes: Sequence[str]) -> str:
    """Rewrite a tune for some causes."""
    for rewrite in rewrites:
        if rewrite.cause in causes:
            tune = _in_music(rewrite, tune)
    return tune


def _in_music(rewrite: Rewrite, tune: str) -> str:
    """Rewrite the lines of music only, outside of quotation marks."""
    lines = []
    for line in tune.split("\n"):
        if re.match(r"[A-Za-z]:|%", line):
            lines.append(line)
            continue
        parts = [line] if rewrite.within_quotes else re.split(r'("[^"]*")', line)
        parts[::2] = [re.sub(rewrite.pattern, rewrite.by, part) for part in parts[::2]]
        lines.append("".join(parts))
    return "\n".join(lines)


def tunes(every: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every so-manieth tune of music21's collections."""
    import music21

    root = Path(music21.__file__).parent / "corpus"
    place = 0
    for collection in BOOKS:
        for file in sorted((root / collection).glob("*.abc")):
            for index, tune in enumerate(tunes_of(abc_text(file.read_bytes()))):
                place += 1
                if place % every == 0:
                    yield f"{collection}/{file.name}#{index}", tune


_NOTE = r"[H-Wh-w~.]*[\^_=]*[A-Ga-gz][,']*"
_LENGTH = r"\d*/*\d*"

UNEQUAL = "broken rhythm between notes of unequal length is undefined (4.4)"
CHORD = "a note of a chord has a length of its own (4.17)"


def _even(found: re.Match[str]) -> str:
    """Leave broken rhythm out between notes that are not equally long."""
    equal = found["one"] == found["other"]
    return found.group() if equal else f"{found['before']} {found['after']}"


def _as_first(found: re.Match[str]) -> str:
    """Make all notes of a chord as long as its first one."""
    lengths = re.findall(f"{_NOTE}({_LENGTH})", found.group())
    return re.sub(f"({_NOTE}){_LENGTH}", rf"\g<1>{lengths[0]}", found.group())


OLD_CHORD = Rewrite("+ around a chord (ABC 1.6)", r"\+((?:[A-G]\d){2})\+", r"[\1]")
NAMED_ENDING = Rewrite(
    "[ before the name of an ending is no chord (4.9)", r'\["(?=[A-Z])', '"', True, True
)
# What the standard leaves open; letters and dots before a note are decorations.
UNDEFINED = (
    Rewrite(UNEQUAL, rf"([<>]+[ (]*{_NOTE}{_LENGTH}\)*)[<>]+", r"\1 ", both=True),
    Rewrite(UNEQUAL, rf"(\(3(?:{_NOTE}{_LENGTH}){{3}}) *[<>]+", r"\1 ", both=True),
    Rewrite(
        UNEQUAL,
        rf"(?P<before>{_NOTE}(?P<one>{_LENGTH})[-)]*) *[<>]+"
        rf"(?P<after>[ (]*{_NOTE}(?P<other>{_LENGTH}))",
        _even,
        both=True,
    ),
    Rewrite(CHORD, rf"\[(?:{_NOTE}{_LENGTH}){{2,}}\]", _as_first, both=True),
)
