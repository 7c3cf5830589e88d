"""Gathers the sentences of Python files that are raised or kept in English.

They need no mark of their own: what is raised as an error, or given to a ``Reason``, is
shown to people, and so is what explains a command, an option or a setting. An f-string
becomes a template, ``{path!r} is a folder`` the text ``{path} is a folder``. What is
put into a sentence under a name is looked up, too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import IO

from monody.cli.spoken_help import paragraphs
from monody.corpus.wording import plural
from monody.translation import SENTENCE

MARKS = (
    "marked",
    "fail",
    "explain",
    "repair",
    "count",
    "OtherKind",
    "require",
    "require_files",
)  # calls
RAISED = ("Error", "Reason")  # ends of the names of classes whose texts are gathered
COMMANDS = ("command", "group")  # decorators of functions whose docstring is their help
OPTIONS = ("option", "Option", "argument")  # calls that explain, and name a value
COUNTED = ("counted", "_more")  # functions whose second argument is a noun
OF_PROGRAMS = ("AssertionError", "AttributeError", "DatabaseError", "FileExistsError",
               "ImportError", "RuntimeError", "TypeError", "ValueError")  # fmt: skip
PLACE = r"\{\w*\}"  # of a value
LOOKED_UP = 3  # names behind names

Message = tuple[int, str, str | tuple[str, str], list[str]]
Values = dict[str, list[ast.expr]]


def extract(file: IO[bytes], *_: object, **__: object) -> Iterator[Message]:
    """Yield the sentences of a Python file, as Babel asks for them."""
    tree = ast.parse(file.read())
    values: Values = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    values.setdefault(target.id, []).append(node.value)
    for node in ast.walk(tree):
        for line, text in _explained(node, values):
            place = ("pgettext", (SENTENCE, text)) if re.search(PLACE, text) else None
            yield line, *(place or ("gettext", text)), []
        if not isinstance(node, ast.Call | ast.AugAssign):
            continue
        for shown in _shown(node):
            for text in sentences(shown, values):
                if re.search(PLACE, text):
                    yield node.lineno, "pgettext", (SENTENCE, text), []
                elif " " in text or _is_marked(node):
                    yield node.lineno, "gettext", text, []
        if isinstance(node, ast.Call) and len(node.args) > 1:
            noun = node.args[1]
            if _name(node.func) in COUNTED and isinstance(noun, ast.Constant):
                yield node.lineno, "ngettext", _numbers(str(noun.value)), []


def _explained(node: ast.AST, values: Values) -> Iterator[tuple[int, str]]:
    """Yield the help texts of a node, each with its line."""
    if isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
        for _mark, text in paragraphs(ast.get_docstring(node) or ""):
            yield node.lineno, text
    elif isinstance(node, ast.ClassDef) and "Settings" in map(_name, node.bases):
        for field, below in zip(node.body, node.body[1:], strict=False):
            match field, below:
                case ast.AnnAssign(), ast.Expr(value=ast.Constant(str(text))):
                    yield below.lineno, " ".join(text.split())
    elif isinstance(node, ast.Call) and _name(node.func) in OPTIONS:
        for given in node.keywords:
            if given.arg == "help":
                for text in sentences(given.value, values):
                    yield node.lineno, text
            elif given.arg == "metavar" and isinstance(given.value, ast.Constant):
                yield node.lineno, str(given.value.value)


def _is_command(decorator: ast.expr) -> bool:
    """Tell whether a decorator makes a command of ours, which has a class of ours."""
    return (
        isinstance(decorator, ast.Call)
        and _name(decorator.func) in COMMANDS
        and any(given.arg == "cls" for given in decorator.keywords)
    )


def _shown(node: ast.AST) -> list[ast.expr]:
    """Return the expressions of a node whose texts are shown to people."""
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript):
        return [node.target.slice]  # a fault, counted by its name
    if not isinstance(node, ast.Call):
        return []
    name = _name(node.func)
    raised = name.endswith(RAISED) and name not in OF_PROGRAMS
    return node.args if raised or name in MARKS else []


def _is_marked(node: ast.AST) -> bool:
    """Tell whether a word alone is a text, and no name of a thing."""
    return isinstance(node, ast.Call) and _name(node.func) == "marked"


def _name(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def _numbers(noun: str) -> tuple[str, str]:
    """Return the two texts that ``counted`` asks for."""
    return f"{{count}} {noun}", f"{{count}} {plural(noun)}"


def sentences(node: ast.expr, values: Values, depth: int = 0) -> Iterator[str]:
    """Yield the texts that an expression may be, and those that are put into it.

    Args:
        node: The expression.
        values: What names are assigned to in its file.
        depth: How many names led here.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if is_text(node.value):
            yield node.value
    elif isinstance(node, ast.JoinedStr):
        text = template(node)
        if is_text(text):
            yield text
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from sentences(part.value, values, depth)
    elif isinstance(node, ast.IfExp):
        yield from sentences(node.body, values, depth)
        yield from sentences(node.orelse, values, depth)
    elif isinstance(node, ast.BoolOp):
        for operand in node.values:
            yield from sentences(operand, values, depth)
    elif isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from sentences(element, values, depth)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from sentences(value, values, depth)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            yield from sentences(node.func.value, values, depth)
    elif isinstance(node, ast.Name) and depth < LOOKED_UP:
        for value in values.get(node.id, ()):
            yield from sentences(value, values, depth + 1)


def template(node: ast.JoinedStr) -> str:
    """Return the text of an f-string, each value as the last name in it in braces."""
    names: dict[str, str] = {}
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            source = ast.unparse(part.value)
            name = (re.findall(r"[A-Za-z]\w*", source) or ["value"])[-1].lower()
            while names.setdefault(name, source) != source:
                name += "_"
            parts.append(f"{{{name}}}")
    return "".join(parts)


def is_text(text: str) -> bool:
    """Tell whether a text has a word that can be translated, and is no name of ours."""
    if re.fullmatch(r"[A-Za-z]+(_[A-Za-z]+)+|[a-z]*[./][a-z]+", text):
        return False
    return bool(re.search(r"[A-Za-z]{2}", re.sub(r"\{\w+\}|--\w+", "", text)))
