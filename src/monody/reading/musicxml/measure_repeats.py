"""Measures that show a repeat sign in place of music.

The standard asks that "the actual music being repeated needs to be repeated within the
MusicXML file". Where a file leaves the measure empty all the same, it is filled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from monody.reading.musicxml.part_measure import PartMeasure, PartNote

MAX_COPIED_NOTES = 100_000  # of a part

_ALL_STAVES = 0


def fill_repeats(measures: Sequence[PartMeasure], repairs: Counter[str]) -> None:
    """Copy the notes that a measure repeat stands for into measures without notes.

    Args:
        measures: Of a part, in order; those without notes are filled.
        repairs: Counts what is wrong, by its description.

    Example:
        >>> from collections import Counter
        >>> from monody.reading.musicxml.measure_repeats import fill_repeats
        >>> from monody.reading.musicxml.part_measure import PartMeasure, PartNote
        >>> measures = [
        ...     PartMeasure([PartNote(1, "1", 60, 0, 48)], ticks=48),
        ...     PartMeasure(repeat_of={0: 1}),
        ...     PartMeasure(repeat_of={0: 1}),
        ... ]
        >>> fill_repeats(measures, Counter())
        >>> [len(measure.notes) for measure in measures]
        [1, 1, 1]
    """
    left = MAX_COPIED_NOTES
    for index, measure in enumerate(measures):
        for staff, count in measure.repeat_of.items():
            if _notes_on(measure, staff):
                continue
            if index < count:
                repairs["measure repeats of nothing"] += 1
            elif left < 0:
                repairs["measure repeats left empty: too much music"] += 1
            else:
                left -= _fill(measure, measures[index - count], staff)


def _fill(measure: PartMeasure, source: PartMeasure, staff: int) -> int:
    """Copy the notes of a staff, and return how many they are."""
    notes = _notes_on(source, staff)
    if notes:
        ticks = measure.ticks if measure.notes else source.ticks
        measure.ticks = max(ticks, *(note.end for note in notes))
        measure.notes = [*measure.notes, *notes]
    return len(notes)


def _notes_on(measure: PartMeasure, staff: int) -> list[PartNote]:
    """Return the notes of a measure on a staff, or on all staves."""
    if staff == _ALL_STAVES:
        return measure.notes
    return [note for note in measure.notes if note.staff == staff]
