"""Fuzzed files: their bytes, or what they hold, changed by chance.

The content of a file decides how it is changed: values of JSON, members of archives,
headers of arrays, chunks of MIDI, words and numbers of text; any may lose or win bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.builders.damages import ODD, places

MAX_CHANGES = 3  # of one file
GROWN = 20_000  # characters or items that something short may grow to
NUMBERS = (
    "0", "-1", "1e999", "1e-999", "NaN", "-inf", "٣", "2147483648", "0.1", "1/0",
    "9" * 30, "9" * 5_000, "0x10", "+", "1_000",
)  # fmt: skip
WORDS = (
    "\x1b[31m", "\x00", "\u202e", "\ud800", "\ufeff", "\n", "\r", "%s{0}", "../../x",
    "</score-partwise>", "&amp;", "<!--", "|:", ":|", "[1", "(3", "V:2", "K:", "%%MIDI",
    "X:2", "monody", '"', "'", ",", "like:/dev/zero", "A' " * 400, "[" * 400,
)  # fmt: skip
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ESCAPE, _PASS = "surrogateescape", "surrogatepass"  # bytes that are no UTF-8
MAX_TEXT = 200_000  # characters of a text that is changed further

Change = Callable[[bytes, bytes, random.Random], bytes]  # a file, another -> a file


def mutated(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Change a file, most of the time in one place.

    Args:
        data: The file.
        other: Another one, for those that take the end of one and the head of another.
        rng: Decides what is done.
    """
    for _ in range(rng.choice((1, 1, 1, 2, MAX_CHANGES))):
        change = _by_bytes if rng.random() < 0.3 else _way_of(data)
        with warnings.catch_warnings():  # of zipfile: two members of one name
            warnings.simplefilter("ignore")
            data = change(data, other, rng)
    return data


def _way_of(data: bytes) -> Change:
    """Choose how to change a file by how it begins."""
    if data.startswith(b"PK\x03\x04"):
        return _archive
    if data.startswith(b"\x1f\x8b"):
        return _gzip
    if data.startswith(b"\x93NUMPY"):
        return _array
    if data.startswith((b"MThd", b"RIFF")):
        return _midi
    if data[:1] in (b"{", b"["):
        return _json
    return _text if data[:200].isascii() and b"\x00" not in data[:200] else _by_bytes


# --- bytes


def _by_bytes(data: bytes, other: bytes, rng: random.Random) -> bytes:
    if not data:
        return rng.randbytes(rng.choice((1, 4, 100)))
    return rng.choice(_BYTE_CHANGES)(data, other or data, rng)


def _flip(data: bytes, _: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _time in range(rng.choice((1, 1, 2, 16))):
        changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _set(data: bytes, _: bytes, rng: random.Random) -> bytes:
    """Write a number that is a limit of something, as bytes."""
    size = rng.choice((1, 2, 4, 8))
    most = 256**size
    value = rng.choice((0, 1, most - 1, most // 2, most // 2 - 1, rng.randrange(most)))
    place = rng.randrange(len(data))
    word = value.to_bytes(size, rng.choice(("little", "big")))
    return data[:place] + word + data[place + size :]


def _cut(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] if rng.random() < 0.8 else data[place:]


def _remove(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    return data[:place] + data[place + rng.choice((1, 2, 5, 40, 500)) :]


def _insert(data: bytes, _: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(data))
    more = rng.choice((b"\x00", b"\xff", rng.randbytes(1), rng.randbytes(8)))
    times = rng.choice((1, 1, 1, 4, 100, GROWN))
    return data[:place] + more * times + data[place:]


def _splice(data: bytes, other: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def _repeat(data: bytes, _: bytes, rng: random.Random) -> bytes:
    begin = rng.randrange(len(data))
    piece = data[begin : begin + rng.choice((1, 8, 64, 1024))]
    place = rng.randrange(len(data))
    return data[:place] + piece * rng.choice((1, 2, 20)) + data[place:]


_BYTE_CHANGES = (_flip, _set, _cut, _remove, _insert, _splice, _repeat)


# --- text


def _text(data: bytes, other: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", _ESCAPE)
    change = rng.choice(_TEXT_CHANGES)
    if len(text) < MAX_TEXT:
        text = change(text, other.decode("utf-8", _ESCAPE), rng)
    return text.encode("utf-8", _PASS if "\ud800" in text else _ESCAPE)


def _other_number(text: str, _: str, rng: random.Random) -> str:
    found = list(_NUMBER.finditer(text))
    if not found:
        return text + rng.choice(NUMBERS)
    span = rng.choice(found)
    number = rng.choice((*NUMBERS, str(rng.randrange(-300, 300)), span[0] * 5))
    return text[: span.start()] + number + text[span.end() :]


def _other_word(text: str, _: str, rng: random.Random) -> str:
    begin, end = _token(text, rng)
    return text[:begin] + rng.choice(WORDS) + text[rng.choice((begin, end)) :]


def _moved(text: str, other: str, rng: random.Random) -> str:
    """Put a token, or some lines, of this text or another to another place."""
    source = rng.choice((text, text, other))
    begin, end = _token(source, rng)
    if rng.random() < 0.4:
        begin, end = begin, min(begin + rng.choice((30, 300, 3_000)), len(source))
    place, after = _token(text, rng)
    times = rng.choice((1, 1, 1, 3, 200))
    return text[:place] + source[begin:end] * times + text[after:]


def _lost(text: str, _: str, rng: random.Random) -> str:
    begin, end = _token(text, rng)
    return text[:begin] + text[end:]


def _token(text: str, rng: random.Random) -> tuple[int, int]:
    """Return where a token that chance chose begins and ends."""
    found = _TOKEN.search(text, rng.randrange(len(text) + 1))
    return found.span() if found else (len(text), len(text))


_TEXT_CHANGES = (_other_number, _other_word, _moved, _moved, _lost)


# --- JSON


def _json(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Change values; or the text, which may be JSON no longer."""
    try:
        saved = json.loads(data)
    except (ValueError, RecursionError):
        return _text(data, other, rng)
    if rng.random() < 0.15:
        return _text(data, other, rng)
    root = [saved]
    holder, key = rng.choice([(root, 0), *places(saved)])
    value = holder[key]
    way = rng.randrange(6)
    if way == 0 and holder is not root:
        del holder[key]
    elif way == 1 and holder is not root:  # a value from another place
        holder[key] = json.loads(json.dumps(_value(saved, rng)))
    elif way == 2 and isinstance(value, list):
        holder[key] = (value * GROWN)[: rng.choice((0, 1, len(value) * 2, GROWN))]
    elif way == 2 and isinstance(value, str):
        holder[key] = _text(value.encode("utf-8", _PASS), b"", rng).decode(
            "utf-8", "replace"
        )
    elif way == 3 and isinstance(value, int | float):
        changed = (value + 1, value - 1, -value, value * 1000, 0.3, 2**31, 2**63)
        holder[key] = rng.choice(changed)
    elif way == 4 and isinstance(holder, dict):
        holder[rng.choice(WORDS)] = holder.pop(key)
    else:
        holder[key] = rng.choice((*ODD, *WORDS, "x" * GROWN, [[0, 0, 0]] * 9))
    return json.dumps(root[0]).encode()


def _value(saved: Any, rng: random.Random) -> Any:
    holder, key = rng.choice([([saved], 0), *places(saved)])
    return holder[key]


# --- archives and arrays


def _archive(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Change, remove, repeat or swap members; what is no archive changes as bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old:
            members = [(info.filename, old.read(info)) for info in old.infolist()]
            packed = [info.compress_type for info in old.infolist()]
    except Exception:  # damaged before: zipfile documents little of what it raises
        return _by_bytes(data, other, rng)
    if not members:
        return _by_bytes(data, other, rng)
    place, way = rng.randrange(len(members)), rng.random()
    name, content = members[place]
    if way < 0.75:
        members[place] = (name, mutated(content, rng.choice(members)[1], rng))
    elif way < 0.85:
        del members[place]
    elif way < 0.9:
        members.append((name, rng.choice(members)[1]))
    elif way < 0.95:
        members[place] = (name, rng.choice(members)[1])
    else:
        members[place] = (rng.choice(("../x", "/x", "x" * 300, *WORDS[:5])), content)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as new:
        for (each, inside), method in zip(members, (*packed, 0), strict=False):
            safe = each.encode("utf-8", "replace").decode()
            new.writestr(zipfile.ZipInfo(safe), inside, method)
    return file.getvalue()


def _gzip(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Change what is packed."""
    try:
        inside, more = gzip.decompress(data), gzip.decompress(other)
    except Exception:  # damaged before, and it may raise anything, too
        return _by_bytes(data, other, rng)
    return gzip.compress(mutated(inside, more, rng), 1, mtime=0)


def _array(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Change the header of an array, or some of its numbers."""
    size = struct.unpack_from("<H", data, 8)[0] if len(data) > 10 else 0
    header, items = data[10 : 10 + size], bytearray(data[10 + size :])
    if rng.random() < 0.5 and items:
        odd = rng.choice((0, 1, -1, 127, 128, 2**31 - 1, -(2**31), rng.randrange(999)))
        width = rng.choice((1, 2, 4))
        place = rng.randrange(len(items)) // width * width
        items[place : place + width] = (odd % 256**width).to_bytes(width, "little")
        return data[: 10 + size] + bytes(items)
    text = header.decode("latin-1")
    about = rng.choice((
        text.replace("<i4", rng.choice(("<i8", "|O", "<f4", ">i4", "<U9", "|V4"))),
        re.sub(r"\d+,", rng.choice(("0,", "-1,", f"{10**12},", "9" * 30 + ",")), text),
        text.replace("False", "True"),
        _text(header, other, rng).decode("latin-1"),
    )).encode("latin-1", "replace")  # fmt: skip
    length = struct.pack("<H", len(about) % 2**16)
    return data[:8] + length + about + bytes(items)


def npy(array: Any) -> bytes:
    """Return an array as a ``.npy`` file."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


# --- MIDI


def _midi(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Change what chunks are, how long they say they are, or a text within one."""
    if rng.random() < 0.4:
        return _by_bytes(data, other, rng)
    chunks = [found.start() for found in re.finditer(rb"MT(?:hd|rk)|RIFF|RMID", data)]
    place = rng.choice(chunks or [0])
    length = int.from_bytes(data[place + 4 : place + 8], "big")
    end = place + 8 + length
    way = rng.randrange(4)
    if way == 0:
        lies = (0, length - 1, length + 1, 2**31, 2**32 - 1, rng.randrange(2**32))
        lie = (rng.choice(lies) % 2**32).to_bytes(4, "big")
        return data[: place + 4] + lie + data[place + 8 :]
    if way == 1:  # a chunk again, or from another file
        begin = max(other.find(b"MTrk"), 0)
        more = rng.choice((data[place:end], other[begin:]))
        return data[:end] + more * rng.choice((1, 1, 30)) + data[end:]
    if way == 2:
        return data[:place] + data[end:]
    huge = rng.choice((b"\xff\xff\xff\x7f", b"\x87\xff\xff\x7f", b"\xff\x51\x03\0\0\0"))
    inside = min(place + 8 + rng.randrange(max(length, 1)), len(data))
    return data[:inside] + huge + data[inside:]
