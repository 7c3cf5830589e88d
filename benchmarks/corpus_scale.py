"""A corpus of any size: ``python benchmarks/corpus_scale.py --files 10000 100000``.

Makes files of 60 notes, a fifth of them copies, in archives of a thousand
(``made_corpora``), and does with them what ``monody train`` does: find, read, look for
duplicates, report, split, look at the events, write the records, and train for
``--steps`` batches. What is made and read stays in ``--work`` and is not read again.
Every stage is told apart, in time and in memory, of the process and of all its children
together. Time is that of the processors, which other work beside it does not change
much; memory is looked at every 0.2 seconds. RSS counts the mapped pages of files,
which the system may take back; "own" leaves these out. The last table gives what a file
costs, and the exponent by which the time of a stage grows with the files: 1 is a cost
that stays the same. Linux only: it looks into ``/proc``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from header import print_header
from made_corpora import make_archives
from reading_scale import family

SAMPLE_SECONDS = 0.2
MEGABYTE = 1e6
BATCH_SIZE = 16
NOT_DONE = {"seconds": math.nan, "rss": 0, "own": 0}  # it was, in another run


def main() -> None:
    """Measure each number of files; print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--files", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="a folder to keep the files in")
    parser.add_argument("--suffix", default=".zip", choices=(".zip", ".tar"))
    parser.add_argument("--stages", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stages:
        do_stages(asked.stages, asked.steps)
        return
    print_header("monody", "keras", "jax", "numpy", "symusic")
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
        work = asked.work or Path(temporary)
        found = {files: _measured(work, files, asked) for files in asked.files}
    _print_tables(found)


def _measured(work: Path, files: int, asked: argparse.Namespace) -> dict[str, Any]:
    """Do all stages in a process of its own; return the figures of each."""
    music = work / f"{files}{asked.suffix}"
    make_archives(music, files, asked.seed, asked.suffix)
    command = [sys.executable, __file__, "--stages", str(music)]
    with tempfile.TemporaryDirectory(prefix="scale-", dir=work) as folder:
        process = subprocess.Popen(  # noqa: S603 - our own script, our own Python
            [*command, "--steps", str(asked.steps)],
            stdout=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "TMPDIR": folder},
        )
        watch = _Watch(process.pid)
        for line in process.stdout or ():
            watch.told(json.loads(line))
        if process.wait():
            raise SystemExit(f"{files} files: the stages ended with {process.poll()}")
    return watch.figures


class _Watch:
    """Looks at the memory of a process and its children, stage by stage."""

    def __init__(self, pid: int) -> None:
        self.figures: dict[str, dict[str, Any]] = {}
        self._pid, self._stage = pid, "start"
        threading.Thread(target=self._look, daemon=True).start()

    def told(self, line: dict[str, Any]) -> None:
        """Note that a stage begins, or the figures of one that is over."""
        if "begins" in line:
            self._stage = line["begins"]
            self.figures[self._stage] = {"rss": 0, "own": 0}
        else:
            self.figures[line.pop("stage")] |= line
            print(self._stage, self.figures[self._stage], file=sys.stderr, flush=True)

    def _look(self) -> None:
        while True:
            rss = own = 0
            for pid in family(self._pid):
                memory = _memory(pid)
                rss += memory["VmRSS"]
                own += memory["RssAnon"]
            here = self.figures.get(self._stage, {"rss": 0, "own": 0})
            here["rss"], here["own"] = max(here["rss"], rss), max(here["own"], own)
            time.sleep(SAMPLE_SECONDS)


def _memory(pid: int) -> dict[str, int]:
    found = {"VmRSS": 0, "RssAnon": 0}
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return found
    for line in lines:
        name, _, value = line.partition(":")
        if name in found:
            found[name] = int(value.split()[0]) * 1024
    return found


# ------------------------------------------------------------------------ the stages


@contextmanager
def stage(name: str) -> Iterator[dict[str, Any]]:
    """Tell that a stage begins, and what it took."""
    print(json.dumps({"begins": name}), flush=True)
    told: dict[str, Any] = {"stage": name}
    began = sum(os.times()[:4])
    yield told
    print(json.dumps({**told, "seconds": sum(os.times()[:4]) - began}), flush=True)


def do_stages(music: Path, steps: int) -> None:
    """Do with a folder what ``monody train`` does, and tell of each stage."""
    import monody
    from monody.corpus.corpus import find_music, open_read
    from monody.corpus.readings import look_for_duplicates, read_into
    from monody.corpus.report import make_report, report_json
    from monody.experiments.experiment import Experiment
    from monody.experiments.records import make_record, write_records
    from monody.models.events import Vocabulary
    from monody.models.on_demand import training_set
    from monody.pages.corpus import write_page

    settings, folder = monody.ReadSettings(cache=False), music.with_suffix(".read")
    if not (folder / "done").exists():
        folder.mkdir()
        with stage("find"):
            found = find_music(music)
        with stage("read"):
            read_into(folder, found, settings)
        (folder / "done").touch()
    with stage("duplicates"):
        look_for_duplicates(folder)
    with stage("report, page, JSON") as told:
        corpus = open_read(folder, music, settings)
        report = make_report(str(music), corpus.verdicts, corpus.melodies, corpus.used)
        write_page(report, Path("page.html"))
        with Path("report.json").open("w", encoding="ascii") as file:
            file.writelines(report_json(report))
        told |= {"melodies": len(corpus.melodies), "used": len(corpus.used)}
        told["page"] = Path("page.html").stat().st_size
        del report
    with stage("split"):
        split = monody.split_corpus(corpus, seed=1)
    with stage("events") as told:
        vocabulary = Vocabulary("notes")
        train = training_set(corpus.melodies, vocabulary, split.train)
        told["events"] = int(train.ends[-1])
    model = monody.ModelSettings(rnn_size=128, num_layers=2, dropout=0.3)
    training = monody.TrainSettings(
        base="none", batch_size=BATCH_SIZE, num_epochs=1, patience=1
    )
    with stage("records"):
        record = make_record(corpus, split, train, model, training)
        experiment = Experiment.create("experiment")
        write_records(experiment, corpus, split, record, None)
    _train(train, record, steps)


def _train(train: Any, record: Any, steps: int) -> None:
    """Draw an epoch, and do its first steps."""
    from monody.models.events import Vocabulary
    from monody.models.keras_network import build_model
    from monody.training.fit import TrainingData, compiled

    with stage("batches") as told:
        data = TrainingData(train, record.training)
        data.draw(0)
        told["batches"] = len(data)
        for index in range(10):
            data[index]
    with stage(f"{steps} steps"):
        network = build_model(record.model, Vocabulary("notes"), 1)
        trainee = compiled(network, record.training)
        for index in range(min(steps, len(data))):
            trainee.train_on_batch(*data[index])


# ------------------------------------------------------------------------ the tables


def _print_tables(found: dict[int, dict[str, Any]]) -> None:
    counts = list(found)
    titles = "".join(f" {files:,} files |" for files in counts)
    print(f"| stage |{titles} µs a file, least and most | exponent |")
    print(f"|---|{'---|' * (len(counts) + 2)}")
    for name in found[counts[-1]]:
        figures = [found[files].get(name, NOT_DONE) for files in counts]
        cells = "".join(
            f" {one['seconds']:.1f} s, {one['rss'] / MEGABYTE:,.0f} MB"
            f" ({one['own'] / MEGABYTE:,.0f}) |"
            for one in figures
        )
        costs = [1e6 * one["seconds"] / files
                 for one, files in zip(figures, counts, strict=True)]  # fmt: skip
        print(
            f"| {name} |{cells} {min(costs):,.1f}..{max(costs):,.1f} "
            f"| {_exponent(counts, [one['seconds'] for one in figures]):.2f} |"
        )
    for files, stages in found.items():
        told = {
            key: value
            for figures in stages.values()
            for key, value in figures.items()
            if key not in ("rss", "own", "seconds")
        }
        print(f"\n{files:,} files: {told}")


def _exponent(files: list[int], seconds: list[float]) -> float:
    """Return the slope of log time over log files, by least squares."""
    if len(files) < 2:
        return math.nan
    x, y = [math.log(n) for n in files], [math.log(max(s, 0.01)) for s in seconds]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    above = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return above / sum((a - mean_x) ** 2 for a in x)


if __name__ == "__main__":
    main()
