"""Rules of a program's own: one function that says which notes may come next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from monody.generation.constraints.arrays import Bools
from monody.models.events import REST
from monody.music.melody import Melody

MAX_NAME = 100  # characters


class Place(NamedTuple):
    """Where in a melody the next note would begin.

    Example:
        >>> from monody import Place
        >>> place = Place(bar=2, tick=24, latest=67)  # after a G, the second quarter
        >>> place.tick == 0  # whether it is a downbeat
        False
    """

    bar: int  # counted from 0, the bar in which the melody begins, be it with a pickup
    tick: int  # since the bar line; 24 to the quarter
    latest: int | None  # MIDI number of the note before; None where there is none


class NoteRule(Protocol):
    """A rule of a program's own, for ``monody.generate(…, rules=[…])``.

    Any function of a ``Place`` is one. It is asked at each place where a note may come
    and says which may, whatever the network finds likely. How long they last, and where
    rests are, it leaves to the network and to the settings, whose rules hold as well.
    The same place must always have the same answer.

    Example:
        >>> def small_steps(place):  # no leap is larger than a fourth
        ...     if place.latest is None:
        ...         return None
        ...     return range(place.latest - 5, place.latest + 6)
        >>> import monody
        >>> import numpy as np
        >>> settings = monody.SampleSettings(num_files=1, bars=4, seed=7)
        >>> experiment = monody.open_experiment("experiments/01")
        >>> made = monody.generate(experiment, settings, rules=[small_steps])
        >>> bool(abs(np.diff(made.melodies[0].pitches)).max() <= 5)
        True
    """

    def __call__(self, place: Place, /) -> Iterable[int] | None:
        """Say which notes may come at a place.

        Args:
            place: Where the next note would begin.

        Returns:
            MIDI numbers; ``None`` where any note will do.
        """


def name_of(rule: NoteRule) -> str:
    """Return what a rule is called in the files that were made with it.

    Example:
        >>> from monody.generation.constraints.own_rules import name_of
        >>> name_of(lambda place: None)
        'rule'
    """
    name = getattr(rule, "__name__", type(rule).__name__)
    return name[:MAX_NAME] if name.isidentifier() else "rule"


def allowed_pitches(rules: Sequence[NoteRule], place: Place) -> Bools:
    """Return the pitches that all rules allow at a place, ``(128,)``."""
    allowed = np.ones(REST, np.bool_)
    for rule in rules:
        named = rule(place)
        if named is not None:
            there = np.zeros_like(allowed)
            there[[pitch for pitch in named if 0 <= pitch < REST]] = True
            allowed &= there
    return allowed


def keeps_rules(
    melody: Melody, rules: Sequence[NoteRule], latest: int | None = None
) -> bool:
    """Tell whether each note of a melody is one that the rules allow there.

    Args:
        melody: All its bars are of its first meter.
        rules: The rules.
        latest: MIDI number of the note before it, if it continues something.

    Example:
        >>> from monody import Melody
        >>> from monody.generation.constraints.own_rules import keeps_rules
        >>> melody = Melody.from_notes([(60, 0, 96), (61, 96, 96)])
        >>> keeps_rules(melody, [lambda place: [60] if place.tick == 0 else None])
        False
    """
    if not rules:
        return True
    for note in melody:
        bar, tick = divmod(note.start, melody.meters[0].bar_ticks)
        if not allowed_pitches(rules, Place(bar, tick, latest))[note.pitch]:
            return False
        latest = note.pitch
    return True
