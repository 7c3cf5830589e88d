"""The tracks of a MIDI file, each event taken at its word.

`plain` reads healthy files far faster. Here the others are read: players with several
channels, notes without an end, drum kits anywhere, the pedal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from monody.reading.midi.chunks import MidiFile
from monody.reading.midi.drum_kits import (
    DRUM_CHANNEL,
    drum_channels,
    is_drum_bank,
    is_roland,
)
from monody.reading.midi.heard import track_of
from monody.reading.midi.note_ends import (
    NO_END,
    StruckNotes,
    struck_notes,
    with_ends,
)
from monody.reading.midi.pedal import (
    RESET,
    SUSTAIN,
    held_until,
    pedal_spans,
)
from monody.reading.midi.players import ChannelPart, players
from monody.reading.midi.track_events import ChannelEvents, TrackEvents, track_events
from monody.reading.raw_score import RawTrack
from monody.translation import marked

Longs = NDArray[np.int64]

BANK = 0  # the controller of the most significant byte
# Controllers that end all notes: all sound off, all notes off, and the four modes.
SILENCES = (120, 123, 124, 125, 126, 127)
_PARAMETER, _MPE = 100, 6  # registered parameter 6 gives each note a channel (MPE 2.1)

Tracks = tuple[tuple[RawTrack, ...], tuple[str, ...]]

# What tracks without notes say to those that have some: events times tracks. Real files
# have a thousandth of it; a hostile one could ask for any number.
MAX_STEERED = 5_000_000

_JOINED = marked("channels of one player joined to another")
_CLOSED = marked("notes without an end closed")
_UNHEARD = marked("events for other tracks not followed")


def exact_tracks(file: MidiFile) -> Tracks:
    """Read the tracks of a file that have notes.

    Args:
        file: A sound file.

    Returns:
        The tracks, and what was done to their notes, such as "silent notes left out:
        3".

    Example:
        >>> from pathlib import Path
        >>> from monody.reading.midi.chunks import MidiFile
        >>> from monody.reading.midi.exact import exact_tracks
        >>> file = MidiFile(Path("data/midi/tune-000.mid").read_bytes())
        >>> [track], done = exact_tracks(file)
        >>> len(track.pitch), track.program, track.is_drum, done
        (48, 0, False, ())
    """
    reader = _Reader(file)
    reader.read()
    return tuple(reader.tracks), repairs_of(reader.done)


def repairs_of(done: Counter[str]) -> tuple[str, ...]:
    """Name what was done to notes.

    Args:
        done: How often it was done.
    """
    return tuple(f"{name}: {count}" for name, count in done.items() if count)


class _Reader:
    """Reads the tracks of a file.

    Args:
        file: A sound file.

    Attributes:
        tracks: Its tracks that have notes, once `read` was called.
        done: What was done, and how often.
    """

    def __init__(self, file: MidiFile) -> None:
        self.tracks: list[RawTrack] = []
        self.done: Counter[str] = Counter()
        self._file = file
        self._events = [track_events(body) for body in file.bodies]
        self._players = sum(track.plays for track in self._events)
        self._steering = self._followed(_steering(self._events))
        self._is_mpe_file = _says_mpe(self._steering.values())
        self._drums = drum_channels(file.data)
        self._roland = is_roland(file.data)

    def _followed(self, steering: dict[int, ChannelEvents]) -> dict[int, ChannelEvents]:
        """Return what tracks without notes say, unless it is beyond all measure."""
        events = sum(
            len(channel.programs) + sum(map(len, channel.controls.values()))
            for channel in steering.values()
        )
        if events * self._players <= MAX_STEERED:
            return steering
        self.done[_UNHEARD] += events
        return {}

    def read(self) -> None:
        """Read all tracks."""
        struck = [
            {
                number: struck_notes(channel.strikes)
                for number, channel in sorted(track.channels.items())
                if channel.strikes
            }
            for track in self._events
        ]
        strays = _strays(struck)
        lost = sum(len(ticks) for own in strays.values() for ticks in own.values())
        if lost * self._players > MAX_STEERED:
            self.done[_UNHEARD] += lost
            strays = {}
        whole_band = self._players < 2
        for place, channels in enumerate(struck):
            parts = [
                self._part(place, number, notes, strays.get(number, {}))
                for number, notes in channels.items()
                if len(notes)
            ]
            found = players(
                parts,
                self._file.ticks_per_quarter,
                whole_band=whole_band,
                is_mpe=self._is_mpe(place),
            )
            self.done[_JOINED] += len(parts) - len(found)
            name = self._file.names[place]
            for part in found:
                self.tracks.append(track_of(part, len(self.tracks), name, self.done))

    def _is_mpe(self, place: int) -> bool:
        """Tell whether a track says that each of its notes has its own channel."""
        return self._is_mpe_file or _says_mpe(self._events[place].channels.values())

    def _part(
        self,
        place: int,
        number: int,
        notes: StruckNotes,
        elsewhere: dict[int, list[int]],
    ) -> ChannelPart:
        """Follow what happens to the notes of a channel in a track."""
        track = self._events[place]
        steered = _Steered(track.channels[number], self._steering.get(number))
        silences = sorted(
            tick for kind in SILENCES for tick, _ in steered.control(kind)
        )
        quarter = self._file.ticks_per_quarter
        end = with_ends(notes, elsewhere, silences, track.end, quarter)
        self.done[_CLOSED] += int(np.count_nonzero(notes.end == NO_END))
        spans = pedal_spans(steered.control(SUSTAIN), steered.control(RESET))
        return ChannelPart(
            channel=number,
            pitch=notes.pitch,
            start=notes.start,
            end=end,
            held=held_until(end, spans),
            velocity=notes.velocity,
            programs=_in_force(steered.programs, notes.start, 0),
            is_drum=self._is_drum(place, number, steered, notes.start),
        )

    def _is_drum(
        self, place: int, number: int, steered: _Steered, starts: Longs
    ) -> bool:
        banks = _in_force(steered.control(BANK), starts, -1)
        bank = int(np.bincount(banks + 1).argmax()) - 1
        by_bank = is_drum_bank(bank, roland=self._roland)
        if by_bank is None:
            by_bank = self._drums.get(number, number == DRUM_CHANNEL)
        return by_bank or self._file.is_named_drums(place)


def _says_mpe(channels: Iterable[ChannelEvents]) -> bool:
    """Tell whether channels say that each note has a channel of its own."""
    return any(
        value == _MPE
        for channel in channels
        for _, value in channel.controls.get(_PARAMETER, ())
    )


class _Steered:
    """The programs and controllers in force for a channel of a track.

    Where the track has none of a kind, those of tracks without notes are: they steer
    the channels of others.
    """

    def __init__(self, own: ChannelEvents, others: ChannelEvents | None) -> None:
        self._own = own
        self._others = others or ChannelEvents()

    @property
    def programs(self) -> Sequence[tuple[int, int]]:
        return self._own.programs or self._others.programs

    def control(self, number: int) -> Sequence[tuple[int, int]]:
        own = self._own.controls.get(number, [])
        return own or self._others.controls.get(number, [])


def _steering(tracks: Sequence[TrackEvents]) -> dict[int, ChannelEvents]:
    """Gather the events of the tracks without notes, by channel, in order of time."""
    gathered: dict[int, ChannelEvents] = {}
    for track in tracks:
        for number, channel in track.channels.items():
            if not track.plays:
                all_of_it = gathered.setdefault(number, ChannelEvents())
                all_of_it.programs += channel.programs
                for control, changes in channel.controls.items():
                    all_of_it.controls.setdefault(control, []).extend(changes)
    for channel in gathered.values():
        for changes in (channel.programs, *channel.controls.values()):
            changes.sort(key=itemgetter(0))
    return gathered


def _strays(
    struck: Sequence[dict[int, StruckNotes]],
) -> dict[int, dict[int, list[int]]]:
    """Gather the ticks of note-offs that end nothing, by channel and pitch."""
    strays: dict[int, dict[int, list[int]]] = {}
    for track in struck:
        for number, notes in track.items():
            for pitch, ticks in notes.strays.items():
                strays.setdefault(number, {}).setdefault(pitch, []).extend(ticks)
    for by_pitch in strays.values():
        for ticks in by_pitch.values():
            ticks.sort()
    return strays


def _in_force(changes: Sequence[tuple[int, int]], starts: Longs, before: int) -> Longs:
    """Return the value in force at each start: ``(notes,)``."""
    ticks = np.array([tick for tick, _ in changes], np.int64)
    values = np.array([before, *(value for _, value in changes)], np.int64)
    in_force: Longs = values[np.searchsorted(ticks, starts, side="right")]
    return in_force
