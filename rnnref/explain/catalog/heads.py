"""Equations of multi-head attention, of self-attention with one head, and of the way back."""

import numpy as np

from ... import attention
from .. import samples
from .attention import KEYS, TIMES, d
from .entry import Entry

HEADS = 3
WIDTHS = {"T": 6, "E": 13 * HEADS}  # so that heads, steps and widths of heads all differ


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


EVERY = r"\sum_{m=1}^{M}"
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
MATRIX = {
    **{
        f"{n}_heads": rf"{N}_m = {N} \left(W_{n}^{{(m)}}\right)^{{\top}}"
        for n, N in zip("qkv", "QKV", strict=True)
    },
    "y_heads": r"\mathrm{head}_m = \operatorname{Attention}\left(Q_m, K_m, V_m\right)",
    "y": r"Y = \operatorname{Concat}\left(\mathrm{head}_1, \ldots, \mathrm{head}_M\right) "
    r"W_o^{\top}",
}
SELF = {
    "q_heads": "q_t = W_q x_t",
    "k_heads": "k_i = W_k x_i",
    "v_heads": "v_i = W_v x_i",
    "weights": r"\alpha_{ti} = \operatorname{softmax}_{i}"
    r"\left(\frac{q_t^{\top} k_i}{\sqrt{d_k}}\right)",
    "y": rf"y_t = {KEYS} \alpha_{{ti}} v_i",
}
HEAD_SCORE, HEAD_WEIGHT = d("s_{ti}^{(m)}"), d(r"\alpha_{ti}^{(m)}")
HEADS_BACK = {
    "dy_heads": rf"\left[{d('y_t^{(1)}')}, \ldots, {d('y_t^{(M)}')}\right] = "
    rf"W_o^{{\top}} {d('y_t')}",
    "dweights": rf"{HEAD_WEIGHT} = \left(v_i^{{(m)}}\right)^{{\top}} {d('y_t^{(m)}')}",
    "dscores": rf"{HEAD_SCORE} = \alpha_{{ti}}^{{(m)}} \left({HEAD_WEIGHT} - "
    rf"\sum_{{j=1}}^{{L_x}} \alpha_{{tj}}^{{(m)}} {d(chr(92) + 'alpha_{tj}^{(m)}')}\right)",
    "dq_heads": rf"{d('q_t^{(m)}')} = \frac{{1}}{{\sqrt{{d_k}}}} {KEYS} {HEAD_SCORE} k_i^{{(m)}}",
    "dk_heads": rf"{d('k_i^{(m)}')} = \frac{{1}}{{\sqrt{{d_k}}}} {TIMES} {HEAD_SCORE} q_t^{{(m)}}",
    "dv_heads": rf"{d('v_i^{(m)}')} = {TIMES} \alpha_{{ti}}^{{(m)}} {d('y_t^{(m)}')}",
    "dq": rf"{d('q_t')} = {EVERY} \left(W_q^{{(m)}}\right)^{{\top}} {d('q_t^{(m)}')}",
    "dk": rf"{d('k_i')} = {EVERY} \left(W_k^{{(m)}}\right)^{{\top}} {d('k_i^{(m)}')}",
    "dv": rf"{d('v_i')} = {EVERY} \left(W_v^{{(m)}}\right)^{{\top}} {d('v_i^{(m)}')}",
    "dW_q": rf"{d('W_q^{(m)}')} = {TIMES} {d('q_t^{(m)}')} q_t^{{\top}}",
    "dW_o": rf"{d('W_o')} = {TIMES} {d('y_t')} {JOINED}^{{\top}}",
}


ENTRIES = {
    "attention.multihead": Entry(
        attention.multihead, "multihead", lines=MULTIHEAD, draw=_heads, reading=_multihead
    ),
    "attention.multihead:matrix": Entry(
        attention.multihead, "multihead-matrix", lines=MATRIX, draw=_heads, reading=_multihead
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
