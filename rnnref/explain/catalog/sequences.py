"""Equations of whole sequences: the way back through time, two directions, encoder and decoder."""

import numpy as np

from ... import gru, layers, rnn, seq2seq
from .. import samples
from .entry import Entry

T, CUT = 12, 3  # steps of a sequence; where its gradient is truncated


def _run(rng, sizes):
    p = samples.draw(rng, rnn.Params, sizes)
    x, dy = (rng.standard_normal((sizes["B"], T, n)) for n in (sizes["D"], sizes["H"]))
    return {"x": x, "p": p, "state": samples.draw(rng, "B H", sizes), "dy": dy}


def _truncated(rng, sizes):
    return _run(rng, sizes) | {"truncate": CUT}


def _flow(x, p, state, dy, truncate=None):
    """Return what reaches the state at every step but the last, one step for each example."""
    run = rnn.forward(x, p, state=state)
    flow = rnn.backward(run, dy=dy, truncate=truncate).flow
    h = np.concatenate([state[:, None], run.y], axis=1)
    da = [
        rnn.step_backward(flow[:, t], x[:, t], h[:, t], rnn.RNNStep(h[:, t + 1]), p).da
        for t in range(1, T)
    ]
    steps = np.repeat(np.arange(1, T), len(x))
    found = {"dh": flow[:, :-1], "dy": dy[:, :-1]}
    found = {name: a.swapaxes(0, 1).reshape(-1, a.shape[-1]) for name, a in found.items()}
    keeps = np.ones(len(steps)) if truncate is None else (steps % truncate > 0).astype(float)
    return found | {"da_next": np.concatenate(da), "m": keeps, "U": p.U}


def _total(x, p, state, dy):
    """Return the derivatives by the net inputs of all steps, and by the weights."""
    run = rnn.forward(x, p, state=state)
    grads = rnn.backward(run, dy=dy)
    found = {"x": x, "h_prev": np.concatenate([state[:, None], run.y[:, :-1]], axis=1)}
    weights = {f"d{name}": grad for name, grad in grads.params._asdict().items()}
    return found | {"da": grads.flow * (1 - run.y**2)} | weights


def _pair(rng, sizes):
    ahead, back = (samples.draw(rng, rnn.Params, sizes) for _ in range(2))
    return {"x": rng.standard_normal((sizes["B"], T, sizes["D"])), "layers": [ahead, back]}


def _bidirectional(x, layers):
    """Return what the inner steps of two directions read and write, one step for each example."""
    ahead, back = layers
    h, g = rnn.forward(x, ahead).y, rnn.forward(x, back, reverse=True).y
    inner = slice(1, T - 1)
    arrays = {"x": x[:, inner], "h_f": h[:, inner], "h_f_prev": h[:, : T - 2]}
    arrays |= {"h_b": g[:, inner], "h_b_next": g[:, 2:], "y": _stacked(x, layers)[:, inner]}
    weights = {f"{name}_f": array for name, array in ahead._asdict().items()}
    weights |= {f"{name}_b": array for name, array in back._asdict().items()}
    return {name: a.reshape(-1, a.shape[-1]) for name, a in arrays.items()} | weights


def _stacked(x, records):
    return layers.stack(x, records, bidirectional=True).y


def _model(init, **widths):
    def draw(rng, sizes):
        source = rng.integers(0, sizes["V"] + 2, (sizes["B"], sizes["S"]))
        target = rng.integers(0, sizes["V"] + 1, (sizes["B"], sizes["T"]))
        p = init(rng, sizes["V"] + 2, sizes["V"] + 1, sizes["E"], sizes["H"], **widths)
        return {"source": source, "target": target, "p": _moved(p, rng)}

    return draw


def _moved(value, rng):
    """Move all weights a little: a bias that is 0 would hide a mistake about it."""
    if isinstance(value, np.ndarray):
        return value + 0.3 * rng.standard_normal(value.shape)
    if not isinstance(value, tuple):
        return value
    parts = (_moved(part, rng) for part in value)
    return value._make(parts) if hasattr(value, "_make") else tuple(parts)


def _cell(p):
    """Return one step of the decoder for columns of one example."""

    def step(x, h_prev):
        return gru.step(x.T, h_prev.T, p.decoder).h.T

    return step


def _decoded(source, target, p):
    """Return the parts of a run that all models share."""
    run = seq2seq.teacher_forced(source, target, p, bos=0)
    encoded, decoded = run.tape.encoded, run.tape.decoded
    return run, encoded, decoded


def _steps(arrays):
    """Put the steps of all sequences below one another, so that each is an example."""
    return {name: array.reshape(-1, array.shape[-1]) for name, array in arrays.items()}


def _plain(source, target, p):
    run, encoded, decoded = _decoded(source, target, p)
    s = decoded.cell.y
    before = np.concatenate([encoded.state[:, None], s[:, :-1]], axis=1)
    start = {"s_0": encoded.state, "h_last": encoded.memory[:, -1]}
    start = {name: np.repeat(array, s.shape[1], axis=0) for name, array in start.items()}
    found = _steps({"x": decoded.words.x, "s": s, "s_prev": before, "logits": run.logits})
    return found | start | {"W_o": p.out.W, "b_o": p.out.b, "cell": _cell(p)}


def _bahdanau(source, target, p):
    run, encoded, decoded = _decoded(source, target, p)
    s = np.concatenate([one.y for one in decoded.cell], axis=1)
    c = np.concatenate([one.y for one in decoded.attended], axis=1)
    before = np.concatenate([encoded.state[:, None], s[:, :-1]], axis=1)
    H = s.shape[-1]
    start = {"s_0": encoded.state, "h_back": encoded.memory[:, 0, H:]}
    start = {name: np.repeat(array, s.shape[1], axis=0) for name, array in start.items()}
    arrays = {"x": decoded.words.x, "s": s, "s_prev": before, "c": c, "logits": run.logits}
    weights = {"W_s": p.start.W, "b_s": p.start.b, "W_o": p.out.W, "b_o": p.out.b}
    return _steps(arrays) | start | weights | {"cell": _cell(p)}


def _luong(source, target, p):
    run, encoded, decoded = _decoded(source, target, p)
    found = {"s": decoded.cell.y, "h": encoded.memory, "weights": run.weights}
    found |= {"c": decoded.attended.y, "h_tilde": decoded.combined[0], "logits": run.logits}
    weights = {"W_a": p.score.W_a, "W_c": p.combine.W}
    return found | weights | {"W_o": p.out.W, "b_o": p.out.b}


def _scheduled(rng, sizes):
    return _model(seq2seq.init_plain)(rng, sizes) | {"rate": 0.5, "seed": 4}


def _choices(source, target, p, rate, seed):
    """Return which token the decoder read at each step after the first, and what it chose from."""
    rng = np.random.default_rng(seed)
    run = seq2seq.scheduled(source, target, p, bos=0, rate=rate, rng=rng)
    chance = np.random.default_rng(seed).random(target.shape)
    likely = np.argmax(run.logits, axis=-1)
    found = {"read": run.tape.decoded.words.run.tokens[:, 1:], "right": target[:, :-1]}
    found |= {"own": likely[:, :-1], "chance": chance[:, 1:]}
    return {name: array.ravel().astype(float) for name, array in found.items()} | {"rate": rate}


STATE = r"\frac{\partial L}{\partial h_t}"
NEXT = r"U^{\top} \frac{\partial L}{\partial a_{t+1}}"
FLOW = {"dh": rf"{STATE} = \frac{{\partial L}}{{\partial y_t}} + {NEXT}"}
CUT_FLOW = {"dh": rf"{STATE} = \frac{{\partial L}}{{\partial y_t}} + m_t {NEXT}"}
EACH = r"\sum_{t=1}^{T} \frac{\partial L}{\partial a_t}"
TOTAL = {
    "dW": rf"\frac{{\partial L}}{{\partial W}} = {EACH} x_t^{{\top}}",
    "dU": rf"\frac{{\partial L}}{{\partial U}} = {EACH} h_{{t-1}}^{{\top}}",
    "db": rf"\frac{{\partial L}}{{\partial b}} = {EACH}",
}
BOTH = {
    "h_f": r"\overrightarrow{h}_t = \tanh\left(\overrightarrow{W} x_t + "
    r"\overrightarrow{U} \overrightarrow{h}_{t-1} + \overrightarrow{b}\right)",
    "h_b": r"\overleftarrow{h}_t = \tanh\left(\overleftarrow{W} x_t + "
    r"\overleftarrow{U} \overleftarrow{h}_{t+1} + \overleftarrow{b}\right)",
    "y": r"y_t = \left[\overrightarrow{h}_t, \overleftarrow{h}_t\right]",
}
PLAIN = {
    "s_0": "s_0 = h_{L_x}",
    "s": r"s_t = \operatorname{GRU}\left(x_t, s_{t-1}\right)",
    "logits": r"\ell_t = W_o s_t + b_o",
}
BAHDANAU = {
    "s_0": r"s_0 = \tanh\left(W_s \overleftarrow{h}_1 + b_s\right)",
    "s": r"s_t = \operatorname{GRU}\left(\left[x_t, c_t\right], s_{t-1}\right)",
    "logits": r"\ell_t = W_o \left[s_t, c_t, x_t\right] + b_o",
}
LUONG = {
    "weights": r"\alpha_{ti} = \operatorname{softmax}_{i}\left(s_t^{\top} W_a h_i\right)",
    "c": r"c_t = \sum_{i=1}^{L_x} \alpha_{ti} h_i",
    "h_tilde": r"\tilde{h}_t = \tanh\left(W_c \left[c_t, s_t\right]\right)",
    "logits": r"\ell_t = W_o \tilde{h}_t + b_o",
}
CHOICE = {
    "read": r"w_t = \begin{cases} y_{t-1}, & \rho \le u_t \\ "
    r"\hat{y}_{t-1}, & \rho > u_t \end{cases}"
}
FORCED = seq2seq.teacher_forced

ENTRIES = {
    "rnn.backward": Entry(rnn.backward, "bptt", lines=FLOW, draw=_run, reading=_flow),
    "rnn.backward:truncated": Entry(
        rnn.backward, "bptt", lines=CUT_FLOW, draw=_truncated, reading=_flow
    ),
    "rnn.backward:total": Entry(rnn.backward, "bptt-total", lines=TOTAL, draw=_run, reading=_total),
    "layers.stack:bidirectional": Entry(
        layers.stack, "bidirectional", lines=BOTH, draw=_pair, reading=_bidirectional
    ),
    "seq2seq.teacher_forced:plain": Entry(
        FORCED, "seq2seq", lines=PLAIN, draw=_model(seq2seq.init_plain), reading=_plain
    ),
    "seq2seq.teacher_forced:bahdanau": Entry(
        *(FORCED, "seq2seq"),
        lines=BAHDANAU,
        draw=_model(seq2seq.init_bahdanau, A=10),
        reading=_bahdanau,
    ),
    "seq2seq.teacher_forced:luong": Entry(
        FORCED, "seq2seq-luong", lines=LUONG, draw=_model(seq2seq.init_luong), reading=_luong
    ),
    "seq2seq.scheduled": Entry(
        seq2seq.scheduled, "scheduled", lines=CHOICE, draw=_scheduled, reading=_choices
    ),
}
