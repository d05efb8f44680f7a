"""The claims of the page on backpropagation through time, one test each."""

import contextlib
import io
import runpy
from pathlib import Path

import numpy as np
import pytest

from rnnref import examples, gradcheck, optim, rnn

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
B, T, D, H = 2, 5, 3, 4


@pytest.fixture
def rng():
    return np.random.default_rng(5)


@pytest.fixture
def p(rng):
    return rnn.Params(*(rng.standard_normal(shape) for shape in [(H, D), (H, H), (H,)]))


@pytest.fixture
def x(rng):
    return rng.standard_normal((B, T, D))


@pytest.fixture
def h0(rng):
    return rng.standard_normal((B, H))


@pytest.fixture
def dy(rng):
    return rng.standard_normal((B, T, H))


def printed(name):
    """Return the numbers that an example prints, line by line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        runpy.run_path(str(EXAMPLES / f"{name}.py"))
    return out.getvalue().splitlines()


def looped(x, p, h0, dy, *, carry=True, after=False, transposed=True):
    """Return flow and weight gradients of a loop over `step_backward`, or of a wrong one."""
    h = rnn.forward(x, p, state=h0).y
    flow, sums, dh_next = np.zeros_like(h), [0.0, 0.0, 0.0], np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        h_prev = h[:, t - 1] if t > 0 else h0
        flow[:, t] = dy[:, t] + carry * dh_next
        read = h[:, t] if after else h_prev
        back = rnn.step_backward(flow[:, t], x[:, t], read, rnn.RNNStep(h[:, t]), p)
        sums = [s + d for s, d in zip(sums, (back.dW, back.dU, back.db), strict=True)]
        dh_next = back.dh_prev if transposed else back.da @ p.U.T
    return flow, rnn.Params(*sums), dh_next


@pytest.mark.claim("bptt.last")
def test_the_last_step_receives_the_share_of_its_output_alone(x, p, dy):
    flow = rnn.backward(rnn.forward(x, p), dy=dy).flow
    np.testing.assert_array_equal(flow[:, -1], dy[:, -1])
    assert np.all(flow[:, :-1] != dy[:, :-1])


@pytest.mark.claim("bptt.total")
def test_the_recursion_gives_the_total_derivative_by_every_hidden_state(x, p, h0, dy):
    run = rnn.forward(x, p, state=h0)
    flow = rnn.backward(run, dy=dy).flow
    for t in range(T):

        def loss(h, t=t):  # the state after step t as a variable, and all that follows from it
            own = np.sum(dy[:, t] * h)
            if t == T - 1:
                return own
            later = rnn.forward(x[:, t + 1 :].astype(h.dtype), p, state=h).y
            return own + np.sum(dy[:, t + 1 :] * later)

        report = gradcheck.check(loss, {"h": run.y[:, t]}, {"h": flow[:, t]})
        assert report.ok, report


@pytest.mark.claim("bptt.one-path")
def test_without_the_share_from_later_only_the_last_of_three_steps_is_right():
    run = examples.rnn_run()
    flow = rnn.backward(run, dy=examples.DY).flow[0]
    wrong, *_ = looped(
        examples.X, examples.rnn_params(), np.zeros((1, 2)), examples.DY, carry=False
    )
    right = np.isclose(wrong[0], flow).all(axis=-1)
    np.testing.assert_array_equal(right, [False, False, True])


@pytest.mark.claim("bptt.scalar")
def test_the_scalar_program_prints_the_gradients_of_backward():
    back = rnn.backward(examples.rnn_run(), dy=examples.DY)
    da = back.flow[0] * (1 - examples.rnn_run().y[0] ** 2)
    wanted = np.hstack([back.flow[0], da])[::-1]
    found = [[float(word) for word in line.split()[1:]] for line in printed("bptt_scalar")]
    np.testing.assert_allclose(found, wanted, rtol=0, atol=5e-5)


@pytest.mark.claim("bptt.slope")
def test_the_slope_of_tanh_is_one_minus_the_square_of_its_value(rng):
    a = rng.standard_normal(9)
    measured = np.imag(np.tanh(a + 1e-30j)) / 1e-30
    np.testing.assert_allclose(1 - np.tanh(a) ** 2, measured, rtol=1e-13)


@pytest.mark.claim("bptt.no-growth")
def test_no_component_of_a_gradient_grows_through_a_tanh(p, rng):
    h = np.tanh(rng.standard_normal((B, H)))
    h[0, 0] = 0.0
    dh = rng.standard_normal((B, H))
    da = rnn.step_backward(dh, np.zeros((B, D)), np.zeros((B, H)), rnn.RNNStep(h), p).da
    assert da[0, 0] == dh[0, 0]
    smaller = np.abs(da) < np.abs(dh)
    assert smaller.sum() == B * H - 1


@pytest.mark.claim("bptt.sign")
def test_shares_of_the_steps_add_up_and_the_last_alone_has_another_sign():
    back = rnn.backward(examples.rnn_run(), dy=examples.DY)
    da = back.flow[0] * (1 - examples.rnn_run().y[0] ** 2)
    shares = np.einsum("th,td->thd", da, examples.X[0])
    np.testing.assert_allclose(shares.sum(0), back.params.W, atol=1e-15)
    assert np.sign(shares[-1, 0, 0]) != np.sign(back.params.W[0, 0])


@pytest.mark.claim("bptt.first-dU")
def test_from_zeros_the_first_step_adds_nothing_to_the_gradient_of_u(x, p, dy, h0):
    first = slice(0, 1)
    from_zeros = rnn.backward(rnn.forward(x[:, first], p), dy=dy[:, first])
    assert not from_zeros.params.U.any()
    elsewhere = rnn.backward(rnn.forward(x[:, first], p, state=h0), dy=dy[:, first])
    assert elsewhere.params.U.all()


@pytest.mark.claim("bptt.loop")
def test_a_loop_over_the_step_is_the_backward_of_the_sequence(x, p, h0, dy):
    flow, params, dh0 = looped(x, p, h0, dy)
    back = rnn.backward(rnn.forward(x, p, state=h0), dy=dy)
    np.testing.assert_allclose(flow, back.flow, rtol=0, atol=1e-12)
    np.testing.assert_allclose(dh0, back.state, rtol=0, atol=1e-12)
    for found, wanted in zip(params, back.params, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


@pytest.mark.claim("bptt.forward-whole")
def test_truncation_is_an_option_of_the_way_back_alone(x, p, dy):
    run = rnn.forward(x, p)
    before = run.y.copy()
    rnn.backward(run, dy=dy, truncate=2)
    np.testing.assert_array_equal(run.y, before)
    moved = x.copy()
    moved[:, 0] += 1
    assert np.all(rnn.forward(moved, p).y[:, -1] != run.y[:, -1])  # the first input still counts


def errors():
    """Return k and the relative error of each line of the example."""
    lines = (line.removeprefix("k =").split() for line in printed("bptt_truncated"))
    return {int(k): float(error) for k, error in lines}


@pytest.mark.claim("bptt.exact")
def test_a_cut_as_long_as_the_sequence_cuts_nothing(x, p, dy):
    run = rnn.forward(x, p)
    whole, cut = (rnn.backward(run, dy=dy, truncate=k) for k in (None, T))
    np.testing.assert_array_equal(cut.params.U, whole.params.U)
    assert errors()[32] == 0


@pytest.mark.claim("bptt.worse")
def test_the_error_of_the_example_grows_with_every_shorter_cut():
    found = [errors()[k] for k in (32, 16, 8, 4, 2, 1)]
    assert np.all(np.diff(found) > 0)


@pytest.mark.claim("bptt.blind")
def test_no_gradient_reaches_an_input_across_a_cut(x, p, dy):
    late = np.zeros_like(dy)
    late[:, -1] = dy[:, -1]
    run = rnn.forward(x, p)
    cut = rnn.backward(run, dy=late, truncate=2).x  # cuts before steps 3 and 5, counted from 1
    assert not cut[:, :4].any() and cut[:, 4].all()
    assert rnn.backward(run, dy=late).x.all()


@pytest.mark.claim("bptt.pieces")
def test_pieces_that_pass_on_their_last_state_have_the_truncated_gradient(x, p, h0, dy):
    whole = rnn.backward(rnn.forward(x, p, state=h0), dy=dy, truncate=2)
    state, sums, dx = h0, [0.0, 0.0, 0.0], []
    for start in range(0, T, 2):
        piece = slice(start, start + 2)
        run = rnn.forward(x[:, piece], p, state=state)
        grads = rnn.backward(run, dy=dy[:, piece])
        sums = [s + part for s, part in zip(sums, grads.params[:3], strict=True)]
        dx.append(grads.x)
        state = run.y[:, -1]
    for found, right in zip(sums, whole.params[:3], strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(np.concatenate(dx, axis=1), whole.x, rtol=1e-12, atol=1e-12)


@pytest.mark.claim("bptt.named")
def test_the_check_names_the_planted_mistake():
    right, wrong = printed("bptt_check")
    assert right.startswith("gradient right") and "at U[1, 0]" in wrong
    assert wrong.startswith("gradient wrong")


@pytest.mark.claim("bptt.weak-length")
def test_one_step_from_zeros_does_not_see_the_path_through_time(x, p, dy):
    zeros = np.zeros((B, H))
    _, right, _ = looped(x[:, :1], p, zeros, dy[:, :1])
    _, wrong, _ = looped(x[:, :1], p, zeros, dy[:, :1], carry=False)
    assert not right.U.any()
    for one, other in zip(right, wrong, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.claim("bptt.weak-last")
def test_a_loss_at_the_last_step_alone_does_not_see_forgotten_outputs(x, p, dy):
    late = np.zeros_like(dy)
    late[:, -1] = dy[:, -1]
    run = rnn.forward(x, p)
    for given, same in ((late, True), (dy, False)):
        only_last = np.where(np.arange(T)[:, None] == T - 1, given, 0)  # the mistake
        wrong, right = (rnn.backward(run, dy=d).params.W for d in (only_last, given))
        assert np.allclose(wrong, right) == same


@pytest.mark.claim("bptt.h-prev")
def test_the_state_after_the_step_makes_every_share_of_u_wrong(x, p, h0, dy):
    for t in range(1, T + 1):
        one = np.zeros_like(dy)
        one[:, t - 1] = dy[:, t - 1]
        wrong, right = (
            looped(x[:, t - 1 : t], p, h0, dy[:, t - 1 : t], after=after)[1].U
            for after in (True, False)
        )
        assert wrong.shape == right.shape and np.all(wrong != right)


@pytest.mark.claim("bptt.symmetric")
def test_without_the_transpose_the_way_back_is_right_for_a_symmetric_u_alone(x, p, h0, dy):
    even = p._replace(U=p.U + p.U.T)
    for weights, same in ((p, False), (even, True)):
        wrong, *_ = looped(x, weights, h0, dy, transposed=False)
        right, *_ = looped(x, weights, h0, dy)
        assert np.allclose(wrong, right) == same


@pytest.mark.claim("bptt.mean")
def test_gradients_are_sums_over_the_batch(x, p, dy):
    whole = rnn.backward(rnn.forward(x, p), dy=dy).params.W
    rows = [rnn.backward(rnn.forward(x[k : k + 1], p), dy=dy[k : k + 1]).params.W for k in range(B)]
    np.testing.assert_allclose(whole, B * np.mean(rows, axis=0), rtol=0, atol=1e-13)


@pytest.mark.claim("bptt.twice")
def test_a_sequence_given_twice_doubles_weight_gradients_and_no_input_gradient(x, p, dy):
    twice = [np.repeat(array[:1], 2, axis=0) for array in (x, dy)]
    one = rnn.backward(rnn.forward(x[:1], p), dy=dy[:1])
    two = rnn.backward(rnn.forward(twice[0], p), dy=twice[1])
    for single, double in zip(one.params, two.params, strict=True):
        np.testing.assert_allclose(double, 2 * single, rtol=0, atol=1e-13)
    np.testing.assert_allclose(two.x, np.repeat(one.x, 2, axis=0), rtol=0, atol=1e-13)


@pytest.mark.claim("bptt.zero-start")
def test_without_weights_u_has_no_gradient_until_the_first_step_of_training(x, p, dy):
    zero = rnn.Params(np.zeros((H, D)), p.U, np.zeros(H))
    grads = rnn.backward(rnn.forward(x, zero), dy=dy).params
    assert not grads.U.any() and grads.W.all()
    rule = optim.sgd(lr=0.1)
    after, _ = rule.update(zero, grads, rule.init(zero))
    assert rnn.backward(rnn.forward(x, after), dy=dy).params.U.all()
