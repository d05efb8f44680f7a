"""The GRU over a whole sequence, in its four forms; see `tape`.

`gru.step` and its variants are the equations. The candidate has products of its own: what the
reset gate acts on stands between U_h and the old state, or behind their product.
"""

import numpy as np

from ..hints import Array
from ..sequence.tape import Rewind, Tape, side_by_side, slope
from .records import GRUStep, Params


class GRUTape(Tape):
    """Gates and hidden states of all steps.

    Attributes
    ----------
    M_g : (2*H, D+1+H)
        W, b and U of both gates side by side, half of them.
    M_h : (H, D+1)
        W_h and b_h side by side.
    U_h : (H, H), or (H, 1+H)
        With the reset after the product, b_u stands beside it.
    nets, gates : (T, 3*H, B) and (T, 3, H, B)
        The same numbers: net inputs first, then gates and candidate.
    u : (T, H, B)
        The old state after its reset; or the product that is reset.
    other : (T, H, B)
        1 - z.
    """

    def __init__(self, x, start, p, live, reverse, reset, update):
        T, H = x.shape[1], start.h.shape[1]
        shapes = {"nets": (T, 3 * H), "u": (T, H), "other": (T, H), "spare": (H,)}
        super().__init__(x, start, p, live, reverse, **shapes)
        self.H, self.after, self.replace = H, reset == "after", update == "replace"
        self.gates, self.states = self.nets.reshape(T, 3, H, self.B), (self.h,)
        self.r, self.z, self.h_tilde = self.gates.swapaxes(0, 1)
        W, b, U = p.W, p.b[:, None], p.U
        gates, rest = slice(2 * H), slice(2 * H, None)
        self.M_g = np.concatenate([W[gates], b[gates], U[gates]], axis=1, dtype=self.dtype)
        self.M_g *= 0.5
        self.M_h = np.concatenate([W[rest], b[rest]], axis=1, dtype=self.dtype)
        beside = [p.b_u[:, None]] if self.after else []
        self.U_h = np.concatenate([*beside, U[rest]], axis=1, dtype=self.dtype)

    def advance(self, n):
        """Take one step."""
        r, z, h_tilde, both = self.r[n], self.z[n], self.h_tilde[n], self.nets[n, : 2 * self.H]
        V, u, other = self.V[n], self.u[n], self.other[n]
        h_prev, h, spare = self.h[n], self.h[n + 1], self.spare
        np.dot(self.M_g, V, both)
        self.activate(both, 2 * self.H)
        np.dot(self.M_h, V[: self.D + 1], h_tilde)
        if self.after:
            np.dot(self.U_h, V[self.D :], u)
            np.multiply(r, u, spare)
        else:
            np.multiply(r, h_prev, u)
            np.dot(self.U_h, u, spare)
        np.add(h_tilde, spare, h_tilde)
        np.tanh(h_tilde, h_tilde)
        np.subtract(self.one, z, other)
        keep, take = (other, z) if self.replace else (z, other)
        np.multiply(keep, h_prev, h)
        np.multiply(take, h_tilde, spare)
        np.add(h, spare, h)

    def steps(self):
        """Return the named values of all steps."""
        r, z, h_tilde = map(self.field, (self.r, self.z, self.h_tilde))
        return GRUStep(r, z, h_tilde, self.outputs())


class GRURewind(Rewind):
    """The derivatives of all steps.

    Attributes
    ----------
    du : (steps, H, B)
        With the reset after the product, the derivative by that product.
    dM_g, dM_h, dU_h
        Those by the weights, side by side as on the tape.
    """

    spare: Array

    def __init__(self, tape, dy, dstate):
        H = tape.H
        super().__init__(tape, dy, dstate, d=(3 * H,), du=(H,), u_room=(H,), spare=(H,))
        self.spare = self.spare[0]
        self.W, U = tape.p[:2]
        self.U_T, self.U_h_T = (
            np.array(part.T, self.dtype, order="C") for part in (U[: 2 * H], U[2 * H :])
        )
        self.dM_g, self.dM_h, self.dU_h = (
            np.zeros(w.shape, self.dtype) for w in (tape.M_g, tape.M_h, tape.U_h)
        )

    def prepare(self, block):
        """Fill `d` with the slope of each gate, times what it multiplies."""
        tape, count = self.tape, block.stop - block.start
        r, z, h_tilde = tape.r[block], tape.z[block], tape.h_tilde[block]
        h_prev, other = tape.h[block], tape.other[block]
        d = self.d[:count].reshape(count, 3, tape.H, tape.B)
        np.subtract(self.one, r, d[:, 0])
        d[:, 0] *= r
        d[:, 0] *= tape.u[block] if tape.after else h_prev
        np.subtract(*((h_tilde, h_prev) if tape.replace else (h_prev, h_tilde)), d[:, 1])
        d[:, 1] *= z
        d[:, 1] *= other
        slope(h_tilde, z if tape.replace else other, d[:, 2], self.one)

    def retreat(self, n, k):
        """Take one step back; k is its place among the prepared ones."""
        tape, H, dh, carried = self.tape, self.tape.H, self.flow[0][n], self.carried[0]
        d, du, spare, r = self.d[k], self.du[k], self.spare, tape.r[n]
        d_r, d_zh, d_h = d[:H], d[H:].reshape(2, H, tape.B), d[2 * H :]
        np.multiply(d_zh, dh, d_zh)
        if tape.after:
            np.multiply(d_h, r, du)
            np.multiply(d_r, d_h, d_r)
            np.dot(self.U_h_T, du, spare)
        else:
            np.dot(self.U_h_T, d_h, spare)
            np.multiply(d_r, spare, d_r)
            np.multiply(spare, r, spare)
        np.dot(self.U_T, d[: 2 * H], carried)
        np.add(carried, spare, carried)
        np.multiply(dh, tape.other[n] if tape.replace else tape.z[n], spare)
        np.add(carried, spare, carried)

    def collect(self, block, nets, V):
        """Add the derivatives by the weights."""
        tape, H = self.tape, self.tape.H
        self.dM_g += nets[: 2 * H] @ V.T
        self.dM_h += nets[2 * H :] @ V[: tape.D + 1].T
        if tape.after:
            du = self.du[: block.stop - block.start]
            self.dU_h += side_by_side(du, self.u_room) @ V[tape.D :].T
        else:
            self.dU_h += nets[2 * H :] @ side_by_side(tape.u[block], self.u_room).T

    def params(self):
        """Return the derivatives by the weights as the record that holds the weights."""
        D, after = self.tape.D, self.tape.after
        W = np.concatenate([self.dM_g[:, :D], self.dM_h[:, :D]])
        U = np.concatenate([self.dM_g[:, D + 1 :], self.dU_h[:, int(after) :]])
        b = np.concatenate([self.dM_g[:, D], self.dM_h[:, D]])
        return Params(W, U, b, self.dU_h[:, 0].copy() if after else None)
