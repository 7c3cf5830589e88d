"""Many melodies in a few flat arrays.

Three arrays hold any number of melodies; one melody is made into an object when it is
asked for. They travel between processes as bytes and lie on disk as plain ``.npy``
files, memory-mapped when read, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from monody.files import write_bytes, write_text
from monody.melody import KEY_NAMES, Ints, Melody, Meter

INFO = np.dtype(
    [
        ("note_count", "<i4"),
        ("meter_count", "<i4"),
        ("bpm", "<f8"),
        ("key", "<i1"),  # index into KEY_NAMES, -1 where the file does not say
        ("program", "<u1"),
        ("track", "<i4"),
        ("file", "<i4"),  # index into the sources
        ("piece", "<i4"),  # index of the tune in a tune book, 0 elsewhere
    ]
)


class MelodyStore(Sequence[Melody]):
    """A sequence of melodies, stored flat.

    Args:
        notes: ``(all notes, 3)`` int32: pitch, start tick, duration in ticks.
        meters: ``(all meters, 3)`` int32: tick, numerator, denominator.
        info: ``(melodies,)`` of dtype ``INFO``.
        sources: The file names that ``info["file"]`` points into.
    """

    def __init__(
        self, notes: Ints, meters: Ints, info: NDArray[Any], sources: Sequence[str]
    ) -> None:
        self.notes = notes
        self.meters = meters
        self.info = info
        self.sources = sources
        self._note_ends = np.cumsum(info["note_count"], dtype=np.int64)
        self._meter_ends = np.cumsum(info["meter_count"], dtype=np.int64)

    @classmethod
    def of(cls, melodies: Iterable[Melody]) -> MelodyStore:
        """Pack melodies; their sources are collected in order of first appearance."""
        melodies = list(melodies)
        sources = list(dict.fromkeys(melody.source for melody in melodies))
        file_of = {source: index for index, source in enumerate(sources)}
        info = np.array(
            [
                (
                    len(melody),
                    len(melody.meters),
                    melody.bpm,
                    KEY_NAMES.index(melody.key) if melody.key else -1,
                    melody.program,
                    melody.track,
                    file_of[melody.source],
                    melody.piece,
                )
                for melody in melodies
            ],
            INFO,
        )
        meters = [meter for melody in melodies for meter in melody.meters]
        notes = [melody.notes for melody in melodies]
        return cls(
            np.concatenate(notes) if notes else np.zeros((0, 3), np.int32),
            np.array(meters, np.int32).reshape(-1, 3),
            info,
            sources,
        )

    def __len__(self) -> int:
        return len(self.info)

    @overload
    def __getitem__(self, index: int) -> Melody: ...
    @overload
    def __getitem__(self, index: slice) -> MelodyStore: ...

    def __getitem__(self, index: int | slice) -> Melody | MelodyStore:
        if isinstance(index, slice):
            return self.take(range(*index.indices(len(self))))
        index = range(len(self))[index]
        info = self.info[index]
        meters = _part(self.meters, self._meter_ends, index)
        return Melody(
            notes=np.array(self.notes_of(index)),
            meters=tuple(Meter(*map(int, row)) for row in meters),
            bpm=float(info["bpm"]),
            key=KEY_NAMES[info["key"]] if info["key"] >= 0 else None,
            program=int(info["program"]),
            source=self.sources[info["file"]],
            track=int(info["track"]),
            piece=int(info["piece"]),
        )

    def __iter__(self) -> Iterator[Melody]:
        return (self[index] for index in range(len(self)))

    def notes_of(self, index: int) -> Ints:
        """Return one melody's notes ``(notes, 3)`` without making it an object."""
        return _part(self.notes, self._note_ends, index)

    def take(self, indices: Iterable[int]) -> MelodyStore:
        """Return the melodies of these indices, in their order."""
        chosen = list(indices)
        notes = [self.notes_of(index) for index in chosen]
        meters = [_part(self.meters, self._meter_ends, index) for index in chosen]
        empty = np.zeros((0, 3), np.int32)
        return MelodyStore(
            np.concatenate([empty, *notes]),
            np.concatenate([empty, *meters]),
            self.info[chosen],
            self.sources,
        )

    def fingerprint(self) -> str:
        """Return a SHA-256 of the music, in hexadecimal."""
        digest = hashlib.sha256()
        music = self.info[["note_count", "meter_count", "bpm", "key", "program"]]
        for array in (self.notes, self.meters, music):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder; each file whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("notes", "meters", "info"):
            write_bytes(folder / f"{name}.npy", _npy(getattr(self, name)))
        write_text(folder / "sources.json", json.dumps(list(self.sources), indent=0))

    @classmethod
    def load(cls, folder: Path) -> MelodyStore:
        """Open what ``save`` wrote, memory-mapped."""
        notes, meters, info = (
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ("notes", "meters", "info")
        )
        sources = json.loads((folder / "sources.json").read_text("utf-8"))
        return cls(notes, meters, info, sources)


def _npy(array: NDArray[Any]) -> bytes:
    """Return an array as the bytes of a ``.npy`` file."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def _part(array: Ints, ends: NDArray[np.int64], index: int) -> Ints:
    """Cut one melody's rows out of a flat array."""
    start = ends[index - 1] if index else 0
    return array[start : ends[index]]
