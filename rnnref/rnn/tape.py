"""The plain RNN over a whole sequence; `rnn.step` is its equation. See `sequence.tape`."""

import numpy as np

from ..numerics import relu_slope
from ..sequence.columns import stepwise
from ..sequence.tape import Rewind, Tape
from .records import Params, RNNStep


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
        self.times_M = stepwise(self.M, self.B)

    def views(self):
        """Name what `advance` reads and fills."""
        return self.V, self.h[1:]

    def advance(self, V, h):
        """Take one step."""
        self.times_M(V, h)
        if self.nonlinearity == "tanh":
            np.tanh(h, h)
        else:
            np.copyto(h, 0, where=h.real <= 0)

    def steps(self):
        """Return the named value of all steps."""
        return RNNStep(self.outputs())


class RNNRewind(Rewind):
    """The derivatives of all steps; those by weights are side by side as on the tape."""

    def __init__(self, tape, dy, dstate):
        H = tape.h.shape[1]
        super().__init__(tape, dy, dstate, H, slice(0, H))
        self.times_U_T = stepwise(np.array(tape.p.U.T, self.dtype, order="C"), tape.B)
        self.dM = np.zeros(tape.M.shape, self.dtype)

    def prepare(self, piece, d):
        """Fill `d` with the slope of the nonlinearity."""
        h = self.tape.h[1:][piece]
        if self.tape.nonlinearity == "tanh":
            np.multiply(h, h, d)
            np.subtract(self.one, d, d)
        else:
            d[:] = relu_slope(h)

    def views(self):
        """Name what `retreat` reads and fills."""
        return (self.d,)

    def retreat(self, dh, d):
        """Take one step back."""
        np.multiply(d, dh, d)
        self.times_U_T(d, self.carried[0])

    def collect(self, block, nets, V):
        """Add the derivatives by the weights."""
        self.add(self.dM, nets, V)

    def params(self):
        """Return the derivatives by the weights as the record that holds the weights."""
        D = self.tape.D
        return Params(self.dM[:, :D].copy(), self.dM[:, D + 1 :].copy(), self.dM[:, D].copy())
