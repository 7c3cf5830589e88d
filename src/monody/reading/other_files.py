"""What musicians bring that holds no notes to read: recorded sound, closed formats.

Such a file is named as what it is, with what to do. Its content tells, or else the end
of its name.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple

from monody.reading.raw_score import UnreadableError

HEAD_BYTES = 4096  # of a file, which tell what it is
_TRANSCRIBE = "transcribe it to MIDI first"
_EXPORT = "export it as MusicXML or MIDI from {}"
_FROM_GUITAR_PRO = _EXPORT.format("Guitar Pro, TuxGuitar or MuseScore")
_FROM_PROJECT = "export its tracks as MIDI from {}"


class OtherKind(NamedTuple):
    """A kind of files that are not read.

    Args:
        what: As in "recorded sound (WAV)".
        advice: What the user can do.
        suffixes: Of the names that such files have.
        looks: How they begin: a pattern of bytes; none if that cannot be told.
    """

    what: str
    advice: str
    suffixes: tuple[str, ...]
    looks: bytes = b"(?!)"


OTHER_KINDS = (
    OtherKind(
        "recorded sound (WAV)", _TRANSCRIBE, (".wav", ".wave"), rb"RIFF.{4}WAVE|RF64"
    ),
    # An ID3 tag, or the head of a frame of layer III with a bit rate.
    OtherKind(
        "recorded sound (MP3)",
        _TRANSCRIBE,
        (".mp3",),
        rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]",
    ),
    OtherKind("recorded sound (FLAC)", _TRANSCRIBE, (".flac",), rb"fLaC"),
    OtherKind("recorded sound (Ogg)", _TRANSCRIBE, (".ogg", ".oga", ".opus"), rb"OggS"),
    OtherKind("recorded sound (MP4)", _TRANSCRIBE, (".m4a",), rb".{4}ftyp"),
    OtherKind(
        "recorded sound (AAC)", _TRANSCRIBE, (".aac",), rb"\xff[\xf0\xf1\xf8\xf9]"
    ),
    OtherKind(
        "recorded sound (AIFF)",
        _TRANSCRIBE,
        (".aiff", ".aif", ".aifc"),
        rb"FORM.{4}AIF[FC]",
    ),
    OtherKind("recorded sound (CAF)", _TRANSCRIBE, (".caf",), rb"caff\0"),
    OtherKind(
        "recorded sound (WMA)", _TRANSCRIBE, (".wma",), rb"\x30\x26\xb2\x75\x8e\x66"
    ),
    OtherKind(
        "a Guitar Pro file",
        _FROM_GUITAR_PRO,
        (".gp", ".gp3", ".gp4", ".gp5", ".gpx", ".gtp"),
        rb".?FICHIER GUITAR PRO|BCF[SZ]",
    ),
    OtherKind("a Power Tab file", _FROM_GUITAR_PRO, (".ptb",), rb"ptab"),
    OtherKind(
        "a Sibelius file", _EXPORT.format("Sibelius"), (".sib",), rb"\x0fSIBELIUS"
    ),
    OtherKind(
        "a Finale file",
        _EXPORT.format("Finale"),
        (".mus", ".musx"),
        rb"ENIGMA BINARY FILE",
    ),
    OtherKind("a Dorico file", _EXPORT.format("Dorico"), (".dorico",)),
    OtherKind("a capella file", _EXPORT.format("capella"), (".capx",)),
    OtherKind(
        "a NoteWorthy file",
        _EXPORT.format("NoteWorthy Composer"),
        (".nwc",),
        rb"\[NoteWorthy|\[NWZ\]",
    ),
    OtherKind(
        "a LilyPond file",
        "let LilyPond write MIDI: add \\midi { } to its \\score",
        (".ly",),
        rb"(?:\s|%[^\n]*\n)*\\(?:version|include)\s",
    ),
    OtherKind(
        "an MEI file",
        "convert it to MusicXML or MIDI, with MuseScore or verovio",
        (".mei",),
        rb"\s*<.{0,3000}?<mei[\s>]",
    ),
    OtherKind("a Cubase project", _FROM_PROJECT.format("Cubase"), (".cpr",)),
    OtherKind("a Logic project", _FROM_PROJECT.format("Logic"), (".logicx",)),
    OtherKind(
        "an Ableton Live project",
        _FROM_PROJECT.format("Live"),
        (".als",),
        rb"\s*<.{0,500}?<Ableton\s",
    ),
    OtherKind("an FL Studio project", _FROM_PROJECT.format("FL"), (".flp",), rb"FLhd"),
    OtherKind(
        "a Reaper project", _FROM_PROJECT.format("Reaper"), (".rpp",), rb"<REAPER_PROJ"
    ),
    OtherKind(
        "a PDF, pictures of notes",
        "let a program recognise the notes, and export MusicXML",
        (),
        rb"%PDF-",
    ),
)
OTHER_SUFFIXES = tuple(suffix for kind in OTHER_KINDS for suffix in kind.suffixes)
_BY_SUFFIX = {suffix: kind for kind in OTHER_KINDS for suffix in kind.suffixes}
_LOOKS = [(re.compile(kind.looks, re.DOTALL), kind) for kind in OTHER_KINDS]


def other_by_name(name: str) -> UnreadableError | None:
    """Return what to say of a file whose name ends as those of other kinds do.

    Example:
        >>> from monody.reading.other_files import other_by_name
        >>> str(other_by_name("Take 5.WAV")), other_by_name("a.mid")
        ('recorded sound (WAV), not notes', None)
    """
    kind = _BY_SUFFIX.get(PurePath(name.lower()).suffix)
    return None if kind is None else _refusal(kind)


def other_by_content(data: bytes) -> UnreadableError | None:
    """Return what to say of a file that begins as those of other kinds do.

    Args:
        data: The file, or its beginning.

    Example:
        >>> from monody.reading.other_files import other_by_content
        >>> str(other_by_content(b"fLaC" + bytes(30)))
        'recorded sound (FLAC), not notes'
    """
    head = data[:HEAD_BYTES]
    found = next((kind for looks, kind in _LOOKS if looks.match(head)), None)
    return None if found is None else _refusal(found)


def guitar_pro() -> UnreadableError:
    """Return what to say of a file of Guitar Pro 7 or 8, which is an archive.

    Example:
        >>> from monody.reading.other_files import guitar_pro
        >>> guitar_pro().reason.advice
        'export it as MusicXML or MIDI from Guitar Pro, TuxGuitar or MuseScore'
    """
    return _refusal(_BY_SUFFIX[".gp"])


def _refusal(kind: OtherKind) -> UnreadableError:
    sound = kind.what.startswith("recorded")
    return UnreadableError(
        f"{kind.what}, not notes" if sound else kind.what, kind.advice
    )
