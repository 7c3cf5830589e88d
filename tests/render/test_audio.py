from __future__ import annotations

import importlib.util
import io
import math
import sys
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.music.general_midi import program_of
from monody.music.melody import Melody
from monody.render.audio.held import held
from monody.render.audio.loudness import Audio, loudness
from monody.render.audio.play import RING_OUT, sample_times
from monody.render.audio.rate import SAMPLE_RATE
from monody.render.audio.voice import Held
from monody.render.audio.voices import voice_of
from monody.render.audio.wav import TARGET_LUFS, render_wav
from tests.builders.melodies import melodies
from tests.builders.profile import examples

PIANO, FLUTE = 0, 73
VOICES = pytest.mark.parametrize("program", [PIANO, FLUTE])
REPEATED = [(67, 6 * i, 6) for i in range(8)]  # 16ths, 125 ms each at 120 bpm


def both_sides(data: bytes) -> Audio:
    """Read left and right: ``(samples, 2)``."""
    with wave.open(io.BytesIO(data)) as file:
        assert file.getparams()[:3] == (2, 2, SAMPLE_RATE)
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return (frames.reshape(-1, 2) / 2**15).astype(np.float32)


def sound(data: bytes) -> Audio:
    mono: Audio = both_sides(data).mean(axis=1)
    return mono


def samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def heard(melody: Melody) -> Audio:
    return sound(render_wav(melody))


def wandering(seed: int, lowest: int = 36, highest: int = 96) -> Melody:
    """A melody of 24 notes, with rests, at any usual tempo; one in two is blown."""
    rng = np.random.default_rng(seed)
    pitch, clock, notes = int(rng.integers(lowest, highest + 1)), 0, []
    for _ in range(24):
        pitch = int(np.clip(pitch + rng.integers(-9, 10), lowest, highest))
        ticks = int(rng.choice([3, 6, 8, 12, 12, 18, 24, 48]))
        notes.append((pitch, clock, ticks))
        clock += ticks + int(rng.choice([0, 0, 0, 0, 6, 24]))
    melody = Melody.from_notes(notes, bpm=float(rng.uniform(60, 180)))
    return replace(melody, program=FLUTE if seed % 2 else PIANO)


def cents_off(audio: Audio, pitch: int) -> float:
    """Compare the period, by autocorrelation, with that of a pitch."""
    size = len(audio)
    spectrum = np.fft.rfft(audio * np.hanning(size), 2 * size)
    match = np.fft.irfft(np.abs(spectrum) ** 2)[: size // 2]
    match /= match[0]
    first = int(np.argmax(match < 0))  # beyond the peak of no delay
    inside = match[first + 1 : -1]
    peaks = (inside > match[first:-2]) & (inside >= match[first + 2 :])
    high = peaks & (inside > 0.85 * inside.max())
    at = first + 1 + int(np.argmax(high))
    before, here, after = match[at - 1 : at + 2]
    period = at + (before - after) / (before - 2 * here + after) / 2
    return 1200 * math.log2(SAMPLE_RATE / period / 440) - 100 * (pitch - 69)


def onset_near(audio: Audio, sample: int) -> int:
    """Find where the energy rises, within 30 ms of a sample."""
    reach, span = samples(0.03), samples(0.005)
    part = np.abs(np.pad(audio, reach)[sample : sample + 2 * reach + span])
    level = np.lib.stride_tricks.sliding_window_view(part, span).max(axis=1)
    quietest = int(np.argmin(level))
    rise = level[quietest:] > 0.2 * level[quietest:].max()
    return sample - reach + quietest + int(np.argmax(rise))


def pitch_faults(melody: Melody, audio: Audio) -> list[bool]:
    """Tell for each note of at least 150 ms whether it is 30 cents off."""
    starts = sample_times(melody.starts, melody.bpm)
    ends = sample_times(melody.ends, melody.bpm)
    return [
        abs(cents_off(audio[start : min(end, start + samples(0.3))], pitch)) > 30
        for pitch, start, end in zip(melody.pitches, starts, ends, strict=True)
        if end - start >= 0.15 * SAMPLE_RATE
    ]


def test_pitches_and_onsets_are_those_of_the_melody() -> None:
    wrong, late = [], []
    for melody in map(wandering, range(12)):
        audio = heard(melody)
        wrong += pitch_faults(melody, audio)
        for tick in melody.starts:
            expected = tick * 60 / (24 * melody.bpm)  # seconds
            onset = onset_near(audio, round(expected * SAMPLE_RATE)) / SAMPLE_RATE
            late.append(abs(onset - expected) > 0.01)
    assert len(wrong) > 180
    assert np.mean(wrong) <= 0.01
    assert np.mean(late) <= 0.01


@settings(max_examples=examples(40), deadline=None)
@given(
    melody=melodies(longest=60),
    bpm=st.floats(90, 10_000),
    program=st.integers(0, 127),
)
def test_any_melody_lasts_as_long_as_it_should(
    melody: Melody, bpm: float, program: int
) -> None:
    melody = replace(melody, bpm=bpm, program=program)
    audio = heard(melody)
    seconds = melody.end * 60 / (24 * bpm) + RING_OUT
    assert abs(len(audio) / SAMPLE_RATE - seconds) < 1e-4
    assert 0 < np.abs(audio).max() < 0.9


def test_the_same_melody_gives_the_same_bytes() -> None:
    assert render_wav(wandering(3)) == render_wav(wandering(3))


@pytest.mark.parametrize("seed", range(6))
def test_melodies_are_equally_loud_in_every_register(seed: int) -> None:
    lowest = 36 + 10 * seed
    audio = both_sides(render_wav(wandering(seed, lowest, lowest + 10)))
    assert loudness(audio, SAMPLE_RATE) == pytest.approx(TARGET_LUFS, abs=0.5)


@VOICES
def test_in_rests_only_the_room_is_heard_and_the_last_note_rings_on(
    program: int,
) -> None:
    melody = Melody.from_notes([(60, 24, 24), (64, 96, 24)])  # 24 ticks: 0.5 s
    audio = heard(replace(melody, program=program))
    assert not audio[: samples(0.5)].any()
    last = np.abs(audio[samples(2) :]).max()
    assert np.abs(audio[samples(1.2) : samples(1.3)]).max() < 0.05 * last
    assert np.abs(audio[samples(1.8) : samples(2)]).max() < 0.003 * last
    ring_out = np.abs(audio[samples(2.5) :])
    assert ring_out[samples(0.5) :][: samples(0.1)].max() > 0.05 * last
    assert ring_out[-samples(0.01) :].max() < 1e-4


def test_a_melody_without_notes_is_silence() -> None:
    audio = heard(Melody.from_notes([]))
    assert len(audio) == RING_OUT * SAMPLE_RATE
    assert not audio.any()


@VOICES
def test_repeated_notes_are_apart(program: int) -> None:
    melody = replace(Melody.from_notes(REPEATED), program=program)
    audio = heard(melody)
    for start in sample_times(melody.starts, melody.bpm)[1:]:
        level = np.abs(audio[start - samples(0.05) : start + samples(0.05)]).max()
        assert np.abs(audio[start - samples(0.0025) : start]).max() < 0.2 * level


@VOICES
def test_notes_end_without_a_click(program: int) -> None:
    melody = Melody.from_notes([(48, 0, 24), (48, 48, 24)])  # 24 ticks: 0.5 s
    audio = heard(replace(melody, program=program))
    end, size = samples(0.5), 512
    inside = highs(audio[end // 2 :][:size])
    for start in range(end - samples(0.07), end + samples(0.2), 128):
        assert highs(audio[start:][:size]) < 2 * inside + 1e-6
    cut = end - samples(0.045)
    audio[cut:] = 0  # what a click would be: a note that just stops
    assert highs(audio[cut - size // 2 :][:size]) > 2 * inside + 1e-6


def highs(audio: Audio) -> float:
    """Return the amplitude above 8 kHz, of full scale."""
    spectrum = np.fft.rfft(audio * np.hanning(len(audio))) / len(audio)
    above = spectrum[round(8000 * len(audio) / SAMPLE_RATE) :]
    return float(np.sqrt((np.abs(above) ** 2).sum()))


@pytest.mark.parametrize(
    ("instrument", "holds"),
    [
        ("Acoustic Grand Piano", False), ("Marimba", False), ("Banjo", False),
        ("Pizzicato Strings", False), ("Orchestral Harp", False), ("Timpani", False),
        ("Electric Guitar (jazz)", False), ("Drawbar Organ", True), ("Violin", True),
        ("Voice Oohs", True), ("Trumpet", True), ("Oboe", True), ("Flute", True),
        ("Lead 1 (square)", True), ("Fiddle", True),
    ],
)  # fmt: skip
def test_blown_and_bowed_instruments_hold_their_tone(
    instrument: str, holds: bool
) -> None:
    melody = Melody.from_notes([(69, 0, 96)])  # 2 s
    audio = np.abs(heard(replace(melody, program=program_of(instrument))))
    share = audio[samples(1.6) : samples(1.8)].max() / audio[: samples(0.45)].max()
    assert share > 0.9 if holds else share < 0.5


def test_the_vibrato_is_small_and_comes_late() -> None:
    flute = voice_of(FLUTE)
    assert isinstance(flute, Held)
    still = replace(flute, noise=replace(flute.noise, decibels=-200, steady=-200))
    audio = held(still, 69, 70, 2 * SAMPLE_RATE, 2 * SAMPLE_RATE)[0]
    spectrum = np.fft.fft(audio)
    hertz = np.fft.fftfreq(len(audio), 1 / SAMPLE_RATE)
    spectrum[np.abs(hertz - 440) > 60] = 0  # the first partial alone, as it turns
    turns = np.unwrap(np.angle(np.fft.ifft(spectrum))) / (2 * math.pi)
    span = samples(0.02)
    heard_hertz = (turns[span:] - turns[:-span]) * SAMPLE_RATE / span
    cents = np.abs(1200 * np.log2(heard_hertz / 440))
    assert cents[samples(0.1) : samples(0.25)].max() < 8
    assert 5 < cents[samples(0.8) : samples(1.8)].max() < 20


def sine(hertz: float, seconds: float, decibels: float = 0.0) -> Audio:
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = 10 ** (decibels / 20) * np.sin(2 * math.pi * hertz * times)
    return wave.astype(np.float32)


def test_loudness_is_that_of_the_recommendation() -> None:
    # ITU-R BS.1770-4, annex 1: a full-scale sine of 997 Hz in one channel.
    assert loudness(sine(997, 2), SAMPLE_RATE) == pytest.approx(-3.01, abs=0.02)
    # EBU Tech 3341, case 3, in one channel: the quiet ends do not count.
    parts = [sine(1000, 5, -33), sine(1000, 30, -20), sine(1000, 5, -33)]
    gated = loudness(np.concatenate(parts), SAMPLE_RATE)
    assert gated == pytest.approx(-23.01, abs=0.1)
    both = np.stack([sine(997, 2), sine(997, 2)], axis=1)  # channels add up
    assert loudness(both, SAMPLE_RATE) == pytest.approx(0, abs=0.02)
    treble, bass = (loudness(sine(hertz, 2), SAMPLE_RATE) for hertz in (10_000, 50))
    assert treble - bass == pytest.approx(8, abs=0.3)
    assert loudness(sine(1000, 2, -80), SAMPLE_RATE) == -math.inf


def test_a_melody_of_an_hour_is_refused() -> None:
    melody = Melody.from_notes([(60, 0, 24 * 120 * 60)])
    with pytest.raises(MonodyError, match="up to 30 minutes, not 60"):
        render_wav(melody)


def bank() -> Path:
    """The sound bank that pretty_midi brings along, for the tests alone."""
    pytest.importorskip("midirenderer")
    package = importlib.util.find_spec("pretty_midi")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).with_name("TimGM6mb.sf2")


def test_a_sound_bank_plays_the_melody() -> None:
    melody = wandering(0, 55, 84)
    both = both_sides(render_wav(melody, sound_bank=bank()))
    assert loudness(both, SAMPLE_RATE) == pytest.approx(TARGET_LUFS, abs=0.5)
    assert len(both) == len(heard(melody))
    audio = both.mean(axis=1)
    assert np.mean(pitch_faults(melody, audio)) <= 0.05
    assert np.abs(audio[-samples(1.7) : -samples(1.4)]).max() > 0.01  # rings out
    assert np.abs(audio[-samples(0.01) :]).max() < 1e-4


def test_a_sound_bank_that_cannot_be_played_is_a_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("midirenderer")
    melody, file = Melody.from_notes(REPEATED), tmp_path / "bank.sf2"
    with pytest.raises(MonodyError, match=r"cannot read .*bank\.sf2': No such file"):
        render_wav(melody, sound_bank=file)
    file.write_bytes(b"not a bank")
    with pytest.raises(MonodyError, match=r"expected a sound bank .*bank\.sf2'"):
        render_wav(melody, sound_bank=file)


def test_without_midirenderer_the_error_names_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "midirenderer", None)
    with pytest.raises(MonodyError, match=r"pip install 'monody\[audio\]'"):
        render_wav(Melody.from_notes(REPEATED), sound_bank=Path("bank.sf2"))
