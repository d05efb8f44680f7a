"""Tiny named scenarios that run through all pages; figures, prose and tests use the same ones.

All numbers are short decimals chosen by hand, so that a reader can recompute them on paper.
"""

import numpy as np

from . import attention, gru, layers, lstm, rnn
from .hints import Array

__all__ = [
    "DY",
    "LATCH_INPUTS",
    "QUERIES",
    "QUERY",
    "SOURCE",
    "TARGET",
    "X",
    "additive_params",
    "attention_queries",
    "attention_vectors",
    "gru_params",
    "gru_params_reset_after",
    "gru_run",
    "latch_inputs",
    "latch_params",
    "latch_run",
    "lstm_params",
    "lstm_run",
    "readout_params",
    "rnn_params",
    "rnn_params_second",
    "rnn_run",
]

X = np.array([[[1.0, 0.5], [-0.5, 1.0], [0.8, -1.0]]])  # (B=1, T=3, D=2): the running example
DY = np.array([[[-0.4, 0.2], [0.6, -0.9], [0.8, -0.5]]])  # a derivative of a loss by each y_t of it
X.flags.writeable = DY.flags.writeable = False  # shared by everything that imports them


TARGET = np.array([[0.5, -0.5]])  # where a loss wants the last hidden state
TARGET.flags.writeable = False


def rnn_params() -> rnn.Params:
    """Return the plain RNN of the running example: D = 2, H = 2."""
    return rnn.Params(
        W=np.array([[0.6, -0.4], [0.3, 0.9]]),
        U=np.array([[0.5, -0.7], [0.8, 0.2]]),
        b=np.array([0.1, -0.2]),
    )


def readout_params() -> layers.Readout:
    """Return the output layer of the running example: three classes from two units."""
    return layers.Readout(
        W_y=np.array([[1.2, -0.5], [-0.8, 0.9], [0.3, 1.1]]), b_y=np.array([0.1, 0.0, -0.3])
    )


def lstm_params() -> lstm.Params:
    """Return the LSTM of the running example; rows i f c o, two units each."""
    return lstm.Params(
        W=np.array(
            [
                *[[0.9, -0.3], [0.4, 0.7]],
                *[[-0.6, 0.8], [0.5, -0.9]],
                *[[0.7, 0.6], [-0.8, 1.1]],
                *[[0.2, 1.0], [-0.4, 0.3]],
            ]
        ),
        U=np.array(
            [
                *[[0.5, -0.2], [-0.6, 0.3]],
                *[[0.4, 0.1], [-0.3, 0.8]],
                *[[-0.5, 0.9], [0.6, -0.4]],
                *[[0.8, -0.7], [0.2, 0.5]],
            ]
        ),
        b=np.array([-0.1, 0.2, 1.0, 0.6, 0.1, -0.2, 0.3, -0.3]),
    )


def gru_params() -> gru.Params:
    """Return the GRU of the running example; rows r z h, two units each."""
    return gru.Params(
        W=np.array(
            [*[[0.7, -0.5], [-0.4, 0.8]], *[[0.3, 0.9], [-0.5, 0.2]], *[[1.1, -0.7], [0.5, 0.6]]]
        ),
        U=np.array(
            [*[[0.4, -0.8], [0.9, 0.1]], *[[-0.2, 0.6], [0.3, -0.5]], *[[0.8, -0.4], [-0.9, 0.7]]]
        ),
        b=np.array([0.2, -0.1, 0.5, 0.9, -0.2, 0.1]),
    )


def gru_params_reset_after() -> gru.Params:
    """Return the same GRU with a bias b_u inside the reset product."""
    return gru_params()._replace(b_u=np.array([0.3, -0.4]))


def rnn_run() -> rnn.Run:
    """Run the plain RNN over the running example."""
    return rnn.forward(X, rnn_params())


def lstm_run() -> lstm.Run:
    """Run the LSTM over the running example."""
    return lstm.forward(X, lstm_params())


def gru_run() -> gru.Run:
    """Run the GRU over the running example."""
    return gru.forward(X, gru_params())


SOURCE = ("我", "喝了", "冰", "水")  # one key and one value per word
QUERY = "drink"


def attention_vectors() -> tuple[Array, Array, Array]:
    """Return q (1, 1, 3), k (1, 4, 3) and v (1, 4, 2): one query looks at four words."""
    q = np.array([[[1.0, -0.5, 0.8]]])
    k = np.array([[[-0.4, 0.2, 0.6], [1.2, -0.3, 0.9], [-0.7, 0.5, -0.6], [0.5, 0.4, 0.7]]])
    v = np.array([[[0.9, -0.2], [0.3, 1.0], [-0.8, 0.4], [-0.1, -0.7]]])
    return q, k, v


QUERIES = ("I", QUERY, "ice", "water")  # the words of the target, each with a query


def attention_queries() -> Array:
    """Return q (1, 4, 3): a query for each word of the target; the second is the one above."""
    q, _, _ = attention_vectors()
    others = np.array([[-1.6, -0.4, 0.9], [-1.2, 1.0, -1.4], [0.4, 1.5, 0.8]])
    return np.insert(others, 1, q[0, 0], axis=0)[None]


def additive_params() -> attention.Additive:
    """Return the weights of an additive score on the vectors above: depth A = 2."""
    return attention.Additive(
        W_a=np.array([[0.5, -0.3, 0.8], [-0.6, 0.4, 0.2]]),
        U_a=np.array([[0.7, 0.1, -0.4], [0.3, -0.9, 0.6]]),
        v_a=np.array([1.1, -0.8]),
    )


LATCH_INPUTS = ("write_1", "write_2", "bit", "read")  # what the four input columns mean


def latch_params() -> lstm.Params:
    """Return an LSTM, D = 4 and H = 2, set by hand: two slots that each store one bit.

    On "write" a slot's forget gate shuts and its input gate opens, on "read" both output gates
    open. U is zero, so whatever the cell remembers, it remembers in c.
    """
    W, b = np.zeros((8, 4)), np.zeros(8)  # rows: i f c o, two slots each
    W[[0, 1], [0, 1]], b[:2] = 12.0, -6.0  # i: shut at -6, open at 12 - 6
    W[[2, 3], [0, 1]], b[2:4] = -12.0, 6.0  # f: open at 6, shut at -12 + 6
    W[4:6, 2] = 3.0  # c: nearly the bit itself
    W[6:, 3], b[6:] = 12.0, -6.0  # o: shut at -6, open at 12 - 6
    return lstm.Params(W, U=np.zeros((8, 2)), b=b)


def latch_inputs() -> Array:
    """Return x (1, 24, 4): a bit is on offer at every step, but only three are written."""
    signs = "+-+---++-+-++--+-++-+--+"
    x = np.zeros((1, len(signs), len(LATCH_INPUTS)))
    x[0, [2, 14], 0] = 1.0
    x[0, [5], 1] = 1.0
    x[0, :, 2] = [1.0 if sign == "+" else -1.0 for sign in signs]
    x[0, [9, 10, 19, 20], 3] = 1.0
    return x


def latch_run() -> lstm.Run:
    """Run the two slots over the sequence of the latch."""
    return lstm.forward(latch_inputs(), latch_params())


def rnn_params_second() -> rnn.Params:
    """Return a second RNN, D = 2 and H = 2: the reverse direction, or a layer above."""
    return rnn.Params(
        W=np.array([[-0.5, 0.7], [0.9, 0.3]]),
        U=np.array([[0.4, 0.6], [-0.3, 0.8]]),
        b=np.array([-0.1, 0.2]),
    )
