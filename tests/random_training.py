"""Many random settings of losses and optimisers, made of their number alone.

The recorder and the tests make the same arguments, so only PyTorch's results are stored.
"""

import numpy as np

LOSSES, DESCENTS = 200, 150
IGNORE = -7
RULES = ("sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw")


def cross_entropy(k):
    """Return logits (N, V), targets (N,), the gradient from above and the options of case k."""
    rng = np.random.default_rng([1, k])
    N, V = rng.integers(1, 7), rng.integers(1, 9)
    target = rng.integers(V, size=N)
    if rng.random() < 0.5:
        target[1:][rng.random(N - 1) < 0.4] = IGNORE  # the first one counts
    options = {
        "ignore": IGNORE,
        "reduction": rng.choice(["mean", "sum", "none"]).item(),
        "weight": rng.uniform(0.1, 3, V) if rng.random() < 0.5 else None,
        "smoothing": rng.choice([0.0, rng.uniform(), 1.0]).item(),
    }
    logits = rng.standard_normal((N, V)) * 10 ** rng.uniform(-2, 2) + rng.normal() * 100
    dloss = rng.standard_normal(N) if options["reduction"] == "none" else rng.standard_normal()
    return logits, target, dloss, options


def descent(k):
    """Return a start (n,), gradients (steps, n), the rule and the settings of case k."""
    rng = np.random.default_rng([2, k])
    n, steps, rule = rng.integers(1, 5), rng.integers(1, 12), RULES[k % len(RULES)]
    settings = {
        "lr": 10 ** rng.uniform(-3, 0),
        "weight_decay": rng.choice([0, rng.uniform()]).item(),
    }
    if rule in ("momentum", "nesterov"):
        settings["mu"] = rng.uniform(0.01, 0.99)
    if rule == "rmsprop":
        settings["alpha"] = rng.uniform()
    if rule.startswith("adam"):
        settings |= {"beta1": rng.uniform(), "beta2": rng.uniform()}
    if rule not in ("sgd", "momentum", "nesterov"):
        settings["eps"] = 10 ** rng.uniform(-8, 0)
    grads = rng.standard_normal((steps, n)) * 10 ** rng.uniform(-2, 2)
    return rng.standard_normal(n), grads, rule, settings
