"""The command that learns: ``monody train``."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from monody.cli import checks
from monody.cli.options import (
    HeadedCommand,
    memory_option,
    settings_from,
    settings_options,
)
from monody.cli.page import PageWish, page_options, write_page
from monody.cli.reading import (
    data_dir_options,
    named_folder,
    read_folder,
    report_reading,
)
from monody.cli.together import together
from monody.cli.verbosity import detail, is_quiet, say, say_whole
from monody.ending import exit_code, may_tell, reason, was_asked
from monody.errors import MonodyError
from monody.sentences import translated
from monody.settings.devices import DeviceSettings
from monody.settings.model import ModelSettings
from monody.settings.reading import ReadSettings
from monody.settings.training import BASE, NONE, TrainSettings
from monody.translation import gettext as _
from monody.translation import marked

if TYPE_CHECKING:
    from monody.experiments.experiment import Experiment

MAY_CHANGE = ("num_epochs", "patience", "max_minutes")  # on the way: they extend it


@click.command(cls=HeadedCommand)
@data_dir_options
@click.option(
    "--experiment_dir",
    metavar="DIR",
    help="Folder for the model and its records. "
    "[default: the next number in experiments/; with --resume, the most recent one]",
)
@click.option(
    "-m", "--message", metavar="TEXT", help="A note to self, kept in message.txt."
)
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with a training that was stopped, as if it had not been; "
    "--num_epochs, --patience and --max_minutes may be others than before.",
)
@page_options
@settings_options(ModelSettings)
@settings_options(TrainSettings)
@settings_options(DeviceSettings)
@settings_options(ReadSettings)
@memory_option
@click.pass_context
def train(context: click.Context, /, page: PageWish, **values: Any) -> None:
    r"""Learn from a folder of MIDI files.

    \b
    monody train                          learn from data/midi
    monody train my_tunes -m "slow airs"  from another folder, with a note to self
    monody train my_tunes --base none     from nothing, not from the base model
    monody train my_tunes --rnn-size 64   a network of your own size, from nothing
    monody train --resume                 go on with the latest, stopped or cut off

    A small folder fine-tunes the base model that comes with monody, in about a
    minute for forty songs; a large one is learnt from nothing. Files that cannot be
    used are counted and skipped; `monody inspect` explains each of them. A fifth of the
    melodies is held out: the figure to watch is held-out bits per note, and lower is
    better. Ctrl-C stops and keeps the best weights so far. What is not named is chosen
    from the corpus; --verbose says which and why. index.html in the experiment shows
    how it went, with melodies of the first, a middle and the best epoch to hear.
    """
    asked = _Asked.of(values, page)
    with together(asked.devices) as is_first:
        if not is_first:
            _help(asked.devices)
            return
        experiment = _first(context, values, asked)
    if page.wanted:
        from monody.pages.training import write_training_page

        write = partial(write_training_page, experiment)
        write_page(write, marked("judging and rendering"), page)


@dataclass(frozen=True)
class _Asked:
    """What the options ask for; making it refuses what no training could be."""

    folder: str
    model: ModelSettings
    training: TrainSettings
    devices: DeviceSettings
    reading: ReadSettings
    page: PageWish

    @classmethod
    def of(cls, values: Mapping[str, Any], page: PageWish) -> _Asked:
        return cls(
            named_folder(values["folder"], values["data_dir"]),
            settings_from(ModelSettings, values),
            settings_from(TrainSettings, values),
            settings_from(DeviceSettings, values),
            settings_from(ReadSettings, values),
            page,
        )


def _first(context: click.Context, values: dict[str, Any], asked: _Asked) -> Experiment:
    """Train, or go on: alone, or as the first of several processes."""
    if values["resume"]:
        named = {
            name: value
            for name, value in values.items()
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        }
        return _resume(named, asked)
    return _train(values, asked)


def _help(devices: DeviceSettings) -> None:
    """Do a part of the training that another process shows and writes."""
    say(
        _("process {index} of {count}: the first one shows how it goes").format(
            index=devices.process_id, count=devices.num_processes
        )
        if devices.num_processes
        else _("one of several processes: the first one shows how it goes")
    )

    from monody.training.train_along import train_along
    from monody.training.train_network import TrainingStopped

    try:
        train_along(devices)
    except TrainingStopped:
        if may_tell():
            say(_why_stopped())
        sys.exit(exit_code())


def _train(values: Mapping[str, Any], asked: _Asked) -> Experiment:
    """Train from the beginning."""
    checks.require_folder(asked.folder)
    checks.require_new_experiment(values["experiment_dir"], page=asked.page.wanted)
    checks.require_training_memory()
    checks.require_base(asked.model, asked.training)
    checks.require_device(asked.devices)
    asked.page.check()
    say(_("reading {folder} ...").format(folder=asked.folder))
    corpus = read_folder(asked.folder, asked.reading)
    report_reading(corpus)
    say(_("making the network ready ..."))

    from monody.training.train import train as train_network

    work = partial(
        train_network,
        corpus,
        asked.training,
        model=asked.model,
        experiment_dir=values["experiment_dir"],
        message=values["message"],
        explain=_explain,
        devices=asked.devices,
    )
    return _show(work, asked.training.num_epochs)


def _explain(line: str) -> None:
    """Say how much there is to learn from, and what with; sizes are details."""
    what, colon, why = line.partition(": ")
    if line.startswith(" "):  # an option, and why it was chosen
        said = f"{what}{colon}{translated(why)}"
    else:
        said = translated(line)
    if line.startswith(" ") and "--base" not in line:
        detail(said)
    else:
        say(said)


def _resume(named: dict[str, Any], asked: _Asked) -> Experiment:
    """Go on with a training, by the options that were named."""
    say(_("looking where the training was ..."))

    from monody.experiments.experiment import Experiment
    from monody.experiments.training_state import read_training_state

    experiment = Experiment.to_go_on(named.pop("experiment_dir", None))
    checks.require_writable(experiment.folder, "--experiment_dir")
    experiment.require_idle()
    if asked.page.wanted:
        checks.require_own_training_page(experiment)
    record = experiment.record()
    changes = {name: named.pop(name) for name in MAY_CHANGE if name in named}
    for field in fields(DeviceSettings):
        named.pop(field.name, None)  # as this machine has them
    settings = replace(record.training, **changes)
    _refuse_differing(named, experiment)
    asked.page.check()
    state = read_training_state(experiment.checkpoint_path)
    over = state.over(settings)
    if over:
        say_whole(
            _("{folder} is finished: {over}").format(
                folder=experiment.folder, over=translated(over)
            )
        )
    else:
        begun = _("going on with {folder}: epoch {epoch}").format(
            folder=experiment.folder, epoch=state.epoch + 1
        )
        done = _(", {count} batches of it done").format(count=state.batch)
        say_whole(begun + (done if state.batch else ""))
        _warn_of_versions(record.versions)
        checks.require_training_memory()
        say(_("making the network ready ..."))

    from monody.cli.train_report import say_training
    from monody.training.resume import resume

    work = partial(resume, experiment.folder, **changes, devices=asked.devices)
    if not over:
        return _show(work, settings.num_epochs)
    experiment = work()
    say_training(experiment)
    return experiment


def _warn_of_versions(began: dict[str, str]) -> None:
    """Say so where the last bits will be others than without the stop."""
    from monody.experiments.records import versions

    others = [
        _("{name} {version}, not {before}").format(
            name=name, version=version, before=began.get(name)
        )
        for name, version in versions().items()
        if version != began.get(name)
    ]
    if others:
        say(
            _(
                "the last bits will differ from a training without a stop: this is "
                "{others}"
            ).format(others="; ".join(others))
        )


def _refuse_differing(named: dict[str, Any], experiment: Experiment) -> None:
    """Raise an error where an option differs from how the training began."""
    record = experiment.record()
    began = {
        **record.settings,
        "message": experiment.message(),
        "data_dir": record.data_dir,
    }
    for name, value in named.items():
        if name == "resume":
            continue
        key = "data_dir" if name == "folder" else name
        if _as_recorded(key, value) != began.get(key):
            raise MonodyError(
                f"--{key} is {value!r}, but {str(experiment.folder)!r} began with "
                f"{began.get(key)!r}: leave it out to go on, or train again; only "
                f"{', '.join(f'--{name}' for name in MAY_CHANGE)} may change"
            )


def _as_recorded(name: str, value: Any) -> Any:
    """Return the value of an option as records have it, which name no folder above."""
    from monody.experiments.experiment import Experiment
    from monody.files import last_names

    if name == "data_dir":
        return last_names(value)
    if name == "base" and value not in (BASE, NONE):
        return Experiment(value).model_name
    return value


def _show(work: Callable[..., Experiment], num_epochs: int) -> Experiment:
    """Show the epochs of a training while it works, and report what came out."""
    from rich.console import Console

    from monody.cli.epoch_lines import EpochLines
    from monody.cli.train_report import say_training
    from monody.experiments.experiment import Experiment
    from monody.training.train_network import TrainingStopped

    lines = EpochLines(Console(quiet=is_quiet()), num_epochs)
    try:
        experiment = work(callbacks=[lines])
    except TrainingStopped as stopped:
        lines.close()
        if may_tell():
            say(_why_stopped())
        _say_how_to_go_on(stopped.experiment)
        sys.exit(exit_code())
    except OSError as error:
        lines.close()
        if error.filename:  # a full disk, above all: once there is room, it goes on
            _say_how_to_go_on(Experiment(Path(error.filename).parent))
        raise
    finally:
        lines.close()
    say_training(experiment)
    if not lines.finished:
        if may_tell():
            text = _("{reason}; these are the best weights so far")
            say(text.format(reason=_why_stopped()))
        _say_how_to_go_on(experiment)
        sys.exit(exit_code())
    return experiment


def _why_stopped() -> str:
    """Say what stopped a training: perhaps a signal to another of its processes."""
    from monody.models import processes

    if processes.count() > 1 and not was_asked():
        return _("another process of this training was asked to stop")
    return reason()


def _say_how_to_go_on(experiment: Experiment) -> None:
    if experiment.checkpoint_path.exists():
        folder = shlex.quote(str(experiment.folder))
        say_whole(
            _("go on with it: monody train --resume --experiment_dir {folder}").format(
                folder=folder
            )
        )
