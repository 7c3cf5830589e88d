from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.generation.rewrite import Rewrite
from monody.generation.variants import free_stems, variant_of, what_was_done

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # on one file system or another


@pytest.mark.parametrize(
    ("changes", "how", "said"),
    [
        ({"temperature": 0.8}, None, "temperature-0.8"),
        ({"temperature": 2.0}, None, "temperature-2"),
        ({"seed": 6}, None, "seed-6"),
        ({"with_primer": True, "free": False}, None, "no_free-with_primer"),
        ({"key": "D dorian", "bars": 24}, None, "bars-24-key-D dorian"),
        ({}, Rewrite(keep="rhythm"), "keep-rhythm"),
        ({"num_files": 9, "seed": 4}, Rewrite(keep="rhythm"), "keep-rhythm"),
        ({"min_p": 0.1}, Rewrite(keep="pitches"), "keep-pitches-min_p-0.1"),
        ({}, Rewrite(replace=(5, 8)), "replace-5-8"),
        ({}, Rewrite(replace=(5, 5)), "replace-5"),
        (
            {},
            Rewrite(to_meter=(4, 4), to_key="D minor"),
            "to_meter-4-4-to_key-D minor",
        ),
    ],
)
def test_a_name_says_what_was_done(
    changes: dict[str, Any], how: Rewrite | None, said: str
) -> None:
    assert what_was_done(changes, how) == said


@pytest.mark.parametrize(
    ("source", "done", "stem"),
    [
        ("1.mid", "temperature-0.8", "1-temperature-0.8"),
        ("my air.mid", "to_key-D minor", "my air-to_key-D-minor"),
        ("tune.mid", "meter-6/8-key-F♯ minor", "tune-meter-6-8-key-F#-minor"),
        ("tune.mid", "key-B♭", "tune-key-Bb"),
        ("Mädchenlied.mid", "again", "Mädchenlied-again"),
        ("what? a: b.mid", "again", "what- a- b-again"),
        ("a\nb\x1b.mid", "again", "a b-again"),
        ("con.1.mid", "again", "_con.1-again"),
        (".mid", "again", "mid-again"),
        ("Bach - Air.mid", "again", "Bach - Air-again"),
        ("\udcff.mid", "again", "melody-again"),
    ],
)
def test_names_are_plain(source: str, done: str, stem: str) -> None:
    assert variant_of(Path(source), done, None).stem == stem


@given(st.text(min_size=1), st.text())
def test_names_are_safe_and_short_whatever_the_text(source: str, done: str) -> None:
    name = source.replace("/", "").replace("\0", "").strip(".") or "x"
    stem = variant_of(Path(name), f"key-{done}", None).stem
    assert not FORBIDDEN.search(stem)
    assert stem.isprintable()
    assert len(stem.encode()) <= 120
    assert not stem.startswith((".", " "))
    assert not stem.endswith((".", " "))
    assert Path(f"{stem}.mid").stem == stem


def test_no_name_is_that_of_a_file_that_is_there(tmp_path: Path) -> None:
    assert free_stems(tmp_path, "a", 1) == ["a"]
    assert free_stems(tmp_path / "none", "a", 2) == ["a-1", "a-2"]
    (tmp_path / "A.musicxml").touch()  # some file systems know no case
    assert free_stems(tmp_path, "a", 1) == ["a-2"]
    assert free_stems(tmp_path, "a", 2) == ["a-1", "a-2"]
    (tmp_path / "a-2.mid").touch()
    assert free_stems(tmp_path, "a", 1) == ["a-3"]
    assert free_stems(tmp_path, "a", 2) == ["a-3", "a-4"]
    (tmp_path / "b-source.wav").touch()
    assert free_stems(tmp_path, "b", 1) == ["b-2"]
    (tmp_path / "c-0.8.mid").touch()
    assert free_stems(tmp_path, "c-0", 1) == ["c-0"]
