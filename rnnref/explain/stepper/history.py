"""The running example, forward and back through time, by the plain functions of the package."""

import functools
from typing import NamedTuple

import numpy as np

from ... import examples
from .. import samples
from .goal import half_squared


class Film(NamedTuple):
    """Every number of a run.

    Attributes
    ----------
    ahead, back : list of dict of str to array
        One dictionary per time step, in the order of time: what the step reads and computes.
    goal : Goal
    """

    ahead: list
    back: list
    goal: NamedTuple


@functools.cache
def played(cell):
    """Run a cell over the running example, and the derivatives of the loss back."""
    run, p = cell.run(), cell.params()
    ahead = []
    for t in range(examples.X.shape[1]):
        read = samples.entered(run, p, t)
        ahead.append(read | cell.module.step(**read)._asdict())
    goal = half_squared(ahead[-1]["h"], examples.TARGET)
    arriving = {name: np.zeros_like(goal.dh) for name in cell.carry} | {"dh": goal.dh}
    back = []
    for step in reversed(ahead):
        found = arriving | went_back(cell, step, arriving)
        back.insert(0, found)
        arriving = {name: found[source] for name, source in cell.carry.items()}
    return Film(ahead, back, goal)


def went_back(cell, step, arriving):
    """Take the derivatives through one step; dh*o is the one on a wire that has no name."""
    read = {name: step[name] for name in ("x", *(f"{s}_prev" for s in cell.states), "p")}
    record = type(cell.module.step(**read))
    s = record(**{name: step[name] for name in record._fields})
    found = cell.module.step_backward(**arriving, **read, s=s)._asdict()
    return found | ({"dh*o": arriving["dh"] * s.o} if "c" in cell.states else {})
