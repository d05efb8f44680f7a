"""The LSTM over a whole sequence, in every combination of its variants; see `tape`.

`lstm.step` and its variants are the equations. Here the same is done for all gates at once: rows
o, i, f, c_tilde, so that the three sigmoids are neighbours, and so are the three that c reads.
"""

import numpy as np

from .lstm_records import GATES, PEEPHOLES, LSTMStep, Params
from .tape import Rewind, Tape, activate, restacked, side_by_side, stacked

ROWS = ("o", "i", "f", "c")


class LSTMTape(Tape):
    """Gates, cell states and hidden states of all steps.

    Attributes
    ----------
    M : (4*H, D+1+P)
        W, b and U side by side; the rows of the sigmoids hold half.
    peep : dict of gate to (H, 1), or None
        Half of the peepholes.
    gates : (T, 4, H, B)
    c, tanh_c : (T+1, H, B) and (T, H, B)
    m : (T, H, B)
        What the projection reads; without one it is h.
    """

    def __init__(self, x, start, p, live, reverse, coupled):
        super().__init__(x, start, p, live, reverse)
        self.H, self.coupled = start.c.shape[1], coupled
        parts = stacked(p, "W", ROWS), stacked(p, "b", ROWS)[:, None], stacked(p, "U", ROWS)
        self.M = np.concatenate(parts, axis=1, dtype=self.dtype)
        self.M[: 3 * self.H] *= 0.5
        self.peep = None
        if p.p is not None:
            self.peep = dict(zip(PEEPHOLES, np.split(0.5 * p.p[:, None], 3), strict=True))
        self.nets = self.empty(self.T, 4 * self.H)
        self.gates = self.nets.reshape(self.T, 4, self.H, self.B)
        self.c, self.tanh_c = self.empty(self.T + 1, self.H), self.empty(self.T, self.H)
        self.c[0] = start.c.T
        self.m = self.h[1:] if p.W_p is None else self.empty(self.T, self.H)
        self.states, self.spare = (self.h, self.c), self.empty(self.H)

    def advance(self, n):
        """Take one step."""
        o, i, f, c_tilde = self.gates[n]
        c_prev, c, H = self.c[n], self.c[n + 1], self.H
        np.dot(self.M, self.V[n], out=self.nets[n])
        if self.peep is None:
            activate(self.nets[n], 3 * H)
        else:
            i += self.peep["i"] * c_prev
            f += self.peep["f"] * c_prev
            activate(self.nets[n, H:], 2 * H)
        if self.coupled:
            np.subtract(1, i, out=f)
        np.multiply(f, c_prev, out=c)
        np.multiply(i, c_tilde, out=self.spare)
        c += self.spare
        if self.peep is not None:
            o += self.peep["o"] * c
            activate(o, H)
        np.tanh(c, out=self.tanh_c[n])
        np.multiply(o, self.tanh_c[n], out=self.m[n])
        if self.p.W_p is not None:
            np.dot(self.p.W_p, self.m[n], out=self.h[n + 1])

    def steps(self):
        """Return the named values of all steps."""
        o, i, f, c_tilde = self.gates.swapaxes(0, 1)
        return LSTMStep(*map(self.field, (f, i, c_tilde, self.c[1:], o)), self.outputs())


class LSTMRewind(Rewind):
    """The derivatives of all steps; `d` holds those by the net inputs.

    Attributes
    ----------
    m_by_c : (steps, H, B)
        The derivative of m by c, past the output gate.
    dM, dp, dW_p
        Those by the weights.
    """

    def __init__(self, tape, dy, dstate):
        super().__init__(tape, dy, dstate)
        self.W_T = np.array(stacked(tape.p, "W", ROWS).T, self.dtype, order="C")
        self.U_T = np.array(stacked(tape.p, "U", ROWS).T, self.dtype, order="C")
        self.dM = np.zeros(tape.M.shape, self.dtype)
        self.dp, self.dW_p = (
            None if array is None else np.zeros(array.shape, self.dtype)
            for array in (tape.p.p, tape.p.W_p)
        )

    def prepare(self, block):
        """Return the slope of each gate, times what it multiplies."""
        tape = self.tape
        o, i, f, c_tilde = tape.gates[block].swapaxes(0, 1)
        tanh_c, c_prev = tape.tanh_c[block], tape.c[block]
        self.m_by_c = o * (1 - tanh_c**2)
        if tape.dead is not None:
            np.copyto(self.m_by_c, 0, where=tape.dead[block])
        d = np.empty(tape.gates[block].shape, self.dtype)
        d[:, 0] = o * (1 - o) * tanh_c
        d[:, 1] = i * (1 - i) * (c_tilde - c_prev if tape.coupled else c_tilde)
        d[:, 2] = 0 if tape.coupled else f * (1 - f) * c_prev
        d[:, 3] = (1 - c_tilde**2) * i
        return d.reshape(len(d), 4 * tape.H, tape.B)

    def retreat(self, n, k):
        """Take one step back; k is its place among the prepared ones."""
        tape, H = self.tape, self.tape.H
        dh, dc = self.flow[0][n], self.carried[1]
        do, others = self.d[k, :H], self.d[k, H:].reshape(3, H, tape.B)
        dm = dh if tape.p.W_p is None else tape.p.W_p.T @ dh
        do *= dm
        dc += dm * self.m_by_c[k]
        if tape.peep is not None:
            dc += tape.p.p_o[:, None] * do
        self.flow[1][n] = dc
        others *= dc
        np.dot(self.U_T, self.d[k], out=self.carried[0])
        dc *= tape.gates[n, 2]
        if tape.peep is not None:
            dc += tape.p.p_i[:, None] * others[0] + tape.p.p_f[:, None] * others[1]

    def collect(self, block, nets):
        """Add the derivatives by the weights."""
        tape = self.tape
        self.dM += nets @ side_by_side(tape.V[block]).T
        if self.dW_p is not None:
            self.dW_p += side_by_side(self.flow[0][block]) @ side_by_side(tape.m[block]).T
        if self.dp is not None:
            o, i, f, _ = self.d.reshape(len(self.d), 4, tape.H, tape.B).swapaxes(0, 1)
            c, c_prev = tape.c[1:][block], tape.c[block]
            pairs = (i * c_prev, f * c_prev, o * c)
            self.dp += np.concatenate([np.sum(pair, axis=(0, 2)) for pair in pairs])

    def params(self):
        """Return the derivatives by the weights as the record that holds the weights."""
        dM, D = restacked(self.dM, ROWS, GATES), self.tape.D
        return Params(dM[:, :D].copy(), dM[:, D + 1 :].copy(), dM[:, D].copy(), self.dp, self.dW_p)
