"""Rules of descent: from parameters and their gradients to better parameters.

    rule = optim.adam(lr=0.01)
    state = rule.init(params)
    params, state = rule.update(params, grads, state)

Each rule is one plain function for one array, such as `descent.adam_step`. Parameters may be one
array, or records, dictionaries, lists and tuples of arrays within each other, with None for what
is absent; gradients come in the same make. Nothing is changed in place, and an array that stands
twice is updated as two: to tie weights, keep them once.
"""

from .clipping import Clipped, clip_norm, clip_value
from .optimiser import Optimiser, State, Updated
from .rules import adagrad, adam, adamw, momentum, nesterov, rmsprop, sgd

__all__ = [
    "Clipped",
    "Optimiser",
    "State",
    "Updated",
    "adagrad",
    "adam",
    "adamw",
    "clip_norm",
    "clip_value",
    "momentum",
    "nesterov",
    "rmsprop",
    "sgd",
]
