from __future__ import annotations

import threading

import pytest

from monody.training.prefetch import AHEAD, Prefetched


def test_things_come_in_their_order_and_no_more_than_there_are() -> None:
    things = Prefetched(str, 5)
    assert [things.next() for _ in range(5)] == list("01234")
    with pytest.raises(IndexError):
        things.next()
    things.close()


def test_only_a_few_are_made_ahead() -> None:
    made: list[int] = []
    things = Prefetched(made.append, 100)
    things.next()
    things.close()
    assert len(made) <= 1 + AHEAD


def test_what_goes_wrong_is_raised_where_it_is_taken() -> None:
    things = Prefetched(lambda index: 1 / index, 3)
    with pytest.raises(ZeroDivisionError):
        things.next()
    assert things.next() == 1
    things.close()


def test_waiting_is_counted() -> None:
    ready = threading.Event()
    things = Prefetched(lambda _: ready.wait(), 1)
    threading.Timer(0.02, ready.set).start()
    things.next()
    assert things.waited > 0
    things.close()
