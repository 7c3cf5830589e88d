"""A melody described in words."""

from __future__ import annotations

from monody.music.key_words import key_in_words
from monody.music.keys import pitch_in_key
from monody.music.melody import Melody
from monody.render.notation.modes import written_scale
from monody.render.roll.rows import numbered_lines
from monody.sentences import pitch_in_words
from monody.translation import gettext as _
from monody.translation import ngettext

MAX_METERS = 3  # that a summary names


def summary(melody: Melody) -> str:
    """Describe a melody in a line: its notes, bars, range, meter, key and tempo.

    Args:
        melody: With at least one note.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.captions import summary
        >>> summary(Melody.from_notes([(60, 0, 96), (67, 96, 96)]))
        '2 notes in 2 bars · C4 to G4 · 4/4 · 120 bpm'
    """
    notes, bars, pickup = len(melody), bar_count(melody), numbered_lines(melody)[1] == 0
    low, high = int(melody.pitches.min()), int(melody.pitches.max())
    signature = written_scale(melody).signature
    meters = list(dict.fromkeys(str(m) for m in melody.meters if m.tick < melody.end))
    more = ["…"] if len(meters) > MAX_METERS else []
    size = _("{notes} in {bars} and a pickup") if pickup else _("{notes} in {bars}")
    parts = [
        size.format(
            notes=ngettext("{count} note", "{count} notes", notes),
            bars=ngettext("{count} bar", "{count} bars", bars),
        ),
        _("{low} to {high}").format(
            low=pitch_in_words(pitch_in_key(low, signature)),
            high=pitch_in_words(pitch_in_key(high, signature)),
        ),
        ", ".join([*meters[:MAX_METERS], *more]),
        key_in_words(melody.key or ""),
        _("{bpm} bpm").format(bpm=f"{melody.bpm:.0f}"),
    ]
    return " · ".join(part for part in parts if part)


def bar_count(melody: Melody) -> int:
    """Count the bars of a melody with at least one note; a pickup is none.

    Example:
        >>> from monody import Melody
        >>> from monody.render.roll.captions import bar_count
        >>> bar_count(Melody.from_notes([(60, 72, 24), (67, 96, 96)]))
        1
    """
    lines, first = numbered_lines(melody)
    return len(lines) - 2 + first
