"""The form of a new melody: drawn from the corpus, and fitted to what is asked.

A precedent is a melody of the corpus whose outline may be followed. It is cut or
prolonged to the bars that are wanted, and begins and ends in the bar where it did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from monody.models.record import Precedent
from monody.music.form import Cadence, Form

MANY = 20  # precedents of the right length, at least, to be content with these
USUAL_TICKS = 16  # from one note to the next: six in a bar of 4/4
MIN_PHRASE_BARS = 1.0  # of the last phrase, where a form is cut


def draw_precedent(
    precedents: Sequence[Precedent],
    rng: np.random.Generator,
    *,
    bars: int,
    meter: str | None = None,
    style: int = 0,
    begins: int | None = None,
    density: float | None = None,
) -> Precedent | None:
    """Draw the melody whose outline a new one is to follow.

    Args:
        precedents: Those that there are.
        rng: Decides.
        bars: How long the new melody is; precedents of that length are preferred where
            they are many. Else those of all lengths are: few would make all alike.
        meter: Its meter, if it is known.
        style: The symbol of its style, if it has one.
        begins: The place in the bar where it begins, in ticks, if that is known.
        density: Notes a bar of what it continues: those that are nearest to it are
            preferred, for the rhythm is to go on. ``None`` where it continues nothing.

    Returns:
        One of the right meter, style and beginning, as far as there are any; ``None``
        without any precedent.
    """
    left = list(precedents)
    wanted: list[Callable[[Precedent], bool]] = [
        lambda each: style == 0 or each.style == style,
        lambda each: meter is None or each.meter == meter,
        lambda each: begins is None or each.form.begins == begins,
    ]
    for condition in wanted:
        left = [each for each in left if condition(each)] or left
    exact = [each for each in left if each.form.whole_bars == bars]
    if len(exact) >= MANY:
        left = exact
    if density is not None:
        nearest = sorted(left, key=lambda each: abs(_density(each.form) - density))
        left = nearest[:MANY]
    return left[int(rng.integers(len(left)))] if left else None


def _density(form: Form) -> float:
    """Return how many notes a bar has; a usual number where the form does not say."""
    notes = sum(form.notes) or form.end // USUAL_TICKS
    return notes / form.bars


def fitted_form(form: Form, bars: int, bar_ticks: int, begins: int | None) -> Form:
    """Give a form the length, the meter and the beginning of a new melody.

    Args:
        form: The form of another melody.
        bars: Bars of the new melody; a pickup comes before them.
        bar_ticks: Of each bar.
        begins: The place in the bar where the melody begins: 0 on the bar line, in the
            second half of a bar a pickup; ``None`` where the form's own begins.

    Returns:
        A form of as many bars, and of one more with a pickup.

    Example:
        Of 8 bars with phrases of 4, the second the same as the first, 16 are made:

        >>> from monody.generation.forms import fitted_form
        >>> from monody.music.form import Cadence, Form
        >>> again = (False,) * 4 + (True,) * 4
        >>> form = Form(96, 0, (384, 768), (0,) * 4 + (4,) * 4, again)
        >>> fitted_form(form, 16, 96, begins=0).phrase_ends
        (384, 768, 1152, 1536)
        >>> fitted_form(form, 6, 96, begins=0).phrase_ends  # with its last phrase
        (192, 576)
    """
    form = _in_bars_of(form, bar_ticks)
    if begins is None:
        begins = form.begins % bar_ticks
    if not form.whole_bars:  # a few notes late in a bar: there is nothing to lead into
        form = replace(form, begins=0)
    pickup = 2 * begins >= bar_ticks
    if form.has_pickup and not pickup:
        form = _without_first_bar(form)
    elif pickup and not form.has_pickup:
        form = _with_pickup(form)
    form = replace(form, begins=begins)
    total = bars + pickup
    while form.bars < total:
        form = _twice(form)
    return _cut(form, total)


def later_part(form: Form, first: int, begins: int = 0) -> Form:
    """Return the form of what is left of a melody, whose first bars are there.

    Bars of it may return from these: what they repeat then lies before the part.

    Args:
        form: Of the whole melody.
        first: The bar in which the part begins; there is one at least after it.
        begins: The place in that bar, in ticks.

    Example:
        >>> from monody.generation.forms import later_part
        >>> from monody.music.form import Form
        >>> again = (False,) * 4 + (True,) * 4
        >>> form = Form(96, 0, (384, 768), (0,) * 4 + (4,) * 4, again)
        >>> left = later_part(form, 4)
        >>> left.phrase_ends, left.back
        ((384,), (4, 4, 4, 4))
    """
    tick = first * form.bar_ticks
    over = sum(end <= tick + begins for end in form.phrase_ends[:-1])  # phrases
    return replace(
        form,
        begins=begins,
        phrase_ends=tuple(end - tick for end in form.phrase_ends[over:]),
        back=form.back[first:],
        exact=form.exact[first:],
        cadences=_later(form.cadences[over:], -tick),
        notes=form.notes[first:],
    )


def with_notes(form: Form, fewest: int, most: int) -> Form:
    """Let a form say how many notes each bar has, as near to its own as is asked.

    Args:
        form: Where it does not say it, its bars are taken to have a usual number.
        fewest: Notes of a bar; one that is not whole may have fewer.
        most: Notes of any bar.

    Example:
        >>> from monody.generation.forms import with_notes
        >>> from monody.music.form import Form
        >>> form = Form(96, 72, (384,), (0,) * 4, (False,) * 4, notes=(1, 9, 4, 1))
        >>> with_notes(form, 2, 6).notes
        (1, 6, 4, 2)
    """
    own = form.notes or (form.bar_ticks // USUAL_TICKS,) * form.bars
    whole = range(form.begins > 0, form.end // form.bar_ticks)
    notes = [
        min(max(count, fewest if bar in whole else 0), most)
        for bar, count in enumerate(own)
    ]
    return replace(form, notes=tuple(notes))


def _in_bars_of(form: Form, bar_ticks: int) -> Form:
    """Change the length of the bars; phrases then end on their lines."""
    old = form.bar_ticks
    if old == bar_ticks:
        return form
    end = form.bars * bar_ticks
    ends = [max(round(each / old), 1) * bar_ticks for each in form.phrase_ends[:-1]]
    rising = [each for each in dict.fromkeys(ends) if each < end]
    return Form(
        bar_ticks=bar_ticks,
        begins=bar_ticks - bar_ticks // 4 if form.has_pickup else 0,
        phrase_ends=(*rising, end),
        back=form.back,
        exact=form.exact,
    )


def _without_first_bar(form: Form) -> Form:
    """Leave the pickup out."""
    bar = form.bar_ticks
    first = sum(end <= bar for end in form.phrase_ends[:-1])  # phrases that go with it
    back = [0 if each > here else each for here, each in enumerate(form.back[1:])]
    exact = [same and each > 0 for same, each in zip(form.exact[1:], back, strict=True)]
    return Form(
        bar_ticks=bar,
        begins=0,
        phrase_ends=tuple(end - bar for end in form.phrase_ends[first:]),
        back=tuple(back),
        exact=tuple(exact),
        cadences=_later(form.cadences[first:], -bar),
        notes=form.notes[1:],
    )


def _with_pickup(form: Form) -> Form:
    """Put a bar before the first, for a pickup."""
    bar = form.bar_ticks
    return replace(
        form,
        phrase_ends=tuple(end + bar for end in form.phrase_ends),
        back=(0, *form.back),
        exact=(False, *form.exact),
        cadences=_later(form.cadences, bar),
        notes=(1, *form.notes) if form.notes else (),
    )


def _later(cadences: Sequence[Cadence], ticks: int) -> tuple[Cadence, ...]:
    """Move cadences later."""
    return tuple(each._replace(tick=max(each.tick + ticks, 0)) for each in cadences)


def _twice(form: Form) -> Form:
    """Let a form come a second time; its pickup falls into the last bar."""
    skipped = int(form.has_pickup)
    ticks = (form.bars - skipped) * form.bar_ticks
    join = max(ticks + form.begins * skipped, form.end)  # where the second one begins
    again = tuple(end + ticks for end in form.phrase_ends)
    gone = sum(end <= join for end in again)  # phrases that were the pickup alone
    notes = form.notes
    if notes:
        shared = (notes[-1] + notes[0],) if skipped else (notes[-1],)
        notes = (*notes[:-1], *shared, *notes[skipped:])
    return replace(
        form,
        phrase_ends=(*form.phrase_ends[:-1], join, *again[gone:]),
        back=form.back + form.back[skipped:],
        exact=form.exact + form.exact[skipped:],
        cadences=(*form.cadences, *_later(form.cadences[gone:], ticks)),
        notes=notes,
    )


def _cut(form: Form, bars: int) -> Form:
    """Shorten a form: it keeps its beginning and its last phrase.

    So it closes as it did: bars of the last phrase that return still do, where what
    they repeat is kept, too.
    """
    bar, left_out = form.bar_ticks, form.bars - bars
    if not left_out:
        return form
    begin = form.phrase_ends[-2] if len(form.phrase_ends) > 1 else 0
    kept = begin // bar - left_out  # bars before that of the last phrase
    if kept < 1:
        return _cut_off(form, bars)
    ticks = left_out * bar
    join = begin - ticks  # where the last phrase begins
    head = form.ending_at(join, MIN_PHRASE_BARS * bar)
    first = kept + left_out  # the bar in which the last phrase began
    back = list(form.back[:kept])
    exact = list(form.exact[:kept])
    for index in range(first, form.bars):
        target = index - form.back[index]
        away = form.back[index] - (left_out if target < kept else 0)
        there = form.back[index] > 0 and (target < kept or target >= first)
        back.append(away if there else 0)
        exact.append(form.exact[index] and there)
    return replace(
        form,
        phrase_ends=(*head.phrase_ends, form.end - ticks),
        back=tuple(back),
        exact=tuple(exact),
        cadences=(*head.cadences, *_later(form.cadences[-1:], -ticks)),
        notes=(*form.notes[:kept], *form.notes[first:]) if form.notes else (),
    )


def _cut_off(form: Form, bars: int) -> Form:
    """Keep the first bars; the melody ends in the last where it did in its own."""
    bar = form.bar_ticks
    in_bar = form.end - (-(-form.end // bar) - 1) * bar
    cut = form.ending_at((bars - 1) * bar + in_bar, MIN_PHRASE_BARS * bar)
    return replace(
        cut,
        back=form.back[:bars],
        exact=form.exact[:bars],
        notes=(*form.notes[: bars - 1], form.notes[-1]) if form.notes else (),
    )
