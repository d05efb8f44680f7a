"""A whole sequence at speed: the arrays that a cell fills forward and reads again backward.

Inside, an example is a column, as in mathematics: arrays are (T, rows, B). The rows of a gate are
one block of memory, and one product per step gives the net inputs of several gates. Outside,
everything is (B, T, rows).

Steps are counted in reading order: n = 0 is the first one read, which with `reverse` is the last
in time. A padded step leaves the state as it was.
"""

from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..hints import Array
from ..memory import carve, empty
from ..overflow import quietly
from ..records import frozen, saved
from .columns import fitted, merged, pieces, side_by_side, within

COLUMNS = 512  # of a product that takes several steps at least: steps times examples
TURNED = 1 << 15  # bytes that are turned together; they should stay in the smallest cache
NUMBERS = 1 << 17  # that are prepared for the way back together; they should stay in a cache


class Hidden(NamedTuple):
    """The state of a cell that carries nothing but h."""

    h: Array  # (B, H)


class Tape:
    """What one run keeps. A cell adds its weights and arrays, and how a step is taken.

    `views` names arrays of (T, rows, B), and `advance` is given step n of each of them.

    Attributes
    ----------
    V : (T+1, D+1+P, B)
        V[n] is all that step n multiplies: x, a one for the bias, and h from the step before.
    states : tuple of (T+1, rows, B)
        What is carried: states[0][n] is h before step n, states[0][n + 1] h after it.
    live, dead : (T, 1, B) of bool, or None
        Which steps are no padding, and which are; None where there is no padding.
    """

    if TYPE_CHECKING:  # the arrays that `carve` makes are attributes by name

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, x, start, p, live, reverse, **shapes):
        (self.B, self.T, self.D), P = x.shape, start.h.shape[1]
        self.dtype = np.result_type(x, *start, *(array for array in p if array is not None))
        self.p, self.reverse = saved(p), reverse
        self.live = None if live is None else self.inward(live[:, :, None])
        self.dead = None if self.live is None else ~self.live
        shapes = {"V": (self.T + 1, self.D + 1 + P), **shapes}
        shapes = {name: (*shape, self.B) for name, shape in shapes.items()}
        vars(self).update(carve(self.dtype, **shapes))
        self.V[: self.T, : self.D] = self.inward(x)
        self.V[:, self.D] = 1
        self.h = self.V[:, self.D + 1 :]
        self.h[0] = start.h.T
        # A number that is an array already is taken faster than one of Python's.
        self.half, self.one = np.array(0.5, self.dtype), np.array(1, self.dtype)

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
        # Going through an array is faster than asking for one step after the other.
        for n, step in enumerate(zip(*self.views(), strict=False)):
            self.advance(*step)
            if self.dead is not None:
                for states in self.states:
                    np.copyto(states[n + 1], states[n], where=self.dead[n])
        return self

    def activate(self, a, sigmoids):
        """Apply tanh to all rows; those that hold half become sigmoids of the whole."""
        np.tanh(a, a)
        np.add(sigmoids, self.one, sigmoids)
        np.multiply(sigmoids, self.half, sigmoids)

    def final(self):
        """Return the state after the last step."""
        return [frozen(np.array(states[-1].T, order="C")) for states in self.states]

    def field(self, array):
        """Return what users see of an array, read-only: zeros in the padding."""
        return frozen(self.outward(self.cleared(array)))

    def outputs(self):
        """Return h after every step, its numbers in the order in which other layers read them."""
        h, y = self.cleared(self.h[1:]), empty((self.B, self.T, self.h.shape[1]), self.dtype)
        turned, room = self.inward(y), TURNED // self.dtype.itemsize
        rows = within(room, self.B, h.shape[1])
        for block in pieces(0, self.T, within(room, rows * self.B, self.T)):
            for part in pieces(0, h.shape[1], rows):
                turned[block, part] = h[block, part]
        return frozen(y)


class Rewind:
    """The way back along a tape. A cell adds its weights and arrays, and how a step is taken.

    A few steps are prepared together: `prepare` fills `d` with the factors by which a step
    multiplies what reaches it. `retreat` multiplies: it is given the derivatives by the states
    after a step, and that step of all arrays of (steps, rows, B) that `views` names. `collect`
    adds up a block of many steps.

    Attributes
    ----------
    flow : tuple of (T, rows, B)
        The total derivative by each state after each step, h first.
    carried : list of (rows, B)
        What of it the step after passes back.
    dx : (B, T, D)
    d : (steps of a piece, rows, B)
    found : (rows, columns of a block)
        The rows of `d` that `collect` reads; the last ones are derivatives by net inputs.
    """

    if TYPE_CHECKING:  # the arrays that `carve` makes are attributes by name

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, tape, dy, dstate, rows, found, **rooms):
        self.tape, self.dtype = tape, np.result_type(tape.dtype, dy, *dstate)
        self.flow = tuple(empty(s[1:].shape, self.dtype) for s in tape.states)
        self.flow[0][:] = tape.cleared(tape.inward(dy))
        self.carried = [np.array(d.T, self.dtype, order="C") for d in dstate]
        self.dx = empty((tape.B, tape.T, tape.D), self.dtype)  # in reading order
        self.W = tape.p.W.astype(self.dtype, copy=False)
        self.one = np.array(1, self.dtype)
        self.many = within(max(COLUMNS, tape.p.U.shape[1]), tape.B, tape.T)
        self.few = within(NUMBERS, rows * tape.B, self.many)
        rooms |= {"V": tape.V.shape[1], "found": found.stop - found.start, "dx": tape.D}
        shapes = {f"{name}_room": (number, self.many * tape.B) for name, number in rooms.items()}
        vars(self).update(carve(self.dtype, d=(self.few, rows, tape.B), **shapes))
        self.kept = self.d[:, found]

    @quietly
    def play(self, truncate):
        """Take all steps back, from the last one read to the first; return what was found."""
        cut, views = self._cut(truncate), list(zip(*self.views(), strict=True))
        for block in pieces(0, self.tape.T, self.many):
            many = block.stop - block.start
            found = fitted(self.found_room, self.kept.shape[1], many, self.tape.B)
            for piece in pieces(block.start, block.stop, self.few):
                self._retreat(piece, views, cut)
                steps = slice(piece.start - block.start, piece.stop - block.start)
                side_by_side(self.kept[: piece.stop - piece.start], found[:, steps])
            self._collect(block, merged(found))
        return self

    def _retreat(self, piece, views, cut):
        """Prepare a few steps and take them back."""
        dead, d = self.tape.dead, self.d[: piece.stop - piece.start]
        self.prepare(piece, d)
        if dead is not None:
            np.copyto(d, 0, where=dead[piece])
        flow = zip(*(total[piece] for total in self.flow), strict=True)
        for n, (dh, *others), step in reversed(list(zip(count(piece.start), flow, views))):
            np.add(dh, self.carried[0], dh)
            self.retreat(dh, *others, *step)
            if cut is not None or dead is not None:
                self._pass_on(n, cut)
        if dead is not None:  # a gradient that is NaN times the zeros of a padded step
            np.copyto(self.kept[: len(d)], 0, where=dead[piece])

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
        if self.tape.dead is not None:
            for total, carried in zip(self.flow, self.carried, strict=True):
                np.copyto(carried, total[n], where=self.tape.dead[n])
        if cut is not None:
            for carried in self.carried:
                np.copyto(carried, 0, where=cut[n])

    def _collect(self, block, found):
        """Add up what several steps give: the derivatives by inputs and weights are one product."""
        tape, many = self.tape, block.stop - block.start
        if tape.dead is not None:
            for total in self.flow:
                np.copyto(total[block], 0, where=tape.dead[block])
        nets = found[-len(self.W) :]
        dx = np.dot(nets.T, self.W, fitted(self.dx_room, many * tape.B, tape.D))
        self.dx[:, block] = dx.reshape(many, tape.B, tape.D).swapaxes(0, 1)
        self.collect(block, found, self.columns(tape.V, block, self.V_room))

    def living(self, array, steps):
        """Return some steps, zeros in the padding: whatever stands there may be NaN."""
        dead = self.tape.dead
        return array[steps] if dead is None else np.where(dead[steps], 0, array[steps])

    def columns(self, array, steps, room):
        """Return the columns of several steps beside each other, put into a room."""
        block = self.living(array, steps)
        count, rows, B = block.shape
        return merged(side_by_side(block, fitted(room, rows, count, B)))

    def add(self, total, derivatives, read):
        """Add to the derivatives by weights what several steps give."""
        total += np.dot(derivatives, read.T, empty(total.shape, self.dtype))

    def _cut(self, truncate):
        """Mark the steps before which the gradient stops: k, 2k, … as they are read."""
        if truncate is None:
            return None
        live = np.ones((self.tape.T, 1, 1), bool) if self.tape.live is None else self.tape.live
        place = np.cumsum(live, axis=0) - 1
        return live & (place > 0) & (place % truncate == 0)
