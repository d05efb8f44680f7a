"""Equations of the functions of single numbers and scores, and of the layers around a cell."""

import numpy as np

from ... import layers, numerics
from .. import samples
from .entry import Entry

TINY = 1e-30  # a complex step: the imaginary part of a result is the derivative times this


def _slopes(a):
    """Return the derivatives of the activations, by the complex step."""
    functions = {"sigmoid": numerics.sigmoid, "tanh": np.tanh}
    slopes = {f"{n}_slope": np.imag(f(a + TINY * 1j)) / TINY for n, f in functions.items()}
    return slopes | {"a": a}


def _softmax_slope(a):
    """Return softmax and its matrix of derivatives, column by column by the complex step."""
    steps = TINY * 1j * np.eye(a.shape[-1])
    columns = [np.imag(numerics.softmax(a + step)) / TINY for step in steps]
    p, jacobian = numerics.softmax(a), np.stack(columns, axis=-1)
    return {"p": p, "jacobian": jacobian, "p_whole": p, "jacobian_whole": jacobian}


def _linear(rng, sizes):
    x, W, b = (samples.draw(rng, axes, sizes) for axes in ("B D", "H D", "H"))
    return {"x": x, "p": layers.Linear(W, b)}


def _linear_back(rng, sizes):
    run = layers.linear(**_linear(rng, sizes))
    return {"run": run, "dy": samples.draw(rng, "B H", sizes)}


def _tokens(rng, sizes):
    W, dy = samples.draw(rng, "D E", sizes), samples.draw(rng, "B E", sizes)
    return {"tokens": rng.integers(0, sizes["D"], sizes["B"]), "W": W, "dy": dy}


def _embedding(tokens, W, dy):
    run = layers.embedding(tokens, W)
    found = {"e": np.eye(len(W))[tokens], "W": W, "y": run.y, "dy": dy}
    return found | {"dW": layers.embedding_backward(run, dy=dy)}


def _beyond(letter):
    """Spell the terms of a sum of exponentials."""
    return rf"\sum_{{{letter}=1}}^{{n}} e^{{s_{letter}}}"


SIGMOID = r"\sigma\left(a\right) = \frac{1}{1 + e^{-a}}"
SLOPES = {
    "sigmoid_slope": r"\sigma^{\prime}\left(a\right) = "
    r"\sigma\left(a\right) \left(1 - \sigma\left(a\right)\right)",
    "tanh_slope": r"\tanh^{\prime}\left(a\right) = 1 - \tanh^{2}\left(a\right)",
}
RELU = r"\operatorname{ReLU}\left(a\right) = \max\left(0, a\right)"
SOFTMAX = rf"\operatorname{{softmax}}\left(s\right)_i = \frac{{e^{{s_i}}}}{{{_beyond('j')}}}"
LOG = rf"\ln \operatorname{{softmax}}\left(s\right)_i = s_i - \ln\left({_beyond('j')}\right)"
SUM = rf"\operatorname{{logsumexp}}\left(s\right) = \ln\left({_beyond('i')}\right)"
JACOBIAN = {
    "jacobian": r"\frac{\partial p_i}{\partial s_j} = p_i \left(\delta_{ij} - p_j\right)",
    "jacobian_whole": r"\frac{\partial p}{\partial s} = "
    r"\operatorname{diag}\left(p\right) - p p^{\top}",
}
LOGIT = (
    r"\frac{\partial L}{\partial \ell_k} = \frac{\partial L}{\partial \ell_k}\Big|_{\hat{y}} + "
    r"\hat{y}_k \left(\frac{\partial L}{\partial \hat{y}_k} - "
    r"\sum_{j=1}^{K} \frac{\partial L}{\partial \hat{y}_j} \hat{y}_j\right)"
)
LOOK_UP = {
    "y": r"y = W^{\top} e",
    "dW": r"\frac{\partial L}{\partial W} = e \left(\frac{\partial L}{\partial y}\right)^{\top}",
}
BACK = ("dx", "dW", "db")

ENTRIES = {
    "numerics.sigmoid": Entry(numerics.sigmoid, "activations"),
    "numerics.sigmoid:definition": Entry(
        numerics.sigmoid, "activations", lines={"definition": SIGMOID}
    ),
    "numerics.sigmoid:slopes": Entry(
        numerics.sigmoid, "activations", lines=SLOPES, reading=_slopes
    ),
    "numerics.relu": Entry(numerics.relu, "activations"),
    "numerics.relu:definition": Entry(numerics.relu, "activations", lines={"definition": RELU}),
    "numerics.relu_slope": Entry(numerics.relu_slope, "activations"),
    "numerics.gelu": Entry(numerics.gelu, "activations"),
    "numerics.gelu_slope": Entry(numerics.gelu_slope, "activations"),
    "numerics.softmax": Entry(numerics.softmax, "softmax"),
    "numerics.softmax:definition": Entry(
        numerics.softmax, "softmax", lines={"definition": SOFTMAX}
    ),
    "numerics.softmax:slope": Entry(
        numerics.softmax, "softmax", lines=JACOBIAN, reading=_softmax_slope
    ),
    "numerics.log_softmax": Entry(numerics.log_softmax, "softmax"),
    "numerics.log_softmax:definition": Entry(
        numerics.log_softmax, "softmax", lines={"definition": LOG}
    ),
    "numerics.logsumexp": Entry(numerics.logsumexp, "softmax"),
    "numerics.logsumexp:definition": Entry(
        numerics.logsumexp, "softmax", lines={"definition": SUM}
    ),
    "layers.embedding": Entry(
        layers.embedding, "embedding", lines=LOOK_UP, draw=_tokens, reading=_embedding
    ),
    "layers.linear": Entry(layers.linear, "linear", only=("y",), draw=_linear),
    "layers.linear_backward": Entry(
        layers.linear_backward, "linear-backward", only=BACK, draw=_linear_back
    ),
    "layers.readout": Entry(layers.readout, "layers"),
    "layers.readout:notes": Entry(layers.readout, "layers-notes"),
    "layers.readout_backward": Entry(
        layers.readout_backward, "layers-backward", lines={"da": LOGIT}
    ),
}
