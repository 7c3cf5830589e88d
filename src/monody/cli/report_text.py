"""What a report says: versions, the system, settings; and no name of the user's.

It is English, whatever the command speaks: maintainers read it.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from monody.cores import usable_cores
from monody.errors import MonodyError
from monody.memory import allowed_bytes, machine_bytes, size_text

# What says how a program is run here; what they say is shown without names.
VARIABLES = ("LANG", "LC_ALL", "LANGUAGE", "MONODY_LANG", "TERM", "NO_COLOR", "COLUMNS",
             "JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES", "KERAS_BACKEND")  # fmt: skip
ENGINES = ("jaxlib", "jax-cuda12-plugin", "jax-cuda13-plugin", "jax-metal")
MIN_NAME = 3  # letters of a name that is looked for: "me" is in many words
# A path, in quotes or not. A meter or a list of them, such as 3/4,6/8, is none.
_QUOTED_PATH = re.compile(r"""(['"])(?=[^'"\n]*[/\\.])[^'"\n]*\1""")
_PATH = re.compile(r"""[^\s'"]*[/\\](?:[^\s'"]*[^\s'":;,)])?""")
_METERS = re.compile(r"\W*(?:\d+/\d+\W*)+")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}(?:\.gz)?(?=\W*$)")


def report_text(experiment_dir: str | None = None, said: str | None = None) -> str:
    """Write a report.

    Args:
        experiment_dir: The experiment whose settings are told; by default the most
            recent one.
        said: What monody said, if the user knows.
    """
    parts = {
        "versions": _versions(),
        "system": _system(),
        "settings of the last experiment": _settings(experiment_dir),
        "monody said": iter([said] if said else ["(nothing was given: --said)"]),
    }
    written = []
    for title, lines in parts.items():
        written += [f"## {title}", *map(without_names, lines), ""]
    return "\n".join(written)


def without_names(text: str) -> str:
    r"""Leave out what may name a folder, the user or the machine; suffixes stay.

    Example:
        >>> from monody.cli.report_text import without_names
        >>> without_names("cannot read '/home/eva/my tunes/a.mid' in 6/8")
        "cannot read '….mid' in 6/8"
        >>> without_names("--base experiments/01 of C:\\Users\\Eva")
        '--base … of …'
    """
    # Names first: one of several words is cut where a path is taken to end.
    for name in sorted(_own_names(), key=len, reverse=True):
        text = re.sub(re.escape(name), "…", text, flags=re.IGNORECASE)
    for pattern in (_QUOTED_PATH, _PATH):
        text = pattern.sub(_without_path, text)
    return text


def _without_path(found: re.Match[str]) -> str:
    """Return what is left of a path: a mark, and the suffix that tells its kind."""
    path, quote = found[0], found[0][0] if found[0][0] in "'\"" else ""
    suffix = _SUFFIX.search(path)
    if _METERS.fullmatch(path):
        return path
    return f"{quote}…{suffix[0] if suffix else ''}{quote}"


def _own_names() -> Iterator[str]:
    """Yield the user's name and the machine's, as far as the system tells them."""
    given = [os.environ.get(name, "") for name in ("USER", "USERNAME", "LOGNAME")]
    home = os.environ.get("HOME") or os.environ.get("USERPROFILE") or ""
    for name in {*given, Path(home).name, platform.node()}:
        if len(name) >= MIN_NAME:
            yield name


def _versions() -> Iterator[str]:
    """Yield the versions of monody, Python and all that monody may need."""
    yield f"monody {version('monody')}"
    yield f"python {platform.python_version()} ({platform.python_implementation()})"
    asked = [each for each in requires("monody") or [] if "'dev'" not in each]
    needed = [re.split(r"[^\w.-]", each)[0] for each in asked]
    for name in sorted({*needed, *ENGINES} - {"monody"}, key=str.lower):
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue  # an extra that is not installed: what is there is listed


def _system() -> Iterator[str]:
    """Yield what the machine and the terminal are."""
    yield f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield f"{usable_cores()} cores of {os.cpu_count()}"
    memory = f"{size_text(machine_bytes())} of memory"
    yield f"{memory}, {size_text(allowed_bytes())} to use"
    names = sys.getfilesystemencoding()
    yield f"encoding of output {sys.stdout.encoding}, of names {names}"
    for name in VARIABLES:
        if os.environ.get(name):
            yield f"{name}={os.environ[name]}"


def _settings(experiment_dir: str | None) -> Iterator[str]:
    """Yield each setting of an experiment, or why there is none."""
    from monody.experiments.experiment import Experiment

    try:
        experiment = Experiment(experiment_dir) if experiment_dir else None
        record = (experiment or Experiment.latest()).record()
    except MonodyError as error:
        yield f"({error})"
        return
    began = ", ".join(f"{name} {each}" for name, each in record.versions.items())
    yield f"made with {began}"
    for name, value in record.settings.items():
        yield f"{name} {value}"
