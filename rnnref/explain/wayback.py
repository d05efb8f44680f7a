"""The way back through step 2 of the running example, for figures of gradients.

A gradient takes every wire of the forward pass the other way round, and where a value was copied
the gradients of the copies add up. `check_reversed` compares that with what the code of the
backward step really reads; `slopes` measures the same gradients without it.
"""

import numpy as np

from .. import examples
from ..gradcheck import COMPLEX_STEP
from .samples import STEP, entered
from .svg import FigureError
from .trace import trace


def entered_back(cell, run, p, step=STEP):
    """Return what a backward step reads besides the gradients: the forward step's values."""
    s = type(cell.step.__wrapped__(**entered(run, p, step)))
    return entered(run, p, step) | {"s": s(*(field[:, step] for field in run.steps))}


def arriving(cell, run, p):
    """Return the gradients that reach step 2: from its output, and from the whole of step 3."""
    states = getattr(run.state, "_fields", ("h",))
    nothing = {f"d{name}_next": np.zeros_like(run.y[:, 0]) for name in states[1:]}
    given = entered_back(cell, run, p, STEP + 1)
    after = cell.step_backward(dh=examples.DY[:, STEP + 1], **nothing, **given)
    came = {f"d{name}_next": getattr(after, f"d{name}_prev") for name in states[1:]}
    return {"dh": examples.DY[:, STEP] + after.dh_prev} | came


def recorded(cell, run, p):
    """Return the gradients of step 2 by name, what arrives included, as recorded values."""
    came = arriving(cell, run, p)
    scope = f"{cell.__name__.rpartition('.')[2]}-backward"
    made = trace(cell.step_backward, came | entered_back(cell, run, p), scope)
    return made, came | {name: node.value for name, node in made.items()}


def slopes(loss, names):
    """Return the derivative of a loss by each value of step 2, by the complex step.

    Parameters
    ----------
    loss : function (dict of str to (1, H) array) -> complex
        The loss when something is added to one value, by its name.
    names : iterable of str
        Of gradients: "df" is the derivative by f.
    """
    return {name: np.array([_slope(loss, name[1:], unit) for unit in (0, 1)]) for name in names}


def _slope(loss, name, unit):
    push = np.zeros((1, 2), complex)
    push[0, unit] = 1j * COMPLEX_STEP
    return loss({name: push}).imag / COMPLEX_STEP


def check_reversed(graph, back, ends):
    """Stop where the reversed graph is not the flow of the backward step.

    Parameters
    ----------
    graph : Graph
        Of the forward step.
    back : dict of str to Node
        The recorded backward step.
    ends : dict of str to str
        The gradients that arrive, by the box at which they do: {"h out": "dh"}.
    """
    named = {name for name, box in graph.boxes.items() if box.latex and name not in ends}
    wanted = _reversed(graph, named, ends)
    found = _read_back(back, {f"d{name}" for name in named} | set(ends.values()))
    if wrong := wanted ^ found:
        spelled = ", ".join(sorted(" -> ".join(pair) for pair in wrong))
        raise FigureError(f"the way back in the figure and in the code differ: {spelled}")


def _reversed(graph, named, ends):
    """Return the pairs (gradient, gradient that is made of it) that the reversed graph says."""
    pairs = set()
    for wire in graph.wires:
        for source in _named_sources(graph, wire.src, named):
            if wire.dst in named or wire.dst in ends:
                pairs.add((ends.get(wire.dst, f"d{wire.dst}"), f"d{source}"))
    return {(src, dst) for src, dst in pairs if src != dst}  # "h out" carries the gradient of h


def _named_sources(graph, name, named):
    """Return a box itself if it has a name, else the named ones that it is computed from."""
    if name in named:
        return {name}
    sources = [wire.src for wire in graph.wires if wire.dst == name]
    return {found for source in sources for found in _named_sources(graph, source, named)}


def _read_back(back, wanted):
    """Return the same pairs as recorded; what the graph has no name for is passed through."""
    return {
        (source, name)
        for name, node in back.items()
        if name in wanted
        for source in _gradients_read(node, wanted)
    }


def _gradients_read(node, wanted):
    for arg in node.args:
        if arg.name in wanted:
            yield arg.name
        else:
            yield from _gradients_read(arg, wanted)
