"""Several processes that train one network together, on one machine or on many.

``jax.distributed`` finds them and watches over them; the first one is the coordinator.
A process alone is the first of one: everything here then does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from numpy.typing import NDArray

from monody.errors import MonodyError
from monody.models.surprisal import Floats
from monody.settings.devices import AUTO, DeviceSettings

# A process that is killed is missed at once, since its connections break. One that
# hangs, or whose machine is cut off, is missed after these seconds.
HEARTBEAT_SECONDS = 15
JOIN_SECONDS = 300  # in which all processes must come
LEAVE_SECONDS = 20  # in which all must have ended, once one has
WAIT_SECONDS = 7 * 24 * 3600  # for the first to read its corpus
LOST = (
    "another process of this training ended or cannot be reached; the last checkpoint "
    "is whole: `monody train --resume` goes on, with any number of processes"
)
_BROKEN = ("gloo", "nccl", "coordination", "heartbeat", "unavailable", "aborted")


class LostError(MonodyError):
    """Another process ended, or cannot be reached any more."""


@contextmanager
def joined(settings: DeviceSettings) -> Iterator[None]:
    """Be one of several processes that train together, within the block.

    Args:
        settings: Which of them, and where the first is. Where none are named, this
            process trains alone.

    Raises:
        MonodyError: If they do not find each other.
        LostError: If one of them ends before the others.
    """
    if settings.distributed is None:
        yield
        return
    _join(settings)
    try:
        yield
    except SystemExit:
        jax.distributed.shutdown()  # type: ignore[no-untyped-call]
        raise
    except MonodyError:
        raise
    except (ValueError, RuntimeError) as error:
        if _is_lost(error):
            raise LostError(LOST) from error
        raise
    else:
        jax.distributed.shutdown()  # type: ignore[no-untyped-call]


def _join(settings: DeviceSettings) -> None:
    config: Any = jax.config  # without types
    # It would take SIGTERM, which ends us in our own way.
    config.update("jax_enable_preemption_service", False)
    named = settings.distributed != AUTO
    try:
        jax.distributed.initialize(
            coordinator_address=settings.distributed if named else None,
            num_processes=settings.num_processes,
            process_id=settings.process_id,
            cluster_detection_method="deactivate" if named else None,
            initialization_timeout=JOIN_SECONDS,
            heartbeat_timeout_seconds=HEARTBEAT_SECONDS,
            shutdown_timeout_seconds=LEAVE_SECONDS,
        )
    except (ValueError, RuntimeError) as error:
        if named:
            raise MonodyError(
                f"the processes did not find each other at {settings.distributed}: "
                "start all of them within five minutes, and name an address of the "
                "first that the others reach, with a free port"
            ) from error
        raise MonodyError(
            "--distributed auto finds no Slurm, Open MPI or Kubernetes here: name the "
            "first process as HOST:PORT, with --num_processes and --process_id"
        ) from error


def _is_lost(error: BaseException) -> bool:
    """Tell whether an error of JAX's says that another process is gone."""
    text = str(error).lower()
    return any(word in text for word in _BROKEN)


def count() -> int:
    """Return how many processes train together."""
    return int(jax.process_count())


def index() -> int:
    """Return which of them this is, from 0."""
    return int(jax.process_index())


def is_first() -> bool:
    """Tell whether this is the one that writes."""
    return index() == 0


def tell(name: str, text: str) -> None:
    """Let the other processes know something, once. Of the first process.

    Args:
        name: What it is about.
        text: What they ``hear``.
    """
    if count() > 1:
        _store().key_value_set(f"monody/{name}", text)


def hear(name: str) -> str:
    """Return what the first process tells, and wait for it."""
    heard: str = _store().blocking_key_value_get(f"monody/{name}", WAIT_SECONDS * 1000)
    return heard


def _store() -> Any:
    """Return JAX's store of keys that all processes reach; it has no public door."""
    from jax._src.distributed import global_state

    return global_state.client


def any_of(flag: bool) -> bool:
    """Tell whether a flag is up in any process. All of them must ask.

    Example:
        >>> from monody.models.processes import any_of
        >>> any_of(False)
        False
    """
    if count() == 1:
        return flag
    return bool(multihost_utils.process_allgather(np.array([flag])).any())


def from_first(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return what the first process has. All of them must ask.

    Args:
        values: Of one shape everywhere; what the others have does not count.

    Example:
        >>> import numpy as np
        >>> from monody.models.processes import from_first
        >>> from_first(np.array([7], np.int32)).tolist()
        [7]
    """
    if count() == 1:
        return values
    told: Any = multihost_utils.broadcast_one_to_all(values, is_source=is_first())
    return np.asarray(told)


def summed(figures: Floats) -> Floats:
    """Add up the figures of all processes, to the last bit. All of them must ask.

    Args:
        figures: Of one shape everywhere; zeros where another process has the figure.

    Example:
        >>> import numpy as np
        >>> from monody.models.processes import summed
        >>> summed(np.array([0.1, 0.2])).tolist()
        [0.1, 0.2]
    """
    if count() == 1:
        return figures
    # As bytes, since JAX would make numbers of 32 bits of them.
    each: Any = multihost_utils.process_allgather(figures.reshape(-1).view(np.uint8))
    of_all: NDArray[np.float64] = np.ascontiguousarray(each).view(np.float64)
    total: Floats = of_all.sum(axis=0).reshape(figures.shape)
    return total
