from __future__ import annotations

import gzip
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monody.corpus.corpus import read_corpus
from monody.corpus.verdicts import DROPPED, KEPT
from monody.reading.archives import Archive
from monody.reading.raw_score import UnreadableError
from monody.reading.tar_archives import REST, TarArchive
from monody.settings.reading import ReadSettings
from tests.builders.midi_files import midi_file, tune
from tests.builders.packed_files import tar_of, tarred, tarred_and_gzipped, zip_bytes
from tests.builders.profile import examples

ALONE = ReadSettings(n_jobs=1, cache=False, max_file_megabytes=1)
WHOLE = midi_file([list(tune(1))], ticks_per_quarter=24)
OTHER = midi_file([list(tune(2))], ticks_per_quarter=24)
NAMES = st.sampled_from(
    ["a.mid", "b/c.MID", "d.json", "__MACOSX/e.mid", ".f.mid", "ü.mid"]
)


def _special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def test_members_of_tar_archives_are_read_like_files(tmp_path: Path) -> None:
    members = [("000.mid", WHOLE), ("000.json", b"{}"), ("deep/001.mid", OTHER)]
    (tmp_path / "a.tar").write_bytes(tarred(members))
    (tmp_path / "b.tar.gz").write_bytes(tarred_and_gzipped(members))
    (tmp_path / "c.tgz").write_bytes(tarred(members))  # its content tells
    corpus = read_corpus(tmp_path, ALONE)
    assert [verdict.path for verdict in corpus.verdicts] == [
        f"{name}/{member}"
        for name in ("a.tar", "b.tar.gz", "c.tgz")
        for member in ("000.mid", "deep/001.mid")
    ]
    assert [v.verdict for v in corpus.verdicts][:2] == [KEPT, KEPT]
    assert len(corpus.used) == 2


def test_each_odd_member_has_its_reason_and_links_are_not_followed(
    tmp_path: Path,
) -> None:
    secret = tmp_path / "secret.mid"
    secret.write_bytes(WHOLE)
    archive = tar_of(
        [
            (tarfile.TarInfo("good.mid"), WHOLE),
            _special("link.mid", tarfile.SYMTYPE, str(secret)),
            _special("hard.mid", tarfile.LNKTYPE, "good.mid"),
            _special("pipe.mid", tarfile.FIFOTYPE),
            _special("disk.mid", tarfile.BLKTYPE),
            _special("sparse.mid", tarfile.GNUTYPE_SPARSE),
            _special("folder.mid", tarfile.DIRTYPE),
            (tarfile.TarInfo("../../out.mid"), OTHER),
            (tarfile.TarInfo("inner.tar"), tarred([("x.mid", WHOLE)])),
            (tarfile.TarInfo("inner.zip"), zip_bytes({"x.mid": WHOLE})),
            (tarfile.TarInfo("large.mid"), bytes(1_000_001)),
        ]
    )
    folder = tmp_path / "music"
    folder.mkdir()
    (folder / "s.tar").write_bytes(archive)
    verdicts = read_corpus(folder, ALONE).verdicts
    said = {v.path.removeprefix("s.tar/"): v.reason for v in verdicts}
    assert said == {
        "good.mid": "",
        "link.mid": "a link in an archive",
        "hard.mid": "a link in an archive",
        "pipe.mid": "not a regular file",
        "disk.mid": "not a regular file",
        "sparse.mid": "a sparse file in an archive",
        "inner.tar": "an archive inside an archive",
        "inner.zip": "an archive inside an archive",
        "large.mid": "larger than 1 MB",
    }
    assert not list(tmp_path.parent.glob("out.mid"))


def test_what_lies_before_damage_is_read_and_the_rest_is_told(tmp_path: Path) -> None:
    whole = tarred([("a.mid", WHOLE), ("b.mid", OTHER)])
    (tmp_path / "cut.tar").write_bytes(whole[: 512 + len(WHOLE) + 512])
    (tmp_path / "none.tar").write_bytes(b"no tar at all" * 100)
    (tmp_path / "empty.tar").write_bytes(b"")
    (tmp_path / "nothing.tar").write_bytes(tarred([("a.txt", b"a")]))
    packed = gzip.compress(whole, mtime=0)
    (tmp_path / "cut.tar.gz").write_bytes(packed[: len(packed) // 2])
    said = {
        v.path: (v.verdict, v.reason) for v in read_corpus(tmp_path, ALONE).verdicts
    }
    assert said["none.tar"] == said["empty.tar"] == (DROPPED, "damaged tar archive")
    assert said["nothing.tar"] == (DROPPED, "an archive without a music file")
    assert said["cut.tar/a.mid"][0] == KEPT
    assert said[f"cut.tar/{REST}"] == (DROPPED, "damaged from here on")
    assert any(path.startswith("cut.tar.gz") for path in said)


def test_a_bomb_in_a_packed_archive_costs_no_more_than_the_limit(
    tmp_path: Path,
) -> None:
    (tmp_path / "bomb.tar.gz").write_bytes(
        tarred_and_gzipped([("bomb.mid", bytes(30_000_000)), ("a.mid", WHOLE)])
    )
    bomb, after = read_corpus(tmp_path, ALONE).verdicts
    assert bomb.reason == "larger than 1 MB"
    assert after.verdict == KEPT


@settings(max_examples=examples(30))
@given(members=st.lists(st.tuples(NAMES, st.binary(max_size=700)), max_size=8))
def test_a_tar_archive_holds_what_a_zip_archive_of_the_same_files_holds(
    members: list[tuple[str, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("tars")
    unique = dict(members)
    for name, data in (
        ("x.tar", tarred(unique.items())),
        ("x.tar.gz", tarred_and_gzipped(unique.items())),
    ):
        (folder / name).write_bytes(data)
        archive, zipped = TarArchive(str(folder / name)), Archive(zip_bytes(unique))
        found = {m.name: archive.read(m.place, 999) for m in archive.members()}
        assert found == {m.name: zipped.read(m.place, 999) for m in zipped.members()}


@settings(max_examples=examples(150))
@given(data=st.data())
def test_whatever_bytes_a_tar_archive_has_it_is_read_or_refused(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = bytearray(tarred([("a.mid", WHOLE), ("b" * 120 + ".mid", OTHER)]))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(archive) - 1))
        archive[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(archive)))
    path = tmp_path_factory.mktemp("damaged") / "x.tar"
    path.write_bytes(archive[:cut] if data.draw(st.booleans()) else archive)
    try:
        opened = TarArchive(str(path))
        places = [member.place for member in opened.members()]
    except UnreadableError:
        return
    for place in places:
        try:
            assert len(opened.read(place, 10_000)) <= 10_000
        except UnreadableError:
            continue
