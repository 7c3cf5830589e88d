from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.corpus.corpus import read_corpus
from monody.corpus.verdicts import KEPT
from monody.reading.raw_score import PassingError, UnreadableError
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import midi_file, tune
from tests.builders.packed_files import parquet
from tests.builders.profile import examples

if TYPE_CHECKING:
    from monody.reading.parquet_files import ParquetFile

ALONE = ReadSettings(n_jobs=1, cache=False, max_file_megabytes=1)
TUNES = [midi_file([list(tune(n))], ticks_per_quarter=24) for n in range(5)]


def test_without_pyarrow_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monody.reading.parquet_files import ParquetFile

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    (tmp_path / "x.parquet").write_bytes(b"PAR1")
    with pytest.raises(PassingError) as refused:
        ParquetFile(str(tmp_path / "x.parquet"))
    assert refused.value.reason.text == "a Parquet file, which needs pyarrow"
    assert refused.value.reason.advice == "pip install 'monody[parquet]'"


def _opened(path: str) -> ParquetFile:
    from monody.reading.parquet_files import ParquetFile

    return ParquetFile(path)


class TestWithPyarrow:
    @pytest.fixture(autouse=True)
    def _there(self) -> None:
        pytest.importorskip("pyarrow")

    def test_rows_are_read_like_files(self, tmp_path: Path) -> None:
        names = ["a.mid", "deep/b.mid", None, "d.mid", "e"]
        (tmp_path / "hf.parquet").write_bytes(parquet(TUNES, names))
        (tmp_path / "plain.parquet").write_bytes(parquet(TUNES[:3]))
        corpus = read_corpus(tmp_path, ALONE)
        assert [verdict.path for verdict in corpus.verdicts] == [
            "hf.parquet/a.mid", "hf.parquet/deep/b.mid", "hf.parquet/00000002.mid",
            "hf.parquet/d.mid", "hf.parquet/e.mid", "plain.parquet/00000000.mid",
            "plain.parquet/00000001.mid", "plain.parquet/00000002.mid",
        ]  # fmt: skip
        assert [v.verdict for v in corpus.verdicts][:5] == [KEPT] * 5
        assert len(corpus.used) == 5

    def test_each_bad_row_has_its_reason(self, tmp_path: Path) -> None:
        rows = [None, b"", bytes(1_000_001), TUNES[0], b"<html>"]
        (tmp_path / "x.parquet").write_bytes(parquet(rows))
        assert [v.reason for v in read_corpus(tmp_path, ALONE).verdicts] == [
            "a row without a file", "empty file", "larger than 1 MB", "",
            "a web page, not MIDI",
        ]  # fmt: skip

    def test_a_file_that_is_none_or_has_no_files_is_refused(
        self, tmp_path: Path
    ) -> None:
        import pyarrow
        import pyarrow.parquet

        (tmp_path / "a.parquet").write_bytes(parquet(TUNES)[:-9])
        (tmp_path / "b.parquet").write_bytes(b"")
        table = pyarrow.table({"number": [1, 2]})
        pyarrow.parquet.write_table(table, str(tmp_path / "c.parquet"))
        assert [v.reason for v in read_corpus(tmp_path, ALONE).verdicts] == [
            "damaged Parquet file", "damaged Parquet file",
            "a Parquet file without a column of files",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("file_type", "name_type", "name"),
        [
            ("binary", "int64", "00000000.mid"),
            ("binary", "binary", "00000000.mid"),
            ("binary", "list", "00000000.mid"),
            ("binary", "string", "a.mid"),
            ("large_binary", "large_string", "a.mid"),
            ("int64", "string", None),
            ("list", "string", None),
            ("string", "string", None),
        ],
    )
    def test_a_column_of_another_kind_is_none_of_files_or_names(
        self, tmp_path: Path, file_type: str, name_type: str, name: str | None
    ) -> None:
        import pyarrow
        import pyarrow.parquet

        values: dict[str, object] = dict.fromkeys(("string", "large_string"), "a.mid")
        values |= dict.fromkeys(("binary", "large_binary"), TUNES[0])
        values |= {"int64": 7, "list": [1, 2]}
        if (file_type, name_type) == ("binary", "binary"):
            values["binary"] = b"\xff"
        kinds = {kind: getattr(pyarrow, kind)() for kind in values if kind != "list"}
        kinds["list"] = pyarrow.list_(pyarrow.int64())
        parts = [
            pyarrow.array([values[kind]], kinds[kind])
            for kind in (file_type, name_type)
        ]
        column = pyarrow.StructArray.from_arrays(parts, ["bytes", "path"])
        path = str(tmp_path / "x.parquet")
        pyarrow.parquet.write_table(pyarrow.table({"midi": column}), path)
        if name is None:
            with pytest.raises(UnreadableError, match="without a column of files"):
                _opened(path)
        else:
            assert _opened(path).name_of(0) == name
            assert _opened(path).read(0, 10**6) == values[file_type]

    def test_a_column_may_be_called_like_a_part_of_another(
        self, tmp_path: Path
    ) -> None:
        import pyarrow
        import pyarrow.parquet

        path = str(tmp_path / "x.parquet")
        pyarrow.parquet.write_table(pyarrow.table({"a.bytes": TUNES[:1]}), path)
        assert _opened(path).read(0, 10**6) == TUNES[0]

    def test_empty_rows_take_no_room_and_are_not_believed(self, tmp_path: Path) -> None:
        """Of seven kilobytes, three million files would be told one by one."""
        (tmp_path / "x.parquet").write_bytes(parquet([None] * 50_000, None, 50_000))
        with pytest.raises(UnreadableError, match="mostly empty rows"):
            _opened(str(tmp_path / "x.parquet"))

    @settings(max_examples=examples(20))
    @given(
        rows=st.lists(st.none() | st.binary(max_size=40), min_size=1, max_size=12),
        group=st.integers(1, 5),
        order=st.randoms(use_true_random=False),
    )
    def test_rows_can_be_read_in_any_order(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        rows: list[bytes | None],
        group: int,
        order: object,
    ) -> None:
        from monody.reading.parquet_files import ParquetFile

        path = tmp_path_factory.mktemp("rows") / "x.parquet"
        path.write_bytes(parquet(rows, rows_in_group=group))
        opened = ParquetFile(str(path))
        places = list(range(len(rows))) * 2
        order.shuffle(places)  # type: ignore[attr-defined]
        for place in places:
            if rows[place] is None:
                with pytest.raises(UnreadableError, match="without a file"):
                    opened.read(place, 100)
            else:
                assert opened.read(place, 100) == rows[place]
