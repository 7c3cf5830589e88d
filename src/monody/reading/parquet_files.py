"""Parquet files with a column of MIDI bytes, as Hugging Face's data sets are.

The column is binary, or a struct of ``bytes`` and ``path``. Rows are read a few at a
time, in their order. What reads them, pyarrow, is the extra ``monody[parquet]``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from monody.errors import MonodyError
from monody.extras import extra_module
from monody.reading.archives import Member, check_size, raise_if_passing
from monody.reading.file_types import is_readable_name
from monody.reading.raw_score import GET_IT_AGAIN, PassingError, UnreadableError

ROWS_AT_ONCE = 64
BYTES, PATH = "bytes", "path"  # fields of Hugging Face's struct
_DAMAGE = (OSError, ValueError, KeyError, TypeError, NotImplementedError, EOFError)


class ParquetFile:
    """A Parquet file; the methods are those of ``archives.Archive``.

    Args:
        path: Its path.

    Raises:
        UnreadableError: If it is none, damaged, or has no column of files.
        PassingError: If pyarrow is not installed.
        OSError: If it cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self._parquet = _parquet()
        try:
            self._file = self._parquet.ParquetFile(path, memory_map=False)
            self._column = _column(self._file.schema_arrow)
            self._in_struct = self._column.endswith(f".{BYTES}")
            self._names = list(self._named())
        except _DAMAGE as error:
            raise_if_passing(error)
            raise UnreadableError("damaged Parquet file", GET_IT_AGAIN) from error
        self._first = 0  # row of what is at hand
        self._at_hand: list[Any] = []
        self._rows: Iterator[list[Any]] = iter(())

    def _named(self) -> Iterator[str]:
        """Yield a name for each row: its path, or its number."""
        own = self._column.removesuffix(f".{BYTES}")
        has_paths = self._in_struct and PATH in _fields(
            self._file.schema_arrow.field(own).type
        )
        if not has_paths:
            rows = range(self._file.metadata.num_rows)
            yield from (f"{row:08}.mid" for row in rows)
            return
        row = 0
        for batch in self._file.iter_batches(
            batch_size=4096, columns=[f"{own}.{PATH}"], use_threads=False
        ):
            for value in batch.column(0).to_pylist():
                name = (value or {}).get(PATH) or f"{row:08}.mid"
                yield name if is_readable_name(name) else f"{name}.mid"
                row += 1

    def members(self) -> list[Member]:
        """List the rows."""
        return [Member(place, name) for place, name in enumerate(self._names)]

    def name_of(self, place: int) -> str:
        """Return the name of a row."""
        return self._names[place]

    def read(self, place: int, max_bytes: int) -> bytes:
        """Read the file in a row.

        Args:
            place: The row.
            max_bytes: The most that it may have.

        Raises:
            UnreadableError: If it is larger, damaged or not there.
            OSError: If the system cannot read it.
        """
        if place >= len(self._names):  # it was listed when it was another file
            raise PassingError("changed while it was read", "try again")
        try:
            value = self._value(place)
        except StopIteration as error:
            raise UnreadableError("damaged in the file", GET_IT_AGAIN) from error
        except _DAMAGE as error:
            raise_if_passing(error)
            self._first, self._at_hand, self._rows = 0, [], iter(())
            raise UnreadableError("damaged in the file", GET_IT_AGAIN) from error
        if value is None or not value.is_valid:
            raise UnreadableError("a row without a file", "leave it out")
        buffer = value.as_buffer()
        check_size(buffer.size, max_bytes, self._names[place])
        return bytes(buffer.to_pybytes())

    def _value(self, row: int) -> Any:
        """Return the value in a row; only those around it are in memory."""
        if row < self._first or not self._at_hand:
            self._first, self._at_hand = self._group_of(row)
        while row >= self._first + len(self._at_hand):
            self._first += len(self._at_hand)
            self._at_hand = next(self._rows)
        return self._at_hand[row - self._first]

    def _group_of(self, row: int) -> tuple[int, list[Any]]:
        """Begin to read at the row group that a row is in.

        Returns:
            The first row of the group, and the first of its values.
        """
        first, metadata = 0, self._file.metadata
        group = 0
        while first + metadata.row_group(group).num_rows <= row:
            first += metadata.row_group(group).num_rows
            group += 1
        batches = self._file.iter_batches(
            batch_size=ROWS_AT_ONCE,
            row_groups=list(range(group, metadata.num_row_groups)),
            columns=[self._column],
            use_threads=False,
        )
        self._rows = (self._values(batch.column(0)) for batch in batches)
        return first, next(self._rows)

    def _values(self, column: Any) -> list[Any]:
        """Return the values of some rows: scalars of bytes, or ``None``."""
        if not self._in_struct:
            return list(column)
        return [row[BYTES] if row.is_valid else None for row in column]


def _parquet() -> Any:
    """Return pyarrow's reader.

    Raises:
        PassingError: If it is not installed.
    """
    # What Arrow's own allocator reserves is more than a reading process may have.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    try:
        return extra_module("pyarrow.parquet", "parquet", "Parquet files need")
    except (MonodyError, ModuleNotFoundError) as error:
        raise PassingError(
            "a Parquet file, which needs pyarrow", "pip install 'monody[parquet]'"
        ) from error


def _fields(kind: Any) -> list[str]:
    """Return the names of the fields of a struct; none of another type."""
    if not str(kind).startswith("struct<"):
        return []
    return [kind.field(place).name for place in range(kind.num_fields)]


def _column(schema: Any) -> str:
    """Return the name of the first column that holds files.

    Raises:
        UnreadableError: If there is none.
    """
    for field in schema:
        if str(field.type) in ("binary", "large_binary"):
            return str(field.name)
        if BYTES in _fields(field.type):
            return f"{field.name}.{BYTES}"
    raise UnreadableError(
        "a Parquet file without a column of files", "name a column of MIDI bytes"
    )
