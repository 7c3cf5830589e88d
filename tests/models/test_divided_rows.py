"""What several devices say to each other in a step of training."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

# Prints the step as XLA compiled it for two devices.
COMPILE = """
import jax, monody, numpy as np
from jax.sharding import NamedSharding, PartitionSpec
from monody.models.backend import keras
from monody.models.devices import choose_devices
from monody.models.events import Vocabulary
from monody.models.keras_network import build_model
from monody.training.fit import compiled

sizes = monody.ModelSettings(rnn_size=8, num_layers=2, dropout=0.3)
with choose_devices().scope():
    network = build_model(sizes, Vocabulary("notes"), divided=True)
    learner = compiled(network, monody.TrainSettings(batch_size=2, patience=1))
    zeros = np.zeros((2, 16), "int32")
    targets = {name: zeros[..., None] for name in ("pitch", "duration")}
    weights = {name: np.ones((2, 16), "float32") for name in targets}
    batch = {each.name: zeros for each in network.inputs}, targets, weights
    learner._symbolic_build(data_batch=batch)
    learner.optimizer.build(learner.trainable_variables)
    mesh = keras.distribution.distribution().device_mesh.backend_mesh
    rows = NamedSharding(mesh, PartitionSpec("batch"))
    state = [
        [each.value for each in variables]
        for variables in (
            learner.trainable_variables,
            learner.non_trainable_variables,
            learner.optimizer.variables,
            learner.metrics_variables,
        )
    ]
    step = jax.jit(learner.train_step).lower(state, jax.device_put(batch, rows))
    print(step.compile().as_text())
"""
SENT = re.compile(r" = .*all-(?:reduce|gather)(?:-start)?\(")


@pytest.mark.thorough
def test_nothing_is_sent_within_a_loop_over_time() -> None:
    flags = "--xla_force_host_platform_device_count=2"
    done = subprocess.run(
        [sys.executable, "-c", COMPILE],
        env={**os.environ, "XLA_FLAGS": flags},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    computations = re.split(r"\n(?=\S)", done.stdout)
    senders = [each for each in computations if SENT.search(each)]
    assert any(" while(" in each for each in computations)
    assert [each.split()[0] for each in senders] == ["ENTRY"]
