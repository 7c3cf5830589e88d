"""Music of all kinds to fuzz, read as the child processes do."""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import zipfile
from itertools import count
from pathlib import Path

import monody
from monody.music.melody_store import MelodyStore
from monody.music.midi_file import midi_bytes
from monody.music.store_check import check_store
from monody.music.store_files import ARRAYS
from monody.reading.file_types import is_archive_name
from monody.reading.overview import Overview
from monody.reading.packed import open_archive
from monody.reading.raw_score import UnreadableError
from monody.reading.reasons import Reason
from monody.reading.worker import TOO_MUCH_MEMORY, Reader
from monody.render.notation.abc import to_abc
from monody.render.notation.musicxml import to_musicxml
from tests.builders.kern_files import kern
from tests.builders.midi_files import midi_file, tune
from tests.builders.musescore_files import chord, measure, mscx, mscz, voices
from tests.builders.packed_files import parquet, tarred, tarred_and_gzipped
from tests.builders.watch import FaultError, Kind, Use, check_said

NONSENSE = "values that make no music"  # an error of Python's that became a reason
OVERVIEWS = 4  # one file in so many is described, too: it takes as long again
CONTAINER = (
    b"<container><rootfiles><rootfile full-path='a.xml'/></rootfiles></container>"
)


def music(folder: Path) -> dict[str, Kind]:
    """Return the kinds of music that are read.

    Args:
        folder: To work in.
    """
    midi = [midi_bytes(tune(n), "A\\B") for n in range(3)]
    midi.append(midi_file([[(60 + n % 7, n * 240, 240) for n in range(40)]] * 3))
    xml = [to_musicxml(tune(n, meter=(3, 4)), "A & B").encode() for n in range(3)]
    bar = measure(voices("".join(chord("quarter", 60 + n) for n in range(4))))
    score = mscx(3, bar * 8, bar * 8)
    rmid = b"RMIDdata" + len(midi[0]).to_bytes(4, "little") + midi[0]
    rows = ["*M4/4  *M3/4", "=1", "4c  8d", ".  8e", "4G  4f", "=2", "2.r  2.a"]
    held: dict[str, list[bytes]] = {
        "midi": midi,
        "rmi": [b"RIFF" + len(rmid).to_bytes(4, "little") + rmid],
        "abc": [to_abc(tune(n), "A % B").encode() for n in range(4)],
        "musicxml": xml,
        "mxl": [_zip({"META-INF/container.xml": CONTAINER, "a.xml": xml[0]})],
        "mscx": [score, mscx(1, bar * 4)],
        "mscz": [mscz({"score.mscx": score})],
        "krn": [kern(*rows, spines=2).encode()],
    }
    held["mid.gz"] = [gzip.compress(data) for data in (midi[0], held["abc"][0])]
    held["zip"] = [_zip({"a.mid": midi[0], "b.abc": held["abc"][0], "c/d.xml": xml[0]})]
    members = {"a.mid": midi[0], "b.abc": held["abc"][0], "c/d.xml": xml[0]}
    held["tar"] = [tarred(members.items())]
    held["tar.gz"] = [tarred_and_gzipped(members.items())]
    if importlib.util.find_spec("pyarrow"):
        packed = [*members.values(), None]
        held["parquet"] = [parquet(packed, [*members, None]), parquet(packed)]
    return {
        suffix: Kind(tuple(files), _reading(folder / f"fuzzed.{suffix}"))
        for suffix, files in held.items()
    }


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def _reading(path: Path) -> Use:
    """Return what reads a file of music, and looks at what comes of it."""
    reader, numbers = Reader(monody.ReadSettings()), count()

    def use(data: bytes) -> None:
        # Archives are opened once a path.
        own = path.with_name(f"{next(numbers)}{path.name}")
        own.write_bytes(data)
        try:
            _check_reading(reader, own)
        finally:
            own.unlink()

    return use


def _check_reading(reader: Reader, path: Path) -> None:
    members = [-1]
    if is_archive_name(path.name):
        members = _members(path) or [-1]
    read = reader.read([(str(path), place) for place in members])
    notes, meters, info = (getattr(read.melodies, name) for name in ARRAYS)
    check_store(MelodyStore(notes, meters, info, [""] * len(members)))
    for report in read.reports:
        for reason, _ in report.left_out:
            _check_reason(reason)
    if path.stat().st_size % OVERVIEWS:
        return
    described = reader.overview(str(path), members[0], 3)
    if isinstance(described, Overview):
        described = Overview.from_json(json.loads(json.dumps(described.to_json())))
    else:
        _check_reason(described)


def _members(path: Path) -> list[int]:
    try:
        return [member.place for member in open_archive(str(path)).members()]
    except UnreadableError:
        return []


def _check_reason(reason: Reason) -> None:
    if reason == TOO_MUCH_MEMORY or reason.text.startswith(NONSENSE):
        raise FaultError(reason.text)
    check_said(f"{reason.text} {reason.advice}")
