"""What a folder named `midi` holds besides good files, made in code.

Every kind has a name in kebab-case that says what is wrong with it.
"""

from __future__ import annotations

import base64
import gzip
import os
import random
import stat
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from tests.builders.midi_files import Triple, midi_file

TICKS = 480  # a quarter
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
TUNE: list[Triple] = [(SCALE[i * 3 % 8], i * TICKS, TICKS) for i in range(24)]
ALTO: list[Triple] = [(SCALE[i * 5 % 8] - 12, i * TICKS, TICKS) for i in range(16)]
GOOD = midi_file([TUNE, ALTO], ticks_per_quarter=TICKS)
MAX_NUMBER = b"\xff\xff\xff\x7f"  # the greatest delta time: 2**28 - 1 ticks
END = b"\x00\xff\x2f\x00"


def broken_files() -> dict[str, bytes]:
    """Return the contents of over a hundred small broken or odd files by kind."""
    return (
        _truncated()
        | _headers()
        | _track_counts()
        | _chunk_lengths()
        | _chunk_order()
        | _wrapped()
        | _not_midi()
        | _mangled()
        | _data_bytes()
        | _note_pairs()
        | _statuses()
        | _sysexes()
        | _numbers()
        | _ends()
        | _tempos_and_meters()
        | _odd_but_valid()
    )


def huge_files() -> dict[str, bytes]:
    """Return files that cost time or memory: 1 to 16 MB each, or that much unpacked."""
    # One row a note: on after 0 ticks, off after 12.
    notes = np.tile(np.array([0, 0x90, 60, 80, 12, 0x80, 60, 0], np.uint8), (10**6, 1))
    notes[:, 2] = notes[:, 6] = np.arange(10**6) % 88 + 21
    ons = notes[:, :4].tobytes()
    chord = notes.copy()
    chord[:, 4] = 0
    small_track = chunk(b"MTrk", note(60) + END)
    return {
        "a-million-notes": one_track(notes.tobytes()),
        "a-million-notes-on-one-tick": one_track(chord.tobytes()),
        "a-million-hanging-notes": one_track(ons),
        "a-million-tempos": one_track(b"\x01\xff\x51\x03\x07\xa1\x20" * 10**6),
        "a-million-empty-texts": one_track(b"\x01\xff\x01\x00" * 10**6),
        "as-many-tracks-as-can-be": header(1, 65535) + small_track * 65535,
        "more-tracks-than-can-be": header(1, 65535) + small_track * 70000,
        "megabytes-of-track-marks": header(1, 2) + b"MTrk" * 2_500_000,
        "megabytes-of-headers": header(1, 2) * 700_000,
        "megabytes-of-empty-chunks": header(1, 2) + b"MTrk\0\0\0\0" * 1_250_000,
        "megabytes-of-unknown-chunks": header(1, 2) + b"XXXX\0\0\0\0" * 1_250_000,
        "megabytes-of-continuation-bytes": one_track(b"\xff" * 10**7),
        "megabytes-of-open-sysexes": one_track(b"\x00\xf0\x7f" * 3 * 10**6),
        "megabytes-of-data-bytes": one_track(b"\x00\x90" + b"\x40" * 10**7),
        "megabytes-of-nuls-after-a-file": GOOD + bytes(10**7),
        "megabytes-of-junk": random.Random(5).randbytes(10**7),
        # Members of a gzip file may follow each other: 1 GiB in 1 MB.
        "gzip-bomb": gzip.compress(GOOD + bytes(2**24), 1) * 64,
    }


def disk_oddities(folder: Path) -> dict[str, Path]:
    """Make what is no plain file, or hardly one, but is named like it; needs Linux.

    Root reads the file `unreadable` all the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return _special_files(folder) | _links(folder) | _odd_names(folder)


def _special_files(folder: Path) -> dict[str, Path]:
    kinds = ("fifo", "socket", "folder-with-a-file", "empty-folder", "sparse-giant")
    paths = {kind: folder / f"{kind}.mid" for kind in (*kinds, "unreadable")}
    os.mkfifo(paths["fifo"])
    # Binding a socket takes an address of 107 bytes; pytest's folders are deeper.
    os.mknod(paths["socket"], stat.S_IFSOCK | 0o600)
    paths["folder-with-a-file"].mkdir()
    (paths["folder-with-a-file"] / "inside.mid").write_bytes(GOOD)
    paths["empty-folder"].mkdir()
    paths["sparse-giant"].write_bytes(GOOD)
    os.truncate(paths["sparse-giant"], 5 * 2**30)
    paths["unreadable"].write_bytes(GOOD)
    paths["unreadable"].chmod(0)
    return paths


def _links(folder: Path) -> dict[str, Path]:
    targets = {
        "dangling-link": "nothing-here.mid",
        "link-to-itself": "link-to-itself.mid",
        "link-loop": "link-loop-back.mid",
        "link-loop-back": "link-loop.mid",
        "link-to-its-own-folder": ".",
        "link-to-endless-device": "/dev/zero",
        "link-to-empty-device": "/dev/null",
        "link-to-fifo": "fifo.mid",
    }
    for kind, target in targets.items():
        (folder / f"{kind}.mid").symlink_to(target)
    return {kind: folder / f"{kind}.mid" for kind in targets}


def _odd_names(folder: Path) -> dict[str, Path]:
    names = {
        "hidden": ".hidden.mid",
        "name-not-in-utf-8": os.fsdecode(b"caf\xe9.mid"),
        "name-with-a-newline": "two\nlines.mid",
        "name-of-255-bytes": "x" * 251 + ".mid",
        "name-in-capitals": "CAPITALS.MID",
        "name-like-an-option": "--help.mid",
        "name-with-markup": "[red]markup & <b>.mid",
    }
    for name in names.values():
        (folder / name).write_bytes(GOOD)
    return {kind: folder / name for kind, name in names.items()}


def header(
    file_format: int, tracks: int, division: int = TICKS, size: int = 6
) -> bytes:
    """Return a file's header, whose size may lie."""
    return struct.pack(">4sIHHH", b"MThd", size, file_format, tracks, division)


def chunk(tag: bytes, body: bytes, size: int | None = None) -> bytes:
    """Return a chunk, whose size may lie."""
    return struct.pack(">4sI", tag, len(body) if size is None else size) + body


def one_track(events: bytes, division: int = TICKS) -> bytes:
    """Return a file of one track; the end of the track is added."""
    return header(0, 1, division) + chunk(b"MTrk", events + END)


def note(pitch: int, ticks: int = 96, channel: int = 0, velocity: int = 80) -> bytes:
    """Return a note of up to 127 ticks, right after the last."""
    on, off = 0x90 | channel, 0x80 | channel
    return bytes([0, on, pitch, velocity, ticks, off, pitch, 0])


def notes(count: int, channel: int = 0) -> bytes:
    """Return the events of a tune."""
    return b"".join(note(SCALE[i * 3 % 8], channel=channel) for i in range(count))


def good_tracks() -> list[bytes]:
    """Return the events of the tracks of the good file: tempo, tune, alto."""
    return [part[4:] for part in GOOD[14:].split(b"MTrk")[1:]]


def tracks_file(*chunks: bytes, file_format: int = 1, count: int = 3) -> bytes:
    """Return a file of these chunks."""
    return header(file_format, count) + b"".join(chunks)


def meta(kind: int, body: bytes) -> bytes:
    """Return a meta event of up to 127 bytes."""
    return bytes([0, 0xFF, kind, len(body)]) + body


def with_events(events: bytes, count: int = 16) -> bytes:
    """Return a tune with these events at its beginning."""
    return one_track(events + notes(count))


def amid(events: bytes) -> bytes:
    """Return a tune with these events in its middle."""
    return one_track(notes(8) + events + notes(8))


def _truncated() -> dict[str, bytes]:
    places = {f"cut-at-{n}-tenths": len(GOOD) * n // 10 for n in range(1, 10)}
    places |= {
        "cut-in-the-header": 10,
        "cut-after-the-header": 14,
        "cut-in-the-first-track-mark": 17,
        "cut-before-the-first-event": 22,
        "cut-by-one-byte": len(GOOD) - 1,
        "cut-by-the-end-of-track": len(GOOD) - len(END),
    }
    return {kind: GOOD[:place] for kind, place in places.items()}


def _headers() -> dict[str, bytes]:
    divisions = {
        "ticks-0": 0,
        "ticks-1": 1,
        "ticks-32767": 0x7FFF,
        "smpte-24-frames": 0xE850,
        "smpte-25-frames-in-milliseconds": 0xE728,
        "smpte-29-frames": 0xE364,
        "smpte-30-frames": 0xE250,
        "smpte-0-ticks-a-frame": 0xE700,
        "smpte-26-frames": 0xE628,
    }
    sizes = {
        "header-length-0": 0,
        "header-length-5": 5,
        "header-length-7": 7,
        "header-length-huge": 2**32 - 1,
    }
    body = GOOD[14:]
    return (
        {kind: header(1, 3, division) + body for kind, division in divisions.items()}
        | {kind: header(1, 3, size=size) + body for kind, size in sizes.items()}
        | {
            "header-length-8-and-8-bytes": header(1, 3, size=8) + b"\0\0" + body,
            "header-without-division": GOOD[:12] + body,
            "header-only": header(1, 0),
            "header-mark-only": b"MThd",
            "header-twice": GOOD[:14] + GOOD,
            "header-in-lower-case": b"mthd" + GOOD[4:],
            "header-missing": body,
            "two-files-in-one": GOOD + GOOD,
        }
    )


def _track_counts() -> dict[str, bytes]:
    body = GOOD[14:]
    return {
        "format-0-of-three-tracks": header(0, 3) + body,
        "format-2": header(2, 3) + body,
        "format-7": header(7, 3) + body,
        "format-65535": header(65535, 3) + body,
        "counts-no-tracks": header(1, 0) + body,
        "counts-too-few-tracks": header(1, 1) + body,
        "counts-too-many-tracks": header(1, 9) + body,
        "counts-65535-tracks": header(1, 65535) + body,
        "two-thousand-tracks": header(1, 2000) + chunk(b"MTrk", notes(2) + END) * 2000,
        "ten-thousand-empty-tracks": header(1, 10000) + chunk(b"MTrk", b"") * 10000,
    }


def _chunk_lengths() -> dict[str, bytes]:
    """Make each sort of length that lies, in the middle and in the last track."""
    first, tune, alto = good_tracks()
    head, last = chunk(b"MTrk", first), chunk(b"MTrk", alto)
    files = {}
    for kind, lie in _lies(len(tune)).items():
        middle = chunk(b"MTrk", tune, lie)
        files[f"length-{kind}-in-the-middle"] = tracks_file(head, middle, last)
    for kind, lie in _lies(len(alto)).items():
        end = chunk(b"MTrk", alto, lie)
        files[f"length-{kind}-at-the-end"] = tracks_file(
            head, chunk(b"MTrk", tune), end
        )
    over_both = chunk(b"MTrk", tune, len(tune) + len(last))
    all_zero = [chunk(b"MTrk", track, 0) for track in good_tracks()]
    return files | {
        "length-over-the-next-track": tracks_file(head, over_both, last),
        "lengths-all-0": tracks_file(*all_zero),
    }


def _lies(size: int) -> dict[str, int]:
    return {
        "0": 0,
        "1": 1,
        "half": size // 2,
        "one-too-short": size - 1,
        "one-too-long": size + 1,
        "doubled": 2 * size,
        "two-gigabytes": 2**31,
        "all-ones": 2**32 - 1,
        "little-endian": int.from_bytes(size.to_bytes(4, "little"), "big"),
    }


def _chunk_order() -> dict[str, bytes]:
    head, tune, alto = (chunk(b"MTrk", track) for track in good_tracks())
    alien = chunk(b"XFIH", b"made by a keyboard")
    return {
        "unknown-chunk-first": tracks_file(alien, head, tune, alto),
        "unknown-chunk-between": tracks_file(head, alien, tune, alto),
        "unknown-chunk-last": tracks_file(head, tune, alto, alien),
        "unknown-chunk-too-long": tracks_file(head, alien[:4] + b"\xff" + alien[5:])
        + tune
        + alto,
        "track-mark-damaged": tracks_file(head, b"MTrx" + tune[4:], alto),
        "track-marks-all-damaged": GOOD.replace(b"MTrk", b"\0\1\2\3"),
        "stray-byte-between-tracks": tracks_file(head, tune, b"\0", alto),
        "stray-text-between-tracks": tracks_file(head, tune, b"hello there", alto),
        "track-mark-and-no-more": GOOD + b"MTrk",
        "nuls-after-the-file": GOOD + bytes(1000),
        "text-after-the-file": GOOD + b"\r\nThank you for downloading!",
        "page-after-the-file": GOOD + b"<html><script>alert(1)</script></html>",
    }


def _wrapped() -> dict[str, bytes]:
    mac = bytearray(128)
    mac[1:9], mac[65:73] = b"\x07song.mi", b"MidiTTXT"
    return {
        "riff": riff(GOOD),
        "riff-of-odd-size": riff(GOOD + b"\0"),
        "riff-size-0": riff(GOOD, size=0, data_size=0),
        "riff-size-huge": riff(GOOD, size=2**32 - 1, data_size=2**32 - 1),
        "riff-sizes-big-endian": riff(GOOD, size=2**24, data_size=2**24),
        "riff-with-a-list-after": riff(GOOD) + b"LIST\x04\0\0\0INFO",
        "riff-without-rmid": b"RIFF" + struct.pack("<I", len(GOOD)) + GOOD,
        "riff-of-nothing": riff(b""),
        "riff-truncated": riff(GOOD)[: len(GOOD) // 2],
        "macbinary-header": bytes(mac) + GOOD,
        "one-byte-before": b"\n" + GOOD,
        "byte-order-mark-before": b"\xef\xbb\xbf" + GOOD,
        "http-header-before": b"HTTP/1.1 200 OK\r\n\r\n" + GOOD,
        "header-named-in-text-before": b"An MThd marks a file's beginning.\n" + GOOD,
        "60-kilobytes-before": bytes(60_000) + GOOD,
        "70-kilobytes-before": bytes(70_000) + GOOD,
    }


def riff(data: bytes, size: int | None = None, data_size: int | None = None) -> bytes:
    """Return an RMID file, whose sizes may lie."""
    inner = len(data) if data_size is None else data_size
    outer = len(data) + 12 if size is None else size
    head = struct.pack("<4sI4s4sI", b"RIFF", outer, b"RMID", b"data", inner)
    return head + data + b"\0" * (len(data) % 2)


def _not_midi() -> dict[str, bytes]:
    page = "<!DOCTYPE html><html><title>404</title><p>The MIDI file is gone.</html>"
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("inside.mid"), GOOD)
    return {
        "empty": b"",
        "one-byte": b"M",
        "one-nul": b"\0",
        "nuls": bytes(4096),
        "all-ones": b"\xff" * 4096,
        "random-bytes": random.Random(3).randbytes(4096),
        "html": page.encode(),
        "html-in-utf-16": page.encode("utf-16"),
        "xml": b'<?xml version="1.0"?><score-partwise version="4.0"/>',
        "text": b"Downloaded from a collection of 130,000 files.\n",
        "text-in-utf-16": "tempo, meter, key\n".encode("utf-16"),
        "json": b'{"error": "rate limit exceeded"}',
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64),
        "pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        "wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(24),
        "mp3": b"ID3\x04" + bytes(64),
        "flac": b"fLaC" + bytes(64),
        "zip-header": b"PK\x03\x04" + bytes(26),
        "zip-of-a-good-file": packed.getvalue(),
        "gzip-of-a-good-file": gzip.compress(GOOD, mtime=0),
        "gzip-cut-short": gzip.compress(GOOD, mtime=0)[:40],
        "base64-of-a-good-file": base64.b64encode(GOOD),
        "git-lfs-pointer": b"version https://git-lfs.github.com/spec/v1\nsize 99\n",
        "program": b"\x7fELF\x02\x01\x01" + bytes(64),
    }


def _mangled() -> dict[str, bytes]:
    """Make what transfer programs of old made of good files, and bad disks."""
    rng = random.Random(7)
    noise = bytearray(GOOD)
    for _ in range(20):
        noise[rng.randrange(len(noise))] = rng.randrange(256)
    half = len(GOOD) // 2
    tens = one_track(b"".join(note(pitch, ticks=10) for pitch in SCALE * 2))
    return {
        "line-ends-turned-to-dos": tens.replace(b"\n", b"\r\n"),
        "nuls-removed": GOOD.replace(b"\0", b""),
        "high-bit-stripped": bytes(byte & 127 for byte in GOOD),
        "latin-1-turned-to-utf-8": GOOD.decode("latin-1").encode(),
        "not-ascii-replaced": GOOD.decode("ascii", "replace").encode(),
        "bytes-swapped": bytes(GOOD[i ^ 1] for i in range(len(GOOD) & ~1)),
        "reversed": GOOD[::-1],
        "twenty-bytes-changed": bytes(noise),
        "a-byte-missing-in-the-middle": GOOD[:half] + GOOD[half + 1 :],
        "a-byte-too-many-in-the-middle": GOOD[:half] + b"\x55" + GOOD[half:],
        "a-block-of-nuls-in-the-middle": GOOD[:half] + bytes(64) + GOOD[half + 64 :],
        "a-block-missing-in-the-middle": GOOD[:half] + GOOD[half + 64 :],
        "good-with-its-middle-twice": GOOD[:half] + GOOD[half - 64 :],
    }


def _data_bytes() -> dict[str, bytes]:
    events = {
        "pitch": note(60)[:2] + b"\xbc\x50" + note(60)[4:],
        "velocity": note(60, velocity=200),
        "velocity-of-note-off": note(60)[:-1] + b"\xff",
        "program": b"\0\xc0\x80",
        "controller": b"\0\xb0\x87\x40",
        "control-value": b"\0\xb0\x07\xff",
        "pitch-bend": b"\0\xe0\x80\xc0",
        "channel-pressure": b"\0\xd0\xf0",
        "key-pressure": b"\0\xa0\x3c\xf7",
    }
    files = {f"data-byte-too-high-in-{where}": amid(e) for where, e in events.items()}
    all_high = b"".join(note(60 + i, velocity=128 + i) for i in range(16))
    return files | {"data-bytes-too-high-everywhere": one_track(all_high)}


def _note_pairs() -> dict[str, bytes]:
    """Make note-ons and note-offs that do not pair up."""
    ons = b"".join(bytes([96, 0x90, pitch, 80]) for pitch in SCALE * 2)
    offs = b"".join(bytes([96, 0x80, pitch, 0]) for pitch in SCALE * 2)
    last_hangs = notes(15) + note(60)[:4] + b"\x60\xff\x01\x00"
    twice = b"".join(note(p)[:4] + note(p)[:4] + note(p)[4:] for p in SCALE * 2)
    return {
        "notes-all-hanging": one_track(ons),
        "note-hanging-at-the-end": one_track(last_hangs),
        "note-hanging-at-the-beginning": with_events(b"\0\x90\x30\x50"),
        "note-offs-without-ons": one_track(offs),
        "note-off-before-its-on": one_track(offs[:4] + ons),
        "note-offs-on-another-channel": one_track(ons + offs.replace(b"\x80", b"\x81")),
        "one-note-off-for-two-ons": one_track(twice),
        "every-note-twice": one_track(twice + offs),
        "notes-of-no-length": one_track(
            b"".join(note(p, ticks=0) + b"\x60\xff\x01\x00" for p in SCALE)
        ),
        "notes-all-on-one-tick": one_track(b"".join(note(p, ticks=0) for p in SCALE)),
        "note-offs-in-another-track": tracks_file(
            chunk(b"MTrk", ons + END), chunk(b"MTrk", offs + END), count=2
        ),
        "note-ons-of-velocity-0-only": one_track(ons.replace(b"\x50", b"\0")),
    }


def _statuses() -> dict[str, bytes]:
    running = b"".join(bytes([0, pitch, 80, 96, pitch, 0]) for pitch in SCALE)
    return {
        "running-status-good": with_events(b"\0\x90\x3c\x50\x60\x3c\0" + running),
        "running-status-at-the-beginning": one_track(running),
        "running-status-after-meta": amid(b"\0\x90\x3c\x50" + meta(1, b"A") + running),
        "running-status-after-sysex": amid(
            b"\0\x90\x3c\x50\0\xf0\x02\x43\xf7" + running
        ),
        "status-undefined": amid(b"\0\xf4"),
        "status-of-system-common": amid(b"\0\xf1\x05\0\xf2\x01\x02\0\xf3\x01\0\xf6"),
        "status-of-real-time": amid(b"\0\xf8\0\xfa\0\xfe"),
        "status-bytes-only": one_track(b"\0" + bytes(range(0x80, 0x100)) * 4),
        "status-with-its-data-missing": amid(b"\0\x90\0\x90\x3c"),
    }


def _sysexes() -> dict[str, bytes]:
    return {
        "sysex-good": with_events(b"\0\xf0\x05\x7e\x7f\x09\x01\xf7"),
        "sysex-never-closed": amid(b"\0\xf0\xff\x7f\x43\x10"),
        "sysex-too-long-but-closed": amid(b"\0\xf0\xff\x7f\x43\x10\xf7"),
        "sysex-without-length": amid(b"\0\xf0\x43\x10\x09\x01\xf7"),
        "sysex-without-end-mark": with_events(b"\0\xf0\x03\x43\x10\x09"),
        "sysex-of-no-bytes": with_events(b"\0\xf0\0"),
        "sysex-in-two-packets": with_events(b"\0\xf0\x02\x43\x10\x05\xf7\x02\x09\xf7"),
        "sysex-escape-too-long": amid(b"\0\xf7\x8f\x7f\x01"),
        "sysex-of-status-bytes": with_events(b"\0\xf0\x03\x90\x90\xf7"),
    }


def _numbers() -> dict[str, bytes]:
    wait = MAX_NUMBER + b"\xff\x01\x00"
    return {
        "number-padded-to-six-bytes": amid(b"\x80\x80\x80\x80\x80\x05\xff\x01\x00"),
        "number-padded-to-four-bytes": amid(b"\x80\x80\x80\x05\xff\x01\x00"),
        "number-over-28-bits": amid(b"\xff\xff\xff\xff\x05" + note(60)[1:]),
        "number-never-ending": one_track(notes(8) + b"\xff" * 999),
        "meta-longer-than-the-track": amid(b"\0\xff\x01\x8f\x7fabc"),
        "meta-longer-than-the-file": amid(b"\0\xff\x01\xff\xff\xff\x7fabc"),
        "meta-length-overlong": amid(b"\0\xff\x01\x80\x80\x80\x80\x03abc"),
        "meta-of-kind-above-127": amid(meta(0x90, b"abc")),
        "meta-of-unknown-kind": amid(meta(0x6E, b"abc")),
        "time-of-28-bits": amid(wait),
        "time-beyond-31-bits": amid(wait * 9),
        "time-beyond-32-bits": amid(wait * 17),
        "time-beyond-31-bits-before-the-end": one_track(notes(16) + wait * 9),
    }


def _ends() -> dict[str, bytes]:
    tune = notes(16)
    bodies = {
        "end-of-track-missing": tune,
        "end-of-track-twice": tune + END + END,
        "end-of-track-before-the-notes": END + tune,
        "end-of-track-in-the-middle": notes(8) + END + notes(8) + END,
        "end-of-track-with-a-length": tune + b"\0\xff\x2f\x02ab",
        "end-of-track-without-length": tune + b"\0\xff\x2f",
        "end-of-track-without-delta": tune + b"\xff\x2f\0",
        "end-of-track-hours-later": tune + MAX_NUMBER + END[1:],
        "end-of-track-only": END,
        "nuls-after-the-end-of-track": tune + END + bytes(100),
    }
    return {kind: header(0, 1) + chunk(b"MTrk", body) for kind, body in bodies.items()}


def _tempos_and_meters() -> dict[str, bytes]:
    """Make events that are well formed or nearly so, and mean nothing."""
    events = {
        "tempo-0": meta(0x51, b"\0\0\0"),
        "tempo-of-a-microsecond": meta(0x51, b"\0\0\1"),
        "tempo-slowest": meta(0x51, b"\xff\xff\xff"),
        "tempo-of-two-bytes": meta(0x51, b"\x07\xa1"),
        "tempo-of-no-bytes": meta(0x51, b""),
        "tempo-of-four-bytes": meta(0x51, b"\x07\xa1\x20\0"),
        "tempos-by-the-thousand": meta(0x51, b"\x07\xa1\x20") * 3000,
        "meter-0-over-4": meta(0x58, b"\0\x02\x18\x08"),
        "meter-4-over-0": meta(0x58, b"\x04\xff\x18\x08"),
        "meter-4-over-512": meta(0x58, b"\x04\x09\x18\x08"),
        "meter-4-over-2-to-the-31": meta(0x58, b"\x04\x1f\x18\x08"),
        "meter-4-over-2-to-the-64": meta(0x58, b"\x04\x40\x18\x08"),
        "meter-255-over-1": meta(0x58, b"\xff\0\x18\x08"),
        "meter-of-two-bytes": meta(0x58, b"\x03\x02"),
        "meters-on-every-tick": (b"\1" + meta(0x58, b"\x03\x02\x18\x08")[1:]) * 500,
        "key-of-20-sharps": meta(0x59, b"\x14\x05"),
        "key-of-128-flats": meta(0x59, b"\x80\0"),
        "key-of-one-byte": meta(0x59, b"\x02"),
        "smpte-offset-senseless": meta(0x54, b"\xff\xff\xff\xff\xff"),
        "text-not-in-utf-8": meta(3, b"\xff\xfe\xc3\x28 caf\xe9"),
        "text-of-terminal-codes": meta(3, b"\x1b[2J\x1b]0;owned\x07"),
        "text-of-100-kilobytes": b"\0\xff\x01\x86\x8d\x20" + b"x" * 100_000,
        "lyrics-on-every-note": meta(5, b"la") * 400,
    }
    return {kind: with_events(event) for kind, event in events.items()}


def _odd_but_valid() -> dict[str, bytes]:
    channels = [chunk(b"MTrk", notes(8, channel=c) + END) for c in range(16)]
    octaves = b"".join(note(p) for p in (0, 127) * 8)
    return {
        "good": GOOD,
        "sixteen-channels": tracks_file(*channels, count=16),
        "sixteen-channels-in-one-track": one_track(
            b"".join(notes(4, channel=c) for c in range(16))
        ),
        "drums-only": one_track(notes(16, channel=9)),
        "meta-events-only": one_track(meta(3, b"title") + meta(1, b"text") * 20),
        "control-changes-only": one_track(b"\x10\xb0\x07\x40" * 100),
        "program-changes-between-all-notes": one_track(
            b"".join(bytes([0, 0xC0, i * 8]) + note(60 + i) for i in range(16))
        ),
        "no-events": header(1, 1) + chunk(b"MTrk", b""),
        "one-note": one_track(note(60)),
        "one-pitch": one_track(note(60) * 32),
        "highest-and-lowest-pitch": one_track(octaves),
        "notes-of-one-tick": one_track(b"".join(note(p, 1) for p in SCALE * 4)),
        "notes-of-hours": one_track(
            b"".join(note(p)[:4] + MAX_NUMBER + note(p)[5:] for p in SCALE[:6])
        ),
        "silence-for-hours-first": with_events(MAX_NUMBER + b"\xff\x01\x00"),
        "one-chord": one_track(
            b"".join(note(p)[:4] for p in range(128))
            + b"\x60\xff\x01\x00"
            + b"".join(note(p)[4:].replace(b"\x60", b"\0", 1) for p in range(128))
        ),
    }
