"""The forms that a melody can be rendered in, each the bytes of one file."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from monody.errors import SettingError
from monody.music.melody import Melody
from monody.music.scale import Scale, parse_scale

Renderer = Callable[[Melody, str, Path | None], bytes]  # melody, title, sound bank


def _wav(
    melody: Melody,
    _title: str,
    sound_bank: Path | None,
    velocities: Sequence[int] = (),
) -> bytes:
    from monody.render.audio.wav import render_wav

    return render_wav(melody, sound_bank=sound_bank, velocities=velocities)


def _png(melody: Melody, title: str, _sound_bank: Path | None) -> bytes:
    from monody.render.roll.png import roll_png

    return roll_png(melody, title)


def _svg(melody: Melody, title: str, _sound_bank: Path | None) -> bytes:
    from monody.render.roll.roll import roll_svg

    return roll_svg(melody, title).encode()


def _musicxml(melody: Melody, title: str, _sound_bank: Path | None) -> bytes:
    from monody.render.notation.musicxml import to_musicxml

    return to_musicxml(melody, title).encode()


def _abc(melody: Melody, title: str, _sound_bank: Path | None) -> bytes:
    from monody.render.notation.abc import to_abc

    return to_abc(melody, title).encode()


FORMS: dict[str, Renderer] = {
    "wav": _wav,
    "png": _png,
    "svg": _svg,
    "musicxml": _musicxml,
    "abc": _abc,
}
NOTATION = ("musicxml", "abc")  # forms that name modes


def parse_forms(words: str) -> tuple[str, ...]:
    """Read a list such as ``wav,svg``; the order and repeats do not matter.

    Raises:
        SettingError: If a word is none of ``FORMS``.

    Example:
        >>> from monody.render.forms import parse_forms
        >>> parse_forms("svg, WAV")
        ('wav', 'svg')
    """
    asked = {word.strip().lower() for word in words.split(",")}
    for word in sorted(asked - set(FORMS)):
        raise SettingError(f"to must be some of {', '.join(FORMS)}, not {word!r}")
    return tuple(form for form in FORMS if form in asked)


def require_form(form: str) -> None:
    """Make sure that the libraries of a form are installed.

    Args:
        form: One of ``FORMS``.

    Raises:
        MonodyError: If one is not.

    Example:
        >>> from monody.render.forms import require_form
        >>> require_form("svg")
    """
    if form == "png":
        from monody.render.roll.png import require_libraries

        require_libraries()


def render_melody(
    melody: Melody,
    form: str,
    title: str = "",
    sound_bank: str | os.PathLike[str] | None = None,
    *,
    key: str | None = None,
    velocities: Sequence[int] = (),
) -> bytes:
    """Render a melody, as ``monody render`` does.

    Args:
        melody: With at least one note.
        form: ``"wav"``, ``"png"``, ``"svg"``, ``"musicxml"`` or ``"abc"``.
        title: The heading of a picture and a score; by default where it came from.
        sound_bank: A ``.sf2`` file that plays; by default monody's own voices do.
        key: That it was written in, for a score: ``"D dorian"``. A MIDI file names no
            modes, so the melody's own says A minor.
        velocities: How loud a sound is: of each note, 1-127. By default phrase and
            meter shape them.

    Returns:
        The bytes of a file.

    Raises:
        MonodyError: If there is no such form or key, a library that it needs is not
            installed, or the melody is too long for it.
        ValueError: If there is no note.

    Example:
        >>> import monody
        >>> melody = monody.Melody.from_notes([(60, 0, 24), (64, 24, 24), (67, 48, 48)])
        >>> monody.render_melody(melody, "abc", "Triad").decode().splitlines()[-1]
        'C2 E2 G4 |]'
    """
    if form not in FORMS:
        raise SettingError(f"form must be one of {', '.join(FORMS)}, not {form!r}")
    if not len(melody):
        raise ValueError("melody must have at least one note")
    title = title or melody.source or "monody"
    bank = None if sound_bank is None else Path(sound_bank)
    if form == "wav":
        return _wav(melody, title, bank, velocities)
    scale = None if key is None else parse_scale(key, "key")
    return render(melody, form, title, bank, scale)


def render(
    melody: Melody,
    form: str,
    title: str,
    sound_bank: Path | None = None,
    scale: Scale | None = None,
) -> bytes:
    """Render a melody.

    Args:
        melody: With at least one note.
        form: One of ``FORMS``: sound (``wav``), piano roll (``png``, ``svg``), score
            (``musicxml``, ``abc``).
        title: The heading of a picture and a score.
        sound_bank: A ``.sf2`` file for ``wav``; by default monody's own sound.
        scale: That the melody was written in, if known: a MIDI file names no modes, so
            its key says A minor of D dorian.

    Returns:
        The bytes of a file.

    Raises:
        MonodyError: If a library that the form needs is not installed, or the melody
            is too long for it.

    Example:
        >>> from monody import Melody
        >>> from monody.render.forms import render
        >>> melody = Melody.from_notes([(60, 0, 24), (62, 24, 72)])
        >>> render(melody, "wav", "Two notes")[:4]
        b'RIFF'
    """
    if form in NOTATION:
        from monody.render.notation.modes import in_named_scale

        melody = in_named_scale(melody, scale)
    return FORMS[form](melody, title, sound_bank)
