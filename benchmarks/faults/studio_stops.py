"""Stops of the page server: idle, composing, training and uploading, in turn.

A stop is as promised if the server ends as a command does, its training with it. Then
it is started once more: all that it had answered is there, a training goes on to the
weights that an undisturbed one has, and it ends at Ctrl-C.
"""

from __future__ import annotations

import random
import signal
import time

from asked_studio import ACTIVITIES, Asking, Kept, Page, trained
from stops import PROMISED_SECONDS, Stop, of_the_end, of_the_files
from workplace import Running, Workplace, monody
from works import MADE, weights

STUDIO = "studio"
PROGRAM = monody(f"studio --studio_dir {MADE} --no_browser")
SECONDS = {"idle": 4.0, "composing": 6.0, "training": 0.0, "uploading": 4.0}


class StudioStops:
    """Stops a studio in a workplace.

    Args:
        place: Where; all that is needed is compiled there by this.
    """

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._files = sorted((place.home / "many").iterdir())
        self._folder = place.home / MADE
        self._seconds = dict(SECONDS)
        self._expected = ""
        for activity in ("composing", "training"):
            self._expected = self._undisturbed(activity)
            place.tidy()
            place.keep_compiled()

    def _undisturbed(self, activity: str) -> str:
        """Let a studio work, and return the weights of its training, if it trains."""
        running = self._place.start(PROGRAM)
        began = time.monotonic()
        asking = Asking(self._folder, activity, [*self._files])
        try:
            weighed = ""
            while not (asking.kept.hearts or asking.kept.trainings):
                if asking.kept.refused or not asking.is_alive():
                    raise SystemExit(f"{activity}: {asking.kept.refused}")
                time.sleep(0.1)
            if activity == "training":
                ended = trained(Page(self._folder), asking.kept, running.hurry)
                if ended != "done":
                    raise SystemExit(f"the training of a studio: {ended}")
                self._seconds["training"] = time.monotonic() - began
                weighed = self._weights(asking.kept)
        finally:
            running.signal(signal.SIGINT, alone=True)
            running.ended(20)
        asking.join()
        return weighed

    def _weights(self, kept: Kept) -> str:
        [name] = kept.trainings
        return weights(self._folder / f"models/{name}/model.keras")

    def stopped(self, by: str, rng: random.Random, number: int) -> Stop:
        """Stop a studio after some seconds, look at what is left, and open it again.

        Args:
            by: The signal.
            rng: Decides when.
            number: Of the stop; it decides what the studio does.
        """
        place = self._place
        place.tidy()
        if rng.random() < 0.5:
            place.forget()
        activity = [*ACTIVITIES][number // 4 % len(ACTIVITIES)]
        after, alone = rng.uniform(0, self._seconds[activity]), rng.random() < 0.5
        running = place.start(PROGRAM)
        running.wait_until_begun()
        asking = Asking(self._folder, activity, [*self._files])
        time.sleep(after)
        running.signal(signal.Signals[by], alone=alone)
        sent = time.monotonic()
        ended = running.ended(20)
        seconds = time.monotonic() - sent
        asking.join(70)
        left = running.left()
        running.kill_left(left)
        faults = [f"left: {len(left)} processes"] if left else []
        faults += [*of_the_end(ended, by), *of_the_files(place, by)]
        faults += [f"said: {text}" for text in asking.kept.refused]
        if by != "SIGKILL" and (self._folder / "studio.json").exists():
            faults.append("left: studio.json")
        faults += self._opened_again(asking.kept)
        said = f"{activity}: {ended.errors[-3000:]}" if faults else activity
        return Stop(by, after, seconds, ended.code == 0, faults, said)

    def _opened_again(self, kept: Kept) -> list[str]:
        """Open the studio once more, and say what is lost or wrong."""
        # What a killed server said of itself is not to be believed.
        (self._folder / "studio.json").unlink(missing_ok=True)
        running = self._place.start(PROGRAM)
        running.wait_until_begun()
        faults = []
        try:
            page = Page(self._folder)
            faults += [f"lost: {what}" for what in kept.missing(page)]
            if kept.trainings:
                ended = trained(page, kept, running.hurry)
                if ended != "done" or self._weights(kept) != self._expected:
                    faults.append(f"lost: a training that ended {ended}, otherwise")
        except Exception as error:  # of whatever it answers
            faults.append(f"lost: it does not open again: {error!r}")
        return faults + self._closed(running)

    def _closed(self, running: Running) -> list[str]:
        """End a studio that was opened again, and say what is wrong with its end."""
        running.signal(signal.SIGINT, alone=True)
        sent = time.monotonic()
        ended = running.ended(20)
        seconds = time.monotonic() - sent
        faults = [*of_the_end(ended, "SIGINT"), *of_the_files(self._place, "")]
        if seconds > PROMISED_SECONDS:
            faults.append(f"slow: {seconds:.1f} s to end when it was opened again")
        left = running.left()
        running.kill_left(left)
        return [*faults, *(["left: processes, opened again"] if left else [])]
