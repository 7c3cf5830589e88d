from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from monody.cli.corpus_report import print_report, shortened
from monody.corpus.report import Problem, Report, make_report, report_json
from monody.corpus.verdicts import (
    DROPPED,
    DUPLICATE,
    KEPT,
    RECOVERED,
    VERDICTS,
    Verdict,
)
from monody.corpus.wording import in_order, summary, verdict_in_words
from monody.errors import printable
from monody.pages import corpus as report_page
from monody.pages.corpus import write_page
from tests.builders.midi_files import store_of, tune
from tests.builders.profile import examples

HOSTILE = "\x1b[31m[bold]<script>alert(1)</script>\u202e\udce9\n.mid"
CUT = "cut at the last whole event of track 3"
FILES = (
    Verdict("a/fine.mid", KEPT, "", melodies=1, notes=40, meters=("6/8", "4/4"),
            tracks=(2,), bpm=(120.0, 90.0), keys=("D minor",)),
    Verdict("a/cut.mid", RECOVERED, CUT, melodies=2, notes=80, copies=1,
            repairs=(CUT,), left_out="1 × drum track"),
    Verdict("a/again.mid", DUPLICATE, "the same tune as a/fine.mid", melodies=1,
            notes=40, copies=1, duplicate_of="a/fine.mid"),
    Verdict("chords.mid", DROPPED, "polyphonic track",
            "take its top line: --line skyline"),
    Verdict("more.mid", DROPPED, "polyphonic track",
            "take its top line: --line skyline"),
    Verdict(HOSTILE, DROPPED, "a web page, not MIDI", "get the file itself"),
    Verdict("日本/さくら.mid", KEPT, "2 × empty track", melodies=1, notes=44,
            left_out="2 × empty track"),
)  # fmt: skip


class ReadFromDisk(Sequence[Verdict]):
    """Verdicts that are made whenever they are asked for, one at a time."""

    def __len__(self) -> int:
        return len(FILES)

    def __getitem__(self, index: Any) -> Any:
        assert isinstance(index, int), "a report never takes many at once"
        return FILES[index]

    def __iter__(self) -> Iterator[Verdict]:
        return iter(FILES)


@pytest.fixture(scope="module")
def report() -> Report:
    melodies = store_of([tune(seed) for seed in range(5)])
    return make_report("/home/me/tunes", ReadFromDisk(), melodies, np.array([0, 1, 4]))


def printed(report: Report, width: int = 80, **options: Any) -> str:
    console = Console(file=io.StringIO(), width=width, **options)
    print_report(report, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_totals_leave_copies_out(report: Report) -> None:
    totals, melodies = report.totals, store_of([tune(seed) for seed in (0, 1, 4)])
    assert (totals.files, totals.kept, totals.recovered) == (7, 2, 1)
    assert (totals.duplicate, totals.dropped) == (1, 3)
    assert [totals.with_verdict(verdict) for verdict in VERDICTS] == [2, 1, 1, 3]
    assert (totals.melodies, totals.melodies_used) == (5, 3)
    assert totals.notes_used == len(melodies.notes) < totals.notes
    assert totals.keys_estimated == 3
    assert totals.hours == pytest.approx(3 * 8 * 4 / 120 / 60, abs=1e-4)
    assert sum(report.histograms["meter"].values()) == 3


def test_problems_are_counted_by_what_files_share(report: Report) -> None:
    assert report.problems == (
        Problem(DROPPED, "polyphonic track", "take its top line: --line skyline", 2),
        Problem(DROPPED, "a web page, not MIDI", "get the file itself", 1),
        Problem(RECOVERED, "cut at the last whole event of a track", "", 1),
    )


@pytest.mark.parametrize(
    ("repair", "kind"),
    [
        ("stray bytes before tracks 1, 2, 5 and 2 more skipped",
         "stray bytes before a track skipped"),
        ("track count put right: 3, not 4", "track count put right"),
        ("header length of 8 put right", "header length put right"),
        ("re-timed, a quarter is 1.03 of the declared", "re-timed"),
        ("format 2 read as format 1", "format 2 read as format 1"),
    ],
)  # fmt: skip
def test_repairs_of_a_kind_are_counted_together(repair: str, kind: str) -> None:
    files = [Verdict("x.mid", RECOVERED, repair, melodies=1, repairs=(repair,))]
    made = make_report(".", files, store_of([tune(1)]), np.array([-1], np.int32))
    assert made.problems == (Problem(RECOVERED, kind, "", 1),)


def test_summary_says_how_the_corpus_is(report: Report) -> None:
    assert summary(report).startswith(
        "3 of 7 files can be used, 1 of them after a repair; 1 is a copy of another; "
        "3 have no melody to use. That makes 3 melodies"
    )


def test_a_corpus_without_a_melody_says_so() -> None:
    nothing = make_report(".", FILES[3:6], store_of([]), np.zeros(0, np.int32))
    assert summary(nothing).startswith("No melody was found in 3 files")
    assert "polyphonic track" in printed(nothing)


def test_json_has_every_field_a_file_a_line(report: Report) -> None:
    text = "".join(report_json(report))
    text.encode("ascii")
    found = json.loads(text)
    assert list(found) == ["root", "files", "totals", "histograms", "problems"]
    assert [file["path"] for file in found["files"]] == [file.path for file in FILES]
    assert found["files"][0] == json.loads(json.dumps(asdict(FILES[0])))
    assert found["totals"] == report.totals.to_json()
    assert list(found["totals"]) == [
        "files", "kept", "recovered", "duplicate", "dropped", "melodies",
        "melodies_used", "notes", "notes_used", "hours", "keys_estimated",
    ]  # fmt: skip
    assert found["histograms"] == report.histograms
    assert found["problems"][0]["files"] == 2
    assert sum(line.startswith('{"path"') for line in text.splitlines()) == len(FILES)


def test_json_of_no_file_is_json() -> None:
    nothing = make_report(".", [], store_of([]), np.zeros(0, np.int32))
    assert json.loads("".join(report_json(nothing)))["files"] == []


def test_files_that_need_the_user_come_first(report: Report) -> None:
    verdicts = [row.verdict for row in in_order(report.files)]
    assert verdicts == [DROPPED] * 3 + [RECOVERED, DUPLICATE] + [KEPT] * 2


def test_a_row_says_it_in_words() -> None:
    assert verdict_in_words(FILES[0])[:7] == (
        KEPT, "a/fine.mid", "1", "40", "6/8 +1", "120 +1", "D minor"
    )  # fmt: skip
    assert verdict_in_words(FILES[1]).finding == (
        f"{CUT}; left out: 1 × drum track; 1 of its 2 melodies is found elsewhere"
    )
    assert verdict_in_words(FILES[2]).finding == "the same tune as a/fine.mid"
    assert verdict_in_words(FILES[6]).finding == "left out: 2 × empty track"


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_printable_shows_as_it_is(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert shown == text or not text.isprintable()


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
def test_the_terminal_report_fits_its_width(report: Report, width: int) -> None:
    lines = printed(report, width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert not any(line.endswith(" ") for line in lines)


def test_the_terminal_report_has_what_a_user_needs(report: Report) -> None:
    text = printed(report)
    assert re.search(r"^dropped +chords.mid +poly", text, re.M)
    assert re.search(
        r"^kept +a/fine.mid +1 +40 +6/8 \+1 +120 \+1 +D minor +2$", text, re.M
    )
    assert re.search(r"^ *2 files  polyphonic track\n +→ take its top line", text, re.M)
    assert "Melodies by key, all of them estimated" in text


def test_the_terminal_report_begins_with_what_it_means(report: Report) -> None:
    lines = printed(report).splitlines()
    assert lines[0].startswith("3 of 7 files can be used, 1 of them after a repair;")
    titles = ("What to do about", "What was repaired", "Files", "verdict", "Notes by")
    places = [
        next(at for at, line in enumerate(lines) if line.startswith(title))
        for title in titles
    ]
    assert places == sorted(places)


def test_advice_is_not_repeated_for_each_file(report: Report) -> None:
    table = printed(report).split("\nFiles\n")[1]
    assert table.count("--line skyline") == 1


def test_a_hostile_name_cannot_command_the_terminal(report: Report) -> None:
    text = printed(report, 120, force_terminal=True, color_system="truecolor")
    assert r"\x1b[31m[bold]<script>alert(1)</script>\u202e\xe9\n.mid" in text
    assert "\x1b[31m[bold]" not in text
    assert "\u202e" not in text


def test_verdicts_are_coloured_and_worded(report: Report) -> None:
    text = printed(report, 120, force_terminal=True, color_system="standard")
    for verdict, code in ((DROPPED, "1;31"), (RECOVERED, "33"), (KEPT, "32")):
        assert re.search(rf"^\x1b\[{code}m{verdict} *\x1b\[0m", text, re.M)


def test_a_terminal_without_unicode_gets_plain_text(report: Report) -> None:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    print_report(report, Console(file=file, width=80))
    text = raw.getvalue().decode("ascii")
    assert "1 x drum track" in text
    assert r"\u65e5" in text


def test_rows_are_cut_with_a_word_on_how_to_see_the_rest(report: Report) -> None:
    console = Console(file=io.StringIO(), width=80)
    print_report(report, console, max_rows=2)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "… and 5 more files: --all shows them, --html FILE has everything." in text
    assert "a/fine.mid" not in text
    assert "more files" not in printed(report)


@settings(max_examples=examples(40))
@given(st.text(min_size=1, max_size=40), st.integers(2, 30))
def test_a_shortened_path_fits(path: str, cells: int) -> None:
    assert cell_len(shortened(printable(path), cells)) <= cells


class Page(HTMLParser):
    """Collects a page's tags, attributes and rows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "link", "input", "br", "col"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "th" in self.open or "td" in self.open:
            self.rows[-1][-1] += data


def parsed(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text("utf-8"))
    page.close()
    assert not page.open
    return page


def test_the_page_has_every_file_and_figure(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_page(report, path)
    page = parsed(path)
    by_verdict = [row for row in page.rows if len(row) == 8][1:]
    assert len(by_verdict) == len(FILES)
    fine = ["a/fine.mid", KEPT, "1", "40", "6/8 +1", "120 +1", "D minor", "2"]
    assert fine in by_verdict
    assert by_verdict[0][0].startswith("chords.midpolyphonic")
    figures = {row[0]: row[1] for row in page.rows if len(row) == 4}
    for counts in report.histograms.values():
        assert all(figures[label] == str(count) for label, count in counts.items())
    assert summary(report) in path.read_text("utf-8")


def test_the_page_escapes_names(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_page(report, path)
    assert parsed(path).tags.count("script") == 1
    assert "&lt;script&gt;alert(1)" in path.read_text("utf-8")


def test_the_page_needs_nothing_else(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_page(report, path)
    text, page = path.read_text("utf-8"), parsed(path)
    assert not re.search(r"https?://|url\(|@import|\bfetch\(", text)
    targets = [value for name, value in page.attributes if name in ("src", "href")]
    assert set(targets) <= {"data:,", "#files"}
    assert ("lang", "en") in page.attributes
    assert ("name", "viewport") in page.attributes
    assert page.tags.count("caption") == page.tags.count("table")


def test_the_page_is_cut_into_parts(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_page, "ROWS_IN_PART", 3)
    write_page(report, tmp_path / "report.html")
    page = parsed(tmp_path / "report.html")
    assert page.attributes.count(("class", "part")) == 3
    assert len([row for row in page.rows if len(row) == 8]) == len(FILES) + 3


def test_a_page_without_music_is_a_page(tmp_path: Path) -> None:
    nothing = make_report(".", FILES[3:4], store_of([]), np.zeros(0, np.int32))
    write_page(nothing, tmp_path / "report.html")
    assert "The music" not in (tmp_path / "report.html").read_text("utf-8")


def test_a_page_is_written_whole_or_not_at_all(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Report) -> Iterator[object]:
        yield from ()
        raise OSError("disk gone")

    path = tmp_path / "report.html"
    path.write_text("before")
    monkeypatch.setattr(report_page, "_parts", broken)
    with pytest.raises(OSError, match="disk gone"):
        write_page(report, path)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
