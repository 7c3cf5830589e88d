from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from monody.errors import MonodyError
from monody.memory import MIB, limited_to
from monody.music.midi_file import write_midi
from monody.reading.overview import Overview
from monody.reading.pool import CHILD_BYTES, ReadPool, Source
from monody.reading.reasons import Reason
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import tune


@pytest.fixture(autouse=True)
def _children_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def _sources(names: list[str]) -> list[Source]:
    return [Source(name, name) for name in names]


def _reasons(names: list[str], max_files_in_ram: int = 64) -> list[str]:
    settings = ReadSettings(
        n_jobs=2, max_seconds_per_file=0.5, max_files_in_ram=max_files_in_ram
    )
    with ReadPool(settings, module="tests.builders.hanging_worker") as pool:
        chunks = list(pool.read(_sources(names)))
    reports = [report for _, chunk in chunks for report in chunk.reports]
    assert [source.name for some, _ in chunks for source in some] == names
    assert len(reports) == len(names)
    return [report.left_out[0][0].text for report in reports]


def test_a_file_that_kills_or_hangs_or_garbles_costs_only_itself() -> None:
    good = [f"good{i}" for i in range(40)]
    bad = {"kills1": 3, "kills2": 4, "hangs1": 20, "garbles1": 30, "kills3": 39}
    names = list(good)
    for name, place in bad.items():
        names.insert(place, name)
    for name, reason in zip(names, _reasons(names), strict=True):
        if name.startswith("good"):
            assert reason == f"read {name}"
        elif name.startswith("hangs"):
            assert reason == "took longer than 0.5 s to read"
        else:
            assert reason.startswith("the parser died on it")


@pytest.mark.parametrize("max_files_in_ram", [1, 2, 7, 1000])
def test_any_number_of_files_at_a_time(max_files_in_ram: int) -> None:
    names = [f"good{i}" for i in range(30)]
    reasons = _reasons(names, max_files_in_ram=max_files_in_ram)
    assert reasons == [f"read {name}" for name in names]


def test_the_time_limit_is_for_each_file_of_a_chunk() -> None:
    names = [f"slow{i}" for i in range(6)]  # 1.8 s together, the limit is 0.5
    assert _reasons(names) == [f"read {name}" for name in names]


def test_leaving_early_leaves_no_process_and_does_not_wait() -> None:
    settings = ReadSettings(n_jobs=1, max_seconds_per_file=300)
    sources = _sources(["good"] * 640 + ["hangs"] * 640)
    began = time.monotonic()
    with ReadPool(settings, module="tests.builders.hanging_worker") as pool:
        next(pool.read(sources))  # and no more: as after Ctrl-C
    assert time.monotonic() - began < 30


def test_a_child_that_cannot_start_is_no_file_s_fault() -> None:
    with (
        pytest.raises(MonodyError, match="did not start"),
        ReadPool(ReadSettings(n_jobs=1), module="tests.no_such_module") as pool,
    ):
        list(pool.read(_sources(["good"])))


def test_a_file_whose_reader_was_killed_is_read_by_another(tmp_path: Path) -> None:
    names = ["good1", str(tmp_path / "unlucky"), "good2"]
    assert _reasons(names) == [f"read {Path(name).name}" for name in names]


def test_a_file_whose_readers_are_killed_is_not_blamed() -> None:
    settings = ReadSettings(n_jobs=1)
    with ReadPool(settings, module="tests.builders.hanging_worker") as pool:
        [(_, chunk)] = pool.read(_sources(["hunted"]))
    [((reason, _),)] = [report.left_out for report in chunk.reports]
    assert reason.text == (
        "the process that read it was killed, perhaps for want of memory"
    )
    assert reason.advice == "read it again, with fewer --n_jobs"
    assert chunk.keys == [None]  # and it is asked for again


def test_the_limit_of_processor_time_is_the_limit_of_time() -> None:
    assert _reasons(["heavy"]) == ["took longer than 0.5 s to read"]


def test_the_time_limit_ends_what_a_reader_started_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held, outer = os.pipe()
    start = subprocess.Popen

    def heard(*args: Any, **kwargs: Any) -> Any:
        return start(*args, **{**kwargs, "stderr": outer})

    monkeypatch.setattr(subprocess, "Popen", heard)
    assert _reasons(["breeds"]) == ["took longer than 0.5 s to read"]
    os.close(outer)
    with os.fdopen(held, "rb") as pipe:
        assert pipe.read() == b""  # nobody lives who could still write


def test_an_archive_that_kills_its_reader_is_not_called_empty() -> None:
    settings = ReadSettings(n_jobs=1)
    with ReadPool(settings, module="tests.builders.hanging_worker") as pool:
        answer = pool.members("kills.zip")
        assert isinstance(answer, Reason)
        assert answer.text.startswith("the parser died on it")
        [(_, chunk)] = pool.read(_sources(["good"]))  # and the pool goes on
    assert chunk.reports[0].left_out[0][0].text == "read good"


def test_a_file_that_kills_who_describes_it_has_its_reason() -> None:
    settings = ReadSettings(n_jobs=1)
    with ReadPool(settings, module="tests.builders.hanging_worker") as pool:
        answer = pool.overview(Source("kills", "kills"))
        assert isinstance(answer, Reason)
        assert answer.text.startswith("the parser died on it")
        [(_, chunk)] = pool.read(_sources(["good"]))  # and the pool goes on
    assert chunk.reports[0].left_out[0][0].text == "read good"


def test_a_child_describes_files_and_says_why_it_cannot(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.mid", tmp_path / "bad.mid"
    write_midi(tune(0), good)
    bad.write_bytes(b"")
    with ReadPool(ReadSettings(n_jobs=1)) as pool:
        answer = pool.overview(Source("bad.mid", str(bad)))
        assert answer == Reason("empty file", "export or download it again")
        overview = pool.overview(Source("good.mid", str(good)), max_pieces=1)
    assert isinstance(overview, Overview)
    assert [line.notes for line in overview.pieces[0].lines] == [len(tune(0))]


def test_a_child_that_starts_while_all_are_ended_is_ended_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = subprocess.Popen

    def late(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.5)
        return start(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", late)
    began = time.monotonic()
    with ReadPool(
        ReadSettings(n_jobs=1, max_seconds_per_file=300),
        module="tests.builders.hanging_worker",
    ) as pool:
        reading = threading.Thread(target=lambda: list(pool.read(_sources(["hangs"]))))
        reading.start()
        time.sleep(0.1)
    reading.join()
    assert time.monotonic() - began < 30


@pytest.mark.skipif(sys.platform != "linux", reason="others have no such limit")
def test_a_file_that_takes_more_than_its_share_of_memory_is_told(
    tmp_path: Path,
) -> None:
    greedy, good = tmp_path / "greedy.musicxml", tmp_path / "good.mid"
    greedy.write_text(f"<score-partwise>{'<a/>' * 1_500_000}</score-partwise>")
    write_midi(tune(1), good)
    sources = _sources([str(greedy), str(good)])
    with limited_to(1), ReadPool(ReadSettings(n_jobs=1)) as pool:
        [(_, read)] = pool.read(sources)
    told, kept = read.reports
    [(reason, _)] = told.left_out
    assert reason.text == f"not read within {CHILD_BYTES // MIB} MiB of memory"
    assert "--max_memory" in reason.advice
    assert kept.left_out == ()
    assert len(read.melodies) == 1
