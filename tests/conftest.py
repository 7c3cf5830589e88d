"""Fixtures that cost something to make, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import jax
import pytest

import monody
from monody.experiment import Experiment
from tests.midi_files import write_tunes

# No deadline: machines are noisy, and the first example compiles. The same examples in
# every run: what fails here fails there.
hypothesis.settings.register_profile("monody", deadline=None, derandomize=True)
hypothesis.settings.load_profile("monody")


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests out of the user's cache, and the cache out of the tests.

    What is compiled is kept while the tests run: many networks are the same.
    """
    compiled = {
        "jax_compilation_cache_dir": str(tmp_path_factory.mktemp("compiled")),
        "jax_persistent_cache_min_compile_time_secs": 0.1,
    }
    config: Any = jax.config
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONODY_CACHE", str(tmp_path_factory.mktemp("cache")))
        for name, value in compiled.items():
            patch.setenv(name.upper(), str(value))  # for the commands that tests run
            config.update(name, value)
        yield


@pytest.fixture(scope="session")
def tunes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 20 small tunes."""
    folder = tmp_path_factory.mktemp("tunes")
    write_tunes(folder, 20)
    return folder


def _train(tunes: Path, folder: Path, encoding: str) -> Experiment:
    return monody.train(
        monody.read_corpus(tunes),
        monody.TrainSettings(num_epochs=2, batch_size=8, seed=3),
        model=monody.ModelSettings(encoding=encoding, rnn_size=12, num_layers=2),
        experiment_dir=folder,
        message="a note to self",
    )


@pytest.fixture(scope="session")
def trained(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A tiny experiment in the encoding `notes`."""
    return _train(tunes, tmp_path_factory.mktemp("notes") / "01", "notes")


@pytest.fixture(scope="session")
def trained_steps(tunes: Path, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """A tiny experiment in the encoding `steps`."""
    return _train(tunes, tmp_path_factory.mktemp("steps") / "01", "steps")
