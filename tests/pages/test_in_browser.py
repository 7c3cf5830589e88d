"""The pages as a browser shows them; all from disk, without network or server."""

from __future__ import annotations

import functools
import shutil
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import (
    Browser,
    Locator,
    Page,
    ViewportSize,
    expect,
)

from monody.music.melody import Melody
from monody.render.audio.play import RING_OUT
from monody.render.notation.staff import NARROW
from tests.builders.chromium import a_browser, faults
from tests.builders.midi_files import Triple, read_back
from tests.builders.pages_to_open import (
    MELODIES,
    PICKUP,
    ROWS,
    SHORT,
    report_page,
    sample_page,
    training_page,
    variation_page,
)

PAGES = {
    "sample": sample_page,
    "variation": variation_page,
    "training": training_page,
    "report": report_page,
}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 568}  # as small as WCAG asks for
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# Where the sound and the playhead are in each frame, until a condition on `audio`.
WATCH = """(card, until) => new Promise((done) => {
  const audio = card.querySelector("audio"), frames = [], start = performance.now();
  const reached = {
    stopped: () => audio.paused,
    "3 seconds": () => audio.currentTime > 3,
    "gone back": () => frames.length > 1 && audio.currentTime < frames.at(-2).time,
    "half a second": () => performance.now() - start > 500,
  }[until];
  const look = () => {
    const shown = [...card.querySelectorAll(".roll-playhead[visibility=visible]")];
    frames.push({
      time: audio.currentTime,
      clock: performance.now() / 1000,
      heads: shown.map((line) => ({
        x: line.x1.baseVal.value, ...line.closest(".roll-row").dataset,
      })),
    });
    if (reached() || performance.now() - start > 15000) done(frames);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {kind: write(tmp_path_factory.mktemp(kind)) for kind, write in PAGES.items()}


@contextmanager
def opened(browser: Browser, path: Path) -> Iterator[Page]:
    """Open a page from disk; it may complain of nothing, and ask for its files only."""
    context = browser.new_context(viewport=DESKTOP, offline=True)
    page, complaints, asked = context.new_page(), [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    context.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    try:
        yield page
    finally:
        context.close()
    assert complaints == []
    beside = (path.parent.as_uri(), "data:")
    assert [url for url in asked if not url.startswith(beside)] == []


@pytest.fixture
def page(browser: Browser, pages: dict[str, Path]) -> Iterator[Page]:
    """The page of a sampling run."""
    with opened(browser, pages["sample"]) as page:
        yield page


def _card(page: Page, melody: Melody) -> Locator:
    return page.locator("article").nth(MELODIES.index(melody))


def _button(card: Locator) -> Locator:
    return card.get_by_role("button")


def _position(card: Locator) -> Locator:
    return card.get_by_role("slider", name="Position")


def _sound(card: Locator) -> dict[str, Any]:
    state: dict[str, Any] = card.locator("audio").evaluate(
        "({paused, currentTime, playbackRate}) => ({paused, currentTime, playbackRate})"
    )
    return state


def _ticks(card: Locator, melody: Melody) -> float:
    """Where the sound is."""
    seconds: float = _sound(card)["currentTime"]
    return seconds * melody.bpm * 24 / 60


def _drawn(head: dict[str, str]) -> float:
    """The tick that a playhead stands at."""
    start, end = int(head["start"]), int(head["end"])
    left, right = float(head["left"]), float(head["right"])
    return start + (float(head["x"]) - left) / (right - left) * (end - start)


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_opens_from_disk(
    kind: str, browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages[kind]) as page:
        expect(page.get_by_role("main")).to_be_visible()
        for audio in page.locator("audio").all():
            seconds = page.wait_for_function(
                "audio => audio.duration", arg=audio.element_handle()
            )
            assert seconds.json_value() > RING_OUT


@pytest.mark.parametrize(
    "press",
    [
        Locator.click,
        lambda button: button.press("Enter"),
        lambda button: button.press("Space"),
    ],
    ids=["click", "Enter", "Space"],
)
def test_the_button_plays_and_pauses(
    press: Callable[[Locator], None], page: Page
) -> None:
    card = _card(page, SHORT)
    expect(_button(card)).to_have_text("Play")
    press(_button(card))
    expect(_button(card)).to_have_text("Pause")
    first, *_, last = card.evaluate(WATCH, "half a second")
    assert first["time"] < last["time"]
    assert not _sound(card)["paused"]
    press(_button(card))
    expect(_button(card)).to_have_text("Play")
    assert _sound(card)["paused"]


def test_the_playhead_follows_within_50_ms(page: Page) -> None:
    card = _card(page, ROWS)
    _button(card).click()
    frames = card.evaluate(WATCH, "3 seconds")  # half of one after the last bar
    assert len(frames) > 20
    rows = set()
    for frame in frames:
        [head] = frame["heads"]
        rows.add(head["start"])
        heard = min(frame["time"] * ROWS.bpm * 24 / 60, 240)
        assert abs(heard - _drawn(head)) * 60 / (ROWS.bpm * 24) < 0.05
    assert rows == {"0", "192"}


def test_one_player_stops_the_other(page: Page) -> None:
    first, second = _card(page, SHORT), _card(page, ROWS)
    _button(first).click()
    expect(_button(first)).to_have_text("Pause")
    _button(second).click()
    expect(_button(first)).to_have_text("Play")
    assert _sound(first)["paused"]
    assert not _sound(second)["paused"]


def _to_last_beat(card: Locator) -> None:
    _position(card).press("End")
    _position(card).press("ArrowLeft")


def test_without_loop_it_ends_and_can_play_again(page: Page) -> None:
    card = _card(page, SHORT)
    _to_last_beat(card)
    card.get_by_role("slider", name="Tempo").press("End")
    _button(card).click()
    *_, last = card.evaluate(WATCH, "stopped")
    assert _drawn(last["heads"][0]) == pytest.approx(192, abs=0.001)
    expect(_button(card)).to_have_text("Play")
    expect(card.locator(".bar")).to_have_text("2 of 2")
    _button(card).click()
    expect(_button(card)).to_have_text("Pause")
    assert _ticks(card, SHORT) < 96


def test_a_loop_goes_back_at_its_last_bar_line_and_goes_on(page: Page) -> None:
    card = _card(page, SHORT)
    card.get_by_role("checkbox").press("Space")
    _to_last_beat(card)
    _button(card).click()
    frames = card.evaluate(WATCH, "gone back")
    latest = max(frame["time"] for frame in frames)
    assert latest == pytest.approx(4, abs=0.3)  # its last note ends at 3.5 s
    assert frames[-1]["time"] < 0.3
    first, *_, last = card.evaluate(WATCH, "half a second")
    assert first["time"] < last["time"] < 2
    expect(_button(card)).to_have_text("Pause")


@pytest.mark.parametrize(("key", "percent"), [("Home", 50), ("End", 200)])
def test_tempo_makes_time_pass_so_much_faster(
    key: str, percent: int, page: Page
) -> None:
    card = _card(page, SHORT)
    tempo = card.get_by_role("slider", name="Tempo")
    tempo.press(key)
    expect(tempo).to_have_attribute("aria-valuetext", f"{percent} %")
    expect(card.locator(".percent")).to_have_text(f"{percent} %")
    assert _sound(card)["playbackRate"] == percent / 100
    _button(card).click()
    page.wait_for_function(
        "audio => audio.currentTime > 0.1",
        arg=card.locator("audio").element_handle(),
    )
    first, *_, last = card.evaluate(WATCH, "half a second")
    speed = (last["time"] - first["time"]) / (last["clock"] - first["clock"])
    assert speed == pytest.approx(percent / 100, rel=0.15)


def test_keys_seek_by_beat_and_bar(page: Page) -> None:
    card = _card(page, PICKUP)
    place, bar = _position(card), card.locator(".bar")
    steps = [
        ("ArrowRight", 72, "1 of 2", "bar 1 of 2, beat 1"),
        ("ArrowRight", 108, "1 of 2", "bar 1 of 2, beat 2"),
        ("PageUp", 144, "2 of 2", "bar 2 of 2, beat 1"),
        ("ArrowLeft", 108, "1 of 2", "bar 1 of 2, beat 2"),
        ("PageDown", 72, "1 of 2", "bar 1 of 2, beat 1"),
        ("PageDown", 36, "pickup", "pickup"),
        ("ArrowLeft", 36, "pickup", "pickup"),
        ("End", 216, "2 of 2", "end"),
        ("ArrowUp", 216, "2 of 2", "end"),
        ("ArrowDown", 180, "2 of 2", "bar 2 of 2, beat 2"),
        ("Home", 36, "pickup", "pickup"),
    ]
    expect(place).to_have_attribute("aria-valuetext", "pickup")
    for key, tick, text, words in steps:
        place.press(key)
        expect(bar).to_have_text(text)
        expect(place).to_have_attribute("aria-valuetext", words)
        assert _ticks(card, PICKUP) == pytest.approx(tick, abs=0.001)
        assert place.input_value() == str(tick)


def test_a_pickup_is_where_it_begins(page: Page) -> None:
    card = _card(page, PICKUP)
    _button(card).click()
    first, *_ = card.evaluate(WATCH, "half a second")
    assert first["time"] * PICKUP.bpm * 24 / 60 >= 36
    assert len(first["heads"]) == 1


@pytest.mark.parametrize(("melody", "note"), [(ROWS, 5), (ROWS, 16), (PICKUP, 3)])
def test_a_click_on_a_note_goes_there(melody: Melody, note: int, page: Page) -> None:
    card = _card(page, melody)
    drawn = card.locator(".roll-note").nth(note)
    drawn.click()
    assert _ticks(card, melody) == pytest.approx(melody.starts[note], abs=0.001)
    [head] = card.locator(".roll-playhead[visibility=visible]").all()
    places = head.bounding_box(), drawn.bounding_box()
    assert places[0] is not None
    assert places[1] is not None
    middle = places[0]["x"] + places[0]["width"] / 2
    assert middle == pytest.approx(places[1]["x"], abs=1.5)
    assert places[0]["y"] <= places[1]["y"] <= places[0]["y"] + places[0]["height"]


def _lit(card: Locator) -> tuple[list[int], int]:
    """The ticks of the lit notes of the roll, and how many of the staff are lit."""
    in_roll = card.locator(".roll-now").evaluate_all(
        "notes => notes.map((note) => Number(note.dataset.start))"
    )
    return in_roll, card.locator(".staff .note.now").filter(visible=True).count()


@pytest.mark.parametrize(
    ("melody", "tick", "note", "printed"),
    [(SHORT, 12, 0, 1), (SHORT, 84, 3, 1), (SHORT, 180, None, 0), (PICKUP, 110, 3, 1)],
)
def test_the_note_that_sounds_is_lit(
    melody: Melody, tick: int, note: int | None, printed: int, page: Page
) -> None:
    card = _card(page, melody)
    assert _lit(card) == ([], 0)
    _position(card).fill(str(tick))
    lit = [] if note is None else [int(melody.starts[note])]
    assert _lit(card) == (lit, printed)


def test_a_click_between_the_notes_of_the_roll_goes_to_that_time(page: Page) -> None:
    card = _card(page, ROWS)
    row = card.locator(".roll-row").nth(1)
    row.scroll_into_view_if_needed()
    box = row.locator(".roll-white-keys").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 2)
    assert _ticks(card, ROWS) == pytest.approx(216, abs=1)  # in the middle of bar 5


@pytest.mark.parametrize(("melody", "note"), [(SHORT, 4), (ROWS, 17), (PICKUP, 6)])
def test_a_click_in_the_staff_goes_to_the_nearest_note(
    melody: Melody, note: int, page: Page
) -> None:
    card = _card(page, melody)
    start = int(melody.starts[note] - (melody.starts[0] if melody is PICKUP else 0))
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        _position(card).fill("0")
        head = card.locator(f".staff .note[data-start='{start}']").filter(visible=True)
        head.scroll_into_view_if_needed()
        box = head.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] - 1, box["y"] + box["height"] + 3)
        assert _ticks(card, melody) == pytest.approx(melody.starts[note], abs=0.001)


def test_on_a_phone_the_staff_is_large_enough_to_read_and_is_followed(
    page: Page,
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    card = _card(page, ROWS)
    drawing = card.locator(".staff svg[data-end]").filter(visible=True)
    assert str(drawing.get_attribute("viewBox")).startswith(f"0 0 {NARROW} ")
    systems = drawing.locator(".system")
    assert systems.count() > 1
    page.set_viewport_size({"width": PHONE["width"], "height": 320})
    systems.first.scroll_into_view_if_needed()
    _position(card).fill("170")
    _button(card).focus()
    page.keyboard.press("Enter")
    expect(systems.last.locator(".note.now")).to_be_in_viewport()


def test_in_a_tab_that_is_hidden_a_loop_goes_back_at_its_last_bar_line(
    browser: Browser, pages: dict[str, Path]
) -> None:
    # A browser draws no frames in a tab that nobody sees.
    with opened(browser, pages["sample"]) as page:
        page.evaluate("window.requestAnimationFrame = () => 0")
        card = _card(page, SHORT)
        card.get_by_role("checkbox").press("Space")
        _to_last_beat(card)
        _button(card).click()
        latest = card.locator("audio").evaluate(
            """audio => new Promise((done) => {
              let latest = 0;
              audio.addEventListener("timeupdate", () => {
                latest = Math.max(latest, audio.currentTime);
              });
              audio.addEventListener("seeked", () => done(latest));
            })"""
        )
        assert latest == pytest.approx(4, abs=0.5)  # and it rings on until 6


def test_the_page_follows_the_music_and_the_player_stays_in_reach(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 800, "height": 280})
    card = _card(page, ROWS)
    _button(card).scroll_into_view_if_needed()
    _position(card).fill("180")
    card.locator(".roll-row").nth(0).scroll_into_view_if_needed()
    last = card.locator(".roll-row").nth(1)
    expect(last).not_to_be_in_viewport(ratio=1)
    _button(card).click()
    expect(last).to_be_in_viewport(ratio=0.9)
    expect(_button(card)).to_be_in_viewport(ratio=1)


def test_a_page_whose_sound_is_lost_says_so(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    alone = shutil.copy(pages["sample"], tmp_path)
    context = browser.new_context()
    page = context.new_page()
    page.goto(Path(alone).as_uri())
    button = _button(_card(page, SHORT))
    expect(button).to_have_text("No sound")
    expect(button).to_be_disabled()
    expect(button).to_have_attribute("title", "1.wav is not beside this page")
    context.close()


def _saved(page: Page, card: Locator, kind: str, folder: Path) -> Path:
    with page.expect_download() as download:
        card.get_by_role("link", name=f"{kind} of").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def _read_by_music21(path: Path) -> list[Triple]:
    music21: Any = pytest.importorskip("music21")
    form = "abc" if path.suffix == ".abc" else "musicxml"
    part = music21.converter.parseData(path.read_text("utf-8"), format=form).parts[0]
    return [
        (
            int(note.pitch.ps),
            round(note.offset * 24),
            round(note.duration.quarterLength * 24),
        )
        for note in part.flatten().stripTies(matchByPitch=False).notes
    ]


def _since_first_note(notes: list[Triple]) -> list[Triple]:
    """Count times from the first note: a pickup begins a score."""
    return [(pitch, start - notes[0][1], ticks) for pitch, start, ticks in notes]


@pytest.mark.parametrize("number", range(len(MELODIES)))
def test_files_are_saved_and_are_the_melody(
    number: int, page: Page, tmp_path: Path
) -> None:
    melody = MELODIES[number]
    card, notes = _card(page, melody), list(map(tuple, melody.notes.tolist()))
    midi = _saved(page, card, "MIDI", tmp_path)
    assert midi.name == f"{number + 1}.mid"
    assert read_back(midi)[0] == notes
    for kind, ending in (("MusicXML", "musicxml"), ("ABC", "abc")):
        path = _saved(page, card, kind, tmp_path)
        assert path.name == f"{number + 1}.{ending}"
        found = _read_by_music21(path)
        assert _since_first_note(found) == _since_first_note(notes)


def test_the_sound_opens_in_a_tab_of_its_own(
    page: Page, pages: dict[str, Path]
) -> None:
    """A browser saves it from a server only; here, the page is not lost at least."""
    with page.context.expect_page() as tab:
        _card(page, ROWS).get_by_role("link", name="WAV of 3.mid").click()
    path = pages["sample"].parent / "3.wav"
    assert tab.value.url == path.as_uri()
    assert page.url == pages["sample"].as_uri()
    with wave.open(str(path)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    assert seconds == pytest.approx(2.5 + RING_OUT, abs=0.01)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Write no log."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine, and say at which address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_from_a_server_the_sound_is_saved(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    folder = pages["sample"].parent
    with _served(folder) as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}/index.html")
        path = _saved(page, _card(page, ROWS), "WAV", tmp_path)
        context.close()
    assert path.name == "3.wav"
    assert path.read_bytes() == (folder / "3.wav").read_bytes()


def test_keys_reach_everything_in_order(page: Page) -> None:
    card = _card(page, SHORT)
    stops = [
        page.get_by_role("link", name="Skip to the melodies"),
        card.get_by_role("button", name="Play 1.mid"),
        card.get_by_role("checkbox", name="Loop 1.mid"),
        card.get_by_role("slider", name="Position in 1.mid"),
        card.get_by_role("slider", name="Tempo of 1.mid"),
        card.locator("summary"),
        *(
            card.get_by_role("link", name=f"{kind} of 1.mid", exact=True)
            for kind in ("MIDI", "WAV", "MusicXML", "ABC")
        ),
        _button(_card(page, PICKUP)),
    ]
    for stop in stops:
        page.keyboard.press("Tab")
        expect(stop).to_be_focused()
        expect(stop).to_be_in_viewport()


def test_a_screen_reader_hears_a_card(page: Page) -> None:
    expect(_card(page, PICKUP)).to_match_aria_snapshot(
        """
        - article "2.mid":
          - /children: deep-equal
          - heading "2.mid" [level=2]
          - text: copy
          - term: key
          - definition: F major
          - term: meter
          - definition: 6/8
          - term: tempo
          - definition: 97 bpm
          - term: seed
          - definition: 3, melody 2
          - term: temperature
          - definition: "1"
          - term: bits a note
          - definition: "2.50"
          - paragraph: /longest shared run 7 notes .* as in jigs.the copied tune.mid/
          - group "Player of 2.mid":
            - button "Play 2.mid": Play
            - checkbox "Loop 2.mid"
            - text: Loop Bar
            - slider "Position in 2.mid": "36"
            - text: pickup Tempo
            - slider "Tempo of 2.mid": "100"
            - text: 100 %
          - group:
            - text: Staff
            - img "Staff of 2.mid"
          - figure:
            - img "Piano roll of 2.mid": C5 E4 1 · 6/8 2
          - list "Files of 2.mid":
            - listitem:
              - link "MIDI of 2.mid": MIDI
            - listitem:
              - link "WAV of 2.mid": WAV
            - listitem:
              - link "MusicXML of 2.mid": MusicXML
            - listitem:
              - link "ABC of 2.mid": ABC
        """
    )


@pytest.mark.parametrize("kind", PAGES)
def test_axe_finds_no_serious_fault(
    kind: str, browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages[kind]) as page:
        for summary in page.locator("details:not([open]) > summary").all():
            summary.click()
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                assert faults(page) == [], (size, scheme)


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_fits_a_phone(
    kind: str, browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages[kind]) as page:
        for size in (PHONE, SMALL_PHONE):
            page.set_viewport_size(size)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width == size["width"]


def test_the_report_finds_files_by_keyboard(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with opened(browser, pages["report"]) as page:
        rows = page.locator(".part tbody tr")
        page.get_by_role("searchbox").press_sequentially("fine")
        expect(page.get_by_role("status")).to_have_text("2 of 4 files")
        page.get_by_role("checkbox", name="duplicate").press("Space")
        expect(page.get_by_role("status")).to_have_text("1 of 4 files")
        expect(rows.filter(visible=True)).to_have_count(1)
