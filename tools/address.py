"""Puts the address of the project into all that names it, once, before a first release.

    python -m tools.address NAME/monody

Until then the links to Colab in the notebooks name ``OWNER/monody``, and nothing else
names an address: what is on PyPI would lead to a stranger.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
UNKNOWN = "OWNER/monody"


def put_address(repository: str, root: Path = ROOT) -> list[Path]:
    """Write where the project lies on GitHub; return the files that were changed.

    Args:
        repository: Such as ``"ada/monody"``.
        root: The checkout.

    Raises:
        ValueError: If that is no name of a repository, or the address is known already.
    """
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ValueError(f"a repository is such as NAME/monody, not {repository!r}")
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    there = f"https://github.com/{repository}"
    changes = [(path, UNKNOWN, repository) for path in notebooks]
    for name, before, line in (
        ("pyproject.toml", "\n[project.optional-dependencies]\n",
         f'\n[project.urls]\nRepository = "{there}"\n'),
        ("CITATION.cff", "license: MIT\n", f"repository-code: {there}\n"),
    ):  # fmt: skip
        changes.append((root / name, before, line + before))
    texts = {path: path.read_text("utf-8") for path, _, _ in changes}
    for path, old, _ in changes:
        if texts[path].count(old) != 1 or there in texts[path]:
            raise ValueError(f"{path.name} has an address already, or no place for one")
    for path, old, new in changes:
        path.write_text(texts[path].replace(old, new), "utf-8")
    return [path for path, _, _ in changes]


if __name__ == "__main__":
    for changed in put_address(sys.argv[1] if sys.argv[1:] else ""):
        sys.stdout.write(f"{changed.relative_to(ROOT)}\n")
