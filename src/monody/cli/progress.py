"""A progress bar for anything that takes longer than a second."""

from __future__ import annotations

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from monody.cli.verbosity import is_quiet


def progress_bar(console: Console) -> Progress:
    """Return a bar that vanishes when it is done, and shows nothing in a log file."""
    return Progress(
        SpinnerColumn(),  # moves while the first step compiles
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=is_quiet() or not console.is_terminal,
    )
