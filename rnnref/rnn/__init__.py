"""The plain recurrent cell: one tanh layer that reads the input and its own last state."""

from .cell import Run, backward, forward, init, step, step_backward, step_relu, step_relu_backward
from .records import Params, RNNBackward, RNNStep, State

__all__ = [
    "Params",
    "RNNBackward",
    "RNNStep",
    "Run",
    "State",
    "backward",
    "forward",
    "init",
    "step",
    "step_backward",
    "step_relu",
    "step_relu_backward",
]
