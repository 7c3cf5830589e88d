"""Bars for files that count single beats, and files that keep theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monody.corpus.corpus import read_corpus
from monody.corpus.histograms import histograms
from monody.music.melody import Melody
from monody.reading.describe import describe
from monody.reading.extraction.accents import heard_bars
from monody.reading.extraction.extract import extract
from monody.reading.extraction.heard_meters import with_heard_meters
from monody.reading.midi.parse import read_midi
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import Triple, midi_file, tune, write_tunes

SETTINGS = ReadSettings(min_notes=4, min_distinct_pitches=2)
AS_WRITTEN = replace(SETTINGS, meters="as_written")
# Lengths in 8ths. Four bars each; the third is as the first.
RHYTHMS = {
    "4/4": [4, 2, 2, 2, 1, 1, 4, 4, 2, 2, 2, 2, 8],
    "3/4": [4, 2, 2, 1, 1, 2, 4, 2, 6],
    "6/8": [2, 1, 2, 1, 1, 1, 1, 3, 2, 1, 2, 1, 3, 3],
    "2/4": [2, 1, 1, 2, 2, 2, 1, 1, 4],
}
PITCHES = [67, 64, 60, 62, 65, 69, 71, 72, 67, 65, 64, 62, 60, 64]


def _notes(meter: str, pickup: int = 0, times: int = 4) -> list[Triple]:
    """Write a tune, in ticks of 24 to the quarter, after a pickup of so many 8ths."""
    notes = [(55, 12 * i, 12) for i in range(pickup)]
    clock = 12 * pickup
    for _ in range(times):
        for pitch, eighths in zip(PITCHES, RHYTHMS[meter], strict=False):
            notes.append((pitch, clock, 12 * eighths))
            clock += 12 * eighths
    return notes


def _data(
    notes: Sequence[Triple], *meters: tuple[int, int, int], ticks_per_quarter: int = 24
) -> bytes:
    return midi_file([notes], meters=meters, ticks_per_quarter=ticks_per_quarter)


def _melody(data: bytes, settings: ReadSettings = SETTINGS) -> Melody:
    [melody] = extract([read_midi(data)], settings).melodies
    return melody


def _repairs(data: bytes, settings: ReadSettings = SETTINGS) -> tuple[str, ...]:
    [report] = extract([read_midi(data)], settings).reports
    return report.repairs


@pytest.mark.parametrize("meter", ["4/4", "3/4", "6/8"])
@pytest.mark.parametrize("beat", [(1, 4), (1, 8)])
def test_beats_are_grouped_by_the_accents(meter: str, beat: tuple[int, int]) -> None:
    data = _data(_notes(meter), (0, *beat))
    melody = _melody(data)
    assert [str(each) for each in melody.meters] == [meter]
    assert melody.starts.tolist() == [start for _, start, _ in _notes(meter)]
    named = "/".join(map(str, beat))
    assert _repairs(data) == (f"{named} read as {meter}, by the accents",)


def test_of_short_bars_two_or_four_beats_are_one() -> None:
    assert str(_melody(_data(_notes("2/4"), (0, 1, 4))).meters[0]) in ("2/4", "4/4")


@pytest.mark.parametrize("beat", [(1, 2), (1, 1)])
def test_long_beats_are_grouped_too(beat: tuple[int, int]) -> None:
    assert str(_melody(_data(_notes("4/4"), (0, *beat))).meters[0]) == "4/4"


@pytest.mark.parametrize(("meter", "eighths"), [("4/4", 2), ("3/4", 2)])
@pytest.mark.parametrize("quarter", [24, 480])
def test_a_pickup_is_late_in_its_bar(meter: str, eighths: int, quarter: int) -> None:
    notes = _notes(meter, eighths)
    wider = [
        (pitch, start * quarter // 24, length * quarter // 24)
        for pitch, start, length in notes
    ]
    melody = _melody(_data(wider, (0, 1, 4), ticks_per_quarter=quarter))
    [found] = melody.meters
    assert (str(found), found.bar_ticks) == (meter, found.bar_ticks)
    assert melody.starts[0] == found.bar_ticks - 12 * eighths
    assert np.diff(melody.starts).tolist() == np.diff([s for _, s, _ in notes]).tolist()


def test_as_written_keeps_single_beats() -> None:
    data = _data(_notes("4/4"), (0, 1, 4))
    assert [str(meter) for meter in _melody(data, AS_WRITTEN).meters] == ["1/4"]
    assert _repairs(data, AS_WRITTEN) == ()
    both = replace(SETTINGS, meters="As_Written, 1/4")
    assert len(extract([read_midi(data)], both).melodies) == 1
    neither = replace(SETTINGS, meters="as_written,4/4")
    [report] = extract([read_midi(data)], neither).reports
    assert report.left_out_text == "1 × the meter is 1/4"


def test_the_meters_wanted_are_those_that_are_heard() -> None:
    data = _data(_notes("3/4"), (0, 1, 4))
    assert len(extract([read_midi(data)], replace(SETTINGS, meters="3/4")).melodies)
    [report] = extract([read_midi(data)], replace(SETTINGS, meters="4/4")).reports
    assert report.left_out_text == "1 × the meter is 3/4"


def test_a_pickup_and_an_extra_beat_stay() -> None:
    notes = _notes("4/4", pickup=2)
    meters = [(0, 1, 4), (24, 4, 4), (24 + 384, 1, 4), (48 + 384, 4, 4)]
    data = _data(notes, *meters)
    written = [(meter.tick, str(meter)) for meter in _melody(data).meters]
    assert written == [(tick, f"{above}/{below}") for tick, above, below in meters]
    assert _repairs(data) == ()


def test_other_meters_beside_single_beats_stay() -> None:
    waltz, song = _notes("3/4"), _notes("4/4")
    after = [(pitch, start + 288 * 4, length) for pitch, start, length in song]
    data = _data([*waltz, *after], (0, 3, 4), (288 * 4, 1, 4))
    assert [(m.tick, str(m)) for m in _melody(data).meters] == [
        (0, "3/4"),
        (288 * 4, "4/4"),
    ]


def test_all_tracks_of_a_file_have_the_same_bars() -> None:
    bass = [(36 + 5 * (i % 2), 96 * i + 24, 96) for i in range(16)]
    song = _notes("4/4", pickup=2)
    found = extract([read_midi(midi_file([song, bass], meters=[(0, 1, 4)],
                                         ticks_per_quarter=24))], SETTINGS)  # fmt: skip
    assert len(found.melodies) == 2
    assert {str(melody.meters[0]) for melody in found.melodies} == {"4/4"}
    first, second = found.melodies
    assert (first.starts[0], second.starts[0] % 96) == (72, 0)


def test_written_music_and_other_meters_are_not_looked_at() -> None:
    score = read_midi(_data(_notes("4/4"), (0, 1, 4)))
    written = replace(score, is_written=True)
    plain = replace(score, meters=())
    assert with_heard_meters([written, plain])[0] is written
    assert with_heard_meters([written, plain])[1] is plain


@pytest.mark.parametrize("notes", [[], [(60, 0, 24)], [(60, 5, 7)] * 3])
def test_next_to_no_music_is_in_common_time(notes: list[Triple]) -> None:
    [score] = with_heard_meters([read_midi(_data(notes, (0, 1, 4)))])
    assert [str(meter) for meter in score.meters] in (["1/4"], ["4/4"])


def test_the_overview_says_what_the_meter_was_taken_from() -> None:
    score = read_midi(_data(_notes("4/4"), (0, 1, 4)))
    [piece] = describe([score], SETTINGS).pieces
    assert [line.meter_from.value for line in piece.lines] == ["accents"]
    assert piece.repairs == ("1/4 read as 4/4, by the accents",)
    [piece] = describe([score], AS_WRITTEN).pieces
    assert [line.meter_from.value for line in piece.lines] == ["signature"]


def test_the_verdict_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(_data(_notes("4/4"), (0, 1, 4)))
    [verdict] = read_corpus(tmp_path, replace(SETTINGS, cache=False)).verdicts
    assert verdict.verdict == "recovered"
    assert verdict.reason == "1/4 read as 4/4, by the accents"
    assert verdict.meters == ("4/4",)
    kept = replace(SETTINGS, cache=False, meters="as_written")
    [verdict] = read_corpus(tmp_path, kept).verdicts
    assert (verdict.verdict, verdict.meters) == ("kept", ("1/4",))


def test_a_passing_meter_is_not_that_of_the_melody(tmp_path: Path) -> None:
    whole = list(tune(1, bars=16))
    passing = [(0, 5, 8), (60, 4, 4)]
    (tmp_path / "a.mid").write_bytes(_data(whole, *passing))
    corpus = read_corpus(tmp_path, replace(SETTINGS, cache=False))
    [verdict] = corpus.verdicts
    assert verdict.meters == ("4/4",)
    assert corpus.melodies.main_meter(0)[1:] == (4, 4)
    assert [str(meter) for meter in corpus.melodies[0].meters] == ["5/8", "4/4"]
    assert histograms(corpus.melodies)["meter"] == {"4/4": 1}


def test_files_with_bars_are_read_as_before(tmp_path: Path) -> None:
    write_tunes(tmp_path, 3)
    corpus = read_corpus(tmp_path, replace(SETTINGS, cache=False))
    assert {verdict.verdict for verdict in corpus.verdicts} == {"kept"}


def test_a_file_of_many_lines_is_listened_to_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notes = _notes("4/4")
    score = read_midi(midi_file([notes] * 5, meters=[(0, 1, 4)], ticks_per_quarter=24))
    heard: list[int] = []

    def counting(*music: Any) -> Any:
        heard.append(len(music))
        return heard_bars(*music)

    name = "monody.reading.extraction.heard_meters.heard_bars"
    monkeypatch.setattr(name, counting)
    [piece] = describe([score], SETTINGS).pieces
    assert (len(piece.lines), len(heard)) == (5, 1)
