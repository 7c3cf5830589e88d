"""The command ``monody sample``: writes melodies and says what they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monody.cli import checks
from monody.cli.options import (
    HeadedCommand,
    memory_option,
    settings_from,
    settings_options,
)
from monody.cli.page import PageWish, page_options, write_melody_page
from monody.cli.verbosity import detail, is_verbose, say, say_whole
from monody.settings.sampling import SampleSettings
from monody.translation import gettext as _
from monody.translation import ngettext

if TYPE_CHECKING:
    from rich.console import Console

    from monody.experiments.experiment import Experiment
    from monody.generation.generate import Generation

CLASSIC_LENGTH = 1000  # 16ths: what the script sample.py writes if no length is named
MAX_DRAWN = 5  # melodies that are drawn into the terminal


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
@click.option("--classic", is_flag=True, hidden=True)  # sample.py says it
@settings_options(SampleSettings)
@memory_option
def sample(
    experiment_dir: str | None,
    save_dir: str | None,
    prime_file: str | None,
    data_dir: str | None,
    page: PageWish,
    classic: bool,
    **values: Any,
) -> None:
    r"""Write new melodies with a trained model.

    \b
    monody sample                                10 melodies from the latest model, or
                                                 from the one that comes with monody
    monody sample --bars 16 --meter 6/8 --key 'D dorian' --end tonic
    monody sample --form "A A' B A" --bars 32
    monody sample --prime_file my.mid --prime_bars 1-8 --with_primer
    monody sample --start nothing --best_of 50 --range flute
    monody sample --midi-instrument flute --seed 7

    Each melody continues a few bars of a real one, which are drawn from the seed and
    are not written, unless you say otherwise. What is asked for (length, meter, key,
    range, note values, density, end) holds in every file. Each is told apart as new,
    near-copy or copy of a training melody; --verbose says how that was found, and draws
    them. index.html, beside the files, is a page to hear, see and read them;
    manifest.json says how each was made: `monody again` makes it again, `monody vary`
    something like it.
    """
    lengths = values["bars"], values["file_length"], values["form"]
    if classic and lengths == (None, None, None):
        values["file_length"] = CLASSIC_LENGTH
    settings = settings_from(SampleSettings, values).with_seed()

    _check(settings, prime_file, data_dir)
    _announce(settings)

    from monody.experiments.base import open_experiment
    from monody.pages.page import PAGE

    experiment = open_experiment(experiment_dir)
    folder = Path(save_dir or experiment.generated)
    checks.require_melody_folder(folder, PAGE if page.wanted else None)
    page.check()
    experiment.load()  # refused here if it is damaged, or no model at all
    _say_model(experiment)
    generation = _generate(experiment, settings, prime_file, data_dir)
    paths = generation.save(save_dir)

    from rich.console import Console

    from monody.cli.sample_report import say_report

    say_report(generation, paths)
    console = Console()
    if console.is_terminal and is_verbose():
        _draw(generation, paths, console)
    write_melody_page(generation, paths, page)


def _check(
    settings: SampleSettings,
    prime_file: str | None,
    data_dir: str | None,
) -> None:
    """Refuse what can be known to be wrong before a model is opened."""
    from monody.generation.primers import require_one_source
    from monody.music.general_midi import program_of

    if settings.form_file:
        checks.require_files([settings.form_file], "a MIDI file to take the form of")
    require_one_source(settings, prime_file, data_dir)
    program_of(settings.midi_instrument)  # raises for a name that is none
    if prime_file is not None:
        checks.require_files([prime_file], "a MIDI file to continue")
    if data_dir is not None:
        checks.require_music(data_dir)


def _announce(settings: SampleSettings) -> None:
    """Say what will be written: how many melodies, how long, and the seed."""
    melodies = ngettext("{count} melody", "{count} melodies", settings.num_files)
    asked = _("{melodies} of {length}").format(
        melodies=melodies, length=settings.length_text
    )
    say(_("writing {asked}, seed {seed}").format(asked=asked, seed=settings.seed))
    detail(_("temperature {value}").format(value=settings.temperature_text))


def _generate(
    experiment: Experiment,
    settings: SampleSettings,
    prime_file: str | None,
    data_dir: str | None,
) -> Generation:
    """Write the melodies, with a progress bar."""
    from monody.cli.progress import one_task
    from monody.generation.generate import generate

    with one_task(_("writing melodies")) as progress:
        return generate(
            experiment,
            settings,
            prime_file=prime_file,
            data_dir=data_dir,
            progress=progress,
        )


def _say_model(experiment: Experiment) -> None:
    """Say which model writes."""
    from monody.experiments.base import BaseExperiment

    if not isinstance(experiment, BaseExperiment):
        say_whole(_("with {model_path}").format(model_path=experiment.model_path))
        return
    say(_("with the base model; for your own style: monody train FOLDER"))
    detail(_("it comes with monody, and has learnt from public-domain dance tunes"))


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
