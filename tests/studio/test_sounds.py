"""What plays the melodies of a studio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import monody
from monody.errors import MonodyError
from monody.studio.events import Changes
from monody.studio.folder import StudioFolder
from monody.studio.sounds import Sounds

MELODY = monody.Melody.from_notes([(60, 0, 24), (64, 24, 24)])
BANK = Path("General.sf2")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A system that has a bank; what it is asked to play goes into the list."""
    played: list[Any] = []
    own = monody.render_melody

    def render(melody: monody.Melody, form: str, **asked: Any) -> bytes:
        bank = asked.pop("sound_bank", None)
        played.append(bank)
        return b"the bank" if bank else own(melody, form, **asked)

    monkeypatch.setattr(monody, "chosen_bank", lambda named: named or BANK)
    monkeypatch.setattr(monody, "render_melody", render)
    return played


def test_a_bank_of_the_system_plays_melodies_and_our_voices_single_notes(
    tmp_path: Path, found: list[Any]
) -> None:
    told: list[Any] = []
    changes = Changes()
    changes.tell = lambda **kinds: told.append(kinds)  # type: ignore[method-assign]
    sounds = Sounds(tmp_path, changes, None)
    assert sounds.to_json() == {"bank": "", "known": False}
    path = sounds.melody(MELODY)
    assert path.read_bytes() == b"the bank"
    assert sounds.to_json() == {"bank": "General", "known": True}
    assert told == [{"sound": ["bank"]}]
    assert sounds.melody(MELODY) == path
    assert sounds.melody(MELODY, (90, 40)) != path  # another loudness, another sound
    assert sounds.note(73, 60).read_bytes()[:4] == b"RIFF"
    assert found == [BANK, BANK, None]
    sounds.close()


def test_our_own_voices_play_where_a_bank_fails(
    tmp_path: Path, found: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = monody.render_melody

    def fails(melody: monody.Melody, form: str, **asked: Any) -> bytes:
        if asked.get("sound_bank"):
            raise MonodyError("it took longer than 15 s")
        return own(melody, form, **asked)

    monkeypatch.setattr(monody, "render_melody", fails)
    sounds = Sounds(tmp_path, Changes(), None)
    assert sounds.melody(MELODY).read_bytes()[:4] == b"RIFF"
    assert sounds.to_json() == {"bank": "", "known": True}  # and is not asked again
    assert sounds.melody(MELODY).read_bytes()[:4] == b"RIFF"
    assert found == [None, None]
    sounds.close()


def test_a_studio_opened_from_python_plays_in_our_own_voices(tmp_path: Path) -> None:
    sounds = Sounds(tmp_path, Changes())
    assert sounds.bank() is None
    sounds.close()


def test_every_sound_goes_when_the_studio_opens_again(tmp_path: Path) -> None:
    folder = StudioFolder(tmp_path)
    folder.make()
    sounds = Sounds(folder.sounds, Changes())
    made = [sounds.melody(MELODY), sounds.note(73, 60)]
    assert all(path.is_file() for path in made)
    folder.clear_sounds()
    assert not [*folder.sounds.iterdir()]
    sounds.close()
