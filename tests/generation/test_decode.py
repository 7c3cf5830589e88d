from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.experiments.experiment import Experiment
from monody.generation.constraints.spec import MelodySpec
from monody.generation.decoding import loop
from monody.generation.decoding.decode import (
    MAX_READ,
    DecodedMelody,
    Start,
    decode_events,
    reads_of,
)
from monody.generation.decoding.sampling import SamplingSettings
from monody.models.batches import Batches, known_note
from monody.models.decoder_state import EventInputs
from monody.models.encoded_set import EncodedSet, concatenate, encode_set
from monody.models.events import END, UNKNOWN, Events, Vocabulary, decode, encode
from monody.models.inference_layers import Dense
from monody.models.likelihood import network_inputs
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_STEP
from monody.settings.model import ENCODINGS
from monody.settings.sampling import SampleSettings
from tests.builders.melodies import melodies, step_melodies
from tests.builders.midi_files import tune
from tests.builders.networks import predict
from tests.builders.profile import examples


def _without_copies(experiment: Experiment) -> TrainedModel:
    """Load a model and let it say only something fresh.

    After two epochs it copies as it was born to do, its own last note above all.
    """
    model = Experiment(experiment.path).load()
    for name in ("pitch_fresh", "duration_fresh"):
        layer = model.layers[name]
        assert isinstance(layer, Dense)
        model.layers[name] = replace(layer, bias=layer.bias + 30)
    return model


@pytest.fixture(scope="module")
def loaded(trained: Experiment) -> TrainedModel:
    return _without_copies(trained)


@pytest.fixture(scope="module")
def loaded_steps(trained_steps: Experiment) -> TrainedModel:
    return _without_copies(trained_steps)


def _from_nothing(count: int, length_ticks: int) -> list[Start]:
    """Starts of melodies in 4/4, each with random draws of its own."""
    start = Start(
        primer=None,
        from_beginning=True,
        meter=2,
        bar_ticks=96,
        bars=0,
        length_ticks=length_ticks,
        draw=(0, 0),
    )
    return [replace(start, draw=(index, 0)) for index in range(count)]


def _write(
    model: TrainedModel,
    starts: list[Start],
    temperature: float = 1.0,
    seed: int = 5,
    *,
    free_bars: int | None = None,
) -> list[DecodedMelody]:
    sampler = SamplingSettings(temperature)
    spec = MelodySpec(free_bars=free_bars)
    return decode_events(model, starts, spec, (sampler, sampler), seed)


def _symbols(written: DecodedMelody) -> tuple[list[int], list[int]]:
    return written.events.pitch.tolist(), written.events.duration.tolist()


def _ticks(model: TrainedModel, events: Events) -> list[int]:
    return [model.vocabulary.durations[symbol] for symbol in events.duration]


@pytest.mark.parametrize("which", ["loaded", "loaded_steps"])
@pytest.mark.parametrize("length", [1, 3, 16, 65])
def test_every_melody_ends_with_a_note_on_the_last_tick(
    which: str, length: int, request: pytest.FixtureRequest
) -> None:
    model: TrainedModel = request.getfixturevalue(which)
    style = model.record.style
    for written in _write(model, _from_nothing(20, length * 6), 1.3):
        events = written.events
        assert sum(_ticks(model, events)) == length * TICKS_PER_STEP
        melody = decode(events, model.vocabulary)
        assert melody.end == length * TICKS_PER_STEP
        assert END not in events.pitch
        low, high = style.pitch_range
        assert low <= melody.pitches.min() <= melody.pitches.max() <= high
        assert set(_ticks(model, events)) <= {
            *style.note_ticks, *style.rest_ticks, TICKS_PER_STEP,
        }  # fmt: skip


def _alone_and_together(model: TrainedModel, starts: list[Start]) -> None:
    """Check that what else is in a group does not matter to a melody."""
    for start, written in zip(starts, _write(model, starts), strict=True):
        assert decode(written.events, model.vocabulary).end == start.length_ticks
        _same_to_the_last_bit(_write(model, [start]), [written])


def test_melodies_of_many_lengths_and_meters_are_written_together(
    loaded: TrainedModel,
) -> None:
    starts = [
        replace(start, length_ticks=12 * (9 + 7 * index), meter=meter, bar_ticks=bar)
        for index, start in enumerate(_from_nothing(6, 0))
        for meter, bar in ((2, 96), (10, 72))
    ]
    _alone_and_together(loaded, starts)


def test_a_length_that_needs_finer_notes_does_not_make_those_of_others_finer(
    loaded: TrainedModel,
) -> None:
    # The tunes have 8ths and quarters, which cannot fill nine 16ths.
    _alone_and_together(loaded, _from_nothing(1, 96) + _from_nothing(1, 54))


def test_the_first_melodies_do_not_depend_on_how_many_are_asked_for(
    loaded: TrainedModel,
) -> None:
    # Groups of one block of rows, of several, and more than one group.
    many = _write(loaded, _from_nothing(70, 96))
    assert len(many) == 70
    assert len({tuple(written.events.pitch.tolist()) for written in many}) > 65
    for count in (1, 2, 17):
        few = _write(loaded, _from_nothing(count, 96))
        _same_to_the_last_bit(few, many[:count])


def _same_to_the_last_bit(
    some: list[DecodedMelody], others: list[DecodedMelody]
) -> None:
    for one, other in zip(some, others, strict=True):
        assert _symbols(one) == _symbols(other)
        assert (one.bits, one.cost_bits) == (other.bits, other.cost_bits)


def test_primed_melodies_do_not_depend_on_what_else_is_read_and_written(
    loaded: TrainedModel,
) -> None:
    lengths, primed = (12, 400, 96, 1200), (1, 8, 1, 3, 20)  # ticks, and bars
    starts = []
    for index, start in enumerate(_from_nothing(37, 0)):
        bars = primed[index % len(primed)]
        primer = encode(tune(index % 3, bars=bars), loaded.vocabulary, until=bars * 96)
        length = lengths[index % len(lengths)]
        primed_start = replace(start, primer=primer, bars=bars, length_ticks=length)
        starts.append(primed_start if index % 4 else replace(start, length_ticks=700))
    together = _write(loaded, starts)
    for index in (0, 1, 3, 18, 36):
        _same_to_the_last_bit(_write(loaded, [starts[index]]), [together[index]])
    _same_to_the_last_bit(_write(loaded, starts[::-1]), together[::-1])


def test_how_many_random_numbers_are_drawn_at_once_does_not_matter(
    loaded: TrainedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = _write(loaded, _from_nothing(3, 4 * 96))
    monkeypatch.setattr(loop, "DRAWN_AT_ONCE", 5)
    _same_to_the_last_bit(_write(loaded, _from_nothing(3, 4 * 96)), usual)


@pytest.mark.parametrize(
    "length", [33, 64, pytest.param(1001, marks=pytest.mark.thorough)]
)
def test_gated_16ths_fill_the_length_and_keep_their_rests(
    loaded: TrainedModel, length: int
) -> None:
    # Five ticks on, one off: notes alone cannot fill it, and rests are shorter.
    gated = copy.copy(loaded)
    style = replace(loaded.record.style, note_ticks=(5,), rest_ticks=(1,))
    gated.record = replace(loaded.record, style=style)
    for written in _write(gated, _from_nothing(5, length * 6), seed=1):
        ticks = _ticks(gated, written.events)
        end = decode(written.events, gated.vocabulary).end
        assert sum(ticks) == end == length * TICKS_PER_STEP
        assert {1, 5} <= set(ticks) <= {1, 5, 6}


def test_sampling_does_not_loop(loaded: TrainedModel) -> None:
    # The most likely event, always, loops; the default temperature must not.
    assert SampleSettings().temperature == 1.0
    for written in _write(loaded, _from_nothing(5, 2400), seed=2):
        pitches = written.events.pitch[-60:].tolist()
        for period in range(1, 9):
            assert pitches[period:] != pitches[:-period]


def _most_likely_next(model: TrainedModel, heard: Events) -> tuple[int, int]:
    """Predict the event after 8 bars, of 9, with the plain network, not the loop."""
    # Any event in the place of the one to predict: it is never read.
    blank = Events(*(np.append(field, field[:1]) for field in vars(heard).values()))
    batch = Batches(concatenate([blank], model.vocabulary), 1, 9999)[0]
    at = len(heard)
    inputs = network_inputs(batch)
    inputs["position"][0, at], inputs["meter"][0, at] = 0, heard.meter[-1]
    inputs["bar"][0, at] = 8
    inputs["bars_left"][0, : at + 1] = 9 - inputs["bar"][0, : at + 1] + 1
    inputs["end_position"][0, : at + 1] = 1
    pitch = np.asarray(predict(model.network, inputs)["pitch"])[0, at]
    low, high = model.record.style.pitch_range
    allowed = np.isin(np.arange(len(pitch)), range(low, high + 1))
    best = int(np.where(allowed, pitch, -np.inf).argmax())
    inputs["pitch_next"][0, at] = best
    duration = np.asarray(predict(model.network, inputs)["duration"])[0, at]
    used = np.isin(model.vocabulary.durations, model.record.style.note_ticks)
    return best, int(np.where(used, duration, -np.inf).argmax())


def test_a_melody_goes_on_from_the_state_after_its_primer(trained: Experiment) -> None:
    model = trained.load()
    primers = [encode(tune(seed), model.vocabulary, until=8 * 96) for seed in range(4)]
    starts = [
        replace(start, primer=primer, bars=8)
        for start, primer in zip(_from_nothing(4, 96), primers, strict=True)
    ]
    written = _write(model, starts, temperature=0.0)
    for primer, each in zip(primers, written, strict=True):
        expected = _most_likely_next(model, primer)
        assert (int(each.events.pitch[0]), int(each.events.duration[0])) == expected


def _in_one_meter(melody: Melody) -> Melody:
    return Melody(melody.notes, melody.meters[:1])


def _goes_on(events: Events, melody: Melody, at: int) -> Start:
    """Start before an event of a melody, which is then led to its own end."""
    bar_ticks = melody.meters[0].bar_ticks
    tick = events.bar.astype(int) * bar_ticks + events.position
    return Start(
        primer=Events(*(field[:at] for field in vars(events).values())),
        from_beginning=True,
        meter=int(events.meter[at]),
        bar_ticks=bar_ticks,
        bars=int(events.bar[at]),
        length_ticks=0,
        draw=(0, 0),
        position=int(events.position[at]),
        ticks_after=int(tick[-1] - tick[at]),
    )


def _read_in_training(encoded: EncodedSet, count: int) -> list[EventInputs[int]]:
    """Return what the network reads of a melody in training, its end known."""
    fields = {name: getattr(encoded, name)[:count] for name in EventInputs._fields}
    fields["note_before"] = known_note(fields["note_before"])
    columns = [fields[name].tolist() for name in EventInputs._fields]
    return [EventInputs(*read) for read in zip(*columns, strict=True)]


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=examples(30))
@given(st.data())
def test_decoding_reads_what_training_read_and_leads_to_the_end_it_knew(
    encoding: str, data: st.DataObject
) -> None:
    vocabulary = Vocabulary(encoding)
    strategy = step_melodies() if encoding == "steps" else melodies()
    melody = _in_one_meter(data.draw(strategy))
    events = encode(melody, vocabulary)
    at = data.draw(st.integers(0, len(events) - 1))
    start = _goes_on(events, melody, at)
    expected = _read_in_training(encode_set([melody], vocabulary), at + 1)
    assert reads_of(start, vocabulary, free=False) == expected[-MAX_READ:]
    # Where the network ends the melody it is not told.
    untold = [
        read._replace(bars_left=UNKNOWN, end_position=UNKNOWN) for read in expected
    ]
    assert reads_of(start, vocabulary, free=True) == untold[-MAX_READ:]


def test_a_primer_from_the_middle_of_a_melody_is_read_without_a_start() -> None:
    vocabulary = Vocabulary("notes")
    events = encode(tune(1), vocabulary, until=2 * 96)
    [start] = _from_nothing(1, 96)
    start = replace(start, primer=events, bars=2)
    whole = reads_of(start, vocabulary, free=False)
    inside = reads_of(replace(start, from_beginning=False), vocabulary, free=False)
    first_note = int(events.pitch[0])
    assert inside == [whole[1]._replace(note_before=first_note), *whole[2:]]


@settings(max_examples=examples(5))
@given(st.integers(0, 2**32 - 1))
def test_the_same_seed_writes_the_same(loaded: TrainedModel, seed: int) -> None:
    first, second = (_write(loaded, _from_nothing(3, 96), seed=seed) for _ in range(2))
    _same_to_the_last_bit(first, second)


@pytest.mark.parametrize("which", ["loaded", "loaded_steps"])
def test_a_free_melody_ends_with_a_note_by_the_limit(
    which: str, request: pytest.FixtureRequest
) -> None:
    model: TrainedModel = request.getfixturevalue(which)
    written = _write(model, _from_nothing(60, 12 * 96), free_bars=0)
    ends = [decode(each.events, model.vocabulary).end for each in written]
    for end, each in zip(ends, written, strict=True):
        assert 0 < end == sum(_ticks(model, each.events)) <= 12 * 96
    assert len(set(ends)) > 10  # the network ends them, not the limit


@pytest.mark.parametrize("which", ["loaded", "loaded_steps"])
@pytest.mark.parametrize("bars", [1, 3])
def test_a_free_melody_does_not_end_before_it_may(
    which: str, bars: int, request: pytest.FixtureRequest
) -> None:
    model: TrainedModel = request.getfixturevalue(which)
    written = _write(model, _from_nothing(60, 6 * 96), free_bars=bars)
    least = bars * 96
    ends = [decode(each.events, model.vocabulary).end for each in written]
    assert least <= min(ends) < max(ends) <= 6 * 96
    assert len(set(ends)) > 5  # the network ends them still
    before = _write(model, _from_nothing(60, 6 * 96), free_bars=0)
    assert min(decode(each.events, model.vocabulary).end for each in before) < least


def test_the_bits_of_a_melody_are_what_the_network_makes_of_it(
    trained: Experiment,
) -> None:
    model = trained.load()
    [written] = _write(model, _from_nothing(1, 4 * 96))
    melody = decode(written.events, model.vocabulary)
    encoded = encode_set([melody], model.vocabulary)
    inputs = network_inputs(Batches(encoded, 1, 999)[0])
    notes = len(encoded.pitch) - 1  # the end is not written, nor counted
    inputs["bars_left"][0, : notes + 1] = encoded.bars_left
    inputs["end_position"][0, : notes + 1] = encoded.end_position
    predicted = predict(model.network, inputs)
    logits = sum(
        float(np.asarray(predicted[head])[0, time, symbol])
        for head, symbols in (("pitch", encoded.pitch), ("duration", encoded.duration))
        for time, symbol in enumerate(symbols[:notes].tolist())
    )
    assert written.bits == pytest.approx(-logits / np.log(2), rel=1e-3)
