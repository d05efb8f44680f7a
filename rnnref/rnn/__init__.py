"""The plain recurrent cell: one tanh layer that reads the input and its own last state."""

from .cell import Run, backward, forward, init, step, step_backward, step_relu, step_relu_backward
from .records import Params, RNNBackward, RNNStep

__all__ = [
    "Params",
    "RNNBackward",
    "RNNStep",
    "Run",
    "backward",
    "forward",
    "init",
    "step",
    "step_backward",
    "step_relu",
    "step_relu_backward",
]
