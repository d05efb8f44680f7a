"""What the trainings of encoder and decoder share: batches of strings, steps, exact matches."""

from typing import NamedTuple

import numpy as np

from ... import decoding, optim, seq2seq, train

BOS, EOS = 0, 1  # of the target vocabulary; the tokens of the task come behind them
CLIP = 1.0
RATES = ((0.5, 0.01), (0.25, 0.005), (0.25, 0.002))  # part of all steps, learning rate


class Batch(NamedTuple):
    """Sources and targets, padded to one length; every target ends with EOS."""

    source: np.ndarray
    lengths: np.ndarray
    target: np.ndarray
    target_lengths: np.ndarray


def padded(rows):
    """Return rows of tokens as one array, 0 behind their ends, and their lengths."""
    lengths = np.array([len(row) for row in rows])
    tokens = np.zeros((len(rows), lengths.max()), int)
    for line, row in zip(tokens, rows, strict=True):
        line[: len(row)] = row
    return tokens, lengths


def batch(sources, targets):
    """Return a Batch of rows of tokens."""
    return Batch(*padded(sources), *padded([[*target, EOS] for target in targets]))


def run(p, drawn):
    """Predict a batch with the right tokens before each target token."""
    lengths = {"source_lengths": drawn.lengths, "target_lengths": drawn.target_lengths}
    return seq2seq.teacher_forced(drawn.source, drawn.target, p, bos=BOS, **lengths)


def trained(p, draw, rng, steps):
    """Return parameters after a number of steps with Adam, at three falling rates.

    Parameters
    ----------
    p : seq2seq.Plain or seq2seq.Bahdanau
    draw : function (rng) -> Batch
    rng : numpy.random.Generator
    steps : int
    """

    def gradient(p, rng):
        forward = run(p, draw(rng))
        return forward.loss, seq2seq.backward(forward)

    state = None
    for part, rate in RATES:
        options = {"steps": round(part * steps), "state": state, "clip": CLIP, "progress": False}
        p, state, _ = train.fit(gradient, p, optim.adam(rate), rng=rng, **options)
    return p


def written(p, drawn):
    """Return the tokens that a model writes by itself, in the shape of the targets."""
    limit = drawn.target.shape[1]
    options = {"bos": BOS, "eos": EOS, "limit": limit, "source_lengths": drawn.lengths}
    tokens = decoding.greedy(drawn.source, p, **options).tokens
    rest = np.full((len(tokens), limit - tokens.shape[1]), EOS)
    return np.concatenate([tokens, rest], axis=1)


def exact(p, drawn):
    """Return the share of sequences, all of one target length, that are right in every token."""
    return np.mean(np.all(written(p, drawn) == drawn.target, axis=1))


def right_tokens(p, drawn):
    """Return the share of single tokens, each in its place, that are right."""
    return np.mean(written(p, drawn) == drawn.target)
