"""What travels through the pipe between the pool and a worker, and in what bytes.

The worker first says ``ready``. Then each request is a line of JSON:

- ``[[path, member], …]`` reads files; the member is a place in an archive, or -1. The
  answer is a line with a dot now and then while they are parsed; then a line of JSON,
  ``{"files": [[left out, repairs, key], …], "counts": [notes, meters, melodies]}``;
  then the bytes of those three arrays (``melody_store``).
- ``path`` lists an archive; the answer is ``[[place, name], …]``.
- ``{"overview": [path, member], "max_pieces": …}`` describes one file; the answer is
  dots, then ``{"overview": …}``, or ``{"reason": [text, advice]}``.

Nothing is pickled: what untrusted bytes can do to a parser must not reach the parent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TypedDict

import numpy as np

from monody.music.melody_store import MelodyStore
from monody.music.store_files import INFO
from monody.reading.overview import Overview, OverviewJson
from monody.reading.reasons import FileReport, LeftOut, Reason

READY, ALIVE = b"ready\n", b".\n"
ROW_BYTES = 3 * 4  # of a note, and of a meter: three int32


class OverviewRequest(TypedDict):
    """A file to describe."""

    overview: tuple[str, int]
    max_pieces: int  # 0 is all


# An archive to list, files to read, or one to describe.
Request = str | Sequence[tuple[str, int]] | OverviewRequest


class _OverviewAnswer(TypedDict, total=False):
    """What a file holds, or why that cannot be said."""

    overview: OverviewJson
    reason: tuple[str, str]


class _Header(TypedDict):
    """The first line of the answer about files."""

    files: list[tuple[LeftOut, list[str], str | None]]
    counts: list[int]


@dataclass(frozen=True)
class FilesRead:
    """What came out of some files, in their order.

    Args:
        melodies: In the order of the files; ``info["file"]`` is the place of the file.
        reports: One a file.
        keys: What the cache is to remember each file by. Empty for one that is not to
            be remembered, ``None`` for one that may turn out otherwise another time.
    """

    melodies: MelodyStore
    reports: Sequence[FileReport]
    keys: list[str | None]

    @classmethod
    def failed(cls, reason: Reason, key: str | None = None) -> FilesRead:
        """Describe one file that gave nothing at all."""
        return cls(MelodyStore.of([]), [FileReport(((reason, 1),))], [key])

    @classmethod
    def joined(cls, parts: Sequence[FilesRead]) -> FilesRead:
        """Put readings together, one after the other.

        Args:
            parts: One or more; the melodies of all but the first are numbered again.

        Example:
            >>> from monody.reading.protocol import FilesRead
            >>> from monody.reading.reasons import Reason
            >>> silent = FilesRead.failed(Reason("no notes", "look at it"))
            >>> len(FilesRead.joined([silent, silent, silent]).reports)
            3
        """
        if len(parts) == 1:
            return parts[0]
        files = 0
        for part in parts:
            part.melodies.info["file"] += files
            files += len(part.reports)
        stores = [part.melodies for part in parts]
        return cls(
            MelodyStore(
                np.concatenate([store.notes for store in stores]),
                np.concatenate([store.meters for store in stores]),
                np.concatenate([store.info for store in stores]),
                [""] * files,
            ),
            [report for part in parts for report in part.reports],
            [key for part in parts for key in part.keys],
        )

    def by_file(self) -> Iterator[FilesRead]:
        """Yield what came out of each file, as if it had been read alone."""
        info = self.melodies.info
        bounds = np.searchsorted(info["file"], np.arange(len(self.reports) + 1))
        # Of the melodies, the notes and the meters of each file: (files + 1,)
        notes, meters = (
            np.concatenate([[0], np.cumsum(info[name], dtype=np.int64)])[bounds]
            for name in ("note_count", "meter_count")
        )
        for file, (report, key) in enumerate(zip(self.reports, self.keys, strict=True)):
            own, own_notes, own_meters = (
                slice(ends[file], ends[file + 1]) for ends in (bounds, notes, meters)
            )
            alone = info[own].copy()
            alone["file"] = 0
            store = MelodyStore(
                self.melodies.notes[own_notes],
                self.melodies.meters[own_meters],
                alone,
                [""],
            )
            yield FilesRead(store, [report], [key])


def arrays_to_bytes(melodies: MelodyStore) -> tuple[bytes, bytes, bytes]:
    """Return the bytes of the notes, the meters and the rest (``INFO``) of melodies.

    Example:
        >>> from monody.music.melody import Melody
        >>> from monody.music.melody_store import MelodyStore
        >>> from monody.reading.protocol import arrays_from_bytes, arrays_to_bytes
        >>> data = arrays_to_bytes(MelodyStore.of([Melody.from_notes([(60, 0, 24)])]))
        >>> [len(part) for part in data]
        [12, 12, 30]
        >>> arrays_from_bytes(*data)[0].notes.tolist()
        [[60, 0, 24]]
    """
    return melodies.notes.tobytes(), melodies.meters.tobytes(), melodies.info.tobytes()


def arrays_from_bytes(notes: bytes, meters: bytes, info: bytes) -> MelodyStore:
    """Rebuild melodies, whose files have no names and may be numbered again."""
    return MelodyStore(
        np.frombuffer(notes, np.int32).reshape(-1, 3),
        np.frombuffer(meters, np.int32).reshape(-1, 3),
        np.frombuffer(info, INFO).copy(),
        [""],
    )


def send_request(pipe: BinaryIO, request: Request) -> None:
    """Ask a worker to read files, to list an archive, or to describe a file."""
    _send_line(pipe, request)


def requests_from(pipe: BinaryIO) -> Iterator[Request]:
    """Yield what the parent asks for, until it closes the pipe.

    Example:
        >>> import io
        >>> from monody.reading.protocol import requests_from, send_request
        >>> pipe = io.BytesIO()
        >>> send_request(pipe, "book.zip")
        >>> send_request(pipe, [("tune.mid", -1), ("book.zip", 3)])
        >>> _ = pipe.seek(0)
        >>> list(requests_from(pipe))
        ['book.zip', [['tune.mid', -1], ['book.zip', 3]]]
    """
    return map(json.loads, pipe)


def send_word(pipe: BinaryIO, word: bytes) -> None:
    """Say ``READY`` once, or ``ALIVE`` while files are parsed."""
    pipe.write(word)
    pipe.flush()


def send_members(pipe: BinaryIO, members: Sequence[tuple[int, str]]) -> None:
    """Answer with the music files in an archive, place and name."""
    _send_line(pipe, members)


def send_files(pipe: BinaryIO, read: FilesRead) -> None:
    """Answer with what came out of files.

    Example:
        >>> import io
        >>> from monody.reading.protocol import FilesRead, receive_files, send_files
        >>> from monody.reading.reasons import Reason
        >>> pipe = io.BytesIO()
        >>> send_files(pipe, FilesRead.failed(Reason("no notes", "listen"), "key"))
        >>> print(pipe.getvalue().decode(), end="")
        {"files": [[[[["no notes", "listen"], 1]], [], "key"]], "counts": [0, 0, 0]}
        >>> _ = pipe.seek(0)
        >>> receive_files(pipe, alive=lambda: None).keys
        ['key']
    """
    rows = zip(read.reports, read.keys, strict=True)
    store = read.melodies
    header = {
        "files": [(*report.to_json(), key) for report, key in rows],
        "counts": [len(array) for array in (store.notes, store.meters, store.info)],
    }
    pipe.write(json.dumps(header).encode() + b"\n")
    pipe.writelines(arrays_to_bytes(store))
    pipe.flush()


def send_overview(pipe: BinaryIO, described: Overview | Reason) -> None:
    """Answer with an overview, or why there is none.

    Example:
        >>> import io
        >>> from monody.reading.protocol import receive_overview, send_overview
        >>> from monody.reading.reasons import Reason
        >>> pipe = io.BytesIO()
        >>> send_overview(pipe, Reason("no notes", "listen"))
        >>> _ = pipe.seek(0)
        >>> receive_overview(pipe, alive=lambda: None)
        Reason(text='no notes', advice='listen')
    """
    if isinstance(described, Reason):
        _send_line(pipe, {"reason": described})
    else:
        _send_line(pipe, {"overview": described.to_json()})


def receive_members(pipe: BinaryIO, alive: Callable[[], None]) -> list[tuple[int, str]]:
    """Wait for the music files in an archive.

    Args:
        pipe: Where the worker answers.
        alive: Called whenever the worker says that it still works.

    Returns:
        The place and the name of each.

    Raises:
        EOFError: If the pipe ends first.
        ValueError: If what comes is no answer; also ``KeyError`` and ``TypeError``.
    """
    members: list[tuple[int, str]] = json.loads(_answer_line(pipe, alive))
    return [(place, name) for place, name in members]


def receive_files(pipe: BinaryIO, alive: Callable[[], None]) -> FilesRead:
    """Wait for what came out of files; the arguments are those of `receive_members`.

    Raises:
        EOFError: If the pipe ends first.
        ValueError: If what comes is no answer; also ``KeyError`` and ``TypeError``.
    """
    header: _Header = json.loads(_answer_line(pipe, alive))
    files = header["files"]
    reports = [
        FileReport.from_json(left_out, repairs) for left_out, repairs, _ in files
    ]
    keys = [key for _, _, key in files]
    notes, meters, info = header["counts"]
    melodies = arrays_from_bytes(
        _exactly(pipe, notes * ROW_BYTES),
        _exactly(pipe, meters * ROW_BYTES),
        _exactly(pipe, info * INFO.itemsize),
    )
    return FilesRead(melodies, reports, keys)


def receive_overview(pipe: BinaryIO, alive: Callable[[], None]) -> Overview | Reason:
    """Wait for an overview; the arguments are those of `receive_members`.

    Raises:
        EOFError: If the pipe ends first.
        ValueError: If what comes is no answer; also ``KeyError`` and ``TypeError``.
    """
    answer: _OverviewAnswer = json.loads(_answer_line(pipe, alive))
    if "reason" in answer:
        text, advice = answer["reason"]
        return Reason(str(text), str(advice))
    return Overview.from_json(answer["overview"])


def _send_line(pipe: BinaryIO, values: object) -> None:
    pipe.write(json.dumps(values).encode() + b"\n")
    pipe.flush()


def _answer_line(pipe: BinaryIO, alive: Callable[[], None]) -> bytes:
    """Wait for an answer's first line; those before it say that the worker is alive."""
    while (line := pipe.readline()) == ALIVE:
        alive()
    if not line:
        raise EOFError
    return line


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    """Read bytes; fewer would be half of an array."""
    data = pipe.read(size)
    if len(data) != size:
        raise EOFError
    return data
