from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.errors import SettingError
from monody.evaluation.features import MAJOR_SCALE, MINOR_SCALE
from monody.music.key_finding import heard_scale
from monody.music.keys import KEY_NAMES, key_signature
from monody.music.scale import MODES, Scale, move_to_scale, parse_scale

TONICS = [letter + sign for letter in "CDEFGAB" for sign in ("", "#", "b")]
pitches = st.integers(0, 127)
named = st.builds("{} {}".format, st.sampled_from(TONICS), st.sampled_from([*MODES]))
listed = st.lists(st.integers(0, 11), min_size=2, max_size=12).map(
    lambda classes: ",".join(map(str, classes))
)
scales = st.one_of(named, listed).map(parse_scale)


@pytest.mark.parametrize(
    ("text", "name", "classes"),
    [
        ("C", "C major", [0, 2, 4, 5, 7, 9, 11]),
        ("Am", "A minor", [9, 11, 0, 2, 4, 5, 6, 7, 8]),
        ("AM", "A major", [9, 11, 1, 2, 4, 6, 8]),
        ("a NATURAL Minor", "A natural minor", [9, 11, 0, 2, 4, 5, 7]),
        (" D dorian ", "D dorian", [2, 4, 5, 7, 9, 11, 0]),
        ("Ddor", "D dorian", [2, 4, 5, 7, 9, 11, 0]),
        ("F# major", "F# major", [6, 8, 10, 11, 1, 3, 5]),
        ("f♯ Major", "F# major", [6, 8, 10, 11, 1, 3, 5]),
        ("F-sharp major", "F# major", [6, 8, 10, 11, 1, 3, 5]),
        ("B♭", "Bb major", [10, 0, 2, 3, 5, 7, 9]),
        ("B flat", "Bb major", [10, 0, 2, 3, 5, 7, 9]),
        ("bb", "Bb major", [10, 0, 2, 3, 5, 7, 9]),
        ("b", "B major", [11, 1, 3, 4, 6, 8, 10]),
        ("B blues", "B blues", [11, 2, 4, 5, 6, 9]),
        ("E harmonic-minor", "E harmonic minor", [4, 6, 7, 9, 11, 0, 3]),
        ("E melodic minor", "E melodic minor", [4, 6, 7, 9, 11, 1, 3]),
        ("G pentatonic", "G major pentatonic", [7, 9, 11, 2, 4]),
        ("A minor pentatonic", "A minor pentatonic", [9, 0, 2, 4, 7]),
        ("C wholetone", "C whole tone", [0, 2, 4, 6, 8, 10]),
        ("Cb chromatic", "Cb chromatic", [11, *range(11)]),
        ("0,2,4,7,9", "C,D,E,G,A", [0, 2, 4, 7, 9]),
        ("g, a,b♭ ,d,g", "G,A,Bb,D,G", [7, 9, 10, 2]),
        ("11,10", "B,A#", [11, 10]),
    ],
)
def test_keys_in_many_spellings(text: str, name: str, classes: list[int]) -> None:
    assert parse_scale(text) == Scale(name, classes[0], frozenset(classes))


@pytest.mark.parametrize(
    "text",
    ["", "J", "J minor", "d o", "C minorr", "C 2 minor", "D d", "0", "12,1", "C,", ",",
     "C,J", "C##", "C D E", "do##", "C,do##", "do re mi", "rre", "sii", "dosol",
     "lablues", "Bes", "bes", "Hes", "as,", "dorian", "mayor", "#", "si bb b"],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="^key must be such as 'D dorian', 'Bb mino"):
        parse_scale(text)


def test_a_misspelt_mode_is_recognised() -> None:
    with pytest.raises(
        SettingError, match=r"not 'd dorain': did you mean 'D dorian' or"
    ):
        parse_scale("d dorain")
    with pytest.raises(SettingError, match=r"did you mean 'Bb blues'\?$"):
        parse_scale("Bblues")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("do mayor", "C major"),
        ("DO MAYOR", "C major"),
        ("re menor", "D minor"),
        ("re dórico", "D dorian"),
        ("mi frigio", "E phrygian"),
        ("fa", "F major"),
        ("fa#", "F# major"),
        ("fa#m", "F# minor"),
        ("fa sostenido menor", "F# minor"),
        ("sol lidio", "G lydian"),
        ("la menor armónica", "A harmonic minor"),
        ("la menor armonica", "A harmonic minor"),
        ("la menor natural", "A natural minor"),
        ("si bemol", "Bb major"),
        ("sib", "Bb major"),
        ("si♭ menor", "Bb minor"),
        ("Si-bemol-mayor", "Bb major"),
        ("dom", "C minor"),
        ("ré bémol majeur", "Db major"),
        ("do dièse mineur", "C# minor"),
        ("sol diesis minore", "G# minor"),
        ("H", "B major"),
        ("H moll", "B minor"),
        ("h-Moll", "B minor"),
        ("H minor", "B minor"),
        ("Es-Dur", "Eb major"),
        ("Fis-Moll", "F# minor"),
        ("as moll", "Ab minor"),
        ("D dorisch", "D dorian"),
        ("E äolisch", "E aeolian"),
        ("B-Dur", "Bb major"),
        ("b-moll", "Bb minor"),
        ("Bb Dur", "Bb major"),
        ("B major", "B major"),
        ("si Dur", "B major"),
        ("Faeolian", "F aeolian"),
        ("do,re,mi,sol,la", "C,D,E,G,A"),
        ("A,H,C,Dis", "A,B,C,D#"),
        ("H,Bb", "B,Bb"),
        ("do,2,E", "C,D,E"),
    ],
)
def test_keys_in_other_languages(text: str, name: str) -> None:
    assert parse_scale(text) == parse_scale(name)
    assert parse_scale(text).name == name


@pytest.mark.parametrize(
    ("text", "beside"),
    [("C,H,B", "H"), ("b,c,d,es", "Es"), ("Fis,B", "Fis"), ("H,B", "H")],
)
def test_a_b_beside_a_german_name_is_refused(text: str, beside: str) -> None:
    with pytest.raises(SettingError, match=f"^to_key must say Bb or H .* {beside}, wh"):
        parse_scale(text, "to_key")


def test_a_hint_keeps_the_language_and_the_tonic() -> None:
    with pytest.raises(SettingError, match="did you mean 'Do mayor'[?]$"):
        parse_scale("do mayro")
    with pytest.raises(SettingError, match="did you mean 'Fa sostenido menor'[?]$"):
        parse_scale("fa sostenido menro")
    with pytest.raises(SettingError, match="'minor': name its tonic, too"):
        parse_scale("minor")


@given(scales)
def test_a_scales_name_means_it(scale: Scale) -> None:
    assert parse_scale(scale.name) == scale
    assert scale.tonic in scale.pitch_classes
    assert scale.degrees[0] == 0


def test_major_and_minor_are_those_of_the_statistics() -> None:
    assert MODES["major"].semitones == MAJOR_SCALE
    assert MODES["minor"].semitones == MINOR_SCALE
    assert [parse_scale(key).signature for key in KEY_NAMES] == [*KEY_NAMES]


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("D dorian", "A minor"),
        ("F lydian", "C major"),
        ("G mixolydian", "C major"),
        ("E phrygian", "A minor"),
        ("B locrian", "A minor"),
        ("Bb dorian", "F minor"),
        ("F# aeolian", "F# minor"),
        ("C blues", "C minor"),
        ("C harmonic minor", "C minor"),
        ("D major pentatonic", "D major"),
        ("G# major", "Ab major"),
        ("Fb major", "E major"),
        ("C whole tone", None),
        ("C chromatic", None),
        ("C,D,E,F,G,A,B", None),
    ],
)
def test_signatures(text: str, signature: str | None) -> None:
    assert parse_scale(text).signature == signature


@given(named.map(parse_scale))
def test_a_mode_of_seven_notes_uses_what_its_signature_says(scale: Scale) -> None:
    if scale.mode in ("harmonic minor", "melodic minor") or len(scale.degrees) != 7:
        return
    assert scale.signature is not None
    sharps, _ = key_signature(scale.signature)
    signed = {(7 * sharps + semitones) % 12 for semitones in MAJOR_SCALE}
    assert {(scale.tonic + degree) % 12 for degree in scale.degrees} == signed


@given(pitches, pitches, scales, scales)
def test_moving_keeps_the_contour_and_ends_in_the_scale(
    one: int, other: int, source: Scale, target: Scale
) -> None:
    low, high = (move_to_scale(pitch, source, target) for pitch in sorted([one, other]))
    assert low <= high
    assert {low % 12, high % 12} <= target.pitch_classes
    assert abs(low - min(one, other)) <= 18


@given(pitches, scales, scales)
def test_moving_takes_the_tonic_to_the_tonic(
    octave: int, source: Scale, target: Scale
) -> None:
    tonic = source.tonic + 12 * (octave % 10)
    moved = move_to_scale(tonic, source, target)
    assert moved % 12 == target.tonic
    assert -6 <= moved - tonic <= 5


@given(pitches, scales)
def test_moving_into_the_same_scale_moves_nothing(pitch: int, scale: Scale) -> None:
    if pitch % 12 in scale.pitch_classes:
        assert move_to_scale(pitch, scale, scale) == pitch


@pytest.mark.parametrize(
    ("source", "target", "melody", "moved"),
    [
        ("C", "C natural minor", [60, 62, 64, 67, 71, 72], [60, 62, 63, 67, 70, 72]),
        ("C", "G", [60, 64, 67], [55, 59, 62]),
        ("C", "F", [60, 64, 67], [65, 69, 72]),
        ("C", "D dorian", [60, 64, 71], [62, 65, 72]),
        ("A minor", "A", [65, 66, 67, 68, 69], [66, 66, 68, 68, 69]),
        ("A minor", "A dorian", [65, 66, 67, 68, 69], [66, 66, 67, 67, 69]),
        ("A minor", "C minor", [67, 68, 69], [70, 71, 72]),
        ("C", "C major pentatonic", [60, 62, 64, 65, 67, 71], [60, 62, 64, 64, 67, 72]),
        ("C", "C,D,F", [64, 66, 67, 69, 70], [65, 65, 65, 72, 72]),
    ],
)
def test_moving_by_degrees(
    source: str, target: str, melody: list[int], moved: list[int]
) -> None:
    one, other = parse_scale(source), parse_scale(target)
    assert [move_to_scale(pitch, one, other) for pitch in melody] == moved


@pytest.mark.parametrize("key", ["C major", "D major", "A minor", "F# minor"])
def test_the_key_of_some_notes_is_heard(key: str) -> None:
    tonic = parse_scale(key).tonic
    third = 3 if key.endswith("minor") else 4
    chord = [60 + tonic + semitones for semitones in (0, third, 7, 12)]
    assert heard_scale(chord, [24, 12, 12, 48]) == parse_scale(key)


def test_no_key_is_heard_without_notes_or_from_all_alike() -> None:
    assert heard_scale([], []).name == "C chromatic"
    assert heard_scale(range(60, 72), [6] * 12).name == "C chromatic"


def test_reading_what_a_musician_writes_needs_no_numpy() -> None:
    code = (
        "import sys;"
        "from monody.music.scale import parse_scale;"
        "from monody.music.instrument_ranges import parse_range;"
        "from monody.music.note_values import parse_counts;"
        "parse_scale('D dorian'); parse_range('flute'); parse_counts('4');"
        "assert not {'numpy', 'keras', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
