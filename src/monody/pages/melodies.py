"""The page of a sampling run: ``index.html`` beside the melodies that it plays.

It has one card for each melody (``player``) and needs no network and no server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monody.corpus.report import counted
from monody.generation.generate import Generation
from monody.pages.page import PAGE, require_own, write_html
from monody.pages.player import CardMaker
from monody.progress import Progress

MAX_CARDS = 20  # of one run; a page of a thousand players is no page


@dataclass(frozen=True)
class Shown:
    """A page that was written, and a line for each thing that it could not show."""

    page: Path
    left_out: tuple[str, ...]


def show(
    generation: Generation,
    paths: Sequence[Path],
    sound_bank: Path | None = None,
    progress: Progress | None = None,
) -> Shown:
    """Write the page of melodies beside their MIDI files, with sound and scores.

    A page of monody that is there already is replaced.

    Args:
        generation: The melodies, and how they were written.
        paths: Their MIDI files, all in one folder.
        sound_bank: A ``.sf2`` file that plays; by default monody's own sound.
        progress: Called after each melody.

    Returns:
        The page.

    Raises:
        MonodyError: If the sound bank cannot be played, or there is a page of another
            program.
    """
    folder = paths[0].parent
    maker = CardMaker(folder, sound_bank)
    shown = paths[:MAX_CARDS]
    cards = []
    for path, melody, one in zip(
        shown, generation.melodies, generation.generated, strict=False
    ):
        cards.append(maker.card(path.name, melody, one, path, generation))
        if progress:
            progress(len(cards), len(shown))
    more = len(paths) - len(cards)
    if more:
        maker.leave_out(
            f"the page shows the first {len(cards)}; {more} more lie beside it"
        )
    context = {
        "title": f"{counted(len(paths), 'melody')} by monody",
        "about": [f"Model: {generation.made_from.model}", *maker.left_out],
        "cards": cards,
    }
    page = folder / PAGE
    require_own(page)
    write_html("melodies.html", context, page)
    return Shown(page, tuple(maker.left_out))
