"""Files that look like sound banks, as far as their headers go."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path


def write_bank(
    path: Path, programs: Iterable[int] = range(128), size: int = 2**20, bank: int = 0
) -> Path:
    """Write a SoundFont that has presets and no sounds.

    Args:
        path: Where.
        programs: Its presets.
        size: Bytes of its samples, which are a hole.
        bank: That the presets are in; drums are in 128.
    """
    presets = [*((b"preset", program, bank) for program in programs), (b"EOP", 0, 0)]
    headers = b"".join(
        struct.pack("<20sHHHIII", name, program, where, 0, 0, 0, 0)
        for name, program, where in presets
    )
    listed = b"pdta" + struct.pack("<4sI", b"phdr", len(headers)) + headers
    with path.open("wb") as file:
        file.write(struct.pack("<4sI4s", b"RIFF", 0, b"sfbk"))
        file.write(struct.pack("<4sI4s", b"LIST", 5, b"INFO") + b"x\0")
        file.write(struct.pack("<4sI4s", b"LIST", size + 4, b"sdta"))
        file.seek(size, 1)
        file.write(struct.pack("<4sI", b"LIST", len(listed)) + listed)
    return path
