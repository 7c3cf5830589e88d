"""Which voice plays each of the 128 General MIDI programs."""

from __future__ import annotations

from monody.music.general_midi import GENERAL_MIDI
from monody.render.audio.held_voices import HELD
from monody.render.audio.struck_voices import STRUCK
from monody.render.audio.voice import Voice

VOICES: dict[str, Voice] = {voice.name: voice for voice in (*STRUCK, *HELD)}

# The nearest voice, and the first program that it plays; up to the next line's.
_FROM = (
    (0, "piano"), (4, "electric piano"), (6, "harpsichord"), (7, "clavinet"),
    (8, "celesta"), (9, "glockenspiel"), (10, "music box"), (11, "vibraphone"),
    (12, "marimba"), (13, "xylophone"), (14, "tubular bells"),
    (15, "steel guitar"),  # a dulcimer's strings are struck, and are of steel
    (16, "organ"), (19, "church organ"), (20, "accordion"), (22, "harmonica"),
    (23, "accordion"), (24, "nylon guitar"), (25, "steel guitar"),
    (26, "electric guitar"), (32, "acoustic bass"), (33, "electric bass"),
    (40, "violin"), (41, "viola"), (42, "cello"), (44, "strings"),
    (45, "pizzicato strings"), (46, "harp"), (47, "timpani"), (48, "strings"),
    (52, "choir"), (55, "pizzicato strings"), (56, "trumpet"), (57, "trombone"),
    (58, "tuba"), (59, "trumpet"), (60, "horn"), (61, "trumpet"), (64, "soprano sax"),
    (65, "alto sax"), (66, "tenor sax"), (68, "oboe"), (70, "bassoon"),
    (71, "clarinet"), (72, "flute"), (74, "recorder"), (75, "pan flute"),
    (78, "recorder"), (80, "square lead"), (81, "saw lead"), (82, "pan flute"),
    (84, "saw lead"), (85, "choir"), (86, "saw lead"), (88, "strings"),
    (90, "saw lead"), (91, "choir"), (92, "strings"), (94, "choir"), (95, "strings"),
    (98, "celesta"), (99, "nylon guitar"), (100, "strings"), (101, "choir"),
    (102, "strings"), (103, "saw lead"), (104, "sitar"), (105, "banjo"), (107, "koto"),
    (108, "kalimba"), (109, "oboe"), (110, "violin"), (111, "oboe"),
    (112, "glockenspiel"), (114, "steel drums"), (115, "xylophone"), (116, "timpani"),
    (119, "strings"), (120, "nylon guitar"), (121, "pan flute"),
    (122, "strings"),  # seashore: a long sound, as far as a melody can be one
    (123, "recorder"), (124, "glockenspiel"), (125, "strings"), (127, "timpani"),
)  # fmt: skip


def voice_of(program: int) -> Voice:
    """Return the voice that is nearest to a General MIDI program.

    Args:
        program: 0-127.

    Raises:
        ValueError: If there is no such program.

    Example:
        >>> from monody.render.audio.voices import voice_of
        >>> [voice_of(program).name for program in (0, 24, 73, 110)]
        ['piano', 'nylon guitar', 'flute', 'violin']
    """
    if not 0 <= program < len(GENERAL_MIDI):
        raise ValueError(f"a program must be from 0 to 127, not {program}")
    return VOICES[[name for first, name in _FROM if first <= program][-1]]
