"""How far a gradient reaches in an untrained LSTM: along the belt alone, and in all."""

from functools import partial

import numpy as np

from ... import lstm
from . import value
from .notes import STEPS, power, reach_lstm, typical, untrained_lstm
from .rnn import signed


def belt_shares(seed, forget_bias):
    """Return what each unit of an untrained LSTM still has of its start, along the belt alone."""
    x, p = untrained_lstm(seed, forget_bias)
    return np.prod(lstm.forward(x[:1], p).steps.f[0], axis=0)


def belt_typical(seed, forget_bias):
    """Return the geometric mean of the shares of all units."""
    return np.exp(np.mean(np.log(belt_shares(seed, forget_bias))))


def belt_largest(seed, forget_bias):
    """Return the share of the unit that has most: the norm of the derivative along the belt."""
    return np.max(belt_shares(seed, forget_bias))


def measured(quantity, forget_bias):
    """Write a geometric mean over the seeds."""
    share = typical(quantity, forget_bias)
    return signed(share, 2) if share >= 0.1 else power(share, 1)


for _bias in (0, 1, 2, 4):
    value(f"lstm.belt-typical-{_bias}")(partial(measured, belt_typical, float(_bias)))
    value(f"lstm.belt-largest-{_bias}")(partial(measured, belt_largest, float(_bias)))


def detour_ratio():
    """Return how many times the largest share of the belt the whole derivative is, at bias 2."""
    return typical(reach_lstm, 2.0) / typical(belt_largest, 2.0)


value("lstm.detour-ratio")(lambda: f"{detour_ratio():.0f}")
value("lstm.detour-per-step")(lambda: f"{100 * (detour_ratio() ** (1 / STEPS) - 1):.0f}")
value("lstm.reach-1")(lambda: power(typical(reach_lstm, 1.0)))
