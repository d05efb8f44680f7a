"""The keys of dictionaries, and the shapes of the arrays behind them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..checks.dims import Known, check, kind_of
from ..checks.sizes import Size
from ..errors import ArgumentError, DTypeError, say
from ..hints import Array


def check_mapping(function: str, argument: str, given: object) -> None:
    """Refuse what is no dictionary."""
    if not isinstance(given, Mapping):
        raise DTypeError(function, argument, say("a dict", "字典"), kind_of(given))


def check_keys(
    function: str, argument: str, given: Any, known: Collection[str], spelled: str = ""
) -> None:
    """Check that an argument is a dictionary and has no key that is not known.

    Parameters
    ----------
    function, argument : str
    given : the argument
    known : collection of str
    spelled : str, optional
        How a message names the known keys, where they are many.

    Raises
    ------
    DTypeError, ArgumentError
    """
    check_mapping(function, argument, given)
    for key in given:
        if key not in known:
            keys = spelled or ", ".join(known)
            expected = say(f"a dict with no keys but {keys}", f"只含键 {keys} 的字典")
            actual = say(f"the key {key!r}", f"键 {key!r}")
            raise ArgumentError(function, argument, expected, actual)


def collect(
    function: str,
    weights: Mapping[str, Array],
    layers: Sequence[Sequence[Mapping[str, str]]],
    axes: Mapping[str, str],
    sizes: Mapping[str, Size] | None = None,
    uniform: bool = False,
) -> list[dict[str, Array]]:
    """Take the arrays of all layers out of a framework's dictionary, and check their shapes.

    Parameters
    ----------
    function : str
    weights : dict of str to array
    layers : list of list of dict
        For each layer and in it each direction: what a part is, and its key.
    axes : dict
        What a part is, and its axes; D is the input of the layer.
    sizes, uniform
        As `check_layers` takes them.

    Returns
    -------
    list of dict
        For each record, what a part is and its array.

    Raises
    ------
    ArgumentError
        For a missing key.
    ShapeError, DTypeError
        For an array that does not fit the others.
    """
    for key in (key for layer in layers for names in layer for key in names.values()):
        if key not in weights:
            expected, actual = (
                say("an array", "数组"),
                say("nothing: the key is missing", "没有这个键"),
            )
            raise ArgumentError(function, f'weights["{key}"]', expected, actual)
    declared = [
        [
            (f'weights["{key}"]', weights[key], axes[part])
            for names in layer
            for part, key in names.items()
        ]
        for layer in layers
    ]
    check_layers(function, declared, len(layers[0]), sizes, uniform)
    return [
        {part: weights[key] for part, key in names.items()} for layer in layers for names in layer
    ]


def check_layers(
    function: str,
    layers: Sequence[Sequence[tuple[str, Any, Any]]],
    directions: int,
    sizes: Mapping[str, Size] | None = None,
    uniform: bool = False,
) -> None:
    """Check the shapes of all layers, each of which reads what the one below puts out.

    Parameters
    ----------
    function : str
    layers : list of list of (argument, value, axes)
        One layer after the other, each argument as `dims.check` takes it.
    directions : int
        How many outputs of H units, or P if they are projected, the layer below joins.
    sizes : dict of letter -> Size, optional
        What is known of every layer.
    uniform : bool, optional
        Whether all layers have the same number of units.

    Raises
    ------
    ShapeError, DTypeError
    """
    known = Known(function)
    known.sizes.update(sizes or {})
    for layer in layers:
        for argument, value, axes in layer:
            check(argument, value, axes, known)
        kept = known.sizes if uniform else sizes or {}
        outputs = known.sizes.get("P", known.sizes["H"]).number * directions
        below = layer[0][0]
        source = say(f"the layer of {below}", f"{below} 所在的层")
        known.sizes = {**kept, "D": Size(outputs, source)}
