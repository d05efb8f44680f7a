"""Equations of the losses: how far predictions are from their targets, and the way back."""

import numpy as np

from ... import losses
from .. import samples
from .entry import Entry

IGNORED = 0  # a target of this number stands for padding


def _classes(rng, sizes):
    """Return logits of every class and the right ones, each of which occurs."""
    logits = samples.draw(rng, "B D", sizes)
    return {"logits": logits, "target": np.arange(len(logits)) % 3}


def _weighted(rng, sizes):
    weight = 0.5 + rng.random(sizes["D"])
    return _classes(rng, sizes) | {"ignore": IGNORED, "weight": weight, "smoothing": 0.1}


def _cross_entropy(logits, target, **options):
    run = losses.cross_entropy(logits, target, **options)
    found = {"loss_value": run.loss, "p": np.exp(run.log_p), "q": run.q, "logits": logits}
    found["y"] = np.eye(logits.shape[-1])[target]
    found["m"] = (target != options.get("ignore")).astype(float)
    return (
        found
        | {"w": options.get("weight"), "smoothing": options.get("smoothing")}
        | {"dlogits": losses.cross_entropy_backward(run)}
    )


def _perplexity(logits, target):
    run = losses.perplexity(logits, target)
    slopes = {"dlogits": losses.cross_entropy_backward(run.entropy)}
    slopes["slope"] = losses.perplexity_backward(run)
    return {"perplexity": run.value, "loss_value": run.entropy.loss} | slopes


def _numbers(rng, sizes):
    y, target = samples.draw(rng, "B", sizes), samples.draw(rng, "B", sizes)
    return {"y": y, "target": target}


def _mse(y, target):
    run = losses.mse(y, target)
    return {"loss_value": run.loss, "y_hat": y, "y": target, "dy_hat": losses.mse_backward(run)}


def _answers(rng, sizes):
    return {"logits": samples.draw(rng, "B", sizes), "target": rng.random(sizes["B"])}


def _bce(logits, target):
    run = losses.bce_with_logits(logits, target)
    found = {"loss_value": run.loss, "y_hat": run.difference + target, "y": target, "a": logits}
    return found | {"da": losses.bce_with_logits_backward(run)}


PROBABILITY = r"p_{n,k} = \frac{e^{\ell_{n,k}}}{\sum_{j=1}^{K} e^{\ell_{n,j}}}"
PLAIN = {
    "p": PROBABILITY,
    "loss": r"L = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{K} y_{n,k} \ln p_{n,k}",
    "dlogits": r"\frac{\partial L}{\partial \ell_{n,k}} = \frac{p_{n,k} - y_{n,k}}{N}",
}
WEIGHED = {
    "q": r"q_{n,k} = \frac{m_n w_k \left(\left(1 - \varepsilon\right) y_{n,k} + "
    r"\frac{\varepsilon}{K}\right)}{\sum_{i=1}^{N} m_i \sum_{j=1}^{K} w_j y_{i,j}}",
    "loss": r"L = -\sum_{n=1}^{N} \sum_{k=1}^{K} q_{n,k} \ln p_{n,k}",
    "dlogits": r"\frac{\partial L}{\partial \ell_{n,k}} = "
    r"p_{n,k} \sum_{j=1}^{K} q_{n,j} - q_{n,k}",
}
PERPLEXITY = {
    "perplexity": r"\operatorname{PPL} = e^{L}",
    "slope": r"\frac{\partial \operatorname{PPL}}{\partial \ell_{n,k}} = "
    r"e^{L} \frac{\partial L}{\partial \ell_{n,k}}",
}
MSE = {
    "loss": r"L = \frac{1}{N} \sum_{n=1}^{N} \left(\hat{y}_n - y_n\right)^{2}",
    "dy_hat": r"\frac{\partial L}{\partial \hat{y}_n} = "
    r"\frac{2}{N} \left(\hat{y}_n - y_n\right)",
}
BCE = {
    "y_hat": r"\hat{y}_n = \sigma\left(a_n\right)",
    "loss": r"L = -\frac{1}{N} \sum_{n=1}^{N} \left(y_n \ln \hat{y}_n + "
    r"\left(1 - y_n\right) \ln\left(1 - \hat{y}_n\right)\right)",
    "stable": r"L = \frac{1}{N} \sum_{n=1}^{N} \left(\max\left(0, a_n\right) - y_n a_n + "
    r"\ln\left(1 + e^{-\left|a_n\right|}\right)\right)",
    "da": r"\frac{\partial L}{\partial a_n} = \frac{\hat{y}_n - y_n}{N}",
}

ENTRIES = {
    "losses.step_losses": Entry(losses.step_losses, "losses"),
    "losses.step_losses_backward": Entry(
        losses.step_losses_backward, "losses-backward", only=("dy_hat",)
    ),
    "losses.total": Entry(losses.total, "losses"),
    "losses.total:notes": Entry(losses.total, "losses-notes"),
    "losses.cross_entropy": Entry(
        *(losses.cross_entropy, "cross-entropy"), lines=PLAIN, draw=_classes, reading=_cross_entropy
    ),
    "losses.cross_entropy:options": Entry(
        *(losses.cross_entropy, "cross-entropy"),
        lines=WEIGHED,
        draw=_weighted,
        reading=_cross_entropy,
    ),
    "losses.perplexity": Entry(
        *(losses.perplexity, "cross-entropy"),
        lines=PERPLEXITY,
        draw=_classes,
        reading=_perplexity,
    ),
    "losses.mse": Entry(losses.mse, "number-losses", lines=MSE, draw=_numbers, reading=_mse),
    "losses.bce_with_logits": Entry(
        *(losses.bce_with_logits, "number-losses"), lines=BCE, draw=_answers, reading=_bce
    ),
}
