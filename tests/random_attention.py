"""Many random cases of attention, made of their number alone.

The recorder and the tests make the same arguments, so only PyTorch's results are stored.
"""

import numpy as np

PLAIN, HEADS = 350, 200
VISIBLE = 0.7


def plain(k):
    """Return q, k, v, the gradient of y, and the options of case k, as our function takes them."""
    rng = np.random.default_rng([3, k])
    B, T, S, E, V = rng.integers(1, (4, 6, 6, 5, 4))
    size = 10 ** rng.uniform(-1, 1.5)
    q, keys = rng.normal(0, size, (B, T, E)), rng.normal(0, size, (B, S, E))
    v, dy = rng.standard_normal((B, S, V)), rng.standard_normal((B, T, V))
    options = {}
    if rng.random() < 0.4:
        options["mask"] = rng.random(axes(rng, B, T, S)) < VISIBLE
    if rng.random() < 0.4:
        options["bias"] = rng.normal(0, size, axes(rng, B, T, S))
    if rng.random() < 0.3:
        options["causal"] = rng.choice(["top_left", "bottom_right"]).item()
    if rng.random() < 0.3:
        options["key_lengths"] = rng.integers(0, S + 1, B)
    if rng.random() < 0.3:
        options["scale"] = rng.normal()
    return q, keys, v, dy, options


def axes(rng, *shape):
    """Return a shape that spreads to another: some axes are 1, some leading ones are missing."""
    spread = [1 if rng.random() < 0.3 else int(size) for size in shape]
    return tuple(spread[rng.integers(0, len(spread)) :])


def heads(k):
    """Return q, k and v, four matrices, four biases or none, the number of heads, a mask for each
    of them, and what reaches y and the weights, of case k."""
    rng = np.random.default_rng([4, k])
    B, T, S, M, d, F, V = rng.integers(1, (4, 5, 5, 4, 3, 4, 4))
    E = M * d
    given = [rng.standard_normal(shape) for shape in [(B, T, E), (B, S, F), (B, S, V)]]
    matrices = [rng.standard_normal(shape) for shape in [(E, E), (E, F), (E, V), (E, E)]]
    biases = [rng.standard_normal(E) for _ in "qkvo"] if rng.random() < 0.7 else []
    mask = rng.random((B, M, T, S)) < VISIBLE
    mask[..., 0] = True  # PyTorch gives NaN where nothing is left
    reaching = rng.standard_normal((B, T, E)), rng.standard_normal((B, M, T, S))
    return given, matrices, biases, int(M), mask, reaching
