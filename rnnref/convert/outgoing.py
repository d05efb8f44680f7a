"""Checks of the records that are to become a framework's weights."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .. import lstm
from ..checks.dims import kind_of
from ..errors import ArgumentError, DTypeError, say
from .keys import check_layers
from .layout import CELLS
from .options import refuse, settled

# Why a framework refuses a field of an LSTM.
REASONS = {
    "p": ("the LSTM of {} has no peepholes", "{} 的 LSTM 没有窥孔连接"),
    "W_p": ("the LSTM of {} has no projection", "{} 的 LSTM 没有投影"),
}


class Framework(NamedTuple):
    """What a framework can express.

    Attributes
    ----------
    name : str
    limits : dict
        The only value of an option that it knows.
    lacks : tuple of str
        The optional fields of an LSTM that it has not.
    single : bool
        Whether one set of weights is one layer.
    uniform : bool
        Whether all layers have the same number of units.
    """

    name: str
    limits: dict
    lacks: tuple = ("p", "W_p")
    single: bool = False
    uniform: bool = False


def check_records(
    function: str, records: Sequence[Any], options: Mapping[str, Any] | None, framework: Framework
) -> tuple[str, dict[str, Any]]:
    """Check records and options that go out together.

    Parameters
    ----------
    function : str
    records : list of Params
        Layer by layer, in each the forward direction first.
    options : dict or None
    framework : Framework

    Returns
    -------
    cell : "rnn", "lstm" or "gru"
    options : dict
        With every default filled in.

    Raises
    ------
    DTypeError, ShapeError, OptionError
    ArgumentError
        For what the framework cannot express.
    """
    cell = _cell(function, records)
    options = settled(function, cell, options)
    refuse(function, options, framework.limits, framework.name)
    directions = 1 + options["bidirectional"]
    _check_number(function, records, directions, framework)
    for n, p in enumerate(records):
        _check_fields(function, f"records[{n}]", p, options, framework)
    declared = [(f"records[{n}]", p, CELLS[cell].Params) for n, p in enumerate(records)]
    layers = [declared[n : n + directions] for n in range(0, len(declared), directions)]
    check_layers(function, layers, directions, uniform=framework.uniform)
    return cell, options


def _cell(function: str, records: Sequence[Any]) -> str:
    """Return the name of the cell whose records these are."""
    if not isinstance(records, (list, tuple)) or hasattr(records, "_fields"):
        expected = say("a list of records", "记录的列表")
        raise DTypeError(function, "records", expected, kind_of(records))
    if records:
        for cell, module in CELLS.items():
            if isinstance(records[0], module.Params):
                return cell
    expected = say("rnn.Params, lstm.Params or gru.Params", "rnn.Params、lstm.Params 或 gru.Params")
    actual = kind_of(records[0]) if records else say("nothing: the list is empty", "空列表")
    raise DTypeError(function, "records[0]", expected, actual)


def _check_number(
    function: str, records: Sequence[Any], directions: int, framework: Framework
) -> None:
    """Check how many records there are."""
    if framework.single and len(records) != directions:
        expected = say(f"a list of {directions}", f"长度为 {directions} 的列表")
        detail = say(
            f"{framework.name} has one layer in one set of weights; convert layer by layer",
            f"{framework.name} 的一组权重只有一层，请逐层转换",
        )
    elif len(records) % directions:
        expected = say("a list of two for every layer", "每层两个记录的列表")
        detail = say('options["bidirectional"] is True', 'options["bidirectional"] 为 True')
    else:
        return
    actual = say(f"a list of {len(records)}", f"长度为 {len(records)} 的列表")
    raise ArgumentError(function, "records", expected, actual, detail)


def _check_fields(
    function: str, argument: str, p: Any, options: dict[str, Any], framework: Framework
) -> None:
    """Refuse a field that the framework has not, or that the options contradict."""
    for field in framework.lacks if isinstance(p, lstm.Params) else ():
        value = getattr(p, field)
        if value is not None:
            why = say(*REASONS[field]).format(framework.name)
            raise ArgumentError(function, f"{argument}.{field}", "None", kind_of(value), why)
    if "reset" in options:
        after = options["reset"] == "after"
        if after != (p.b_u is not None):
            wanted, reset = (say("an array", "数组"), "after") if after else ("None", "before")
            expected = say(f'{wanted} with reset="{reset}"', f'{wanted}（reset="{reset}" 时）')
            why = say(
                "b_u acts inside the reset product and cannot be added to b_h",
                "b_u 在重置乘积之内起作用，不能并入 b_h",
            )
            why = say("it may be zeros", "可以全为零") if after else why
            raise ArgumentError(function, f"{argument}.b_u", expected, kind_of(p.b_u), why)
