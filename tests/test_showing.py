"""How values show themselves in a line. ``pages/test_notebook.py`` has the notebook."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given

import monody
from monody.experiments.experiment import Experiment
from tests.builders.melodies import melodies


@pytest.mark.parametrize(
    ("melody", "said"),
    [
        (
            monody.Melody.from_notes([(60, 0, 24)]),
            "<Melody: 1 note in 1 bar of 4/4, C4 to C4, 120 bpm>",
        ),
        (
            replace(
                monody.Melody.from_notes([(61, 48, 24), (70, 72, 73)], bpm=97.5),
                meters=(monody.Meter(0, 3, 4),),
                key="Bb minor",
                source="airs/1\n.mid",
            ),
            "<Melody: 2 notes in 3 bars of 3/4, Db4 to Bb4, 97.5 bpm, Bb minor, "
            r"from 'airs/1\n.mid'>",
        ),
        (
            monody.Melody.from_notes([]),
            "<Melody: 0 notes in 0 bars of 4/4, 120 bpm>",
        ),
        (
            monody.Melody.from_notes(
                [(60, 0, 600)],
                [monody.Meter(96 * at, at + 2, 4) for at in range(4)],
            ),
            "<Melody: 1 note in 8 bars of 2/4, 3/4, 4/4, …, C4 to C4, 120 bpm>",
        ),
    ],
)
def test_a_melody_says_in_a_line_what_it_is(melody: monody.Melody, said: str) -> None:
    assert repr(melody) == said


@given(melodies())
def test_the_bars_of_a_melody_are_those_between_its_bar_lines(
    melody: monody.Melody,
) -> None:
    from monody.music.melody import lines_around

    assert melody.bars == len(lines_around(melody)) - 1
    assert "\n" not in repr(melody)


def test_what_comes_of_a_training_says_what_it_is(trained: Experiment) -> None:
    generation = monody.generate(
        trained, monody.SampleSettings(num_files=1, bars=2, seed=3)
    )
    assert repr(generation) == "<Generation: 1 melody by 01/model.keras, seed 3>"
    assert len(repr(generation.generated[0])) < 1000


def test_a_melody_draws_itself_however_it_was_imported() -> None:
    code = (
        "from monody.music.melody import Melody; "
        "assert '<audio' in Melody.from_notes([(60, 0, 24)])._repr_html_()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
