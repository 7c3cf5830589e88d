"""Command-line options made from the settings' fields.

A field's name, type, range, choices, default and explanation become the option, so the
command line cannot differ from Python.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from monody.cli.spoken_help import (
    SettingOption,
    SpokenChoice,
    SpokenCommand,
    SpokenGroup,
    in_brackets,
    metavar_in_words,
)
from monody.cli.verbosity import say_what_was_put_off, verbosity_options
from monody.errors import MonodyError
from monody.memory import limited_to
from monody.settings.base import Limits, Settings, field_types
from monody.settings.memory import MemorySettings
from monody.translation import marked

Command = TypeVar("Command", bound=Callable[..., object])
Chosen = TypeVar("Chosen", bound=Settings)


PATHS = ("DIR", "FILE", "OUTPUT", "EXPERIMENT")  # what values that are paths are called


class _Forgiving(SpokenCommand):
    """A command whose errors say what may be meant; Tab completes its paths."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for parameter in self.params:
            # Whether the file may be read, the command checks.
            if any(path in (parameter.metavar or "") for path in PATHS):
                parameter.type = click.Path(readable=False)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, and say what was put off until it is done."""
        done = super().invoke(ctx)
        say_what_was_put_off(ctx)
        return done

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what was typed; an error says what may be meant."""
        typed = tuple(args)
        takes_all, ctx.allow_extra_args = ctx.allow_extra_args, True
        try:
            rest = super().parse_args(ctx, args)
        except (click.NoSuchOption, click.BadParameter, click.BadOptionUsage) as error:
            raise _with_advice(error, typed, ctx) from error
        if rest and not takes_all and not ctx.resilient_parsing:
            from monody.cli.meant import instead_of_argument

            advice = instead_of_argument(rest, typed, ctx)
            ctx.fail(f"Got unexpected extra argument ({' '.join(rest)}){advice}")
        return rest


def _with_advice(
    error: click.UsageError, typed: Sequence[str], ctx: click.Context
) -> click.UsageError:
    """Return an error that says what may be meant, where that can be guessed."""
    from monody.cli.meant import instead_of_option, instead_of_value

    if isinstance(error, click.NoSuchOption):
        name = error.option_name  # of -bars it is -b
        whole = next((one for one in typed if one.startswith(name)), name)
        advice = instead_of_option(name, typed, ctx)
        return click.UsageError(
            f"No such option {whole.partition('=')[0]!r}{advice}", ctx
        )
    if isinstance(error, click.MissingParameter) and error.param is not None:
        error.param_hint = f"'{metavar_in_words(error.param.make_metavar(ctx))}'"
    advice = instead_of_value(typed, ctx)
    return click.UsageError(f"{error.format_message()}{advice}", error.ctx or ctx)


class Commands(_Forgiving, SpokenGroup):
    """All commands; a command that does not exist is guessed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """List the commands as they were added: those of every day first."""
        return [*self.commands]

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; click would take the end of a file for Ctrl-C."""
        try:
            return super().invoke(ctx)
        except EOFError as error:
            raise MonodyError(
                f"a file that is read ends too early ({error}): it was cut off; get or "
                "make it again"
            ) from error
        except KeyboardInterrupt as error:
            raise click.Abort from error

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed, or say which may be meant."""
        typed = args[0]
        normalise = ctx.token_normalize_func or str
        there = {typed, normalise(typed)} & {*self.commands}
        if there or typed.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        from monody.cli.meant import instead_of_command

        advice = instead_of_command(typed, [*self.commands])
        return ctx.fail(f"No such command {typed!r}{advice}")


class HeadedCommand(_Forgiving):
    """A command with ``--verbose`` and ``--quiet``.

    Its settings' options are explained under a heading for each class.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += verbosity_options()


# Other spellings; -j is that of the classic scripts.
SHORT = {"n_jobs": ("-j",), "num_files": ("-n",), "num_epochs": ("-e", "--epochs")}
_METAVARS = {int: "N", float: "X", str: marked("TEXT")}


def settings_options(
    settings: type[Settings], only: tuple[str, ...] | None = None
) -> Callable[[Command], Command]:
    """Add an option for each field of a settings class.

    Args:
        settings: The dataclass.
        only: The fields to offer; by default all.
    """
    kinds = field_types(settings)
    fields = [
        field
        for field in dataclasses.fields(settings)
        if only is None or field.name in only
    ]

    def decorate(command: Command) -> Command:
        for field in reversed(fields):
            command = _option(field, kinds[field.name][0], settings)(command)
        return command

    return decorate


def _option(
    field: dataclasses.Field[Any], plain: type, settings: type[Settings]
) -> Callable[[Command], Command]:
    """Make one option. Values are checked by the settings class itself."""
    limits = Limits.of(field)
    name = f"--{field.name}"
    notes = _notes(field, limits)
    return click.option(
        field.name,
        f"{name}/--no_{field.name}" if plain is bool else name,
        *SHORT.get(field.name, ()),
        cls=_headed(settings, notes),
        type=SpokenChoice(limits.choices) if limits.choices else plain,
        default=field.default,
        metavar=None if limits.choices or plain is bool else _METAVARS[plain],
        help=settings.explanations.get(field.name, "") + in_brackets(notes),
    )


def _notes(field: dataclasses.Field[Any], limits: Limits) -> tuple[str, ...]:
    """Return the range and the default of a field in words."""
    notes = [limits.range_text] if limits.range_text else []
    value = field.default
    if isinstance(value, bool):
        notes.append(marked("default on" if value else "default off"))
    elif value is not None:
        notes.append(marked(f"default {value}"))
    return tuple(notes)


def memory_option(command: Command) -> Command:
    """Add ``--max_memory``, which holds while the command runs."""
    name = "max_memory"
    return click.option(
        f"--{name}",
        cls=_headed(MemorySettings, ()),
        metavar="SIZE",
        help=MemorySettings.explanations[name],
        expose_value=False,
        callback=_limit_memory,
    )(command)


def _limit_memory(
    context: click.Context, _option: click.Parameter, named: str | None
) -> None:
    """Hold to a limit until the command has ended."""
    context.with_resource(limited_to(MemorySettings(named).max_bytes))


def _headed(settings: type[Settings], notes: tuple[str, ...]) -> type[SettingOption]:
    """Make a class of options that are explained under the heading of a class."""
    members = {"heading": settings.heading, "notes": notes}
    return type("Headed", (SettingOption,), members)


def settings_from(settings: type[Chosen], values: Mapping[str, Any]) -> Chosen:
    """Build settings from the values of a command's options, ignoring the others."""
    names = {field.name for field in dataclasses.fields(settings)}
    return settings(**{name: values[name] for name in names & values.keys()})
