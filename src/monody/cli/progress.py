"""A progress bar for anything that takes longer than a second."""

from __future__ import annotations

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
