"""The command that judges: ``monody evaluate``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monody.errors import MonodyError
from monody.options import HeadedCommand

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from monody.musicality import Musicality
    from monody.resemblance import Resemblance
    from monody.scorecard import Progress, Scorecard
    from monody.surprise import Score

OTHER_NETWORKS = {
    "base_alone": "the base alone",
    "from_nothing": "the one from nothing",
}
FEW_MELODIES = 8  # with fewer an interval over melodies means little
MEANINGS = {
    "test": "training did not look at them",
    "validation": "not trained on, but they chose the weights",
    "both": "not trained on, but half of them chose the weights",
}


@click.command(cls=HeadedCommand)
@click.argument("experiment", required=False, metavar="[EXPERIMENT]")
@click.option(
    "--data_dir",
    metavar="DIR",
    help="Folder of music files to judge on. [default: the melodies that the "
    "experiment held out]",
)
@click.option(
    "--part",
    type=click.Choice(["test", "validation", "both"]),
    help="Which of the held-out melodies: those that training did not look at (test), "
    "those that chose the weights (validation), or both. [default test]",
)
@click.option(
    "--music",
    is_flag=True,
    help="Also let the model write melodies, and compare them with the held-out ones.",
)
@click.option(
    "--from_nothing/--no_from_nothing",
    default=None,
    help="Of a network that was fine-tuned, also judge what it would be without its "
    "base; that is trained once, which takes a minute or two on few files. "
    "[default: on a small corpus]",
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
def evaluate(
    experiment: str | None,
    data_dir: str | None,
    part: str | None,
    music: bool,
    from_nothing: bool | None,
    as_json: bool,
    plot: str | None,
    melody: int | None,
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
    if data_dir and part:
        raise MonodyError(
            "--part is of the melodies that the experiment held out: leave it out, or "
            "--data_dir"
        )
    _check_plot(plot, melody)

    from rich.console import Console

    from monody.base import open_experiment
    from monody.scorecard import evaluate as judge

    opened = open_experiment(experiment)
    with _progress(Console(stderr=True)) as progress:
        card = judge(
            opened,
            data_dir,
            part or "test",
            music=music,
            from_nothing=from_nothing,
            progress=progress,
        )
    if plot:
        _draw(card, Path(plot), melody)
    if as_json:
        click.echo(json.dumps(card.to_json(), indent=2))
    else:
        _print_card(card, Console(highlight=False, markup=False))


def _check_plot(plot: str | None, melody: int | None) -> None:
    """Complain of a picture that cannot be drawn before anything is judged."""
    if melody is not None and plot is None:
        raise MonodyError("--melody names the melody to draw: add --plot FILE.svg")
    if plot is not None and Path(plot).suffix.lower() != ".svg":
        raise MonodyError(
            f"--plot draws an SVG image, not {plot!r}: expected a name such as "
            f"{Path(plot).stem or 'surprise'}.svg"
        )
    if plot is not None and not Path(plot).parent.is_dir():
        raise MonodyError(
            f"no folder {str(Path(plot).parent)!r} for --plot {plot}: make it first"
        )


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    """Show what is being done, one bar after the other."""
    from monody.progress_bar import progress_bar

    with progress_bar(console) as bar:
        task, shown = bar.add_task("loading", total=None), "loading"

        def progress(what: str, done: int, total: int) -> None:
            nonlocal task, shown
            if what != shown:
                bar.remove_task(task)
                task, shown = bar.add_task(what, total=total), what
            bar.update(task, completed=done, total=total)

        yield progress


def _print_card(card: Scorecard, console: Console) -> None:
    """Print the scorecard: what was judged, a table, and what it means."""
    for line in _about(card):
        console.print(line, soft_wrap=True)
    console.print()
    console.print(_table(card))
    console.print()
    console.print(_meaning(card))
    if card.music:
        console.print()
        _print_music(card.music, console)


def _print_music(music: Musicality, console: Console) -> None:
    """Print how generated melodies resemble real ones, beside the ceiling."""
    from rich.table import Table

    generated, ceiling = music.generated, music.ceiling
    console.print(
        f"{generated.generated_melodies} generated melodies (seed {music.seed}) beside "
        f"{generated.real_melodies} held-out ones, and these beside "
        f"{ceiling.real_melodies} training ones: what real melodies reach"
    )
    if generated.overlap is None or ceiling.overlap is None:
        console.print(f"too few to compare: {FEW_MELODIES} on each side are needed")
        return
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("\noverlap of, 1 is perfect")
    for title in ("generated\nand held-out", "held-out\nand training"):
        table.add_column(title, justify="right")
    for name, area in generated.overlap.items():
        table.add_row(
            name.replace("_", " "), f"{area:.2f}", f"{ceiling.overlap[name]:.2f}"
        )
    table.add_row("notes in key", *(f"{_in_key(side):.0%}" for side in music.sides))
    told = (f"{side.classifier_accuracy:.0%}" for side in music.sides)
    table.add_row("told apart, 50% is perfect", *told)
    console.print(table)


def _in_key(side: Resemblance) -> float:
    """Return how many notes of a side's first melodies are in their key."""
    return side.generated_in_key_share or 0.0


def _about(card: Scorecard) -> Iterator[str]:
    """Say which melodies were judged, and what a reader should know of them."""
    from monody.report import counted, printable

    notes = f"{counted(card.score.notes, 'note')}, {card.seconds:.1f} s"
    yield f"{printable(card.model)} ({card.encoding})"
    if card.part is None:
        melodies = counted(card.score.melodies, "melody")
        yield f"judged on {melodies} of {printable(card.data)}, {notes}"
    else:
        kind = "held-out" if card.part == "both" else card.part
        melodies = counted(card.score.melodies, f"{kind} melody")
        yield f"judged on {melodies}, {notes}: {MEANINGS[card.part]}"
    if card.like_training:
        yield f"{card.like_training} of them are like a training melody: easy to know"
    if not card.references:
        yield "no reference models: there are no training melodies beside the model"


def _table(card: Scorecard) -> Table:
    """Lay the models out, the network first, then the strongest reference."""
    from rich.table import Table

    titles = ["bits per note\n(95 %)", "of\npitch", "of\nlength", "pitch\nright",
              "length\nright"]  # fmt: skip
    if card.references:
        titles.append("bits saved\n(95 %)")
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("\nmodel")
    for title in titles:
        table.add_column(title, justify="right")
    ours = "fine-tuned" if "base_alone" in card.references else "network"
    table.add_row(ours, *_figures(card.score), style="bold")
    for name in _strongest_first(card):
        score, saving = card.references[name].score, card.references[name].saving
        low, high = (f"{100 * edge:.0f}" for edge in saving.interval_95)
        saved = f"{saving.share:.0%} ({low}..{high})"
        table.add_row(name.replace("_", " "), *_figures(score), saved)
    return table


def _figures(score: Score) -> list[str]:
    """Print a model's figures, bits to three digits."""
    bits, low, high, pitch, duration = (
        f"{figure:#.3g}"
        for figure in (
            score.bits_per_note,
            *score.interval_95,
            score.pitch_bits_per_note,
            score.duration_bits_per_note,
        )
    )
    accuracies = f"{score.pitch_accuracy:.0%}", f"{score.duration_accuracy:.0%}"
    return [f"{bits} ({low}..{high})", pitch, duration, *accuracies]


def _strongest_first(card: Scorecard) -> list[str]:
    """Order the references by their bits."""
    references = card.references
    return sorted(references, key=lambda name: references[name].score.bits_per_note)


def _meaning(card: Scorecard) -> str:
    """Say in a sentence, without bits, how good the network is."""
    said = (
        "Asked for the next note, pitch and length together, the network is as unsure "
        f"as if it chose among {_choices(card.score)} that are equally likely"
    )
    if not card.references:
        return f"{said}."
    name = _strongest_first(card)[0]
    score, saving = card.references[name].score, card.references[name].saving
    low, high = saving.interval_95
    if card.score.melodies < FEW_MELODIES:
        verdict = "too few melodies to say which of them knows such music better"
    elif low <= 0 <= high:
        verdict = "so near that other melodies of this kind could turn it round"
    else:
        better = "better" if low > 0 else "less well"
        verdict = f"the network knows such music {better}, and not by chance"
    other = OTHER_NETWORKS.get(name, f"the {name.replace('_', ' ')} model")
    return f"{said}, {other} among {_choices(score)}: {verdict}."


def _choices(score: Score) -> str:
    """Return how many equally likely notes would be as hard to guess among."""
    choices = 2**score.bits_per_note
    return f"{choices:,.1f}" if choices < 10 else f"{choices:,.0f}"


def _draw(card: Scorecard, path: Path, number: int | None) -> None:
    """Draw a melody, and say which on the error stream: JSON stays alone."""
    from monody.files import write_text
    from monody.report import printable

    count = len(card.judged.melodies)
    if number is not None and not 1 <= number <= count:
        raise MonodyError(f"--melody must be from 1 to {count}, not {number}")
    index = card.judged.median() if number is None else number - 1
    write_text(path, card.picture(index))
    source = printable(card.judged.melodies[index].source)
    click.echo(f"written: {path} (melody {index + 1} of {count}, {source})", err=True)
