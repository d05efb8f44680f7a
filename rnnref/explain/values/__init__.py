"""Numbers in prose that are no plain path into the running example: named, computed, tested.

A page writes `<!-- rnn:val rnn.parameters -->`; the function registered under that name is run when
the page is built, so the number on the page is the number of this code.
"""

import importlib
import pkgutil

VALUES = {}


def value(name):
    """Register a function without arguments that returns a number or finished text.

    Raises
    ------
    ValueError
        If the name is taken.
    """

    def register(function):
        if name in VALUES:
            raise ValueError(
                f"the value {name!r} of {function.__module__} is already registered by "
                f"{VALUES[name].__module__}: choose another name"
            )
        VALUES[name] = function
        return function

    return register


def get(name):
    """Return the named number or text.

    Raises
    ------
    LookupError
        For an unknown name; the message lists those of the same topic.
    """
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    if name not in VALUES:
        topic = name.partition(".")[0]
        known = ", ".join(sorted(key for key in VALUES if key.startswith(f"{topic}.")))
        raise LookupError(f"no value {name!r}; of {topic!r} there are: {known or 'none'}")
    return VALUES[name]()
