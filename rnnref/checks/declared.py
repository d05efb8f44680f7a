"""What records hold, and how functions take them: declarations that `dims` checks."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Record(NamedTuple):
    """How a function takes a record: its type, and the optional fields it needs or refuses.

    `axes` says what it asks of a field where that is more than the record's own `SHAPES`.
    """

    type: Any
    needs: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    axes: dict[str, str] = {}


def fields(**declared: Any) -> Callable[[Any], Any]:
    """Declare the axes of the fields of a record, as its `SHAPES`.

    Parameters
    ----------
    **declared : str, record type or Record
        As `dims.shapes` takes them.

    Returns
    -------
    decorator
    """

    def decorate(record: Any) -> Any:
        record.SHAPES = declared
        return record

    return decorate


def without(field: str, **letters: str) -> Callable[[Any], Any]:
    """Declare which letter takes the place of one that only an absent field would fix.

    Parameters
    ----------
    field : str
    **letters : str
        Of each such letter the other one.

    Returns
    -------
    decorator
        What it declares becomes `SAME` of the record.
    """

    def decorate(record: Any) -> Any:
        record.SAME = {letter: (other, field) for letter, other in letters.items()}
        return record

    return decorate
