"""Which accidentals to print: those that the bar so far does not tell."""

from __future__ import annotations

from collections.abc import Mapping

from monody.render.notation.spelling import Spelled


class Accidentals:
    """The accidentals in force in a bar.

    Readers differ on whether one holds in its own octave or in all; so one is printed
    wherever either rule calls for it.

    Args:
        signature: The sharps of each letter at the bar line.

    Example:
        >>> from monody.render.notation.accidentals import Accidentals
        >>> from monody.render.notation.spelling import Key, Spelled, signature
        >>> in_bar = Accidentals(signature(Key(0, False)))
        >>> sharp, natural = Spelled("F", 1, 4), Spelled("F", 0, 5)
        >>> in_bar.needs(sharp), in_bar.needs(sharp), in_bar.needs(natural)
        (True, False, True)
    """

    def __init__(self, signature: Mapping[str, int]) -> None:
        self._of_key = signature
        self._by_letter: dict[str, int | None] = dict(signature)
        self._by_octave: dict[tuple[str, int], int | None] = {}

    def needs(self, name: Spelled) -> bool:
        """Tell whether a note needs an accidental, which is then in force."""
        letter, alter, octave = name
        in_octave = self._by_octave.get((letter, octave), self._of_key[letter])
        if in_octave == self._by_letter[letter] == alter:
            return False
        self._by_letter[letter] = self._by_octave[letter, octave] = alter
        return True

    def tie_in(self, name: Spelled) -> None:
        """Note that a tie over the bar line leads to a note without an accidental.

        That of the first note holds for the tied one only; so the next note of its
        letter says what it is.
        """
        letter, alter, octave = name
        if alter != self._of_key[letter]:
            self._by_letter[letter] = self._by_octave[letter, octave] = None
