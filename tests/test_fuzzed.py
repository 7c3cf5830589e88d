"""The short form of `benchmarks/faults/inputs.py`: a few fuzzed files of each kind."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.files import is_whole
from tests.builders.fuzzed import kinds
from tests.builders.profile import examples
from tests.builders.watch import FaultError, Kind, watched

PATIENCE = 20.0  # the machine may be busy


def test_fuzzed_files_are_read_or_refused_in_a_line(
    trained: Experiment, tmp_path: Path
) -> None:
    faults = []
    for name, kind in kinds(trained, tmp_path).items():
        for number in range(examples(12)):
            data = kind.file(random.Random(f"{name}-{number}"))
            fault, _ = watched(kind, data, PATIENCE)
            if fault:
                faults.append(f"{name} {number}: {fault}")
    assert faults == []


def _refuse(_: bytes) -> None:
    raise MonodyError("no such thing")


def _say_too_much(_: bytes) -> None:
    raise FaultError("a message of 9,999 characters")


def _stumble(data: bytes) -> None:
    data.decode("utf-8")


def _go_on_for_ever(_: bytes) -> None:
    while True:
        pass


@pytest.mark.parametrize(
    ("use", "fault"),
    [
        (len, ""),
        (_refuse, ""),
        (_say_too_much, "a message of"),
        (_stumble, "UnicodeDecodeError: "),
        (_go_on_for_ever, "time: "),
    ],
)
def test_the_watch_tells_a_refusal_from_a_fault(use: object, fault: str) -> None:
    kind = Kind((b"",), use, max_seconds=0.05)  # type: ignore[arg-type]
    found, _ = watched(kind, b"\xff")
    assert found.startswith(fault)
    assert bool(found) is bool(fault)


def test_a_sum_of_a_file_that_no_disk_can_name_is_damage(tmp_path: Path) -> None:
    (tmp_path / "sums.json").write_text('{"\\u0000": 0}')
    assert not is_whole(tmp_path)
