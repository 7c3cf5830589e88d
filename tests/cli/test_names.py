"""What hands type is understood, or answered with what is meant."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from monody.cli.commands import cli
from monody.cli.main import main
from monody.cli.meant import COMMANDS, OPTIONS
from monody.corpus.public_domain import STYLES
from monody.music.general_midi import GENERAL_MIDI
from monody.music.instrument_ranges import RANGES
from monody.music.mode_names import spellings
from monody.music.scale import MODES, parse_scale
from monody.settings.sampling import SampleSettings


def _said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that ends well; return what it prints."""
    main(arguments)
    captured = capsys.readouterr()
    assert not captured.err
    return captured.out


def _refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that fails; return the one line that it says."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    captured = capsys.readouterr()
    assert not captured.out
    assert captured.err.count("\n") == 1
    return captured.err


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"], ["-h"], ["HELP"]])
def test_monody_alone_is_its_help(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = _said(arguments, capsys)
    assert said.startswith("Usage: monody [OPTIONS] COMMAND")
    for name in cli.commands:
        assert f"\n  {name} " in said


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_help_explains_a_command_as_the_command_itself_does(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _said(["help", name], capsys)
    assert said.startswith(f"Usage: monody {name} ")
    assert said == _said([name, "--help"], capsys)


@pytest.mark.parametrize("option", ["-V", "--version", "--VERSION"])
def test_the_version(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert re.fullmatch(r"monody \d+\.\d+\.\d+\n", _said([option], capsys))


@pytest.mark.parametrize(
    ("command", "typed", "name", "value"),
    [
        ("sample", "-n 3", "num_files", 3),
        ("sample", "-n3", "num_files", 3),
        ("vary", "x.mid -n 3", "num_files", 3),
        ("train", "-e 3", "num_epochs", 3),
        ("train", "--epochs 3", "num_epochs", 3),
        ("train", "-j 3", "n_jobs", 3),
        ("inspect", "-j 3", "n_jobs", 3),
    ],
)
def test_short_spellings(command: str, typed: str, name: str, value: int) -> None:
    made = cli.commands[command].make_context(command, typed.split())
    assert made.params[name] == value


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sample --tempo 90", "No such option '--tempo': did you mean --bpm?"),
        ("sample --length 16", "'--length': did you mean --bars?"),
        ("sample --instrument flute", "did you mean --midi_instrument?"),
        ("sample --output x", "did you mean --save_dir?"),
        ("sample --out x", "did you mean --save_dir?"),
        ("sample -o x", "'-o': did you mean --save_dir?"),
        ("sample --num 3", "did you mean --num_files?"),
        ("sample --count=3", "No such option '--count': did you mean --num_files?"),
        ("sample --folder x", "did you mean --save_dir?"),
        ("sample --experiment 01", "did you mean --experiment_dir?"),
        ("sample --model x.keras", "did you mean --experiment_dir?"),
        ("sample --scale D", "did you mean --key?"),
        ("sample --genre hymn", "did you mean --style?"),
        ("sample --type hymn", "did you mean --style?"),
        ("sample --time-signature 6/8", "did you mean --meter?"),
        ("sample --ouput x", "did you mean --save_dir?"),
        ("sample --tmeperature 1", "did you mean --temperature?"),
        ("sample --epochs 3", "'--epochs': it is an option of monody train"),
        ("sample --version", "it is an option of monody (see"),
        ("sample -bars 3", "No such option '-bars': did you mean --bars?"),
        ("sample -num_files 3", "Did you mean --num_files?"),
        ("sample --key D dorian", "(dorian): did you mean --key 'D dorian'?"),
        ("sample --key la menor natural", "did you mean --key 'la menor natural'?"),
        ("sample my.mid", "(my.mid): did you mean --prime_file my.mid?"),
        ("sample tunes", "did you mean --data_dir tunes?"),
        ("train slow airs", "(airs): did you mean 'slow airs'?"),
        ("train --no_page slow airs", "(airs): did you mean 'slow airs'?"),
        ("train tunes -m a note", "(note): did you mean -m 'a note'?"),
        ("vary a.mid b.mid", "(b.mid): one at a time"),
        ("sample 5", "did you mean --num_files 5?"),
        ("sample 01.keras", "did you mean --experiment_dir 01.keras?"),
        ("sample base", "did you mean --experiment_dir base?"),
        ("train --lr 1", "did you mean --learning_rate?"),
        ("train --output x", "did you mean --experiment_dir?"),
        ("train --folder x", "did you mean --data_dir?"),
        ("train -n 3", "'-n': it is an option of monody sample and of monody vary"),
        ("train --rnn-sise 3", "'--rnn_sise': did you mean --rnn_size?"),
        ("inspect --meter 3/4", "did you mean --meters?"),
        ("inspect --range flute", "did you mean --pitch_range?"),
        (
            "evaluate --experiment_dir x",
            "write it without an option, monody evaluate [",
        ),
        ("render --format wav my.mid", "did you mean --to?"),
        ("render my.mid --to", "monody render: Option '--to' requires an argument."),
        ("again my.mid --output x", "did you mean --out?"),
        (
            "-n 3 sample",
            "write it after its command, monody sample -n (see monody --he",
        ),
        ("sample --banana", "No such option '--banana' (see monody sample --help)"),
        ("sampel", "No such command 'sampel': did you mean monody sample?"),
        ("help sampel", "did you mean monody sample?"),
        ("generate --bars 3", "did you mean monody sample?"),
        ("list", "did you mean monody runs?"),
        ("Version", "did you mean monody --version?"),
        ("instruments", "did you mean monody names?"),
        ("dance", "No such command 'dance' (see monody --help)"),
        ("tune.mid", "monody inspect tune.mid says what is in it, monody render tune"),
        ("tunes", "monody train tunes learns and monody inspect tunes says"),
        ("01", "to write melodies with it, monody sample --experiment_dir 01"),
        ("01/model.keras", "monody sample --experiment_dir 01/model.keras"),
        ("names flutes", "'flutes' is not one of 'instruments', 'ranges'"),
        ("completion tcsh", "'tcsh' is not one of 'bash', 'zsh', 'fish'"),
    ],
)
def test_what_is_meant_is_said_in_one_line(
    typed: str,
    meant: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "tunes").mkdir()
    (tmp_path / "01").mkdir()
    (tmp_path / "01/model.keras").touch()
    monkeypatch.chdir(tmp_path)
    assert meant in _refused(typed.split(), capsys)


def test_a_strangers_name_is_spelt_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["\x1b[31m.mid"], ["sample", "\x1b[31m.mid"]):
        said = _refused(arguments, capsys)
        assert "\x1b" not in said
        assert r"\x1b[31m.mid" in said


def test_what_is_meant_is_there() -> None:
    parameters = {
        name.lstrip("-")
        for command in cli.commands.values()
        for one in command.params
        for name in (str(one.name), *one.opts)
    }
    assert parameters >= {name for names in OPTIONS.values() for name in names}
    assert {*cli.commands, "--version"} >= {*COMMANDS}
    others = " ".join(COMMANDS.values()).split()
    assert len({*others}) == len(others)
    assert not {*others} & {*cli.commands}


def test_names_lists_what_each_option_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _said(["names"], capsys)
    for kind in ("instruments", "ranges", "keys", "meters", "forms", "styles"):
        assert f"monody names {kind}" in said
        listed = _said(["names", kind], capsys)
        assert listed == _said(["names", kind.removesuffix("s")], capsys)
        assert max(map(len, listed.splitlines())) <= 80


def test_every_form_that_is_listed_can_be_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _said(["names", "forms"], capsys)
    forms = [line.split("  ")[0] for line in said.splitlines() if "  " in line]
    assert len(forms) >= 10
    assert all(SampleSettings(form=form).form == form for form in forms)


def test_every_style_of_the_base_model_is_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _said(["names", "styles"], capsys)
    listed = [line.split("  ")[0] for line in said.splitlines() if "  " in line]
    assert listed == [*STYLES]


def test_every_instrument_range_key_and_meter_is_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    instruments = _said(["names", "instruments"], capsys)
    assert [line.split(maxsplit=1)[1] for line in instruments.splitlines()] == [
        *GENERAL_MIDI
    ]
    ranges = " ".join(_said(["names", "ranges"], capsys).split())
    assert all(f"{pitches} {names}" in ranges for names, pitches in RANGES.items())
    meters = _said(["names", "meters"], capsys)
    for line in meters.splitlines()[:15]:
        assert SampleSettings(meter=line.split()[0]).signature
    keys = _said(["names", "keys"], capsys)
    assert all(f"\n  {mode} " in keys for mode in MODES)
    assert "menor armónica" in keys
    notes = re.search(r"Notes:\n(.*?)\n\n", keys, re.DOTALL)
    assert notes
    for line in notes[1].splitlines():
        english, others = line.split(maxsplit=1)
        for name in others.split(", "):
            assert parse_scale(name) == parse_scale(english)


def test_the_options_say_where_names_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = " ".join(_said(["sample", "--help"], capsys).split())
    for kind in ("instruments", "ranges", "keys", "meters", "forms", "styles"):
        assert f"`monody names {kind}`" in said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"_MONODY_COMPLETE={shell}_complete" in _said(["completion", shell], capsys)


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("monody sa", "sample"),
        ("monody sample --num", "--num_files"),
        ("monody sample --end ''", "usual tonic any"),
        ("monody help ev", "evaluate"),
        ("monody names k", "keys"),
    ],
)
def test_bash_completes(typed: str, completed: str) -> None:
    script = (
        'eval "$(monody completion bash)"\n'
        f"COMP_WORDS=({typed}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))\n"
        "_monody_completion monody\n"
        'echo "${COMPREPLY[*]}"'
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == completed


def test_paths_are_completed_where_a_command_takes_them() -> None:
    paths = {
        (name, str(one.name))
        for name, command in cli.commands.items()
        for one in command.params
        if isinstance(one.type, click.Path)
    }
    for name, parameter in (
        *(("train", "folder"), ("train", "data_dir"), ("train", "experiment_dir")),
        *(("sample", "prime_file"), ("sample", "save_dir"), ("sample", "sound_bank")),
        *(("inspect", "folder"), ("inspect", "page"), ("evaluate", "experiment")),
        *(("render", "files"), ("vary", "output"), ("again", "output")),
        *(("runs", "folder"), ("corpus", "out")),
    ):
        assert (name, parameter) in paths
    assert ("sample", "key") not in paths


def test_each_mode_is_listed_in_english_first() -> None:
    assert all(spellings(mode)[0] == mode for mode in MODES)


def test_the_help_begins_with_what_is_opened_every_day(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = _said(["--help"], capsys)
    listed = re.findall(
        r"^  (\w+) {2,}\S", said.partition("Commands:")[2], re.MULTILINE
    )
    assert listed[:2] == ["studio", "sample"]
    assert listed == [*cli.commands]
    assert said.index("monody studio") < said.index("monody sample")
