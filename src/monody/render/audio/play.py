"""A melody, or one note, as stereo sound in monody's own voices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, Ints
from monody.render.audio.dynamics import shaped
from monody.render.audio.held import held
from monody.render.audio.rate import SAMPLE_RATE, Stereo
from monody.render.audio.room import T60, in_room
from monody.render.audio.spectra import heard
from monody.render.audio.struck import struck
from monody.render.audio.voice import Held, Struck, Voice
from monody.render.audio.voices import voice_of

RING_OUT = 2.0  # seconds after the last note's end
MAX_SECONDS = 60.0  # of one note
LETS_RING = 0.2  # seconds of release; with less, a note ends where the next begins
MAX_PEAK = 10 ** (-1 / 20)  # of full scale: 1 dB below it

_LEVEL = 0.2  # root mean square of a note of velocity 127 as it begins
_LOUDER = 1.5  # a velocity's amplitude is its part of 127, to this power
_DAMPING = round(0.04 * SAMPLE_RATE)  # samples of fading that a note has at least
_LEGATO = round(0.01 * SAMPLE_RATE)  # that such a note sounds into the next

Frames = NDArray[np.float32]  # (samples, 2): left and right


class _Span(NamedTuple):
    """When a note sounds, in samples: until it is let go of, and until it is silent."""

    start: int
    end: int
    stop: int


def voice_samples(
    program: int, pitch: int, velocity: int = 96, seconds: float = 1.0
) -> Frames:
    """Play one note, such as a sampler needs, until it has died away.

    Args:
        program: General MIDI program, 0-127.
        pitch: MIDI number, 0-127.
        velocity: 1-127: louder is brighter, too.
        seconds: How long it is held, up to 60.

    Returns:
        ``(samples, 2)``, left and right, at 32,000 samples a second. The first sample
        is the onset; the last ones are silent. Notes of all voices and pitches are
        about as loud as each other, and no peak comes nearer than 1 dB to full scale.

    Raises:
        ValueError: If an argument is out of range.

    Example:
        >>> from monody.render.audio.play import voice_samples
        >>> flute = voice_samples(program=73, pitch=72, velocity=90, seconds=0.5)
        >>> flute.shape[1], float(abs(flute[-1]).max())
        (2, 0.0)
    """
    if not 0 <= pitch <= 127:
        raise ValueError(f"a pitch must be from 0 to 127, not {pitch}")
    if not 1 <= velocity <= 127:
        raise ValueError(f"a velocity must be from 1 to 127, not {velocity}")
    if not 0 < seconds <= MAX_SECONDS:
        raise ValueError(f"a note must last more than 0 s, up to 60 s, not {seconds}")
    voice = voice_of(program)
    end = max(1, round(seconds * SAMPLE_RATE))
    stop = end + round(voice.release * SAMPLE_RATE)
    audio = np.zeros((2, stop + round(T60 * SAMPLE_RATE)), np.float32)
    audio[:, :stop] = _note(voice, pitch, velocity, _Span(0, end, stop))
    audio = in_room(audio)
    audio[:, stop:] *= fading(audio.shape[1] - stop)
    peak = float(np.abs(audio).max())
    return np.ascontiguousarray((audio * np.float32(min(1, MAX_PEAK / peak))).T)


def melody_samples(
    melody: Melody, velocities: NDArray[np.integer] | Sequence[int] | None = None
) -> Frames:
    """Play a melody in the voice of its program.

    Args:
        melody: The melody.
        velocities: That it was played with, ``(notes,)``, if they are known. Where they
            are not, or are all the same, phrase and meter shape them.

    Returns:
        ``(samples, 2)``, left and right, at 32,000 samples a second, as loud as its
        velocities; two seconds longer than the melody, as the last note rings out.

    Raises:
        ValueError: If there is not one velocity, 1-127, for each note.

    Example:
        >>> from monody import Melody
        >>> from monody.render.audio.play import melody_samples
        >>> melody_samples(Melody.from_notes([(60, 0, 24), (64, 24, 24)])).shape
        (96000, 2)
    """
    own = None if velocities is None else np.asarray(velocities)
    loud = shaped(melody, own)
    voice = voice_of(melody.program)
    audio = np.zeros((2, sample_length(melody, SAMPLE_RATE)), np.float32)
    if not len(melody):
        return audio.T
    spans = _spans(melody, voice, audio.shape[1])
    for pitch, velocity, span in zip(
        melody.pitches.tolist(), loud.tolist(), spans, strict=True
    ):
        audio[:, span.start : span.stop] += _note(voice, pitch, velocity, span)
    audio = in_room(audio)
    ring_out = round(RING_OUT * SAMPLE_RATE)
    audio[:, -ring_out // 2 :] *= fading(len(audio[0, -ring_out // 2 :]))
    return np.ascontiguousarray(audio.T)


def sample_times(ticks: Ints, bpm: float, rate: int = SAMPLE_RATE) -> NDArray[np.int64]:
    """Return the sample at which each tick comes, ``(ticks,)``.

    Args:
        ticks: ``(ticks,)``.
        bpm: Quarter notes a minute.
        rate: Samples a second.

    Example:
        >>> import numpy as np
        >>> from monody.render.audio.play import sample_times
        >>> sample_times(np.array([0, 24, 48], np.int32), bpm=120).tolist()
        [0, 16000, 32000]
    """
    samples_per_tick = 60 * rate / (TICKS_PER_QUARTER * bpm)
    samples: NDArray[np.int64] = np.rint(ticks * samples_per_tick).astype(np.int64)
    return samples


def sample_length(melody: Melody, rate: int) -> int:
    """Return the samples of a melody with its ring-out.

    Example:
        >>> from monody import Melody
        >>> from monody.render.audio.play import sample_length
        >>> sample_length(Melody.from_notes([(60, 0, 48)]), rate=32_000)  # 1 s and 2 s
        96000
    """
    end = sample_times(np.array([melody.end], np.int32), melody.bpm, rate)[0]
    return int(end) + round(RING_OUT * rate)


def _spans(melody: Melody, voice: Voice, samples: int) -> list[_Span]:
    """Decide when each note sounds.

    A harp or a vibraphone rings on while others sound; a wind, a bow or a hand on a
    keyboard has one tone at a time. No key is struck again before its damper is down.
    """
    starts = sample_times(melody.starts, melody.bpm).tolist()
    ends = sample_times(melody.ends, melody.bpm).tolist()
    release = round(voice.release * SAMPLE_RATE)
    spans = [_Span(starts[-1], ends[-1], samples)]
    again = {int(melody.pitches[-1]): starts[-1]}  # when a pitch is next struck
    for note in range(len(starts) - 2, -1, -1):
        pitch, stop = int(melody.pitches[note]), ends[note] + release
        if isinstance(voice, Held) or voice.release < LETS_RING:
            stop = min(stop, starts[note + 1] + _LEGATO)
        stop = min(stop, again.get(pitch, stop), samples)
        spans.append(_Span(starts[note], ends[note], stop))
        again[pitch] = starts[note]
    return spans[::-1]


def _note(voice: Voice, pitch: int, velocity: int, span: _Span) -> Stereo:
    """Play a note in its span, faded out: ``(2, samples)``."""
    samples, sounding = span.stop - span.start, max(1, span.end - span.start)
    if isinstance(voice, Struck):
        audio = struck(voice, pitch, velocity, samples)
    elif isinstance(voice, Held):
        audio = held(voice, pitch, velocity, samples, sounding)
        # What is struck needs no such levels: the higher it is, the faster it dies.
        audio /= np.float32(heard(voice, pitch, velocity))
    else:
        raise TypeError(f"no engine plays {voice!r}")
    fade = max(span.stop - span.end, min(_DAMPING, samples // 4))
    audio[:, samples - fade :] *= fading(fade)
    return audio * np.float32(_LEVEL * (velocity / 127) ** _LOUDER)


def fading(samples: int) -> NDArray[np.float32]:
    """Return a gain that goes from 1 to 0, first fast, then slow: ``(samples,)``.

    Example:
        >>> from monody.render.audio.play import fading
        >>> fading(4).tolist()
        [0.421875, 0.125, 0.015625, 0.0]
    """
    left = 1 - np.arange(1, samples + 1, dtype=np.float32) / np.float32(max(samples, 1))
    gain: NDArray[np.float32] = left**3
    return gain
