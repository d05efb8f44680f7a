"""The GRU over a whole sequence, in its four forms; see `sequence.tape`.

`gru.step` and its variants are the equations. The candidate has products of its own: what the
reset gate acts on stands between U_h and the old state, or behind their product.
"""

import numpy as np

from ..memory import empty
from ..sequence.columns import stepwise
from ..sequence.tape import Rewind, Tape
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
    g : (T, 4*H, B)
        Of every step first the net inputs, then r, z, h_tilde, and 1 - z.
    u : (T, H, B)
        The old state after its reset; or the product that is reset.
    """

    def __init__(self, x, start, p, live, reverse, reset, update):
        T, H = x.shape[1], start.h.shape[1]
        shapes = {"g": (T, 4 * H), "u": (T, H), "spare": (H,)}
        super().__init__(x, start, p, live, reverse, **shapes)
        self.H, self.after, self.replace = H, reset == "after", update == "replace"
        self.states = (self.h,)
        gates = self.g.reshape(T, 4, H, self.B).swapaxes(0, 1)
        self.r, self.z, self.h_tilde, self.other = gates
        W, b, U = p.W, p.b[:, None], p.U
        gates, rest = slice(2 * H), slice(2 * H, None)
        self.M_g = np.concatenate([W[gates], b[gates], U[gates]], axis=1, dtype=self.dtype)
        self.M_g *= self.half
        self.times_M_g = stepwise(self.M_g, self.B)
        self.M_h = np.concatenate([W[rest], b[rest]], axis=1, dtype=self.dtype)
        beside = [p.b_u[:, None]] if self.after else []
        self.U_h = np.concatenate([*beside, U[rest]], axis=1, dtype=self.dtype)
        self.times_M_h, self.times_U_h = (stepwise(w, self.B) for w in (self.M_h, self.U_h))

    def views(self):
        """Name what `advance` reads and fills."""
        V, D = self.V, self.D
        read = V, V[:, : D + 1], V[:, D:], self.h
        gates = self.g[:, : 2 * self.H], self.r, self.z, self.h_tilde, self.other
        return *read, *gates, self.u, self.h[1:]

    def advance(self, V, V_x, V_h, h_prev, both, r, z, h_tilde, other, u, h):
        """Take one step."""
        spare = self.spare
        self.times_M_g(V, both)
        self.activate(both, both)
        self.times_M_h(V_x, h_tilde)
        if self.after:
            self.times_U_h(V_h, u)
            np.multiply(r, u, spare)
        else:
            np.multiply(r, h_prev, u)
            self.times_U_h(u, spare)
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
    """The derivatives of all steps; those by weights are side by side as on the tape.

    The rows of `d`: what the reset passes on, the net inputs of r, z and h_tilde, and what is
    kept. The last three are multiplied by dh, the first two by what reaches the reset.
    """

    def __init__(self, tape, dy, dstate):
        H, U = tape.H, tape.p.U
        rows = slice(0 if tape.after else H, 4 * H)
        super().__init__(tape, dy, dstate, 5 * H, rows, u=H)
        gates, candidate = U[: 2 * H], U[2 * H :]
        parts = [candidate, gates] if tape.after else [gates]
        U_T = np.concatenate(parts, dtype=self.dtype).T.copy()
        self.times_U_T = stepwise(U_T, tape.B)
        self.times_U_h_T = stepwise(np.array(candidate.T, self.dtype, order="C"), tape.B)
        self.spare = empty((self.few, H, tape.B), self.dtype)
        self.dM_g, self.dM_h, self.dU_h = (
            np.zeros(w.shape, self.dtype) for w in (tape.M_g, tape.M_h, tape.U_h)
        )

    def prepare(self, piece, d):
        """Fill `d` with the slope of each gate, times what it multiplies."""
        tape, one, (H, B), count = self.tape, self.one, self.tape.h.shape[1:], len(d)
        passed, d_r, d_z, d_h, kept = d.reshape(count, 5, H, B).swapaxes(0, 1)
        r, z, h_tilde, other = (a[piece] for a in (tape.r, tape.z, tape.h_tilde, tape.other))
        u, h_prev, spare = tape.u[piece], tape.h[piece], self.spare[:count]
        keep, take = (other, z) if tape.replace else (z, other)
        np.copyto(passed, r)
        np.copyto(kept, keep)
        np.subtract(one, r, spare)
        if tape.after:
            np.multiply(spare, r, spare)
        np.multiply(spare, u, d_r)
        np.subtract(*((h_tilde, h_prev) if tape.replace else (h_prev, h_tilde)), spare)
        np.multiply(spare, z, spare)
        np.multiply(spare, other, d_z)
        np.multiply(h_tilde, h_tilde, spare)
        np.subtract(one, spare, spare)
        np.multiply(spare, take, d_h)

    def views(self):
        """Name what `retreat` reads and fills."""
        d, H, B = self.d, self.tape.H, self.tape.B
        by_reset, by_dh = d[:, : 2 * H], d[:, 2 * H :]
        by_reset = by_reset.reshape(len(d), 2, H, B)
        by_dh = by_dh.reshape(len(d), 3, H, B)
        through_U = d[:, : 3 * H] if self.tape.after else d[:, H : 3 * H]
        return by_dh, by_reset, d[:, 3 * H : 4 * H], d[:, :H], d[:, 4 * H :], through_U

    def retreat(self, dh, by_dh, by_reset, d_h, passed, kept, through_U):
        """Take one step back."""
        carried, spare = self.carried[0], self.spare[0]
        np.multiply(by_dh, dh, by_dh)
        if self.tape.after:
            np.multiply(by_reset, d_h, by_reset)
            self.times_U_T(through_U, carried)
        else:
            self.times_U_h_T(d_h, spare)
            np.multiply(by_reset, spare, by_reset)
            self.times_U_T(through_U, carried)
            np.add(carried, passed, carried)
        np.add(carried, kept, carried)

    def collect(self, block, found, V):
        """Add the derivatives by the weights."""
        tape, H, D = self.tape, self.tape.H, self.tape.D
        self.add(self.dM_g, found[-3 * H : -H], V)
        self.add(self.dM_h, found[-H:], V[: D + 1])
        if tape.after:
            self.add(self.dU_h, found[:H], V[D:])
        else:
            self.add(self.dU_h, found[-H:], self.columns(tape.u, block, self.u_room))

    def params(self):
        """Return the derivatives by the weights as the record that holds the weights."""
        D, after = self.tape.D, self.tape.after
        W = np.concatenate([self.dM_g[:, :D], self.dM_h[:, :D]])
        U = np.concatenate([self.dM_g[:, D + 1 :], self.dU_h[:, int(after) :]])
        b = np.concatenate([self.dM_g[:, D], self.dM_h[:, D]])
        return Params(W, U, b, self.dU_h[:, 0].copy() if after else None)
