"""Random steps from every operation that prints: food for the printer and the reader."""

import numpy as np
from latex_reader import Symbol

from rnnref import numerics, rnn

B, H = 2, 3
OPERATIONS = [
    lambda p, a, b: a + b,
    lambda p, a, b: a - b,
    lambda p, a, b: a * b,
    lambda p, a, b: p.b - a,
    lambda p, a, b: -a,
    lambda p, a, b: a @ p.W.T,
    lambda p, a, b: a @ p.U,
    lambda p, a, b: np.tanh(a),
    lambda p, a, b: numerics.sigmoid(a),
    lambda p, a, b: numerics.softmax(a),
    lambda p, a, b: 1 - a,
    lambda p, a, b: a - 2,
    lambda p, a, b: 0.5 * a,
    lambda p, a, b: a * -3,
    lambda p, a, b: a**2,
    lambda p, a, b: (a @ p.b)[:, None] * b,
    lambda p, a, b: b * (a @ p.b)[:, None],
    lambda p, a, b: b / np.exp(np.tanh(a @ p.b))[:, None],
]


def draw(rng):
    """Return a random step and values for it."""
    expression = _expression(rng, depth=int(rng.integers(1, 5)))
    x, h_prev = 0.5 * rng.standard_normal((2, B, H))
    p = rnn.Params(*(0.5 * rng.standard_normal(shape) for shape in [(H, H), (H, H), (H,)]))

    def step(x, h_prev, p):
        return rnn.RNNStep(expression(x, h_prev, p))

    return step, {"x": x, "h_prev": h_prev, "p": p}


def _expression(rng, depth):
    if depth == 0:
        left = rng.random() < 0.5
        return lambda x, h_prev, p: x if left else h_prev
    operation = OPERATIONS[rng.integers(len(OPERATIONS))]
    first = _expression(rng, depth - 1)
    second = _expression(rng, int(rng.integers(depth)))
    return lambda x, h_prev, p: operation(p, first(x, h_prev, p), second(x, h_prev, p))


def symbols(values, row):
    """Return the symbols of one example, for the reader."""
    p = values["p"]
    arrays = {"x_t": values["x"][row], "h_{t-1}": values["h_prev"][row], "W": p.W, "U": p.U}
    return [Symbol(latex, array) for latex, array in (arrays | {"b": p.b}).items()]
