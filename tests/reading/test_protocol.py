from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.music.melody_store import MelodyStore
from monody.reading.overview import Overview
from monody.reading.protocol import (
    FilesRead,
    receive_files,
    receive_members,
    receive_overview,
    requests_from,
    send_files,
    send_members,
    send_overview,
    send_request,
)
from monody.reading.reasons import FileReport, Reason
from tests.builders.midi_files import tune

SHORT = Reason("fewer than 8 notes", "lower --min_notes")
COUNTS = st.lists(st.integers(0, 3), min_size=1, max_size=6)  # melodies of each file


def _read(counts: Sequence[int]) -> FilesRead:
    """Make a reading of files that hold this many melodies."""
    file = np.repeat(np.arange(len(counts)), counts)
    store = MelodyStore.of([tune(seed) for seed in range(len(file))])
    store.info["file"] = file
    reports = [FileReport(((SHORT, n),) * (n % 2), ("mended",) * n) for n in counts]
    keys = [("", "key", None)[n % 3] for n in counts]
    return FilesRead(
        MelodyStore(store.notes, store.meters, store.info, [""] * len(counts)),
        reports,
        keys,
    )


def _melodies(read: FilesRead) -> list[Melody]:
    sources = [""] * len(read.reports)
    store = read.melodies
    return list(MelodyStore(store.notes, store.meters, store.info, sources))


def _same(one: FilesRead, other: FilesRead) -> bool:
    return (
        (one.reports, one.keys) == (other.reports, other.keys)
        and _melodies(one) == _melodies(other)
        and np.array_equal(one.melodies.info, other.melodies.info)
    )


@given(COUNTS)
def test_what_is_sent_is_received(counts: list[int]) -> None:
    read, pipe = _read(counts), io.BytesIO()
    send_files(pipe, read)
    send_members(pipe, [(3, "tune.mid")])
    pipe.seek(0)
    assert _same(receive_files(pipe, lambda: None), read)
    assert receive_members(pipe, lambda: None) == [(3, "tune.mid")]
    assert not pipe.read()


@given(COUNTS)
def test_the_files_of_a_reading_are_joined_again(counts: list[int]) -> None:
    read = _read(counts)
    parts = list(read.by_file())
    assert [len(part.melodies) for part in parts] == counts
    assert all((part.melodies.info["file"] == 0).all() for part in parts)
    assert _same(FilesRead.joined(parts), read)


def test_a_line_of_json_and_three_arrays() -> None:
    read, pipe = _read([1]), io.BytesIO()
    send_files(pipe, read)
    head, _, arrays = pipe.getvalue().partition(b"\n")
    notes, meters, info = (
        read.melodies.notes, read.melodies.meters, read.melodies.info
    )  # fmt: skip
    assert head == (
        b'{"files": [[[[["fewer than 8 notes", "lower --min_notes"], 1]], ["mended"], '
        b'"key"]], "counts": [%d, 1, 1]}' % len(notes)
    )
    assert arrays == notes.tobytes() + meters.tobytes() + info.tobytes()


def test_requests_are_lines_of_json() -> None:
    pipe = io.BytesIO()
    send_request(pipe, "böok.zip")
    send_request(pipe, [("a.mid", -1), ("book.zip", 7)])
    assert pipe.getvalue() == b'"b\\u00f6ok.zip"\n[["a.mid", -1], ["book.zip", 7]]\n'
    send_request(pipe, {"overview": ("a.mid", -1), "max_pieces": 5})
    pipe.seek(0)
    assert list(requests_from(pipe)) == [
        "böok.zip",
        [["a.mid", -1], ["book.zip", 7]],
        {"overview": ["a.mid", -1], "max_pieces": 5},
    ]


def test_dots_say_that_the_worker_is_alive() -> None:
    told: list[int] = []
    pipe = io.BytesIO(b".\n.\n[]\n")
    assert receive_members(pipe, lambda: told.append(pipe.tell())) == []
    assert told == [2, 4]


@pytest.mark.parametrize("described", [Overview((), 3), SHORT])
def test_an_overview_or_why_there_is_none_is_received(
    described: Overview | Reason,
) -> None:
    pipe = io.BytesIO(b".\n")
    pipe.read()
    send_overview(pipe, described)
    pipe.seek(0)
    assert receive_overview(pipe, lambda: None) == described
    assert not pipe.read()


@pytest.mark.parametrize(
    "answer",
    [b"[]", b"7", b"{}", b"null", b'{"reason": ["no advice"]}', b'{"overview": []}',
     b'{"overview": {"pieces": [7], "pieces_in_file": 1}}', b"not JSON", b'"reason"'],
)  # fmt: skip
def test_nonsense_is_no_overview(answer: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        receive_overview(io.BytesIO(answer + b"\n"), lambda: None)


def test_an_answer_that_is_cut_anywhere_is_none() -> None:
    pipe = io.BytesIO()
    send_files(pipe, _read([1, 0]))
    answer = pipe.getvalue()
    for length in range(0, len(answer), 3):
        with pytest.raises((EOFError, ValueError)):
            receive_files(io.BytesIO(answer[:length]), lambda: None)


@pytest.mark.parametrize("answer", [b"[]", b"7", b"{}", b'{"files": [1]}', b"not JSON"])
def test_nonsense_is_no_answer(answer: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        receive_files(io.BytesIO(answer + b"\n"), lambda: None)
