"""A note that is led to the last one of a phrase obeys the rules like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monody.experiments.experiment import Experiment
from monody.generation.constraints.reachable import Kind
from monody.generation.constraints.rules import Rules
from monody.generation.constraints.spec import MelodySpec
from monody.generation.constraints.tables import make_rules
from monody.generation.decoding import decode as decoding
from monody.generation.decoding.decode import Start, decode_events
from monody.generation.decoding.sampling import SamplingSettings
from monody.models.events import decode
from monody.music.form import Cadence, Form
from monody.music.pitch import PITCH_CLASSES

COUNT, BAR, QUARTER = 40, 96, 24
BY_STEP = 1


def _quarters_on_the_tonic_only(*arguments: Any) -> Rules:
    """Make rules by which no note but the tonic, a closing note, is a quarter."""
    rules = make_rules(*arguments)
    durations = rules.durations.copy()
    durations[:, Kind.NOTE, rules.ticks == QUARTER] = False
    return rules._replace(durations=durations)


def test_a_note_is_led_to_none_that_may_not_be_as_long(
    trained: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "make_rules", _quarters_on_the_tonic_only)
    last = Cadence(2 * BAR - QUARTER, 0, BY_STEP)
    start = Start(
        primer=None,
        from_beginning=True,
        meter=2,
        bar_ticks=BAR,
        bars=0,
        length_ticks=2 * BAR,
        draw=(0, 0),
        tonic=0,
        key=1,
        form=Form(BAR, 0, (2 * BAR,), (0, 0), (False, False), (last,)),
    )
    starts = [replace(start, draw=(index, 0)) for index in range(COUNT)]
    sampler, model = SamplingSettings(1.0), trained.load()
    quarters = set()
    for written in decode_events(model, starts, MelodySpec(), (sampler, sampler), 1):
        melody = decode(written.events, model.vocabulary)
        long = melody.pitches[melody.durations == QUARTER]
        quarters |= set((long % PITCH_CLASSES).tolist())
    assert quarters == {0}
