"""Numbers in the prose of the page on the Transformer."""

from functools import partial

import numpy as np

from ... import attention, example_models, transformer
from . import value
from .rnn import signed

DY = np.array([[[0.5, -1.0], [0.0, 0.0], [0.0, 0.0]]])  # only what word 1 found has a loss


def look():
    """Return queries, keys, values and what three words found in each other with one head."""
    x, projections = example_models.words(), example_models.self_attention_params()
    q, k, v = (x @ W.T for W in projections)
    scores = attention.score_scaled(q, k)
    return {"q": q, "k": k, "v": v, "s": scores, **attention.attend(scores, v)._asdict()}


def back():
    """Return the gradients of `look`, from the loss behind word 1."""
    found = look()
    attended = attention.Attended(found["y"], found["weights"])
    up = attention.attend_backward(DY, np.zeros((1, 3, 3)), found["v"], attended)
    down = attention.score_scaled_backward(up.dscores, found["q"], found["k"])
    return up._asdict() | down._asdict()


def looked(name, t, i):
    """Return one number of what word t computes."""
    return signed(look()[name][0, t, i])


def backwards(name, i):
    """Return one gradient of word 1."""
    return signed(back()[name][0, 0, i])


@value("transformer.mean-dweights")
def mean_gradient():
    """Average the gradients of the weights of word 1 by these weights."""
    return signed(np.sum(look()["weights"][0, 0] * back()["dweights"][0, 0]))


def head(m, t, i):
    """Return one weight of one of the two heads."""
    x = example_models.words()
    run = attention.multihead(x, x, x, example_models.two_heads(), heads=2)
    return signed(run.weights[0, m, t, i], 2)


def normed():
    """Return the layer norm of word 1 as it enters the block."""
    return transformer.layer_norm(
        example_models.words()[0, 0], example_models.encoder_layer().norm_1
    )


@value("transformer.std")
def std():
    """Return the root of the variance of word 1."""
    return signed(normed().std[0])


def component(name, i):
    """Return one component of the normalised word 1, before or after stretch and shift."""
    return signed(getattr(normed(), name)[i])


for _t in range(3):
    for _i in range(3):
        value(f"transformer.a-{_t + 1}-{_i + 1}")(partial(looked, "weights", _t, _i))
        for _m in (0, 1):
            value(f"transformer.head-{_m + 1}-{_t + 1}-{_i + 1}")(partial(head, _m, _t, _i))
for _i in range(3):
    value(f"transformer.s-{_i + 1}")(partial(looked, "s", 0, _i))
    value(f"transformer.da-{_i + 1}")(partial(backwards, "dweights", _i))
    value(f"transformer.ds-{_i + 1}")(partial(backwards, "dscores", _i))
for _i in range(2):
    value(f"transformer.y-{_i + 1}")(partial(looked, "y", 0, _i))
    value(f"transformer.dq-{_i + 1}")(partial(backwards, "dq", _i))
for _i in range(4):
    value(f"transformer.x_hat-{_i + 1}")(partial(component, "x_hat", _i))
    value(f"transformer.normed-{_i + 1}")(partial(component, "y", _i))
