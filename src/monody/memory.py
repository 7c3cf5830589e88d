"""How much memory this process and its children may use together.

By default what the machine has, or the part of it that a container, a batch system or
``ulimit`` allows. The command line's ``--max_memory`` and ``limited_to`` allow less.
Whoever has work that can be done in smaller pieces asks ``allowed_bytes`` for their
size; work that cannot fit at all says so before it begins (``require``).
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from monody.errors import MonodyError
from monody.translation import marked

MIB = 2**20
VARIABLE = "MONODY_MAX_MEMORY"  # bytes; how a child hears of its share
_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE = re.compile(
    r"(\d{1,15}(?:\.\d{1,15})?)\s*([KMGT])(i?)B?", re.IGNORECASE | re.ASCII
)
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)
_UNLIMITED = 2**60  # what cgroups of version 1 have where there is no limit, and more
_limits: list[int] = []  # of `limited_to`, the innermost last


def parse_size(text: str) -> int:
    """Return the bytes of a size in words.

    Args:
        text: Such as ``4GB``, ``500 MB`` or ``1.5GiB``.

    Raises:
        ValueError: If it is no size.

    Example:
        >>> from monody.memory import parse_size
        >>> parse_size("500 MB"), parse_size("1.5GiB")
        (500000000, 1610612736)
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(marked(f"a size such as 4GB or 500MB, not {text!r}"))
    number, unit, binary = found.groups()
    power = "KMGT".index(unit.upper()) + 1
    return int(float(number) * (1024**power if binary else _UNITS[unit.upper()]))


def size_text(size: float) -> str:
    """Say a number of bytes in words.

    Example:
        >>> from monody.memory import size_text
        >>> size_text(1_450_000_000), size_text(500_000_000)
        ('1.4 GB', '500 MB')
    """
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


@contextmanager
def limited_to(size: int | None) -> Iterator[None]:
    """Allow less memory within the block.

    Args:
        size: Bytes; ``None`` changes nothing.

    Example:
        >>> from monody.memory import allowed_bytes, limited_to
        >>> with limited_to(500_000_000):
        ...     allowed_bytes()
        500000000
    """
    if size is not None:
        _limits.append(size)
    try:
        yield
    finally:
        if size is not None:
            _limits.pop()


def allowed_bytes() -> int:
    """Return how much memory this process and its children may use together."""
    asked = os.environ.get(VARIABLE, "")
    own = [int(asked)] if _WHOLE.fullmatch(asked) else []
    return min([*own, *_limits, machine_bytes()])


def processes(most: int, each: int, own: int) -> int:
    """Return how many children fit into the memory, one at the least.

    Args:
        most: There are not to be more.
        each: Bytes that one needs.
        own: Bytes that this process needs.

    Example:
        >>> from monody.memory import limited_to, processes
        >>> with limited_to(1_000_000_000):
        ...     processes(8, each=250_000_000, own=200_000_000)
        3
    """
    return max(min(most, (allowed_bytes() - own) // each), 1)


def require(size: int, what: str, advice: str) -> None:
    """Raise an error before work that cannot fit.

    Args:
        size: Bytes that it needs at least.
        what: The work: ``"training"``.
        advice: What to do if there is no more memory.

    Raises:
        MonodyError: If less is allowed.
    """
    allowed = allowed_bytes()
    if size > allowed:
        raise MonodyError(
            f"{what} needs about {size_text(size)} of memory, and {size_text(allowed)} "
            f"may be used (--max_memory, or what the machine has): {advice}"
        )


def machine_bytes() -> int:
    """Return the memory that this process can have: the least of all limits."""
    limits = [_physical(), _allowed_addresses(), cgroup_bytes(Path("/"))]
    return min(limit for limit in limits if limit is not None)


def cgroup_bytes(root: Path) -> int | None:
    """Return what the control groups of this process allow, of version 1 or 2.

    Args:
        root: Of the file system.

    Returns:
        Bytes; ``None`` without a limit, and where there are no control groups.
    """
    lines: list[str] = []
    with suppress(OSError):
        lines = (root / "proc/self/cgroup").read_text("utf-8").splitlines()
    limits = [_limit(file) for line in lines for file in _limit_files(root, line)]
    return min((limit for limit in limits if limit is not None), default=None)


def _limit_files(root: Path, line: str) -> Iterator[Path]:
    """Yield where the limits are of a group that this process is in, and those above.

    Args:
        root: Of the file system.
        line: The group, as the system says it: ``4:memory:/jobs/7``, or ``0::/jobs/7``
            of version 2.
    """
    _, _, rest = line.partition(":")
    controllers, _, path = rest.partition(":")
    group = Path(path.strip("/"))
    # A container sees its own group as the root of the tree.
    for part in (group, *group.parents):
        if not controllers:
            yield root / "sys/fs/cgroup" / part / "memory.max"
        elif "memory" in controllers.split(","):
            yield root / "sys/fs/cgroup/memory" / part / "memory.limit_in_bytes"


def _limit(file: Path) -> int | None:
    """Read a limit; ``None`` if there is none."""
    try:
        size = int(file.read_text("ascii"))
    except (OSError, ValueError):  # "max", or no such group
        return None
    return size if 0 < size < _UNLIMITED else None


def address_space() -> int:
    """Return the addresses that this process has already, in bytes; 0 if unknown.

    Libraries take many that they never fill, and limits of the system count them.
    """
    with suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def keep_within(size: int) -> None:
    """Let this process fail where it asks for more memory, instead of the machine.

    Where the system does not see to that, its parent does (``child_process``).

    Args:
        size: Bytes that it may take besides those that it has.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = address_space() + size
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    with suppress(ValueError, OSError):  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def limits_are_kept() -> bool:
    """Tell whether the system keeps what ``keep_within`` asks for.

    macOS takes such a limit now and then, and never keeps it.
    """
    return sys.platform not in ("darwin", "win32")


def _allowed_addresses() -> int | None:
    """Return what ``ulimit -v`` allows; Windows has no such limit."""
    try:
        import resource
    except ImportError:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def _physical() -> int:
    """Return the memory of the machine."""
    if sys.platform == "win32":
        return _physical_windows()
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _physical_windows() -> int:
    """Ask Windows for it."""
    import ctypes

    kilobytes = ctypes.c_ulonglong()
    windows = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    windows.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024 or _UNLIMITED
