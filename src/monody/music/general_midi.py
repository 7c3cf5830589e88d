"""The 128 instruments of General MIDI, level 1."""

from __future__ import annotations

import re

from monody.errors import SettingError
from monody.music.instrument_ranges import RANGES
from monody.music.near_names import (
    named_in_each_language,
    near_names,
    plain_name,
)
from monody.translation import marked

GENERAL_MIDI = marked((
    "Acoustic Grand Piano", "Bright Acoustic Piano", "Electric Grand Piano",
    "Honky-tonk Piano", "Electric Piano 1", "Electric Piano 2", "Harpsichord",
    "Clavinet", "Celesta", "Glockenspiel", "Music Box", "Vibraphone", "Marimba",
    "Xylophone", "Tubular Bells", "Dulcimer", "Drawbar Organ", "Percussive Organ",
    "Rock Organ", "Church Organ", "Reed Organ", "Accordion", "Harmonica",
    "Tango Accordion", "Acoustic Guitar (nylon)", "Acoustic Guitar (steel)",
    "Electric Guitar (jazz)", "Electric Guitar (clean)", "Electric Guitar (muted)",
    "Overdriven Guitar", "Distortion Guitar", "Guitar Harmonics", "Acoustic Bass",
    "Electric Bass (finger)", "Electric Bass (pick)", "Fretless Bass", "Slap Bass 1",
    "Slap Bass 2", "Synth Bass 1", "Synth Bass 2", "Violin", "Viola", "Cello",
    "Contrabass", "Tremolo Strings", "Pizzicato Strings", "Orchestral Harp", "Timpani",
    "String Ensemble 1", "String Ensemble 2", "Synth Strings 1", "Synth Strings 2",
    "Choir Aahs", "Voice Oohs", "Synth Choir", "Orchestra Hit", "Trumpet", "Trombone",
    "Tuba", "Muted Trumpet", "French Horn", "Brass Section", "Synth Brass 1",
    "Synth Brass 2", "Soprano Sax", "Alto Sax", "Tenor Sax", "Baritone Sax", "Oboe",
    "English Horn", "Bassoon", "Clarinet", "Piccolo", "Flute", "Recorder", "Pan Flute",
    "Blown Bottle", "Shakuhachi", "Whistle", "Ocarina", "Lead 1 (square)",
    "Lead 2 (sawtooth)", "Lead 3 (calliope)", "Lead 4 (chiff)", "Lead 5 (charang)",
    "Lead 6 (voice)", "Lead 7 (fifths)", "Lead 8 (bass + lead)", "Pad 1 (new age)",
    "Pad 2 (warm)", "Pad 3 (polysynth)", "Pad 4 (choir)", "Pad 5 (bowed)",
    "Pad 6 (metallic)", "Pad 7 (halo)", "Pad 8 (sweep)", "FX 1 (rain)",
    "FX 2 (soundtrack)", "FX 3 (crystal)", "FX 4 (atmosphere)", "FX 5 (brightness)",
    "FX 6 (goblins)", "FX 7 (echoes)", "FX 8 (sci-fi)", "Sitar", "Banjo", "Shamisen",
    "Koto", "Kalimba", "Bagpipe", "Fiddle", "Shanai", "Tinkle Bell", "Agogo",
    "Steel Drums", "Woodblock", "Taiko Drum", "Melodic Tom", "Synth Drum",
    "Reverse Cymbal", "Guitar Fret Noise", "Breath Noise", "Seashore", "Bird Tweet",
    "Telephone Ring", "Helicopter", "Applause", "Gunshot",
))  # fmt: skip


def program_of(instrument: str) -> int:
    """Return the program number of an instrument.

    Args:
        instrument: A General MIDI name in any case, with or without its punctuation, in
            any language that monody speaks, or a number from 0 to 127.

    Raises:
        SettingError: If there is no such instrument; the message names near ones.

    Example:
        >>> from monody.music.general_midi import program_of
        >>> program_of("flute"), program_of("acoustic guitar nylon"), program_of("73")
        (73, 24, 73)
        >>> program_of("piano de cola")
        0
    """
    if re.fullmatch(r"\s*[+-]?[0-9]{1,9}\s*", instrument):
        program = int(instrument)
        if not 0 <= program < len(GENERAL_MIDI):
            raise SettingError(
                f"midi_instrument must be a number from 0 to 127, not {program}"
            )
        return program
    wanted = plain_name(instrument)
    names = named_in_each_language(GENERAL_MIDI)
    if wanted in names:
        return GENERAL_MIDI.index(names[wanted])
    meant = ", ".join(_near_instruments(instrument))
    advice = f"did you mean {meant}?" if meant else "none is like it."
    raise SettingError(
        f"midi_instrument must be a General MIDI name or a number 0-127, not "
        f"{instrument!r}: {advice} See the list of names: monody names instruments"
    )


def _near_instruments(instrument: str) -> list[str]:
    """Return up to four names that may be meant by another.

    They are those that the same instrument has elsewhere (cor anglais is the English
    Horn) and those with all of its words (nylon guitar); or else what looks like it.
    """
    wanted = plain_name(instrument)
    words = [word for word in map(plain_name, instrument.split()) if word]
    if not words:
        return []
    names = {plain_name(name): name for name in GENERAL_MIDI}
    others = [[plain_name(name) for name in group.split(",")] for group in RANGES]
    same = [name for group in others if wanted in group for name in group]
    in_each = (names, named_in_each_language(GENERAL_MIDI))  # English first
    for known in in_each:
        worded = [name for name in known if all(word in name for word in words)]
        if near := [name for name in (*same, *worded) if name in known]:
            return list(dict.fromkeys(known[name] for name in near))[:4]
    for known in in_each:
        if near := near_names(wanted, known, min_letters=1, cutoff=0.6):
            break
    return list(dict.fromkeys(known[name] for name in near))
