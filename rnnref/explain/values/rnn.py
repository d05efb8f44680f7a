"""Numbers in the prose of the page on the recurrent cell."""

from functools import partial

import numpy as np

from ... import examples, layers, losses
from ..numerals import printed
from ..samples import STEP
from . import value


def signed(number, digits=4):
    """Write a number with a true minus sign; `digits=None` writes a short decimal as it is."""
    return printed(number, "g" if digits is None else f".{digits}f")


def by_hand():
    """Return the pieces of step 2 of the running example: name -> array of both units."""
    p, h_prev = examples.rnn_params(), examples.rnn_run().y[0, STEP - 1]
    wx, uh = p.W @ examples.X[0, STEP], p.U @ h_prev
    return {"wx": wx, "uh": uh, "b": p.b, "a": wx + uh + p.b}


def piece(name, unit):
    """Return one entry of the table of step 2."""
    return signed(by_hand()[name][unit])


for _name in ("wx", "uh", "b", "a"):
    for _unit in (0, 1):
        value(f"rnn.{_name}-{_unit + 1}")(partial(piece, _name, _unit))


@value("rnn.parameters")
def parameters():
    """Count the numbers in W, U and b of the running example."""
    return str(sum(array.size for array in examples.rnn_params()))


def y_hat(k):
    """Return the probability of class k + 1 at step 2."""
    read = layers.readout(examples.rnn_run().y[:, STEP], examples.readout_params())
    return signed(read.y_hat[0, k])


for _k in range(3):
    value(f"rnn.y-hat-{_k + 1}")(partial(y_hat, _k))


@value("rnn.loss-2")
def loss():
    """Return the loss of step 2 if the right class is the second."""
    read = layers.readout(examples.rnn_run().y[:, STEP], examples.readout_params())
    target = np.array([[[0.0, 1.0, 0.0]]])
    return signed(losses.step_losses(read.y_hat[:, None], target)[0, 0])
