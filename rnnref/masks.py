"""Which query may look at which key: boolean arrays in which True means "may attend"."""

import functools
import operator
from typing import Any

import numpy as np

from .checks.dims import Known, check
from .checks.hiding import check_lengths, check_mask, check_spread
from .checks.scalars import check_count
from .errors import check_option
from .hints import Array, Lengths, Shape

__all__ = ["causal_mask", "length_mask"]

ALIGNMENTS = ("top_left", "bottom_right")


def length_mask(lengths: Lengths, S: int) -> Array:
    """Let every query attend to the first keys of its own sequence, up to a length.

    Parameters
    ----------
    lengths : integers (B,)
        Keys of each sequence, 0 to S.
    S : int
        Keys of the batch, padding included.

    Returns
    -------
    boolean (B, 1, S)
        True = may attend. The axis of one is that of the queries: the mask fits scores (B, T, S).

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
        For lengths that are no row of integers from 0 to S.

    Examples
    --------
    >>> length_mask([2, 0], 3).astype(int).tolist()
    [[[1, 1, 0]], [[0, 0, 0]]]
    """
    check_count("masks.length_mask", "S", S, 0)
    lengths = check_lengths("masks.length_mask", "lengths", lengths, None, ("S", S))
    return (np.arange(S) < lengths[:, None])[:, None]


def causal_mask(T: int, S: int, *, align: str = "top_left") -> Array:
    """Let every query attend to the keys up to its own place, never to later ones.

    Parameters
    ----------
    T, S : int
        Numbers of queries and of keys.
    align : "top_left" or "bottom_right"
        Which query and key stand at the same place where T and S differ: the first ones
        (PyTorch), or the last ones (queries that continue a longer sequence; where T is larger,
        the first T-S queries see nothing).

    Returns
    -------
    boolean (T, S)
        True = may attend.

    Raises
    ------
    ArgumentError
        For a T or S that is no integer of at least 0.
    OptionError
        For an unknown `align`.

    Examples
    --------
    >>> causal_mask(2, 3).astype(int).tolist()
    [[1, 0, 0], [1, 1, 0]]
    >>> causal_mask(2, 3, align="bottom_right").astype(int).tolist()
    [[1, 1, 0], [1, 1, 1]]
    """
    check_count("masks.causal_mask", "T", T, 0)
    check_count("masks.causal_mask", "S", S, 0)
    check_option("masks.causal_mask", "align", align, ALIGNMENTS)
    return np.arange(S) <= last_keys(np.arange(T), T, S, align)[:, None]


def last_keys(queries: Any, T: int, S: int, align: str) -> Any:
    """Return the place of the last key that each query sees; -1 and less is none.

    Parameters
    ----------
    queries : int or integers
        Places of queries.
    T, S : int
    align : "top_left" or "bottom_right"
    """
    return queries + (S - T if align == "bottom_right" else 0)


def visible(
    function: str,
    shape: Shape,
    *,
    mask: Array | None = None,
    bias: Array | None = None,
    causal: str | None = None,
    key_lengths: Lengths | None = None,
) -> Array | None:
    """Check all that hides keys and join it: a query may attend only where all of it allows.

    Parameters
    ----------
    function : str
        Who asks, for messages.
    shape : tuple of int
        (B, T, S), or (B, M, T, S) with heads.
    mask : boolean, optional
        Anything that NumPy spreads to (B, T, S), for all heads; with four axes one for each head.
    bias : array, optional
        Spread like the mask; a key with -inf is hidden.
    causal : "top_left" or "bottom_right", optional
    key_lengths : integers (B,), optional

    Returns
    -------
    boolean of `shape`, or None if nothing is hidden

    Raises
    ------
    ShapeError, DTypeError, ArgumentError, OptionError
    """
    check_hiding(function, shape, mask=mask, bias=bias, causal=causal, key_lengths=key_lengths)
    T, S = shape[-2:]
    found = [] if mask is None else [beside_heads(mask, shape)]
    if bias is not None:
        hidden = beside_heads(np.real(bias) == -np.inf, shape)
        found += [~hidden] if np.any(hidden) else []
    if causal is not None:
        found.append(causal_mask(T, S, align=causal))
    if key_lengths is not None:
        found.append(beside_heads(length_mask(key_lengths, S), shape))
    return np.ones(shape, bool) & functools.reduce(operator.and_, found) if found else None


def check_hiding(
    function: str,
    shape: Shape,
    *,
    mask: Array | None = None,
    bias: Array | None = None,
    causal: str | None = None,
    key_lengths: Lengths | None = None,
) -> None:
    """Refuse what does not fit the scores; arguments and errors are those of `visible`."""
    if mask is not None:
        check_mask(function, "mask", mask, *spread_over(mask, shape))
    if bias is not None:
        axes = "..." if isinstance(bias, np.ndarray) else "B T S"  # a single number is no bias
        check("bias", bias, axes, Known(function))
        check_spread(function, "bias", bias, *spread_over(bias, shape))
    if causal is not None:
        check_option(function, "causal", causal, ALIGNMENTS)
    if key_lengths is not None:
        check_lengths(function, "key_lengths", key_lengths, shape[0], ("S", shape[-1]))


def beside_heads(array: Any, shape: Shape) -> Any:
    """Give an array (B, T, S) the axis of heads, if the scores have one and it has none."""
    return array[:, None] if len(shape) == 4 and np.ndim(array) == 3 else array


def spread_over(array: Any, shape: Shape) -> tuple[str, tuple[int, ...]]:
    """Return letters and sizes of what an array has to spread to."""
    if len(shape) == 3:
        return "B T S", shape
    return ("B M T S", shape) if np.ndim(array) == 4 else ("B T S", (shape[0], *shape[2:]))
