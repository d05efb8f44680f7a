"""Sequences as plain loops over the package's steps: one sequence at a time, no padding, no tape.

The fast `forward` and `backward` must equal this. What the loops do is little: cut a sequence to
its length, turn it round, call the step and hand the state on; on the way back hand the gradients
on, and add up those of the weights.
"""

from typing import NamedTuple

import forms
import numpy as np

WEIGHTS = ("dW", "dU", "db", "dp")


class Looped(NamedTuple):
    """What a loop computed for one sequence: by time step, or by name."""

    steps: dict  # t -> step record
    state: list
    x: dict  # t -> (1, D)
    start: list
    flow: dict  # t -> derivatives by h (and c)
    weights: dict


def sequence(name, x, start, p, order, dy, dstate, truncate=None):
    """Run one sequence there and back.

    Parameters
    ----------
    name : str
        A form that has a step.
    x, dy : (1, T, D), (1, T, H)
    start, dstate : sequence of (1, H)
    p : Params
    order : list of int
        The time steps as they are read.
    truncate : int, optional
    """
    form, steps, before, state = forms.FORMS[name], {}, {}, list(start)
    for t in order:
        before[t] = state
        steps[t] = form.step(x[:, t], *state, p)
        state = [getattr(steps[t], part) for part in form.states]
    carried, dx, flow, weights = list(dstate), {}, {}, {}
    for place, t in reversed(list(enumerate(order))):
        dh = carried[0] + dy[:, t]
        back = form.step_backward(dh, *carried[1:], x[:, t], *before[t], steps[t], p)
        dx[t], flow[t] = back.dx, [dh, *(getattr(back, f"d{part}") for part in form.states[1:])]
        for key, value in back._asdict().items():
            if key[:2] in WEIGHTS:
                weights[key[1:]] = weights.get(key[1:], 0) + value
        carried = [getattr(back, f"d{part}_prev") for part in form.states]
        if truncate and place and place % truncate == 0:
            carried = [np.zeros_like(part) for part in carried]
    return Looped(steps, state, dx, carried, flow, weights)


def batch(name, x, start, p, lengths, reverse, dy, dstate, truncate=None):
    """Return one `Looped` for each sequence of a batch."""
    found = []
    for b, length in enumerate(lengths):
        order = list(range(length))[:: -1 if reverse else 1]
        row = slice(b, b + 1)
        parts = [[part[row] for part in parts] for parts in (start, dstate)]
        args = (x[row], parts[0], p, order, dy[row], parts[1], truncate)
        found.append(sequence(name, *args))
    return found
