"""Gradients that have exploded, cut back to a size that a step can take."""

import math
from typing import Any, NamedTuple

import numpy as np

from .. import trees
from ..checks.scalars import check_number
from ..errors import ArgumentError, say
from ..hints import Array


class Clipped(NamedTuple):
    """The gradients after clipping, and the norm that they had before."""

    grads: Any
    norm: float


def clip_norm(grads: Any, limit: float) -> Clipped:
    """Scale all gradients by one factor, so that their common norm is at most a limit.

    The direction stays. The norm is the root of the sum of squares over all arrays; nothing is
    added to it, and it neither overflows nor underflows.

    Parameters
    ----------
    grads : array, record, dict, list or tuple of them
    limit : float
        At least 0; infinity measures the norm and checks the numbers only.

    Returns
    -------
    Clipped
        grads in the same make, and their norm before.

    Raises
    ------
    ArgumentError
        For NaN or infinity, with the name of the array and the first bad place, or for a negative
        limit.
    DTypeError
        For a leaf that is no array of float64 or float32 numbers.

    References
    ----------
    Pascanu, Mikolov & Bengio 2013, algorithm 1.
    """
    check_number("optim.clip_norm", "limit", limit, "[0, inf]")
    named = trees.arrays("optim.clip_norm", "grads", grads)
    for name, g in named.items():
        _check_finite(name, g)
    wide = [g.astype(np.float64) for g in named.values()]
    largest = max((float(np.max(np.abs(g), initial=0.0)) for g in wide), default=0.0)
    units = [g / (largest or 1.0) for g in wide]  # their squares neither overflow nor vanish
    root = math.sqrt(sum(float(np.sum(u * u)) for u in units))
    norm = largest * root
    if norm <= limit:
        return Clipped(trees.rebuilt(grads, (g.copy() for g in named.values())), norm)
    dtypes = [g.dtype for g in named.values()]
    kept = [(u * (limit / root)).astype(d) for u, d in zip(units, dtypes, strict=True)]
    return Clipped(trees.rebuilt(grads, kept), norm)


def clip_value(grads: Any, limit: float) -> Any:
    """Cut every number of the gradients to plus or minus a limit; the direction may change.

    Parameters
    ----------
    grads : array, record, dict, list or tuple of them
    limit : float
        At least 0.

    Returns
    -------
    the make of `grads`
        NaN stays NaN.

    Raises
    ------
    ArgumentError
        For a negative limit.
    DTypeError
        For a leaf that is no array of float64 or float32 numbers.
    """
    check_number("optim.clip_value", "limit", limit, "[0, inf]")
    named = trees.arrays("optim.clip_value", "grads", grads)
    return trees.rebuilt(grads, (_cut(g, limit) for g in named.values()))


def _cut(g: Array, limit: float) -> Array:
    limit = min(float(limit), float(np.finfo(g.dtype).max)) if limit < math.inf else math.inf
    return np.clip(g, -limit, limit)


def _check_finite(name: str, g: Array) -> None:
    bad = np.argwhere(~np.isfinite(g))
    if len(bad):
        place = tuple(bad[0].tolist())
        actual = say(f"{g[place]} at {place}", f"{place} 处的 {g[place]}")
        raise ArgumentError("optim.clip_norm", name, say("finite", "有限的数"), actual)
