"""Which channels of a track are one player.

A player may use several channels: one for each string of a MIDI guitar, for each note
of an MPE keyboard, for each way of playing of a violin. Then the channels take turns.
Channels that sound together are lines of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

MAX_CLASH_SHARE = 0.05  # of the notes of two channels that take turns
LEGATO_PARTS_OF_QUARTER = 8  # an overlap of a 32nd is legato
MIN_HAND_CHANNELS = 3
MAX_HAND_SHARE = 0.5  # of a hand's channels that sound at a time
MIN_HAND_CHANGES = 0.5  # of a hand's notes that are on another channel than the last
_FAMILY = 8  # programs; General MIDI lists them by kind of instrument


@dataclass(frozen=True)
class ChannelPart:
    """What a channel plays in a track, in order of the starts.

    Args:
        channel: 0-15.
        pitch: ``(notes,)``.
        start: ``(notes,)`` ticks.
        end: ``(notes,)`` ticks.
        held: ``(notes,)`` ticks: until when the pedal holds them.
        velocity: ``(notes,)``, 1-127.
        programs: ``(notes,)``: the General MIDI program of each.
        is_drum: Whether it is a drum kit.
    """

    channel: int
    pitch: Longs
    start: Longs
    end: Longs
    held: Longs
    velocity: Longs
    programs: Longs
    is_drum: bool

    def __len__(self) -> int:
        return len(self.pitch)

    @property
    def program(self) -> int:
        """The program of most of its notes."""
        return int(np.bincount(self.programs).argmax())


def together(parts: Sequence[ChannelPart]) -> ChannelPart:
    """Make one part of several.

    Args:
        parts: At least one.
    """
    if len(parts) == 1:
        return parts[0]
    names = ("pitch", "start", "end", "held", "velocity", "programs")
    columns = [np.concatenate([getattr(p, name) for p in parts]) for name in names]
    order = np.argsort(columns[1], kind="stable")
    pitch, start, end, held, velocity, programs = (c[order] for c in columns)
    return ChannelPart(
        parts[0].channel, pitch, start, end, held, velocity, programs, parts[0].is_drum
    )


def players(
    parts: Sequence[ChannelPart], quarter: int, *, whole_band: bool, is_mpe: bool
) -> list[ChannelPart]:
    """Join the channels of a track that are one player.

    Args:
        parts: What each channel of the track plays.
        quarter: Ticks of a quarter.
        whole_band: Whether the track holds all of the music. Then a flute and a trumpet
            that never meet are two players, and only instruments of one kind are
            joined. Elsewhere, a track is a player's, and a violin that changes to
            pizzicato remains one.
        is_mpe: Whether the file says that each note has a channel of its own.

    Returns:
        The players, in the order of their lowest channels.

    Example:
        >>> import numpy as np
        >>> from monody.reading.midi.players import ChannelPart, players
        >>> def string(channel, start):
        ...     start = np.array(start)
        ...     end, same = start + 24, np.full(len(start), 60)
        ...     return ChannelPart(
        ...         channel, same, start, end, end, same, same * 0, is_drum=False)
        >>> strings = [string(0, [0, 48]), string(1, [24, 72]), string(2, [0, 24])]
        >>> found = players(strings, 24, whole_band=False, is_mpe=False)
        >>> [part.start.tolist() for part in found]
        [[0, 24, 48, 72], [0, 24]]
    """
    drums = [[part] for part in parts if part.is_drum]
    pitched = [part for part in parts if not part.is_drum]
    hands = [pitched] if is_mpe and pitched else _hands(pitched)
    joined: list[ChannelPart] = []
    for hand in map(together, hands):
        for place, other in enumerate(joined):
            same_kind = other.program // _FAMILY == hand.program // _FAMILY
            if (same_kind or not whole_band) and _take_turns(other, hand, quarter):
                joined[place] = together([other, hand])
                break
        else:
            joined.append(hand)
    return sorted([*joined, *map(together, drums)], key=lambda part: part.channel)


def _take_turns(one: ChannelPart, other: ChannelPart, quarter: int) -> bool:
    """Tell whether two channels never sound together but for legato, or hardly ever."""
    both = together([one, other])
    side = np.repeat([0, 1], [len(one), len(other)])
    side = side[np.argsort(np.concatenate([one.start, other.start]), kind="stable")]
    ends = [np.where(side == number, both.end, 0) for number in (0, 1)]
    latest = [np.maximum.accumulate(end) for end in ends]
    rival = np.where(side == 0, latest[1], latest[0])  # (notes,): until when it sounds
    legato = np.minimum(
        quarter // LEGATO_PARTS_OF_QUARTER, (both.end - both.start) // 2
    )
    clashes = np.count_nonzero(rival > both.start + legato)
    few = MAX_CLASH_SHARE * len(both)
    return bool(clashes <= few and 2 * clashes <= min(len(one), len(other)))


def _hands(parts: Sequence[ChannelPart]) -> list[list[ChannelPart]]:
    """Put the channels together that one hand plays chords on, as those of a guitar.

    They have one program, few of them sound at a time, and nearly every note is on
    another channel than the last. The voices of a choir sound most of the time.
    """
    by_program: dict[int, list[ChannelPart]] = {}
    for part in parts:
        by_program.setdefault(part.program, []).append(part)
    hands: list[list[ChannelPart]] = []
    for own in by_program.values():
        if len(own) >= MIN_HAND_CHANNELS and _is_one_hand(own):
            hands.append(own)
        else:
            hands += [[part] for part in own]
    return sorted(hands, key=lambda hand: hand[0].start[0])


def _is_one_hand(parts: Sequence[ChannelPart]) -> bool:
    both = together(parts)
    channel = np.repeat([part.channel for part in parts], [len(part) for part in parts])
    order = np.argsort(np.concatenate([part.start for part in parts]), kind="stable")
    changes = np.mean(np.diff(channel[order]) != 0)
    before = np.concatenate([[0], np.maximum.accumulate(both.end)[:-1]])
    heard = np.sum(np.maximum(both.end - np.maximum(both.start, before), 0))
    sounding = np.sum(both.end - both.start)
    few = sounding < MAX_HAND_SHARE * len(parts) * heard
    return bool(changes >= MIN_HAND_CHANGES and few)
