"""Names for files that monody writes, whatever the names that they are made from.

A name may come from a stranger's file, and what is written may be carried to another
system. So it has no character that is not seen or that some file system refuses, it is
not the name of a device of Windows, and it is not too long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# In bytes of UTF-8. Most file systems take 255; an ending, a number that makes the name
# free, and what tells a file that is being written come on top.
MAX_STEM_BYTES = 200
MAX_DIGITS = 9  # of a number that files are counted by
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')  # by one file system or another
_DEVICES = re.compile(
    r"(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$)\s*(\.|$)", re.IGNORECASE
)


def portable_stem(name: str, max_bytes: int = MAX_STEM_BYTES) -> str:
    """Return a name without its ending that every file system takes.

    Args:
        name: Any text, best one that is such a name already: it is left as it is.
        max_bytes: The longest that it may be, in UTF-8.

    Example:
        >>> from monody.file_names import portable_stem
        >>> portable_stem("my air"), portable_stem("AC/DC?"), portable_stem("aux")
        ('my air', 'AC-DC', '_aux')
        >>> portable_stem("...")
        'melody'
    """
    return off_devices(seen_part(name, max_bytes) or "melody")


def seen_part(name: str, max_bytes: int) -> str:
    """Return a part of such a name; it may be empty.

    Args:
        name: Any text.
        max_bytes: The longest that it may be, in UTF-8.

    Example:
        >>> from monody.file_names import seen_part
        >>> seen_part("what is love?", 8), seen_part("???", 8)
        ('what is', '')
    """
    seen = "".join(sign if sign.isprintable() else " " for sign in name)
    cut = _FORBIDDEN.sub("-", seen).encode()[:max_bytes].decode(errors="ignore")
    return cut.rstrip("-. ").lstrip(". ")


def folded(name: str) -> str:
    """Return a name as those file systems compare it that know no case.

    macOS takes a letter with its accent, and the letter followed by the accent, for
    one. Names that are the same here may be one file there, and a file that was carried
    from one system to another may have the other form.

    Args:
        name: A name, or a path with ``/`` between its names.

    Example:
        >>> from monody.file_names import folded
        >>> folded("Café.MID") == folded("cafe\N{COMBINING ACUTE ACCENT}.mid")
        True
    """
    caseless = unicodedata.normalize("NFD", name).casefold()
    return unicodedata.normalize("NFC", caseless)


def off_devices(stem: str) -> str:
    """Return a name that Windows does not take for that of a device.

    Example:
        >>> from monody.file_names import off_devices
        >>> off_devices("con.1"), off_devices("con-again")
        ('_con.1', 'con-again')
    """
    return f"_{stem}" if _DEVICES.match(stem) else stem


def next_number(names: Iterable[str]) -> int:
    """Return one more than the highest number among names.

    Args:
        names: Without endings. Numbers of more than ``MAX_DIGITS`` digits are passed
            over: a date with its time counts nothing, and the next number after one
            that is as long as a file name may be could be too long.

    Example:
        >>> from monody.file_names import next_number
        >>> next_number(["1", "07", "air"]), next_number(["9" * 200])
        (8, 1)
    """
    numbers = [name for name in names if name.isdecimal() and len(name) <= MAX_DIGITS]
    return max(map(int, numbers), default=0) + 1
