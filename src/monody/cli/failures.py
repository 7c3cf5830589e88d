"""What a command raises becomes one line, and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

import click

from monody.cache_folder import tidy_cache
from monody.cli.streams import lead_nowhere
from monody.ending import exit_code, may_tell, reason, say_reason_as
from monody.errors import MonodyError, SettingError, brief
from monody.files import told
from monody.sentences import translated
from monody.translation import (
    LANGUAGES,
    VARIABLE,
    language_named,
    marked,
    speaking,
    system_language,
)
from monody.translation import gettext as _

EXIT_USER_ERROR = 2
MAX_LINE = 2_000  # characters: paths are long
PROGRAM = "monody"
OUT_OF_MEMORY = marked(
    "there is not enough memory for this: end other programs, or ask for less at a "
    "time (--max_memory)"
)


def run(arguments: Sequence[str], command: click.Command) -> None:
    """Run a command; a mistake of the user's ends in one line and exit code 2.

    Args:
        arguments: Of the command line, without the name of the program.
        command: What is run.
    """
    language = system_language()
    with speaking(language):
        _refuse_unknown_language()
        if sys.platform == "win32":
            arguments = expanded(arguments)
        say_reason_as(_("stopped by {name}"))
        tidy_cache()
        _run(arguments, command)


def expanded(arguments: Sequence[str]) -> list[str]:
    """Return arguments with the files that a pattern names, as shells give them.

    Those of Windows leave ``generated/*.mid`` as it is. A pattern that names no file
    stays, and so does what is no pattern.

    Args:
        arguments: As they were typed.

    Example:
        >>> from monody.cli.failures import expanded
        >>> expanded(["render", "*.nothing", "--form", "A A'"])
        ['render', '*.nothing', '--form', "A A'"]
    """
    import glob

    given: list[str] = []
    for argument in arguments:
        is_pattern = "*" in argument or "?" in argument
        found = sorted(glob.glob(argument)) if is_pattern else []  # noqa: PTH207
        given += found or [argument]
    return given


def _refuse_unknown_language() -> None:
    """Fail where the language that was asked for is none that monody speaks."""
    named = os.environ.get(VARIABLE, "")
    if named and not language_named(named):
        known = " or ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        unknown = f"{VARIABLE} must be {known}, not {named!r}: name one, or unset it"
        fail(f"{PROGRAM}: {translated(marked(unknown))}")


def _run(arguments: Sequence[str], command: click.Command) -> None:
    """Run a command in the language that is spoken."""
    try:
        command.main(args=arguments, prog_name=PROGRAM, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:  # monody alone
        click.echo(error.format_message())
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        name = context.command_path if context else PROGRAM
        see = _("{message} (see {command} --help)").format(
            message=translated(error.format_message()), command=name
        )
        fail(f"{name}: {see}")
    except SettingError as error:
        fail(f"{PROGRAM}: --{translated(str(error))}")
    except MonodyError as error:
        fail(f"{PROGRAM}: {translated(str(error))}")
    except OSError as error:
        if error.errno == errno.ENOMEM:
            fail(f"{PROGRAM}: {_(OUT_OF_MEMORY)}")
        fail(f"{PROGRAM}: {translated(told(error))}")
    except click.Abort:
        if may_tell():
            click.echo(reason(), err=True)
        sys.exit(exit_code())
    except (MemoryError, RuntimeError, ImportError) as error:
        if not _is_out_of_memory(error):
            raise
        fail(f"{PROGRAM}: {_(OUT_OF_MEMORY)}")


def _is_out_of_memory(error: Exception) -> bool:
    """Tell whether there was no memory, whoever says so: Python, JAX or the system."""
    words = ("RESOURCE_EXHAUSTED", "failed to map segment", "annot allocate memory")
    return isinstance(error, MemoryError) or any(word in str(error) for word in words)


def fail(message: str) -> None:
    """Print one line and end.

    Args:
        message: It may hold names from anywhere.
    """
    try:
        click.echo(one_line(message), err=True)
    except OSError:  # nobody reads it, or there is no room where it goes
        lead_nowhere(sys.stderr)
    sys.exit(EXIT_USER_ERROR)


def one_line(message: str) -> str:
    r"""Return a message as a line that a terminal can show.

    Args:
        message: It may hold names and values from anywhere, of any length.

    Example:
        >>> from monody.cli.failures import one_line
        >>> one_line("no file\n'tune.mid'")
        "no file 'tune.mid'"
    """
    return brief(" ".join(message.split()), MAX_LINE)
