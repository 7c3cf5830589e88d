"""What monody writes may be given away: it names no folder of the machine."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from monody.cli.main import main
from monody.experiments.experiment import Experiment
from tests.builders.midi_files import write_tunes

SECRET = "ann-smith-1971"  # the name of her home, which is mostly that of the user
SMALL = "--num_epochs 1 --batch_size 8 --seed 3"


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield whatever is in a folder, members of archives apart."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_dir():
            continue
        yield name, path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    yield f"{name}/{member}", archive.read(member)


def test_no_file_that_is_written_tells_where_it_was_made(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "homes" / SECRET
    work = home / "deep" / "work"
    shutil.copytree(trained.folder, work / "first")
    write_tunes(work / "music", 12)
    monkeypatch.chdir(work)
    monkeypatch.setenv("HOME", str(home))
    here = f"{work}/"
    for command in (
        f"train {here}music --base {here}first --experiment_dir {here}second {SMALL}",
        f"train --resume {here}music --base {here}first --experiment_dir {here}second",
        f"sample --experiment_dir {here}second -n 1 --bars 2 --save_dir {here}out "
        f"--prime_file {here}music/tune-000.mid --form like:{here}music/tune-001.mid",
        f"sample --experiment_dir {here}second -n 1 --bars 2 --save_dir {here}more "
        f"--data_dir {here}music",
        f"vary {here}music/tune-000.mid --keep rhythm --experiment_dir {here}second",
        f"vary {here}out/1.mid --temperature 0.5 --experiment_dir {here}second",
        f"again {here}out/1.mid --experiment_dir {here}second",
        f"render {here}out/1.mid",
        f"evaluate {here}second --part validation --plot {here}plot.svg",
        f"inspect {here}music --html {here}report.html",
    ):
        main(command.split())
    telling = [name for name, data in _contents(work) if SECRET.encode() in data]
    assert telling == []
