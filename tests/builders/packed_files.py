"""Tar archives and Parquet files, as researchers have them."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any


def tarred(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack files, several of which may have one name."""
    return tar_of([(tarfile.TarInfo(name), data) for name, data in members])


def tar_of(members: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """Pack members of any kind; each has the size of its data."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def tarred_and_gzipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack files as ``.tar.gz``."""
    return gzip.compress(tarred(members), mtime=0)


def parquet(
    rows: Sequence[bytes | None],
    names: Sequence[str | None] | None = None,
    rows_in_group: int = 2,
) -> bytes:
    """Write a column of files; with names, as Hugging Face does."""
    import pyarrow
    import pyarrow.parquet

    values: list[Any] = list(rows)
    kind: Any = pyarrow.binary()
    if names is not None:
        values = [
            {"bytes": row, "path": name} for row, name in zip(rows, names, strict=True)
        ]
        kind = pyarrow.struct([("bytes", kind), ("path", pyarrow.string())])
    table = pyarrow.table(
        {"label": list(range(len(rows))), "midi": pyarrow.array(values, kind)}
    )
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file, row_group_size=rows_in_group)
    return file.getvalue()


def zip_bytes(members: dict[str, bytes]) -> bytes:
    """Pack files as zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()
