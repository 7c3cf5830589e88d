"""Ties from one voice into another: the tied note goes on in the voice it began in."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from monody.reading.musicxml.part_measure import PartMeasure, PartNote

_Voice = tuple[int, str]  # staff and voice
_PLACE = attrgetter("start", "pitch")


def join_voices_at_ties(measures: Sequence[PartMeasure], starts: Sequence[int]) -> None:
    """Move the end of a tie into the voice that its beginning is in.

    Args:
        measures: Of a part, in order; their notes are put in order of time.
        starts: Where each begins, in written ticks.

    Example:
        >>> from monody.reading.musicxml.part_measure import PartMeasure, PartNote
        >>> from monody.reading.musicxml.voice_ties import join_voices_at_ties
        >>> upper = PartNote(1, "1", 65, 0, 48, starts_tie=True)
        >>> lower = PartNote(1, "2", 65, 0, 48, stops_tie=True)
        >>> measures = [PartMeasure([upper]), PartMeasure([lower])]
        >>> join_voices_at_ties(measures, [0, 48])
        >>> measures[1].notes[0].voice
        '1'
    """
    held: dict[int, dict[_Voice, int]] = {}  # by pitch: voices, where their ties end
    for measure, begin in zip(measures, starts, strict=False):
        measure.notes.sort(key=_PLACE)
        for index, note in enumerate(measure.notes):
            if note.stops_tie:
                ties = held.get(note.pitch, {})
                staff, voice = _voice_of(note, begin + note.start, ties)
                measure.notes[index] = note._replace(staff=staff, voice=voice)
            if note.starts_tie:
                staff, voice = measure.notes[index][:2]
                ties = held.setdefault(note.pitch, {})
                ties[staff, voice] = begin + note.end


def _voice_of(note: PartNote, start: int, ties: dict[_Voice, int]) -> _Voice:
    """Return the voice that a tie to a note begins in: its own, if that has one.

    Args:
        note: That a tie stops at.
        start: Where it begins, in written ticks of the score.
        ties: Those open at its pitch. The one that is found is removed.
    """
    own = (note.staff, note.voice)
    if ties.get(own) == start:
        del ties[own]
        return own
    other = next((voice for voice, end in ties.items() if end == start), own)
    ties.pop(other, None)
    return other
