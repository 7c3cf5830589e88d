from __future__ import annotations

import errno
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from monody.errors import MonodyError
from monody.files import write_new
from monody.generation import save
from monody.generation.save import (
    MANIFEST,
    Output,
    remove_outputs,
    require_own_manifest,
    save_outputs,
)
from tests.builders.left_behind import killed_at_work
from tests.builders.midi_files import read_back, tune
from tests.builders.provenances import PROVENANCE


def _outputs(count: int) -> list[Output]:
    return [
        Output(tune(index), replace(PROVENANCE, index=index), {"bits_per_note": index})
        for index in range(count)
    ]


def test_files_are_numbered_on_and_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "7.mid").write_bytes(b"mine")
    (tmp_path / "song.mid").write_bytes(b"mine, too")
    names = [path.name for path in save_outputs(_outputs(2), tmp_path, {})]
    names += [path.name for path in save_outputs(_outputs(1), tmp_path, {})]
    assert names == ["8.mid", "9.mid", "10.mid"]
    assert (tmp_path / "7.mid").read_bytes() == b"mine"


def test_numbers_go_on_after_every_file_since_a_page_writes_more_than_midi(
    tmp_path: Path,
) -> None:
    (tmp_path / "3.wav").write_bytes(b"my recording")
    assert [path.name for path in save_outputs(_outputs(1), tmp_path, {})] == ["4.mid"]


def test_a_name_of_many_digits_is_not_counted_on(tmp_path: Path) -> None:
    for name in ("3.mid", f"{'9' * 200}.mid"):
        (tmp_path / name).touch()
    assert [path.name for path in save_outputs(_outputs(1), tmp_path, {})] == ["4.mid"]


def test_files_by_name_are_numbered_where_there_are_several_or_it_is_taken(
    tmp_path: Path,
) -> None:
    names = [
        [path.name for path in save_outputs(_outputs(count), tmp_path, {}, "a-again")]
        for count in (1, 1, 2)
    ]
    assert names == [
        ["a-again.mid"], ["a-again-2.mid"], ["a-again-3.mid", "a-again-4.mid"],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["[1, 2]", '[{"name": "an app"}]', "[" * 100_000])
def test_a_list_of_another_program_is_no_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(MonodyError, match="not a list of monody"):
        require_own_manifest(tmp_path)


def test_the_manifest_says_how_each_was_made(tmp_path: Path) -> None:
    outputs = _outputs(2)
    for run in ("first", "second"):
        save_outputs(outputs, tmp_path / "new/folder", {"run": run})
    runs = json.loads((tmp_path / "new/folder" / MANIFEST).read_text())
    assert [run["run"] for run in runs] == ["first", "second"]
    assert runs[0]["made"] < runs[1]["made"]
    assert [melody["file"] for run in runs for melody in run["melodies"]] == [
        f"{number}.mid" for number in (1, 2, 3, 4)
    ]
    for melody, output in zip(runs[1]["melodies"], outputs, strict=True):
        assert melody["passport"] == output.provenance.to_json()
        assert melody["bits_per_note"] == output.provenance.index


def test_the_same_outputs_are_the_same_bytes(tmp_path: Path) -> None:
    paths = [*save_outputs(_outputs(1), tmp_path, {})]
    paths += save_outputs(_outputs(2), tmp_path, {})
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again != other
    notes, end = read_back(paths[2])
    assert notes == list(tune(1))
    assert end == tune(1).end


def test_a_track_says_which_melody_it_is() -> None:
    assert _outputs(2)[1].name == "monody, seed 7, melody 2"


@pytest.mark.parametrize("text", ['{"name": "an app"}', "", "not JSON"])
def test_a_file_that_is_no_manifest_is_not_written_over(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(MonodyError, match="not a list of monody"):
        save_outputs(_outputs(1), tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]
    assert (tmp_path / MANIFEST).read_text() == text


def test_what_is_saved_into_one_folder_at_once_is_all_there(tmp_path: Path) -> None:
    ready = threading.Barrier(4)
    written: list[list[Path]] = []

    def save(number: int) -> None:
        ready.wait()
        for _ in range(3):
            paths = save_outputs(_outputs(2), tmp_path, {"run": number})
            written.append(paths)

    threads = [threading.Thread(target=save, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [[path.name for path in paths] for paths in written]
    assert {name for each in names for name in each} == {
        f"{number}.mid" for number in range(1, 25)
    }
    runs = json.loads((tmp_path / MANIFEST).read_text())
    listed = [[melody["file"] for melody in run["melodies"]] for run in runs]
    assert sorted(listed) == sorted(names)
    assert {path.name for path in tmp_path.iterdir()} == {
        MANIFEST, *(f"{number}.mid" for number in range(1, 25)),
    }  # fmt: skip


@pytest.mark.parametrize("stem", [None, "a-again"])
def test_a_program_that_takes_the_name_first_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stem: str | None
) -> None:
    def late(path: Path, data: bytes) -> None:
        if not list(tmp_path.glob("*.mid")):
            path.write_bytes(b"another program's")
        write_new(path, data)

    monkeypatch.setattr(save, "write_new", late)
    paths = save_outputs(_outputs(1), tmp_path, {}, stem)
    other, name = (
        ("1.mid", "2.mid") if stem is None else (f"{stem}.mid", f"{stem}-2.mid")
    )
    assert [path.name for path in paths] == [name]
    assert (tmp_path / other).read_bytes() == b"another program's"


def _listed(folder: Path) -> list[list[str]]:
    """Return the files that the manifest lists, for each run."""
    runs = json.loads((folder / MANIFEST).read_text())
    return [[melody["file"] for melody in run["melodies"]] for run in runs]


def test_a_full_disk_leaves_no_melody_that_is_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(path: Path, data: bytes) -> None:
        if path.name == "4.mid":
            raise OSError(errno.ENOSPC, "No space left on device")
        write_new(path, data)

    save_outputs(_outputs(1), tmp_path, {})
    with monkeypatch.context() as patched:
        patched.setattr(save, "write_new", write)
        with pytest.raises(OSError, match="No space"):
            save_outputs(_outputs(4), tmp_path, {})
    assert _listed(tmp_path) == [["1.mid"], ["2.mid", "3.mid", "4.mid", "5.mid"]]
    assert '"unfinished": true' in (tmp_path / MANIFEST).read_text()

    save_outputs(_outputs(1), tmp_path, {})
    assert _listed(tmp_path) == [["1.mid"], ["2.mid", "3.mid"], ["4.mid"]]
    assert "unfinished" not in (tmp_path / MANIFEST).read_text()


# It writes one melody of two, and is killed.
KILLED = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from monody.generation import save
from tests.builders.midi_files import tune
from tests.builders.provenances import PROVENANCE

def write(path, data):
    if path.name == "2.mid":
        print("at work", flush=True)
        sys.stdin.read()
    write_new(path, data)

write_new, save.write_new = save.write_new, write
save.save_outputs([save.Output(tune(1), PROVENANCE, {})] * 2, Path(), {})
"""


def test_a_kill_leaves_no_melody_that_is_not_listed(tmp_path: Path) -> None:
    tests = str(Path(__file__).parents[2])
    killed_at_work(KILLED.replace("sys.argv[1]", repr(tests)), tmp_path)
    assert [path.name for path in tmp_path.glob("*.mid")] == ["1.mid"]
    assert _listed(tmp_path) == [["1.mid", "2.mid"]]
    save_outputs(_outputs(1), tmp_path, {})
    assert _listed(tmp_path) == [["1.mid"], ["2.mid"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "1.mid", "2.mid", MANIFEST,
    ]  # fmt: skip


def test_a_folder_may_be_named_by_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    save_outputs(_outputs(1), tmp_path / "link", {})
    assert (tmp_path / "folder" / "1.mid").is_file()


def test_removing_what_was_written_leaves_all_else(tmp_path: Path) -> None:
    folder = tmp_path / "samples"
    save_outputs(_outputs(2), folder, {})
    (folder / "1.wav").write_bytes(b"goes with it")
    remove_outputs(folder)
    assert not folder.exists()
    save_outputs(_outputs(2), folder, {})
    for name in ("mine.mid", "3.mid", "notes.txt"):
        (folder / name).write_bytes(b"mine")
    remove_outputs(folder)
    assert {path.name for path in folder.iterdir()} == {
        "mine.mid",
        "3.mid",
        "notes.txt",
    }
