"""What the events of a track say, channel by channel: notes, programs, controllers.

symusic gives the notes of a track without their channels, and drops those that never
end. Where that matters, the events are read here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monody.music.smf import SYSEX, EventCursor

NOTE_OFF, NOTE_ON, CONTROL, PROGRAM = 0x80, 0x90, 0xB0, 0xC0  # kinds of channel event


@dataclass
class ChannelEvents:
    """The events of a channel in a track, in order.

    Args:
        strikes: ``(tick, pitch, velocity)`` of note-ons and note-offs; a note-off has a
            velocity of 0.
        programs: ``(tick, program)`` of each change of program.
        controls: ``(tick, value)`` of each change of a controller, by its number.
    """

    strikes: list[tuple[int, int, int]] = field(default_factory=list)
    programs: list[tuple[int, int]] = field(default_factory=list)
    controls: dict[int, list[tuple[int, int]]] = field(default_factory=dict)


@dataclass
class TrackEvents:
    """The events of a track.

    Args:
        channels: By number, 0-15; those without an event are missing.
        end: The tick of the end of the track.
    """

    channels: dict[int, ChannelEvents] = field(default_factory=dict)
    end: int = 0

    @property
    def plays(self) -> bool:
        """Whether notes begin in it."""
        return any(
            velocity
            for channel in self.channels.values()
            for _, _, velocity in channel.strikes
        )


def track_events(body: bytes) -> TrackEvents:
    """Read the events of a track up to its end, or to where they make no sense.

    Args:
        body: The events, without the head of the chunk.

    Example:
        >>> from monody.reading.midi.track_events import track_events
        >>> track = track_events(bytes.fromhex("00c028 00903c50 8360803c00 00ff2f00"))
        >>> track.channels[0].programs, track.channels[0].strikes, track.end
        ([(0, 40)], [(0, 60, 80), (480, 60, 0)], 480)
    """
    track, cursor = TrackEvents(), EventCursor(body, 0, len(body))
    for status, data in cursor.events():
        if status < SYSEX:
            _note_down(track, cursor.tick, status, data)
    track.end = cursor.tick
    return track


def _note_down(track: TrackEvents, tick: int, status: int, data: bytes) -> None:
    """Add an event of a channel; those that change no note are passed over."""
    kind, number = status & 0xF0, status & 15
    if kind not in (NOTE_ON, NOTE_OFF, CONTROL, PROGRAM):
        return
    channel = track.channels.get(number)
    if channel is None:
        channel = track.channels[number] = ChannelEvents()
    if kind in (NOTE_ON, NOTE_OFF):
        velocity = data[1] if kind == NOTE_ON else 0
        channel.strikes.append((tick, data[0], velocity))
    elif kind == CONTROL:
        channel.controls.setdefault(data[0], []).append((tick, data[1]))
    else:
        channel.programs.append((tick, data[0]))
