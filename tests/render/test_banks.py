from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from monody.cli.main import main
from monody.errors import MonodyError
from monody.music.melody import Melody
from monody.music.midi_file import write_midi
from monody.render.audio import banks
from monody.render.audio.banks import MAX_BYTES, banks_in, chosen_bank, is_general
from tests.builders.sound_banks import write_bank


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The only folder in which banks are looked for; each of them can be played."""
    folder = tmp_path / "soundfonts"
    folder.mkdir()
    monkeypatch.setattr(banks, "_PLACES", (str(tmp_path / "nowhere"), str(folder)))
    monkeypatch.setattr(banks, "_MUSESCORE", ())
    monkeypatch.setattr(banks, "played_by", lambda *_: None)
    banks._first_playable.cache_clear()
    yield folder
    banks._first_playable.cache_clear()


def test_a_bank_of_general_midi_is_found(place: Path) -> None:
    assert chosen_bank(None) is None
    banks._first_playable.cache_clear()
    bank = write_bank(place / "mine.SF2")
    assert chosen_bank(None) == chosen_bank("") == bank


def test_the_best_known_is_taken(place: Path) -> None:
    names = ["TimGM6mb.sf2", "FluidR3_GM.sf2", "a piano.sf2", "GeneralUser-GS.sf2"]
    for name in names:
        write_bank(place / name)
    assert [bank.name for bank in banks_in([place])] == [
        "GeneralUser-GS.sf2", "FluidR3_GM.sf2", "a piano.sf2", "TimGM6mb.sf2"
    ]  # fmt: skip


def test_what_is_no_bank_of_general_midi_is_left_alone(
    place: Path, tmp_path: Path
) -> None:
    write_bank(place / "piano.sf2", programs=[0, 1])
    write_bank(place / "drums.sf2", bank=128)
    write_bank(place / "tiny.sf2", size=100)
    write_bank(place / "huge.sf2", size=MAX_BYTES)
    (place / "folder.sf2").mkdir()
    (place / "song.sf2").write_bytes(b"RIFF" + bytes(2**21))
    (place / "text.sf2").write_bytes(b"x" * 2**21)
    whole = write_bank(tmp_path / "whole.sf2").read_bytes()
    (place / "cut.sf2").write_bytes(whole[:-3000])
    assert banks_in([place]) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.sf2")
    assert not is_general(tmp_path / "pipe.sf2")


def test_a_link_to_a_bank_is_a_bank(place: Path, tmp_path: Path) -> None:
    try:
        (place / "default.sf2").symlink_to(write_bank(tmp_path / "other.sf2"))
        (place / "loop.sf2").symlink_to(place / "loop.sf2")
    except OSError:
        pytest.skip("links need a right here")
    assert [bank.name for bank in banks_in([place])] == ["default.sf2"]


def test_a_bank_that_cannot_be_played_gives_way_to_another(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bank(place / "FluidR3.sf2")
    good = write_bank(place / "z.sf2")

    def plays(bank: Path, _: Melody) -> None:
        if bank != good:
            raise MonodyError("it is damaged")

    monkeypatch.setattr(banks, "played_by", plays)
    assert chosen_bank(None) == good
    good.unlink()
    banks._first_playable.cache_clear()
    assert chosen_bank(None) is None


@pytest.mark.parametrize("no", ["none", "None", "NONE"])
def test_none_is_our_own_voices(place: Path, no: str) -> None:
    write_bank(place / "mine.sf2")
    assert chosen_bank(no) is None
    assert chosen_bank("./none") == Path("none")


def test_a_command_uses_what_it_finds_and_says_so(
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bank = write_bank(place / "mine.sf2")
    used = []

    def render_wav(_: Melody, *, sound_bank: Path | None, **_options: object) -> bytes:
        used.append(sound_bank)
        return b"RIFF"

    monkeypatch.setattr("monody.render.audio.wav.render_wav", render_wav)
    write_midi(Melody.from_notes([(60, 0, 24)]), tmp_path / "my.mid")
    tune = str(tmp_path / "my.mid")
    monkeypatch.delenv("MONODY_SOUND_BANK")
    main(["render", tune, "--to", "wav"])
    assert "mine.sf2; --sound_bank none for our own voices" in capsys.readouterr().out
    main(["render", tune, "--to", "wav", "--sound_bank", "none"])
    monkeypatch.setenv("MONODY_SOUND_BANK", "none")
    main(["render", tune, "--to", "wav"])
    assert used == [bank, None, None]
    assert "our own voices" not in capsys.readouterr().out
