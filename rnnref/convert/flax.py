"""Flax linen: `SimpleCell`, `LSTMCell`, `GRUCell`, which have a dense layer for every gate.

Its matrices are ours transposed. Each gate has one bias, but the candidate of the GRU has two.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import check_option
from ..hints import Array
from .keys import check_keys, collect
from .layout import CELLS, GATES, Rows, to_record, to_rows
from .options import NONLINEARITIES, chosen, own
from .outgoing import Framework, check_records

# What Flax calls our gates, behind i for the input's layer and h for the state's.
LETTERS = {"rnn": ("",), "lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}
BIASED = {"rnn": ("i",), "lstm": ("hi", "hf", "hg", "ho"), "gru": ("ir", "iz", "in", "hn")}
FLAX = Framework(
    "Flax",
    {
        "reset": "after",
        "update": "keep",
        "coupled": False,
        "reverse": False,
        "bidirectional": False,
    },
    single=True,
)


def from_flax(
    weights: Mapping[str, Array], cell: str, *, nonlinearity: str | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """Turn the weights of a Flax linen cell into a record.

    Parameters
    ----------
    weights : dict of str to array
        `flax.traverse_util.flatten_dict(params, sep="/")` of the cell's parameters as NumPy arrays:
        ii/kernel, hi/kernel, hi/bias and so on.
    cell : "rnn", "lstm" or "gru"
    nonlinearity : "tanh" or "relu", optional
        The activation of a `SimpleCell`, whose weights do not tell it; None means "tanh", as there.

    Returns
    -------
    records : list of Params
        One.
    options : dict
        With which the record does what the cell does.

    Raises
    ------
    ArgumentError
        For an unknown or a missing key.
    ShapeError, DTypeError
        For an array that does not fit the others.
    OptionError
        For an unknown cell or nonlinearity.
    """
    function = "convert.from_flax"
    check_option(function, "cell", cell, CELLS)
    nonlinearity = own(function, cell, "nonlinearity", nonlinearity, "rnn", NONLINEARITIES)
    axes = _axes(cell)
    check_keys(function, "weights", weights, axes)
    [arrays] = collect(function, weights, [[{key: key for key in axes}]], axes)
    W, U = (
        np.concatenate([arrays[f"{side}{letter}/kernel"].T for letter in LETTERS[cell]])
        for side in "ih"
    )
    rows = Rows(W, U, _bias(cell, "i", arrays), _bias(cell, "h", arrays))
    options = chosen(cell, 1, reset="after", nonlinearity=nonlinearity)
    return [to_record(cell, rows, GATES[cell], options.get("reset"))], options


def to_flax(records: Sequence[Any], options: Mapping[str, Any] | None = None) -> dict[str, Array]:
    """Turn a record into the weights of a Flax linen cell.

    Parameters
    ----------
    records : list of Params
        One.
    options : dict, optional
        With which the record runs; None means the defaults of `forward`.

    Returns
    -------
    dict of str to array
        For `flax.traverse_util.unflatten_dict(weights, sep="/")`.

    Raises
    ------
    ArgumentError
        For what Flax cannot express: a reset before the product, update="replace", coupled gates,
        peepholes, a projection, directions; for more than one record.
    ShapeError, DTypeError
        For an array that does not fit the others.
    OptionError
        For an unknown value of an option.
    """
    cell, _ = check_records("convert.to_flax", records, options, FLAX)
    rows = to_rows(cell, records[0], GATES[cell])
    # The LSTM's one bias of a gate is at the layer that reads the state.
    biases = (rows.b_recurrent, rows.b) if cell == "lstm" else (rows.b, rows.b_recurrent)
    weights: dict[str, Array] = {}
    for side, matrix, bias in zip("ih", (rows.W, rows.U), biases, strict=True):
        for part, stacked in (("kernel", matrix), ("bias", bias)):
            blocks = np.split(stacked, len(LETTERS[cell]))
            keys = [f"{side}{letter}/{part}" for letter in LETTERS[cell]]
            weights |= {key: block.T for key, block in zip(keys, blocks, strict=True)}
    return {key: weights[key] for key in _axes(cell)}


def _axes(cell: str) -> dict[str, str]:
    """Return the axes of every array of a cell."""
    layers = {f"{side}{letter}": size for side, size in ("iD", "hH") for letter in LETTERS[cell]}
    kernels = {f"{layer}/kernel": f"{size} H" for layer, size in layers.items()}
    return kernels | {f"{layer}/bias": "H" for layer in BIASED[cell]}


def _bias(cell: str, side: str, arrays: Mapping[str, Array]) -> Array:
    """Return the biases of all gates on one side as rows; zeros stand for those not in Flax."""
    kernel = arrays[f"h{LETTERS[cell][0]}/kernel"]
    zeros = np.zeros(len(kernel), kernel.dtype)
    return np.concatenate([arrays.get(f"{side}{letter}/bias", zeros) for letter in LETTERS[cell]])
