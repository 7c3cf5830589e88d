"""The command that judges: ``monody evaluate``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monody.cli.checks import (
    require_device,
    require_file_writable,
    require_music,
    require_training_memory,
    require_writable,
)
from monody.cli.options import HeadedCommand, memory_option, settings_options
from monody.cli.spoken_help import SpokenChoice
from monody.cli.verbosity import is_quiet, say, say_aside, say_written, status
from monody.errors import MonodyError
from monody.sentences import translated
from monody.settings.devices import DeviceSettings
from monody.translation import gettext as _
from monody.translation import marked

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from monody.evaluation.sample_quality import SampleQuality
    from monody.evaluation.scorecard import Scorecard
    from monody.evaluation.wording import ModelRow
    from monody.experiments.experiment import Experiment
    from monody.progress import StageProgress


@click.command(cls=HeadedCommand)
@click.argument("experiment", required=False, metavar="[EXPERIMENT]")
@click.option(
    "--data_dir",
    metavar="DIR",
    help="Folder of music files to judge on, and to compare with. [default: the "
    "melodies that the experiment held out]",
)
@click.option(
    "--part",
    type=SpokenChoice(marked(["test", "validation", "both"])),
    help="Which of the held-out melodies: those that training did not look at (test), "
    "those that chose the weights (validation), or both. [default test]",
)
@click.option(
    "--music",
    is_flag=True,
    help="Also let the model write 200 melodies, and compare them with real ones: "
    "those of --data_dir that it was not trained on, or those held out; where fewer "
    "than 200 were, those trained on, too.",
)
@click.option(
    "--from_nothing",
    is_flag=True,
    help="Of a network that was fine-tuned, also judge what it would be without its "
    "base; that is trained once, which takes half a minute or more.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the scorecard as JSON instead."
)
@click.option(
    "--plot",
    metavar="FILE.svg",
    help="Draw how surprising each note of one melody was.",
)
@click.option(
    "--melody",
    metavar="N",
    type=int,
    help="The melody to draw, counted from 1. [default: the one in the middle, by bits "
    "per note]",
)
@settings_options(DeviceSettings, only=("device",))
@memory_option
def evaluate(
    experiment: str | None,
    data_dir: str | None,
    part: str | None,
    music: bool,
    from_nothing: bool,
    as_json: bool,
    plot: str | None,
    melody: int | None,
    device: str,
) -> None:
    r"""Say how well a trained network predicts melodies that it has not seen.

    \b
    monody evaluate                                the latest experiment
    monody evaluate experiments/03 --json          another one, for a program
    monody evaluate experiments/03 --data_dir airs on other melodies
    monody evaluate --plot surprise.svg            one melody, note by note
    monody evaluate --music                        and how alike its melodies are

    EXPERIMENT is the folder of one, a .keras file, or base, the network that comes with
    monody. The figure is bits per note: how many yes-or-no questions it takes to tell
    the network the next note. Lower is better. Beside it stand simple models, counted
    on the same training melodies and judged on the same notes (the strongest of them is
    of variable order, and knows the melody so far as well), and, of a network that was
    fine-tuned, its base and the same from nothing. The 95 % intervals say how far other
    melodies of the same kind would move a figure.
    """
    _check(data_dir, part, plot, melody)
    first = status if as_json else say
    first(
        _("judging {network} ...").format(network=experiment or _("the latest network"))
    )
    opened = _opened(experiment, from_nothing)
    require_device(DeviceSettings(device=device))

    from rich.console import Console

    from monody.evaluation.evaluate import PARTS
    from monody.evaluation.evaluate import evaluate as judge

    part = part or "test"
    if melody is not None and not data_dir:
        counts = opened.load().record.melodies
        _require_melody(melody, sum(map(counts.of, PARTS[part])))
    with _progress(Console(stderr=True)) as progress:
        card = judge(
            opened,
            data_dir,
            part,
            music=music,
            from_nothing=from_nothing,
            progress=progress,
        )
    if plot:
        _draw(card, Path(plot), melody, path_alone=is_quiet() and not as_json)
    if as_json:
        click.echo(json.dumps(card.to_json(), indent=2))
    elif not is_quiet():
        _print_card(card, Console(highlight=False, markup=False))


def _check(
    data_dir: str | None, part: str | None, plot: str | None, melody: int | None
) -> None:
    """Refuse options that contradict each other, and a folder without music."""
    if data_dir and part:
        raise MonodyError(
            "--part is of the melodies that the experiment held out: leave it out, or "
            "--data_dir"
        )
    _check_plot(plot, melody)
    if data_dir:
        require_music(data_dir)


def _opened(experiment: str | None, from_nothing: bool) -> Experiment:
    """Open an experiment, whose model is whole and which may be written to if need be.

    Args:
        experiment: As the user named it, if at all.
        from_nothing: Whether a network is to be trained beside it.
    """
    from monody.experiments.base import open_experiment

    opened = open_experiment(experiment)
    if from_nothing:
        require_writable(opened.folder, "EXPERIMENT")
        if not opened.from_nothing_path.is_file():
            require_training_memory()
    opened.load()  # refused here if it is damaged
    return opened


def _check_plot(plot: str | None, melody: int | None) -> None:
    """Complain of a picture that cannot be drawn before anything is judged."""
    if melody is not None and plot is None:
        raise MonodyError("--melody names the melody to draw: add --plot FILE.svg")
    if melody is not None and melody < 1:
        raise MonodyError(f"--melody must be at least 1, not {melody}")
    if plot is not None and Path(plot).suffix.lower() != ".svg":
        raise MonodyError(
            f"--plot draws an SVG image, not {plot!r}: expected a name such as "
            f"{Path(plot).stem or 'surprise'}.svg"
        )
    if plot is not None:
        require_file_writable(Path(plot), "--plot")


@contextmanager
def _progress(console: Console) -> Iterator[StageProgress]:
    """Show what is being done, one bar after the other."""
    from monody.cli.progress import progress_bar

    with progress_bar(console) as bar:
        task, shown = bar.add_task(_("loading"), total=None), "loading"

        def progress(what: str, done: int, total: int) -> None:
            nonlocal task, shown
            if what != shown:
                bar.remove_task(task)
                task, shown = bar.add_task(translated(what), total=total), what
            bar.update(task, completed=done, total=total)

        yield progress


def _print_card(card: Scorecard, console: Console) -> None:
    """Print the scorecard: what it means, what was judged, and a table."""
    from monody.evaluation.wording import about, meaning, rows_of, titles_of

    say(meaning(card), console.width)
    say()
    for line in about(card):
        say(line, console.width)
    say()
    console.print(_table(rows_of(card), titles_of(card), console.width))
    if card.music:
        console.print()
        _print_music(card.music, console)


def _print_music(music: SampleQuality, console: Console) -> None:
    """Print how generated melodies resemble real ones, beside the ceiling."""
    from rich.table import Table

    from monody.evaluation.wording import music_about, music_meaning, music_rows

    say(music_meaning(music), console.width)
    say()
    for line in music_about(music):
        say(line, console.width)
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("\n" + _("overlap of, 1 is perfect"))
    for title in (_("generated\nand real"), _("real\nand real"))[: len(music.sides)]:
        table.add_column(title, justify="right")
    rows = list(music_rows(music))
    for row in rows:
        table.add_row(*row)
    if rows:
        say()
        console.print(table)


def _table(rows: Sequence[ModelRow], titles: Sequence[str], width: int) -> Table:
    """Lay the models out, the network first, then the strongest reference.

    Where the terminal is too narrow for all columns, the least telling are left out.
    """
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("\n" + _("model"))
    shown = _columns_that_fit(rows, titles, width)
    for column in shown:
        table.add_column(titles[column], justify="right")
    for place, row in enumerate(rows):
        figures = [row.figures[column] for column in shown if column < len(row.figures)]
        table.add_row(row.model, *figures, style="" if place else "bold")
    return table


def _require_melody(number: int, count: int) -> None:
    """Complain of a melody that is not there, unless none is at all."""
    if count and not 1 <= number <= count:
        raise MonodyError(f"--melody must be from 1 to {count}, not {number}")


def _columns_that_fit(
    rows: Sequence[ModelRow], titles: Sequence[str], width: int
) -> list[int]:
    """Return the columns to show, in order: bits and bits saved before the others."""
    shown: list[int] = []
    room = width - max(len(row.model) for row in rows)
    for column in sorted(range(len(titles)), key=lambda at: at not in (0, 5)):
        texts = [*titles[column].split("\n"), *(
            row.figures[column] for row in rows if column < len(row.figures)
        )]  # fmt: skip
        room -= 1 + max(map(len, texts))
        if room < 0:
            break
        shown.append(column)
    return sorted(shown)


def _draw(card: Scorecard, path: Path, number: int | None, *, path_alone: bool) -> None:
    """Draw a melody, and say which one it is, or just where it was drawn."""
    from monody.files import write_text

    count = len(card.judged.melodies)
    if number is not None:
        _require_melody(number, count)
    index = card.judged.median() if number is None else number - 1
    write_text(path, card.picture(index))
    if path_alone:
        say_written([path])
        return
    source = card.judged.melodies[index].source
    say_aside(
        _("written: {path} (melody {number} of {count}, {source})").format(
            path=path, number=index + 1, count=count, source=source
        )
    )
