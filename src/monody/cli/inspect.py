"""The command ``monody inspect``: what became of each file of a folder, and why.

Of one file, and no folder, it says what is in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monody.cli.checks import require_report, require_writable
from monody.cli.options import (
    HeadedCommand,
    memory_option,
    settings_from,
    settings_options,
)
from monody.cli.reading import (
    data_dir_options,
    named_folder,
    read_folder,
    reading_bar,
)
from monody.cli.verbosity import is_quiet, is_verbose, say_written, status
from monody.errors import MonodyError
from monody.settings.reading import ReadSettings
from monody.translation import gettext as _

if TYPE_CHECKING:
    from monody.cli.file_facts import FileFacts
    from monody.corpus.corpus import Corpus
    from monody.corpus.shards import Shard


@click.command(cls=HeadedCommand)
@data_dir_options
@click.option(
    "--json", "as_json", is_flag=True, help="Print the whole report as JSON instead."
)
@click.option(
    "--html", "page", metavar="FILE", help="Write the whole report as a page, too."
)
@click.option(
    "--shard",
    metavar="I/N",
    help="Read the I-th of N parts of the files only, and write what is in them to "
    "--readings.",
)
@click.option(
    "--readings",
    metavar="DIR",
    default="readings",
    help="Folder for what --shard reads. [default readings]",
)
@click.option(
    "--merge",
    metavar="DIR",
    help="Put all parts together that --shard wrote to this folder, and report.",
)
@click.option("--all", "every", is_flag=True, help="List every file, tune and track.")
@settings_options(ReadSettings)
@memory_option
def inspect(
    folder: str | None,
    data_dir: str | None,
    as_json: bool,
    page: str | None,
    shard: str | None,
    readings: str,
    merge: str | None,
    every: bool,
    **values: Any,
) -> None:
    r"""Say what became of every file of a folder, and why.

    \b
    monody inspect data/midi                      a report on the terminal
    monody inspect data/midi --html report.html   a page with every file
    monody inspect my.mid                         what is in one file
    monody inspect my.mid --tempo always          the same, read with other settings
    monody inspect data/midi --shard 2/8          one of eight machines reads its part
    monody inspect data/midi --merge readings     all parts together, as if read by one

    A file is kept; or recovered, where it was damaged, polyphonic or off the beat; or a
    duplicate of another; or dropped, and then the report says what to do. Files may be
    MIDI, packed by gzip or not, ABC tune books, MusicXML, MuseScore, Humdrum kern, and
    archives of them: zip, tar, and Parquet with a column of files.

    Of one file it shows each track, and why it is no melody; or the first bars of its
    melody, and where the meter, the tempo, the key and the pickup were taken from.
    """
    settings = settings_from(ReadSettings, values)
    named = named_folder(folder, data_dir)
    if shard and merge:
        raise MonodyError(
            "--shard reads one part and --merge puts all together: name one of them"
        )
    if shard:
        _require_no_report({"--json": as_json, "--html": page, "--all": every})
    part = _part(shard, Path(readings)) if shard else None
    if page:
        require_report(Path(page))
    status(_("reading {named} ...").format(named=named))
    if part:
        _read_shard(named, part, Path(readings), settings)
        return

    _report(read_folder(named, settings, merge=merge), page, as_json, every)


def _require_no_report(asked: Mapping[str, object]) -> None:
    """Refuse what shapes a report where none is made: a part has none of its own."""
    for option, is_asked in asked.items():
        if is_asked:
            raise MonodyError(
                f"--shard reads one part and reports nothing: give {option} to "
                "--merge, once all parts are there"
            )


def _report(corpus: Corpus, page: str | None, as_json: bool, every: bool) -> None:
    """Print what is said of a folder or of one file, and write the page if asked."""
    from rich.console import Console

    from monody.corpus.report import make_report, report_json

    report = make_report(
        str(corpus.root), corpus.verdicts, corpus.melodies, corpus.used
    )
    if page:
        from monody.pages.corpus import write_page

        write_page(report, Path(page))
    every = every or is_verbose()
    facts = None if is_quiet() else _facts(corpus, every=every or as_json)
    if as_json:
        _print_json(report_json(report), facts)
    elif is_quiet():
        pass
    elif facts is not None:
        from monody.cli.inspect_file import print_file

        print_file(corpus.verdicts[0], facts, Console(), every=every)
    else:
        from monody.cli.corpus_report import print_report

        print_report(report, Console(), max_rows=None if every else 60)
    if page and not as_json:
        say_written([Path(page)])


def _part(shard: str, readings: Path) -> Shard:
    """Return the part of a folder that was named, if its readings can be written."""
    from monody.corpus.shards import Shard, require_new

    part = Shard.named(shard)
    require_new(part, readings)
    require_writable(readings, "--readings")
    return part


def _read_shard(
    named: str, part: Shard, readings: Path, settings: ReadSettings
) -> None:
    """Read a part of a folder, and say where what is in it was written."""
    from monody.corpus.shards import read_shard

    with reading_bar(named) as progress:
        folder = read_shard(named, part, readings, settings, progress)
    say_written([folder])


def _facts(corpus: Corpus, *, every: bool) -> FileFacts | None:
    """Return what is in the one file that was named; ``None`` if it was a folder."""
    if corpus.root.is_dir() or len(corpus.verdicts) != 1:
        return None
    from monody.cli.file_facts import FileFacts, file_facts
    from monody.cli.inspect_file import MAX_PIECES, overview_of
    from monody.reading.overview import Overview

    overview = overview_of(corpus, max_pieces=0 if every else MAX_PIECES)
    if not isinstance(overview, Overview):  # the verdict on it says why
        return FileFacts((), 0)
    return file_facts(overview, corpus.melodies)


def _print_json(report: Iterable[str], facts: FileFacts | None) -> None:
    """Print a report, and what is in its one file under one more key."""
    *pieces, last = report
    for piece in pieces:
        click.echo(piece, nl=False)
    if facts is not None:
        overview = json.dumps(facts.to_json())
        last = f'{last.rstrip().removesuffix("}")},\n"overview": {overview}}}\n'
    click.echo(last, nl=False)
