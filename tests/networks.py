"""What tests of networks share: the same random weights in two of them, and how far apart their results are."""

import numpy as np
import paddle
from paddle import nn


def load(network, parameters):
    missing, unexpected = network.set_state_dict({key: paddle.to_tensor(value) for key, value in parameters.items()})
    assert not missing and not unexpected
    return network.eval()


def same_weights(ours: nn.Layer, theirs: nn.Layer) -> tuple[nn.Layer, nn.Layer]:
    """Both with the same random weights, ready to run."""
    generator = np.random.default_rng(2)
    for name, parameter in ours.state_dict().items():
        values = generator.standard_normal(parameter.shape) / np.sqrt(max(1, np.prod(parameter.shape[1:])))
        parameter.set_value((np.abs(values) if name.endswith("_variance") else values).astype(np.float32))
    assert sorted(ours.state_dict()) == sorted(theirs.state_dict()), "parameter names differ"
    theirs.set_state_dict(ours.state_dict())
    return ours.eval(), theirs.eval()


def largest_difference(ours, theirs) -> float:
    """Largest difference over the largest value."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())
