from __future__ import annotations

import os

import pytest

from monody.cores import usable_cores
from monody.reading.pool import ReadPool
from monody.settings.reading import ReadSettings


def test_one_core_of_many_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {5}, raising=False)
    assert usable_cores() == 1
    assert ReadPool(ReadSettings())._jobs == 1


@pytest.mark.parametrize("known", [12, None])
def test_a_system_without_affinities_tells_how_many_it_has(
    known: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: known)
    assert usable_cores() == (known or 1)
