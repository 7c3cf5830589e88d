"""The clef that a melody is read in: the one that needs fewest ledger lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from monody.render.notation.spelling import Spelled

LETTERS = "CDEFGAB"  # of an octave, upwards
STAFF_STEPS = 8  # from the bottom line of a staff to its top line
# How many ledger lines a note an unusual clef must save to be chosen.
OCTAVE_CLEF_COST = 2.0


class Clef(NamedTuple):
    """A clef, in the words of MusicXML."""

    sign: str  # "G" or "F"
    line: int  # of the staff that the sign is on, from the bottom
    octave_change: int  # -1 where all sounds an octave lower, as with a small 8 below
    bottom: int  # the step that the bottom line sounds, counted from C0


TREBLE, BASS = Clef("G", 2, 0, 30), Clef("F", 4, 0, 18)  # E4 and G2
OCTAVE_CLEFS = (
    TREBLE._replace(octave_change=-1, bottom=TREBLE.bottom - 7),
    BASS._replace(octave_change=-1, bottom=BASS.bottom - 7),
    TREBLE._replace(octave_change=1, bottom=TREBLE.bottom + 7),
)
# General MIDI programs whose music is written an octave higher than it sounds.
_GUITARS, _BASSES = range(24, 32), (*range(32, 40), 43)


def best_clef(names: Iterable[Spelled], program: int) -> Clef:
    """Choose the clef of a melody.

    Treble or bass, whichever needs fewer ledger lines; guitars and basses have treble
    and bass that sound an octave lower, and extremes of others too.

    Args:
        names: Of its notes, as they sound.
        program: General MIDI program, 0-127.

    Example:
        >>> from monody.render.notation.clef import best_clef
        >>> from monody.render.notation.spelling import Spelled
        >>> low = [Spelled("G", 0, 2), Spelled("D", 0, 3)]
        >>> best_clef(low, program=70).sign, best_clef(low, program=24).octave_change
        ('F', -1)
    """
    steps = [7 * octave + LETTERS.index(letter) for letter, _, octave in names]
    usual = {OCTAVE_CLEFS[0]: _GUITARS, OCTAVE_CLEFS[1]: _BASSES}

    def cost(clef: Clef) -> float:
        ledgers = sum(_ledger_lines(step, clef) for step in steps) / max(len(steps), 1)
        if not clef.octave_change:
            return ledgers
        is_usual = program in usual.get(clef, ())
        return ledgers + OCTAVE_CLEF_COST * (-1 if is_usual else 1)

    return min((TREBLE, BASS, *OCTAVE_CLEFS), key=cost)


def _ledger_lines(step: int, clef: Clef) -> int:
    """Count the ledger lines of a note."""
    above, below = step - clef.bottom - STAFF_STEPS, clef.bottom - step
    return max(above, below, 0) // 2
