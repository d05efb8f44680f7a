"""The GRU over a whole sequence, in its four forms; see `tape`.

`gru.step` and its variants are the equations. The candidate has products of its own: what the
reset gate acts on stands between U_h and the old state, or behind their product.
"""

import numpy as np

from .gru_records import GATES, GRUStep, Params
from .tape import Rewind, Tape, activate, side_by_side, stacked


class GRUTape(Tape):
    """Gates and hidden states of all steps.

    Attributes
    ----------
    M_g : (2*H, D+1+H)
        W, b and U of both gates side by side, half of them.
    M_h : (H, D+1)
        W_h and b_h.
    U_h : (H, H), or (H, 1+H) with the reset after the product: b_u and U_h
    gates : (T, 3, H, B)
    u : (T, H, B)
        The old state after its reset; or the product that is reset.
    other : (T, H, B)
        1 - z.
    """

    def __init__(self, x, start, p, live, reverse, reset, update):
        super().__init__(x, start, p, live, reverse)
        self.H, self.after, self.replace = start.h.shape[1], reset == "after", update == "replace"
        parts = [stacked(p, field, "rz") for field in "WbU"]
        self.M_g = np.concatenate([parts[0], parts[1][:, None], parts[2]], 1, dtype=self.dtype)
        self.M_g *= 0.5
        self.M_h = np.concatenate([p.W_h, p.b_h[:, None]], axis=1, dtype=self.dtype)
        self.U_h = np.array(p.U_h, self.dtype)
        if self.after:
            self.U_h = np.concatenate([p.b_u[:, None], p.U_h], axis=1, dtype=self.dtype)
        self.nets = self.empty(self.T, 3 * self.H)
        self.gates = self.nets.reshape(self.T, 3, self.H, self.B)
        self.u, self.other = self.empty(self.T, self.H), self.empty(self.T, self.H)
        self.states, self.spare = (self.h,), self.empty(self.H)

    def advance(self, n):
        """Take one step."""
        r, z, h_tilde = self.gates[n]
        h_prev, h, spare = self.h[n], self.h[n + 1], self.spare
        np.dot(self.M_g, self.V[n], out=self.nets[n, : 2 * self.H])
        activate(self.nets[n, : 2 * self.H], 2 * self.H)
        np.dot(self.M_h, self.V[n, : self.D + 1], out=h_tilde)
        if self.after:
            np.dot(self.U_h, self.V[n, self.D :], out=self.u[n])
            np.multiply(r, self.u[n], out=spare)
        else:
            np.multiply(r, h_prev, out=self.u[n])
            np.dot(self.U_h, self.u[n], out=spare)
        h_tilde += spare
        np.tanh(h_tilde, out=h_tilde)
        np.subtract(1, z, out=self.other[n])
        keep, take = (self.other[n], z) if self.replace else (z, self.other[n])
        np.multiply(keep, h_prev, out=h)
        np.multiply(take, h_tilde, out=spare)
        h += spare

    def steps(self):
        """Return the named values of all steps."""
        r, z, h_tilde = self.gates.swapaxes(0, 1)
        return GRUStep(*map(self.field, (r, z, h_tilde)), self.outputs())


class GRURewind(Rewind):
    """The derivatives of all steps; `d` holds those by the net inputs.

    Attributes
    ----------
    du : (T, H, B)
        With the reset after the product, the derivative by that product.
    dM_g, dM_h, dU_h
        Those by the weights, side by side as on the tape.
    """

    def __init__(self, tape, dy, dstate):
        super().__init__(tape, dy, dstate)
        self.W_T = np.array(stacked(tape.p, "W", GATES).T, self.dtype, order="C")
        self.U_T = np.array(stacked(tape.p, "U", "rz").T, self.dtype, order="C")
        self.U_h_T = np.array(tape.p.U_h.T, self.dtype, order="C")
        self.dM_g, self.dM_h, self.dU_h = (
            np.zeros(w.shape, self.dtype) for w in (tape.M_g, tape.M_h, tape.U_h)
        )
        self.du = np.empty(tape.u.shape if tape.after else 0, self.dtype)

    def prepare(self, block):
        """Return the slope of each gate, times what it multiplies."""
        tape = self.tape
        r, z, h_tilde = tape.gates[block].swapaxes(0, 1)
        h_prev, other = tape.h[block], tape.other[block]
        d = np.empty(tape.gates[block].shape, self.dtype)
        d[:, 0] = r * (1 - r) * (tape.u[block] if tape.after else h_prev)
        d[:, 1] = z * other * (h_tilde - h_prev if tape.replace else h_prev - h_tilde)
        d[:, 2] = (1 - h_tilde**2) * (z if tape.replace else other)
        return d.reshape(len(d), 3 * tape.H, tape.B)

    def retreat(self, n, k):
        """Take one step back; k is its place among the prepared ones."""
        tape, H, dh, carried = self.tape, self.tape.H, self.flow[0][n], self.carried[0]
        d_r, d_h = self.d[k, :H], self.d[k, 2 * H :]
        r, z, _ = tape.gates[n]
        self.d[k, H:].reshape(2, H, tape.B)[:] *= dh
        if tape.after:
            np.multiply(d_h, r, out=self.du[n])
            d_r *= d_h
            back = self.U_h_T @ self.du[n]
        else:
            through = self.U_h_T @ d_h
            d_r *= through
            back = through * r
        np.dot(self.U_T, self.d[k, : 2 * H], out=carried)
        carried += back
        carried += dh * (tape.other[n] if tape.replace else z)

    def collect(self, block, nets):
        """Add the derivatives by the weights."""
        tape, H = self.tape, self.tape.H
        V = side_by_side(tape.V[block])
        self.dM_g += nets[: 2 * H] @ V.T
        self.dM_h += nets[2 * H :] @ V[: tape.D + 1].T
        if tape.after:
            self.dU_h += side_by_side(self.du[block]) @ V[tape.D :].T
        else:
            self.dU_h += nets[2 * H :] @ side_by_side(tape.u[block]).T

    def params(self):
        """Return the derivatives by the weights as the record that holds the weights."""
        D, after = self.tape.D, self.tape.after
        W = np.concatenate([self.dM_g[:, :D], self.dM_h[:, :D]])
        U = np.concatenate([self.dM_g[:, D + 1 :], self.dU_h[:, int(after) :]])
        b = np.concatenate([self.dM_g[:, D], self.dM_h[:, D]])
        return Params(W, U, b, self.dU_h[:, 0].copy() if after else None)
