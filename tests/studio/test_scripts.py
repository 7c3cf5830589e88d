"""The page's scripts, read without a browser: they parse, and each name is known.

tree-sitter reads them. Scopes are not told apart: a name that one function declares and
another one uses is not found here, but one that is misspelt, not imported, not exported
or not needed any more is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest
from tree_sitter import Language, Node, Parser
from tree_sitter_javascript import language

from monody.studio.page import static_file, static_names

SCRIPTS = [name for name in static_names() if name.endswith(".js")]
# What a browser brings, as far as the scripts use it.
BROWSER = {
    "addEventListener", "arguments", "Array", "Audio", "AudioContext", "Boolean",
    "cancelAnimationFrame", "clearInterval", "clearTimeout", "console", "CSS",
    "Date", "document", "DOMPoint", "Error", "Event", "EventSource", "fetch",
    "FormData", "getComputedStyle", "Infinity", "innerHeight", "innerWidth",
    "IntersectionObserver", "JSON", "localStorage", "location", "Map", "matchMedia",
    "Math", "MutationObserver", "NaN", "navigator", "Number", "Object",
    "performance", "Promise", "removeEventListener", "requestAnimationFrame",
    "ResizeObserver", "scrollBy", "scrollTo", "scrollY", "sessionStorage", "Set",
    "setInterval", "setTimeout", "String", "undefined", "window",
}  # fmt: skip
DECLARING = ("variable_declarator", "function_declaration", "class_declaration")
SHORT = "shorthand_property_identifier"
PATTERN = "shorthand_property_identifier_pattern"


@dataclass
class Names:
    """The names of a script, whatever their scope."""

    declared: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)  # where they are declared, too
    imported: dict[str, set[str]] = field(default_factory=dict)  # by module
    exported: set[str] = field(default_factory=set)
    is_whole: bool = True


@cache
def _names(script: str) -> Names:
    tree = Parser(Language(language())).parse(static_file(script)[0])
    found = Names(is_whole=not tree.root_node.has_error)
    for node in _within(tree.root_node):
        found.declared.update(_declared_by(node))
        if node.type in ("identifier", SHORT, PATTERN) and not _is_renamed(node):
            found.seen[_text(node)] += 1
        if node.type == "import_statement":
            module = _text(node.child_by_field_name("source")).strip("\"'./")
            specifiers = (x for x in _within(node) if x.type == "import_specifier")
            names = {_text(each.child_by_field_name("name")) for each in specifiers}
            found.imported.setdefault(module, set()).update(names)
        if node.type == "export_statement":
            [own] = node.named_children
            each = own.named_children if own.type == "lexical_declaration" else [own]
            found.exported.update(name for one in each for name in _declared_by(one))
    return found


def _is_renamed(node: Node) -> bool:
    """Tell whether a name is that of another script, which has its own for it."""
    parent = node.parent
    if parent is None or parent.type != "import_specifier":
        return False
    alias = parent.child_by_field_name("alias")
    return alias is not None and alias != node


def _within(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _within(child)


def _text(node: Node | None) -> str:
    return (node.text or b"").decode() if node is not None else ""


def _declared_by(node: Node) -> Iterator[str]:
    """Yield the names that a node declares, not those of what is in it."""
    if node.type in DECLARING:
        yield from _bound(node.child_by_field_name("name"))
    elif node.type == "formal_parameters":
        for each in node.named_children:
            yield from _bound(each)
    elif node.type in ("arrow_function", "catch_clause"):
        yield from _bound(node.child_by_field_name("parameter"))
    elif node.type == "for_in_statement":
        yield from _bound(node.child_by_field_name("left"))
    elif node.type == "import_specifier":
        yield _text(node.child_by_field_name("alias") or node.children[0])
    elif node.type == "namespace_import":
        yield _text(node.children[-1])


def _bound(pattern: Node | None) -> Iterator[str]:
    """Yield the names in what a value is taken apart into."""
    if pattern is None:
        return
    if pattern.type in ("identifier", PATTERN):
        yield _text(pattern)
    elif pattern.type in ("assignment_pattern", "object_assignment_pattern"):
        yield from _bound(pattern.children[0])
    elif pattern.type == "pair_pattern":
        yield from _bound(pattern.child_by_field_name("value"))
    elif pattern.type in ("object_pattern", "array_pattern", "rest_pattern"):
        for child in pattern.named_children:
            yield from _bound(child)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_parses_and_every_name_in_it_is_declared_and_used(script: str) -> None:
    found = _names(script)
    assert found.is_whole
    assert found.seen.keys() - found.declared.keys() - BROWSER == set()
    unused = {
        name for name, count in found.declared.items() if found.seen[name] <= count
    }
    assert unused - found.exported - {"_"} == set()


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_imports_what_another_one_exports(script: str) -> None:
    for module, names in _names(script).imported.items():
        assert module in SCRIPTS
        assert names - _names(module).exported == set(), module
