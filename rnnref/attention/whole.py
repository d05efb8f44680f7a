"""The whole of attention in one call, with what hides keys from queries.

Public in `rnnref.attention`.
"""

from collections.abc import Callable
from inspect import unwrap
from typing import Any, NamedTuple

from ..checks.dims import Known, call_of, check, check_presence, shapes
from ..checks.scalars import check_number
from ..errors import check_option
from ..hints import Array, Gradient, Lengths
from ..masks import visible
from ..overflow import quietly
from ..records import frozen, saved
from ..sequence.incoming import check_run, incoming
from ..shown import shown
from . import masked
from .plain import Attended, attend
from .score_gradients import (
    score_additive_backward,
    score_concat_backward,
    score_dot_backward,
    score_general_backward,
    score_scaled_backward,
)
from .scores import (
    Additive,
    Concat,
    General,
    score_additive,
    score_concat,
    score_dot,
    score_general,
    score_scaled,
)

SCORES: dict[str, Callable[..., Array]] = {
    "dot": score_dot,
    "scaled": score_scaled,
    "general": score_general,
    "additive": score_additive,
    "concat": score_concat,
}
BACKWARD: dict[str, Callable[..., Any]] = {
    "dot": score_dot_backward,
    "scaled": score_scaled_backward,
    "general": score_general_backward,
    "additive": score_additive_backward,
    "concat": score_concat_backward,
}
PARAMS: dict[str, type] = {"general": General, "additive": Additive, "concat": Concat}


@shown
class Attention(NamedTuple):
    """What `attention` found, and what its backward pass reads. The arrays are read-only."""

    y: Array  # (B, T, V)
    weights: Array  # (B, T, S)
    q: Array
    k: Array
    v: Array
    params: Any
    bias: Array | None
    live: Array | None  # (B, T, S), True = may attend; None hides nothing
    score: str
    scale: float | None


@shapes(q="B T E", k="B S F", v="B S V")
def attention(
    q: Array,
    k: Array,
    v: Array,
    *,
    score: str = "scaled",
    params: General | Additive | Concat | None = None,
    mask: Array | None = None,
    bias: Array | None = None,
    causal: str | None = None,
    key_lengths: Lengths | None = None,
    scale: float | None = None,
) -> Attention:
    """Score, normalise and average in one call.

    Parameters
    ----------
    q : (B, T, E)
    k : (B, S, F)
        For the dot and the scaled score F is E.
    v : (B, S, V)
    score : "dot", "scaled", "general", "additive" or "concat"
    params : General, Additive or Concat, optional
        The weights of the score of that name; None for the others.
    mask : boolean, optional
        True = may attend. Spread to (B, T, S): an axis may be 1, leading ones may be missing.
    bias : array, optional
        Added to the scores, spread like the mask; -inf hides a key as a mask does.
    causal : "top_left" or "bottom_right", optional
        Hide later keys: those right of the diagonal from the first query and key, or from the
        last ones (see `causal_mask`).
    key_lengths : integers (B,), optional
        How many keys each sequence has, 0 to S; the others are padding.
    scale : float, optional
        Multiplies the dot product of the scaled score, in place of one over the root of E.

    Returns
    -------
    Attention
        y (B, T, V) and weights (B, T, S), and what `attention_backward` needs. A query may see a
        key where mask, causal and key_lengths all allow it; with nothing to see its weights and
        its y are zeros. A key that no query sees may hold anything, even NaN.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others; for a mask that is not boolean.
    OptionError
        For an unknown score or `causal`.
    ArgumentError
        For a score without its `params`, or `params` or a `scale` that the score does not read;
        for lengths out of range.
    """
    _check_score(q, k, score, params, scale)
    hiding: Any = {"mask": mask, "bias": bias, "causal": causal, "key_lengths": key_lengths}
    live = visible("attention.attention", (*q.shape[:2], k.shape[1]), **hiding)
    given = masked.Given(q, k, v, params, bias, live)
    if getattr(q, "is_node", False):  # recorded for an equation
        attended = unwrap(attend)(unwrap(SCORES[score])(q, k, *_given(params)), v)
    else:
        attended = Attended(*masked.attend(_score(score, scale), given))
    found = [*map(frozen, attended), *map(saved, given[:-1]), frozen(live)]
    return Attention._make([*found, score, scale])


def _score(score: str, scale: float | None) -> Callable[..., Array]:
    """Return a score, times a given scale."""
    plain = masked.score_scaled if score == "scaled" else unwrap(SCORES[score])
    return plain if scale is None else lambda q, k: unwrap(score_dot)(q, k) * scale


def _score_backward(score: str, scale: float | None) -> Callable[..., Any]:
    """Return the backward pass of a score with a given scale."""
    if scale is None:
        return unwrap(BACKWARD[score])
    return lambda dscores, q, k: unwrap(score_dot_backward)(dscores * scale, q, k)


@shown
class AttentionGrads(NamedTuple):
    """The gradient of every argument of `attention`; None where the argument is."""

    q: Array  # (B, T, E)
    k: Array  # (B, S, F)
    v: Array  # (B, S, V)
    params: Any
    bias: Array | None


@quietly
def attention_backward(
    run: Attention, *, dy: Gradient = None, dweights: Gradient = None
) -> AttentionGrads:
    """Return the gradient of every argument of `attention`.

    Parameters
    ----------
    run : Attention
        What `attention` returned.
    dy : (B, T, V), optional
        The gradient that reaches y; None means zero.
    dweights : (B, T, S), optional
        The gradient that reaches the weights other than through y; None means zero.

    Returns
    -------
    AttentionGrads
        Zeros for keys that no query sees, and for queries that see nothing.

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit its output, or another record.
    """
    name = "attention.attention_backward"
    check_run(name, run, Attention)
    dy = incoming(name, "dy", dy, run.y)
    if dweights is not None:
        dweights = incoming(name, "dweights", dweights, run.weights)
    given = masked.Given(run.q, run.k, run.v, run.params, run.bias, run.live)
    back = _score_backward(run.score, run.scale)
    return AttentionGrads(*masked.attend_backward(back, given, run.weights, dy, dweights))


def _given(params: Any) -> tuple[Any, ...]:
    return () if params is None else (params,)


def _check_score(q: Array, k: Array, score: str, params: Any, scale: float | None) -> None:
    """Check what depends on the score: whether it has weights or a scale, and the depth of keys."""
    name, known = "attention.attention", Known("attention.attention")
    check_option(name, "score", score, SCORES)
    needed = call_of(PARAMS[score]) if score in PARAMS else ""
    check_presence(name, "params", params, needed, f'score="{score}"')
    recorded = getattr(q, "is_node", False)
    if needed or recorded or q.shape[-1] != k.shape[-1]:
        check("q", q, "B T E", known)
        check("k", k, "B S F" if needed else "B S E", known)
    if needed:
        check("params", params, PARAMS[score], known)
    if scale is not None:
        check_number(name, "scale", scale, "(-inf, inf)")
        if score != "scaled":
            check_presence(name, "scale", scale, "", f'score="{score}"')
