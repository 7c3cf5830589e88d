"""The command ``monody corpus``: tunes to train on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from monody.cli.options import HeadedCommand
from monody.cli.reading import DATA_DIR
from monody.cli.verbosity import say, status


@click.command(cls=HeadedCommand)
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--out",
    metavar="DIR",
    default=DATA_DIR,
    help=f"Folder for the MIDI files. [default {DATA_DIR}]",
)
def corpus(names: Sequence[str], out: str) -> None:
    r"""Make a folder of public-domain tunes, to train on.

    \b
    oneills1850    O'Neill's Music of Ireland, 1903
    airdsAirs      Aird's Airs, 1778-1801
    ryansMammoth   Ryan's Mammoth Collection, 1883

    The tunes come with music21: pip install 'monody[demo]'.
    """
    status(f"opening {names[0]} ...")

    from rich.console import Console
    from rich.progress import TaskID

    from monody.cli.progress import progress_bar
    from monody.corpus.public_domain import write_collection

    for name in names:
        with progress_bar(Console()) as bar:
            task = bar.add_task(f"writing {name}", total=None)

            def progress(done: int, total: int, task: TaskID = task) -> None:
                bar.update(task, completed=done, total=total)

            report = write_collection(name, out, progress)
        say(f"{report.name}: {report.written} tunes in {Path(out)}")
        for reason, count in report.left_out.items():
            say(f"  {count} left out because: {reason}")
