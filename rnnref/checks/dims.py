"""Shapes by letter: what a function declares, checked before any arithmetic.

A declaration is a string of axes such as "4*H D": four blocks of H rows, D columns. "H+D" is one
axis of two parts, a leading "..." stands for any axes. The first array that has a letter fixes it,
and every later one must agree.
"""

import functools
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar, cast

import numpy as np

from ..errors import ArgumentError, DTypeError, ShapeError, say
from ..overflow import quietly
from .declared import Record
from .kinds import NUMBERS, check_numbers, kind_of, name_of
from .sizes import Size, fit, reasons, spell

Function = TypeVar("Function", bound=Callable[..., Any])

REMEMBERED = 1000  # forms of arguments that passed the check of a function
# Of these a check reads the type alone.
PLAIN = {type(None), bool, int, float, complex, str, list, np.bool_, np.int64, *NUMBERS}


class Known:
    """The sizes fixed so far in one call."""

    def __init__(self, function: str) -> None:
        self.function = function
        self.sizes: dict[str, Size] = {}  # by letter
        self.same: dict[str, str] = {}  # letter -> the one that takes its place


def shapes(**declared: str | type | Record) -> Callable[[Function], Function]:
    """Declare the axes of a function's arguments and check them at every call.

    Inside the call, numbers that overflow become infinite or NaN without a warning.

    Parameters
    ----------
    **declared : str, record type or Record
        Axes of an array, or a record type whose `SHAPES` declares its fields. An argument with
        the default None may be None: the function decides what its absence means.

    Returns
    -------
    decorator
        The plain function stays reachable as `__wrapped__`, the declaration as `shapes`.
    """

    def decorate(function: Function) -> Function:
        parameters = inspect.signature(function).parameters.values()
        positions = [p.name for p in parameters if p.kind == p.POSITIONAL_OR_KEYWORD]
        optional = {p.name for p in parameters if p.default is None}
        settings = {p.name for p in parameters if p.kind == p.KEYWORD_ONLY} - declared.keys()
        name, quiet = name_of(function), quietly(function)
        passed: set[tuple] = set()  # what passed the check once will pass it again

        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            form = _form(tuple(kwargs), (*args, *kwargs.values()))
            if form not in passed:
                given = dict(zip(positions, args, strict=False)) | kwargs
                _check_given(given, declared, optional, Known(name))
                if form is not None and len(passed) < REMEMBERED:
                    passed.add(form)
            kwargs = {key: _plain(value, key in settings) for key, value in kwargs.items()}
            return quiet(*args, **kwargs)  # a missing argument is Python's to report

        vars(checked).update(shapes=declared, __wrapped__=inspect.unwrap(function))
        return cast(Function, checked)

    return decorate


def _plain(value: Any, setting: bool) -> Any:
    """Take a setting for a number of Python's: one of NumPy would make doubles of floats."""
    return float(value) if setting and isinstance(value, np.floating) else value


def _check_given(
    given: Mapping[str, Any],
    declared: Mapping[str, str | type | Record],
    optional: Collection[str],
    known: Known,
) -> None:
    for argument, axes in declared.items():
        value = given.get(argument)
        if value is not None or argument in given.keys() - optional:
            check(argument, value, axes, known)


def check(argument: str, value: Any, axes: str | type | Record, known: Known) -> None:
    """Check one argument, an array or a record of arrays, against its declared axes.

    Parameters
    ----------
    argument : str
    value : array or record
    axes : str, record type or Record
    known : Known
        The sizes that earlier arguments fixed; it grows by those that this one fixes.

    Raises
    ------
    ShapeError
        Naming the argument, the shape by letter and number, and what fixed the numbers.
    DTypeError
        If it is no array of float64, float32 or complex128 numbers, or no such record.
    ArgumentError
        For an optional field of a record that the function does not read.
    """
    if isinstance(axes, str):
        _check_array(argument, value, axes, known)
    else:
        _check_record(argument, value, axes if isinstance(axes, Record) else Record(axes), known)


def check_presence(function: str, argument: str, value: object, needed: str, option: str) -> None:
    """Check that an argument came exactly when an option needs it.

    Parameters
    ----------
    function, argument : str
    value : the argument
    needed : str
        What the option needs in words, or "" for nothing.
    option : str
        The option as it is written in a call.

    Raises
    ------
    ArgumentError
        If the argument is missing, or would be ignored.
    """
    if bool(needed) != (value is not None):
        wanted = needed or "None"
        expected = say(f"{wanted} with {option}", f"{wanted}（{option} 时）")
        raise ArgumentError(function, argument, expected, kind_of(value))


def call_of(record: Any) -> str:
    """Write a record type as a call with the fields it needs: lstm.State(h, c)."""
    fields = [field for field in record._fields if field not in record._field_defaults]
    return f"{name_of(record)}({', '.join(fields)})"


def _form(head: object, values: Iterable[Any]) -> tuple | None:
    """Return all that a check reads of some values, or None where it may read more."""
    found = [head]
    for value in values:
        kind = type(value)
        if kind is np.ndarray:
            found += (value.shape, value.dtype)
        elif kind in PLAIN:
            found.append(kind)
        elif isinstance(value, tuple) and (inner := _form(kind, value)):
            found.append(inner)
        else:
            return None
    return tuple(found)


def _check_record(argument: str, record: Any, wanted: Record, known: Known) -> None:
    kind: Any = wanted.type
    if not isinstance(record, kind) and not _traced(getattr(record, kind._fields[0], None)):
        expected = say("a record ", "记录 ") + call_of(kind)
        raise DTypeError(known.function, argument, expected, kind_of(record))
    # A letter that only an absent field would fix is another one then.
    for letter, (other, field) in getattr(kind, "SAME", {}).items():
        if getattr(record, field) is None and field not in wanted.needs:
            known.same[letter] = other
    for field, axes in (kind.SHAPES | wanted.axes).items():
        value, name = getattr(record, field), f"{argument}.{field}"
        if value is not None and field in wanted.refuses:
            detail = say("the function would ignore it", "这个函数不会用到它")
            raise ArgumentError(known.function, name, "None", kind_of(value), detail)
        if value is not None or field not in kind._field_defaults or field in wanted.needs:
            check(name, value, axes, known)


def _check_array(argument: str, array: Any, axes: str, known: Known) -> None:
    if _traced(array):
        return
    check_numbers(argument, array, axes, known.function)
    if axes == "...":
        return
    wanted, shape = [known.same.get(axis, axis) for axis in axes.split()], np.shape(array)
    named = wanted[1:] if wanted[0] == "..." else wanted
    wrong, found = [(axis, None) for axis in named], dict(known.sizes)
    if len(shape) == len(wanted) or (named is not wanted and len(shape) >= len(named)):
        pairs = zip(named, shape[len(shape) - len(named) :], strict=True)
        source = f"{argument} {shape}"
        wrong = [(axis, number) for axis, number in pairs if not fit(axis, number, found, source)]
        if not wrong:
            known.sizes = found
            return
    why = reasons(wrong, known.sizes)
    if wanted[0] == "B" and len(shape) == len(wanted) - 1:
        why.append(say(f"{argument}[None] adds a batch axis", f"{argument}[None] 可补上批量轴"))
    expected = spell(wanted, known.sizes)
    raise ShapeError(known.function, argument, expected, str(shape), say("; ", "；").join(why))


def _traced(value: object) -> bool:
    """Say whether a value records instead of computing; `rnnref.explain` vouches for its shape."""
    return getattr(value, "is_node", False)
