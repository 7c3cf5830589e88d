"""The outline of a melody: what the network can be told before it writes.

A composer knows more than the notes so far: where the phrase ends, which bar comes
again, what the tonic is. An outline says this of each event, as symbols that the
network reads. In training it is taken from the melody itself, and told in a part of the
sequences only, so that the network also knows what to do without. In writing it comes
from a form that was drawn or asked for (``generation.forms``).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.models.events import UNKNOWN, Events, Vocabulary
from monody.music.form import Form
from monody.music.key_finding import estimated_keys
from monody.music.keys import KEY_NAMES, key_signature, key_tonic
from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import TICKS_PER_STEP, bar_lines
from monody.music.pitch import PITCH_CLASSES

MAX_PHRASE_STEPS = 128  # 16ths; more that are left have the symbol of as many
PHRASE_SYMBOLS = MAX_PHRASE_STEPS + 2  # and UNKNOWN, and none left
FRESH, VARIED, EXACT = 1, 2, 3  # what a bar is; 0 is UNKNOWN
RETURN_SYMBOLS = 4
DEGREE_SYMBOLS = 1 + PITCH_CLASSES
NEVER = np.iinfo(np.int32).max
MAX_BAR_NOTES = 24  # more have the symbol of as many
BAR_NOTES_SYMBOLS = MAX_BAR_NOTES + 2  # and UNKNOWN, and none
PAST = PHRASE_SYMBOLS  # the last note of the phrase has begun
CADENCE_SYMBOLS = PHRASE_SYMBOLS + 1
STYLE_SYMBOLS = 9  # UNKNOWN, and those of a base model
TONIC_SYMBOLS = 1 + 2 * PITCH_CLASSES  # UNKNOWN, the major and the minor tonics

Symbols = NDArray[np.uint8]


class Outline(NamedTuple):
    """Symbols for each event of a melody, ``(events,)`` each; ``UNKNOWN`` is 0."""

    phrase_left: Symbols  # 16ths from where the event begins to its phrase's end
    returns: Symbols  # whether its bar is fresh, or another one varied or exactly
    bars_back: Symbols  # how many bars back that one lies; 0 for none
    cadence_left: Symbols  # 16ths to where its phrase's last note begins, or PAST
    notes_left: Symbols  # how many notes still begin in its bar
    cadence_degree: Symbols  # of that last note, in semitones above the tonic
    tonic: Symbols  # see `tonic_symbol`


def outline_of(
    melody: Melody, ticks: NDArray[np.integer], bars: NDArray[np.integer], tonic: int
) -> Outline:
    """Take the outline from a melody.

    Args:
        melody: With one note at least.
        ticks: ``(events,)`` where each event begins.
        bars: ``(events,)`` the bar in which it does.
        tonic: The symbol of its tonic.

    Example:
        A bar that comes again; both together are a phrase:

        >>> import numpy as np
        >>> from monody import Melody
        >>> from monody.models.outline import EXACT, FRESH, outline_of
        >>> bar = [(60, 24), (62, 24), (64, 48)]
        >>> notes = [(p, 24 * i, d) for i, (p, d) in zip([0, 1, 2, 4, 5, 6], bar * 2)]
        >>> ticks = np.array([0, 24, 48, 96, 120, 144, 192])  # and the end
        >>> found = outline_of(Melody.from_notes(notes), ticks, ticks // 96, tonic=1)
        >>> found.returns.tolist() == [FRESH] * 3 + [EXACT] * 3 + [FRESH]
        True
        >>> found.bars_back.tolist(), found.phrase_left.tolist()[-3:]
        ([0, 0, 0, 1, 1, 1, 0], [13, 9, 1])
    """
    form = Form.of(melody, pitch_class_of(tonic))
    starts = melody.starts
    lines = np.append(bar_lines(melody.meters, melody.end), NEVER)
    line = lines[np.minimum(bars, len(lines) - 1)]  # a rest may go on after the end
    begun = np.searchsorted(starts, ticks) - np.searchsorted(starts, line)
    told = tell(form, ticks, bars, begun)
    return Outline(**told, tonic=np.full(len(ticks), tonic, np.uint8))


def tell(
    form: Form,
    ticks: NDArray[np.integer],
    bars: NDArray[np.integer],
    begun: NDArray[np.integer],
) -> dict[str, Symbols]:
    """Return what a form says of some places, as symbols.

    Args:
        form: The form of a melody.
        ticks: ``(places,)`` from its first bar line.
        bars: ``(places,)`` the bar of each.
        begun: ``(places,)`` notes that began in that bar before.

    Returns:
        All that an `Outline` holds but the tonic, ``(places,)`` each.
    """
    ends = np.array(form.phrase_ends)
    phrase = np.minimum(np.searchsorted(ends, ticks, side="right"), len(ends) - 1)
    # The end of a melody may lie in a bar in which no note begins.
    bar = np.minimum(bars, form.bars)
    back, exact = np.append(form.back, 0), np.append(form.exact, False)
    kinds = np.where(back == 0, FRESH, np.where(exact, EXACT, VARIED))
    unknown = np.zeros(len(ticks), np.uint8)
    told = {
        "phrase_left": phrase_symbol(ends[phrase] - ticks),
        "returns": kinds[bar].astype(np.uint8),
        "bars_back": back[bar].astype(np.uint8),
        "cadence_left": unknown,
        "notes_left": unknown,
        "cadence_degree": unknown,
    }
    if form.cadences:
        begins, degrees, _ = np.array(form.cadences).T  # (phrases,) each
        left = begins[phrase] - ticks
        told["cadence_left"] = np.where(left < 0, PAST, phrase_symbol(left)).astype(
            np.uint8
        )
        told["cadence_degree"] = (degrees[phrase] + 1).astype(np.uint8)
    if form.notes:
        notes = np.append(form.notes, 0)[bar] - begun
        told["notes_left"] = (notes.clip(0, MAX_BAR_NOTES) + 1).astype(np.uint8)
    return told


def heard_outline(
    melody: Melody, events: Events, vocabulary: Vocabulary, tonic: int
) -> Outline:
    """Take the outline of a melody that is heard, for the events that are read of it.

    Args:
        melody: With one note at least.
        events: The same, encoded.
        vocabulary: The encoding.
        tonic: The symbol of its tonic.
    """
    return outline_of(melody, begins_of(events.duration, vocabulary), events.bar, tonic)


def silent_outline(
    form: Form | None, events: Events, vocabulary: Vocabulary, tonic: int
) -> Outline:
    """Tell a form at the silence before a pickup.

    Args:
        form: The form of what follows; ``None`` where nothing is told.
        events: The silence, encoded from the bar line on.
        vocabulary: The encoding.
        tonic: The symbol of the tonic.

    Example:
        >>> from monody import Melody, Vocabulary
        >>> from monody.models.events import encode
        >>> from monody.models.outline import silent_outline
        >>> from monody.music.form import Form
        >>> notes = Vocabulary("notes")
        >>> silence = encode(Melody.from_notes([]), notes, until=72)
        >>> form = Form(96, 72, (264,), (0, 0, 0), (False,) * 3)
        >>> silent_outline(form, silence, notes, tonic=1).phrase_left.tolist()
        [45]
    """
    outline = no_outline(len(events))
    if form is not None:
        none_begun = np.zeros(len(events), np.int64)
        ticks = begins_of(events.duration, vocabulary)
        outline = outline._replace(**tell(form, ticks, events.bar, none_begun))
    return outline._replace(tonic=np.full(len(events), tonic, np.uint8))


def begins_of(
    duration: NDArray[np.integer], vocabulary: Vocabulary
) -> NDArray[np.int64]:
    """Return the tick at which each event of a melody begins, ``(events,)``.

    Args:
        duration: ``(events,)`` duration symbols, from the melody's first event on.
        vocabulary: The encoding.

    Example:
        >>> import numpy as np
        >>> from monody import Vocabulary
        >>> from monody.models.outline import begins_of
        >>> begins_of(np.array([23, 11, 0]), Vocabulary("notes")).tolist()
        [0, 24, 36]
    """
    ticks = np.array(vocabulary.durations)[duration[:-1]]
    return np.append(0, np.cumsum(ticks))


def no_outline(events: int) -> Outline:
    """Return the outline of events of which nothing is told."""
    return Outline(*(np.full(events, UNKNOWN, np.uint8) for _ in Outline._fields))


def phrase_symbol(ticks_left: NDArray[np.integer]) -> Symbols:
    """Return the symbol of the time to the end of a phrase, ``(events,)``.

    Example:
        >>> import numpy as np
        >>> from monody.models.outline import phrase_symbol
        >>> phrase_symbol(np.array([0, 6, 24, 25, 100_000])).tolist()
        [1, 2, 5, 6, 129]
    """
    steps = -(-np.asarray(ticks_left) // TICKS_PER_STEP)
    return (steps.clip(0, MAX_PHRASE_STEPS) + 1).astype(np.uint8)


def tonic_symbol(key: int) -> int:
    """Return the symbol of a key's tonic: of its pitch class and its mode.

    Args:
        key: Index into ``KEY_NAMES``; -1 for none.

    Example:
        >>> from monody.models.outline import tonic_symbol
        >>> from monody.music.keys import KEY_NAMES
        >>> names = ("C major", "D major", "A minor")
        >>> [tonic_symbol(KEY_NAMES.index(name)) for name in names]
        [1, 3, 22]
    """
    if key < 0:
        return UNKNOWN
    name = KEY_NAMES[key]
    _, minor = key_signature(name)
    return 1 + key_tonic(name) + PITCH_CLASSES * int(minor)


def pitch_class_of(symbol: int) -> int | None:
    """Return the pitch class of a tonic's symbol; ``None`` of none.

    Example:
        >>> from monody.models.outline import pitch_class_of
        >>> pitch_class_of(22)  # A minor
        9
    """
    return None if symbol == UNKNOWN else (symbol - 1) % PITCH_CLASSES


def moved_tonic(symbol: int, semitones: int) -> int:
    """Return the symbol of a tonic that is moved up.

    Example:
        >>> from monody.models.outline import moved_tonic
        >>> moved_tonic(22, 3), moved_tonic(0, 3)  # A minor, and no tonic
        (13, 0)
    """
    if symbol == UNKNOWN:
        return UNKNOWN
    mode, tonic = divmod(symbol - 1, PITCH_CLASSES)
    return 1 + mode * PITCH_CLASSES + (tonic + semitones) % PITCH_CLASSES


def tonic_symbols(melodies: MelodyStore) -> list[int]:
    """Return the symbol of the tonic that each melody is heard in.

    Example:
        >>> from monody import Melody, MelodyStore
        >>> from monody.models.outline import tonic_symbols
        >>> chord = Melody.from_notes([(62, 0, 48), (66, 48, 24), (69, 72, 24)])
        >>> tonic_symbols(MelodyStore.of([chord]))  # D major
        [3]
    """
    return [tonic_symbol(key) for key in estimated_keys(melodies).tolist()]
