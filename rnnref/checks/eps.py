"""The check of eps, the small number that keeps a divisor from 0."""

from typing import Any

from ..errors import ArgumentError, say
from .scalars import check_number


def check_eps(function: str, eps: Any, argument: str, array: Any) -> None:
    """Refuse what is not positive, also as a number of an array's dtype.

    Parameters
    ----------
    function : str
    eps : the argument
    argument : str
        The name of the array.
    array : array
        What eps is added to is of its dtype.

    Raises
    ------
    ArgumentError
    """
    check_number(function, "eps", eps, "(0, inf)")
    recorded = any(getattr(value, "is_node", False) for value in (eps, array))
    if recorded or array.dtype.type(eps) != 0:
        return
    kind = array.dtype.name
    expected = say(f"above 0 in {kind}", f"在 {kind} 中大于 0 的数")
    detail = say(f"this is the dtype of {argument}", f"{argument} 的类型如此")
    raise ArgumentError(function, "eps", expected, str(eps), detail)
