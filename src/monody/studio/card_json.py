"""A card as the page gets it: what is known of it, its notes and its bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monody.errors import MonodyError
from monody.music.key_finding import heard_scale
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER
from monody.music.midi_file import velocities
from monody.render.roll.rows import numbered_lines
from monody.sentences import translated
from monody.studio.cards import CardLibrary, SavedCard


def card_json(cards: CardLibrary, card: SavedCard) -> dict[str, Any]:
    """Return a card as JSON values.

    A card whose MIDI file was removed or damaged has no notes, and a ``problem``.

    Args:
        cards: Where its melody is.
        card: The card.
    """
    try:
        return card.to_json() | music_json(cards.melody(card.id), card.velocities)
    except (MonodyError, OSError) as error:
        return card.to_json() | {
            "notes": [],
            "bar_lines": [],
            "problem": translated(str(error)),
        }


def music_json(melody: Melody, played: Sequence[int] = ()) -> dict[str, Any]:
    """Return the music of a melody as JSON values; all times in ticks.

    Args:
        melody: At least one note.
        played: The velocity of each note, if it was played.

    Example:
        >>> from monody import Melody
        >>> from monody.studio.card_json import music_json
        >>> music = music_json(Melody.from_notes([(60, 0, 24), (62, 24, 72)]))
        >>> music["notes"], music["bar_lines"], music["meter"]
        ([[60, 0, 24, 100], [62, 24, 96, 88]], [0, 96], '4/4')
    """
    lines, first_bar = numbered_lines(melody)
    is_played = len(played) == len(melody)
    strengths = played if is_played else velocities(melody).tolist()
    heard = heard_scale(melody.pitches.tolist(), melody.durations.tolist())
    return {
        "notes": [
            [note.pitch, note.start, note.end, velocity]
            for note, velocity in zip(melody, strengths, strict=True)
        ],
        "ticks_per_second": melody.bpm * TICKS_PER_QUARTER / 60,
        "ticks_per_quarter": TICKS_PER_QUARTER,
        "bar_lines": lines,
        "first_bar": first_bar,
        "beat": melody.meters[0].beat_ticks,
        "meter": str(melody.meters[0]),
        "key": melody.key or heard.name,
        "bpm": round(melody.bpm, 3),  # a MIDI file says it in microseconds
        "program": melody.program,
    }
