"""The notes of a MIDI file as mido and pretty_midi give them."""

from __future__ import annotations

from collections import Counter, deque
from pathlib import Path

import mido
import pretty_midi

from second_opinion import Note


def mido_notes(path: Path) -> list[Note]:
    """Return the notes of all tracks; of notes on one pitch the first ends first."""
    file = mido.MidiFile(path)
    notes: list[Note] = []
    for track in file.tracks:
        tick = 0
        sounding: dict[tuple[int, int], deque[int]] = {}
        for message in track:
            tick += message.time
            if message.type not in ("note_on", "note_off"):
                continue
            begun = sounding.setdefault((message.channel, message.note), deque())
            if message.type == "note_on" and message.velocity:
                begun.append(tick)
            elif begun:
                start, quarter = begun.popleft(), file.ticks_per_beat
                length = (tick - start) / quarter
                notes.append(Note(start / quarter, message.note, length))
    return sorted(notes)


def unpaired_pitches(path: Path) -> set[int]:
    """Return the pitches that are switched off while none of them sounds."""
    sounding: Counter[tuple[int, int, int]] = Counter()
    found: set[int] = set()
    for place, track in enumerate(mido.MidiFile(path).tracks):
        for message in track:
            if message.type not in ("note_on", "note_off"):
                continue
            key = (place, message.channel, message.note)
            if message.type == "note_on" and message.velocity:
                sounding[key] += 1
            elif sounding[key]:
                sounding[key] -= 1
            else:
                found.add(message.note)
    return found


def pretty_midi_notes(path: Path) -> list[Note]:
    """Return the notes of all instruments, in quarters."""
    file = pretty_midi.PrettyMIDI(str(path))
    notes: list[Note] = []
    for instrument in file.instruments:
        for note in instrument.notes:
            start, end = map(file.time_to_tick, (note.start, note.end))
            quarter = file.resolution
            length = float(end - start) / quarter
            notes.append(Note(float(start) / quarter, note.pitch, length))
    return sorted(notes)
