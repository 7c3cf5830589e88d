"""The form that a melody has, in letters, as it is heard.

Its phrases, rounded to bar lines, are the sections. Where a melody has many of them and
they return in groups, as in a dance tune of four times eight bars, the groups are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from string import ascii_uppercase
from typing import NamedTuple

import numpy as np

from monody.music.form_check import Notes, begun_between, keeps_form, shared_notes
from monody.music.form_text import SECTION_BARS, NamedForm, Section
from monody.music.melody import Melody, lines_around
from monody.music.phrases import phrase_ends
from monody.music.returns import VARIED_SHARE

MANY_SECTIONS = 6  # from here on, longer ones read better
STILL_SHARED = 0.75  # of the notes that return, at least, in longer sections, too
MAX_BARS = 256  # of a melody whose form is written
MAX_WRITTEN = 16  # sections


class _Cut(NamedTuple):
    """A melody that was cut into sections."""

    form: NamedForm
    shared: int  # notes that are in the section that theirs repeats or varies


def heard_form(melody: Melody) -> NamedForm:
    """Find the form of a melody.

    Args:
        melody: With one note at least. Notes before its first bar line that are a
            pickup belong to the first section, and such notes before each other section
            to that.

    Returns:
        The form. Where each section has 4 bars their lengths are left out.

    Example:
        >>> from monody import Melody
        >>> from monody.music.heard_form import heard_form
        >>> first = [(60, 24), (62, 24), (64, 48)] * 3 + [(60, 96)]
        >>> other = [(67, 48), (65, 48)] * 3 + [(62, 96)]
        >>> notes, tick = [], 0
        >>> for pitch, ticks in [*first, *first, *other, *first]:
        ...     notes.append((pitch, tick, ticks))
        ...     tick += ticks
        >>> str(heard_form(Melody.from_notes(notes)))
        'AABA'
    """
    places = _section_places(melody)
    found = _labelled(melody, places, _phrase_bounds(melody, places))
    if (len(places) - 1) % SECTION_BARS == 0:
        even = _even(melody, places, SECTION_BARS)
        # Ends of phrases can be a bar off; returns that are found can not.
        if even.shared and even.shared >= found.shared:
            found = _grouped(melody, places, even)
    return found.form


def form_letters(
    melody: Melody, named: NamedForm | None = None, bars: int | None = None
) -> str:
    """Write the form that a melody has.

    Args:
        melody: The melody.
        named: The form that was asked for, ``SampleSettings.named_form``. If the
            melody has it, it is said as it was asked for.
        bars: Of what was asked for; the melody's last.

    Returns:
        Letters, as ``parse_form`` reads them; of many sections the first, and ``…``.
        Empty for a melody of one section or none, and for one of more than 256 bars.

    Example:
        >>> from monody import Melody, SampleSettings, form_letters
        >>> bar = [60, 62, 64, 60]
        >>> pitches = [*bar, *bar, 67, 65, 67, 69, *bar]
        >>> melody = Melody.from_notes([(p, 24 * i, 24) for i, p in enumerate(pitches)])
        >>> asked = SampleSettings(form="AABA", bars=4)
        >>> form_letters(melody), form_letters(melody, asked.named_form, asked.bars)
        ('', 'AABA')
    """
    if not len(melody):
        return ""
    lines = lines_around(melody)
    if len(lines) - 1 > MAX_BARS:
        return ""
    if named is not None and named.has_letters:
        first = max(len(lines) - 1 - named.total_bars(bars), 0)
        if keeps_form(melody, named, bars, start=lines[first]):
            return str(named)
    form = heard_form(melody)
    count = len(form.sections)
    if count > MAX_WRITTEN:
        return f"{NamedForm(form.sections[:MAX_WRITTEN])} …"
    return str(form) if count > 1 else ""


def _phrase_bounds(melody: Melody, places: Sequence[int]) -> list[int]:
    """Return the indices of the places that the ends of phrases are nearest to."""
    away = np.abs(np.array(places)[:, None] - phrase_ends(melody)[:-1])
    inner: list[int] = away.argmin(axis=0).tolist()
    return sorted({0, *inner, len(places) - 1})


def _section_places(melody: Melody) -> list[int]:
    """Return the ticks of the places where a section may begin, and of the end.

    They are the bar lines, or, in a melody with a pickup, as long before them as it is.
    """
    lines, start = lines_around(melody), int(melody.starts[0])
    if len(lines) > 2 and 2 * start >= lines[1]:
        early = lines[1] - start
        return [*(line - early for line in lines[1:-1]), lines[-1]]
    return lines


def _even(melody: Melody, places: Sequence[int], bars: int) -> _Cut:
    """Cut a melody into sections of so many bars."""
    return _labelled(melody, places, range(0, len(places), bars))


def _grouped(melody: Melody, places: Sequence[int], found: _Cut) -> _Cut:
    """Make the sections twice as long, while there are many and as much returns."""
    total, bars, shared = len(places) - 1, SECTION_BARS, found.shared
    while total >= MANY_SECTIONS * bars and total % (2 * bars) == 0:
        bars *= 2
        fewer = _even(melody, places, bars)
        if fewer.shared < STILL_SHARED * shared:
            break
        found = fewer
    return found


def _labelled(melody: Melody, places: Sequence[int], bounds: Sequence[int]) -> _Cut:
    """Give each section its letter; none where there are not letters enough.

    Args:
        melody: The melody.
        places: As of ``_section_places``.
        bounds: Indices of the places where sections begin, and of the end.
    """
    found: list[tuple[int, int, bool]] = []  # bars, index of the letter, whether varied
    fresh: list[tuple[int, Notes]] = []  # the first section of each letter
    shared = 0
    for first, end in pairwise(bounds):
        bars, notes = end - first, begun_between(melody, places[first], places[end])
        shares = [
            shared_notes(notes, other) if bars == length else 0.0
            for length, other in fresh
        ]
        source = int(np.argmax(shares)) if shares else 0
        if shares and shares[source] >= VARIED_SHARE:
            found.append((bars, source, shares[source] < 1))
            shared += len(notes & fresh[source][1])
        else:
            found.append((bars, len(fresh), False))
            fresh.append((bars, notes))
    return _Cut(NamedForm(tuple(_sections(found, len(fresh)))), shared)


def _sections(
    found: Sequence[tuple[int, int, bool]], letters: int
) -> Iterator[Section]:
    """Yield the sections; if all have the usual length, it is left out."""
    enough = letters <= len(ascii_uppercase)
    usual = enough and all(bars == SECTION_BARS for bars, _, _ in found)
    for bars, index, varied in found:
        letter = ascii_uppercase[index] if enough else ""
        yield Section(letter, None if usual else bars, varied and enough)
