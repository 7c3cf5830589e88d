"""The reference of every command, made from what the command itself says.

A page of the documentation cannot say other things than ``--help`` does, because it is
the same text: what a command would print is caught piece by piece and written as
Markdown, in the language that is spoken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import click

from monody.cli.commands import cli

Rows = Iterable[tuple[str, str]]

OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")


class _Caught(click.HelpFormatter):
    """What a help page is made of, as Markdown, instead of a page for a terminal."""

    def __init__(self) -> None:
        super().__init__(width=10_000)
        self.parts: list[str] = []

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Keep the line that says how a command is typed."""
        self.parts.append(f"```text\n{prog} {args}\n```")

    def write_text(self, text: str) -> None:
        """Keep sentences, and examples as they are."""
        self.parts += [_paragraph(part) for part in text.split("\n\n") if part.strip()]

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Keep a heading."""
        self.parts.append(f"**{name}**")
        yield

    def write_dl(self, rows: Rows, col_max: int = 30, col_spacing: int = 2) -> None:
        """Keep options, or commands, with what each does."""
        self.parts.append("\n".join(_entry(name, about) for name, about in rows))


def _paragraph(text: str) -> str:
    """Return a paragraph; of one that click must not wrap, its lines."""
    if "\b" not in text:
        return _plain(" ".join(text.split()))
    lines = text.replace("\b", "").strip("\n")
    return f"```text\n{lines}\n```"


def _entry(name: str, about: str) -> str:
    return f"`{name}`\n: {_plain(' '.join(about.split())) or '—'}\n"


def _plain(text: str) -> str:
    """Keep signs that Markdown would take for its own, outside of `code`."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([*_<>\[\]|])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


@cache
def commands() -> dict[str, click.Command]:
    """Return every command that is shown, by its name; ``monody`` itself first."""
    shown = {name: one for name, one in sorted(cli.commands.items()) if not one.hidden}
    return {"": cli, **shown}


def described(name: str) -> str:
    """Return what a command says of itself, as Markdown without a heading.

    Args:
        name: One of ``commands``.

    Example:
        >>> from tools.command_reference import described
        >>> described("runs").splitlines()[1]
        'monody runs [OPTIONS] [FOLDER]'
    """
    command = commands()[name]
    context = click.Context(command, info_name=f"monody {name}".strip())
    context.help_option_names = ["-h", "--help"]
    caught = _Caught()
    command.format_help(context, caught)
    return "\n\n".join(caught.parts)


def reference() -> str:
    """Return the whole reference as Markdown, a heading of the second level each."""
    return "\n\n".join(
        f"## {f'monody {name}'.strip()}\n\n{described(name)}" for name in commands()
    )


def options_of(name: str) -> set[str]:
    """Return every spelling of every option that a command shows."""
    return {
        spelling
        for parameter in commands()[name].params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for spelling in (*parameter.opts, *parameter.secondary_opts)
    }


def spelled(text: str) -> set[str]:
    """Return what looks like an option in a text: ``--bars``, ``-n``.

    Example:
        >>> from tools.command_reference import spelled
        >>> sorted(spelled("monody sample -n 3 --bars 16, a well-known way"))
        ['--bars', '-n']
    """
    return set(OPTION.findall(text))
