"""The page of a run: one card for each melody, to hear, see and read.

``index.html`` lies beside the files that it plays and offers, and needs nothing else:
no network, no server. Its script and style are our own and stand in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from monody.music.melody import Melody
from monody.music.meter import TICKS_PER_QUARTER
from monody.pages.page import PAGE, require_own, write_html
from monody.render.roll.roll import roll_svg
from monody.render.roll.rows import numbered_lines


class Link(NamedTuple):
    """A file that a page offers."""

    kind: str  # such as "MIDI"
    name: str  # that it is saved under
    target: str  # where it lies, seen from the page, or all of it: ``data:…``


@dataclass(frozen=True)
class Card:
    """What the page says and offers of one melody."""

    name: str
    melody: Melody
    facts: tuple[tuple[str, str], ...]  # such as ("key", "D dorian")
    label: str = ""  # new, near-copy or copy
    said: str = ""  # a sentence more
    sound: str = ""  # file name of its WAV, beside the page; empty where there is none
    staff: str = ""  # an SVG
    files: tuple[Link, ...] = ()

    @property
    def ticks_per_second(self) -> float:
        """How fast time goes."""
        return self.melody.bpm * TICKS_PER_QUARTER / 60

    @property
    def bar_lines(self) -> list[int]:
        """The ticks of the bar lines of its roll, that which closes it included."""
        return numbered_lines(self.melody)[0]

    @property
    def first_bar(self) -> int:
        """The number of its first bar: 0 for a pickup, else 1."""
        return numbered_lines(self.melody)[1]

    @property
    def roll(self) -> str:
        """Its piano roll, an SVG."""
        return roll_svg(self.melody, f"Piano roll of {self.name}", heading=False)


def write_page(
    cards: Sequence[Card], folder: Path, title: str, about: Sequence[str]
) -> Path:
    """Write ``index.html``, whole or not at all; one of monody is replaced.

    Args:
        cards: The melodies.
        folder: Where to; the files that the cards name lie there.
        title: The page's heading.
        about: What is said of all melodies, one paragraph each.

    Returns:
        The page's path.

    Raises:
        MonodyError: If there is a page of another program.
    """
    path = folder / PAGE
    require_own(path)
    context = {"cards": cards, "title": title, "about": about}
    write_html("melodies.html", context, path)
    return path
