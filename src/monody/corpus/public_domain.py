"""The collections that the base model learns from: what they are, whose, and where.

Three are printed books of dances (``tune_books`` reads them from music21's wheel). The
others are repositories of scores that their makers gave away (``free_scores`` reads
what the user has fetched). Who only wants the tunes needs neither: they come with the
base model (``experiments.base_tunes``).
"""

from __future__ import annotations

from typing import NamedTuple

from monody.errors import MonodyError

STYLES = ("dance", "song", "hymn", "theme")
WHEEL = "music21's wheel"
_CC0 = "CC0 1.0"
_PUBLIC_DOMAIN = "public domain"


class Collection(NamedTuple):
    """A collection of tunes whose music is free for every use.

    Args:
        title: As the user reads it.
        years: Of printing, or when the music was written; as the user reads it.
        style: One of ``STYLES``.
        tunes: Melodies that its source has, copies included.
        licence: Of the files.
        stated: Where the licence can be read, or what it rests on.
        source: Where the files are: the address of a repository, or ``WHEEL``.
        commit: Of the repository.
        suffix: Of the names of its scores; ".ly" is LilyPond's, which is not read.
        within: The folder of the repository that is meant, if not all of it is.
    """

    title: str
    years: str
    style: str
    tunes: int
    licence: str
    stated: str
    source: str = WHEEL
    commit: str = ""
    suffix: str = ".abc"
    within: str = ""

    @property
    def is_fetched(self) -> bool:
        """Whether it is a repository, which the user fetches."""
        return bool(self.commit)


_PRINTED = "printed before 1904; those who typed it in state no restriction"
_BLOOMFIELD = (
    'LICENSE.md: "Please feel free to re-use anything in this repository. It is made '
    'up of things that I found in the public domain"'
)

COLLECTIONS = {
    "oneills1850": Collection(
        "O'Neill's Music of Ireland", "1903", "dance", 2009, _PUBLIC_DOMAIN, _PRINTED
    ),
    "airdsAirs": Collection(
        "Aird's Airs", "1778-1801", "dance", 1180, _PUBLIC_DOMAIN, _PRINTED
    ),
    "ryansMammoth": Collection(
        "Ryan's Mammoth Collection", "1883", "dance", 1059, _PUBLIC_DOMAIN, _PRINTED
    ),
    "lieder": Collection(
        "OpenScore Lieder", "mostly 19th century", "song", 2485, _CC0,
        'LICENSE.txt, and README: "released under Creative Commons Zero"',
        "https://github.com/OpenScore/Lieder",
        "bca122458de6da362abe62dd6aec62e25d7759b1",
        ".mscx",
    ),
    "bloomfield_songs": Collection(
        "Benjamin Bloomfield's songs", "18th to 20th century", "song", 173,
        _PUBLIC_DOMAIN, _BLOOMFIELD,
        "https://github.com/bbloomf/lilypond-songs",
        "947527c1fb3c488e0dcf2e59385c13c3a673fe62",
        ".ly",
    ),
    "openhymnal": Collection(
        "Open Hymnal", "16th to 20th century", "hymn", 255, _PUBLIC_DOMAIN,
        'each file: "copyright: public domain"; files that do not say it are left out',
        "https://github.com/mzealey/openhymnal",
        "d35811b2d5c9b0bbc5887d60a2936454815416e8",
    ),
    "bloomfield_carols": Collection(
        "Benjamin Bloomfield's carols", "13th to 20th century", "hymn", 256,
        _PUBLIC_DOMAIN, _BLOOMFIELD,
        "https://github.com/bbloomf/christmas-carols",
        "5ae0c48621d701df688af5a8237cbfedfd6801c2",
        ".ly",
    ),
    "mutopia_hymns": Collection(
        "Mutopia Hymn Project", "16th to 20th century", "hymn", 63, _PUBLIC_DOMAIN,
        'Steve Dunlop\'s hymns in ftp/: license "Public Domain"; the medley that the '
        "melodies are from, collections/hymnproject, has no header of its own",
        "https://github.com/MutopiaProject/MutopiaProject",
        "2144afd6f52d56c5b6995b8b589ef1268b3139f0",
        ".ly",
        "collections/hymnproject",
    ),
    "quartets_violin1": Collection(
        "OpenScore String Quartets", "18th to 20th century", "theme", 570,
        _CC0, "LICENSE.txt",
        "https://github.com/OpenScore/StringQuartets",
        "2c723a5b7b4ea5420826116dfa912956c6a022c2",
        ".mxl",
    ),
}  # fmt: skip
BOOKS = tuple(name for name, one in COLLECTIONS.items() if not one.is_fetched)
FETCHED = tuple(name for name, one in COLLECTIONS.items() if one.is_fetched)


def collection_of(source: str) -> str:
    """Return the collection that a tune of the base model is from.

    Args:
        source: The name of its file, which begins with the collection's.

    Raises:
        MonodyError: If it begins otherwise.

    Example:
        >>> from monody.corpus.public_domain import collection_of
        >>> collection_of("lieder-Schubert_Franz_Erlkönig_lc123.mid")
        'lieder'
    """
    name, dash, _ = source.partition("-")
    if name not in COLLECTIONS or not dash:
        raise MonodyError(
            f"no collection has a tune {source!r}: expected COLLECTION-NAME.mid with "
            f"one of {', '.join(COLLECTIONS)}"
        )
    return name


def style_of(source: str) -> str:
    """Return the style of a tune of the base model, one of ``STYLES``.

    Args:
        source: The name of its file, which begins with the collection's.

    Raises:
        MonodyError: If it begins otherwise.

    Example:
        >>> from monody.corpus.public_domain import style_of
        >>> style_of("ryansMammoth-0001.mid"), style_of("openhymnal-Azmon.mid")
        ('dance', 'hymn')
    """
    return COLLECTIONS[collection_of(source)].style
