from __future__ import annotations

import importlib.util
from collections.abc import Sequence

import pytest

from monody.music.meter import Meter
from monody.reading.musicxml.measures import FILE_TICKS_PER_QUARTER as QUARTER
from monody.reading.musicxml.parse import read_musicxml
from monody.reading.raw_score import RawScore, RawTrack, UnreadableError

pytest.importorskip("music21")

EIGHTH, BAR = QUARTER // 2, 4 * QUARTER
MIB = 2**20
DIVISIONS = 420  # to the quarter note of the scores below: tuplets of 3, 5 and 7


def _note(
    pitch: str, quarters: float = 1, more: str = "", *, chord: bool = False
) -> str:
    """Write a note: ``"C4"``, ``"B-4"``, ``"F#5"``, or ``"rest"``."""
    duration = f"<duration>{round(quarters * DIVISIONS)}</duration>"
    if pitch == "rest":
        return f"<note><rest/>{duration}{more}</note>"
    alter = {"-": -1, "#": 1}.get(pitch[1], 0)
    return (
        f"<note>{'<chord/>' if chord else ''}<pitch><step>{pitch[0]}</step>"
        f"<alter>{alter}</alter><octave>{pitch[-1]}</octave></pitch>"
        f"{duration}{more}</note>"
    )


def _notes(pitches: str, quarters: float = 1) -> str:
    return "".join(_note(pitch, quarters) for pitch in pitches.split())


def _time(beats: int | str, beat_type: int) -> str:
    return f"<time><beats>{beats}</beats><beat-type>{beat_type}</beat-type></time>"


def _attributes(*more: str) -> str:
    return f"<attributes><divisions>{DIVISIONS}</divisions>{''.join(more)}</attributes>"


START = _attributes("<key><fifths>0</fifths></key>", _time(4, 4))


def _part(*measures: str) -> str:
    return "".join(
        f'<measure number="{number}">{measure}</measure>'
        for number, measure in enumerate(measures, 1)
    )


def _score(*parts: str, entries: Sequence[str] = ()) -> str:
    """Write a score; ``entries``: what the list of parts says of each."""
    said = list(entries) + [""] * (len(parts) - len(entries))
    listed = "".join(
        f'<score-part id="P{index}"><part-name>x</part-name>{entry}</score-part>'
        for index, entry in enumerate(said)
    )
    body = "".join(f'<part id="P{i}">{part}</part>' for i, part in enumerate(parts))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
        '"http://www.musicxml.org/dtds/partwise.dtd">\n'
        f'<score-partwise version="4.0"><part-list>{listed}</part-list>{body}'
        "</score-partwise>"
    )


TUNE = _score(_part(START + _notes("C4 D4 E4 F4"), _notes("G4 A4 B4 C5")))


def _read(text: str) -> RawScore:
    return read_musicxml(text.encode(), MIB)


def _rows(track: RawTrack) -> list[tuple[int, int, int]]:
    """Pitch, start and duration of each note."""
    columns = (track.pitch.tolist(), track.start.tolist(), track.duration.tolist())
    return list(zip(*columns, strict=True))


def _only(*measures: str) -> list[tuple[int, int, int]]:
    """Read a score of one part, one staff."""
    [track] = _read(_score(_part(*measures))).tracks
    return _rows(track)


def _reason(text: str) -> str:
    with pytest.raises(UnreadableError) as caught:
        _read(text)
    assert caught.value.reason.advice
    return caught.value.reason.text


def test_pitches_times_meter_key_and_tempo() -> None:
    head = _attributes("<key><fifths>-1</fifths><mode>minor</mode></key>", _time(3, 4))
    words = "<direction-type><words>Allegro</words></direction-type>"
    tempo = f'<direction>{words}<sound tempo="132"/></direction>'
    score = _read(
        _score(
            _part(head + tempo + _note("D4") + _note("rest") + _note("B-4", 0.5)),
            entries=[
                "<midi-instrument><midi-program>74</midi-program></midi-instrument>"
            ],
        )
    )
    [track] = score.tracks
    assert score.ticks_per_quarter == QUARTER
    assert _rows(track) == [(62, 0, QUARTER), (70, 2 * QUARTER, EIGHTH)]
    assert (track.program, track.is_drum, track.index) == (73, False, 0)
    assert score.meters == (Meter(0, 3, 4),)
    assert score.keys == ((0, "D minor"),)
    assert score.tempos == ((0, 132.0),)


def test_ties_are_joined_across_bars_and_voices() -> None:
    start, stop = '<tie type="start"/>', '<tie type="stop"/>'
    rows = _only(
        START + _notes("C4 D4 E4") + _note("F4", 1, start),
        _note("F4", 4, stop + start),
        _note("rest", 4, "<voice>1</voice>")
        + f"<backup><duration>{4 * DIVISIONS}</duration></backup>"
        + _note("F4", 2, stop + "<voice>2</voice>"),
        # Written as a slur-like sign only; and a tie that begins nowhere.
        _note("G4", 4, '<notations><tied type="start"/></notations>'),
        _note("G4", 2, '<notations><tied type="stop"/></notations>')
        + _note("A4", 2, stop),
    )
    assert rows[3:] == [
        (65, 3 * QUARTER, 7 * QUARTER),
        (67, 3 * BAR, 6 * QUARTER),
        (69, 4 * BAR + 2 * QUARTER, 2 * QUARTER),
    ]


def test_a_repeated_note_is_not_a_tie() -> None:
    rows = _only(START + _note("C4", 2, '<tie type="start"/>') + _note("C4", 2))
    assert [duration for _, _, duration in rows] == [2 * QUARTER] * 2


@pytest.mark.parametrize("of", [3, 5, 7])
def test_tuplets_are_exact(of: int) -> None:
    rows = _only(START + "".join(_note("C4", 1 / of) for _ in range(of)) + _note("D4"))
    assert rows[-2] == (60, (of - 1) * QUARTER // of, QUARTER // of)
    assert rows[-1] == (62, QUARTER, QUARTER)


def test_chords_give_all_their_pitches_and_chord_symbols_none() -> None:
    symbol = (
        "<harmony><root><root-step>A</root-step></root><kind>major</kind></harmony>"
    )
    rows = _only(
        START + symbol + _note("E4", 2) + _note("C4", 2, chord=True) + _note("D4", 2)
    )
    assert rows == [
        (60, 0, 2 * QUARTER),
        (64, 0, 2 * QUARTER),
        (62, 2 * QUARTER, 2 * QUARTER),
    ]


def test_grace_notes_take_no_time_and_cue_notes_are_silent() -> None:
    grace = "<note><grace/><pitch><step>G</step><octave>5</octave></pitch></note>"
    cue = _note("A5").replace("<note>", "<note><cue/>")
    assert _only(START + grace + _note("C4") + cue + _note("D4")) == [
        (60, 0, QUARTER),
        (62, 2 * QUARTER, QUARTER),
    ]


def test_voices_and_hidden_rests_keep_their_times() -> None:
    rows = _only(
        START
        + _note("C5", 4, "<voice>1</voice>")
        + f"<backup><duration>{4 * DIVISIONS}</duration></backup>"
        + f"<forward><duration>{DIVISIONS}</duration></forward>"
        + _note("E4", 1, "<voice>2</voice>")
        + f"<forward><duration>{2 * DIVISIONS}</duration></forward>",
        _note("D5") + f"<forward><duration>{3 * DIVISIONS}</duration></forward>",
        _note("E5"),
    )
    assert rows == [
        (72, 0, BAR),
        (64, QUARTER, QUARTER),
        (74, BAR, QUARTER),
        (76, 2 * BAR, QUARTER),
    ]


def test_staves_and_parts_are_tracks() -> None:
    piano = _part(
        START.replace("</key>", "</key><staves>2</staves>")
        + _note("C5", 4, "<staff>1</staff>")
        + f"<backup><duration>{4 * DIVISIONS}</duration></backup>"
        + _note("C3", 4, "<staff>2</staff>")
    )
    tracks = _read(_score(_part(START + _note("G4", 4)), piano)).tracks
    assert [_rows(track) for track in tracks] == [
        [(67, 0, BAR)],
        [(72, 0, BAR)],
        [(48, 0, BAR)],
    ]
    assert [track.index for track in tracks] == [0, 1, 2]


def test_staves_that_no_note_names_are_one() -> None:
    start = START.replace("</key>", "</key><staves>2</staves>")
    assert _only(start + _note("C5", 4)) == [(72, 0, BAR)]


def test_parts_stay_together_where_a_measure_is_incomplete_in_one() -> None:
    full = _part(START + _note("C4", 4), _note("D4", 4))
    short = _part(START + _note("E4", 1), _note("F4", 4))
    upper, lower = _read(_score(full, short)).tracks
    assert upper.start.tolist() == lower.start.tolist() == [0, BAR]


def test_a_whole_rest_lasts_one_measure_of_any_meter() -> None:
    head = _attributes(_time(3, 4))
    tune = _part(head + _note("C4", 3), _note("rest", 4), _note("D4", 3))
    rests = _part(head + _note("rest", 4), _note("rest", 4), _note("E4", 3))
    upper, lower = _read(_score(tune, rests)).tracks
    assert upper.start.tolist() == [0, 6 * QUARTER]
    assert lower.start.tolist() == [6 * QUARTER]


def test_a_transposing_clarinet_sounds_lower() -> None:
    moved = "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose>"
    key = "<key><fifths>2</fifths><mode>major</mode></key>"
    # With an octave and without a diatonic step, at which music21 alone fails.
    bass = (
        "<transpose><chromatic>-2</chromatic><octave-change>-1</octave-change>"
        "</transpose>"
    )
    score = _read(
        _score(
            _part(
                _attributes(key, _time(4, 4), moved) + _note("D5", 4),
                _attributes(bass) + _note("D5", 4),
                _attributes("<transpose><chromatic>0</chromatic></transpose>")
                + _note("D5", 4),
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
    [track] = _read(_score(_part(START + _note("C4", 4)), entries=[entry])).tracks
    assert track.pitch.tolist() == [60]


def test_a_pickup_ends_on_a_bar_line() -> None:
    later = _attributes("<key><fifths>1</fifths></key>") + '<sound tempo="90"/>'
    score = _read(
        _score(
            _part(START + _note("G4"), later + _note("C5", 4), _note("D5", 3)),
            # As MuseScore and music21 itself write a part that rests.
            _part(
                START + _note("rest").replace("<rest/>", '<rest measure="yes"/>'),
                _note("E4", 4),
            ),
            _part(START, _note("C3", 4)),
        )
    )
    assert [track.start.tolist() for track in score.tracks] == [
        [3 * QUARTER, BAR, 2 * BAR],
        [BAR],
        [BAR],
    ]
    assert score.meters == (Meter(0, 4, 4),)
    assert score.keys == ((0, "C major"), (BAR, "G major"))
    assert score.tempos == ((BAR, 90.0),)


def test_meter_changes_stand_where_they_are_written() -> None:
    score = _read(
        _score(
            _part(
                START + _note("C4", 4),
                _attributes(_time(6, 8)) + _notes("C4 D4", 1.5),
                _attributes(_time("3+2", 8)) + _note("E4", 2.5),
                # No meter: music21 knows no measure's length.
                _attributes("<time><senza-misura/></time>") + _note("F4", 2.5),
            )
        )
    )
    six, five = BAR, BAR + 3 * QUARTER
    assert score.meters == (Meter(0, 4, 4), Meter(six, 6, 8), Meter(five, 5, 8))


def test_a_measure_split_by_a_repeat_leaves_the_grid() -> None:
    score = _read(
        _score(
            _part(
                START + _note("G4"),
                _note("C5", 4),
                _note("D5", 3)
                + '<barline location="right"><repeat direction="backward"/></barline>',
                _note("G4"),
                _note("E5", 4),
            )
        )
    )
    assert score.meters == (Meter(0, 4, 4),)
    assert score.tracks[0].start.tolist()[-2:] == [2 * BAR + 3 * QUARTER, 3 * BAR]


def test_a_measure_of_another_length_begins_a_new_grid() -> None:
    score = _read(
        _score(_part(START + _note("C4", 4), *[_note("D4", n) for n in (2, 4, 4)]))
    )
    assert score.meters == (Meter(0, 4, 4), Meter(BAR + 2 * QUARTER, 4, 4))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("<fifths>3</fifths>", "A major"),
        ("<fifths>-4</fifths><mode>minor</mode>", "F minor"),
        ("<fifths>0</fifths><mode>dorian</mode>", "C major"),
        ("<fifths>1</fifths><mode>aeolian</mode>", "E minor"),
        ("<fifths>2</fifths><mode>none</mode>", "D major"),
        ("<key-step>C</key-step><key-alter>1</key-alter>", None),
    ],
)
def test_keys(key: str, name: str | None) -> None:
    head = _attributes(f"<key>{key}</key>", _time(4, 4))
    keys = _read(_score(_part(head + _note("C4", 4)))).keys
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
    tempos = _read(_score(_part(START + tempo + _note("C4", 4)))).tempos
    assert tempos == (((0, bpm),) if bpm else ())


@pytest.mark.parametrize("tempo", ["0", "-1", "inf", "1e9", "fast"])
def test_impossible_tempos_are_left_out(tempo: str) -> None:
    assert _read(_score(_part(f'{START}<sound tempo="{tempo}"/>'))).tempos == ()


def test_unpitched_percussion_is_a_drum_track() -> None:
    hit = (
        "<note><unpitched><display-step>E</display-step><display-octave>4"
        f"</display-octave></unpitched><duration>{DIVISIONS}</duration></note>"
    )
    drums, flute, kit = _read(
        _score(
            _part(START + hit * 4),
            _part(START + hit + _notes("C4 D4 E4")),
            _part(START + _notes("C4 D4 E4 F4")),
            entries=[
                "",
                "",
                "<midi-instrument><midi-channel>10</midi-channel></midi-instrument>",
            ],
        )
    ).tracks
    assert (drums.is_drum, flute.is_drum, kit.is_drum) == (True, False, True)
    assert flute.pitch.tolist() == [60, 62, 64]


def test_what_makes_no_sense_is_dropped() -> None:
    rows = _only(START + _note("C4") + _note("C4").replace("4</octave>", "12</octave>"))
    assert rows == [(60, 0, QUARTER)]
    rows = _only(START + _note("C4", 4), _note("D4", 10.0**12), _note("E4"))
    assert rows == [(60, 0, BAR)]


def test_timewise_scores_read_as_partwise_ones() -> None:
    entries = '<score-part id="A"/><score-part id="B"/>'
    measures = "".join(
        f'<measure number="1"><part id="A">{head}{_note("C4", 4)}</part>'
        f'<part id="B">{head}{_note("E4", 4)}</part></measure>'
        for head in (START, "")
    )
    score = _read(
        f"<score-timewise><part-list>{entries}</part-list>{measures}</score-timewise>"
    )
    assert [_rows(track) for track in score.tracks] == [
        [(60, 0, BAR), (60, BAR, BAR)],
        [(64, 0, BAR), (64, BAR, BAR)],
    ]


def test_what_stands_after_a_note_of_ages_is_left_out() -> None:
    score = _read(
        _score(
            _part(
                START + _notes("C4 D4 E4 F4"),
                _note("F4", 10**20),
                _attributes("<key><fifths>2</fifths></key>", _time(3, 4))
                + _notes("G4 A4 B4"),
                _notes("G4 A4 B4"),
            )
        )
    )
    assert score.keys == ((0, "C major"),)
    assert score.meters == (Meter(0, 4, 4),)
    assert score.tracks[0].pitch.tolist() == [60, 62, 64, 65]


def test_a_score_without_parts_has_no_tracks() -> None:
    assert _read("<score-partwise/>").tracks == ()


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (f">{DIVISIONS}</divisions>", ">0</divisions>"),
        (f">{DIVISIONS}</duration>", ">long</duration>"),
        (f">{DIVISIONS}</duration>", ">inf</duration>"),
        ("<step>C</step>", "<step>X</step>"),
        ("<beats>4</beats>", "<beats>four</beats>"),
    ],
)
def test_values_that_music21_fails_on_are_an_error(good: str, bad: str) -> None:
    assert good in TUNE
    assert _reason(TUNE.replace(good, bad)) == "MusicXML that contradicts itself"


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    _read(TUNE.replace("<beats>4", "<beats>1"))
    assert capfd.readouterr() == ("", "")


def test_without_music21_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(UnreadableError, match="needs the score extra") as caught:
        read_musicxml(TUNE.encode(), MIB)
    assert caught.value.reason.advice == "pip install 'monody[score]'"
