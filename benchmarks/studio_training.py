"""A studio in mid-training: how quickly it answers, and what a kill -9 costs.

    python benchmarks/studio_training.py FOLDER [--kills 1]

A server is started on an empty studio, the music files of FOLDER are dropped, and a
training is begun. ``GET /api/trainings/ID`` is asked ten times a second before and
while it trains; the server is killed as often as asked, at a moment in the middle of
training, and started again. At the end the training must be done.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from monody.reading.find import find_files
from monody.studio.key import StudioKey, cookie_of

ASK_SECONDS = 0.1
BEFORE = 50  # questions before the training


class Server:
    """``monody studio`` in a process of its own."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "monody", "studio", "--no_browser"]
        self.process = subprocess.Popen(  # noqa: S603
            [*command, "--studio_dir", str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        address = self._address(folder)
        self.client = httpx2.Client(
            base_url=address,
            headers={"Origin": address[:-1]},
            cookies={
                cookie_of(urlsplit(address).port or 0): StudioKey.of(folder).secret
            },
        )

    def _address(self, folder: Path) -> str:
        """Wait until the server says where it is."""
        path = folder / "studio.json"
        while True:
            if path.is_file():
                address = json.loads(path.read_text())["address"]
                try:
                    httpx2.get(address)
                    return str(address)
                except httpx2.TransportError:
                    pass  # it says so a moment before, or another one said so
            time.sleep(ASK_SECONDS)

    def ask(self, path: str) -> tuple[Any, float]:
        """Return what is answered, and the milliseconds that it took."""
        began = time.perf_counter()
        answer = self.client.get(path).json()
        return answer, 1000 * (time.perf_counter() - began)

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        self.process.kill()
        self.process.wait()


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), asked.folder, asked.kills)


def _measure(studio: Path, music: Path, kills: int) -> None:
    server = Server(studio)
    found = find_files(music)
    files = [
        ("files", (name, Path(found.path(name)).read_bytes())) for name in found.names
    ]
    made = server.client.post("/api/collections", files=files).json()
    collection = made["collection"]["id"]
    server.client.get(f"/api/collections/{collection}/files", timeout=600)
    idle = [server.ask(f"/api/collections/{collection}")[1] for _ in range(BEFORE)]
    began = time.monotonic()
    asked = {"collection": collection}
    training = server.client.post("/api/trainings", json=asked).json()["training"]["id"]
    busy: list[float] = []
    seen = -1
    while True:
        told, milliseconds = server.ask(f"/api/trainings/{training}")
        told = told["training"]
        busy.append(milliseconds)
        if told["epoch"] != seen:
            seen = told["epoch"]
            print(
                f"{time.monotonic() - began:6.1f} s  epoch {seen} of {told['epochs']}, "
                f"{len(told['heard'])} heard; left {told['seconds_left']}",
                flush=True,
            )
        if told["state"] in ("done", "failed"):
            break
        if kills and told["epoch"] >= 2 and told["share"]:
            kills -= 1
            server.kill()
            print(f"{time.monotonic() - began:6.1f} s  killed", flush=True)
            server = Server(studio)
        time.sleep(ASK_SECONDS)
    print(told["state"], told["message"], told["chosen"])
    for name, figures in (("idle", idle), ("training", busy)):
        worst = statistics.quantiles(figures, n=100)[98]
        print(f"{name:9} median {statistics.median(figures):6.1f} ms, "
              f"99 % below {worst:6.1f} ms")  # fmt: skip
    server.process.terminate()
    server.process.wait()


if __name__ == "__main__":
    main()
