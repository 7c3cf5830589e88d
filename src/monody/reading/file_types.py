"""What the names of music files end in."""

from __future__ import annotations

from pathlib import PurePath

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".smf")
SCORE_SUFFIXES = (".musicxml", ".mxl", ".xml")
MUSIC_SUFFIXES = (*MIDI_SUFFIXES, ".abc", *SCORE_SUFFIXES)
GZIP_SUFFIX, ARCHIVE_SUFFIX = ".gz", ".zip"


def is_archive_name(name: str) -> bool:
    """Tell whether a file's name says that it is an archive."""
    return name.lower().endswith(ARCHIVE_SUFFIX)


def is_music_name(name: str) -> bool:
    """Tell whether a file's name says that it holds music, packed by gzip or not."""
    path = PurePath(name.lower())
    suffix = PurePath(path.stem).suffix if path.suffix == GZIP_SUFFIX else path.suffix
    return suffix in MUSIC_SUFFIXES
