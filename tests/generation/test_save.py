from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from monody.errors import MonodyError
from monody.generation.save import (
    MANIFEST,
    Output,
    require_own_manifest,
    save_outputs,
)
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
