"""Reading the melody of one MIDI file, note for note if possible."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from monody.corpus.corpus import read_corpus, require_melodies
from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.music.meter import COMMON_TIME, TICKS_PER_QUARTER, Meter
from monody.reading.midi.parse import read_midi
from monody.reading.raw_score import RawScore, UnreadableError
from monody.saved.bounded_file import read_named
from monody.settings.reading import ReadSettings

MAX_BYTES = int(ReadSettings.max_file_megabytes * 1e6)


def read_melody(path: str | os.PathLike[str]) -> Melody:
    """Read the melody of a file.

    A file that monody wrote is read as it is, and so is any other with one track whose
    notes do not overlap and are on whole ticks. Any other file is read as for training,
    and its longest melody is taken; empty bars at its beginning are left out.

    Args:
        path: A MIDI file, or any other that monody reads.

    Returns:
        The melody.

    Raises:
        MonodyError: If there is no such file, it is too large, or has no melody.

    Example:
        >>> import monody
        >>> melody = monody.read_melody("data/midi/tune-000.mid")
        >>> str(melody.meters[0]), int(melody.starts[0])
        ('4/4', 0)
    """
    path = Path(path)
    if path.is_dir():
        raise MonodyError(f"{str(path)!r} is a folder: name a MIDI file")
    if not path.is_file():
        raise MonodyError(f"no file {str(path)!r}: name a MIDI file")
    exact = _exactly(path)
    if exact is not None:
        return exact
    anything = ReadSettings(min_notes=1, min_distinct_pitches=1)
    melodies = require_melodies(read_corpus(path, anything)).melodies
    return melodies[int(np.argmax(melodies.info["note_count"]))]


def _exactly(path: Path) -> Melody | None:
    """Read a file that holds just one melody on whole ticks; else return ``None``."""
    try:
        score = read_midi(read_named(path, MAX_BYTES, "name a MIDI file"))
        [track] = score.tracks
        per_tick = score.ticks_per_quarter / TICKS_PER_QUARTER
        times = np.stack([track.start, track.duration], axis=1) / per_tick
        exact = (np.rint(times) == times) & (times <= np.iinfo(np.int32).max)
        if track.is_drum or score.repairs or not np.all(exact):
            return None
        notes = np.column_stack([track.pitch, times]).astype(np.int32)
        melody = Melody(
            notes=notes[np.argsort(notes[:, 1], kind="stable")],
            meters=_meters(score, per_tick),
            key=next((key for tick, key in score.keys if tick == 0), None),
            program=track.program,
            source=path.name,
        )
        bpms = [bpm for _, bpm in score.tempos]
        return replace(melody, bpm=bpms[0]) if bpms else melody
    except (ValueError, OSError, UnreadableError):
        return None  # not that simple: it is read like any other file


def _meters(score: RawScore, per_tick: float) -> tuple[Meter, ...]:
    """Return the time signatures; common time if none is in force at the start.

    Args:
        score: The file.
        per_tick: Its ticks for one of a melody.
    """
    meters = {0: COMMON_TIME}
    for meter in score.meters:
        tick = round(meter.tick / per_tick)
        meters[tick] = meter._replace(tick=tick)
    return tuple(meters[tick] for tick in sorted(meters))
