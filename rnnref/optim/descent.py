"""The rules of descent for one array: plain functions, one line per equation.

`rnnref.optim` applies them to all parameters of a model. Each takes the parameter p, its gradient
g and what it remembers, and returns every named value, the new parameter last.
"""

from typing import NamedTuple

from ..hints import Array


class SGDStep(NamedTuple):
    """One step of plain descent."""

    g: Array
    p: Array


def sgd_step(p: Array, g: Array, *, lr: float, weight_decay: float) -> SGDStep:
    """Go against the gradient."""
    g = g + weight_decay * p
    p = p - lr * g
    return SGDStep(g, p)


class MomentumStep(NamedTuple):
    """One step with momentum, Nesterov's included."""

    g: Array
    m: Array
    p: Array


def momentum_step(
    p: Array, g: Array, m: Array, *, lr: float, mu: float, weight_decay: float
) -> MomentumStep:
    """Go against a running sum of gradients."""
    g = g + weight_decay * p
    m = mu * m + g
    p = p - lr * m
    return MomentumStep(g, m, p)


def nesterov_step(
    p: Array, g: Array, m: Array, *, lr: float, mu: float, weight_decay: float
) -> MomentumStep:
    """Go against the running sum as it will be after one more equal gradient."""
    g = g + weight_decay * p
    m = mu * m + g
    p = p - lr * (g + mu * m)
    return MomentumStep(g, m, p)


class ScaledStep(NamedTuple):
    """One step of a rule that divides by the size of past gradients."""

    g: Array
    v: Array
    p: Array


def rmsprop_step(
    p: Array, g: Array, v: Array, *, lr: float, alpha: float, eps: float, weight_decay: float
) -> ScaledStep:
    """Divide the gradient by the root of a running mean of its square."""
    g = g + weight_decay * p
    v = alpha * v + (1 - alpha) * g * g
    p = p - lr * g / (v**0.5 + eps)
    return ScaledStep(g, v, p)


def adagrad_step(
    p: Array, g: Array, v: Array, *, lr: float, eps: float, weight_decay: float
) -> ScaledStep:
    """Divide the gradient by the root of the sum of all its squares."""
    g = g + weight_decay * p
    v = v + g * g
    p = p - lr * g / (v**0.5 + eps)
    return ScaledStep(g, v, p)


class AdamStep(NamedTuple):
    """One step of Adam; the means with a hat are freed of their start at zero."""

    g: Array
    m: Array
    v: Array
    m_hat: Array
    v_hat: Array
    p: Array


def adam_step(
    p: Array,
    g: Array,
    m: Array,
    v: Array,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> AdamStep:
    """Divide a running mean of the gradient by the root of that of its square."""
    g = g + weight_decay * p
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    p = p - lr * m_hat / (v_hat**0.5 + eps)
    return AdamStep(g, m, v, m_hat, v_hat, p)


def adamw_step(
    p: Array,
    g: Array,
    m: Array,
    v: Array,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> AdamStep:
    """Shrink the parameter first, then make a step of Adam without weight decay."""
    p = p * (1 - lr * weight_decay)
    return adam_step(p, g, m, v, t=t, lr=lr, beta1=beta1, beta2=beta2, eps=eps, weight_decay=0.0)
