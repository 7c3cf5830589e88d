"""What is said of a training that is over: what it means, then the figures."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Mapping

from monody.cli.verbosity import detail, say, say_written
from monody.errors import MonodyError
from monody.experiments.base import open_experiment
from monody.experiments.experiment import Experiment
from monody.experiments.scores import BASE_ALONE, BIGRAM, SideScores

MEANINGS = {"validation": "used to choose the weights", "test": "used for nothing else"}


def say_training(experiment: Experiment) -> None:
    """Say how good a network has become, what to do next, and where it is.

    Args:
        experiment: A training that is over.
    """
    scores = experiment.scores()
    say(f"{in_words(scores)}; next: monody sample{_named(experiment)}")
    for side, meaning in MEANINGS.items():
        if side in scores:
            detail(_figures(side, meaning, scores[side]))
    detail(f"more of them: monody evaluate {shlex.quote(str(experiment.folder))}")
    say_written([experiment.model_path], "model")


def in_words(scores: Mapping[str, SideScores]) -> str:
    """Say how well a network predicts melodies that it was not trained on.

    Args:
        scores: Of the held-out sides; those used for nothing else count, where there
            are any.

    Example:
        >>> import monody
        >>> from monody.cli.train_report import in_words
        >>> in_words(monody.Experiment("experiments/01").scores())
        'it predicts held-out melodies with ... bits a note, ... than counting pairs'
    """
    judged = scores.get("test") or scores.get("validation")
    if judged is None:
        return (
            "how well it predicts is not known: too few melodies that differ to hold "
            "any out"
        )
    figure, pairs = judged.score.bits_per_note, judged.references[BIGRAM].bits_per_note
    percent = round(100 * (1 - figure / pairs))
    than = f"{abs(percent)} % {'fewer' if percent > 0 else 'more'} than"
    compared = f"{than if percent else 'as many as'} counting pairs"
    base = ""
    if BASE_ALONE in judged.references:
        base = f" (the base alone {judged.references[BASE_ALONE].bits_per_note:.2f})"
    return (
        f"it predicts held-out melodies with {figure:.2f} bits a note{base}, {compared}"
    )


def _named(experiment: Experiment) -> str:
    """Return the option that names an experiment; empty if it is the usual one."""
    with contextlib.suppress(MonodyError):
        if open_experiment().folder.absolute() == experiment.folder.absolute():
            return ""
    return f" --experiment_dir {shlex.quote(str(experiment.folder))}"


def _figures(side: str, meaning: str, scores: SideScores) -> str:
    """Say the figures of one side beside those of counting pairs, and of the base."""
    score, references = scores.score, scores.references
    figure, bigram = score.bits_per_note, references[BIGRAM].bits_per_note
    gain = 1 - figure / bigram
    base = ""
    if BASE_ALONE in references:
        base = f"; the base alone: {references[BASE_ALONE].bits_per_note:.2f}"
    return (
        f"held-out {side} melodies ({score.melodies}, {meaning}): {figure:.2f} bits "
        f"per note, {abs(gain):.0%} {'below' if gain >= 0 else 'above'} a bigram's "
        f"{bigram:.2f}{base}"
    )
