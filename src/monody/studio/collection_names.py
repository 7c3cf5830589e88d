"""What a collection is called until the musician calls it something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import count, takewhile
from pathlib import PurePosixPath

from monody.studio.words import _
from monody.translation import grouped

MIN_LETTERS = 3  # that names of files have in common, to name a collection by them
_LETTERS = re.compile(r"[^\W\d_]+")
_ENDS_IN_WORD = re.compile(r"[^\W\d_]+$")
_AROUND = " ._-,;:()[]#0123456789"  # of a name that goes on with a number or the like


def collection_name(files: Sequence[PurePosixPath], day: date) -> str:
    """Name a collection after its folder, its one file, or what its files share.

    Args:
        files: One or more, as they were dropped.
        day: When; files that share nothing are named by it.

    Example:
        >>> from datetime import date
        >>> from pathlib import PurePosixPath as Path
        >>> from monody.studio.collection_names import collection_name
        >>> day = date(2026, 5, 1)
        >>> collection_name([Path("airs/a.mid"), Path("airs/slow/b.mid")], day)
        'airs'
        >>> collection_name([Path("Bach 01.mid"), Path("Bach 02.mid")], day)
        'Bach'
        >>> collection_name([Path("reel.mid"), Path("jig.mid")], day)
        '2 files of 2026-05-01'
    """
    tops = {file.parts[0] for file in files}
    if len(tops) == 1 and len(files[0].parts) > 1:
        return tops.pop()
    stems = [file.stem for file in files]
    if len(stems) == 1:
        return stems[0]
    shared = _shared_words(stems)
    if sum(map(len, _LETTERS.findall(shared))) >= MIN_LETTERS:
        return shared
    return _("{count} files of {day}").format(
        count=grouped(len(files)), day=day.isoformat()
    )


def _shared_words(stems: Sequence[str]) -> str:
    """Return the words that all names begin with."""
    alike = takewhile(lambda letters: len({*letters}) == 1, zip(*stems, strict=False))
    shared = "".join(letters[0] for letters in alike)
    following = (stem[len(shared) :][:1] for stem in stems)
    if any(letter.isalpha() for letter in following):  # it ends within a word
        shared = _ENDS_IN_WORD.sub("", shared)
    return shared.strip(_AROUND)


def free_name(name: str, taken: Sequence[str]) -> str:
    """Return a name that no other collection has, with a number if need be.

    Example:
        >>> from monody.studio.collection_names import free_name
        >>> free_name("airs", ["airs", "reels"])
        'airs 2'
    """
    numbered = (f"{name} {number}" for number in count(2))
    return name if name not in taken else next(n for n in numbered if n not in taken)
