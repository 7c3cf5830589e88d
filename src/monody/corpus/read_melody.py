"""Reading the melody of one MIDI file, note for note if possible."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from symusic.core import ScoreTick

from monody.corpus.corpus import read_corpus, require_melodies
from monody.errors import MonodyError
from monody.music.keys import key_name
from monody.music.melody import Melody
from monody.music.meter import COMMON_TIME, TICKS_PER_QUARTER, Meter, is_meter
from monody.settings.reading import ReadSettings


def read_melody(path: Path) -> Melody:
    """Read the melody of a file.

    A file that monody wrote is read as it is, and so is any other with one track whose
    notes do not overlap and are on whole ticks. Any other file is read as for training,
    and its longest melody is taken; empty bars at its beginning are left out.

    Args:
        path: A MIDI file.

    Returns:
        The melody.

    Raises:
        MonodyError: If there is no such file, or no melody in it.

    Example:
        >>> from pathlib import Path
        >>> from monody.corpus.read_melody import read_melody
        >>> melody = read_melody(Path("data/midi/tune-000.mid"))
        >>> str(melody.meters[0]), int(melody.starts[0])
        ('4/4', 0)
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
    """Read a file that holds just one melody on whole ticks; else return ``None``."""
    try:
        score = ScoreTick.from_file(path)
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
        return None  # not that simple: it is read like any other file


def _key(score: ScoreTick) -> str | None:
    """Return the key at the beginning, or ``None`` where none is named."""
    for sign in score.key_signatures:
        if sign.time == 0 and abs(sign.key) <= 7:
            return key_name(sign.key, minor=sign.tonality == 1)
    return None


def _meters(score: ScoreTick, per_tick: float) -> tuple[Meter, ...]:
    """Return the time signatures; common time if none is in force at the start.

    Args:
        score: The file.
        per_tick: Its ticks for one of a melody.

    Raises:
        ValueError: If melodies cannot have one of them.
    """
    meters: dict[int, Meter] = {0: COMMON_TIME}
    for sign in score.time_signatures:
        if not is_meter(sign.numerator, sign.denominator):
            raise ValueError("a time signature without whole ticks")
        tick = round(sign.time / per_tick)
        meters[tick] = Meter(tick, sign.numerator, sign.denominator)
    return tuple(meters[tick] for tick in sorted(meters))
