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
import sys
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
VARIABLE = "MONODY_LANG"
# Those that every program heeds: what is set first speaks for the others.
OF_THE_SYSTEM = ("LC_ALL", "LC_MESSAGES", "LANG")
NO_LANGUAGE = ("C", "POSIX")
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


def decimal(figure: float, form: str) -> str:
    """Write a figure as the language of the task does: Spanish has a decimal comma.

    Settings keep their point, which is what is typed.

    Args:
        figure: The figure.
        form: How Python's ``format`` writes it, such as ``".2f"`` or ``".1%"``.

    Example:
        >>> from monody.translation import decimal, speaking
        >>> with speaking("es"):
        ...     decimal(1.25, ".1f"), decimal(0.053, ".1%")
        ('1,2', '5,3%')
        >>> decimal(1.25, ".1f")
        '1.2'
    """
    written = format(figure, form)
    return written.replace(".", ",") if _language.get() == "es" else written


def in_each_language(text: str) -> list[str]:
    """Return what a text is called in English and in each other language that has it.

    Example:
        >>> from monody.translation import in_each_language
        >>> in_each_language("flute")
        ['flute', 'flauta']
    """
    others = (texts(language).get(text) for language in LANGUAGES)
    return list(dict.fromkeys([text, *filter(None, others)]))


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
            wanted.append((-float(weight or 1), name))
        except ValueError:
            continue  # no number: not a wish that can be weighed
    names = (name for _, name in sorted(wanted, key=lambda wish: wish[0]))
    return next(filter(None, map(language_named, names)), "en")


def language_named(name: str) -> str | None:
    """Return the language that a name means, one of ``LANGUAGES``, or None.

    Args:
        name: As systems, browsers and people write it.

    Example:
        >>> from monody.translation import language_named
        >>> [language_named(name) for name in ("es_MX.UTF-8", "ES-es", "Español", "de")]
        ['es', 'es', 'es', None]
    """
    wanted = re.split(r"[-_.@]", name.strip().casefold())[0]
    for code, in_its_words in LANGUAGES.items():
        if wanted in (code, in_its_words.casefold()):
            return code
    return None


def system_language(environment: Mapping[str, str] | None = None) -> str:
    """Return the language that commands speak.

    ``MONODY_LANG`` comes first. Then it is as for all programs: the first of
    ``LC_ALL``, ``LC_MESSAGES`` and ``LANG`` that is set names a language, in whose
    place ``LANGUAGE`` may name several, the best first. In place of a language that
    monody does not speak it is English. On Windows, where none of them may be set, it
    is that of the menus.

    Args:
        environment: The variables, by default this process's.

    Example:
        >>> from monody.translation import system_language
        >>> system_language({"LANG": "es_ES.UTF-8"}), system_language({"LANG": "C"})
        ('es', 'en')
        >>> system_language({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:es:en"})
        'es'
    """
    given = os.environ if environment is None else environment
    named = language_named(given.get(VARIABLE, ""))
    if named:
        return named
    locale = next(filter(None, map(given.get, OF_THE_SYSTEM)), None)
    if locale in NO_LANGUAGE:
        return "en"
    wishes = given.get("LANGUAGE") or locale or _language_of_windows()
    return next(filter(None, map(language_named, wishes.split(":"))), "en")


def _language_of_windows() -> str:
    """Return the language of Windows' menus, such as ``es_MX``; elsewhere nothing."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    number = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return locale.windows_locale.get(number, "")


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


def _catalogue(language: str) -> library.NullTranslations:
    """Return a catalogue; English needs none."""
    return _read_catalogue(LOCALE, language if language in LANGUAGES else "en")


@lru_cache
def _read_catalogue(folder: Path, language: str) -> library.NullTranslations:
    """Read a catalogue once."""
    known = [language] if language != "en" else []
    return library.translation("monody", folder, known, _Catalogue, fallback=True)
