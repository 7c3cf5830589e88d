"""The commands that look at files: ``monody inspect``, ``monody cache``."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monody.errors import MonodyError
from monody.options import Command, HeadedCommand, chosen, settings_options
from monody.settings import ReadSettings

if TYPE_CHECKING:
    from monody.corpus import Corpus

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

    from monody.corpus import read_corpus
    from monody.progress_bar import progress_bar

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
    from monody.corpus import require_melodies
    from monody.report import printable
    from monody.verdicts import DROPPED, DUPLICATE, RECOVERED

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


@click.command(cls=HeadedCommand)
@data_dir_options
@click.option(
    "--json", "as_json", is_flag=True, help="Print the whole report as JSON instead."
)
@click.option(
    "--html", "page", metavar="FILE", help="Write the whole report as a page, too."
)
@click.option("--all", "every", is_flag=True, help="List every file, not the first 60.")
@settings_options(ReadSettings)
def inspect(
    folder: str | None,
    data_dir: str | None,
    as_json: bool,
    page: str | None,
    every: bool,
    **values: Any,
) -> None:
    r"""Say what became of every file of a folder, and why.

    \b
    monody inspect data/midi                      a report on the terminal
    monody inspect data/midi --html report.html   a page with every file
    monody inspect my.mid --tempo always          one file, with other settings

    A file is kept; or recovered, where it was damaged, polyphonic or off the beat; or a
    duplicate of another; or dropped, and then the report says what to do. Files may be
    MIDI, packed by gzip or not, ABC tune books, MusicXML, and zip archives of them.
    """
    from rich.console import Console

    if page and not Path(page).parent.is_dir():
        raise MonodyError(
            f"no folder {str(Path(page).parent)!r} for --html {page}: make it first"
        )
    corpus = read_folder(folder, data_dir, chosen(ReadSettings, values))

    from monody.report import make_report, report_json

    report = make_report(
        str(corpus.root), corpus.verdicts, corpus.melodies, corpus.used
    )
    if page:
        from monody.report_page import write_page

        write_page(report, Path(page))
    if as_json:
        for part in report_json(report):
            click.echo(part, nl=False)
        return
    from monody.report_terminal import print_report

    print_report(report, Console(), max_rows=None if every else 60)
    if page:
        click.echo(f"written: {page}")


@click.command(cls=HeadedCommand)
@click.option("--clear", is_flag=True, help="Remove it all.")
def cache(clear: bool) -> None:
    r"""Show, or remove, what monody remembers of the files that it read.

    What was read once is not read again until it changes. Removing it costs nothing but
    the time to read it again. MONODY_CACHE names another folder for it.
    """
    from monody.cache import cache_bytes, clear_cache
    from monody.read_cache import cache_folder

    if clear:
        clear_cache()
    click.echo(f"{cache_folder()}: {cache_bytes() / 1e6:.1f} MB")
