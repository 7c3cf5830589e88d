from __future__ import annotations

import pytest

from monody.music.meter import Meter
from tests.builders.musicxml_scores import (
    BAR,
    CLOSE,
    QUARTER,
    START,
    attributes,
    back,
    note,
    notes,
    only_line,
    part,
    read,
    score_of,
    time_signature,
)


def test_parts_stay_together_where_a_measure_is_incomplete_in_one() -> None:
    full = part(START + note("C4", 4), note("D4", 4))
    short = part(START + note("E4", 1), note("F4", 4))
    upper, lower = read(score_of(full, short)).tracks
    assert upper.start.tolist() == lower.start.tolist() == [0, BAR]


def test_a_whole_rest_lasts_one_measure_of_any_meter() -> None:
    head = attributes(time_signature(3, 4))
    tune = part(head + note("C4", 3), note("rest", 4), note("D4", 3))
    rests = part(head + note("rest", 4), note("rest", 4), note("E4", 3))
    upper, lower = read(score_of(tune, rests)).tracks
    assert upper.start.tolist() == [0, 6 * QUARTER]
    assert lower.start.tolist() == [6 * QUARTER]


def test_a_pickup_ends_on_a_bar_line() -> None:
    later = attributes("<key><fifths>1</fifths></key>") + '<sound tempo="90"/>'
    score = read(
        score_of(
            part(START + note("G4"), later + note("C5", 4), note("D5", 3)),
            # As MuseScore and music21 itself write a part that rests.
            part(
                START + note("rest").replace("<rest/>", '<rest measure="yes"/>'),
                note("E4", 4),
            ),
            part(START, note("C3", 4)),
        )
    )
    assert [track.start.tolist() for track in score.tracks] == [
        [3 * QUARTER, BAR, 2 * BAR],
        [BAR],
        [BAR],
    ]
    assert score.meters == (Meter(0, 4, 4),)
    assert score.keys == ((0, "C major"), (BAR, "G major"))
    assert score.tempos == ((0, 90.0),)  # the first that is written holds from there


def test_meter_changes_stand_where_they_are_written() -> None:
    score = read(
        score_of(
            part(
                START + note("C4", 4),
                attributes(time_signature(6, 8)) + notes("C4 D4", 1.5),
                attributes(time_signature("3+2", 8)) + note("E4", 2.5),
                # No meter: music21 knows no measure's length.
                attributes("<time><senza-misura/></time>") + note("F4", 2.5),
            )
        )
    )
    six, five = BAR, BAR + 3 * QUARTER
    assert score.meters == (Meter(0, 4, 4), Meter(six, 6, 8), Meter(five, 5, 8))


def test_a_measure_split_by_a_repeat_leaves_the_grid() -> None:
    score = read(
        score_of(
            part(
                START + note("G4"),
                note("C5", 4),
                note("D5", 3) + CLOSE,
                note("G4"),
                note("E5", 4),
            )
        )
    )
    assert score.meters == (Meter(0, 4, 4),)
    beats = (score.tracks[0].start // QUARTER).tolist()
    assert beats == [3, 4, 8, 11, 12, 16, 19, 20]


def test_a_repeated_part_keeps_its_bar_lines_beside_a_pickup() -> None:
    score = read(
        score_of(part(START + note("G4"), note("C5", 4), note("D5", 3) + CLOSE))
    )
    assert score.meters == (Meter(0, 4, 4),)
    assert (score.tracks[0].start // QUARTER).tolist() == [3, 4, 8, 11, 12, 16]


def test_a_measure_of_another_length_begins_a_new_grid() -> None:
    score = read(
        score_of(part(START + note("C4", 4), *[note("D4", n) for n in (2, 4, 4)]))
    )
    assert score.meters == (Meter(0, 4, 4), Meter(BAR + 2 * QUARTER, 4, 4))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("<fifths>3</fifths>", "A major"),
        ("<fifths>-4</fifths><mode>minor</mode>", "F minor"),
        ("<fifths>0</fifths><mode>dorian</mode>", "A minor"),
        ("<fifths>1</fifths><mode>aeolian</mode>", "E minor"),
        ("<fifths>2</fifths><mode>none</mode>", "D major"),
        ("<key-step>C</key-step><key-alter>1</key-alter>", None),
    ],
)
def test_keys(key: str, name: str | None) -> None:
    head = attributes(f"<key>{key}</key>", time_signature(4, 4))
    keys = read(score_of(part(head + note("C4", 4)))).keys
    assert keys == (((0, name),) if name else ())


@pytest.mark.parametrize(
    ("mark", "bpm"),
    [
        ("<beat-unit>quarter</beat-unit><per-minute>96</per-minute>", 96.0),
        ("<beat-unit>half</beat-unit><per-minute>ca. 60</per-minute>", 120.0),
        (
            "<beat-unit>quarter</beat-unit><beat-unit-dot/><per-minute>80</per-minute>",
            120.0,
        ),
        ("<beat-unit>quarter</beat-unit><per-minute>fast</per-minute>", None),
        ("<beat-unit>quarter</beat-unit><per-minute>0</per-minute>", None),
        ("<beat-unit>quarter</beat-unit><beat-unit>half</beat-unit>", None),
    ],
)
def test_metronome_marks(mark: str, bpm: float | None) -> None:
    tempo = (
        f"<direction><direction-type><metronome>{mark}</metronome></direction-type>"
        "</direction>"
    )
    tempos = read(score_of(part(START + tempo + note("C4", 4)))).tempos
    assert tempos == (((0, bpm),) if bpm else ())


@pytest.mark.parametrize("tempo", ["0", "-1", "inf", "1e9", "fast"])
def test_impossible_tempos_are_left_out(tempo: str) -> None:
    assert read(score_of(part(f'{START}<sound tempo="{tempo}"/>'))).tempos == ()


@pytest.mark.parametrize(
    ("time", "meter"),
    [
        (time_signature("3+2", 8), (5, 8)),
        (time_signature(2, 4)[:-7] + time_signature(3, 8)[6:], (7, 8)),
        ('<time symbol="cut"><beats>2</beats><beat-type>2</beat-type></time>', (2, 2)),
        ('<time symbol="common"/>', (4, 4)),
    ],
)
def test_time_signatures(time: str, meter: tuple[int, int]) -> None:
    score = read(score_of(part(attributes(time) + note("C4", 1))))
    assert score.meters == (Meter(0, *meter),)


@pytest.mark.parametrize(
    ("direction", "later"),
    [
        ('<direction><sound tempo="90"><offset>420</offset></sound></direction>', 1),
        (
            '<direction><offset sound="yes">420</offset><sound tempo="90"/>'
            "</direction>",
            1,
        ),
        ('<direction><offset>420</offset><sound tempo="90"/></direction>', 0),
        ('<sound tempo="90"><offset>-9999</offset></sound>', 0),
    ],
)
def test_tempos_are_where_they_sound(direction: str, later: int) -> None:
    start = START + '<sound tempo="60"/>' + note("C4", 4)
    tempos = read(score_of(part(start, direction + note("C4", 4)))).tempos
    assert tempos == ((0, 60.0), (BAR + later * QUARTER, 90.0))


def test_signs_at_the_end_of_a_measure_hold_from_the_next() -> None:
    late = attributes("<key><fifths>1</fifths></key>", time_signature(3, 4))
    score = read(score_of(part(START + note("C4", 4) + late, note("D4", 3))))
    assert score.keys == ((0, "C major"), (BAR, "G major"))
    assert score.meters == (Meter(0, 4, 4), Meter(BAR, 3, 4))


def test_a_whole_rest_beside_a_pickup_on_another_staff_is_no_longer_than_it() -> None:
    rest = note("rest", 4, "<type>whole</type><staff>2</staff>")
    rows = only_line(
        START + note("G4", 1, "<staff>1</staff>") + back(1) + rest, note("C5", 4)
    )
    assert [start for _, start, _ in rows] == [3 * QUARTER, BAR]


def test_rests_too_many_in_one_part_move_no_bar_line() -> None:
    tune = part(START + note("C4", 4), note("D4", 4))
    error = part(START + note("C3", 4) + note("rest", 2), note("D3", 4))
    upper, lower = read(score_of(tune, error)).tracks
    assert upper.start.tolist() == lower.start.tolist() == [0, BAR]
