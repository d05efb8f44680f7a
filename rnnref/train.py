"""A small training loop: gradient, clipping, step, and a record of how it went."""

import importlib
import math
import numbers
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import trees
from .checks.dims import kind_of
from .checks.scalars import (
    as_float,
    check_count,
    check_flag,
    check_function,
    check_number,
    check_rng,
    written,
)
from .errors import ArgumentError, DTypeError, say
from .hints import Array, Generator
from .optim.clipping import clip_norm
from .optim.optimiser import Optimiser, State
from .records import frozen

__all__ = ["Fit", "History", "Moment", "fit"]


class Moment(NamedTuple):
    """What a callback sees after a step."""

    step: int  # from 1
    loss: float  # before the step
    norm: float  # of all gradients, before they were clipped
    params: Any  # after the step, read-only


class History(NamedTuple):
    """How it went, one number per step; read-only."""

    loss: Array  # (steps,) before each step
    norm: Array  # (steps,) of all gradients, before they were clipped


class Fit(NamedTuple):
    """The result of training, and what going on takes."""

    params: Any
    state: State
    history: History


def fit(
    gradient: Callable[[Any, Generator], tuple[Any, Any]],
    params: Any,
    rule: Optimiser,
    *,
    steps: int,
    rng: Generator,
    state: State | None = None,
    clip: float = math.inf,
    callback: Callable[[Moment], object] | None = None,
    progress: bool = True,
) -> Fit:
    """Take steps against the gradient of a loss.

    The same arguments, with a generator of the same seed, give the same result bit for bit on one
    machine. Training can go on: with the params and the state of the last call and the same
    generator, two calls are one.

    Parameters
    ----------
    gradient : function (params, rng) -> (loss, grads)
        Whatever it draws, a batch for example, it draws from `rng`; the gradients come in the
        make of the parameters.
    params : array, record, dict, list or tuple of them
        Where to start.
    rule : Optimiser
        Such as `optim.adam()`.
    steps : int
    rng : numpy.random.Generator
        Handed to `gradient`; it moves on.
    state : State, optional
        What the rule remembers of earlier steps; None starts afresh.
    clip : float
        The largest norm of all gradients together; see `optim.clip_norm`.
    callback : function of a Moment, optional
        Called after every step; training ends early when it returns True.
    progress : bool
        Whether to show a progress bar, which takes the package tqdm; without it nothing is shown.

    Returns
    -------
    Fit
        New parameters, the state of the rule, and history.loss and history.norm with one number
        per step that was made.

    Raises
    ------
    ArgumentError
        For a loss that is not finite, with its step; for a gradient that is not, with its name;
        for settings out of their range.
    ShapeError, DTypeError
        For parameters, gradients or a rule of the wrong kind, or no function where one is due.
    OptionError
        For a `progress` that is no bool.

    Examples
    --------
    >>> from rnnref import optim
    >>> def bowl(p, rng):
    ...     return np.sum(p * p), 2 * p
    >>> run = fit(bowl, np.ones(2), optim.sgd(0.25), steps=3, rng=np.random.default_rng(0))
    >>> run.history.loss.tolist(), run.params.tolist()
    ([2.0, 0.5, 0.125], [0.125, 0.125])
    """
    _check(rule, steps, rng, clip)
    check_function("train.fit", "gradient", gradient)
    if callback is not None:
        check_function("train.fit", "callback", callback)
    check_flag("train.fit", "progress", progress)
    named = trees.arrays("train.fit", "params", params)
    params = trees.rebuilt(params, (array.copy() for array in named.values()))
    state = rule.init(params) if state is None else state
    losses, norms = [], []
    ticks = _ticks(steps, progress)
    for step in ticks:
        loss, grads = _checked(gradient(params, rng), step)
        grads, norm = clip_norm(grads, clip)
        params, state = rule.update(params, grads, state)
        losses.append(loss)
        norms.append(norm)
        if hasattr(ticks, "set_postfix_str"):
            ticks.set_postfix_str(f"loss {loss:.4g}", refresh=False)
        stop = callback is not None and callback(Moment(step, loss, norm, _seen(params)))
        if isinstance(stop, (bool, np.bool_)) and stop:
            break
    history = History(frozen(np.array(losses, float)), frozen(np.array(norms, float)))
    return Fit(params, state, history)


def _seen(params: Any) -> Any:
    """Return parameters as views that nobody can write to: training goes on with them."""
    named = trees.arrays("train.fit", "params", params)
    return trees.rebuilt(params, (frozen(array.view()) for array in named.values()))


def _ticks(steps: int, progress: bool) -> Any:
    """Return the numbers of the steps, as a progress bar if it is wanted and tqdm installed."""
    if progress:
        try:
            return importlib.import_module("tqdm").tqdm(range(1, steps + 1))
        except ImportError:
            pass  # nothing but the bar is missing
    return range(1, steps + 1)


def _checked(found: object, step: int) -> tuple[float, Any]:
    """Return loss and gradients of a step, the loss as a finite float."""
    if not (isinstance(found, tuple) and len(found) == 2):
        expected = say("a function that returns (loss, grads)", "返回 (loss, grads) 的函数")
        raise DTypeError("train.fit", "gradient", expected, kind_of(found))
    loss, grads = found
    array = isinstance(loss, np.ndarray) and loss.shape == () and loss.dtype.kind in "fiu"
    number = as_float(loss) if array or isinstance(loss, numbers.Real) else None
    if number is None or not math.isfinite(number):
        expected = say("a function with a finite loss", "损失有限的函数")
        actual = say(f"{written(loss)} at step {step}", f"第 {step} 步的 {written(loss)}")
        raise ArgumentError("train.fit", "gradient", expected, actual)
    return number, grads


def _check(rule: object, steps: object, rng: object, clip: object) -> None:
    if not isinstance(rule, Optimiser):
        expected = say("a rule such as optim.adam()", "optim.adam() 之类的规则")
        raise DTypeError("train.fit", "rule", expected, kind_of(rule))
    check_count("train.fit", "steps", steps, 0)
    check_rng("train.fit", rng)
    check_number("train.fit", "clip", clip, "[0, inf]")
