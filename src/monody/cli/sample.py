"""The command ``monody sample``: writes melodies and says what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monody.cli import checks
from monody.cli.options import HeadedCommand, settings_from, settings_options
from monody.cli.page import page_options, write_page
from monody.settings.sampling import SampleSettings

if TYPE_CHECKING:
    from rich.console import Console

    from monody.corpus.novelty import UsualNovelty
    from monody.generation.generate import Generation
    from monody.generation.retries import GeneratedMelody

MAX_ROWS = 20  # melodies that are listed one by one
MAX_DRAWN = 5  # melodies that are drawn into the terminal
RULE_NAMES = {
    "corpus": "what the corpus uses",
    "durations": "--durations",
    "density": "--density",
    "key": "--key",
    "range": "--range",
    "end": "--end",
    "length": "the exact length",
    "repeats": "no endless loops",
    "rests": "no rest after a rest",
}
MIN_COST_BITS = 0.005  # per note; less is not worth a word


@click.command(cls=HeadedCommand)
@click.option(
    "--experiment_dir",
    metavar="DIR",
    help="Experiment, .keras file or base (what comes with monody) to sample from. "
    "[default: the most recent in experiments/, or base where there is none]",
)
@click.option(
    "--save_dir",
    metavar="DIR",
    help="Folder for the melodies; files in it are kept, numbers go on. "
    "[default: generated/ in the experiment, or here if it is base]",
)
@click.option(
    "--prime_file",
    metavar="FILE",
    help="MIDI file whose melody to continue, in any key and tempo; an earlier output "
    "will do.",
)
@click.option(
    "--data_dir",
    metavar="DIR",
    help="Folder of MIDI files whose melodies to continue. "
    "[default: the experiment's held-out melodies]",
)
@page_options
@settings_options(SampleSettings)
def sample(
    experiment_dir: str | None,
    save_dir: str | None,
    prime_file: str | None,
    data_dir: str | None,
    page: bool,
    opens: bool,
    sound_bank: str | None,
    **values: Any,
) -> None:
    r"""Write new melodies with a trained model.

    \b
    monody sample                                10 melodies from the latest model, or
                                                 from the one that comes with monody
    monody sample --bars 16 --meter 6/8 --key 'D dorian' --end tonic
    monody sample --prime_file my.mid --prime_bars 1-8 --with_primer
    monody sample --start nothing --best_of 50 --range flute
    monody sample --midi-instrument flute --seed 7

    Each melody continues a few bars of a real one, which are drawn from the seed and
    are not written, unless you say otherwise. What is asked for (length, meter, key,
    range, note values, density, end) holds in every file. Each is told apart as new,
    near-copy or copy of a training melody. index.html, beside the files, is a page to
    hear, see and read them; manifest.json says how each was made: `monody again` makes
    it again, `monody vary` something like it.
    """
    settings = settings_from(SampleSettings, values)

    from monody.generation.primers import require_one_source

    page = page or opens
    require_one_source(settings, prime_file, data_dir)
    if prime_file is not None:
        checks.require_files([prime_file], "a MIDI file to continue")
    if data_dir is not None:
        checks.require_music(data_dir)
    if page:
        checks.require_sound_bank(sound_bank)

    from monody.experiments.base import BaseExperiment, open_experiment
    from monody.music.general_midi import program_of
    from monody.pages.page import PAGE

    program_of(settings.midi_instrument)
    experiment = open_experiment(experiment_dir)
    experiment.load()  # refused here if it is damaged, or no model at all
    folder = Path(save_dir or experiment.generated)
    checks.require_melody_folder(folder, PAGE if page else None)
    if isinstance(experiment, BaseExperiment):
        click.echo("sampling from the base model, which comes with monody; it knows")
        click.echo("public-domain dance tunes. Your own style: monody train FOLDER")
    else:
        click.echo(f"sampling from {experiment.model_path} ...")

    from rich.console import Console

    from monody.cli.progress import progress_bar
    from monody.generation.generate import generate
    from monody.pages.melodies import show

    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("writing melodies", total=None)
        generation = generate(
            experiment,
            settings,
            prime_file=prime_file,
            data_dir=data_dir,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    paths = generation.save(save_dir)
    for line in report(generation, paths):
        click.echo(line)
    console = Console()
    if console.is_terminal:
        _draw(generation, paths, console)
    if page:
        write_page(
            partial(show, generation, paths), "rendering", sound_bank, opens=opens
        )


def _draw(generation: Generation, paths: Sequence[Path], console: Console) -> None:
    """Draw the first melodies into the terminal."""
    from monody.render.roll.terminal import terminal_roll

    encoding = (console.encoding or "ascii").lower()
    for path, melody in list(zip(paths, generation.melodies, strict=True))[:MAX_DRAWN]:
        drawn = terminal_roll(
            melody,
            width=console.width,
            colour=console.color_system is not None,
            ascii_only=not encoding.startswith("utf"),
        )
        console.print(f"\n{path.name}", highlight=False)
        console.print(drawn, no_wrap=True, overflow="crop")


def report(generation: Generation, paths: Sequence[Path]) -> Iterator[str]:
    """Yield the lines that say what was written."""
    yield _headline(generation)
    no_primer = generation.primers[0] is None and generation.settings.start == "primer"
    if no_primer and generation.rewrite is None:
        yield "no held-out melody to continue: the melodies start from nothing"
    for path, one in list(zip(paths, generation.generated, strict=True))[:MAX_ROWS]:
        yield f"  {path.name:>8}  {_about(one)}"
    if len(paths) > MAX_ROWS:
        yield f"  ... and {len(paths) - MAX_ROWS} more: see manifest.json"
    if generation.usual is not None:
        yield from _usual(generation.usual)
    yield from _costs(generation)
    yield from _tries(generation)
    last = f" to {paths[-1].name}" if paths[1:] else ""
    yield f"written: {paths[0]}{last}"


def _headline(generation: Generation) -> str:
    """Say what was asked for."""
    from monody.corpus.report import counted

    settings = generation.settings
    drawn = f"seed {settings.seed}, temperature {settings.temperature_text}"
    count = len(generation.generated)
    if generation.rewrite is not None:
        return f"{counted(count, 'rewrite')}, {drawn}"
    steps, bars = settings.file_length, settings.bars
    length = f"{steps} 16ths" if bars is None else f"{bars} bars"
    most = "at most " if settings.free else ""
    return f"{counted(count, 'melody')} of {most}{length}, {drawn}"


def _about(one: GeneratedMelody) -> str:
    """Say what is known of one melody."""
    bits = f"{one.draft.bits_per_note:.2f} bits a note"
    novelty = one.novelty
    failed = f"  ({one.failure})" if one.failure else ""
    if novelty is None:
        return bits + failed
    words = [f"{novelty.label:<9}  {bits}", novelty.said]
    return "; ".join(filter(None, words)) + failed


def _usual(usual: UsualNovelty) -> Iterator[str]:
    if not usual.melodies:
        return
    shares = ", ".join(f"{share:.0%} {label}" for label, share in usual.shares.items())
    notes = usual.longest_notes
    yield (
        f"for comparison, {usual.melodies} held-out real melodies: {shares}; longest "
        f"shared run {notes.median:.0f} notes (median), {notes.percentile_95:.0f} in 1 "
        "of 20"
    )


def _costs(generation: Generation) -> Iterator[str]:
    """Say how much probability the rules cost."""
    names = dict(RULE_NAMES)
    if generation.rewrite is not None:
        names["density"] = "as many notes in each bar"
    of_melodies = [one.draft.cost_bits for one in generation.generated]
    costs = {
        name: sum(cost.get(rule, 0) for cost in of_melodies) / len(of_melodies)
        for rule, name in names.items()
    }
    told = [
        f"{name} {bits:.2f}"
        for name, bits in sorted(costs.items(), key=lambda item: -item[1])
        if bits >= MIN_COST_BITS
    ]
    if told:
        yield f"what was asked for cost, in bits a note: {', '.join(told)}"


def _tries(generation: Generation) -> Iterator[str]:
    """Say how many melodies had to be tried again."""
    failed = generation.first_tries
    reasons = ", ".join(f"{reason} {count}" for reason, count in failed.items())
    again = f" and were tried again ({reasons})" if failed else ""
    count = f"{sum(failed.values())} of {generation.tries}"
    yield f"first tries that failed: {count}{again}"
    left = sum(one.failure is not None for one in generation.generated)
    if left:
        yield (
            f"{left} failed every time and {'is' if left == 1 else 'are'} kept as the "
            "last try was: ask for less, or for another --temperature"
        )
