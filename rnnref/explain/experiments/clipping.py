"""Adding two marked numbers, with recurrent weights so large that gradients explode."""

import math

import numpy as np

from ... import layers, losses, optim, rnn, train
from . import experiment

LENGTH, UNITS, BATCH, STEPS = 20, 24, 16, 80
GAIN, RATE, LIMIT, SEED = 1.3, 0.1, 1.0, 0
HOPELESS = 1e4  # a loss at which the training without clipping is given up


def draw(rng):
    """Return inputs (B, T, 2): numbers, and marks on one in each half; and the sums (B, 1)."""
    x, rows = np.zeros((BATCH, LENGTH, 2)), np.arange(BATCH)
    x[..., 0] = rng.uniform(0, 1, (BATCH, LENGTH))
    first, second = rng.integers(LENGTH // 2, size=(2, BATCH))
    second += LENGTH // 2
    x[rows, first, 1] = x[rows, second, 1] = 1
    return x, (x[rows, first, 0] + x[rows, second, 0])[:, None]


def gradient(params, rng):
    """Return the mean squared error of one batch, and its gradient."""
    x, wanted = draw(rng)
    run = rnn.forward(x, params[0])
    out = layers.linear(run.y[:, -1], params[1])
    error = losses.mse(out.y, wanted)
    back = layers.linear_backward(out, dy=losses.mse_backward(error))
    dy = np.zeros_like(run.y)
    dy[:, -1] = back.x
    return error.loss, (rnn.backward(run, dy=dy).params, back.params)


def trained(limit):
    """Return loss and norm of the gradient at every step, up to where it is hopeless."""
    rng = np.random.default_rng(SEED)
    p = rnn.init(rng, 2, UNITS)
    out = layers.Linear(rng.uniform(-1, 1, (1, UNITS)) / UNITS**0.5, np.zeros(1))
    options = {"steps": STEPS, "rng": rng, "clip": limit, "progress": False}
    params = p._replace(U=GAIN * p.U), out
    stop = {"callback": lambda moment: moment.loss > HOPELESS}
    return train.fit(gradient, params, optim.sgd(RATE), **options, **stop).history._asdict()


@experiment("clipping")
def clipping():
    """Return how the same training goes with clipping and without."""
    return {"clipped": trained(LIMIT), "free": trained(math.inf)}
