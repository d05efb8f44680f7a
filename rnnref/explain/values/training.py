"""Numbers in the prose of the page on losses, updates and first weights."""

import math
from functools import partial

import numpy as np

from ... import examples, layers, losses, numerics
from ...optim import descent
from ..samples import STEP
from . import value
from .rnn import signed

RIGHT = 1  # the second class is the right one


def read_out():
    """Return scores, their exponentials and the slopes of the loss at step 2, each (K,)."""
    read = layers.readout(examples.rnn_run().y[:, STEP], examples.readout_params())
    run = losses.cross_entropy(read.logits, np.array([RIGHT]))
    slope = losses.cross_entropy_backward(run)
    return {"logit": read.logits[0], "exp": np.exp(read.logits[0]), "slope": slope[0]}


def entry(name, k):
    """Return one entry of the table."""
    return signed(read_out()[name][k])


for _name in ("logit", "exp", "slope"):
    for _k in range(3):
        value(f"training.{_name}-{_k + 1}")(partial(entry, _name, _k))


@value("training.exp-sum")
def exp_sum():
    """Return the sum of the exponentials."""
    return signed(read_out()["exp"].sum())


@value("training.lse")
def log_sum():
    """Return the logarithm of that sum."""
    return signed(numerics.logsumexp(read_out()["logit"]))


@value("training.twice")
def softmax_twice():
    """Return the smallest loss of three classes where probabilities are taken for scores."""
    return signed(math.log(math.e + 2) - 1)


@value("training.eps-out")
def eps_outside():
    """Return the first step of RMSprop without memory for a small gradient, in units of lr."""
    settings = {"lr": 1.0, "alpha": 0.0, "eps": 1e-8, "weight_decay": 0.0}
    return signed(-descent.rmsprop_step(0.0, 1e-6, 0.0, **settings).p)


@value("training.eps-in")
def eps_inside():
    """Return the same step where eps is added below the root."""
    return signed(1e-6 / math.sqrt(1e-12 + 1e-8))


@value("training.parameters-lstm")
def parameters_lstm():
    """Count the numbers of the LSTM of the running example."""
    return str(sum(array.size for array in examples.lstm_params() if array is not None))


@value("training.loss-first")
def loss_first():
    """Return the loss of the same scores if the first class is the right one."""
    logits = read_out()["logit"]
    return signed(numerics.logsumexp(logits) - logits[0])


@value("training.slope-first")
def slope_first():
    """Return the slope of that loss by the first score."""
    return signed(numerics.softmax(read_out()["logit"])[0] - 1)
