"""monody's voices beside those of General MIDI sound banks, in figures.

Of each voice, at two pitches: the attack (milliseconds from 20 dB to 3 dB below the
loudest), the T60 of what dies away (seconds), the spectral centroid (Hz, 0.1 to 0.5 s
after the onset) played softly and loudly (velocities 48 and 112), and by how many dB
the odd partials are stronger than the even ones. Each first of ours, then of the banks.

    python benchmarks/voices.py /usr/share/sounds/sf2/FluidR3_GM.sf2 other.sf2 ...

On Debian: apt-get install fluid-soundfont-gm timgm6mb-soundfont.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from header import print_header
from monody.music.melody import Melody
from monody.music.pitch import pitch_name
from monody.render.audio.play import Frames, voice_samples
from monody.render.audio.rate import SAMPLE_RATE, hertz_of
from monody.render.audio.soundfont import played_by
from monody.render.audio.voice import Struck
from monody.render.audio.voices import voice_of

# A program of each voice, and two pitches of its range.
TRIED = (
    (0, 48, 72), (4, 48, 72), (6, 48, 72), (7, 48, 72), (8, 72, 84), (9, 79, 91),
    (10, 72, 84), (11, 60, 72), (12, 48, 72), (13, 72, 84), (14, 60, 72),
    (24, 48, 67), (25, 48, 67), (26, 48, 67), (32, 31, 45), (33, 31, 45),
    (45, 48, 72), (46, 48, 72), (104, 50, 60), (105, 55, 67), (107, 55, 67),
    (108, 60, 72), (114, 60, 72), (16, 48, 72), (19, 48, 72), (21, 60, 72),
    (22, 60, 72), (40, 62, 79), (41, 55, 67), (42, 43, 57), (48, 55, 72),
    (52, 55, 69), (56, 60, 74), (57, 48, 62), (58, 36, 48), (60, 50, 64),
    (64, 62, 74), (65, 55, 70), (66, 50, 64), (68, 62, 76), (70, 41, 55),
    (71, 55, 74), (73, 67, 84), (74, 67, 84), (75, 64, 76), (80, 60, 72), (81, 60, 72),
)  # fmt: skip
SOFT, LOUD = 48, 112
HELD, APART = 72, 96  # ticks; at 60 bpm 3 s and 4 s
HOP, WINDOW = 0.002, 0.008  # seconds
MEASURES = ("attack", "T60", "soft", "loud", "odd/even")

Floats = NDArray[np.floating]


def banks_notes(bank: Path, program: int, pitches: tuple[int, int]) -> list[Frames]:
    """Play both pitches softly and loudly with a bank."""
    played = []
    for velocity in (SOFT, LOUD):
        notes = [(pitch, i * APART, HELD) for i, pitch in enumerate(pitches)]
        melody = Melody.from_notes([*notes, (0, 2 * APART, 1)], bpm=60)
        melody = replace(melody, program=program)
        loudness = np.array([velocity, velocity, 1])
        frames = played_by(bank, melody, loudness)
        at = [round(4 * SAMPLE_RATE * i) for i in range(2)]
        played += [frames[one : one + 3 * SAMPLE_RATE] for one in at]
    return played


def own_notes(program: int, pitches: tuple[int, int]) -> list[Frames]:
    """Play the same with monody's own voice."""
    return [
        voice_samples(program, pitch, velocity, 3.0)[: 3 * SAMPLE_RATE]
        for velocity in (SOFT, LOUD)
        for pitch in pitches
    ]


def measured(soft: Frames, loud: Frames, pitch: int, *, dies: bool) -> list[float]:
    """Measure a note that was played twice, as ``MEASURES``."""
    return [
        attack(loud),
        t60(loud) if dies else np.nan,
        centroid(soft),
        centroid(loud),
        odd_over_even(loud, hertz_of(pitch)),
    ]


def level(frames: Frames, window: float = WINDOW) -> Floats:
    """Return the level in short windows, in dB of the loudest."""
    power = np.append(0, np.cumsum((frames.astype(np.float64) ** 2).sum(axis=1)))
    wide, hop = round(window * SAMPLE_RATE), round(HOP * SAMPLE_RATE)
    begins = np.arange(0, len(power) - wide, hop)
    means = (power[begins + wide] - power[begins]) / wide
    decibels: Floats = 10 * np.log10(means / means.max() + 1e-12)
    return decibels


def attack(frames: Frames) -> float:
    """Measure milliseconds from 20 dB to 3 dB below the loudest of the first 0.4 s."""
    decibels = level(frames)[: round(0.4 / HOP)]
    decibels = decibels - decibels.max()
    return 1000 * HOP * float(np.argmax(decibels > -3) - np.argmax(decibels > -20))


def t60(frames: Frames) -> float:
    """Measure seconds to fall by 60 dB, from how it falls after the first 0.1 s."""
    decibels = level(frames, 0.05)
    top = int(np.argmax(decibels)) + round(0.1 / HOP)
    falling = decibels[top : round(2.5 / HOP)]
    low = np.flatnonzero(falling < -45)
    falling = falling[: low[0]] if len(low) else falling
    slope = np.polyfit(np.arange(len(falling)) * HOP, falling, 1)[0]
    return float(-60 / slope) if slope < -1 else np.inf


def spectrum(frames: Frames) -> tuple[Floats, Floats]:
    """Return frequencies and the power at each, 0.1 to 0.5 s after the onset."""
    part = frames[round(0.1 * SAMPLE_RATE) : round(0.5 * SAMPLE_RATE)]
    window = np.hanning(len(part))[:, None]
    power = (np.abs(np.fft.rfft(part * window, axis=0)) ** 2).sum(axis=1)
    return np.fft.rfftfreq(len(part), 1 / SAMPLE_RATE), power


def centroid(frames: Frames) -> float:
    """Measure the mean frequency, weighted by power."""
    frequencies, power = spectrum(frames)
    return float(frequencies @ power / power.sum())


def odd_over_even(frames: Frames, hertz: float) -> float:
    """Measure how much stronger odd partials are than even ones, of the first 12."""
    frequencies, power = spectrum(frames)
    place = frequencies / hertz
    near = np.rint(place)
    close = np.abs(place - near) < 0.12
    odd, even = (
        power[close & (near % 2 == rest) & (near > 0) & (near <= 12)].sum()
        for rest in (1, 0)
    )
    return float(10 * np.log10((odd + 1e-15) / (even + 1e-15)))


def words(values: list[list[float]]) -> str:
    """Write the same measures of some players: ``12 | 8 / 15 ms``."""
    columns = []
    for place, name in enumerate(MEASURES):
        digits = 1 if name == "T60" else 0
        ours, *theirs = (
            "–" if np.isnan(one[place]) else f"{one[place]:.{digits}f}"
            for one in values
        )
        columns.append(f"{ours} ({', '.join(theirs)})" if ours != "–" else "")
    return " | ".join(columns)


def main(banks: list[Path]) -> None:
    """Print a row for each voice and pitch."""
    print_header("numpy", "midirenderer")
    print(f"| voice | pitch | {' | '.join(MEASURES)} |")
    print(f"|---|---|{'---|' * len(MEASURES)}")
    for program, *pitches in TRIED:
        both = (pitches[0], pitches[1])
        voice = voice_of(program)
        players = [
            own_notes(program, both),
            *(banks_notes(bank, program, both) for bank in banks),
        ]
        for place, pitch in enumerate(both):
            rows = [
                measured(
                    each[place], each[place + 2], pitch, dies=isinstance(voice, Struck)
                )
                for each in players
            ]
            print(f"| {voice.name} | {pitch_name(pitch)} | {words(rows)} |")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
