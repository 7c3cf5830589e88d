"""Arrays in ``.npy`` files and in archives of them; nothing is ever unpickled."""

from __future__ import annotations

import io
import math
import mmap
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import DTypeLike, NDArray

from monody.saved.damage import damage_in, require, require_file

# NumPy reads a header as Python, in a time that grows with the square of its length:
# one of 8 kB took four seconds. Ours, with the fields of a melody, have 250 bytes.
MAX_HEADER_BYTES = 2**10


def map_array(path: Path, dtype: DTypeLike, columns: tuple[int, ...] = ()) -> Any:
    """Open the array of a ``.npy`` file, memory-mapped.

    Args:
        path: A plain file.
        dtype: Of its items.
        columns: Its shape without the first axis, that of its rows.

    Raises:
        DamagedError: If it is damaged, or another array.
        OSError: If it is not there, or cannot be read.

    Example:
        >>> import numpy as np
        >>> from pathlib import Path
        >>> from monody.saved.arrays import map_array
        >>> np.save("three.npy", np.zeros((3, 2), np.int32))
        >>> map_array(Path("three.npy"), np.int32, columns=(2,)).shape
        (3, 2)
    """
    require_file(path)
    with damage_in(path.name):
        with path.open("rb") as file:
            _require_known_kind(file, path.name)
        array = np.lib.format.open_memmap(path, mode="r")
    as_expected = array.dtype == dtype and array.shape[1:] == columns and array.ndim
    require(bool(as_expected) and array.flags.c_contiguous, f"{path.name} is another")
    return np.asarray(array)  # slicing a memmap itself is slow


def let_go(array: NDArray[Any]) -> None:
    """Give back the memory of an array that is mapped from a file.

    Its pages are read from the file again when they are asked for. Until then they
    count as the process's, though the system may take them. Where a system has no word
    for that, and of other arrays, nothing happens. An array that is changed in its file
    loses nothing.

    Args:
        array: Any array, or a part of one.

    Example:
        >>> import numpy as np
        >>> from pathlib import Path
        >>> from monody.saved.arrays import let_go, map_array
        >>> np.save("seven.npy", np.full(5, 7))
        >>> array = map_array(Path("seven.npy"), np.int64)
        >>> let_go(array)
        >>> array.tolist()
        [7, 7, 7, 7, 7]
    """
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def _require_known_kind(file: BinaryIO, what: str) -> None:
    """Read what a file begins with; the later kinds may have headers of gigabytes."""
    require(np.lib.format.read_magic(file) == (1, 0), f"{what} is of no known kind")
    header = int.from_bytes(file.read(2), "little")
    require(header <= MAX_HEADER_BYTES, f"{what} has too long a header")
    file.seek(-2, io.SEEK_CUR)


def array_bytes(shape: tuple[int, ...], dtype: DTypeLike) -> int:
    """Return the most that an array takes in a ``.npy`` file.

    Example:
        >>> import numpy as np
        >>> from monody.saved.arrays import array_bytes
        >>> array_bytes((3, 2), np.float32)
        1048
    """
    return math.prod(shape) * np.dtype(dtype).itemsize + MAX_HEADER_BYTES


def parse_array(data: bytes, what: str) -> NDArray[Any]:
    """Return the array of a whole ``.npy`` file.

    Args:
        data: The file. The shape that it tells is believed only if it is as long.
        what: What is read, for the message.

    Raises:
        DamagedError: If it is damaged.

    Example:
        >>> import io
        >>> import numpy as np
        >>> from monody.saved.arrays import parse_array
        >>> file = io.BytesIO()
        >>> np.save(file, np.arange(3))
        >>> parse_array(file.getvalue(), "numbers").tolist()
        [0, 1, 2]
    """
    with damage_in(what):
        file = io.BytesIO(data)
        _require_known_kind(file, what)
        shape, by_column, dtype = np.lib.format.read_array_header_1_0(file)
        count, begin = math.prod(shape), file.tell()
        require(not dtype.hasobject and all(n >= 0 for n in shape), f"{what} is odd")
        whole = begin + count * dtype.itemsize == len(data)
        require(whole, f"{what} is not as long as it says")
        array = np.frombuffer(data, dtype, count, begin)
        return array.reshape(shape, order="F" if by_column else "C").copy()
