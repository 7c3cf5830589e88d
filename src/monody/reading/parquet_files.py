"""Parquet files with a column of MIDI bytes, as Hugging Face's data sets are.

The column is binary, or a struct of ``bytes`` and ``path``. Rows are read a few at a
time, in their order. What reads them, pyarrow, is the extra ``monody[parquet]``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monody.errors import MonodyError
from monody.extras import extra_module
from monody.reading.archives import Member, check_size, raise_if_passing
from monody.reading.file_types import is_readable_name
from monody.reading.raw_score import GET_IT_AGAIN, PassingError, UnreadableError

ROWS_AT_ONCE = 8  # each may have the most that a file may have
FREE_ROWS, ROW_BYTES = 1_000, 16  # the shortest melody takes 100 bytes, packed
BINARIES, TEXTS = ("binary", "large_binary"), ("string", "large_string")
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
            schema = self._file.schema_arrow
            self._own, self._in_struct = _column(schema)
            self._column = f"{self._own}.{BYTES}" if self._in_struct else self._own
            _require_room(self._file.metadata.num_rows, Path(path).stat().st_size)
            self._names = list(self._named(schema))
        except _DAMAGE as error:
            raise_if_passing(error)
            raise UnreadableError("damaged Parquet file", GET_IT_AGAIN) from error
        self._first = 0  # row of what is at hand
        self._at_hand: list[Any] = []
        self._rows: Iterator[list[Any]] = iter(())

    def _named(self, schema: Any) -> Iterator[str]:
        """Yield a name for each row: its path, or its number."""
        fields = _fields(schema.field(self._own).type) if self._in_struct else {}
        if fields.get(PATH) not in TEXTS:
            rows = range(self._file.metadata.num_rows)
            yield from (f"{row:08}.mid" for row in rows)
            return
        row = 0
        for batch in self._file.iter_batches(
            batch_size=4096, columns=[f"{self._own}.{PATH}"], use_threads=False
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


def _require_room(rows: int, file_bytes: int) -> None:
    """Make sure that a file is long enough for the rows that it says it has.

    Empty rows take no room: a few kilobytes can say that they are a thousand million.

    Raises:
        UnreadableError: If it is not.
    """
    if rows > FREE_ROWS + file_bytes // ROW_BYTES:
        raise UnreadableError(
            "a Parquet file that is mostly empty rows", "leave empty rows out"
        )


def _fields(kind: Any) -> dict[str, str]:
    """Return the names and types of the fields of a struct; none of another type."""
    if not str(kind).startswith("struct<"):
        return {}
    fields = (kind.field(place) for place in range(kind.num_fields))
    return {field.name: str(field.type) for field in fields}


def _column(schema: Any) -> tuple[str, bool]:
    """Return the name of the first column that holds files, and if it is a struct.

    Raises:
        UnreadableError: If there is none.
    """
    for field in schema:
        if str(field.type) in BINARIES:
            return str(field.name), False
        if _fields(field.type).get(BYTES) in BINARIES:
            return str(field.name), True
    raise UnreadableError(
        "a Parquet file without a column of files", "name a column of MIDI bytes"
    )
