from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import jax
import pytest

from monody.errors import MonodyError, SettingError
from monody.models import devices
from monody.models.devices import choose_devices, has_bfloat16
from monody.settings.devices import DeviceSettings

GIGABYTES = 10**9


def _pretend(monkeypatch: pytest.MonkeyPatch, capability: str) -> None:
    """Let JAX have two GPUs of NVIDIA's."""
    card = SimpleNamespace(
        platform="gpu",
        device_kind="NVIDIA X",
        compute_capability=capability,
        memory_stats=lambda: {"bytes_limit": 8 * GIGABYTES},
    )
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    monkeypatch.setattr(jax, "local_devices", lambda: [card, card])
    monkeypatch.setattr(jax, "device_count", lambda: 2)


@pytest.mark.parametrize(
    ("capability", "precision"), [("7.5", "float32"), ("8.0", "bfloat16")]
)
def test_a_gpu_multiplies_16_bits_if_it_can(
    monkeypatch: pytest.MonkeyPatch, capability: str, precision: str
) -> None:
    _pretend(monkeypatch, capability)
    used = choose_devices()
    assert str(used) == f"2 × NVIDIA X, {precision}"
    assert used.line == f"on 2 × GPU: NVIDIA X, products in {precision}"
    assert used.is_gpu
    assert used.own_bytes == 16 * GIGABYTES


def test_the_precision_that_is_named_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    _pretend(monkeypatch, "9.0")
    assert choose_devices(DeviceSettings(precision="float32")).precision == "float32"


def test_the_processor_is_refused_where_jax_has_begun_on_a_gpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _pretend(monkeypatch, "9.0")
    with pytest.raises(MonodyError, match="computes on the gpu already"):
        choose_devices(DeviceSettings(device="cpu"))


@pytest.mark.parametrize(
    ("there", "advice"), [(True, "pip install 'monody[gpu]'"), (False, "knows no GPU")]
)
def test_without_a_gpu_it_is_said_why(
    monkeypatch: pytest.MonkeyPatch, there: bool, advice: str
) -> None:
    monkeypatch.setattr(devices, "has_nvidia", lambda: there)
    used = choose_devices()
    assert used.line.startswith("on CPU")
    assert advice in used.line
    assert (used.precision, used.own_bytes) == ("float32", None)
    with pytest.raises(MonodyError, match="--device is gpu") as refused:
        choose_devices(DeviceSettings(device="gpu"))
    assert advice in str(refused.value)


def test_a_tpu_multiplies_16_bits_and_a_processor_does_not() -> None:
    for platform, expected in (("tpu", True), ("cpu", False)):
        device: Any = SimpleNamespace(platform=platform)
        assert has_bfloat16(device) is expected


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"distributed": "10.0.0.1"}, "HOST:PORT"),
        ({"distributed": "host:70000000"}, "HOST:PORT"),
        ({"distributed": "host:7000", "num_processes": 2}, "process_id"),
        (
            {"distributed": "host:7000", "num_processes": 2, "process_id": 2},
            "from 0 to 1",
        ),
        ({"num_processes": 2}, "--distributed"),
        ({"distributed": "auto", "process_id": 1}, "--distributed"),
        ({"device": "tpu"}, "device must be one of"),
    ],
)
def test_what_does_not_say_which_process_this_is_is_refused(
    named: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingError, match=said):
        DeviceSettings(**named)


@pytest.mark.parametrize("address", ["host:70", "10.0.0.1:1", "[::1]:7000", "a.b-c:9"])
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    DeviceSettings(distributed=address, num_processes=2, process_id=1)
