"""The ranges of instruments and voices: a flute plays from C4 to C7."""

from __future__ import annotations

from monody.errors import SettingError
from monody.music.near_names import (
    named_in_each_language,
    near_names,
    plain_name,
)
from monody.music.pitch import parse_pitch_range
from monody.translation import marked

# As they sound (concert pitch), lowest to highest, by the names that an instrument goes
# by, General MIDI's among them. The usual figures of orchestration textbooks, for good
# players and the commonest model; where books differ, the narrower.
RANGES = {
    "soprano": "C4..C6",
    "mezzo-soprano, mezzo": "A3..A5",
    "alto, contralto": "F3..F5",
    "tenor": "C3..C5",
    "baritone": "G2..G4",
    "bass": "E2..E4",
    "piccolo": "D5..C8",
    "flute, concert flute": "C4..C7",
    "alto flute": "G3..G6",
    "recorder, soprano recorder, descant recorder": "C5..D7",
    "alto recorder, treble recorder": "F4..G6",
    "tenor recorder": "C4..D6",
    "bass recorder": "F3..G5",
    "tin whistle, penny whistle, whistle": "D5..D7",
    "low whistle, Irish flute": "D4..D6",
    "pan flute, panpipes": "G4..G7",
    "ocarina": "A4..F6",
    "shakuhachi": "D4..D6",
    "oboe": "Bb3..G6",
    "English horn, cor anglais": "E3..C6",
    "clarinet": "D3..Bb6",
    "bass clarinet": "Db2..F5",
    "bassoon": "Bb1..Eb5",
    "contrabassoon": "Bb0..Bb3",
    "soprano sax, soprano saxophone": "Ab3..Eb6",
    "alto sax, alto saxophone, saxophone, sax": "Db3..Ab5",
    "tenor sax, tenor saxophone": "Ab2..Eb5",
    "baritone sax, baritone saxophone": "Db2..Ab4",
    # As it is written; the pipes sound about a semitone higher.
    "bagpipe, bagpipes, Highland pipes": "G4..A5",
    "uilleann pipes": "D4..D6",
    "trumpet, cornet, muted trumpet": "E3..C6",
    "flugelhorn": "E3..Bb5",
    "French horn, horn": "B1..F5",
    "trombone": "E2..Bb4",
    "bass trombone": "Bb1..Bb4",
    "euphonium": "E2..Bb4",
    "tuba": "D1..F4",
    "violin, fiddle": "G3..A7",
    "viola": "C3..E6",
    "cello, violoncello": "C2..C6",
    "contrabass, double bass, acoustic bass": "E1..G4",
    "harp, orchestral harp": "B0..G#7",
    "guitar, acoustic guitar, acoustic guitar (nylon), classical guitar": "E2..B5",
    "acoustic guitar (steel), steel guitar": "E2..C6",
    "electric guitar, electric guitar (jazz), electric guitar (clean), "
    "electric guitar (muted), overdriven guitar, distortion guitar": "E2..D6",
    "bass guitar, electric bass, electric bass (finger), electric bass (pick), "
    "fretless bass, slap bass": "E1..Eb4",
    "mandolin": "G3..A6",
    "banjo": "D3..C6",
    "ukulele": "C4..A5",
    "piano, acoustic grand piano, bright acoustic piano, electric grand piano, "
    "honky-tonk piano": "A0..C8",
    "electric piano": "E1..E7",
    "harpsichord": "F1..F6",
    "clavinet": "F1..E6",
    "celesta": "C4..C8",
    "organ, church organ, drawbar organ, percussive organ, rock organ": "C2..C7",
    "reed organ, harmonium": "F1..F6",
    "accordion": "F3..A6",
    "tango accordion, bandoneon": "A3..B6",
    "concertina": "G3..C7",
    "harmonica": "C4..C7",
    "melodica": "F3..F6",
    "glockenspiel": "G5..C8",
    "vibraphone": "F3..F6",
    "marimba": "A2..C7",
    "xylophone": "F4..C8",
    "tubular bells, chimes": "C4..F5",
    "timpani, kettledrums": "D2..C4",
    "dulcimer, hammered dulcimer": "D3..D6",
    "kalimba, thumb piano": "C4..E6",
    "steel drums, steel pan": "C4..E6",
}


# Each of these names, so that the catalogue has them. The Spanish ones are understood
# in every language.
NAMES = marked((
    "soprano", "mezzo-soprano", "mezzo", "alto", "contralto", "tenor", "baritone",
    "bass", "piccolo", "flute", "concert flute", "alto flute", "recorder",
    "soprano recorder",
    "descant recorder", "alto recorder", "treble recorder", "tenor recorder",
    "bass recorder", "tin whistle", "penny whistle", "whistle", "low whistle",
    "Irish flute", "pan flute", "panpipes", "ocarina", "shakuhachi", "oboe",
    "English horn", "cor anglais", "clarinet", "bass clarinet", "bassoon",
    "contrabassoon", "soprano sax", "soprano saxophone", "alto sax", "alto saxophone",
    "saxophone", "sax", "tenor sax", "tenor saxophone", "baritone sax",
    "baritone saxophone", "bagpipe", "bagpipes", "Highland pipes", "uilleann pipes",
    "trumpet", "cornet", "muted trumpet", "flugelhorn", "French horn", "horn",
    "trombone", "bass trombone", "euphonium", "tuba", "violin", "fiddle", "viola",
    "cello", "violoncello", "contrabass", "double bass", "acoustic bass", "harp",
    "orchestral harp", "guitar", "acoustic guitar", "acoustic guitar (nylon)",
    "classical guitar", "acoustic guitar (steel)", "steel guitar", "electric guitar",
    "electric guitar (jazz)", "electric guitar (clean)", "electric guitar (muted)",
    "overdriven guitar", "distortion guitar", "bass guitar", "electric bass",
    "electric bass (finger)", "electric bass (pick)", "fretless bass", "slap bass",
    "mandolin", "banjo", "ukulele", "piano", "acoustic grand piano",
    "bright acoustic piano", "electric grand piano", "honky-tonk piano",
    "electric piano", "harpsichord", "clavinet", "celesta", "organ", "church organ",
    "drawbar organ", "percussive organ", "rock organ", "reed organ", "harmonium",
    "accordion", "tango accordion", "bandoneon", "concertina", "harmonica", "melodica",
    "glockenspiel", "vibraphone", "marimba", "xylophone", "tubular bells", "chimes",
    "timpani", "kettledrums", "dulcimer", "hammered dulcimer", "kalimba",
    "thumb piano", "steel drums", "steel pan",
))  # fmt: skip


def parse_range(text: str) -> tuple[int, int]:
    """Return the lowest and highest MIDI pitch of a range, an instrument or a voice.

    Args:
        text: ``C4..A5``, ``60..81``, or one of the names in ``RANGES``, in any language
            that monody speaks. Only the letters count, in any case: ``Alto Sax``,
            ``mezzosoprano``, and General MIDI's ``Electric Piano 2``. ``bass`` and
            ``baritone`` are voices.

    Raises:
        SettingError: If the text is neither; the message names near instruments.

    Example:
        >>> from monody.music.instrument_ranges import parse_range
        >>> parse_range("C4..A5"), parse_range("Alto Sax"), parse_range("flauta")
        ((60, 81), (49, 80), (60, 96))
    """
    if ".." in text:
        return parse_pitch_range(text, "range")
    pitches = {
        name: pitches for names, pitches in RANGES.items() for name in names.split(", ")
    }
    named = named_in_each_language(pitches, str.isalpha)
    wanted = plain_name(text, str.isalpha)
    if wanted in named:
        return parse_pitch_range(pitches[named[wanted]], "range")
    english = [plain_name(name, str.isalpha) for name in pitches]
    near = near_names(wanted, english, min_letters=3, cutoff=0.7)
    near = near or near_names(wanted, named, min_letters=3, cutoff=0.7)
    meant = ", ".join(dict.fromkeys(named[name] for name in near))
    raise SettingError(
        "range must be such as C4..A5 or an instrument such as flute, not "
        f"{text!r}{f': did you mean {meant}?' if meant else ''}"
    )
