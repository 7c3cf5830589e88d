"""What a voice is: the description that an engine turns into sound.

There are two kinds. What is struck or plucked sounds by itself and dies away; what is
blown or bowed is held. A voice is data: to add one is to describe it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Noise:
    """What is heard of the hammer, the finger, the breath or the bow.

    Args:
        decibels: Its level at the onset, of the tone's.
        hertz: The middle of its band.
        octaves: The width of its band.
        seconds: Until what the onset adds has fallen by 60 dB.
        steady: Its level while the tone is held, of the tone's, in dB.
    """

    decibels: float
    hertz: float
    octaves: float
    seconds: float
    steady: float = -100.0


@dataclass(frozen=True, kw_only=True)
class Voice:
    """What both kinds have.

    Args:
        name: As a musician calls it.
        spectra: The levels of partial 1, 2, 3 ... in dB, by MIDI pitch, played mezzo
            piano. Pitches between two are between them; the body of an instrument,
            which makes the same partial strong in one register and weak in another,
            is in these tables.
        noise: Of its attack, and while it is held.
        touch: By how many dB the spectrum rises an octave of partials from piano
            (velocity 48) to forte (112).
        release: Seconds in which a note that was let go of dies away.
        width: How far its partials are spread from left to right, 0-1.
    """

    name: str
    spectra: Mapping[int, str]
    noise: Noise
    touch: float = 3.0
    release: float = 0.1
    width: float = 0.2


@dataclass(frozen=True, kw_only=True)
class Struck(Voice):
    """A voice that is struck or plucked.

    Args:
        t60: Seconds in which middle C falls by 60 dB.
        t60_octave: By what the time is multiplied an octave higher.
        damping: At this frequency in Hz, a partial dies away twice as fast as a low
            one.
        rise: Seconds until a note has its full strength.
        ratios: The frequencies of the partials, of the pitch. Empty: 1, 2, 3 ..., as
            those of strings are.
        stiffness: How far upper partials of a string are sharp.
        twin: The strength of a second string, of the first's. It dies away more slowly,
            so a tone has a loud beginning and a long end.
        cents: How far the second string is out of tune.
        tremolo: How far the level swings, 0-1, as a vibraphone's does.
    """

    t60: float
    t60_octave: float = 0.85
    damping: float = 2500.0
    rise: float = 0.002
    ratios: tuple[float, ...] = ()
    stiffness: float = 0.0
    twin: float = 0.0
    cents: float = 0.6
    tremolo: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Held(Voice):
    """A voice that is blown, bowed or sung, or an organ's.

    Args:
        attack: Seconds until middle C is near its full strength; higher notes speak
            faster.
        bloom: By how many dB an octave of partials a tone is duller when it begins.
        vibrato: How far the pitch swings, in cents.
        shimmer: How far the level swings with it, 0-1.
        drift: How far the pitch wanders, in cents; the level wanders with it. Nobody
            holds a tone as a machine does.
        players: How many sound together.
        cents: How far they are out of tune.
    """

    attack: float
    bloom: float = 3.0
    vibrato: float = 0.0
    shimmer: float = 0.0
    drift: float = 0.0
    players: int = 1
    cents: float = 0.0
    release: float = field(default=0.1)
