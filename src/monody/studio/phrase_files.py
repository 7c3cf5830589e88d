"""A phrase that was typed as ABC or dropped as a file, read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import monody
from monody.reading.file_types import is_music_name
from monody.sentences import translated
from monody.studio.folder import StudioFolder
from monody.studio.phrases import MAX_NOTES, MAX_TICK, Phrase
from monody.studio.words import _
from monody.temporary import TemporaryFolder

MAX_ABC = 100_000  # characters


def melody_of_abc(text: object, folder: StudioFolder) -> monody.Melody:
    """Return the melody of a tune that was typed in ABC.

    Headers may be left out: then it is in C, in common time, in eighths.

    Args:
        text: The tune.
        folder: Where a file may be for a moment.

    Raises:
        MonodyError: If there is no melody in it.
    """
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_ABC:
        raise monody.MonodyError(_("Type a tune in ABC, such as C D E F | G4."))
    fields = {line[:2] for line in text.split("\n") if line[1:2] == ":"}
    head = "" if "X:" in fields else "X:1\n"
    if "K:" not in fields:
        head += "" if "M:" in fields else "M:4/4\n"
        head += "" if "L:" in fields else "L:1/8\n"
        own = [line for line in text.split("\n") if line[1:2] == ":"]
        rest = [line for line in text.split("\n") if line[1:2] != ":"]
        text = "\n".join([*own, "K:C", *rest])
    return _read(f"{head}{text}\n".encode(), "typed.abc", folder).phrase.melody


def phrase_of_file(
    data: bytes, name: str, folder: StudioFolder
) -> tuple[Phrase, bytes | None]:
    """Return the melody of a file that was dropped.

    Args:
        data: Its contents.
        name: Its name, from anywhere: only how it ends counts.
        folder: Where it may be for a moment.

    Returns:
        The melody, with its velocities where the file has no other notes; and the file
        itself if monody wrote it.

    Raises:
        MonodyError: If there is no melody in it.
    """
    if not is_music_name(name):
        raise monody.MonodyError(
            _("This is no file of music: drop MIDI, MusicXML, MuseScore, ABC or kern.")
        )
    suffixes = "".join(Path(name.lower()).suffixes[-2:])
    kept = next(
        each
        for each in (suffixes, Path(name.lower()).suffix)
        if is_music_name(f"a{each}")
    )
    read = _read(data, f"dropped{kept}", folder)
    return read.phrase, data if read.is_ours else None


class _Read(NamedTuple):
    """A file that was read."""

    phrase: Phrase
    is_ours: bool  # whether monody wrote it


def _read(data: bytes, name: str, folder: StudioFolder) -> _Read:
    """Read a file under a name of our own."""
    passing = TemporaryFolder(folder.path, private=True)
    try:
        path = passing.path / name
        path.write_bytes(data)
        melody = _melody_of(path)
        if len(melody) > MAX_NOTES or melody.end > MAX_TICK:
            raise monody.MonodyError(_("This melody is too long to work with here."))
        if _is_ours(path):
            return _Read(Phrase(melody), is_ours=True)
        struck = monody.read_velocities(path, melody)
        loud = () if struck is None else tuple(struck.tolist())
        return _Read(Phrase(melody, loud), is_ours=False)
    finally:
        passing.remove()


def _melody_of(path: Path) -> monody.Melody:
    """Read the melody of a file, whose path of a moment nobody is told."""
    try:
        return monody.read_melody(path)
    except monody.MonodyError as error:
        verdict = monody.read_corpus(path).verdicts[0]
        if not verdict.reason:  # there are notes, and too few to learn from
            raise
        sentence = _("There is no melody in it: {reason} ({advice}).").format(
            reason=translated(verdict.reason), advice=translated(verdict.advice)
        )
        raise monody.MonodyError(sentence) from error


def _is_ours(path: Path) -> bool:
    try:
        monody.read_provenance(path)
    except monody.MonodyError:
        return False
    return True
