"""Damages of files: what disks, careless tools and strangers do to them."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

# Values where another kind was expected, and numbers out of every range.
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 10**400, 1e308, float("nan"), float("inf"),
    "", "\x1b[31m", "9" * 400, [], {}, [[]], {"a": 1},
)  # fmt: skip

Damage = Callable[[Path], None]


def empty(path: Path) -> None:
    """Leave nothing."""
    path.write_bytes(b"")


def missing(path: Path) -> None:
    """Remove it."""
    path.unlink()


def folder_instead(path: Path) -> None:
    """Put a folder in its place."""
    path.unlink()
    path.mkdir()


def zeros(path: Path) -> None:
    """Keep its size, as a power cut may."""
    path.write_bytes(bytes(path.stat().st_size))


def text_instead(path: Path) -> None:
    """Put another kind of file in its place."""
    path.write_bytes(b"\xff\xfe not\x00 what it was \n" * 20)


def nested(path: Path) -> None:
    """Nest lists without measure."""
    path.write_bytes(b"[" * 100_000)


def cut_at(share: float) -> Damage:
    """Leave a share of it."""

    def cut(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    return cut


def flipped(seed: int) -> Damage:
    """Change some bits of a byte or of a few."""

    def flip(path: Path) -> None:
        rng = random.Random(seed)
        data = bytearray(path.read_bytes())
        for _ in range(rng.choice((1, 1, 5)) if data else 0):
            data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
        path.write_bytes(data)

    return flip


def odd_value(seed: int) -> Damage:
    """Put something odd for one of the values of a JSON file."""

    def change(path: Path) -> None:
        rng = random.Random(seed)
        saved = json.loads(path.read_bytes())
        holder, key = rng.choice(list(places(saved)) or [([saved], 0)])
        odd = rng.choice(ODD)
        if rng.random() < 0.2 and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = odd
        path.write_text(json.dumps(saved))

    return change


def places(saved: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place of a JSON value: what holds it, and its key or index."""
    items: Any = ()
    if isinstance(saved, dict):
        items = list(saved.items())
    elif isinstance(saved, list):
        items = list(enumerate(saved))[:20]
    for key, value in items:
        yield saved, key
        yield from places(value)


def other_array(seed: int) -> Damage:
    """Put another array into a ``.npy`` file, or other numbers into the same."""

    def change(path: Path) -> None:
        rng = np.random.default_rng(seed)
        array = np.load(path)
        kind = seed % 6
        if kind == 0:
            array = array[: len(array) // 2]
        elif kind == 1:
            array = np.zeros((3, 5))
        elif kind == 2:
            array = np.array([None, "pickled"], object)
        elif kind == 3:
            array = np.concatenate([array, array])
        elif array.dtype.names and len(array):
            name = rng.choice(array.dtype.names)
            array[name][rng.integers(len(array))] = rng.choice([-1, 0, 100, 127])
        elif array.size:
            odd = [-1, 0, 128, 2**31 - 1, -(2**31)]
            array.ravel()[rng.integers(array.size)] = rng.choice(odd)
        file = io.BytesIO()
        np.save(file, array, allow_pickle=True)
        path.write_bytes(file.getvalue())

    return change


def giant_array(path: Path) -> None:
    """Let a ``.npy`` file say that it is of a trillion rows."""
    array = np.load(path)
    file = io.BytesIO()
    about = np.lib.format.header_data_from_array_1_0(array)
    about["shape"] = (10**12, *array.shape[1:])
    np.lib.format.write_array_header_1_0(file, about)
    path.write_bytes(file.getvalue())


def damages(path: Path, seed: int) -> Iterator[tuple[str, Damage]]:
    """Yield damages of a file, by name.

    Args:
        path: The file.
        seed: Of those that are drawn; with 0 come those that are always the same, too.
    """
    always = (empty, missing, folder_instead, zeros, text_instead, nested)
    if seed == 0:
        yield from ((damage.__name__, damage) for damage in always)
    yield "cut", cut_at(random.Random(seed).random())
    yield "flipped", flipped(seed)
    if path.suffix == ".json":
        yield "odd value", odd_value(seed)
    if path.suffix == ".npy":
        yield "other array", other_array(seed)
        if seed == 0:
            yield "giant array", giant_array
