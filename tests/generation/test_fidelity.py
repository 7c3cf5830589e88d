"""Which of several takes keeps best to what it was to follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from monody.experiments.experiment import Experiment
from monody.generation.collapse import collapse_of
from monody.generation.fidelity import misfit
from monody.generation.outlines import MelodyOutline
from monody.generation.parts import Task
from monody.generation.writer import Writer
from monody.models.outline import tonic_symbol
from monody.models.record import Precedent
from monody.music.form import Form
from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.settings.sampling import SampleSettings

C_MAJOR, D_MAJOR = (
    tonic_symbol(KEY_NAMES.index(name)) for name in ("C major", "D major")
)
PITCHES = [60, 62, 64, 65, 67, 69, 71, 72, 67, 64, 65, 62, 60, 64, 62, 60]


def _melody(*pitches: int, ticks: int = 24) -> Melody:
    """Notes of one length, the last one long."""
    notes = [(pitch, ticks * i, ticks) for i, pitch in enumerate(pitches)]
    pitch, start, _ = notes.pop()
    return Melody.from_notes([*notes, (pitch, start, 4 * ticks)])


SONG = _melody(*PITCHES)


def _outline(melody: Melody = SONG, key: int = C_MAJOR) -> MelodyOutline:
    pitches = int(melody.pitches.min()), int(melody.pitches.max())
    followed = Precedent(Form.of(melody, (key - 1) % 12), "4/4", key, pitches)
    return MelodyOutline(Meter(0, 4, 4), 0, key, style=0, precedent=followed)


def _misfit(melody: Melody, outline: MelodyOutline | None = None) -> float:
    outline = outline or _outline()
    assert outline.precedent is not None
    failure = collapse_of(melody)
    return misfit(melody, outline, outline.precedent.form, failure)


def test_a_melody_keeps_to_its_own_outline() -> None:
    assert _misfit(SONG) == 0


@pytest.mark.parametrize(
    "melody",
    [
        pytest.param(SONG.transposed(2), id="another key"),
        pytest.param(_melody(*PITCHES[:7], 84, *PITCHES[8:]), id="a wider range"),
        pytest.param(_melody(*PITCHES[:14], 67, 60), id="a leap to the last note"),
        pytest.param(_melody(*PITCHES[:15], 64), id="another last note"),
        pytest.param(_melody(*PITCHES[:7], 60, ticks=48), id="half as many notes"),
        pytest.param(Melody.from_notes([]), id="no note"),
        pytest.param(_melody(*[60] * 16), id="one note all along"),
    ],
)
def test_every_fault_counts(melody: Melody) -> None:
    assert _misfit(melody) > 0


def test_nothing_is_worse_than_a_melody_that_got_stuck() -> None:
    stuck, wrong = _melody(*[60] * 40), _melody(*[66, 90, 68, 61] * 2)
    assert _misfit(stuck) > _misfit(wrong)


def test_where_nothing_is_told_nothing_is_amiss() -> None:
    bare = MelodyOutline(Meter(0, 4, 4), 0, key=0, style=0, precedent=None)
    assert misfit(SONG, bare, None) == 0
    silent = replace(_outline().precedent.form, cadences=(), notes=())  # type: ignore[union-attr]
    assert misfit(SONG, bare, silent) == 0


def test_a_form_without_a_key_is_judged_by_its_phrases() -> None:
    form = Form.of(SONG)
    bare = MelodyOutline(Meter(0, 4, 4), 0, key=0, style=0, precedent=None)
    assert misfit(SONG, bare, form) == 0


def _written(trained: Experiment, **asked: Any) -> list[tuple[float, bytes]]:
    """How far each of some melodies is from its outline, and its notes."""
    writer = Writer(trained.load(), SampleSettings(seed=3, bars=4, **asked))
    tasks = [Task(index, 0, None) for index in range(6)]
    drafts = writer.write(tasks)
    parts = [writer._parts(task)[0] for task in tasks]
    return [
        (misfit(draft.melody, part.outline, part.form), draft.melody.notes.tobytes())
        for draft, part in zip(drafts, parts, strict=True)
    ]


def test_the_best_of_more_takes_is_as_good_or_better(trained: Experiment) -> None:
    one, two, many = (_written(trained, takes=takes) for takes in (1, 2, 8))
    for (worst, _), (better, _), (best, _) in zip(one, two, many, strict=True):
        assert best <= better <= worst
    assert sum(best for best, _ in many) < sum(worst for worst, _ in one)


def test_without_chance_takes_do_not_matter(trained: Experiment) -> None:
    assert _written(trained, takes=9, temperature=0) == _written(
        trained, takes=1, temperature=0
    )


def test_a_melody_that_the_network_ends_is_written_once(trained: Experiment) -> None:
    assert _written(trained, takes=9, free=True) == _written(
        trained, takes=1, free=True
    )
