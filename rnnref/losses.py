"""How far predictions are from their targets."""

import numpy as np

from .dims import shapes


@shapes(y_hat="B T V", target="B T V")
def step_losses(y_hat, target):
    """Return the cross-entropy of each step.

    Parameters
    ----------
    y_hat : (B, T, V)
        Positive probabilities.
    target : (B, T, V)
        One-hot: 1 at the right class, 0 elsewhere.

    Returns
    -------
    (B, T)
    """
    return -np.sum(target * np.log(y_hat), axis=-1)


@shapes(losses="B T")
def total(losses):
    """Add up the losses of all steps.

    Parameters
    ----------
    losses : (B, T)

    Returns
    -------
    (B,)
    """
    return np.sum(losses, axis=-1)
