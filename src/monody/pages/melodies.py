"""The page of melodies that were written together, beside their files.

Of a sampling run it is ``index.html``; of what was made of another file, it has the
name of the melodies, and the source comes first. It has one card for each melody
(``player``) and needs no network and no server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monody.corpus.wording import counted
from monody.errors import printable
from monody.generation.generate import Generation
from monody.generation.variants import SOURCE, Variant, free_stems
from monody.pages.page import PAGE, require_own, write_html
from monody.pages.player import Card, CardMaker
from monody.progress import Progress
from monody.translation import gettext as _

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

    A page of melodies that is there already is replaced.

    Args:
        generation: The melodies, and how they were written.
        paths: Their MIDI files, all in one folder.
        sound_bank: A ``.sf2`` file that plays; by default monody's own sound.
        progress: Called after each melody.

    Returns:
        The page.

    Raises:
        MonodyError: If the sound bank cannot be played, or there is another page.

    Example:
        >>> import monody
        >>> settings = monody.SampleSettings(num_files=1, bars=2, seed=7)
        >>> made = monody.generate(monody.open_experiment("experiments/01"), settings)
        >>> monody.show(made, made.save("shown")).page.as_posix()
        'shown/index.html'
    """
    variant = generation.variant
    maker = CardMaker(paths[0].parent, sound_bank)
    page = _page_beside(paths) if variant else paths[0].with_name(PAGE)
    require_own(page, "melodies")
    cards = list(_source(variant, maker, page)) if variant else []
    cards += _cards(generation, paths, maker, progress)
    model = _("Model: {model}").format(model=generation.made_from.model)
    context = {
        "title": _title(len(paths), variant),
        "about": [model, *maker.left_out],
        "cards": cards,
    }
    write_html("melodies.html", context, page)
    return Shown(page, tuple(maker.left_out))


def _cards(
    generation: Generation,
    paths: Sequence[Path],
    maker: CardMaker,
    progress: Progress | None,
) -> Iterator[Card]:
    """Yield the cards of the first melodies; say how many the page leaves out."""
    shown = paths[:MAX_CARDS]
    for done, (path, melody, one) in enumerate(
        zip(shown, generation.melodies, generation.generated, strict=False), 1
    ):
        yield maker.card(printable(path.name), melody, one, path, generation)
        if progress:
            progress(done, len(shown))
    more = len(paths) - len(shown)
    if more:
        maker.leave_out(
            _("the page shows the first {count}; {more} more lie beside it").format(
                count=len(shown), more=more
            )
        )


def _title(count: int, variant: Variant | None) -> str:
    """Say how many melodies the page has, and what they were made of."""
    title = _("{melodies} by monody").format(melodies=counted(count, "melody"))
    if variant:
        title = _("{title}, made of {source}").format(
            title=title, source=printable(variant.source.name)
        )
    return title


def _page_beside(paths: Sequence[Path]) -> Path:
    """Return where the page of melodies with numbered names goes: ``1-again.html``."""
    first = paths[0]
    if not paths[1:]:
        return first.with_suffix(".html")
    common, _, _ = first.stem.rpartition("-")
    [stem] = free_stems(first.parent, common, 1)
    return first.with_name(f"{stem}.html")


def _source(variant: Variant, maker: CardMaker, page: Path) -> Iterator[Card]:
    """Yield the card of what melodies were made of, if there is a melody to show."""
    if variant.melody is None:
        maker.leave_out(
            _("{file} has no melody to show").format(
                file=printable(variant.source.name)
            )
        )
    else:
        sound = page.with_name(f"{page.stem}{SOURCE}.wav")
        yield maker.source(variant.melody, variant.source, sound)
