"""No text is left in English: commands and pages in a language of other letters.

Of what a command says and a page shows, each word must be in those letters, or be the
user's, or a name that stays: of a file, an option, a command, a unit or a model.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monody import translation
from monody.cli.commands import cli
from monody.cli.main import main
from monody.experiments.experiment import Experiment
from monody.music.midi_file import write_midi
from monody.pages.training import write_training_page
from monody.translation import speaking
from tests.builders.midi_files import tune
from tests.builders.pseudo import CODE, NAME, Read, words, write_catalogue

# What stays as it is: names of files, formats, commands, options and their values.
KEPT = """
CPU GPU JAX cpu float32 float tar tgz parquet
MIDI WAV ABC MusicXML LSTM mid html svg json keras tune data midi my out index model
Ab Bb Db Eb Gb note melody tunes notes steps bpm 7ths 5a0802af nowhere
dance song hymn theme A' Am
bash zsh fish
wav png musicxml abc kar rmi smf mxl xml mscx mscz krn kern gz zip kazoo Koto Agogo
"""
COMMANDS = (
    "inspect data/midi --all",
    "inspect my.mid",
    "inspect data/broken --html broken.html",
    "sample --bars 4 -n 2 -v --seed 3",
    "sample --form 'A A' --bars 4 -n 1 --seed 3 --key 'Bb minor' --meter 6/8",
    "vary my.mid --keep rhythm",
    "again generated/1.mid",
    "evaluate experiments/01 --plot surprise.svg",
    "runs",
    "render my.mid --to svg,abc",
    "train data/midi --num_epochs 1 --base none --rnn_size 12 -v --no_page",
    "names", "names meters", "names forms", "names styles",
)  # fmt: skip
MISTAKES = (
    "sample --bars x",
    "sample --bars",
    "sample --temperature 99",
    "sample --key 'D dorain'",
    "sample --form 'A X'",
    "sample --durations 7ths",
    "sample --range kazoo",
    "sample --midi_instrument kazoo",
    "sample --tempo 3",
    "sample --best_of 1",
    "sample --free_at_least 3 --bars 4",
    "sample --bars 4 --file_length 3",
    "sample --prime_file none.mid",
    "sample --max_memory lots",
    "sample --max_memory 1MB",
    "tren data",
    "train nowhere",
    "train data/empty",
    "train data/broken",
    "vary data/midi",
    "vary my.mid",
    "vary my.mid --replace 90-95",
    "again my.mid",
    "render my.mid --to mp3",
    "evaluate nowhere",
    "runs nowhere",
    "names -q -v",
    "render",
    "render --to",
    "names kazoo",
    "vary my.mid --keep kazoo",
    "--barz 3",
    "evaluate a b c",
)
CHOICES = re.compile(r"\[\w+(?:\|\w+)+\]")  # they are typed


@pytest.fixture(scope="module")
def _other_letters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The language of other letters."""
    locale = tmp_path_factory.mktemp("locale")
    write_catalogue(locale)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translation, "LOCALE", locale)
        patch.setitem(translation.LANGUAGES, CODE, NAME)
        patch.setenv(translation.VARIABLE, CODE)
        yield


@pytest.fixture(scope="module")
def work(
    trained: Experiment,
    tunes: Path,
    tmp_path_factory: pytest.TempPathFactory,
    _other_letters: None,
) -> Path:
    """A folder in which somebody works: an experiment, tunes and what is no tune."""
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(trained.folder, folder / "experiments" / "01")
    (folder / "experiments" / "01" / "message.txt").write_text("my note")
    shutil.copytree(tunes, folder / "data" / "midi")
    for name in ("broken", "empty"):
        (folder / "data" / name).mkdir()
    (folder / "data" / "broken" / "a.mid").write_bytes(b"MThd")
    (folder / "data" / "broken" / "b.mid").write_bytes(b"")
    (folder / "data" / "broken" / "c.wav").write_bytes(b"RIFF....WAVE")
    write_midi(tune(1), folder / "my.mid")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        main(["sample", "--bars", "4", "-n", "1", "-q", "--save_dir", "generated"])
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_nothing_but_translated_texts(
    command: str,
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(work)
    main(shlex.split(command))
    said = capsys.readouterr()
    assert words(said.out + said.err, KEPT) == [], said.out


@pytest.mark.parametrize("command", MISTAKES)
def test_an_error_says_nothing_but_translated_texts(
    command: str,
    work: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(work)
    with pytest.raises(SystemExit):
        main(shlex.split(command))
    said = capsys.readouterr()
    assert words(said.out + said.err, KEPT) == []


@pytest.mark.usefixtures("_other_letters")
@pytest.mark.parametrize("command", ["", *sorted(cli.commands)])
def test_help_says_nothing_but_translated_texts(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*command.split(), "--help"])
    said = CHOICES.sub("", capsys.readouterr().out)
    if not command:
        said = re.sub(r"^  \w+  ", "", said, flags=re.MULTILINE)  # names of commands
    options = cli.commands[command].params if command else []
    typed = " ".join(str(option.default) for option in options)
    assert words(said, f"{KEPT} {typed}") == []


def test_a_page_shows_nothing_but_translated_texts(work: Path) -> None:
    with speaking(CODE):
        write_training_page(Experiment(work / "experiments" / "01"))
    pages = [*work.rglob("*.html")]
    assert len(pages) >= 3
    for page in pages:
        for text in Read(page.read_text("utf-8")).said:
            assert words(text, KEPT) == [], (page, text)
