"""The operations on NumPy answer as those of Keras do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from monody.models import numpy_ops
from monody.models.backend import keras

RNG = np.random.default_rng(4)
FLOATS, MORE = RNG.normal(size=(2, 2, 3, 4)).astype(np.float32)  # (2, 3, 4) each
WHOLE = RNG.integers(-30, 30, (2, 3, 4)).astype(np.int32)
OTHER = RNG.integers(-30, 30, (2, 3, 4)).astype(np.int32)
YES, NO = WHOLE > 0, OTHER > 0
SYMBOLS = np.array([[2, 0, -1], [3, 3, 9]], np.int32)  # of four: -1 and 9 are none
INDEX = RNG.integers(0, 4, (2, 3, 6)).astype(np.int32)
MASKED = np.where(YES, FLOATS, np.float32(-1e9))

Call = tuple[tuple[Any, ...], dict[str, Any]]


def _of(*args: Any, **options: Any) -> Call:
    return args, options


CALLS: dict[str, list[Call]] = {
    "add": [_of(FLOATS, MORE), _of(np.arange(4), WHOLE)],
    "cast": [_of(YES, "int32"), _of(WHOLE, "float32"), _of(FLOATS > 0, "float32")],
    "clip": [_of(WHOLE, -12, 12), _of(FLOATS, -0.5, 0.5)],
    "concatenate": [
        _of([FLOATS, MORE], axis=-1),
        _of([WHOLE, OTHER], axis=1),
        _of([YES, NO], axis=1),
    ],
    "cumsum": [_of(FLOATS, axis=1), _of(WHOLE, axis=1)],
    "equal": [_of(WHOLE[:, :, None], OTHER[:, None]), _of(WHOLE, 0)],
    "exp": [_of(FLOATS), _of(MASKED)],
    "expand_dims": [_of(WHOLE, -1), _of(FLOATS, 1)],
    "greater": [_of(WHOLE, OTHER), _of(FLOATS, 0)],
    "greater_equal": [_of(WHOLE, WHOLE), _of(FLOATS, MORE)],
    "less": [_of(WHOLE, OTHER), _of(FLOATS, 1)],
    "log": [_of(np.exp(FLOATS) + 1e-20)],
    "log_softmax": [_of(FLOATS), _of(MASKED, axis=-1), _of(FLOATS * 50, axis=1)],
    "logaddexp": [_of(FLOATS, MORE), _of(FLOATS, MORE - 100)],
    "logical_and": [_of(YES, NO), _of(YES[:, :1], NO)],
    "maximum": [_of(FLOATS, 1), _of(WHOLE, OTHER)],
    "minimum": [_of(FLOATS, 1), _of(WHOLE, OTHER), _of(WHOLE, 2)],
    "mod": [_of(WHOLE, 12), _of(WHOLE, 1)],
    "one_hot": [_of(SYMBOLS, 4), _of(SYMBOLS, 4, dtype="float32")],
    "ones_like": [_of(WHOLE), _of(FLOATS)],
    "pad": [
        _of(YES, ((0, 0), (2, 0), (1, 0)), constant_values=False),
        _of(WHOLE, ((0, 0), (0, 1), (0, 0)), constant_values=7),
    ],
    "reshape": [_of(FLOATS, (-1,)), _of(WHOLE, (2, -1, 2))],
    "segment_sum": [
        _of(FLOATS.ravel(), np.abs(WHOLE.ravel()) % 5, 7),
        _of(FLOATS.ravel(), np.full(FLOATS.size, 6), 7),
    ],
    "stack": [_of([FLOATS, FLOATS + 1], axis=1), _of([WHOLE, WHOLE], axis=0)],
    "take": [_of(FLOATS, WHOLE % 2, axis=0), _of(np.arange(9), WHOLE % 9, axis=0)],
    "split": [_of(FLOATS, 2, axis=-1), _of(WHOLE, 3, axis=1)],
    "subtract": [_of(FLOATS, MORE), _of(np.arange(4), WHOLE)],
    "sum": [_of(FLOATS, axis=-1, keepdims=True), _of(WHOLE, axis=1)],
    "take_along_axis": [
        _of(FLOATS, INDEX, axis=-1),
        _of(WHOLE, INDEX, axis=2),
        _of(np.arange(4.0, dtype=np.float32)[None, None], INDEX[:1, :1], axis=-1),
    ],
    "transpose": [_of(FLOATS, (0, 2, 1))],
    "where": [_of(YES, FLOATS, MORE), _of(YES, 3, WHOLE), _of(NO, FLOATS, -1e9)],
    "zeros_like": [_of(FLOATS), _of(YES)],
}


def test_every_operation_is_asked() -> None:
    assert CALLS.keys() == {*numpy_ops.__all__}


@pytest.mark.parametrize("name", numpy_ops.__all__)
def test_an_operation_on_numpy_answers_as_in_keras(name: str) -> None:
    for args, options in CALLS[name]:
        theirs = getattr(keras.ops, name)(*args, **options)
        ours = getattr(numpy_ops, name)(*args, **options)
        if name != "split":  # which returns several
            theirs, ours = [theirs], [ours]
        for one, other in zip(ours, theirs, strict=True):
            assert isinstance(one, np.ndarray)
            expected = np.asarray(other)
            assert one.shape == expected.shape
            assert one.dtype.kind == expected.dtype.kind
            if one.dtype.kind == "f":  # 64 bits would make all that follows slow
                assert one.dtype == np.float32
            np.testing.assert_allclose(one, expected, rtol=2e-6, atol=1e-6)


def test_only_the_last_axis_is_looked_up_along() -> None:
    with pytest.raises(ValueError, match="the last one, not 1"):
        numpy_ops.take_along_axis(FLOATS, INDEX, axis=1)


def test_empty_slots_beside_do_not_change_the_rounding_of_shares() -> None:
    logits = RNG.normal(0, 5, (50, 65)).astype(np.float32)
    alone = numpy_ops.log_softmax(logits)
    for empty in (64, 128, 448):
        wide = np.pad(logits, ((0, 0), (0, empty)), constant_values=-1e9)
        assert np.array_equal(numpy_ops.log_softmax(wide)[:, :65], alone)
