"""The LSTM over a whole sequence, in every combination of its variants; see `sequence.tape`.

`lstm.step` and its variants are the equations. Here the same is done for all gates at once: the
rows of a step are i, f, o, c_tilde, c_prev, tanh_c. So the three sigmoids are neighbours, and what
they multiply stands three places further on, in their order.
"""

import numpy as np

from ..memory import empty
from ..sequence.columns import stepwise
from ..sequence.tape import Rewind, Tape
from .records import LSTMStep, Params


class LSTMTape(Tape):
    """Gates, cell states and hidden states of all steps.

    Attributes
    ----------
    M : (4*H, D+1+P)
        W, b and U side by side, rows i, f, o, c_tilde; those of the sigmoids hold half.
    peep : (3, H, 1), or None
        Half of the peepholes of i, f and o.
    g : (T+1, 6*H, B)
        The rows of every step; those of the gates hold the net inputs first.
    c : (T+1, H, B)
    m : (T, H, B)
        What the projection reads; without one it is h.
    parts : (2*H, B)
        What a step writes to c, and what it keeps.
    """

    def __init__(self, x, start, p, live, reverse, coupled):
        T, H = x.shape[1], start.c.shape[1]
        shapes = {"g": (T + 1, 6 * H), "parts": (2 * H,)}
        shapes |= {"m": (T, H)} if p.W_p is not None else {}
        super().__init__(x, start, p, live, reverse, **shapes)
        self.H, self.coupled = H, coupled
        M = np.concatenate([p.W, p.b[:, None], p.U], axis=1, dtype=self.dtype)
        self.M = np.concatenate([M[: 2 * H], M[3 * H :], M[2 * H : 3 * H]])
        self.M[: 3 * H] *= self.half
        self.times_M = stepwise(self.M, self.B)
        self.peep = None if p.p is None else self.half * p.p.reshape(3, H, 1)
        rows = self.g.reshape(T + 1, 6, H, self.B).swapaxes(0, 1)
        self.i, self.f, self.o, self.c_tilde = rows[:4, :T]
        self.c = rows[4]
        self.c[0], self.states = start.c.T, (self.h, self.c)
        self.written, self.kept = self.parts[:H], self.parts[H:]
        if p.W_p is None:
            self.m = self.h[1:]

    def views(self):
        """Name what `advance` reads and fills."""
        g, H = self.g, self.H
        rows = g[:, : 4 * H], g[:, : 3 * H], g[:, : 2 * H], self.o, g[:, 3 * H : 5 * H]
        return self.V, *rows, self.c[1:], g[:, 5 * H :], self.m, self.h[1:]

    def advance(self, V, nets, sigmoids, i_f, o, c_tilde_c_prev, c, tanh_c, m, h):
        """Take one step."""
        H, written, kept = self.H, self.written, self.kept
        self.times_M(V, nets)
        if self.peep is None:
            self.activate(nets, sigmoids)
        else:
            np.add(i_f, (self.peep[:2] * c_tilde_c_prev[H:]).reshape(i_f.shape), i_f)
            self.activate(i_f, i_f)
            c_tilde = c_tilde_c_prev[:H]
            np.tanh(c_tilde, c_tilde)
        if self.coupled:
            np.subtract(self.one, i_f[:H], i_f[H:])
        np.multiply(i_f, c_tilde_c_prev, self.parts)
        np.add(written, kept, c)
        if self.peep is not None:
            np.add(o, self.peep[2] * c, o)
            self.activate(o, o)
        np.tanh(c, tanh_c)
        np.multiply(o, tanh_c, m)
        if self.p.W_p is not None:
            np.dot(self.p.W_p, m, h)

    def steps(self):
        """Return the named values of all steps."""
        fields = self.f, self.i, self.c_tilde, self.c[1:], self.o
        f, i, c_tilde, c, o = map(self.field, fields)
        return LSTMStep(f, i, c_tilde, c, o, self.outputs())


class LSTMRewind(Rewind):
    """The derivatives of all steps; dM holds those by W, b and U side by side.

    The rows of `d`: how c goes on to c_prev, the net inputs of i, f, c_tilde, o, and what h passes
    to c. All but the last two are multiplied by dc, those by what reaches m.
    """

    def __init__(self, tape, dy, dstate):
        H, P, p = tape.H, tape.h.shape[1], tape.p
        rooms = {} if p.W_p is None else {"h": P, "m": H}
        super().__init__(tape, dy, dstate, 6 * H, slice(H, 5 * H), **rooms)
        self.spare = empty((self.few, 3, H, tape.B), self.dtype)
        self.times_U_T = stepwise(np.array(p.U.T, self.dtype, order="C"), tape.B)
        self.dM = np.zeros(tape.M.shape, self.dtype)
        self.dp, self.dW_p = (
            None if array is None else np.zeros(array.shape, self.dtype) for array in (p.p, p.W_p)
        )

    def prepare(self, piece, d):
        """Fill `d` with the slope of each gate, times what it multiplies."""
        self.carried[1] = np.array(self.carried[1])  # until now it lay in `d`
        tape, many, (H, B) = self.tape, len(d), self.tape.c.shape[1:]
        g, d = (a.reshape(many, 6, H, B).swapaxes(0, 1) for a in (tape.g[piece], d))
        products = self.spare[:many].swapaxes(0, 1)
        keeps, d_i_f, d_o, d_c_through_h = d[0], d[1:3], d[4], d[3::2]
        np.copyto(keeps, g[1])
        np.multiply(g[:3], g[3:], products)  # i c_tilde, f c_prev, o tanh_c
        np.subtract(self.one, g[:2], d_i_f)
        np.multiply(products[:2], d_i_f, d_i_f)
        np.subtract(self.one, g[2], d_o)
        np.multiply(products[2], d_o, d_o)
        # What i and o multiply is a tanh: the slopes there, times i and o.
        np.multiply(products[::2], g[3::2], d_c_through_h)
        np.subtract(g[:3:2], d_c_through_h, d_c_through_h)
        if tape.coupled:
            i, f, _, c_tilde, c_prev, _ = g
            np.multiply(c_tilde - c_prev, i * f, d[1])
            d[2] = 0

    def views(self):
        """Name what `retreat` reads and fills."""
        d, H, B = self.d, self.tape.H, self.tape.B
        by_dc = d[:, : 4 * H].reshape(len(d), 4, H, B)
        return by_dc, d[:, :H], d[:, 4 * H : 5 * H], d[:, 5 * H :], self.kept

    def retreat(self, dh, dc, by_dc, keeps, d_o, through_h, nets):
        """Take one step back."""
        p = self.tape.p
        dm = dh if p.W_p is None else p.W_p.T @ dh
        np.multiply(d_o, dm, d_o)
        np.multiply(through_h, dm, dc)
        np.add(dc, self.carried[1], dc)
        if p.p is not None:
            np.add(dc, p.p_o[:, None] * d_o, dc)
        np.multiply(by_dc, dc, by_dc)
        self.times_U_T(nets, self.carried[0])
        self.carried[1] = keeps
        if p.p is not None:
            np.add(keeps, p.p_i[:, None] * by_dc[1] + p.p_f[:, None] * by_dc[2], keeps)

    def collect(self, block, nets, V):
        """Add the derivatives by the weights."""
        tape = self.tape
        self.add(self.dM, nets, V)
        if self.dW_p is not None:
            dh = self.columns(self.flow[0], block, self.h_room)
            self.add(self.dW_p, dh, self.columns(tape.m, block, self.m_room))
        if self.dp is not None:
            count = block.stop - block.start
            i, f, _, o = nets.reshape(4, tape.H, count, tape.B).swapaxes(1, 2)
            c, c_prev = self.living(tape.c[1:], block), self.living(tape.c, block)
            pairs = (i * c_prev, f * c_prev, o * c)
            self.dp += np.concatenate([np.sum(pair, axis=(0, 2)) for pair in pairs])

    def params(self):
        """Return the derivatives by the weights as the record that holds the weights."""
        dM, D = self.dM, self.tape.D
        return Params(dM[:, :D].copy(), dM[:, D + 1 :].copy(), dM[:, D].copy(), self.dp, self.dW_p)
