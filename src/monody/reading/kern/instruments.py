"""The instruments that Humdrum has codes for, as General MIDI programs.

The codes are those of appendix 2 of the Humdrum user guide.
"""

from __future__ import annotations

from monody.music.general_midi import program_of

_VOICES = ("soprn", "mezzo", "calto", "alto", "tenor", "barit", "bass", "bassi",
           "cant", "canto", "vox", "feme", "male", "nfeme", "nmale", "ctina",
           "falst", "recit")  # fmt: skip
_BY_NAME = {
    "Acoustic Grand Piano": ("piano", "forte", "fortp", "pfclv"),
    "Harpsichord": ("cemba",),
    "Clavinet": ("clavi",),
    "Celesta": ("clest",),
    "Glockenspiel": ("glock",),
    "Vibraphone": ("vibra",),
    "Marimba": ("marim",),
    "Xylophone": ("xylo",),
    "Tubular Bells": ("campn", "caril", "chime"),
    "Dulcimer": ("dulc",),
    "Drawbar Organ": ("hammd",),
    "Church Organ": ("organ", "porta"),
    "Reed Organ": ("reedo",),
    "Accordion": ("accor", "bandn", "conct"),
    "Harmonica": ("armon",),
    "Acoustic Guitar (nylon)": ("guitr", "liuto", "theor", "vihue", "ukule"),
    "Acoustic Guitar (steel)": ("mando",),
    "Electric Guitar (clean)": ("eguit",),
    "Electric Bass (finger)": ("bguit",),
    "Violin": ("violn", "vitre", "viols", "trebv"),
    "Viola": ("viola", "vioda", "viote"),
    "Cello": ("cello", "viobb", "violb", "viogm"),
    "Contrabass": ("cbass", "violo", "viol"),
    "Orchestral Harp": ("arpa", "liri"),
    "Timpani": ("timpa",),
    "String Ensemble 1": ("strgs",),
    "Voice Oohs": _VOICES,
    "Choir Aahs": ("coro", "choir"),
    "Trumpet": ("tromp", "cornm", "cornt", "flugh"),
    "Trombone": ("tromb", "tromt", "trmba", "sackb"),
    "Tuba": ("tuba", "eupho", "baset"),
    "French Horn": ("cor",),
    "Soprano Sax": ("saxS", "saxN"),
    "Alto Sax": ("saxA", "sax"),
    "Tenor Sax": ("saxT", "saxC"),
    "Baritone Sax": ("saxR", "saxB"),
    "Oboe": ("oboe", "oboeD", "shawm"),
    "English Horn": ("cangl",),
    "Bassoon": ("fagot", "fag_c", "dulcn", "ranto"),
    "Clarinet": ("clars", "clarb", "clara", "clarp", "claro", "chalm", "bset"),
    "Piccolo": ("picco",),
    "Flute": ("flt", "flt_a", "flt_b", "traver"),
    "Recorder": ("recor", "recob", "recoa", "recot", "flabs", "flagt"),
    "Pan Flute": ("panpi",),
    "Shakuhachi": ("shaku",),
    "Ocarina": ("ocari",),
    "Sitar": ("sitar",),
    "Banjo": ("banjo",),
    "Shamisen": ("shami",),
    "Koto": ("koto",),
    "Bagpipe": ("bagpI", "bagpS"),
    "Steel Drums": ("steel",),
}
_PROGRAMS = {
    code: program_of(name) for name, codes in _BY_NAME.items() for code in codes
}
_DRUMS = frozenset(
    ("bdrum", "bongo", "casts", "conga", "crshc", "drmsp", "gong", "hihat", "marac",
     "piatt", "ratl", "ridec", "sdrum", "spshc", "tabla", "tambn", "tamtam", "tdrum",
     "tom", "trngl", "wdblk", "drum", "drums")
)  # fmt: skip


def instrument_of(code: str) -> tuple[int, bool] | None:
    """Return the program of an instrument, and whether it is a drum.

    Args:
        code: As in ``*Iflt``, without the ``*I``.

    Returns:
        ``None`` if there is no such code.

    Example:
        >>> from monody.reading.kern.instruments import instrument_of
        >>> instrument_of("flt"), instrument_of("sdrum"), instrument_of("C")
        ((73, False), (0, True), None)
    """
    if code in _DRUMS:
        return 0, True
    return (_PROGRAMS[code], False) if code in _PROGRAMS else None
