"""Numbers in the prose of the page on vanishing and exploding gradients."""

from functools import partial

import numpy as np

from ... import examples
from ..experiments import clipping, result
from ..figures import belt_product, clipped, gradients
from . import value
from .notes import power
from .rnn import signed


def written(number):
    """Write a positive number with two places, or as a power of ten where these do not show it."""
    return signed(number, 2) if 0.01 <= number < 1000 else power(number, 1)


def jacobian(t):
    """Return the derivative of h_t by the state before, in the running example."""
    h = examples.rnn_run().y[0, t - 1]
    return (1 - h**2)[:, None] * examples.rnn_params().U


@value("gradients.slope")
def slope():
    """Return the slope of tanh at unit 1 in step 2."""
    return signed(1 - examples.rnn_run().y[0, 1, 0] ** 2)


value("gradients.j-11")(lambda: signed(jacobian(2)[0, 0]))
value("gradients.j-12")(lambda: signed(jacobian(2)[0, 1]))


def singular(n=1):
    """Return the bound on the product of n Jacobians that the largest singular value gives."""
    return signed(np.linalg.norm(examples.rnn_params().U, 2) ** n)


@value("gradients.radius")
def radius():
    """Return the spectral radius of U in the running example."""
    return signed(np.abs(np.linalg.eigvals(examples.rnn_params().U)).max())


value("gradients.singular")(singular)
value("gradients.bound-2")(partial(singular, 2))
value("gradients.bound-50")(partial(singular, 50))
value("gradients.product-norm")(lambda: signed(np.linalg.norm(jacobian(3) @ jacobian(2), 2)))


def end(name):
    """Return what is left of a gradient after the whole way back."""
    return written(gradients.typical(name)[-1])


def rate(name):
    """Return the mean factor of one step back."""
    found = gradients.typical(name)
    return signed(found[-1] ** (1 / (len(found) - 1)), 2)


for _name in gradients.CELLS:
    value(f"gradients.end-{_name}")(partial(end, _name))
value("gradients.rate-rnn")(partial(rate, "rnn"))


@value("gradients.slope-rms")
def typical_slope():
    """Return the root of the mean square of all slopes of tanh, in the RNNs of the figure."""
    states = [gradients.drawn("rnn", seed)[0].steps.h for seed in range(gradients.SEEDS)]
    return signed(np.sqrt(np.mean([(1 - h**2) ** 2 for h in states])), 2)


def belt(start):
    """Return the largest product of forget gates over all steps."""
    return written(belt_product.carried(start)[0][-1].max())


def whole(start):
    """Return the norm of the whole derivative over all steps."""
    return written(belt_product.carried(start)[1][-1])


for _start in (1, "chrono"):
    value(f"gradients.belt-{_start}")(partial(belt, _start))
    value(f"gradients.whole-{_start}")(partial(whole, _start))


def answers(name):
    """Return the share of right answers at the end of training."""
    return signed(result("recall")[name][-1], 2)


for _name in ("rnn", "lstm_0", "gru_0", "lstm_1", "lstm_1_again"):
    value(f"gradients.right-{_name}")(partial(answers, _name))


def clip(place):
    """Return the mean loss of the first ten steps, or of the last twenty, with clipping."""
    return signed(clipped.losses()[place], 2)


value("gradients.clip-first")(partial(clip, 0))
value("gradients.clip-last")(partial(clip, 1))
value("gradients.clip-gone")(lambda: str(len(result("clipping")["free"]["norm"])))
value("gradients.clip-steps")(lambda: str(clipping.STEPS))


@value("gradients.clip-above")
def above():
    """Count the steps whose gradient is above the limit."""
    return str(int(np.sum(np.array(result("clipping")["clipped"]["norm"]) > clipping.LIMIT)))


@value("gradients.ln-100")
def long_bias():
    """Return the bias whose gate keeps over a hundred steps."""
    return signed(np.log(100), 2)


def trap():
    """Return the factor by which the product of Jacobians grows at each step in exercise 4."""
    U, slopes = np.array([[2.0, -4.0], [1.0, -2.0]]), np.array([1.0, 0.3])
    return np.abs(np.linalg.eigvals(slopes[:, None] * U)).max()


value("gradients.trap")(lambda: signed(trap(), 1))
