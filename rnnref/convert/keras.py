"""Keras 3: `SimpleRNN`, `LSTM`, `GRU`, alone, in a `Bidirectional`, or stacked.

Its matrices are ours transposed. The rows of its LSTM are in our order, those of its GRU are z r h.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..checks.sizes import Size
from ..errors import ArgumentError, check_option, say
from ..hints import Array
from .keys import check_keys, check_mapping, collect
from .layout import CELLS, Rows, axes, to_record, to_rows
from .options import NONLINEARITIES, chosen, own
from .outgoing import Framework, check_records

NAMES = {"W": "kernel", "U": "recurrent_kernel", "b": "bias"}
GATES = {"rnn": ("h",), "lstm": ("i", "f", "c", "o"), "gru": ("z", "r", "h")}
LAYER = {"rnn": "simple_rnn", "lstm": "lstm", "gru": "gru"}  # as Keras names layers and cells
KERAS = Framework("Keras", {"update": "keep", "coupled": False, "reverse": False})


def from_keras(
    weights: Mapping[str, Array],
    cell: str,
    *,
    activation: str | None = None,
    reset_after: bool | None = None,
) -> tuple[list[Any], dict[str, Any]]:
    """Turn the weights of Keras layers into records.

    Parameters
    ----------
    weights : dict of str to array
        `{v.path: v.numpy() for v in layer.weights}` of a layer, a `Bidirectional` that
        concatenates, or a model that has nothing but such layers; of a single layer v.name does as
        well: kernel, recurrent_kernel, bias. Without biases (use_bias=False) ours are zero.
    cell : "rnn", "lstm" or "gru"
    activation : "tanh" or "relu", optional
        Of a `SimpleRNN`, whose weights do not tell it; None means "tanh", as there.
    reset_after : bool, optional
        Of a `GRU`; None means True, as there.

    Returns
    -------
    records : list of Params
        Layer by layer, in each the forward direction first.
    options : dict
        With which the records do what the layers do.

    Raises
    ------
    ArgumentError
        For an unknown or a missing key, for layers of one and of two directions together, or if
        `reset_after` and the shape of a bias contradict each other.
    ShapeError, DTypeError
        For an array that does not fit the others.
    OptionError
        For an unknown cell or activation.
    """
    function = "convert.from_keras"
    check_option(function, "cell", cell, CELLS)
    activation = own(function, cell, "activation", activation, "rnn", NONLINEARITIES)
    twice = own(function, cell, "reset_after", reset_after, "gru", (True, False))
    layers = _layers(function, weights)
    if cell == "gru":
        _check_rows(function, twice, weights)
    known = {"N": Size(2, "reset_after=True")} if twice else {}
    arrays = collect(function, weights, layers, _axes(cell, twice), known)
    reset = "after" if twice else "before"
    options = chosen(cell, len(layers[0]), reset=reset, nonlinearity=activation)
    rows = [_rows(twice, **parts) for parts in arrays]
    return [to_record(cell, each, GATES[cell], reset) for each in rows], options


def to_keras(records: Sequence[Any], options: Mapping[str, Any] | None = None) -> dict[str, Array]:
    """Turn records into the weights of Keras layers.

    Parameters
    ----------
    records : list of Params
        Layer by layer, in each the forward direction first.
    options : dict, optional
        With which the records run; None means the defaults of `forward`.

    Returns
    -------
    dict of str to array
        Keys as Keras names the first such layers of a session, gru/gru_cell/kernel and so on; in
        the order that `set_weights` takes.

    Raises
    ------
    ArgumentError
        For what Keras cannot express: update="replace", coupled gates, peepholes, a projection,
        one direction in reverse, or a b_u with a reset before the product.
    ShapeError, DTypeError
        For an array that does not fit the others.
    OptionError
        For an unknown value of an option.
    """
    cell, options = check_records("convert.to_keras", records, options, KERAS)
    weights: dict[str, Array] = {}
    for n, p in enumerate(records):
        rows = to_rows(cell, p, GATES[cell])
        twice = options.get("reset") == "after"
        bias = np.stack([rows.b, rows.b_recurrent]) if twice else rows.b
        prefix = _prefix(cell, n, options["bidirectional"])
        arrays = (rows.W.T, rows.U.T, bias)
        weights |= {prefix + name: a for name, a in zip(NAMES.values(), arrays, strict=True)}
    return weights


def keras_arguments(
    records: Sequence[Any], options: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the arguments, besides units, that every Keras layer needs for these weights.

    Parameters
    ----------
    records : list of Params
    options : dict, optional
        Both as in `to_keras`.

    Returns
    -------
    dict
        activation of a `SimpleRNN`, reset_after of a `GRU`; nothing for an `LSTM`.

    Raises
    ------
    ArgumentError, ShapeError, DTypeError, OptionError
        As `to_keras`.
    """
    cell, options = check_records("convert.keras_arguments", records, options, KERAS)
    if cell == "rnn":
        return {"activation": options["nonlinearity"]}
    return {"reset_after": options["reset"] == "after"} if cell == "gru" else {}


def _layers(function: str, weights: Mapping[str, Array]) -> list[list[dict[str, str]]]:
    """Return the keys of every layer, direction and part, also of matrices that are missing."""
    check_mapping(function, "weights", weights)
    paths = [key for key in weights if str(key).rpartition("/")[2] in NAMES.values()]
    check_keys(function, "weights", weights, paths, ", ".join([*NAMES.values(), ".../kernel"]))
    prefixes = list(dict.fromkeys(path[: path.rfind("/") + 1] for path in paths)) or [""]
    backward = ["/backward_" in f"/{prefix}" for prefix in prefixes]
    directions = 1 + any(backward)
    if backward != [n % directions == 1 for n in range(len(prefixes))]:
        expected = say(
            "pairs of forward_... and backward_... layers", "成对的 forward_... 与 backward_... 层"
        )
        raise ArgumentError(function, "weights", expected, ", ".join(map(repr, prefixes)))
    names = [_names(prefix, weights) for prefix in prefixes]
    return [names[n : n + directions] for n in range(0, len(names), directions)]


def _names(prefix: str, weights: Mapping[str, Array]) -> dict[str, str]:
    """Return the keys of one layer in one direction; a bias need not be there."""
    keys = {part: prefix + name for part, name in NAMES.items()}
    return {part: key for part, key in keys.items() if part != "b" or key in weights}


def _check_rows(function: str, reset_after: bool | None, weights: Mapping[str, Array]) -> None:
    """Check that the biases of a GRU have the rows that the setting needs."""
    for key, array in weights.items():
        if key.endswith("bias") and np.ndim(array) == 1 + (not reset_after):
            shape = np.shape(array)
            detail = say(
                f'weights["{key}"] has shape {shape}', f'weights["{key}"] 的形状为 {shape}'
            )
            wanted, given = repr(not reset_after), repr(reset_after)
            raise ArgumentError(function, "reset_after", wanted, given, detail)


def _axes(cell: str, twice: bool) -> dict[str, str]:
    """Return the axes of Keras's arrays: matrices transposed, with two rows of biases or one."""
    found = {part: " ".join(reversed(spelled.split())) for part, spelled in axes(cell).items()}
    return found | {"b": f"N {found['b']}" if twice else found["b"]}


def _rows(twice: bool, W: Array, U: Array, b: Array | None = None) -> Rows:
    """Return the arrays of one layer in one direction as rows."""
    biases = b if twice and b is not None else (b,)
    return Rows(W.T, U.T, *biases)


def _prefix(cell: str, n: int, bidirectional: bool) -> str:
    """Return what stands before the names of the n-th record's weights."""
    layer, direction = divmod(n, 1 + bidirectional)
    suffix = f"_{layer}" if layer else ""
    path = f"{LAYER[cell]}{suffix}/{LAYER[cell]}_cell/"
    both = f"bidirectional{suffix}/{('forward', 'backward')[direction]}_"
    return both + path if bidirectional else path
