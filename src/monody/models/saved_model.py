"""A trained network in a ``.keras`` file, with all that is needed to write with it.

A ``.keras`` file is a zip archive, and monody adds two members to it: ``monody.json``
with the vocabulary, the settings and the fingerprint of the data, and ``decoding.npz``
with the weights (see ``stored_layers``). Plain Keras opens the file and ignores them.

The file may be a stranger's. Only these two members are read: the record tells the
sizes of the network, and they tell how large the rest may be. Nothing is pickled, no
code is loaded, and no other file is opened.
"""

from __future__ import annotations

import json
import math
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from monody import memory
from monody.errors import MonodyError
from monody.files import replacing
from monody.models.encoded_set import encode_set
from monody.models.events import Vocabulary
from monody.models.layer_shapes import layer_shapes
from monody.models.likelihood import surprisal_of
from monody.models.parts import Parts, numpy_parts
from monody.models.record import RunRecord
from monody.models.stored_layers import (
    DECODING,
    pack_layers,
    packed_bytes,
    unpack_layers,
)
from monody.models.surprisal import bits_of_notes
from monody.music.melody import Melody
from monody.progress import Progress
from monody.saved.archives import SavedArchive
from monody.saved.damage import (
    DamagedError,
    damage_in,
    require,
    require_file,
    require_no_holes,
)
from monody.saved.plain_json import MAX_JSON_BYTES, parse_json
from monody.saved.values import table
from monody.temporary import temporary_file

if TYPE_CHECKING:
    from monody.models.backend import keras
    from monody.models.encoded_set import EncodedSet
    from monody.models.inference_layers import Layer
    from monody.models.surprisal import Surprisal

RECORD = "monody.json"  # the member with the vocabulary and the record
# Keras's: its version, and the layers, which may name one object twice.
ABOUT_KERAS, CONFIG = "metadata.json", "config.json"
_ADDRESS = re.compile(rb'("shared_object_id": )(\d+)')

# A set with more is worth starting Keras for: it uses all cores, or a GPU. It wants
# much memory for that; NumPy reads a few melodies at a time.
MANY_EVENTS, KERAS_BYTES = 200_000, 1400 * memory.MIB

# A model file has the weights twice, ours and Keras's. A larger one is none.
MAX_COPIES, BYTES_BESIDE = 4, 2**26

# What it costs to write with a model: Python and NumPy, its file, and the weights as
# they are stored, as products want them, and some of them on the way. Two models took
# 500 and 1,146 MB, where this says 540 and 1,167: files of 196 and 474 MB.
OWN_BYTES, LAYER_COPIES = 96 * memory.MIB, 2.5
OR_A_SMALLER = "allow more, or name another --experiment_dir"


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
        with self._whole(), _opened(path, data) as file:
            require_no_holes(file)
            archive = SavedArchive(file, path.name)
            saved = table(parse_json(archive.read(RECORD, MAX_JSON_BYTES), RECORD))
            with damage_in("its vocabulary"):
                self.vocabulary = Vocabulary.from_json(saved["vocabulary"])
            self.record = RunRecord.from_json(saved)
            model = self.record.model
            require(model.encoding == self.vocabulary.encoding, "of another encoding")
            self._shapes = layer_shapes(model, len(self.vocabulary.durations))
            require(DECODING in archive.names, "without our weights")
            size = MAX_COPIES * packed_bytes(self._shapes) + BYTES_BESIDE
            self.file_bytes = file.seek(0, os.SEEK_END)
            require(self.file_bytes <= size, "larger than its network")
            needed = OWN_BYTES + self.memory_bytes
            memory.require(needed, f"the model {str(path)!r}", OR_A_SMALLER)
            file.seek(0)
            self._data = file.read()

    def __reduce__(self) -> tuple[type[TrainedModel], tuple[Path, bytes]]:
        return TrainedModel, (self.path, self._data)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Say in a sentence that the file is damaged, whatever the damage is."""
        try:
            yield
        except (DamagedError, FileNotFoundError, IsADirectoryError) as error:
            raise MonodyError(
                f"{str(self.path)!r} is not a whole model file of monody, or it is of "
                "another version: train again, or name another --experiment_dir"
            ) from error

    @property
    def memory_bytes(self) -> int:
        """How much memory it takes where melodies are written or judged."""
        return self.file_bytes + int(LAYER_COPIES * packed_bytes(self._shapes))

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
        """The Keras model; built when first asked for.

        Raises:
            MonodyError: If the weights in the file are damaged.
        """
        from monody.models.keras_network import build_model, start_from

        network = build_model(self.record.model, self.vocabulary)
        start_from(network, self.layers)
        return network

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

        Raises:
            MonodyError: If its figures are no numbers.
        """
        surprisal = self._surprisal(encoded, progress)
        if not math.isfinite(surprisal.bits.sum()):
            raise MonodyError(
                f"{str(self.path)!r} cannot judge melodies: its weights are so large "
                "that its figures are no numbers; train again, or name another "
                "--experiment_dir"
            )
        return surprisal

    def _surprisal(self, encoded: EncodedSet, progress: Progress | None) -> Surprisal:
        there_is_room = KERAS_BYTES + self.memory_bytes <= memory.allowed_bytes()
        if len(encoded.pitch) <= MANY_EVENTS or not there_is_room:
            return surprisal_of(self.parts, encoded, progress)
        from monody.models.keras_likelihood import Evaluator

        return Evaluator(encoded).surprisal(self.network, progress)

    def bits_of_notes(self, melody: Melody) -> NDArray[np.float64]:
        """Return how surprising the network finds each note of a melody, in bits.

        Args:
            melody: One note or more.

        Returns:
            ``(notes,)``: pitch and duration together. Each bit more is a note that
            seemed half as likely.

        Example:
            >>> import monody
            >>> model = monody.open_experiment("experiments/01").load()
            >>> melody = monody.Melody.from_notes([(60, 0, 24), (62, 24, 24)])
            >>> model.bits_of_notes(melody).shape
            (2,)
        """
        encoded = encode_set([melody], self.vocabulary)
        return bits_of_notes(surprisal_of(self.parts, encoded), encoded, 0)

    @cached_property
    def layers(self) -> dict[str, Layer]:
        """Its layers by name, on NumPy.

        Raises:
            MonodyError: If the weights in the file are damaged.
        """
        with self._whole():
            archive = SavedArchive(BytesIO(self._data), self.path.name)
            packed = archive.read(DECODING, packed_bytes(self._shapes))
            return unpack_layers(packed, self._shapes)


def _opened(path: Path, data: bytes | None) -> BinaryIO:
    """Open a model's file, or its contents where they were read already."""
    if data is not None:
        return BytesIO(data)
    require_file(path)
    return path.open("rb")


def save_model(
    network: keras.Model, vocabulary: Vocabulary, record: RunRecord, path: Path
) -> None:
    """Write a network with all that is needed to write with it, or nothing.

    Args:
        network: From ``keras_network.build_model``.
        vocabulary: The symbols it reads and predicts.
        record: How it was trained.
        path: The ``.keras`` file.
    """
    about = {"vocabulary": vocabulary.to_json(), **record.of_model()}
    with (
        replacing(path) as temporary,
        temporary_file(path.parent, path.suffix) as saved,
        zipfile.ZipFile(temporary, "w") as archive,
    ):
        network.save(saved)
        with zipfile.ZipFile(saved) as by_keras:
            for name in by_keras.namelist():
                content = _lasting(name, by_keras.read(name))
                archive.writestr(zipfile.ZipInfo(name), content)
        told = json.dumps(about, indent=2)
        archive.writestr(zipfile.ZipInfo(RECORD), told, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo(DECODING), pack_layers(network))


def _lasting(name: str, content: bytes) -> bytes:
    """Return a member of Keras's file without what is of this moment only.

    So the same network has the same file, whenever it was trained and in how many
    parts: Keras writes down when it saved it, and at which addresses objects lay.

    Args:
        name: Of the member.
        content: As Keras wrote it.
    """
    if name == ABOUT_KERAS:
        about = json.loads(content)
        del about["date_saved"]
        return json.dumps(about).encode()
    if name == CONFIG:
        numbers: dict[bytes, int] = {}
        return _ADDRESS.sub(
            lambda found: (
                b"%s%d" % (found[1], numbers.setdefault(found[2], len(numbers)))
            ),
            content,
        )
    return content
