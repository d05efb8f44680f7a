"""Checks of arrays that hold class numbers: tokens of a vocabulary, targets of a loss."""

import numpy as np

from .dims import kind_of
from .errors import ArgumentError, DTypeError, ShapeError, say


def check_tokens(function, argument, tokens, V, ignore=None):
    """Refuse anything but an array of integers from 0 to V - 1.

    A negative number would count from the end in NumPy, and a float would be cut off.

    Parameters
    ----------
    function, argument : str
    tokens : the argument
    V : int
        The number of classes.
    ignore : int, optional
        One more number that is allowed.

    Returns
    -------
    boolean array of the shape of `tokens`
        True where the number is not `ignore`.

    Raises
    ------
    DTypeError, ArgumentError
    """
    if not (type(tokens) in (np.ndarray, np.memmap) and tokens.dtype.kind in "iu"):
        numbers = isinstance(tokens, np.ndarray) and tokens.dtype.kind in "fb"
        cure = f"{argument}.astype(int)" if numbers else f"np.array({argument})"
        clear = numbers or isinstance(tokens, (list, tuple))
        detail = say(f"{cure} converts it", f"可用 {cure} 转换") if clear else ""
        expected = say("an array of integers", "整数数组")
        raise DTypeError(function, argument, expected, kind_of(tokens), detail)
    live = np.ones(tokens.shape, bool) if ignore is None else tokens != ignore
    bad = np.argwhere(live & ((tokens < 0) | (tokens >= V)))
    if len(bad):
        place = tuple(bad[0].tolist())
        expected = say(f"between 0 and V-1={V - 1}", f"0 到 V-1={V - 1} 之间的整数")
        actual = say(f"{tokens[place]} at {place}", f"{place} 处的 {tokens[place]}")
        raise ArgumentError(function, argument, expected, actual)
    return live


def check_partner(function, argument, array, shape, source):
    """Refuse an array of another shape than the one that another argument asks for.

    Parameters
    ----------
    function, argument : str
    array : the argument
    shape : tuple of int
    source : str
        What has the shape, in words that both languages share: "y", "logits[..., 0]".

    Raises
    ------
    ShapeError
    """
    if np.shape(array) != shape:
        zh = source + " " * source[-1].isascii()
        detail = say(f"this is the shape of {source}", f"{zh}的形状如此")
        raise ShapeError(function, argument, str(shape), str(np.shape(array)), detail)
