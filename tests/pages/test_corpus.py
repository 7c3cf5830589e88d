from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from monody.corpus.report import make_report
from monody.corpus.verdicts import Verdict
from monody.music.melody_store import MelodyStore
from monody.pages import corpus
from monody.pages.corpus import write_page


def test_a_page_of_very_many_files_shows_those_that_need_the_user_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [Verdict(f"kept-{number}.mid", "kept", "") for number in range(5)]
    files = [*kept, Verdict("dropped.mid", "dropped", "no notes", "look at it")]
    report = make_report("music", files, MelodyStore.of([]), np.zeros(0, int))
    for limit, left in ((6, ""), (2, "4 more are not in this table")):
        monkeypatch.setattr(corpus, "MAX_ROWS", limit)
        write_page(report, tmp_path / "page.html")
        page = (tmp_path / "page.html").read_text()
        assert page.count('<th scope="row">') == limit
        assert "dropped.mid" in page
        assert ("are not in this table" in page) == bool(left)
        assert left in page
