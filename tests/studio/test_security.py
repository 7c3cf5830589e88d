"""Only the page itself is answered, and nobody sends more than there is room for."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.testclient import TestClient

from monody.studio.answers import MAX_SENTENCE
from monody.studio.cards import CardLibrary
from monody.studio.security import LimitedUploads
from tests.builders.studios import OWN, PHRASE, PORT, Page

EVIL = "https://evil.example"


@pytest.mark.parametrize(
    "host",
    ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1",
     f"127.0.0.1.evil.example:{PORT}", "", f"127.0.0.1:{PORT}@evil.example"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/api/state", "/api/events"])
def test_a_foreign_host_is_refused(page: Page, host: str, path: str) -> None:
    assert page.client.get(path, headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", [f"localhost:{PORT}", f"[::1]:{PORT}"])
def test_the_names_of_this_machine_are_its_own(page: Page, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert page.client.get("/api/state", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": f"https://127.0.0.1:{PORT}"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": OWN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": OWN, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_foreign_origin_changes_and_reads_nothing(
    page: Page, headers: dict[str, str]
) -> None:
    body = {"notes": PHRASE}
    assert (
        page.client.post("/api/phrases", json=body, headers=headers).status_code == 403
    )
    assert page.client.get("/api/state", headers=headers).status_code == 403
    assert page.get("/api/state")["cards"] == []


def test_without_an_origin_nothing_is_changed(page: Page) -> None:
    del page.client.headers["Origin"]
    for method, path in [("POST", "/api/phrases"), ("PATCH", "/api/cards/x"),
                         ("DELETE", "/api/collections/x"), ("PUT", "/")]:  # fmt: skip
        assert page.client.request(method, path, json={}).status_code == 403
    own = {"Sec-Fetch-Site": "same-origin"}
    answer = page.client.post("/api/phrases", json={"notes": PHRASE}, headers=own)
    assert answer.status_code == 200


def test_a_link_to_the_page_may_be_followed_but_to_nothing_else(page: Page) -> None:
    del page.client.headers["Origin"]
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    # A browser does not send the key from there: the page that comes leads on.
    leads_on = page.client.get("/", headers=followed)
    assert (leads_on.status_code, "url=/" in leads_on.text) == (200, True)
    assert page.client.get("/api/state", headers=followed).status_code == 403
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert page.client.get("/", headers=embedded).status_code == 403


def test_every_answer_tells_the_browser_to_load_nothing_else(page: Page) -> None:
    for path in ("/", "/api/state", "/api/nothing"):
        headers = page.client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_a_body_that_is_no_object_is_refused(page: Page) -> None:
    for body in (b"[1]", b"{", b'{"a": NaN}', b"[" * 10_000, b"\xff", b"x" * 2**21):
        answer = page.client.post("/api/compose", content=body)
        assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


@pytest.mark.parametrize("text", [r"\ud800", r"a\udfff", r"\udc80\ud83c"])
def test_half_a_letter_is_refused_and_spoils_nothing(page: Page, text: str) -> None:
    card = page.phrase()
    body = f'{{"name": "{text}"}}'.encode()
    answer = page.client.patch(f"/api/cards/{card['id']}", content=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)
    assert page.get("/api/state")["cards"] == [card]


def test_a_name_that_is_saved_with_half_a_letter_is_shown(page: Page) -> None:
    card = page.phrase()
    page.studio.cards.change(card["id"], name="\ud800")
    assert page.get("/api/state")["cards"][0]["name"]


def test_what_is_asked_is_said_again_in_part_only(page: Page) -> None:
    card = page.phrase()
    said = page.refusal(f"/api/cards/{card['id']}/vary", to_meter="x" * 100_000)
    assert len(said) <= MAX_SENTENCE


def test_a_length_of_thousands_of_digits_is_too_large(page: Page) -> None:
    headers = {"Content-Length": "9" * 5000}
    assert page.client.get("/api/state", headers=headers).status_code == 413


def test_too_large_an_upload_is_refused_whatever_it_says(page: Page) -> None:
    body = json.dumps({"notes": PHRASE}).encode()
    for room, status in ((len(body), 200), (len(body) - 1, 413)):
        app = LimitedUploads(page.client.app, max_bytes=room)
        client = TestClient(app, base_url=OWN, headers={"Origin": OWN})
        client.cookies = page.client.cookies
        # The second does not tell its length.
        for content in (body, iter([body[:20], body[20:]])):
            answer = client.post("/api/phrases", content=content)
            assert answer.status_code == status
            assert ("error" in answer.json()) == (status == 413)


@pytest.mark.parametrize(
    ("error", "ending", "status", "said"),
    [
        (OSError(28, "No space left on device", "x.mid"), False, 507, "no space left"),
        (OSError(2, "No such file", "on its way"), True, 503, "The studio is closing"),
        (RuntimeError("secret"), False, 500, "terminal"),
    ],
)
def test_what_goes_wrong_is_a_sentence_too(
    page: Page,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    ending: bool,
    status: int,
    said: str,
) -> None:
    monkeypatch.setattr("monody.studio.server.was_asked", lambda: ending)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(CardLibrary, "add", fail)
    client = TestClient(page.client.app, OWN, raise_server_exceptions=False)
    client.cookies = page.client.cookies
    answer = client.post(
        "/api/phrases", json={"notes": PHRASE}, headers={"Origin": OWN}
    )
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert "secret" not in answer.text
    assert ("secret" in capsys.readouterr().err) == (status == 500)


def test_web_sockets_are_not_answered(page: Page) -> None:
    scope = {"type": "websocket", "path": "/", "headers": []}
    sent: list[object] = []

    async def nothing() -> dict[str, str]:
        return {}

    async def send(message: object) -> None:
        sent.append(message)

    asyncio.run(page.client.app(scope, nothing, send))  # type: ignore[arg-type]
    assert sent == []
