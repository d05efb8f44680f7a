"""How large a gradient is after a way back through time, in untrained cells."""

import functools

import numpy as np

from ... import gru, initialise, lstm, rnn
from .. import svg
from ..charts import Chart
from ..learners import GAIN, curves
from ..numerals import printed, scientific
from . import Picture, figure

SIZE, STEPS, SEEDS = 32, 60, 20  # H = D = SIZE
CELLS = ("rnn", "rnn_large", "lstm_0", "lstm_1", "lstm_chrono", "gru_0", "gru_chrono")
TICKS = (0, 20, 40, 60)


def drawn(name, seed):
    """Return the run of an untrained cell on one random sequence, its weights, and its module."""
    rng = np.random.default_rng(seed)
    module = {"r": rnn, "l": lstm, "g": gru}[name[0]]
    p = module.init(rng, SIZE, SIZE)
    if name == "rnn_large":
        p = p._replace(U=GAIN * p.U)
    elif name != "rnn":
        p = p._replace(b=biases(rng, module, name.partition("_")[2]))
    return module.forward(rng.standard_normal((1, STEPS, SIZE)), p), p, module


def biases(rng, module, start):
    """Return stacked biases that open the gate that keeps."""
    keep, write = ("f", "i") if module is lstm else ("z", None)
    if start == "chrono":
        return initialise.chrono(rng, module.GATES, SIZE, STEPS, keep=keep, write=write)
    return initialise.forget_bias(module.GATES, SIZE, float(start), gate=keep)


def first(run):
    """Return the gradient of norm 1 that enters the last hidden state, equal in all units."""
    return np.full_like(run.y[:, -1], SIZE**-0.5)


def norms(name, seed):
    """Return the norm of the gradient at the state after 0, 1, … STEPS-1 steps back."""
    run, _, module = drawn(name, seed)
    if module is not lstm:
        flow = module.backward(run, dstate=first(run)).flow
        return np.linalg.norm(flow[0], axis=-1)[::-1]
    flow = lstm.backward(run, dstate=lstm.State(first(run), None)).flow
    # h and c of one step are one state: what reaches c through h of the same step counts with h.
    dc = flow.c - flow.h * run.steps.o * (1 - np.tanh(run.steps.c) ** 2)
    return np.linalg.norm(np.concatenate([flow.h, dc], axis=-1)[0], axis=-1)[::-1]


@functools.cache
def typical(name):
    """Return the geometric mean of the norms over the seeds."""
    return np.exp(np.mean([np.log(norms(name, seed)) for seed in range(SEEDS)], axis=0))


@figure("grad-norms")
def grad_norms(t):
    """Draw the norm of the gradient against steps back in time, for RNN, LSTM and GRU.

    Notice that a bias of 0 makes LSTM and GRU fade like the RNN, and that large weights explode.
    """
    size, k = (440, 392), np.arange(STEPS)
    chart = Chart(size, (52, 58, 208, 280), (0, STEPS), (1e-13, 1e6), log=True)
    chart.ticks(x=TICKS, y=[10.0**e for e in (4, 0, -4, -8, -12)])
    names = curves(t, chart, k, {name: typical(name) for name in CELLS})
    marks = [
        svg.text(8, 20, t("fig_gradient_norm"), 14, "start", bold=True),
        svg.text(8, 42, t("fig_gradient_enters"), 14, "start", fill="muted"),
        svg.text(156, 384, t("fig_steps_back"), 14, fill="muted"),
    ]
    ends = {name: said(typical(name)[-1]) for name in CELLS}
    alt = t("alt_grad_norms", H=SIZE, seeds=SEEDS, gain=GAIN, T=STEPS, back=STEPS - 1, **ends)
    values = {"x tick": TICKS, "said": [in_the_end(name) for name in CELLS]}
    return Picture([*chart.marks(), *names, *marks], *size, t("fig_grad_norms"), alt, values)


def said(value):
    """Write a norm as 0.12, or 3.0 × 10⁻⁸."""
    return printed(value) if 0.01 <= value < 100 else scientific(value)


@functools.cache
def in_the_end(name):
    """Return the typical norm after the whole way back, by the chain rule written out."""
    logs = []
    for seed in range(SEEDS):
        run, p, module = drawn(name, seed)
        logs.append(np.log(np.linalg.norm(BACK[module](run, p))))
    return np.exp(np.mean(logs))


def back_rnn(run, p):
    """Carry the gradient back through every step but the first."""
    dh = first(run)[0]
    for h in run.steps.h[0, :0:-1]:
        dh = (dh * (1 - h * h)) @ p.U
    return dh


def back_lstm(run, p):
    """Carry the gradient of hidden state and cell state back."""
    s, dh, dc = run.steps, first(run)[0], np.zeros(SIZE)
    for n in range(STEPS - 1, 0, -1):
        f, i, g, c, o = (getattr(s, key)[0, n] for key in ("f", "i", "c_tilde", "c", "o"))
        dc = dc + dh * o * (1 - np.tanh(c) ** 2)
        da_f, da_i = dc * s.c[0, n - 1] * f * (1 - f), dc * g * i * (1 - i)
        da_c, da_o = dc * i * (1 - g * g), dh * np.tanh(c) * o * (1 - o)
        dh, dc = da_f @ p.U_f + da_i @ p.U_i + da_c @ p.U_c + da_o @ p.U_o, dc * f
    return np.concatenate([dh, dc])


def back_gru(run, p):
    """Carry the gradient back where the update gate keeps and the reset comes first."""
    s, dh = run.steps, first(run)[0]
    for n in range(STEPS - 1, 0, -1):
        r, z, g, h = s.r[0, n], s.z[0, n], s.h_tilde[0, n], s.h[0, n - 1]
        da_z, da_h = dh * (h - g) * z * (1 - z), dh * (1 - z) * (1 - g * g)
        drh = da_h @ p.U_h
        dh = dh * z + da_z @ p.U_z + drh * r + (drh * h * r * (1 - r)) @ p.U_r
    return dh


BACK = {rnn: back_rnn, lstm: back_lstm, gru: back_gru}
