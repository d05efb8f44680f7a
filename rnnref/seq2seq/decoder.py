"""The side that writes: from the tokens before it to the logits of each token.

Attention stands before the step of the cell in one model and after it in another, so that only
the second can take all steps of the cell at once.
"""

from typing import Any, NamedTuple

import numpy as np

from ..attention import attention, attention_backward
from ..attention.whole import Attention
from ..hints import Array
from ..layers.affine import LinearRun, linear, linear_backward
from .encoder import Encoded, Words, look_up, look_up_backward
from .records import SCORES, Bahdanau, Luong, cell_of, hidden, with_hidden


class Decoded(NamedTuple):
    """What was written, and what the way back needs."""

    logits: Array  # (B, T, V)
    weights: Array | None  # (B, T, S)
    state: Any  # after the last step
    words: Words
    cell: Any  # the run over all steps, or a list of runs over one each
    attended: Any  # the same of `attention`, or None
    combined: Any  # the attentional state, and the linear layer before its tanh
    out: LinearRun


class Back(NamedTuple):
    """The gradients of the target side."""

    params: dict  # name to gradient
    memory: Array  # (B, S, M)
    state: Any  # by the start state; None of no step


def decode(
    tokens: Array, live: Array | None, encoded: Encoded, state: Any, p: Any, options: dict[str, Any]
) -> Decoded:
    """Predict what follows each token.

    Parameters
    ----------
    tokens : integers (B, T)
        What the decoder reads.
    live : boolean (B, T) or None
        A padded step leaves the state as it was.
    encoded : Encoded
    state : state of the cell
        Before the first step.
    p : Plain, Bahdanau or Luong
    options : dict
        Of the cell.

    Returns
    -------
    Decoded
    """
    words = look_up(tokens, p.target, live)
    write = _write_bahdanau if isinstance(p, Bahdanau) else _write
    return write(words, encoded, state, p, options)


def decode_backward(
    run: Decoded, encoded: Encoded, p: Any, dlogits: Array, dweights: Array | None
) -> Back:
    """Carry gradients back through the target side.

    Parameters
    ----------
    run : Decoded
    encoded : Encoded
    p : Plain, Bahdanau or Luong
    dlogits : (B, T, V)
    dweights : (B, T, S) or None

    Returns
    -------
    Back
    """
    out = linear_backward(run.out, dy=dlogits)
    back = _bahdanau_backward if isinstance(p, Bahdanau) else _backward
    found = back(run, encoded, p, out.x, dweights)
    return found._replace(params=found.params | {"out": out.params})


def _attend(q: Array, encoded: Encoded, p: Any) -> Attention:
    memory = encoded.memory
    given = {"score": SCORES[type(p.score)], "params": p.score, "key_lengths": encoded.lengths}
    return attention(q, memory, memory, **given)


def _lengths(live: Array | None) -> Array | None:
    """Return how many of the given steps are no padding."""
    return None if live is None else np.sum(live, axis=(1, 2))


def _write(words: Words, encoded: Encoded, state: Any, p: Any, options: dict[str, Any]) -> Decoded:
    """Take all steps, then attend from all states."""
    cell = cell_of(p)
    run = cell.forward(words.x, p.decoder, state=state, lengths=_lengths(words.live), **options)
    if not isinstance(p, Luong):
        out = linear(run.y, p.out)
        return Decoded(out.y, None, run.state, words, run, None, None, out)
    attended = _attend(run.y, encoded, p)
    combined = linear(np.concatenate([attended.y, run.y], axis=-1), p.combine)
    h_tilde = np.tanh(combined.y)
    out = linear(h_tilde, p.out)
    both = h_tilde, combined
    return Decoded(out.y, attended.weights, run.state, words, run, attended, both, out)


def _backward(run: Decoded, encoded: Encoded, p: Any, dh: Array, dweights: Array | None) -> Back:
    found, dmemory = {}, np.zeros_like(encoded.memory)
    if isinstance(p, Luong):
        h_tilde, combined = run.combined
        combine = linear_backward(combined, dy=dh * (1 - h_tilde**2))
        dcontext, dh = np.split(combine.x, [dmemory.shape[-1]], axis=-1)
        attended = attention_backward(run.attended, dy=dcontext, dweights=dweights)
        dh = dh + attended.q
        dmemory = attended.k + attended.v  # the memory is both
        found = {"combine": combine.params, "score": attended.params}
    grads = cell_of(p).backward(run.cell, dy=dh)
    found |= {"decoder": grads.params, "target": look_up_backward(run.words, grads.x)}
    return Back(found, dmemory, grads.state)


def _write_bahdanau(
    words: Words, encoded: Encoded, state: Any, p: Any, options: dict[str, Any]
) -> Decoded:
    """Attend from the state before each step, then take the step."""
    cell, runs, attended = cell_of(p), [], []
    for t in range(words.x.shape[1]):
        one = slice(t, t + 1)
        seen = _attend(hidden(state)[:, None], encoded, p)
        x = np.concatenate([words.x[:, one], seen.y], axis=-1)
        lengths = _lengths(None if words.live is None else words.live[:, one])
        run = cell.forward(x, p.decoder, state=state, lengths=lengths, **options)
        state = run.state
        runs.append(run)
        attended.append(seen)
    B, S, _ = encoded.memory.shape
    h = _behind(hidden(state)[:, None], [run.y for run in runs])
    contexts = _behind(encoded.memory, [seen.y for seen in attended])
    weights = _behind(np.zeros((B, 1, S), h.dtype), [seen.weights for seen in attended])
    out = linear(np.concatenate([h, contexts, words.x], axis=-1), p.out)
    return Decoded(out.y, weights, state, words, runs, attended, None, out)


def _behind(like: Array, steps: list[Array]) -> Array:
    """Put the steps of a sequence one behind the other; of none, take the make of an array."""
    return np.concatenate(steps, axis=1) if steps else like[:, :0]


def _bahdanau_backward(
    run: Decoded, encoded: Encoded, p: Any, dfeatures: Array, dweights: Array | None
) -> Back:
    H, M = p.decoder.U.shape[1], encoded.memory.shape[-1]
    dh, dcontext, dwords = np.split(dfeatures, [H, H + M], axis=-1)
    decoder, score, dmemory = _zeros(p.decoder), _zeros(p.score), np.zeros_like(encoded.memory)
    dstate, read = None, []
    for t in reversed(range(len(run.cell))):
        one = slice(t, t + 1)
        step = cell_of(p).backward(run.cell[t], dy=dh[:, one], dstate=dstate)
        dseen = dcontext[:, one] + step.x[..., -M:]  # logits and cell both read the context
        more = None if dweights is None else dweights[:, one]
        seen = attention_backward(run.attended[t], dy=dseen, dweights=more)
        dmemory = dmemory + seen.k + seen.v  # the memory is both
        dstate = with_hidden(step.state, hidden(step.state) + seen.q[:, 0])
        decoder, score = _added(decoder, step.params), _added(score, seen.params)
        read.append(step.x[..., :-M])
    dwords = dwords + _behind(dwords, read[::-1])
    found = {"decoder": decoder, "score": score, "target": look_up_backward(run.words, dwords)}
    return Back(found, dmemory, dstate)


def _zeros(record: Any) -> Any:
    return record._make(None if array is None else np.zeros_like(array) for array in record)


def _added(first: Any, second: Any) -> Any:
    pairs = zip(first, second, strict=True)
    return first._make(None if a is None else a + b for a, b in pairs)
