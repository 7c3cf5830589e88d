"""The notes of bars with all that is printed of them: accidentals, ties, beams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from monody.render.notation.accidentals import Accidentals
from monody.render.notation.beams import beams_of
from monody.render.notation.measures import BarNote, Measure
from monody.render.notation.spelling import Key, Spelled, signature


class Triplet(NamedTuple):
    """The triplet that a note is in: 3 in the time of 2."""

    unit: Fraction  # quarters of its shortest note, as written
    opens: bool
    closes: bool
    has_bracket: bool


class PrintedNote(NamedTuple):
    """A note or rest, and all signs that belong to it."""

    value: Fraction  # in quarters, as written
    name: Spelled | None = None  # a rest without
    has_accidental: bool = False
    tied_from: bool = False  # whether a tie from the note before ends here
    tied: bool = False  # to the next one
    triplet: Triplet | None = None
    beams: tuple[str, ...] = ()


def printed_notes(
    bars: Sequence[Measure], names: Sequence[Spelled], key: Key
) -> Iterator[list[PrintedNote]]:
    """Decide what is printed of the notes of each bar.

    A note that a tie leads to has no accidental: that of the first one holds.

    Args:
        bars: The bars.
        names: Of the melody's notes.
        key: The key signature.

    Returns:
        For each bar its notes and rests, none if it is one whole rest.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.measures import measures_of
        >>> from monody.render.notation.printed_notes import printed_notes
        >>> from monody.render.notation.spelling import Key, spelled
        >>> melody, key = Melody.from_notes([(66, 72, 48)]), Key(0, False)
        >>> bars = printed_notes(measures_of(melody), spelled(melody, key), key)
        >>> [(one.has_accidental, one.tied) for bar in bars for one in bar if one.name]
        [(True, True), (False, False)]
    """
    before: BarNote | None = None
    for bar in bars:
        in_bar = Accidentals(signature(key))
        beams = iter(beams_of(bar))
        printed: list[PrintedNote] = []
        for one in (one for group in bar.groups for one in group.notes):
            tied_from = before is not None and before.tied
            name = None if one.note is None else names[one.note]
            if name and tied_from and not printed:
                in_bar.tie_in(name)
            is_new = name is not None and not tied_from and in_bar.needs(name)
            printed.append(
                PrintedNote(
                    one.value, name, is_new, tied_from, one.tied, beams=next(beams)
                )
            )
            before = one
        yield [*_in_triplets(bar, printed)]


def _in_triplets(bar: Measure, notes: Sequence[PrintedNote]) -> Iterator[PrintedNote]:
    """Give notes the triplets that they are in."""
    at = 0
    for group in bar.groups:
        last = len(group.notes) - 1
        together = notes[at : at + last + 1]
        unit = min(one.value for one in together)
        has_bracket = not _is_under_one_beam(together)
        for place, one in enumerate(together):
            triplet = Triplet(unit, place == 0, place == last, has_bracket)
            yield one._replace(triplet=triplet) if group.triplet else one
        at += last + 1


def _is_under_one_beam(notes: Sequence[PrintedNote]) -> bool:
    """Tell whether a beam shows already which notes belong together."""
    first, last = notes[0].beams[:1], notes[-1].beams[:1]
    return (first, last) == (("begin",), ("end",))
