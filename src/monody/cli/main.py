"""Where the command line begins: signals are taken before anything else is imported.

So Ctrl-C ends a command at every moment in the same way (``ending``); and what a
command raises becomes one line and an exit code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from monody.cli.streams import (
    forget_odd_width,
    open_closed_streams,
    spell_what_cannot_be_encoded,
)
from monody.ending import leave_quickly, over, taking_signals

TYPE_CHECKING = False  # typing would be imported before signals are taken
if TYPE_CHECKING:
    import click


def _commands() -> click.Command:
    from monody.cli.commands import cli

    return cli


def main(
    arguments: Sequence[str] | None = None,
    command: Callable[[], click.Command] = _commands,
) -> None:
    """Run the command line; a mistake of the user's ends in one line and exit code 2.

    Args:
        arguments: By default those of the process.
        command: Imports what is run; by default all commands.
    """
    if arguments is None:
        leave_quickly()
    open_closed_streams()
    spell_what_cannot_be_encoded()
    forget_odd_width()
    with taking_signals():
        from monody.chatter import libraries_silenced
        from monody.cli.failures import run

        with libraries_silenced():
            try:
                run(sys.argv[1:] if arguments is None else arguments, command())
            except SystemExit as ended:
                if isinstance(ended.code, int):
                    over(ended.code)
                raise
            over(0)
