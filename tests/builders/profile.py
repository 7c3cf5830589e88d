"""How thorough the tests are: quick for those who wait, thorough in CI.

CI sets the variable CI, `make thorough` sets MONODY_THOROUGH.
"""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("CI") or os.environ.get("MONODY_THOROUGH"))
MIN_EXAMPLES = 3


def examples(thorough: int) -> int:
    """Return how many examples a property is tried on: by default a quarter.

    Args:
        thorough: Examples of the thorough profile.
    """
    return thorough if THOROUGH else min(thorough, max(MIN_EXAMPLES, thorough // 4))
