from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pretty_midi
import pytest

import monody
from monody.errors import MonodyError, SettingError
from monody.experiments.experiment import Experiment
from monody.experiments.novelty_index import known_melodies
from monody.generation import writer as writing
from monody.generation.generate import Generation
from monody.generation.parts import Task
from monody.generation.retries import (
    COPIED,
    COPY_BITS,
    TRIES,
    GeneratedMelody,
    RejectionSampler,
)
from monody.generation.writer import Draft
from monody.music.form_check import keeps_form
from monody.music.form_text import parse_form
from monody.music.melody import Melody
from monody.settings.sampling import SampleSettings
from tests.builders.midi_files import midi_file, read_back, tune


def _generate(experiment: Experiment, **asked: Any) -> Generation:
    return monody.generate(experiment, SampleSettings(**{"seed": 4, **asked}))


def _saved(generation: Generation, folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in generation.save(folder)]


@pytest.mark.parametrize("fixture", ["trained", "trained_steps"])
@pytest.mark.parametrize("file_length", [16, 100])
def test_files_read_back_by_other_libraries_are_exact(
    fixture: str, file_length: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    experiment: Experiment = request.getfixturevalue(fixture)
    generation = _generate(experiment, num_files=10, file_length=file_length)
    paths = generation.save(tmp_path)
    assert len(paths) == 10
    for path in paths:
        notes, end = read_back(path)
        assert notes[-1][1] + notes[-1][2] == end == file_length * 6
        for (_, start, duration), (_, following, _) in pairwise(notes):
            assert start + duration <= following
        [instrument] = pretty_midi.PrettyMIDI(str(path)).instruments
        assert len(instrument.notes) == len(notes)


@pytest.mark.parametrize("fixture", ["trained", "trained_steps"])
def test_free_files_end_with_a_note_by_the_limit(
    fixture: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    experiment: Experiment = request.getfixturevalue(fixture)
    generation = _generate(experiment, num_files=10, bars=12, free=True)
    for path in generation.save(tmp_path):
        notes, end = read_back(path)
        pickup = notes[0][1] >= 48
        assert notes[-1][1] + notes[-1][2] == end <= (12 + pickup) * 96


def test_the_same_seed_is_the_same_bytes(trained: Experiment, tmp_path: Path) -> None:
    first, again, other = (
        _saved(_generate(trained, num_files=3, file_length=32, seed=seed), tmp_path / n)
        for n, seed in (("a", 9), ("b", 9), ("c", 10))
    )
    assert first == again
    assert all(one != another for one, another in zip(first, other, strict=True))


@pytest.mark.parametrize("start", ["primer", "nothing"])
@pytest.mark.parametrize("best_of", [None, 7])
def test_another_number_of_files_gives_the_same_first_files(
    trained: Experiment, tmp_path: Path, start: str, best_of: int | None
) -> None:
    few, many = (
        _saved(
            _generate(
                trained, num_files=count, best_of=best_of, start=start, file_length=48
            ),
            tmp_path / str(count),
        )
        for count in (2, 5)
    )
    assert many[:2] == few
    assert len(set(many)) == 5


def test_the_best_are_those_with_the_lowest_scores(trained: Experiment) -> None:
    everything = _generate(trained, num_files=9, file_length=48)
    best = _generate(trained, num_files=3, best_of=9, file_length=48)
    assert best.tries == everything.tries == 9
    ranked = sorted(everything.generated, key=lambda one: one.score)
    assert [one.draft.task.index for one in best.generated] == [
        one.draft.task.index for one in ranked[:3]
    ]
    for one in everything.generated:
        assert one.novelty is not None
        assert one.score == pytest.approx(
            one.draft.bits_per_note + COPY_BITS * one.novelty.covered
        )


def test_no_seed_is_a_new_seed_and_is_saved(
    trained: Experiment, tmp_path: Path
) -> None:
    first, second = (
        _generate(trained, num_files=1, file_length=16, seed=None) for _ in range(2)
    )
    assert first.settings.seed != second.settings.seed
    first.save(tmp_path)
    [run] = json.loads((tmp_path / "manifest.json").read_text())
    assert run["settings"]["seed"] == first.settings.seed
    assert run["data_fingerprint"] == trained.load().data_fingerprint
    assert len(run["model_sha256"]) == 64


def test_the_manifest_says_what_is_known_of_each(
    trained: Experiment, tmp_path: Path
) -> None:
    generation = _generate(trained, num_files=3, file_length=48, key="C")
    generation.save(tmp_path)
    [run] = json.loads((tmp_path / "manifest.json").read_text())
    assert run["settings"] == generation.settings.to_json()
    assert run["first_tries"] == {"all": 3, "failed": generation.first_tries}
    assert run["held_out"]["melodies"] == 4
    for said, one in zip(run["melodies"], generation.generated, strict=True):
        assert said["bits_per_note"] == pytest.approx(one.draft.bits_per_note)
        assert said["cost_bits_per_note"]["key"] > 0
        assert said["failure"] is one.failure is None
        assert one.novelty is not None
        assert said["novelty"]["label"] == one.novelty.label
        assert said["novelty"]["notes"] == len(one.draft.melody)


@pytest.fixture
def waltz(tmp_path: Path) -> Path:
    """A melody of eight bars of 3/4, in another tempo."""
    path = tmp_path / "waltz.mid"
    notes = list(tune(50, meter=(3, 4)))
    path.write_bytes(
        midi_file([notes], ticks_per_quarter=24, tempos=[(0, 77.0)], meters=[(0, 3, 4)])
    )
    return path


def test_instrument_tempo_and_meter_arrive(
    trained: Experiment, tmp_path: Path, waltz: Path
) -> None:
    settings = SampleSettings(num_files=2, file_length=24, midi_instrument="FLUTE")
    generation = monody.generate(trained, settings, prime_file=waltz)
    [first, _] = generation.save(tmp_path / "out")
    file = pretty_midi.PrettyMIDI(str(first))
    assert file.instruments[0].program == 73
    assert file.get_tempo_changes()[1][0] == pytest.approx(77, rel=1e-4)
    sign = file.time_signature_changes[0]
    assert (sign.numerator, sign.denominator) == (3, 4)


def test_the_primer_comes_first_in_the_file_tick_for_tick(
    trained: Experiment, tmp_path: Path, waltz: Path
) -> None:
    asked: dict[str, Any] = {"num_files": 2, "bars": 4, "seed": 1, "prime_bars": "3-4"}
    with_it, without = (
        monody.generate(
            trained, SampleSettings(**asked, with_primer=value), prime_file=waltz
        ).save(tmp_path / str(value))
        for value in (True, False)
    )
    heard = tune(50, meter=(3, 4)).between(2 * 72, 4 * 72)
    for path, alone in zip(with_it, without, strict=True):
        notes, end = read_back(path)
        assert notes[: len(heard)] == list(heard)
        new = [(pitch, start - 2 * 72, ticks) for pitch, start, ticks in notes]
        assert new[len(heard) :] == read_back(alone)[0]
        assert end == 6 * 72


def test_primers_are_moved_to_the_key_that_is_asked_for(
    trained: Experiment, waltz: Path
) -> None:
    settings = SampleSettings(num_files=1, bars=4, key="C#", prime_bars="1-8", seed=1)
    [primer] = monody.generate(trained, settings, prime_file=waltz).primers
    assert primer is not None
    assert primer.transposed == 1
    assert primer.music.pitches.tolist() == [
        pitch + 1 for pitch, _, _ in tune(50, meter=(3, 4))
    ]


def test_what_has_collapsed_at_first_is_tried_again_and_counted(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {"num_files": 4, "file_length": 48}
    asked["takes"] = 1  # so that a verdict is that of a melody
    monkeypatch.setattr(writing, "collapse_of", lambda *_, **__: None)
    usual = _generate(trained, **asked)
    verdicts = iter(["silence", None, "one note", "silence"])
    monkeypatch.setattr(writing, "collapse_of", lambda *_, **__: next(verdicts, None))
    guarded = _generate(trained, **asked)
    assert guarded.first_tries == {"silence": 2, "one note": 1}
    assert guarded.tries == 4
    tries = [one.draft.task.attempt for one in guarded.generated]
    assert tries == [1, 0, 1, 1]
    same = [a == b for a, b in zip(guarded.melodies, usual.melodies, strict=True)]
    assert same == [False, True, False, False]
    guarded.save(tmp_path)
    [run] = json.loads((tmp_path / "manifest.json").read_text())
    assert run["first_tries"] == {"all": 4, "failed": {"silence": 2, "one note": 1}}
    assert [m["passport"]["attempt"] for m in run["melodies"]] == tries


class _Recites:
    """Writes a training melody first, and then, once, something of its own."""

    def __init__(self, known: Melody, own: Melody, copies: int) -> None:
        self.known, self.own, self.copies = known, own, copies
        self.written: list[Task] = []

    memory_bytes = 0

    @property
    def can_travel(self) -> bool:
        return True

    @property
    def usual_ticks(self) -> int:
        return self.known.end

    def write(self, tasks: Sequence[Task]) -> list[Draft]:
        self.written += tasks
        return [
            Draft(task, melody, melody.end, 1.0, {})
            for task in tasks
            for melody in [self.known if task.attempt < self.copies else self.own]
        ]


def _attempts(
    experiment: Experiment, copies: int, **asked: Any
) -> tuple[list[GeneratedMelody], dict[str, int], _Recites]:
    known = known_melodies(experiment)
    assert known is not None
    own = Melody.from_notes(
        [(40 + (7 * n * n) % 41, 12 * n, 12) for n in range(64)]  # no tune's
    )
    writer = _Recites(experiment.side("train")[0], own, copies)
    settings = SampleSettings(**asked)
    run = RejectionSampler(writer, settings, lambda *_: None, known).run
    generated, first_tries = run([0, 1], lambda *_: None)
    return generated, first_tries, writer


def test_what_copies_too_much_is_tried_again(trained: Experiment) -> None:
    generated, first_tries, _ = _attempts(trained, 2, max_copy=4.0)
    assert first_tries == {COPIED: 2}
    assert [one.draft.task.attempt for one in generated] == [2, 2]
    assert {one.failure for one in generated} == {None}
    _, first_tries, writer = _attempts(trained, 2, max_copy=99.0)
    assert (first_tries, len(writer.written)) == ({}, 2)


@pytest.mark.parametrize(("temperature", "tries"), [(1.0, TRIES), (0.0, 1)])
def test_in_the_end_what_there_is_is_kept_and_said(
    trained: Experiment, temperature: float, tries: int
) -> None:
    generated, first_tries, writer = _attempts(
        trained, TRIES, max_copy=4.0, temperature=temperature
    )
    assert [one.failure for one in generated] == [COPIED, COPIED]
    assert len(writer.written) == 2 * tries
    assert first_tries == {COPIED: 2}


def test_files_obey_the_limit_on_copies(trained: Experiment) -> None:
    free = _generate(trained, num_files=12, bars=8)
    runs = [one.novelty.longest_bars for one in free.generated if one.novelty]
    most = float(np.median(runs))
    held = _generate(trained, num_files=12, bars=8, max_copy=most)
    assert held.first_tries[COPIED] == sum(run > most for run in runs)
    for one in held.generated:
        assert one.novelty is not None
        assert one.novelty.longest_bars <= most or one.failure == COPIED


def test_a_training_melody_is_a_copy_of_itself_in_any_key(trained: Experiment) -> None:
    known = known_melodies(trained)
    assert known is not None
    assert known.usual.melodies == 4
    for melody in trained.side("train")[:4]:
        for copied in (melody, melody.transposed(3)):
            found = known.look_up(copied)
            assert found.label == "copy"
            assert (found.source, found.covered) == (melody.source, 1.0)


def test_a_model_file_alone_is_enough_but_knows_no_copies(
    trained: Experiment, tmp_path: Path
) -> None:
    alone = tmp_path / "mine.keras"
    shutil.copy(trained.model_path, alone)
    generation = _generate(Experiment.open(alone), num_files=2, file_length=32)
    assert generation.primers == (None, None)
    assert [one.novelty for one in generation.generated] == [None, None]
    assert generation.usual is None
    paths = generation.save()
    assert paths == [tmp_path / "generated" / f"{i}.mid" for i in (1, 2)]
    assert read_back(paths[0])[1] == 32 * 6
    [run] = json.loads((tmp_path / "generated/manifest.json").read_text())
    assert run["held_out"] is None
    assert {melody["novelty"] for melody in run["melodies"]} == {None}


def test_the_form_of_a_file_is_taken_and_kept_in_letters(
    trained: Experiment, tmp_path: Path
) -> None:
    first, other = tune(3, bars=4), tune(8, bars=4)
    notes = [
        (pitch, start + 384 * place, ticks)
        for place, part in enumerate([first, first, other, first])
        for pitch, start, ticks in part
    ]
    mine = tmp_path / "mine.mid"
    mine.write_bytes(midi_file([notes], ticks_per_quarter=24))
    generation = _generate(trained, num_files=2, form=f"like:{mine}")
    settings = generation.settings
    assert (settings.form, settings.bars) == ("AABA", 16)
    for melody in generation.melodies:
        assert keeps_form(melody, parse_form("AABA"), 16)
    path = generation.save(tmp_path / "out")[0]
    mine.unlink()
    assert monody.again(path, trained.folder).melodies == generation.melodies[:1]


@pytest.mark.parametrize(
    ("form", "said"),
    [("like:gone.mid", "no file 'gone.mid': name a"), ("like:.", "is a folder")],
)
def test_a_file_whose_form_is_not_there_is_named(
    trained: Experiment, form: str, said: str
) -> None:
    with pytest.raises(MonodyError, match=said) as refused:
        _generate(trained, form=form)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("start", ["primer", "nothing"])
def test_the_last_note_ends_in_the_last_bar(trained: Experiment, start: str) -> None:
    for bars in (1, 5, 40):
        for melody in _generate(trained, num_files=4, bars=bars, start=start).melodies:
            last = bars + (melody.starts[0] >= 48)  # a pickup comes before bar 1
            assert (last - 1) * 96 < melody.end <= last * 96


def test_a_style_is_for_models_that_have_styles(trained: Experiment) -> None:
    with pytest.raises(MonodyError, match="has learnt one style, its own") as refused:
        _generate(trained, style="hymn")
    assert "\n" not in str(refused.value)


def test_mistakes_are_named(trained: Experiment) -> None:
    with pytest.raises(SettingError, match="midi_instrument"):
        monody.generate(trained, SampleSettings(midi_instrument="kazoo"))
    with pytest.raises(SettingError, match=r"best_of must be at least num_files, 10"):
        SampleSettings(best_of=9)
    with pytest.raises(SettingError, match="form is 'AABA', .* but --pickup asks"):
        SampleSettings(form="AABA", pickup=True)
