"""The names that the knobs of the page offer."""

from __future__ import annotations

from functools import cache

import monody
from monody.studio.asked import names_file
from monody.translation import marked

DURATIONS = marked((
    "halves", "quarters", "8ths", "16ths", "8th triplets", "1/4,1/8", "1/4.,1/8",
))  # fmt: skip
# So that the catalogue has them.
STYLE_NAMES = marked(("dance", "song", "hymn", "theme"))


@cache
def names() -> dict[str, list[object]]:
    """Return what can be asked for by name, each as ``SampleSettings`` takes it.

    Example:
        >>> from monody.studio.names import names
        >>> names()["keys"][:2], names()["instruments"][73]
        (['C major', 'C minor'], 'Flute')
    """
    known = monody.known_names()
    return {
        "keys": [*known.keys],
        "modes": [*known.modes],
        "meters": [*known.meters],
        "ranges": [
            {"name": known_as.split(", ")[0], "pitches": pitches}
            for known_as, pitches in known.ranges.items()
        ],
        "instruments": [*known.instruments],
        "durations": [*DURATIONS],
        "forms": [
            {"name": form, "about": about}
            for form, about in known.forms.items()
            if not names_file(form)  # a path of the server's means nothing on a page
        ],
        "styles": [
            {"name": name, "about": about} for name, about in known.styles.items()
        ],
    }
