from __future__ import annotations

from pathlib import Path

from jax._src.lru_cache import LRUCache

from monody.models.backend import remove_unfinished


def test_what_a_kill_cut_short_keeps_jax_from_nothing(tmp_path: Path) -> None:
    cache = LRUCache(str(tmp_path), max_size=1000)
    cache.put("whole", b"compiled")
    cache.put("cut", b"compi")
    (tmp_path / "cut-atime").unlink()  # as JAX is between the two
    remove_unfinished(tmp_path)
    cache.put("cut", b"compiled")
    cache.put("new", b"compiled")
    assert [cache.get(key) for key in ("whole", "cut", "new")] == [b"compiled"] * 3
