"""What is damaged: real files of every kind, and MuseScore and kern made by chance.

Real ones come from the folders that are named and from music21's wheel, which brings
tune books, MusicXML from a dozen programs and the masses of Palestrina in **kern.
"""

from __future__ import annotations

import gzip
import importlib.util
import random
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from fuzz_damage import damaged
from fuzz_kern import kern_file
from fuzz_musescore import musescore_file
from fuzz_notations import TEXT_KINDS
from fuzz_zip import packed_score, zipped

MAX_BYTES = 100_000  # of a text: small ones are as good to damage, and quicker to read
MAX_ORIGINALS = 4_000  # of a kind
KINDS = ("midi", *TEXT_KINDS)
MIXTURE = (0.9, 0.03, 0.03, 0.02, 0.02)
SUFFIXES = {
    "midi": (".mid", ".midi"),
    "abc": (".abc",),
    "musicxml": (".musicxml", ".xml", ".mxl"),
    "musescore": (".mscx", ".mscz"),
    "kern": (".krn",),
}
PACKED = {".mxl": (".xml", ".musicxml"), ".mscz": (".mscx",)}
# How files are named and packed, and how often; the content has to tell in the last.
FORMS = {
    "midi": {"mid": 0.97, "zip": 0.015, "mid.gz": 0.015},
    "abc": {"abc": 0.94, "abc.gz": 0.03, "abc.mid": 0.03},
    "musicxml": {"musicxml": 0.4, "xml": 0.2, "mxl": 0.34, "xml.gz": 0.03,
                 "xml.mid": 0.03},
    "musescore": {"mscx": 0.6, "mscz": 0.34, "mscx.gz": 0.03, "mscx.mid": 0.03},
    "kern": {"krn": 0.94, "krn.gz": 0.03, "krn.mid": 0.03},
}  # fmt: skip
Maker = Callable[[random.Random], bytes]
MADE: dict[str, tuple[Maker, float]] = {  # and the share of those that are made
    "musescore": (musescore_file, 0.85),
    "kern": (kern_file, 0.5),
}


class Originals:
    """Files to damage.

    Args:
        folders: Where to look for them, beside music21's wheel.
        kind: One of `KINDS`; "all" is a mixture, most of it MIDI.
    """

    def __init__(self, folders: Sequence[Path], kind: str) -> None:
        self._kind = kind
        wanted = KINDS if kind == "all" else (kind,)
        self.files = {name: _real_files(folders, name) for name in wanted}
        missing = [n for n, files in self.files.items() if not files and n not in MADE]
        if missing:
            raise SystemExit(f"no files of kind {' or '.join(missing)}: name a folder")

    def file(self, seed: int, number: int) -> tuple[str, bytes]:
        """Make file ``number``: its name and its bytes."""
        rng = random.Random(f"{seed}-{number}")  # noqa: S311 - not for secrets
        kind = self._any_kind(rng)
        form = rng.choices(list(FORMS[kind]), list(FORMS[kind].values()))[0]
        name = f"{number:07}.{form}"
        if form == "zip":
            return name, self._zip(rng)
        if form.endswith(".gz"):
            return name, self._gzip(kind, rng)
        if form in ("mxl", "mscz"):
            suffix = ".mscx" if form == "mscz" else ".xml"
            make = self._damaged if rng.random() < 0.5 else self._whole
            other = self._whole(kind, rng)
            return name, packed_score(make(kind, rng), suffix, other, rng)
        return name, self._damaged(kind, rng)

    def _any_kind(self, rng: random.Random) -> str:
        if self._kind != "all":
            return self._kind
        return rng.choices(KINDS, MIXTURE)[0]

    def _whole(self, kind: str, rng: random.Random) -> bytes:
        """Choose a file, or make one."""
        files = self.files[kind]
        if kind in MADE:
            make, share = MADE[kind]
            if not files or rng.random() < share:
                return make(rng)
        return rng.choice(files)

    def _damaged(self, kind: str, rng: random.Random) -> bytes:
        data, other = self._whole(kind, rng), self._whole(kind, rng)
        if kind == "midi":
            return damaged(data, other, rng)
        return TEXT_KINDS[kind].damaged(data, other, rng)

    def _zip(self, rng: random.Random) -> bytes:
        """Pack some files, damaged or not, and damage the archive or not."""
        members = []
        for number in range(rng.choice((1, 2, 10))):
            kind = self._any_kind(rng)
            make = self._damaged if rng.random() < 0.5 else self._whole
            members.append((f"{number}{SUFFIXES[kind][0]}", make(kind, rng)))
        method = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
        packed = zipped(members, method)
        return damaged(packed, b"", rng) if rng.random() < 0.7 else packed

    def _gzip(self, kind: str, rng: random.Random) -> bytes:
        if rng.random() < 0.5:
            return gzip.compress(self._damaged(kind, rng))
        return damaged(gzip.compress(self._whole(kind, rng)), b"", rng)


def _real_files(folders: Sequence[Path], kind: str) -> list[bytes]:
    """Return the files of a kind, the same ones each time."""
    found: list[bytes] = []
    for path in _paths(folders, kind):
        data = _unpacked(path) if path.suffix in PACKED else path.read_bytes()
        if data and (kind == "midi" or len(data) <= MAX_BYTES):
            found.append(data)
    if len(found) > MAX_ORIGINALS:
        found = random.Random(0).sample(found, MAX_ORIGINALS)  # noqa: S311
    return found


def _paths(folders: Sequence[Path], kind: str) -> list[Path]:
    """List the files of a kind; music21's, too, unless they are MIDI."""
    wheel = importlib.util.find_spec("music21")
    roots = [*folders]
    if wheel is not None and wheel.origin and kind != "midi":
        roots.append(Path(wheel.origin).parent)
    return [
        path
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.suffix.lower() in SUFFIXES[kind] and path.is_file()
    ]


def _unpacked(path: Path) -> bytes:
    """Return the score in a packed file: the largest member that can be it."""
    suffixes = PACKED[path.suffix]
    with zipfile.ZipFile(path) as archive:
        scores = [
            info
            for info in archive.infolist()
            if PurePath(info.filename).suffix in suffixes
            and not info.filename.startswith("META-INF")
        ]
        best = max(scores, key=lambda info: info.file_size, default=None)
        return b"" if best is None else archive.read(best)
