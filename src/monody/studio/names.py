"""The names that the knobs of the page offer."""

from __future__ import annotations

from functools import cache

from monody.models.events import METERS
from monody.music.general_midi import GENERAL_MIDI
from monody.music.instrument_ranges import RANGES
from monody.music.key_finding import MAJOR_SPELLINGS, MINOR_SPELLINGS
from monody.music.mode_names import MODE_NAMES
from monody.settings.known_names import FORMS, STYLES
from monody.settings.sampling import LIKES
from monody.translation import marked

DURATIONS = marked((
    "halves", "quarters", "8ths", "16ths", "8th triplets", "1/4,1/8", "1/4.,1/8",
))  # fmt: skip
# So that the catalogue has them.
STYLE_NAMES = marked(("dance", "song", "hymn", "theme"))
_OF_FILES = LIKES  # a path of the server's means nothing on a page


@cache
def names() -> dict[str, list[object]]:
    """Return what can be asked for by name, each as ``SampleSettings`` takes it.

    Example:
        >>> from monody.studio.names import names
        >>> names()["keys"][:2], names()["instruments"][73]
        (['C major', 'C minor'], 'Flute')
    """
    pairs = zip(MAJOR_SPELLINGS, MINOR_SPELLINGS, strict=True)
    return {
        "keys": [key for pair in pairs for key in pair],
        "modes": [*MODE_NAMES],
        "meters": [*METERS[:-1]],  # the last is "other"
        "ranges": [
            {"name": known_as.split(", ")[0], "pitches": pitches}
            for known_as, pitches in RANGES.items()
        ],
        "instruments": [*GENERAL_MIDI],
        "durations": [*DURATIONS],
        "forms": [
            {"name": form, "about": about}
            for form, about in FORMS.items()
            if not form.startswith(_OF_FILES)
        ],
        "styles": [{"name": name, "about": about} for name, about in STYLES.items()],
    }
