from __future__ import annotations

from pathlib import Path

import pytest

from monody.errors import MonodyError
from monody.pages.page import require_own, write_html


@pytest.mark.parametrize(
    ("kind", "words"), [("training", "a training"), ("corpus", "a folder's files")]
)
def test_a_page_may_replace_one_of_its_own_kind_and_no_other(
    kind: str, words: str, tmp_path: Path
) -> None:
    page = tmp_path / "index.html"
    require_own(page, kind)  # nothing is there
    context = {"title": "training " * 2000, "about": [], "cards": []}
    write_html("melodies.html", context, page)
    require_own(page, "melodies")
    with pytest.raises(MonodyError, match=f"own page of {words}, and would"):
        require_own(page, kind)


def test_a_folder_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="is not monody's own page of melodies"):
        require_own(tmp_path, "melodies")
