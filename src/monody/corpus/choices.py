"""What a person chose, file by file, having read the report on a corpus.

A file may be left out, and of a file with several lines one may be taken alone: the
flute of an arrangement, say, and not its bass. Nothing is changed on the disk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from monody.corpus.corpus import Corpus, corpus_of, read_corpus
from monody.corpus.duplicates import find_duplicates
from monody.corpus.lazy import LazySequence
from monody.corpus.saved_reports import NamedReport
from monody.errors import MonodyError
from monody.music.melody_store import MelodyStore
from monody.reading.reasons import FileReport, Reason

BY_HAND = Reason("left out by hand", "take it in again")
OTHER_LINES = Reason("not the line that was chosen", "choose another line, or all")
ANY_LINE = "skyline"  # the setting under which each track of a file is a line


def choose_files(
    corpus: Corpus,
    *,
    leave_out: Collection[str] = (),
    tracks: Mapping[str, int] | None = None,
) -> Corpus:
    """Leave files out of a corpus, or take one line of a file alone.

    Copies are told again: where a file is left out, its copy takes its place.

    Args:
        corpus: What ``read_corpus`` returned. It stays as it is.
        leave_out: The files to leave out, by their paths in ``corpus.verdicts``.
        tracks: For a file, the number of the one track to take, from 1. A track that
            was not read as a melody is read once more, and its top line is taken.

    Returns:
        The corpus that is left, with a verdict on every file as before.

    Raises:
        MonodyError: If there is no such file, or no melody in such a track.

    Example:
        >>> import monody
        >>> corpus = monody.read_corpus("data/midi")
        >>> chosen = monody.choose_files(corpus, leave_out=["tune-003.mid"])
        >>> len(chosen.melodies), chosen.verdicts[3].reason
        (19, 'left out by hand')
    """
    tracks = tracks or {}
    names = {report.name: file for file, report in enumerate(corpus.verdicts.reports)}
    for name in (*leave_out, *tracks):
        if name not in names:
            raise MonodyError(
                f"no file {name!r} in {str(corpus.root)!r}: read it again"
            )
    out = {names[name] for name in leave_out}
    lines = {names[name]: track - 1 for name, track in tracks.items()}
    melodies = _with_lines(corpus, lines)
    kept = melodies.take(np.flatnonzero(~np.isin(melodies.info["file"], [*out])))
    changes = {file: FileReport(((BY_HAND, 1),)) for file in out}
    for file in lines.keys() - out:
        changes[file] = _of_one_line(corpus, file, lines[file])
    reports = _Changed(corpus.verdicts.reports, changes)
    chosen = corpus_of(
        corpus.root, corpus.settings, kept, reports, find_duplicates(kept)
    )
    return replace(chosen, remarks=corpus.remarks)


def all_lines(corpus: Corpus) -> Corpus:
    """Read a corpus once more so that each track of a file is a line to choose.

    Args:
        corpus: What ``read_corpus`` returned for a folder.

    Example:
        >>> import monody
        >>> len(monody.all_lines(monody.read_corpus("data/midi")).melodies)
        20
    """
    settings = replace(corpus.settings, line=ANY_LINE, tracks="all")
    return read_corpus(corpus.root, settings)


def _with_lines(corpus: Corpus, lines: Mapping[int, int]) -> MelodyStore:
    """Return the melodies of a corpus, of some files those of one track only.

    Args:
        corpus: As it was read.
        lines: The index of a track, by that of its file.
    """
    melodies = corpus.melodies
    wanted = {file: _of_track(melodies, file, track) for file, track in lines.items()}
    missing = [file for file, found in wanted.items() if not len(found)]
    store = melodies.take(_others(melodies, lines, wanted))
    if not missing:
        return store
    every = all_lines(corpus).melodies
    found = {file: _of_track(every, file, lines[file]) for file in missing}
    for file in missing:
        name = melodies.sources[file]
        if not len(found[file]) or every.sources[file] != name:
            raise MonodyError(
                f"no melody in track {lines[file] + 1} of {name!r}: choose another line"
            )
    both = store.followed_by(every.take(np.concatenate([*found.values()])))
    return both.take(np.argsort(both.info["file"], kind="stable"))


def _of_track(melodies: MelodyStore, file: int, track: int) -> NDArray[np.int64]:
    """Return the indices of the melodies of a track."""
    info = melodies.info
    return np.flatnonzero((info["file"] == file) & (info["track"] == track))


def _others(
    melodies: MelodyStore,
    files: Collection[int],
    wanted: Mapping[int, NDArray[np.int64]],
) -> NDArray[np.int64]:
    """Return the indices of what is wanted of some files, and of all other files."""
    taken = ~np.isin(melodies.info["file"], [*files])
    for indices in wanted.values():
        taken[indices] = True
    return np.flatnonzero(taken)


def _of_one_line(corpus: Corpus, file: int, track: int) -> FileReport:
    """Add to the report on a file how many melodies the choice leaves out of it."""
    info, report = corpus.melodies.info, corpus.verdicts.reports[file].report
    others = int(np.sum((info["file"] == file) & (info["track"] != track)))
    if not others:
        return report
    return replace(report, left_out=(*report.left_out, (OTHER_LINES, others)))


class _Changed(LazySequence[NamedReport]):
    """The reports on files, some of them others."""

    def __init__(
        self, reports: Sequence[NamedReport], changes: Mapping[int, FileReport]
    ) -> None:
        self._reports = reports
        self._changes = changes

    def __len__(self) -> int:
        return len(self._reports)

    def item(self, index: int) -> NamedReport:
        """Return one report."""
        report = self._reports[index]
        changed = self._changes.get(index)
        return report if changed is None else report._replace(report=changed)
