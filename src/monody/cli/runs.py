"""The command that looks back: ``monody runs``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monody.cli.options import HeadedCommand
from monody.cli.verbosity import is_quiet, say_whole, status
from monody.sentences import translated
from monody.translation import decimal, grouped, ngettext
from monody.translation import gettext as _

if TYPE_CHECKING:
    from rich.table import Table

    from monody.experiments.runs import Run

MAX_SETTINGS = 6  # of a run in the table; --json has them all


@click.command(cls=HeadedCommand)
@click.argument("folder", required=False, metavar="[DIR]", default="experiments")
@click.option(
    "--json", "as_json", is_flag=True, help="Print everything as JSON instead."
)
def runs(folder: str, as_json: bool) -> None:
    r"""Show experiments side by side.

    \b
    monody runs              those in experiments/
    monody runs old --json   those in another folder, with everything known of them

    Held-out bits per note, lower is better; the settings that differ; how long it took.
    """
    status(_("looking at the experiments in {folder} ...").format(folder=folder))

    from monody.experiments.runs import best_runs, differing_settings, list_runs

    listed = list_runs(folder)
    differing = differing_settings(listed)
    best = best_runs(listed)
    if as_json:
        known: dict[str, Any] = {
            "folder": folder,
            "differing": differing,
            "runs": [{**run.to_json(), "best": run in best} for run in listed],
        }
        click.echo(json.dumps(known, indent=2))
        return
    if not listed:
        say_whole(
            _("no experiment in {folder}: run `monody train` first").format(
                folder=repr(folder)
            )
        )
    if not listed or is_quiet():
        return

    from rich.console import Console

    console = Console()
    console.print(_table(listed, differing, best))
    console.print(_("bits per note on held-out melodies, lower is better"), style="dim")
    if best:
        console.print(
            _("* the best on the same melodies, by the validation half"), style="dim"
        )


def _table(
    listed: Sequence[Run], differing: Sequence[str], best: Sequence[Run]
) -> Table:
    """Lay the runs out, within 80 columns."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from monody.errors import printable

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), expand=False)
    table.add_column(_("run"), min_width=8, overflow="fold")
    table.add_column(_("data"), overflow="fold", max_width=18)
    for title in (_("test"), _("valid."), _("time")):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column(_("what differs"), overflow="fold")
    for run in listed:
        cells = [_name(run, best), "", "", "", "", translated(run.problem or "")]
        if not run.problem:
            cells[1:] = [
                _data(run),
                _bits(run, "test"),
                _bits(run, "validation"),
                _duration(run.seconds),
                _remarks(run, differing),
            ]
        lines = (map(printable, cell.split("\n")) for cell in cells)
        table.add_row(*(Text("\n".join(line)) for line in lines))
    return table


def _name(run: Run, best: Sequence[Run]) -> str:
    """Name a run, and below it when it began, in local time."""
    name = f"{run.name} *" if run in best else run.name
    if run.started is None:
        return name
    began = datetime.fromisoformat(run.started).astimezone()
    return f"{name}\n{began:%Y-%m-%d}\n{began:%H:%M}"


def _data(run: Run) -> str:
    """Name the data: its folder, how many melodies, and its fingerprint."""
    named = Path(run.data_dir).name if run.data_dir else ""
    count = sum(run.melodies.values())
    counted = _("{count} melodies").format(count=grouped(count)) if count else ""
    return "\n".join(filter(None, (named, counted, (run.data_fingerprint or "")[:8])))


def _bits(run: Run, side: str) -> str:
    bits = run.bits_per_note(side)
    return "-" if bits is None else decimal(bits, ".3f")


def _duration(seconds: float | None) -> str:
    """Say how long: 75 seconds are ``1m 15s``."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h {minutes:02d}m"
    return f"{minutes}m {rest:02d}s" if minutes else f"{rest}s"


def _remarks(run: Run, differing: Sequence[str]) -> str:
    """Say what is particular about a run: its state, its settings, its message."""
    state = _("unfinished, epoch {epoch}").format(epoch=run.epochs + 1)
    state = "" if run.finished else state
    settings = [f"{name} {run.settings.get(name, '-')}" for name in differing]
    more = len(settings) - MAX_SETTINGS
    if more > 0:
        settings[MAX_SETTINGS:] = [ngettext("{count} more", "{count} more", more)]
    message = f'"{run.message}"' if run.message else ""
    return "\n".join(filter(None, (state, ", ".join(settings), message)))
