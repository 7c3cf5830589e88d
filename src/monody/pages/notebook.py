"""Melodies in a notebook: Jupyter, Colab and others show what this draws.

A melody is a player, its staff and its piano roll, in one piece of HTML that needs no
network and no script. Pictures are images, whose style cannot touch the notebook's. A
notebook keeps all of it in its file, so there is a limit to what is shown.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monody.corpus.wording import counted
from monody.errors import MonodyError, printable
from monody.generation.generate import Generation
from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER, bar_line_before
from monody.music.scale import Scale
from monody.pages.page import environment
from monody.render.audio.preview import preview_wav
from monody.render.forms import render
from monody.render.notation.staff import to_svg_staff
from monody.render.roll.captions import summary
from monody.render.roll.roll import roll_svg
from monody.translation import gettext as _
from monody.translation import speaking, spoken, system_language

# Of one melody. Its sound takes 3 MB at most, 4 MB as text.
MAX_SECONDS, MAX_BARS, MAX_NOTES = 90.0, 64, 1000
MAX_SOUND = 120.0  # seconds of the melodies that are shown together: 5 MB as text
MAX_MELODIES = 20  # shown together


@dataclass(frozen=True)
class NotebookCard:
    """One melody in a notebook."""

    name: str
    about: str  # its notes, bars, range, meter, key and tempo
    label: str = ""  # new, near-copy or copy
    said: tuple[str, ...] = ()  # sentences more
    sound: str = ""  # a data URI; empty where there is none
    pictures: tuple[tuple[str, str], ...] = ()  # what each is, and its data URI


def html_of(value: object) -> str:
    """Draw a melody, or melodies that were written together, for a notebook.

    It speaks the language of the system, as commands do.

    Args:
        value: A ``Melody`` or a ``Generation``.

    Returns:
        A piece of HTML, with at most 5 MB of sound.

    Raises:
        TypeError: If it is anything else.

    Example:
        >>> from monody import Melody
        >>> from monody.pages.notebook import html_of
        >>> html_of(Melody.from_notes([(60, 0, 24), (62, 24, 72)])).count("<img")
        2
    """
    with speaking(system_language()):
        if isinstance(value, Melody):
            name = printable(os.path.basename(value.source))  # noqa: PTH119 - any text
            return _filled([_card(value, name, with_sound=True)])
        if isinstance(value, Generation):
            title = _("{melodies} by monody").format(
                melodies=counted(len(value.generated), "melody")
            )
            about = [
                _("Model: {model}").format(model=printable(value.made_from.model)),
                _("seed {seed}").format(seed=value.settings.seed),
            ]
            return _filled(_cards(value), title, " · ".join(about))
    raise TypeError(f"a notebook shows melodies, not a {type(value).__name__}")


def _filled(
    cards: list[NotebookCard] | Iterator[NotebookCard], title: str = "", about: str = ""
) -> str:
    template = environment().get_template("notebook.html")
    return template.render(
        cards=list(cards), title=title, about=about, language=spoken()
    )


def _cards(generation: Generation) -> Iterator[NotebookCard]:
    """Draw the melodies of a generation; sound as long as there is room."""
    seconds = 0.0
    pairs = zip(generation.melodies, generation.generated, strict=True)
    for number, (melody, one) in enumerate(pairs, 1):
        if number > MAX_MELODIES:
            more = len(generation.generated) - MAX_MELODIES
            yield NotebookCard(
                _("{more} more").format(more=more),
                _("generation.melodies[{index}] shows one").format(index=MAX_MELODIES),
            )
            return
        seconds += _seconds(excerpt(melody))
        card = _card(
            melody,
            f"{number}",
            with_sound=seconds <= MAX_SOUND,
            scale=generation.settings.scale,
        )
        said = list(card.said)
        if seconds > MAX_SOUND and len(melody):
            said.append(
                _("To hear it, show it alone: generation.melodies[{index}]").format(
                    index=number - 1
                )
            )
        if one.failure:
            said.insert(0, _(one.failure))
        if one.novelty:
            said.insert(0, printable(one.novelty.said))
        label = one.novelty.label if one.novelty else ""
        yield replace(card, label=label, said=tuple(said))


def excerpt(melody: Melody) -> Melody:
    """Return as much of a melody as a notebook shows, whole bars if it can be.

    Args:
        melody: Any; empty bars before it are left out.

    Example:
        >>> from monody import Melody
        >>> from monody.pages.notebook import excerpt
        >>> endless = Melody.from_notes([(60, 96 * bar, 96) for bar in range(999)])
        >>> excerpt(endless).bars  # 90 seconds of 4/4 at 120 bpm
        45
    """
    if not len(melody):
        return melody
    begin = bar_line_before(int(melody.starts[0]), melody.meters)
    if begin:
        melody = melody.between(begin, melody.end)
    seconds = int(MAX_SECONDS * melody.bpm / 60 * TICKS_PER_QUARTER)
    longest = max(meter.bar_ticks for meter in melody.meters)
    end = min(seconds, MAX_BARS * longest)
    if len(melody) > MAX_NOTES:
        end = min(end, int(melody.starts[MAX_NOTES]))
    if melody.end <= end:
        return melody
    return melody.between(0, bar_line_before(end, melody.meters) or end)


def _card(
    melody: Melody, name: str, *, with_sound: bool, scale: Scale | None = None
) -> NotebookCard:
    """Draw one melody; a scale names its mode, which its key does not."""
    name = name or _("Melody")
    shown = excerpt(melody)
    if not len(shown):
        return NotebookCard(name, _("no notes"))
    said = []
    if len(shown) < len(melody) or shown.end < melody.end:
        bars, all_bars = counted(shown.bars, "bar"), counted(melody.bars, "bar")
        said.append(
            _("The first {bars} of {all_bars}.").format(bars=bars, all_bars=all_bars)
        )
    return NotebookCard(
        name=name,
        about=summary(shown),
        said=tuple(said),
        sound=_inline("audio/wav", preview_wav(shown)) if with_sound else "",
        pictures=tuple(_pictures(shown, name, scale)),
    )


def _pictures(
    melody: Melody, name: str, scale: Scale | None
) -> Iterator[tuple[str, str]]:
    """Draw the staff, if it fits one picture, and the piano roll."""
    try:
        staff = to_svg_staff(render(melody, "musicxml", name, scale=scale).decode())
    except MonodyError:
        pass  # its roll shows every melody
    else:
        yield _("Staff of {name}").format(name=name), _svg(staff)
    title = _("Piano roll of {name}").format(name=name)
    roll = roll_svg(melody, title, heading=False, adaptive=False)
    yield title, _svg(roll)


def _svg(picture: str) -> str:
    return _inline("image/svg+xml", picture.encode())


def _inline(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"


def _seconds(melody: Melody) -> float:
    return melody.end / TICKS_PER_QUARTER / melody.bpm * 60
