from __future__ import annotations

import io

from rich.console import Console

from monody.cli.epoch_lines import COMPILING, SCORING, EpochLines

LOGS = {"bits_per_note": 2.0, "best": 1.0, "learning_rate": 0.001, "seconds": 1.0}


def _train(lines: EpochLines, epochs: int) -> list[tuple[str, float | None]]:
    """Let a callback see a training of 2 steps an epoch; return what its bar said."""
    shown = []

    def look() -> None:
        [task] = lines._bar.tasks
        shown.append((task.description, task.total))

    lines.set_params({"steps": 2})
    lines.on_train_begin()
    for epoch in range(epochs):
        lines.on_epoch_begin(epoch)
        for batch in range(2):
            look()
            lines.on_train_batch_end(batch)
        look()
        lines.on_epoch_end(epoch, dict(LOGS))
    lines.on_train_end()
    return shown


def test_the_bar_says_what_takes_the_time() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    assert _train(EpochLines(console, 2), 2) == [
        (COMPILING, None),  # without an end the bar moves all the time
        ("epoch 1/2", 2),
        (SCORING, 2),
        ("epoch 2/2", 2),
        ("epoch 2/2", 2),
        (SCORING, 2),
    ]


def test_a_log_file_says_once_that_it_compiles_and_a_line_for_each_epoch() -> None:
    file = io.StringIO()
    _train(EpochLines(Console(file=file, width=60), 2), 2)
    said = file.getvalue().splitlines()
    assert said[1] == f"{COMPILING} ..."
    assert [line[:13] for line in said[2:]] == ["epoch   1/2  ", "epoch   2/2  "]
    assert max(map(len, said)) <= 60
