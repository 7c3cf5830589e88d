"""The command ``monody report``: what a maintainer needs to know of a fault."""

from __future__ import annotations

import re
from pathlib import Path

import click

from monody.cli.checks import require_file_writable, require_files
from monody.cli.options import HeadedCommand
from monody.cli.verbosity import say, say_whole, say_written
from monody.translation import gettext as _
from monody.translation import grouped, marked

NAME = "monody-report"
TEXT = "report.txt"  # in the zip file
MAX_BYTES = 100_000_000  # of the file that failed
SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}(?:\.gz)?$")


@click.command(cls=HeadedCommand)
@click.option(
    "--file",
    metavar="FILE",
    help="The file that failed; it goes along whole, with the titles and names that "
    "are in it, but not its own.",
)
@click.option("--said", metavar="TEXT", help="The line that monody said.")
@click.option(
    "--experiment_dir",
    metavar="DIR",
    help="Experiment whose settings go along. [default: the most recent one]",
)
@click.option(
    "--out",
    metavar="FILE",
    help="File to write. [default: monody-report.txt, or .zip with --file]",
)
def report(
    file: str | None, said: str | None, experiment_dir: str | None, out: str | None
) -> None:
    r"""Write down what helps to find a fault: versions, system, settings.

    \b
    monody report                                 for a fault of no file
    monody report --file my.mid                   with the file that failed
    monody report --said "monody: no folder ..."  with what monody said

    It shows what it wrote, and sends nothing: read it, then add it to your issue. Names
    of folders, yours and that of your machine are left out.
    """
    if file:
        require_files([file], "the file that failed")
    path = Path(out or f"{NAME}.{'zip' if file else 'txt'}")
    require_file_writable(path, "--out")

    from monody.cli.report_text import report_text
    from monody.files import write_beside

    text = report_text(experiment_dir, said)
    said_in_full = text.encode("utf-8", "backslashreplace")  # names may be no UTF-8
    for line in text.splitlines():
        say_whole(line)
    say()
    if file:
        name, data = _failed(Path(file))
        written = write_beside(path, _zipped({TEXT: said_in_full, name: data}))
        say_whole(
            _("with {name}, {count} bytes, whole").format(
                name=name, count=grouped(len(data))
            )
        )
    else:
        written = write_beside(path, said_in_full)
    say_written([written])
    say(_("nothing was sent: read it, and add it to your issue"))


def _failed(path: Path) -> tuple[str, bytes]:
    """Return a name for the file that failed, which tells no more than its kind."""
    from monody.saved.bounded_file import read_named

    suffix = SUFFIX.search(path.name)
    data = read_named(path, MAX_BYTES, marked("name a smaller one that fails, too"))
    return f"failed{suffix[0] if suffix else ''}", data


def _zipped(files: dict[str, bytes]) -> bytes:
    """Pack files; the same files give the same bytes."""
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
