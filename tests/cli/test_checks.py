"""What can be known at once is refused at once, and nothing is left behind."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

import monody
from monody.cli.main import main
from monody.experiments.experiment import Experiment
from monody.music.midi_file import write_midi
from tests.builders.midi_files import midi_file, tune, write_tunes

WORK = (  # what takes time, or leaves something
    "monody.cli.reading.read_folder",
    "monody.cli.train.read_folder",
    "monody.cli.inspect.read_folder",
    "monody.generation.generate.write_melodies",
    "monody.generation.vary.write_melodies",
    "monody.training.train.train",
    "monody.training.resume.resume",
    "monody.evaluation.evaluate.evaluate",
    "monody.experiments.base_tunes.write_collection",
)


def _too_late(*_: object, **__: object) -> NoReturn:
    raise AssertionError("work began before it was refused")


@pytest.fixture
def home(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder with an experiment and what users name by mistake; no work is done."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained.folder, "experiments/01")
    shutil.copytree(trained.folder, "foreign")
    write_tunes(tmp_path / "tunes", 3, bars=4)
    settings = monody.SampleSettings(num_files=1, bars=4, seed=5)
    opened = Experiment("experiments/01")
    [path] = monody.generate(opened, settings).save("made")
    write_midi(tune(4, bars=4), tmp_path / "my.mid")
    late = [note._replace(start=note.start + 2 * 96) for note in tune(2, bars=2)]
    gap = midi_file([[*tune(2, bars=1), *late]], ticks_per_quarter=24)
    Path("gap.mid").write_bytes(gap)  # its second bar is silent
    Path("file").write_text("a file")
    Path("page.mid").write_text("<html>")
    Path("empty").mkdir()
    Path("drums/samples").mkdir(parents=True)
    Path("bank.sf2").write_bytes(b"nothing")
    Path("cut.sf2").write_bytes(b"RIFF\4\0\0\0sfbk")
    for folder in ("app", "foreign"):
        Path(folder).mkdir(exist_ok=True)
        Path(folder, "manifest.json").write_text('{"name": "an app"}')
        Path(folder, "index.html").write_text("<p>my diary</p>")
    shutil.copy(path, "app/1.mid")
    _put_links()
    # All are imported before one is replaced, or they would import what replaces it.
    modules = [importlib.import_module(name.rpartition(".")[0]) for name in WORK]
    for module, name in zip(modules, WORK, strict=True):
        monkeypatch.setattr(module, name.rpartition(".")[2], _too_late)
    before = _listing(tmp_path)
    yield tmp_path
    assert _listing(tmp_path) == before


LINKS = ("linked/manifest.json", "paged/index.html", "paged/samples", "gone.mid",
         "gone.html", "readings/shard-1-of-2", "folder")  # fmt: skip


def _put_links() -> None:
    """Put links that lead nowhere, and a pipe, in the place of what is written."""
    if os.name == "nt":  # only administrators may
        return
    for link in LINKS:
        Path(link).parent.mkdir(exist_ok=True)
        Path(link).symlink_to("nowhere")
    os.mkfifo("pipe.svg")


def _listing(folder: Path) -> dict[str, bytes | bool]:
    return {
        str(path): path.read_bytes() if path.is_file() else path.is_symlink()
        for path in folder.rglob("*")
    }


def _refused(capsys: pytest.CaptureFixture[str], words: str) -> str:
    """Run a command that is refused; return the one line that it says."""
    with pytest.raises(SystemExit) as stopped:
        main(words.split())
    assert stopped.value.code == 2
    said = capsys.readouterr().err.lstrip("\n")
    assert said.count("\n") == 1, said
    return said


FROM_01 = "--experiment_dir experiments/01"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        # sound banks
        ("sample --sound_bank none.sf2", "cannot read the sound bank 'none.sf2'"),
        ("sample --sound_bank tunes", "'tunes' is a folder, and no file: name another"),
        ("sample --sound_bank bank.sf2", "expected a sound bank (.sf2)"),
        ("sample --sound_bank cut.sf2", "expected a sound bank (.sf2)"),
        ("train tunes --sound_bank bank.sf2", "expected a sound bank (.sf2)"),
        ("train --resume --sound_bank none.sf2", "cannot read the sound bank"),
        ("vary made/1.mid --keep rhythm --sound_bank bank.sf2", "expected a sound"),
        ("again made/1.mid --sound_bank bank.sf2", "expected a sound bank"),
        ("render my.mid --sound_bank bank.sf2", "expected a sound bank"),
        # folders that cannot be written to
        ("sample --save_dir file/x", "cannot write to the folder 'file/x'"),
        ("sample --save_dir file", "Not a directory; name another with --save_dir"),
        ("train tunes --experiment_dir file/x", "another with --experiment_dir"),
        ("vary my.mid --keep rhythm --save_dir file/x", "another with --save_dir"),
        ("again made/1.mid --save_dir file", "another with --save_dir"),
        ("render my.mid --save_dir file", "another with --save_dir"),
        ("corpus oneills1850 --out file/x", "another with --out"),
        ("evaluate experiments/01 --plot none/a.svg", "no folder 'none' for --plot"),
        ("inspect tunes --html none/a.html", "no folder 'none' for --html"),
        ("inspect tunes --html tunes", "'tunes' is a folder: add the name"),
        ("inspect tunes --html app/index.html", "another file with --html"),
        # bases
        ("train tunes --base nowhere", "no trained model in 'nowhere'"),
        ("train tunes --base experiments/01 --rnn_size 64", "that of the base is 12"),
        ("train tunes --base experiments/01 --num_layers 1", "--num_layers is 1, but"),
        ("train tunes --base experiments/01 --encoding steps", "--encoding is steps"),
        ("train tunes --base base --rnn_size 64", "that of the base is 256"),
        ("train tunes --experiment_dir experiments/01", "holds a trained model"),
        # primers and data
        ("sample --prime_file none.mid", "no file 'none.mid'"),
        ("sample --prime_file tunes", "'tunes' is a folder: name a MIDI file"),
        ("sample --prime_file page.mid", "a web page, not MIDI"),
        ("sample --prime_file gap.mid --prime_bars 2", "are silent"),
        ("sample --prime_file my.mid --prime_bars 3-9", "are not all there"),
        ("sample --data_dir nowhere", "no folder 'nowhere'"),
        ("sample --data_dir empty", "no music file in 'empty'"),
        ("evaluate experiments/01 --data_dir empty", "no music file in 'empty'"),
        ("evaluate experiments/01 --data_dir nowhere", "no folder 'nowhere'"),
        ("evaluate experiments/01 --plot a.svg --melody 99", "must be from 1 to 2"),
        # models
        ("sample --experiment_dir empty", "no trained model in 'empty'"),
        ("evaluate empty", "no trained model in 'empty'"),
        ("evaluate file", "'file' is not a whole model file of monody"),
        ("sample --experiment_dir file", "'file' is not a whole model file of monody"),
        ("train tunes --base file", "'file' is not a whole model file of monody"),
        ("vary my.mid --keep rhythm --experiment_dir empty", "no trained model in"),
        # what other programs wrote
        ("sample --save_dir app --no_page", "is not a list of monody"),
        ("sample --save_dir app", "is not a list of monody"),
        ("vary app/1.mid --keep rhythm", "is not a list of monody"),
        ("again app/1.mid", "is not a list of monody"),
        ("again made/1.mid --out app/2.mid", "is not a list of monody"),
        # files to work on
        ("render my.mid none.mid", "no file 'none.mid'"),
        ("render my.mid tunes", "'tunes' is a folder"),
        ("render my.mid page.mid", "a web page, not MIDI"),
        ("vary none.mid --keep rhythm", "no file 'none.mid'"),
        ("vary page.mid --keep rhythm --experiment_dir experiments/01", "a web page"),
    ],
)
@pytest.mark.usefixtures("home")
def test_what_can_be_known_at_once_is_refused_at_once(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in _refused(capsys, words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("train tunes --dropout 7", "--dropout must be"),
        ("train tunes --num_epochs 0", "--num_epochs must be"),
        ("train tunes --min_notes 0", "--min_notes must be"),
        ("train tunes --process_id 1", "go with --distributed HOST:PORT"),
        ("train tunes --data_dir others", "two folders were named"),
        ("train --resume --dropout 7", "--dropout must be"),
        ("train --resume --dropout 0.1 --experiment_dir experiments/01", "began with"),
        ("train nowhere", "no folder 'nowhere'"),
        ("train tunes --experiment_dir file", "--experiment_dir"),
        ("train tunes --base nowhere", "no trained model in 'nowhere'"),
        ("sample --bars 0", "--bars must be"),
        ("sample --midi-instrument bagpipe-ish", "bagpipe-ish"),
        ("sample --start nothing --data_dir tunes", "--start nothing has no primer"),
        ("sample --experiment_dir empty", "no trained model in 'empty'"),
        ("sample --save_dir file", "another with --save_dir"),
        ("vary made/1.mid", "nothing is to change"),
        ("vary made/1.mid --temperature 11", "--temperature must be"),
        ("vary made/1.mid --bars 0", "--bars must be"),
        ("vary made/1.mid --key Z", "--key"),
        ("vary made/1.mid --best_of 3", "is for `monody sample`"),
        ("vary made/1.mid --num_files 3", "--num_files must be 1"),
        ("vary made/1.mid --midi-instrument bagpipe-ish", "bagpipe-ish"),
        ("vary my.mid --keep rhythm --bars 4", "leave it out of a rewrite"),
        ("vary my.mid --keep rhythm --temperature 11", "--temperature must be"),
        ("vary my.mid --keep rhythm --replace 1-2", "name one of them"),
        ("vary my.mid --replace x", "--replace"),
        ("vary my.mid --to_key Z", "to_key"),
        ("vary my.mid --keep rhythm --save_dir file", "another with --save_dir"),
        ("again made/1.mid --out made/1.wav", "end it in .mid"),
        ("again made/1.mid --save_dir file", "another with --save_dir"),
        ("render my.mid --to wav,gif", "gif"),
        ("render my.mid --save_dir file", "another with --save_dir"),
        ("evaluate experiments/01 --plot a.svg --melody 0", "--melody must be at"),
        ("evaluate empty --device cpu", "no trained model in 'empty'"),
        ("inspect tunes --shard 9/8", "--shard is '9/8'"),
        ("inspect tunes --shard 1/8 --readings file", "another with --readings"),
    ],
)
@pytest.mark.usefixtures("home")
def test_what_takes_time_is_tried_last(
    words: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No bank is played, no device opened and no folder listed for a mistake."""
    for slow in (
        "monody.cli.checks.require_sound_bank",
        "monody.cli.checks.require_device",
        "monody.cli.evaluate.require_device",
        "monody.corpus.shards.find_music",
    ):
        monkeypatch.setattr(slow, _too_late)
    assert said in _refused(capsys, words)


@pytest.mark.skipif(os.name == "nt", reason="links are for administrators there")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("sample --save_dir linked --no_page", "is not a list of monody"),
        ("sample --save_dir paged", "is not monody's own page"),
        ("sample --save_dir folder", "another with --save_dir"),
        ("train tunes --experiment_dir paged", "is not monody's own page"),
        ("train tunes --experiment_dir folder", "another with --experiment_dir"),
        ("again made/1.mid --out linked/1.mid", "is not a list of monody"),
        ("again made/1.mid --out gone.mid", "is there already"),
        ("vary made/1.mid --keep rhythm --save_dir linked", "is not a list of monody"),
        ("inspect tunes --html gone.html", "another file with --html"),
        ("inspect tunes --shard 1/2", "is there already: remove it"),
        ("evaluate experiments/01 --plot pipe.svg", "is a device, a pipe or the like"),
        ("report --out pipe.svg", "is a device, a pipe or the like"),
        ("report --out tunes", "'tunes' is a folder: add the name of a file"),
        ("report --out none/a.txt", "no folder 'none' for --out"),
        ("studio --no_browser --studio_dir file", "another with --studio_dir"),
        ("studio --no_browser --studio_dir folder", "another with --studio_dir"),
        ("studio --no_browser --studio_dir app", "an empty one, with --studio_dir"),
    ],
)
@pytest.mark.usefixtures("home")
def test_no_link_and_no_folder_of_the_users_is_taken(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in _refused(capsys, words)


def test_a_training_does_not_begin_where_its_page_could_not_be_written(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "train --resume --num_epochs 9 --experiment_dir foreign"
    assert "is not monody's own page of" in _refused(capsys, words)
    app = home / "app"
    words = f"train tunes --experiment_dir {app}"
    assert "is not monody's own page of" in _refused(capsys, words)
    said = _refused(capsys, f"train tunes --experiment_dir {home / 'drums'}")
    assert "drums/samples' is there, and the page would replace it" in said


@pytest.mark.usefixtures("home")
def test_a_sound_bank_without_its_extra_names_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    said = _refused(capsys, f"sample {FROM_01} --sound_bank bank.sf2")
    assert "pip install 'monody[audio]'" in said
    assert "pip install 'monody[picture]'" in _refused(
        capsys, "render my.mid --to wav,png"
    )


@pytest.mark.usefixtures("home")
def test_a_sound_bank_that_is_not_asked_for_is_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONODY_SOUND_BANK", "none.sf2")
    with pytest.raises(AssertionError, match="work began"):
        main(f"sample {FROM_01} --no_page".split())


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a closed folder")
@pytest.mark.usefixtures("home")
def test_a_folder_that_is_closed_even_to_the_administrator(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _refused(capsys, f"sample {FROM_01} --save_dir /proc/tunes")
    assert "cannot write to the folder '/proc/tunes'" in said
    assert said.rstrip().endswith("name another with --save_dir")


@pytest.mark.skipif(os.name == "nt", reason="other rights")
@pytest.mark.usefixtures("home")
def test_beside_a_file_in_a_closed_folder_nothing_can_be_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(**_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", closed)
    for words in ("vary made/1.mid --keep rhythm", "again made/1.mid"):
        assert _refused(capsys, words).endswith(
            "cannot write to the folder 'made': Permission denied; name another with "
            "--save_dir\n"
        )


def test_a_cache_that_cannot_be_written_to_is_named_before_the_corpus_is_read(
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONODY_CACHE", str(home / "file"))
    for words in ("train tunes", "train tunes --base base"):
        assert "with MONODY_CACHE" in _refused(capsys, words)
    with pytest.raises(AssertionError, match="work began"):
        main(["train", "tunes", "--base", "none"])
