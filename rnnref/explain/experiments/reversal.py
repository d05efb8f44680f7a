"""Digits in reverse order, with attention and without: how accuracy falls with length."""

import numpy as np

from ... import seq2seq
from . import experiment
from .translation import batch, exact, right_tokens, run, trained

LENGTHS = tuple(range(2, 13))
SEED, TESTED, BATCH, DIGITS = 0, 256, 32, 10
# The model without attention is wider and trains half as long again: it is no straw man.
SIZES = {"attention": {"E": 8, "H": 24, "A": 12}, "plain": {"E": 8, "H": 32}}
STEPS = {"attention": 400, "plain": 600}


def draw(rng, lengths):
    """Return a batch of random digits, one sequence for each length."""
    sources = [rng.integers(DIGITS, size=length) for length in lengths]
    return batch(sources, [source[::-1] + 2 for source in sources])


def model(kind):
    """Return a trained model, with attention or without."""
    rng = np.random.default_rng(SEED)
    init = seq2seq.init_bahdanau if kind == "attention" else seq2seq.init_plain
    p = init(rng, DIGITS, 2 + DIGITS, **SIZES[kind])
    return trained(p, lambda rng: draw(rng, rng.choice(LENGTHS, BATCH)), rng, STEPS[kind])


@experiment("reversal")
def reversal():
    """Return the share of exact answers at every length.

    Of the model without attention also the share of right tokens, by its own tokens before them
    ("free") and by the right ones ("forced").
    """
    models, rng = {kind: model(kind) for kind in STEPS}, np.random.default_rng(SEED + 1)
    tests = [draw(rng, [length] * TESTED) for length in LENGTHS]
    found = {kind: [exact(p, drawn) for drawn in tests] for kind, p in models.items()}
    found["free"] = [right_tokens(models["plain"], drawn) for drawn in tests]
    found["forced"] = [forced_tokens(models["plain"], drawn) for drawn in tests]
    return found


def forced_tokens(p, drawn):
    """Return the share of tokens that are right if all tokens before them are."""
    return np.mean(np.argmax(run(p, drawn).logits, axis=-1) == drawn.target)
