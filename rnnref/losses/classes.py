"""Losses of predictions among classes: how surprising the right class was."""

from typing import Any, NamedTuple

import numpy as np

from ..checks.dims import shapes
from ..checks.scalars import check_integer, check_number
from ..checks.tokens import check_partner, check_tokens
from ..errors import ArgumentError, check_option, say
from ..hints import Array, Gradient
from ..numerics import log_softmax
from ..overflow import quietly
from ..records import frozen
from ..sequence.incoming import check_run, incoming
from ..shown import shown

REDUCTIONS = ("mean", "sum", "none")


@shown
class CrossEntropy(NamedTuple):
    """A cross-entropy and what its backward pass needs; read-only.

    Attributes
    ----------
    loss : () or (...)
        One number, or one per target with reduction="none".
    count : int
        The targets that were not ignored.
    log_p : (..., V)
        The logarithms of the predicted probabilities.
    q : (..., V)
        How much the logarithm of each class counts in the loss.
    """

    loss: Array
    count: Any  # an int; every tuple has a method of this name
    log_p: Array
    q: Array


@shapes(logits="... V", weight="V")
def cross_entropy(
    logits: Array,
    target: Array,
    *,
    ignore: int | None = None,
    reduction: str = "mean",
    weight: Array | None = None,
    smoothing: float = 0.0,
) -> CrossEntropy:
    """Return how surprising the right classes were, by logits as they are.

    Parameters
    ----------
    logits : (..., V)
        Of any size; what stands beside an ignored target may be NaN.
    target : integers (...)
        The right class of each prediction, from 0 to V-1.
    ignore : int, optional
        Targets of this number, such as padding, count in no sum and no mean and get no gradient.
    reduction : "mean", "sum" or "none"
        The mean divides by the number of targets that count, or by their summed weights; of no
        targets it is 0.
    weight : (V,), optional
        How much each class counts, at least 0; None means 1.
    smoothing : float
        The share of the target that is spread evenly over all classes, from 0 to 1.

    Returns
    -------
    CrossEntropy
        loss at least 0, and count, the number of targets that were not ignored.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a target out of range, with its place, or an option out of its range.

    References
    ----------
    Smoothing: Szegedy et al. 2016, section 7; with weights as in PyTorch.

    Examples
    --------
    >>> run = cross_entropy(np.zeros((3, 4)), np.array([1, 0, -1]), ignore=-1)
    >>> run.loss.round(4).tolist(), run.count  # an even guess costs log 4
    (1.3863, 2)
    """
    _check_options(reduction, weight)
    check_number("losses.cross_entropy", "smoothing", smoothing, "[0, 1]")
    live = _check_target("losses.cross_entropy", logits, target, ignore)
    # What is ignored is taken out first: NaN and infinity stay behind.
    log_p = log_softmax(logits if ignore is None else np.where(live[..., None], logits, 0))
    q = _shares(target, live, log_p.real.dtype, logits.shape[-1], weight, smoothing, reduction)
    terms = np.where(q == 0, 0, -q * log_p)  # an impossible class may count 0 times infinity
    loss = np.sum(terms, axis=-1 if reduction == "none" else None)
    return CrossEntropy(frozen(loss), int(np.sum(live)), frozen(log_p), frozen(q))


@quietly
def cross_entropy_backward(run: CrossEntropy, *, dloss: Gradient = 1.0) -> Array:
    """Return the gradient of the logits.

    Parameters
    ----------
    run : CrossEntropy
        What `cross_entropy` returned.
    dloss : number or array of the shape of `run.loss`
        The gradient that reaches the loss; None means zero.

    Returns
    -------
    (..., V)
        Exactly 0 beside ignored targets, even where `dloss` is NaN.

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit the loss, or another record.
    """
    check_run("losses.cross_entropy_backward", run, CrossEntropy)
    dloss = incoming("losses.cross_entropy_backward", "dloss", dloss, run.loss)
    slope = np.sum(run.q, axis=-1, keepdims=True) * np.exp(run.log_p) - run.q
    return np.where(slope == 0, 0, (dloss[..., None] if dloss.ndim else dloss) * slope)


@shown
class Perplexity(NamedTuple):
    """A perplexity and what its backward pass needs; read-only.

    Attributes
    ----------
    value : ()
        At least 1: among how many equally likely classes the predictions leave a choice.
    entropy : CrossEntropy
        The mean cross-entropy of which it is the exponential.
    """

    value: Array
    entropy: CrossEntropy


@shapes(logits="... V")
def perplexity(logits: Array, target: Array, *, ignore: int | None = None) -> Perplexity:
    """Return among how many equally likely classes the predictions leave a choice.

    Parameters
    ----------
    logits : (..., V)
    target : integers (...)
    ignore : int, optional
        As for `cross_entropy`.

    Returns
    -------
    Perplexity
        value at least 1; 1 where nothing counts, infinity where it is beyond the largest float.

    Raises
    ------
    ShapeError, DTypeError, ArgumentError
        As for `cross_entropy`.
    """
    _check_target("losses.perplexity", logits, target, ignore)
    entropy = cross_entropy(logits, target, ignore=ignore)
    return Perplexity(np.exp(entropy.loss), entropy)


@quietly
def perplexity_backward(run: Perplexity, *, dvalue: Gradient = 1.0) -> Array:
    """Return the gradient of the logits.

    Parameters
    ----------
    run : Perplexity
        What `perplexity` returned.
    dvalue : number
        The gradient that reaches the value; None means zero.

    Returns
    -------
    (..., V)

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that is no number, or another record.
    """
    check_run("losses.perplexity_backward", run, Perplexity)
    reached = incoming("losses.perplexity_backward", "dvalue", dvalue, run.value)
    return cross_entropy_backward(run.entropy, dloss=reached * run.value)


def _shares(
    target: Array,
    live: Array,
    dtype: np.dtype,
    V: int,
    weight: Array | None,
    smoothing: float,
    reduction: str,
) -> Array:
    """Return how much the logarithm of each class counts in the loss, (..., V)."""
    classes = np.where(live, target, 0)
    weight = np.ones(V, dtype) if weight is None else weight
    right = (np.arange(V) == classes[..., None]).astype(dtype)
    q = weight * ((1 - smoothing) * right + smoothing / max(V, 1))
    q = np.where(live[..., None], q, 0)
    if reduction != "mean":
        return q
    total = np.sum(np.where(live[..., None], weight * right, 0))
    return q / total if total else np.zeros_like(q)


def _check_options(reduction: str, weight: Array | None) -> None:
    check_option("losses.cross_entropy", "reduction", reduction, REDUCTIONS)
    if weight is None:
        return
    bad = np.flatnonzero(~((weight >= 0) & np.isfinite(weight)))
    if len(bad):
        expected = say("at least 0 and finite", "不小于 0 的有限数")
        actual = say(f"{weight[bad[0]]} at [{bad[0]}]", f"[{bad[0]}] 处的 {weight[bad[0]]}")
        raise ArgumentError("losses.cross_entropy", "weight", expected, actual)


def _check_target(function: str, logits: Array, target: Array, ignore: int | None) -> Array:
    """Check the targets against the logits; return which of them count."""
    if ignore is not None:
        check_integer(function, "ignore", ignore)
    live = check_tokens(function, "target", target, logits.shape[-1], ignore)
    check_partner(function, "target", target, logits.shape[:-1], "logits[..., 0]")
    return live
