"""Which sound bank plays: one that is named, one that the system has, or none."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from platformdirs import user_documents_path

from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.render.audio.soundfont import played_by

NO_BANK = "none"  # as a name of a sound bank: monody's own voices
MIN_BYTES, MAX_BYTES = 2**20, 2**28  # 1 to 256 MB: it is kept in memory
MAX_FILES = 200  # of a folder that are looked at
MIN_PROGRAMS = 100  # of General MIDI's 128; a piano alone cannot play a flute's melody
KNOWN = ("generaluser", "musescore_general", "fluidr3", "default", "", "timgm6mb")

_MUSESCORE = ("MuseScore4", "MuseScore3", "MuseScore2", "MuseScore")  # in Documents
_PLACES = (  # the user's own first
    "~/.local/share/soundfonts", "~/.local/share/sounds/sf2",
    "~/Library/Audio/Sounds/Banks",  # macOS
    "/usr/local/share/soundfonts", "/usr/local/share/sounds/sf2",
    "/usr/share/sounds/sf2",  # Debian
    "/usr/share/soundfonts",  # Fedora, Arch
    "/opt/homebrew/share/soundfonts", "/opt/homebrew/share/sounds/sf2",
    "/home/linuxbrew/.linuxbrew/share/soundfonts",
    "/Library/Audio/Sounds/Banks",
    "C:/soundfonts",
)  # fmt: skip
_PRESET_BYTES, _MAX_PRESETS = 38, 4096  # of a preset's header: name, program, bank ...


def chosen_bank(named: str | None) -> Path | None:
    """Choose the sound bank that plays.

    Args:
        named: A file; ``"none"``: monody's own voices. Empty or ``None``: a sound bank
            that the system has, if one is found that can be played.

    Returns:
        A sound bank, or ``None`` for monody's own voices.

    Example:
        >>> import monody
        >>> monody.chosen_bank("none") is None
        True
        >>> monody.chosen_bank("my.sf2").name
        'my.sf2'
    """
    if named:
        return None if named.lower() == NO_BANK else Path(named)
    return found_bank()


def found_bank() -> Path | None:
    """Find a General MIDI sound bank where systems and MuseScore keep them.

    Returns:
        The first that plays a note, or ``None``. It is looked for once.
    """
    documents = user_documents_path()
    musescore = (documents / version / "SoundFonts" for version in _MUSESCORE)
    # A path's own expanduser fails where there is no home; this one leaves the ~.
    others = (Path(os.path.expanduser(place)) for place in _PLACES)  # noqa: PTH111
    return _first_playable((*musescore, *others))


@lru_cache(maxsize=1)
def _first_playable(places: tuple[Path, ...]) -> Path | None:
    """Return the best bank of some folders that plays a note."""
    for bank in banks_in(places):
        try:
            played_by(bank, Melody.from_notes([(60, 0, 1)]))
        except MonodyError:
            continue  # nobody asked for it: another will do, or our own voices
        return bank
    return None


def banks_in(places: Sequence[Path]) -> list[Path]:
    """List the General MIDI sound banks of some folders, the best known first.

    Args:
        places: Folders, which need not exist.

    Example:
        >>> from pathlib import Path
        >>> from monody.render.audio.banks import banks_in
        >>> banks_in([Path("nowhere")])
        []
    """
    found = [bank for place in places for bank in _files(place) if is_general(bank)]
    return sorted(found, key=_rank)


def is_general(bank: Path) -> bool:
    """Tell whether a file is a sound bank of a usual size with General MIDI's programs.

    Args:
        bank: A file; of any other kind it is not opened.
    """
    try:
        status = bank.stat()
        if not stat.S_ISREG(status.st_mode):
            return False
        if not MIN_BYTES <= status.st_size <= MAX_BYTES:
            return False
        with bank.open("rb") as file:
            return len(_programs(file)) >= MIN_PROGRAMS
    except OSError:
        return False  # closed to us, or gone: as good as not there


def _files(place: Path) -> Iterator[Path]:
    """List what may be sound banks in a folder, in order of their names."""
    try:
        with os.scandir(place) as entries:
            names = [entry.name for entry in islice(entries, MAX_FILES)]
    except (OSError, ValueError):
        names = []  # most of the places are not there
    return (place / name for name in sorted(names) if name.lower().endswith(".sf2"))


def _rank(bank: Path) -> int:
    """Return the place of a bank among those that are known by name."""
    name = bank.resolve().name.lower()
    ranks = [at for at, known in enumerate(KNOWN) if known and name.startswith(known)]
    return ranks[0] if ranks else KNOWN.index("")


def _programs(file: BinaryIO) -> set[int]:
    """Read which programs a SoundFont has: RIFF, in it ``pdta``, in that ``phdr``."""
    riff, _, kind = _header(file)
    if (riff, kind) != (b"RIFF", b"sfbk"):
        return set()
    for _ in range(3):  # INFO, sdta, pdta
        name, size, kind = _header(file)
        if (name, kind) == (b"LIST", b"pdta"):
            break
        file.seek(size - 4 + size % 2, os.SEEK_CUR)
    name, size = struct.unpack("<4sI", _exactly(file, 8))
    if name != b"phdr":
        return set()
    count = min(size // _PRESET_BYTES, _MAX_PRESETS) - 1  # the last one ends the list
    presets = (_exactly(file, _PRESET_BYTES) for _ in range(count))
    headers = (struct.unpack_from("<HH", preset, 20) for preset in presets)
    return {program for program, bank in headers if bank == 0 and program < 128}


def _header(file: BinaryIO) -> tuple[bytes, int, bytes]:
    """Read the head of a list: its kind of chunk, its bytes, what it lists."""
    name, size, kind = struct.unpack("<4sI4s", _exactly(file, 12))
    return name, size, kind


def _exactly(file: BinaryIO, count: int) -> bytes:
    """Read some bytes; zeros where the file ends, which name no chunk."""
    return file.read(count).ljust(count, b"\0")
