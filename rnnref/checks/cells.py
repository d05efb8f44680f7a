"""What the cells can be told besides arrays, each setting by its name.

Whoever passes settings on to a cell checks them here in its own name, before it computes anything.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from ..errors import OptionError, check_option
from .scalars import check_count, check_flag, check_number


def _check_width(function: str, argument: str, value: object) -> None:
    if value is not None:
        check_count(function, argument, value, 1)


CHECKS: dict[str, Callable[[str, str, Any], None]] = {
    "P": _check_width,
    "coupled": check_flag,
    "forget_bias": partial(check_number, interval="(-inf, inf)"),
    "nonlinearity": partial(check_option, allowed=("tanh", "relu")),
    "peepholes": check_flag,
    "reset": partial(check_option, allowed=("before", "after")),
    "update": partial(check_option, allowed=("keep", "replace")),
}


def check_settings(function: str, **settings: object) -> None:
    """Refuse settings that are none of the values that the cells know.

    Parameters
    ----------
    function : str
        As called, for messages.
    **settings : what the caller gave under these names

    Raises
    ------
    OptionError, ArgumentError
    """
    for name, value in settings.items():
        CHECKS[name](function, name, value)


def check_options(function: str, options: Mapping[str, object], known: Collection[str]) -> None:
    """Refuse further options that a cell does not have, or that are none of its values.

    Parameters
    ----------
    function : str
        As called, for messages.
    options : dict
        What the caller gave as `**options`.
    known : names of options

    Raises
    ------
    OptionError, ArgumentError
    """
    for name in options:
        if name not in known:
            raise OptionError(function, "**options", known, name)
    check_settings(function, **options)
