"""The mode that a melody is written in: D dorian has the signature of C major.

A key signature has a number of sharps; which of its notes is the tonic, the mode says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from monody.music.key_finding import heard_scale
from monody.music.keys import key_signature
from monody.music.melody import Melody
from monody.music.pitch import BY_FIFTHS
from monody.music.scale import MODES, Scale, parse_scale

# Scales that notation has no name for, by the mode whose signature they take.
_WRITTEN_AS = {
    "natural minor": "minor",
    "harmonic minor": "minor",
    "melodic minor": "minor",
    "major pentatonic": "major",
    "minor pentatonic": "minor",
    "blues": "minor",
}
# By the mode that listeners' ratings tell: those with its third and fifth.
_RELATIVES = {"major": ("lydian", "mixolydian"), "minor": ("dorian", "phrygian")}
_PLAIN = {"major": "major", "minor": "natural minor"}


class Mode(NamedTuple):
    """A tonic and a mode, in the words of notation."""

    tonic: str  # such as "Bb"
    name: str  # major, minor, ionian, dorian, ... locrian


def written_scale(melody: Melody) -> Scale:
    """Return the scale that a melody is written in.

    It is that of its key if known, else the major or minor one that it is heard in; or
    a church mode on the same tonic, if that has all of its notes and major or natural
    minor has not.

    Example:
        >>> from monody import Melody
        >>> from monody.render.notation.modes import written_scale
        >>> pitches = (62, 65, 69, 71, 72, 69, 65, 64, 62)  # D F A B C A F E D
        >>> notes = [(pitch, 24 * at, 24) for at, pitch in enumerate(pitches)]
        >>> written_scale(Melody.from_notes(notes)).name
        'D dorian'
    """
    if melody.key is not None:
        return parse_scale(melody.key)
    scale = heard_scale(melody.pitches.tolist(), melody.durations.tolist())
    if scale.mode not in _RELATIVES:
        return scale
    tonic = scale.name.partition(" ")[0]
    classes = {pitch % 12 for pitch in melody.pitches.tolist()}
    for mode in (_PLAIN[scale.mode], *_RELATIVES[scale.mode]):
        if classes <= parse_scale(f"{tonic} {mode}").pitch_classes:
            return scale if mode in _PLAIN.values() else parse_scale(f"{tonic} {mode}")
    return scale


def written_mode(scale: Scale) -> Mode | None:
    """Return the tonic and the mode of a scale as notation names them.

    Args:
        scale: The scale. Pentatonic, blues, harmonic and melodic minor ones are minor
            or major; tonics with more than seven sharps or flats are spelled the other
            way.

    Returns:
        ``None`` if it has no key signature.

    Example:
        >>> from monody.music.scale import parse_scale
        >>> from monody.render.notation.modes import written_mode
        >>> written_mode(parse_scale("Bb mixolydian"))
        Mode(tonic='Bb', name='mixolydian')
        >>> written_mode(parse_scale("E blues"))
        Mode(tonic='E', name='minor')
    """
    if scale.mode is None or scale.signature is None:
        return None
    beyond_major = MODES[scale.mode].sharps or 0
    # A major key with n sharps begins n fifths above C, which is at 1 in BY_FIFTHS.
    fifths = key_signature(scale.signature)[0] - beyond_major
    raised, letter = divmod(fifths + 1, len(BY_FIFTHS))
    tonic = BY_FIFTHS[letter] + ("#" * raised or "b" * -raised)
    return Mode(tonic, _WRITTEN_AS.get(scale.mode, scale.mode))


def in_named_scale(melody: Melody, scale: Scale | None) -> Melody:
    """Give a melody the full name of its key: MIDI says A minor of D dorian.

    Args:
        melody: As a file or the network gives it.
        scale: That it was written in, if known.

    Returns:
        The same music, for notation only; unchanged if its key is another one.

    Example:
        >>> from dataclasses import replace
        >>> from monody import Melody
        >>> from monody.music.scale import parse_scale
        >>> from monody.render.notation.modes import in_named_scale
        >>> melody = replace(Melody.from_notes([(62, 0, 24)]), key="A minor")
        >>> in_named_scale(melody, parse_scale("D dorian")).key
        'D dorian'
    """
    if scale is None or scale.signature is None or scale.signature != melody.key:
        return melody
    return replace(melody, key=scale.name)
