"""Sound banks play in a process of their own: what it dies of is one sentence."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from monody import child_process
from monody.cli.main import main
from monody.errors import MonodyError
from monody.memory import limited_to
from monody.music.melody import Melody
from monody.music.midi_file import midi_bytes, write_midi
from monody.render.audio import bank_player, soundfont
from monody.render.audio.bank_player import BankPlayer
from monody.render.audio.soundfont import played_by
from tests.builders.tiny_bank import tiny_bank

ENDS = "tests.builders.bank_that_ends"
NOTE = Melody.from_notes([(60, 0, 2)])
pytest.importorskip("midirenderer")


@pytest.fixture(autouse=True)
def _no_player_is_left() -> Iterator[None]:
    yield
    soundfont._PLAYERS.close()


def _bank(folder: Path, content: bytes) -> Path:
    path = folder / "bank.sf2"
    path.write_bytes(content)
    return path


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> None:
    """Play with a process that ends as the bank says."""
    monkeypatch.setattr(bank_player, "MODULE", ENDS)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def _players() -> list[int]:
    """Return the processes that this one has started and that live."""
    children: list[str] = []
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        with suppress(FileNotFoundError):  # a thread that ends just now
            children += (task / "children").read_text().split()
    return [
        int(child)
        for child in children
        if b"bank_child" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("SIGABRT", "the player died on it, perhaps for want of memory; -6"),
        ("SIGSEGV", "the player died on it"),
        ("hangs", "it took longer than 0 s"),
        ("SIGXCPU", "it took longer than 0 s"),
        ("[]", "the player died on it"),
        ('{"wave": 5}', "it took longer than 0 s"),
    ],
)
def test_whatever_a_player_dies_of_is_a_sentence(
    how: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = 0.3 if "longer" in said else 60.0
    monkeypatch.setattr(bank_player, "PLAY_SECONDS", waited)
    bank = _bank(tmp_path, b"RIFF" + how.encode())
    with pytest.raises(MonodyError) as refused:
        played_by(bank, NOTE)
    assert str(refused.value) == (
        f"expected a sound bank (.sf2), but {str(bank)!r} cannot be played "
        f"({refused.value.__cause__}): name another, or none for monody's own sound"
    )
    assert said in str(refused.value)


@pytest.mark.usefixtures("ending")
def test_a_bank_whose_player_somebody_killed_is_not_blamed(tmp_path: Path) -> None:
    bank = _bank(tmp_path, b"RIFFSIGKILL")
    with pytest.raises(MonodyError, match="was killed, perhaps for want of memory"):
        played_by(bank, NOTE)


@pytest.mark.usefixtures("ending")
def test_where_the_system_limits_no_memory_the_parent_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child_process, "limits_are_kept", lambda: False)
    bank = _bank(tmp_path, b"RIFFgrows")
    with (
        limited_to(200 * 2**20),
        pytest.raises(MonodyError, match=r"\(it took too much memory\)"),
    ):
        played_by(bank, NOTE)


def test_a_bank_that_asks_for_more_memory_than_there_may_be_costs_its_player(
    tmp_path: Path,
) -> None:
    pytest.importorskip("resource")
    bank = tiny_bank()
    at = bank.index(b"smpl") + 4
    # Its samples are said to have 4 GB.
    greedy = bank[:at] + struct.pack("<I", 2**32 - 2) + bank[at + 4 :]
    with limited_to(500 * 2**20), pytest.raises(MonodyError, match="cannot be played"):
        played_by(_bank(tmp_path, greedy), NOTE)
    assert len(played_by(_bank(tmp_path, tiny_bank()), NOTE))


def test_a_panic_is_a_reason_and_is_not_written_past_python(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bank = tiny_bank()
    header = bank.index(b"shdr") + 8
    # The wave is said to end far behind its samples.
    end = struct.pack("<I", 2**24)
    panics = (
        bank[: header + 24] + end + bank[header + 28 : header + 32] + end
        + bank[header + 36 :]
    )  # fmt: skip
    with pytest.raises(MonodyError, match="index out of bounds"):
        played_by(_bank(tmp_path, panics), NOTE)
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks into /proc")
def test_one_player_plays_all_melodies_of_a_bank_as_long_as_its_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = _bank(tmp_path, tiny_bank())
    played_by(bank, NOTE)
    first = _players()
    played_by(bank, Melody.from_notes([(72, 0, 2)]))
    assert len(first) == 1
    assert _players() == first
    os.utime(bank, (1, 1))
    played_by(bank, NOTE)
    second = _players()
    assert len(second) == 1
    assert second != first
    monkeypatch.setattr(soundfont, "MAX_KEPT_BYTES", 10)  # it is too large to be kept
    played_by(bank, NOTE)
    assert _players() == []


def test_a_melody_that_was_interrupted_is_not_answered_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    player = BankPlayer(tiny_bank())

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("json.loads", interrupted)
        with pytest.raises(KeyboardInterrupt):
            player.play(midi_bytes(NOTE), 1)
    assert not player.is_alive


def test_a_player_that_does_not_start_is_no_fault_of_the_bank(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bank_player, "MODULE", "no.such.module")
    with pytest.raises(MonodyError, match="plays sound banks did not start"):
        played_by(_bank(tmp_path, tiny_bank()), NOTE)


@pytest.mark.usefixtures("ending")
def test_a_command_says_what_its_bank_did_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = _bank(tmp_path, b"RIFFSIGABRT")
    write_midi(NOTE, tmp_path / "my.mid")
    with pytest.raises(SystemExit) as ended:
        main(["render", str(tmp_path / "my.mid"), "--to", "wav",
              "--sound_bank", str(bank)])  # fmt: skip
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
