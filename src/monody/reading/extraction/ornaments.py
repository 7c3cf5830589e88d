"""What a player adds to a line: rolled chords and grace notes.

A rolled chord is one chord, and begins on the beat; else its last note would be all
that is left of it, late. A grace note takes no time of its own: it is left out, as
readers of notation leave it out, and the note that it leads to is on its beat with its
length.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from monody.reading.note_table import Floats, Longs, Mask, NoteTable, in_order

ROLL_PARTS_OF_QUARTER = (
    7  # MuseScore rolls a chord by 64 of 480 ticks from note to note
)
GRACE_PARTS_OF_QUARTER = 8  # a 32nd is no grace note, what is shorter may be one
MAX_GRACES = 4  # before one note; more are a run
MAX_GRACE_SHARE = 0.5  # of the notes of a line; of more, all of it is played so
MIN_MAIN_GRACES = 4  # a note is at least so many times as long as its grace notes
MAX_DOTTED = 7  # a double-dotted note is so many times as long as what completes it
ON_LINE_PARTS_OF_QUARTER = 48  # half a tick of the grid


def unrolled(notes: NoteTable, quarters: Longs, played: Mask) -> NoteTable:
    """Let the notes of rolled chords begin together, where the chord is on the beat.

    Args:
        notes: In file ticks.
        quarters: ``(owners,)``: ticks to the quarter of each.
        played: ``(owners,)``: whether it was played; written chords begin together.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.ornaments import unrolled
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start, end = np.array([[60, 64, 67], [0, 10, 20], [480, 480, 480]])
        >>> chord = NoteTable(pitch, start, end, np.zeros(3, int), owners=1)
        >>> unrolled(chord, np.array([480]), np.array([True])).start.tolist()
        [0, 0, 0]
    """
    step = (quarters // ROLL_PARTS_OF_QUARTER)[notes.owner]  # (notes,)
    later = notes.start + step
    near = notes.with_next & (notes.start[1:] <= later[:-1])
    if not near.any():
        return notes
    rolled = np.zeros(len(notes), bool)  # each with the note before it
    rolled[1:] = near & (np.minimum(notes.end[:-1], notes.end[1:]) > later[1:])
    rolled[1:] &= played[notes.owner[1:]]
    in_chord = rolled.copy()
    in_chord[:-1] |= rolled[1:]
    here = np.flatnonzero(in_chord)
    if not len(here):
        return notes
    chord = np.cumsum(~rolled)[here]
    quarter = quarters[notes.owner[here]]
    order = np.lexsort((here, _off_lines(notes.start[here], quarter, 4), chord))
    first = np.ones(len(here), bool)
    first[1:] = np.diff(chord[order]) > 0
    beat = here[order[first]][np.cumsum(np.diff(chord, prepend=chord[0]) > 0)]
    start, end = notes.start.copy(), notes.end.copy()
    start[here] = notes.start[beat]
    near = np.abs(end[here] - notes.end[beat]) <= step[here]
    end[here] = np.where(near, notes.end[beat], end[here])
    return in_order(replace(notes, start=start, end=end))


def _off_lines(ticks: Longs, quarter: Longs, lines: int) -> Floats:
    """Return how far times are from lines, in quarters: so many lines in each."""
    place = ticks / quarter * lines
    distance: Floats = np.abs(place - np.rint(place)) / lines
    return distance


def without_graces(notes: NoteTable, quarters: Longs, played: Mask) -> NoteTable:
    """Leave out grace notes: very short notes that lead to a much longer one at once.

    Before the beat, they took their time from the note before them, which gets it back.
    On the beat, they took it from the note that they lead to, which is put there.

    Args:
        notes: Lines, in file ticks.
        quarters: ``(owners,)``: ticks to the quarter of each.
        played: ``(owners,)``: whether it was played; short notes of notation stay.

    Example:
        >>> import numpy as np
        >>> from monody.reading.extraction.ornaments import without_graces
        >>> from monody.reading.note_table import NoteTable
        >>> pitch, start, end = np.array([[60, 69, 67], [0, 450, 480], [450, 480, 960]])
        >>> line = NoteTable(pitch, start, end, np.zeros(3, int), owners=1)
        >>> kept = without_graces(line, np.array([480]), np.array([True]))
        >>> kept.pitch.tolist(), kept.start.tolist(), kept.end.tolist()
        ([60, 67], [0, 480], [480, 960])
    """
    short = (notes.end - notes.start) * ROLL_PARTS_OF_QUARTER < quarters[notes.owner]
    if not np.any(short & played[notes.owner]):
        return notes
    grace, main = _graces(notes, quarters, short & played[notes.owner])
    share = notes.tally(grace) / np.maximum(notes.counts, 1)
    grace &= (share <= MAX_GRACE_SHARE)[notes.owner]
    first = grace.copy()
    first[1:] &= ~grace[:-1]
    here = np.flatnonzero(first)
    if not len(here):
        return notes
    target = main[here]  # the note that each group leads to
    start, end = notes.start.copy(), notes.end.copy()
    others = np.cumsum(~grace)
    on_beat = _on_beat(notes, here, target, quarters)
    on_beat &= others[target] == others[here] + 1  # nothing else is between them
    start[target[on_beat]] = notes.start[here[on_beat]]
    # The note before a group gets its time back if it lasted until the group began.
    early = ~on_beat & (here > 0)
    before, target, quarter = (
        here[early] - 1,
        target[early],
        quarters[notes.owner[here]],
    )
    gap = notes.start[here[early]] - end[before]
    touching = (np.abs(gap) * 2 * GRACE_PARTS_OF_QUARTER <= quarter[early]) & (
        notes.owner[before] == notes.owner[target]
    )
    end[before[touching]] = start[target[touching]]
    return replace(notes, start=start, end=end).where(~grace)


def _graces(notes: NoteTable, quarters: Longs, short: Mask) -> tuple[Mask, Longs]:
    """Find grace notes among short ones, and the next note after each that is not."""
    quarter = quarters[notes.owner]  # (notes,)
    length = notes.end - notes.start
    solid = np.flatnonzero(~short)
    place = np.searchsorted(solid, np.arange(len(notes)), side="right")
    main = np.append(solid, len(notes))[place]  # (notes,)
    previous = np.concatenate([[-1], solid])[place]
    found = short & (main - previous - 1 <= MAX_GRACES) & (main < len(notes))
    at_once = np.zeros(len(notes) + 1, bool)  # whether the next follows without a rest
    at_once[: len(notes) - 1] = notes.with_next & (
        (notes.start[1:] - notes.end[:-1]) * 2 * GRACE_PARTS_OF_QUARTER <= quarter[1:]
    )
    breaks = np.concatenate([[0], np.cumsum(~at_once)])
    found &= breaks[main] == breaks[:-2]
    main = np.minimum(main, len(notes) - 1)
    found &= length[main] >= MIN_MAIN_GRACES * length
    found &= ~_is_rhythm(notes, main - previous > 2, quarter)
    here = np.flatnonzero(found & (length * GRACE_PARTS_OF_QUARTER >= quarter))
    # As long as a 32nd, it is one only on the beat, when it pushes a note off it.
    found[here] = _on_beat(notes, here, main[here], quarters)
    return found, main


def _is_rhythm(notes: NoteTable, several: Mask, quarter: Longs) -> Mask:
    """Tell which notes a rhythm may need that are shorter than a 32nd: ``(notes,)``.

    They are exact 64ths, or triplets of 32nds, of which there are several, or one that
    follows on a dotted note.

    Args:
        notes: Lines, in file ticks.
        several: ``(notes,)``: whether it is one of several as short.
        quarter: ``(notes,)``: ticks to the quarter.
    """
    length = notes.end - notes.start
    exact = np.zeros(len(notes), bool)
    for parts in (12, 16):
        unit_starts = notes.start * parts % quarter == 0
        exact |= unit_starts & (length * parts == quarter)
    dotted = np.zeros(len(notes), bool)
    dotted[1:] = notes.with_next & (notes.end[:-1] == notes.start[1:])
    dotted[1:] &= length[:-1] <= MAX_DOTTED * length[1:]
    return exact & (several | dotted)


def _on_beat(notes: NoteTable, here: Longs, main: Longs, quarters: Longs) -> Mask:
    """Tell which notes are on a line of 16ths that they push another one off.

    MuseScore's take 65 ms: 62 of 480 ticks at 120 bpm, just more than a 32nd.
    """
    quarter = quarters[notes.owner[here]]
    near = 1 / ON_LINE_PARTS_OF_QUARTER
    on_line: Mask = _off_lines(notes.start[here], quarter, 4) <= near
    return on_line & (_off_lines(notes.start[main], quarter, 8) > near / 10)
