"""Reading the folder that a command names, and saying what came out of it."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING

import click

from monody.cli.options import Command
from monody.errors import MonodyError
from monody.settings.reading import ReadSettings

if TYPE_CHECKING:
    from monody.corpus.corpus import Corpus

DATA_DIR = "data/midi"


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


def _one_folder(folder: str | None, data_dir: str | None) -> str:
    """Return the folder that was named, one way or the other."""
    if folder and data_dir and folder != data_dir:
        raise MonodyError(
            f"two folders were named, {folder!r} and --data_dir {data_dir!r}: name one"
        )
    return folder or data_dir or DATA_DIR


def read_folder(
    folder: str | None, data_dir: str | None, settings: ReadSettings
) -> Corpus:
    """Read the folder that was named, with a progress bar."""
    from rich.console import Console

    from monody.cli.progress import progress_bar
    from monody.corpus.corpus import read_corpus

    named = _one_folder(folder, data_dir)
    with progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task(f"reading {named}", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        corpus = read_corpus(named, settings, progress)
    for remark in corpus.remarks:
        click.echo(remark, err=True)
    return corpus


def report_reading(corpus: Corpus) -> None:
    """Say what came out of a folder, and what did not."""
    from monody.corpus.corpus import require_melodies
    from monody.corpus.report import printable
    from monody.corpus.verdicts import DROPPED, DUPLICATE, RECOVERED

    counts: Counter[str] = Counter()
    dropped: Counter[tuple[str, str]] = Counter()
    for item in corpus.verdicts:
        counts[item.verdict] += 1
        if item.verdict == DROPPED:
            dropped[item.reason, item.advice] += 1
    used = corpus.used
    notes = int(corpus.melodies.info["note_count"][used].sum())
    root = printable(str(corpus.root))
    click.echo(
        f"{root}: {len(used)} melodies, {notes} notes, from "
        f"{len(corpus.verdicts) - counts[DROPPED] - counts[DUPLICATE]} of "
        f"{len(corpus.verdicts)} files"
    )
    copies = len(corpus.melodies) - len(used)
    if copies:
        click.echo(f"  {copies} melodies are copies of others and left out")
    if counts[RECOVERED]:
        click.echo(f"  {counts[RECOVERED]} files recovered")
    for (reason, advice), count in dropped.most_common(5):
        click.echo(f"  {count} dropped: {reason} ({advice})")
    rest = dropped.total() - sum(count for _, count in dropped.most_common(5))
    if rest:
        click.echo(f"  {rest} dropped for other reasons")
    if dropped or copies or counts[RECOVERED]:
        click.echo(f"  more: monody inspect {shlex.quote(root)}")
    require_melodies(corpus)
