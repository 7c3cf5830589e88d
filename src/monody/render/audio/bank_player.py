"""A sound bank that plays in a process of its own, melody after melody.

Whatever a damaged bank does there, it costs that process and no more: it has limits of
memory and of time, and ends with this one. It keeps the bank, which may have hundreds
of megabytes, so that only melodies and sounds travel.
"""

from __future__ import annotations

import json
import sys
import threading

from monody.child_process import ChildProcess
from monody.errors import MonodyError, brief
from monody.memory import allowed_bytes
from monody.render.audio.bank_child import READY
from monody.translation import marked

MODULE = "monody.render.audio.bank_child"
START_SECONDS = 20.0  # of processor time, until it has begun
PLAY_SECONDS = 15.0  # and as long as the melody lasts; most take a twentieth of that
MEMORY_BYTES = 2**31  # half an hour of music takes 1.2 GB
COPIES = 2  # of the bank: as it is, and as it is played
MAX_WAVE_BYTES = 2**30
LAST_WORDS_SECONDS = 1.0  # to say how it ended


class UnplayableError(Exception):
    """Why a bank cannot be played, in a few words."""


class BankPlayer:
    """A process that plays one sound bank.

    Args:
        bank: The file.

    Raises:
        MonodyError: If the process does not start.
    """

    def __init__(self, bank: bytes) -> None:
        self._bank = bank  # until it is sent
        self._late = False  # whether it was ended for that
        memory = min(MEMORY_BYTES + COPIES * len(bank), allowed_bytes())
        self._child = ChildProcess(
            MODULE,
            [str(memory)],
            cpu_seconds=START_SECONDS,
            memory_bytes=memory,
            quiet=True,  # Rust writes ten lines where it panics
        )
        if self._child.answers.readline() != READY:
            self.close()
            raise MonodyError(
                "the process that plays sound banks did not start: run "
                f"`{sys.executable} -P -m {MODULE} {memory}` to see why"
            )

    @property
    def is_alive(self) -> bool:
        """Whether it can play another melody."""
        return self._child.poll() is None

    def play(self, midi: bytes, seconds: float) -> bytes:
        """Play a melody.

        Args:
            midi: Its MIDI file.
            seconds: How long it lasts.

        Returns:
            A WAV file.

        Raises:
            UnplayableError: If the bank cannot be played.
            MonodyError: If somebody else ended the process.
        """
        limit = PLAY_SECONDS + seconds
        watch = threading.Timer(limit, self._give_up)
        watch.daemon = True
        watch.start()
        try:
            return self._played(midi, limit)
        except UnplayableError:
            raise
        except (EOFError, OSError, ValueError, KeyError, TypeError) as error:
            # The pipe broke, or what came is no answer: this process is done for.
            self._child.wait(LAST_WORDS_SECONDS)
            self.close()
            raise self._obituary(limit) from error
        except BaseException:  # such as Ctrl-C: its answer would come to the next one
            self.close()
            raise
        finally:
            watch.cancel()

    def close(self) -> None:
        """End the process."""
        self._child.close()

    def _played(self, midi: bytes, limit: float) -> bytes:
        """Send a melody, the bank before it if need be, and wait for the sound."""
        if self._bank:
            self._send({"bank": len(self._bank)}, self._bank)
            self._bank = b""
        self._send({"midi": len(midi), "seconds": limit}, midi)
        answer = json.loads(self._child.answers.readline())
        if "failed" in answer:
            raise UnplayableError(brief(str(answer["failed"])))
        size = int(answer["wave"])
        wave = self._child.answers.read(min(size, MAX_WAVE_BYTES))
        if len(wave) != size:
            raise EOFError
        return wave

    def _send(self, header: dict[str, object], data: bytes) -> None:
        self._child.requests.write(json.dumps(header).encode() + b"\n")
        self._child.requests.write(data)
        self._child.requests.flush()

    def _give_up(self) -> None:
        self._late = True
        self._child.kill()

    def _obituary(self, limit: float) -> Exception:
        """Say why the process ended."""
        if self._late or self._child.used_its_time:
            return UnplayableError(marked(f"it took longer than {limit:.0f} s"))
        if self._child.used_its_memory:
            return UnplayableError(marked("it took too much memory"))
        if self._child.was_killed:
            return MonodyError(
                "the process that plays the sound bank was killed, perhaps for want of "
                "memory: end other programs, or name --sound_bank none"
            )
        status = self._child.poll()
        return UnplayableError(
            marked(f"the player died on it, perhaps for want of memory; {status}")
        )
