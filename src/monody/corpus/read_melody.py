"""Reading the melody of one MIDI file, note for note where that can be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import symusic

from monody.corpus.corpus import read_corpus, require_melodies
from monody.errors import MonodyError
from monody.music.keys import key_name
from monody.music.melody import Melody
from monody.music.meter import COMMON_TIME, TICKS_PER_QUARTER, Meter, is_meter
from monody.settings.reading import ReadSettings


def read_melody(path: Path) -> Melody:
    """Read a file's melody.

    A file with one track, whose notes do not overlap and lie on whole ticks, as monody
    writes them, is read as it is. Of any other the longest melody is taken, as training
    would; what begins late in such a file begins with its first bar.

    Raises:
        MonodyError: If there is no such file, or no melody in it.
    """
    if not path.is_file():
        raise MonodyError(f"no file {str(path)!r}: name a MIDI file")
    exact = _exactly(path)
    if exact is not None:
        return exact
    anything = ReadSettings(min_notes=1, min_distinct_pitches=1)
    melodies = require_melodies(read_corpus(path, anything)).melodies
    return melodies[int(np.argmax(melodies.info["note_count"]))]


def _exactly(path: Path) -> Melody | None:
    """Read a file that holds nothing but one melody on whole ticks, else ``None``."""
    try:
        score: Any = symusic.Score(str(path))
        [track] = [track for track in score.tracks if len(track.notes)]
        columns = track.notes.numpy()
        per_tick = score.ticks_per_quarter / TICKS_PER_QUARTER
        times = np.stack([columns["time"], columns["duration"]], axis=1) / per_tick
        ticks = np.rint(times).astype(np.int32)
        if track.is_drum or np.any(ticks != times):
            return None
        notes = np.column_stack([columns["pitch"], ticks]).astype(np.int32)
        melody = Melody(
            notes=notes[np.argsort(notes[:, 1], kind="stable")],
            meters=_meters(score, per_tick),
            key=_key(score),
            program=track.program,
            source=path.name,
        )
        tempos = score.tempos
        return replace(melody, bpm=tempos[0].qpm) if len(tempos) else melody
    except (ValueError, RuntimeError, TypeError):
        return None  # not that plain: it is read as any other file


def _key(score: Any) -> str | None:
    """Return the key at the beginning, or ``None`` where none is named."""
    for sign in score.key_signatures:
        if sign.time == 0 and abs(sign.key) <= 7:
            return key_name(sign.key, minor=sign.tonality == 1)
    return None


def _meters(score: Any, per_tick: float) -> tuple[Meter, ...]:
    """Return the time signatures; common time where none is in force at the start.

    Raises:
        ValueError: If one is none that melodies have.
    """
    meters: dict[int, Meter] = {0: COMMON_TIME}
    for sign in score.time_signatures:
        if not is_meter(sign.numerator, sign.denominator):
            raise ValueError("a time signature without whole ticks")
        tick = round(sign.time / per_tick)
        meters[tick] = Meter(tick, sign.numerator, sign.denominator)
    return tuple(meters[tick] for tick in sorted(meters))
