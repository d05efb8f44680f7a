"""The LSTM: three gates guard a cell state that is only scaled and added to."""

from .cell import Run, backward, forward, init, step, step_backward
from .records import GATES, PEEPHOLES, LSTMBackward, LSTMStep, Params, State
from .variants import (
    step_coupled,
    step_coupled_backward,
    step_peephole,
    step_peephole_backward,
    step_projected,
    step_projected_backward,
)

__all__ = [
    "GATES",
    "LSTMBackward",
    "LSTMStep",
    "PEEPHOLES",
    "Params",
    "Run",
    "State",
    "backward",
    "forward",
    "init",
    "step",
    "step_backward",
    "step_coupled",
    "step_coupled_backward",
    "step_peephole",
    "step_peephole_backward",
    "step_projected",
    "step_projected_backward",
]
