"""Brings the catalogues up to date: ``make catalogue``.

The texts are gathered from Python, templates and scripts. A catalogue keeps what is
translated already, loses what is said no more, and has the new texts empty: then the
tests say so. The same sources give the same files, byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from monody.translation import IN_SCRIPT

SOURCE = Path(__file__).parents[1] / "src/monody"
LOCALE = SOURCE / "locale"
DOMAIN = "monody"
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract"),
           ("**.js", "tools.catalogue:extract_script")]  # fmt: skip
SENTENCES = [("**.py", "tools.sentences:extract")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2),
            "pgettext": ((1, "c"), 2)}  # fmt: skip
PLURALS = "nplurals=2; plural=(n != 1);"  # of Spanish; Babel's has one for millions
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # a date would change what nobody changed

Message = tuple[int, str, str, list[str]]


def extract_script(file: IO[bytes], *_: object, **__: object) -> Iterator[Message]:
    """Yield the texts of a script, each written ``t("Play")``."""
    source = file.read().decode()
    for found in IN_SCRIPT.finditer(source):
        line = source.count("\n", 0, found.start()) + 1
        yield line, "gettext", json.loads(found[1]), []


def gathered() -> Catalog:
    """Return every text to translate, with the files that it is in."""
    catalog = _catalog()
    for methods in (METHODS, SENTENCES):
        found = extract_from_dir(SOURCE, methods, keywords=KEYWORDS)
        for name, line, text, _, context in sorted(found, key=lambda one: one[:2]):
            places = [(Path(name).as_posix(), line)]
            catalog.add(text, locations=places, context=context)
    return catalog


def updated(path: Path) -> Catalog:
    """Return a catalogue with the texts there are now.

    Args:
        path: Its ``.po`` file; one that is not there yet is empty.
    """
    language = path.parts[-3]
    catalog = _catalog(language)
    known = read(path) if path.exists() else Catalog(locale=language)
    for message in gathered():
        if not message.id:
            continue
        before = known.get(message.id, message.context)
        same = before is not None and before.id == message.id and not before.fuzzy
        string = before.string if before and same else None
        catalog.add(
            message.id, string, locations=message.locations, context=message.context
        )
    return catalog


def _catalog(language: str | None = None) -> Catalog:
    catalog = Catalog(language, DOMAIN, header_comment="", project=DOMAIN,
                      creation_date=NO_DATE, revision_date=NO_DATE)  # fmt: skip
    catalog.fuzzy = False
    catalog.mime_headers = [("Plural-Forms", PLURALS)]
    return catalog


def read(path: Path) -> Catalog:
    """Read a ``.po`` file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], domain=DOMAIN)


def po(catalog: Catalog) -> bytes:
    """Write a catalogue for people."""
    written = BytesIO()
    write_po(written, catalog, width=88, include_lineno=False)
    return _plain(written.getvalue())


def mo(catalog: Catalog) -> bytes:
    """Write a catalogue for machines, under the heading of any other day."""
    catalog.creation_date = catalog.revision_date = NO_DATE
    catalog.project = DOMAIN
    written = BytesIO()
    write_mo(written, catalog)
    return written.getvalue()


def _plain(written: bytes) -> bytes:
    """Leave out the lines of the heading that tell nothing, or who wrote it."""
    told = (
        rb'^"(?:[A-Z]+-\w+-Date|Last-Translator|Language-Team|Generated-By|'
        rb"Project-Id-Version|Report-Msgid-Bugs-To):.*\n"
    )
    return re.sub(told, b"", written, flags=re.MULTILINE)


def main() -> None:
    """Write each catalogue anew where it has changed."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        path.write_bytes(po(updated(path)))
        path.with_suffix(".mo").write_bytes(mo(read(path)))


if __name__ == "__main__":
    main()
