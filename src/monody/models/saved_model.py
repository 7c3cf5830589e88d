"""A trained network and what it needs to be understood: a ``.keras`` file.

A ``.keras`` file is a zip archive; monody adds one member to it, ``monody.json``, with
the vocabulary, the settings and the fingerprint of the data. Plain Keras opens the file
and does not mind. Nothing is pickled.
"""

from __future__ import annotations

import json
import zipfile
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from monody.errors import MonodyError
from monody.files import replacing
from monody.models.events import Vocabulary

PASSPORT = "monody.json"  # the member that monody adds to a .keras archive


class TrainedModel:
    """A network and what it needs to be understood.

    Args:
        path: The ``.keras`` file.

    Raises:
        MonodyError: If the file is damaged, not a model of monody, or of a version with
            another vocabulary.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                passport = json.loads(archive.read(PASSPORT))
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise self._not_whole() from error
        self.vocabulary = Vocabulary.from_json(passport.pop("vocabulary"))
        self.passport: dict[str, Any] = passport  # settings, what the corpus uses, …

    def _not_whole(self) -> MonodyError:
        return MonodyError(
            f"{str(self.path)!r} is not a whole model file of monody: train again, or "
            "name another --experiment_dir"
        )

    @property
    def data_fingerprint(self) -> str:
        """SHA-256 of the melodies it was trained and judged on."""
        return str(self.passport["data_fingerprint"])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the file."""
        return sha256(self.path.read_bytes()).hexdigest()

    @cached_property
    def network(self) -> Any:
        """The ``keras.Model``, as plain Keras opens it; loaded when first asked for.

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
    def layers(self) -> dict[str, Any]:
        """Its layers by name, as ``plain_layers``: all that decoding needs.

        Raises:
            MonodyError: If the weights in the file are damaged.
        """
        from monody.models.inference_layers import read_layers

        try:
            return read_layers(self.path)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise self._not_whole() from error


def save_model(
    network: Any, vocabulary: Vocabulary, passport: dict[str, Any], path: Path
) -> None:
    """Write a network with all that sampling needs, whole or not at all."""
    with replacing(path) as temporary:
        network.save(temporary)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as archive:
            about = {"vocabulary": vocabulary.to_json(), **passport}
            archive.writestr(PASSPORT, json.dumps(about, indent=2))
