"""Equations of attention: scores, weights and sums, behind a mask, with heads, and the way back."""

import numpy as np

from ... import attention
from .. import samples
from .entry import Entry

ONE_QUERY = {"T": 1}
INDEX = "attention-index-backward"
GENERAL = ("dq", "dturned", "dk", "dW_a")
ADDITIVE = ("a", "hidden", "dv_a", "dhidden", "da", "da_q", "da_k", "dq", "dk", "dW_a", "dU_a")
CONCAT = ("hidden", "dv_a", "dhidden", "da", "dW_a")
HEADS = 3
WIDTHS = {"T": 6, "E": 13 * HEADS}  # so that heads, steps and widths of heads all differ


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


def _heads(rng, sizes):
    widths = sizes | WIDTHS
    q, k, v = (samples.draw(rng, axes, widths) for axes in ("B T E", "B S F", "B S V"))
    axes = {"W_q": "E E", "W_k": "E F", "W_v": "E V", "W_o": "E E"}
    params = attention.MultiHead(**{n: samples.draw(rng, a, widths) for n, a in axes.items()})
    return {"q": q, "k": k, "v": v, "params": params, "heads": HEADS}


def _beside(array):
    """Cut the joined outputs of all heads apart: (B, T, E) becomes (B, M, T, E/M)."""
    return np.stack(np.split(array, HEADS, axis=-1), axis=1)


def _blocks(params):
    """Return the rows of every projection that belong to each head."""
    weights = {n: w for n, w in params._asdict().items() if n in ("W_q", "W_k", "W_v")}
    return {n: np.stack(np.split(w, HEADS)) for n, w in weights.items()} | {"W_o": params.W_o}


def _multihead(q, k, v, params, heads):
    run = attention.multihead(q, k, v, params, heads=heads)
    found = {name: getattr(run, name) for name in ("q_heads", "k_heads", "v_heads", "weights")}
    found |= {"q": q, "k": k, "v": v, "y": run.y, "y_heads": _beside(run.joined)}
    return found | _blocks(params)


def _one_head(rng, sizes):
    x = samples.draw(rng, "B S E", sizes)
    square = attention.MultiHead(*(samples.draw(rng, "E E", sizes) for _ in range(4)))
    return {"x": x, "params": square}


def _self_attention(x, params):
    run = attention.multihead(x, x, x, params, heads=1)
    found = {f"{n}_heads": getattr(run, f"{n}_heads")[:, 0] for n in "qkv"}
    weights = {name: getattr(params, name) for name in ("W_q", "W_k", "W_v")}
    return found | weights | {"x": x, "weights": run.weights[:, 0], "y": run.joined}


def _heads_back(rng, sizes):
    values = _heads(rng, sizes)
    return values | {"dy": rng.standard_normal(values["q"].shape)}


def _multihead_backward(q, k, v, params, heads, dy):
    """Return the derivatives inside every head by the functions of one head, and the whole ones."""
    run = attention.multihead(q, k, v, params, heads=heads)
    found = _multihead(q, k, v, params, heads)
    inner = {"dy_heads": _beside(dy @ params.W_o)}
    per_head = []
    for m in range(heads):
        q_m, k_m, v_m = (getattr(run, f"{n}_heads")[:, m] for n in "qkv")
        attended = attention.Attended(found["y_heads"][:, m], run.weights[:, m])
        nothing = np.zeros_like(attended.weights)
        up = attention.attend_backward(inner["dy_heads"][:, m], nothing, v_m, attended)
        down = attention.score_scaled_backward(up.dscores, q_m, k_m)
        per_head.append({"dweights": up.dweights, "dscores": up.dscores, "dv_heads": up.dv})
        per_head[-1] |= {"dq_heads": down.dq, "dk_heads": down.dk}
    inner |= {name: np.stack([head[name] for head in per_head], axis=1) for name in per_head[0]}
    grads = attention.multihead_backward(run, dy=dy)
    whole = {"dq": grads.q, "dk": grads.k, "dv": grads.v, "dW_o": grads.params.W_o, "dy": dy}
    weights = {n: np.stack(np.split(getattr(grads.params, n), heads)) for n in ("W_q",)}
    return found | inner | whole | {f"d{name}": grad for name, grad in weights.items()}


def _d(x):
    """Write the derivative of the loss by x."""
    return rf"\frac{{\partial L}}{{\partial {x}}}"


KEYS, TIMES, EVERY = r"\sum_{i=1}^{L_x}", r"\sum_{t=1}^{T}", r"\sum_{m=1}^{M}"
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
    "dq": rf"{_d('q_t')} = {KEYS} W_q^{{\top}} {_d('a_{ti}')}",
    "dk": rf"{_d('k_i')} = {TIMES} W_k^{{\top}} {_d('a_{ti}')}",
}
SCALED = r"\frac{\left(q_t^{(m)}\right)^{\top} k_i^{(m)}}{\sqrt{d_k}}"
JOINED = r"\left[y_t^{(1)}, \ldots, y_t^{(M)}\right]"
MULTIHEAD = {
    "q_heads": "q_t^{(m)} = W_q^{(m)} q_t",
    "k_heads": "k_i^{(m)} = W_k^{(m)} k_i",
    "v_heads": "v_i^{(m)} = W_v^{(m)} v_i",
    "weights": rf"\alpha_{{ti}}^{{(m)}} = \operatorname{{softmax}}_{{i}}\left({SCALED}\right)",
    "y_heads": rf"y_t^{{(m)}} = {KEYS} \alpha_{{ti}}^{{(m)}} v_i^{{(m)}}",
    "y": rf"y_t = W_o {JOINED}",
}
SELF = {
    "q_heads": "q_t = W_q x_t",
    "k_heads": "k_i = W_k x_i",
    "v_heads": "v_i = W_v x_i",
    "weights": r"\alpha_{ti} = \operatorname{softmax}_{i}"
    r"\left(\frac{q_t^{\top} k_i}{\sqrt{d_k}}\right)",
    "y": rf"y_t = {KEYS} \alpha_{{ti}} v_i",
}
HEAD_SCORE, HEAD_WEIGHT = _d("s_{ti}^{(m)}"), _d(r"\alpha_{ti}^{(m)}")
HEADS_BACK = {
    "dy_heads": rf"\left[{_d('y_t^{(1)}')}, \ldots, {_d('y_t^{(M)}')}\right] = "
    rf"W_o^{{\top}} {_d('y_t')}",
    "dweights": rf"{HEAD_WEIGHT} = \left(v_i^{{(m)}}\right)^{{\top}} {_d('y_t^{(m)}')}",
    "dscores": rf"{HEAD_SCORE} = \alpha_{{ti}}^{{(m)}} \left({HEAD_WEIGHT} - "
    rf"\sum_{{j=1}}^{{L_x}} \alpha_{{tj}}^{{(m)}} {_d(chr(92) + 'alpha_{tj}^{(m)}')}\right)",
    "dq_heads": rf"{_d('q_t^{(m)}')} = \frac{{1}}{{\sqrt{{d_k}}}} {KEYS} {HEAD_SCORE} k_i^{{(m)}}",
    "dk_heads": rf"{_d('k_i^{(m)}')} = \frac{{1}}{{\sqrt{{d_k}}}} {TIMES} {HEAD_SCORE} q_t^{{(m)}}",
    "dv_heads": rf"{_d('v_i^{(m)}')} = {TIMES} \alpha_{{ti}}^{{(m)}} {_d('y_t^{(m)}')}",
    "dq": rf"{_d('q_t')} = {EVERY} \left(W_q^{{(m)}}\right)^{{\top}} {_d('q_t^{(m)}')}",
    "dk": rf"{_d('k_i')} = {EVERY} \left(W_k^{{(m)}}\right)^{{\top}} {_d('k_i^{(m)}')}",
    "dv": rf"{_d('v_i')} = {EVERY} \left(W_v^{{(m)}}\right)^{{\top}} {_d('v_i^{(m)}')}",
    "dW_q": rf"{_d('W_q^{(m)}')} = {TIMES} {_d('q_t^{(m)}')} q_t^{{\top}}",
    "dW_o": rf"{_d('W_o')} = {TIMES} {_d('y_t')} {JOINED}^{{\top}}",
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
    "attention.multihead": Entry(
        attention.multihead, "multihead", lines=MULTIHEAD, draw=_heads, reading=_multihead
    ),
    "attention.multihead:self": Entry(
        *(attention.multihead, "self-attention"),
        lines=SELF,
        draw=_one_head,
        reading=_self_attention,
    ),
    "attention.multihead_backward": Entry(
        *(attention.multihead_backward, "multihead-backward"),
        lines=HEADS_BACK,
        draw=_heads_back,
        reading=_multihead_backward,
    ),
}
