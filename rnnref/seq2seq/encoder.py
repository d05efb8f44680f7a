"""The side that reads: from source tokens to a memory and the state in which writing starts."""

from typing import Any, NamedTuple

import numpy as np

from .. import lstm
from ..hints import Array
from ..layers.affine import (
    EmbeddingRun,
    LinearRun,
    embedding,
    embedding_backward,
    linear,
    linear_backward,
)
from ..layers.stacked import StackRun, stack, stack_backward
from ..selection import kept
from .records import Bahdanau, cell_of, hidden, with_hidden


class Words(NamedTuple):
    """Embedded tokens; zeros in the padding, whatever its tokens are."""

    x: Array  # (B, T, E)
    run: EmbeddingRun
    live: Array | None  # (B, T, 1), None where there is no padding


class Encoded(NamedTuple):
    """What was read, and what the way back needs."""

    state: Any  # in which the decoder starts
    memory: Array  # (B, S, M), 0 in the padding
    lengths: Array | None  # (B,), of the memory
    words: Words
    layers: StackRun
    start: LinearRun | None


def look_up(tokens: Array, W: Array, live: Array | None) -> Words:
    """Embed tokens; those in the padding are neither read nor checked."""
    if live is None:
        run = embedding(tokens, W)
        return Words(run.y, run, None)
    live = live[..., None]
    run = embedding(np.where(live[..., 0], tokens, 0), W)
    return Words(np.where(live, run.y, 0), run, live)


def look_up_backward(words: Words, dx: Array) -> Array:
    """Return the gradient of the table."""
    return embedding_backward(words.run, dy=kept(dx, words.live))


def encode(
    source: Array, live: Array | None, lengths: Array | None, p: Any, options: dict[str, Any]
) -> Encoded:
    """Read the source.

    Parameters
    ----------
    source : integers (B, S)
    live : boolean (B, S) or None
    lengths : integers (B,) or None
    p : Plain, Bahdanau or Luong
    options : dict
        Of the cell.

    Returns
    -------
    Encoded
    """
    words, both = look_up(source, p.source, live), isinstance(p, Bahdanau)
    records = list(p.encoder) if both else [p.encoder]
    layers = stack(words.x, records, bidirectional=both, lengths=lengths, **options)
    if not both:
        return Encoded(layers.state[0], layers.y, lengths, words, layers, None)
    h_backward = hidden(layers.state[1])
    start = linear(h_backward, p.start)
    return Encoded(_first(np.tanh(start.y), p), layers.y, lengths, words, layers, start)


def _first(h: Array, p: Any) -> Any:
    """Return the first state of a decoder: only an LSTM has more than h, and that starts at 0."""
    if cell_of(p) is not lstm:
        return h
    return lstm.State(h, np.zeros((len(h), len(p.decoder.b) // len(lstm.GATES)), h.dtype))


def encode_backward(run: Encoded, dmemory: Array | None, dstate: Any) -> dict[str, Any]:
    """Carry gradients back through the source side.

    Parameters
    ----------
    run : Encoded
    dmemory : (B, S, M)
    dstate : as the decoder's cell returns it, or None

    Returns
    -------
    dict of name to gradient
        Of the parameters of this side.
    """
    found, dstates = {}, [dstate]
    if run.start is not None:
        dh = None if dstate is None else hidden(dstate) * (1 - hidden(run.state) ** 2)
        start = linear_backward(run.start, dy=dh)
        last = run.layers.state[1]
        dlast = with_hidden(last, start.x)
        if isinstance(dlast, lstm.State):  # no gradient comes from the decoder by c
            dlast = dlast._replace(c=np.zeros_like(last.c))
        found, dstates = {"start": start.params}, [None, dlast]
    grads = stack_backward(run.layers, dy=dmemory, dstate=dstates)
    encoder = grads.params if run.start is not None else grads.params[0]
    return found | {"source": look_up_backward(run.words, grads.x), "encoder": encoder}
