"""Ways to damage the bytes of a file: what bad disks, bad programs and bad luck do.

Each takes the file, another file of its kind and a stream of chance, and returns the
damaged file. The later ones know where a MIDI file is most easily hurt.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

MAX_DAMAGES = 4  # to one file

Damage = Callable[[bytes, bytes, random.Random], bytes]  # file, another file -> file


def damaged(
    data: bytes, other: bytes, rng: random.Random, *, is_midi: bool = True
) -> bytes:
    """Damage the bytes of a file once, seldom more often.

    Args:
        data: The file.
        other: Another one, for those that take the end of one and the head of another.
        rng: Decides what is done.
        is_midi: Whether the ways that hurt MIDI are taken, too.
    """
    ways = DAMAGES + MIDI_DAMAGES if is_midi else DAMAGES
    for _time in range(min(1 + int(rng.expovariate(1.2)), MAX_DAMAGES)):
        if data:
            data = rng.choice(ways)(data, other or b"MThd", rng)
    return data


def _flip_bits(data: bytes, _: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _time in range(rng.choice((1, 1, 2, 4, 16))):
        damaged[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _change_bytes(data: bytes, _: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _time in range(rng.choice((1, 1, 2, 4, 16))):
        value = rng.choice((0, 0x7F, 0x80, 0xFF, 0xF0, 0xF7, rng.randrange(256)))
        damaged[rng.randrange(len(data))] = value
    return bytes(damaged)


def _cut(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] if rng.random() < 0.8 else data[place:]


def _delete(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + data[place + rng.choice((1, 1, 2, 5, 40, 500)) :]


def _insert(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    junk = rng.randbytes(rng.choice((1, 1, 2, 5, 40, 500)))
    return data[:place] + junk + data[place:]


def _fill(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Set a stretch to one value, as a bad disk does."""
    place, size = rng.randrange(len(data)), rng.choice((4, 32, 512))
    middle = bytes([rng.choice((0, 0xFF, 0x80, rng.randrange(256)))]) * size
    return (data[:place] + middle + data[place + size :])[: max(len(data), 1)]


def _repeat_chunk(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Copy a track, or any stretch, to another place."""
    tracks = [match.start() for match in re.finditer(b"MTrk", data)] or [0]
    begin = rng.choice(tracks) if rng.random() < 0.5 else rng.randrange(len(data))
    chunk = data[begin : begin + rng.choice((8, 64, 1024, len(data)))]
    place = rng.choice((len(data), begin, rng.randrange(len(data))))
    return data[:place] + chunk * rng.choice((1, 1, 2, 20)) + data[place:]


def _lie_about_length(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Change the length of a track or of the header, or of an event in a track."""
    places = [match.start() + 4 for match in re.finditer(b"MT(?:rk|hd)", data)]
    if not places or rng.random() < 0.3:
        metas = [match.end() for match in re.finditer(b"\xff[\x00-\x7f]", data)]
        if not metas:
            return _change_bytes(data, b"", rng)
        place = rng.choice(metas)
        lie = rng.choice((b"\x00", b"\x7f", b"\xff\x7f", b"\xff\xff\xff\x7f"))
        return data[:place] + lie + data[place + 1 :]
    place = rng.choice(places)
    length = int.from_bytes(data[place : place + 4], "big")
    lies = (0, 1, length - 1, length + 1, 2 * length, 2**31, 2**32 - 1, length // 2)
    return (
        data[:place] + (rng.choice(lies) % 2**32).to_bytes(4, "big") + data[place + 4 :]
    )


def _swap_blocks(data: bytes, _: bytes, rng: random.Random) -> bytes:
    a, b, c = sorted(rng.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def _splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def _change_header(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Set the format, the track count or the time division of a MIDI file."""
    place = data.find(b"MThd") + rng.choice((8, 10, 12, 12))
    values = (0, 1, 2, 3, 24, 0x7FFF, 0x8000, 0xE728, 0xFFFF, rng.randrange(65536))
    return data[:place] + rng.choice(values).to_bytes(2, "big") + data[place + 2 :]


def _stretch_times(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Put huge delta times before events."""
    damaged = data
    for _time in range(rng.choice((1, 2, 10))):
        place = rng.randrange(len(damaged))
        huge = rng.choice((b"\xff\xff\xff\x7f", b"\x87\xff\xff\x7f", b"\xff\xff\x7f"))
        damaged = damaged[:place] + huge + damaged[place:]
    return damaged


def _change_meta(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Set the values of a tempo, a time signature or a key signature."""
    places = [
        m.start() for m in re.finditer(b"\xff(?:\x51\x03|\x58\x04|\x59\x02)", data)
    ]
    if not places:
        return _flip_bits(data, b"", rng)
    place = rng.choice(places)
    size = data[place + 2]
    extreme = bytes(rng.choice((0, 1, 0x7F, 0x80, 0xFF)) for _ in range(size))
    values = rng.choice((extreme, rng.randbytes(size)))
    return data[: place + 3] + values + data[place + 3 + size :]


DAMAGES: tuple[Damage, ...] = (
    _flip_bits, _change_bytes, _cut, _delete, _insert, _fill, _repeat_chunk,
    _swap_blocks, _splice,
)  # fmt: skip
MIDI_DAMAGES: tuple[Damage, ...] = (
    _lie_about_length, _change_header, _stretch_times, _change_meta,
)  # fmt: skip
