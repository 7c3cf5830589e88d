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
from monody.translation import decimal, marked
from monody.translation import gettext as _

MEANINGS = {
    "validation": marked("used to choose the weights"),
    "test": marked("used for nothing else"),
}


def say_training(experiment: Experiment) -> None:
    """Say how good a network has become, what to do next, and where it is.

    Args:
        experiment: A training that is over.
    """
    scores = experiment.scores()
    say(
        _("{scores}; next: monody sample{experiment}").format(
            scores=in_words(scores), experiment=_named(experiment)
        )
    )
    for side, meaning in MEANINGS.items():
        if side in scores:
            detail(_figures(side, meaning, scores[side]))
    detail(
        _("more of them: monody evaluate {folder}").format(
            folder=shlex.quote(str(experiment.folder))
        )
    )
    if experiment.record().devices:  # not of a version that did not say it
        detail(_waiting(experiment))
    say_written([experiment.model_path], marked("model"))


def _waiting(experiment: Experiment) -> str:
    """Say what share of its time a training waited for batches, and on what it was."""
    rows = experiment.history()
    seconds = sum(row["seconds"] for row in rows)
    waited = sum(row.get("seconds_waited", 0.0) for row in rows)
    return _("on {devices}; {percent} of the time training waited for its data").format(
        devices=experiment.record().devices,
        percent=decimal(waited / (seconds or 1), ".1%"),
    )


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
        return _(
            "how well it predicts is not known: too few melodies that differ to hold "
            "any out"
        )
    figure, pairs = judged.score.bits_per_note, judged.references[BIGRAM].bits_per_note
    percent = round(100 * (1 - figure / pairs))
    compared = _("as many as counting pairs")
    if percent > 0:
        compared = _("{percent} % fewer than counting pairs")
    elif percent < 0:
        compared = _("{percent} % more than counting pairs")
    base = ""
    if BASE_ALONE in judged.references:
        base = _(" (the base alone {bits})").format(
            bits=decimal(judged.references[BASE_ALONE].bits_per_note, ".2f")
        )
    return _(
        "it predicts held-out melodies with {bits} bits a note{base}, {compared}"
    ).format(
        bits=decimal(figure, ".2f"),
        base=base,
        compared=compared.format(percent=abs(percent)),
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
        base = _("; the base alone: {bits}").format(
            bits=decimal(references[BASE_ALONE].bits_per_note, ".2f")
        )
    compared = _("{percent} below") if gain >= 0 else _("{percent} above")
    return _(
        "held-out {side} melodies ({count}, {meaning}): {bits} bits per note, "
        "{compared} a bigram's {bigram}{base}"
    ).format(
        side=_(side),
        count=score.melodies,
        meaning=_(meaning),
        bits=decimal(figure, ".2f"),
        compared=compared.format(percent=f"{abs(gain):.0%}"),
        bigram=decimal(bigram, ".2f"),
        base=base,
    )
