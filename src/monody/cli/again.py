"""``monody again`` and ``monody vary``: the same melody, or something like it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from monody.cli import checks
from monody.cli.options import HeadedCommand, memory_option, settings_options
from monody.cli.page import PageWish, page_options, write_melody_page
from monody.cli.spoken_help import SpokenChoice
from monody.cli.verbosity import say, say_whole, say_written, status
from monody.errors import MonodyError
from monody.file_names import MAX_STEM_BYTES
from monody.music.note_values import parse_bars, parse_meter
from monody.settings.sampling import SampleSettings
from monody.translation import gettext as _
from monody.translation import marked

_EXPERIMENT = click.option(
    "--experiment_dir",
    metavar="DIR",
    help="Experiment, .keras file or base. [default: the one the file was made "
    "with, in experiments/ or beside the file]",
)
_SAVE_DIR = click.option(
    "--save_dir",
    metavar="DIR",
    help="Folder for what is written; files in it are kept. [default: beside the file]",
)


@click.command(cls=HeadedCommand)
@click.argument("output", metavar="OUTPUT.mid")
@click.option(
    "--out",
    metavar="FILE.mid",
    help="File to write, which is not there yet. [default: OUTPUT-again.mid]",
)
@_SAVE_DIR
@_EXPERIMENT
@page_options
@memory_option
def again(
    output: str,
    out: str | None,
    save_dir: str | None,
    experiment_dir: str | None,
    page: PageWish,
) -> None:
    r"""Make a melody again, from what its file says of how it was made.

    \b
    monody again experiments/01/generated/3.mid

    The file has the seed, the settings and the primer; the model must be there. On the
    same machine the bytes are the same, and the command says whether they are. It is
    written as 3-again.mid beside the file, with a page that has both.
    """
    if out is not None:
        _require_out(Path(out), save_dir)
    _require(output, str(Path(out).parent) if out else save_dir, page)
    status(_("making {output} again ...").format(output=output))

    from monody.generation.provenance import file_bytes
    from monody.generation.vary import again as make_again

    before = file_bytes(output)  # now: it may be another when all is done
    generation = make_again(output, experiment_dir)
    [path] = generation.save(save_dir) if out is None else generation.save_as(Path(out))
    same = path.read_bytes() == before
    say_written([path])
    say_whole(
        _("the same bytes as {file}").format(file=output)
        if same
        else _(
            "not the same bytes as {file}: it was edited, or made on another machine "
            "or with other versions"
        ).format(file=output)
    )
    write_melody_page(generation, [path], page)


def _require_out(out: Path, save_dir: str | None) -> None:
    """Complain of a file that cannot be written under the name asked for."""
    from monody.generation.variants import free_stems

    if save_dir is not None:
        raise MonodyError("--out and --save_dir both say where to write: name one")
    if out.suffix.lower() != ".mid":
        raise MonodyError(f"--out names a MIDI file, not {str(out)!r}: end it in .mid")
    if len(os.fsencode(out.stem)) > MAX_STEM_BYTES:
        raise MonodyError(
            f"--out is too long for the files that go with it: name at most "
            f"{MAX_STEM_BYTES} bytes"
        )
    checks.require_file_writable(out, "--out")
    if free_stems(out.parent, out.stem, 1) != [out.stem]:
        raise MonodyError(
            f"{str(out)!r}, or a file that goes with it, is there already: name "
            "another with --out"
        )


def _require(source: str, save_dir: str | None, page: PageWish) -> None:
    """Refuse what can be known before anything is read: source, folder, sound bank."""
    checks.require_files([source], "a MIDI file")
    checks.require_melody_folder(Path(save_dir) if save_dir else Path(source).parent)
    page.check()


@click.command(cls=HeadedCommand)
@click.argument("output", metavar="FILE.mid")
@click.option(
    "--keep",
    type=SpokenChoice(marked(("rhythm", "pitches"))),
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
@_SAVE_DIR
@_EXPERIMENT
@page_options
@settings_options(SampleSettings)
@memory_option
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
    page: PageWish,
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
    them; the model is the file's own, or the most recent one. What is written lies
    beside the file, under a name that says what was done (3-keep-rhythm.mid), with a
    page that has both, one under the other, to hear, see and read them.
    """
    changes = {
        name: value
        for name, value in values.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }

    from monody.generation.rewrite import Rewrite
    from monody.generation.vary import require_changes

    how = None
    if any((keep, replace, to_meter, to_key)):
        how = Rewrite(
            keep=keep,
            replace=parse_bars(replace, "replace") if replace else None,
            to_meter=parse_meter(to_meter, "to_meter") if to_meter else None,
            to_key=to_key,
            from_key=from_key,
        )
    require_changes(changes, how)
    _require(output, save_dir, page)
    status(_("varying {output} ...").format(output=output))

    from monody.cli.sample_report import headline, say_report
    from monody.generation.vary import vary as make_variation

    generation = make_variation(output, changes, how, experiment_dir)
    say(headline(generation))
    paths = generation.save(save_dir)
    say_report(generation, paths)
    write_melody_page(generation, paths, page)
