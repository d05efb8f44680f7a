"""The derivative of a gradient is symmetric: a second check of every backward pass, by itself.

The complex step goes through the backward pass, in two random directions.
"""

import attention_cases
import numpy as np
import pytest
import test_chunked
import test_multihead
import test_transformer
from test_transformer import flat, rebuilt

from rnnref import attention, chunked, transformer

FORMS = [(norm, activation) for norm in ("post", "pre") for activation in ("relu", "gelu")]


def scored(score, hiding):
    arrays = attention_cases.arguments(score, hiding)
    return arrays, lambda **moved: attention_cases.gradients(score, hiding, **moved)


def heads():
    case = test_multihead
    arrays = case.arrays(case.P, {})

    def gradients(q, k, v, **weights):
        p = attention.MultiHead(**weights)
        run = attention.multihead(q, k, v, p, heads=case.M, key_lengths=case.LENGTHS)
        return case.gradients(run, dy=case.dy, dweights=case.dweights)

    return arrays, gradients


def tiled():
    case = test_chunked
    arrays = dict(zip("qkv", case.GIVEN, strict=True))

    def gradients(**moved):
        run = chunked.attention(**moved, mask=case.MASK, key_lengths=case.LENGTHS, tile=(4, 5))
        grads = chunked.attention_backward(run, dy=case.DY, dlog_sums=case.DY[..., 0])
        return {name: getattr(grads, name) for name in "qkv"}

    return arrays, gradients


def encoder(norm, activation):
    case, options = test_transformer, {"norm": norm, "activation": activation}
    arrays = {"x": case.x, **flat(case.ENCODER)}

    def gradients(x, **weights):
        run = case.encode(x, rebuilt(case.ENCODER, weights), **options, lengths=case.LENGTHS)
        grads = transformer.encoder_layer_backward(run, dy=case.dy, dweights=case.dweights)
        return {"x": grads.x, **flat(grads.params)}

    return arrays, gradients


def decoder(norm, activation):
    case, options = test_transformer, {"norm": norm, "activation": activation}
    arrays = {"x": case.x, "memory": case.memory, **flat(case.DECODER)}

    def gradients(x, memory, **weights):
        run = case.decode(x, memory, rebuilt(case.DECODER, weights), **options)
        grads = transformer.decoder_layer_backward(run, dy=case.dy)
        return {"x": grads.x, "memory": grads.memory, **flat(grads.params)}

    return arrays, gradients


CASES = {
    **{
        f"{s}, {h}": scored(s, h) for s in attention_cases.PARAMS for h in ("nothing", "everything")
    },
    "heads": heads(),
    "tiles": tiled(),
    **{f"encoder {n} {a}": encoder(n, a) for n, a in FORMS},
    **{f"decoder {n} {a}": decoder(n, a) for n, a in FORMS},
}


def bent(name, first, second):
    """Return how the slope along one direction changes along another."""
    arrays, gradients = CASES[name]
    moved = gradients(**{key: array + 1e-30j * first[key] for key, array in arrays.items()})
    return sum(np.sum(second[key] * np.imag(moved[key])) / 1e-30 for key in arrays)


@pytest.mark.parametrize("name", CASES)
def test_the_derivative_of_the_gradient_is_symmetric(name):
    rng = np.random.default_rng(120)
    u, v = ({k: rng.standard_normal(a.shape) for k, a in CASES[name][0].items()} for _ in "uv")
    one, other = bent(name, u, v), bent(name, v, u)
    assert abs(one) > 1e-3  # not symmetric because nothing bends
    assert one == pytest.approx(other, rel=1e-11)
