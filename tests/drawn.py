"""Recurrent runs of any form and size for Hypothesis: it draws the sizes, a seed draws the rest."""

from typing import Any, NamedTuple

import numpy as np
from forms import FORMS
from hypothesis import settings
from hypothesis import strategies as st

from rnnref import lstm

# The same examples on every run; `HYPOTHESIS_PROFILE=slow` draws fifty times as many others.
settings.register_profile("law", derandomize=True, database=None, deadline=None, max_examples=12)
settings.register_profile("slow", database=None, deadline=None, max_examples=600)
MOST = {"B": 5, "T": 6, "D": 4, "H": 5, "P": 4}


class Case(NamedTuple):
    """Everything that goes into a run and its way back."""

    name: str
    x: np.ndarray
    p: Any
    start: tuple
    lengths: np.ndarray
    reverse: bool
    dy: np.ndarray
    dstate: tuple


@st.composite
def cases(draw, name):
    """Draw sizes, lengths and a direction; numbers come from a seed, all of them random."""
    B, T, D, H, P = (draw(st.integers(1, most), label=letter) for letter, most in MOST.items())
    seed = draw(st.integers(0, 2**32 - 1), label="seed")
    lengths = np.array(draw(st.lists(st.integers(0, T), min_size=B, max_size=B), label="lengths"))
    return case(name, (B, T, D, H, P), seed, lengths, draw(st.booleans(), label="reverse"))


def case(name, sizes, seed, lengths, reverse):
    """Return random arguments of the given sizes."""
    rng, form, (B, T, D, H, P) = np.random.default_rng(seed), FORMS[name], sizes
    normal, G = rng.standard_normal, len(getattr(form.cell, "GATES", "h"))
    width = P if "W_p" in form.extra else H
    shapes = {"p": (3 * H,), "W_p": (P, H), "b_u": (H,)}
    extra = {field: normal(shapes[field]) for field in form.extra}
    p = form.cell.Params(normal((G * H, D)), normal((G * H, width)), normal(G * H), **extra)
    states = {"h": width, "c": H}
    start, dstate = (tuple(normal((B, states[s])) for s in form.states) for _ in range(2))
    return Case(name, normal((B, T, D)), p, start, lengths, reverse, normal((B, T, width)), dstate)


def run(case, **options):
    """Run a case; return its record."""
    form = FORMS[case.name]
    given = form.options | {"lengths": case.lengths, "reverse": case.reverse} | options
    return form.cell.forward(case.x, case.p, state=whole(case.start), **given)


def back(case, found):
    """Run a case back with its derivatives by all outputs."""
    cell = FORMS[case.name].cell
    return cell.backward(found, dy=case.dy, dstate=whole(case.dstate))


def whole(parts):
    """Return the parts of a state as a cell takes them."""
    return lstm.State(*parts) if len(parts) == 2 else parts[0]


def leaves(tree):
    """Return the arrays of a record, or of an array, in order; absent ones are left out."""
    if isinstance(tree, tuple):
        return [leaf for part in tree for leaf in leaves(part)]
    return [] if tree is None else [tree]
