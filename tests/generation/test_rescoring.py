from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from monody.experiments.experiment import Experiment
from monody.generation.rescoring import rescore
from monody.models.batches import Batches
from monody.models.encoded_set import encode_set
from monody.models.events import END
from monody.models.likelihood import network_inputs
from monody.models.saved_model import TrainedModel
from monody.music.melody import Melody
from monody.music.meter import Meter
from tests.builders.midi_files import tune
from tests.builders.networks import predict


def _plain_bits(model: TrainedModel, melody: Melody) -> tuple[Any, Any]:
    """Return where events begin, and their bits: by the network, told the end."""
    encoded = encode_set([melody], model.vocabulary)
    inputs = network_inputs(Batches(encoded, 1, 9999)[0])
    count = len(encoded.pitch)
    for name in ("bars_left", "end_position"):
        inputs[name][0, :count] = getattr(encoded, name)
    logits = predict(model.network, inputs)
    bits = np.zeros(count)
    timed = encoded.pitch != END
    for head, counts in (("pitch", np.ones(count)), ("duration", timed)):
        values = np.asarray(logits[head], np.float64)[0, :count]
        nats = np.log(np.exp(values).sum(axis=1))
        nats -= values[np.arange(count), getattr(encoded, head)]
        bits += counts * nats / np.log(2)
    ticks = np.where(timed, np.array(model.vocabulary.durations)[encoded.duration], 0)
    return np.cumsum(ticks) - ticks, bits


@pytest.mark.parametrize("fixture", ["trained", "trained_steps"])
def test_judging_is_what_the_network_told_the_end_makes_of_it(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    experiment: Experiment = request.getfixturevalue(fixture)
    model = experiment.load()
    pickup = tune(5, bars=4).notes[3:]
    changing = (Meter(0, 4, 4), Meter(192, 3, 4))
    tunes = [
        tune(4, bars=4),
        Melody(pickup),
        replace(tune(6, bars=4), meters=changing),
    ]
    for from_tick in (0, 100, 192, 9999):
        judged = rescore(model, tunes, from_tick)
        for melody, bits in zip(tunes, judged, strict=True):
            begins, each = _plain_bits(model, melody)
            counts = begins >= from_tick
            counts[-1] = True  # the end counts, always
            assert bits == pytest.approx(each[counts].sum(), rel=1e-4)


def test_of_a_long_melody_what_follows_is_judged(trained: Experiment) -> None:
    # 900 notes: more than are read at once, and the tick is not among the last.
    model = trained.load()
    notes = [(60 + i % 7, 12 * i, 12) for i in range(900)]
    plain = Melody.from_notes(notes)
    odd = list(notes)
    odd[300] = (71, *notes[300][1:])
    tunes = [plain, Melody.from_notes(odd)]
    from_it, after_it = (
        other - one
        for one, other in (rescore(model, tunes, 12 * at) for at in (300, 301))
    )
    assert after_it != 0  # it is heard
    assert from_it > after_it + 2  # and counts only where it should
