"""Arrays that grow: in memory while they are small, then in files that are mapped.

A million melodies are a gigabyte of events. In files that are memory-mapped only those
of the present batches take memory, and the system may give back even these.
"""

from __future__ import annotations

import tempfile
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.temporary import TemporaryFolder

MAX_BYTES_IN_MEMORY = 2**28  # of all arrays together; then they go into files


class GrowingArrays:
    """Arrays of one axis that are put together from parts.

    Args:
        max_bytes: That all of them together may take in memory.

    Example:
        >>> import numpy as np
        >>> from monody.models.growing import GrowingArrays
        >>> growing = GrowingArrays(max_bytes=8)
        >>> for part in (np.arange(3), np.arange(2)):
        ...     growing.append({"numbers": part})
        >>> growing.whole()["numbers"].tolist()
        [0, 1, 2, 0, 1]
    """

    def __init__(self, max_bytes: int = MAX_BYTES_IN_MEMORY) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0  # in memory
        self._parts: dict[str, list[NDArray[Any]]] = {}
        self._folder: TemporaryFolder | None = None

    def append(self, parts: dict[str, NDArray[Any]]) -> None:
        """Put a part at the end of each array.

        Args:
            parts: By the names of the arrays, the same names each time.

        Raises:
            MonodyError: If there is no room for them on the disk.
        """
        for name, part in parts.items():
            self._parts.setdefault(name, []).append(part)
            self._bytes += part.nbytes
        if self._bytes > self._max_bytes:
            self._to_files()

    def whole(self) -> dict[str, NDArray[Any]]:
        """Return the arrays, which may be written to; one part at least was appended.

        Their files go when the last of the arrays goes.

        Raises:
            MonodyError: If there is no room for them on the disk.
        """
        if self._folder is None:
            return {name: np.concatenate(parts) for name, parts in self._parts.items()}
        types = {name: parts[0].dtype for name, parts in self._parts.items()}
        self._to_files()
        folder = self._folder.path
        arrays = {
            name: np.asarray(np.memmap(folder / name, dtype, "r+"))
            for name, dtype in types.items()
        }
        _remove_after(self._folder, arrays)
        return arrays

    def _to_files(self) -> None:
        """Write what is in memory to the ends of the files; a type is all that stays.

        Raises:
            MonodyError: If that cannot be done.
        """
        try:
            if self._folder is None:
                place = Path(tempfile.gettempdir())
                self._folder = TemporaryFolder(place, private=True)
            for name, parts in self._parts.items():
                with (self._folder.path / name).open("ab") as file:
                    for part in parts:
                        file.write(np.ascontiguousarray(part).data)
                self._parts[name] = [parts[0][:0].copy()]
        except OSError as error:
            if self._folder is not None:
                self._folder.remove()
            raise MonodyError(
                f"cannot keep the encoded melodies in {str(tempfile.gettempdir())!r}: "
                f"{error.strerror or error}; make room there, or name another folder "
                "with the environment variable TMPDIR"
            ) from error
        self._bytes = 0


def _remove_after(folder: TemporaryFolder, arrays: dict[str, NDArray[Any]]) -> None:
    """Remove a folder when no array that is mapped from it is used any more."""
    left = len(arrays)

    def one_less() -> None:
        nonlocal left
        left -= 1
        if not left:
            folder.remove()

    for array in arrays.values():
        weakref.finalize(array.base, one_less)
