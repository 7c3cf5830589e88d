"""What a melody is, in words."""

from __future__ import annotations

from monody.music.keys import key_signature
from monody.music.melody import Melody
from monody.music.pitch import SHARP_NAMES
from monody.render.roll.rows import numbered_lines

FLAT_NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
MAX_METERS = 3  # that a summary names


def summary(melody: Melody) -> str:
    """Say in a line what a melody is: its notes, bars, range, meter, key and tempo.

    Args:
        melody: With at least one note.
    """
    notes, bars, pickup = len(melody), bar_count(melody), numbered_lines(melody)[1] == 0
    low, high = int(melody.pitches.min()), int(melody.pitches.max())
    meters = list(dict.fromkeys(str(m) for m in melody.meters if m.tick < melody.end))
    more = ["…"] if len(meters) > MAX_METERS else []
    parts = [
        f"{notes:,} note{'s' * (notes > 1)} in {bars:,} bar{'s' * (bars > 1)}"
        f"{' and a pickup' * pickup}",
        f"{pitch_in_key(low, melody.key)} to {pitch_in_key(high, melody.key)}",
        ", ".join([*meters[:MAX_METERS], *more]),
        melody.key or "",
        f"{melody.bpm:.0f} bpm",
    ]
    return " · ".join(part for part in parts if part)


def bar_count(melody: Melody) -> int:
    """Count the bars of a melody with at least one note; a pickup is none."""
    lines, first = numbered_lines(melody)
    return len(lines) - 2 + first


def pitch_in_key(pitch: int, key: str | None) -> str:
    """Name a pitch: in a key with flats ``pitch_in_key(70, "D minor") == "Bb4"``.

    Args:
        pitch: MIDI pitch.
        key: As of a melody; ``None`` means sharps.
    """
    flats = key is not None and key_signature(key)[0] < 0
    return f"{(FLAT_NAMES if flats else SHARP_NAMES)[pitch % 12]}{pitch // 12 - 1}"
