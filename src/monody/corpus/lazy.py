"""A sequence whose items are made when they are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

Item = TypeVar("Item", covariant=True)


class LazySequence(Sequence[Item]):
    """Indices, negative ones and slices, for anything that can make its n-th item."""

    @abstractmethod
    def item(self, index: int) -> Item:
        """Make an item; the index is from 0 to the length."""

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...

    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        places = range(len(self))[index]
        if isinstance(places, int):
            return self.item(places)
        return [self.item(place) for place in places]

    def __iter__(self) -> Iterator[Item]:
        return (self.item(index) for index in range(len(self)))
