"""Equations of attention: scores, weights and sums, behind a mask, and the way back."""

import numpy as np

from ... import attention
from .. import samples
from .entry import Entry

ONE_QUERY = {"T": 1}
INDEX = "attention-index-backward"
GENERAL = ("dq", "dturned", "dk", "dW_a")
ADDITIVE = ("a", "hidden", "dv_a", "dhidden", "da", "da_q", "da_k", "dq", "dk", "dW_a", "dU_a")
CONCAT = ("hidden", "dv_a", "dhidden", "da", "dW_a")


def _attended(rng, sizes):
    scores, v = (samples.draw(rng, axes, sizes) for axes in ("B T S", "B S V"))
    return {"scores": scores, "v": v}


def _masked(rng, sizes):
    values = _attended(rng, sizes)
    mask = rng.random(values["scores"].shape) < 0.6
    mask[..., 0] = True  # a query that sees nothing has no weights
    return values | {"mask": mask}


def _behind_mask(scores, v, mask):
    found = attention.attend(scores, v, mask=mask)._asdict()
    return found | {"scores": scores, "v": v, "m": mask.astype(float)}


def _biased(rng, sizes):
    return _attended(rng, sizes) | {"bias": samples.draw(rng, "B T S", sizes)}


def _with_bias(scores, v, bias):
    found = attention.attend(scores, v, bias=bias)._asdict()
    return found | {"scores": scores, "v": v, "b": bias}


def _bias_of_matrices(rng, sizes):
    names = {"q": "B T E", "k": "B S E", "v": "B S V", "bias": "B T S"}
    return {name: samples.draw(rng, axes, sizes) for name, axes in names.items()}


def _matrices(q, k, v, bias):
    return {"q": q, "k": k, "v": v, "M": bias, "y": attention.attention(q, k, v, bias=bias).y}


def _triangle(rng, sizes):
    return {"T": sizes["S"], "S": sizes["D"]}


def _causal(T, S):
    """Return every query and key, counted from 1, and whether the query sees the key."""
    t, i = np.indices((T, S)) + 1.0
    seen = attention.causal_mask(T, S).astype(float)
    return {name: array.ravel() for name, array in {"t": t, "i": i, "m": seen}.items()}


def _concat(rng, sizes):
    return samples.random(attention.score_concat_backward, rng, sizes)


def _concat_blocks(dscores, q, k, p):
    """Return the derivatives by query and key, and the blocks of the matrix that read them."""
    E = q.shape[-1]
    found = attention.score_concat_backward(dscores, q, k, p)._asdict()
    return found | {"W_q": p.W_a[:, :E], "W_k": p.W_a[:, E:], "q": q, "k": k}


def d(x):
    """Write the derivative of the loss by x."""
    return rf"\frac{{\partial L}}{{\partial {x}}}"


KEYS, TIMES = r"\sum_{i=1}^{L_x}", r"\sum_{t=1}^{T}"
MASKED = {
    "weights": r"\alpha_{ti} = \frac{m_{ti} e^{s_{ti}}}{\sum_{j=1}^{L_x} m_{tj} e^{s_{tj}}}",
    "y": rf"y_t = {KEYS} \alpha_{{ti}} v_i",
}
BIASED = {"weights": r"\alpha_{ti} = \operatorname{softmax}_{i}\left(s_{ti} + b_{ti}\right)"}
MATRIX = {
    "y": r"\operatorname{Attention}\left(Q, K, V\right) = "
    r"\operatorname{softmax}\left(\frac{Q K^{\top}}{\sqrt{d_k}} + M\right) V"
}
CAUSAL = {"m": r"m_{ti} = \begin{cases} 1, & i \le t \\ 0, & i > t \end{cases}"}
CONCAT_BLOCKS = {
    "dq": rf"{d('q_t')} = {KEYS} W_q^{{\top}} {d('a_{ti}')}",
    "dk": rf"{d('k_i')} = {TIMES} W_k^{{\top}} {d('a_{ti}')}",
}


def _score(name, scope):
    return Entry(getattr(attention, f"score_{name}"), scope, "scores")


def _back(name, scope, only=None):
    return Entry(getattr(attention, f"score_{name}_backward"), scope, only=only)


ENTRIES = {
    "attention.score_dot": _score("dot", "attention"),
    "attention.score_dot:index": _score("dot", "attention-index"),
    "attention.score_dot:notes": _score("dot", "attention-notes")._replace(fixed=ONE_QUERY),
    "attention.score_scaled": _score("scaled", "attention"),
    "attention.score_scaled:index": _score("scaled", "attention-index"),
    "attention.score_general": _score("general", "attention-index"),
    "attention.score_additive": _score("additive", "attention-index"),
    "attention.score_concat": _score("concat", "attention-index"),
    "attention.score_additive:bahdanau": _score("additive", "attention-bahdanau"),
    "attention.score_dot_backward": _back("dot", "attention-backward"),
    "attention.score_dot_backward:index": _back("dot", INDEX),
    "attention.score_scaled_backward": _back("scaled", "attention-backward"),
    "attention.score_scaled_backward:index": _back("scaled", INDEX),
    "attention.score_general_backward": _back("general", INDEX, GENERAL),
    "attention.score_additive_backward": _back("additive", INDEX, ADDITIVE),
    "attention.score_concat_backward": _back("concat", INDEX, CONCAT),
    "attention.score_concat_backward:blocks": Entry(
        *(attention.score_concat_backward, "attention-blocks"),
        lines=CONCAT_BLOCKS,
        draw=_concat,
        reading=_concat_blocks,
    ),
    "attention.weighted_sum:notes": Entry(
        attention.weighted_sum, "attention-similarity", "y", fixed=ONE_QUERY
    ),
    "attention.attend": Entry(attention.attend, "attention"),
    "attention.attend:index": Entry(attention.attend, "attention-index"),
    "attention.attend:notes": Entry(attention.attend, "attention-notes", fixed=ONE_QUERY),
    "attention.attend:bahdanau": Entry(attention.attend, "attention-bahdanau"),
    "attention.attend:mask": Entry(
        attention.attend, "attention-masked", lines=MASKED, draw=_masked, reading=_behind_mask
    ),
    "attention.attend:bias": Entry(
        attention.attend, "attention-masked", lines=BIASED, draw=_biased, reading=_with_bias
    ),
    "attention.attend_backward": Entry(attention.attend_backward, INDEX),
    "attention.attend_backward:matrix": Entry(
        attention.attend_backward, "attention-backward", only=("dweights", "dv")
    ),
    "attention.attention": Entry(
        attention.attention, "attention-function", only=("y",), fixed={"F": "E"}
    ),
    "attention.attention:bias": Entry(
        *(attention.attention, "attention-function"),
        lines=MATRIX,
        draw=_bias_of_matrices,
        reading=_matrices,
    ),
    "masks.causal_mask": Entry(
        attention.causal_mask, "causal", lines=CAUSAL, draw=_triangle, reading=_causal
    ),
}
