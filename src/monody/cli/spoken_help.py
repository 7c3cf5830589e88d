"""Help in the language that is spoken: a command's text, its usage and its options.

Help texts are English where they are written, and stay so in the commands that Python
knows. They are translated when they are shown, so that a command that needs no help
reads no catalogue for it.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem

from monody.music.near_names import plain_name
from monody.sentences import translated
from monody.translation import gettext as _
from monody.translation import in_each_language, marked


class SettingOption(click.Option):
    """An option made from a setting; it knows under which heading it is explained."""

    heading = marked("Options")
    notes: tuple[str, ...] = ()  # its range and its default, in English

    @property
    def about(self) -> str:
        """The help text without the notes."""
        return (self.help or "").removesuffix(in_brackets(self.notes))


class SpokenChoice(click.Choice[str]):
    """A choice of words, which may be typed in any language that monody speaks."""

    def spellings(self, choice: str) -> list[str]:
        """Return what a word of the choice may be called."""
        return in_each_language(choice)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the English word that is meant."""
        if value not in self.choices:  # no catalogue is read for what is a word of it
            plain = plain_name(str(value))
            for choice in self.choices:
                if plain in map(plain_name, self.spellings(choice)):
                    return choice
        return super().convert(value, param, ctx)


def in_brackets(notes: Iterable[str]) -> str:
    """Return what follows an explanation; nothing without notes.

    Example:
        >>> from monody.cli.spoken_help import in_brackets
        >>> in_brackets(["at least 1", "default 3"])
        ' [at least 1; default 3]'
    """
    joined = "; ".join(notes)
    return f" [{joined}]" if joined else ""


def about_command(text: str) -> str:
    r"""Say the help text of a command, a paragraph at a time.

    Args:
        text: In English. A paragraph after a line ``\b`` keeps its lines.

    Example:
        >>> from monody.cli.spoken_help import about_command
        >>> from monody.translation import speaking
        >>> with speaking("es"):
        ...     about_command("Show experiments side by side.")
        'Muestra los experimentos uno al lado de otro.'
    """
    return "\n\n".join(f"{mark}{_(said)}" for mark, said in paragraphs(text))


def paragraphs(text: str) -> Iterable[tuple[str, str]]:
    r"""Yield each paragraph of a help text, and ``"\b\n"`` where it keeps its lines.

    Example:
        >>> from monody.cli.spoken_help import paragraphs
        >>> [*paragraphs("Make a\nfolder.\n\n\\b\nmonody corpus  what there is\n")]
        [('', 'Make a folder.'), ('\x08\n', 'monody corpus  what there is')]
    """
    for paragraph in inspect.cleandoc(text).replace("\\b\n", "\b\n").split("\n\n"):
        if paragraph.startswith("\b\n"):
            yield "\b\n", paragraph.removeprefix("\b\n")
        elif paragraph.strip():
            yield "", " ".join(paragraph.split())


def in_words(option: click.Option) -> click.Option:
    """Return a copy of an option that explains itself in the language of the task."""
    said = copy.copy(option)
    if isinstance(option, SettingOption):
        said.help = _(option.about) + in_brackets(map(translated, option.notes))
    elif option.help:
        said.help = translated(option.help)
    if option.metavar:
        said.metavar = metavar_in_words(option.metavar)
    return said


def metavar_in_words(metavar: str) -> str:
    """Say what a value is called in usage lines: ``DIR``, ``[DATA_DIR]``, ``FILE...``.

    Example:
        >>> from monody.cli.spoken_help import metavar_in_words
        >>> from monody.translation import speaking
        >>> with speaking("es"):
        ...     metavar_in_words("DIR")
        'CARPETA'
    """
    return _(metavar)


class SpokenCommand(click.Command):
    """A command whose help is in the language of the task."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        pieces = map(metavar_in_words, self.collect_usage_pieces(ctx))
        usage = _("Usage:")  # a text in an f-string is not gathered
        formatter.write_usage(ctx.command_path, " ".join(pieces), f"{usage} ")

    def format_help_text(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write what the command does."""
        if self.help:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(about_command(self.help))

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the command's own options first, then those of each settings class."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for option in self.get_params(ctx):
            if not isinstance(option, click.Option):
                continue
            record = in_words(option).get_help_record(ctx)
            if record is not None:
                heading = getattr(option, "heading", SettingOption.heading)
                sections.setdefault(heading, []).append(record)
        for heading, records in sections.items():
            with formatter.section(_(heading)):
                formatter.write_dl(records)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence of what the command does, as far as it fits."""
        said = click.Command(self.name, help=about_command(self.help or ""))
        return said.get_short_help_str(limit)

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem]:
        """Return what Tab offers; some shells show what an option does."""
        items = super().shell_complete(ctx, incomplete)
        about = {
            name: in_words(option).help
            for option in self.get_params(ctx)
            if isinstance(option, click.Option)
            for name in (*option.opts, *option.secondary_opts)
        }
        for item in items:
            item.help = about.get(item.value, item.help)
        return items


class SpokenGroup(SpokenCommand, click.Group):
    """A group of commands whose help is in the language of the task."""

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the options, and then the commands."""
        SpokenCommand.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write each command with the first sentence of what it does."""
        commands = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        widest = max(len(name) for name, _command in commands)
        limit = formatter.width - 6 - widest
        rows = [
            (name, command.get_short_help_str(limit))
            for name, command in commands
            if not command.hidden
        ]
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)
