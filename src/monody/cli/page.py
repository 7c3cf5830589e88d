"""The page that a command ends in: its options, and writing and opening it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monody.cli import checks
from monody.cli.verbosity import say, say_written
from monody.translation import gettext as _
from monody.translation import marked

if TYPE_CHECKING:
    from monody.generation.generate import Generation
    from monody.pages.melodies import Shown
    from monody.progress import Progress

BANK_VARIABLE = "MONODY_SOUND_BANK"

sound_bank_option = click.option(
    "--sound_bank",
    metavar="FILE.sf2|none",
    envvar=BANK_VARIABLE,
    help="Sound bank that plays (SoundFont 2), or none for monody's own voices. "
    f"[default: {BANK_VARIABLE}, or one that the system has, or none]",
)
_PAGE = click.option(
    "--page/--no_page",
    default=True,
    help="Whether to write a page to hear, see and read the melodies, with their sound "
    "and scores. [default: --page]",
)
_OPEN = click.option("--open", "opens", is_flag=True, help="Open that page.")


@dataclass(frozen=True)
class PageWish:
    """What the user asked of the page that a command ends in."""

    wanted: bool  # --page, or --open
    opens: bool  # whether to open it
    sound_bank: str | None  # as the user named it

    def check(self) -> None:
        """Refuse a sound bank that the page could not be played with."""
        if self.wanted:
            checks.require_sound_bank(self.sound_bank)


def page_options(command: Callable[..., object]) -> Callable[..., object]:
    """Add ``--page``, ``--open`` and ``--sound_bank``: the command's ``page``.

    Args:
        command: Takes a ``PageWish`` as ``page``.
    """

    @wraps(command)
    def with_wish(
        *args: object, page: bool, opens: bool, sound_bank: str | None, **values: object
    ) -> object:
        wish = PageWish(page or opens, opens, sound_bank)
        return command(*args, page=wish, **values)

    return _PAGE(_OPEN(sound_bank_option(with_wish)))


def say_bank(bank: Path | None, named: str | None) -> None:
    """Say what plays, if it is a sound bank that nobody named.

    Args:
        bank: That plays, if one does.
        named: As the user named it, if at all.
    """
    if bank is not None and not named:
        say(
            _(
                "played by the system's {bank}; --sound_bank none for our own voices"
            ).format(bank=bank.name)
        )


def write_page(
    write: Callable[[Path | None, Progress], Shown],
    what: str,
    wish: PageWish,
) -> None:
    """Write a page, say where it is and what is not in it, and open it if asked.

    Args:
        write: Does it, with a sound bank, and tells its progress.
        what: What takes the time, in English words.
        wish: What the user asked of it.
    """
    from monody.cli.progress import one_task
    from monody.render.audio.banks import chosen_bank

    bank = chosen_bank(wish.sound_bank)
    with one_task(_(what)) as progress:
        shown = write(bank, progress)
    for line in shown.left_out:
        say(line)
    say_bank(bank, wish.sound_bank)
    say_written([shown.page], marked("page"))
    if wish.opens:
        click.launch(str(shown.page.absolute()))


def write_melody_page(
    generation: Generation, paths: Sequence[Path], wish: PageWish
) -> None:
    """Write the page of melodies that were written, below what they were made of.

    Args:
        generation: The melodies.
        paths: Their files.
        wish: What the user asked of it.
    """
    if wish.wanted:
        from monody.pages.melodies import show

        write_page(partial(show, generation, paths), marked("rendering"), wish)
