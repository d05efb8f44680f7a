"""What enters one step of the running example."""

from ... import examples


def arguments(run, p, t, states=("h",)):
    """Return the arguments of step t of a cell, t = 1 … 3; its states start at zero."""
    before = {
        f"{name}_prev": values[:, t - 2] if t > 1 else 0 * values[:, 0]
        for name in states
        for values in [getattr(run.steps, name)]
    }
    return {"x": examples.X[:, t - 1], "p": p} | before
