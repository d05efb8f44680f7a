"""Small trainings behind figures and numbers, seeded and of a fixed number of steps.

A module of this package trains on one task and registers

    @experiment("recall")
    def recall():
        '''Return … as dictionaries, lists, strings and numbers.'''

`result("recall")` trains once in a process and returns what came out, rounded. Whoever draws many
figures says with `keep_with` where results are kept between processes; the digest that a keeper
gets changes with the code of every source that the training imports and with NumPy, and with
nothing else: a new label, layout or docstring does not train again.
"""

import functools
import hashlib
import importlib
import json
import pkgutil

import numpy as np

from .origins import meaning, sources

__all__ = ["experiment", "keep_with", "names", "result"]

DIGITS = 4  # kept behind the point: more than a figure shows, fewer than differ between machines

_experiments = {}


def experiment(name):
    """Register a function without arguments that trains and returns what came out.

    Raises
    ------
    ValueError
        If the name is taken.
    """

    def register(function):
        if name in _experiments:
            taken = _experiments[name].__module__
            raise ValueError(f"the experiment {name!r} is already registered by {taken}")
        _experiments[name] = function
        return function

    return register


@functools.cache
def _load():
    for module in sorted(found.name for found in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")


def names():
    """Return the names of all experiments, sorted."""
    _load()
    return tuple(sorted(_experiments))


@functools.cache
def result(name):
    """Return what came out of an experiment, its numbers rounded to 4 decimals.

    Raises
    ------
    LookupError
        For an unknown name.
    """
    if name not in names():
        raise LookupError(f"no experiment is named {name!r}; there are {', '.join(names())}")
    function = _experiments[name]
    text = _keeper(name, digest(function.__module__), lambda: json.dumps(rounded(function())))
    return json.loads(text)


def digest(module):
    """Return a digest of all that the results of an experiment depend on."""
    found = hashlib.sha256(f"numpy {np.__version__}".encode())
    for path in sources(module):
        found.update(meaning(path).encode())
    return found.hexdigest()[:16]


def rounded(found):
    """Return a result with plain, rounded numbers, as JSON takes it."""
    if isinstance(found, dict):
        return {key: rounded(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [rounded(value) for value in found]
    if isinstance(found, np.ndarray):
        return np.round(found, DIGITS).tolist()
    return found if isinstance(found, str | int) else round(float(found), DIGITS)


def _train(name, key, make):
    return make()


_keeper = _train


def keep_with(keeper):
    """Set where results are kept between processes; without a keeper every process trains.

    Parameters
    ----------
    keeper : function (name, digest, make) -> str
        Returns the text that it kept under name and digest, or that of `make()`.
    """
    global _keeper
    _keeper = keeper
