from __future__ import annotations

import random

import pytest

from monody.reading.musescore.parse import read_musescore
from monody.reading.raw_score import RawScore, UnreadableError
from tests.builders.musescore_files import (
    FOUR_FOUR,
    THREE_FOUR,
    WHOLE_REST,
    chord,
    measure,
    mscx,
    mscz,
    note,
    part,
    rest,
    voices,
)
from tests.builders.read_lines import bar_lines, lines, pitches, sounds, starts

NEXT = "<next><location><fractions>1/4</fractions></location></next>"
TIE = f'<Spanner type="Tie"><Tie></Tie>{NEXT}</Spanner>'
TIE_END = (
    '<Spanner type="Tie"><prev><location><fractions>-1/4</fractions></location></prev>'
    "</Spanner>"
)


def _read(data: bytes) -> RawScore:
    return read_musescore(data, max_bytes=1_000_000)


def _one(version: int, *bars: str) -> RawScore:
    """Read bars of one voice, the first in 4/4."""
    first, *others = bars
    wrapped = [FOUR_FOUR + first, *others]
    if version >= 3:
        wrapped = [voices(bar) for bar in wrapped]
    return _read(mscx(version, "".join(measure(bar) for bar in wrapped)))


@pytest.mark.parametrize("version", [2, 3, 4])
def test_lengths_dots_rests_and_chords(version: int) -> None:
    dotted = chord("quarter", 60, inside="<dots>1</dots>")
    score = _one(version, dotted + chord("eighth", 62) + rest("quarter")
                 + chord("16th", 64, 67) + chord("16th", 65)
                 + chord("eighth", 72), chord("whole", 48))  # fmt: skip
    assert lines(score) == [
        [
            sounds(60, "0", "3/2"),
            sounds(62, "3/2", "1/2"),
            sounds(64, "3", "1/4"),
            sounds(67, "3", "1/4"),
            sounds(65, "13/4", "1/4"),
            sounds(72, "7/2", "1/2"),
            sounds(48, "4", "4"),
        ]
    ]
    assert score.is_written
    assert score.repairs == ()


@pytest.mark.parametrize(
    ("length", "quarters"),
    [("long", 16), ("breve", 8), ("whole", 4), ("half", 2), ("32nd", 1 / 8),
     ("64th", 1 / 16), ("128th", 1 / 32)],
)  # fmt: skip
def test_names_of_lengths(length: str, quarters: float) -> None:
    data = mscx(3, measure(voices(chord(length, 60) + chord("half", 62)), 'len="6/1"'))
    assert starts(_read(data)) == [[0, quarters]]


def test_tuplets_of_version_2_have_numbers() -> None:
    outer = "<normalNotes>2</normalNotes><actualNotes>3</actualNotes>"
    inner = "<normalNotes>4</normalNotes><actualNotes>5</actualNotes>"
    in_1, in_2 = "<Tuplet>1</Tuplet>", "<Tuplet>2</Tuplet>"
    score = _one(
        2,
        f'<Tuplet id="1">{outer}</Tuplet>'
        + chord("quarter", 60, inside=in_1)
        + f'<Tuplet id="2">{in_1}{inner}</Tuplet>'
        + "".join(chord("16th", pitch, inside=in_2) for pitch in (61, 62, 63, 64, 65))
        + f"<tick>640</tick>{chord('quarter', 66, inside=in_1)}"
        + chord("half", 67),
    )
    [line] = lines(score)
    assert line[0] == sounds(60, "0", "2/3")
    assert line[1] == sounds(61, "2/3", "2/15")
    assert line[2][1] == sounds(0, "4/5", "0")[1]
    assert line[6:] == [sounds(66, "4/3", "2/3"), sounds(67, "2", "2")]


@pytest.mark.parametrize("version", [3, 4])
def test_tuplets_of_versions_3_and_4_end(version: int) -> None:
    three = "<normalNotes>2</normalNotes><actualNotes>3</actualNotes>"
    score = _one(
        version,
        f"<Tuplet>{three}<baseNote>eighth</baseNote></Tuplet>"
        + chord("eighth", 60)
        + f"<Tuplet>{three}<baseNote>16th</baseNote></Tuplet>"
        + chord("16th", 61) * 3
        + "<endTuplet/>"
        + chord("eighth", 62)
        + "<endTuplet/>"
        + chord("quarter", 64),
    )
    assert lines(score) == [
        [
            sounds(60, "0", "1/3"),
            sounds(61, "1/3", "1/9"),
            sounds(61, "4/9", "1/9"),
            sounds(61, "5/9", "1/9"),
            sounds(62, "2/3", "1/3"),
            sounds(64, "1", "1"),
        ]
    ]


def test_ties_join_over_bar_lines_in_every_version() -> None:
    old = chord("whole", 60, each='<Tie id="2"></Tie>')
    end = chord("half", 60, each='<endSpanner id="2"/>') + chord("half", 60)
    expected = [[sounds(60, "0", "6"), sounds(60, "6", "2")]]
    assert lines(_one(2, old, end)) == expected
    new = chord("whole", 60, each=TIE)
    end = chord("half", 60, each=TIE_END) + chord("half", 60)
    for version in (3, 4):
        assert lines(_one(version, new, end)) == expected


def test_a_chord_whose_top_note_is_tied_keeps_its_other_notes() -> None:
    tied = f"<Chord><durationType>whole</durationType>{note(60)}{note(64, TIE)}</Chord>"
    end = f"{note(62)}{note(64, TIE_END)}</Chord>"
    score = _one(3, tied, f"<Chord><durationType>whole</durationType>{end}")
    assert lines(score) == [
        [sounds(60, "0", "4"), sounds(64, "0", "8"), sounds(62, "4", "4")]
    ]


@pytest.mark.parametrize(
    "kind",
    ["acciaccatura", "appoggiatura", "grace4", "grace16", "grace32", "grace8after"],
)
def test_grace_notes_take_no_time(kind: str) -> None:
    for version in (2, 3, 4):
        grace = chord("eighth", 74, inside=f"<{kind}/>")
        score = _one(version, grace + chord("half", 72) + chord("half", 71))
        assert lines(score) == [[sounds(72, "0", "2"), sounds(71, "2", "2")]]


def test_voices_of_version_2_are_told_by_their_tracks() -> None:
    second = chord("half", 55, inside="<track>1</track>")
    first_bar = FOUR_FOUR + chord("whole", 72) + f"<tick>0</tick>{second * 2}"
    second_bar = chord("whole", 74) + f"<tick>2400</tick>{second}"
    data = mscx(2, measure(first_bar) + measure(second_bar))
    assert lines(_read(data)) == [
        [sounds(72, "0", "4"), sounds(74, "4", "4")],
        [sounds(55, "0", "2"), sounds(55, "2", "2"), sounds(55, "5", "2")],
    ]


@pytest.mark.parametrize("version", [3, 4])
def test_a_voice_with_gaps_says_where_it_goes_on(version: int) -> None:
    gap = "<location><fractions>1/2</fractions></location>"
    bar = voices(FOUR_FOUR + chord("half", 72) * 2, gap + chord("half", 55))
    assert lines(_read(mscx(version, measure(bar)))) == [
        [sounds(72, "0", "2"), sounds(72, "2", "2")],
        [sounds(55, "2", "2")],
    ]


def test_a_second_voice_that_only_takes_over_is_the_same_line() -> None:
    bars = measure(voices(FOUR_FOUR + chord("whole", 72), "")) + measure(
        voices("<location><fractions>1/1</fractions></location>", chord("whole", 60))
    )
    assert pitches(_read(mscx(3, bars))) == [[72, 60]]


def test_a_pickup_ends_on_a_bar_line() -> None:
    for version in (2, 3, 4):
        music = [THREE_FOUR + chord("quarter", 67), chord("half", 72)]
        if version > 2:
            music = [voices(bar) for bar in music]
        bars = measure(music[0], 'len="1/4"') + measure(music[1])
        score = _read(mscx(version, bars))
        assert starts(score) == [[2, 3]]
        assert bar_lines(score) == [(0, "3/4")]


def test_rests_of_several_measures_are_counted_once() -> None:
    for version in (2, 3, 4):
        music = (FOUR_FOUR + chord("whole", 60), WHOLE_REST, chord("whole", 62))
        first, silent, last = (voices(bar) if version > 2 else bar for bar in music)
        extra = f"<multiMeasureRest>2</multiMeasureRest>{silent}"
        bars = measure(first) + measure(silent) + measure(extra, 'len="8/4"')
        score = _read(mscx(version, bars + measure(silent) + measure(last)))
        assert starts(score) == [[0, 12]]


def test_repeats_and_endings_of_versions_3_and_4() -> None:
    for version in (3, 4):
        bars = measure("<startRepeat/>" + voices(FOUR_FOUR + chord("whole", 60)))
        bars += measure(
            "<endRepeat>3</endRepeat>" + voices(_ending("1, 2", 1) + chord("whole", 62))
        )
        end = '<Spanner type="Volta"><prev><location><measures>-1</measures>'
        end += "</location></prev></Spanner>"
        bars += measure(voices(end + _ending("3", 1) + chord("whole", 64)))
        bars += measure(voices(end + chord("whole", 65)))
        assert pitches(_read(mscx(version, bars))) == [[60, 62, 60, 62, 60, 64, 65]]


def _ending(passes: str, measures: int) -> str:
    return (
        f'<Spanner type="Volta"><Volta><endings>{passes}</endings></Volta><next>'
        f"<location><measures>{measures}</measures></location></next></Spanner>"
    )


def test_endings_of_version_2_end_where_their_number_is() -> None:
    bars = measure(FOUR_FOUR + chord("whole", 60))
    volta = '<Volta id="{0}"><endings>{1}</endings></Volta>'
    bars += measure(
        "<endRepeat>2</endRepeat>" + volta.format(7, 1) + chord("whole", 62)
    )
    bars += measure('<endSpanner id="7"/>' + volta.format(8, 2) + chord("whole", 64)
                    + '<endSpanner id="8"/>')  # fmt: skip
    bars += measure(chord("whole", 65))
    assert pitches(_read(mscx(2, bars))) == [[60, 62, 60, 64, 65]]


def test_a_repeat_goes_back_to_the_section_break_at_most() -> None:
    section = "<LayoutBreak><subtype>section</subtype></LayoutBreak>"
    bars = measure(section + voices(FOUR_FOUR + chord("whole", 60)))
    bars += measure("<endRepeat>2</endRepeat>" + voices(chord("whole", 62)))
    assert pitches(_read(mscx(3, bars))) == [[60, 62, 62]]


@pytest.mark.parametrize(
    "sign",
    ["<RepeatMeasure><durationType>measure</durationType></RepeatMeasure>",
     "<MeasureRepeat><subtype>1</subtype></MeasureRepeat>"],
)  # fmt: skip
def test_a_repeated_measure_sounds_as_the_one_before(sign: str) -> None:
    music = FOUR_FOUR + chord("half", 60) + chord("half", 64)
    bars = measure(voices(music)) + measure(voices(sign)) * 2
    assert starts(_read(mscx(4, bars))) == [[0, 2, 4, 6, 8, 10]]
    assert pitches(_read(mscx(4, bars))) == [[60, 64] * 3]


@pytest.mark.parametrize("holder", [1, 2])
def test_two_repeated_measures_sound_as_the_two_before(holder: int) -> None:
    bars = measure(voices(FOUR_FOUR + chord("whole", 60)))
    bars += measure(voices(chord("whole", 62)))
    sign = "<MeasureRepeat><subtype>2</subtype></MeasureRepeat>"
    for place in (1, 2):
        count = f"<measureRepeatCount>{place}</measureRepeatCount>"
        bars += measure(count + voices(sign if place == holder else WHOLE_REST))
    assert pitches(_read(mscx(4, bars))) == [[60, 62, 60, 62]]


OTTAVA = "<Ottava><subtype>{0}</subtype></Ottava>"


@pytest.mark.parametrize(
    ("kind", "semitones"),
    [("8va", 12), ("8vb", -12), ("15ma", 24), ("15mb", -24), ("22ma", 36)],
)
def test_octave_lines_move_the_notes_below_them(kind: str, semitones: int) -> None:
    line = OTTAVA.format(kind)
    location = "<location><measures>1</measures><fractions>-1/2</fractions></location>"
    begin = f'<Spanner type="Ottava">{line}<next>{location}</next></Spanner>'
    back = "<location><measures>-1</measures><fractions>1/2</fractions></location>"
    end = f'<Spanner type="Ottava"><prev>{back}</prev></Spanner>'
    second = "<location><fractions>1/2</fractions></location>" + chord("half", 60)
    bars = measure(
        voices(FOUR_FOUR + chord("half", 60) + begin + chord("half", 62), second)
    ) + measure(voices(end + chord("whole", 64)))
    found = lines(_read(mscx(3, bars)))
    assert found == [
        [sounds(60, "0", "2"), sounds(62 + semitones, "2", "2"), sounds(64, "4", "4")],
        [sounds(60 + semitones, "2", "2")],
    ]


def test_octave_lines_of_version_2() -> None:
    line = OTTAVA.format("8va").replace("<Ottava>", '<Ottava id="3">')
    music = f'{line}{chord("half", 60)}<endSpanner id="3"/>{chord("half", 62)}'
    assert pitches(_one(2, music)) == [[72, 62]]


def test_pitches_of_transposing_instruments_are_those_that_sound() -> None:
    instrument = "<transposeDiatonic>-1</transposeDiatonic>"
    instrument += "<transposeChromatic>-2</transposeChromatic>"
    instrument += '<Channel><program value="71"/></Channel>'
    keys = {
        3: "<KeySig><accidental>1</accidental></KeySig>",
        4: "<KeySig><concertKey>-1</concertKey><actualKey>1</actualKey></KeySig>",
    }
    for version, key in keys.items():
        written = chord("whole", 65).replace("</tpc>", "</tpc><tpc2>15</tpc2>")
        bar = measure(voices(key + FOUR_FOUR + written))
        clarinet = part(instrument=instrument, name="Clarinet in B♭")
        score = _read(mscx(version, bar, parts=clarinet))
        assert pitches(score) == [[65]]
        assert score.keys == ((0, "F major"),)
        assert score.tracks[0].program == 71
        assert score.tracks[0].name == "Clarinet in B♭"
    concert = "<Style><concertPitch>1</concertPitch></Style>"
    bar = measure(voices(keys[3] + FOUR_FOUR + chord("whole", 65)))
    data = mscx(3, bar, parts=part(instrument=instrument), before=concert)
    assert _read(data).keys == ((0, "G major"),)


@pytest.mark.parametrize(
    ("mode", "key"),
    [
        ("minor", "D minor"),
        ("major", "F major"),
        ("dorian", "D minor"),
        ("none", "F major"),
    ],
)
def test_keys_and_their_modes(mode: str, key: str) -> None:
    sign = f"<KeySig><accidental>-1</accidental><mode>{mode}</mode></KeySig>"
    assert _one(3, sign + chord("whole", 65)).keys == ((0, key),)


def test_tempos_are_quarters_a_second() -> None:
    tempo = "<Tempo><tempo>{0}</tempo><followText>1</followText></Tempo>"
    music = (
        tempo.format("1.5") + chord("half", 60) + tempo.format(2) + chord("half", 62)
    )
    score = _one(3, music)
    quarter = score.ticks_per_quarter
    assert score.tempos == ((0, 90.0), (2 * quarter, 120.0))


def test_drum_kits_are_told_and_staves_are_lines_of_their_own() -> None:
    parts = part(2, name="Piano") + part(
        instrument="<useDrumset>1</useDrumset>", name="Drumset"
    )
    bars = [measure(voices(FOUR_FOUR + chord("whole", p))) for p in (72, 48, 38)]
    score = _read(mscx(4, *bars, parts=parts))
    assert pitches(score) == [[72], [48], [38]]
    assert [track.is_drum for track in score.tracks] == [False, False, True]


def test_a_linked_staff_shows_the_same_notes_once_more() -> None:
    parts = (
        "<Part><Staff id='1'><linkedTo>2</linkedTo></Staff>"
        "<Staff id='2'><linkedTo>1</linkedTo></Staff><Instrument/></Part>"
    )
    bar = measure(voices(FOUR_FOUR + chord("whole", 60)))
    assert pitches(_read(mscx(3, bar, bar, parts=parts))) == [[60]]


def test_hidden_and_small_notes_sound_and_silent_ones_are_named() -> None:
    hidden = chord("quarter", 60, each="<visible>0</visible>")
    small = chord("quarter", 62, inside="<small>1</small>")
    silent = chord("quarter", 64, each="<play>0</play>")
    slash = chord("quarter", 71, each="<fixed>1</fixed>")
    score = _one(3, hidden + small + silent + slash)
    assert pitches(score) == [[60, 62]]
    assert score.repairs == (
        "left out: 1 × note marked as silent",
        "left out: 1 × slash in place of a note",
    )


def test_two_notes_of_one_tremolo_share_its_length() -> None:
    exact = "<duration>1/4</duration>"
    score = _one(3, chord("half", 60, after=exact) + chord("half", 67, after=exact))
    assert starts(score) == [[0, 1]]
    old = '<duration z="1" n="4"/>'
    assert starts(_one(2, chord("half", 60, after=old) * 2)) == [[0, 1]]


def test_a_staff_with_a_time_signature_of_its_own() -> None:
    local = (
        "<TimeSig><sigN>6</sigN><sigD>8</sigD><stretchN>3</stretchN>"
        "<stretchD>4</stretchD></TimeSig>"
    )
    upper = measure(voices(FOUR_FOUR + chord("quarter", 72) * 4))
    lower = measure(voices(local + chord("quarter", 48, inside="<dots>1</dots>") * 2))
    assert starts(_read(mscx(3, upper, lower))) == [[0, 1, 2, 3], [0, 2]]


def test_short_measures_inside_leave_bar_lines_where_they_are_written() -> None:
    bars = [chord("whole", 60), chord("half", 62), chord("whole", 64)]
    data = mscx(3, measure(voices(FOUR_FOUR + bars[0])) + measure(voices(bars[1]),
                'len="2/4"') + measure(voices(bars[2])))  # fmt: skip
    score = _read(data)
    assert starts(score) == [[0, 4, 6]]
    assert bar_lines(score) == [(0, "4/4"), (6, "4/4")]


def test_version_1_lists_meters_tempos_keys_and_lines_before_the_music() -> None:
    before = (
        '<siglist><sig tick="0"><nom>1</nom><denom>4</denom><nom2>3</nom2>'
        '<denom2>4</denom2></sig><sig tick="480"><nom>3</nom><denom>4</denom></sig>'
        '</siglist><tempolist fix="2"><tempo tick="0">1.5</tempo></tempolist>'
    )
    key = '<keylist><key tick="0" idx="-2"/></keylist>'
    line = "<Ottava><tick>1920</tick><tick2>3360</tick2><track>0</track></Ottava>"
    sign = "<TimeSig><subtype>260</subtype><den>4</den><nom1>3</nom1></TimeSig>"
    second = chord("half", 50, inside="<track>1</track><tick>480</tick>")
    bars = measure(sign + chord("quarter", 65)) + measure(
        chord("half", 70) + rest("quarter") + second
    )
    bars += measure(chord("half", 58, inside="<tick>1920</tick><dots>1</dots>"))
    score = _read(mscx(1, bars, parts=part(in_staff=key) + line, before=before))
    assert lines(score) == [
        [sounds(65, "2", "1"), sounds(70, "3", "2"), sounds(70, "6", "3")],
        [sounds(50, "3", "2")],
    ]
    assert score.keys == ((0, "Bb major"),)
    assert score.tempos == ((0, 90.0),)
    assert bar_lines(score) == [(0, "3/4")]


def test_ticks_that_were_rounded_do_not_move_a_note() -> None:
    seven = "<normalNotes>4</normalNotes><actualNotes>7</actualNotes>"
    music = f'<Tuplet id="1">{seven}</Tuplet>' + "".join(
        chord("eighth", 60 + step, inside="<Tuplet>1</Tuplet>")
        + f"<tick>{137 * (step + 1)}</tick>"
        for step in range(3)
    )
    assert starts(_one(2, music)) == [[0, pytest.approx(2 / 7), pytest.approx(4 / 7)]]


def test_the_score_is_found_in_an_archive() -> None:
    data = mscx(4, measure(voices(FOUR_FOUR + chord("whole", 60))))
    other = mscx(4, measure(voices(FOUR_FOUR + chord("whole", 72))))
    excerpt = "Excerpts/Flute/Flute.mscx"
    members = {excerpt: other, "Thumbnails/thumbnail.png": b"", "score.mscx": data}
    assert pitches(_read(mscz(members))) == [[60]]
    assert pitches(_read(mscz(members, main=None))) == [[60]]
    assert pitches(_read(mscz(members, main="gone.mscx"))) == [[60]]
    assert pitches(_read(mscz({excerpt: other}, main=None))) == [[72]]
    with pytest.raises(UnreadableError, match="without a score"):
        _read(mscz({"score_style.mss": b""}))


def test_parts_inside_the_score_are_no_second_score() -> None:
    bar = measure(voices(FOUR_FOUR + chord("whole", 60)))
    excerpt = f'<Score><Part><Staff/></Part><Staff id="1">{bar}</Staff></Score>'
    data = mscx(3, bar).replace(b"</Score>", excerpt.encode() + b"</Score>", 1)
    assert pitches(_read(data)) == [[60]]


def test_the_file_says_its_title_and_version() -> None:
    title = '<metaTag name="workTitle">Für Elise</metaTag>'
    score = _read(mscx(4, measure(voices(chord("whole", 60))), before=title))
    assert score.title == "Für Elise"
    assert score.kind == "MuseScore, version 4.20"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"no XML", "not MuseScore: it is not XML"),
        (b"<museScore><Score>", "damaged XML"),
        (b"<score-partwise/>", "its root is <score-partwise>"),
        (b"<museScore/>", "without music"),
        (b"<museScore><Score><Staff/></Score></museScore>", "without music"),
        (b'<!DOCTYPE m [<!ENTITY a "b">]><museScore>&a;</museScore>', "entities"),
        (b"<html></html>", "a web page"),
        (b"PK\x03\x04" + bytes(30), "damaged zip archive"),
        (mscz({"score.mscx": bytes(2_000_000)}), "larger than 1 MB"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason) as caught:
        _read(data)
    assert caught.value.reason.advice


def test_measures_longer_than_they_say_keep_their_notes_and_are_named() -> None:
    score = _one(3, chord("whole", 60) + chord("whole", 62), chord("whole", 64))
    assert starts(score) == [[0, 4, 8]]
    assert score.repairs == ("measures longer than their length says: 1",)


def test_signs_that_repeat_a_long_measure_for_ever_are_stopped() -> None:
    many = chord("128th", 60) * 1000
    sign = "<RepeatMeasure><durationType>measure</durationType></RepeatMeasure>"
    bars = measure(voices(many)) + measure(voices(sign)) * 300
    score = read_musescore(mscx(3, bars), max_bytes=10_000_000)
    assert len(score.tracks[0].pitch) < 200_000
    assert any("measure repeat" in repair for repair in score.repairs)


NUMBERS = ("-1", "0", "99999999999999999999", "1e300", "nan", "x", "7/0", "1/999999")


def test_damaged_files_raise_nothing_else() -> None:
    three = "<normalNotes>2</normalNotes><actualNotes>3</actualNotes>"
    music = f"<Tuplet>{three}</Tuplet>" + chord("eighth", 60, 64) * 3 + "<endTuplet/>"
    bars = measure("<startRepeat/>" + voices(FOUR_FOUR + music, chord("half", 50)))
    bars += measure("<endRepeat>2</endRepeat>" + voices(_ending("1", 1) + music))
    good = mscx(3, bars, bars).decode()
    tags = good.replace("<", "\n<").split("\n")
    random_ = random.Random(16)
    for _ in range(300):
        changed = list(tags)
        for _ in range(random_.randint(1, 4)):
            place = random_.randrange(len(changed))
            tag = changed[place].split(">")[0]
            changed[place] = random_.choice(
                ["", changed[place] * 2, f"{tag}>{random_.choice(NUMBERS)}"]
            )
        try:
            _read("".join(changed).encode())
        except (UnreadableError, ValueError, ArithmeticError):
            continue


def test_a_part_of_very_many_staves_is_read_in_time() -> None:
    staves = "<Staff/>" * 40_000  # the name behind them was once looked for at each
    score = f"<Score><Part>{staves}<trackName>Flute</trackName></Part></Score>"
    with pytest.raises(UnreadableError):
        read_musescore(f'<museScore version="3.01">{score}</museScore>'.encode(), 10**7)
