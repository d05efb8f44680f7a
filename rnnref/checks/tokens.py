"""Checks of arrays that hold class numbers: tokens of a vocabulary, targets of a loss."""

from typing import Any

import numpy as np

from ..errors import ArgumentError, DTypeError, ShapeError, say
from ..hints import Array, Lengths, Shape
from .dims import kind_of
from .hiding import check_lengths
from .scalars import check_count
from .sizes import spell


def check_tokens(
    function: str, argument: str, tokens: Any, V: int, ignore: int | None = None
) -> Array:
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
    check_integers(function, argument, tokens)
    live = np.ones(tokens.shape, bool) if ignore is None else tokens != ignore
    bad = np.argwhere(live & ((tokens < 0) | (tokens >= V)))
    if len(bad):
        place = tuple(bad[0].tolist())
        expected = say(f"between 0 and V-1={V - 1}", f"0 到 V-1={V - 1} 之间的整数")
        actual = say(f"{tokens[place]} at {place}", f"{place} 处的 {tokens[place]}")
        raise ArgumentError(function, argument, expected, actual)
    return live


def check_integers(function: str, argument: str, tokens: Any) -> None:
    """Refuse anything but an array of integers.

    Parameters
    ----------
    function, argument : str
    tokens : the argument

    Raises
    ------
    DTypeError
    """
    if not (type(tokens) in (np.ndarray, np.memmap) and tokens.dtype.kind in "iu"):
        numbers = isinstance(tokens, np.ndarray) and tokens.dtype.kind in "fb"
        cure = f"{argument}.astype(int)" if numbers else f"np.array({argument})"
        clear = numbers or isinstance(tokens, (list, tuple))
        detail = say(f"{cure} converts it", f"可用 {cure} 转换") if clear else ""
        expected = say("an array of integers", "整数数组")
        raise DTypeError(function, argument, expected, kind_of(tokens), detail)


def check_token(function: str, argument: str, token: Any, V: int) -> None:
    """Refuse what is not one of the tokens of a vocabulary.

    Parameters
    ----------
    function, argument : str
    token : the argument
    V : int

    Raises
    ------
    ArgumentError
    """
    check_count(function, argument, token, 0)
    if token >= V:
        expected = say(f"between 0 and V-1={V - 1}", f"0 到 V-1={V - 1} 之间的整数")
        raise ArgumentError(function, argument, expected, str(token))


def check_batch(
    function: str, argument: str, tokens: Any, V: int, lengths: Lengths | None
) -> tuple[Array | None, Array | None]:
    """Check a batch of sequences of tokens and their lengths.

    Parameters
    ----------
    function, argument : str
        For messages; the argument is "source" or "target".
    tokens : the argument
    V : int
        Tokens of the vocabulary.
    lengths : the argument of the name `source_lengths` or `target_lengths`

    Returns
    -------
    live : boolean (B, T) or None
        Which tokens are no padding; None means all.
    lengths : integers (B,) or None

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
    """
    letter = "S" if argument == "source" else "T"
    check_integers(function, argument, tokens)
    if tokens.ndim != 2:
        raise ShapeError(function, argument, spell(["B", letter], {}), str(tokens.shape))
    if lengths is None:
        check_tokens(function, argument, tokens, V)
        return None, None
    B, T = tokens.shape
    lengths = check_lengths(function, f"{argument}_lengths", lengths, B, (letter, T))
    live = np.arange(T) < lengths[:, None]
    check_tokens(function, argument, np.where(live, tokens, 0), V)
    return live, lengths


def check_partner(function: str, argument: str, array: Any, shape: Shape, source: str) -> None:
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
