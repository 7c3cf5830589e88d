"""What is said of melodies that were written: in musical words, then in figures.

The words are always said, one line a melody. So is what copies, and what failed. The
figures are for ``--verbose``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from monody.cli.verbosity import detail, is_verbose, say, say_written
from monody.corpus.novelty import COPY, NEAR_COPY_COVERED, NEW, Novelty
from monody.corpus.usual_novelty import UsualNovelty
from monody.corpus.wording import counted
from monody.generation.generate import Generation
from monody.generation.retries import GeneratedMelody
from monody.music.heard_form import form_letters
from monody.music.key_finding import heard_scale
from monody.music.key_words import key_in_words
from monody.music.melody import Melody, lines_around
from monody.music.meter import TICKS_PER_QUARTER
from monody.music.scale import Scale
from monody.render.pickup import has_pickup
from monody.translation import decimal, grouped, marked
from monody.translation import gettext as _

MAX_ROWS = 20  # melodies that are listed one by one
RULE_NAMES = {
    "corpus": marked("what the corpus uses"),
    "durations": "--durations",
    "density": "--density",
    "key": "--key",
    "range": "--range",
    "end": "--end",
    "form": "--form",
    "grid": marked("the grid of the corpus"),
    "length": marked("the exact length"),
    "repeats": marked("no endless loops"),
    "rests": marked("no rest after a rest"),
    "register": marked("the register of the melody that is followed"),
    "own": marked("the program's own rules"),
}
MIN_COST_BITS = 0.005  # per note; less is not worth a word


def say_report(generation: Generation, paths: Sequence[Path]) -> None:
    """Say what was written.

    Args:
        generation: The melodies.
        paths: Their files.
    """
    no_primer = generation.primers[0] is None and generation.settings.continues
    if no_primer and generation.rewrite is None:
        say(_("no held-out melody to continue: the melodies start from nothing"))
    _say_melodies(generation, paths)
    for line in _warnings(generation, paths):
        say(line)
    for line in _figures(generation):
        detail(line)
    say_written(paths)


def headline(generation: Generation) -> str:
    """Say how many melodies were written, and how they were drawn.

    Args:
        generation: The melodies.
    """
    settings = generation.settings
    drawn = _("seed {seed}, temperature {temperature}").format(
        seed=settings.seed, temperature=settings.temperature_text
    )
    count = len(generation.generated)
    if generation.rewrite is not None:
        return f"{counted(count, 'rewrite')}, {drawn}"
    melodies = _("{melodies} of {length}").format(
        melodies=counted(count, "melody"), length=settings.length_text
    )
    return f"{melodies}, {drawn}"


def _say_melodies(generation: Generation, paths: Sequence[Path]) -> None:
    """Say a line for each of the first melodies."""
    width = max(len(path.name) for path in paths[:MAX_ROWS])
    settings = generation.settings
    for path, melody, one in zip(
        paths[:MAX_ROWS], generation.melodies, generation.generated, strict=False
    ):
        label = [_(one.novelty.label)] if one.novelty else []
        form = form_letters(melody, settings.named_form, settings.bars)
        said = [_("form {letters}").format(letters=form)] if form else []
        facts = ", ".join([melody_in_words(melody, settings.scale), *said, *label])
        say(f"{path.name:>{width}}  {facts}")
        if is_verbose():
            say(f"{'':{width}}  {_figures_of(one)}")
    if len(paths) > MAX_ROWS:
        say(
            _("... and {count} more: see manifest.json").format(
                count=grouped(len(paths) - MAX_ROWS)
            )
        )


def melody_in_words(melody: Melody, scale: Scale | None = None) -> str:
    """Say the key, the meter, the length and the time of a melody.

    Args:
        melody: As it was written.
        scale: The key that was asked for; by default the one that is heard.

    Example:
        >>> from monody import Melody, Meter
        >>> from monody.cli.sample_report import melody_in_words
        >>> notes = [(67, 0, 36), (71, 36, 36), (74, 72, 36), (67, 108, 36)]
        >>> melody_in_words(Melody.from_notes(notes, [Meter(0, 6, 8)], bpm=120))
        'G major, 6/8, 2 bars, 0:03'
    """
    if not len(melody):
        return _("no notes")
    meters = dict.fromkeys(map(str, melody.meters))
    pickup = has_pickup(melody)  # it comes before bar 1
    length = counted(len(lines_around(melody)) - 1 - pickup, "bar")
    if pickup:
        length = _("{bars} and a pickup").format(bars=length)
    facts = _key(melody, scale), _(" then ").join(meters), length
    seconds = melody.end / TICKS_PER_QUARTER * 60 / melody.bpm
    return ", ".join((*facts, _time(seconds)))


def _key(melody: Melody, scale: Scale | None) -> str:
    if scale is None:
        scale = heard_scale(melody.pitches.tolist(), melody.durations.tolist())
        return _("no key") if scale.mode == "chromatic" else key_in_words(scale.name)
    if scale.mode:
        return key_in_words(scale.name)
    return _("notes {names}").format(names=scale.name.replace(",", " "))


def _time(seconds: float) -> str:
    """Write a time as players do: 84 seconds are ``1:24``."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def _warnings(generation: Generation, paths: Sequence[Path]) -> Iterator[str]:
    """Say which melodies copy what, and which of them failed."""
    warned = [
        f"{path.name} {words}"
        for path, one in zip(paths, generation.generated, strict=True)
        for words in (_copied(one.novelty), _failed(one.failure))
        if words
    ]
    yield from warned[:MAX_ROWS]
    if len(warned) > MAX_ROWS:
        yield _("... and {count} more such: see manifest.json").format(
            count=grouped(len(warned) - MAX_ROWS)
        )
    if any(one.failure for one in generation.generated):
        yield _("to mend that, ask for less, or for another --temperature or --seed")
    if all(one.novelty is None for one in generation.generated):
        yield _("copies were not looked for: the training melodies are not at hand")


def _copied(novelty: Novelty | None) -> str:
    """Say what a melody copies, and from where; nothing of one that is new."""
    if novelty is None or novelty.label == NEW:
        return ""
    what = _("is a copy") if novelty.label == COPY else _("is a near-copy")
    covered = novelty.closest_covered
    if novelty.label != COPY and covered >= NEAR_COPY_COVERED:
        return _("{what}: {percent} % of it is in {source}").format(
            what=what, percent=f"{100 * covered:.0f}", source=novelty.closest
        )
    return _(
        "{what}: {notes} from bar {bar} on are those of {source} from bar {source_bar} "
        "on"
    ).format(
        what=what,
        notes=counted(novelty.longest_notes, "note"),
        bar=novelty.bar,
        source=novelty.source,
        source_bar=novelty.source_bar,
    )


def _failed(failure: str | None) -> str:
    if not failure:
        return ""
    return _("failed every time, and is as the last try was: {failure}").format(
        failure=_(failure)
    )


def _figures_of(one: GeneratedMelody) -> str:
    """Say the figures of one melody."""
    bits = _("{bits} bits a note").format(bits=decimal(one.draft.bits_per_note, ".2f"))
    return "; ".join(filter(None, [bits, one.novelty.said if one.novelty else ""]))


def _figures(generation: Generation) -> Iterator[str]:
    """Say what real melodies share, what the rules cost, and what failed at first."""
    if generation.usual is not None:
        yield from _usual(generation.usual)
    yield from _costs(generation)
    yield from _tries(generation)


def _usual(usual: UsualNovelty) -> Iterator[str]:
    if not usual.melodies:
        return
    shares = ", ".join(
        f"{share:.0%} {_(label)}" for label, share in usual.shares.items()
    )
    notes = usual.longest_notes
    yield _(
        "for comparison, {count} held-out real melodies: {shares}; longest shared run "
        "{median} notes (median), {long} in 1 of 20"
    ).format(
        count=usual.melodies,
        shares=shares,
        median=f"{notes.median:.0f}",
        long=f"{notes.percentile_95:.0f}",
    )


def _costs(generation: Generation) -> Iterator[str]:
    """Say how much probability the rules cost."""
    names = dict(RULE_NAMES)
    if generation.rewrite is not None:
        names["density"] = marked("as many notes in each bar")
    of_melodies = [one.draft.cost_bits for one in generation.generated]
    costs = {
        name: sum(cost.get(rule, 0) for cost in of_melodies) / len(of_melodies)
        for rule, name in names.items()
    }
    told = [
        f"{_(name)} {decimal(bits, '.2f')}"
        for name, bits in sorted(costs.items(), key=lambda item: -item[1])
        if bits >= MIN_COST_BITS
    ]
    if told:
        yield _("what was asked for cost, in bits a note: {costs}").format(
            costs=", ".join(told)
        )


def _tries(generation: Generation) -> Iterator[str]:
    """Say how many melodies had to be tried again."""
    failed = generation.first_tries
    figures = {"count": sum(failed.values()), "tries": generation.tries}
    if not failed:
        yield _("first tries that failed: {count} of {tries}").format(**figures)
        return
    reasons = ", ".join(f"{_(reason)} {count}" for reason, count in failed.items())
    yield _(
        "first tries that failed: {count} of {tries} and were tried again ({reasons})"
    ).format(reasons=reasons, **figures)
