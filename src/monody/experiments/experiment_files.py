"""The files of an experiment: where each of them lies.

experiments/01/
model.keras        the best weights; alone enough to sample
last.keras         the weights that training ended with
epoch-0001.keras   those of epochs 1, 2, 4, 8 and so on
settings.json      every setting, the seed, versions, the data's fingerprint
message.txt        the note of --message
split.json         which melodies were trained on and which held out
files.json         the verdict on every file
training/          the melodies trained on, so that the data is not needed again
held_out/          the held-out melodies, validation before test
checkpoint.npz     the state of the training, for `monody train --resume`
base.keras         what it was fine-tuned from, if it was
from_nothing.keras what it would be without: `monody evaluate` trains it to compare
history.csv        figures of each epoch
scores.json        held-out bits per note, and the bigram reference
index.html         the page of the training: curves, corpus, scorecard
samples/           what the page lets one hear: melodies of some epochs
tensorboard-logs/
novelty/           the index that tells new melodies from copies
novelty_held_out.json what the held-out melodies share with the training ones
generated/         what `monody sample` writes
"""

from __future__ import annotations

import os
from pathlib import Path

from monody.files import last_names

EXPERIMENTS = Path("experiments")
# The names that the base model is packed under, and that experiments are known by. All
# other names are said once, by the properties of ``Experiment``.
MODEL_FILE, SETTINGS_FILE, SCORES_FILE = "model.keras", "settings.json", "scores.json"
TRAINING, HELD_OUT = "training", "held_out"


class ExperimentFiles:
    """Where the files of an experiment lie.

    Args:
        path: Its folder, or a ``.keras`` file on its own.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        alone = self.path.is_file()
        self.folder = self.path.parent if alone else self.path
        self.model_path = self.path if alone else self.path / MODEL_FILE

    @property
    def generated(self) -> Path:
        """Where melodies go by default."""
        return self.folder / "generated"

    @property
    def settings_path(self) -> Path:
        """Where the record of the training is."""
        return self.folder / SETTINGS_FILE

    @property
    def scores_path(self) -> Path:
        """Where the held-out figures are, once training is over."""
        return self.folder / SCORES_FILE

    @property
    def message_path(self) -> Path:
        """Where the note to self is, if there is one."""
        return self.folder / "message.txt"

    @property
    def split_path(self) -> Path:
        """Where the names of the melodies on each side are."""
        return self.folder / "split.json"

    @property
    def verdicts_path(self) -> Path:
        """Where the verdict on every file of the corpus is."""
        return self.folder / "files.json"

    @property
    def training_path(self) -> Path:
        """Where the melodies are that it was trained on."""
        return self.folder / TRAINING

    @property
    def held_out_path(self) -> Path:
        """Where the held-out melodies are, validation before test."""
        return self.folder / HELD_OUT

    @property
    def history_path(self) -> Path:
        """Where the figures of each epoch are."""
        return self.folder / "history.csv"

    @property
    def checkpoint_path(self) -> Path:
        """Where the state of the training is, to resume it."""
        return self.folder / "checkpoint.npz"

    @property
    def tensorboard_path(self) -> Path:
        """Where the curves for TensorBoard go."""
        return self.folder / "tensorboard-logs"

    @property
    def novelty_path(self) -> Path:
        """Where the index of the training melodies is."""
        return self.folder / "novelty"

    @property
    def usual_novelty_path(self) -> Path:
        """Where it is kept what the held-out melodies share with the training ones."""
        return self.folder / "novelty_held_out.json"

    @property
    def model_name(self) -> str:
        """What files that it writes call their model, such as ``01/model.keras``."""
        return last_names(self.model_path)

    @property
    def base_path(self) -> Path:
        """Where a copy of what it was fine-tuned from lies, if it was."""
        return self.folder / "base.keras"

    @property
    def last_path(self) -> Path:
        """Where the weights of the last epoch lie."""
        return self.folder / "last.keras"

    @property
    def from_nothing_path(self) -> Path:
        """Where the network is that it is compared with: the same without its base."""
        return self.folder / "from_nothing.keras"

    def epoch_path(self, epoch: int) -> Path:
        """Return where the weights of an epoch lie, if they were kept."""
        return self.folder / f"epoch-{epoch:04d}.keras"

    @property
    def page_path(self) -> Path:
        """Where the page of the training is."""
        return self.folder / "index.html"

    @property
    def samples(self) -> Path:
        """Where the melodies go that the page of the training shows."""
        return self.folder / "samples"
