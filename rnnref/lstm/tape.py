"""The LSTM over a whole sequence, in every combination of its variants; see `tape`.

`lstm.step` and its variants are the equations. Here the same is done for all gates at once: rows
o, i, f, c_tilde, so that the three sigmoids are neighbours, and so are the three that c reads.
"""

import numpy as np

from ..sequence.tape import Rewind, Tape, reordered, side_by_side, slope
from .records import GATES, PEEPHOLES, LSTMStep, Params

ROWS = ("o", "i", "f", "c")


class LSTMTape(Tape):
    """Gates, cell states and hidden states of all steps.

    Attributes
    ----------
    M : (4*H, D+1+P)
        W, b and U side by side; the rows of the sigmoids hold half.
    peep : dict of gate to (H, 1), or None
        Half of the peepholes.
    nets, gates : (T, 4*H, B) and (T, 4, H, B)
        The same numbers: net inputs first, then gates.
    c, tanh_c : (T+1, H, B) and (T, H, B)
    m : (T, H, B)
        What the projection reads; without one it is h.
    """

    def __init__(self, x, start, p, live, reverse, coupled):
        T, H = x.shape[1], start.c.shape[1]
        shapes = {"nets": (T, 4 * H), "c": (T + 1, H), "tanh_c": (T, H), "spare": (H,)}
        shapes |= {"m": (T, H)} if p.W_p is not None else {}
        super().__init__(x, start, p, live, reverse, **shapes)
        self.H, self.coupled, self.states = H, coupled, (self.h, self.c)
        W, U, b = (reordered(array, GATES, ROWS) for array in (p.W, p.U, p.b[:, None]))
        self.M = np.concatenate([W, b, U], axis=1, dtype=self.dtype)
        self.M[: 3 * H] *= 0.5
        self.peep = None
        if p.p is not None:
            self.peep = dict(zip(PEEPHOLES, np.split(0.5 * p.p[:, None], 3), strict=True))
        self.gates = self.nets.reshape(T, 4, H, self.B)
        self.o, self.i, self.f, self.c_tilde = self.gates.swapaxes(0, 1)
        self.c[0] = start.c.T
        if p.W_p is None:
            self.m = self.h[1:]

    def advance(self, n):
        """Take one step."""
        o, i, f, c_tilde = self.o[n], self.i[n], self.f[n], self.c_tilde[n]
        c_prev, c, tanh_c, m = self.c[n], self.c[n + 1], self.tanh_c[n], self.m[n]
        nets, spare = self.nets[n], self.spare
        np.dot(self.M, self.V[n], nets)
        if self.peep is None:
            self.activate(nets, 3 * self.H)
        else:
            i += self.peep["i"] * c_prev
            f += self.peep["f"] * c_prev
            self.activate(nets[self.H :], 2 * self.H)
        if self.coupled:
            np.subtract(1, i, f)
        np.multiply(f, c_prev, c)
        np.multiply(i, c_tilde, spare)
        np.add(c, spare, c)
        if self.peep is not None:
            o += self.peep["o"] * c
            self.activate(o, self.H)
        np.tanh(c, tanh_c)
        np.multiply(o, tanh_c, m)
        if self.p.W_p is not None:
            np.dot(self.p.W_p, m, self.h[n + 1])

    def steps(self):
        """Return the named values of all steps."""
        fields = self.f, self.i, self.c_tilde, self.c[1:], self.o
        f, i, c_tilde, c, o = map(self.field, fields)
        return LSTMStep(f, i, c_tilde, c, o, self.outputs())


class LSTMRewind(Rewind):
    """The derivatives of all steps.

    Attributes
    ----------
    m_by_c : (steps, H, B)
        The derivative of m by c, past the output gate.
    dM, dp, dW_p
        Those by the weights.
    """

    def __init__(self, tape, dy, dstate):
        H = tape.H
        shapes = {"d": (4 * H,), "m_by_c": (H,)}
        if tape.p.W_p is not None:
            shapes |= {"h_room": (tape.h.shape[1],), "m_room": (H,)}
        super().__init__(tape, dy, dstate, **shapes)
        self.W, U = (reordered(array, GATES, ROWS) for array in tape.p[:2])
        self.U_T = np.array(U.T, self.dtype, order="C")
        self.dM = np.zeros(tape.M.shape, self.dtype)
        self.dp, self.dW_p = (
            None if array is None else np.zeros(array.shape, self.dtype)
            for array in (tape.p.p, tape.p.W_p)
        )

    def prepare(self, block):
        """Fill `d` with the slope of each gate, times what it multiplies."""
        tape, count, one = self.tape, block.stop - block.start, self.one
        o, i, c_tilde = tape.o[block], tape.i[block], tape.c_tilde[block]
        tanh_c, c_prev = tape.tanh_c[block], tape.c[block]
        d, m_by_c = self.d[:count].reshape(count, 4, tape.H, tape.B), self.m_by_c[:count]
        np.subtract(one, tape.gates[block, :3], d[:, :3])
        np.multiply(d[:, :3], tape.gates[block, :3], d[:, :3])
        np.multiply(d[:, 0], tanh_c, d[:, 0])
        np.multiply(d[:, 1], c_tilde - c_prev if tape.coupled else c_tilde, d[:, 1])
        np.multiply(d[:, 2], c_prev, d[:, 2])
        if tape.coupled:
            d[:, 2] = 0
        slope(c_tilde, i, d[:, 3], one)
        slope(tanh_c, o, m_by_c, one)
        if tape.dead is not None:
            np.copyto(m_by_c, 0, where=tape.dead[block])

    def retreat(self, n, k):
        """Take one step back; k is its place among the prepared ones."""
        tape, H, d = self.tape, self.tape.H, self.d[k]
        dh, dc, dc_next = self.flow[0][n], self.flow[1][n], self.carried[1]
        do, others = d[:H], d[H:].reshape(3, H, tape.B)
        dm = dh if tape.p.W_p is None else tape.p.W_p.T @ dh
        np.multiply(do, dm, do)
        np.multiply(dm, self.m_by_c[k], dc)
        np.add(dc, dc_next, dc)
        if tape.peep is not None:
            dc += tape.p.p_o[:, None] * do
        np.multiply(others, dc, others)
        np.dot(self.U_T, d, self.carried[0])
        np.multiply(dc, tape.f[n], dc_next)
        if tape.peep is not None:
            dc_next += tape.p.p_i[:, None] * others[0] + tape.p.p_f[:, None] * others[1]

    def collect(self, block, nets, V):
        """Add the derivatives by the weights."""
        tape = self.tape
        self.dM += nets @ V.T
        if self.dW_p is not None:
            dh, m = self.flow[0][block], tape.m[block]
            self.dW_p += side_by_side(dh, self.h_room) @ side_by_side(m, self.m_room).T
        if self.dp is not None:
            count = block.stop - block.start
            d = self.d[:count].reshape(count, 4, tape.H, tape.B)
            o, i, f, _ = d.swapaxes(0, 1)
            c, c_prev = tape.c[1:][block], tape.c[block]
            pairs = (i * c_prev, f * c_prev, o * c)
            self.dp += np.concatenate([np.sum(pair, axis=(0, 2)) for pair in pairs])

    def params(self):
        """Return the derivatives by the weights as the record that holds the weights."""
        dM, D = reordered(self.dM, ROWS, GATES), self.tape.D
        return Params(dM[:, :D].copy(), dM[:, D + 1 :].copy(), dM[:, D].copy(), self.dp, self.dW_p)
