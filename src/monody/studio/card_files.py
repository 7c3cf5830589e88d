"""The files of a card, made when they are asked for: sound, scores, pictures."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import monody
from monody.errors import printable
from monody.pages.player import Card, engraved
from monody.studio.records import UnknownError
from monody.studio.studio import Studio
from monody.studio.words import _

# What a file is served as, by how its name ends; a browser guesses nothing.
MEDIA_TYPES = {
    ".mid": "audio/midi",
    ".wav": "audio/wav",
    ".musicxml": "application/vnd.recordare.musicxml+xml",
    ".abc": "text/vnd.abc; charset=utf-8",
}
PICTURES = ("staff.svg", "roll.svg")
SVG = "image/svg+xml"
MIN_PITCH, MAX_PITCH = 0, 127


class CardFile(NamedTuple):
    """One file, ready to be sent."""

    tag: str  # the same as long as the file would be the same
    media_type: str
    data: bytes | None  # small files
    path: Path | None  # sounds, of which a browser may want a part


def file_of(studio: Studio, card_id: str, name: str) -> CardFile:
    """Return a file of a card.

    Args:
        studio: Whose card.
        card_id: The card.
        name: ``ID`` with an ending of ``MEDIA_TYPES``, or one of ``PICTURES``.

    Raises:
        UnknownError: If there is no such card, or no such file of it.
        MonodyError: If it cannot be made.
    """
    card, path = studio.cards.get(card_id), studio.cards.path(card_id)
    ending = Path(name).suffix
    if name not in (*PICTURES, *(f"{card_id}{each}" for each in MEDIA_TYPES)):
        raise UnknownError(_("There is no such file."))
    midi = path.read_bytes()
    tag = sha256(b"\0".join([midi, card.name.encode(), name.encode()])).hexdigest()[:32]
    if ending == ".mid":
        return CardFile(tag, MEDIA_TYPES[ending], midi, None)
    melody = studio.cards.melody(card_id)
    if ending == ".wav":
        return _sound(studio, melody, card.velocities)
    if name == "roll.svg":
        roll = Card(printable(card.name), melody).roll
        return CardFile(tag, SVG, roll.encode(), None)
    key = written_key(path)
    if name == "staff.svg":
        staff = engraved(melody, card.name, key)
        return CardFile(tag, SVG, staff.encode(), None)
    score = monody.render_melody(melody, ending[1:], card.name, key=key)
    return CardFile(tag, MEDIA_TYPES[ending], score, None)


def _sound(studio: Studio, melody: monody.Melody, played: tuple[int, ...]) -> CardFile:
    """Return the sound of a melody; the name of its card is not in it."""
    sounds, kind = studio.sounds, MEDIA_TYPES[".wav"]
    try:
        path = sounds.melody(melody, played)
    except OSError:  # a full disk: it is heard all the same
        wave = sounds.wave(melody, played, sounds.bank())
        return CardFile(sounds.stamp(melody, played), kind, wave, None)
    return CardFile(path.stem, kind, None, path)


def provenance_of(path: Path) -> monody.Provenance | None:
    """Return how a melody was made, or ``None`` for a phrase, which nobody made here.

    Args:
        path: Its MIDI file.
    """
    try:
        return monody.read_provenance(path)
    except monody.MonodyError:
        return None


def written_key(path: Path) -> str | None:
    """Return the key that a melody was asked for in, such as ``"D dorian"``.

    Args:
        path: Its MIDI file, which names no modes, but says how it was made.
    """
    made = provenance_of(path)
    return None if made is None else made.settings.key


def voice_of(studio: Studio, program: str, pitch: str) -> Path:
    """Return the sound of one note, which a page plays when a key is pressed.

    Args:
        studio: Whose sound.
        program: General MIDI program, 0-127, from anywhere.
        pitch: MIDI pitch, 0-127, from anywhere.

    Raises:
        UnknownError: If there is no such instrument or note.
    """
    numbers = [int(each) if _is_number(each) else -1 for each in (program, pitch)]
    if not all(MIN_PITCH <= number <= MAX_PITCH for number in numbers):
        raise UnknownError(_("There is no such note."))
    return studio.sounds.note(*numbers)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 3
