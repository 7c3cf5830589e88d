"""A scorecard in words: what the terminal and the page of a training show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from monody.corpus.report import counted, printable
from monody.evaluation.scorecard import BASE_ALONE, FROM_NOTHING, Scorecard
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
    """A model of the scorecard."""

    model: str
    figures: tuple[str, ...]  # one for each of ``titles_of``


def about(card: Scorecard) -> Iterator[str]:
    """Say which melodies were judged, and what a reader should know of them."""
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
    """Name the columns of a scorecard, in two lines each."""
    titles = ["bits per note\n(95 %)", "of\npitch", "of\nlength", "pitch\nright",
              "length\nright"]  # fmt: skip
    return [*titles, "bits saved\n(95 %)"] if card.references else titles


def rows_of(card: Scorecard) -> list[ModelRow]:
    """Say how each model did: the network, then the strongest reference first."""
    ours = "fine-tuned" if BASE_ALONE in card.references else "network"
    rows = [ModelRow(ours, _figures(card.score))]
    for name in _strongest_first(card):
        score, saving = card.references[name].score, card.references[name].saving
        low, high = (f"{100 * edge:.0f}" for edge in saving.interval_95)
        saved = f"{saving.share:.0%} ({low}..{high})"
        rows.append(ModelRow(name.replace("_", " "), (*_figures(score), saved)))
    return rows


def _figures(score: Score) -> tuple[str, ...]:
    """Print a model's figures, bits to three digits."""
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


def _strongest_first(card: Scorecard) -> list[str]:
    """Order the references by their bits."""
    references = card.references
    return sorted(references, key=lambda name: references[name].score.bits_per_note)


def meaning(card: Scorecard) -> str:
    """Say in a sentence, without bits, how good the network is."""
    said = (
        "Asked for the next note, pitch and length together, the network is as unsure "
        f"as if it chose among {_choices(card.score)} that are equally likely"
    )
    if not card.references:
        return f"{said}."
    name = _strongest_first(card)[0]
    score, saving = card.references[name].score, card.references[name].saving
    low, high = saving.interval_95
    if card.score.melodies < FEW_MELODIES:
        verdict = "too few melodies to say which of them knows such music better"
    elif low <= 0 <= high:
        verdict = "so near that other melodies of this kind could turn it round"
    else:
        better = "better" if low > 0 else "less well"
        verdict = f"the network knows such music {better}, and not by chance"
    other = OTHER_NETWORKS.get(name, f"the {name.replace('_', ' ')} model")
    return f"{said}, {other} among {_choices(score)}: {verdict}."


def _choices(score: Score) -> str:
    """Return how many equally likely notes would be as hard to guess among."""
    choices = 2**score.bits_per_note
    return f"{choices:,.1f}" if choices < 10 else f"{choices:,.0f}"
