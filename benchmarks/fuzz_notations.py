"""The notations that are text, each with the ways to damage it."""

from __future__ import annotations

import re

from fuzz_text import (
    TextKind,
    adding,
    change_number,
    move_blocks,
    move_lines,
    moving,
    nesting,
    swapping,
    unbalancing,
)
from fuzz_words import ABC_WORDS, KERN_WORDS, MUSESCORE_WORDS, MUSICXML_WORDS
from fuzz_xml import XML_ROUGH_WAYS, XML_WAYS

_ABC_TOKEN = re.compile(
    r"""[\^_=]*[A-Ga-gzx][,']*[\d/]*|\[[^\]\n]*\]|"[^"\n]*"|[|:\]]+|[A-Za-z]:.*|\S"""
)
_ABC_BRACKETS = (
    ("(", ")"), ("[", "]"), ("{", "}"), ('"', ""), ("|:", ":|"), ("!", "!"), ("(3", ""),
    ("[V:1]", ""), ("&", ""), ("%%begintext\n", "\n%%endtext\n"),
)  # fmt: skip
ABC = TextKind(
    ways=(
        moving(_ABC_TOKEN), moving(_ABC_TOKEN), swapping(_ABC_TOKEN), move_lines,
        move_blocks, change_number, adding(ABC_WORDS, _ABC_TOKEN, replace=False),
        adding(ABC_WORDS, _ABC_TOKEN, replace=True),
    ),
    rough=(nesting(_ABC_BRACKETS, _ABC_TOKEN), unbalancing(_ABC_BRACKETS)),
)  # fmt: skip

_KERN_TOKEN = re.compile(r"[^\t\r\n]+")
_KERN_BRACKETS = (
    ("[", "]"), ("(", ")"), ("*^\n", ""), ("*^\t", ""), ("\t", ""), ("*>[", "]"),
)  # fmt: skip
KERN = TextKind(
    ways=(
        swapping(_KERN_TOKEN), swapping(_KERN_TOKEN), change_number, move_lines,
        adding(KERN_WORDS, _KERN_TOKEN, replace=True), move_blocks,
        adding(KERN_WORDS, re.compile(r"(?<=\t)\.(?=\s)|[a-gA-G]+"), replace=True),
    ),
    rough=(
        moving(_KERN_TOKEN), adding(KERN_WORDS, _KERN_TOKEN, replace=False),
        nesting(_KERN_BRACKETS, _KERN_TOKEN), unbalancing(_KERN_BRACKETS),
    ),
)  # fmt: skip

_TAG = re.compile(r"<[^<>]*>")
# Where an element may begin: after the end of another.
_BETWEEN_ELEMENTS = re.compile(r"(?<=</\w{4}>)|(?<=</Chord>)|(?<=</\w{9}>)|(?<=/>)")
_XML_BRACKETS = (
    ("<", ">"), ("<a>", "</a>"), ("<!--", "-->"), ("<![CDATA[", "]]>"), ('"', ""),
    ("'", ""), ("<a>", ""), ("", "</a>"), ("&", ";"),
)  # fmt: skip


def _xml(words: tuple[str, ...]) -> TextKind:
    add = adding(words, _BETWEEN_ELEMENTS, replace=False)
    rough = (
        moving(_TAG), swapping(_TAG), adding(words, _TAG, replace=True),
        nesting(_XML_BRACKETS, _TAG), unbalancing(_XML_BRACKETS),
    )  # fmt: skip
    return TextKind((*XML_WAYS, add, add, add), (*XML_ROUGH_WAYS, *rough))


TEXT_KINDS = {
    "abc": ABC,
    "musicxml": _xml(MUSICXML_WORDS),
    "musescore": _xml(MUSESCORE_WORDS),
    "kern": KERN,
}
