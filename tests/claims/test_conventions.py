"""The claims of the page on notation, one test each."""

import runpy
import textwrap
from pathlib import Path

import layered
import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from rnnref import attention, gru, joined, lstm, rnn
from rnnref.errors import ShapeError
from scripts import pages

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
B, T, D, H = 2, 5, 3, 4

reorder = runpy.run_path(str(EXAMPLES / "conventions_gates.py"))["reorder"]


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def params(rng, cell, gates):
    """Draw the weights of a cell with this many gates."""
    shapes = [(gates * H, D), (gates * H, H), (gates * H,)]
    return cell.Params(*(rng.standard_normal(shape) for shape in shapes))


@pytest.mark.claim("conventions.errors")
def test_a_wrong_shape_is_answered_by_argument_size_and_what_fixed_it(rng):
    p = params(rng, rnn, 1)._replace(U=rng.standard_normal((H, H + 1)))
    with pytest.raises(ShapeError, match=r"U must have shape \(H=4, H=4\), got \(4, 5\): H=4"):
        rnn.forward(rng.standard_normal((B, T, D)), p)


@pytest.mark.claim("conventions.time")
def test_y_at_index_t_minus_1_is_the_state_after_t_steps(rng):
    p, x = params(rng, rnn, 1), rng.standard_normal((B, T, D))
    y, h = rnn.forward(x, p).y, np.zeros((B, H))
    for t in range(1, T + 1):
        h = rnn.step(x[:, t - 1], h, p).h
        np.testing.assert_allclose(y[:, t - 1], h, rtol=1e-12)


@pytest.mark.claim("conventions.rows")
def test_row_b_of_x_times_W_transposed_is_W_times_example_b(rng):
    p, x = params(rng, rnn, 1)._replace(b=np.zeros(H)), rng.standard_normal((B, D))
    h = rnn.step(x, np.zeros((B, H)), p).h  # only W reads anything here
    for b in range(B):
        np.testing.assert_allclose(h[b], np.tanh(p.W @ x[b]), rtol=1e-12)


@pytest.mark.claim("conventions.transpose")
def test_without_the_transpose_a_square_W_gives_wrong_numbers_and_no_error(rng):
    p = params(rng, rnn, 1)
    square = p._replace(W=rng.standard_normal((H, H)))
    x, h = rng.standard_normal((2, B, H))
    wrong = rnn.step(x, h, square._replace(W=square.W.T)).h
    assert np.max(np.abs(wrong - rnn.step(x, h, square).h)) > 0.1
    with pytest.raises(ShapeError):  # D = 3 and H = 4 tell the two apart
        rnn.step(x[:, :D], h, p._replace(W=p.W.T))


@pytest.mark.claim("conventions.batch-sum")
def test_derivatives_by_weights_are_sums_over_the_batch_and_no_others_are(rng):
    p, x, h = params(rng, lstm, 4), rng.standard_normal((B, D)), rng.standard_normal((B, H))
    given = [rng.standard_normal((B, H)), rng.standard_normal((B, H)), x, h, h]

    def back(*rows):
        return lstm.step_backward(*rows, lstm.step(*rows[2:], p), p)._asdict()

    whole, parts = back(*given), [back(*(a[b : b + 1] for a in given)) for b in range(B)]
    for name, array in whole.items():
        single = [part[name] for part in parts]
        weight = name[1] in "WUb"
        expected = np.sum(single, axis=0) if weight else np.concatenate(single)
        np.testing.assert_allclose(array, expected, rtol=1e-12, atol=1e-14, err_msg=name)


@pytest.mark.claim("conventions.diagonal")
def test_the_elementwise_product_is_a_product_with_a_diagonal_matrix(rng):
    p = params(rng, lstm, 4)
    p.b_i[:] = -800.0  # nothing is written, so only the forget gate acts on the cell state
    x, h, c = (rng.standard_normal((1, size)) for size in (D, H, H))
    s = lstm.step(x, h, c, p)
    np.testing.assert_allclose(s.c[0], np.diag(s.f[0]) @ c[0], rtol=1e-12)


@pytest.mark.claim("conventions.views")
def test_a_gate_is_a_view_of_the_stacked_rows(rng):
    p = params(rng, lstm, 4)
    p.W_f[:] = 7.0
    np.testing.assert_array_equal(p.W[H : 2 * H], 7.0)
    assert np.count_nonzero(p.W == 7.0) == H * D


@pytest.mark.claim("conventions.joined")
def test_the_joined_matrix_has_U_on_its_left_and_W_on_its_right(rng):
    p = params(rng, lstm, 4)
    one = joined.join(p)
    np.testing.assert_array_equal(one.W_f[:, :H], p.U_f)
    np.testing.assert_array_equal(one.W_f[:, H:], p.W_f)
    x, h, c = (rng.standard_normal((B, size)) for size in (D, H, H))
    np.testing.assert_allclose(
        joined.lstm_step(x, h, c, one).f, lstm.step(x, h, c, p).f, rtol=1e-12
    )


def onnx_run(kind, x, weights):
    """Run the reference implementation of an ONNX operator on its weights W, R and B."""
    feeds = {"X": x.swapaxes(0, 1)} | weights
    node = onnx.helper.make_node(kind, list(feeds), ["Y"], hidden_size=H)
    kinds = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.DOUBLE, None) for n in feeds]
    out = onnx.helper.make_tensor_value_info("Y", onnx.TensorProto.DOUBLE, None)
    graph = onnx.helper.make_graph([node], "one_cell", kinds, [out])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 22)])
    return ReferenceEvaluator(model).run(None, feeds)[0][:, 0].swapaxes(0, 1)


@pytest.mark.claim("conventions.onnx")
@pytest.mark.parametrize(("kind", "cell", "order"), [("LSTM", lstm, "iofc"), ("GRU", gru, "zrh")])
def test_weights_in_the_order_of_onnx_give_our_results_in_onnx(rng, kind, cell, order):
    p, x = params(rng, cell, len(order)), rng.standard_normal((B, T, D))
    W, U, b = (reorder(array, cell.GATES, order)[None] for array in (p.W, p.U, p.b))
    weights = {"W": W, "R": U, "B": np.concatenate([b, np.zeros_like(b)], axis=1)}
    y = cell.forward(x, p).y
    np.testing.assert_allclose(onnx_run(kind, x, weights), y, rtol=1e-10)


@pytest.mark.claim("conventions.round-trip")
def test_reordering_there_and_back_changes_no_number(rng):
    W = params(rng, lstm, 4).W
    there = reorder(W, lstm.GATES, "iofc")
    assert not np.array_equal(there, W)
    np.testing.assert_array_equal(reorder(there, "iofc", lstm.GATES), W)


@pytest.mark.claim("conventions.wrong-order")
def test_weights_in_a_wrong_order_run_and_give_wrong_numbers(rng):
    p, x = params(rng, lstm, 4), rng.standard_normal((B, T, D))
    wrong = lstm.Params(*(reorder(array, lstm.GATES, "iofc") for array in p[:3]))
    assert np.max(np.abs(lstm.forward(x, wrong).y - lstm.forward(x, p).y)) > 0.1


@pytest.mark.claim("conventions.puzzle-lstm")
def test_an_lstm_with_4_units_on_5_by_7_by_3_has_the_shapes_of_the_solution(rng):
    p = lstm.Params(*(rng.standard_normal(shape) for shape in [(16, 3), (16, 4), (16,)]))
    run = lstm.forward(rng.standard_normal((5, 7, 3)), p)
    assert run.y.shape == (5, 7, 4)
    assert run.state.h.shape == run.state.c.shape == (5, 4)


@pytest.mark.claim("conventions.puzzle-attention")
def test_attention_has_the_shapes_of_the_solution_and_normalises_the_last_axis(rng):
    q, k, v = (rng.standard_normal(shape) for shape in [(2, 3, 4), (2, 5, 4), (2, 5, 6)])
    out = attention.attention(q, k, v)
    assert out.weights.shape == (2, 3, 5)
    assert out.y.shape == (2, 3, 6)
    np.testing.assert_allclose(out.weights.sum(axis=-1), 1)


@pytest.mark.claim("conventions.square")
def test_an_untransposed_U_has_the_right_shape_and_the_wrong_numbers(rng):
    p, x, h = params(rng, rnn, 1), rng.standard_normal((B, D)), rng.standard_normal((B, H))

    def turned(U):
        steps = [rnn.step(x, h, p._replace(U=array)).h for array in (U, U.T)]
        return np.max(np.abs(steps[0] - steps[1]))

    assert turned(p.U) > 0.1
    assert turned(p.U + p.U.T) == 0  # a symmetric U hides the mistake


def solved(number, **given):
    """Run one block of code of the solutions on given arrays and return its p."""
    page = pages.read(ROOT, "zh", "conventions.md")
    block = [code for code in page.of("code") if code.section == "exercises"][number]
    names = {"np": np, "lstm": lstm, "reorder": reorder, **given}
    exec(textwrap.dedent(block.value), names)
    return names["p"]


@pytest.mark.claim("conventions.keras-recipe")
def test_the_line_of_the_solution_makes_recorded_weights_of_keras_ours():
    recorded = np.load(ROOT / "tests" / "golden" / "keras.npz")
    kernel, recurrent_kernel, bias = (
        recorded[f"from lstm/weights/lstm/lstm_cell/{name}"]
        for name in ("kernel", "recurrent_kernel", "bias")
    )
    p = solved(0, kernel=kernel, recurrent_kernel=recurrent_kernel, bias=bias)
    assert kernel.shape == (3, 16)
    [start] = layered.starts(layered.Case("lstm", {}))
    y = lstm.forward(layered.inputs(), p, state=lstm.State(*start)).y
    np.testing.assert_allclose(y, recorded["from lstm/y"], rtol=1e-10)


@pytest.mark.claim("conventions.onnx-recipe")
def test_the_lines_of_the_solution_make_weights_of_onnx_ours(rng):
    shapes = {"W": (1, 4 * H, D), "R": (1, 4 * H, H), "B": (1, 8 * H)}
    weights = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    x = rng.standard_normal((B, T, D))
    y = lstm.forward(x, solved(1, **weights)).y
    np.testing.assert_allclose(y, onnx_run("LSTM", x, weights), rtol=1e-10)
