"""A scorecard in words, for the terminal and for the page of a training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from monody.corpus.wording import counted
from monody.errors import printable
from monody.evaluation.sample_quality import (
    MIN_MELODIES,
    Resemblance,
    SampleQuality,
)
from monody.evaluation.scorecard import FROM_NOTHING, Comparison, Scorecard
from monody.experiments.scores import BASE_ALONE
from monody.models.surprisal import Score
from monody.sentences import translated
from monody.translation import decimal, grouped, marked, ngettext
from monody.translation import gettext as _

OTHER_NETWORKS = {
    BASE_ALONE: marked("the base alone"),
    FROM_NOTHING: marked("the one from nothing"),
}
# The names of other models and of what is compared, as the JSON has them but for the
# underscores: marked here, so that the catalogue has them.
NAMES = marked((
    "uniform", "unigram", "bigram", "variable order", "base alone", "from nothing",
    "pitch class shares", "interval shares", "duration shares", "range semitones",
    "notes per quarter", "repetition after 1 bar", "repetition after {bars} bars",
    "in key share",
))  # fmt: skip
MIN_TELLING_MELODIES = 8  # with fewer an interval over melodies means little
EVEN = 50  # of 100: what guessing gets right
VAGUE = 20  # of 100: an interval that is wider says little
MEANINGS = {
    "test": marked("training did not look at them"),
    "validation": marked("not trained on, but they chose the weights"),
    "both": marked("not trained on, but half of them chose the weights"),
}


class ModelRow(NamedTuple):
    """One row of the scorecard: a model and its figures."""

    model: str
    figures: tuple[str, ...]  # one for each of ``titles_of``


class ScorecardWords(NamedTuple):
    """A scorecard in words."""

    about: tuple[str, ...]  # lines: the model's file, then which melodies were judged
    titles: tuple[str, ...]  # of the columns, in two lines each; the model's has none
    rows: tuple[ModelRow, ...]  # the network, then the strongest reference first
    meaning: str  # a sentence, without bits


def scorecard_in_words(card: Scorecard) -> ScorecardWords:
    """Put a scorecard into words, as ``monody evaluate`` shows it.

    Args:
        card: What ``evaluate`` returned.

    Example:
        >>> import monody
        >>> card = monody.evaluate(monody.open_experiment("experiments/01"))
        >>> monody.scorecard_in_words(card).rows[0].model
        'network'
    """
    return ScorecardWords(
        tuple(about(card)), tuple(titles_of(card)), tuple(rows_of(card)), meaning(card)
    )


def about(card: Scorecard) -> Iterator[str]:
    """Yield lines that say which melodies were judged, and what to know of them.

    Args:
        card: The scorecard.
    """
    notes = f"{counted(card.score.notes, 'note')}, {decimal(card.seconds, '.1f')} s"
    yield f"{printable(card.model)} ({card.encoding})"
    if card.part is None:
        melodies = counted(card.score.melodies, "melody")
        yield _("judged on {melodies} of {folder}, {notes}").format(
            melodies=melodies, folder=printable(card.data), notes=notes
        )
    else:
        yield _("judged on {melodies}, {notes}: {meaning}").format(
            melodies=_held_out(card.part, card.score.melodies),
            notes=notes,
            meaning=_(MEANINGS[card.part]),
        )
    if card.like_training:
        yield _("{count} of them are like a training melody: easy to know").format(
            count=card.like_training
        )
    if not card.references:
        yield _("no reference models: there are no training melodies beside the model")


def _held_out(part: str, count: int) -> str:
    """Count melodies of the halves that were held out."""
    if part == "test":
        return ngettext("{count} test melody", "{count} test melodies", count)
    if part == "validation":
        return ngettext(
            "{count} validation melody", "{count} validation melodies", count
        )
    return ngettext("{count} held-out melody", "{count} held-out melodies", count)


def titles_of(card: Scorecard) -> list[str]:
    """Return the titles of the columns, in two lines each; the model's has none.

    Args:
        card: The scorecard.
    """
    titles = [
        _("bits per note\n(95 %)"),
        _("of\npitch"),
        _("of\nlength"),
        _("pitch\nright"),
        _("length\nright"),
    ]
    return [*titles, _("bits saved\n(95 %)")] if card.references else titles


def rows_of(card: Scorecard) -> list[ModelRow]:
    """Return a row for each model: the network, then the strongest reference first.

    Args:
        card: The scorecard.
    """
    ours = _("fine-tuned") if BASE_ALONE in card.references else _("network")
    rows = [ModelRow(ours, _figures(card.score))]
    for name, reference in _strongest_first(card):
        low, high = (f"{100 * edge:.0f}" for edge in reference.saving.interval_95)
        saved = f"{reference.saving.share:.0%} ({low}..{high})"
        figures = (*_figures(reference.score), saved)
        rows.append(ModelRow(_(name.replace("_", " ")), figures))
    return rows


def _figures(score: Score) -> tuple[str, ...]:
    """Print the figures of a model, bits to three digits."""
    bits, low, high, pitch, duration = (
        decimal(figure, "#.3g")
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
    said = _(
        "Asked for the next note, pitch and length together, the network is as unsure "
        "as if it chose among {choices} that are equally likely"
    ).format(choices=_choices(card.score))
    if not card.references:
        return f"{said}."
    name, strongest = _strongest_first(card)[0]
    low, high = strongest.saving.interval_95
    if card.score.melodies < MIN_TELLING_MELODIES:
        verdict = _("too few melodies to say which of them knows such music better")
    elif low <= 0 <= high:
        verdict = _("so near that other melodies of this kind could turn it round")
    elif low > 0:
        verdict = _("the network knows such music better, and not by chance")
    else:
        verdict = _("the network knows such music less well, and not by chance")
    if name in OTHER_NETWORKS:
        other = _(OTHER_NETWORKS[name])
    else:
        other = _("the {name} model").format(name=_(name.replace("_", " ")))
    return _("{said}, {other} among {choices}: {verdict}.").format(
        said=said, other=other, choices=_choices(strongest.score), verdict=verdict
    )


def music_about(music: SampleQuality) -> Iterator[str]:
    """Yield lines that say which melodies the network's own are compared with.

    Args:
        music: The comparison.
    """
    real, generated = music.real, music.generated
    written = counted(generated.generated_melodies, "generated melody")
    beside = _("{melodies} (seed {seed}) beside {count}").format(
        melodies=written, seed=music.seed, count=grouped(generated.real_melodies)
    )
    if real.data is not None:
        yield _("{beside} of {folder}").format(
            beside=beside, folder=printable(real.data)
        )
    elif real.training:
        yield _(
            "{beside} real ones: {held_out} that were held out, too few to compare "
            "with alone, and {training} that it was trained on"
        ).format(
            beside=beside,
            held_out=grouped(real.held_out),
            training=grouped(real.training),
        )
    else:
        yield _("{beside} of {count} held-out ones").format(
            beside=beside, count=grouped(real.held_out)
        )
    if real.left_out:
        yield _("left out: {count} that are like a training melody").format(
            count=grouped(real.left_out)
        )
    if music.ceiling:
        yield _("real ones beside real ones: one half of these beside the other")


def music_meaning(music: SampleQuality) -> str:
    """Say in plain words how alike the network's melodies and real ones are.

    Args:
        music: The comparison.
    """
    generated = music.generated
    accuracy, interval = generated.classifier_accuracy, generated.classifier_interval_95
    real = counted(generated.real_melodies, "real melody")
    if accuracy is None or interval is None:
        return _(
            "There are too few melodies to compare with, {melodies}: {count} are "
            "needed. Train on more, or name a folder of others with --data_dir."
        ).format(melodies=real, count=MIN_MELODIES)
    low, high = (100 * edge for edge in interval)
    if low > EVEN:
        verdict = _("they differ, and not by chance")
    elif high - low > VAGUE:
        verdict = _("too few to hear whether they differ")
    else:
        verdict = _("no difference that could not be chance")
    return _(
        "Asked whether a melody is real or the network's, a listener who goes by "
        "pitches, note lengths, intervals, key and repetition is right {right} times "
        "in 100; who guesses, {even} times. By {melodies} this is known to be between "
        "{low} and {high}: {verdict}."
    ).format(
        right=f"{100 * accuracy:.0f}",
        even=EVEN,
        melodies=real,
        low=f"{low:.0f}",
        high=f"{high:.0f}",
        verdict=verdict,
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
        areas = (decimal(side.overlap[name], ".2f") for side in sides if side.overlap)
        yield translated(name.replace("_", " ")), *areas
    if sides:
        yield (
            _("notes in key"),
            *(f"{side.generated_in_key_share:.0%}" for side in sides),
        )
        yield _("told apart (95 %), 50% is perfect"), *map(_told_apart, sides)


def _told_apart(side: Resemblance) -> str:
    """Print how often a classifier is right, and the interval: ``"65% (49..79)"``."""
    low, high = (f"{100 * edge:.0f}" for edge in side.classifier_interval_95 or (0, 1))
    return f"{side.classifier_accuracy:.0%} ({low}..{high})"


def _choices(score: Score) -> str:
    """Return the perplexity: how many equally likely notes are as hard to guess."""
    choices = 2**score.bits_per_note
    return decimal(choices, ".1f") if choices < 10 else grouped(round(choices))
