from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import monody
from monody.errors import SettingError
from monody.experiments.experiment import Experiment
from monody.models import decoder_memory
from monody.models.decoder_memory import empty_memory
from monody.models.decoder_state import DecoderState
from monody.models.encoded_set import encode_set
from monody.models.events import END, REST
from monody.models.likelihood import surprisal_of
from monody.models.parts import Parts
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody
from tests.builders.midi_files import tune

# A long note takes several events, and so does a long silence.
LINE = [(60, 24), (REST, 12), (64, 12), (67, 900), (REST, 1200), (60, 6), (72, 96)]


@pytest.fixture(params=["trained", "trained_steps"])
def model(request: pytest.FixtureRequest) -> TrainedModel:
    experiment: Experiment = request.getfixturevalue(request.param)
    return experiment.load()


def _hear(listener: monody.Listener, line: list[tuple[int, int]]) -> None:
    for pitch, ticks in line:
        if pitch == REST:
            listener.rest(ticks)
        else:
            listener.hear(pitch, ticks)


def _line(melody: Melody) -> list[tuple[int, int]]:
    """Notes and silences of a melody, in order."""
    line, tick = [], 0
    for pitch, start, ticks in melody.notes.tolist():
        line += [(REST, start - tick)] if start > tick else []
        line.append((pitch, ticks))
        tick = start + ticks
    return line


def test_it_expects_what_the_network_does(model: TrainedModel) -> None:
    melody = tune(3, bars=8)
    encoded = encode_set([melody], model.vocabulary)
    surprisal = surprisal_of(model.parts, encoded)
    listener = monody.Listener(model, str(melody.meters[0]))
    for note, (pitch, ticks) in enumerate(_line(melody)):
        expected = listener.pitches()
        if model.vocabulary.encoding == "notes":  # one event each
            bits = surprisal.pitch_bits[note]
            assert -np.log2(expected[pitch]) == pytest.approx(bits, abs=1e-3)
            shares = listener.durations(pitch)
            symbol = model.vocabulary.durations.index(ticks)
            bits = surprisal.duration_bits[note]
            assert -np.log2(shares[symbol]) == pytest.approx(bits, abs=1e-3)
        _hear(listener, [(pitch, ticks)])
    end = -np.log2(listener.pitches()[END])
    assert end == pytest.approx(surprisal.pitch_bits[-1], abs=1e-3)
    assert listener.melody == Melody(melody.notes, melody.meters[:1])


@pytest.mark.parametrize("slots", [64, 8])  # also where old events are forgotten
def test_taking_back_is_exact(
    model: TrainedModel, slots: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_memory, "SLOT_UNIT", 4)

    def new(parts: Parts, rows: int) -> DecoderState:
        return DecoderState(parts, empty_memory(parts, rows), slots)

    monkeypatch.setattr(DecoderState, "new", new)
    listener = monody.Listener(model, "3/4", bars=16)
    expected = [listener.pitches()]
    for event in LINE:
        _hear(listener, [event])
        expected.append(listener.pitches())
    assert listener.durations(60).sum() == pytest.approx(1, abs=1e-4)
    for back in (1, 2, 3):
        listener.take_back(back)
        heard = len(LINE) - back
        assert np.array_equal(listener.pitches(), expected[heard])
        _hear(listener, LINE[heard:])
        assert np.array_equal(listener.pitches(), expected[-1])
    listener.take_back(len(LINE))
    assert np.array_equal(listener.pitches(), expected[0])
    assert not len(listener.melody)


def test_it_is_led_to_an_end_that_it_is_told(trained: Experiment) -> None:
    told, untold = (monody.Listener(trained.load(), bars=bars) for bars in (2, None))
    assert not np.array_equal(told.pitches(), untold.pitches())


def test_the_melody_heard_has_its_silences(trained: Experiment) -> None:
    listener = monody.Listener(trained.load(), "6/8")
    _hear(listener, [(REST, 36), (60, 24), (REST, 12), (62, 36)])
    notes = listener.melody.notes.tolist()
    assert notes == [[60, 36, 24], [62, 72, 36]]
    assert str(listener.melody.meters[0]) == "6/8"


def test_mistakes_are_refused_and_change_nothing(model: TrainedModel) -> None:
    listener = monody.Listener(model)
    listener.hear(60, 24)
    before = listener.pitches()
    mistakes: list[tuple[Callable[[], None], str]] = [
        (lambda: listener.hear(128, 24), "pitch must be from 0 to 127, not 128"),
        (lambda: listener.hear(60, 0), "ticks must be 1 or more, not 0"),
        (lambda: listener.rest(-6), "ticks must be 1 or more, not -6"),
        (lambda: listener.take_back(2), "from 0 to 1, as many as were heard, not 2"),
    ]
    for mistake, said in mistakes:
        with pytest.raises(ValueError, match=said):
            mistake()
    if model.vocabulary.encoding == "steps":
        with pytest.raises(ValueError, match="whole 16ths of 6"):
            listener.hear(60, 7)
    assert np.array_equal(listener.pitches(), before)
    with pytest.raises(SettingError, match="meter must be such as"):
        monody.Listener(model, "4")


def test_what_is_copied_is_a_share_of_one_for_each_event_read(
    model: TrainedModel,
) -> None:
    listener = monody.Listener(model)
    _hear(listener, LINE[:3])
    shares = listener.looks_back()
    assert len(shares) > 3  # the start, too
    assert np.all(shares >= 0)
    assert shares.sum() < 1  # something fresh has a share
    before = listener.lstm
    assert before.shape[1:] == (2, 12)
    _hear(listener, LINE[3:4])
    assert not np.array_equal(listener.lstm, before)
    listener.take_back()
    assert listener.looks_back() == pytest.approx(shares)


def test_more_than_a_network_remembers_is_not_looked_back_at(
    trained: Experiment,
) -> None:
    listener = monody.Listener(trained.load())
    _hear(listener, [(60, 12), (62, 12)] * 260)
    with pytest.raises(ValueError, match="512 events"):
        listener.looks_back()
