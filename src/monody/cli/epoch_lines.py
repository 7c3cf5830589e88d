"""What a person sees of training: a bar, and one line for each epoch.

Compiling takes longer than the first epochs of a small corpus. So it is said, and the
bar moves while it lasts; the same for the scoring after an epoch.
"""

from __future__ import annotations

from rich.console import Console

from monody.cli.progress import progress_bar
from monody.cli.verbosity import is_verbose
from monody.models.backend import keras
from monody.training.callbacks import BITS, HELD_OUT_BITS
from monody.translation import decimal, marked
from monody.translation import gettext as _

COMPILING = marked("compiling (once for this size of network)")
SCORING = marked("scoring the held-out melodies")


class EpochLines(keras.callbacks.Callback):
    """Prints one line for each epoch, and a bar while it runs.

    Args:
        console: Where to.
        num_epochs: How many there are at most.
    """

    def __init__(self, console: Console, num_epochs: int) -> None:
        super().__init__()
        self.finished = False  # whether training came to its own end
        self._console = console
        self._num_epochs = num_epochs
        self._explained = False
        self._compiled = False

    def on_train_begin(self, logs: object = None) -> None:
        """Keras may come here twice: for the rest of an epoch, and for those after."""
        self.finished = False
        if not self._explained:
            self._console.print(
                _("bits per note, lower is better; * marks the best so far")
            )
        self._explained = True

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        """Start the epoch's bar; while the first step compiles it has no end yet."""
        self._bar = progress_bar(self._console)
        self._name = _("epoch {epoch}/{epochs}").format(
            epoch=epoch + 1, epochs=self._num_epochs
        )
        self._steps = int(self.params["steps"])
        self._bar.start()
        if self._compiled:
            self._task = self._bar.add_task(self._name, total=self._steps)
            return
        self._task = self._bar.add_task(_(COMPILING), total=None)
        if not self._console.is_terminal:
            self._console.print(f"{_(COMPILING)} ...", highlight=False)

    def on_train_batch_end(self, batch: int, logs: object = None) -> None:
        """Move the bar; after the last step the held-out melodies are next."""
        self._compiled = True
        done = batch + 1
        name = _(SCORING) if done == self._steps else self._name
        self._bar.update(
            self._task, description=name, completed=done, total=self._steps
        )

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Print the epoch's line."""
        self._bar.stop()
        held_out = "    -"
        if HELD_OUT_BITS in logs:
            held_out = decimal(logs[HELD_OUT_BITS], "5.2f")
        rate = _("rate {rate}").format(rate=f"{logs['learning_rate']:.2g}")
        figures = (
            _("epoch {epoch}/{epochs}").format(
                epoch=f"{epoch + 1:3d}", epochs=self._num_epochs
            ),
            _("train {bits}").format(bits=decimal(logs[BITS], "5.2f")),
            _("held-out {bits}").format(bits=held_out)
            + (" *" if logs["best"] else "  "),
            *([rate] if is_verbose() else []),
            decimal(logs["seconds"], ".1f") + " s",
        )
        self._console.print(
            "  ".join(figures),
            highlight=False,
        )

    def on_train_end(self, logs: object = None) -> None:
        """Remember that nothing broke training off."""
        self.finished = True

    def close(self) -> None:
        """Take the bar away when training was broken off."""
        if hasattr(self, "_bar"):
            self._bar.stop()
