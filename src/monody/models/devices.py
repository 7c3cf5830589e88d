"""What a network is trained on: the processor, a GPU, or several devices.

JAX knows which devices there are. It is asked once, before it computes anything: what
it has begun to use it keeps until the process ends.
"""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax

from monody.errors import MonodyError
from monody.models.backend import keras
from monody.settings.devices import AUTO, BFLOAT16, CPU, FLOAT32, GPU, DeviceSettings
from monody.translation import marked

# Of NVIDIA's cards, the first whose products of bfloat16 are done in hardware.
FIRST_WITH_BFLOAT16 = 8.0  # compute capability
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True)
class Devices:
    """The devices that a network is trained on.

    Args:
        kind: ``"cpu"``, ``"gpu"`` or another of JAX's platforms.
        name: What the maker calls one of them.
        count: How many there are, those of all processes together.
        precision: The numbers that are multiplied: ``"float32"`` or ``"bfloat16"``.
        memory_bytes: What each has for itself; ``None`` of a processor.
        line: What is used and why, in a sentence.
    """

    kind: str
    name: str
    count: int
    precision: str
    memory_bytes: int | None
    line: str

    def __str__(self) -> str:
        return f"{self.count} × {self.name}, {self.precision}"

    @property
    def is_gpu(self) -> bool:
        """Whether batches are to be as a GPU wants them."""
        return self.kind != CPU

    @property
    def own_bytes(self) -> int | None:
        """The memory of all of them together, where they have their own."""
        return None if self.memory_bytes is None else self.memory_bytes * self.count

    def scope(self) -> AbstractContextManager[None]:
        """Divide each batch among the devices, for what is built and trained within."""
        if self.count == 1:
            return nullcontext()
        names = [f"{device.platform}:{device.id}" for device in jax.devices()]
        parallel: Any = keras.distribution.DataParallel(
            devices=names, auto_shard_dataset=False
        )
        scope: AbstractContextManager[None] = parallel.scope()
        return scope


def choose_devices(settings: DeviceSettings | None = None) -> Devices:
    """Choose what a network is trained on.

    Args:
        settings: What was named.

    Raises:
        MonodyError: If JAX does not know what was named, or uses another already.

    Example:
        >>> from monody.models.devices import choose_devices
        >>> from monody.settings.devices import DeviceSettings
        >>> str(choose_devices(DeviceSettings(device="cpu")))
        '1 × cpu, float32'
    """
    settings = settings or DeviceSettings()
    asked = settings.device
    if asked == CPU:
        config: Any = jax.config  # without types
        config.update("jax_platforms", CPU)  # without effect once JAX computes
    kind = jax.default_backend()
    if asked == GPU and kind == CPU:
        raise MonodyError(_no_gpu())
    if asked == CPU and kind != CPU:
        raise MonodyError(
            f"--device is cpu, but JAX computes on the {kind} already: name it before "
            "anything is computed, or set JAX_PLATFORMS=cpu"
        )
    first: Any = jax.local_devices()[0]
    precision = settings.precision
    if precision == AUTO:
        precision = BFLOAT16 if has_bfloat16(first) else FLOAT32
    name, count = str(first.device_kind), jax.device_count()
    return Devices(
        kind=kind,
        name=name,
        count=count,
        precision=precision,
        memory_bytes=_memory_of(first) if kind != CPU else None,
        line=_line(kind, asked, name, count, precision),
    )


def _memory_of(device: Any) -> int | None:
    """Return what JAX may use of the memory of a device, where it says so."""
    limit = (device.memory_stats() or {}).get("bytes_limit")
    return None if limit is None else int(limit)


def has_bfloat16(device: Any) -> bool:
    """Tell whether a device of JAX multiplies numbers of 16 bits in hardware.

    Args:
        device: Of ``jax.devices()``.
    """
    capability = getattr(device, "compute_capability", None)  # of NVIDIA's alone
    if device.platform == CPU or capability is None:
        return bool(device.platform == "tpu")
    return float(capability) >= FIRST_WITH_BFLOAT16


def _line(kind: str, asked: str, name: str, count: int, precision: str) -> str:
    """Say what is used, and why."""
    where = f"{count} × {kind.upper()}" if count > 1 else kind.upper()
    if kind != CPU:
        return marked(f"on {where}: {name}, products in {precision}")
    if asked == CPU:
        return marked(f"on {where}: --device says so")
    if has_nvidia():
        return marked(
            f"on {where}: there is a GPU, but JAX cannot use it; pip install "
            "'monody[gpu]'"
        )
    return marked(f"on {where}: JAX knows no GPU here")


def _no_gpu() -> str:
    if has_nvidia():
        return marked(
            "--device is gpu, and there is one, but JAX cannot use it: pip install "
            "'monody[gpu]', or leave --device out"
        )
    return marked(
        "--device is gpu, but JAX knows no GPU here: it takes NVIDIA's on Linux, with "
        "'monody[gpu]'; leave --device out to train on the processor"
    )


def has_nvidia() -> bool:
    """Tell whether a GPU of NVIDIA's is in the machine, whatever JAX knows of it."""
    return NVIDIA_DRIVER.exists() or shutil.which("nvidia-smi") is not None
