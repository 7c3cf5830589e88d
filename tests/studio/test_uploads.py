from __future__ import annotations

import os
import unicodedata
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monody.errors import MonodyError
from monody.studio import uploads
from monody.studio.upload_names import free_name, safe_name
from monody.studio.uploads import Upload

FORM = "multipart/form-data; boundary=xYz"


def _part(name: str, data: bytes, filename: str | None = None) -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    head = f'--xYz\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + data + b"\r\n"


def _received(folder: Path, *parts: bytes, step: int = 7) -> Upload:
    """Receive parts, a few bytes at a time."""
    folder.mkdir(exist_ok=True)
    upload = Upload(folder, FORM)
    body = b"".join((*parts, b"--xYz--\r\n"))
    try:
        for start in range(0, len(body), step):
            upload.write(body[start : start + step])
    finally:
        upload.close()
    return upload


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_files_lie_in_their_folders_whole(tmp_path: Path, step: int) -> None:
    data = b"\r\n--xY" + bytes(range(256))
    upload = _received(
        tmp_path / "new",
        _part("name", "Ærs".encode()),
        _part("files", data, "mine/deeper/a.mid"),
        _part("files", b"PK", "book.ZIP"),
        _part("files", b"...", "mine/cover.png"),
        step=step,
    )
    assert _tree(tmp_path / "new") == {"mine/deeper/a.mid": data, "book.ZIP": b"PK"}
    assert (upload.texts, upload.passed_over) == ({"name": "Ærs"}, 1)


def test_names_never_lead_out_of_the_folder(tmp_path: Path) -> None:
    names = ["../../out.mid", "/etc/x.mid", "a\\..\\..\\b.mid", "..", "con/nul.mid"]
    _received(tmp_path / "new", *(_part("files", b"x", name) for name in names))
    assert {*_tree(tmp_path)} == {
        "new/out.mid", "new/etc/x.mid", "new/a/b.mid", "new/_con/_nul.mid",
    }  # fmt: skip


@given(st.text())
def test_whatever_a_name_is_it_is_safe(name: str) -> None:
    safe = safe_name(f"{name}.mid")
    if safe is None:
        return
    assert not safe.is_absolute()
    assert ".." not in safe.parts
    assert all(
        part.isprintable() and len(os.fsencode(part)) < 255 for part in safe.parts
    )
    assert safe_name(str(safe)) == safe


def test_two_files_of_one_name_both_stay(tmp_path: Path) -> None:
    _received(
        tmp_path / "new",
        _part("files", b"1", "A.mid"),
        _part("files", b"2", "a.mid"),
        _part("files", b"3", "a.mid"),
        _part("files", b"4", "a.mid/b.mid"),  # a folder that is called as a file
    )
    assert _tree(tmp_path / "new") == {
        "A.mid": b"1", "a-2.mid": b"2", "a-3.mid": b"3", "a-mid/b.mid": b"4",
    }  # fmt: skip
    assert free_name(PurePosixPath("b.mid"), {"a.mid"}) == PurePosixPath("b.mid")


def test_what_is_there_already_is_not_put_twice(tmp_path: Path) -> None:
    stays = tmp_path / "files"
    stays.mkdir()
    first = _received(tmp_path / "1", _part("files", b"1", "x/a.mid"))
    assert first.move_into(stays) == 1
    again = _received(
        tmp_path / "2", _part("files", b"1", "x/a.mid"), _part("files", b"2", "b.mid")
    )
    assert again.move_into(stays) == 1
    other = _received(tmp_path / "3", _part("files", b"3", "x/a.mid"))
    assert other.move_into(stays) == 1
    assert _tree(stays) == {"x/a.mid": b"1", "b.mid": b"2", "x/a-2.mid": b"3"}


def test_names_of_other_case_or_unicode_form_are_one(tmp_path: Path) -> None:
    """macOS keeps accents as letters of their own, and knows no case, either."""
    stays = tmp_path / "files"
    stays.mkdir()
    mac, linux = (
        unicodedata.normalize(form, "José/vals é.mid") for form in ("NFD", "NFC")
    )
    for number, (name, added) in enumerate(
        ((mac, 1), (linux, 0), (linux.upper(), 0), (mac.upper(), 0))
    ):
        sent = _received(tmp_path / f"{number}", _part("files", b"1", name))
        assert sent.move_into(stays) == added
    both = _received(
        tmp_path / "both", _part("files", b"2", mac), _part("files", b"3", linux),
        _part("files", b"2", linux),
    )  # fmt: skip
    assert both.move_into(stays) == 2
    assert _tree(stays) == {
        "José/vals é.mid": b"1", "José/vals é-2.mid": b"2", "José/vals é-3.mid": b"3",
    }  # fmt: skip


def test_a_file_that_was_numbered_is_not_put_twice(tmp_path: Path) -> None:
    stays = tmp_path / "files"
    stays.mkdir()
    for number, (data, added) in enumerate(
        ((b"1", 1), (b"2", 1), (b"2", 0), (b"1", 0))
    ):
        sent = _received(tmp_path / f"{number}", _part("files", data, "a.mid"))
        assert sent.move_into(stays) == added
    assert _tree(stays) == {"a.mid": b"1", "a-2.mid": b"2"}


def test_too_many_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_FILES", 1)
    with pytest.raises(MonodyError, match="At most 1 files at a time: drop a part"):
        _received(
            tmp_path / "new", _part("files", b"", "a.mid"), _part("files", b"", "b.mid")
        )


def test_a_text_without_an_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="a text in it is too long"):
        _received(tmp_path / "new", _part("name", bytes(10_000)))


def test_what_is_no_form_is_refused(tmp_path: Path) -> None:
    for kind in ("", "application/json", "multipart/form-data"):
        with pytest.raises(MonodyError, match="expected a form of files"):
            Upload(tmp_path, kind)
    with pytest.raises(MonodyError, match="no whole form: Boundary"):
        Upload(tmp_path, f"multipart/form-data; boundary={'x' * 500}")
    with pytest.raises(MonodyError, match="no whole form"):
        _received(tmp_path, b"GET / HTTP/1.1\r\n\r\n")


def test_a_form_that_breaks_off_is_refused(tmp_path: Path) -> None:
    upload = Upload(tmp_path, FORM)
    upload.write(_part("files", b"MThd", "a.mid"))
    with pytest.raises(MonodyError, match="it breaks off; drop the files again"):
        upload.finish()
    upload.close()


def test_a_folder_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    upload = Upload(tmp_path / "gone", FORM)
    with pytest.raises(FileNotFoundError):
        upload.write(_part("files", b"MThd", "mine/a.mid"))
    assert not list(tmp_path.iterdir())
