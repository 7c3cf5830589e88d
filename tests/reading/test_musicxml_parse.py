from __future__ import annotations

import pytest

from monody.music.meter import Meter
from tests.builders.musicxml_scores import (
    BAR,
    DIVISIONS,
    EIGHTH,
    QUARTER,
    START,
    attributes,
    back,
    forward,
    note,
    notes,
    only_line,
    part,
    played,
    read,
    rows_of,
    score_of,
    time_signature,
)


def test_pitches_times_meter_key_and_tempo() -> None:
    head = attributes(
        "<key><fifths>-1</fifths><mode>minor</mode></key>", time_signature(3, 4)
    )
    words = "<direction-type><words>Allegro</words></direction-type>"
    tempo = f'<direction>{words}<sound tempo="132"/></direction>'
    score = read(
        score_of(
            part(head + tempo + note("D4") + note("rest") + note("B-4", 0.5)),
            entries=[
                "<midi-instrument><midi-program>74</midi-program></midi-instrument>"
            ],
        )
    )
    [track] = score.tracks
    assert score.ticks_per_quarter == QUARTER
    assert rows_of(track) == [(62, 0, QUARTER), (70, 2 * QUARTER, EIGHTH)]
    assert (track.program, track.is_drum, track.index) == (73, False, 0)
    assert score.meters == (Meter(0, 3, 4),)
    assert score.keys == ((0, "D minor"),)
    assert score.tempos == ((0, 132.0),)


def test_ties_are_joined_across_bars_and_voices() -> None:
    start, stop = '<tie type="start"/>', '<tie type="stop"/>'
    rows = only_line(
        START + notes("C4 D4 E4") + note("F4", 1, start),
        note("F4", 4, stop + start),
        note("rest", 4, "<voice>1</voice>")
        + f"<backup><duration>{4 * DIVISIONS}</duration></backup>"
        + note("F4", 2, stop + "<voice>2</voice>"),
        # Written as a slur-like sign only; and a tie that begins nowhere.
        note("G4", 4, '<notations><tied type="start"/></notations>'),
        note("G4", 2, '<notations><tied type="stop"/></notations>')
        + note("A4", 2, stop),
    )
    assert rows[3:] == [
        (65, 3 * QUARTER, 7 * QUARTER),
        (67, 3 * BAR, 6 * QUARTER),
        (69, 4 * BAR + 2 * QUARTER, 2 * QUARTER),
    ]


def test_a_repeated_note_is_not_a_tie() -> None:
    loose = note("D4", 1, '<tie type="start"/>')  # another pitch follows
    rows = only_line(START + note("C4") + note("C4", 1, '<tie type="stop"/>') + loose)
    assert [duration for _, _, duration in rows] == [QUARTER] * 3


def test_a_tie_whose_end_does_not_say_so_is_a_tie() -> None:
    rows = only_line(START + note("C4", 2, '<tie type="start"/>') + note("C4", 2))
    assert rows == [(60, 0, BAR)]


def test_what_rings_on_is_not_tied() -> None:
    ring = '<notations><tied type="let-ring"/></notations>'
    assert len(only_line(START + note("C4", 2, ring) + note("C4", 2))) == 2


@pytest.mark.parametrize("of", [3, 5, 7])
def test_tuplets_are_exact(of: int) -> None:
    rows = only_line(
        START + "".join(note("C4", 1 / of) for _ in range(of)) + note("D4")
    )
    assert rows[-2] == (60, (of - 1) * QUARTER // of, QUARTER // of)
    assert rows[-1] == (62, QUARTER, QUARTER)


def test_chords_give_all_their_pitches_and_chord_symbols_none() -> None:
    symbol = (
        "<harmony><root><root-step>A</root-step></root><kind>major</kind></harmony>"
    )
    rows = only_line(
        START + symbol + note("E4", 2) + note("C4", 2, chord=True) + note("D4", 2)
    )
    assert rows == [
        (60, 0, 2 * QUARTER),
        (64, 0, 2 * QUARTER),
        (62, 2 * QUARTER, 2 * QUARTER),
    ]


def test_grace_notes_take_no_time_and_cue_notes_are_silent() -> None:
    grace = "<note><grace/><pitch><step>G</step><octave>5</octave></pitch></note>"
    cue = note("A5").replace("<note>", "<note><cue/>")
    assert only_line(START + grace + note("C4") + cue + note("D4")) == [
        (60, 0, QUARTER),
        (62, 2 * QUARTER, QUARTER),
    ]


def test_voices_and_hidden_rests_keep_their_times() -> None:
    upper, lower = read(
        score_of(
            part(
                START
                + note("C5", 4, "<voice>1</voice>")
                + back(4)
                + forward(1)
                + note("E4", 1, "<voice>2</voice>")
                + forward(2),
                note("D5") + forward(3),
                note("E5"),
            )
        )
    ).tracks
    assert rows_of(upper) == [(72, 0, BAR), (74, BAR, QUARTER), (76, 2 * BAR, QUARTER)]
    assert rows_of(lower) == [(64, QUARTER, QUARTER)]


def test_voices_that_take_turns_are_one_line() -> None:
    rows = only_line(
        START + note("C5", 4, "<voice>1</voice>"),
        note("D5", 4, "<voice>2</voice>"),
    )
    assert rows == [(72, 0, BAR), (74, BAR, BAR)]


def test_a_chord_is_in_the_voice_and_staff_of_its_first_note() -> None:
    second = "<voice>2</voice><staff>2</staff>"
    upper, lower = read(
        score_of(
            part(
                START
                + note("C5", 4)
                + back(4)
                + note("C3", 4, second)
                + note("E3", 4, chord=True)
            )
        )
    ).tracks
    assert rows_of(upper) == [(72, 0, BAR)]
    assert rows_of(lower) == [(48, 0, BAR), (52, 0, BAR)]


def test_a_chord_is_not_torn_by_a_direction() -> None:
    loud = "<direction><direction-type><dynamics><f/></dynamics></direction-type>"
    rows = only_line(
        START + note("E4") + loud + "</direction>" + note("C4", chord=True)
    )
    assert rows == [(60, 0, QUARTER), (64, 0, QUARTER)]


def test_staves_and_parts_are_tracks() -> None:
    piano = part(
        START.replace("</key>", "</key><staves>2</staves>")
        + note("C5", 4, "<staff>1</staff>")
        + f"<backup><duration>{4 * DIVISIONS}</duration></backup>"
        + note("C3", 4, "<staff>2</staff>")
    )
    tracks = read(score_of(part(START + note("G4", 4)), piano)).tracks
    assert [rows_of(track) for track in tracks] == [
        [(67, 0, BAR)],
        [(72, 0, BAR)],
        [(48, 0, BAR)],
    ]
    assert [track.index for track in tracks] == [0, 1, 2]


def test_staves_that_no_note_names_are_one() -> None:
    start = START.replace("</key>", "</key><staves>2</staves>")
    assert only_line(start + note("C5", 4)) == [(72, 0, BAR)]


def test_a_transposing_clarinet_sounds_lower() -> None:
    moved = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    key = "<key><fifths>2</fifths><mode>major</mode></key>"
    # With an octave and without a diatonic step, at which music21 alone fails.
    bass = (
        "<transpose><chromatic>-2</chromatic><octave-change>-1</octave-change>"
        "</transpose>"
    )
    score = read(
        score_of(
            part(
                attributes(key, time_signature(4, 4), moved) + note("D5", 4),
                attributes(bass) + note("D5", 4),
                attributes("<transpose><chromatic>0</chromatic></transpose>")
                + note("D5", 4),
            )
        )
    )
    assert score.tracks[0].pitch.tolist() == [72, 60, 74]
    assert score.keys == ((0, "C major"),)


def test_an_instrument_s_name_does_not_transpose() -> None:
    entry = (
        "<score-instrument><instrument-name>Clarinet in Bb</instrument-name>"
        "</score-instrument>"
    )
    [track] = read(score_of(part(START + note("C4", 4)), entries=[entry])).tracks
    assert track.pitch.tolist() == [60]


def test_unpitched_percussion_is_a_drum_track() -> None:
    hit = (
        "<note><unpitched><display-step>E</display-step><display-octave>4"
        f"</display-octave></unpitched><duration>{DIVISIONS}</duration></note>"
    )
    drums, flute, kit = read(
        score_of(
            part(START + hit * 4),
            part(START + hit + notes("C4 D4 E4")),
            part(START + notes("C4 D4 E4 F4")),
            entries=[
                "",
                "",
                "<midi-instrument><midi-channel>10</midi-channel></midi-instrument>",
            ],
        )
    ).tracks
    assert (drums.is_drum, flute.is_drum, kit.is_drum) == (True, False, True)
    assert flute.pitch.tolist() == [60, 62, 64]


def test_timewise_scores_read_as_partwise_ones() -> None:
    entries = '<score-part id="A"/><score-part id="B"/>'
    measures = "".join(
        f'<measure number="1"><part id="A">{head}{note("C4", 4)}</part>'
        f'<part id="B">{head}{note("E4", 4)}</part></measure>'
        for head in (START, "")
    )
    score = read(
        f"<score-timewise><part-list>{entries}</part-list>{measures}</score-timewise>"
    )
    assert [rows_of(track) for track in score.tracks] == [
        [(60, 0, BAR), (60, BAR, BAR)],
        [(64, 0, BAR), (64, BAR, BAR)],
    ]


@pytest.mark.parametrize(
    ("step", "alter", "pitch"),
    [("C", "0.25", 60), ("C", "-0.75", 59), ("C", "1.5", 62), ("F", "-1", 64)],
)
def test_microtones_are_rounded(step: str, alter: str, pitch: int) -> None:
    raised = note("C4").replace("<alter>0<", f"<alter>{alter}<")
    [row] = only_line(START + raised.replace(">C<", f">{step}<"))
    assert row[0] == pitch


def test_an_octave_sign_moves_no_pitch() -> None:
    shift = "<direction><direction-type><octave-shift type='down' size='8'/>"
    up = f"{shift}</direction-type></direction>"
    assert played(START + up + note("C6", 4)) == [84]


def test_staves_of_a_part_can_be_transposed_apart() -> None:
    moved = "<transpose number='2'><chromatic>-2</chromatic></transpose>"
    upper, lower = read(
        score_of(
            part(
                attributes(time_signature(4, 4), moved)
                + note("D5", 4, "<staff>1</staff>")
                + back(4)
                + note("D4", 4, "<staff>2</staff>")
            )
        )
    ).tracks
    assert (upper.pitch.tolist(), lower.pitch.tolist()) == ([74], [60])


def test_a_score_at_concert_pitch_is_transposed_by_octaves_only() -> None:
    bass = (
        "<transpose><chromatic>-2</chromatic><octave-change>-1</octave-change>"
        "</transpose>"
    )
    text = score_of(part(attributes(time_signature(4, 4), bass) + note("D4", 4)))
    concert = "<defaults><concert-score/></defaults><part-list>"
    score = read(text.replace("<part-list>", concert, 1))
    assert score.tracks[0].pitch.tolist() == [50]
    assert score.repairs == ("transpositions in a score at concert pitch: 1",)


def test_the_transposition_of_a_part_still_to_be_made_is_not_read() -> None:
    later = (
        "<for-part><part-transpose><chromatic>-2</chromatic></part-transpose>"
        "</for-part>"
    )
    assert played(attributes(time_signature(4, 4), later) + note("D4", 4)) == [62]


def test_a_doubling_at_the_octave_is_named_and_left_out() -> None:
    double = "<transpose><chromatic>0</chromatic><double/></transpose>"
    score = read(
        score_of(part(attributes(time_signature(4, 4), double) + note("C3", 4)))
    )
    assert score.tracks[0].pitch.tolist() == [48]
    assert score.repairs == ("doublings at the octave left out: 1",)


def test_a_percussion_clef_makes_a_drum_track() -> None:
    clef = "<clef><sign>percussion</sign></clef>"
    [track] = read(
        score_of(part(attributes(time_signature(4, 4), clef) + note("C4", 4)))
    ).tracks
    assert track.is_drum


def test_lines_have_the_names_of_their_parts() -> None:
    named = score_of(part(START + note("C4", 4))).replace(">x<", "> Violin\n  I <")
    assert read(named).tracks[0].name == "Violin I"
