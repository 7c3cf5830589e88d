"""The command ``monody inspect``: what became of each file of a folder, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monody.cli.options import HeadedCommand, settings_from, settings_options
from monody.cli.reading import data_dir_options, read_folder
from monody.errors import MonodyError
from monody.settings.reading import ReadSettings


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
    corpus = read_folder(folder, data_dir, settings_from(ReadSettings, values))

    from monody.corpus.report import make_report, report_json

    report = make_report(
        str(corpus.root), corpus.verdicts, corpus.melodies, corpus.used
    )
    if page:
        from monody.pages.corpus import write_page

        write_page(report, Path(page))
    if as_json:
        for part in report_json(report):
            click.echo(part, nl=False)
        return
    from monody.cli.corpus_report import print_report

    print_report(report, Console(), max_rows=None if every else 60)
    if page:
        click.echo(f"written: {page}")
