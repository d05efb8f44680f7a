"""The loss that the stepper sends back: how far the last hidden state is from a target."""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

from ...checks.dims import shapes


class Goal(NamedTuple):
    """A loss and its derivative by the last hidden state."""

    L: ndarray  # (B,)
    dh: ndarray  # (B, H)


@shapes(h="B H", target="B H")
def half_squared(h, target):
    """Return half the squared distance of a hidden state from its target.

    Parameters
    ----------
    h, target : (B, H)

    Returns
    -------
    Goal
    """
    L = 0.5 * np.sum((h - target) ** 2, axis=-1)
    dh = h - target
    return Goal(L, dh)
