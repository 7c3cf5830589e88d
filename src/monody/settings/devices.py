"""What a network is trained on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monody.errors import SettingError
from monody.settings.base import Settings, setting
from monody.translation import marked

AUTO = "auto"
MAX_PORT = 65_535
_ADDRESS = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|\w(?:[\w.-]*\w)?):(?P<port>\d{1,5})", re.ASCII
)
CPU, GPU = "cpu", "gpu"
FLOAT32, BFLOAT16 = "float32", "bfloat16"


def _is_address(text: str) -> bool:
    """Tell whether a text names a machine, by name or number, and one of its ports."""
    found = _ADDRESS.fullmatch(text)
    if not found or not 1 <= int(found["port"]) <= MAX_PORT:
        return False
    from ipaddress import ip_address

    try:
        return found["six"] is None or ip_address(found["six"]).version == 6
    except ValueError:
        return False


@dataclass(frozen=True)
class DeviceSettings(Settings):
    """What a network is trained on."""

    heading = marked("Devices")

    device: str = setting(AUTO, choices=(AUTO, CPU, GPU))
    """What the network is trained on: the GPUs that JAX knows, if there are any, else
    the processor (auto); or what is named."""

    precision: str = setting(AUTO, choices=(AUTO, FLOAT32, BFLOAT16))
    """The numbers that training multiplies: bfloat16 on a GPU that has it (auto), or
    those named. Weights, losses and held-out figures are float32 always."""

    distributed: str | None = setting(None)
    """Train in several processes, each with a part of every batch: HOST:PORT of the
    first of them, or auto, where Slurm, Open MPI or Kubernetes started them."""

    num_processes: int | None = setting(None, minimum=1, maximum=65_536)
    """How many processes train together, with --distributed HOST:PORT."""

    process_id: int | None = setting(None, minimum=0, maximum=65_535)
    """Which of them this is, from 0, with --distributed HOST:PORT; 0 is the first,
    which alone writes."""

    def __post_init__(self) -> None:
        super().__post_init__()
        count, index = self.num_processes, self.process_id
        if self.distributed in (None, AUTO):
            if (count, index) != (None, None):
                raise SettingError(
                    "num_processes and process_id go with --distributed HOST:PORT: "
                    "name the address of the first process, too"
                )
            return
        if not _is_address(self.distributed):
            raise SettingError(
                f"distributed must be auto or HOST:PORT, as 10.0.0.1:7000, not "
                f"{self.distributed!r}"
            )
        if count is None or index is None:
            raise SettingError(
                "distributed HOST:PORT needs num_processes and process_id: how many "
                "processes there are, and which this is, from 0"
            )
        if index >= count:
            raise SettingError(
                f"process_id must be from 0 to {count - 1}, with {count} processes, "
                f"not {index}"
            )
