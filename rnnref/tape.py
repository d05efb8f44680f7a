"""A whole sequence at speed: the arrays that a cell fills forward and reads again backward.

Inside, an example is a column, as in mathematics: arrays are (T, rows, B). The rows of a gate are
one block of memory, and one product per step gives the net inputs of several gates. Outside,
everything is (B, T, rows).

Steps are counted in reading order: n = 0 is the first one read, which with `reverse` is the last
in time. A padded step leaves the state as it was.
"""

import numpy as np

from .records import frozen, saved


class Tape:
    """What one run keeps. A cell adds its weights and arrays, and `advance`, which fills one step.

    Attributes
    ----------
    V : (T+1, D+1+P, B)
        V[n] is all that step n multiplies: x, a one for the bias, and h from the step before.
    states : tuple of (T+1, rows, B)
        What is carried: states[0][n] is h before step n, states[0][n + 1] h after it.
    live, dead : (T, 1, B) of bool, or None
        Which steps are no padding, and which are; None where there is no padding.
    """

    def __init__(self, x, start, p, live, reverse):
        (self.B, self.T, self.D), P = x.shape, start.h.shape[1]
        self.dtype = np.result_type(x, *start, *(array for array in p if array is not None))
        self.p, self.reverse = saved(p), reverse
        self.live = None if live is None else self.inward(live[:, :, None])
        self.dead = None if live is None else ~self.live
        self.V = self.empty(self.T + 1, self.D + 1 + P)
        self.V[: self.T, : self.D] = self.cleared(self.inward(x))
        self.V[:, self.D] = 1
        self.V[0, self.D + 1 :] = start.h.T
        self.h = self.V[:, self.D + 1 :]

    def empty(self, *shape):
        """Return an array for one column per example."""
        return np.empty((*shape, self.B), self.dtype)

    def inward(self, array):
        """Turn (B, T, rows) in the order of time into (T, rows, B) in reading order."""
        return array.transpose(1, 2, 0)[:: -1 if self.reverse else 1]

    def outward(self, array):
        """Turn (T, rows, B) in reading order into (B, T, rows) in the order of time."""
        return array[:: -1 if self.reverse else 1].transpose(2, 0, 1)

    def cleared(self, array):
        """Put 0 in the padding; whatever stands there is not read."""
        return array if self.live is None else np.where(self.live, array, 0)

    def play(self):
        """Take all steps, in reading order; return the tape."""
        for n in range(self.T):
            self.advance(n)
            if self.dead is not None:
                for states in self.states:
                    np.copyto(states[n + 1], states[n], where=self.dead[n])
        return self

    def final(self):
        """Return the state after the last step."""
        return [frozen(np.array(states[-1].T, order="C")) for states in self.states]

    def field(self, array):
        """Return what users see of an array, read-only: zeros in the padding."""
        return frozen(self.outward(self.cleared(array)))

    def outputs(self):
        """Return h after every step, its numbers in the order in which other layers read them."""
        return frozen(np.ascontiguousarray(self.field(self.h[1:])))


class Rewind:
    """The way back along a tape. A cell adds `prepare`, `retreat` and `collect`.

    Attributes
    ----------
    flow : tuple of (T, rows, B)
        The total derivative by each state after each step, h first.
    carried : list of (rows, B)
        What of it the step after passes back.
    dx : (B, T, D)
    """

    columns = 256  # of one product: so many steps are taken together as give this number

    def __init__(self, tape, dy, dstate):
        self.tape, self.dtype = tape, np.result_type(tape.dtype, dy, *dstate)
        self.flow = tuple(np.empty(s[1:].shape, self.dtype) for s in tape.states)
        self.flow[0][:] = tape.cleared(tape.inward(dy))
        self.carried = [np.array(d.T, self.dtype, order="C") for d in dstate]
        self.dx = np.empty((tape.B, tape.T, tape.D), self.dtype)  # in reading order

    @np.errstate(over="ignore")  # what explodes becomes infinite
    def play(self, truncate):
        """Take all steps back, from the last one read to the first; return what was found."""
        tape, cut = self.tape, self._cut(truncate)
        steps = max(1, self.columns // max(tape.B, 1))
        for stop in range(tape.T, 0, -steps):
            block = range(max(0, stop - steps), stop)
            self.d = self.prepare(slice(block.start, stop))
            if tape.dead is not None:
                np.copyto(self.d, 0, where=tape.dead[block.start : stop])
            for n in reversed(block):
                self.flow[0][n] += self.carried[0]
                self.retreat(n, n - block.start)
                self._pass_on(n, cut)
            self._collect(slice(block.start, stop))
        return self

    def inputs(self):
        """Return the derivative by x."""
        return self.dx[:, ::-1] if self.tape.reverse else self.dx

    def start(self):
        """Return the derivatives by the state before the first step."""
        return [np.array(carried.T, order="C") for carried in self.carried]

    def flows(self):
        """Return the derivatives by the states after all steps."""
        return [self.tape.outward(total) for total in self.flow]

    def _pass_on(self, n, cut):
        """Let the gradient pass by a padded step, and stop it where it is truncated."""
        for total, carried in zip(self.flow, self.carried, strict=True):
            if self.tape.dead is not None:
                np.copyto(carried, total[n], where=self.tape.dead[n])
            if cut is not None:
                np.copyto(carried, 0, where=cut[n])

    def _collect(self, block):
        """Add up what several steps give: the derivatives by inputs and weights are one product."""
        if self.tape.dead is not None:
            for total in self.flow:
                np.copyto(total[block], 0, where=self.tape.dead[block])
        nets = side_by_side(self.d)
        dx = (self.W_T @ nets).reshape(self.tape.D, len(self.d), self.tape.B)
        self.dx[:, block] = dx.transpose(2, 1, 0)
        self.collect(block, nets)

    def _cut(self, truncate):
        """Mark the steps before which the gradient stops: k, 2k, … as they are read."""
        if truncate is None:
            return None
        live = np.ones((self.tape.T, 1, 1), bool) if self.tape.live is None else self.tape.live
        place = np.cumsum(live, axis=0) - 1
        return live & (place > 0) & (place % truncate == 0)


def activate(a, gates):
    """Apply tanh to all rows; what the first ones hold half of becomes the sigmoid of the whole."""
    np.tanh(a, out=a)
    a[:gates] += 1
    a[:gates] *= 0.5


def stacked(p, field, gates):
    """Return the rows of several gates, in another order than the one of the record."""
    return np.concatenate([getattr(p, f"{field}_{gate}") for gate in gates])


def restacked(array, gates, order):
    """Bring the rows of `gates` into another order."""
    blocks = dict(zip(gates, np.split(array, len(gates)), strict=True))
    return np.concatenate([blocks[gate] for gate in order])


def side_by_side(block):
    """Put the columns of several steps beside each other: (steps, rows, B) to (rows, steps*B)."""
    return block.transpose(1, 0, 2).reshape(block.shape[1], -1)
