"""How Sphinx makes the site: ``make docs`` builds it twice, in English and Spanish.

Everything is on this machine, and the pages ask no other: no fonts, no scripts, no
counters. The search runs in the browser, also from disk.
"""

from __future__ import annotations

import html
import os
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # the reference is made by tools/

from docutils import nodes  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402
from sphinx.util.docutils import SphinxDirective  # noqa: E402
from tools.command_reference import reference  # noqa: E402
from tools.notebook_page import NOTEBOOKS, OUTPUTS, page_of  # noqa: E402
from tools.summaries import translate  # noqa: E402

import monody  # noqa: E402
from monody.translation import speaking  # noqa: E402

# ``-t es`` builds docs/es; each page has the same name there as here.
spanish = tags.has("es")  # type: ignore[name-defined]  # noqa: F821
language = "es" if spanish else "en"

project = "monody"
version = release = monody.__version__
html_title = "monody"
# Where the site lies, if it lies somewhere: each page then names its one address.
html_baseurl = os.environ.get("MONODY_SITE", "").rstrip("/")
if html_baseurl:
    html_baseurl += "/es/" if spanish else "/"
copyright = "monody, MIT"  # noqa: A001

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = [] if spanish else ["es"]
nitpicky = False

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_default_options = {"members": True, "exclude-members": "explanations,heading"}
add_module_names = False
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_use_index = True
html_favicon = "_static/monody.svg"
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_context = {"spanish": spanish}

MAX_DESCRIPTION = 155  # characters that a search shows
NOTEBOOK = re.compile(r"```{notebook} (\w+)\n```")  # in the text of a page


class Commands(SphinxDirective):
    """Where a page has ``{commands}``: every command with all of its options."""

    def run(self) -> list[nodes.Node]:
        """Return the reference in the language of the page."""
        with speaking(language):
            text = reference()
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def put_notebook(app: Sphinx, page: str, source: list[str]) -> None:
    """Put the cells of a notebook, and what came out, where a page names it.

    They are put into the text and not parsed by a directive, since a notebook has
    headings, and words before the first of them.
    """
    media = "../media/notebooks" if spanish else "media/notebooks"
    for name in NOTEBOOK.findall(source[0]):
        for path in (NOTEBOOKS / f"{name}.ipynb", *OUTPUTS.iterdir()):
            app.env.note_dependency(str(path), docname=page)
        source[0] = NOTEBOOK.sub(lambda found: page_of(found[1], media), source[0])


def keep_colon(*told: Any) -> None:
    """Let sentences have a colon where napoleon would see a type before it."""
    kind, lines = told[1], told[-1]
    if kind in ("attribute", "property") and lines:
        lines[0] = f": {lines[0]}"
    for before, line in enumerate(lines[:-1]):
        if line.strip() in ("Returns:", "Yields:"):
            after = lines[before + 1]
            margin = after[: len(after) - len(after.lstrip())]
            lines[before + 1] = f"{margin}: {after.strip()}"


def say_in_spanish(*told: Any) -> None:
    """Begin the documentation of a name in the language of the page."""
    with speaking("es"):
        translate(told[-1], told[3])


def describe(*told: Any) -> None:
    """Say in the head of a page what it is about: its title, and how it begins."""
    context, document = told[3:]
    if document is None:  # the index, or the search
        return
    title = next(iter(document.findall(nodes.title))).astext()
    told_first = [
        one.astext()
        for one in document.findall(nodes.paragraph)
        if isinstance(one.parent, nodes.section)  # not those of tables or pictures
    ][:2]
    text = ": ".join(filter(None, (title, " ".join(told_first))))
    said = textwrap.shorten(text, MAX_DESCRIPTION, placeholder="…")
    context["metatags"] += f'<meta name="description" content="{html.escape(said)}">'


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx of what is above."""
    app.add_directive("commands", Commands)
    app.connect("source-read", put_notebook)
    app.connect("html-page-context", describe)
    app.connect("autodoc-process-docstring", keep_colon, priority=400)
    if spanish:
        app.connect("autodoc-process-docstring", say_in_spanish, priority=300)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
