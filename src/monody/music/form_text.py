"""Forms as musicians write them: ``AABA``, ``A A' B A``, ``A8 B8 A8``, ``4+4+8``.

A letter is a section. The same letter again is the same music, note for note; with a
prime it is varied. A number is a length in bars.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from monody.errors import SettingError

if TYPE_CHECKING:
    from monody.music.form import Form

PRIME = "'"
SECTION_BARS = 4  # of a section for which no length is named
MAX_BARS = 10_000  # of any melody that is asked for
MAX_FORM_BARS = 1_000  # the network remembers all of a form, to return to it
# How primes are typed: ' and `, and the typographic ones; two make a second variation,
# which is a varied section, too.
_PRIMES = "'`´‘’′″ʹʼ\""
_BETWEEN = re.compile(r"[\s+,|–—-]*")
_LETTER = re.compile(
    rf"([A-Za-z])\s?([{_PRIMES}]*)(?:\s?([0-9]{{1,6}})([{_PRIMES}]*))?"
)
_NUMBER = re.compile(r"([0-9]{1,6})")
_MEANT = (
    'form must be sections such as AABA, "A A\' B A" or A8 B4 A8 (`monody names '
    "forms`), or the bars of phrases such as 4+4+8"
)


class Section(NamedTuple):
    """A part of a form.

    Sections with one letter are the same music; the first of them is their source.
    """

    letter: str  # from A on; empty where nothing is said of what returns
    bars: int | None  # None where no length is named
    varied: bool  # whether it returns varied


@dataclass(frozen=True)
class NamedForm:
    """Sections, which return or not.

    Args:
        sections: In order.

    Raises:
        SettingError: If sections with one letter have two lengths, a section is varied
            that was not there before, or the letters skip one.

    Example:
        >>> from monody.music.form_text import parse_form
        >>> form = parse_form("A8 A' B4")
        >>> form.bars_of_sections(), form.sources
        ((8, 8, 4), (None, 0, None))
        >>> str(form)
        "A8 A' B4"
    """

    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        there: dict[str, int | None] = {}
        for section in self.sections:
            self._check(section, there)
            if section.letter:
                named = there.get(section.letter)
                there[section.letter] = named or section.bars

    def _check(self, section: Section, there: dict[str, int | None]) -> None:
        """Refuse a section that contradicts those before it.

        Args:
            section: The section.
            there: The letters before it, and their lengths.
        """
        letter, bars, varied = section
        if not letter:
            return
        if varied and letter not in there:
            raise SettingError(
                f"form {self} varies {letter} before it was there: write the first "
                f'{letter} without a prime, as in "{letter} {letter}{PRIME}"'
            )
        expected = string.ascii_uppercase[len(there) % 26]
        if letter not in there and letter != expected:
            raise SettingError(
                f"form {self} has {letter} where its next new section is called "
                f"{expected}: the first is A, then B; what returns has its letter again"
            )
        named = there.get(letter)
        if bars and named and bars != named:
            raise SettingError(
                f"form {self} has {letter} with {named} bars and with {bars}: what "
                "returns is as long as it was; give one of them another letter"
            )

    def __str__(self) -> str:
        if not self.has_letters:
            return "+".join(str(section.bars) for section in self.sections)
        names = [
            f"{letter}{PRIME * varied}{bars or ''}"
            for letter, bars, varied in self.sections
        ]
        return ("" if all(len(name) == 1 for name in names) else " ").join(names)

    @property
    def has_letters(self) -> bool:
        """Whether it says what returns; ``4+4+8`` says only where phrases end."""
        return all(section.letter for section in self.sections)

    @property
    def sources(self) -> tuple[int | None, ...]:
        """Of each section, the index of the first with its letter, if it returns."""
        first: dict[str, int] = {}
        found: list[int | None] = []
        for index, (letter, _, _) in enumerate(self.sections):
            found.append(first.get(letter) if letter else None)
            first.setdefault(letter, index)
        return tuple(found)

    def bars_of_sections(self, bars: int | None = None) -> tuple[int, ...]:
        """Return how many bars each section has.

        Sections with one letter are as long as each other. Sections for which no length
        is named share what is left of ``bars``; without that, each has 4.

        Args:
            bars: Of the whole; by default as many as the sections have.

        Raises:
            SettingError: If the sections cannot have that many bars.

        Example:
            >>> from monody.music.form_text import parse_form
            >>> parse_form("AABA").bars_of_sections(32)
            (8, 8, 8, 8)
        """
        of_letters = {
            letter: named for letter, named, _ in self.sections if letter and named
        }
        named = [one.bars or of_letters.get(one.letter) for one in self.sections]
        shared = SECTION_BARS if bars is None else self._shared(bars, named)
        return tuple(one or shared for one in named)

    def _shared(self, bars: int, named: list[int | None]) -> int:
        """Return how many bars each section has for which none are named."""
        fixed, sharing = sum(one or 0 for one in named), named.count(None)
        if not sharing:
            if bars == fixed:
                return 0
            raise SettingError(
                f"form {self} has {fixed} bars, but bars is {bars}: leave out --bars, "
                "or name other lengths"
            )
        each, rest = divmod(bars - fixed, sharing)
        if each < 1 or rest:
            fits = [fixed + sharing * fit for fit in (each, each + 1) if fit > 0]
            raise SettingError(
                f"form {self} cannot have {bars} bars, as sections without a length "
                "are as long as each other: ask for "
                f"{' or '.join(map(str, fits or [fixed + sharing]))} bars, or write "
                "lengths as in A8 B4"
            )
        return each

    def total_bars(self, bars: int | None = None) -> int:
        """Return how many bars it has; as ``bars_of_sections``."""
        total = sum(self.bars_of_sections(bars))
        _require_bars(total)
        return total

    def spans(self, bars: int | None = None) -> tuple[tuple[int, int], ...]:
        """Return the first bar of each section and the one after its last, from 0.

        Args:
            bars: Of the whole; as for ``bars_of_sections``.

        Example:
            >>> from monody.music.form_text import parse_form
            >>> parse_form("4+4+8").spans()
            ((0, 4), (4, 8), (8, 16))
        """
        lengths = self.bars_of_sections(bars)
        ends = accumulate(lengths)
        return tuple(
            (end - length, end) for end, length in zip(ends, lengths, strict=True)
        )

    def laid_out(self, bars: int | None, bar_ticks: int) -> Form:
        """Return it bar by bar, as a melody's own form is.

        Each bar that returns points to its place in the first section of its letter.

        Args:
            bars: Of the whole; as for ``bars_of_sections``.
            bar_ticks: Of each bar.

        Raises:
            SettingError: If the sections cannot have that many bars.

        Example:
            >>> from monody.music.form_text import parse_form
            >>> form = parse_form("A A'").laid_out(4, bar_ticks=96)
            >>> form.back, form.exact, form.phrase_ends
            ((0, 0, 2, 2), (False, False, False, False), (192, 384))
        """
        from monody.music.form import Form

        spans = self.spans(bars)
        back: list[int] = []
        exact: list[bool] = []
        for (first, end), source, section in zip(
            spans, self.sources, self.sections, strict=True
        ):
            away = 0 if source is None else first - spans[source][0]
            back += [away] * (end - first)
            exact += [away > 0 and not section.varied] * (end - first)
        return Form(
            bar_ticks=bar_ticks,
            begins=0,
            phrase_ends=tuple(end * bar_ticks for _, end in spans),
            back=tuple(back),
            exact=tuple(exact),
        )


def parse_form(text: str) -> NamedForm:
    """Read a form.

    Args:
        text: Letters in either case, with a prime where a section is varied and a
            number of bars where its length is named; or only numbers. Between sections
            there may be spaces, ``-`` and ``+``.

    Raises:
        SettingError: If the text is no form, or one of more than 1,000 bars.

    Example:
        >>> from monody.music.form_text import parse_form
        >>> str(parse_form("a-a’-b-a")), str(parse_form("4 + 4 + 8"))
        ("A A' B A", '4+4+8')
    """
    sections = tuple(_sections(text))
    lettered = [bool(section.letter) for section in sections]
    if not sections or any(lettered) != all(lettered):
        raise SettingError(f"{_MEANT}, not {text!r}")
    if any(section.bars == 0 for section in sections):
        raise SettingError(f"{_MEANT}, each of one bar at least, not {text!r}")
    _require_bars(sum(section.bars or SECTION_BARS for section in sections))
    return NamedForm(sections)


def _require_bars(total: int) -> None:
    if total > MAX_FORM_BARS:
        raise SettingError(
            f"form must have at most {MAX_FORM_BARS:,} bars, not {total:,}"
        )


def _sections(text: str) -> Iterator[Section]:
    """Yield the sections that a text names."""
    text = text.strip()
    place = 0
    while place < len(text):
        found = _LETTER.match(text, place) or _NUMBER.match(text, place)
        if not found:
            raise SettingError(f"{_MEANT}, not {text!r}")
        if found.re is _NUMBER:
            yield Section("", int(found[1]), varied=False)
        else:
            letter, prime, bars, late_prime = found.groups()
            varied = bool(prime or late_prime)
            yield Section(letter.upper(), int(bars) if bars else None, varied)
        between = _BETWEEN.match(text, found.end())
        place = between.end() if between else found.end()
