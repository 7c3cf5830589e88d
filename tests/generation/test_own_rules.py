"""Rules of a program's own: what they say holds in every melody that is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import monody
from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.generation.constraints.own_rules import Place, keeps_rules, name_of
from monody.generation.writer import AGAINST_A_RULE

TRIAD = (0, 4, 7)


def small_steps(place: Place) -> Iterable[int] | None:
    """No leap is larger than a fifth."""
    if place.latest is None:
        return None
    return range(place.latest - 7, place.latest + 8)


def triad_on_downbeats(place: Place) -> Iterable[int] | None:
    """On each downbeat a note of C major's triad; in odd bars of one a tone higher."""
    if place.tick:
        return None
    higher = 2 * (place.bar % 2)
    return [pitch for pitch in range(128) if (pitch - higher) % 12 in TRIAD]


def settings(**asked: object) -> monody.SampleSettings:
    usual = {"num_files": 2, "bars": 4, "meter": "4/4", "seed": 5, "pickup": False}
    return monody.SampleSettings(**{**usual, **asked})  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["notes", "steps"])
def test_a_rule_holds_in_every_melody(
    encoding: str, request: pytest.FixtureRequest
) -> None:
    name = {"notes": "trained", "steps": "trained_steps"}[encoding]
    experiment: Experiment = request.getfixturevalue(name)
    free = monody.generate(experiment, settings()).melodies
    rules = [small_steps, triad_on_downbeats]
    made = monody.generate(experiment, settings(), rules=rules)
    assert not all(keeps_rules(melody, rules) for melody in free)
    assert all(one.failure is None for one in made.generated)
    for melody in made.melodies:
        assert np.abs(np.diff(melody.pitches)).max() <= 7
        for note in melody:
            bar, tick = divmod(note.start, 96)
            assert tick or (note.pitch - 2 * (bar % 2)) % 12 in TRIAD
    assert made.generated[0].draft.cost_bits["own"] > 0


def test_other_rules_hold_as_well(trained: Experiment) -> None:
    asked = settings(bars=8, key="C", range="C4..C6", end="tonic")
    made = monody.generate(trained, asked, rules=[small_steps])
    for melody in made.melodies:
        assert melody.end == 8 * 96
        assert set((melody.pitches % 12).tolist()) <= {0, 2, 4, 5, 7, 9, 11}
        assert melody.pitches[-1] % 12 == 0
        assert np.abs(np.diff(melody.pitches)).max() <= 7


def test_a_rule_is_told_the_bar_of_the_whole_melody(trained: Experiment) -> None:
    # Far longer than the tunes that it has learnt from: it is written in parts.
    bars = 3 * trained.load().record.style.max_bars
    made = monody.generate(
        trained, settings(num_files=1, bars=bars), rules=[triad_on_downbeats]
    )
    assert made.generated[0].failure is None
    assert keeps_rules(made.melodies[0], [triad_on_downbeats])


def test_the_first_new_note_follows_the_primer(trained: Experiment) -> None:
    low, high = trained.load().record.style.pitch_range
    primer = monody.Melody.from_notes([(low, 0, 48), (high, 48, 48)])
    asked = settings(num_files=2, start="primer", with_primer=False)
    made = monody.generate(trained, asked, prime_melody=primer, rules=[small_steps])
    for one in made.generated:
        assert abs(int(one.draft.melody.pitches[0]) - high) <= 7


def test_a_melody_that_no_rule_lets_be_is_written_and_marked(
    trained: Experiment,
) -> None:
    def silence(_: Place) -> Iterable[int]:
        return ()

    # Without chance: each try would be the same.
    asked = settings(num_files=1, temperature=0)
    made = monody.generate(trained, asked, rules=[silence])
    assert made.generated[0].failure == AGAINST_A_RULE
    assert made.first_tries == {AGAINST_A_RULE: 1}


class Above:
    """A rule with a setting of its own."""

    def __init__(self, lowest: int) -> None:
        self.lowest = lowest

    def __call__(self, place: Place) -> Iterable[int]:
        return range(self.lowest, 200)  # what is no pitch is left out


def test_what_a_rule_is_called() -> None:
    assert name_of(small_steps) == "small_steps"
    assert name_of(Above(60)) == "Above"
    assert name_of(lambda _: None) == "rule"


def test_a_melody_is_made_again_with_the_same_rules_only(
    trained: Experiment, tmp_path: Path
) -> None:
    rules: list[monody.NoteRule] = [small_steps, Above(62)]
    made = monody.generate(trained, settings(num_files=1), rules=rules)
    [path] = made.save(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    assert "small_steps" in json.dumps(manifest)
    once_more = monody.again(path, trained, rules)
    assert once_more.melodies == made.melodies
    [copy] = once_more.save()
    assert copy.read_bytes() == path.read_bytes()
    with pytest.raises(MonodyError, match=r"\(small_steps, Above\), not none"):
        monody.again(path, trained)
    with pytest.raises(MonodyError, match="does not hold"):
        monody.vary(path, {"temperature": 0.5}, experiment_dir=trained)
    rewritten = monody.vary(
        path, how=monody.Rewrite(keep="rhythm"), experiment_dir=trained
    )
    assert len(rewritten.melodies[0]) == len(made.melodies[0])


@pytest.mark.parametrize("rules", ["x", ["a b"], [7], ["\x1b[31m"], ["x" * 101]])
def test_names_of_rules_that_nobody_wrote_are_refused(
    rules: object, trained: Experiment
) -> None:
    [output] = monody.generate(trained, settings(num_files=1)).outputs
    saved = {**output.provenance.to_json(), "rules": rules}
    with pytest.raises(MonodyError, match="not as this version"):
        type(output.provenance).from_json(saved)
