"""Layer norm and RMS norm against PyTorch, scalar loops and the complex step."""

import math

import cases
import numpy as np
import pytest
import record_torch_transformer
import torch_peer
from cases import B, E, T

from rnnref import ArgumentError, DTypeError, ShapeError, gradcheck, transformer
from rnnref.transformer import LayerNorm, RMSNorm

draw = cases.normal(100)
x, dy, gamma, beta = draw(B, T, E), draw(B, T, E), draw(E), draw(E)
EPS = record_torch_transformer.EPS
KINDS = {
    "layer": (
        transformer.layer_norm,
        transformer.layer_norm_backward,
        LayerNorm(gamma, beta),
    ),
    "rms": (transformer.rms_norm, transformer.rms_norm_backward, RMSNorm(gamma)),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def loops(vector, kind, eps):
    """Normalise one vector of plain numbers."""
    n = len(vector)
    mean = math.fsum(vector) / n if kind == "layer" else 0.0
    size = math.sqrt(math.fsum((number - mean) ** 2 for number in vector) / n + eps)
    shift = beta.tolist() if kind == "layer" else [0.0] * n
    scaled = zip(vector, gamma.tolist(), shift, strict=True)
    return [stretch * (number - mean) / size + add for number, stretch, add in scaled]


@every_kind
@pytest.mark.parametrize("eps", [1e-5, 0.3])
def test_every_vector_is_normalised_as_the_loops_do(kind, eps):
    forward, _, p = KINDS[kind]
    found = forward(x, p, eps=eps).y
    for place in np.ndindex(B, T):
        np.testing.assert_allclose(found[place], loops(x[place].tolist(), kind, eps), rtol=1e-13)


@every_kind
@pytest.mark.parametrize("shape", [(E,), (4, E), (2, 3, 4, E)])
def test_every_gradient_equals_the_complex_step_for_any_number_of_axes(kind, shape):
    forward, backward, p = KINDS[kind]
    vectors, reaching = draw(*shape), draw(*shape)

    def loss(x, **weights):
        return np.sum(forward(x, type(p)(**weights), eps=0.1).y * reaching)

    grads = backward(forward(vectors, p, eps=0.1), dy=reaching)
    report = gradcheck.check(
        loss, {"x": vectors, **p._asdict()}, {"x": grads.x, **grads.params._asdict()}
    )
    assert report.ok, report


@torch_peer.SOURCES
@pytest.mark.parametrize("group", ["layer norm", "rms norm", "layer norm far out"])
def test_norms_and_their_gradients_equal_pytorch(source, group):
    given = torch_peer.values(source, group, record_torch_transformer)
    forward, backward, p = KINDS[group.split()[0]]
    weights = type(p)(*(given[name] for name in p._fields))
    run = forward(given["x"], weights, eps=EPS)
    grads = backward(run, dy=given["dy"])
    far = group.endswith("out")  # digits are lost when the mean is taken away
    tolerance = {"rtol": 1e-8, "atol": 1e-8} if far else torch_peer.TOLERANCE
    np.testing.assert_allclose(run.y, given["y"], **tolerance)
    np.testing.assert_allclose(grads.x, given["grad_x"], **tolerance)
    for name in p._fields:
        mine = getattr(grads.params, name)
        np.testing.assert_allclose(mine, given[f"grad_{name}"], **tolerance, err_msg=name)


def test_what_was_normalised_has_mean_0_and_variance_1():
    run = transformer.layer_norm(x, KINDS["layer"][2], eps=1e-12)
    np.testing.assert_allclose(run.x_hat.mean(axis=-1), np.zeros((B, T)), atol=1e-14)
    np.testing.assert_allclose(run.x_hat.var(axis=-1), np.ones((B, T)), rtol=1e-10)


def test_the_variance_is_that_of_all_components_and_not_of_a_sample():
    run = transformer.layer_norm(np.array([[1.0, 3.0]]), LayerNorm(np.ones(2), np.zeros(2)))
    assert run.std.item() == pytest.approx(math.sqrt(1 + 1e-5), rel=1e-15)


def test_a_positive_scale_and_a_shift_of_the_input_leave_a_layer_norm_unchanged():
    _, _, p = KINDS["layer"]
    moved = transformer.layer_norm(7 * x + 3, p, eps=1e-14)
    np.testing.assert_allclose(moved.y, transformer.layer_norm(x, p, eps=1e-14).y, rtol=1e-9)


def test_a_positive_scale_leaves_an_rms_norm_unchanged_but_no_shift_does():
    _, _, p = KINDS["rms"]
    plain = transformer.rms_norm(x, p, eps=1e-14).y
    np.testing.assert_allclose(transformer.rms_norm(7 * x, p, eps=1e-14).y, plain, rtol=1e-12)
    assert np.abs(transformer.rms_norm(x + 3, p).y - plain).max() > 0.1


def test_for_vectors_of_mean_0_both_norms_are_one():
    centred = x - x.mean(axis=-1, keepdims=True)
    layer = transformer.layer_norm(centred, LayerNorm(gamma, np.zeros(E)))
    np.testing.assert_allclose(
        transformer.rms_norm(centred, RMSNorm(gamma)).y, layer.y, rtol=1e-12, atol=1e-14
    )


def test_the_gradient_of_a_layer_norm_has_no_part_along_the_ones_or_along_the_input():
    run = transformer.layer_norm(x, KINDS["layer"][2], eps=1e-14)
    dx = transformer.layer_norm_backward(run, dy=dy).x
    np.testing.assert_allclose(dx.sum(axis=-1), np.zeros((B, T)), atol=1e-12)
    np.testing.assert_allclose((dx * run.x_hat).sum(axis=-1), np.zeros((B, T)), atol=1e-12)


@every_kind
def test_a_vector_depends_on_no_other(kind):
    forward, backward, p = KINDS[kind]
    spoilt = x.copy()
    spoilt[0, 1] = np.nan
    found, clean = forward(spoilt, p), forward(x, p)
    others = np.ones((B, T), bool)
    others[0, 1] = False
    np.testing.assert_array_equal(found.y[others], clean.y[others])
    ours, theirs = backward(found, dy=dy).x, backward(clean, dy=dy).x
    np.testing.assert_array_equal(ours[others], theirs[others])


@every_kind
@pytest.mark.parametrize("size", [1e4, 1e-4, 0.0, 1e200])
def test_sizes_far_from_one_give_no_warning(kind, size):
    forward, backward, p = KINDS[kind]
    run = forward(size * x, p)
    assert np.all(np.isfinite(run.y)) and np.all(np.isfinite(backward(run, dy=dy).x))


@every_kind
def test_float32_stays_float32_forward_and_backward(kind):
    forward, backward, p = KINDS[kind]
    single = type(p)(*(array.astype(np.float32) for array in p))
    run = forward(x.astype(np.float32), single)
    grads = backward(run, dy=dy.astype(np.float32))
    assert {a.dtype for a in (*run[:-1], grads.x, *grads.params)} == {np.dtype(np.float32)}
    np.testing.assert_allclose(grads.x, backward(forward(x, p), dy=dy).x, rtol=1e-3, atol=1e-5)


@every_kind
def test_a_run_is_read_only_and_its_gradients_are_new(kind):
    forward, backward, p = KINDS[kind]
    run = forward(x, p)
    assert not any(array.flags.writeable for array in (*run[:-1], *run.params))
    assert not any(np.any(array) for array in (backward(run).x, *backward(run).params))


@every_kind
def test_no_vectors_are_no_trouble(kind):
    forward, backward, p = KINDS[kind]
    run = forward(x[:, :0], p)
    assert run.y.shape == (B, 0, E)
    assert not np.any(backward(run).params.gamma)


@every_kind
@pytest.mark.parametrize("eps", [0, -1e-5, np.nan, "small"])
def test_an_eps_that_is_not_positive_is_refused(kind, eps):
    forward, _, p = KINDS[kind]
    with pytest.raises(ArgumentError, match=rf"^transformer.{kind}_norm: eps must be a number in"):
        forward(x, p, eps=eps)


@every_kind
def test_an_eps_that_vanishes_in_float32_is_refused_there_alone(kind):
    forward, _, p = KINDS[kind]
    assert np.all(np.isfinite(forward(0 * x, p, eps=1e-50).y))
    with pytest.raises(ArgumentError) as refusal:
        forward(x.astype("f4"), p, eps=1e-50)
    assert str(refusal.value) == (
        f"transformer.{kind}_norm: eps must be above 0 in float32, got 1e-50: "
        "this is the dtype of x"
    )


@every_kind
def test_refusals_name_function_argument_and_reason(kind):
    forward, backward, p = KINDS[kind]
    with pytest.raises(ShapeError) as refusal:
        forward(x, p._replace(gamma=gamma[1:]))
    assert str(refusal.value) == (
        f"transformer.{kind}_norm: p.gamma must have shape (E=7,), got (6,): "
        "E=7 comes from x (2, 5, 7)"
    )
    with pytest.raises(DTypeError, match=rf"^transformer.{kind}_norm_backward: run must be what "):
        backward(x)
    with pytest.raises(ShapeError, match=rf"^transformer.{kind}_norm_backward: dy must have shape"):
        backward(forward(x, p), dy=dy[1:])


def test_an_eps_that_is_0_in_the_dtype_of_x_is_refused_in_the_name_of_a_layer():
    x = np.ones((2, 3, 4), np.float32)
    p = transformer.init_encoder_layer(np.random.default_rng(0), 4, 5, dtype=np.float32)
    with pytest.raises(ArgumentError) as refusal:
        transformer.encoder_layer(x, p, heads=2, eps=1e-50)
    expected = "eps must be above 0 in float32, got 1e-50: this is the dtype of x"
    assert str(refusal.value) == f"transformer.encoder_layer: {expected}"


def test_true_is_no_eps():
    p = LayerNorm(np.ones(4), np.zeros(4))
    with pytest.raises(ArgumentError) as refusal:
        transformer.layer_norm(np.ones((2, 4)), p, eps=True)
    expected = "eps must be a number in (0, inf), got True"
    assert str(refusal.value) == f"transformer.layer_norm: {expected}"
