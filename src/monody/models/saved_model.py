"""A trained network in a ``.keras`` file, with all that is needed to write with it.

A ``.keras`` file is a zip archive, and monody adds two members to it: ``monody.json``
with the vocabulary, the settings and the fingerprint of the data, and ``decoding.npz``
with the weights for decoding (see ``stored_layers``). Plain Keras opens the file and
ignores them. Nothing is pickled.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from monody.errors import MonodyError
from monody.files import replacing
from monody.models.events import Vocabulary
from monody.models.likelihood import surprisal_of
from monody.models.parts import Parts, numpy_parts
from monody.models.record import RunRecord
from monody.progress import Progress

if TYPE_CHECKING:
    from monody.models.backend import keras
    from monody.models.batches import EncodedSet
    from monody.models.inference_layers import Layer
    from monody.models.surprisal import Surprisal

RECORD = "monody.json"  # the member with the vocabulary and the record

# A set with more is worth starting Keras for: it uses all cores, or a GPU.
MANY_EVENTS = 200_000

# What reading our members of a damaged file may raise.
_DAMAGED = (
    AttributeError,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,  # of zipfile: a flag says that the member is encrypted
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class TrainedModel:
    """A trained network, with all that is needed to write with it.

    Args:
        path: The ``.keras`` file. It is read once: a training may replace it meanwhile.
        data: Its contents, where they were read already.

    Raises:
        MonodyError: If the file is damaged, not a model of monody, or of a version with
            another vocabulary.

    Example:
        >>> from pathlib import Path
        >>> import monody
        >>> model = monody.TrainedModel(Path("experiments/01/model.keras"))
        >>> model.vocabulary
        Vocabulary(encoding='notes')
        >>> model.record.melodies.train
        16
        >>> model.layers["lstm_0"].recurrent_kernel.shape  # 12 units
        (12, 48)
    """

    def __init__(self, path: Path, data: bytes | None = None) -> None:
        self.path = path
        try:
            self._data = path.read_bytes() if data is None else data
            with zipfile.ZipFile(BytesIO(self._data)) as archive:
                saved = json.loads(archive.read(RECORD))
            self.vocabulary = Vocabulary.from_json(saved["vocabulary"])
        except _DAMAGED as error:
            raise self._not_whole() from error
        self.record = RunRecord.from_json(saved)

    def __reduce__(self) -> tuple[type[TrainedModel], tuple[Path, bytes]]:
        return TrainedModel, (self.path, self._data)

    def _not_whole(self) -> MonodyError:
        return MonodyError(
            f"{str(self.path)!r} is not a whole model file of monody: train again, or "
            "name another --experiment_dir"
        )

    @property
    def data_fingerprint(self) -> str:
        """SHA-256 of the melodies it was trained and judged on."""
        return self.record.data_fingerprint

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the file."""
        return sha256(self._data).hexdigest()

    @cached_property
    def network(self) -> keras.Model:
        """The Keras model, as plain Keras opens it; loaded when first asked for.

        Raises:
            MonodyError: If the weights in the file are damaged.
        """
        from monody.models.backend import keras

        # Optimizer state is not needed; safe_mode refuses code in the file.
        try:
            return keras.saving.load_model(self.path, compile=False, safe_mode=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise self._not_whole() from error

    @cached_property
    def parts(self) -> Parts:
        """The network on NumPy: all that writing and judging melodies need.

        Raises:
            MonodyError: If the weights in the file are damaged.
        """
        return numpy_parts(self.layers)

    def surprisal(
        self, encoded: EncodedSet, progress: Progress | None = None
    ) -> Surprisal:
        """Return how surprising the network finds each event of a set of melodies.

        Args:
            encoded: The melodies.
            progress: Called with how much is done, and how much there is to do.
        """
        if len(encoded.pitch) <= MANY_EVENTS:
            return surprisal_of(self.parts, encoded, progress)
        from monody.models.keras_likelihood import Evaluator

        return Evaluator(encoded).surprisal(self.network, progress)

    @cached_property
    def layers(self) -> dict[str, Layer]:
        """Its layers by name, on NumPy.

        Raises:
            MonodyError: If the weights in the file are damaged.
        """
        from monody.models.stored_layers import read_layers

        try:
            return read_layers(BytesIO(self._data))
        except _DAMAGED as error:
            raise self._not_whole() from error


def save_model(
    network: keras.Model, vocabulary: Vocabulary, record: RunRecord, path: Path
) -> None:
    """Write a network with all that is needed to write with it, or nothing.

    Args:
        network: From ``network.build_model``.
        vocabulary: The symbols it reads and predicts.
        record: How it was trained.
        path: The ``.keras`` file.
    """
    from monody.models.stored_layers import DECODING, pack_layers

    with replacing(path) as temporary:
        network.save(temporary)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
            about = {"vocabulary": vocabulary.to_json(), **record.of_model()}
            archive.writestr(RECORD, json.dumps(about, indent=2))
            archive.writestr(zipfile.ZipInfo(DECODING), pack_layers(network))
