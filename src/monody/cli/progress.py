"""A progress bar for anything that takes longer than a second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TimeRemainingColumn,
)
from rich.text import Text

from monody.cli.verbosity import is_quiet
from monody.errors import printable
from monody.progress import Progress as Tell


class _Doing(ProgressColumn):
    """Says what is being done; a folder's name in it cannot command the terminal."""

    def render(self, task: Task) -> Text:
        return Text(printable(task.description), style="none")


def progress_bar(console: Console) -> Progress:
    """Return a bar that vanishes when it is done, and shows nothing in a log file."""
    has_all_letters = console.encoding.lower().startswith("utf")
    return Progress(
        # It moves while the first step compiles.
        SpinnerColumn("dots" if has_all_letters else "line"),
        _Doing(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=is_quiet() or not console.is_terminal,
    )


@contextmanager
def one_task(what: str) -> Iterator[Tell]:
    """Show how far a single task is, in a bar on standard error.

    Args:
        what: Is being done, in the language of the user.

    Yields:
        What to call with the steps done and all of them.
    """
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield progress
