"""Zip archives as strangers make them: MXL, MSCZ and folders of music, with tricks."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache

from fuzz_damage import damaged

BOMB_BYTES = 20_000_000  # that a member unpacks to: more than a file may have
CONTAINER = "META-INF/container.xml"
PATHS = (
    "../../../../escaped{}", "/escaped{}", "C:\\escaped{}", "..\\..\\escaped{}",
    "a/" * 200 + "b{}", "score{}/", "{}", "META-INF/score{}", "__MACOSX/._score{}",
    ".hidden{}", "SCORE{}", "score{}.txt", "ſcöre {}", "score\0{}", "x" * 60_000 + "{}",
    "con{}", "./score{}", "//score{}", "score{} ",
)  # fmt: skip

Member = tuple[str, bytes]
Trick = Callable[[list[Member], str, random.Random], list[Member]]


def zipped(members: Sequence[Member], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack files, several of which may have one name."""
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", method) as archive:
        warnings.simplefilter("ignore")  # zipfile tells of two members of a name
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def packed_score(score: bytes, suffix: str, other: bytes, rng: random.Random) -> bytes:
    """Pack a score as notation programs do, or with a trick.

    Args:
        score: Its text.
        suffix: Of its name in the archive, such as ``.mscx``.
        other: Another score.
        rng: Decides the trick.
    """
    name = f"score{suffix}"
    members = [(CONTAINER, _container(name)), (name, score)]
    if rng.random() < 0.5:
        members.append((f"Excerpts/1/part{suffix}", other))
    method = rng.choice(
        (zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
    )
    for _time in range(rng.choice((0, 0, 1, 2))):
        members = rng.choice(TRICKS)(members, suffix, rng)
    if rng.random() < 0.03:
        method = rng.choice((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    packed = zipped(members, method)
    if rng.random() < 0.1:
        packed = _lying(packed, rng)
    return damaged(packed, other, rng, is_midi=False) if rng.random() < 0.15 else packed


def _container(path: str) -> bytes:
    return (
        '<?xml version="1.0"?><container><rootfiles><rootfile full-path="'
        f'{path}"/></rootfiles></container>'
    ).encode()


def _name_another(
    members: list[Member], suffix: str, rng: random.Random
) -> list[Member]:
    """Let the container name something else."""
    elsewhere = rng.choice((*PATHS, CONTAINER, "missing{}", "/etc/passwd", "Score{}"))
    wrong = _container(elsewhere.replace("{}", suffix).replace("\0", ""))
    broken = rng.choice(
        (wrong, wrong, b"", b"<container/>", b"<container", b"\xff\xfe")
    )
    return [(n, broken if n == CONTAINER else data) for n, data in members]


def _rename(members: list[Member], suffix: str, rng: random.Random) -> list[Member]:
    """Give the score another name, which the container may know."""
    name = rng.choice(PATHS).replace("{}", suffix)
    others = [member for member in members if member[0] == CONTAINER]
    if rng.random() < 0.5:
        others = [(CONTAINER, _container(name.replace("\0", "")))]
    return [*others, *((name, data) for n, data in members if n != CONTAINER)]


def _leave_out(members: list[Member], _: str, rng: random.Random) -> list[Member]:
    gone = rng.randrange(len(members)) if members else 0
    return members[:gone] + members[gone + 1 :]


def _have_twice(members: list[Member], _: str, rng: random.Random) -> list[Member]:
    """Have two members, or many, of one name."""
    if not members:
        return members
    name, data = rng.choice(members)
    again = rng.choice((data, b"", data[: len(data) // 2], b"<score-partwise/>"))
    if rng.random() < 0.1:
        return [*members, *[(name, again[:200])] * 3000]
    return [*members, (name, again)]


def _blow_up(members: list[Member], _: str, rng: random.Random) -> list[Member]:
    """Let a member unpack to more than a file may have, which takes long to pack."""
    if not members or rng.random() < 0.7:
        return members
    place = rng.randrange(len(members))
    bomb = rng.choice((_nothings, _notes))()
    return [*members[:place], (members[place][0], bomb), *members[place + 1 :]]


@lru_cache(maxsize=1)
def _nothings() -> bytes:
    return bytes(BOMB_BYTES)


@lru_cache(maxsize=1)
def _notes() -> bytes:
    """Return XML that grows by a thousand as it is unpacked."""
    note = b"<note><rest/><duration>1</duration></note>"
    return b"<score-partwise>" + note * (BOMB_BYTES // len(note))


def _pack_again(members: list[Member], suffix: str, rng: random.Random) -> list[Member]:
    """Put an archive into the archive."""
    inner = zipped(members)
    name = rng.choice(("inner.zip", f"score{suffix}", "inner.mxl", "inner.mscz"))
    return [*(m for m in members if m[0] == CONTAINER), (name, inner)]


TRICKS: tuple[Trick, ...] = (
    _name_another, _name_another, _rename, _rename, _leave_out, _have_twice,
    _have_twice, _pack_again, _blow_up,
)  # fmt: skip


def _lying(packed: bytes, rng: random.Random) -> bytes:
    """Let the directory of an archive lie: sizes, places, methods, a password."""
    entries = [m for m in _places(packed, b"PK\x01\x02") if m + 46 <= len(packed)]
    if not entries:
        return packed
    lied = bytearray(packed)
    entry = rng.choice(entries)
    # Version, flags, method, checksum, two sizes, lengths of three names, the place.
    offset, form = rng.choice(
        ((6, "<H"), (8, "<H"), (10, "<H"), (16, "<I"), (20, "<I"), (24, "<I"),
         (28, "<H"), (30, "<H"), (32, "<H"), (42, "<I"))
    )  # fmt: skip
    top = (1 << 8 * struct.calcsize(form)) - 1
    lie = rng.choice((0, 1, 8, 9, 14, 99, top, top // 2, rng.randrange(top)))
    struct.pack_into(form, lied, entry + offset, lie)
    return bytes(lied)


def _places(data: bytes, sign: bytes) -> list[int]:
    places, at = [], data.find(sign)
    while at >= 0:
        places.append(at)
        at = data.find(sign, at + 1)
    return places
