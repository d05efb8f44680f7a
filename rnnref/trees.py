"""Parameters of any make: one array, or records, dictionaries, lists and tuples of such.

None stands for an optional field that is not there. The name of an array is the way to it in
code: `params["encoder"].W`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from .checks.dims import kind_of
from .checks.scalars import DTYPES
from .errors import ArgumentError, DTypeError, ShapeError, say
from .hints import Array


def arrays(function: str, argument: str, tree: Any) -> dict[str, Array]:
    """Return the arrays of a tree by name.

    Parameters
    ----------
    function, argument : str
        For messages; the argument begins every name.
    tree : array, record, dict, list, tuple or None

    Returns
    -------
    dict of str to array
        In the order in which the tree holds them.

    Raises
    ------
    DTypeError
        For a leaf that is no array of float64 or float32 numbers.
    """
    found = dict(_leaves(tree, argument))
    for name, leaf in found.items():
        if not (type(leaf) in (np.ndarray, np.memmap) and leaf.dtype.type in DTYPES):
            expected = say("an array of float64 or float32", "float64 或 float32 数组")
            raise DTypeError(function, name, expected, kind_of(leaf))
    return found


def matched(
    function: str, argument: str, tree: Any, source: str, like: Mapping[str, Array]
) -> list[Array]:
    """Return the arrays of a tree that must be made like another.

    Parameters
    ----------
    function, argument : str
    tree : the argument
    source : str
        The name of the other argument.
    like : dict of str to array
        The arrays of the other argument, by name.

    Returns
    -------
    list of array
        In the order of `like`, each in the dtype of its partner.

    Raises
    ------
    ArgumentError
        For an array without a partner, on either side.
    ShapeError, DTypeError
        For an array that does not fit its partner.
    """
    found = arrays(function, argument, tree)
    for name, partner in like.items():
        own = argument + name.removeprefix(source)
        if own not in found:
            expected = say(f"an array {partner.shape}", f"数组 {partner.shape}")
            detail = say(f"there is {name}", f"有 {name}")
            raise ArgumentError(function, own, expected, "None", detail)
        if found[own].shape != partner.shape:
            detail = say(f"this is the shape of {name}", f"{name} 的形状如此")
            raise ShapeError(function, own, str(partner.shape), str(found[own].shape), detail)
    for own in found:
        name = source + own.removeprefix(argument)
        if name not in like:
            detail = say(f"there is no {name}", f"没有 {name}")
            raise ArgumentError(function, own, "None", kind_of(found[own]), detail)
    own_names = [argument + name.removeprefix(source) for name in like]
    pairs = zip(own_names, like.values(), strict=True)
    return [found[own].astype(partner.dtype.type, copy=False) for own, partner in pairs]


def rebuilt(tree: Any, values: Iterable[Array]) -> Any:
    """Return a tree of the same make with other arrays.

    Parameters
    ----------
    tree : array, record, dict, list, tuple or None
    values : iterable of array
        One for each array of the tree, in its order.

    Returns
    -------
    the make of `tree`
    """
    return _rebuilt(tree, iter(values))


def _rebuilt(tree: Any, values: Iterator[Array]) -> Any:
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {key: _rebuilt(child, values) for key, child in tree.items()}
    if isinstance(tree, (list, tuple)):
        children = [_rebuilt(child, values) for child in tree]
        return tree._make(children) if hasattr(tree, "_make") else type(tree)(children)
    return np.asarray(next(values))  # a sum of arrays without axes is a bare number


def _leaves(tree: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield (name, leaf) for everything in a tree that is no container."""
    if isinstance(tree, dict):
        children = [(f"{path}[{key!r}]", child) for key, child in tree.items()]
    elif hasattr(tree, "_fields"):
        children = [(f"{path}.{field}", getattr(tree, field)) for field in tree._fields]
    elif isinstance(tree, (list, tuple)):
        children = [(f"{path}[{k}]", child) for k, child in enumerate(tree)]
    else:
        yield from () if tree is None else [(path, tree)]
        return
    for name, child in children:
        yield from _leaves(child, name)
