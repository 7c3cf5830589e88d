"""Another instrument or tempo for a melody whose notes stay as they are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.generation.provenance import Provenance, read_provenance
from monody.generation.save import Output
from monody.music.general_midi import program_of
from monody.music.melody import Melody
from monody.music.midi_file import midi_bytes
from monody.settings.sampling import SampleSettings


def dress(
    path: str | os.PathLike[str],
    midi_instrument: str | None = None,
    bpm: float | None = None,
    *,
    name: str = "melody",
    velocities: Sequence[int] = (),
) -> bytes:
    """Give a melody another instrument or tempo; its notes stay.

    What a file of monody's says of how it was made is changed alike, so that what is
    made of it sounds as it does.

    Args:
        path: A file of music; it stays as it is.
        midi_instrument: As in ``SampleSettings``; by default that of the file.
        bpm: Quarter notes a minute; by default those of the file.
        name: The track's name, in a file that monody did not write.
        velocities: Of each note, 1-127, in such a file; by default they follow the
            meter.

    Returns:
        The bytes of a MIDI file.

    Raises:
        MonodyError: If there is no such instrument or tempo, or no melody in the file.

    Example:
        >>> import monody
        >>> data = monody.dress("data/midi/tune-001.mid", "Flute", bpm=96)
        >>> data[:4]
        b'MThd'
    """
    asked = {"midi_instrument": midi_instrument, "bpm": bpm}
    changes: dict[str, Any] = {
        name: value for name, value in asked.items() if value is not None
    }
    SampleSettings(**changes)  # refuses what is none
    melody = _dressed(read_melody(Path(path)), midi_instrument, bpm)
    try:
        made = read_provenance(Path(path))
    except MonodyError:  # nobody's work here
        loudness = np.array(velocities, np.int32) if len(velocities) else None
        return midi_bytes(melody, name, loudness=loudness)
    return Output(melody, _said_of(melody, made, changes), {}).to_bytes()


def _dressed(melody: Melody, midi_instrument: str | None, bpm: float | None) -> Melody:
    if midi_instrument is not None:
        melody = replace(melody, program=program_of(midi_instrument))
    return melody if bpm is None else replace(melody, bpm=float(bpm))


def _said_of(melody: Melody, made: Provenance, changes: dict[str, Any]) -> Provenance:
    """Change what a file says of how its melody was made."""
    made = replace(made, settings=replace(made.settings, **changes))
    if made.rewrite is None:
        return made
    source = replace(made.rewrite.melody, program=melody.program, bpm=melody.bpm)
    return replace(made, rewrite=replace(made.rewrite, melody=source))
