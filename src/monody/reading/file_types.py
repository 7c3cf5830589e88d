"""The suffixes of the names of music files and archives."""

from __future__ import annotations

from os.path import splitext  # of a hundred thousand names: a Path is slow

from monody.reading.other_files import OTHER_SUFFIXES

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".smf")
SCORE_SUFFIXES = (".musicxml", ".mxl", ".xml")
MUSESCORE_SUFFIXES = (".mscx", ".mscz")
KERN_SUFFIXES = (".krn", ".kern")
MUSIC_SUFFIXES = (
    *MIDI_SUFFIXES,
    ".abc",
    *SCORE_SUFFIXES,
    *MUSESCORE_SUFFIXES,
    *KERN_SUFFIXES,
)
GZIP_SUFFIX, ARCHIVE_SUFFIX = ".gz", ".zip"
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz")
PARQUET_SUFFIX = ".parquet"
ARCHIVE_SUFFIXES = (ARCHIVE_SUFFIX, *TAR_SUFFIXES, PARQUET_SUFFIX)


def is_archive_name(name: str) -> bool:
    """Tell whether a file's name says that it is an archive.

    Example:
        >>> from monody.reading.file_types import is_archive_name
        >>> is_archive_name("Tunes.ZIP"), is_archive_name("shard-00.tar.gz")
        (True, True)
        >>> is_archive_name("tune.mxl")
        False
    """
    return name.lower().endswith(ARCHIVE_SUFFIXES)


def is_music_name(name: str) -> bool:
    """Tell whether a file's name says that it holds music, packed by gzip or not.

    Example:
        >>> from monody.reading.file_types import is_music_name
        >>> [is_music_name(name) for name in ("a.MID", "b.abc.gz", "c.gz", "d.zip")]
        [True, True, False, False]
    """
    stem, suffix = splitext(name.lower())
    if suffix == GZIP_SUFFIX:
        suffix = splitext(stem)[1]
    return suffix in MUSIC_SUFFIXES


def is_other_name(name: str) -> bool:
    """Tell whether a file's name says that it is brought in place of music.

    Example:
        >>> from monody.reading.file_types import is_other_name
        >>> [is_other_name(name) for name in ("a.MP3", "b.sib", "c.txt", "d.mid")]
        [True, True, False, False]
    """
    return splitext(name.lower())[1] in OTHER_SUFFIXES


def is_readable_name(name: str) -> bool:
    """Tell whether a file is worth a verdict: music, an archive, or brought for music.

    Example:
        >>> from monody.reading.file_types import is_readable_name
        >>> [is_readable_name(name) for name in ("a.mid", "b.zip", "c.mp3", "d.png")]
        [True, True, True, False]
    """
    return is_music_name(name) or is_archive_name(name) or is_other_name(name)
