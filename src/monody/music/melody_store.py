"""Many melodies in a few flat arrays.

Three arrays hold any number of melodies; one melody is made into an object when it is
asked for. They travel between processes as bytes and lie on disk as plain ``.npy``
files, memory-mapped when read, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from monody.files import write_text
from monody.music.keys import KEY_NAMES
from monody.music.melody import Melody
from monody.music.meter import Ints, Meter, longest_meter
from monody.music.store_files import ARRAYS, INFO, ROWS, StoreWriter
from monody.saved.arrays import let_go, map_array
from monody.saved.plain_json import MAX_JSON_BYTES, read_json
from monody.saved.values import listed, text
from monody.showing import counted

SOURCES_FILE = "sources.json"
MAX_NAME_BYTES = 2**13  # of a file name in JSON
NOTES_AT_A_TIME, MELODIES_AT_A_TIME = 2**18, 2**15


class MelodyStore(Sequence[Melody]):
    """A sequence of melodies, stored flat.

    Args:
        notes: ``(all notes, 3)`` int32: pitch, start tick, duration in ticks.
        meters: ``(all meters, 3)`` int32: tick, numerator, denominator.
        info: ``(melodies,)`` of dtype ``INFO``.
        sources: The file names that ``info["file"]`` points into.

    Example:
        >>> from monody import Melody, MelodyStore
        >>> scale = Melody.from_notes([(60, 0, 24), (62, 24, 24), (64, 48, 24)])
        >>> melodies = MelodyStore.of([scale, scale.transposed(7)])
        >>> melodies
        <MelodyStore: 2 melodies, 6 notes>
        >>> len(melodies), melodies[1].pitches.tolist()
        (2, [67, 69, 71])
        >>> melodies.notes.shape, melodies[:1].notes.shape
        ((6, 3), (3, 3))
    """

    def __init__(
        self,
        notes: Ints,
        meters: Ints,
        info: NDArray[np.void],
        sources: Sequence[str],
    ) -> None:
        self.notes = notes
        self.meters = meters
        self.info = info
        self.sources = sources
        self._note_ends = np.cumsum(info["note_count"], dtype=np.int64)
        self._meter_ends = np.cumsum(info["meter_count"], dtype=np.int64)

    @classmethod
    def of(cls, melodies: Iterable[Melody]) -> MelodyStore:
        """Pack melodies; their sources are collected in order of first appearance.

        Example:
            >>> from monody import Melody, MelodyStore
            >>> MelodyStore.of([Melody.from_notes([(60, 0, 24)])]).notes.tolist()
            [[60, 0, 24]]
        """
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

    def __repr__(self) -> str:
        melodies = counted(len(self), "melody", "melodies")
        return f"<MelodyStore: {melodies}, {counted(len(self.notes), 'note', 'notes')}>"

    def __len__(self) -> int:
        return len(self.info)

    @overload
    def __getitem__(self, index: int) -> Melody: ...
    @overload
    def __getitem__(self, index: slice) -> MelodyStore: ...

    def __getitem__(self, index: int | slice) -> Melody | MelodyStore:
        if isinstance(index, slice):
            first, end, step = index.indices(len(self))
            if step == 1 and first < end:
                return self._between(first, end)
            return self.take(range(first, end, step))
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

    def _between(self, first: int, end: int) -> MelodyStore:
        """Return melodies that lie side by side, without copying them."""
        notes, meters = (
            slice(ends[first - 1] if first else 0, ends[end - 1])
            for ends in (self._note_ends, self._meter_ends)
        )
        own = self.notes[notes], self.meters[meters], self.info[first:end]
        return MelodyStore(*own, self.sources)

    def __iter__(self) -> Iterator[Melody]:
        return (self[index] for index in range(len(self)))

    def notes_of(self, index: int) -> Ints:
        """Return one melody's notes ``(notes, 3)`` without making it an object."""
        return _part(self.notes, self._note_ends, index)

    def main_meter(self, index: int) -> Meter:
        """Return the time signature that one melody is in for longest.

        Of several as long it is the first.

        Example:
            >>> from monody import Melody, MelodyStore, Meter
            >>> pickup = [Meter(0, 1, 4), Meter(24, 3, 4)]
            >>> waltz = Melody.from_notes([(60, 0, 24), (65, 24, 72)], pickup)
            >>> MelodyStore.of([waltz]).main_meter(0)
            Meter(tick=24, numerator=3, denominator=4)
        """
        meters = _part(self.meters, self._meter_ends, index)
        if len(meters) == 1:
            return Meter(*map(int, meters[0]))
        _, start, duration = self.notes_of(index)[-1].tolist()
        return longest_meter(
            [Meter(*map(int, row)) for row in meters], start + duration
        )

    def take(self, indices: Iterable[int]) -> MelodyStore:
        """Return the melodies of these indices, in their order.

        Example:
            >>> from monody import Melody, MelodyStore
            >>> notes = [Melody.from_notes([(60 + step, 0, 24)]) for step in range(5)]
            >>> MelodyStore.of(notes).take([4, 0]).notes[:, 0].tolist()
            [64, 60]
        """
        chosen = np.fromiter(indices, np.int64)
        notes = _rows(self._note_ends, self.info["note_count"], chosen)
        meters = _rows(self._meter_ends, self.info["meter_count"], chosen)
        return MelodyStore(
            np.asarray(self.notes)[notes],
            np.asarray(self.meters)[meters],
            self.info[chosen],
            self.sources,
        )

    def followed_by(self, other: MelodyStore) -> MelodyStore:
        """Return these melodies and then others, which have the same sources.

        Example:
            >>> from monody import Melody, MelodyStore
            >>> melodies = MelodyStore.of([Melody.from_notes([(60, 0, 24)])])
            >>> len(melodies.followed_by(melodies))
            2
        """
        return MelodyStore(
            np.concatenate([self.notes, other.notes]),
            np.concatenate([self.meters, other.meters]),
            np.concatenate([self.info, other.info]),
            self.sources,
        )

    def beside(self, other: MelodyStore) -> MelodyStore:
        """Return these melodies and then others, which have sources of their own.

        Example:
            >>> from dataclasses import replace
            >>> from monody import Melody, MelodyStore
            >>> tune = Melody.from_notes([(60, 0, 24)])
            >>> one = MelodyStore.of([replace(tune, source="a.mid")])
            >>> other = MelodyStore.of([replace(tune, source="b.mid")])
            >>> [melody.source for melody in one.beside(other)]
            ['a.mid', 'b.mid']
        """
        info = other.info.copy()
        info["file"] += len(self.sources)
        sources = [*self.sources, *other.sources]
        ours = MelodyStore(self.notes, self.meters, self.info, sources)
        theirs = MelodyStore(other.notes, other.meters, info, sources)
        return ours.followed_by(theirs)

    def fingerprint(self) -> str:
        """Return a SHA-256 of the music, in hexadecimal.

        Example:
            >>> from monody import Melody, MelodyStore
            >>> melodies = MelodyStore.of([Melody.from_notes([(60, 0, 24)])])
            >>> melodies.fingerprint()[:8]
            '5599d78f'
        """
        digest = hashlib.sha256()
        fields = ["note_count", "meter_count", "bpm", "key", "program"]
        # Packed: the bytes of a view of some fields are those of all.
        music = np.empty(len(self.info), [(name, INFO[name]) for name in fields])
        for name in fields:
            music[name] = self.info[name]
        for array in (self.notes, self.meters, music):
            for first in range(0, len(array), NOTES_AT_A_TIME):
                part = array[first : first + NOTES_AT_A_TIME]
                digest.update(np.ascontiguousarray(part).data.cast("B"))
                let_go(array)
        return digest.hexdigest()

    def let_go(self) -> None:
        """Give back the memory of mapped files; they are read again when asked for.

        Whoever goes through many melodies does so now and then: what was looked at
        counts as the process's memory until then.

        Example:
            >>> from monody import Melody, MelodyStore
            >>> melodies = MelodyStore.of([Melody.from_notes([(60, 0, 24)])])
            >>> melodies.let_go()
            >>> melodies.notes.tolist()
            [[60, 0, 24]]
        """
        for array in (self.notes, self.meters, self.info):
            let_go(array)

    def save(self, folder: Path, indices: Sequence[int] | None = None) -> None:
        """Write the melodies into a folder, which is made, with their sources.

        Args:
            folder: Where to.
            indices: The melodies to write, in this order. By default all.

        Example:
            >>> from pathlib import Path
            >>> from monody import Melody, MelodyStore
            >>> folder = Path("my-melodies")
            >>> MelodyStore.of([Melody.from_notes([(60, 0, 24)])]).save(folder)
            >>> sorted(path.name for path in folder.iterdir())
            ['info.npy', 'meters.npy', 'notes.npy', 'sources.json']
            >>> len(MelodyStore.load(folder))
            1
        """
        chosen = np.arange(len(self)) if indices is None else np.array(indices, int)
        files = np.unique(self.info["file"][chosen])
        with StoreWriter(folder) as writer:
            for first in range(0, len(chosen), MELODIES_AT_A_TIME):
                some = self.take(chosen[first : first + MELODIES_AT_A_TIME])
                some.info["file"] = np.searchsorted(files, some.info["file"])
                writer.append(some)
                self.let_go()
        sources = [self.sources[file] for file in files]
        write_text(folder / SOURCES_FILE, json.dumps(sources, indent=0))

    @classmethod
    def load(cls, folder: Path, sources: Sequence[str] | None = None) -> MelodyStore:
        """Open the melodies that were written into a folder, memory-mapped.

        Args:
            folder: Written by ``save`` or ``StoreWriter``.
            sources: The file names, where ``save`` did not write them.

        Raises:
            DamagedError: If a file is damaged. What is in the arrays is looked at by
                ``store_check``.
            OSError: If a file is not there, or cannot be read.
        """
        notes, meters, info = (
            map_array(folder / f"{name}.npy", *ROWS[name]) for name in ARRAYS
        )
        if sources is None:
            max_bytes = MAX_JSON_BYTES + MAX_NAME_BYTES * len(info)
            sources = listed(read_json(folder / SOURCES_FILE, max_bytes), text)
        return cls(notes, meters, info, sources)


def _part(array: Ints, ends: NDArray[np.int64], index: int) -> Ints:
    """Cut one melody's rows out of a flat array."""
    start = ends[index - 1] if index else 0
    return array[start : ends[index]]


def _rows(
    ends: NDArray[np.int64], counts: Ints, chosen: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the rows of the chosen melodies in a flat array, in their order."""
    counts = counts[chosen]  # (melodies,)
    shift = ends[chosen] - np.cumsum(counts, dtype=np.int64)  # (melodies,)
    return np.repeat(shift, counts) + np.arange(counts.sum())
