"""Help, errors and names in the language of the musician."""

from __future__ import annotations

from itertools import product

import pytest

from monody.cli.main import main
from monody.music.general_midi import GENERAL_MIDI, program_of
from monody.music.instrument_ranges import NAMES, RANGES, parse_range
from monody.music.key_words import MODES, key_in_words
from monody.music.note_names import LETTERS
from monody.music.note_values import parse_note_values
from monody.music.pitch import parse_pitch_range, pitch_name
from monody.music.scale import parse_scale
from monody.sentences import pitch_in_words
from monody.settings.sampling import SampleSettings
from monody.studio.names import DURATIONS
from monody.translation import LANGUAGES, gettext, speaking


@pytest.fixture
def _in_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONODY_LANG", "es")


@pytest.mark.usefixtures("_in_spanish")
def test_help_is_in_spanish(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    said = capsys.readouterr().out
    assert said.startswith("Uso: monody [OPCIONES] ORDEN [ARGUMENTOS]...\n")
    for part in ("\nOpciones:\n", "\nÓrdenes:\n", "Muestra la versión y acaba."):
        assert part in said
    main(["sample", "--help"])
    said = capsys.readouterr().out
    assert "\nMelodías:\n" in said
    assert "--bars N " in said
    assert "[de 1 a 10\xa0000]" in said  # a comma would be the point before decimals


@pytest.mark.usefixtures("_in_spanish")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("render", "Falta el argumento 'ARCHIVO.mid...'."),
        ("sample --barz 3", "No existe la opción '--barz': ¿querías decir --bars?"),
        ("sample --bars x", "'x' no es un número entero."),
        ("sample --bars", "La opción '--bars' necesita un valor."),
        ("nope", "No existe la orden 'nope'"),
        ("sample --bars 20000", "--bars debe ser de 1 a 10 000, no 20000"),
    ],
)
def test_mistakes_are_told_in_spanish(
    typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(typed.split())
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert said in error.replace("\xa0", " ")
    assert error.count("\n") == 1


def test_a_language_that_there_is_not_is_refused_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONODY_LANG", "klingon")
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err == (
        "monody: MONODY_LANG must be en (English) or es (Español), not 'klingon': "
        "name one, or unset it\n"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_keys_and_notes_is_understood(language: str) -> None:
    with speaking(language):
        for letter, sign, mode in product(LETTERS, ("", "#", "b"), MODES):
            name = f"{letter}{sign} {mode}"
            assert parse_scale(key_in_words(name)).name == name
        for pitch, flats in product(range(128), (False, True)):
            name = pitch_name(pitch, flats=flats)
            said = pitch_in_words(name)
            assert parse_pitch_range(f"{said}..{said}") == (pitch, pitch)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_instruments_and_note_values_is_understood(
    language: str,
) -> None:
    with speaking(language):
        said = [gettext(name) for name in GENERAL_MIDI]
        ranges = {gettext(name): name for name in NAMES}
        values = {gettext(value): value for value in DURATIONS}
    assert len(said) == len({*said})
    assert [program_of(name) for name in said] == [*range(128)]
    assert [parse_range(name) for name in ranges] == [
        parse_range(name) for name in ranges.values()
    ]
    for name, value in values.items():
        assert parse_note_values(name) == parse_note_values(value)


def test_every_name_of_a_range_has_its_translation() -> None:
    assert sorted(NAMES) == sorted(", ".join(RANGES).split(", "))


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ({"key": "re mayor"}, {"key": "D major"}),
        ({"key": "LA MENOR"}, {"key": "A minor"}),
        ({"key": "sol sostenido menor"}, {"key": "G# minor"}),
        ({"key": "si bemol"}, {"key": "Bb major"}),
        ({"key": "do,re,mi,sol,la"}, {"key": "C,D,E,G,A"}),
        ({"range": "do4..la5"}, {"range": "C4..A5"}),
        ({"range": "Flauta travesera"}, {"range": "flute"}),
        ({"durations": "corcheas"}, {"durations": "8ths"}),
        ({"durations": "Negra con puntillo, corchea"}, {"durations": "3/8,1/8"}),
        ({"durations": "solo blancas"}, {"durations": "only halves"}),
        ({"form": "como:a.mid"}, {"form": "like:a.mid"}),
    ],
)
def test_spanish_is_understood_as_english_is(
    spanish: dict[str, str], english: dict[str, str]
) -> None:
    one, other = SampleSettings(**spanish), SampleSettings(**english)  # type: ignore[arg-type]
    for meaning in ("scale", "pitches", "note_ticks", "form_file"):
        assert getattr(one, meaning) == getattr(other, meaning)


@pytest.mark.parametrize("kind", ["tonalidades", "tonalidad", "keys", "key", "KEYS"])
def test_a_kind_of_names_is_understood_in_both_languages(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["names", kind])
    assert "fa sostenido" in capsys.readouterr().out
