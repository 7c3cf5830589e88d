"""Makes the links of README.md whole, for the page on PyPI; the release does it.

    python -m tools.pypi_readme v0.1.0

On GitHub ``docs/tutorial.md`` is a link from the README, on PyPI it would lead nowhere.
In a checkout the README stays as it is: links that are whole would leave it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:)([^)\s]+)\)")


def whole_links(text: str, repository: str, tag: str) -> str:
    """Return a text whose links lead to the files of a release on GitHub.

    Args:
        text: In Markdown.
        repository: Its address, such as ``"https://github.com/ada/monody"``.
        tag: Such as ``"v0.1.0"``.

    Example:
        >>> from tools.pypi_readme import whole_links
        >>> whole_links("[docs](docs/a.md#b)", "https://github.com/ada/monody", "v1")
        '[docs](https://github.com/ada/monody/blob/v1/docs/a.md#b)'
    """
    raw = repository.replace("github.com", "raw.githubusercontent.com", 1)

    def whole(found: re.Match[str]) -> str:
        picture, said, path = found.groups()
        heard_or_seen = picture or path.endswith(".wav")
        base = f"{raw}/{tag}" if heard_or_seen else f"{repository}/blob/{tag}"
        return f"{picture}[{said}]({base}/{path})"

    return LINK.sub(whole, text)


if __name__ == "__main__":
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    readme = ROOT / "README.md"
    text = whole_links(
        readme.read_text("utf-8"), project["urls"]["Repository"], sys.argv[1]
    )
    readme.write_text(text, "utf-8")
