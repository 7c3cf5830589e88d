from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from monody.music.meter import Meter
from monody.reading.describe import describe
from monody.reading.notation.performed import performed
from monody.reading.notation.written_score import (
    Line,
    WrittenMeasure,
    WrittenNote,
    WrittenScore,
    written_ticks,
)
from monody.reading.overview import LineFacts, Overview, TempoSource
from monody.reading.raw_score import MAX_NAME, MeterSource, RawScore, RawTrack
from monody.reading.worker import Reader
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import midi_file

QUARTER = 480
SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


def _track(pitches: list[int], first: int = 0, index: int = 0) -> RawTrack:
    """Make a line of quarters."""
    start = first + QUARTER * np.arange(len(pitches))
    duration = np.full(len(pitches), QUARTER)
    return RawTrack(np.array(pitches), start, duration, 0, False, index)


def _chords(index: int = 0) -> RawTrack:
    pitch = np.array([60, 64, 67] * 8)
    start = np.repeat(4 * QUARTER * np.arange(8), 3)
    return RawTrack(pitch, start, np.full(24, QUARTER), 0, False, index)


def _score(*tracks: RawTrack) -> RawScore:
    return RawScore(QUARTER, tracks, (), (), ())


def _reasons(score: RawScore, settings: ReadSettings | None = None) -> list[list[str]]:
    [piece] = describe([score], settings or ReadSettings()).pieces
    return [[why.text for why, _ in report.left_out] for report in piece.reports]


def _line(score: RawScore) -> LineFacts:
    [line] = describe([score], ReadSettings()).pieces[0].lines
    return line


def test_each_line_has_a_reason_of_its_own() -> None:
    drums = replace(_track(SCALE, index=2), is_drum=True)
    score = _score(
        _track(SCALE), _chords(1), drums, _track([60], index=3), _track([], index=4)
    )
    assert _reasons(score) == [
        [],
        ["polyphonic track"],
        ["drum track"],
        ["fewer than 8 notes"],
        ["empty track"],
    ]


def test_a_file_of_chords_alone_gives_their_top_line() -> None:
    settings = ReadSettings(min_distinct_pitches=1)
    assert _reasons(_score(_chords()), settings) == [[]]
    strict = replace(settings, line="strict")
    assert _reasons(_score(_chords()), strict) == [["overlapping notes"]]


def test_chords_of_one_tune_do_not_change_the_rule_for_another() -> None:
    pieces = describe(
        [_score(_chords()), _score(_track(SCALE), _chords(1))],
        ReadSettings(min_distinct_pitches=1),
    ).pieces
    reports = [report for piece in pieces for report in piece.reports]
    assert [bool(report.left_out) for report in reports] == [False, False, True]


def test_meter_and_tempo_are_from_the_file_or_the_default() -> None:
    score = _score(_track(SCALE, first=QUARTER))
    line = _line(score)
    assert (line.meter_from, line.tempo_from) == ("default", "default")
    assert line.declared_bpm == 120
    named = replace(score, meters=(Meter(0, 3, 4),), tempos=((0, 96.0), (7200, 90.0)))
    line = _line(named)
    assert (line.meter_from, line.tempo_from) == ("signature", "file")
    assert (line.declared_bpm, line.tempos) == (96, 2)
    late = replace(score, meters=(Meter(480 * 4, 3, 4),))
    assert _line(late).meter_from is MeterSource.DEFAULT


def test_a_fitted_tempo_is_from_the_notes() -> None:
    track = _track([*SCALE, *SCALE, *SCALE])
    played = replace(track, start=31 + 347 * np.arange(24), duration=np.full(24, 347))
    line = _line(_score(played))
    assert line.tempo_from is TempoSource.NOTES
    assert line.first_bar == 0  # its bars are not those of the file


@pytest.mark.parametrize(
    ("meters", "quarter", "bar"),
    [
        ((), 0, 1),
        ((), 3, 1),
        ((), 4, 2),
        (((0, 3, 4),), 3, 2),
        (((0, 3, 4),), 30, 11),
        (((0, 4, 4), (4, 3, 4)), 3, 1),
        (((0, 4, 4), (4, 3, 4)), 4, 2),
        (((0, 4, 4), (4, 3, 4)), 7, 3),
        (((0, 4, 4), (6, 3, 4)), 6, 3),  # a meter begins a bar
    ],
)
def test_the_bar_of_the_first_note(
    meters: tuple[tuple[int, int, int], ...], quarter: int, bar: int
) -> None:
    signs = tuple(Meter(QUARTER * at, above, below) for at, above, below in meters)
    score = _score(_track(SCALE, first=QUARTER * quarter))
    assert _line(replace(score, meters=signs)).first_bar == bar


def _page(
    quarters: list[int],
    last_plays: int = 0,
    meters: Sequence[tuple[int, int, int]] = (),
) -> RawScore:
    """Play written measures of quarter notes."""
    measures = [
        WrittenMeasure(
            [WrittenNote(0, 60 + beat, written_ticks(beat), written_ticks(1))
             for beat in range(length)],
            written_ticks(length),
        )
        for length in quarters
    ]  # fmt: skip
    measures[0].meters = list(meters)
    measures[-1].plays = last_plays
    return performed(WrittenScore([Line(0)], measures, title="Air"))


@pytest.mark.parametrize(
    ("quarters", "meters", "source"),
    [
        ([3, 3, 3], [(0, 3, 4)], MeterSource.SIGNATURE),
        ([3, 3, 3], [], MeterSource.LENGTHS),
        ([17, 17, 17], [], MeterSource.DEFAULT),
    ],
)
def test_the_meter_of_a_page(
    quarters: list[int], meters: list[tuple[int, int, int]], source: MeterSource
) -> None:
    assert _line(_page(quarters, meters=meters)).meter_from is source


def test_a_page_tells_its_title_its_pickup_and_its_repeats() -> None:
    score = _page([1, 4, 4], last_plays=2, meters=[(0, 4, 4)])
    facts = describe([score], ReadSettings()).pieces[0].facts
    assert (facts.title, facts.is_written) == ("Air", True)
    assert (facts.measures, facts.played) == (3, 6)
    assert facts.pickup_quarters == 1
    assert (
        describe([_page([4, 4])], ReadSettings()).pieces[0].facts.pickup_quarters == 0
    )


def test_titles_and_names_are_cut_where_they_are_megabytes_long() -> None:
    track = replace(_track(SCALE * 2), name="n" * 10**6)
    score = replace(_score(track), title="t" * 10**6)
    [piece] = describe([score], ReadSettings()).pieces
    assert piece.facts.title == "t" * MAX_NAME
    assert piece.lines[0].name == "n" * MAX_NAME


def test_only_the_pieces_asked_for_are_described() -> None:
    scores = [replace(_score(_track(SCALE)), piece=piece) for piece in range(7)]
    overview = describe(scores, ReadSettings(), max_pieces=2)
    assert [piece.facts.index for piece in overview.pieces] == [0, 1]
    assert overview.pieces_in_file == 7
    assert len(describe(scores, ReadSettings()).pieces) == 7


def test_damage_is_described_without_an_error() -> None:
    track = replace(_track(SCALE), pitch=np.array([-5, 200, *[64] * 6]))
    line = _line(_score(replace(track, start=track.start - 960)))
    assert (line.notes, line.lowest, line.highest, line.first_bar) == (8, 64, 64, 1)


def test_an_overview_goes_through_json() -> None:
    score = _score(_track(SCALE), _chords(1))
    overview = describe([score], ReadSettings())
    assert Overview.from_json(json.loads(json.dumps(overview.to_json()))) == overview


@pytest.mark.parametrize(
    ("name", "value"),
    [("index", "1"), ("name", 7), ("notes", None), ("meter_from", "hearsay"),
     ("declared_bpm", "fast"), ("tempo_from", 3)],
)  # fmt: skip
def test_a_value_of_another_kind_is_no_overview(name: str, value: object) -> None:
    values = describe([_score(_track(SCALE))], ReadSettings()).to_json()
    values["pieces"][0]["lines"][0][name] = value
    with pytest.raises((ValueError, TypeError)):
        Overview.from_json(values)


def test_a_worker_describes_a_file_or_says_why_not(tmp_path: Path) -> None:
    reader = Reader(ReadSettings())
    file = tmp_path / "a.mid"
    file.write_bytes(midi_file([[(p, QUARTER * i, 90) for i, p in enumerate(SCALE)]]))
    overview = reader.overview(str(file), -1)
    assert isinstance(overview, Overview)
    assert overview.pieces[0].lines[0].notes == 8
    file.write_bytes(b"<html>")
    reason = reader.overview(str(file), -1)
    assert not isinstance(reason, Overview)
    assert reason.text == "a web page, not MIDI"
