"""Linear layers and embeddings, and their gradients."""

import math

import cases
import numpy as np
import pytest
import record_torch_training
import torch_peer
from cases import B, D, E, H, T, V
from refusals import texts

from rnnref import ArgumentError, DTypeError, ShapeError, gradcheck, layers

draw = cases.normal(70)
x, dy, p = draw(B, T, D), draw(B, T, H), layers.Linear(draw(H, D), draw(H))
W, rows = draw(V, E), draw(B, T, E)
tokens = np.random.default_rng(71).integers(V - 3, size=(B, T))  # some never, some twice
tokens[0, 1] = tokens[1, 3] = tokens[1, 4]
tokens.flags.writeable = False
bare = p._replace(b=None)


@torch_peer.SOURCES
def test_a_linear_layer_and_its_gradients_equal_pytorch(source):
    arrays = torch_peer.values(source, "linear", record_torch_training)
    run = layers.linear(arrays["x"], layers.Linear(arrays["W"], arrays["b"]))
    grads = layers.linear_backward(run, dy=arrays["dy"])
    found = {"y": run.y, "dx": grads.x, "dW": grads.params.W, "db": grads.params.b}
    for name, array in found.items():
        np.testing.assert_allclose(array, arrays[name], rtol=1e-13, atol=1e-14, err_msg=name)


@torch_peer.SOURCES
def test_an_embedding_and_its_gradient_equal_pytorch(source):
    arrays = torch_peer.values(source, "embedding", record_torch_training)
    run = layers.embedding(arrays["tokens"], arrays["W"])
    assert np.array_equal(run.y, arrays["y"])
    found = layers.embedding_backward(run, dy=arrays["dy"])
    np.testing.assert_allclose(found, arrays["dW"], rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("b", range(B))
@pytest.mark.parametrize("params", [p, bare])
def test_a_linear_layer_equals_scalar_loops(b, params):
    found = layers.linear(x, params).y
    for t in range(T):
        true = [
            sum(w * a for w, a in zip(row, x[b, t].tolist(), strict=True)) + bias
            for row, bias in zip(p.W.tolist(), (0 * p.b if params.b is None else p.b), strict=True)
        ]
        np.testing.assert_allclose(found[b, t], true, rtol=1e-13)


@pytest.mark.parametrize("params", [p, bare])
def test_the_gradients_of_a_linear_layer_equal_the_complex_step(params):
    def loss(x, **weights):
        return np.sum(layers.linear(x, layers.Linear(**weights)).y * dy)

    weights = {name: array for name, array in params._asdict().items() if array is not None}
    grads = layers.linear_backward(layers.linear(x, params), dy=dy)
    found = {"x": grads.x} | {name: getattr(grads.params, name) for name in weights}
    report = gradcheck.check(loss, {"x": x, **weights}, found, tolerance=1e-14)
    assert report.ok, str(report)
    assert (grads.params.b is None) == (params.b is None)


def test_the_gradient_of_an_embedding_equals_the_complex_step():
    def loss(W):
        return np.sum(layers.embedding(tokens, W).y * rows)

    grad = layers.embedding_backward(layers.embedding(tokens, W), dy=rows)
    report = gradcheck.check(loss, {"W": W}, {"W": grad}, tolerance=1e-14)
    assert report.ok, str(report)


def test_an_embedding_is_a_linear_layer_on_one_hot_rows():
    run = layers.linear(np.eye(V)[tokens], layers.Linear(W.T))
    np.testing.assert_allclose(layers.embedding(tokens, W).y, run.y, rtol=1e-15)
    grad = layers.linear_backward(run, dy=rows).params.W.T
    found = layers.embedding_backward(layers.embedding(tokens, W), dy=rows)
    np.testing.assert_allclose(found, grad, rtol=1e-13, atol=1e-15)


def test_every_occurrence_of_a_token_counts_and_an_absent_one_gets_no_gradient():
    run = layers.embedding(np.array([4, 1, 4, 4]), W)
    grad = layers.embedding_backward(run, dy=np.ones((4, E)))
    assert grad[:, 0].tolist() == [0, 1, 0, 0, 3, 0, 0, 0, 0]


def test_the_readout_is_a_linear_layer_and_a_softmax():
    readout = cases.readout()
    logits = layers.linear(x @ np.ones((D, H)), layers.Linear(readout.W_y, readout.b_y)).y
    assert np.array_equal(logits[:, 2], layers.readout((x @ np.ones((D, H)))[:, 2], readout).logits)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4)])
def test_any_axes_may_lead(shape):
    one = draw(*shape, D)
    run = layers.linear(one, p)
    np.testing.assert_allclose(run.y, one @ p.W.T + p.b, rtol=1e-14)
    grads = layers.linear_backward(run, dy=np.ones((*shape, H)))
    np.testing.assert_allclose(grads.params.b, math.prod(shape), rtol=1e-15)
    assert grads.x.shape == (*shape, D)
    some = np.full(shape, 2)
    assert layers.embedding(some, W).y.shape == (*shape, E)
    grad = layers.embedding_backward(layers.embedding(some, W), dy=np.ones((*shape, E)))
    assert np.all(grad[2] == math.prod(shape))


@pytest.mark.parametrize("shape", [(0, T), (B, 0)])
def test_nothing_in_is_nothing_out_and_no_gradient(shape):
    grads = layers.linear_backward(layers.linear(np.zeros((*shape, D)), p))
    assert (
        grads.x.shape == (*shape, D) and not np.any(grads.params.W) and not np.any(grads.params.b)
    )
    run = layers.embedding(np.zeros(shape, int), W)
    assert run.y.shape == (*shape, E)
    assert layers.embedding_backward(run).shape == (V, E)


def test_a_layer_without_inputs_is_its_bias():
    run = layers.linear(np.zeros((B, T, 0)), layers.Linear(np.zeros((H, 0)), p.b))
    assert np.array_equal(run.y, np.broadcast_to(p.b, (B, T, H)))
    grads = layers.linear_backward(run, dy=dy)
    assert grads.x.shape == (B, T, 0) and grads.params.W.shape == (H, 0)


def test_no_gradient_from_above_is_a_gradient_of_zero():
    grads = layers.linear_backward(layers.linear(x, p))
    assert not any(map(np.any, (grads.x, *grads.params)))
    assert grads.params.W.shape == (H, D) and grads.x.shape == (B, T, D)
    assert not np.any(layers.embedding_backward(layers.embedding(tokens, W)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_dtype_is_kept(dtype):
    weights = layers.Linear(*(a.astype(dtype) for a in p))
    run = layers.linear(x.astype(dtype), weights)
    grads = layers.linear_backward(run, dy=dy.astype(dtype))
    table = layers.embedding(tokens, W.astype(dtype))
    grad = layers.embedding_backward(table, dy=rows.astype(dtype))
    arrays = (run.y, grads.x, *grads.params, table.y, grad)
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}
    np.testing.assert_allclose(run.y, layers.linear(x, p).y, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wide", ["x", "W", "b", "dy"])
def test_one_float64_argument_makes_float64(wide):
    arrays = {"x": x, "W": p.W, "b": p.b, "dy": dy}
    arrays = {n: a.astype("f8" if n == wide else "f4") for n, a in arrays.items()}
    run = layers.linear(arrays["x"], layers.Linear(arrays["W"], arrays["b"]))
    assert (run.y.dtype == np.float64) == (wide != "dy")
    assert layers.linear_backward(run, dy=arrays["dy"]).params.W.dtype == (
        np.float64 if wide in ("x", "dy") else np.float32
    )


def test_records_are_read_only_and_share_no_memory_with_arguments():
    run, table = layers.linear(x, p), layers.embedding(tokens, W)
    arrays = (run.y, run.x, *run.p, table.y, table.tokens)
    assert not any(array.flags.writeable for array in arrays)
    assert not any(np.shares_memory(a, b) for a in arrays for b in (x, *p, W, tokens))


def test_the_gradient_belongs_to_the_arguments_as_they_were():
    own = x.copy(), layers.Linear(p.W.copy(), p.b.copy())
    run, then = layers.linear(*own), layers.linear(x, p)
    own[0][:] = own[1].W[:] = 7
    for found, true in zip(
        layers.linear_backward(run, dy=dy), layers.linear_backward(then, dy=dy), strict=True
    ):
        np.testing.assert_array_equal(
            np.concatenate([np.ravel(a) for a in found]),
            np.concatenate([np.ravel(a) for a in true]),
        )


FLOATS = "an array of float64, float32 or complex128", "float64、float32 或 complex128 数组"
REFUSALS = {
    "an input of another size": (
        lambda: layers.linear(x[..., :2], p),
        ShapeError,
        "layers.linear: p.W must have shape (H, D=2), got (4, 3): D=2 comes from x (2, 5, 2)",
        "layers.linear：p.W 应具有形状 (H, D=2)，实际是 (4, 3)：D=2 来自 x (2, 5, 2)",
    ),
    "a bias that NumPy would broadcast": (
        lambda: layers.linear(x, p._replace(b=np.ones(1))),
        ShapeError,
        "layers.linear: p.b must have shape (H=4,), got (1,): H=4 comes from p.W (4, 3)",
        "layers.linear：p.b 应具有形状 (H=4,)，实际是 (1,)：H=4 来自 p.W (4, 3)",
    ),
    "a bare matrix": (
        lambda: layers.linear(x, p.W),
        DTypeError,
        "layers.linear: p must be a record layers.Linear(W), got an array of float64",
        "layers.linear：p 应为记录 layers.Linear(W)，实际是 float64 数组",
    ),
    "a gradient that NumPy would broadcast": (
        lambda: layers.linear_backward(layers.linear(x, p), dy=dy[:1]),
        ShapeError,
        "layers.linear_backward: dy must have shape (2, 5, 4), got (1, 5, 4): "
        "this is the shape of the output",
        "layers.linear_backward：dy 应具有形状 (2, 5, 4)，实际是 (1, 5, 4)：输出的形状如此",
    ),
    "a gradient that is no array": (
        lambda: layers.linear_backward(layers.linear(x, p), dy=dy.tolist()),
        DTypeError,
        f"layers.linear_backward: dy must be {FLOATS[0]}, got list: "
        "np.array(dy, dtype=float) converts it",
        f"layers.linear_backward：dy 应为 {FLOATS[1]}，实际是 list："
        "可用 np.array(dy, dtype=float) 转换",
    ),
    "the record of another layer": (
        lambda: layers.linear_backward(layers.embedding(tokens, W), dy=dy),
        DTypeError,
        "layers.linear_backward: run must be what layers.linear returns, got EmbeddingRun",
        "layers.linear_backward：run 应为 layers.linear 的返回值，实际是 EmbeddingRun",
    ),
    "no record of an embedding": (
        lambda: layers.embedding_backward(W, dy=rows),
        DTypeError,
        "layers.embedding_backward: run must be what layers.embedding returns, "
        "got an array of float64",
        "layers.embedding_backward：run 应为 layers.embedding 的返回值，实际是 float64 数组",
    ),
    "a token too large": (
        lambda: layers.embedding(np.array([[0, 8], [9, 11]]), W),
        ArgumentError,
        "layers.embedding: tokens must be between 0 and V-1=8, got 9 at (1, 0)",
        "layers.embedding：tokens 应为 0 到 V-1=8 之间的整数，实际是 (1, 0) 处的 9",
    ),
    "a negative token": (
        lambda: layers.embedding(np.array([0, -1]), W),
        ArgumentError,
        "layers.embedding: tokens must be between 0 and V-1=8, got -1 at (1,)",
        "layers.embedding：tokens 应为 0 到 V-1=8 之间的整数，实际是 (1,) 处的 -1",
    ),
    "float tokens": (
        lambda: layers.embedding(tokens.astype(float), W),
        DTypeError,
        "layers.embedding: tokens must be an array of integers, got an array of float64: "
        "tokens.astype(int) converts it",
        "layers.embedding：tokens 应为整数数组，实际是 float64 数组：可用 tokens.astype(int) 转换",
    ),
    "a table of one axis": (
        lambda: layers.embedding(tokens, W[0]),
        ShapeError,
        "layers.embedding: W must have shape (V, E), got (7,)",
        "layers.embedding：W 应具有形状 (V, E)，实际是 (7,)",
    ),
    "a gradient of another table": (
        lambda: layers.embedding_backward(layers.embedding(tokens, W), dy=dy),
        ShapeError,
        "layers.embedding_backward: dy must have shape (2, 5, 7), got (2, 5, 4): "
        "this is the shape of the output",
        "layers.embedding_backward：dy 应具有形状 (2, 5, 7)，实际是 (2, 5, 4)：输出的形状如此",
    ),
}


test_the_whole_english_text_of_a_refusal, test_the_whole_chinese_text_of_a_refusal = texts(REFUSALS)
