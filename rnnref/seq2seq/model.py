"""Encoder and decoder: read one sequence of tokens, write another.

Three models: `Plain` hands over a state alone; `Bahdanau` attends to all that was read before each
step of the decoder; `Luong` attends after it.
"""

from typing import Any, NamedTuple

import numpy as np

from ..checks.dims import kind_of
from ..checks.scalars import check_number, check_rng
from ..checks.sizes import Size, spell
from ..checks.tokens import check_batch, check_token
from ..errors import ArgumentError, ShapeError, say
from ..hints import Array, Generator, Gradient, Lengths
from ..losses.classes import cross_entropy, cross_entropy_backward
from ..overflow import quietly
from ..records import frozen
from ..selection import kept
from ..sequence.incoming import check_run, incoming
from .decoder import Decoded, decode, decode_backward
from .encoder import Encoded, encode, encode_backward
from .records import Model, Run, check_model


class Tape(NamedTuple):
    """What the way back reads."""

    encoded: Encoded
    decoded: Decoded
    live: Array | None  # (B, T, 1)
    p: Any


def teacher_forced(
    source: Array,
    target: Array,
    p: Model,
    *,
    bos: int,
    source_lengths: Lengths | None = None,
    target_lengths: Lengths | None = None,
    **options: Any,
) -> Run:
    """Predict every target token from the source and from the right tokens before it.

    Parameters
    ----------
    source : integers (B, S)
    target : integers (B, T)
        What is to be written, the token that ends it included, without the one that begins it.
    p : Plain, Bahdanau or Luong
        Which of them it is, is the model.
    bos : int
        The token of the target vocabulary that the decoder reads first.
    source_lengths, target_lengths : integers (B,), optional
        How many tokens each sequence has, 0 to S or T; None means all. What stands behind is not
        read: it may be any integer.
    **options : str or bool
        Of the cell's `forward`, such as reset="after"; the same on both sides.

    Returns
    -------
    Run
        loss (), the mean over live target tokens, 0 if there are none; logits (B, T, V); weights
        (B, T, S), for `Plain` None.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others.
    ArgumentError
        For a token or a length out of range, with its place.
    OptionError
        For an option that the cell does not have.

    References
    ----------
    Sutskever, Vinyals & Le 2014; Bahdanau, Cho & Bengio 2015, appendix A; Luong, Pham & Manning
    2015, sections 2 and 3.1.

    Examples
    --------
    >>> p = init_luong(np.random.default_rng(0), 9, 7, 4, 5)
    >>> source, target = np.array([[3, 8, 1]]), np.array([[2, 6]])
    >>> run = teacher_forced(source, target, p, bos=0)
    >>> run.logits.shape, run.weights.shape
    ((1, 2, 7), (1, 2, 3))
    """
    lengths = source_lengths, target_lengths
    task = _begin("seq2seq.teacher_forced", source, target, p, bos, lengths, options)
    return _finish(task, _shifted(task.target, bos), p, options)


def scheduled(
    source: Array,
    target: Array,
    p: Model,
    *,
    bos: int,
    rate: float,
    rng: Generator,
    source_lengths: Lengths | None = None,
    target_lengths: Lengths | None = None,
    **options: Any,
) -> Run:
    """Do as `teacher_forced`, but let the decoder read some of its own tokens.

    After the first step each token that the decoder reads is, at a given rate, the one that it
    found most likely itself. No gradient passes through that choice.

    Parameters
    ----------
    source : integers (B, S)
    target : integers (B, T)
    p : Plain, Bahdanau or Luong
    bos : int
    rate : float
        From 0, where nothing changes, to 1, where the targets are not read.
    rng : numpy.random.Generator
    source_lengths, target_lengths : integers (B,), optional
    **options : str or bool
        All these as in `teacher_forced`.

    Returns
    -------
    Run
        `backward` takes it too.

    Raises
    ------
    ShapeError, DTypeError, OptionError
        As `teacher_forced`.
    ArgumentError
        Also for a rate that is no number from 0 to 1.

    References
    ----------
    Bengio et al. 2015 (1506.03099).
    """
    name, lengths = "seq2seq.scheduled", (source_lengths, target_lengths)
    check_number(name, "rate", rate, "[0, 1]")
    check_rng(name, rng)
    task = _begin(name, source, target, p, bos, lengths, options)
    encoded, live, target = task
    own, inputs, state = rng.random(target.shape) < rate, _shifted(target, bos), encoded.state
    for t in range(1, target.shape[1]):
        before = slice(t - 1, t)
        live_before = None if live is None else live[:, before]
        step = decode(inputs[:, before], live_before, encoded, state, p, options)
        likely, state = np.argmax(step.logits[:, 0].real, axis=-1), step.state
        inputs[:, t] = np.where(own[:, t], likely, inputs[:, t])
    return _finish(task, inputs, p, options)


class Task(NamedTuple):
    """A source that has been read, the targets, and which of their tokens are no padding."""

    encoded: Encoded
    live: Array | None  # (B, T)
    target: Array  # (B, T)


def _begin(
    name: str,
    source: Array,
    target: Array,
    p: Model,
    bos: int,
    lengths: tuple[Lengths | None, Lengths | None],
    options: dict[str, Any],
) -> Task:
    """Check all arguments and read the source."""
    check_model(name, p, options)
    check_token(name, "bos", bos, len(p.target))
    live, known = check_batch(name, "source", source, len(p.source), lengths[0])
    live_target, _ = check_batch(name, "target", target, len(p.target), lengths[1])
    if len(source) != len(target):
        detail = say(f"B comes from source {source.shape}", f"B 来自 source {source.shape}")
        expected = spell(["B", "T"], {"B": Size(len(source), "source")})
        raise ShapeError(name, "target", expected, str(target.shape), detail)
    return Task(encode(source, live, known, p, options), live_target, target.astype(int))


def _shifted(target: Array, bos: int) -> Array:
    """Return the right token before each target token."""
    return np.concatenate([np.full_like(target[:, :1], bos), target[:, :-1]], axis=1)


def _finish(task: Task, inputs: Array, p: Model, options: dict[str, Any]) -> Run:
    """Let the decoder read its inputs, and compare what it predicts with the targets."""
    encoded, live, target = task
    decoded = decode(inputs, live, encoded, encoded.state, p, options)
    wanted = target if live is None else np.where(live, target, -1)
    entropy = cross_entropy(decoded.logits, wanted, ignore=None if live is None else -1)
    live = None if live is None else live[..., None]
    logits = frozen(kept(decoded.logits, live))
    weights = None if decoded.weights is None else frozen(kept(decoded.weights, live))
    return Run(entropy.loss, logits, weights, entropy, Tape(encoded, decoded, live, p))


@quietly
def backward(
    run: Run,
    *,
    dloss: Gradient = 1.0,
    dlogits: Gradient = None,
    dweights: Gradient = None,
) -> Model:
    """Carry gradients back through decoder, attention and encoder.

    Parameters
    ----------
    run : Run
        What `teacher_forced` returned.
    dloss : number
        The gradient that reaches the loss; None means zero.
    dlogits : (B, T, V), optional
        The gradient that reaches the logits other than through the loss; None means zero. What
        stands past the end of a target is not read.
    dweights : (B, T, S), optional
        The same of the weights of attention.

    Returns
    -------
    Plain, Bahdanau or Luong
        The gradient of every parameter, in the record that holds the parameters.

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit its output, or another record.
    ArgumentError
        For a `dweights` where nothing attends.
    """
    name = "seq2seq.backward"
    check_run(name, run, Run, "seq2seq.teacher_forced")
    reached = incoming(name, "dloss", dloss, run.loss)
    dlogits = incoming(name, "dlogits", dlogits, run.logits)
    if dweights is not None:
        if run.weights is None:
            expected = say("None without attention", "None（没有注意力时）")
            raise ArgumentError(name, "dweights", expected, kind_of(dweights))
        dweights = incoming(name, "dweights", dweights, run.weights)
    encoded, decoded, live, p = run.tape
    both = kept(dlogits, live) + cross_entropy_backward(run.entropy, dloss=reached)
    if dweights is not None:
        dweights = kept(dweights, live)
    back = decode_backward(decoded, encoded, p, both, dweights)
    return type(p)(**back.params, **encode_backward(encoded, back.memory, back.state))
