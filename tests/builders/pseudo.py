"""A language in other letters: what shows in ours is not translated.

Values keep their letters: of ``reading {folder} ...`` it changes two words. So a word
that was put into a text without being translated shows, too.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from tools import catalogue

CODE, NAME = "xx", "Pseudo"
SPOKEN = ("aria-label", "aria-valuetext", "aria-description", "title", "alt",
          "placeholder", "data-found")  # fmt: skip
LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "абцдефгхијклмнопярстувжъызАБЦДЕФГХИЈКЛМНОПЯРСТУВЖЪЫЗ",
)
# What is the user's, or is typed: in quotes, paths, options, commands.
_TYPED = re.compile(
    r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`[^`]*`|--?\w+(?:\ [A-Z]+)?"""
    r"""|\S*\w[/.]\w\S*|\bmonody(?:\ [a-z]+){0,2}|\{\w+\}"""
)


def write_catalogue(locale: Path) -> None:
    """Write the catalogue of the language into a folder of catalogues."""
    catalog = catalogue.gathered()
    for message in catalog:
        if message.id:
            texts = [message.id] if isinstance(message.id, str) else message.id
            said = [in_other_letters(text) for text in texts]
            message.string = said[0] if isinstance(message.id, str) else said
    path = locale / CODE / "LC_MESSAGES" / f"{catalogue.DOMAIN}.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogue.mo(catalog))


def in_other_letters(text: str) -> str:
    """Write a text in other letters, but not the names of its values."""
    parts = re.split(r"(\{\w*\})", text)
    parts[::2] = [part.translate(LETTERS) for part in parts[::2]]
    return "".join(parts)


def words(text: str, known: str) -> list[str]:
    """Return the words in our letters that are neither typed nor known to be kept."""
    kept = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known.split()))})\d*(?!\w)")
    return re.findall("[A-Za-z][a-z']+", kept.sub(" ", _TYPED.sub(" ", text)))


class Read(HTMLParser):
    """What people read and hear of a page: its texts, and those for screen readers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0  # how many scripts, styles and staves this is in
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the texts of a tag."""
        given = dict(attrs)
        hidden = given.get("aria-hidden") == "true"
        if self._silent or tag in ("script", "style") or (tag == "div" and hidden):
            self._silent += tag not in VOID
            return
        self.said += [str(given[name]) for name in SPOKEN if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        """Come out of what is silent."""
        if self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self._silent and data.strip():
            self.said.append(data)


VOID = ("input", "br", "meta", "link", "img", "col", "use", "path", "rect")
