from __future__ import annotations

import pytest

from monody.music.meter import Meter
from tests.builders.musicxml_scores import (
    BAR,
    DIVISIONS,
    EIGHTH,
    QUARTER,
    START,
    TUNE,
    attributes,
    note,
    notes,
    only_line,
    part,
    read,
    refusal,
    score_of,
    time_signature,
)


def test_what_makes_no_sense_is_dropped() -> None:
    rows = only_line(
        START + note("C4") + note("C4").replace("4</octave>", "12</octave>")
    )
    assert rows == [(60, 0, QUARTER)]
    rows = only_line(START + note("C4", 4), note("D4", 10.0**12), note("E4"))
    assert rows == [(60, 0, BAR)]


def test_what_stands_after_a_note_of_ages_is_left_out() -> None:
    score = read(
        score_of(
            part(
                START + notes("C4 D4 E4 F4"),
                note("F4", 10**20),
                attributes("<key><fifths>2</fifths></key>", time_signature(3, 4))
                + notes("G4 A4 B4"),
                notes("G4 A4 B4"),
            )
        )
    )
    assert score.keys == ((0, "C major"),)
    assert score.meters == (Meter(0, 4, 4),)
    assert score.tracks[0].pitch.tolist() == [60, 62, 64, 65]


def test_a_score_without_parts_has_no_tracks() -> None:
    assert read("<score-partwise/>").tracks == ()


@pytest.mark.parametrize(
    ("good", "bad", "reason"),
    [
        (f"{DIVISIONS}</div", "0</div", "<divisions> of 0: notes have no length"),
        (f"{DIVISIONS}</div", "-4</div", "<divisions> of -4: notes have no length"),
        (f"{DIVISIONS}</div", "1e99</div", "<divisions> of 1e99: notes have no length"),
        (f"{DIVISIONS}</div", "x</div", "<divisions> of x: notes have no length"),
        (f"{DIVISIONS}</dur", "long</dur", "<duration> of long"),
        (f"{DIVISIONS}</dur", "inf</dur", "<duration> of inf"),
        (f"{DIVISIONS}</dur", "-420</dur", "<duration> of -420"),
        (f"{DIVISIONS}</dur", "</dur", "<duration> of nothing"),
    ],
)
def test_without_lengths_there_is_no_music(good: str, bad: str, reason: str) -> None:
    assert good in TUNE
    assert refusal(TUNE.replace(good, bad)) == reason


def test_missing_divisions_are_refused() -> None:
    without = TUNE.replace(f"<divisions>{DIVISIONS}</divisions>", "")
    assert refusal(without) == "no <divisions> before the notes: they have no length"
    rests = "<attributes/>" + note("rest", 4)
    [tune, silent] = read(score_of(part(START + note("C4", 4)), part(rests))).tracks
    assert (len(tune.pitch), len(silent.pitch)) == (1, 0)


def test_divisions_change_inside_a_part_and_inside_a_measure() -> None:
    eighths = "<attributes><divisions>2</divisions></attributes>"
    half = "<note><pitch><step>D</step><octave>4</octave></pitch><duration>4</duration>"
    rows = only_line(
        START + note("C4") + note("C4") + eighths + half + "</note>",
        half + "</note>",
    )
    assert rows[2:] == [(62, 2 * QUARTER, 2 * QUARTER), (62, BAR, 2 * QUARTER)]


def test_divisions_need_not_be_whole() -> None:
    text = TUNE.replace(f"{DIVISIONS}</div", "0.5</div")
    [track] = read(text.replace(f"{DIVISIONS}</dur", "0.5</dur")).tracks
    assert track.duration.tolist() == [QUARTER] * 8


def test_durations_rounded_to_coarse_divisions_still_fill_the_measure() -> None:
    # As of a string quartet in music21's corpus: dotted quarters of 25/17.
    coarse = (
        "<attributes><divisions>17</divisions><time><beats>6</beats>"
        "<beat-type>8</beat-type></time></attributes>"
    )
    tied = '<tie type="start"/>'
    short = note("F4").replace(str(DIVISIONS), "25")
    last = short.replace("</note>", f"{tied}</note>")
    score = read(score_of(part(coarse + short + last, short + short)))
    assert score.meters == (Meter(0, 6, 8),)
    assert score.tracks[0].start.tolist()[-1] == 3 * QUARTER + round(QUARTER * 25 / 17)
    assert len(score.tracks[0].pitch) == 3


@pytest.mark.parametrize(
    ("good", "bad", "repair"),
    [
        ("<step>C</step>", "<step>X</step>", "notes without a pitch: 2"),
        ("<step>C</step>", "", "notes without a pitch: 2"),
        ("<octave>5</octave>", "<octave>11</octave>",
         "notes too high or too low for MIDI: 1"),
        ("<beats>4</beats>", "<beats>four</beats>",
         "time signatures that make no sense: 1"),
        ("<note>", "<backup><duration>9</duration></backup><note>",
         "<backup> to before the measure: 2"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_named(good: str, bad: str, repair: str) -> None:
    assert good in TUNE
    assert read(TUNE.replace(good, bad)).repairs == (repair,)


def test_a_note_without_duration_is_as_long_as_it_looks() -> None:
    looks = "<type>quarter</type><dot/>"
    odd = note("C4", 1, looks).replace(f"<duration>{DIVISIONS}</duration>", "")
    assert only_line(START + odd + note("D4")) == [
        (60, 0, QUARTER + EIGHTH),
        (62, QUARTER + EIGHTH, QUARTER),
    ]


def test_a_crowd_of_voices_takes_no_more_time_than_its_notes() -> None:
    crowd = "".join(note("C4", 1, f"<voice>{n}</voice>") for n in range(3000))
    tracks = read(score_of(part(START + crowd))).tracks
    assert sum(len(track.pitch) for track in tracks) == 3000


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    read(TUNE.replace("<beats>4", "<beats>1"))
    assert capfd.readouterr() == ("", "")
