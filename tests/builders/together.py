"""Trainings in processes of their own: with several devices, or several together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence

SECONDS = 300  # in which a small training ends, on a machine with other work


def free_address() -> str:
    """Return an address of this machine that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


def start_training(
    arguments: Sequence[object], devices: int = 1
) -> subprocess.Popen[str]:
    """Start ``monody train`` with so many pretended devices.

    Args:
        arguments: Of the command.
        devices: How many there are.
    """
    flags = f"--xla_force_host_platform_device_count={devices}"
    return subprocess.Popen(
        [sys.executable, "-m", "monody", "train", "--no_page", *map(str, arguments)],
        env={**os.environ, "XLA_FLAGS": flags},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_together(
    arguments: Sequence[object], count: int
) -> list[subprocess.Popen[str]]:
    """Start so many processes that train together.

    Args:
        arguments: Of the command.
        count: How many.
    """
    named = ["--distributed", free_address(), "--num_processes", str(count)]
    return [
        start_training([*arguments, *named, "--process_id", str(index)])
        for index in range(count)
    ]


def outcome(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a process, and return its exit code and what it said and complained."""
    try:
        said, complained = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    return process.returncode, said, complained
