"""Ways to damage text: lines and tokens, numbers, brackets, encodings.

What is damaged is what the text says: the bytes are whole most of the time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fuzz_damage import damaged
from fuzz_words import NUMBERS

MAX_LINES = 40  # that are moved together
# Letters that one token is repeated to, and how often.
FLOODS = {300: 0.4, 3_000: 0.4, 30_000: 0.15, 300_000: 0.045, 1_000_000: 0.005}
MAX_WINDOW = 20_000  # letters of a long text that are looked at
MAX_LETTERS = 2_000_000  # of a text that is damaged further
DEPTHS = (3, 40, 700, 20_000)  # of brackets in brackets
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1", "cp1252",
             "utf-32", "utf-7", "mac-roman")  # fmt: skip
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

Span = tuple[int, int]  # where a piece of the text begins and ends
Way = Callable[[str, str, random.Random], str]  # text, another text -> text


@dataclass(frozen=True)
class TextKind:
    """A notation that is text.

    Args:
        ways: To damage what it says and leave it text of its kind, so that its reader
            gets far into it.
        rough: To damage its grammar, beside the ways for all text.
    """

    ways: Sequence[Way]
    rough: Sequence[Way]

    def damaged(self, data: bytes, other: bytes, rng: random.Random) -> bytes:
        """Damage a text; what it says, its grammar, or now and then its bytes.

        Args:
            data: The text.
            other: Another one of the same kind.
            rng: Decides what is done.
        """
        if rng.random() < 0.07:
            return damaged(data, other, rng, is_midi=False)
        is_rough = rng.random() < 0.3
        ways = (*self.ways, *self.rough, *ROUGH_WAYS) if is_rough else self.ways
        text, another = _decoded(data), _decoded(other)
        for _time in range(rng.choice((1, 1, 1, 2, 3, 8))):
            if len(text) < MAX_LETTERS:
                text = rng.choice(ways)(text, another, rng)
        if rng.random() < 0.06:
            return _in_other_encoding(text, rng)
        return text.encode("utf-8", "surrogateescape")


def moving(piece: re.Pattern[str]) -> Way:
    """Return a way that removes, repeats, moves or swaps pieces that look alike."""

    def move(text: str, _: str, rng: random.Random) -> str:
        return rearranged(text, spans(piece, text, rng), rng)

    return move


def swapping(piece: re.Pattern[str]) -> Way:
    """Return a way that sets pieces to others of the file, so that none is missing."""

    def swap(text: str, other: str, rng: random.Random) -> str:
        places, others = spans(piece, text, rng), spans(piece, other, rng)
        for _time in range(rng.choice((1, 1, 4))):
            begin, end = any_span(places, rng)
            start, stop = any_span(others, rng)
            if text[begin:end] and other[start:stop]:
                text = text[:begin] + other[start:stop] + text[end:]
                places = spans(piece, text, rng)
        return text

    return swap


def adding(words: Sequence[str], piece: re.Pattern[str], *, replace: bool) -> Way:
    """Return a way that puts a word before a piece, or in place of it."""

    def add(text: str, _: str, rng: random.Random) -> str:
        word = rng.choice(words)
        begin, end = any_span(spans(piece, text, rng), rng)
        if rng.random() < 0.05:
            word *= 1 + _flood(rng) // len(word)
        return text[:begin] + word + text[end if replace else begin :]

    return add


def nesting(brackets: Sequence[tuple[str, str]], piece: re.Pattern[str]) -> Way:
    """Return a way that puts a piece into many brackets."""

    def nest(text: str, _: str, rng: random.Random) -> str:
        before, after = rng.choice(brackets)
        begin, end = any_span(spans(piece, text, rng), rng)
        depth = rng.choice(DEPTHS)
        inside = before * depth + text[begin:end] + after * depth
        return text[:begin] + inside + text[end:]

    return nest


def unbalancing(brackets: Sequence[tuple[str, str]]) -> Way:
    """Return a way that leaves a bracket open, or closes what is not open."""
    signs = [sign for pair in brackets for sign in pair if sign]

    def unbalance(text: str, _: str, rng: random.Random) -> str:
        sign = rng.choice(signs)
        places = spans(re.compile(re.escape(sign)), text, rng)
        if places and rng.random() < 0.5:
            begin, end = rng.choice(places)
            return text[:begin] + text[end:]
        place = rng.randrange(len(text) + 1)
        return text[:place] + sign + text[place:]

    return unbalance


def window(text: str, rng: random.Random) -> Span:
    """Choose the part of a text to look at: all of it, or what is soon looked at."""
    start = rng.randrange(max(len(text) - MAX_WINDOW, 0) + 1)
    return start, start + MAX_WINDOW


def spans(pattern: re.Pattern[str], text: str, rng: random.Random) -> list[Span]:
    """Return where a pattern is found, in a part of the text if it is long."""
    return [found.span() for found in pattern.finditer(text, *window(text, rng))]


def any_span(places: Sequence[Span], rng: random.Random) -> Span:
    """Choose one of the places, or the beginning if there is none."""
    return rng.choice(places) if places else (0, 0)


def _flood(rng: random.Random) -> int:
    return rng.choices(list(FLOODS), list(FLOODS.values()))[0]


def rearranged(text: str, places: Sequence[Span], rng: random.Random) -> str:
    """Remove, repeat, move or swap pieces of a text.

    Args:
        text: The text.
        places: Of its pieces; one may be inside another.
        rng: Decides which, and what is done.
    """
    (begin, end), (at, to) = any_span(places, rng), any_span(places, rng)
    piece = text[begin:end]
    way = rng.choice(("remove", "remove", "repeat", "flood", "move", "swap", "copy"))
    if way in ("repeat", "flood") and piece:
        size = _flood(rng) if way == "flood" else 0
        return text[:end] + piece * (1 + size // len(piece)) + text[end:]
    if way == "copy":
        return text[:at] + piece + text[at:]
    if way == "remove" or (at < end and begin < to):  # one is inside the other
        return text[:begin] + text[end:]
    if at < begin:
        (begin, end), (at, to), piece = (at, to), (begin, end), text[at:to]
    if way == "swap":
        return text[:begin] + text[at:to] + text[end:at] + piece + text[to:]
    return text[:begin] + text[end:to] + piece + text[to:]


def move_lines(text: str, _: str, rng: random.Random) -> str:
    """Remove, repeat, move or swap lines."""
    return rearranged(text, spans(_LINE, text, rng), rng)


def move_blocks(text: str, _: str, rng: random.Random) -> str:
    """Remove, repeat, move or swap some lines together."""
    lines = spans(_LINE, text, rng)
    if not lines:
        return text
    starts = [rng.randrange(len(lines)) for _ in range(2)]
    lasts = [min(i + rng.randrange(MAX_LINES), len(lines) - 1) for i in starts]
    blocks = [(lines[i][0], lines[j][1]) for i, j in zip(starts, lasts, strict=True)]
    return rearranged(text, blocks, rng)


def change_number(text: str, _: str, rng: random.Random) -> str:
    """Set a number to one that is absurd, or just another."""
    begin, end = any_span(spans(_NUMBER, text, rng), rng)
    number = rng.choice((*NUMBERS, str(rng.randrange(200))))
    return text[:begin] + number + text[end:]


def _change_letters(text: str, _: str, rng: random.Random) -> str:
    """Type some letters wrong."""
    letters = list(text)
    for _time in range(rng.choice((1, 1, 5, 50)) if letters else 0):
        place = rng.randrange(len(letters))
        letters[place] = rng.choice((rng.choice(letters), chr(rng.randrange(32, 127))))
    return "".join(letters)


def _cut(text: str, _: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text) + 1)]


def _splice(text: str, other: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]


def _change_line_ends(text: str, _: str, rng: random.Random) -> str:
    pieces = _LINE.findall(text)
    ends = rng.choice((("\r\n",), ("\r",), ("\n", "\r\n", "\r"), ("",), ("\n\n",)))
    return "".join(piece.rstrip("\r\n") + rng.choice(ends) for piece in pieces)


ROUGH_WAYS: tuple[Way, ...] = (
    move_lines, move_blocks, change_number, _change_letters, _cut, _splice,
    _change_line_ends,
)  # fmt: skip


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _in_other_encoding(text: str, rng: random.Random) -> bytes:
    """Write a text, or the rest of it, in another encoding."""
    place = rng.choice((0, 0, rng.randrange(len(text) + 1)))
    head = text[:place].encode("utf-8", "surrogateescape")
    return head + text[place:].encode(rng.choice(ENCODINGS), "replace")
