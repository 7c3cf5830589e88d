"""The page that a command ends in: its options, and writing and opening it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from monody.cli.verbosity import say, say_written
from monody.translation import gettext as _
from monody.translation import marked

if TYPE_CHECKING:
    from monody.generation.generate import Generation
    from monody.pages.melodies import Shown
    from monody.progress import Progress

Command = TypeVar("Command", bound=Callable[..., object])

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


def page_options(command: Command) -> Command:
    """Add ``--page``, ``--open`` and ``--sound_bank``."""
    return _PAGE(_OPEN(sound_bank_option(command)))


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
    sound_bank: str | None,
    *,
    opens: bool,
) -> None:
    """Write a page, say where it is and what is not in it, and open it if asked.

    Args:
        write: Does it, with a sound bank, and tells its progress.
        what: What takes the time, in English words.
        sound_bank: As the user named it.
        opens: Whether to open it.
    """
    from rich.console import Console

    from monody.cli.progress import progress_bar
    from monody.render.audio.banks import chosen_bank

    bank = chosen_bank(sound_bank)
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task(_(what), total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        shown = write(bank, progress)
    for line in shown.left_out:
        say(line)
    say_bank(bank, sound_bank)
    say_written([shown.page], marked("page"))
    if opens:
        click.launch(str(shown.page.absolute()))


def write_melody_page(
    generation: Generation,
    paths: Sequence[Path],
    sound_bank: str | None,
    *,
    opens: bool,
) -> None:
    """Write the page of melodies that were written, below what they were made of.

    Args:
        generation: The melodies.
        paths: Their files.
        sound_bank: As the user named it.
        opens: Whether to open it.
    """
    from monody.pages.melodies import show

    write_page(
        partial(show, generation, paths), marked("rendering"), sound_bank, opens=opens
    )
