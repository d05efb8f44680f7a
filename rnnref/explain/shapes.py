"""The sizes of the values behind the symbols of an equation, by letter and in the running example.

The letters are found by running the function once with every size different: where H is 7, an
axis of length 7 is the axis H. Only letters that the function declares are looked for.
"""

from typing import NamedTuple

import numpy as np

from . import samples
from .axes import TraceError

WRITTEN = {"attention": {"V": "E_v"}, "layers": {"V": "K"}, "losses": {"V": "K"}}  # as pages do


class Shape(NamedTuple):
    """Symbols whose values have the same size.

    Attributes
    ----------
    names : list of str
    letters : str
        Such as (B, H).
    sizes : str
        Such as (1, 2); "" where the running example has no part in the function.
    """

    names: list
    letters: str
    sizes: str


def shapes(function, family, general, live):
    """Return the shapes of named values, in the order of the names.

    Parameters
    ----------
    function : function
    family : str
    general : dict of str to array
        From a run with the sizes of `samples.SIZES`.
    live : dict of str to array
        From the running example; may be empty.

    Raises
    ------
    TraceError
        For an axis that the function does not declare.
    """
    letters, found = declared(function.shapes.values()), {}
    for name, value in general.items():
        for size in np.shape(value):
            if size not in letters:
                raise TraceError(f"an axis of {name} has {size} places; no declared shape has that")
        here = [letters[size] for size in np.shape(value)]
        shape = bracket(WRITTEN.get(family, {}).get(letter, letter) for letter in here)
        sizes = bracket(map(str, np.shape(live[name]))) if live else ""
        found.setdefault((shape, sizes), []).append(name)
    return [Shape(names, *key) for key, names in found.items()]


def declared(shapes):
    """Return size -> letter, for all axes in declared shapes; a stack of gates counts as one."""
    found = {1: "1"}
    for axes in shapes:
        if not isinstance(axes, str):
            found |= declared(getattr(axes, "type", axes).SHAPES.values())
            continue
        for axis in axes.split():
            letters = axis.rpartition("*")[2].split("+")
            sizes = [samples.SIZES["B" if letter == "..." else letter] for letter in letters]
            found[sum(sizes)] = axis.rpartition("*")[2]
    return found


def bracket(parts):
    """Write a shape as NumPy does."""
    parts = list(parts)
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
