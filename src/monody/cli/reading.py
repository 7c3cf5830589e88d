"""Reading the folder that a command names, and saying what came out of it."""

from __future__ import annotations

import shlex
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monody.cli.options import Command
from monody.cli.verbosity import say, say_in_the_end, say_whole
from monody.errors import MonodyError
from monody.progress import Progress
from monody.sentences import translated
from monody.settings.reading import ReadSettings
from monody.translation import gettext as _
from monody.translation import grouped, ngettext

if TYPE_CHECKING:
    from monody.corpus.corpus import Corpus

DATA_DIR = "data/midi"
MAX_REASONS = 5  # for which files were dropped


def data_dir_options(command: Command) -> Command:
    """Let a command's folder be named with ``--data_dir`` or without."""
    argument = click.argument("folder", required=False, metavar="[DATA_DIR]")
    option = click.option(
        "--data_dir",
        metavar="DIR",
        help="Folder of MIDI files, searched with its subfolders, or a single file. "
        f"[default {DATA_DIR}]",
    )
    return argument(option(command))


def named_folder(folder: str | None, data_dir: str | None) -> str:
    """Return the folder that was named, one way or the other.

    Raises:
        MonodyError: If two were named.
    """
    if folder and data_dir and folder != data_dir:
        raise MonodyError(
            f"two folders were named, {folder!r} and --data_dir {data_dir!r}: name one"
        )
    return folder or data_dir or DATA_DIR


def reading_bar(folder: str) -> AbstractContextManager[Progress]:
    """Show how far the reading of a folder is."""
    from monody.cli.progress import one_task

    return one_task(_("reading {folder}").format(folder=folder))


def read_folder(
    folder: str, settings: ReadSettings, *, merge: str | None = None
) -> Corpus:
    """Read a folder, with a progress bar.

    Args:
        folder: The folder, or a single file.
        settings: What counts as a melody.
        merge: Where the shards of the folder are, if it was read in shards.
    """
    from monody.corpus.corpus import read_corpus
    from monody.corpus.shards import merge_shards

    with reading_bar(folder) as progress:
        if merge:
            corpus = merge_shards(folder, Path(merge), settings, progress)
        else:
            corpus = read_corpus(folder, settings, progress)
    for remark in corpus.remarks:
        say_in_the_end(translated(remark))
    return corpus


def report_reading(corpus: Corpus) -> None:
    """Say what came out of a folder, and what did not."""
    from monody.corpus.corpus import require_melodies
    from monody.corpus.verdicts import DROPPED, DUPLICATE, RECOVERED
    from monody.corpus.wording import counted

    counts: Counter[str] = Counter()
    dropped: Counter[tuple[str, str]] = Counter()
    for item in corpus.verdicts:
        counts[item.verdict] += 1
        if item.verdict == DROPPED:
            dropped[item.reason, item.advice] += 1
    used = corpus.used
    notes = int(corpus.melodies.info["note_count"][used].sum())
    root = str(corpus.root)
    files = len(corpus.verdicts)
    say(
        _("{folder}: {melodies}, {notes}, from {usable} of {files}").format(
            folder=root,
            melodies=counted(len(used), "melody"),
            notes=counted(notes, "note"),
            usable=grouped(files - counts[DROPPED] - counts[DUPLICATE]),
            files=counted(files, "file"),
        )
    )
    copies = len(corpus.melodies) - len(used)
    if copies:
        say(
            ngettext(
                "  {count} melody is a copy of another and left out",
                "  {count} melodies are copies of others and left out",
                copies,
            )
        )
    if counts[RECOVERED]:
        say(
            ngettext(
                "  {count} file recovered",
                "  {count} files recovered",
                counts[RECOVERED],
            )
        )
    _say_dropped(dropped)
    if dropped or copies or counts[RECOVERED]:
        say_whole(_("  more: monody inspect {root}").format(root=shlex.quote(root)))
    require_melodies(corpus)


def _say_dropped(dropped: Counter[tuple[str, str]]) -> None:
    """Say why files were dropped, the commonest reasons first.

    Args:
        dropped: How many, by reason and advice.
    """
    listed = dropped.most_common(MAX_REASONS)
    for (reason, advice), count in listed:
        say(
            _("  {count} dropped: {reason} ({advice})").format(
                count=grouped(count),
                reason=translated(reason),
                advice=translated(advice),
            )
        )
    rest = dropped.total() - sum(count for _why, count in listed)
    if rest:
        say(_("  {count} dropped for other reasons").format(count=grouped(rest)))
