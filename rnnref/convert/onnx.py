"""ONNX: the operators RNN, LSTM and GRU, one node for one layer in one or both directions.

Its rows are i o f c in the LSTM and z r h in the GRU; the first axis counts the directions; the
two biases of a gate lie behind one another.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import lstm
from ..checks.scalars import check_count
from ..checks.sizes import Size
from ..errors import OptionError, check_option
from ..hints import Array
from ..lstm.records import PEEPHOLES as OURS
from .keys import check_keys, collect
from .layout import CELLS, Rows, axes, ordered, to_record, to_rows
from .options import among, chosen
from .outgoing import Framework, check_records

NAMES = {"W": "W", "U": "R", "b": "B"}
PEEPHOLE = {"p": "P"}
GATES = {"rnn": ("h",), "lstm": ("i", "o", "f", "c"), "gru": ("z", "r", "h")}
PEEPHOLES = ("i", "o", "f")
ONNX = Framework("ONNX", {"update": "keep"}, lacks=("W_p",), single=True)
DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
# The attributes of each operator that our cells can express, ONNX's default first.
OWN: dict[str, dict[str, Any]] = {
    "rnn": {"activations": (["Tanh"], ["Relu"])},
    "lstm": {"activations": (["Sigmoid", "Tanh", "Tanh"],), "input_forget": (0, 1)},
    "gru": {"activations": (["Sigmoid", "Tanh"],), "linear_before_reset": (0, 1)},
}


def from_onnx(
    weights: Mapping[str, Array], cell: str, attributes: Mapping[str, Any] | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """Turn the weights of an ONNX node into records.

    Parameters
    ----------
    weights : dict of str to array
        The node's inputs by the names of the operator: W, R, B and, of an LSTM with peepholes, P.
        Without B our biases are zero.
    cell : "rnn", "lstm" or "gru"
    attributes : dict, optional
        The node's attributes by name. Those left out have ONNX's defaults; layout is about the
        data, so either value will do.

    Returns
    -------
    records : list of Params
        The forward direction first.
    options : dict
        With which the records do what the node does.

    Raises
    ------
    ArgumentError
        For an unknown or a missing key, also for an attribute that the cells here do not have.
    ShapeError, DTypeError
        For an array that does not fit the others.
    OptionError
        For an unknown cell or an unknown value of an attribute.
    """
    function = "convert.from_onnx"
    check_option(function, "cell", cell, CELLS)
    settings = _settings(function, cell, {} if attributes is None else attributes)
    names = NAMES | (PEEPHOLE if cell == "lstm" else {})
    check_keys(function, "weights", weights, names.values())
    keys = {part: key for part, key in names.items() if part in ("W", "U") or key in weights}
    [arrays] = collect(function, weights, [[keys]], _axes(cell), _sizes(settings))
    options = _options(cell, settings)
    directions = range(DIRECTIONS[settings["direction"]])
    return [_record(cell, options.get("reset"), d, **arrays) for d in directions], options


def to_onnx(records: Sequence[Any], options: Mapping[str, Any] | None = None) -> dict[str, Array]:
    """Turn the records of one layer into the weights of an ONNX node.

    Parameters
    ----------
    records : list of Params
        One, or with options["bidirectional"] two: the forward and the reverse direction.
    options : dict, optional
        With which the records run; None means the defaults of `forward`.

    Returns
    -------
    dict of str to array
        W, R, B and with peepholes P; `onnx_attributes` has what they mean.

    Raises
    ------
    ArgumentError
        For what ONNX cannot express: update="replace", a projection, or a b_u with a reset before
        the product; for records of more than one layer.
    ShapeError, DTypeError
        For an array that does not fit the others.
    OptionError
        For an unknown value of an option.
    """
    cell, options = check_records("convert.to_onnx", records, options, ONNX)
    rows = [to_rows(cell, p, GATES[cell]) for p in records]
    W, R = np.stack([each.W for each in rows]), np.stack([each.U for each in rows])
    B = np.stack([np.concatenate([each.b, each.b_recurrent]) for each in rows])
    weights = {"W": W, "R": R, "B": B}
    if cell == "lstm" and any(p.p is not None for p in records):
        weights["P"] = np.stack([_peepholes(p) for p in records])
    return weights


def onnx_attributes(
    records: Sequence[Any], options: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the attributes that an ONNX node needs to read these weights.

    Parameters
    ----------
    records : list of Params
    options : dict, optional
        Both as in `to_onnx`.

    Returns
    -------
    dict
        hidden_size and direction, besides the one attribute that the cell has for its variants.

    Raises
    ------
    ArgumentError, ShapeError, DTypeError, OptionError
        As `to_onnx`.

    Examples
    --------
    >>> from rnnref import convert, examples
    >>> convert.onnx_attributes([examples.gru_params()])
    {'hidden_size': 2, 'direction': 'forward', 'linear_before_reset': 0}
    """
    cell, options = check_records("convert.onnx_attributes", records, options, ONNX)
    direction = "reverse" if options["reverse"] else "forward"
    if options["bidirectional"]:
        direction = "bidirectional"
    found = {"hidden_size": records[0].U.shape[1], "direction": direction}
    if cell == "rnn":
        return found | {"activations": [options["nonlinearity"].title()] * len(records)}
    if cell == "lstm":
        return found | {"input_forget": int(options["coupled"])}
    return found | {"linear_before_reset": int(options["reset"] == "after")}


def _settings(function: str, cell: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes with ONNX's defaults, after a look at the values that are given."""
    known = {"direction": tuple(DIRECTIONS), "layout": (0, 1), **OWN[cell]}
    check_keys(function, "attributes", attributes, [*known, "hidden_size"])
    given = {name: _plain(value) for name, value in attributes.items()}
    copies = 2 if given.get("direction") == "bidirectional" else 1
    known["activations"] = [names * copies for names in known["activations"]]
    for name, value in given.items():
        argument = f'attributes["{name}"]'
        if name == "hidden_size":
            check_count(function, argument, value, 1)
        elif not among(value, known[name]):
            raise OptionError(function, argument, known[name], value)
    return {name: choices[0] for name, choices in known.items()} | given


def _plain(value: Any) -> Any:
    """Return an attribute as text where the onnx package has bytes."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _options(cell: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return our options for the attributes of a node."""
    found = chosen(
        cell,
        DIRECTIONS[settings["direction"]],
        nonlinearity=settings["activations"][0].lower(),
        coupled=settings.get("input_forget") == 1,
        reset="after" if settings.get("linear_before_reset") else "before",
    )
    return found | ({"reverse": True} if settings["direction"] == "reverse" else {})


def _sizes(settings: Mapping[str, Any]) -> dict[str, Size]:
    """Return the sizes that the attributes fix."""
    direction = settings["direction"]
    known = {"K": Size(DIRECTIONS[direction], f'direction="{direction}"')}
    if "hidden_size" in settings:
        known["H"] = Size(settings["hidden_size"], "hidden_size")
    return known


def _axes(cell: str) -> dict[str, str]:
    """Return the axes of ONNX's arrays."""
    own = axes(cell)
    b = f"K {2 * len(GATES[cell])}*H"
    return {"W": f"K {own['W']}", "U": f"K {own['U']}", "b": b, "p": "K 3*H"}


def _record(
    cell: str,
    reset: str | None,
    direction: int,
    W: Array,
    U: Array,
    b: Array | None = None,
    p: Array | None = None,
) -> Any:
    """Make a record of the arrays of one direction."""
    biases = (None, None) if b is None else np.split(b[direction], 2)
    rows = Rows(W[direction], U[direction], *biases)
    found = to_record(cell, rows, GATES[cell], reset)
    if p is None:
        return found
    return found._replace(p=ordered(p[direction], PEEPHOLES, OURS))


def _peepholes(p: lstm.Params) -> Array:
    """Return the peepholes of a record in ONNX's order; none are zeros."""
    own = (
        np.zeros(len(PEEPHOLES) * len(p.b) // len(GATES["lstm"]), p.b.dtype) if p.p is None else p.p
    )
    return ordered(own, OURS, PEEPHOLES)
