"""One of eight symbols is shown and marked at the start; many steps of noise later, say which."""

from typing import NamedTuple

import numpy as np

from ... import gru, initialise, layers, losses, lstm, optim, rnn, train
from . import experiment

SYMBOLS, LAG, UNITS, BATCH, STEPS, EVERY = 8, 40, 24, 32, 280, 20
RATE, CLIP = 0.01, 1.0


class Learner(NamedTuple):
    """A cell and how it starts: the bias of the gate that keeps, or "chrono"; and the seed."""

    cell: object
    bias: object = None
    seed: int = 0


LEARNERS = {
    "rnn": Learner(rnn),
    "lstm_0": Learner(lstm, 0.0),
    "lstm_1": Learner(lstm, 1.0),
    "lstm_1_again": Learner(lstm, 1.0, seed=2),
    "lstm_chrono": Learner(lstm, "chrono"),
    "gru_0": Learner(gru, 0.0),
    "gru_chrono": Learner(gru, "chrono"),
}
KEEP = {lstm: {"keep": "f", "write": "i"}, gru: {"keep": "z", "write": None}}


def draw(rng):
    """Return inputs (B, LAG+1, SYMBOLS+1), whose last column marks the first step, and answers."""
    symbols = rng.integers(SYMBOLS, size=(BATCH, LAG + 1))
    marked = np.zeros((BATCH, LAG + 1, 1))
    marked[:, 0] = 1
    return np.concatenate([np.eye(SYMBOLS)[symbols], marked], axis=-1), symbols[:, 0]


def start(cell, bias, rng):
    """Return the weights of a cell, its gate that keeps open as asked, and of the layer after."""
    p = cell.init(rng, SYMBOLS + 1, UNITS)
    if bias == "chrono":
        p = p._replace(b=initialise.chrono(rng, cell.GATES, UNITS, LAG, **KEEP[cell]))
    elif bias is not None:
        gate = KEEP[cell]["keep"]
        p = p._replace(b=initialise.forget_bias(cell.GATES, UNITS, bias, gate=gate))
    W = initialise.xavier_uniform(rng, (SYMBOLS, UNITS))
    return p, layers.Linear(W, np.zeros(SYMBOLS))


def learned(cell, bias, seed):
    """Return the share of right answers, each over EVERY batches that were not yet trained on."""
    rng, right = np.random.default_rng(seed), []

    def gradient(params, rng):
        x, wanted = draw(rng)
        run = cell.forward(x, params[0])
        out = layers.linear(run.y[:, -1], params[1])
        entropy = losses.cross_entropy(out.y, wanted)
        right.append(np.mean(np.argmax(out.y, axis=-1) == wanted))
        back = layers.linear_backward(out, dy=losses.cross_entropy_backward(entropy))
        dy = np.zeros_like(run.y)
        dy[:, -1] = back.x
        return entropy.loss, (cell.backward(run, dy=dy).params, back.params)

    options = {"steps": STEPS, "rng": rng, "clip": CLIP, "progress": False}
    train.fit(gradient, start(cell, bias, rng), optim.adam(RATE), **options)
    return np.reshape(right, (-1, EVERY)).mean(axis=1)


@experiment("recall")
def recall():
    """Return the learning curve of every cell."""
    return {name: learned(*learner) for name, learner in LEARNERS.items()}
