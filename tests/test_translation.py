from __future__ import annotations

import ctypes
import re
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.catalog import Catalog, Message
from tools import catalogue

from monody import translation
from monody.corpus.novelty import Novelty
from monody.corpus.wording import counted, repair_in_words
from monody.ending import reason, say_reason_as
from monody.music.key_words import MODES, key_in_words
from monody.music.scale import MODES as ALL_MODES
from monody.render.curves import Curves
from monody.sentences import translated
from monody.translation import decimal, preferred, speaking, spoken, system_language

ROOT = Path(__file__).parents[1]
PO = sorted(catalogue.LOCALE.glob("*/LC_MESSAGES/*.po"))


def _texts(catalog: Catalog) -> dict[tuple[object, str | None], Message]:
    return {(one.id, one.context): one for one in catalog if one.id}


def _strings(message: Message) -> list[str]:
    said = message.string or ""
    return [said] if isinstance(said, str) else list(said)


def _ids(message: Message) -> list[str]:
    """Return the text of a message, or both for a number."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


@pytest.fixture(scope="module")
def gathered() -> Catalog:
    return catalogue.gathered()


@pytest.mark.parametrize("path", PO, ids=lambda path: path.parts[-3])
def test_each_text_is_translated_and_none_is_there_for_nothing(
    path: Path, gathered: Catalog
) -> None:
    read = catalogue.read(path)
    assert _texts(read).keys() == _texts(gathered).keys(), "run make catalogue"
    texts = _texts(read).values()
    assert [one.id for one in texts if one.fuzzy or not all(_strings(one))] == []
    assert len(texts) == len(gathered)


@pytest.mark.parametrize("path", PO, ids=lambda path: path.parts[-3])
def test_a_translation_has_the_values_and_the_margins_of_its_text(path: Path) -> None:
    def values(text: str) -> set[str]:
        return set(re.findall(r"\{\w*\}", text))

    for message in _texts(catalogue.read(path)).values():
        one, more = _ids(message)[0], _ids(message)[-1]
        for said in _strings(message):
            assert values(said) == values(one) | values(more), message.id
            assert said[:1].isspace() == one[:1].isspace(), message.id
            assert said.count("\n") == one.count("\n"), message.id


@pytest.mark.parametrize("path", PO, ids=lambda path: path.parts[-3])
def test_what_machines_read_is_what_people_read(path: Path) -> None:
    from gettext import GNUTranslations

    with path.with_suffix(".mo").open("rb") as file:
        machine = GNUTranslations(file)
    for message in _texts(catalogue.read(path)).values():
        one, more = _ids(message)[0], _ids(message)[-1]
        if len(_ids(message)) > 1:
            said = [machine.ngettext(one, more, count) for count in (1, 2)]
        elif message.context:
            said = [machine.pgettext(message.context, one)]
        else:
            said = [machine.gettext(one)]
        assert said == _strings(message)[: len(said)], message.id


@pytest.mark.parametrize("path", PO, ids=lambda path: path.parts[-3])
def test_the_catalogue_is_written_the_same_again(path: Path) -> None:
    assert catalogue.po(catalogue.updated(path)) == path.read_bytes()
    written = path.with_suffix(".mo").read_bytes()
    for made in (written, catalogue.mo(catalogue.read(path))):
        assert b"POT-Creation-Date: 2026-01-01 00:00+0000\n" in made  # on any day


def test_every_language_but_english_has_a_catalogue_that_the_wheel_brings() -> None:
    assert {path.parts[-3] for path in PO} | {"en"} == set(translation.LANGUAGES)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [package] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert catalogue.LOCALE.is_relative_to(ROOT / package)


def test_a_language_is_spoken_for_a_while() -> None:
    with speaking("es"):
        assert (spoken(), counted(1, "melody"), counted(12_000, "note")) == (
            "es", "1 melodía", "12\xa0000 notas",
        )  # fmt: skip
        with speaking("xx-unknown"):
            assert counted(2, "file") == "2 files"
    assert (spoken(), counted(12_000, "note")) == ("en", "12,000 notes")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "es_MX.UTF-8"}, "es"),
        ({"LANG": "es_ES", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE", "MONODY_LANG": "es"}, "es"),
        ({"LANG": "es_ES", "MONODY_LANG": ""}, "es"),
        ({"LANG": "es_ES", "MONODY_LANG": "en_GB"}, "en"),
        ({"LC_ALL": "C", "MONODY_LANG": "Español"}, "es"),
        ({"LC_ALL": "", "LC_MESSAGES": "es", "LANG": "en_US"}, "es"),
        ({"LC_ALL": "en_US", "LC_MESSAGES": "es"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "de:es_AR:en"}, "es"),
        ({"LANG": "es_ES.UTF-8", "LANGUAGE": "de"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "es"}, "es"),
        ({"LANG": "POSIX", "LANGUAGE": "es"}, "en"),
        ({"LANGUAGE": "es"}, "es"),
        ({"LANG": "est_EE"}, "en"),  # no dialect of Spanish
        ({"LANG": "es@modern"}, "es"),
        ({"LANG": ":::"}, "en"),
    ],
)
def test_commands_speak_the_language_of_the_system(
    environment: dict[str, str], language: str
) -> None:
    assert system_language(environment) == language


@pytest.mark.parametrize(
    ("number", "language"), [(0x080A, "es"), (0x0407, "en"), (1, "en")]
)
def test_without_variables_windows_says_its_language(
    number: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = SimpleNamespace(GetUserDefaultUILanguage=lambda: number)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(
        ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False
    )
    assert system_language({}) == language
    assert system_language({"LANG": "en_US"}) == "en"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("es", "es"), ("fr, es;q=0.5", "es"), ("en, es;q=0.9", "en"), ("es;q=much", "en"),
     ("", "en"), (";q=" * 5000, "en")],
)  # fmt: skip
def test_a_browser_is_answered_in_the_language_that_it_likes_best(
    accepted: str, language: str
) -> None:
    assert preferred(accepted) == language


@pytest.mark.parametrize(
    ("sentence", "spanish"),
    [
        ("no folder 'midi': name a folder of MIDI files with --data_dir",
         "no existe la carpeta 'midi': indica una carpeta de archivos MIDI con "
         "--data_dir"),
        ("bars must be at least 1, not 0", "bars debe ser al menos 1, no 0"),
        ("cannot use 'a.mid': Permission denied",
         "no se puede usar 'a.mid': permiso denegado"),
        ("cut at the last whole event of tracks 1, 2 and 3",
         "cortado en el último evento entero de las pistas 1, 2 y 3"),
        ("no file 'no notes': name a MIDI file",  # its name is the user's
         "no existe el archivo 'no notes': indica un archivo MIDI"),
        ("a sentence that nobody wrote", "a sentence that nobody wrote"),
        ("tempo fitted, a quarter is 1.07 of the declared: 20% → 90% of the onsets on "
         "the 16th grid, confidence 0.93",
         "tempo ajustado, una negra es 1,07 de la declarada: 20% → 90% de los "
         "comienzos de nota en la rejilla de semicorcheas, confianza 0,93"),
        ("temperature must be from 0.5 to 5, not 0.25",  # as they are typed
         "temperature debe ser de 0.5 a 5, no 0.25"),
        ("x" * 100_000, "x" * 100_000),
    ],
)  # fmt: skip
def test_a_sentence_is_translated_around_its_values(
    sentence: str, spanish: str
) -> None:
    assert translated(sentence) == sentence
    with speaking("es"):
        assert translated(sentence) == spanish


def test_figures_have_the_decimal_comma_of_spanish() -> None:
    shared = Novelty(40, 9, 1.1, bar=1, source="jig.mid", source_bar=2)
    curves = Curves(train=[3.1, 2.6], held_out=[3.2, 2.9], best=2)
    with speaking("es"):
        assert "9 notas (1,1 compases)" in shared.said
        assert "3,20" in curves.said
        assert decimal(0.5, "g") == "0,5"
    assert "9 notes (1.1 bars)" in shared.said


def test_no_figure_that_is_filled_into_a_text_is_written_past_the_rule() -> None:
    """Those of settings keep their point: it is what is typed."""
    past = re.compile(r"""=f(["'])\{[^{}]*:#?\.\d[fg]\}\1""")
    found = [
        line.strip()
        for path in sorted((ROOT / "src/monody").rglob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if past.search(line) and ":.0f" not in line
    ]
    assert found == [
        """rate = _("rate {rate}").format(rate=f"{logs['learning_rate']:.2g}")"""
    ]


def test_what_was_done_to_notes_is_said_with_its_number() -> None:
    with speaking("es"):
        assert repair_in_words("overlaps trimmed: 3") == "solapamientos recortados: 3"


def test_every_key_has_its_name() -> None:
    assert set(MODES) == set(ALL_MODES)
    with speaking("es"):
        assert key_in_words("F# minor") == "fa sostenido menor"
        assert key_in_words("Eb mixolydian") == "mi bemol mixolidio"
        assert key_in_words("C,D,E") == "C,D,E"


def test_what_ends_a_program_is_told_in_its_language() -> None:
    say_reason_as("detenido por {name}")
    try:
        assert reason() == "detenido por Ctrl-C"
    finally:
        say_reason_as("stopped by {name}")
    assert reason() == "stopped by Ctrl-C"
