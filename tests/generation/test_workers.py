from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from monody.errors import MonodyError
from monody.experiments.experiment import Experiment
from monody.generation.parts import Task
from monody.generation.retries import RejectionSampler
from monody.generation.workers import MelodyWriter, WriterPool, write_chunks
from monody.generation.writer import Draft, Writer
from monody.progress import no_progress
from monody.settings.sampling import SampleSettings
from tests.builders.writers import Dies, Prints, Refuses, Scribe


def _chunks(*sizes: int) -> list[list[Task]]:
    """Chunks of tasks, whose indices go on from one to the next."""
    chunks, index = [], 0
    for size in sizes:
        chunks.append([Task(index + more, 0, None) for more in range(size)])
        index += size
    return chunks


def _indices(written: Iterator[list[Draft]]) -> list[list[int]]:
    return [[draft.task.index for draft in drafts] for drafts in written]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_chunks_come_back_in_order(jobs: int) -> None:
    found = _indices(write_chunks(Scribe(), _chunks(3, 1, 0, 2, 4), jobs))
    assert found == [[0, 1, 2], [3], [], [4, 5], [6, 7, 8, 9]]


def test_other_processes_write_and_what_they_print_is_in_nobody_s_way() -> None:
    drafts = [draft for chunk in write_chunks(Prints(), _chunks(*[1] * 8), 2)
              for draft in chunk]  # fmt: skip
    assert [len(draft.melody) for draft in drafts] == [*range(8)]
    assert os.getpid() not in {int(draft.bits_per_note) for draft in drafts}


def test_no_more_is_asked_for_than_is_soon_written() -> None:
    asked = 0

    def endless() -> Iterator[list[Task]]:
        nonlocal asked
        while True:
            asked += 1
            yield [Task(asked, 0, None)]

    written = write_chunks(Scribe(), endless(), 2)
    for _ in range(3):
        next(written)
    written.close()  # type: ignore[attr-defined]
    assert asked <= 3 + 4


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_writer_refuses_is_said_as_it_said_it(jobs: int) -> None:
    with pytest.raises(MonodyError, match="no melody obeys all of 2 rules"):
        list(write_chunks(Refuses(), _chunks(2, 2), jobs))


def test_a_process_that_dies_is_an_error_and_leaves_none_behind() -> None:
    pool = WriterPool(Dies(), 2)
    with pytest.raises(MonodyError, match="has died.*fewer --num_files"), pool:
        list(pool.write(_chunks(1, 1)))
    assert pool._children
    assert all(child.poll() is not None for child in pool._children)


def test_the_melodies_do_not_depend_on_who_writes_them(trained: Experiment) -> None:
    settings = SampleSettings(num_files=40, bars=2, seed=3, start="nothing")
    writer: MelodyWriter = Writer(trained.load(), settings)
    tasks = [[Task(index, 0, None) for index in range(at, at + 8)] for at in (0, 8)]
    [alone, together] = (
        [draft for drafts in write_chunks(writer, tasks, jobs) for draft in drafts]
        for jobs in (1, 2)
    )
    for one, other in zip(alone, together, strict=True):
        assert one.melody == other.melody
        assert one.bits_per_note == other.bits_per_note


def test_all_cores_are_used_where_there_is_enough_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    jobs: list[int] = []

    def watched(
        writer: MelodyWriter, chunks: Iterator[list[Task]], number: int
    ) -> Iterator[list[Draft]]:
        jobs.append(number)
        return map(writer.write, chunks)

    monkeypatch.setattr("monody.generation.retries.write_chunks", watched)
    monkeypatch.setattr("monody.generation.retries.usable_cores", lambda: 3)
    settings = SampleSettings(num_files=1, seed=1, takes=1)
    few = RejectionSampler(Scribe(), settings, lambda *_: None, None, guarded=False)
    few.run(range(100), no_progress)  # of 16 16ths each
    replace(few, writer=_Long()).run(range(20), no_progress)
    replace(few, writer=_Long()).run(range(200), no_progress)
    assert jobs == [1, 1, 3]


class _Long(Scribe):
    @property
    def can_travel(self) -> bool:
        return True

    @property
    def usual_ticks(self) -> int:
        return 6000
