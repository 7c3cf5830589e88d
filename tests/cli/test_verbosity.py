from __future__ import annotations

import io
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from monody.cli.commands import cli
from monody.cli.options import HeadedCommand
from monody.cli.verbosity import detail, fitted, say, say_whole, say_written, status

HOSTILE = "\x1b[31mred\u202e.mid"


@click.command(cls=HeadedCommand)
def speak() -> None:
    """Say something at each level."""
    status("being done")
    say("usual")
    detail("figures")
    say_written([Path("a/1.mid"), Path("a/2.mid")])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], ["usual", "written: a/1.mid to 2.mid"]),
        (["-v"], ["usual", "figures", "written: a/1.mid to 2.mid"]),
        (["--verbose"], ["usual", "figures", "written: a/1.mid to 2.mid"]),
        (["-q"], ["a/1.mid", "a/2.mid"]),
        (["--quiet"], ["a/1.mid", "a/2.mid"]),
    ],
)
def test_each_level_says_what_belongs_to_it(given: list[str], said: list[str]) -> None:
    result = CliRunner().invoke(speak, given)
    assert result.stdout.splitlines() == said
    assert result.stderr == ""  # no terminal: nobody waits


def test_quiet_and_verbose_are_not_both() -> None:
    result = CliRunner().invoke(speak, ["-v", "-q"])
    assert result.exit_code == 2
    assert "--quiet and --verbose are opposites" in result.stderr


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_both(name: str) -> None:
    said = CliRunner().invoke(cli, [name, "--help"]).stdout
    assert "-v, --verbose" in said
    assert "-q, --quiet" in said


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_it_says_what_is_being_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    status("reading tunes ...")
    assert isinstance(sys.stderr, Terminal)
    assert sys.stderr.getvalue() == "reading tunes ...\n"


@pytest.mark.parametrize("columns", [20, 60, 80, 200])
def test_lines_are_wrapped_at_words_to_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = "  " + "a few words of music " * 20
    monkeypatch.setenv("COLUMNS", str(columns))
    say(line)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert " ".join(lines).split() == line.split()
    assert {len(one) - len(one.lstrip()) for one in lines[1:]} <= {4}


def test_without_a_terminal_a_line_stays_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    say("many words " * 50)
    assert capsys.readouterr().out.count("\n") == 1


def test_a_path_stays_on_its_line_for_programs_whatever_the_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    path = Path("a rather long/way/to/a file.mid")
    say_written([path])
    say_whole(f"the same bytes as {path}")
    said = capsys.readouterr().out.splitlines()
    assert said == [f"written: {path}", f"the same bytes as {path}"]


@given(st.text(st.characters(categories=["L", "N", "Zs"])), st.integers(10, 90))
def test_wrapping_keeps_every_word_and_the_width(text: str, width: int) -> None:
    lines = list(fitted(text, width))
    assert " ".join(lines).split() == text.split()
    for line in lines:
        assert cell_len(line) <= width or len(line.split()) == 1


def test_names_from_anywhere_cannot_command_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say(f"1.mid is a copy of {HOSTILE}")
    say_written([Path(HOSTILE)])
    said = capsys.readouterr().out
    assert said.count(r"\x1b[31mred\u202e.mid") == 2
    assert said.replace("\n", "").isprintable()


def test_a_terminal_that_is_not_utf_8_gets_spelt_out_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii"))
    say("Flöte")
    sys.stdout.flush()
    assert raw.getvalue() == b"Fl\\xf6te\n"
