from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import monody
from monody.cli.sample_report import melody_in_words, say_report
from monody.corpus.novelty import Novelty
from monody.experiments.experiment import Experiment
from monody.generation.generate import Generation
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.music.scale import parse_scale
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import tune

COPY = Novelty(
    notes=40,
    longest_notes=24,
    longest_bars=5.5,
    bar=3,
    source="a\x1b.mid",
    source_bar=1,
)
PIECEWISE = Novelty(
    notes=80, longest_notes=9, bar=2, source="b.mid", source_bar=4,
    closest_covered=0.6, closest="c.mid",
)  # fmt: skip


@pytest.fixture(scope="module")
def generation(trained: Experiment) -> Generation:
    settings = SampleSettings(num_files=3, bars=2, seed=1, pickup=False)
    return monody.generate(trained, settings)


def _said(
    generation: Generation, capsys: pytest.CaptureFixture[str], **of_first: object
) -> list[str]:
    """Return what is said where something else is known of the first melody."""
    new = [replace(one, novelty=Novelty(40)) for one in generation.generated]
    new[0] = replace(new[0], **of_first)  # type: ignore[arg-type]
    paths = [Path(f"out/{number}.mid") for number in (1, 2, 10)]
    say_report(replace(generation, generated=tuple(new)), paths)
    return capsys.readouterr().out.splitlines()


def test_melodies_that_are_new_are_a_line_each(
    generation: Generation, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _said(generation, capsys)
    assert [line.split()[0] for line in lines] == [
        "1.mid",
        "2.mid",
        "10.mid",
        "written:",
    ]
    assert [line.index(".mid") for line in lines[:3]] == [2, 2, 2]
    # The last note ends in bar 2, early or late.
    assert all(re.search(", 2 bars, 0:0[2-4], ", line) for line in lines[:3])
    assert all(line.endswith(", new") for line in lines[:3])


def test_the_form_that_came_out_is_told(
    generation: Generation, capsys: pytest.CaptureFixture[str]
) -> None:
    question = [(60, 24), (62, 24), (64, 24), (65, 24)] * 3 + [(67, 96)]
    answer = [*question[:-1], (60, 96)]
    other = [(72, 48), (71, 24), (69, 24)] * 3 + [(67, 96)]
    notes, tick = [], 0
    for pitch, ticks in [*question, *answer, *other, *question]:
        notes.append((pitch, tick, ticks))
        tick += ticks
    first = generation.generated[0]
    draft = replace(first.draft, melody=Melody.from_notes(notes))
    lines = _said(generation, capsys, draft=draft)
    assert lines[0].endswith(", 16 bars, 0:32, form A A' B A, new")


def test_a_copy_is_told_with_its_source(
    generation: Generation, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _said(generation, capsys, novelty=COPY)
    assert lines[0].endswith(", copy")
    assert lines[3] == (
        r"1.mid is a copy: 24 notes from bar 3 on are those of a\x1b.mid from bar 1 on"
    )
    assert len(lines) == 5


def test_a_near_copy_in_pieces_is_told_with_what_it_is_made_of(
    generation: Generation, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _said(generation, capsys, novelty=PIECEWISE)
    assert lines[3] == "1.mid is a near-copy: 60 % of it is in c.mid"


def test_a_failure_is_told_with_what_to_do(
    generation: Generation, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _said(generation, capsys, failure="one note")
    assert lines[3] == "1.mid failed every time, and is as the last try was: one note"
    assert lines[4].startswith("to mend that, ask for less")


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_the_report_fits_the_terminal(
    columns: int,
    generation: Generation,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = _said(generation, capsys, novelty=COPY, failure="silence")
    assert max(map(len, lines)) <= columns


def test_keys_that_were_asked_for_are_named_as_they_were() -> None:
    melody = tune(0)
    assert melody_in_words(melody, parse_scale("D dorian")).startswith("D dorian, 4/4")
    assert melody_in_words(melody, parse_scale("c,d,e")).startswith("notes C D E, 4/4")


def test_what_has_no_key_or_no_note_says_so() -> None:
    every_class = [(60 + number, 24 * number, 24) for number in range(12)]
    melody = Melody.from_notes(every_class, [Meter(0, 3, 4), Meter(72, 6, 8)])
    assert melody_in_words(melody) == "no key, 3/4 then 6/8, 4 bars, 0:06"
    assert melody_in_words(Melody(np.empty((0, 3), np.int32))) == "no notes"


def test_minutes_and_seconds() -> None:
    melody = Melody.from_notes([(60, 0, 24 * 239)], bpm=120)
    assert melody_in_words(melody).endswith(", 60 bars, 2:00")  # 119.5 seconds
