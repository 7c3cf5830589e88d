from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.memory import (
    VARIABLE,
    allowed_bytes,
    cgroup_bytes,
    limited_to,
    machine_bytes,
    parse_size,
    processes,
    require,
)
from monody.settings.memory import MemorySettings

GB = 10**9


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({}, None),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, None),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "4096\n"}, 4096),
        (  # the least of a group and those above it
            {
                "proc/self/cgroup": "0::/jobs/7\n",
                "sys/fs/cgroup/jobs/memory.max": "8192\n",
                "sys/fs/cgroup/jobs/7/memory.max": "9000\n",
            },
            8192,
        ),
        (
            {
                "proc/self/cgroup": "5:cpu:/a\n4:memory:/jobs\n",
                "sys/fs/cgroup/memory/jobs/memory.limit_in_bytes": "4096\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": f"{2**63 - 4096}\n",
                "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "1\n",
            },
            4096,
        ),
        (  # a container, which does not see the path that the host knows
            {
                "proc/self/cgroup": "4:cpu,memory:/docker/5f\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "4096\n",
            },
            4096,
        ),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "?"}, None),
        ({"proc/self/cgroup": "nonsense\n\n::::\n"}, None),
    ],
)
def test_the_limit_of_a_control_group(
    files: dict[str, str], limit: int | None, tmp_path: Path
) -> None:
    assert cgroup_bytes(_write(tmp_path, files)) == limit


def test_the_machine_has_a_limit_of_its_own() -> None:
    assert 2**26 < machine_bytes() < 2**50


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_limit_of_addresses_counts() -> None:
    program = (
        "import resource, monody.memory\n"
        "resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9))\n"
        "print(monody.memory.allowed_bytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) <= GB


def test_the_least_of_all_limits_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    with limited_to(3 * 10**8), limited_to(4 * 10**8), limited_to(None):
        assert allowed_bytes() == 3 * 10**8
        monkeypatch.setenv(VARIABLE, str(2 * 10**8))
        assert allowed_bytes() == 2 * 10**8
    for no_size in ("much", "9" * 5_000):
        monkeypatch.setenv(VARIABLE, no_size)
        assert allowed_bytes() == machine_bytes()


@given(st.integers(1, 10**7), st.sampled_from(["MB", "gb", "M", " G", "mib", "GiB"]))
def test_a_size_is_read_as_it_is_written(number: int, unit: str) -> None:
    scale = 1024 if "i" in unit.lower() else 1000
    power = 2 if "m" in unit.lower() else 3
    assert parse_size(f"{number}{unit}") == number * scale**power


@pytest.mark.parametrize(
    "text", ["", "4", "GB", "-1GB", "1e9", "4 PB", "nan GB", "٤GB", "9" * 5_000 + "GB"]
)
def test_what_is_no_size_is_told_so(text: str) -> None:
    with pytest.raises(MonodyError, match="max_memory must be a size such as 4GB"):
        MemorySettings(text)


def test_a_limit_that_leaves_no_room_for_python_is_refused() -> None:
    with pytest.raises(MonodyError, match="at least 200 MB, not 5MB"):
        MemorySettings("5MB")


def test_as_many_processes_as_fit() -> None:
    with limited_to(GB):
        assert processes(4, each=GB // 10, own=GB // 10) == 4
        assert processes(99, each=GB // 10, own=GB // 10) == 9
        assert processes(4, each=2 * GB, own=GB // 10) == 1


def test_work_that_cannot_fit_says_so_before_it_begins() -> None:
    with limited_to(GB):
        require(GB, "training", "rest")
        with pytest.raises(MonodyError) as caught:
            require(2 * GB, "training", "name a smaller --rnn_size")
    assert str(caught.value) == (
        "training needs about 2.0 GB of memory, and 1.0 GB may be used (--max_memory, "
        "or what the machine has): name a smaller --rnn_size"
    )
