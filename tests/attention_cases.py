"""Attention in all its options, for tests: random arguments, and a loss that sees every output."""

import cases
import numpy as np
from cases import A, B, E, F, S, T, V

from rnnref import attention

draw = cases.normal(80)
q, k, wide, v = draw(B, T, E), draw(B, S, E), draw(B, S, F), draw(B, S, V)
dy, dweights = draw(B, T, V), draw(B, T, S)
LENGTHS = (S, 4)


def _mask():
    mask = np.random.default_rng(81).uniform(size=(B, T, S)) < 0.6
    mask[0, 2] = False  # a query that may see nothing
    mask[1, :, 1] = False  # a key that nobody may see
    mask.flags.writeable = False
    return mask


MASK = _mask()
PARAMS = {
    "dot": None,
    "scaled": None,
    "general": attention.General(draw(E, F)),
    "additive": attention.Additive(draw(A, E), draw(A, F), draw(A)),
    "additive bias": attention.Additive(draw(A, E), draw(A, F), draw(A), draw(A)),
    "concat": attention.Concat(draw(A, E + F), draw(A)),
}
HIDING = {
    "nothing": {},
    "mask": {"mask": MASK},
    "bias": {"bias": draw(B, T, S)},
    "one bias for the batch": {"bias": draw(T, S)},
    "causal": {"causal": "top_left"},
    "causal at the end": {"causal": "bottom_right"},
    "lengths": {"key_lengths": LENGTHS},
    "everything": {
        "mask": MASK,
        "bias": draw(B, 1, S),
        "causal": "bottom_right",
        "key_lengths": LENGTHS,
    },
}


def keys(score):
    """Return keys of a depth that a score can compare."""
    return k if score in ("dot", "scaled") else wide


def arguments(score, hiding="nothing"):
    """Return all arrays of a call by name, the weights of the score among them."""
    weights = {} if PARAMS[score] is None else PARAMS[score]._asdict()
    weights = {name: array for name, array in weights.items() if array is not None}
    bias = {"bias": HIDING[hiding]["bias"]} if "bias" in HIDING[hiding] else {}
    return {"q": q, "k": keys(score), "v": v, **weights, **bias}


def run(score, hiding="nothing", scale=None, **arrays):
    """Attend with named arrays, or with those of the case."""
    arrays = arguments(score, hiding) | arrays
    given = {name: arrays.pop(name) for name in ("q", "k", "v")}
    options = HIDING[hiding] | {name: arrays.pop(name) for name in ("bias",) if name in arrays}
    params = type(PARAMS[score])(**arrays) if arrays else None
    name = score.partition(" ")[0]
    return attention.attention(**given, score=name, params=params, scale=scale, **options)


def loss(score, hiding="nothing", scale=None):
    """Return the sum of all outputs, weighted, as a function of the arrays of a call."""

    def of(**arrays):
        found = run(score, hiding, scale, **arrays)
        return np.sum(found.y * dy) + np.sum(found.weights * dweights)

    return of


def gradients(score, hiding="nothing", scale=None, dy=dy, dweights=dweights, **arrays):
    """Return the gradients of that loss by the name of the array."""
    run_of_case = run(score, hiding, scale, **arrays)
    grads = attention.attention_backward(run_of_case, dy=dy, dweights=dweights)
    found = {"q": grads.q, "k": grads.k, "v": grads.v, "bias": grads.bias}
    if grads.params is not None:
        found |= grads.params._asdict()
    return {name: grad for name, grad in found.items() if grad is not None}
