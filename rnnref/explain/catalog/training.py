"""Equations of training: rules of descent, clipping, and the numbers from which weights start."""

import inspect

import numpy as np

from ... import gru, initialise, lstm, optim, rnn
from ...optim import descent
from .. import samples
from .entry import Entry

SEED = 3
SETTINGS = {"lr": 0.1, "mu": 0.9, "alpha": 0.9, "beta1": 0.9, "beta2": 0.99, "eps": 0.01}
SETTINGS |= {"weight_decay": 0.2, "t": 3}


def _rule(function, only=None):
    """Return the entry of a rule of descent: what it does to each number of a parameter."""

    def draw(rng, sizes):
        names = inspect.signature(function).parameters
        arrays = {name: np.abs(samples.draw(rng, "B", sizes)) for name in names}
        return {name: SETTINGS.get(name, arrays[name]) for name in names}

    return Entry(function, "descent", only=only, draw=draw)


def _gradients(rng, sizes):
    return {"grads": samples.draw(rng, "H", sizes), "limit": 0.4}


def _clip_norm(grads, limit):
    clipped, norm = optim.clip_norm(grads, limit)
    return {"g": grads, "g_i": grads, "clipped": clipped, "norm": norm, "limit": limit}


def _clip_value(grads, limit):
    return {"g_i": grads, "clipped_i": optim.clip_value(grads, limit), "limit": limit}


def _shape(rng, sizes):
    return {"shape": (sizes["H"], sizes["D"]), "gain": 1.5}


def _drawn(function, shape, plain, **options):
    """Return the factor by which a rule scales what the same generator draws plainly."""
    scaled = function(np.random.default_rng(SEED), shape, **options)
    return (scaled / plain(np.random.default_rng(SEED), shape)).ravel()


def _even(rng, shape):
    return rng.uniform(-1, 1, shape)


def _xavier(shape, gain):
    found = {"outputs": shape[0], "inputs": shape[1], "gain": gain}
    found["bound"] = _drawn(initialise.xavier_uniform, shape, _even, gain=gain)
    draw = np.random.Generator.standard_normal
    return found | {"std": _drawn(initialise.xavier_normal, shape, draw, gain=gain)}


def _uniform(shape, gain):
    bound = _drawn(initialise.uniform, shape, _even, H=shape[0])
    return {"bound": bound, "H": shape[0]}


def _orthogonal(shape, gain):
    U = initialise.orthogonal(np.random.default_rng(SEED), shape)
    return {"U": U, "identity": np.eye(shape[1])}


def _chrono(shape, gain):
    H, T = shape
    b = initialise.chrono(np.random.default_rng(SEED), lstm.GATES, H, T).reshape(-1, H)
    gates = {f"b_{gate}": b[lstm.GATES.index(gate)] for gate in "if"}
    return gates | {"u": np.random.default_rng(SEED).uniform(1, T - 1, H)}


def _sizes(rng, sizes):
    return {"D": sizes["D"], "H": sizes["H"]}


def _count(module, options):
    def reading(D, H):
        p = module.init(np.random.default_rng(SEED), D, H, **options)
        return {"count": sum(w.size for w in p if w is not None), "D": D, "H": H}

    return reading


def _parameters(module, line, **options):
    reading = _count(module, options)
    return Entry(module.init, "sizes", lines={"count": line}, draw=_sizes, reading=reading)


BLOCK = "H D + H^{2} + H"
NORM = {
    "norm": r"\lVert g \rVert = \sqrt{\sum_{i=1}^{n} g_i^{2}}",
    "clipped": r"\tilde{g} = \min\left(1, \frac{\tau}{\lVert g \rVert}\right) g",
}
VALUE = {"clipped": r"\tilde{g}_i = \max\left(-\tau, \min\left(\tau, g_i\right)\right)"}
FANS = r"n_{\mathrm{in}} + n_{\mathrm{out}}"
XAVIER = {
    "bound": rf"\beta = \gamma \sqrt{{\frac{{6}}{{{FANS}}}}}",
    "std": rf"\sigma = \gamma \sqrt{{\frac{{2}}{{{FANS}}}}}",
}
CHRONO = {"b_f": r"b_f = \ln u", "b_i": "b_i = -b_f"}


def _start(function, lines, reading):
    return Entry(function, "initialise", lines=lines, draw=_shape, reading=reading)


ENTRIES = {
    **{
        f"optim.descent.{function.__name__}": _rule(function)
        for function in (
            *(descent.sgd_step, descent.momentum_step, descent.nesterov_step),
            *(descent.rmsprop_step, descent.adagrad_step, descent.adam_step),
        )
    },
    "optim.descent.adamw_step": _rule(descent.adamw_step, ("m", "v", "m_hat", "v_hat", "p")),
    "optim.clip_norm": Entry(
        optim.clip_norm, "clipping", lines=NORM, draw=_gradients, reading=_clip_norm
    ),
    "optim.clip_value": Entry(
        optim.clip_value, "clipping", lines=VALUE, draw=_gradients, reading=_clip_value
    ),
    "initialise.uniform": _start(
        initialise.uniform, {"bound": r"\beta = \frac{1}{\sqrt{H}}"}, _uniform
    ),
    "initialise.xavier_uniform": _start(
        initialise.xavier_uniform, {"bound": XAVIER["bound"]}, _xavier
    ),
    "initialise.xavier_normal": _start(initialise.xavier_normal, {"std": XAVIER["std"]}, _xavier),
    "initialise.orthogonal": _start(
        initialise.orthogonal, {"identity": r"U^{\top} U = I"}, _orthogonal
    ),
    "initialise.chrono": _start(initialise.chrono, CHRONO, _chrono),
    "rnn.init:parameters": _parameters(rnn, rf"N = {BLOCK}"),
    "gru.init:parameters": _parameters(gru, rf"N = 3 \left({BLOCK}\right)"),
    "gru.init:parameters-after": _parameters(
        gru, rf"N = 3 \left({BLOCK}\right) + H", reset="after"
    ),
    "lstm.init:parameters": _parameters(lstm, rf"N = 4 \left({BLOCK}\right)"),
}
