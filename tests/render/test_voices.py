from __future__ import annotations

import io
import wave
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.music.general_midi import program_of
from monody.music.melody import Melody
from monody.render.audio.dynamics import LOUDEST, SOFTEST, shaped
from monody.render.audio.held_voices import HELD
from monody.render.audio.loudness import loudness
from monody.render.audio.play import MAX_PEAK, Frames, melody_samples, voice_samples
from monody.render.audio.rate import SAMPLE_RATE, hertz_of
from monody.render.audio.spectra import strengths
from monody.render.audio.struck_voices import STRUCK
from monody.render.audio.voice import Struck
from monody.render.audio.voices import VOICES, voice_of
from monody.render.audio.wav import render_wav
from tests.builders.melodies import melodies
from tests.builders.profile import examples

FIRST = {voice_of(program).name: program for program in reversed(range(128))}
EACH = pytest.mark.parametrize("name", VOICES)
# Bells and drums have no clear pitch, and players of an ensemble differ.
FREE = {"tubular bells", "timpani", "glockenspiel", "strings", "choir", "accordion"}
TUNED = [name for name in VOICES if name not in FREE]


def centroid(frames: Frames) -> float:
    """The mean frequency of the first 0.3 s, weighted by power."""
    power = (np.abs(np.fft.rfft(frames[: SAMPLE_RATE // 3], axis=0)) ** 2).sum(axis=1)
    hertz = np.fft.rfftfreq(SAMPLE_RATE // 3, 1 / SAMPLE_RATE)
    return float(hertz @ power / power.sum())


def level(frames: Frames, begin: float, end: float) -> float:
    part = frames[round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    return float(np.sqrt((part**2).mean()))


def rising() -> Melody:
    """Four bars up and down, a long note at the end."""
    steps = [0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5]
    notes = [(60 + step, 24 * i, 24) for i, step in enumerate(steps)]
    return Melody.from_notes([*notes, (60, 288, 96)])


def test_every_program_has_a_voice_and_every_voice_a_program() -> None:
    assert {voice_of(program).name for program in range(128)} == set(VOICES)
    assert len(VOICES) >= 12
    for program in (-1, 128):
        with pytest.raises(ValueError, match="from 0 to 127"):
            voice_of(program)


@pytest.mark.parametrize(
    ("instrument", "voice"),
    [
        ("Bright Acoustic Piano", "piano"), ("Electric Piano 2", "electric piano"),
        ("Harpsichord", "harpsichord"), ("Orchestral Harp", "harp"),
        ("Acoustic Guitar (nylon)", "nylon guitar"), ("Acoustic Bass", "acoustic bass"),
        ("Slap Bass 1", "electric bass"), ("Marimba", "marimba"),
        ("Vibraphone", "vibraphone"), ("Violin", "violin"), ("Fiddle", "violin"),
        ("Flute", "flute"), ("Piccolo", "flute"), ("Clarinet", "clarinet"),
        ("Recorder", "recorder"), ("Muted Trumpet", "trumpet"),
        ("Alto Sax", "alto sax"), ("Church Organ", "church organ"),
        ("Tremolo Strings", "strings"),
        ("Shakuhachi", "pan flute"), ("Bagpipe", "oboe"), ("Taiko Drum", "timpani"),
    ],
)  # fmt: skip
def test_each_instrument_goes_to_the_nearest_voice(instrument: str, voice: str) -> None:
    assert voice_of(program_of(instrument)).name == voice


@EACH
def test_louder_is_brighter_and_stronger(name: str) -> None:
    soft, loud = (voice_samples(FIRST[name], 60, v, 0.4) for v in (40, 115))
    assert centroid(loud) > 1.001 * centroid(soft)
    assert 2 < level(loud, 0, 0.3) / level(soft, 0, 0.3) < 8


@EACH
def test_a_note_is_stereo_never_clips_and_ends_in_silence(name: str) -> None:
    for pitch, velocity in ((21, 127), (60, 127), (108, 127), (127, 1), (0, 64)):
        frames = voice_samples(FIRST[name], pitch, velocity, 0.1)
        assert frames.dtype == np.float32
        assert 0 < np.abs(frames).max() <= MAX_PEAK + 1e-6
        assert np.abs(frames[:, 0] - frames[:, 1]).max() > 0
        assert not frames[-1].any()
        assert np.abs(frames[-SAMPLE_RATE // 20 :]).max() < 1e-3


@pytest.mark.parametrize("name", TUNED)
def test_a_voice_is_in_tune(name: str) -> None:
    frames = voice_samples(FIRST[name], 69, 80, 1.5).mean(axis=1)
    frames = frames[: SAMPLE_RATE * 3 // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(len(frames)), 2**19))
    hertz = np.fft.rfftfreq(2**19, 1 / SAMPLE_RATE)
    near = np.abs(hertz / hertz_of(69) - 1) < 0.03
    cents = 1200 * np.log2(hertz[near][np.argmax(power[near])] / 440)
    assert abs(cents) < 8


@pytest.mark.parametrize("voice", STRUCK, ids=lambda voice: voice.name)
def test_what_is_struck_dies_away_faster_the_higher_it_is(voice: Struck) -> None:
    low, high = (voice_samples(FIRST[voice.name], p, 80, 2.0) for p in (48, 84))
    fallen = [level(one, 1.5, 1.9) / level(one, 0.05, 0.45) for one in (low, high)]
    assert fallen[1] < fallen[0] < 1


def test_the_clarinet_has_odd_partials_and_the_oboe_has_formants() -> None:
    clarinet, oboe = (strengths(voice_of(program), 60, 70) for program in (71, 68))
    assert clarinet[1] < 0.1 * clarinet[0]
    assert clarinet[2] > 0.5 * clarinet[0]
    assert oboe[3] > oboe[0]  # near 1 kHz


@pytest.mark.parametrize("name", [one.name for one in HELD if one.players == 1])
def test_one_held_voice_is_as_loud_in_every_register(name: str) -> None:
    """From C3 to C6; FluidR3's clarinet differs by 8 LU. Several players beat."""
    notes = [voice_samples(FIRST[name], pitch, 80, 0.6) for pitch in (48, 60, 72, 84)]
    heard = [loudness(note, SAMPLE_RATE) for note in notes]
    assert max(heard) - min(heard) < 1.6, heard


def test_velocities_follow_phrase_and_line() -> None:
    loud = shaped(rising())
    assert SOFTEST <= loud.min() < loud.max() <= LOUDEST
    assert loud[7] > loud[1]  # the top of the phrase
    assert loud[-1] < loud[8]  # its end
    assert loud[4] > loud[5] - 3  # the downbeat, though the line still rises
    assert len(shaped(Melody.from_notes([]))) == 0


def test_velocities_of_its_own_stay() -> None:
    melody = rising()
    own = np.arange(30, 30 + len(melody))
    assert np.array_equal(shaped(melody, own), own)
    level_soft, level_loud = (
        shaped(melody, np.full(len(melody), v)).mean() for v in (60, 100)
    )
    assert level_loud - level_soft == pytest.approx(40, abs=2)
    for wrong in (own[1:], own - 30, own + 90):
        with pytest.raises(ValueError, match="velocities"):
            melody_samples(melody, wrong)


@settings(max_examples=examples(40), deadline=None)
@given(melody=melodies(longest=60), program=st.integers(0, 127))
def test_any_melody_has_velocities_and_an_end(melody: Melody, program: int) -> None:
    assert len(shaped(melody)) == len(melody)
    frames = melody_samples(replace(melody, program=program, bpm=200))
    assert frames.shape[1] == 2
    assert np.isfinite(frames).all()
    assert np.abs(frames[-SAMPLE_RATE // 100 :]).max() < 1e-3


def test_a_note_again_has_the_same_samples() -> None:
    one, other = (voice_samples(40, 70, 90, 0.3) for _ in range(2))
    assert np.array_equal(one, other)


def test_a_minute_of_sound_takes_less_than_8_mb() -> None:
    melody = Melody.from_notes([(60, 24 * i, 24) for i in range(8)])
    data = render_wav(melody)
    with wave.open(io.BytesIO(data)) as file:
        seconds = file.getnframes() / file.getframerate()
    assert len(data) / seconds * 60 < 8e6


@pytest.mark.parametrize(
    "wrong", [{"program": 128}, {"pitch": -1}, {"velocity": 0}, {"seconds": 0},
              {"seconds": 61}, {"seconds": float("nan")}]
)  # fmt: skip
def test_a_note_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    given_: dict[str, float] = {"program": 0, "pitch": 60, **wrong}
    with pytest.raises(ValueError, match="must"):
        voice_samples(**given_)  # type: ignore[arg-type]
