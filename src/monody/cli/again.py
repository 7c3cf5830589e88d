"""``monody again`` and ``monody vary``: the same melody, or something like it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from monody.cli.options import HeadedCommand, settings_options
from monody.cli.verbosity import say, say_whole, say_written, status
from monody.music.note_values import parse_bars, parse_meter
from monody.settings.sampling import SampleSettings

_EXPERIMENT = click.option(
    "--experiment_dir",
    metavar="DIR",
    help="Experiment, .keras file or base. [default: the one the file was made with]",
)


@click.command(cls=HeadedCommand)
@click.argument("output", metavar="OUTPUT.mid")
@click.option(
    "--out",
    metavar="FILE",
    help="File to write. [default: OUTPUT-again.mid beside it]",
)
@_EXPERIMENT
def again(output: str, out: str | None, experiment_dir: str | None) -> None:
    r"""Make a melody again, from what its file says of how it was made.

    \b
    monody again experiments/01/generated/3.mid

    The file has the seed, the settings and the primer; the model must be there. On the
    same machine the bytes are the same, and the command says whether they are.
    """
    status(f"making {output} again ...")

    from monody.generation.vary import again as make_again

    generation = make_again(output, experiment_dir)
    path = Path(out) if out else Path(output).with_stem(f"{Path(output).stem}-again")
    generation.outputs[0].write(path)
    same = path.read_bytes() == Path(output).read_bytes()
    say_written([path])
    say_whole(
        f"the same bytes as {output}"
        if same
        else f"not the same bytes as {output}: it was edited, or made on another "
        "machine or with other versions"
    )


@click.command(cls=HeadedCommand)
@click.argument("output", metavar="FILE.mid")
@click.option(
    "--keep",
    type=click.Choice(("rhythm", "pitches")),
    help="Keep the rhythm and write new pitches, or the other way round.",
)
@click.option(
    "--replace",
    metavar="BARS",
    help="Write other bars here, such as 5-8, so that they lead into what follows.",
)
@click.option(
    "--to_meter", metavar="METER", help="Same pitches in another meter, such as 6/8."
)
@click.option("--to_key", metavar="KEY", help="Move to another key, such as 'D minor'.")
@click.option(
    "--from_key",
    metavar="KEY",
    help="Its own key. [default: the one it was written in, or that is heard]",
)
@click.option(
    "--save_dir",
    metavar="DIR",
    help="Folder for what is written. [default: generated/ in the experiment]",
)
@_EXPERIMENT
@settings_options(SampleSettings)
@click.pass_context
def vary(
    context: click.Context,
    /,
    output: str,
    keep: str | None,
    replace: str | None,
    to_meter: str | None,
    to_key: str | None,
    from_key: str | None,
    save_dir: str | None,
    experiment_dir: str | None,
    **values: Any,
) -> None:
    r"""Make something like a melody: change a setting, or rewrite part of it.

    \b
    monody vary 3.mid --temperature 0.8         the same seed, one setting changed
    monody vary 3.mid --keep rhythm             the same rhythm, new pitches
    monody vary 3.mid --keep pitches            the same pitches, a new rhythm
    monody vary my.mid --replace 5-8            other bars 5 to 8, that lead into bar 9
    monody vary my.mid --to_meter 6/8 --to_key 'D minor'

    What is kept stays tick for tick. A rewrite takes any MIDI file, and --num_files of
    them; the model is the file's own, or the most recent one.
    """
    changes = {
        name: value
        for name, value in values.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }

    status(f"varying {output} ...")

    from monody.generation.rewrite import Rewrite

    how = None
    if any((keep, replace, to_meter, to_key)):
        how = Rewrite(
            keep=keep,
            replace=parse_bars(replace, "replace") if replace else None,
            to_meter=parse_meter(to_meter, "to_meter") if to_meter else None,
            to_key=to_key,
            from_key=from_key,
        )

    from monody.cli.sample_report import headline, say_report
    from monody.generation.vary import vary as make_variation

    generation = make_variation(output, changes, how, experiment_dir)
    say(headline(generation))
    say_report(generation, generation.save(save_dir))
