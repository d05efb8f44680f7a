"""Rules of descent: from parameters and their gradients to better parameters.

    rule = optim.adam(lr=0.01)
    state = rule.init(params)
    params, state = rule.update(params, grads, state)

Each rule is one plain function for one array, such as `descent.adam_step`. Parameters may be one
array, or records, dictionaries, lists and tuples of arrays within each other, with None for what
is absent; gradients come in the same make. Nothing is changed in place, and an array that stands
twice is updated as two: to tie weights, keep them once.
"""

import functools
from typing import Any

from ..checks.scalars import check_number
from . import descent
from .optimiser import Optimiser

RANGES = {
    "lr": "[0, inf)",
    "weight_decay": "[0, inf)",
    "mu": "[0, 1)",
    "alpha": "[0, 1)",
    "beta1": "[0, 1)",
    "beta2": "[0, 1)",
    "eps": "(0, inf)",
}


def sgd(lr: float = 1e-3, *, weight_decay: float = 0.0) -> Optimiser:
    """Return the rule of plain gradient descent.

    Parameters
    ----------
    lr : float
        Learning rate, at least 0.
    weight_decay : float
        Times the parameter, added to its gradient; at least 0.

    Returns
    -------
    Optimiser

    Raises
    ------
    ArgumentError
        For a setting out of its range.
    """
    return _optimiser("sgd", (), lr=lr, weight_decay=weight_decay)


def momentum(lr: float = 1e-3, *, mu: float = 0.9, weight_decay: float = 0.0) -> Optimiser:
    """Return the rule of descent with momentum: it keeps a running sum m of the gradients.

    Arguments, result and errors are those of `sgd`, and besides them:

    Parameters
    ----------
    mu : float
        The part of the sum that a step keeps, at least 0 and below 1.

    References
    ----------
    Polyak 1964. In this form, as in PyTorch, the sum takes in no learning rate.
    """
    return _optimiser("momentum", ("m",), lr=lr, mu=mu, weight_decay=weight_decay)


def nesterov(lr: float = 1e-3, *, mu: float = 0.9, weight_decay: float = 0.0) -> Optimiser:
    """Return the rule of descent with Nesterov's momentum, which looks one step ahead.

    Arguments, result and errors are those of `momentum`.

    References
    ----------
    Sutskever, Martens, Dahl & Hinton 2013, in the form that takes the gradient at the parameters.
    """
    return _optimiser("nesterov", ("m",), lr=lr, mu=mu, weight_decay=weight_decay)


def rmsprop(
    lr: float = 1e-2, *, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0.0
) -> Optimiser:
    """Return the rule that divides by the root of a running mean v of squared gradients.

    Arguments, result and errors are those of `sgd`, and besides them:

    Parameters
    ----------
    alpha : float
        The part of the mean that a step keeps, at least 0 and below 1.
    eps : float
        Added to the root, above 0, also in the dtype of the parameters.

    References
    ----------
    Tieleman & Hinton 2012, lecture 6.5.
    """
    settings: Any = {"lr": lr, "alpha": alpha, "eps": eps, "weight_decay": weight_decay}
    return _optimiser("rmsprop", ("v",), **settings)


def adagrad(lr: float = 1e-2, *, eps: float = 1e-10, weight_decay: float = 0.0) -> Optimiser:
    """Return the rule that divides by the root of the sum v of all squared gradients.

    Arguments, result and errors are those of `rmsprop`, which forgets where this one sums up.

    References
    ----------
    Duchi, Hazan & Singer 2011.
    """
    return _optimiser("adagrad", ("v",), lr=lr, eps=eps, weight_decay=weight_decay)


def adam(
    lr: float = 1e-3,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> Optimiser:
    """Return the rule of Adam: momentum m, divided by the root of the mean square v.

    Arguments, result and errors are those of `sgd`, and besides them:

    Parameters
    ----------
    lr : float
        Learning rate, at least 0: about the size of one step.
    beta1, beta2 : float
        The parts of the two running means that a step keeps, at least 0 and below 1.
    eps : float
        Added to the root, above 0, also in the dtype of the parameters.

    References
    ----------
    Kingma & Ba 2015, algorithm 1.
    """
    settings: Any = {"beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay}
    return _optimiser("adam", ("m", "v"), counts=True, lr=lr, **settings)


def adamw(
    lr: float = 1e-3,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
) -> Optimiser:
    """Return the rule of Adam whose weight decay shrinks the parameters and spares the means.

    Arguments, result and errors are those of `adam`; the decay is times the learning rate.

    References
    ----------
    Loshchilov & Hutter 2019, algorithm 2.
    """
    settings: Any = {"beta1": beta1, "beta2": beta2, "eps": eps, "weight_decay": weight_decay}
    return _optimiser("adamw", ("m", "v"), counts=True, lr=lr, **settings)


def _optimiser(
    name: str, slots: tuple[str, ...], *, counts: bool = False, **settings: Any
) -> Optimiser:
    """Check the settings and fill them into the rule for one array."""
    for setting, value in settings.items():
        check_number(f"optim.{name}", setting, value, RANGES[setting])
    # As Python numbers they leave float32 arrays as they are.
    plain = {setting: float(value) for setting, value in settings.items()}
    step = functools.partial(getattr(descent, f"{name}_step"), **plain)
    return Optimiser(name, step, slots, counts, plain.get("eps"))
