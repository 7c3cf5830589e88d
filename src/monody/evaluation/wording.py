"""A scorecard in words, for the terminal and for the page of a training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from monody.corpus.report import counted, printable
from monody.evaluation.scorecard import FROM_NOTHING, Comparison, Scorecard
from monody.experiments.scores import BASE_ALONE
from monody.models.surprisal import Score

OTHER_NETWORKS = {
    BASE_ALONE: "the base alone",
    FROM_NOTHING: "the one from nothing",
}
FEW_MELODIES = 8  # with fewer an interval over melodies means little
MEANINGS = {
    "test": "training did not look at them",
    "validation": "not trained on, but they chose the weights",
    "both": "not trained on, but half of them chose the weights",
}


class ModelRow(NamedTuple):
    """One row of the scorecard: a model and its figures."""

    model: str
    figures: tuple[str, ...]  # one for each of ``titles_of``


def about(card: Scorecard) -> Iterator[str]:
    """Yield lines that say which melodies were judged, and what to know of them.

    Args:
        card: The scorecard.
    """
    notes = f"{counted(card.score.notes, 'note')}, {card.seconds:.1f} s"
    yield f"{printable(card.model)} ({card.encoding})"
    if card.part is None:
        melodies = counted(card.score.melodies, "melody")
        yield f"judged on {melodies} of {printable(card.data)}, {notes}"
    else:
        kind = "held-out" if card.part == "both" else card.part
        melodies = counted(card.score.melodies, f"{kind} melody")
        yield f"judged on {melodies}, {notes}: {MEANINGS[card.part]}"
    if card.like_training:
        yield f"{card.like_training} of them are like a training melody: easy to know"
    if not card.references:
        yield "no reference models: there are no training melodies beside the model"


def titles_of(card: Scorecard) -> list[str]:
    """Return the titles of the columns, in two lines each; the model's has none.

    Args:
        card: The scorecard.
    """
    titles = ["bits per note\n(95 %)", "of\npitch", "of\nlength", "pitch\nright",
              "length\nright"]  # fmt: skip
    return [*titles, "bits saved\n(95 %)"] if card.references else titles


def rows_of(card: Scorecard) -> list[ModelRow]:
    """Return a row for each model: the network, then the strongest reference first.

    Args:
        card: The scorecard.
    """
    ours = "fine-tuned" if BASE_ALONE in card.references else "network"
    rows = [ModelRow(ours, _figures(card.score))]
    for name, reference in _strongest_first(card):
        low, high = (f"{100 * edge:.0f}" for edge in reference.saving.interval_95)
        saved = f"{reference.saving.share:.0%} ({low}..{high})"
        figures = (*_figures(reference.score), saved)
        rows.append(ModelRow(name.replace("_", " "), figures))
    return rows


def _figures(score: Score) -> tuple[str, ...]:
    """Print the figures of a model, bits to three digits."""
    bits, low, high, pitch, duration = (
        f"{figure:#.3g}"
        for figure in (
            score.bits_per_note,
            *score.interval_95,
            score.pitch_bits_per_note,
            score.duration_bits_per_note,
        )
    )
    accuracies = f"{score.pitch_accuracy:.0%}", f"{score.duration_accuracy:.0%}"
    return (f"{bits} ({low}..{high})", pitch, duration, *accuracies)


def _strongest_first(card: Scorecard) -> list[tuple[str, Comparison]]:
    """Order the references by their bits per note, the fewest first."""
    return sorted(card.references.items(), key=lambda item: item[1].score.bits_per_note)


def meaning(card: Scorecard) -> str:
    """Say in a sentence, without bits, how good the network is.

    Args:
        card: The scorecard.
    """
    said = (
        "Asked for the next note, pitch and length together, the network is as unsure "
        f"as if it chose among {_choices(card.score)} that are equally likely"
    )
    if not card.references:
        return f"{said}."
    name, strongest = _strongest_first(card)[0]
    low, high = strongest.saving.interval_95
    if card.score.melodies < FEW_MELODIES:
        verdict = "too few melodies to say which of them knows such music better"
    elif low <= 0 <= high:
        verdict = "so near that other melodies of this kind could turn it round"
    else:
        better = "better" if low > 0 else "less well"
        verdict = f"the network knows such music {better}, and not by chance"
    other = OTHER_NETWORKS.get(name, f"the {name.replace('_', ' ')} model")
    return f"{said}, {other} among {_choices(strongest.score)}: {verdict}."


def _choices(score: Score) -> str:
    """Return the perplexity: how many equally likely notes are as hard to guess."""
    choices = 2**score.bits_per_note
    return f"{choices:,.1f}" if choices < 10 else f"{choices:,.0f}"
