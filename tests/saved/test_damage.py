from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from monody.errors import MonodyError
from monody.saved.damage import (
    MUCH,
    DamagedError,
    damage_in,
    require_no_holes,
)


@pytest.mark.parametrize("error", [ValueError, KeyError, RecursionError, EOFError])
def test_whatever_a_damaged_file_raises_is_one_error(error: type[Exception]) -> None:
    with pytest.raises(DamagedError, match="a file is damaged"), damage_in("a file"):
        raise error("odd")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EIO, "Input/output error"),
        OSError(errno.EACCES, "Permission denied"),
        MemoryError(),
        MonodyError("of another version"),
    ],
)
def test_what_is_not_the_fault_of_the_file_passes(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, damage_in("a file"):
        raise error
    assert raised.value is error


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell")
def test_a_large_file_of_holes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "holes"
    with path.open("wb") as file:
        file.truncate(MUCH)
    with path.open("rb") as small:
        require_no_holes(small)
    with path.open("wb") as file:
        file.truncate(100 * MUCH)
    with path.open("rb") as large, pytest.raises(DamagedError, match="holes"):
        require_no_holes(large)
