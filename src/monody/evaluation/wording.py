"""A scorecard in words, for the terminal and for the page of a training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from monody.corpus.report import counted, printable
from monody.evaluation.sample_quality import (
    MIN_MELODIES,
    Resemblance,
    SampleQuality,
)
from monody.evaluation.scorecard import FROM_NOTHING, Comparison, Scorecard
from monody.experiments.scores import BASE_ALONE
from monody.models.surprisal import Score

OTHER_NETWORKS = {
    BASE_ALONE: "the base alone",
    FROM_NOTHING: "the one from nothing",
}
FEW_MELODIES = 8  # with fewer an interval over melodies means little
EVEN = 50  # of 100: what guessing gets right
VAGUE = 20  # of 100: an interval that is wider says little
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


def music_about(music: SampleQuality) -> Iterator[str]:
    """Yield lines that say which melodies the network's own are compared with.

    Args:
        music: The comparison.
    """
    real, generated = music.real, music.generated
    written = counted(generated.generated_melodies, "generated melody")
    beside = f"{written} (seed {music.seed}) beside {generated.real_melodies:,}"
    if real.data is not None:
        yield f"{beside} of {printable(real.data)}"
    elif real.training:
        yield (
            f"{beside} real ones: {real.held_out:,} that were held out, too few to "
            f"compare with alone, and {real.training:,} that it was trained on"
        )
    else:
        yield f"{beside} of {real.held_out:,} held-out ones"
    if real.left_out:
        yield f"left out: {real.left_out:,} that are like a training melody"
    if music.ceiling:
        yield "real ones beside real ones: one half of these beside the other"


def music_meaning(music: SampleQuality) -> str:
    """Say in plain words how alike the network's melodies and real ones are.

    Args:
        music: The comparison.
    """
    generated = music.generated
    accuracy, interval = generated.classifier_accuracy, generated.classifier_interval_95
    real = counted(generated.real_melodies, "real melody")
    if accuracy is None or interval is None:
        return (
            f"There are too few melodies to compare with, {real}: {MIN_MELODIES} are "
            "needed. Train on more, or name a folder of others with --data_dir."
        )
    low, high = (100 * edge for edge in interval)
    if low > EVEN:
        verdict = "they differ, and not by chance"
    elif high - low > VAGUE:
        verdict = "too few to hear whether they differ"
    else:
        verdict = "no difference that could not be chance"
    return (
        "Asked whether a melody is real or the network's, a listener who goes by "
        "pitches, note lengths, intervals, key and repetition is right "
        f"{100 * accuracy:.0f} times in 100; who guesses, {EVEN} times. By {real} this "
        f"is known to be between {low:.0f} and {high:.0f}: {verdict}."
    )


def music_rows(music: SampleQuality) -> Iterator[tuple[str, ...]]:
    """Yield what is compared, its figure, and that of real ones beside real ones.

    Nothing where there are too few melodies; one figure where there are too few for the
    second.

    Args:
        music: The comparison.
    """
    sides = [side for side in music.sides if side.overlap is not None]
    for name in sides[0].overlap or () if sides else ():
        areas = (f"{side.overlap[name]:.2f}" for side in sides if side.overlap)
        yield name.replace("_", " "), *areas
    if sides:
        yield "notes in key", *(f"{side.generated_in_key_share:.0%}" for side in sides)
        yield "told apart (95 %), 50% is perfect", *map(_told_apart, sides)


def _told_apart(side: Resemblance) -> str:
    """Print how often a classifier is right, and the interval: ``"65% (49..79)"``."""
    low, high = (f"{100 * edge:.0f}" for edge in side.classifier_interval_95 or (0, 1))
    return f"{side.classifier_accuracy:.0%} ({low}..{high})"


def _choices(score: Score) -> str:
    """Return the perplexity: how many equally likely notes are as hard to guess."""
    choices = 2**score.bits_per_note
    return f"{choices:,.1f}" if choices < 10 else f"{choices:,.0f}"
