from __future__ import annotations

import io
import re
import stat
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import symusic
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from monody.reading.midi.repair import RepairedMidi, repair_midi
from tests.builders.broken_files import (
    ALTO,
    GOOD,
    TUNE,
    amid,
    broken_files,
    disk_oddities,
    header,
    note,
    notes,
    one_track,
    riff,
)
from tests.builders.midi_files import Triple, midi_file
from tests.builders.profile import examples

BROKEN = broken_files()

# What was done about files whose music is all there.
WHOLE = {
    "good": (),
    "unknown-chunk-between": (),
    "nuls-after-the-file": (),
    "two-files-in-one": (),
    "riff": ("unwrapped from RIFF",),
    "riff-of-odd-size": ("unwrapped from RIFF",),
    "riff-size-0": ("unwrapped from RIFF",),
    "riff-size-huge": ("unwrapped from RIFF",),
    "riff-without-rmid": ("unwrapped from RIFF",),
    "macbinary-header": ("bytes before the header skipped",),
    "60-kilobytes-before": ("bytes before the header skipped",),
    "header-named-in-text-before": ("bytes before the header skipped",),
    "header-length-0": ("header length of 0 put right",),
    "header-length-8-and-8-bytes": ("header length of 8 put right",),
    "header-twice": ("stray bytes before track 1 skipped",),
    "format-0-of-three-tracks": ("format 0 read as format 1",),
    "format-2": (),
    "format-7": ("format 7 read as format 1",),
    "counts-no-tracks": ("track count put right: 3, not 0",),
    "counts-65535-tracks": ("track count put right: 3, not 65535",),
    "length-0-in-the-middle": ("wrong chunk length of track 2 put right",),
    "length-half-in-the-middle": ("wrong chunk length of track 2 put right",),
    "length-one-too-short-at-the-end": ("wrong chunk length of track 3 put right",),
    "length-one-too-long-at-the-end": ("wrong chunk length of track 3 put right",),
    "length-all-ones-at-the-end": ("wrong chunk length of track 3 put right",),
    "length-over-the-next-track": ("wrong chunk length of track 2 put right",),
    "lengths-all-0": ("wrong chunk length of tracks 1, 2 and 3 put right",),
    "track-mark-damaged": ("missing MTrk mark of track 2 restored",),
    "track-marks-all-damaged": ("missing MTrk mark of tracks 1, 2 and 3 restored",),
    "stray-text-between-tracks": ("stray bytes before track 3 skipped",),
    "cut-by-the-end-of-track": (
        "wrong chunk length of track 3 put right",
        "end of track added to track 3",
    ),
}

# What was done about events of a tune of 16 notes, of which these many are left.
EVENTS = {
    "running-status-good": (25, ()),
    "running-status-after-meta": (
        24,
        ("running status after a meta event or sysex written out in track 1",),
    ),
    "status-undefined": (16, ("system message dropped from track 1",)),
    "status-of-system-common": (16, ("system message dropped from track 1",)),
    "sysex-good": (16, ()),
    "sysex-in-two-packets": (16, ("sysex continuation dropped from track 1",)),
    "sysex-without-length": (16, ("malformed sysex dropped from track 1",)),
    "sysex-too-long-but-closed": (16, ("malformed sysex dropped from track 1",)),
    "sysex-of-status-bytes": (16, ("malformed sysex dropped from track 1",)),
    "sysex-never-closed": (8, ("cut at the last whole event of track 1",)),
    "number-padded-to-six-bytes": (16, ("overlong number put right in track 1",)),
    "meta-length-overlong": (16, ("overlong number put right in track 1",)),
    "meta-longer-than-the-track": (8, ("cut at the last whole event of track 1",)),
    "meta-of-kind-above-127": (16, ("malformed meta event dropped from track 1",)),
    "tempo-of-two-bytes": (16, ("malformed meta event dropped from track 1",)),
    "time-beyond-31-bits": (8, ("cut track 1 where its time runs past 32 bits",)),
    "end-of-track-missing": (16, ("end of track added to track 1",)),
    "end-of-track-without-length": (16, ("end of track added to track 1",)),
    "end-of-track-twice": (16, ("bytes after the end of track 1 ignored",)),
    "data-byte-too-high-in-velocity": (17, ("stray data bytes clamped in track 1",)),
    "data-bytes-too-high-everywhere": (16, ("stray data bytes clamped in track 1",)),
    "notes-all-hanging": (0, ()),  # where they end is for another stage to find
    "one-note-off-for-two-ons": (16, ()),
    "note-offs-without-ons": (0, ()),
}


def saved(data: bytes) -> RepairedMidi:
    result = repair_midi(data)
    assert result is not None
    return result


def music(data: bytes) -> list[NDArray[np.int64]]:
    """Return pitch, start and duration of each track's notes, as symusic reads them."""
    score: Any = symusic.Score.from_midi(data)
    return [
        np.stack([track.notes.numpy()[k] for k in ("pitch", "time", "duration")])
        for track in score.tracks
        if len(track.notes)
    ]


def same_music(one: bytes, other: bytes) -> bool:
    first, second = music(one), music(other)
    return len(first) == len(second) and all(map(np.array_equal, first, second))


@pytest.mark.parametrize("kind", WHOLE)
def test_nothing_of_a_tune_is_lost(kind: str) -> None:
    result = saved(BROKEN[kind])
    assert result.repairs == WHOLE[kind]
    assert same_music(result.data, GOOD)


@pytest.mark.parametrize("kind", EVENTS)
def test_what_is_wrong_with_events_is_named(kind: str) -> None:
    result = saved(BROKEN[kind])
    count, repairs = EVENTS[kind]
    assert result.repairs == repairs
    assert sum(part.shape[1] for part in music(result.data)) == count


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_saved_is_whole(kind: str) -> None:
    result = repair_midi(BROKEN[kind])
    if result is None:
        return
    assert saved(result.data) == RepairedMidi(result.data, ())
    if not result.repairs:
        assert result.data is BROKEN[kind]
    elif not kind.startswith("key-of"):  # mido refuses a key of 20 sharps
        file = mido.MidiFile(file=io.BytesIO(result.data))
        assert all(track[-1].type == "end_of_track" for track in file.tracks)


@pytest.mark.parametrize(
    "kind",
    [
        "ticks-0",
        "smpte-0-ticks-a-frame",
        "smpte-26-frames",
        "header-only",
        "header-mark-only",
        "header-missing",
        "header-without-division",
        "no-events",
        "end-of-track-only",
        "ten-thousand-empty-tracks",
        "70-kilobytes-before",
        "cut-after-the-header",
        "riff-of-nothing",
        "empty",
        "html",
        "png",
        "wav",
    ],
)
def test_where_there_is_nothing_to_save(kind: str) -> None:
    assert repair_midi(BROKEN[kind]) is None


@pytest.mark.parametrize("length", range(0, len(GOOD), 3))
def test_a_file_cut_anywhere_keeps_its_beginning(length: int) -> None:
    result = repair_midi(GOOD[:length])
    if result is None:
        return
    assert result.repairs
    for part, whole in zip(music(result.data), (TUNE, ALTO), strict=False):
        pitches_and_starts = [(pitch, start) for pitch, start, _ in whole]
        count = part.shape[1]
        assert [tuple(n) for n in part[:2].T.tolist()] == pitches_and_starts[:count]


@pytest.mark.parametrize(
    ("kind", "ticks"),
    [
        ("smpte-24-frames", 24 * 80 // 2),
        ("smpte-25-frames-in-milliseconds", 500),
        ("smpte-29-frames", 1498),
        ("smpte-30-frames", 1200),
    ],
)
def test_smpte_time_becomes_quarters_at_120_bpm(kind: str, ticks: int) -> None:
    result = saved(BROKEN[kind])
    score: Any = symusic.Score.from_midi(result.data)
    assert score.ticks_per_quarter == ticks
    assert not score.tempos  # or a second would no longer be a second
    assert result.repairs == (f"SMPTE time turned into {ticks} ticks per quarter",)
    assert same_music(result.data, GOOD)


def test_dropped_events_leave_the_time_they_took() -> None:
    late = amid(b"\x60\xf4\x60\xff\x51\x01\x00\x60\xf0\xff\x7f\x43\xf7")
    (whole,), (part,) = music(one_track(notes(16))), music(saved(late).data)
    assert (part[1] - whole[1]).tolist() == [0] * 8 + [3 * 0x60] * 8


def test_a_wait_over_28_bits_is_none() -> None:
    (part,) = music(saved(BROKEN["number-over-28-bits"]).data)
    assert part[1].tolist() == [96 * i for i in range(17)]


def test_only_data_bytes_are_clamped() -> None:
    events = b"\0\x90\xbc\xd0\x81\x00\x80\xff\x40"
    (part,) = music(saved(one_track(events)).data)
    assert part.T.tolist() == [[127, 0, 128]]


def test_long_lists_of_tracks_are_shortened() -> None:
    tracks = (b"MTrk\0\0\0\x08" + note(60)) * 9
    assert saved(header(1, 9) + tracks).repairs == (
        "end of track added to tracks 1, 2, 3 and 6 more",
    )


def test_no_more_tracks_than_a_header_can_count() -> None:
    tracks = (b"MTrk\0\0\0\x0c" + note(60) + b"\0\xff\x2f\0") * 65540
    result = saved(header(1, 7) + tracks)
    assert result.repairs == ("track count put right: 65535, not 7",)


tunes = st.lists(
    st.lists(
        st.tuples(st.integers(0, 127), st.integers(0, 99999), st.integers(1, 9999)),
        max_size=12,
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=examples(60))
@given(tracks=tunes, ticks=st.integers(1, 32767))
def test_good_files_are_left_alone(tracks: list[list[Triple]], ticks: int) -> None:
    data = midi_file(tracks, ticks_per_quarter=ticks)
    assert saved(data) == RepairedMidi(data, ())
    rewritten = saved(riff(data))
    assert rewritten.repairs == ("unwrapped from RIFF",)
    assert same_music(rewritten.data, data)


def check(data: bytes) -> None:
    """Whatever came, what is saved is whole, and saving it again changes nothing."""
    result = repair_midi(data)
    if result is not None:
        assert saved(result.data) == RepairedMidi(result.data, ())
        assert len(result.data) <= 4 * len(data) + 64
        if result.repairs:
            symusic.Score.from_midi(result.data)


@settings(max_examples=examples(150))
@given(data=st.binary(max_size=300))
@example(b"MThd")
@example(b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk")
def test_random_bytes(data: bytes) -> None:
    check(data)
    check(header(1, 2) + data)
    check(header(1, 1) + b"MTrk\0\0\0\0" + data)
    check(one_track(data))


marks = st.sampled_from(
    [b"MTrk", b"MThd", b"\xff\x2f\0", b"\xf0", b"\xf7", b"\xff", b"\x90", b"\0\0\0\0"]
)
edits = st.lists(
    st.tuples(
        st.integers(0, len(GOOD)),
        st.sampled_from([0, 1, 1, 1, 4, 30]),  # bytes to remove
        marks | st.binary(max_size=4),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=examples(300))
@given(changes=edits, cut=st.none() | st.integers(0, len(GOOD)))
def test_mutated_files(changes: list[tuple[int, int, bytes]], cut: int | None) -> None:
    data = GOOD
    for at, size, new in changes:
        data = data[:at] + new + data[at + size :]
    check(data[:cut])


def test_there_are_many_kinds_of_broken_files() -> None:
    assert len(BROKEN) >= 110
    assert len(set(BROKEN.values())) == len(BROKEN)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind) for kind in BROKEN)
    assert broken_files() == BROKEN


def test_disk_oddities_are_what_they_are_called(tmp_path: Path) -> None:
    paths = disk_oddities(tmp_path / "midi")
    assert sorted(paths.values()) == sorted((tmp_path / "midi").iterdir())
    assert stat.S_ISFIFO(paths["fifo"].lstat().st_mode)
    assert stat.S_ISSOCK(paths["socket"].lstat().st_mode)
    assert stat.S_ISCHR(paths["link-to-endless-device"].stat().st_mode)
    assert paths["sparse-giant"].stat().st_size > 4 * 2**30
    assert paths["sparse-giant"].stat().st_blocks < 1000
    assert not paths["dangling-link"].exists()
