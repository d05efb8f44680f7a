"""Is a gradient right? Compare it with a derivative taken from the loss alone."""

import numbers
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .checks import dims
from .checks.scalars import check_function, check_number, written
from .errors import ArgumentError, DTypeError, ShapeError, check_option, say
from .hints import Array
from .overflow import quietly

__all__ = ["Entry", "Report", "check", "derivative"]

COMPLEX_STEP = 1e-30  # nothing is subtracted, so the step may be this small
CENTRAL_STEP = 6e-6  # near the cube root of the float64 rounding error, where both errors balance
TOLERANCES = {"complex": 1e-12, "central": 1e-7}


class Entry(NamedTuple):
    """The comparison of one argument.

    Attributes
    ----------
    error : float
        Largest difference, divided by the largest true derivative of this argument (by 1 where
        all of them are smaller than 1e-8).
    index : tuple of int
        Where it stands; of NaN or inf the first one.
    given, true : float
        The gradient that was checked and the derivative of the loss, at that place.
    """

    error: float
    index: Any  # a tuple of int; every tuple has a method of this name
    given: float
    true: float


class Report(NamedTuple):
    """The verdict of `check`.

    Attributes
    ----------
    ok : bool
    worst : float
        The largest error of all arguments.
    where : tuple (name, index)
        The place of the largest error.
    table : dict of name to Entry
    """

    ok: bool
    worst: float
    where: tuple
    table: dict

    def __str__(self) -> str:
        name, index = self.where
        entry = self.table[name]
        at = f"{name}{list(index)}"
        verdict = say("right", "正确") if self.ok else say("wrong", "错误")
        return say(
            f"gradient {verdict}: worst error {self.worst:.1e} at {at}: "
            f"given {entry.given:.9g}, true {entry.true:.9g}",
            f"梯度{verdict}：最大误差 {self.worst:.1e}，位于 {at}："
            f"给出 {entry.given:.9g}，应为 {entry.true:.9g}",
        )


def check(
    loss: Callable[..., Any],
    args: Mapping[str, Array],
    grads: Mapping[str, Any],
    *,
    method: str = "complex",
    tolerance: float | None = None,
) -> Report:
    """Compare gradients with the derivative of a loss, one entry of every argument at a time.

    Parameters
    ----------
    loss : function of the names in `args`
        Returns one number. For the complex step it must be analytic: no `abs`, no comparison of
        complex numbers, no buffer that drops the imaginary part.
    args : dict of name to array
        Where to take the derivative; float64. Never changed.
    grads : dict of name to array
        The gradients to check; a subset of the names is allowed.
    method : "complex" or "central"
        The complex step is right to about 1e-15; central differences to about 1e-9.
    tolerance : float, optional
        Largest error that passes; None means 1e-12 (complex) or 1e-7 (central).

    Returns
    -------
    Report

    Raises
    ------
    OptionError
        For an unknown method.
    ArgumentError
        For no gradient at all, one whose argument is missing, or a negative tolerance.
    ShapeError
        For a gradient of another shape than its argument.
    DTypeError
        For a loss that is no function or returns anything but one number, for no dict of arrays
        by name where one is due, or an argument or gradient that is no real array.

    References
    ----------
    Squire & Trapp 1998, "Using complex variables to estimate derivatives of real functions".
    """
    function = "gradcheck.check"
    _check(function, loss, args, method)
    _check_grads(function, grads, args)
    if tolerance is not None:
        check_number(function, "tolerance", tolerance, "[0, inf]")
    table = {}
    for name, grad in grads.items():
        table[name] = _compare(np.asarray(grad), _derivative(function, loss, args, name, method))
    name = max(table, key=lambda name: table[name].error)
    worst = table[name].error
    ok = worst <= (TOLERANCES[method] if tolerance is None else tolerance)
    return Report(bool(ok), worst, (name, table[name].index), table)


def derivative(
    loss: Callable[..., Any], args: Mapping[str, Array], name: str, *, method: str = "complex"
) -> Array:
    """Return the derivative of a loss by every entry of one argument.

    Parameters
    ----------
    loss : function of the names in `args`
        As for `check`.
    args : dict of name to array
        Where to take the derivative.
    name : str
        The argument to vary.
    method : "complex" or "central"

    Returns
    -------
    array
        The shape of `args[name]`.

    Raises
    ------
    OptionError
        For an unknown method.
    ArgumentError
        For a name that is not in `args`.
    DTypeError
        As for `check`.
    """
    _check("gradcheck.derivative", loss, args, method)
    if not isinstance(name, str) or name not in args:
        expected = say("one of ", "以下名字之一：") + ", ".join(args)
        raise ArgumentError("gradcheck.derivative", "name", expected, written(name))
    return _derivative("gradcheck.derivative", loss, args, name, method)


def _derivative(
    function: str, loss: Callable[..., Any], args: Mapping[str, Array], name: str, method: str
) -> Array:
    _check_real(function, f"args[{name!r}]", args[name])
    array = np.asarray(args[name], float)
    slope = _complex_slope if method == "complex" else _central_slope
    kind = numbers.Complex if method == "complex" else numbers.Real

    def moved(step: Array) -> Any:
        found = loss(**{**args, name: array + step})
        if isinstance(found, np.ndarray) and found.shape == ():
            found = found[()]
        if not isinstance(found, kind):
            expected = say("a function that returns one number", "返回一个数的函数")
            if kind is numbers.Real:
                expected = say("a function that returns one real number", "返回一个实数的函数")
            raise DTypeError(function, "loss", expected, dims.kind_of(found))
        return found

    result = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        direction = np.zeros(array.shape)
        direction[index] = 1
        result[index] = slope(moved, direction)
    return result


def _complex_slope(moved: Callable[[Array], Any], direction: Array) -> float:
    return float(np.imag(moved(1j * COMPLEX_STEP * direction))) / COMPLEX_STEP


def _central_slope(moved: Callable[[Array], Any], direction: Array) -> float:
    up, down = moved(CENTRAL_STEP * direction), moved(-CENTRAL_STEP * direction)
    return float(quietly(np.subtract)(up, down)) / (2 * CENTRAL_STEP)


@quietly
def _compare(grad: Array, true: Array) -> Entry:
    if true.size == 0:
        return Entry(0.0, (), 0.0, 0.0)
    scale = np.max(np.abs(true), initial=0.0)
    difference = np.abs(grad - true) / (scale if scale > 1e-8 else 1.0)
    # NaN and inf are errors whatever the scale, and the first of them is what to look at.
    difference = np.where(np.isfinite(difference), difference, np.inf)
    index = tuple(int(k) for k in np.unravel_index(np.argmax(difference), true.shape))
    return Entry(float(difference[index]), index, float(grad[index]), float(true[index]))


def _check(function: str, loss: object, args: object, method: object) -> None:
    check_option(function, "method", method, TOLERANCES)
    check_function(function, "loss", loss)
    _check_dict(function, "args", args)


def _check_dict(function: str, argument: str, value: object) -> None:
    expected = say("a dict of arrays by name", "从名字到数组的字典")
    if not isinstance(value, Mapping):
        raise DTypeError(function, argument, expected, dims.kind_of(value))
    for key in value:
        if not isinstance(key, str):
            actual = say(f"the key {key!r}", f"键 {key!r}")
            raise DTypeError(function, argument, expected, actual)


def _check_real(function: str, argument: str, value: Any) -> None:
    dims.check(argument, value, "...", dims.Known(function))
    if np.iscomplexobj(value):
        raise DTypeError(function, argument, say("real", "实数"), dims.kind_of(value))


def _check_grads(function: str, grads: Mapping[str, Any], args: Mapping[str, Array]) -> None:
    _check_dict(function, "grads", grads)
    if not grads:
        expected = say("a gradient for at least one argument", "至少一个参数的梯度")
        raise ArgumentError(function, "grads", expected, "{}")
    for name, grad in grads.items():
        if name not in args:
            expected = say("a subset of ", "以下名字的子集：") + ", ".join(args)
            raise ArgumentError(function, "grads", expected, name)
        own = f"grads[{name!r}]"
        _check_real(function, own, grad)
        if np.shape(grad) != np.shape(args[name]):
            raise ShapeError(function, own, str(np.shape(args[name])), str(np.shape(grad)))
