"""The HTML pages of monody: what all of them share.

A page is one file that opens from disk with no network and no server; its script and
style are our own and stand in it. ``templates/page.html`` is the frame of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from monody.errors import MonodyError
from monody.files import replacing

PAGE = "index.html"
GENERATOR = '<meta name="generator" content="monody">'
MAX_BARS = 16  # of a chart; the others are folded away
BUFFERED_PIECES = 2000  # of the template's output, written at a time


class HistogramBar(NamedTuple):
    """A line of a histogram."""

    label: str
    figure: str  # such as "1,203"
    percent: float  # of the longest bar, 0-100
    share: str  # of all, such as "12%"


def write_html(template: str, context: Mapping[str, object], path: Path) -> None:
    """Write a page as it is made, whole or not at all.

    Args:
        template: The name of the file in ``templates``.
        context: What it shows.
        path: Where to; a file there is replaced.
    """
    environment = Environment(
        loader=PackageLoader("monody.pages"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    stream = environment.get_template(template).stream(context, max_bars=MAX_BARS)
    stream.enable_buffering(BUFFERED_PIECES)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(stream)


def require_own(path: Path) -> None:
    """Make sure that a page may be written where the user named its folder alone.

    Raises:
        MonodyError: If there is a file of another program.
    """
    if path.is_file() and GENERATOR not in path.read_text("utf-8", errors="replace"):
        raise MonodyError(
            f"{str(path)!r} is not a page of monody: name another folder, move that "
            "file away, or leave the page out (--no_page)"
        )


def charts_of(
    histograms: Mapping[str, Mapping[str, int]],
) -> dict[str, list[HistogramBar]]:
    """Scale histograms for ``templates/charts.html``; empty ones are left out."""
    return {name: _bars(counts) for name, counts in histograms.items() if counts}


def _bars(counts: Mapping[str, int]) -> list[HistogramBar]:
    """Scale a histogram to its longest bar."""
    peak, total = max(counts.values()), sum(counts.values())
    return [
        HistogramBar(
            label, f"{count:,}", round(100 * count / peak, 1), _share(count / total)
        )
        for label, count in counts.items()
    ]


def _share(share: float) -> str:
    """Say a share: ``_share(0.004) == "0.4%"``."""
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.0%}" if share >= 0.1 else f"{share:.1%}"
