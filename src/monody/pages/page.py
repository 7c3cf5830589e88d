"""Writing an HTML page of monody: its file, its frame and its charts.

A page is one file that opens from disk, without a network or a server. Its script and
style are our own and embedded in it. ``templates/page.html`` is the frame of every
page; each other module of this room fills the template of its own name.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monody.corpus.histograms import HistogramName, Histograms
from monody.corpus.wording import label_in_words
from monody.errors import MonodyError, printable
from monody.files import replacing
from monody.translation import (
    decimal,
    gettext,
    grouped,
    marked,
    ngettext,
    script_texts,
    spoken,
)

if TYPE_CHECKING:
    from jinja2 import Environment

PAGE = "index.html"
GENERATOR = '<meta name="generator" content="monody: %s">'  # of which kind
HEAD_BYTES = 2**12  # of a page, in which it says so
# Of histograms, in the catalogue for the heads of their tables.
NAMES = marked(("pitch", "duration", "meter", "key", "length"))
MAX_BARS = 16  # of a chart; the others are folded away
BUFFERED_PIECES = 2000  # pieces of the template's output that are written at a time


class HistogramBar(NamedTuple):
    """One bar of a histogram."""

    label: str
    figure: str  # such as "1,203"
    percent: float  # of the longest bar, 0-100
    share: str  # of all, such as "12%"


def write_html(template: str, context: Mapping[str, object], path: Path) -> None:
    """Write a page as its template is rendered, whole or not at all.

    Args:
        template: The name of the file in ``templates``.
        context: The values that the template names. Texts may be from anywhere: markup
            in them is shown as it is, and what does not show is spelt out.
        path: The file to write; one that is there is replaced.

    Example:
        >>> from monody.pages.page import write_html
        >>> from pathlib import Path
        >>> page = Path("page.html")
        >>> context = {"title": "Airs", "about": [], "cards": []}
        >>> write_html("melodies.html", context, page)
        >>> "<h1>Airs</h1>" in page.read_text()
        True
    """
    language = spoken()
    stream = (
        environment()
        .get_template(template)
        .stream(
            context,
            max_bars=MAX_BARS,
            kind=Path(template).stem,
            language=language,
            grouped=grouped,
            words=script_words(language),
        )
    )
    stream.enable_buffering(BUFFERED_PIECES)
    with (
        replacing(path, lasting=False) as temporary,
        temporary.open("w", encoding="utf-8") as file,
    ):
        file.writelines(stream)


def environment(*rooms: str) -> Environment:
    """Return what fills templates.

    Markup in a text is shown as it is, and what does not show is spelt out.

    Args:
        *rooms: Packages that have ``templates``, before those of this room.

    Example:
        >>> from monody.pages.page import environment
        >>> environment().from_string("{{ name }}").render(name="<b>Air</b>")
        '&lt;b&gt;Air&lt;/b&gt;'
    """
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=ChoiceLoader([PackageLoader(room) for room in (*rooms, "monody.pages")]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_shown,
    )
    made.globals |= {"_": gettext, "ngettext": ngettext}
    return made


def script_words(language: str) -> dict[str, str]:
    """Return the texts of the scripts of pages in a language, by their English.

    Args:
        language: One of ``translation.LANGUAGES``; English needs no texts.

    Example:
        >>> from monody.pages.page import script_words
        >>> script_words("es")["Pause"], script_words("en")
        ('Pausa', {})
    """
    if language == "en":
        return {}
    scripts = (files("monody.pages") / "templates").iterdir()
    sources = [each.read_text("utf-8") for each in scripts if each.name.endswith(".js")]
    return script_texts("\n".join(sources), language)


def _shown(value: object) -> object:
    """Return a value as a page shows it; what a template calls safe is left alone."""
    if type(value) is not str:
        return value
    return "\n".join(map(printable, value.split("\n")))


_OF = {"melodies": "melodies", "training": "a training", "corpus": "a folder's files"}
_ADVICE = "name another folder, move that file away, or leave the page out (--no_page)"


def require_own(path: Path, kind: str, advice: str = _ADVICE) -> None:
    """Make sure that writing a page replaces nothing but a page of its own kind.

    Args:
        path: Where the page goes.
        kind: What it is of: the template's name, such as ``melodies``.
        advice: What to do else; by default where the user named only the folder.

    Raises:
        MonodyError: If there is a file of another program, or another page.

    Example:
        >>> from monody.pages.page import require_own
        >>> from pathlib import Path
        >>> page = Path("index.html")
        >>> _ = page.write_text("<h1>My home page</h1>")
        >>> require_own(page, "melodies")
        Traceback (most recent call last):
        ...
        monody.errors.MonodyError: 'index.html' is not monody's own page of melodies...
    """
    if not os.path.lexists(path):  # a link to nothing is the user's, too
        return
    head = b""
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    if (GENERATOR % kind).encode() not in head:
        raise MonodyError(
            f"{str(path)!r} is not monody's own page of {_OF[kind]}, and would be "
            f"replaced: {advice}"
        )


def charts_of(histograms: Histograms) -> dict[HistogramName, list[HistogramBar]]:
    """Scale histograms for ``templates/charts.html``; empty ones are left out.

    Example:
        >>> from monody.pages.page import HistogramBar
        >>> from monody.pages.page import charts_of
        >>> charts_of({"pitch": {"C4": 3, "D4": 1}, "meter": {}})["pitch"][1]
        HistogramBar(label='D4', figure='1', percent=33.3, share='25%')
    """
    return {name: _bars(counts) for name, counts in histograms.items() if counts}


def _bars(counts: Mapping[str, int]) -> list[HistogramBar]:
    """Scale a histogram to its longest bar."""
    peak, total = max(counts.values()), sum(counts.values())
    return [
        HistogramBar(
            label_in_words(label),
            grouped(count),
            round(100 * count / peak, 1),
            _share(count / total),
        )
        for label, count in counts.items()
    ]


def _share(share: float) -> str:
    """Print a share as a percentage: 0.004 is "0.4%"."""
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{share:.0%}" if share >= 0.1 else decimal(share, ".1%")
