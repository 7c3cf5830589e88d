"""The command line: ``monody train``, ``sample``, ``inspect`` and the other commands.

Nothing is decided here. Each command turns its options into settings, calls the same
function that Python users call, and prints what came out. Heavy imports happen inside
commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import click

from monody.cli.again import again, vary
from monody.cli.cache import cache
from monody.cli.completion import completion
from monody.cli.corpus import corpus
from monody.cli.evaluate import evaluate
from monody.cli.help import help_command
from monody.cli.inspect import inspect
from monody.cli.names import names
from monody.cli.options import Commands
from monody.cli.render import render
from monody.cli.report import report
from monody.cli.runs import runs
from monody.cli.sample import sample
from monody.cli.studio import studio
from monody.cli.train import train


def _normal(token: str) -> str:
    """Return an option's, a command's or a choice's name as it is written here.

    ``--rnn-size`` is ``--rnn_size``, and any case will do. But ``-V`` is not ``-v``.
    """
    return token if len(token) == 1 else token.lower().replace("-", "_")


_NORMALISED = {
    "token_normalize_func": _normal,
    "help_option_names": ["-h", "--help"],
    "max_content_width": 88,
}


@click.group(cls=Commands, context_settings=_NORMALISED)
@click.version_option(
    None, "-V", "--version", package_name="monody", message="monody %(version)s"
)
def cli() -> None:
    r"""Learn from a folder of MIDI files and write new melodies.

    \b
    The first five minutes, on a page in your browser:
      monody studio              compose, listen, change one thing, train, keep
    Or here:
      monody sample --bars 16    write melodies with the base model that comes with it
      monody inspect data/midi   what there is to learn from, and what is wrong with it
      monody train data/midi     learn from the MIDI files in data/midi
      monody sample              write 10 new melodies with what was learnt from them
    No MIDI files at hand? Public-domain tunes:
      monody corpus oneills1850 --out data/midi

    Each command explains itself: monody help train
    """


# In the order of the help: what is opened every day, what a training needs, the rest.
for _command in (studio, sample, vary, again, render,
                 train, inspect, corpus, evaluate, runs,
                 names, help_command, completion, cache, report):  # fmt: skip
    cli.add_command(_command)
