"""Names that forms and styles go by, with a line that explains each."""

from __future__ import annotations

from monody.translation import marked

FORMS = marked(
    {
        "A A'": "period: a question, and its answer",
        "A A B": "bar form, of chorales and minnesongs",
        "A B A": "ternary, da capo",
        "A A B B": "binary, of dances: with --bars 32 a tune",
        "A A B A": "song: with --bars 32 a standard",
        "A A' B A'": "rounded: the second half comes home",
        "A B A C": "two halves that begin alike",
        "A B A C A": "rondo",
        "A A' A' A'": "theme and variations",
        "A B C D": "through-composed: nothing returns",
        "A8 B4 A8": "sections of 8, 4 and 8 bars; without a number 4",
        "4+4+8": "phrases of as many bars; what returns is left open",
        "like:TUNE.mid": "the form of that file's melody",
    }
)
STYLES = marked(
    {
        "dance": "jigs, reels, hornpipes, polkas, waltzes and marches",
        "song": "songs and airs, to be sung",
        "hymn": "melodies of hymns",
        "theme": "themes of composers",
    }
)
