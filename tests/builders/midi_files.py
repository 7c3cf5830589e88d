"""MIDI files made in code, by mido: a second opinion on what MIDI is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import mido
import numpy as np

from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.music.meter import Meter

Triple = tuple[int, int, int]  # pitch, start tick, duration in ticks of the file


def midi_file(
    tracks: Sequence[Sequence[Triple]],
    *,
    ticks_per_quarter: int = 480,
    tempos: Sequence[tuple[int, float]] = ((0, 120.0),),
    meters: Sequence[tuple[int, int, int]] = ((0, 4, 4),),
    channel: int = 0,
    program: int = 0,
) -> bytes:
    """Return a format 1 file; the first track holds tempos and meters."""
    file = mido.MidiFile(ticks_per_beat=ticks_per_quarter)
    head = [
        (tick, mido.MetaMessage("set_tempo", tempo=round(60e6 / bpm)))
        for tick, bpm in tempos
    ]
    head += [
        (tick, mido.MetaMessage("time_signature", numerator=n, denominator=d))
        for tick, n, d in meters
    ]
    file.tracks.append(_track(head))
    for index, notes in enumerate(tracks):
        number = channel if channel == 9 else (channel + index) % 9
        events = [(0, mido.Message("program_change", channel=number, program=program))]
        for pitch, start, duration in notes:
            on = mido.Message("note_on", channel=number, note=pitch, velocity=80)
            off = mido.Message("note_off", channel=number, note=pitch, velocity=0)
            events += [(start, on), (start + duration, off)]
        file.tracks.append(_track(events))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def _track(events: list[tuple[int, mido.Message]]) -> mido.MidiTrack:
    """Order events by tick, ends before beginnings, and make times relative."""
    events = sorted(events, key=lambda item: (item[0], item[1].type == "note_on"))
    track, clock = mido.MidiTrack(), 0
    for tick, message in events:
        track.append(message.copy(time=tick - clock))
        clock = tick
    return track


def read_back(path: Path) -> tuple[list[Triple], int]:
    """Read a file's notes with mido, in ticks of 24 to the quarter, and its end."""
    file = mido.MidiFile(path)
    scale = 24 / file.ticks_per_beat
    notes, end = [], 0
    for track in file.tracks:
        clock, sounding = 0, {}
        for message in track:
            clock += message.time
            if message.type == "note_on" and message.velocity:
                assert message.note not in sounding, "a note begins while it sounds"
                sounding[message.note] = clock
            elif message.type in ("note_off", "note_on"):
                start = sounding.pop(message.note)
                notes.append(
                    (message.note, round(start * scale), round((clock - start) * scale))
                )
        assert not sounding, "a note never ends"
        end = max(end, round(clock * scale))
    return sorted(notes, key=lambda note: note[1]), end


def tune(seed: int, bars: int = 8, meter: tuple[int, int] = (4, 4)) -> Melody:
    """Write a small tune: steps and leaps in C major, in 8ths and quarters."""
    rng = np.random.default_rng(seed)
    scale = [60, 62, 64, 65, 67, 69, 71, 72]
    notes: list[Triple] = []
    place, clock = int(rng.integers(8)), 0
    end = bars * Meter(0, *meter).bar_ticks
    while clock < end:
        place = int(np.clip(place + rng.integers(-2, 3), 0, 7))
        ticks = min(int(rng.choice([12, 12, 24])), end - clock)
        notes.append((scale[place], clock, ticks))
        clock += ticks
    return Melody.from_notes(notes, meters=[Meter(0, *meter)])


def write_tunes(folder: Path, count: int, first_seed: int = 0, bars: int = 8) -> None:
    """Write tunes as MIDI files of 24 ticks to the quarter."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first_seed, first_seed + count):
        data = midi_file([list(tune(seed, bars))], ticks_per_quarter=24)
        (folder / f"tune-{seed:03d}.mid").write_bytes(data)


def store_of(melodies: Sequence[Melody]) -> MelodyStore:
    """Pack melodies as if each came from a file of its own."""
    named = [
        Melody(melody.notes, melody.meters, source=f"{index}.mid")
        for index, melody in enumerate(melodies)
    ]
    return MelodyStore.of(named)


# ---------------------------------------------------- files made of events, in order

Event = tuple[int, mido.Message]  # at a tick of the file


def event_file(
    *tracks: Sequence[Event], ticks_per_quarter: int = 480, file_format: int = 1
) -> bytes:
    """Return a file of events, those of a tick in the order in which they are given."""
    file = mido.MidiFile(ticks_per_beat=ticks_per_quarter, type=file_format)
    for events in tracks:
        track, clock = mido.MidiTrack(), 0
        for tick, message in sorted(events, key=lambda event: event[0]):
            track.append(message.copy(time=tick - clock))
            clock = tick
        file.tracks.append(track)
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


def on(tick: int, pitch: int, channel: int = 0, velocity: int = 80) -> Event:
    """Return a note-on."""
    message = mido.Message("note_on", note=pitch, channel=channel, velocity=velocity)
    return tick, message


def off(tick: int, pitch: int, channel: int = 0, velocity: int = 64) -> Event:
    """Return a note-off."""
    message = mido.Message("note_off", note=pitch, channel=channel, velocity=velocity)
    return tick, message


def played(notes: Sequence[Triple], channel: int = 0) -> list[Event]:
    """Return the events of notes, ends before beginnings."""
    ends = [off(start + length, pitch, channel) for pitch, start, length in notes]
    return [*ends, *(on(start, pitch, channel) for pitch, start, _ in notes)]


def control(tick: int, number: int, value: int, channel: int = 0) -> Event:
    """Return a change of a controller."""
    return tick, mido.Message(
        "control_change", control=number, value=value, channel=channel
    )


def program(tick: int, number: int, channel: int = 0) -> Event:
    """Return a change of program."""
    return tick, mido.Message("program_change", program=number, channel=channel)


def meta(tick: int, kind: str, **values: str | int) -> Event:
    """Return an event that is no music, such as a name."""
    return tick, mido.MetaMessage(kind, **values)


def sysex(tick: int, data: str) -> Event:
    """Return a system exclusive message of bytes in hexadecimal."""
    return tick, mido.Message("sysex", data=bytes.fromhex(data))
