"""Repositories of scores that the user has fetched become MIDI files."""

from __future__ import annotations

from pathlib import Path

import pytest

from monody.corpus.corpus import read_corpus
from monody.corpus.free_scores import require_fetched, write_fetched
from monody.corpus.public_domain import COLLECTIONS, FETCHED, collection_of
from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError
from monody.music.midi_file import write_midi
from monody.settings.reading import ReadSettings
from tests.builders import musescore_files as muse
from tests.builders import musicxml_scores as xml
from tests.builders.midi_files import midi_file, tune, write_tunes

WORDS = "<Lyrics><text>la</text></Lyrics>"
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def _song(bars_of_rest: int = 0) -> bytes:
    four = [
        "".join(muse.chord("quarter", one, inside=WORDS) for one in half)
        for half in (SCALE[:4], SCALE[4:])
    ]
    first, second = (muse.measure(muse.voices(bar)) for bar in four)
    rests = muse.measure(muse.voices(muse.WHOLE_REST)) * bars_of_rest
    return muse.mscx(3, first + second + rests + first + second)


def _put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_songs_are_named_after_the_collection_and_their_folders(tmp_path: Path) -> None:
    song = tmp_path / "repo/scores/Arne,_Thomas/_/The Oak/lc1.mscx"
    _put(song, _song())
    _put(song.with_suffix(".mxl"), b"the same in another format")
    _put(tmp_path / "repo/.git/x.mscx", b"hidden")
    seen: list[tuple[int, int]] = []
    report = write_fetched(
        "lieder", tmp_path / "repo", tmp_path / "out", lambda *now: seen.append(now)
    )
    assert (report.name, report.written, report.left_out) == ("lieder", 1, {})
    assert seen == [(1, 1)]
    assert _names(tmp_path / "out") == ["lieder-Arne_Thomas_The_Oak_lc1.mid"]
    [melody] = [read_melody(path) for path in (tmp_path / "out").iterdir()]
    assert melody.pitches.tolist() == [*SCALE, *SCALE]


def test_a_song_with_a_long_rest_is_one_file_and_two_melodies_of_one_piece(
    tmp_path: Path,
) -> None:
    _put(tmp_path / "repo/lc1.mscx", _song(bars_of_rest=4))
    write_fetched("lieder", tmp_path / "repo", tmp_path / "out")
    corpus = read_corpus(tmp_path / "out", ReadSettings(cache=False, n_jobs=1))
    assert [melody.source for melody in corpus.melodies] == ["lieder-lc1.mid"] * 2
    assert corpus.groups.tolist() == [0, 0]


def test_what_cannot_be_read_is_counted(tmp_path: Path) -> None:
    _put(tmp_path / "repo/a.mscx", _song())
    _put(tmp_path / "repo/b.mscx", b"<museScore version='3.01'")
    silent = muse.measure(muse.voices(muse.WHOLE_REST))
    _put(tmp_path / "repo/c.mscx", muse.mscx(3, silent))
    report = write_fetched("lieder", tmp_path / "repo", tmp_path / "out")
    assert report.written == 1
    assert report.left_out["no part with words"] == 1
    assert sum(report.left_out.values()) == 2


def test_movements_of_a_quartet_are_files_of_their_own(tmp_path: Path) -> None:
    bar = xml.START + xml.notes("C4 D4 E4 F4")
    movement = f'<measure number="1">{bar}</measure><measure number="2">'
    movement += f"{xml.notes('G4 A4 B4 C5')}</measure>"
    text = xml.score_of(2 * movement).encode()
    packed = muse.mscz({"score.xml": text}, main="score.xml")
    _put(tmp_path / "repo/scores/sq7.mxl", packed)
    report = write_fetched("quartets_violin1", tmp_path / "repo", tmp_path / "out")
    assert report.written == 2
    assert _names(tmp_path / "out") == [
        "quartets_violin1-sq7-2.mid", "quartets_violin1-sq7.mid",
    ]  # fmt: skip


def test_melodies_that_were_converted_before_are_taken_as_they_are(
    tmp_path: Path,
) -> None:
    melody = tune(3)
    (tmp_path / "lieder").mkdir()
    write_midi(melody, tmp_path / "lieder/a song.mid")
    write_fetched("lieder", tmp_path / "lieder", tmp_path / "out")
    assert read_melody(tmp_path / "out/lieder-a_song.mid") == melody


def test_of_a_choir_that_lilypond_wrote_the_first_track_is_read(tmp_path: Path) -> None:
    steps = (0, 2, 4, 5, 7, 5, 4, 2)
    soprano = [(72 + step, 24 * at, 24) for at, step in enumerate(steps)]
    alto = [(pitch - 12, start, length) for pitch, start, length in soprano]
    _put(tmp_path / "repo/a.midi", midi_file([[], soprano, alto], ticks_per_quarter=24))
    report = write_fetched("bloomfield_carols", tmp_path / "repo", tmp_path / "out")
    assert report.written == 1
    melody = read_melody(tmp_path / "out/bloomfield_carols-a.mid")
    assert melody.pitches.tolist() == [pitch for pitch, _, _ in soprano]


def test_of_mutopia_only_the_hymns_are_read(tmp_path: Path) -> None:
    write_tunes(tmp_path / "repo/ftp", 2)
    write_tunes(tmp_path / "repo/collections/hymnproject", 1)
    report = write_fetched("mutopia_hymns", tmp_path / "repo", tmp_path / "out")
    assert report.written == 1


def test_names_that_are_alike_do_not_replace_each_other(tmp_path: Path) -> None:
    for seed, name in enumerate(("A b.mid", "a_B.mid", f"{'x' * 300}/{'y' * 100}.mid")):
        path = tmp_path / "repo" / name[-200:]
        path.parent.mkdir(parents=True, exist_ok=True)
        write_midi(tune(seed), path)
    write_fetched("openhymnal", tmp_path / "repo", tmp_path / "out")
    names = _names(tmp_path / "out")
    assert len({name.lower() for name in names}) == 3
    assert {collection_of(name) for name in names} == {"openhymnal"}
    assert max(map(len, names)) < 150


def test_files_of_an_earlier_conversion_are_replaced(tmp_path: Path) -> None:
    old = _put(tmp_path / "out/lieder-old.mid", b"")
    other = _put(tmp_path / "out/oneills1850-0001.mid", b"")
    _put(tmp_path / "repo/lc1.mscx", _song())
    write_fetched("lieder", tmp_path / "repo", tmp_path / "out")
    assert not old.exists()
    assert other.exists()


def test_what_is_missing_is_named_with_the_commands_that_fetch_it(
    tmp_path: Path,
) -> None:
    write_tunes(tmp_path / "my data/lieder", 1)
    with pytest.raises(MonodyError) as caught:
        require_fetched(tmp_path / "my data")
    first, *commands = str(caught.value).split("\n")
    assert "lieder" not in first
    assert "let LilyPond write MIDI files of bloomfield_songs, bloomfield" in first
    assert len(commands) == len(FETCHED) - 1
    for name in FETCHED[1:]:
        [command] = [line for line in commands if COLLECTIONS[name].source in line]
        assert command.endswith(f"checkout {COLLECTIONS[name].commit}")
        assert f"'{tmp_path / 'my data' / name}'" in command  # as a shell reads it


def test_where_all_is_there_nothing_is_said(tmp_path: Path) -> None:
    for name in FETCHED:
        write_tunes(tmp_path / name, 1)
    require_fetched(tmp_path)
    require_fetched("nowhere", names=[])
