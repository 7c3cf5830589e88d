"""A card as the page gets it: what is known of it, its notes and its bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import monody
from monody.errors import MonodyError
from monody.pages.player import Card
from monody.sentences import translated
from monody.studio.cards import CardLibrary
from monody.studio.on_page import on_page
from monody.studio.saved_card import SavedCard
from monody.studio.words import _


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
            "problem": _problem(cards, card, error),
        }


def _problem(cards: CardLibrary, card: SavedCard, error: Exception) -> str:
    """Say why a melody cannot be shown, and what to do."""
    if not cards.path(card.id).is_file():
        return _(
            "Its file is gone from the folder of the studio: put it back and reload "
            "the page, or delete this melody."
        )
    return on_page(translated(str(error)))


def music_json(melody: monody.Melody, played: Sequence[int] = ()) -> dict[str, Any]:
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
    shown = Card("", melody)
    is_played = len(played) == len(melody)
    strengths = played if is_played else monody.velocities(melody).tolist()
    return {
        "notes": [
            [note.pitch, note.start, note.end, velocity]
            for note, velocity in zip(melody, strengths, strict=True)
        ],
        "ticks_per_second": shown.ticks_per_second,
        "ticks_per_quarter": monody.TICKS_PER_QUARTER,
        "bar_lines": shown.bar_lines,
        "first_bar": shown.first_bar,
        "beat": melody.meters[0].beat_ticks,
        "meter": str(melody.meters[0]),
        "key": melody.key or monody.heard_key(melody),
        "bpm": round(melody.bpm, 3),  # a MIDI file says it in microseconds
        "program": melody.program,
    }
