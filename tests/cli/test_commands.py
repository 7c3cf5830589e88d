from __future__ import annotations

import errno
import json
import os
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monody.cli.failures import MAX_LINE
from monody.cli.main import main
from monody.experiments.experiment import Experiment
from monody.experiments.training_state import read_training_state
from tests.builders.midi_files import midi_file, read_back, tune, write_tunes

ROOT = Path(__file__).parents[2]
MAX_HELP_MODULES = 400  # that `--help` imports, Python's own included; 0.15 s of them
CLASSIC_TRAIN = (
    "data_dir", "experiment_dir", "rnn_size", "num_layers", "learning_rate",
    "window_size", "batch_size", "num_epochs", "dropout", "optimizer", "grad_clip",
    "message", "n_jobs", "max_files_in_ram",
)  # fmt: skip
CLASSIC_SAMPLE = (
    "experiment_dir", "save_dir", "midi_instrument", "num_files", "file_length",
    "prime_file", "data_dir",
)  # fmt: skip

TRAIN_WITH_EVERY_FLAG = """
    --data_dir data/midi --rnn_size 4 --num-layers 1 --learning_rate 0.01
    --window-size 20 --batch_size 4 --num-epochs 2 --dropout 0.1 --optimizer NADAM
    --grad-clip 5 -j 2 --max_files_in_ram 3 --encoding steps --seed 5
    -m 'all of them'
"""
SAMPLE_WITH_EVERY_FLAG = """
    --experiment-dir experiments/01 --save_dir out --midi-instrument VIOLIN
    --num_files 2 --file-length 40 --prime_file data/midi/tune-003.mid
    --seed 3 --temperature 0.9
"""


SAYING_WHEN_IT_IMPORTS = """
import sys
from monody.cli.main import main
class Saying:
    def find_spec(self, name, *_):
        if name == "monody.cli.commands":
            print("importing", flush=True)
sys.meta_path.insert(0, Saying())
main()
"""


def _fails(
    arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 2
) -> str:
    """Run a command that fails; return the one line that it says."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == code
    said = capsys.readouterr().err.lstrip("\n")  # click ends the terminal's ^C line
    assert said.count("\n") == 1, said
    return said


def test_help_answers_at_once_and_without_keras() -> None:
    # Work is counted, not time: other work on the machine must not fail a test.
    program = (
        "import sys\n"
        "from monody.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'keras', 'jax', 'numpy', 'symusic', 'rich', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
        "print(len(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    heavy, modules = done.stderr.splitlines()
    assert heavy == "[]"
    assert int(modules) < MAX_HELP_MODULES


def test_importing_monody_is_light() -> None:
    program = (
        "import sys, monody; print('keras' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("command", "names"), [("train", CLASSIC_TRAIN), ("sample", CLASSIC_SAMPLE)]
)
def test_every_classic_flag_is_explained(
    command: str, names: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    main([command, "--help"])
    text = capsys.readouterr().out
    for name in (*names, "seed"):
        assert re.search(rf"--{name}\b", text), name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "nowhere"], "no folder 'nowhere'"),
        (["train"], "no folder 'data/midi'"),
        (["train", "a", "--data_dir", "b"], "two folders were named"),
        (["train", "--rnn-size", "0"], "--rnn_size must be from 1 to 4,096, not 0"),
        (["train", "--dropout", "1.5"], "--dropout must be from 0 to 0.95"),
        (["train", "--num_epochs", "many"], "'many' is not a valid integer"),
        (["train", "--optimizer", "magic"], "'magic' is not one of"),
        (["train", "--rnn_sise", "3"], "No such option '--rnn_sise'"),
        (["sample", "--experiment_dir", "nowhere"], "no trained model in 'nowhere'"),
        (["sample", "--midi_instrument", "kazoo"], "--midi_instrument must be"),
        (["sample", "--midi_instrument", "128"], "from 0 to 127"),
        (["sample", "--temperature", "-1"], "--temperature must be from 0 to 10"),
        (["sample", "--num_files", "0"], "--num_files must be from 1"),
        (["sample", "--bars", "0"], "--bars must be from 1"),
        (["sample", "--bars", "4", "--file_length", "9"], "--bars is 4, but --file_le"),
        (["sample", "--free_at_least", "4"], "--free_at_least is 4, but the length is"),
        (["sample", "--free", "--free_at_least", "17"], "at most the length, 16 bars"),
        (
            ["sample", "--free", "--free_at_least", "0"],
            "--free_at_least must be from 1",
        ),
        (["sample", "-q", "-v"], "--quiet and --verbose are opposites"),
        (["sample", "--bpm", "3"], "--bpm must be from 4 to 1,000"),
        (["sample", "--meter", "6/7"], "--meter must be such as 6/8"),
        (["sample", "--key", "J"], "--key must be such as 'D dorian'"),
        (["sample", "--range", "flut"], "did you mean flute"),
        (["sample", "--durations", "1/7"], "--durations must be such as 8ths"),
        (["sample", "--density", "8..3"], "--density must be such as 4 or 4..8"),
        (["sample", "--end", "happy"], "'happy' is not one of"),
        (["sample", "--top_p", "2"], "--top_p must be from 0 to 1"),
        (["sample", "--best_of", "9"], "--best_of must be at least num_files, 10"),
        (["sample", "--prime_bars", "4-3"], "--prime_bars must be such as 5 or 5-8"),
        (["train", "a", "--meters", "6/7"], "--meters must be time signatures"),
        (["train", "a", "--pitch_range", "C4"], "--pitch_range must be such as"),
        (["inspect", "nowhere"], "no folder 'nowhere'"),
        (["inspect", ".", "--line", "bass"], "'bass' is not one of"),
        (["corpus", "nothing"], "no collection 'nothing'"),
        (["train", "--resume"], "no trained experiment"),
        (["train", "--resume", "--experiment_dir", "x"], "no training to go on with"),
        (["runs"], "no folder 'experiments'"),
        (["dance"], "No such command 'dance'"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in _fails(arguments, capsys)


def test_a_folder_without_a_melody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.mid").write_text("<html>")
    said = _fails(["train", str(tmp_path)], capsys)
    assert "no usable melody in 1 file of" in said
    assert "a web page" in said
    assert "monody inspect" in said


def test_ctrl_c_is_one_line(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("monody.corpus.corpus.read_corpus", interrupt)
    said = _fails(["train", str(tmp_path)], capsys, code=130)
    assert said == "stopped by Ctrl-C\n"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (EOFError("No data left in file"), "ends too early (No data left in file)"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory"), "not enough memory"),
        (
            ImportError("libx.so: failed to map segment"),
            "not enough memory",
        ),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
    ],
)
def test_what_is_no_mistake_of_the_program_is_a_sentence(
    error: Exception,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("monody.corpus.corpus.read_corpus", fail)
    said = _fails(["train", str(tmp_path)], capsys)
    assert words in said
    assert "Ctrl-C" not in said


def test_a_fault_of_the_program_is_not_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("monody.corpus.corpus.read_corpus", fail)
    with pytest.raises(RuntimeError, match="of ours"):
        main(["train", str(tmp_path)])


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing on Windows")
@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("inspect midi --no_cache", "importing"),
        ("sample --seed 1 --num_files 500 --no_page", "writing"),
        ("train midi --rnn_size 12 --no_page", "making the network ready"),
    ],
)
def test_ctrl_c_ends_a_command_at_every_moment_and_leaves_nothing(
    command: str, line: str, tmp_path: Path
) -> None:
    write_tunes(tmp_path / "midi", 10, bars=4)
    (tmp_path / "temporary").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", SAYING_WHEN_IT_IMPORTS, *command.split()],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        next(said for said in process.stdout if said.startswith(line))
        process.send_signal(signal.SIGINT)
        err = process.communicate(timeout=60)[1]
    assert (process.returncode, err) == (130, "stopped by Ctrl-C\n")
    assert not [*tmp_path.rglob(".*"), *(tmp_path / "temporary").iterdir()]


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing on Windows")
def test_a_request_to_end_writes_the_checkpoint(tmp_path: Path) -> None:
    write_tunes(tmp_path / "data/midi", 10, bars=4)
    arguments = ["train", "--rnn_size", "12", "--num_epochs", "99999"]
    with subprocess.Popen(
        [sys.executable, "-m", "monody", *arguments, "--patience", "99999"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.startswith("epoch   2"))
        process.send_signal(signal.SIGTERM)
        err = process.communicate(timeout=60)[1]
    assert process.returncode == 128 + signal.SIGTERM
    assert err in ("", "stopped by SIGTERM\n")
    state = read_training_state(tmp_path / "experiments/01/checkpoint.npz")
    assert state.epoch >= 2


def test_the_classic_scripts_with_every_flag_in_both_spellings(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def script(name: str, *arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        runpy.run_path(str(ROOT / name), run_name="__main__")
        return capsys.readouterr().out

    monkeypatch.chdir(tmp_path)
    write_tunes(tmp_path / "data/midi", 10, bars=4)
    (tmp_path / "data/midi/bad.mid").write_bytes(b"")
    said = script("train.py", *shlex.split(TRAIN_WITH_EVERY_FLAG))
    assert "10 melodies" in said
    assert "1 dropped: empty file (export or download it again)" in said
    assert len(re.findall(r"epoch +\d+/2  train +[\d.]+  held-out +[\d.]+", said)) == 2
    assert "bits per note" in said
    folder = tmp_path / "experiments/01"
    settings = json.loads((folder / "settings.json").read_text())["settings"]
    assert settings["model"] == {
        "encoding": "steps", "rnn_size": 4, "num_layers": 1, "dropout": 0.1,
    }  # fmt: skip
    assert settings["training"]["optimizer"] == "nadam"
    assert settings["training"]["window_size"] == 20
    assert settings["reading"]["n_jobs"] == 2
    assert settings["reading"]["max_files_in_ram"] == 3
    assert (folder / "message.txt").read_text() == "all of them"

    script("sample.py", *shlex.split(SAMPLE_WITH_EVERY_FLAG))
    script("sample.py", "--num-files", "1", "--data-dir", "data/midi")
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert [name for name in written if name.endswith((".mid", ".json", ".html"))] == [
        "1.mid", "2.mid", "index.html", "manifest.json",
    ]  # fmt: skip
    assert read_back(tmp_path / "out/2.mid")[1] == 40 * 6
    assert read_back(folder / "generated/1.mid")[1] == 1000 * 6


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing on Windows")
def test_ctrl_c_while_training_leaves_a_model_that_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tunes(tmp_path / "data/midi", 10, bars=4)
    arguments = ["train", "--rnn_size", "12", "--num_epochs", "99999"]
    arguments += ["--patience", "99999"]
    with subprocess.Popen(
        [sys.executable, "-m", "monody", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("epoch   3"):
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped by Ctrl-C; these are the best weights so far" in out
    how = "monody train --resume --experiment_dir experiments/01"
    assert f"go on with it: {how}\n" in out
    assert "Traceback" not in err
    monkeypatch.chdir(tmp_path)
    main(["sample", "--num_files", "1", "--file_length", "16", "--no_page"])


@pytest.fixture
def copy(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Experiment:
    """A finished experiment of 2 epochs, in a folder of experiments of its own."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained.folder, "experiments/01")
    return Experiment("experiments/01")


def test_a_finished_training_goes_on_when_it_is_asked_for_more(
    copy: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["train", "--resume", "--no_page"])
    said = capsys.readouterr().out
    assert "experiments/01 is finished: 2 epochs are done; a higher" in said
    main(["train", "--resume", "--num_epochs", "3", "--rnn_size", "12"])
    said = capsys.readouterr().out
    assert said.endswith(f"page: {copy.folder / 'index.html'}\n")
    assert "going on with experiments/01: epoch 3\n" in said
    assert re.findall(r"epoch +(\d)/3", said) == ["3"]
    assert "last bits" not in said
    assert (copy.folder / "history.csv").read_text().count("\n") == 4
    main(["train", "--resume", "--experiment_dir", "experiments/01", "--no_page"])
    assert "is finished: 3 epochs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--rnn_size", "13"], "--rnn_size is 13, but 'experiments/01' began with 12"),
        (["--no_deduplicate"], "--deduplicate is False"),
        (["-m", "other"], "--message is 'other'"),
        (["other/tunes"], "--data_dir is 'other/tunes'"),
        (["--seed", "3", "--seed", "4"], "--seed is 4"),
        (["--num_epochs", "0"], "--num_epochs must be at least 1"),
    ],
)
@pytest.mark.usefixtures("copy")
def test_a_training_goes_on_with_its_own_settings(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert words in _fails(["train", "--resume", *arguments], capsys)


@pytest.mark.usefixtures("copy")
def test_sample_says_what_was_written_and_what_it_cost(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = "--bars 4 --meter 6/8 --bpm 80 --key 'Eb minor' --range C4..C6 --seed 5"
    more = "--num_files 2 --start nothing --temperature 0.9 --rhythm_temperature 1.2"
    first, last = (Path(f"experiments/01/generated/{n}.mid") for n in (1, 2))
    page = first.with_name("index.html")
    main(["sample", *shlex.split(f"{asked} {more}")])
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "writing 2 melodies of 4 bars, seed 5"
    assert said[1] == f"with {Path('experiments/01/model.keras')}"
    facts = r"Eb minor, 6/8, 4 bars, 0:09, (new|near-copy|copy)$"  # 12 quarters at 80
    for number in (1, 2):
        assert re.match(rf"{number}\.mid  {facts}", said[1 + number])
    assert said[-2:] == [f"written: {first} to {last.name}", f"page: {page}"]
    assert read_back(last)[1] == 4 * 72
    assert "bits" not in " ".join(said)

    main(["sample", *shlex.split(f"{asked} {more} --no_page --verbose")])
    text = " ".join(capsys.readouterr().out.split())
    assert len(re.findall(r"\d+\.\d\d bits a note", text)) == 2
    assert "temperature 0.9 (rhythm 1.2)" in text
    assert "for comparison, 4 held-out real melodies: " in text
    assert re.search(r"what was asked for cost, in bits a note: .*--key \d\.\d\d", text)
    assert re.search(r"first tries that failed: \d of 2", text)


@pytest.mark.usefixtures("copy")
def test_quiet_says_the_paths_that_were_written_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["sample", "-q", "--num_files", "2", "--bars", "2"])
    said = capsys.readouterr()
    folder = Path("experiments/01/generated")
    written = [folder / name for name in ("1.mid", "2.mid", "index.html")]
    assert said.out.splitlines() == list(map(str, written))
    assert said.err == ""
    main(["inspect", "-q", str(folder)])
    main(["runs", "--quiet"])
    main(["evaluate", "-q"])
    assert capsys.readouterr().out == ""
    main(["runs", "-q", "--json"])
    assert json.loads(capsys.readouterr().out)["folder"] == "experiments"


@pytest.mark.usefixtures("copy")
def test_melodies_are_of_16_bars_where_no_length_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def written(*arguments: str) -> int:
        main(["sample", "-q", "--no_page", "--num_files", "1", *arguments])
        return read_back(Path(capsys.readouterr().out.strip()))[1]

    assert written("--meter", "3/4") == 16 * 72
    assert written("--file_length", "30") == 30 * 6
    # As the classic script calls it.
    assert written("--classic") == 1000 * 6
    assert written("--classic", "--meter", "3/4", "--bars", "3") == 3 * 72
    assert written("--classic", "--file-length", "30") == 30 * 6


@pytest.mark.parametrize(
    "asked",
    [
        ("--density", "9" * 5_000),
        ("--midi_instrument", "9" * 5_000),
        ("--range", "C4.." + "9" * 5_000),
        ("--bars", "9" * 5_000),
        ("--max_memory", "9" * 5_000 + "GB"),
        ("--form", "A" * 100_000),
    ],
)
def test_a_value_of_any_length_is_one_line_that_can_be_read(
    asked: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sample", *asked])
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert asked[0].strip("-") in line
    assert len(line) <= MAX_LINE


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("--key C,D --range 61..61", "no note of the key lies in the range"),
        ("--key C,D --range 62..62 --end tonic", "may be the last one"),
        ("--file_length 9 --durations 8ths", "no melody of 9 16ths .*--durations"),
        ("--prime_bars 80-90", "are not all there"),
        ("--start nothing --prime_file a.mid", "--start nothing has no primer"),
    ],
)
@pytest.mark.usefixtures("copy")
def test_what_cannot_be_is_one_line(
    asked: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _fails(["sample", *shlex.split(asked)], capsys)
    assert re.search(words, said)
    assert not Path("experiments/01/generated").exists()


def test_inspect_says_what_became_of_each_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tunes(tmp_path, 4)
    (tmp_path / "page.mid").write_text("<html>")
    up = midi_file([list(tune(2).transposed(2))], ticks_per_quarter=24)
    (tmp_path / "up.mid").write_bytes(up)
    page = tmp_path / "report.html"
    main(["inspect", str(tmp_path), "--html", str(page)])
    said = capsys.readouterr().out
    assert "a web page, not MIDI" in said
    assert "the same tune as tune-002.mid" in said
    assert f"written: {page}" in said
    assert "tune-003.mid" in page.read_text("utf-8")


def test_inspect_as_json_is_json_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tunes(tmp_path, 3)
    (tmp_path / "none.mid").write_bytes(b"")
    main(["inspect", str(tmp_path), "--json", "--no_cache", "--min_notes", "48"])
    report = json.loads(capsys.readouterr().out)
    by_path = {file["path"]: file for file in report["files"]}
    assert by_path["tune-000.mid"]["verdict"] == "kept"
    assert by_path["tune-000.mid"]["notes"] == 48
    assert by_path["tune-001.mid"]["reason"] == "fewer than 48 notes"
    assert by_path["none.mid"]["verdict"] == "dropped"
    assert report["totals"]["files"] == 4
    assert report["totals"]["dropped"] == 2


def test_the_cache_is_shown_and_removed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MONODY_CACHE", str(tmp_path / "cache"))
    write_tunes(tmp_path / "music", 3)
    main(["inspect", str(tmp_path / "music")])
    assert (tmp_path / "cache").is_dir()
    main(["cache", "--clear"])
    assert capsys.readouterr().out.endswith(f"{tmp_path / 'cache'}: 0.0 MB\n")
