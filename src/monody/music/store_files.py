"""The files of a melody store: what is in them, and writing them as melodies come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from monody.files import replacing
from monody.saved.written_together import WrittenTogether

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
ARRAYS = ("notes", "meters", "info")
# Of each array the type of its items, and the shape of a row.
ROWS: dict[str, tuple[np.dtype[Any], tuple[int, ...]]] = {
    "notes": (np.dtype("<i4"), (3,)),
    "meters": (np.dtype("<i4"), (3,)),
    "info": (INFO, ()),
}


class Arrays(Protocol):
    """The arrays of a ``MelodyStore``, by their names in ``ARRAYS``."""

    @property
    def notes(self) -> NDArray[np.int32]:
        """Pitch, start tick and duration in ticks, ``(all notes, 3)``."""

    @property
    def meters(self) -> NDArray[np.int32]:
        """Tick, numerator and denominator, ``(all meters, 3)``."""

    @property
    def info(self) -> NDArray[Any]:
        """Items of ``INFO``, ``(melodies,)``."""


class StoreWriter(WrittenTogether):
    """Writes the arrays of melodies as they come. Use as a context manager.

    Args:
        folder: Where ``notes.npy``, ``meters.npy`` and ``info.npy`` are written, each
            whole or not at all. It is made where there is none.

    Example:
        >>> from pathlib import Path
        >>> from monody import Melody, MelodyStore
        >>> from monody.music.store_files import StoreWriter
        >>> melodies = MelodyStore.of([Melody.from_notes([(60, 0, 24)])])
        >>> with StoreWriter(Path("as-they-come")) as writer:
        ...     writer.append(melodies)
        ...     writer.append(melodies)
        >>> len(MelodyStore.load(Path("as-they-come"), melodies.sources))
        2
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, BinaryIO] = {}
        self._rows = dict.fromkeys(ARRAYS, 0)

    def open_all(self, stack: ExitStack) -> None:
        """Open a file for each array; they are whole when all are closed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for name in ARRAYS:
            path = self._folder / f"{name}.npy"
            temporary = stack.enter_context(replacing(path))
            self._files[name] = stack.enter_context(self._open(name, temporary))

    @contextmanager
    def _open(self, name: str, temporary: Path) -> Iterator[BinaryIO]:
        """Open a file, and write its header at last, when the rows are counted."""
        with temporary.open("wb") as file:
            self._write_header(name, file)
            yield file
            file.seek(0)
            self._write_header(name, file)

    def append(self, melodies: Arrays) -> None:
        """Write melodies after those that are there; sources are not written."""
        for name in ARRAYS:
            array = getattr(melodies, name)
            self._files[name].write(np.ascontiguousarray(array).data)
            self._rows[name] += len(array)

    def _write_header(self, name: str, file: BinaryIO) -> None:
        """Write the header of a ``.npy`` file; its length leaves room for any count."""
        dtype, columns = ROWS[name]
        np.lib.format.write_array_header_1_0(
            file,
            {
                "descr": np.lib.format.dtype_to_descr(dtype),
                "fortran_order": False,
                "shape": (self._rows[name], *columns),
            },
        )
