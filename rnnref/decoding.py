"""Writing without a teacher: the decoder reads what it wrote itself, greedily or along a beam."""

from typing import Any, NamedTuple

import numpy as np

from .checks.scalars import check_count
from .checks.tokens import check_batch, check_token
from .hints import Array, DType, Lengths
from .numerics import log_softmax
from .overflow import quietly
from .records import frozen
from .seq2seq.decoder import decode
from .seq2seq.encoder import Encoded, encode
from .seq2seq.records import Model, check_model
from .shown import shown

__all__ = ["Beam", "Greedy", "beam", "greedy"]


@shown
class Greedy(NamedTuple):
    """The sequence that `greedy` wrote for each source; read-only."""

    tokens: Array  # (B, T), behind its end filled with eos
    lengths: Array  # (B,), eos included
    log_p: Array  # (B,) the logarithm of the sequence's probability


@shown
class Beam(NamedTuple):
    """The best sequences that `beam` found for each source, the best first; read-only."""

    tokens: Array  # (B, K, T), behind its end filled with eos
    lengths: Array  # (B, K), eos included
    log_p: Array  # (B, K) the logarithms of their probabilities


def greedy(
    source: Array,
    p: Model,
    *,
    bos: int,
    eos: int,
    limit: int,
    source_lengths: Lengths | None = None,
    **options: Any,
) -> Greedy:
    """Write the token that is most likely at each step.

    Parameters
    ----------
    source : integers (B, S)
    p : seq2seq.Plain, seq2seq.Bahdanau or seq2seq.Luong
    bos, eos : int
        The tokens of the target vocabulary that begin and end a sequence.
    limit : int
        After so many tokens a sequence stops, with or without eos.
    source_lengths : integers (B,), optional
        How many tokens each source has, 0 to S; None means S. What stands behind is not read.
    **options : str or bool
        Of the cell's `forward`, as in training.

    Returns
    -------
    Greedy
        tokens (B, T), where T is the length of the longest sequence; of equally likely tokens
        the one with the smallest number.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a token or a length out of range, or a limit that is no integer of at least 0.
    OptionError
        For an option that the cell does not have.
    """
    encoded = _encoded("decoding.greedy", source, p, bos, eos, limit, source_lengths, options)
    B, state = len(source), encoded.state
    last, done = np.full(B, bos), np.zeros(B, bool)
    tokens, lengths, log_p = [], np.zeros(B, int), np.zeros(B, p.out.W.dtype)
    for _ in range(limit):
        step = decode(last[:, None], None, encoded, state, p, options)
        choice, state = log_softmax(step.logits[:, 0]), step.state
        last = np.where(done, eos, np.argmax(choice, axis=-1))
        log_p = log_p + np.where(done, 0, np.max(choice, axis=-1))
        lengths += ~done
        tokens.append(last)
        done = last == eos  # nothing but eos follows eos
        if np.all(done):
            break
    written = np.array(tokens, int).reshape(len(tokens), B).T[:, : np.max(lengths, initial=0)]
    return Greedy(*map(frozen, (written, lengths, log_p)))


@quietly
def beam(
    source: Array,
    p: Model,
    *,
    bos: int,
    eos: int,
    limit: int,
    width: int,
    source_lengths: Lengths | None = None,
    **options: Any,
) -> Beam:
    """Keep the most likely beginnings at each step, and write the best sequences among them.

    A sequence that has ended stays in the beam with its probability and competes with longer
    ones. Nothing makes up for length: shorter sequences have fewer factors below 1.

    Parameters
    ----------
    source : integers (B, S)
    p : seq2seq.Plain, seq2seq.Bahdanau or seq2seq.Luong
    bos, eos : int
        The tokens of the target vocabulary that begin and end a sequence.
    limit : int
        After so many tokens a sequence stops, with or without eos.
    width : int
        How many sequences are kept, K; 1 is greedy.
    source_lengths : integers (B,), optional
        How many tokens each source has, 0 to S; None means S. What stands behind is not read.
    **options : str or bool
        Of the cell's `forward`, as in training.

    Returns
    -------
    Beam
        tokens (B, K, T), the best sequence first. If there are fewer sequences than K, the last
        ones have length 0 and log_p -inf.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a token or a length out of range, a limit that is no integer of at least 0, or a width
        that is none of at least 1.
    OptionError
        For an option that the cell does not have.

    References
    ----------
    Sutskever, Vinyals & Le 2014, section 3.2.
    """
    name = "decoding.beam"
    check_count(name, "width", width, 1)
    encoded = _encoded(name, source, p, bos, eos, limit, source_lengths, options)
    found = _started(len(source), width, encoded, bos, p.out.W.dtype)
    memory, lengths = _repeated(encoded.memory, width), _repeated(encoded.lengths, width)
    encoded = encoded._replace(memory=memory, lengths=lengths)
    for _ in range(limit):
        if np.all(found.done | (found.log_p == -np.inf)):
            break
        step = decode(found.tokens[:, :, -1].reshape(-1, 1), None, encoded, found.state, p, options)
        found = _extended(found, log_softmax(step.logits[:, 0]), step.state, eos)
    missing = found.log_p == -np.inf
    tokens = np.where(missing[..., None], eos, found.tokens[:, :, 1:])
    return Beam(*map(frozen, (tokens, np.where(missing, 0, found.lengths), found.log_p)))


class _Beginnings(NamedTuple):
    """What a beam keeps, the most likely first."""

    tokens: Array  # (B, K, 1+T), bos first
    lengths: Array  # (B, K)
    log_p: Array  # (B, K), -inf where there is none
    done: Array  # (B, K)
    state: object  # of B*K rows


def _started(B: int, K: int, encoded: Encoded, bos: int, dtype: DType) -> _Beginnings:
    """Return a beam that holds one beginning for each source."""
    log_p = np.full((B, K), -np.inf, dtype)
    log_p[:, 0] = 0
    empty = np.zeros((B, K), int)
    state = _picked(encoded.state, np.repeat(np.arange(B), K))
    return _Beginnings(np.full((B, K, 1), bos), empty, log_p, empty.astype(bool), state)


def _extended(found: _Beginnings, choice: Array, state: Any, eos: int) -> _Beginnings:
    """Return the most likely among all beginnings, each with every token behind it."""
    B, K = found.log_p.shape
    choice = choice.reshape(B, K, -1)
    stay = np.where(np.arange(choice.shape[-1]) == eos, 0, -np.inf).astype(choice.dtype)
    choice = found.log_p[..., None] + np.where(found.done[..., None], stay, choice)
    flat = choice.reshape(B, -1)
    best = np.argsort(-flat, axis=-1, kind="stable")[:, :K]
    parent, token = np.divmod(best, choice.shape[-1])
    tokens, lengths, done = (
        _of_parents(array, parent) for array in (found.tokens, found.lengths, found.done)
    )
    return _Beginnings(
        np.concatenate([tokens, token[..., None]], axis=-1),
        lengths + ~done,
        np.take_along_axis(flat, best, axis=-1),
        token == eos,  # which is all that may follow eos
        _picked(state, (parent + K * np.arange(B)[:, None]).reshape(-1)),
    )


def _of_parents(array: Array, parent: Array) -> Array:
    return array[np.arange(len(array))[:, None], parent]


def _picked(state: Any, rows: Array) -> Any:
    """Return some rows of a cell's state."""
    if hasattr(state, "_make"):
        return state._make(part[rows] for part in state)
    return state[rows]


def _repeated(array: Array | None, K: int) -> Any:
    return None if array is None else np.repeat(array, K, axis=0)


def _encoded(
    name: str,
    source: Array,
    p: Model,
    bos: int,
    eos: int,
    limit: int,
    lengths: Lengths | None,
    options: dict[str, Any],
) -> Encoded:
    """Check all arguments and read the source."""
    check_model(name, p, options)
    check_token(name, "bos", bos, len(p.target))
    check_token(name, "eos", eos, len(p.target))
    check_count(name, "limit", limit, 0)
    live, lengths = check_batch(name, "source", source, len(p.source), lengths)
    return encode(source, live, lengths, p, options)
