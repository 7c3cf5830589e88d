"""Which channels of a MIDI file are drum kits: their notes are strokes, not pitches.

Channel 10 is one by General MIDI. Others are made one by a bank (General MIDI 2, Yamaha
XG), by a system exclusive message (Roland GS, Yamaha XG), or by the name of the track.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

DRUM_CHANNEL = 9  # counted from 0: musicians call it 10
_GM2_DRUMS, _GM2_MELODY = 120, 121  # GM2 1.2, 3.2: the most significant byte of banks
MIN_ODD_BANK = 120  # lower ones are melodic everywhere
_XG_DRUMS = (126, 127)
# GS: address 40 1x 15, "use for rhythm part"; x is the part, 0 that of channel 10.
_GS_PART = re.compile(rb"\x41.\x42\x12\x40([\x10-\x1f])\x15([\x00-\x02])", re.DOTALL)
# XG: address 08 nn 07, "part mode"; nn is the channel.
_XG_PART = re.compile(rb"\x43.\x4c\x08([\x00-\x0f])\x07([\x00-\x05])", re.DOTALL)
_GS_RESET = re.compile(rb"\x41.\x42\x12\x40\x00\x7f\x00", re.DOTALL)


def _plain(text: str) -> str:
    """Write a name without capitals and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", _plain(text)))


_KIT = _words("""
    drum drums drumkit drumset drumline perc percussion percussions percussionist
    percusión percusiones percussão percussioni perkussion perkusja perkuse batteria
    bateria batería batterie tambores schlagzeug schlagwerk trommel trommeln becken
    slagwerk slagverk trummor trumset trommer trommesett lyömäsoittimet rummut bicí
    bębny davul dob dobok ударные барабаны барабан перкуссия ドラム ドラムス
    パーカッション 打楽器 打击乐 架子鼓 鼓 드럼 타악기
    kick snare hihat hihats hat hats cymbal cymbals ride toms tomtom bongo bongos conga
    congas claves maracas shaker shakers cowbell tambourine timbales cajon handclap
    claps beatbox woodblock guiro cabasa
""")
# Of these, a piece may bear the name: The Drum, Tambourine, Bongo.
_MAY_BE_TITLES = _words("""
    drum perc trommel trommeln becken tambores davul dob барабан барабаны kick snare
    hihat hihats hat hats cymbal cymbals ride toms tomtom bongo bongos conga congas
    claves maracas shaker shakers cowbell tambourine timbales cajon handclap claps
    woodblock guiro cabasa
""")
_TUNED = _words("""
    steel pan tuned pitched mallet mallets chromatic melodic melody organ glockenspiel
    xylophone marimba vibraphone vibes timpani timpany bell bells chimes celesta
    hang tongue handpan piano
""")
_BESIDE = _words("""
    kit set the a channel ch midi track acoustic electric electronic standard studio
    room power jazz rock brush orchestra orchestral gm gs xg map loop loops pattern
    part and und e y et hi tom
""")


def drum_channels(data: bytes) -> dict[int, bool]:
    """Return what system exclusive messages say of channels: drums, or none.

    Args:
        data: The whole file.

    Example:
        >>> from monody.reading.midi.drum_kits import drum_channels
        >>> drum_channels(bytes.fromhex("f0 0a 41 10 42 12 40 1b 15 01 0f f7"))
        {11: True}
    """
    said: dict[int, bool] = {}
    if b"\xf7" not in data:  # no system exclusive message ends in it
        return said
    for match in _GS_PART.finditer(data):
        part = match[1][0] & 15
        channel = DRUM_CHANNEL if part == 0 else part - (part <= DRUM_CHANNEL)
        said[channel] = match[2] != b"\0"
    for match in _XG_PART.finditer(data):
        said[match[1][0]] = match[2] != b"\0"
    return said


def is_roland(data: bytes) -> bool:
    """Tell whether a file is for Roland GS, where banks 126 and 127 are melodic."""
    return bool(_GS_RESET.search(data))


def is_drum_bank(bank: int, *, roland: bool) -> bool | None:
    """Tell whether a bank holds drum kits; ``None`` where it does not say.

    Args:
        bank: Its most significant byte, 0-127; -1 where none was chosen.
        roland: Whether the file is made for Roland GS.

    Example:
        >>> from monody.reading.midi.drum_kits import is_drum_bank
        >>> [is_drum_bank(bank, roland=False) for bank in (0, 120, 121, 127)]
        [None, True, False, True]
    """
    if bank == _GM2_DRUMS or (bank in _XG_DRUMS and not roland):
        return True
    return False if bank == _GM2_MELODY else None


@lru_cache(maxsize=1024)
def is_drum_name(name: str, *, is_title: bool = False) -> bool:
    """Tell whether a track's name says that it is a drum kit.

    Args:
        name: The name of the track, or of its instrument.
        is_title: Whether it may be the title of the piece, as that of the first track
            is. A title may speak of a drum; a kit's name says nothing else.

    Example:
        >>> from monody.reading.midi.drum_kits import is_drum_name
        >>> [is_drum_name(name) for name in ("Drums 2", "Percusión", "Steel Drums")]
        [True, True, False]
        >>> titles = ("The Drum of War", "Tambourine", "Drums", "Drum Kit")
        >>> [is_drum_name(title, is_title=True) for title in titles]
        [False, False, True, True]
    """
    words = _words(name)
    if not words & _KIT:
        return False
    if is_title:
        names_a_kit = bool(words & (_KIT - _MAY_BE_TITLES) or words & {"kit", "set"})
        return names_a_kit and words <= _KIT | _BESIDE
    return not words & _TUNED
