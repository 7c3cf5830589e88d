"""The command ``monody help``: the same as ``--help``."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from monody.cli.options import HeadedCommand


def _commands(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """List the commands that begin with what was typed, for the shell."""
    group = context.find_root().command
    names = group.list_commands(context) if isinstance(group, click.Group) else []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@click.command("help", cls=HeadedCommand)
@click.argument("name", required=False, metavar="[COMMAND]", shell_complete=_commands)
@click.pass_context
def help_command(context: click.Context, name: str | None) -> None:
    r"""Explain monody, or one of its commands.

    \b
    monody help          what there is
    monody help sample   the same as monody sample --help
    """
    root = context.find_root()
    if name is None or not isinstance(root.command, click.Group):
        click.echo(root.get_help())
        return
    known_as, command, _ = root.command.resolve_command(root, [name])
    if command is not None:
        explained = click.Context(command, parent=root, info_name=known_as)
        click.echo(command.get_help(explained))
