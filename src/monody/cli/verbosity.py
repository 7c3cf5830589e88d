"""How much a command says, and lines that fit the terminal.

Every command has ``--quiet`` and ``--verbose``. Usually it says what it did in a few
lines. Verbose adds the figures behind them. Quiet leaves what was written, a path a
line, for other programs to read. Errors are always said.

What is said may hold names from anywhere: characters that could command a terminal are
spelt out.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from enum import IntEnum
from pathlib import Path

import click

from monody.translation import gettext as _
from monody.translation import marked

_IN_THE_END = f"{__name__}.in_the_end"  # in the context: lines
HANGING = 2  # columns that further lines of a line are indented by


class Verbosity(IntEnum):
    """How much a command says."""

    QUIET = 0
    USUAL = 1
    VERBOSE = 2


def verbosity_options() -> list[click.Option]:
    """Make ``--quiet`` and ``--verbose``, which every command has."""
    return [
        click.Option(
            [f"-{name[0]}", f"--{name}"],
            is_flag=True,
            expose_value=False,
            callback=_remember,
            help=about,
        )
        for name, about in (
            ("verbose", marked("Say more: the figures, and how they came about.")),
            ("quiet", marked("Say no more than the paths that were written.")),
        )
    ]


def _remember(context: click.Context, option: click.Parameter, named: bool) -> None:
    if not named:
        return
    chosen = Verbosity[str(option.name).upper()]
    if context.meta.setdefault(__name__, chosen) is not chosen:
        raise click.UsageError("--quiet and --verbose are opposites: name one", context)


def verbosity() -> Verbosity:
    """Return how much the command that runs shall say."""
    context = click.get_current_context(silent=True)
    chosen: Verbosity = (context.meta if context else {}).get(__name__, Verbosity.USUAL)
    return chosen


def is_verbose() -> bool:
    """Tell whether the figures are to be said, too."""
    return verbosity() is Verbosity.VERBOSE


def is_quiet() -> bool:
    """Tell whether nothing but what was written is to be said."""
    return verbosity() is Verbosity.QUIET


def say(line: str = "", width: int | None = None) -> None:
    """Print a line, unless the command is quiet.

    Args:
        line: Any text. What does not fit the terminal is wrapped at words.
        width: Columns to fit into; by default those of the terminal. Without one a line
            stays a line.
    """
    if not is_quiet():
        _print(line, width or _terminal_width())


def say_whole(line: str) -> None:
    """Print a line that names a path or a command to copy, unless it is to be quiet.

    Args:
        line: As for ``say``, but only a terminal wraps it: elsewhere programs read it.
    """
    if not is_quiet():
        _print(line, _terminal_width() if sys.stdout.isatty() else None)


def say_aside(line: str) -> None:
    """Print a line to the error stream, unless the command is quiet.

    So the other stream holds nothing but what another program reads, such as JSON.

    Args:
        line: As for ``say_whole``.
    """
    if not is_quiet():
        _print(line, None, err=True)


def say_in_the_end(line: str) -> None:
    """Print a line to the error stream once the command has done what it was asked.

    A command that fails says why in one line, and not what went wrong beside it.

    Args:
        line: As for ``say_whole``.
    """
    click.get_current_context().meta.setdefault(_IN_THE_END, []).append(line)


def say_what_was_put_off(context: click.Context) -> None:
    """Say the lines of ``say_in_the_end``.

    Args:
        context: That of the command that is done.
    """
    for line in context.meta.pop(_IN_THE_END, ()):
        say_aside(line)


def detail(line: str) -> None:
    """Print a line if the command is verbose.

    Args:
        line: As for ``say``.
    """
    if is_verbose():
        _print(line, _terminal_width())


def say_written(paths: Sequence[Path], what: str = marked("written")) -> None:
    """Say which files were written; if quiet, print their paths only, one a line.

    Args:
        paths: One, or files in their order, of which the first and the last are named.
        what: The word before them, in English.
    """
    if is_quiet():
        for path in paths:
            _print(str(path), None)
        return
    line = f"{_(what)}: {paths[0]}"
    if paths[1:]:
        line = _("{line} to {last}").format(line=line, last=paths[-1].name)
    say_whole(line)


def status(line: str) -> None:
    """Say what is being done to who waits at a terminal, before the work begins.

    It goes to the error stream: the report of a command stays alone on the other.

    Args:
        line: As for ``say``.
    """
    if sys.stderr.isatty() and not is_quiet():
        _print(line, _terminal_width(), err=True)


def _print(line: str, width: int | None, *, err: bool = False) -> None:
    if not line.isprintable():
        from monody.errors import printable

        line = printable(line)
    for part in fitted(line, width) if width else [line]:
        click.echo(_encodable(part, err=err), err=err)


def _terminal_width() -> int | None:
    """Return the columns of the terminal, or of ``COLUMNS`` in the environment."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    return None


def fitted(line: str, width: int) -> Iterator[str]:
    """Wrap a line at words; a word that is too long, such as a path, stays whole.

    Args:
        line: A line; further ones are indented a little more than it is.
        width: Columns of the terminal; wide characters take two.

    Example:
        >>> from monody.cli.verbosity import fitted
        >>> for part in fitted("  1.mid  G major, 6/8, 16 bars", 22):
        ...     print(part)
          1.mid  G major, 6/8,
            16 bars
    """
    if _cells(line) <= width:
        yield line
        return
    indent = " " * (len(line) - len(line.lstrip()) + HANGING)
    built = ""
    for word in re.findall(r"\s*\S+", line):
        if built.strip() and _cells(built + word) > width:
            yield built
            built = indent + word.lstrip()
        else:
            built += word
    yield built


def _cells(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _encodable(text: str, *, err: bool) -> str:
    """Spell out what the output cannot encode."""
    stream = sys.stderr if err else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
