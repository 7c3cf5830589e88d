"""What a command refuses at once, before it reads, trains or writes anything.

Whatever can be known from names, folders and a few bytes is asked here first: a user
must not wait for a mistake. Nothing is left behind by asking.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monody.errors import MonodyError

if TYPE_CHECKING:
    from monody.experiments.experiment import Experiment
    from monody.settings.devices import DeviceSettings
    from monody.settings.model import ModelSettings
    from monody.settings.training import TrainSettings


def require_writable(folder: Path, option: str) -> None:
    """Make sure that files can be written to a folder, which need not be there yet.

    Args:
        folder: Where they will go.
        option: That names another, such as ``--save_dir``.

    Raises:
        MonodyError: If it is no folder, cannot be made or is closed.

    Example:
        >>> from pathlib import Path
        >>> from monody.cli.checks import require_writable
        >>> require_writable(Path("new/folder"), "--save_dir")
        >>> Path("new").exists()
        False
    """
    import tempfile

    try:
        # Trying is the only answer that holds: of rights, of disks, of odd systems.
        with tempfile.TemporaryFile(dir=_nearest(folder)):
            pass
    except OSError as error:
        raise MonodyError(
            f"cannot write to the folder {str(folder)!r}: {error.strerror}; name "
            f"another with {option}"
        ) from error


def _nearest(folder: Path) -> Path:
    """Return a folder, or the one above in which it would be made."""
    for path in (folder, *folder.absolute().parents):
        try:
            path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        return path
    return folder


def require_file_writable(path: Path, option: str) -> None:
    """Make sure that a file can be written, in a folder that is there.

    Args:
        path: The file that an option names; one that is there will be replaced.
        option: The option.

    Raises:
        MonodyError: If it is a folder, a device, a pipe or the like, or its folder is
            missing or closed.

    Example:
        >>> from pathlib import Path
        >>> from monody.cli.checks import require_file_writable
        >>> require_file_writable(Path("none/a.svg"), "--plot")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: no folder 'none' for --plot none/a.svg: make it first
    """
    if not path.parent.is_dir():
        raise MonodyError(
            f"no folder {str(path.parent)!r} for {option} {path}: make it first"
        )
    if path.is_dir():
        raise MonodyError(
            f"{option} names the file to write, but {str(path)!r} is a folder: add the "
            "name of a file in it"
        )
    if path.exists() and not path.is_file():
        raise MonodyError(
            f"{option} names the file to write, but {str(path)!r} is a device, a pipe "
            "or the like: name another"
        )
    require_writable(path.parent, option)


def require_melody_folder(folder: Path, page: str | None = None) -> None:
    """Make sure that melodies, their manifest and their page can go into a folder.

    Args:
        folder: Where they will go.
        page: The name of a page that will be written there.

    Raises:
        MonodyError: If it cannot be written to, or has a manifest or a page of another
            program.

    Example:
        >>> from pathlib import Path
        >>> from monody.cli.checks import require_melody_folder
        >>> require_melody_folder(Path("melodies"), "index.html")
    """
    require_writable(folder, "--save_dir")

    from monody.generation.save import require_own_manifest
    from monody.pages.page import require_own

    require_own_manifest(folder)
    if page is not None:
        require_own(folder / page, "melodies")


def require_sound_bank(sound_bank: str | None) -> Path | None:
    """Make sure that a sound bank can be played, by playing one short note.

    Args:
        sound_bank: As the user named it, if at all: else one that the system has.

    Returns:
        Its path; ``None`` for monody's own voices.

    Raises:
        MonodyError: If it cannot be read, is none, or midirenderer is not installed.

    Example:
        >>> from pathlib import Path
        >>> from monody.cli.checks import require_sound_bank
        >>> _ = Path("bank.sf2").write_text("no sound")
        >>> require_sound_bank("bank.sf2")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: expected a sound bank (.sf2), but 'bank.sf2'...
    """
    from monody.music.melody import Melody
    from monody.render.audio.banks import chosen_bank
    from monody.render.audio.soundfont import played_by

    bank = chosen_bank(sound_bank)
    if sound_bank and bank is not None:  # what was found has been tried
        played_by(bank, Melody.from_notes([(60, 0, 1)]))
    return bank


def require_new_experiment(experiment_dir: str | None, *, page: bool) -> None:
    """Make sure that a training can go into a folder.

    Args:
        experiment_dir: The folder that was named, if one was.
        page: Whether a page will be written there.

    Raises:
        MonodyError: If it holds a training already or one is at work in it, if it has
            files of another program that would be replaced, or cannot be written to.

    Example:
        >>> from monody.cli.checks import require_new_experiment
        >>> require_new_experiment("experiments/01", page=True)
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: 'experiments/01' holds a trained model already...
    """
    from monody.experiments.experiment import Experiment
    from monody.experiments.experiment_files import EXPERIMENTS

    if experiment_dir is None:
        require_writable(EXPERIMENTS, "--experiment_dir")
        return
    experiment = Experiment(experiment_dir)
    experiment.require_free()
    require_writable(experiment.folder, "--experiment_dir")
    if page:
        require_own_training_page(experiment)
        there = os.path.lexists(experiment.samples)
        if there and not experiment.page_path.exists():
            raise MonodyError(
                f"{str(experiment.samples)!r} is there, and the page would replace it: "
                "name another --experiment_dir, or leave the page out (--no_page)"
            )


def require_report(page: Path) -> None:
    """Make sure that a report can be written as a page, over no other page or file.

    Raises:
        MonodyError: If it cannot.
    """
    require_file_writable(page, "--html")

    from monody.pages.page import require_own

    require_own(page, "corpus", "name another file with --html, or move that one away")


def require_own_training_page(experiment: Experiment) -> None:
    """Make sure that the page of a training replaces nothing else.

    Raises:
        MonodyError: If it would.
    """
    from monody.pages.page import require_own

    require_own(experiment.page_path, "training")


def require_base(model: ModelSettings, settings: TrainSettings) -> None:
    """Make sure that what is to be fine-tuned is there, and of the sizes named.

    Args:
        model: What the network looks like, as far as it was named.
        settings: They name the base; a small corpus takes monody's own by itself.

    Raises:
        MonodyError: If there is no such base, it is of another size, or monody's own
            cannot be laid out in the cache.

    Example:
        >>> import monody
        >>> from monody.cli.checks import require_base
        >>> from_01 = monody.TrainSettings(base="experiments/01")
        >>> require_base(monody.ModelSettings(rnn_size=64), from_01)
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: --rnn_size is 64, but that of the base is 12...
    """
    from monody.experiments.base import open_experiment
    from monody.settings.training import BASE, NONE
    from monody.training.presets import own_sizes, take_sizes

    base = settings.base
    if base is None:
        base = NONE if own_sizes(model) else BASE
    if base != NONE:
        take_sizes(model, open_experiment(base).load().record.model)


def require_training_memory() -> None:
    """Make sure that there is memory for the smallest training.

    How much one needs is known when its melodies are read.

    Raises:
        MonodyError: If there is less.

    Example:
        >>> from monody.cli.checks import require_training_memory
        >>> from monody.memory import limited_to
        >>> with limited_to(500_000_000):
        ...     require_training_memory()
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: training needs about 1.3 GB of memory, and 500 MB...
    """
    from monody.memory import require
    from monody.training.footprint import FIXED_BYTES, TRAINING

    require(FIXED_BYTES, TRAINING, "allow more, or train on another machine")


def require_music(data_dir: str) -> None:
    """Make sure that there are music files in a folder, whatever is in them.

    Raises:
        MonodyError: If there is no such folder, or no music file in it.

    Example:
        >>> from monody.cli.checks import require_music
        >>> require_music("data/midi")
    """
    from monody.corpus.corpus import find_music

    find_music(data_dir)


def require_folder(data_dir: str) -> None:
    """Make sure that there is a folder to read, before anything that takes time.

    Raises:
        MonodyError: If there is none.

    Example:
        >>> from monody.cli.checks import require_folder
        >>> require_folder("data/midi")
    """
    from monody.corpus.corpus import require_there

    require_there(data_dir)


def require_files(paths: Sequence[str], what: str) -> None:
    """Make sure that files are there, before the first of them is used.

    Args:
        paths: The files.
        what: What is expected, such as ``"a MIDI file"``.

    Raises:
        MonodyError: If one is missing, a folder, or closed.

    Example:
        >>> from monody.cli.checks import require_files
        >>> require_files(["data/midi"], "a MIDI file")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: 'data/midi' is a folder: name a MIDI file
    """
    for path in map(Path, paths):
        if path.is_dir():
            raise MonodyError(f"{str(path)!r} is a folder: name {what}")
        if not path.is_file():
            raise MonodyError(f"no file {str(path)!r}: name {what}")
        if not os.access(path, os.R_OK):
            raise MonodyError(f"{str(path)!r} is closed to you: name {what}")


def require_device(devices: DeviceSettings) -> None:
    """Make sure that there is the device that was named.

    Args:
        devices: What to train on.

    Raises:
        MonodyError: If JAX does not know it.

    Example:
        >>> from monody.cli.checks import require_device
        >>> from monody.settings.devices import DeviceSettings
        >>> require_device(DeviceSettings())  # whatever there is
    """
    from monody.settings.devices import AUTO

    if devices.device != AUTO:
        from monody.models.devices import choose_devices

        choose_devices(devices)
