"""The GRU: one gate mixes the old state with a candidate, another decides what the candidate sees.

Two choices differ between books and libraries, and each combination here is a function of its own:
what the update gate z multiplies (the old state: "keep"; the candidate: "replace"), and whether the
reset gate r acts before or after the product with U_h.
"""

from .cell import Run, backward, forward, init, step, step_backward
from .records import GATES, GRUBackward, GRUStep, Params
from .variants import (
    step_reset_after,
    step_reset_after_backward,
    step_reset_after_update_replace,
    step_reset_after_update_replace_backward,
    step_update_replace,
    step_update_replace_backward,
)

__all__ = [
    "GATES",
    "GRUBackward",
    "GRUStep",
    "Params",
    "Run",
    "backward",
    "forward",
    "init",
    "step",
    "step_backward",
    "step_reset_after",
    "step_reset_after_backward",
    "step_reset_after_update_replace",
    "step_reset_after_update_replace_backward",
    "step_update_replace",
    "step_update_replace_backward",
]
