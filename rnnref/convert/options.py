"""The options of our cells, and which of them a framework can express."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..checks.dims import check_presence
from ..errors import ArgumentError, OptionError, say
from .keys import check_keys

NONLINEARITIES = ("tanh", "relu")
# The options of each cell's `forward` that change what its weights mean, our default first.
ALLOWED: dict[str, dict[str, tuple[Any, ...]]] = {
    "rnn": {"nonlinearity": NONLINEARITIES},
    "lstm": {"coupled": (False, True)},
    "gru": {"reset": ("before", "after"), "update": ("keep", "replace")},
}
DIRECTIONS = {"bidirectional": (False, True), "reverse": (False, True)}
# Why a framework refuses a choice, and what to do about it.
REASONS = {
    "update": (
        'convert.negate_update(p) makes records that do the same with update="keep"',
        'convert.negate_update(p) 给出在 update="keep" 下作用相同的记录',
    ),
    "coupled": (
        "convert.uncouple(p) makes records that do the same with coupled=False",
        "convert.uncouple(p) 给出在 coupled=False 下作用相同的记录",
    ),
    "reset": (
        "the GRU of {} resets on the other side of the product, which no weights make up for",
        "{} 的 GRU 在乘积的另一侧重置，换权重无法弥补",
    ),
    "reverse": (
        "{} has no such setting; give its layer the reversed sequence",
        "{} 没有这种设置，请把反转后的序列交给它的层",
    ),
    "bidirectional": (
        "a cell of {} has one direction; convert the records one by one",
        "{} 的单元只有一个方向，请逐个转换记录",
    ),
}


def among(value: object, allowed: Iterable[Any]) -> bool:
    """Say whether a value is one of some, and of its type: 1 is not True."""
    return any(type(value) is type(choice) and value == choice for choice in allowed)


def settled(function: str, cell: str, options: Mapping[str, Any] | None) -> dict[str, Any]:
    """Check our options of a cell and fill in the defaults.

    Parameters
    ----------
    function : str
    cell : "rnn", "lstm" or "gru"
    options : dict or None

    Returns
    -------
    dict

    Raises
    ------
    DTypeError, ArgumentError, OptionError
    """
    allowed = ALLOWED[cell] | DIRECTIONS
    options = {} if options is None else options
    check_keys(function, "options", options, allowed)
    for name, value in options.items():
        if not among(value, allowed[name]):
            raise OptionError(function, f'options["{name}"]', allowed[name], value)
    if options.get("bidirectional") and options.get("reverse"):
        expected = say("False with bidirectional=True", "False（bidirectional=True 时）")
        raise ArgumentError(function, 'options["reverse"]', expected, "True")
    return {name: choices[0] for name, choices in allowed.items()} | dict(options)


def own(
    function: str, cell: str, argument: str, value: object, owner: str, allowed: tuple[Any, ...]
) -> Any:
    """Return a setting that the layers of one cell alone have, or None for other cells.

    Parameters
    ----------
    function, cell, argument : str
    value : the argument
        None means the first of the allowed values.
    owner : str
        The cell that has it.
    allowed : tuple

    Raises
    ------
    ArgumentError
        For a value that would be ignored.
    OptionError
    """
    if cell != owner:
        check_presence(function, argument, value, "", f'cell="{cell}"')
    elif value is None:
        return allowed[0]
    elif not among(value, allowed):
        raise OptionError(function, argument, allowed, value)
    return value


def refuse(
    function: str, options: Mapping[str, Any], limits: Mapping[str, Any], framework: str
) -> None:
    """Refuse what a framework cannot do.

    Parameters
    ----------
    function : str
    options : dict
        As `settled` returns it.
    limits : dict
        The only value of an option that the framework can express.
    framework : str
        Its name.

    Raises
    ------
    ArgumentError
        With what to do instead, where something can be done.
    """
    for name, only in limits.items():
        value = options.get(name, only)
        if value != only:
            argument, why = f'options["{name}"]', say(*REASONS[name]).format(framework)
            raise ArgumentError(function, argument, repr(only), repr(value), why)


def chosen(cell: str, directions: int, **values: Any) -> dict[str, Any]:
    """Return the options with which records do what a framework's weights did.

    Parameters
    ----------
    cell : "rnn", "lstm" or "gru"
    directions : int
    **values
        Of our options; those of other cells are left out, those not named have our default.

    Returns
    -------
    dict
        With "bidirectional" only if there are two directions, since `forward` of a cell has none.
    """
    found = {name: values.get(name, choices[0]) for name, choices in ALLOWED[cell].items()}
    return found | ({"bidirectional": True} if directions == 2 else {})
