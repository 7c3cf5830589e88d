"""Files that are made to take the square of their length are read in their time.

Each of these took minutes or hours of a reader that looks at some bytes again for every
byte before them; all of them are read far within the limit of a file.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from monody.reading.abc.fields import MAX_PARTS, parse_parts, parse_tempo
from monody.reading.abc.tune_book import tunes_of
from monody.reading.pool import ReadPool, Source
from monody.settings.reading import ReadSettings

ABC = "X:1\n{}K:C\nCDEF GABc|\n"
MEASURE = "<Measure/>"
MUSESCORE = (
    '<museScore version="3.0"><Score><Staff id="1"><Measure><Chord><durationType>whole'
    "</durationType><Note><pitch>60</pitch></Note></Chord></Measure>{}</Staff>{}"
    "</Score></museScore>"
)
MUSICXML = "<score-partwise>{}</score-partwise>"
PART = (
    "<part><measure><attributes><divisions>1</divisions></attributes>{}</measure>"
    "</part>"
)
TEMPO = "<sound tempo='99'/><forward><duration>1</duration></forward>"
END = b"\0\xff\x2f\0"


def _track(body: bytes) -> bytes:
    return b"MTrk" + struct.pack(">I", len(body + END)) + body + END


def _midi(*tracks: bytes) -> bytes:
    return struct.pack(">4sIHHH", b"MThd", 6, 1, len(tracks), 96) + b"".join(tracks)


def _strikes(on: bool, count: int) -> bytes:
    return (b"\0\x90\x3c\x40" if on else b"\0\x80\x3c\0") * count


FIELD = ABC.format("{}\n")
HOSTILE: dict[str, Callable[[], bytes]] = {
    "a long word in a key.abc": lambda: FIELD.format("K:C " + "_a" * 100_000).encode(),
    "a long name of a voice.abc": lambda: ABC.format(
        "V:1 " + "é_a" * 200_000 + "\n"
    ).encode(),
    "a wide gap in a meter.abc": lambda: ABC.format(
        "M:4" + " " * 300_000 + "x\n"
    ).encode(),
    "a sum in a meter.abc": lambda: ABC.format("M:" + "1+" * 150_000 + "\n").encode(),
    "common fields of many tunes.abc": lambda: (
        "%abc\n" + "L:1/16\n" * 30_000 + "\n" + "X:1\nK:C\nC|\n" * 2000
    ).encode(),
    "ties after a chord.abc": lambda: ABC.format("").encode()
    + b"[" + b"C" * 40_000 + b"]" + b"-" * 100_000 + b"|\n",
    "many staves.mscx": lambda: MUSESCORE.format(
        MEASURE * 60_000, "<Staff/>" * 30_000
    ).encode(),
    "old lines of many staves.mscx": lambda: MUSESCORE.format(
        "", "<Ottava><tick2>1</tick2></Ottava>" * 20_000 + "<Staff/>" * 20_000
    ).encode(),
    "signs of many parts.musicxml": lambda: MUSICXML.format(
        PART.format(TEMPO * 12_000) + PART.format("") * 12_000
    ).encode(),
    "unisons that end too late.mid": lambda: _midi(
        _track(_strikes(False, 1) + _strikes(True, 40_000) + b"\x01\x80\x3c\0"
               + _strikes(False, 40_000) + b"\0\xb1\x7b\0")
    ),
    "a track that steers many.mid": lambda: _midi(
        _track(b"\1\xb0\x40\x7f" * 30_000 + b"\0\x64\1" * 30_000),
        *[_track(b"\0\x90\x3c\x40\x60\x80\x3c\0")] * 10_000,
    ),
    "note-offs of many tracks.mid": lambda: _midi(
        _track(b"\1\x80\x3c\0" * 100_000),
        *[_track(b"\0\x90\x3c\x40\x60\x90\x3e\x40")] * 5000,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def pool() -> Iterator[ReadPool]:
    with ReadPool(ReadSettings(n_jobs=1, max_seconds_per_file=30)) as pool:
        yield pool


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_grows_with_the_length(
    name: str, tmp_path: Path, pool: ReadPool
) -> None:
    (tmp_path / name).write_bytes(HOSTILE[name]())
    [(_, read)] = pool.read([Source(name, str(tmp_path / name))])
    [report] = read.reports
    assert "took longer" not in report.left_out_text
    assert "died" not in report.left_out_text


def test_the_last_of_many_common_fields_holds() -> None:
    [tune] = tunes_of("%abc\n" + "L:1/8\n" * 1000 + "L:1/4\n\nX:1\nK:C\nC|\n")
    assert tune.endswith("L:1/4\nK:C\nC|\n")
    assert len(tune) < 1000


def test_brackets_in_brackets_have_an_end() -> None:
    assert parse_parts("(" * 20_000 + "A99" + ")2" * 20_000)[:3] == ("A", "A", "A")
    assert len(parse_parts("(A99" * 20_000)) <= MAX_PARTS


def test_a_tempo_adds_up_only_so_many_beats() -> None:
    beats = " ".join(f"1/{number}" for number in range(1, 10_000)) + "=60"
    assert parse_tempo(beats, Fraction(1, 8)) is not None
