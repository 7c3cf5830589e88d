"""The command line: ``monody train``, ``sample``, ``inspect``, ``corpus``, ``cache``.

Nothing is decided here. Each command turns its options into settings, calls the same
function that Python users call, and prints what came out. Heavy imports happen inside
commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monody.errors import MonodyError, SettingError
from monody.options import HeadedCommand, chosen, settings_options
from monody.settings import ModelSettings, ReadSettings, SampleSettings, TrainSettings

if TYPE_CHECKING:
    from monody.corpus import Corpus
    from monody.experiment import Experiment

DATA_DIR = "data/midi"
EXIT_USER_ERROR, EXIT_INTERRUPTED = 2, 130

_NORMALISED = {
    # `--rnn-size` is `--rnn_size`, and choices may be written in any case.
    "token_normalize_func": lambda token: token.lower().replace("-", "_"),
    "help_option_names": ["-h", "--help"],
    "max_content_width": 88,
}


@click.group(context_settings=_NORMALISED)
@click.version_option(package_name="monody", message="monody %(version)s")
def cli() -> None:
    r"""Learn from a folder of MIDI files and write new melodies.

    \b
    The first five minutes:
      monody inspect data/midi   what there is to learn from, and what is wrong with it
      monody train data/midi     learn from the MIDI files in data/midi
      monody sample              write 10 new melodies with what was learnt
    No MIDI files at hand? Public-domain tunes:
      monody corpus oneills1850 --out data/midi

    Each command explains itself: monody train --help
    """


@cli.command(cls=HeadedCommand)
@click.argument("folder", required=False, metavar="[DATA_DIR]")
@click.option(
    "--data_dir",
    metavar="DIR",
    help=f"Folder of MIDI files, searched with its subfolders. [default {DATA_DIR}]",
)
@click.option(
    "--experiment_dir",
    metavar="DIR",
    help="Folder for the model and its records. "
    "[default: the next number in experiments/]",
)
@click.option(
    "-m", "--message", metavar="TEXT", help="A note to self, kept in message.txt."
)
@settings_options(ModelSettings)
@settings_options(TrainSettings)
@settings_options(ReadSettings)
def train(folder: str | None, data_dir: str | None, **values: Any) -> None:
    r"""Learn from a folder of MIDI files.

    \b
    monody train                          learn from data/midi
    monody train my_tunes -m "slow airs"  from another folder, with a note to self
    monody train my_tunes --rnn-size 128  a smaller network: faster, a little worse

    Files that cannot be used are counted and skipped; `monody inspect` explains each of
    them. A fifth of the melodies is held out: the figure to watch is held-out bits per
    note, and lower is better. Ctrl-C stops and keeps the best weights so far.
    """
    settings: TrainSettings = chosen(TrainSettings, values)
    model: ModelSettings = chosen(ModelSettings, values)
    reading: ReadSettings = chosen(ReadSettings, values)
    corpus = _read(_one_folder(folder, data_dir), reading)
    _report_reading(corpus)
    click.echo("starting Keras on JAX ...")

    from rich.console import Console

    from monody.epoch_lines import EpochLines
    from monody.training import train as train_network

    lines = EpochLines(Console(), settings.num_epochs)
    try:
        experiment = train_network(
            corpus,
            settings,
            model=model,
            experiment_dir=values["experiment_dir"],
            message=values["message"],
            callbacks=[lines],
        )
    finally:
        lines.close()
    _report_training(experiment)
    if not lines.finished:
        click.echo("stopped by Ctrl-C; these are the best weights so far")
        sys.exit(EXIT_INTERRUPTED)


def _one_folder(folder: str | None, data_dir: str | None) -> str:
    """Return the folder that was named, one way or the other."""
    if folder and data_dir and folder != data_dir:
        raise MonodyError(
            f"two folders were named, {folder!r} and --data_dir {data_dir!r}: name one"
        )
    return folder or data_dir or DATA_DIR


def _read(data_dir: str, settings: ReadSettings) -> Corpus:
    """Read a folder with a progress bar."""
    from rich.console import Console

    from monody.corpus import read_corpus
    from monody.progress_bar import progress_bar

    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task(f"reading {data_dir}", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        corpus = read_corpus(data_dir, settings, progress)
    for remark in corpus.remarks:
        click.echo(remark, err=True)
    return corpus


def _report_reading(corpus: Corpus) -> None:
    """Say what came out of a folder, and what did not."""
    from monody.corpus import require_melodies
    from monody.verdicts import DROPPED, DUPLICATE, RECOVERED

    counts = Counter(item.verdict for item in corpus.verdicts)
    dropped = Counter(
        (item.reason, item.advice) for item in corpus.verdicts if not item.melodies
    )
    used = corpus.used
    notes = int(corpus.melodies.info["note_count"][used].sum())
    click.echo(
        f"{corpus.root}: {len(used)} melodies, {notes} notes, from "
        f"{len(corpus.verdicts) - counts[DROPPED] - counts[DUPLICATE]} of "
        f"{len(corpus.verdicts)} files"
    )
    copies = len(corpus.melodies) - len(used)
    if copies:
        click.echo(f"  {copies} melodies are copies of others and left out")
    if counts[RECOVERED]:
        click.echo(f"  {counts[RECOVERED]} files recovered")
    for (reason, advice), count in dropped.most_common(5):
        click.echo(f"  {count} dropped: {reason} ({advice})")
    rest = dropped.total() - sum(count for _, count in dropped.most_common(5))
    if rest:
        click.echo(f"  {rest} dropped for other reasons")
    if dropped or copies or counts[RECOVERED]:
        click.echo(f"  more: monody inspect {shlex.quote(str(corpus.root))}")
    require_melodies(corpus)


@cli.command(cls=HeadedCommand)
@click.argument("folder", required=False, metavar="[DATA_DIR]")
@click.option(
    "--data_dir",
    metavar="DIR",
    help=f"Folder or file to look at. [default {DATA_DIR}]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the whole report as JSON instead."
)
@click.option(
    "--html", "page", metavar="FILE", help="Write the whole report as a page, too."
)
@click.option("--all", "every", is_flag=True, help="List every file, not the first 60.")
@settings_options(ReadSettings)
def inspect(
    folder: str | None,
    data_dir: str | None,
    as_json: bool,
    page: str | None,
    every: bool,
    **values: Any,
) -> None:
    r"""Say what became of every file of a folder, and why.

    \b
    monody inspect data/midi                      a report on the terminal
    monody inspect data/midi --html report.html   a page with every file
    monody inspect my.mid --tempo always          one file, with other settings

    A file is kept; or recovered, where it was damaged, polyphonic or off the beat; or a
    duplicate of another; or dropped, and then the report says what to do. Files may be
    MIDI, packed by gzip or not, ABC tune books, MusicXML, and zip archives of them.
    """
    from rich.console import Console

    corpus = _read(_one_folder(folder, data_dir), chosen(ReadSettings, values))

    from monody.report import make_report, report_json

    report = make_report(
        str(corpus.root), corpus.verdicts, corpus.melodies, corpus.copy_of
    )
    if page:
        from monody.report_page import write_page

        write_page(report, Path(page))
    if as_json:
        for part in report_json(report):
            click.echo(part, nl=False)
        return
    from monody.report_terminal import print_report

    print_report(report, Console(), max_rows=None if every else 60)
    if page:
        click.echo(f"written: {page}")


@cli.command()
@click.option("--clear", is_flag=True, help="Remove it all.")
def cache(clear: bool) -> None:
    r"""Show, or remove, what monody remembers of the files that it read.

    What was read once is not read again until it changes. Removing it costs nothing but
    the time to read it again. MONODY_CACHE names another folder for it.
    """
    from monody.cache import cache_bytes, clear_cache
    from monody.read_cache import cache_folder

    if clear:
        clear_cache()
    click.echo(f"{cache_folder()}: {cache_bytes() / 1e6:.1f} MB")


def _report_training(experiment: Experiment) -> None:
    """Print the held-out figures beside the bigram's, and what to do next."""
    scores = experiment.read_json("scores.json")
    for side, meaning in (
        ("validation", "used to choose the weights"),
        ("test", "used for nothing else"),
    ):
        if side in scores:
            figure = scores[side]["bits_per_note"]
            bigram = scores[side]["references"]["bigram"]["bits_per_note"]
            gain = 1 - figure / bigram
            click.echo(
                f"held-out {side} melodies ({scores[side]['melodies']}, {meaning}): "
                f"{figure:.2f} bits per note, {abs(gain):.0%} "
                f"{'below' if gain >= 0 else 'above'} a bigram's {bigram:.2f}"
            )
    if not scores:
        click.echo("nothing could be held out: too few melodies that differ")
    click.echo(f"model: {experiment.model_path}")
    click.echo(f"next: monody sample --experiment_dir {experiment.folder}")


@cli.command(cls=HeadedCommand)
@click.option(
    "--experiment_dir",
    metavar="DIR",
    help="Experiment, or a .keras file, to sample from. "
    "[default: the most recent in experiments/]",
)
@click.option(
    "--save_dir",
    metavar="DIR",
    help="Folder for the melodies; files in it are kept, numbers go on. "
    "[default: generated/ in the experiment]",
)
@click.option(
    "--prime_file", metavar="FILE", help="MIDI file whose melody to continue."
)
@click.option(
    "--data_dir",
    metavar="DIR",
    help="Folder of MIDI files whose melodies to continue. "
    "[default: the experiment's held-out melodies]",
)
@settings_options(SampleSettings)
def sample(
    experiment_dir: str | None,
    save_dir: str | None,
    prime_file: str | None,
    data_dir: str | None,
    **values: Any,
) -> None:
    r"""Write new melodies with a trained model.

    \b
    monody sample                                10 melodies from the latest model
    monody sample --midi-instrument flute --seed 7
    monody sample --prime_file my.mid --file_length 256

    Each melody continues a few bars of a real one, which are drawn from the seed and
    are not written. manifest.json, beside the files, says from which seed, settings and
    bars each was made: the same seed and settings make the same bytes.
    """
    settings: SampleSettings = chosen(SampleSettings, values)

    from monody.experiment import Experiment
    from monody.instruments import program_of

    program_of(settings.midi_instrument)
    experiment = Experiment.open(experiment_dir)
    click.echo(f"sampling from {experiment.model_path} ...")

    from monody.generation import generate

    generation = generate(
        experiment, settings, prime_file=prime_file, data_dir=data_dir
    )
    paths = generation.save(save_dir)
    click.echo(
        f"{len(paths)} melodies of {settings.file_length} 16ths, seed "
        f"{generation.settings.seed}, temperature {settings.temperature:g}"
    )
    if generation.primers[0] is None:
        click.echo("no held-out melody to continue: the melodies start from nothing")
    click.echo(
        f"written: {paths[0]} to {paths[-1].name}"
        if paths[1:]
        else f"written: {paths[0]}"
    )


@cli.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--out",
    metavar="DIR",
    default=DATA_DIR,
    help=f"Folder for the MIDI files. [default {DATA_DIR}]",
)
def corpus(names: Sequence[str], out: str) -> None:
    r"""Make a folder of public-domain tunes, to train on.

    \b
    oneills1850    O'Neill's Music of Ireland, 1903
    airdsAirs      Aird's Airs, 1778-1801
    ryansMammoth   Ryan's Mammoth Collection, 1883

    The tunes come with music21: pip install 'monody[demo]'.
    """
    from rich.console import Console

    from monody.progress_bar import progress_bar
    from monody.public_domain import write_collection

    # A descriptor of its own: symusic is silenced on the usual one meanwhile.
    with os.fdopen(os.dup(1), "w") as terminal:
        for name in names:
            with progress_bar(Console(file=terminal)) as bar:
                task = bar.add_task(f"writing {name}", total=None)

                def progress(done: int, total: int, task: Any = task) -> None:
                    bar.update(task, completed=done, total=total)

                report = write_collection(name, out, progress)
            click.echo(f"{report.name}: {report.written} tunes in {Path(out)}")
            for reason, count in report.left_out.items():
                click.echo(f"  {count} left out because: {reason}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a mistake of the user's ends in one line and exit code 2.

    Args:
        arguments: By default those of the process.
    """
    command = "monody"
    try:
        cli.main(args=arguments, prog_name=command, standalone_mode=False)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else command
        if isinstance(error, click.exceptions.NoArgsIsHelpError):
            click.echo(error.format_message())
            sys.exit(EXIT_USER_ERROR)
        advice = f" (see {command} --help)"
        _fail(f"{command}: {error.format_message()}{advice}")
    except SettingError as error:
        _fail(f"{command}: --{error}")
    except MonodyError as error:
        _fail(f"{command}: {error}")
    except OSError as error:
        _fail(f"{command}: cannot use {error.filename!r}: {error.strerror}")
    except (KeyboardInterrupt, click.Abort):
        click.echo("stopped by Ctrl-C", err=True)
        sys.exit(EXIT_INTERRUPTED)


def _fail(message: str) -> None:
    """Print one line and end."""
    click.echo(" ".join(message.split()), err=True)
    sys.exit(EXIT_USER_ERROR)
