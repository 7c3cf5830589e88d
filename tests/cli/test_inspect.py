"""What ``monody inspect FILE`` shows of one file."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from monody.cli.file_facts import file_facts
from monody.cli.inspect_file import print_file
from monody.cli.main import main
from monody.corpus.verdicts import KEPT, Verdict
from monody.music.midi_file import write_midi
from monody.reading.describe import describe
from monody.reading.extraction.extract import extract
from monody.reading.raw_score import RawScore, RawTrack
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import midi_file, tune

QUARTER = 480
AIR = [(67, 3 * QUARTER, QUARTER)] + [
    (pitch, (4 + beat) * QUARTER, QUARTER)
    for beat, pitch in enumerate([72, 74, 76, 77, 79, 77, 76, 74, 72, 76, 79, 84, 72])
]
CHORDS = [(p, 4 * QUARTER * bar, 4 * QUARTER) for bar in range(4) for p in (60, 64, 67)]
BOOK = """X:1
M:6/8
L:1/8
Q:3/8=100
K:G
|:d|G2G GAB|c2c cde|d2B GAB|1 A3 A2:|2 A3 G3|]

X:2
L:1/4
K:Dm
DEFG|AFD2|EFGE|D4|
"""
WALTZ = """<?xml version="1.0"?>
<score-partwise version="4.0">
  <part-list>
    <score-part id="P1"><part-name>Flute</part-name></score-part>
  </part-list>
  <part id="P1">
    <measure number="0" implicit="yes">
      <attributes><divisions>1</divisions><key><fifths>-1</fifths><mode>minor</mode>
      </key><time><beats>3</beats><beat-type>4</beat-type></time></attributes>
      <note><pitch><step>A</step><octave>4</octave></pitch><duration>1</duration>
      </note>
    </measure>
    {}
  </part>
</score-partwise>
"""


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def _inspect(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    main(["inspect", *arguments])
    return capsys.readouterr().out


def _body(said: str) -> str:
    """Return what is said beneath the verdict."""
    return said.partition("\n\n")[2]


def _waltz() -> str:
    notes = [("D", 5), ("E", 5), ("F", 5), ("E", 5), ("C", 5), ("A", 4)]
    bars = [
        "".join(
            f"<note><pitch><step>{step}</step><octave>{octave}</octave></pitch>"
            "<duration>1</duration></note>"
            for step, octave in notes[start : start + 3]
        )
        for start in (0, 3, 0)
    ]
    measures = "".join(
        f'<measure number="{number}">{bar}</measure>'
        for number, bar in enumerate(bars, start=1)
    )
    return WALTZ.format(measures)


def test_a_midi_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "air.mid"
    data = midi_file([AIR, CHORDS, CHORDS[:1]], tempos=[(0, 96)], meters=[(0, 4, 4)])
    file.write_bytes(data)
    said = _inspect(capsys, str(file))
    assert said.startswith("kept       air.mid\n")
    assert "480 ticks a quarter; 1 melody, 14 notes\n" in said
    assert "left out: 1 × polyphonic track, 1 × fewer than 8 notes\n" in said
    assert _body(said) == (
        "track  name                instrument               notes  range       bars\n"
        "    1                      Acoustic Grand Piano        14  G4..C6         5\n"
        "       meter     4/4, from the file\n"
        "       tempo     96 bpm, from the file\n"
        "       key       none is written; it sounds in C major\n"
        "       begins    on beat 4 of bar 1\n"
        "       as ABC    M:4/4 L:1/8 K:C\n"
        "                 G2 | c2 d2 e2 f2 | g2 f2 e2 d2 | c2 e2 g2 c'2 | …\n"
        "    2                      Acoustic Grand Piano        12  C4..G4\n"
        "       left out  polyphonic track → take its top line: --line skyline\n"
        "    3                      Acoustic Grand Piano         1  C4\n"
        "       left out  fewer than 8 notes → lower --min_notes, or raise\n"
        "                 --max_rest_quarters if rests cut it up\n"
    )


def test_a_tune_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "book.abc"
    file.write_text(BOOK)
    said = _inspect(capsys, str(file))
    assert said.startswith("kept       book.abc\n")
    assert ", 2 tunes; 2 melodies, 48 notes\n" in said
    assert _body(said) == (
        "track  name                instrument               notes  range       bars\n"
        "\n"
        "Tune 1\n"
        "       repeats   6 measures written, 10 played\n"
        "    1                                                  36  G4..E5         9\n"
        "       meter     6/8, from the file\n"
        "       tempo     150 bpm in quarters, 100 in dotted quarters, from the file\n"
        "       key       G major, from the file\n"
        "       begins    after beat 2 of bar 1, in a pickup of an 8th\n"
        "       form      A A'\n"
        "       as ABC    M:6/8 L:1/8 K:G\n"
        "                 d | G2G GAB | c2c cde | d2B GAB | …\n"
        "\n"
        "Tune 2\n"
        "    1                                                  12  D4..A4         4\n"
        "       meter     4/4, from the length of the bars: no meter is written\n"
        "       tempo     120 bpm: the default, as none is written\n"
        "       key       D minor, from the file\n"
        "       begins    on beat 1 of bar 1\n"
        "       as ABC    M:4/4 L:1/8 K:Dm\n"
        "                 D2 E2 F2 G2 | A2 F2 D4 | E2 F2 G2 E2 | D8 |]\n"
    )


def test_music_xml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "waltz.musicxml"
    file.write_text(_waltz())
    said = _inspect(capsys, str(file))
    assert said.startswith("kept       waltz.musicxml\n")
    assert "       meter     3/4, from the file\n" in said
    assert "       key       D minor, from the file\n" in said
    assert "on beat 3 of bar 1, in a pickup of a quarter\n" in said
    assert "A2 | d2 e2 f2 | e2 c2 A2 | d2 e2 f2 |]\n" in said


@pytest.mark.parametrize(
    ("option", "words"),
    [("--json", []), ("--html", ["report.html"]), ("--all", [])],
)
def test_what_shapes_a_report_is_refused_where_a_part_makes_none(
    option: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["inspect", str(tmp_path), "--shard", "1/2", option, *words])
    assert f"reports nothing: give {option} to --merge" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "air.mid"
    file.write_bytes(midi_file([AIR], tempos=[], meters=[]))
    said = _inspect(capsys, str(file))
    assert "meter     4/4: no meter is written\n" in said
    assert "tempo     120 bpm: the default, as none is written\n" in said


def test_settings_apply(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "air.mid"
    file.write_bytes(midi_file([AIR, CHORDS]))
    said = _inspect(capsys, str(file), "--tracks", "best", "--min_notes", "4")
    assert "polyphonic track" in said
    said = _inspect(capsys, str(file), "--min_notes", "40")
    assert said.startswith("dropped    air.mid\n")
    assert "left out  fewer than 40 notes → lower --min_notes" in said
    twice = midi_file([AIR, [(p, s + 96, d) for p, s, d in AIR[:10]]])
    file.write_bytes(twice)
    said = _inspect(capsys, str(file), "--tracks", "best")
    assert "left out  another track has more notes → take all of them" in said


def test_parts_of_a_track_and_changes_of_meter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = [(pitch, start + 40 * QUARTER, ticks) for pitch, start, ticks in AIR]
    file = tmp_path / "air.mid"
    meters = [(0, 4, 4), (8 * QUARTER, 3, 4)]
    file.write_bytes(midi_file([AIR + late], meters=meters))
    said = _inspect(capsys, str(file))
    assert "melody    1 of 2, 14 notes in 5 bars\n" in said
    assert "meter     4/4, then 3/4 from bar 3, from the file\n" in said
    assert "melody    2 of 2, 14 notes in 6 bars\n" in said
    assert "meter     3/4, from the file\n" in said
    assert said.count("tempo     ") == 1  # it is the same
    assert "as ABC    M:4/4 L:1/8 K:C\n" in said
    assert "as ABC    M:3/4 L:1/8 K:C\n" in said


def test_voices_tell_only_what_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "duet.abc"
    upper, lower = "CDEF|GABc|", "C,D,E,F,|G,A,B,C|"
    file.write_text(f"X:1\nM:4/4\nL:1/4\nK:C\nV:1\n{upper}\nV:2\n{lower}\n")
    assert _body(_inspect(capsys, str(file))).endswith(
        "       as ABC    M:4/4 L:1/8 K:C\n"
        "                 C2 D2 E2 F2 | G2 A2 B2 c2 |]\n"
        "    2                                                   8  C3..C4         2\n"
        "                 C,2 D,2 E,2 F,2 | G,2 A,2 B,2 C2 |]\n"
    )


def test_short_bars_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "air.abc"
    file.write_text("X:1\nM:4/4\nL:1/4\nK:C\nCDEF|GABc|cBA:|\nGFED|CDEF|GABc|]\n")
    assert "       short     bars 3, 6\n" in _inspect(capsys, str(file))


def test_a_file_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.mid"
    file.write_text("<html>")
    assert _inspect(capsys, str(file)) == (
        "dropped    page.mid\n"
        "           a web page, not MIDI\n"
        "           → download the MIDI file that the page links to\n"
    )


def test_an_archive_of_one_file_is_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.zip"
    with zipfile.ZipFile(book, "w") as archive:
        archive.writestr("readme.txt", "one tune")
        archive.writestr("tunes/air.mid", midi_file([AIR]))
    said = _inspect(capsys, str(book))
    assert said.startswith("kept       book.zip/tunes/air.mid\n")
    assert "G2 | c2 d2 e2 f2" in said
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("tunes/other.mid", midi_file([AIR[:9]]))
    assert "2 files can be used" in _inspect(capsys, str(book))


def test_a_folder_of_one_file_is_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_midi(tune(0), tmp_path / "a.mid")
    said = _inspect(capsys, str(tmp_path))
    assert said.startswith("The file can be used.")
    assert "as ABC" not in said


def test_the_first_tunes_of_a_book_and_all_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = "L:1/4\nK:C\nCDEF|GABc|\n\n"
    file = tmp_path / "book.abc"
    file.write_text("".join(f"X:{n}\n{one}" for n in range(1, 313)))
    said = _inspect(capsys, str(file))
    assert said.count("\nTune ") == 5
    assert said.endswith("… and 307 more tunes: --all shows them.\n")
    assert _inspect(capsys, str(file), "--all").count("\nTune ") == 312


def test_the_first_tracks_and_all_of_them() -> None:
    score = _score(*[_track("")] * 30)
    assert "… and 10 more tracks: --all shows them.\n" in _shown(score)
    assert "more tracks" not in _shown(score, every=True)


def test_json_has_the_overview_of_one_file_and_of_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "book.abc"
    file.write_text(BOOK)
    report = json.loads(_inspect(capsys, str(file), "--json"))
    assert report["files"][0]["verdict"] == "kept"
    assert report["totals"]["melodies"] == 2
    assert report["overview"]["pieces_in_file"] == 2
    [track] = report["overview"]["pieces"][1]["tracks"]
    assert (track["notes"], track["lowest"], track["highest"]) == (12, "D4", "A4")
    [melody] = track["melodies"]
    assert melody["meters"] == [[1, "4/4"]]
    assert melody["meter_from"] == "bar lengths"
    assert melody["abc"] == ["D2 E2 F2 G2", "A2 F2 D4", "E2 F2 G2 E2", "D8"]
    assert "overview" not in json.loads(_inspect(capsys, str(tmp_path), "--json"))


def test_the_help_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    said = _inspect(capsys, "--help")
    assert "monody inspect my.mid " in said
    assert "Of one file it shows each track" in said


def _track(name: str) -> RawTrack:
    """Make a scale of quarters."""
    pitch = np.array([60, 62, 64, 65, 67, 69, 71, 72])
    start, duration = QUARTER * np.arange(8), np.full(8, QUARTER)
    return RawTrack(pitch, start, duration, 40, False, 0, name)


def _score(*tracks: RawTrack) -> RawScore:
    numbered = [replace(track, index=place) for place, track in enumerate(tracks)]
    return RawScore(QUARTER, tuple(numbered), (), (), ())


def _shown(score: RawScore, *, every: bool = False, encoding: str = "utf-8") -> str:
    """Print a score as a file that was read."""
    settings = ReadSettings()
    found = extract([score], settings).melodies
    facts = file_facts(describe([score], settings), found)
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    console = Console(file=terminal, width=80)
    print_file(Verdict("a.mid", KEPT, ""), facts, console, every=every)
    terminal.seek(0)
    return terminal.read()


def test_names_of_the_file_cannot_control_the_terminal() -> None:
    score = replace(
        _score(_track("\x1b[31mFl\u202eute")), title="Air\x07\nof", kind="A\t"
    )
    said = _shown(score)
    assert "\\x1b[31mFl\\u202eute" in said
    assert "Air\\x07\\nof\n" in said
    assert said.replace("\n", "").isprintable()


def test_a_long_name_is_shortened_and_a_wide_one_keeps_the_columns() -> None:
    said = _shown(_score(_track("Flauto traverso primo e secondo"), _track("横笛")))
    assert "    1  Flauto…mo e secondo Violin                       8  C4..C5" in said
    assert "    2  横笛                Violin                       8  C4..C5" in said


def test_a_terminal_that_is_not_utf_8_can_show_it() -> None:
    score = _score(replace(_track("Flöte"), is_drum=True))
    said = _shown(score, encoding="ascii")
    assert "Fl\\xf6te" in said
    assert "drum track > add files" in said
