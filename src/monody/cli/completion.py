"""The command ``monody completion``: the script that lets Tab complete."""

from __future__ import annotations

import click

from monody.cli.options import HeadedCommand

SHELLS = ("bash", "zsh", "fish")


@click.command(cls=HeadedCommand)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    r"""Print the script that lets Tab complete commands, options and file names.

    \b
    bash, in ~/.bashrc:                  eval "$(monody completion bash)"
    zsh, in ~/.zshrc, after compinit:    eval "$(monody completion zsh)"
    fish, in ~/.config/fish/config.fish: monody completion fish | source

    It holds in shells that are opened from then on.
    """
    from click.shell_completion import get_completion_class

    root = context.find_root()
    scripts = get_completion_class(shell)
    if scripts is None:  # Choice has refused it before
        raise click.BadParameter(f"{shell!r} is not one of {', '.join(SHELLS)}")
    click.echo(scripts(root.command, {}, "monody", "_MONODY_COMPLETE").source())
