"""A sound bank that sounds: one preset, one instrument, one wave."""

from __future__ import annotations

import math
import struct

_NAME = b"tiny".ljust(20, b"\0")
RATE, WAVES = 32_000, 8  # hertz; of 32 samples each


def tiny_bank(program: int = 0) -> bytes:
    """Return a SoundFont 2 of a kilobyte, in which every program is a sine.

    Args:
        program: The one that it names.
    """
    sine = [round(20_000 * math.sin(math.tau * at / 32)) for at in range(32 * WAVES)]
    samples = struct.pack(f"<{len(sine)}h", *sine) + bytes(92)  # it ends in silence
    end = len(sine)
    info = _chunk(b"ifil", struct.pack("<HH", 2, 1)) + _chunk(b"INAM", _NAME)
    preset = [
        _chunk(b"phdr", _preset(program, 0) + _preset(0, 1)),
        _chunk(b"pbag", struct.pack("<4H", 0, 0, 1, 0)),
        _chunk(b"pmod", bytes(10)),
        _chunk(b"pgen", struct.pack("<4H", 41, 0, 0, 0)),
        _chunk(b"inst", (_NAME + bytes(2)) + _NAME + struct.pack("<H", 1)),
        _chunk(b"ibag", struct.pack("<4H", 0, 0, 2, 0)),
        _chunk(b"imod", bytes(10)),
        _chunk(b"igen", struct.pack("<6H", 54, 1, 53, 0, 0, 0)),
        _chunk(b"shdr", _sample(end) + bytes(46)),
    ]
    return _chunk(
        b"RIFF",
        b"sfbk"
        + _chunk(b"LIST", b"INFO" + info)
        + _chunk(b"LIST", b"sdta" + _chunk(b"smpl", samples))
        + _chunk(b"LIST", b"pdta" + b"".join(preset)),
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    padding = bytes(len(content) % 2)
    return name + struct.pack("<I", len(content)) + content + padding


def _preset(program: int, bag: int) -> bytes:
    return _NAME + struct.pack("<HHHIII", program, 0, bag, 0, 0, 0)


def _sample(end: int) -> bytes:
    return _NAME + struct.pack("<IIIIIBbHH", 0, end, 0, end, RATE, 72, 0, 0, 1)
