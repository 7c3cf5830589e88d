"""Ways to damage XML: its elements, attributes, entities and declarations."""

from __future__ import annotations

import random
import re

from fuzz_text import DEPTHS, Span, Way, any_span, rearranged, spans, window
from fuzz_words import NUMBERS

_TAG = re.compile(r"<(/?)([\w.:-]+)[^<>]*>")
_LEAF_TEXT = re.compile(r"(?<=>)[^<>\r\n]+(?=</)")
_ATTRIBUTE = re.compile(r"""(?<=\s)[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
_DECLARED = re.compile(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>")
_BILLION = "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">'
    for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
DOCTYPES = (
    f'<!DOCTYPE x [<!ENTITY a "laugh">{_BILLION}]>',
    f'<!DOCTYPE x [<!ENTITY i "{"9" * 50_000}">]>',
    '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE x [<!ENTITY i SYSTEM "http://127.0.0.1:9/x">]>',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]>',
    '<!DOCTYPE x SYSTEM "file:///dev/zero">',
    '<!DOCTYPE x PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "x.dtd">',
    '<!DOCTYPE x [<!ATTLIST note default-x CDATA "1">]>',
    "<!DOCTYPE x [<!ELEMENT x ANY>",
    "<!DOCTYPE html>",
    "",
)
ENCODING_NAMES = (
    "utf-16", "latin-1", "us-ascii", "utf-7", "idna", "punycode", "zlib", "rot13",
    "undefined", "unicode_escape", "x", "", "utf-8" * 500, "shift_jis", "cp037",
)  # fmt: skip


def element_spans(text: str, rng: random.Random) -> dict[str, list[Span]]:
    """Return where the elements of a text are, by tag, however damaged it is.

    Of a long text they are those of a part.
    """
    found: dict[str, list[Span]] = {}
    unclosed: list[tuple[str, int]] = []
    for tag in _TAG.finditer(text, *window(text, rng)):
        name = tag[2]
        if text[tag.end() - 2] == "/":
            found.setdefault(name, []).append(tag.span())
        elif not tag[1]:
            unclosed.append((name, tag.start()))
        elif unclosed and unclosed[-1][0] == name:
            start = unclosed.pop()[1]
            found.setdefault(name, []).append((start, tag.end()))
    return found


def _some_elements(text: str, rng: random.Random) -> list[Span]:
    """Return the elements of one tag, or those of two: rare ones as often as notes."""
    found = element_spans(text, rng)
    tags = list(found)
    if not tags:
        return [(0, 0)]
    return [
        span for _ in range(rng.choice((1, 1, 2))) for span in found[rng.choice(tags)]
    ]


def _move_element(text: str, _: str, rng: random.Random) -> str:
    """Remove, repeat, move or swap elements."""
    return rearranged(text, _some_elements(text, rng), rng)


def _take_element(text: str, other: str, rng: random.Random) -> str:
    """Put an element of another file in place of one, or before it."""
    begin, end = rng.choice(_some_elements(text, rng))
    start, stop = rng.choice(_some_elements(other, rng))
    return text[:begin] + other[start:stop] + text[rng.choice((begin, end)) :]


def _wrap_element(text: str, _: str, rng: random.Random) -> str:
    """Put an element into many others."""
    begin, end = rng.choice(_some_elements(text, rng))
    tag = rng.choice((*element_spans(text, rng), "x"))
    depth = rng.choice(DEPTHS)
    inside = f"<{tag}>" * depth + text[begin:end] + f"</{tag}>" * depth
    return text[:begin] + inside + text[end:]


def _unwrap_element(text: str, _: str, rng: random.Random) -> str:
    """Take the tags of an element away, or one of them."""
    begin, end = rng.choice(_some_elements(text, rng))
    tags = list(_TAG.finditer(text, begin, end))
    for tag in reversed(rng.choice((tags[:1], tags[-1:], tags[:1] + tags[1:][-1:]))):
        text = text[: tag.start()] + text[tag.end() :]
    return text


def _rename_element(text: str, _: str, rng: random.Random) -> str:
    begin, end = rng.choice(_some_elements(text, rng))
    tags = [*element_spans(text, rng), "x"]
    names = [m.span(2) for m in _TAG.finditer(text, begin, end)]
    new = rng.choice(tags)
    for start, stop in reversed(names[:1] + names[1:][-1:]):
        text = text[:start] + new + text[stop:]
    return text


def _change_text(text: str, _: str, rng: random.Random) -> str:
    """Set the text of elements; now and then of all that have the same one."""
    leaves = spans(_LEAF_TEXT, text, rng)
    begin, end = any_span(leaves, rng)
    value = rng.choice(
        (*NUMBERS, str(rng.randrange(200)), text[slice(*any_span(leaves, rng))])
    )
    if rng.random() < 0.1:
        return text.replace(f">{text[begin:end]}<", f">{value}<")
    return text[:begin] + value + text[end:] if leaves else text


def _change_attribute(text: str, _: str, rng: random.Random) -> str:
    """Set or remove an attribute."""
    begin, end = any_span(spans(_ATTRIBUTE, text, rng), rng)
    name = text[begin:end].partition("=")[0]
    value = rng.choice((*NUMBERS, str(rng.randrange(9)), "start", "stop", "yes", "P1"))
    changed = f'{name}="{value}"' if name and rng.random() < 0.8 else ""
    return text[:begin] + changed + text[end:]


def _change_markup(text: str, _: str, rng: random.Random) -> str:
    """Put what is special to XML into a text, or break an attribute."""
    if rng.random() < 0.5:
        begin, end = any_span(spans(_LEAF_TEXT, text, rng), rng)
        signs = ("&i;", "&b;", "&#x110000;", "&#0;", "&lt;", "&", "]]>", "<", "&#9;")
        return text[:begin] + rng.choice(signs) + text[end:]
    begin, end = any_span(spans(_ATTRIBUTE, text, rng), rng)
    whole = text[begin:end]
    name = whole.partition("=")[0]
    broken = (f'{whole} {name}="2"', f"{name}=x", name, f"x:{whole}", f'{name}="<"')
    return text[:begin] + rng.choice(broken) + text[end:]


def _declare(text: str, _: str, rng: random.Random) -> str:
    """Declare entities, another encoding, a name space, or nothing."""
    bare = _DECLARED.sub("", text)
    name = rng.choice(ENCODING_NAMES)
    head = rng.choice(
        (f'<?xml version="1.0" encoding="{name}"?>', "", '<?xml version="1.1"?>')
    )
    if rng.random() < 0.3:
        bare = re.sub(r"<([\w-]+)", r'<\1 xmlns="http://x/y"', bare, count=1)
    if rng.random() < 0.5:
        bare = _refer(bare, rng)
    return head + rng.choice(DOCTYPES) + bare


def _refer(text: str, rng: random.Random) -> str:
    """Refer to an entity in the text of an element."""
    leaves = spans(_LEAF_TEXT, text, rng)
    begin, end = rng.choice(leaves) if leaves else (0, 0)
    return text[:begin] + "&i;" * rng.choice((1, 1, 2000)) + text[end:]


def _comment_out(text: str, _: str, rng: random.Random) -> str:
    """Hide elements in what is not an element."""
    begin, end = rng.choice(_some_elements(text, rng))
    before, after = rng.choice(
        (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?x ", "?>"), ("<!--", ""),
         ("<![CDATA[", ""))
    )  # fmt: skip
    return text[:begin] + before + text[begin:end] + after + text[end:]


XML_WAYS: tuple[Way, ...] = (
    _move_element, _move_element, _move_element, _move_element, _take_element,
    _take_element, _wrap_element, _rename_element, _change_text, _change_text,
    _change_text, _change_text, _change_attribute,
)  # fmt: skip
XML_ROUGH_WAYS: tuple[Way, ...] = (
    _unwrap_element, _change_markup, _declare, _declare, _comment_out,
)  # fmt: skip
