"""What the names in a printed equation mean, one number at a time: for the independent reader.

Nothing here is imported from the package, and no formula is shared with it: σ is 1/(1 + e^-a), Φ
comes from the error function, softmax and Attention are loops without a largest score taken off.
"""

import math

import numpy as np


def density(a):
    """Return the density of the normal distribution."""
    return math.exp(-(a**2) / 2) / math.sqrt(2 * math.pi)


def share(a):
    """Return the share of the normal distribution below a number."""
    return (1 + math.erf(a / math.sqrt(2))) / 2


COMMANDS = {
    "sigma": lambda a: 1 / (1 + math.exp(-a)),
    "tanh": math.tanh,
    "exp": math.exp,
    "ln": math.log,
    "sin": math.sin,
    "cos": math.cos,
    "Phi": share,
    "varphi": density,
}
OPERATORS = {
    "ReLU": lambda a: max(a, 0.0),
    "GELU": lambda a: a * share(a),
}
SLOPES = {
    "ReLU": lambda a: float(a > 0),
    "GELU": lambda a: share(a) + a * density(a),
}


def each(function, array):
    """Apply a function of one number to every number."""
    return np.vectorize(function, otypes=[float])(array)


def softmax(scores):
    """Turn a list of scores into a list of weights."""
    powers = [math.exp(score) for score in scores]
    return [power / math.fsum(powers) for power in powers]


def attention(Q, K, V):
    """Compute scaled dot-product attention one number at a time."""
    result = np.zeros((len(Q), V.shape[1]))
    for t, query in enumerate(Q):
        scores = [math.fsum(a * b for a, b in zip(query, key, strict=True)) for key in K]
        weights = softmax([score / math.sqrt(len(query)) for score in scores])
        for j in range(V.shape[1]):
            result[t, j] = math.fsum(w * value[j] for w, value in zip(weights, V, strict=True))
    return result
