"""A studio: all that the routes of its page work with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monody.studio.cards import CardLibrary
from monody.studio.collections import CollectionLibrary
from monody.studio.composing import Composer
from monody.studio.events import Changes
from monody.studio.folder import StudioFolder
from monody.studio.key import StudioKey
from monody.studio.models import models_json
from monody.studio.scorecards import Scorecards
from monody.studio.sounds import OWN_VOICES, Sounds
from monody.studio.training_library import TrainingLibrary
from monody.studio.trainings import TrainingQueue


@dataclass(frozen=True)
class Studio:
    """One folder, and what works on it."""

    folder: StudioFolder
    key: StudioKey
    changes: Changes
    cards: CardLibrary
    composer: Composer
    collections: CollectionLibrary
    trainings: TrainingQueue
    scorecards: Scorecards
    sounds: Sounds

    @classmethod
    def of(cls, folder: StudioFolder, sound_bank: str | None = OWN_VOICES) -> Studio:
        """Read a folder, which is made if it is not there; nothing runs yet.

        Args:
            folder: Nobody else works on it.
            sound_bank: That plays melodies, or ``None`` for one that the system has; by
                default monody's own voices do.

        Raises:
            MonodyError: If it cannot be made.
        """
        folder.make()
        folder.clear_sounds()
        changes = Changes()
        cards = CardLibrary(folder.melodies, changes)
        collections = CollectionLibrary(folder, changes)
        library = TrainingLibrary(folder, changes, cards)
        return cls(
            folder=folder,
            key=StudioKey.of(folder.path),
            changes=changes,
            cards=cards,
            composer=Composer(folder, cards),
            collections=collections,
            trainings=TrainingQueue(library, changes, collections),
            scorecards=Scorecards(),
            sounds=Sounds(folder.sounds, changes, sound_bank),
        )

    def models_json(self) -> list[dict[str, Any]]:
        """Return the models that can write, as the page gets them."""
        base, at_work = self.composer.model(None), self.trainings.at_work()
        return models_json(self.folder, base, at_work)

    def start(self) -> None:
        """Open what is needed in the background, and go on with what was training."""
        self.composer.warm_up()
        self.trainings.start()
        self.sounds.start()

    def close(self) -> None:
        """Stop what runs."""
        self.trainings.close()
        self.collections.close()
        self.scorecards.close()
        self.composer.close()
        self.sounds.close()
