"""Several devices, and several processes, end in the weights of one.

What they add up in another order differs in the last bits of float32: on two epochs by
1.2e-7 at most, in weights of up to 1.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from monody.experiments.experiment import Experiment
from monody.experiments.training_state import read_training_state, read_variables
from tests.builders.json_files import read_json
from tests.builders.together import (
    SECONDS,
    outcome,
    start_together,
    start_training,
)

TOLERANCE = 1e-5
# Of the fixture `trained`, which one device and one process trained.
SIZES = ["--rnn_size", "12", "--num_layers", "2"]
AS_TRAINED = ["--batch_size", "8", "--seed", "3", *SIZES]


def _assert_same(folder: Path, trained: Experiment) -> None:
    one, other = (
        read_variables(path / "checkpoint.npz") for path in (trained.folder, folder)
    )
    assert one.keys() == other.keys()
    for name, values in one.items():
        if name.startswith(("trainable", "optimizer")):
            np.testing.assert_allclose(other[name], values, atol=TOLERANCE, rtol=1e-4)
    figures = [read_json(path / "scores.json") for path in (trained.folder, folder)]
    for side in ("validation", "test"):
        bits = [each[side]["bits_per_note"] for each in figures]
        assert bits[0] == pytest.approx(bits[1], abs=1e-5)


def _wait_for(path: Path) -> None:
    """Wait until a training has written a file."""
    end = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_four_devices_end_in_the_weights_of_one(
    tunes: Path, trained: Experiment, tmp_path: Path
) -> None:
    folder = tmp_path / "four"
    arguments = [tunes, *AS_TRAINED, "--num_epochs", "2", "--experiment_dir", folder]
    code, said, complained = outcome(start_training(arguments, devices=4))
    assert (code, complained) == (0, "")
    assert "on 4 × CPU" in said
    assert read_json(folder / "settings.json")["devices"] == "4 × cpu, float32"
    _assert_same(folder, trained)


@pytest.mark.thorough
def test_two_processes_end_in_the_weights_of_one_and_the_first_alone_writes(
    tunes: Path, trained: Experiment, tmp_path: Path
) -> None:
    folder = tmp_path / "two"
    arguments = [tunes, *AS_TRAINED, "--num_epochs", "2", "--experiment_dir", folder]
    ends = [outcome(process) for process in start_together(arguments, 2)]
    assert [(code, complained) for code, _, complained in ends] == [(0, "")] * 2
    assert ends[1][1] == "process 1 of 2: the first one shows how it goes\n"
    assert {path.name for path in folder.iterdir()} == {
        path.name for path in trained.folder.iterdir()
    } - {"message.txt"}
    _assert_same(folder, trained)


@pytest.mark.thorough
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows kills otherwise")
def test_where_one_is_killed_the_others_end_and_one_process_goes_on(
    tunes: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "two"
    endless = ["--num_epochs", "1000", "--patience", "1000"]
    first, second = start_together(
        [tunes, *AS_TRAINED, *endless, "--experiment_dir", folder], 2
    )
    _wait_for(folder / "history.csv")
    second.kill()
    code, _, complained = outcome(first)
    assert code == 2
    assert complained.startswith("monody: another process of this training ended")
    assert complained.count("\n") == 1
    outcome(second)
    epoch = read_training_state(folder / "checkpoint.npz").epoch
    more = ["--resume", "--num_epochs", str(epoch + 1), "--experiment_dir", folder]
    code, said, complained = outcome(start_training(more))
    assert (code, complained) == (0, "")
    assert f"epoch {epoch + 1}" in " ".join(said.split())
    assert read_training_state(folder / "checkpoint.npz").epoch == epoch + 1


@pytest.mark.thorough
@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal to send")
@pytest.mark.parametrize("signalled", [(0, 1), (1,)])
def test_where_some_are_asked_to_stop_all_end_and_another_number_goes_on(
    tunes: Path, tmp_path: Path, signalled: tuple[int, ...]
) -> None:
    folder = tmp_path / "two"
    endless = ["--num_epochs", "1000", "--patience", "1000"]
    two = start_together([tunes, *AS_TRAINED, *endless, "--experiment_dir", folder], 2)
    _wait_for(folder / "history.csv")
    for index in signalled:
        two[index].send_signal(signal.SIGINT)
    ends = [outcome(process) for process in two]
    for index, (code, said, complained) in enumerate(ends):
        if index in signalled:
            assert code == 130
            assert (said + complained).count("stopped by Ctrl-C") == 1
        else:
            assert code in (130, 2)
            assert (said + complained).count("another process of this training") == 1
        assert complained.count("\n") <= 1
    assert not list(folder.glob(".*"))
    epoch = read_training_state(folder / "checkpoint.npz").epoch
    more = ["--resume", "--num_epochs", str(epoch + 1), "--experiment_dir", folder]
    ends = [outcome(process) for process in start_together(more, 1 + len(signalled))]
    assert {(code, complained) for code, _, complained in ends} == {(0, "")}
    assert read_training_state(folder / "checkpoint.npz").epoch == epoch + 1
    assert (folder / "scores.json").exists()
