"""Files that are made of others, and names that say what was done.

``1-temperature-0.8.mid`` lies beside ``1.mid``. A name is one that every file system
takes, whatever the settings say, and never that of a file that is there.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count as count_from
from pathlib import Path
from typing import Any

from monody.file_names import folded, off_devices, seen_part
from monody.generation.rewrite import Rewrite
from monody.music.melody import Melody
from monody.settings.sampling import SampleSettings

AGAIN = "again"
SOURCE = "-source"  # at the end of the name of the sound of a source
# In bytes of UTF-8. File systems take 255, some 143; endings and numbers come on top.
MAX_SOURCE_BYTES, MAX_DONE_BYTES = 64, 48
_AWKWARD = re.compile(r'[<>:"/\\|?*\s-]+')  # to type, in the text of settings
_PLAIN = str.maketrans({"♯": "#", "♭": "b"})
_OF_MANY = ("num_files", "seed")  # tell rewrites apart, and are not what was done


@dataclass(frozen=True)
class Variant:
    """What melodies were made of, and what their files are called.

    Example:
        >>> import monody
        >>> varied = monody.vary("data/midi/tune-001.mid", how=monody.Rewrite("rhythm"))
        >>> varied.variant.stem
        'tune-001-keep-rhythm'
    """

    source: Path
    melody: Melody | None  # of the source; None where it cannot be read
    stem: str  # of the files


def variant_of(source: Path, done: str, melody: Melody | None) -> Variant:
    """Name what is made of a file.

    Args:
        source: The file.
        done: What was done, as ``what_was_done`` says it, or ``AGAIN``.
        melody: The source's melody, if it has one.

    Example:
        >>> from pathlib import Path
        >>> from monody.generation.variants import variant_of
        >>> variant_of(Path("tunes/my air.mid"), "to_key-D minor", None).stem
        'my air-to_key-D-minor'
    """
    name = seen_part(_typed(source.stem), MAX_SOURCE_BYTES) or "melody"
    said = seen_part(_AWKWARD.sub("-", _typed(done)), MAX_DONE_BYTES)
    return Variant(source, melody, off_devices(f"{name}-{said}"))


def what_was_done(changes: Mapping[str, Any], how: Rewrite | None = None) -> str:
    """Say what was done to a melody, in the words of the options.

    Args:
        changes: Settings that changed.
        how: What was kept, if it is a rewrite.

    Example:
        >>> from monody import Rewrite
        >>> from monody.generation.variants import what_was_done
        >>> what_was_done({"temperature": 0.8, "seed": 7})
        'temperature-0.8-seed-7'
        >>> what_was_done({"num_files": 2, "seed": 7}, Rewrite(replace=(5, 8)))
        'replace-5-8'
    """
    done = how.to_json() if how is not None else {}
    for field in dataclasses.fields(SampleSettings):
        if field.name in changes and not (how and field.name in _OF_MANY):
            done[field.name] = changes[field.name]
    return "-".join(_said(name, value) for name, value in done.items() if value != "")


def _said(name: str, value: Any) -> str:
    """Say one setting: ``temperature-0.8``, ``no_free``, ``replace-5-8``."""
    match value:
        case True:
            return name
        case False | None:
            return f"no_{name}"
        case float():
            return f"{name}-{value:g}"
        case (first, last):
            # Bars 5 to 5 are bar 5; a meter of 4/4 stays.
            alike = name == "replace" and first == last
            return f"{name}-{first}" if alike else f"{name}-{first}-{last}"
        case _:
            return f"{name}-{value}"


def free_stems(folder: Path, stem: str, count: int) -> list[str]:
    """Return names that no file of a folder has, whatever its ending.

    Args:
        folder: It need not be there.
        stem: The name wanted.
        count: How many; more than one are numbered from 1.

    Returns:
        Names without ending. Where one is taken, a number makes it free.

    Example:
        >>> from pathlib import Path
        >>> from monody.generation.variants import free_stems
        >>> free_stems(Path(), "1-again", 1), free_stems(Path(), "1-again", 2)
        (['1-again'], ['1-again-1', '1-again-2'])
        >>> Path("1-again.wav").touch()
        >>> free_stems(Path(), "1-again", 1)
        ['1-again-2']
    """
    there = folder.iterdir() if folder.is_dir() else ()
    taken = {folded(path.stem) for path in there}
    for stems in _candidates(stem, count):
        used = {folded(each) for each in (*stems, *(f"{s}{SOURCE}" for s in stems))}
        if not used & taken:
            return stems
    raise AssertionError("numbers do not end")


def _candidates(stem: str, count: int) -> Iterator[list[str]]:
    if count == 1:
        yield [stem]
    for first in count_from(2 if count == 1 else 1):
        yield [f"{stem}-{number}" for number in range(first, first + count)]


def _typed(text: str) -> str:
    """Replace the signs of music that nobody can type."""
    return unicodedata.normalize("NFC", text.translate(_PLAIN))
