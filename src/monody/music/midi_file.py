"""From a melody to the bytes of a MIDI file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from monody.files import write_bytes
from monody.music.keys import key_signature
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, Ints, metric_positions
from monody.music.smf import strikes_of, with_text
from monody.music.symusic_core import core
from monody.saved.bounded_file import read_bounded
from monody.saved.damage import DamagedError

MAX_FILE_BYTES = 2**25  # of a file whose velocities are read
FILE_TICKS_PER_QUARTER = 480  # as most sequencers have it
_SCALE = FILE_TICKS_PER_QUARTER // TICKS_PER_QUARTER

_LATE_END, _END = b"\x01\xff\x2f\x00", b"\x00\xff\x2f\x00"  # of a track

DOWNBEAT_VELOCITY, BEAT_VELOCITY, OFFBEAT_VELOCITY = 100, 88, 76


def midi_bytes(
    melody: Melody,
    name: str = "melody",
    text: str | None = None,
    loudness: Ints | None = None,
) -> bytes:
    """Return a MIDI file with tempo, meter, key if known, program and a track name.

    Args:
        melody: The melody.
        name: The track's name.
        text: A note about the file, in a text event at its start, such as how
            it was made; ``smf.texts_of`` reads it. Best ASCII. ``None``: nothing.
        loudness: The velocity of each note, 1-127: ``(notes,)``. ``None``: they follow
            the meter; a note on the bar line is the loudest, one on a beat louder than
            one between beats.

    Returns:
        The bytes of the file, 480 ticks to the quarter.

    Example:
        >>> from monody import Melody, midi_bytes
        >>> data = midi_bytes(Melody.from_notes([(60, 0, 24), (62, 24, 24)]))
        >>> data[:4], len(data)
        (b'MThd', 72)
    """
    score = core.ScoreTick(FILE_TICKS_PER_QUARTER)
    score.tempos.append(core.TempoTick(0, qpm=melody.bpm))
    for meter in melody.meters:
        score.time_signatures.append(
            core.TimeSignatureTick(
                meter.tick * _SCALE, meter.numerator, meter.denominator
            )
        )
    if melody.key is not None:
        sharps, minor = key_signature(melody.key)
        score.key_signatures.append(core.KeySignatureTick(0, sharps, int(minor)))
    track = core.TrackTick(name, melody.program)
    track.notes = core.NoteTickList.from_numpy(
        melody.starts * _SCALE,
        melody.durations * _SCALE,
        melody.pitches.astype(np.int8),
        (velocities(melody) if loudness is None else loudness).astype(np.int8),
    )
    score.tracks.append(track)
    data: bytes = score.dumps_midi()
    if data.endswith(_LATE_END):  # symusic's: one tick after the last note
        data = data.removesuffix(_LATE_END) + _END
    return data if text is None else with_text(data, text)


def velocities(melody: Melody) -> Ints:
    """Choose velocities, 1-127, by where in the bar each note begins: ``(notes,)``.

    Example:
        >>> from monody import Melody, velocities
        >>> velocities(Melody.from_notes([(60, 0, 12), (62, 12, 12), (64, 24, 12)]))
        array([100,  76,  88], dtype=int32)
    """
    positions, meters = metric_positions(melody.starts, melody.meters)
    beats = np.array([meter.beat_ticks for meter in melody.meters])[meters]  # (notes,)
    on_beat = np.where(positions % beats == 0, BEAT_VELOCITY, OFFBEAT_VELOCITY)
    return np.where(positions == 0, DOWNBEAT_VELOCITY, on_beat).astype(np.int32)


def read_velocities(path: str | Path, melody: Melody) -> Ints | None:
    """Read how loud the notes of a melody are in its MIDI file.

    Args:
        path: The file that the melody was read from.
        melody: The melody.

    Returns:
        The velocity of each note, 1-127: ``(notes,)``. ``None`` where the file has
        other notes, too, or is no MIDI file.

    Raises:
        OSError: If it cannot be read.

    Example:
        >>> import monody
        >>> melody = monody.Melody.from_notes([(60, 0, 24), (62, 24, 24)])
        >>> monody.write_midi(melody, "two-notes.mid")
        >>> monody.read_velocities("two-notes.mid", melody)
        array([100,  88], dtype=int32)
    """
    try:
        struck = strikes_of(read_bounded(Path(path), MAX_FILE_BYTES))
    except DamagedError:
        return None
    if [pitch for pitch, _ in struck] != melody.pitches.tolist():
        return None
    return np.array([velocity for _, velocity in struck], np.int32)


def write_midi(
    melody: Melody, path: str | Path, name: str = "melody", text: str | None = None
) -> None:
    """Write a melody as a MIDI file, whole or not at all.

    Args:
        melody: The melody.
        path: The file, which is replaced if it exists.
        name: The track's name.
        text: A note about the file, as in ``midi_bytes``.

    Raises:
        OSError: If the file cannot be written.

    Example:
        >>> from pathlib import Path
        >>> from monody import Melody, write_midi
        >>> write_midi(Melody.from_notes([(60, 0, 24), (62, 24, 24)]), "two-notes.mid")
        >>> Path("two-notes.mid").stat().st_size
        72
    """
    write_bytes(Path(path), midi_bytes(melody, name, text))
