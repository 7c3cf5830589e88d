"""Learning on several devices: each has its rows of a batch, and knows no other.

Their gradients are added up once a step, where the weights come in. Left to itself, XLA
adds up those of a recurrent layer at each event, within its loop over time: hundreds of
messages for one. And cuDNN's layer it cannot divide at all; each GPU would do all rows.
"""

from __future__ import annotations

from typing import Any

import jax
from jax.sharding import PartitionSpec

from monody.models.backend import keras

ROWS = "batch"  # what `keras.distribution.DataParallel` calls the axis of devices
_spec: Any = PartitionSpec  # without types, as JAX has them
EVERYWHERE, DIVIDED = _spec(), _spec(ROWS)


class DividedModel(keras.Model):
    """A network whose every device calls it with its own rows of a batch.

    It is made and trained within the scope of a ``keras.distribution.DataParallel``.
    Its dropout is ``DividedDropout``.
    """

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        inputs: Any,
        *,
        return_losses: bool = False,
        **options: Any,
    ) -> tuple[Any, ...]:
        """Call it on all devices, as Keras's own method does on one.

        Args:
            trainable_variables: The weights, the same on each device.
            non_trainable_variables: Its other state, likewise.
            inputs: Arrays of ``(batch, …)``; the devices divide the first axis evenly.
            return_losses: Whether losses of the layers are asked for. They have none.
            options: Of the call, such as ``training``.
        """
        call = super().stateless_call

        def of_rows(weights: Any, state: Any, rows: Any) -> tuple[Any, Any]:
            outputs, state = call(weights, state, rows, **options)
            return outputs, state

        # Without the check, gradients are added up where the weights come in.
        divided = jax.shard_map(
            of_rows,
            mesh=_mesh().backend_mesh,
            in_specs=(EVERYWHERE, EVERYWHERE, DIVIDED),
            out_specs=(DIVIDED, EVERYWHERE),
            check_vma=False,
        )
        outputs, state = divided(trainable_variables, non_trainable_variables, inputs)
        return (outputs, state, []) if return_losses else (outputs, state)


class DividedDropout(keras.layers.Dropout):
    """Dropout that hides of a device's rows what one device would hide of them."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Draw for the whole batch, and take what falls on these rows.

        Args:
            inputs: ``(rows, …)``, those of this device.
            training: Whether anything is hidden.
        """
        if not training or self.rate == 0:
            return inputs
        rows, *features = inputs.shape
        devices = _mesh().shape[0]
        whole = keras.ops.ones((rows * devices, *features), inputs.dtype)
        kept = keras.random.dropout(whole, self.rate, seed=self.seed_generator)
        first = jax.lax.axis_index(ROWS) * rows
        return inputs * jax.lax.dynamic_slice_in_dim(kept, first, rows)


def _mesh() -> Any:
    """Return the devices that Keras divides batches among."""
    return keras.distribution.distribution().device_mesh
