"""ABC is read as it is written: notes, lengths, bars, voices, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.music.melody import Melody
from monody.reading.abc.parse import read_abc
from monody.reading.extraction.extract import extract
from monody.settings.reading import ReadSettings
from tests.builders.written_music import abc, bars, lengths, pitches, sounds, starts

SCALE = [60, 62, 64, 65, 67, 69, 71, 72]


def _melody(tune: str) -> Melody:
    [melody] = extract([read_abc(tune)], ReadSettings(min_notes=1)).melodies
    return melody


# 1. Written notes, not a performance


@pytest.mark.parametrize(
    "music",
    [
        "CDEF|GABc|",
        ".C.D.E.F|.G.A.B.c|",
        "~C~DHEMF|TGuAvBPc|",
        "HCIDJEKF|LGMANBOc|",
        "hCiDjEkF|lGmAnBoc|",
        "!trill!C!fermata!D!>!E!1!F|!D.C.!G!<(!A!<)!B!+!c|",
        "+trill+C+fermata+D+f+E+ff+F|+segno+G+0+A+roll+B+fine+c|",
        "(CD)(EF)|((GA)B)(c|)",
        '"Am"C"^slowly"D"_x"E"<(c|)"F|"@1,2 text"G"A7/E"A"F#m"B">"c|',
        "{g}C{/fg}D{^fg}E{a2}F|{abc}G{g}A{}B{B/c/}c|",
        "CyDy2E`F|G`A``B$c|",
        "CDEF|\\\nGABc|",
        "CDEF|% remark\nGABc|",
        "CDEF|[r:remark]GABc|",
        "CDEF!|!GABc|!",
        "CDEF|\nR:hornpipe\nGABc|",
    ],
)
def test_what_players_add_changes_no_note(music: str) -> None:
    score = abc(music)
    assert pitches(score) == SCALE
    assert starts(score) == list(range(8))
    assert lengths(score) == [1] * 8


@pytest.mark.parametrize(
    "field", ["R:hornpipe", "R:strathspey", "U:T=!trill!", "I:x y"]
)
def test_fields_about_playing_change_no_note(field: str) -> None:
    tune = f"X:1\nM:4/4\nL:1/8\n{field}\nK:C\nTCDEF GABc|\n"
    assert lengths(read_abc(tune)) == [0.5] * 8


def test_lengths() -> None:
    score = abc("C D2 E/ F/2 G3/2 A// B/4 c3/4 d1 e4/")
    assert lengths(score) == [1, 2, 0.5, 0.5, 1.5, 0.25, 0.25, 0.75, 1, 2]


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("A>B", [1.5, 0.5]),
        ("A<B", [0.5, 1.5]),
        ("A>>B", [1.75, 0.25]),
        ("A<<<B", [0.125, 1.875]),
        ("A > B", [1.5, 0.5]),
        ("A2>B2", [3, 1]),
        ("A>B>c", [1.5, 0.75, 0.5]),
        ("A>{g}B", [1.5, 0.5]),
        ("[Ac]>B", [1.5, 1.5, 0.5]),
        ("(3A>BA", [1, 1 / 3, 2 / 3]),
        ("A>|B", [1, 1]),
        ("A>B>", [1.5, 0.5]),
        ("(A>)(B", [1.5, 0.5]),
        ("A>-B", [1.5, 0.5]),
        ("A->A", [2]),
    ],
)
def test_broken_rhythm(music: str, expected: list[float]) -> None:
    assert lengths(abc(music)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("meter", "music", "factor"),
    [
        ("4/4", "(2CD", 3 / 2), ("4/4", "(3CDE", 2 / 3), ("4/4", "(4CDEF", 3 / 4),
        ("4/4", "(5CDEFG", 2 / 5), ("6/8", "(5CDEFG", 3 / 5),
        ("4/4", "(6CDEFGA", 2 / 6), ("4/4", "(7CDEFGAB", 2 / 7),
        ("9/8", "(7CDEFGAB", 3 / 7), ("4/4", "(3:2CDE", 2 / 3),
        ("4/4", "(3:2:2CD", 2 / 3), ("4/4", "(3::2CD", 2 / 3),
        ("4/4", "(5:4:5CDEFG", 4 / 5), ("4/4", "(3[CE]DE", 2 / 3),
        ("4/4", "(3CzE", 2 / 3),
    ],
)  # fmt: skip
def test_tuplets(meter: str, music: str, factor: float) -> None:
    score = abc(music + "|g", meter)
    assert lengths(score)[:-1] == pytest.approx(
        [factor] * (len(lengths(score)) - 1), abs=1e-3
    )
    assert lengths(score)[-1] == 1


def test_accidentals_hold_to_the_bar_line_in_all_octaves() -> None:
    assert pitches(abc("^F F f =F F|F _B B __B ^^C")) == [
        66, 66, 78, 65, 65, 65, 70, 70, 69, 62,
    ]  # fmt: skip
    in_octave = "X:1\nL:1/4\nI:propagate-accidentals octave\nK:C\n^F f F|"
    assert pitches(read_abc(in_octave)) == [66, 77, 66]
    alone = "X:1\nL:1/4\n%%propagate-accidentals not\nK:C\n^F F|"
    assert pitches(read_abc(alone)) == [66, 65]


def test_a_tie_carries_its_accidental_over_the_bar_line() -> None:
    assert sounds(abc("^F4-|F2F2|")) == [(66, 0, 6), (65, 6, 2)]


@pytest.mark.parametrize("music", ["C-C D2|", "C- C D2|", "C-|C D2|", "C -C D2|"])
def test_ties(music: str) -> None:
    assert lengths(abc(music))[0] == 2


def test_ties_in_chords() -> None:
    assert sounds(abc("[CE]-[CE][C-E][CE]")) == [
        (60, 0, 2), (64, 0, 2), (60, 2, 2), (64, 2, 1), (64, 3, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("C", 65), ("G", 66), ("Em", 66), ("E minor", 66), ("Ador", 66), ("Dmix", 66),
        ("A Mixolydian", 66), ("F", 65), ("Cb", 64), ("none", 65), ("", 65), ("Hp", 66),
        ("HP", 65), ("C ^f", 66), ("D =f", 65), ("D exp _b", 65), ("G clef=treble", 66),
        ("clef=bass", 65), ("bass", 65), ("F#m", 66), ("BPhr", 66), ("F lyd", 65),
        ("F#loc", 66), ("Gmaj", 66), ("Gm", 65), ("D treble-8", 54), ("C octave=1", 77),
        ("C transpose=-2", 63), ("C middle=d", 65),
    ],
)  # fmt: skip
def test_keys(key: str, expected: int) -> None:
    assert pitches(abc("F", key=key)) == [expected]


@pytest.mark.parametrize(
    ("key", "name", "expected"),  # the pitches of B, C, F and G
    [
        ("Dmix=c", "G major", [71, 60, 66, 67]),
        ("D=c", "D major", [71, 60, 66, 67]),
        ("Dm=b^c", "D minor", [71, 61, 65, 67]),
        ("D=c=f", "D major", [71, 60, 65, 67]),
        ("Gm _b=e^f", "G minor", [70, 60, 66, 67]),
        ("D m=B", "D major", [71, 61, 66, 67]),  # m is short for middle
        ("Bn", "B major", [71, 61, 66, 68]),
        ("Dfreygish", "D major", [71, 61, 66, 67]),
        ("Bbblues", "Bb major", [70, 60, 65, 67]),
        ("Eblues", "E major", [71, 61, 66, 68]),
        ("Dexp_b", None, [70, 60, 65, 67]),
        ("Alto", None, [71, 60, 65, 67]),
        ("Bass", None, [71, 60, 65, 67]),
        ("Clef=bass", None, [71, 60, 65, 67]),
        ("Baritone", None, [71, 60, 65, 67]),
    ],
)
def test_accidentals_and_words_beside_a_key(
    key: str, name: str | None, expected: list[int]
) -> None:
    tune = abc("BCFG", key=key)
    assert pitches(tune) == expected
    assert tuple(each for _, each in tune.keys) == ((name,) if name else ())


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("Ddor", "A minor"), ("E phr", "A minor"), ("Bloc", "A minor"),
        ("Glyd", "D major"), ("Gmix", "C major"), ("Aaeo", "A minor"),
        ("C ion", "C major"),
    ],
)  # fmt: skip
def test_a_mode_is_said_as_the_key_of_its_notes_and_third(key: str, name: str) -> None:
    assert abc("C", key=key).keys == ((0, name),)


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ('AB|["Coda" CDE|]', [69, 71, 60, 62, 64]),
        ('["Fine"C|D|', [60, 62]),
        ('A|:B:|["last time" C2|[CE]|]', [69, 71, 71, 60, 60, 64]),
        ('["Am"CEG]2 A|', [60, 64, 67, 69]),  # a chord symbol within a chord
    ],
)
def test_a_label_in_a_bracket_is_no_chord(music: str, expected: list[int]) -> None:
    assert pitches(abc(music)) == expected


@pytest.mark.parametrize("bar", ["||1 c:|2 d|]", "||[1 c:|[2 d||", "|]1 c:|2 d|"])
def test_a_double_bar_before_an_ending_does_not_move_the_repeat(bar: str) -> None:
    assert pitches(abc(f"A|B{bar}")) == [69, 71, 72, 69, 71, 74]
    assert pitches(abc(f"G||A|B{bar}")) == [67, 69, 71, 72, 69, 71, 74]


@pytest.mark.parametrize(
    ("field", "bpm"),
    [
        ("Q:1/4=100", 100), ("Q:3/8=60", 90), ('Q:"Allegro" 1/2=60 "x"', 120),
        ("Q:120", 60), ("Q:C=80", 40), ("Q:C3=40", 60), ("Q:1/4 1/8=60", 90),
    ],
)  # fmt: skip
def test_tempos(field: str, bpm: float) -> None:
    score = read_abc(f"X:1\nM:6/8\nL:1/8\n{field}\nK:C\nCDE FGA|")
    assert score.tempos == ((0, bpm),)


# 2. Only the tune is music


@pytest.mark.parametrize(
    "tune",
    [
        "X:1\nL:1/4\nK:C\nCDEF|GABc|\nw:la la la\nW:A bed of ABC\n",
        "X:1\nL:1/4\nK:C\nCDEF|\nw:ba be|da\n+:fa\nGABc|\n",
        "X:1\nL:1/4\nK:C\nCDEF|\n%%begintext\nabc def|\n%%endtext\nGABc|\n",
        "X:1\nL:1/4\nK:C\nCDEF|\n%%text abc def\n%%center gab\nGABc|\n",
        "X:1\nL:1/4\nH:an old tune\nabc abc|\nK:C\nCDEF|GABc|\nN:as played|abc\n",
        "X:1\nT:CDEF|GABc|\nT:abc\nL:1/4\nK:C\nCDEF|GABc|\n",
        "X:1\nF:abc.abc\nB:a book\nL:1/4\nK:C\nCDEF|GABc|\nF:abc|\nZ:abc\n",
        "X:1\nL:1/4\nK:C\ns:!f! * !p!|\nCDEF|GABc|\n",
        "X:1\nL:1/4\nK:C\n  CDEF|\n  w: fa ba\n\tGABc|\n",
    ],
)
def test_words_and_other_text_are_no_music(tune: str) -> None:
    assert pitches(read_abc(tune)) == SCALE


def test_a_line_of_music_may_look_like_a_field() -> None:
    assert pitches(abc("C:|\nD::\nA:||:B|\ne:|\nE:|")) == [
        60, 60, 62, 62, 69, 69, 71, 76, 71, 76, 64, 64,
    ]  # fmt: skip


# 3. Voices


@pytest.mark.parametrize(
    "tune",
    [
        "V:1\nCDEF|GABc|\nV:2\nC,4|G,4|",
        "[V:1]CDEF|GABc|\n[V:2]C,4|G,4|",
        "[V:1]CDEF|[V:2]C,4|\n[V:1]GABc|[V:2]G,4|",
        "V:1\nCDEF|\nV:2\nC,4|\nV:1\nGABc|\nV:2\nG,4|",
        "V:1 clef=treble name=\"A\"\nCDEF|GABc|\nV:2 bass nm='b'\nC,4|G,4|",
        "CDEF&C,4|GABc&G,4|",
        "(&CDEF|GABc&C,4|G,4&)|",
    ],
)
def test_voices_and_overlays_sound_together(tune: str) -> None:
    score = abc(tune)
    assert sounds(score, 0) == [(pitch, i, 1) for i, pitch in enumerate(SCALE)]
    assert sounds(score, 1) == [(48, 0, 4), (55, 4, 4)]
    assert len(score.tracks) == 2


def test_voices_of_the_header_have_names_and_transpositions() -> None:
    tune = 'X:1\nL:1/4\nV:A name="Flute"\nV:B octave=-1\nK:C\n[V:A]C4|\n[V:B]C4|\n'
    score = read_abc(tune)
    assert [track.name for track in score.tracks] == ["Flute", ""]
    assert (pitches(score, 0), pitches(score, 1)) == ([60], [48])


def test_each_voice_has_its_own_key_unit_and_accidentals() -> None:
    score = abc("V:1\n[K:G]^C F|C\nV:2\n[L:1/8]C F|F2")
    assert (pitches(score, 0), pitches(score, 1)) == ([61, 66, 60], [60, 65, 65])
    assert lengths(score, 1) == [0.5, 0.5, 1]


def test_an_overlay_that_never_sounds_with_its_voice_is_the_same_line() -> None:
    score = abc("C2z2&z2E2|G4|")
    assert [sounds(score, i) for i in range(len(score.tracks))] == [
        [(60, 0, 2), (64, 2, 2), (67, 4, 4)]
    ]


# 4. Chords


def test_chords_begin_together_and_the_top_line_is_taken() -> None:
    score = abc("[CEG]2 [D2F2A2] | [Ec]/[Ec]/ z [FA]2 |")
    assert sounds(score)[:6] == [
        (60, 0, 2), (64, 0, 2), (67, 0, 2), (62, 2, 2), (65, 2, 2), (69, 2, 2),
    ]  # fmt: skip
    melody = _melody("X:1\nM:4/4\nL:1/4\nK:C\n[CEG]2 [D2F2A2] | [Ec]/[Ec]/ z [FA]2 |")
    assert melody.pitches.tolist() == [67, 69, 72, 72, 69]
    assert melody.durations.tolist() == [48, 48, 12, 12, 48]


def test_a_chord_lasts_as_long_as_its_first_note() -> None:
    assert starts(abc("[C2E]D[CE2]2D")) == [0, 0, 2, 3, 3, 5]


def test_chords_of_older_versions() -> None:
    assert sounds(abc("+CEG+D")) == [(60, 0, 1), (64, 0, 1), (67, 0, 1), (62, 1, 1)]


# 5. Bar lines


@pytest.mark.parametrize(
    "music",
    ["G|", "|G|", "|:G|", '"C"G|', "{a}G|", "[K:C]G|", "[I:x]G|", "[CG]|", "P:A\nG|",
     "!f!G|", "[V:1]G|", "G||", "G|:", "z0G|"],
)  # fmt: skip
def test_a_pickup_ends_on_a_bar_line(music: str) -> None:
    score = abc(f"{music}c3|d3|e3|", "3/4")
    assert starts(score)[-3:] == [3, 6, 9]
    assert starts(score)[0] == 2
    assert bars(score, 9) == [0, 3, 6, 9]


def test_a_pickup_that_a_repeat_sign_splits() -> None:
    assert starts(abc("G|:A|c4|", "4/4")) == [2, 3, 4]
    assert starts(abc("G2|:A2|c4|", "4/4")) == [0, 2, 4]


def test_a_meter_may_come_after_the_key_or_inside_the_tune() -> None:
    score = read_abc("X:1\nL:1/8\nK:C\nM:3/4\nG2|c6|[M:2/4]c4|\nM:3/4\nc6|")
    assert starts(score) == [2, 3, 6, 8]
    assert bars(score, 11) == [0, 3, 6, 8, 11]


def test_without_a_meter_bars_are_as_long_as_they_are_written() -> None:
    for field in ("", "M:none\n"):
        score = read_abc(f"X:1\nL:1/4\n{field}K:C\nG|CDE|DEF|EFG|C2|")
        assert bars(score, 9) == [0, 3, 6, 9]
        assert starts(score)[:2] == [2, 3]


def test_the_unit_length_follows_the_meter() -> None:
    assert lengths(read_abc("X:1\nM:2/4\nK:C\nC|")) == [0.25]
    assert lengths(read_abc("X:1\nM:3/4\nK:C\nC|")) == [0.5]
    assert lengths(read_abc("X:1\nK:C\nM:2/4\nC|")) == [0.25]


def test_a_short_bar_at_a_repeat_leaves_the_bars_where_they_are_written() -> None:
    # The last bar of each part is short by the pickup of the next one.
    score = abc("|:G|cdef|gfed|c3:|:g|edcB|c3:|")
    assert bars(score, 12) == [0, 4, 8, 12]
    assert starts(score)[:2] == [3, 4]
    assert starts(score)[10:12] == [15, 16]


def test_a_bar_that_is_too_short_or_long_begins_new_bars() -> None:
    assert bars(abc("C4|D3|E4|F4|"), 15) == [0, 4, 7, 11, 15]
    assert bars(abc("C4|D3||E4|F4|"), 15) == [0, 4, 7, 11, 15]
    assert bars(abc("C4|D5|E4|F4|"), 17) == [0, 4, 8, 9, 13, 17]


# Repeats

A, B, C, D = 69, 71, 60, 62


@pytest.mark.parametrize(
    ("music", "expected"),
    [
        ("A4:|", [A, A]),
        ("|:A4:|", [A, A]),
        ("|:A4::B4:|", [A, A, B, B]),
        ("|:A4:|:B4:|", [A, A, B, B]),
        ("|:A4:||:B4:|", [A, A, B, B]),
        ("A4:|B4:|", [A, A, B, B]),
        ("A4||B4:|", [A, B, B]),
        ("A4|]B4:|", [A, B, B]),
        ("|::A4::|", [A, A, A]),
        ("|:::A4:::|", [A, A, A, A]),
        ("|:A4|1B4:|2C4|]", [A, B, A, C]),
        ("|:A4|[1B4:|[2C4|]", [A, B, A, C]),
        ("A4|[1B4:|[2C4||D4|", [A, B, A, C, D]),
        ("|:A4|1,3B4:|2C4:|", [A, B, A, C, A, B]),
        ("|:A4|1-2B4:|3C4|]", [A, B, A, B, A, C]),
        ("|:A4|1B4:|2C4:|3D4|]", [A, B, A, C, A, D]),
        ("|:A4|1B4:|2C4:|", [A, B, A, C]),
        ("|:A4|1B4|2C4|]", [A, B, A, C]),
        ("|:A4:|2B4|]", [A, A, B]),
        ("|:A4|:B4:|C4:|", [A, B, B, C, A, B, B, C]),
        ("|:A4|:B4:|C4|", [A, B, B, C]),
        ("|:A4|B4", [A, B]),
        ("A4|1B4|", [A, B]),
        ("[|:A4:|]", [A, A]),
        ("|[|:A4:|]|", [A, A]),
        ("|:A2:|B2|", [A, A, B]),
        ("|: A4 | 1 B4 :| 2 C4 |]", [A, B, A, C]),
    ],
)
def test_repeats_and_endings_are_played(music: str, expected: list[int]) -> None:
    assert pitches(abc(music)) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [("AB", "AB"), ("ABA", "ABA"), ("A2B", "AAB"), ("(AB)2", "ABAB"),
     ("A(BC)2A", "ABCBCA"), ("A.B.", "AB"), ("AX", "A"), ("x", "ABC")],
)  # fmt: skip
def test_parts_are_played_in_their_order(order: str, expected: str) -> None:
    tune = f"X:1\nP:{order}\nL:1/4\nM:4/4\nK:C\nP:A\nA4|\nP:B\nB4|\n[P:C]C4|\n"
    names = {"A": A, "B": B, "C": C}
    assert pitches(read_abc(tune)) == [names[name] for name in expected]


def test_repeats_inside_parts() -> None:
    tune = "X:1\nP:ABA\nL:1/4\nM:4/4\nK:C\nP:A\n|:A4:|\nP:B\nB4|1C4:|2D4|]\n"
    assert pitches(read_abc(tune)) == [A, A, B, C, B, D, A, A]


def test_the_meter_and_the_key_of_a_repeated_part_come_back() -> None:
    score = abc("|:C4|[M:3/4][K:G]F3:|")
    assert pitches(score) == [60, 66, 60, 66]
    assert bars(score, 14) == [0, 4, 7, 11, 14]
    assert [name for _, name in score.keys] == ["C major", "G major"] * 2


def test_rests_of_whole_bars() -> None:
    assert starts(abc("C3|Z2|C3|Z|C3|X3|C3", "3/4")) == [0, 9, 15, 27]


# Anything at all


@given(st.text("ABCabc123/|:[]()&{}\"!+-<>^_=,'zZxy %\n\\KVMLP", max_size=200))
def test_any_text_can_be_read(music: str) -> None:
    score = abc(music)
    for index in range(len(score.tracks)):
        assert all(length > 0 for length in lengths(score, index))
    assert [meter.tick for meter in score.meters] == sorted(
        {meter.tick for meter in score.meters}
    )


@pytest.mark.parametrize(
    "music",
    ["K:C octave=99999\nC|", "C" + "&C" * 5000, "[" * 20_000, "(" * 20_000,
     "|:" * 20_000 + "C" + ":|" * 20_000, "C99999999999999999999|",
     "(9:9:9" * 5000 + "C",
     "Z99999|" * 1000, "C" + "'" * 50_000, '"' * 50_001, "{" * 50_000, "A>" * 30_000,
     "P:(((((((A9)9)9)9)9)9)9\n", "[V:" + "]C[V:".join(map(str, range(3000))) + "]C"],
)  # fmt: skip
def test_no_text_takes_long_or_breaks_the_reader(music: str) -> None:
    abc(music)


def test_notes_that_midi_has_not_are_counted() -> None:
    score = abc("C c'''''''' C,,,,,,,,")
    assert pitches(score) == [60]
    assert score.repairs == ("notes outside of MIDI's pitches left out: 2",)
