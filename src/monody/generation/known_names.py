"""The names that can be asked for in ``SampleSettings``, for menus and completion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from monody.models.events import METERS
from monody.music.general_midi import GENERAL_MIDI
from monody.music.instrument_ranges import RANGES
from monody.music.key_finding import MAJOR_SPELLINGS, MINOR_SPELLINGS
from monody.music.mode_names import MODE_NAMES
from monody.settings.known_names import FORMS, STYLES


@dataclass(frozen=True)
class KnownNames:
    """Names, in English, as the settings of the same name take them."""

    instruments: tuple[str, ...]  # of General MIDI, by their number
    ranges: dict[str, str]  # such as "C4..C6", by the names of who plays or sings them
    keys: tuple[str, ...]  # major and minor, upwards from C
    modes: tuple[str, ...]  # any follows any note: "D dorian"
    meters: tuple[str, ...]  # those that the network knows by name; others will do
    forms: dict[str, str]  # what each is called
    styles: dict[str, str]  # of the base model, and what is of each


@cache
def known_names() -> KnownNames:
    """Return the names that melodies can be asked for by, as ``monody names`` does.

    Example:
        >>> import monody
        >>> names = monody.known_names()
        >>> names.instruments[73], names.keys[:2], names.forms["A B A C A"]
        ('Flute', ('C major', 'C minor'), 'rondo')
    """
    pairs = zip(MAJOR_SPELLINGS, MINOR_SPELLINGS, strict=True)
    return KnownNames(
        instruments=GENERAL_MIDI,
        ranges=dict(RANGES),
        keys=tuple(key for pair in pairs for key in pair),
        modes=tuple(MODE_NAMES),
        meters=METERS[:-1],  # the last is "other"
        forms=dict(FORMS),
        styles=dict(STYLES),
    )
