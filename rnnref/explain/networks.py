"""Four networks made of one step, which read and write sequences: N–N, N–1, 1–N, N–M.

A network takes inputs, right answers and parameters by name and returns what it makes of them by
name, so it runs on recording values as well as on plain ones.
"""

import functools
from collections import namedtuple

import numpy as np

from .. import examples, layers, losses, rnn
from .flow import read_flow
from .trace import trace


def many_to_many(given):
    """Predict at every step."""
    h, made = given["h_0"], {}
    for t in (1, 2, 3):
        h = made[f"h_{t}"] = rnn.step(given[f"x_{t}"], h, given["p"]).h
        made |= predict(t, h, given)
    return made


def many_to_one(given):
    """Predict once, from the last state."""
    h, made = given["h_0"], {}
    for t in (1, 2, 3):
        h = made[f"h_{t}"] = rnn.step(given[f"x_{t}"], h, given["p"]).h
    return made | predict(1, h, given)


def one_to_many(given):
    """Read the one input at every step, and predict at every step."""
    h, made = given["h_0"], {}
    for t in (1, 2, 3):
        h = made[f"h_{t}"] = rnn.step(given["x_1"], h, given["p"]).h
        made |= predict(t, h, given)
    return made


def encoder_decoder(given):
    """Read everything into one state, then predict; the decoder reads its own last prediction."""
    h, made = given["h_0"], {}
    for t in (1, 2, 3):
        h = made[f"h_{t}"] = rnn.step(given[f"x_{t}"], h, given["p"]).h
    y_hat = given["y_0"]
    for t in (1, 2):
        h = made[f"s_{t}"] = rnn.step(y_hat, h, given["p_decoder"]).h
        made |= predict(t, h, given)
        y_hat = made[f"y_hat_{t}"]
    return made


def predict(t, h, given):
    """Return the prediction from a state, and its loss."""
    y_hat = layers.readout(h, given["p_y"]).y_hat
    loss = losses.step_losses.__wrapped__  # of one step: its shape check asks for an axis of steps
    return {f"y_hat_{t}": y_hat, f"L_{t}": loss(y_hat, given[f"target_{t}"])}


NETWORKS = {"nn": many_to_many, "n1": many_to_one, "1n": one_to_many, "nm": encoder_decoder}
INPUTS = ("x_1", "x_2", "x_3", "y_0")
LEFT_OUT = ("h_0", "target_1", "target_2", "target_3")  # the zero start state; the right answers


def given():
    """Return inputs, right answers and parameters by name."""
    p, p_y = examples.rnn_params(), examples.readout_params()
    two = layers.Readout(p_y.W_y[:2], p_y.b_y[:2])  # two classes: a prediction can be an input
    values = {f"x_{t + 1}": examples.X[:, t] for t in range(3)}
    values |= {f"target_{t}": np.array([[1.0, 0.0]]) for t in (1, 2, 3)}
    values |= {"h_0": np.zeros((1, 2)), "y_0": np.array([[0.0, 1.0]])}
    return values | {"p": p, "p_decoder": p, "p_y": two}


@functools.cache
def flow(network):
    """Run a network on recording values and return its flow."""

    def record(**nodes):
        made = network(nodes)
        return namedtuple("Made", made)(**made)

    return read_flow(trace(record, given(), "sequence"), LEFT_OUT)


@functools.cache
def touched(network, name):
    """Return the results that change when an input does, from two runs that record nothing."""
    values = given()
    before, after = network(values), network(values | {name: values[name] + 0.1})
    return {made for made in before if not np.array_equal(before[made], after[made])}
