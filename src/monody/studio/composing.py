"""Composing: what the musician asks of a model becomes cards.

One thread writes, so that two clicks never fight for the processor, and models stay
open. Whatever is asked is bounded: a page that asks for too much by mistake would keep
the musician waiting for minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import monody
from monody.studio.asked import changes_of, rewrite_of, settings_of, words_of
from monody.studio.cards import CardLibrary
from monody.studio.folder import StudioFolder
from monody.studio.open_models import OpenModels
from monody.studio.saved_card import SavedCard
from monody.studio.words import _

WARM_BARS = 2


class Composer:
    """Writes melodies with the models of a studio.

    Args:
        folder: Where the models are.
        cards: Where the melodies go.
    """

    def __init__(self, folder: StudioFolder, cards: CardLibrary) -> None:
        self._models = OpenModels(folder)
        self._cards = cards
        self.thread = ThreadPoolExecutor(1, "composer")  # where all of it runs

    def warm_up(self) -> None:
        """Open the base model in the background, so that the first click is quick."""
        settings = monody.SampleSettings(num_files=1, bars=WARM_BARS, takes=1)
        self.thread.submit(lambda: monody.generate(self.model(None), settings))

    def use_as_base(self, experiment: monody.Experiment) -> None:
        """Write with another model where the base model is asked for."""
        self._models.use_as_base(experiment)

    def close(self) -> None:
        """Write nothing more."""
        self.thread.shutdown(wait=False, cancel_futures=True)

    def model(self, model: str | None) -> monody.Experiment:
        """Return a model, as ``OpenModels.get`` does."""
        return self._models.get(model)

    def compose(
        self, model: str | None, settings: Mapping[str, Any]
    ) -> list[SavedCard]:
        """Write new melodies.

        Args:
            model: Its id; ``None`` is the base model.
            settings: Fields of ``SampleSettings``.

        Raises:
            MonodyError: If it cannot be done.
        """
        made = monody.generate(self.model(model), settings_of(settings))
        first = self._cards.count("composed") + 1
        names = [
            _("Melody {number}").format(number=number)
            for number in range(first, first + len(made.outputs))
        ]
        return self._keep(made, names, kind="composed", model=model)

    def vary(self, card_id: str, asked: Mapping[str, Any]) -> list[SavedCard]:
        """Write a melody again with one thing changed.

        Args:
            card_id: The melody.
            asked: ``changes`` of settings, or what to ``keep``, ``replace`` or move
                (``to_key``, ``to_meter``); ``num_files``, ``seed`` and ``model``
                besides.

        Raises:
            MonodyError: If it cannot be done.
        """
        card = self._cards.get(card_id)
        source, changes, how = card.id, changes_of(asked), rewrite_of(asked)
        if how is None:
            earlier = self._rewrite_of(card)
            if earlier is not None and card.parent is not None:
                # A rewrite with a knob turned is the same rewrite of the same melody.
                source, how = card.parent, earlier
                changes.setdefault("seed", card.settings.get("seed"))
        model = asked.get("model", card.model)
        made = monody.vary(self._cards.path(source), changes, how, self.model(model))
        kind = "varied" if how is None else "rewritten"
        return self._keep_below(
            made, card, kind=kind, model=model, what=words_of(asked)
        )

    def go_on(
        self, card_id: str, settings: Mapping[str, Any], *, model: str | None = None
    ) -> list[SavedCard]:
        """Continue a melody: the new card holds it and the new bars.

        Args:
            card_id: The melody.
            settings: Fields of ``SampleSettings``; the length is that of the new bars.
            model: The id of the model that writes.

        Raises:
            MonodyError: If it cannot be done.
        """
        card = self._cards.get(card_id)
        melody = self._cards.melody(card_id)
        asked = settings_of(
            {
                "num_files": 1,
                "midi_instrument": monody.GENERAL_MIDI[melody.program],
                **settings,
                "start": "primer",
                "prime_bars": f"1-{melody.bars}",
                "with_primer": True,
            }
        )
        made = monody.generate(self.model(model), asked, prime_melody=melody)
        return self._keep_below(made, card, kind="continued", model=model)

    def reply(
        self, card_id: str, settings: Mapping[str, Any], *, model: str | None = None
    ) -> list[SavedCard]:
        """Answer a melody, in its key and as long: the new card holds the answer.

        Args:
            card_id: The melody.
            settings: Fields of ``SampleSettings``.
            model: The id of the model that writes.

        Raises:
            MonodyError: If it cannot be done.
        """
        card = self._cards.get(card_id)
        made = self._answered(self._cards.melody(card_id), settings, model)
        return self._keep_below(made, card, kind="answered", model=model)

    def answer(
        self, phrase: monody.Melody, settings: Mapping[str, Any], model: str | None
    ) -> monody.Melody:
        """Answer a phrase that was just played; nothing is kept.

        Args:
            phrase: At least one note.
            settings: Fields of ``SampleSettings``.
            model: The id of the model that writes.

        Raises:
            MonodyError: If it cannot be done.
        """
        [melody] = self._answered(phrase, {**settings, "num_files": 1}, model).melodies
        return melody

    def _answered(
        self, melody: monody.Melody, settings: Mapping[str, Any], model: str | None
    ) -> monody.Generation:
        bars = melody.bars
        asked = {
            "num_files": 1,
            "midi_instrument": monody.GENERAL_MIDI[melody.program],
            "bars": bars,
            "pickup": False,  # it begins where the phrase has ended
            "key": monody.heard_key(melody),
            "end": "tonic",  # a question may stay open; an answer closes
            **settings,
            "start": "primer",
            "prime_bars": f"1-{bars}",
            "with_primer": False,
        }
        return monody.generate(
            self.model(model), settings_of(asked), prime_melody=melody
        )

    def dress(
        self, card_id: str, midi_instrument: str | None, bpm: float | None
    ) -> SavedCard:
        """Give a melody another instrument or tempo; its notes stay.

        Raises:
            MonodyError: If there is no such instrument or tempo.
        """
        card = self._cards.get(card_id)
        midi = monody.dress(
            self._cards.path(card_id), midi_instrument, bpm, name=card.name,
            velocities=card.velocities,
        )  # fmt: skip
        asked = {"midi_instrument": midi_instrument, "bpm": bpm}
        changes = {name: value for name, value in asked.items() if value is not None}
        return self._cards.change(card_id, midi, settings=card.settings | changes)

    def _rewrite_of(self, card: SavedCard) -> monody.Rewrite | None:
        """Return how a melody was rewritten, if it was."""
        try:
            made = monody.read_provenance(self._cards.path(card.id))
        except monody.MonodyError:
            return None  # nobody's work here
        return made.rewrite.how if made.rewrite else None

    def _keep_below(
        self, made: monody.Generation, parent: SavedCard, **about: Any
    ) -> list[SavedCard]:
        """Keep what was made of a melody, under names that say of which."""
        family = self._cards.tree(parent.id)
        names = [
            f"{family[0].name} · {number}"
            for number in range(len(family) + 1, len(family) + 1 + len(made.outputs))
        ]
        return self._keep(made, names, parent=parent.id, **about)

    def _keep(
        self, made: monody.Generation, names: list[str], **about: Any
    ) -> list[SavedCard]:
        """Keep melodies as cards."""
        asked = made.settings
        return [
            self._cards.add(
                output.to_bytes(),
                name=name,
                settings=asked.to_json(),
                label=one.novelty.label if one.novelty else "",
                said=one.novelty.said if one.novelty else "",
                form=monody.form_letters(melody, asked.named_form, asked.bars),
                **about,
            )
            for name, output, melody, one in zip(
                names, made.outputs, made.melodies, made.generated, strict=True
            )
        ]
