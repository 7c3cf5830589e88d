"""Sections that were asked for return, in whatever else is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monody
from monody.experiments.experiment import Experiment
from monody.generation.decoding.sections import Sections
from monody.generation.parts import Task
from monody.generation.primers import named_bars
from monody.generation.writer import Writer
from monody.music.form_check import form_fault, keeps_form
from monody.music.form_text import NamedForm, parse_form
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import tune

EXACT = ["AABA", "AABB", "A8 B4 A8", "ABACA", "A2 B3 A2", "AA"]
VARIED = ["A A' B A", "A A'", "A A' B A'"]
ASKED: dict[str, dict[str, Any]] = {
    "nothing more": {},
    "a key and a range": {"key": "D dorian", "range": "C4..A5"},
    "note values": {"durations": "8ths", "meter": "6/8"},
    "a density": {"density": "2..5", "meter": "3/4"},
    "its end": {"end": "tonic", "key": "G"},
    "the end that is heard": {"end": "tonic", "meter": "2/4"},
    "an odd meter": {"meter": "7/8", "end": "tonic", "key": "A minor"},
    "all of it": {"meter": "6/8", "key": "G", "range": "flute", "density": "2..6",
                  "durations": "8ths", "end": "tonic"},
}  # fmt: skip


@st.composite
def named_forms(draw: st.DrawFn) -> NamedForm:
    """Any form of few letters; each section is new, or returns exactly or varied."""
    text, there = "", 0
    for _ in range(draw(st.integers(1, 8))):
        letter = draw(st.integers(0, min(there, 3)))
        again = letter < there
        text += "ABCD"[letter] + "'" * (again and draw(st.booleans()))
        there = max(there, letter + 1)
    return parse_form(text)


@given(named_forms(), st.integers(1, 8), st.sampled_from([48, 72, 84, 96]))
def test_each_bar_that_returns_is_copied_from_the_first_of_its_letter(
    named: NamedForm, each: int, bar: int
) -> None:
    bars = each * len(named.sections)
    sections = Sections.of(named, bars, bar)
    assert len(sections.back) == len(sections.edge) == bars
    for here, (back, edge) in enumerate(zip(sections.back, sections.edge, strict=True)):
        assert back % bar == edge % bar == 0
        assert here * bar < edge <= (here // each + 1) * each * bar
        section, source = named.sections[here // each], named.sources[here // each]
        if source is None:
            assert back == 0
        elif section.varied:
            free = max(each // 4, 1)  # bars, the last ones
            assert (back > 0) == (here % each < each - free)
        else:
            assert back == (here // each - source) * each * bar
    # Where the last section is a copy, its source has to close.
    last = named.sources[-1]
    exact = last is not None and not named.sections[-1].varied
    closing = (last or 0) + 1 if exact else len(named.sections)
    assert sections.closing == closing * each * bar


def _writes(
    experiment: Experiment, form: str, asked: dict[str, Any], *, primed: bool
) -> None:
    """Write melodies in a form, and see that what returns exactly does so."""
    settings = SampleSettings(seed=4, form=form, temperature=1.2, **asked)
    named, bars = settings.named_form, settings.bars
    assert named is not None
    primer = named_bars(tune(3, meter=(3, 4)), 2, 4) if primed else None
    tasks = [Task(index, 0, primer) for index in range(6)]
    for draft in Writer(experiment.load(), settings).write(tasks):
        bar = draft.melody.meters[0].bar_ticks
        assert (bars or 0) * bar == draft.melody.end
        fault = form_fault(draft.melody, named, bars)
        assert "is not that of" not in fault
        if settings.scale is not None and settings.end == "tonic":
            assert draft.melody.pitches[-1] % 12 == settings.scale.tonic


@pytest.mark.parametrize("primed", [False, True])
@pytest.mark.parametrize("form", EXACT + VARIED)
def test_what_returns_exactly_is_the_same_note_for_note(
    trained: Experiment, form: str, primed: bool
) -> None:
    _writes(trained, form, {}, primed=primed)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("primed", [False, True])
def test_it_does_so_with_all_else_that_is_asked_for(
    trained: Experiment, asked: str, primed: bool
) -> None:
    for form in ("AABA", "A A' B A"):
        _writes(trained, form, ASKED[asked], primed=primed)


def test_it_does_so_on_a_grid_of_16ths(trained_steps: Experiment) -> None:
    _writes(trained_steps, "AABA", {"bars": 8}, primed=False)
    _writes(trained_steps, "A A' B A", {"bars": 8, "meter": "6/8"}, primed=True)


@pytest.mark.parametrize("start", ["nothing", "primer"])
@pytest.mark.parametrize("asked", ASKED)
def test_every_melody_that_is_generated_keeps_its_form(
    trained: Experiment, asked: str, start: str
) -> None:
    forms = ["A A' B A", "A8 B4 A8"]
    for form in forms:
        settings = SampleSettings(
            num_files=3, seed=2, form=form, start=start, **ASKED[asked]
        )
        named = settings.named_form
        assert named is not None
        for one in monody.generate(trained, settings).generated:
            assert one.failure is None
            assert keeps_form(one.draft.melody, named, settings.bars)


@pytest.mark.parametrize("meter", [None, "6/8", "7/8"])
def test_phrases_of_numbered_bars_fill_whole_bars(
    trained: Experiment, meter: str | None
) -> None:
    settings = SampleSettings(num_files=3, seed=2, form="4+4+8", meter=meter)
    assert settings.bars == 16
    for melody in monody.generate(trained, settings).melodies:
        assert melody.end == 16 * melody.meters[0].bar_ticks


def test_a_form_begins_on_the_bar_line(trained: Experiment) -> None:
    settings = SampleSettings(num_files=5, seed=2, form="AABA", bars=8)
    assert settings.pickup is False
    for one in monody.generate(trained, settings).generated:
        primer = one.draft.task.primer
        assert primer is None or primer.position == 0
        assert one.draft.melody.starts[0] < 96


def test_of_several_takes_one_that_keeps_the_form_is_chosen(
    trained: Experiment,
) -> None:
    settings = SampleSettings(seed=5, num_files=1, bars=16, form="A A' B A", takes=1)
    failed = []
    for takes in (1, 12):
        asked = replace(settings, takes=takes)
        drafts = Writer(trained.load(), asked).write(
            [Task(index, 0, None) for index in range(12)]
        )
        assert asked.named_form is not None
        kept = [keeps_form(draft.melody, asked.named_form, 16) for draft in drafts]
        failed.append(kept.count(False))
    assert failed[1] < max(failed[0], 1)
