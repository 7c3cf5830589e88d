"""MuseScore files of each version, as that version writes them."""

from __future__ import annotations

import io
import zipfile

VERSIONS = {1: "1.14", 2: "2.06", 3: "3.01", 4: "4.20"}
FOUR_FOUR = "<TimeSig><sigN>4</sigN><sigD>4</sigD></TimeSig>"
THREE_FOUR = "<TimeSig><sigN>3</sigN><sigD>4</sigD></TimeSig>"
WHOLE_REST = "<Rest><durationType>measure</durationType></Rest>"


# The spelling of C, C sharp, D …: MuseScore moves pitches that do not fit it.
_SPELLINGS = (14, 21, 16, 11, 18, 13, 20, 15, 22, 17, 12, 19)


def note(pitch: int, inside: str = "") -> str:
    """Write a note."""
    spelling = f"<tpc>{_SPELLINGS[pitch % 12]}</tpc>"
    return f"<Note>{inside}<pitch>{pitch}</pitch>{spelling}</Note>"


def chord(
    length: str, *pitches: int, inside: str = "", each: str = "", after: str = ""
) -> str:
    """Write a chord: its length, such as "quarter", and what is said of its notes."""
    notes = "".join(note(pitch, each) for pitch in pitches)
    return f"<Chord>{inside}<durationType>{length}</durationType>{after}{notes}</Chord>"


def rest(length: str) -> str:
    """Write a rest."""
    return f"<Rest><durationType>{length}</durationType></Rest>"


def voices(*music: str) -> str:
    """Write the voices of a measure, as versions 3 and 4 do."""
    return "".join(f"<voice>{voice}</voice>" for voice in music)


def measure(content: str, attributes: str = "") -> str:
    """Write a measure."""
    return f"<Measure {attributes}>{content}</Measure>"


def part(
    staves: int = 1, instrument: str = "", name: str = "Flute", in_staff: str = ""
) -> str:
    """Write the list of an instrument's staves, a flute unless it says more."""
    kind = '<StaffType group="pitched"><name>stdNormal</name></StaffType>'
    if "<Channel>" not in instrument:
        instrument += '<Channel><program value="73"/></Channel>'
    return (
        f"<Part>{f'<Staff>{kind}{in_staff}</Staff>' * staves}"
        f"<trackName>{name}</trackName>"
        f"<Instrument><longName>{name}</longName>{instrument}</Instrument></Part>"
    )


def mscx(
    version: int, *staves: str, parts: str | None = None, before: str = ""
) -> bytes:
    """Write a score.

    Args:
        version: 1 to 4.
        staves: The measures of each staff.
        parts: The instruments; by default one that has all staves.
        before: What comes before the music.
    """
    parts = part(len(staves)) if parts is None else parts
    music = "".join(
        f'<Staff id="{number}">{measures}</Staff>'
        for number, measures in enumerate(staves, start=1)
    )
    score = f"<Division>480</Division>{before}{parts}{music}"
    if version >= 2:
        score = f"<Score>{score}</Score>"
    xml = f'<museScore version="{VERSIONS[version]}">{score}</museScore>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}'.encode()


def mscz(members: dict[str, bytes], main: str | None = "score.mscx") -> bytes:
    """Pack files as MuseScore does; without a table of contents if it names none."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if main is not None:
            root = f'<container><rootfiles><rootfile full-path="{main}"/></rootfiles>'
            archive.writestr("META-INF/container.xml", f"{root}</container>")
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()
