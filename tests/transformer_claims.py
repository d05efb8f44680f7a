"""What the claims about the Transformer share: random blocks, a counter of products, examples."""

import contextlib
import io
import runpy
from pathlib import Path

import numpy as np

from rnnref import attention
from rnnref import transformer as tf

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
B, T, E, H, HEADS = 2, 5, 8, 6, 2


def printed(name):
    """Return what an example prints, line by line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        runpy.run_path(str(EXAMPLES / f"{name}.py"))
    return out.getvalue().splitlines()


def heads_of(rng):
    """Return weights of a multi-head attention, no bias zero."""
    matrices = [rng.standard_normal((E, E)) / E**0.5 for _ in range(4)]
    return attention.MultiHead(*matrices, *(rng.standard_normal(E) for _ in range(4)))


def block(rng):
    """Return weights of an encoder layer, all of them random and none zero."""
    norms = [tf.LayerNorm(*rng.uniform(0.5, 1.5, (2, E))) for _ in range(2)]
    shapes = (H, E), (H,), (E, H), (E,)
    network = tf.FeedForward(*(rng.standard_normal(shape) / E**0.5 for shape in shapes))
    return tf.EncoderLayer(heads_of(rng), norms[0], network, norms[1])


def layer(x, p, **settings):
    """Run an encoder layer."""
    return tf.encoder_layer(x, p, heads=HEADS, **settings)


class Counting(np.ndarray):
    """An array that adds up how many numbers matrix products with it multiply."""

    counts = None

    def __array_finalize__(self, source):
        self.counts = getattr(source, "counts", None)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **settings):
        plain = [np.asarray(array) for array in inputs]
        if out:
            settings["out"] = tuple(np.asarray(array) for array in out)
        result = getattr(ufunc, method)(*plain, **settings)
        counts = next(a.counts for a in (*inputs, *(out or ())) if isinstance(a, Counting))
        if ufunc is np.matmul:
            counts.append(result.size * plain[0].shape[-1])
        if not isinstance(result, np.ndarray):
            return result
        found = result.view(Counting)
        found.counts = counts
        return found


def multiplications(function, x):
    """Return the multiplications in all matrix products of a function of x, for one example."""
    counting = x.view(Counting)
    counting.counts = []
    function(counting)
    return sum(counting.counts) / len(x)
