"""The plain RNN over a whole sequence; `rnn.step` is its equation. See `tape`."""

import numpy as np

from .numerics import relu_slope
from .rnn_records import Params, RNNStep
from .tape import Rewind, Tape, side_by_side


class RNNTape(Tape):
    """The hidden states of all steps.

    Attributes
    ----------
    M : (H, D+1+H)
        W, b and U side by side.
    """

    def __init__(self, x, start, p, live, reverse, nonlinearity):
        super().__init__(x, start, p, live, reverse)
        self.nonlinearity, self.states = nonlinearity, (self.h,)
        self.M = np.concatenate([p.W, p.b[:, None], p.U], axis=1, dtype=self.dtype)

    def advance(self, n):
        """Take one step."""
        h = self.h[n + 1]
        np.dot(self.M, self.V[n], out=h)
        if self.nonlinearity == "tanh":
            np.tanh(h, out=h)
        else:
            np.copyto(h, 0, where=h.real <= 0)

    def steps(self):
        """Return the named value of all steps."""
        return RNNStep(self.outputs())


class RNNRewind(Rewind):
    """The derivatives of all steps; `d` holds those by the net inputs."""

    def __init__(self, tape, dy, dstate):
        super().__init__(tape, dy, dstate)
        self.W_T, self.U_T = (np.array(w.T, self.dtype, order="C") for w in (tape.p.W, tape.p.U))
        self.dM = np.zeros(tape.M.shape, self.dtype)

    def prepare(self, block):
        """Return the slope of the nonlinearity."""
        h = self.tape.h[1:][block].astype(self.dtype)
        return 1 - h**2 if self.tape.nonlinearity == "tanh" else relu_slope(h)

    def retreat(self, n, k):
        """Take one step back; k is its place among the prepared ones."""
        self.d[k] *= self.flow[0][n]
        np.dot(self.U_T, self.d[k], out=self.carried[0])

    def collect(self, block, nets):
        """Add the derivatives by the weights."""
        self.dM += nets @ side_by_side(self.tape.V[block]).T

    def params(self):
        """Return the derivatives by the weights as the record that holds the weights."""
        D = self.tape.D
        return Params(self.dM[:, :D].copy(), self.dM[:, D + 1 :].copy(), self.dM[:, D].copy())
