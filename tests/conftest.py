"""Fixtures that cost something to make, made once."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
from pathlib import Path

import hypothesis
import pytest
from filelock import FileLock
from platformdirs import user_cache_path

import monody
from monody.experiments.experiment import Experiment
from tests.builders.midi_files import write_tunes
from tests.builders.profile import THOROUGH, examples

# No deadline: machines are noisy, and the first example compiles. The same examples in
# every run: what fails here fails there.
hypothesis.settings.register_profile(
    "monody",
    deadline=None,
    derandomize=True,
    max_examples=examples(100),
)
hypothesis.settings.load_profile("monody")

# What was compiled outlives the run, in the user's cache folder. It is found by what it
# was compiled from, so it is never out of date.
COMPILED = "compiled"
SLOW_FILES = ("test_readme.py", "test_commands.py")

_CACHE = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


# Whoever starts the tests in the background has them ignore Ctrl-C, and programs that
# they start would ignore it, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    """Keep the tests out of the user's cache, and the cache out of the tests.

    What is compiled is kept: many networks are the same. All this is read when monody
    is imported, here and in the commands that tests run.
    """
    config.addinivalue_line("markers", "thorough: runs in CI and `make thorough` only")
    os.environ.setdefault(
        "PYTEST_RUN", secrets.token_hex(4)
    )  # the same in all processes
    folder = tempfile.TemporaryDirectory(prefix="monody-tests-")
    config.stash[_CACHE] = folder
    os.environ["MONODY_CACHE"] = f"{folder.name}/cache"
    os.environ["MONODY_SOUND_BANK"] = "none"  # not what this machine happens to have
    os.environ["MONODY_LANG"] = "en"  # whatever this machine speaks
    if "PYTEST_XDIST_WORKER" not in os.environ:  # those share what they compile
        kept = user_cache_path("monody-tests", appauthor=False) / COMPILED
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(kept)
        # Compiles in two thirds of the time; the same operations. On CI, whose cache is
        # empty, compiling is most of the time.
        if "MONODY_THOROUGH" not in os.environ:
            os.environ["JAX_DISABLE_MOST_OPTIMIZATIONS"] = "1"
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take minutes, so that no process is left with one."""
    items.sort(key=lambda item: item.path.name not in SLOW_FILES)
    for item in items:
        if item.get_closest_marker("thorough") and not THOROUGH:
            item.add_marker(pytest.mark.skip(reason="make thorough, or CI, runs it"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it all."""
    config.stash[_CACHE].cleanup()


@pytest.fixture(scope="session")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 20 small tunes."""
    folder = tmp_path_factory.mktemp("tunes")
    write_tunes(folder, 20)
    return folder


def _train(tunes: Path, factory: pytest.TempPathFactory, encoding: str) -> Experiment:
    """Train once for all test processes; each has a copy of its own."""
    own = factory.mktemp(encoding) / "01"
    shared = factory.getbasetemp().parent / f"{os.environ['PYTEST_RUN']}-{encoding}"
    with FileLock(f"{shared}.lock"):
        if not shared.is_dir():
            monody.train(
                monody.read_corpus(tunes),
                monody.TrainSettings(num_epochs=2, batch_size=8, seed=3),
                model=monody.ModelSettings(
                    encoding=encoding, rnn_size=12, num_layers=2
                ),
                experiment_dir=shared,
                message="a note to self",
            )
    shutil.copytree(shared, own)
    return Experiment(own)


@pytest.fixture(scope="session")
def trained(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A tiny experiment in the encoding `notes`."""
    return _train(tunes, tmp_path_factory, "notes")


@pytest.fixture(scope="session")
def trained_steps(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A tiny experiment in the encoding `steps`."""
    return _train(tunes, tmp_path_factory, "steps")
