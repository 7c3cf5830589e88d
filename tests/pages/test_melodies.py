from __future__ import annotations

import base64
import re
import wave
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

import monody
from monody.cli.commands import cli
from monody.corpus.read_melody import read_melody
from monody.errors import MonodyError, SettingError
from monody.experiments.experiment import Experiment
from monody.music.melody import Melody
from monody.music.meter import Meter
from monody.music.midi_file import write_midi
from monody.pages.melodies import show
from monody.pages.player import Card
from monody.render.forms import FORMS, parse_forms, render
from monody.render.notation.staff import NARROW, WIDE
from tests.builders.midi_files import tune
from tests.builders.pages_to_open import report_page


class _Page(HTMLParser):
    """The attributes of each element of a page, by tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str | None]]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.setdefault(tag, []).append(dict(attrs))


@pytest.fixture(scope="module")
def page(trained: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of two melodies of four bars."""
    folder = tmp_path_factory.mktemp("page")
    settings = monody.SampleSettings(num_files=2, bars=4, seed=3)
    generation = monody.generate(trained, settings)
    shown = show(generation, generation.save(folder))
    assert shown.left_out == ()
    return shown.page


def test_a_page_has_a_card_with_a_player_for_each_melody(page: Path) -> None:
    found = _Page(page.read_text("utf-8")).found
    cards = found["article"]
    assert len(cards) == len(found["audio"]) == 2
    for index, card in enumerate(cards, 1):
        melody = read_melody(page.parent / f"{index}.mid")
        rate = float(card["data-ticks-per-second"] or 0)
        assert rate == pytest.approx(24 * melody.bpm / 60)
        lines = re.findall(r"\d+", card["data-bar-lines"] or "")
        assert [int(line) for line in lines] == [0, 96, 192, 288, 384]
        assert card["data-first-bar"] == "1"


def test_a_card_knows_the_beats_of_each_bar_of_its_own_meter() -> None:
    """A pickup, a bar of 7/8, a bar of 6/8, a bar of 2/4."""
    meters = [Meter(0, 4, 4), Meter(96, 7, 8), Meter(180, 6, 8), Meter(252, 2, 4)]
    notes = [(60, 72, 24), (62, 96, 84), (64, 180, 72), (65, 252, 48)]
    card = Card("x", Melody.from_notes(notes, meters))
    assert card.bar_lines == [72, 96, 180, 252, 300]
    assert card.beats == [24, 12, 36, 24]


def test_a_page_has_a_staff_for_a_phone_too(page: Path) -> None:
    text = page.read_text("utf-8")
    for width in (WIDE, NARROW):
        assert text.count(f'viewBox="0 0 {width} ') == 2


def test_all_that_a_page_names_lies_beside_it(page: Path) -> None:
    text = page.read_text("utf-8")
    found = _Page(text).found
    named = {element["src"] for element in found["audio"]}
    links = [link for link in found["a"] if "download" in link]
    assert [link["download"] for link in links] == [
        f"{index}.{ending}"
        for index in (1, 2)
        for ending in ("mid", "wav", "musicxml", "abc")
    ]
    beside = {link["href"] for link in links if link.get("target") == "_blank"}
    assert named == beside == {"1.wav", "2.wav"}
    for link in links:
        content = (page.parent / str(link["download"])).read_bytes()
        words, _, inside = str(link["href"]).partition(";base64,")
        assert base64.b64decode(inside) == content or words in beside
    strangers = set(re.findall(r"https?://[^\"' <)]+", text))
    assert strangers <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_scores_name_the_mode_that_was_asked_for(
    trained: Experiment, tmp_path: Path
) -> None:
    settings = monody.SampleSettings(num_files=1, bars=2, seed=3, key="D dorian")
    generation = monody.generate(trained, settings)
    paths = generation.save(tmp_path)
    show(generation, paths)
    assert "\nK:Ddor\n" in paths[0].with_suffix(".abc").read_text("utf-8")
    score = paths[0].with_suffix(".musicxml").read_text("utf-8")
    assert "<mode>dorian</mode>" in score
    rendered = CliRunner().invoke(cli, ["render", str(paths[0]), "--to", "abc,svg"])
    assert rendered.exit_code == 0, rendered.output
    assert "\nK:Ddor\n" in paths[0].with_suffix(".abc").read_text("utf-8")


def test_words_of_forms_are_read_in_any_order() -> None:
    assert parse_forms("svg, WAV") == ("wav", "svg")
    assert parse_forms(",".join(FORMS)) == tuple(FORMS)
    with pytest.raises(SettingError, match=r"to must be some of wav, .*, not 'mp3'"):
        parse_forms("wav,mp3")


def test_each_form_is_a_file_of_its_kind() -> None:
    melody = tune(3)
    made = {form: render(melody, form, "a tune") for form in FORMS}
    assert made["png"].startswith(b"\x89PNG")
    for form in ("svg", "musicxml"):
        assert ElementTree.fromstring(made[form]) is not None
    assert made["abc"].startswith(b"%abc-2.1\nX:1\n")
    assert made["wav"][:4] == b"RIFF"


def _run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def test_any_midi_file_is_rendered_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.mid"
    write_midi(tune(3), path)
    result = _run("render", str(path))
    assert result.exit_code == 0
    assert {file.name for file in tmp_path.iterdir()} == {
        "mine.mid", "mine.wav", "mine.svg",
    }  # fmt: skip
    with wave.open(str(tmp_path / "mine.wav")) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    melody = read_melody(path)
    assert seconds == pytest.approx(melody.end / 24 * 60 / melody.bpm + 2, abs=0.01)


def test_render_writes_over_no_file_and_leaves_what_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mine.mid"
    write_midi(tune(3), path)
    (tmp_path / "mine.abc").write_text("X:1 % by hand")
    for _ in range(2):
        said = _run("render", str(path), "--to", "abc,svg").output
        assert f"written: {tmp_path / 'mine-2.abc'}" in said
    assert (tmp_path / "mine.abc").read_text() == "X:1 % by hand"
    assert {file.name for file in tmp_path.iterdir()} == {
        "mine.mid", "mine.svg", "mine.abc", "mine-2.abc",
    }  # fmt: skip


def test_a_written_score_is_not_rendered_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "mine.abc"
    path.write_text("X:1\nT:Mine\nL:1/4\nK:C\nCDEF|GABc|cBAG|FEDC|\n")
    before = path.read_bytes()
    _run("render", str(path), "--to", "abc")
    assert path.read_bytes() == before
    assert (tmp_path / "mine-2.abc").read_bytes() != before


def test_a_file_that_cannot_be_rendered_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MonodyError, match="no file"):
        _run("render", str(tmp_path / "none.mid"))
    bank = tmp_path / "no.sf2"
    bank.write_bytes(b"nothing")
    path = tmp_path / "mine.mid"
    write_midi(tune(3), path)
    with pytest.raises(MonodyError, match="expected a sound bank"):
        _run("render", str(path), "--to", "wav", "--sound_bank", str(bank))


def test_sample_writes_the_page_unless_it_shall_not(
    trained: Experiment, tmp_path: Path
) -> None:
    words = ["sample", "--experiment_dir", str(trained.folder), "--bars", "2",
             "--num_files", "1", "--seed", "1", "--save_dir"]  # fmt: skip
    assert "page:" not in _run(*words, str(tmp_path / "plain"), "--no_page").output
    assert not (tmp_path / "plain/index.html").exists()
    shown = _run(*words, str(tmp_path / "shown")).output
    assert f"page: {tmp_path / 'shown/index.html'}" in shown
    first = (tmp_path / "shown/index.html").read_text("utf-8")
    _run(*words, str(tmp_path / "shown"))  # a page of monody is written anew
    second = (tmp_path / "shown/index.html").read_text("utf-8")
    assert ('"1.mid"' in first, '"2.mid"' in second, '"1.mid"' in second) == (
        True, True, False,
    )  # fmt: skip


def test_no_page_of_another_kind_is_replaced_by_melodies(
    trained: Experiment, tmp_path: Path
) -> None:
    page = report_page(tmp_path).rename(tmp_path / "index.html")
    before = page.read_bytes()
    words = ["sample", "--experiment_dir", str(trained.folder), "--bars", "2",
             "--num_files", "1", "--save_dir", str(tmp_path)]  # fmt: skip
    with pytest.raises(MonodyError, match="is not monody.s own page of melodies"):
        _run(*words)
    assert page.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_a_page_of_another_program_stops_sample_before_it_begins(
    trained: Experiment, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<p>my diary</p>")
    words = ["sample", "--experiment_dir", str(trained.folder), "--bars", "2",
             "--num_files", "1", "--save_dir", str(tmp_path)]  # fmt: skip
    with pytest.raises(MonodyError, match="is not monody.s own page of melodies"):
        _run(*words)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    _run(*words, "--no_page")
    assert (tmp_path / "index.html").read_text() == "<p>my diary</p>"


def test_a_page_shows_the_first_melodies_and_says_so(
    trained: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monody.pages.melodies.MAX_CARDS", 1)
    generation = monody.generate(
        trained, monody.SampleSettings(num_files=3, bars=2, seed=3)
    )
    shown = show(generation, generation.save(tmp_path))
    assert shown.left_out == ("the page shows the first 1; 2 more lie beside it",)
    text = shown.page.read_text("utf-8")
    assert len(_Page(text).found["article"]) == 1
    assert "<h1>3 melodies by monody</h1>" in text
    assert shown.left_out[0] in text


def test_a_card_tells_which_bars_it_continues(
    trained: Experiment, tmp_path: Path
) -> None:
    primer = monody.Melody.from_notes([(60, 0, 96), (64, 96, 96)])
    asked = monody.SampleSettings(
        num_files=1, bars=2, seed=3, prime_bars="1-2", with_primer=True
    )
    generation = monody.generate(trained, asked, prime_melody=primer)
    page = show(generation, generation.save(tmp_path)).page.read_text("utf-8")
    [card] = _Page(page).found["article"]
    assert card["data-given"] == "192"
    assert "Bars 1 to 2, which are marked, were given" in page
