"""A sequence whose items are made when they are asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

Item = TypeVar("Item", covariant=True)


class LazySequence(Sequence[Item]):
    """Adds indices, negative ones too, and slices to a class that makes its n-th item.

    Example:
        >>> from monody.corpus.lazy import LazySequence
        >>> class Squares(LazySequence[int]):
        ...     def __len__(self):
        ...         return 1_000_000
        ...     def item(self, index):
        ...         return index**2
        >>> Squares()[-1], Squares()[2:5]
        (999998000001, [4, 9, 16])
    """

    @abstractmethod
    def item(self, index: int) -> Item:
        """Make an item; the index is from 0 up to the length."""

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
