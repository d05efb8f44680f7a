"""What the three encoder-decoder models are made of, and what fits together in them."""

from typing import Any, NamedTuple, TypeAlias

from .. import lstm
from ..attention.scores import Additive, Concat, General
from ..checks.dims import Known, check, kind_of
from ..checks.sizes import Size
from ..errors import DTypeError, say
from ..hints import Array
from ..layers.affine import Linear
from ..layers.cells import CELLS, check_forms
from ..losses.classes import CrossEntropy
from ..shown import shown

SCORES = {type(None): "dot", General: "general", Additive: "additive", Concat: "concat"}


@shown
class Plain(NamedTuple):
    """Weights of the model whose decoder starts where the encoder ends.

    Attributes
    ----------
    source, target : (V, E)
        One row for each token that is read, and for each that is written; each of the two has a
        vocabulary and a width of its own.
    encoder, decoder : Params of one cell
    out : Linear
        From the hidden state to the logits.
    """

    source: Array
    target: Array
    encoder: Any
    decoder: Any
    out: Linear


@shown
class Bahdanau(NamedTuple):
    """Weights of the model that attends before each step, with the state before it.

    Attributes
    ----------
    source, target : (V, E)
        As in `Plain`.
    encoder : pair of Params of one cell
        The forward direction and the reverse one, which together make the memory (B, S, 2*H).
    start : Linear
        From the last state of the reverse direction to the first one of the decoder.
    score : Additive
    decoder : Params of the same cell
        It reads embedding and context, in this order.
    out : Linear
        From state, context and embedding, in this order, to the logits.
    """

    source: Array
    target: Array
    encoder: tuple
    start: Linear
    score: Additive
    decoder: Any
    out: Linear


@shown
class Luong(NamedTuple):
    """Weights of the model that attends after each step, with the state after it.

    The attentional state is not fed back into the next step ("input feeding" in the paper), so
    that the cell runs over all steps at once.

    Attributes
    ----------
    source, target : (V, E)
        As in `Plain`.
    encoder, decoder : Params of one cell
        The decoder starts where the encoder ends.
    score : General, Concat or None
        None is the dot product.
    combine : Linear
        From context and state, in this order, to the attentional state; b may be missing.
    out : Linear
        From the attentional state to the logits.
    """

    source: Array
    target: Array
    encoder: Any
    decoder: Any
    score: Any
    combine: Linear
    out: Linear


@shown
class Run(NamedTuple):
    """What a model did with its targets before it; the arrays are read-only.

    Attributes
    ----------
    loss : ()
        The mean cross-entropy of the live target tokens.
    logits : (B, T, V)
        0 past the end of a target.
    weights : (B, T, S), or None without attention
        0 for source padding and past the end of a target.
    entropy : CrossEntropy
    tape : Any
        What `backward` needs besides.
    """

    loss: Array
    logits: Array
    weights: Array | None
    entropy: CrossEntropy
    tape: Any


Model: TypeAlias = Plain | Bahdanau | Luong


def cell_of(p: Any) -> Any:
    """Return the module of the cell of which a model is made."""
    return CELLS[type(p.decoder)]


def hidden(state: Any) -> Array:
    """Return the part of a cell's state that others read."""
    return state.h if isinstance(state, lstm.State) else state


def with_hidden(state: Any, h: Array) -> Any:
    """Return a cell's state with another h."""
    return state._replace(h=h) if isinstance(state, lstm.State) else h


def check_model(function: str, p: Any, options: dict[str, Any]) -> None:
    """Refuse anything but one of the three records, with weights that fit together.

    Parameters
    ----------
    function : str
        As called, for messages.
    p : the argument
    options : dict
        Of the cell.

    Raises
    ------
    ShapeError, DTypeError, OptionError
    """
    if not isinstance(p, (Plain, Bahdanau, Luong)):
        expected = say(
            "a record seq2seq.Plain, seq2seq.Bahdanau or seq2seq.Luong",
            "记录 seq2seq.Plain、seq2seq.Bahdanau 或 seq2seq.Luong",
        )
        raise DTypeError(function, "p", expected, kind_of(p))
    for name in ("source", "target"):
        check(f"p.{name}", getattr(p, name), "V E", Known(function))
    pair = isinstance(p, Bahdanau)
    encoders = _encoders(function, p.encoder, pair)
    kind = type(encoders[0])
    names = ["p.encoder[0]", "p.encoder[1]"] if pair else ["p.encoder"]
    for name, encoder in zip(names, encoders, strict=True):
        _check(function, name, encoder, kind, D=(p.source.shape[1], "p.source"))
    width = sum(encoder.U.shape[1] for encoder in encoders)  # of the memory
    {Plain: _check_plain, Bahdanau: _check_bahdanau, Luong: _check_luong}[type(p)](
        function, p, kind, width
    )
    cells = dict(zip(names, encoders, strict=True)) | {"p.decoder": p.decoder}
    check_forms(function, cells, options)


def _encoders(function: str, given: Any, pair: bool) -> Any:
    """Return the records of the encoder as a sequence of one or two."""
    if not pair and type(given) in CELLS:
        return [given]
    two = pair and type(given) in (list, tuple) and len(given) == 2
    if two and type(given[0]) in CELLS:
        return given
    expected = say("a record Params of a cell", "单元的 Params 记录")
    if pair:
        expected = say("two records Params of one cell", "同一种单元的两个 Params 记录")
    raise DTypeError(function, "p.encoder", expected, kind_of(given))


def _check(function: str, name: str, value: Any, axes: Any, **fixed: tuple[int, str]) -> None:
    """Check one argument whose sizes others fix: letter=(number, source)."""
    known = Known(function)
    known.sizes |= {letter: Size(*size) for letter, size in fixed.items()}
    check(name, value, axes, known)


def _check_out(function: str, p: Any, D: int, source: str) -> None:
    rows = len(p.target), "p.target"
    _check(function, "p.out", p.out, Linear, H=rows, D=(D, source))


def _check_plain(function: str, p: Any, kind: Any, width: int) -> None:
    _check_start(function, p, kind, width)
    _check_out(function, p, width, "p.decoder")


def _check_start(function: str, p: Any, kind: Any, width: int) -> None:
    """Check a decoder that starts where the encoder ends."""
    rows = len(p.encoder.b) // len(getattr(CELLS[kind], "GATES", "h"))
    H, P = (rows, "p.encoder"), (width, "p.encoder")
    D = p.target.shape[1], "p.target"
    _check(function, "p.decoder", p.decoder, kind, D=D, H=H, **({"P": P} if rows != width else {}))


def _check_bahdanau(function: str, p: Any, kind: Any, width: int) -> None:
    E, back = p.target.shape[1], p.encoder[1].U.shape[1]
    D = E + width, "p.target, p.encoder"
    _check(function, "p.decoder", p.decoder, kind, D=D)
    state = p.decoder.U.shape[1], "p.decoder"
    _check(function, "p.start", p.start, Linear, H=state, D=(back, "p.encoder[1]"))
    _check(function, "p.score", p.score, Additive, E=state, F=(width, "p.encoder"))
    _check_out(function, p, state[0] + width + E, "p.decoder, p.encoder, p.target")


def _check_luong(function: str, p: Any, kind: Any, width: int) -> None:
    _check_start(function, p, kind, width)
    if type(p.score) not in (type(None), General, Concat):
        expected = say(
            "None or a record attention.General or attention.Concat",
            "None，或记录 attention.General 或 attention.Concat",
        )
        raise DTypeError(function, "p.score", expected, kind_of(p.score))
    if p.score is not None:
        E, F = (width, "p.decoder"), (width, "p.encoder")
        _check(function, "p.score", p.score, type(p.score), E=E, F=F)
    _check(function, "p.combine", p.combine, Linear, D=(2 * width, "p.encoder, p.decoder"))
    _check_out(function, p, len(p.combine.W), "p.combine")
