"""The thirty keys that key signatures name."""

from __future__ import annotations

from monody.music.pitch import pitch_name

MAJOR_KEYS = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F",
              "C", "G", "D", "A", "E", "B", "F#", "C#")  # fmt: skip
MINOR_KEYS = ("Ab", "Eb", "Bb", "F", "C", "G", "D",
              "A", "E", "B", "F#", "C#", "G#", "D#", "A#")  # fmt: skip


def key_name(sharps: int, *, minor: bool) -> str:
    """Name a key signature.

    Args:
        sharps: Sharps in the signature, -7 (seven flats) to 7.
        minor: Whether the mode is minor.

    Example:
        >>> from monody.music.keys import key_name
        >>> key_name(-1, minor=True)
        'D minor'
    """
    names = MINOR_KEYS if minor else MAJOR_KEYS
    return f"{names[sharps + 7]} {'minor' if minor else 'major'}"


def nearest_key_name(sharps: int, *, minor: bool) -> str:
    """Name a key, or where no signature has so many the same key in fewer.

    Args:
        sharps: Sharps in the signature, flats negative; any number.
        minor: Whether the mode is minor.

    Example:
        >>> from monody.music.keys import nearest_key_name
        >>> nearest_key_name(8, minor=False)  # G sharp major
        'Ab major'
    """
    if not -7 <= sharps <= 7:
        sharps = (sharps + 5) % 12 - 5
    return key_name(sharps, minor=minor)


KEY_NAMES = tuple(
    key_name(sharps, minor=minor) for minor in (False, True) for sharps in range(-7, 8)
)


def key_signature(key: str) -> tuple[int, bool]:
    """Return the sharps of a key, flats negative, and whether it is minor.

    Args:
        key: One of ``KEY_NAMES``.

    Raises:
        ValueError: If it is none.

    Example:
        >>> from monody.music.keys import key_signature
        >>> key_signature("D minor")
        (-1, True)
    """
    mode, place = divmod(KEY_NAMES.index(key), len(MAJOR_KEYS))
    return place - 7, bool(mode)


def key_tonic(key: str) -> int:
    """Return the pitch class of a key's tonic.

    Args:
        key: One of ``KEY_NAMES``.

    Raises:
        ValueError: If it is none.

    Example:
        >>> from monody.music.keys import key_tonic
        >>> key_tonic("D minor")
        2
    """
    sharps, minor = key_signature(key)
    return (7 * sharps - 3 * minor) % 12  # up by fifths; minor is a third below


def pitch_in_key(pitch: int, key: str | None) -> str:
    """Name a pitch as its key spells black keys.

    Args:
        pitch: MIDI pitch.
        key: One of ``KEY_NAMES``; ``None`` means sharps.

    Example:
        >>> from monody.music.keys import pitch_in_key
        >>> pitch_in_key(70, "D minor"), pitch_in_key(70, "E minor")
        ('Bb4', 'A#4')
    """
    return pitch_name(pitch, flats=key is not None and key_signature(key)[0] < 0)
