"""PyTorch: `nn.RNN`, `nn.LSTM`, `nn.GRU` with layers and directions, by the names of state_dict.

Its rows are in our order (its g is our c_tilde, its n our h_tilde), and it has two biases per gate.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import lstm
from ..checks.dims import kind_of
from ..errors import ArgumentError, check_option, say
from ..hints import Array
from .keys import check_keys, check_mapping, collect
from .layout import CELLS, GATES, Rows, axes, to_record, to_rows
from .options import NONLINEARITIES, chosen, own
from .outgoing import Framework, check_records

NAMES = {"W": "weight_ih", "U": "weight_hh", "b": "bias_ih", "b_recurrent": "bias_hh"}
PROJECTION = {"W_p": "weight_hr"}
PYTORCH = Framework(
    "PyTorch",
    {"reset": "after", "update": "keep", "coupled": False, "reverse": False},
    lacks=("p",),
    uniform=True,
)


def from_torch(
    weights: Mapping[str, Array], cell: str, *, nonlinearity: str | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """Turn the weights of a PyTorch module into records.

    Parameters
    ----------
    weights : dict of str to array
        The module's `state_dict()` with its tensors as arrays: weight_ih_l0, weight_hh_l0,
        bias_ih_l0, bias_hh_l0, of a projected LSTM weight_hr_l0; further layers _l1, the other
        direction _reverse. Without biases (bias=False) ours are zero.
    cell : "rnn", "lstm" or "gru"
    nonlinearity : "tanh" or "relu", optional
        Of an `nn.RNN`, whose weights do not tell it; None means "tanh", as there.

    Returns
    -------
    records : list of Params
        Layer by layer, in each the forward direction first.
    options : dict
        With which the records do what the module does.

    Raises
    ------
    ArgumentError
        For an unknown or a missing key.
    ShapeError, DTypeError
        For an array that does not fit the others.
    OptionError
        For an unknown cell or nonlinearity.

    Examples
    --------
    >>> from rnnref import convert, examples
    >>> p = examples.gru_params_reset_after()
    >>> weights = convert.to_torch([p], {"reset": "after"})
    >>> list(weights)
    ['weight_ih_l0', 'weight_hh_l0', 'bias_ih_l0', 'bias_hh_l0']
    >>> convert.from_torch(weights, "gru")[1]
    {'reset': 'after', 'update': 'keep'}
    """
    function = "convert.from_torch"
    check_option(function, "cell", cell, CELLS)
    nonlinearity = own(function, cell, "nonlinearity", nonlinearity, "rnn", NONLINEARITIES)
    layers = _layers(function, weights, NAMES | (PROJECTION if cell == "lstm" else {}))
    options = chosen(cell, len(layers[0]), reset="after", nonlinearity=nonlinearity)
    declared = axes(cell) | {"W_p": "P H"}
    if "W_p" in layers[0][0]:
        declared["U"] = declared["U"].replace(" H", " P")
    arrays = collect(function, weights, layers, declared, uniform=True)
    return [_record(cell, options.get("reset"), **parts) for parts in arrays], options


def to_torch(records: Sequence[Any], options: Mapping[str, Any] | None = None) -> dict[str, Array]:
    """Turn records into the weights of a PyTorch module.

    Parameters
    ----------
    records : list of Params
        Layer by layer, in each the forward direction first; all layers of one size.
    options : dict, optional
        With which the records run; None means the defaults of `forward`.

    Returns
    -------
    dict of str to array
        For `load_state_dict`. Of each gate the bias is in bias_ih, bias_hh is zero, except for the
        candidate of a GRU: b_u is in bias_hh.

    Raises
    ------
    ArgumentError
        For what PyTorch cannot express: a reset before the product, update="replace", coupled
        gates, peepholes, one direction in reverse.
    ShapeError, DTypeError
        For an array that does not fit the others.
    OptionError
        For an unknown value of an option.
    """
    cell, options = _checked("convert.to_torch", records, options)
    weights: dict[str, Array] = {}
    for n, p in enumerate(records):
        parts = to_rows(cell, p, GATES[cell])._asdict()
        if _projection(p) is not None:
            parts["W_p"] = p.W_p.copy()
        layer, direction = divmod(n, 1 + options["bidirectional"])
        keys = _keys(layer, direction, parts)
        weights |= {key: parts[part] for part, key in keys.items()}
    return weights


def torch_arguments(
    records: Sequence[Any], options: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the arguments that the PyTorch module needs to take these weights.

    Parameters
    ----------
    records : list of Params
    options : dict, optional
        Both as in `to_torch`.

    Returns
    -------
    dict
        For `torch.nn.RNN`, `LSTM` or `GRU`: input_size, hidden_size, num_layers, bidirectional;
        where they apply nonlinearity and proj_size.

    Raises
    ------
    ArgumentError, ShapeError, DTypeError, OptionError
        As `to_torch`.
    """
    cell, options = _checked("convert.torch_arguments", records, options)
    first, directions = records[0], 1 + options["bidirectional"]
    found = {
        "input_size": first.W.shape[1],
        "hidden_size": len(first.b) // len(GATES[cell]),
        "num_layers": len(records) // directions,
        "bidirectional": directions == 2,
    }
    if cell == "rnn":
        found["nonlinearity"] = options["nonlinearity"]
    if _projection(first) is not None:
        found["proj_size"] = len(first.W_p)
    return found


def _checked(
    function: str, records: Sequence[Any], options: Mapping[str, Any] | None
) -> tuple[str, dict[str, Any]]:
    """Check what goes out; all layers of a module are of one kind."""
    checked = check_records(function, records, options, PYTORCH)
    first = _projection(records[0])
    for n, p in enumerate(records):
        found = _projection(p)
        if (found is None) != (first is None):
            wanted = "None" if first is None else say("an array", "数组")
            expected = say(f"{wanted} as in records[0]", f"{wanted}（与 records[0] 相同）")
            raise ArgumentError(function, f"records[{n}].W_p", expected, kind_of(found))
    return checked


def _projection(p: Any) -> Array | None:
    """Return the projection of an LSTM that has one."""
    return p.W_p if isinstance(p, lstm.Params) else None


def _layers(
    function: str, weights: Mapping[str, Array], names: dict[str, str]
) -> list[list[dict[str, str]]]:
    """Return the keys of every layer, direction and part, also of those that are missing."""
    check_mapping(function, "weights", weights)
    pattern = re.compile(rf"({'|'.join(names.values())})_l(0|[1-9]\d*)(_reverse)?")
    found: Any = {key: pattern.fullmatch(str(key)) for key in weights}
    spelled = ", ".join(f"{name}_l0" for name in names.values()) + ", ..._l1, ..._l0_reverse"
    check_keys(function, "weights", weights, [key for key in found if found[key]], spelled)
    kinds, numbers, ends = ({match[k] for match in found.values()} for k in (1, 2, 3))
    parts = [part for part, name in names.items() if part in ("W", "U") or name in kinds]
    directions = range(1 + ("_reverse" in ends))
    return [[_keys(k, d, parts) for d in directions] for k in range(len(numbers) or 1)]


def _keys(layer: int, direction: int, parts: Iterable[str]) -> dict[str, str]:
    """Return what PyTorch calls the parts of one layer in one direction."""
    suffix = f"_l{layer}" + "_reverse" * direction
    return {part: (NAMES | PROJECTION)[part] + suffix for part in parts}


def _record(cell: str, reset: str | None, W_p: Array | None = None, **parts: Array) -> Any:
    """Make a record of the arrays of one layer in one direction."""
    p = to_record(cell, Rows(**parts), GATES[cell], reset)
    return p if W_p is None else p._replace(W_p=W_p.copy())
