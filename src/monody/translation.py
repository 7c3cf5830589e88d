"""The language of what musicians read: English, or one that has a catalogue.

Texts are written in English where they are used, as ``_("Play")``. A catalogue is
gettext's: ``locale/es/LC_MESSAGES/monody.po`` has the Spanish, and the ``.mo`` beside
it is the same for machines (``make catalogue`` writes both). What no catalogue has is
said in English. The language belongs to the task that runs: a server answers two
browsers in two languages at once.

Errors and reasons are English where they arise, as files and caches keep them. They are
translated where they are shown (``sentences``).
"""

from __future__ import annotations

import gettext as library
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

TYPE_CHECKING = False  # typing would be imported for nothing
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Texts = TypeVar("Texts")

LANGUAGES = {"en": "English", "es": "Español"}  # each in its own words
LOCALE = Path(__file__).parent / "locale"
VARIABLE = "MONODY_LANGUAGE"
SENTENCE = "sentence"  # the context of texts whose values are found in them again

# A call of t() and the string in double quotes that it is given.
IN_SCRIPT = re.compile(r'\bt\(\s*("(?:[^"\\\n]|\\.)*")')

_language: ContextVar[str] = ContextVar("language", default="en")


def gettext(text: str) -> str:
    """Say a text in the language of the task. Imported as ``_``.

    Args:
        text: In English; what varies in it stands in braces, to be filled afterwards.

    Example:
        >>> from monody.translation import gettext as _
        >>> from monody.translation import speaking
        >>> with speaking("es"):
        ...     _("Play"), _("")  # a catalogue keeps its own head under no text
        ('Tocar', '')
    """
    return text and _catalogue(_language.get()).gettext(text)


def marked(text: Texts) -> Texts:
    """Return a text as it is; it is kept in English, and translated where it is shown.

    The mark is for ``make catalogue``, which gathers the texts to translate.

    Args:
        text: In English, or several. An f-string will do: ``sentences`` finds its
            values again.

    Example:
        >>> from monody.translation import marked
        >>> marked("no notes")
        'no notes'
    """
    return text


def ngettext(one: str, more: str, count: int) -> str:
    """Say a text that depends on a number, which takes the place of ``{count}``.

    Args:
        one: The text for one, in English.
        more: The text for any other number.
        count: The number.

    Example:
        >>> from monody.translation import ngettext
        >>> ngettext("{count} melody", "{count} melodies", 1200)
        '1,200 melodies'
    """
    text = _catalogue(_language.get()).ngettext(one, more, count)
    return text.replace("{count}", grouped(count))


def grouped(count: int) -> str:
    r"""Write a number with its thousands apart, as the language of the task does.

    Example:
        >>> from monody.translation import grouped, speaking
        >>> with speaking("es"):
        ...     grouped(1200), grouped(12000)
        ('1200', '12\xa0000')
        >>> grouped(12000)
        '12,000'
    """
    if _language.get() != "es":
        return f"{count:,}"
    # A comma would be the point before decimals; of four digits none is apart.
    return f"{count:,}".replace(",", "\xa0") if abs(count) > 9999 else f"{count}"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while.

    Args:
        language: One of ``LANGUAGES``; English takes the place of any other.
    """
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def spoken() -> str:
    """Return the language of the task, such as ``"es"``."""
    return _language.get()


def script_texts(script: str, language: str) -> dict[str, str]:
    """Say the texts of a script for browsers, which writes each as ``t("Play")``.

    Args:
        script: JavaScript of ours.
        language: One of ``LANGUAGES``.

    Returns:
        The texts in English, each with what takes its place.

    Example:
        >>> from monody.translation import script_texts
        >>> script_texts('button.textContent = t("Pause");', "es")
        {'Pause': 'Pausa'}
    """
    texts = [json.loads(quoted) for quoted in IN_SCRIPT.findall(script)]
    with speaking(language):
        return {text: gettext(text) for text in texts}


def preferred(accepted: str) -> str:
    """Choose the language that a browser likes best among those that there are.

    Args:
        accepted: Its ``Accept-Language``.

    Example:
        >>> from monody.translation import preferred
        >>> preferred("fr-CH, es-MX;q=0.9, en;q=0.8"), preferred("xx")
        ('es', 'en')
    """
    wanted: list[tuple[float, str]] = []
    for part in accepted[:1000].split(","):
        name, _, weight = part.partition(";q=")
        try:
            wanted.append((-float(weight or 1), name.strip()[:2].lower()))
        except ValueError:
            continue  # no number: not a wish that can be weighed
    known = (name for _, name in sorted(wanted, key=lambda wish: wish[0])
             if name in LANGUAGES)  # fmt: skip
    return next(known, "en")


def system_language(environment: Mapping[str, str] | None = None) -> str:
    """Return the language that commands speak.

    Args:
        environment: The variables, by default this process's: ``MONODY_LANGUAGE``, or
            else those that every program heeds.

    Example:
        >>> from monody.translation import system_language
        >>> system_language({"LANG": "es_ES.UTF-8"}), system_language({"LANG": "C"})
        ('es', 'en')
    """
    environment = os.environ if environment is None else environment
    for name in (VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG"):
        if environment.get(name):
            return preferred(environment[name].replace("_", "-"))
    return "en"


def texts(language: str, *, of_sentences: bool = False) -> Mapping[str, str]:
    """Return what a catalogue has, by the English; of texts with a number, nothing.

    Args:
        language: One of ``LANGUAGES``; English has no catalogue.
        of_sentences: Whether to return the sentences with values in place of the rest.
    """
    catalogue = _catalogue(language)
    if not isinstance(catalogue, _Catalogue):
        return {}
    return catalogue.sentences if of_sentences else catalogue.texts


class _Catalogue(library.GNUTranslations):
    """One that can be listed."""

    texts: Mapping[str, str] = MappingProxyType({})
    sentences: Mapping[str, str] = MappingProxyType({})

    def _parse(self, fp: Any) -> None:
        """Read the file, as the library asks of those who build on it."""
        super()._parse(fp)
        # Those with a plural have a pair for a name; that of the heading is empty.
        kept: dict[Any, str] = self._catalog  # type: ignore[attr-defined]
        told = {key: text for key, text in kept.items() if isinstance(key, str)}
        start = f"{SENTENCE}\x04"
        self.texts = {
            key: text for key, text in told.items() if key and "\x04" not in key
        }
        self.sentences = {
            key.removeprefix(start): text
            for key, text in told.items()
            if key.startswith(start)
        }


@lru_cache
def _catalogue(language: str) -> library.NullTranslations:
    """Read a catalogue once; English needs none."""
    known = [language] if language in LANGUAGES and language != "en" else []
    return library.translation("monody", LOCALE, known, _Catalogue, fallback=True)
