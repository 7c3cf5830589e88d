"""Keys as musicians write them: ``D dorian``, ``re dórico``, ``Bbm``, ``C,D,E,G,A``.

A key's name becomes the pitch classes that its notes may have (0 for C to 11 for B).
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from typing import NamedTuple

from monody.errors import SettingError
from monody.music.keys import nearest_key_name
from monody.music.mode_names import SHORT, ModeName, mode_named, spellings
from monody.music.note_names import NoteName, note_name, readings, refuse_doubtful_b
from monody.music.pitch import BY_FIFTHS, SHARP_NAMES, pitch_class
from monody.translation import marked

NEAR = 0.6  # how alike a misspelt mode is, 0-1
_NUMBER = re.compile("[0-9]|10|11")  # of a pitch class


class Mode(NamedTuple):
    """A kind of scale, on any tonic."""

    semitones: tuple[int, ...]  # above the tonic, in order
    sharps: int | None  # in its signature, beyond those of major on the same tonic


MODES = {
    "major": Mode((0, 2, 4, 5, 7, 9, 11), 0),
    # The natural scale, and the sixth and seventh that tunes in minor often raise.
    "minor": Mode((0, 2, 3, 5, 7, 8, 9, 10, 11), -3),
    "natural minor": Mode((0, 2, 3, 5, 7, 8, 10), -3),
    "harmonic minor": Mode((0, 2, 3, 5, 7, 8, 11), -3),
    "melodic minor": Mode((0, 2, 3, 5, 7, 9, 11), -3),
    "ionian": Mode((0, 2, 4, 5, 7, 9, 11), 0),
    "dorian": Mode((0, 2, 3, 5, 7, 9, 10), -2),
    "phrygian": Mode((0, 1, 3, 5, 7, 8, 10), -4),
    "lydian": Mode((0, 2, 4, 6, 7, 9, 11), 1),
    "mixolydian": Mode((0, 2, 4, 5, 7, 9, 10), -1),
    "aeolian": Mode((0, 2, 3, 5, 7, 8, 10), -3),
    "locrian": Mode((0, 1, 3, 5, 6, 8, 10), -5),
    "major pentatonic": Mode((0, 2, 4, 7, 9), 0),
    "minor pentatonic": Mode((0, 3, 5, 7, 10), -3),
    "blues": Mode((0, 3, 5, 6, 7, 10), -3),
    "whole tone": Mode((0, 2, 4, 6, 8, 10), None),
    "chromatic": Mode(tuple(range(12)), None),
}
# The sharps of modes beyond those of major, by their names of three letters.
MODE_SHARPS = {
    short: MODES[name].sharps or 0 for short, name in SHORT.items() if len(short) == 3
}


def is_minor_mode(name: str) -> bool:
    """Tell whether a mode is named as minor where only major and minor can be said.

    MIDI knows a number of sharps, and major or minor. The sharps are those of the mode;
    it is minor if the third above its tonic is: D dorian is said as A minor, which has
    its notes and its third, E phrygian and B locrian are, too, and G mixolydian is said
    as C major. `Scale.signature` and all readers keep to this rule.

    Args:
        name: Of the mode, in any of the languages and short forms of ``mode_names``.

    Returns:
        False if it is none, as notation without a mode is said as major.

    Example:
        >>> from monody.music.scale import is_minor_mode
        >>> [is_minor_mode(name) for name in ("dor", "phrygian", "mix", "menor", "")]
        [True, True, False, True, False]
    """
    named = mode_named(name)
    return named is not None and 4 not in MODES[named.mode].semitones


class Scale(NamedTuple):
    """The notes of a key.

    Example:
        >>> from monody.music.scale import parse_scale
        >>> scale = parse_scale("D dorian")
        >>> scale.tonic, scale.mode, scale.degrees, scale.signature
        (2, 'dorian', (0, 2, 3, 5, 7, 9, 10), 'A minor')
    """

    name: str  # such as "D dorian", or "C,D,E,G,A" where it was a list
    tonic: int  # pitch class, 0-11
    pitch_classes: frozenset[int]

    @property
    def mode(self) -> str | None:
        """The key of its mode in ``MODES``; None for a list of pitch classes."""
        return self.name.partition(" ")[2] or None

    @property
    def degrees(self) -> tuple[int, ...]:
        """Semitones of each degree above the tonic, in order; minor has its natural 7.

        The raised sixth and seventh of minor are no degrees of their own.
        """
        if self.mode == "minor":
            return MODES["natural minor"].semitones
        return tuple(sorted((one - self.tonic) % 12 for one in self.pitch_classes))

    @property
    def signature(self) -> str | None:
        """The name in ``keys.KEY_NAMES`` of the key signature to print, or None.

        It is the key with as many sharps or flats, minor if the mode's third is minor:
        D dorian is printed as A minor. A pentatonic, blues, harmonic or melodic minor
        scale takes the signature of major or minor on its tonic; the whole-tone and
        chromatic scales and lists have none. More than seven sharps or flats are
        spelled the other way: G# major is printed as Ab major.
        """
        if self.mode is None or MODES[self.mode].sharps is None:
            return None
        semitones, beyond_major = MODES[self.mode]
        sharps = _sharps_of_major(self.name.partition(" ")[0]) + (beyond_major or 0)
        return nearest_key_name(sharps, minor=4 not in semitones)


def parse_scale(text: str, setting: str = "key") -> Scale:
    """Return the scale of a key's name, or of a list of pitch classes.

    ``minor`` means the nine notes that tunes in minor use: the natural scale, and the
    raised sixth and seventh. ``natural minor`` and ``aeolian`` have seven.

    Args:
        text: A tonic of ``note_names`` and a mode of ``mode_names``, in any case and in
            any of their languages (``D dorian``, ``fa# menor``, ``Es-Dur``; no mode
            means major; ``Am``, ``Bbmaj`` and ABC's ``Edor`` do too), or at least two
            pitch classes by name or number (``C,D,E,G,A``, ``do,re,mi``,
            ``0,2,4,7,9``), the tonic first. H is B natural. B is B flat where the
            mode is German: ``B-Dur``.
        setting: The setting that it is the value of, for the error.

    Raises:
        SettingError: If the text is neither; the message names near modes.

    Example:
        >>> from monody.music.scale import parse_scale
        >>> sorted(parse_scale("Bbm").pitch_classes)
        [0, 1, 3, 5, 6, 7, 8, 9, 10]
        >>> parse_scale("do menor").name, parse_scale("H-Moll").name
        ('C minor', 'B minor')
        >>> parse_scale("C,D,E,G,A").tonic
        0
        >>> parse_scale("D dorain")
        Traceback (most recent call last):
            ...
        monody.errors.SettingError: key must be ...: did you mean 'D dorian' or ...?
    """
    scale = _from_list(text, setting) if "," in text else _from_name(text)
    if scale is None:
        raise SettingError(
            f"{setting} must be such as 'D dorian', 'Bb minor', 'do mayor' or "
            f"C,D,E,G,A, not {text!r}{_hint(text)}"
        )
    return scale


def move_to_scale(pitch: int, source: Scale, target: Scale) -> int:
    """Move a pitch by its scale degree from one scale into another.

    All pitches move by the nearest way from tonic to tonic, 6 semitones down to 5 up.
    Between scales of as many degrees, each degree then becomes that of the target, and
    a note between two degrees keeps its distance to the lower one as far as there is
    room below the next: the G# of A minor stays G# in A major, and the G becomes G#.
    A pitch not yet in the target goes to its nearest pitch, the lower of two. A higher
    pitch never ends below a lower one.

    Args:
        pitch: MIDI pitch.
        source: The scale that it is heard in.
        target: The scale that it shall be in.

    Returns:
        A pitch of the target. From a pitch close to 0 or 127 it may lie outside of
        MIDI's range: let the caller move the whole melody by an octave.

    Example:
        >>> from monody.music.pitch import pitch_name
        >>> from monody.music.scale import move_to_scale, parse_scale
        >>> minor, major = parse_scale("A minor"), parse_scale("A major")
        >>> [pitch_name(move_to_scale(pitch, minor, major)) for pitch in (67, 68, 72)]
        ['G#4', 'G#4', 'C#5']
    """
    moved = pitch + (target.tonic - source.tonic + 6) % 12 - 6
    old, new = source.degrees, (*target.degrees, 12)
    if len(old) == len(target.degrees):
        octave, above = divmod(moved - target.tonic, 12)
        degree = bisect_right(old, above) - 1
        room = new[degree + 1] - new[degree] - 1
        above = new[degree] + min(above - old[degree], room)
        moved = target.tonic + 12 * octave + above
    near = (moved + away for away in range(-6, 7))
    inside = (one for one in near if one % 12 in target.pitch_classes)
    return min(inside, key=lambda one: (abs(one - moved), one))


def _from_name(text: str) -> Scale | None:
    """Read a tonic and its mode."""
    for name, rest in readings(text):
        mode = mode_named(rest)
        if mode is not None and len(name.sign) <= 1:
            tonic = _tonic(name, mode)
            first, semitones = pitch_class(tonic), MODES[mode.mode].semitones
            classes = frozenset((first + above) % 12 for above in semitones)
            return Scale(f"{tonic} {mode.mode}", first, classes)
    return None


def _tonic(name: NoteName, mode: ModeName) -> str:
    """Return a tonic's English name: who writes B-Dur means B flat."""
    return "Bb" if name.is_plain_b and mode.is_german else str(name)


def _from_list(text: str, setting: str) -> Scale | None:
    """Read pitch classes by name or number; the first is the tonic."""
    names: list[str] = []
    written: list[NoteName] = []
    for part in map(str.strip, text.split(",")):
        name = note_name(part)
        if _NUMBER.fullmatch(part):
            names.append(SHARP_NAMES[int(part)])
        elif name is not None and len(name.sign) <= 1:
            names.append(str(name))
            written.append(name)
        else:
            return None
    refuse_doubtful_b(written, setting, text)
    classes = [pitch_class(name) for name in names]
    return Scale(",".join(names), classes[0], frozenset(classes))


def _hint(text: str) -> str:
    """Name the two modes that a misspelt one is nearest to, on its tonic."""
    if "," in text:
        return ""
    if mode_named(text):
        return marked(": name its tonic, too, such as D")
    # Of "do mayro" the tonic is do: its "mayro" is nearer to a mode than "o mayro".
    nearest = max((_near_modes(text, rest) for _, rest in readings(text)), default=[])
    meant = " or ".join(f"'{name}'" for _, name in nearest[:2])
    return marked(f": did you mean {meant}?") if meant else ""


def _near_modes(text: str, rest: str) -> list[tuple[float, str]]:
    """Return how near each mode is to the rest of a text (0-1), and the key meant."""
    wanted = rest.strip(" -_")
    tonic = text.strip().removesuffix(wanted).rstrip(" -_").capitalize()
    near = []
    for mode in MODES:
        names = spellings(mode)
        likeness = [_likeness(name.lower(), wanted.lower()) for name in names]
        best = max(likeness)
        if best >= NEAR:
            near.append((best, f"{tonic} {names[likeness.index(best)]}"))
    return sorted(near, reverse=True)


def _likeness(one: str, other: str) -> float:
    """Return how alike two names are, 0-1."""
    return difflib.SequenceMatcher(None, one, other).ratio()


def _sharps_of_major(tonic: str) -> int:
    """Count the sharps, flats negative, of a major key: a sharp is a fifth up."""
    return BY_FIFTHS.index(tonic[0]) - 1 + 7 * (tonic.count("#") - tonic.count("b"))
