"""What melodies sound like in a studio: a sound bank of the system, or our own voices.

Melodies are played by the bank that is named, else by one that the system has, else by
monody's own voices. To look for one takes seconds, so that is done in the background. A
bank plays in a process of its own; one that fails is not asked again, because nobody
chose it for this melody. Single notes are always in our own voices: they are wanted
while somebody plays, and a bank takes too long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import monody
from monody.errors import MonodyError, printable
from monody.files import make_folder, write_bytes
from monody.studio.events import Changes

OWN_VOICES = "none"  # as a name of a sound bank
NOTE_SECONDS, NOTE_BPM = 2, 60


class Sounds:
    """The sounds of a studio, each made once.

    Args:
        folder: Where they go.
        changes: Told when it is known what plays.
        named: A sound bank, ``"none"`` for monody's own voices; ``None`` for one that
            the system has.

    Example:
        >>> from pathlib import Path
        >>> from monody import Melody
        >>> from monody.studio.events import Changes
        >>> from monody.studio.sounds import Sounds
        >>> sounds = Sounds(Path("sounds"), Changes())
        >>> path = sounds.melody(Melody.from_notes([(60, 0, 24)]))
        >>> path.read_bytes()[:4], sounds.to_json()
        (b'RIFF', {'bank': '', 'known': True})
    """

    def __init__(
        self, folder: Path, changes: Changes, named: str | None = OWN_VOICES
    ) -> None:
        self._folder = folder
        self._changes = changes
        self._named = named
        self._thread = ThreadPoolExecutor(1, "sounds")
        self._looking: Future[Path | None] | None = None

    def start(self) -> None:
        """Look for a sound bank in the background, and let it play a note."""
        if self._looking is None:
            self._looking = self._thread.submit(monody.chosen_bank, self._named)
            self._looking.add_done_callback(lambda _: self._tell())

    def close(self) -> None:
        """Look for nothing more. The player of the bank ends with the program."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def to_json(self) -> dict[str, object]:
        """Return what plays, as the page gets it: the name of a bank, or nothing."""
        if self._looking is None or not self._looking.done():
            return {"bank": "", "known": False}
        bank = self._looking.result()
        return {"bank": printable(bank.stem) if bank else "", "known": True}

    def bank(self) -> Path | None:
        """Return the sound bank that plays, which is waited for, if there is one."""
        self.start()
        return self._looking.result() if self._looking else None

    def melody(self, melody: monody.Melody, played: Sequence[int] = ()) -> Path:
        """Return the WAV file of a melody.

        Args:
            melody: One note or more.
            played: The velocity of each note, if it was played.

        Raises:
            MonodyError: If it is too long.
            OSError: If it cannot be written.
        """
        bank = self.bank()
        path = self._folder / f"{self.stamp(melody, played)}.wav"
        return _made(path, lambda: self.wave(melody, played, bank))

    def stamp(self, melody: monody.Melody, played: Sequence[int] = ()) -> str:
        """Return a name for the sound of a melody: another sound has another."""
        music = monody.midi_bytes(melody)
        told = [music, bytes(played), str(self.bank()).encode()]
        return sha256(b"\0".join(told)).hexdigest()[:32]

    def wave(
        self, melody: monody.Melody, played: Sequence[int], bank: Path | None
    ) -> bytes:
        """Play a melody, by our own voices where the bank fails."""
        if bank is not None:
            try:
                return monody.render_melody(
                    melody, "wav", sound_bank=bank, velocities=played
                )
            except MonodyError:
                self._do_without()
        return monody.render_melody(melody, "wav", velocities=played)

    def note(self, program: int, pitch: int) -> Path:
        """Return the WAV file of one note, in our own voices.

        Args:
            program: General MIDI program, 0-127.
            pitch: MIDI number, 0-127.

        Raises:
            OSError: If it cannot be written.
        """
        ticks = 24 * NOTE_SECONDS * NOTE_BPM // 60
        melody = monody.Melody(
            [[pitch, 0, ticks]],  # type: ignore[arg-type]  # it makes the array itself
            bpm=NOTE_BPM,
            program=program,
        )
        path = self._folder / f"voice-{program}-{pitch}.wav"
        return _made(path, lambda: monody.render_melody(melody, "wav"))

    def _do_without(self) -> None:
        """Play by our own voices from now on."""
        self._looking = Future()
        self._looking.set_result(None)
        self._tell()

    def _tell(self) -> None:
        self._changes.tell(sound=["bank"])


def _made(path: Path, make: Callable[[], bytes]) -> Path:
    """Make a sound, unless it is there."""
    if not path.is_file():
        make_folder(path.parent)
        write_bytes(path, make(), lasting=False)
    return path
