import math

import cases
import numpy as np
import oracle
import pytest
import torch_peer
from cases import B, T, V

from rnnref import ArgumentError, gradcheck, losses, numerics

y_hat = numerics.softmax(cases.normal(10)(B, T, V))
target = np.eye(V)[np.random.default_rng(11).integers(V, size=(B, T))]


@pytest.mark.parametrize("b", range(B))
@pytest.mark.parametrize("t", range(T))
def test_the_loss_of_a_step_equals_scalar_loops(b, t):
    found = losses.step_losses(y_hat, target)
    assert found.shape == (B, T)
    assert found[b, t] == pytest.approx(oracle.cross_entropy(y_hat[b, t], target[b, t]), rel=1e-14)


@torch_peer.SOURCES
def test_the_loss_of_a_step_equals_pytorch(source):
    arrays = torch_peer.values(source, "prediction")
    one_hot = np.eye(V)[arrays["target"].astype(int)]
    found = losses.step_losses(arrays["y_hat"], one_hot)
    np.testing.assert_allclose(found, arrays["losses"], **torch_peer.TOLERANCE)


def test_any_probabilities_may_be_the_target():
    soft = numerics.softmax(cases.normal(12)(B, T, V))
    true = oracle.cross_entropy(y_hat[1, 2], soft[1, 2])
    assert losses.step_losses(y_hat, soft)[1, 2] == pytest.approx(true, rel=1e-14)


def test_no_loss_is_negative_and_a_sure_right_answer_costs_nothing():
    assert np.all(losses.step_losses(y_hat, target) >= 0)
    sure = np.array([[[1.0, 1e-300]]])
    assert losses.step_losses(sure, np.array([[[1.0, 0.0]]]))[0, 0] == 0


def test_an_even_guess_costs_the_logarithm_of_the_number_of_classes():
    even = np.full((B, T, V), 1 / V)
    np.testing.assert_allclose(losses.step_losses(even, target), math.log(V), rtol=1e-15)


def test_shifting_all_logits_changes_no_loss():
    logits = cases.normal(10)(B, T, V)
    moved = losses.step_losses(numerics.softmax(logits + 50), target)
    np.testing.assert_allclose(moved, losses.step_losses(y_hat, target), rtol=1e-12)


def test_the_total_adds_the_steps_of_each_sequence():
    steps = losses.step_losses(y_hat, target)
    true = [sum(row) for row in steps.tolist()]
    np.testing.assert_allclose(losses.total(steps), true, rtol=1e-14)


def test_no_steps_cost_nothing():
    assert losses.total(np.zeros((B, 0))).tolist() == [0.0] * B
    assert losses.step_losses(y_hat[:, :0], target[:, :0]).shape == (B, 0)


@pytest.mark.parametrize("bad", [0.0, -0.5, 3.0])
def test_what_is_no_probability_with_a_logarithm_is_refused_with_its_place(bad):
    wrong = y_hat.copy()
    wrong[1, 2, 3] = bad
    with pytest.raises(ArgumentError) as refusal:
        losses.step_losses(wrong, target)
    assert str(refusal.value) == (
        f"losses.step_losses: y_hat must be above 0 and at most 1, got {bad} at (1, 2, 3)"
    )


def test_the_refusal_is_clear_in_chinese(chinese):
    wrong = y_hat.copy()
    wrong[1, 2, 3] = 0
    with pytest.raises(ArgumentError) as refusal:
        losses.step_losses(wrong, target)
    assert str(refusal.value) == (
        "losses.step_losses：y_hat 应为大于 0 且不超过 1 的数，实际是 (1, 2, 3) 处的 0.0"
    )


@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_a_probability_of_1_may_be_rounded_up(dtype):
    sure = np.full((1, 1, 1), np.nextafter(np.ones((), dtype), 2), dtype)
    assert losses.step_losses(sure, np.ones((1, 1, 1), dtype)) == pytest.approx(0, abs=1e-6)


def test_a_missing_prediction_is_reported_by_python():
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y_hat'"):
        losses.step_losses(target=target)


def test_nan_spreads_to_its_own_step_alone():
    odd = y_hat.copy()
    odd[0, 1, 2] = np.nan
    assert np.argwhere(np.isnan(losses.step_losses(odd, target))).tolist() == [[0, 1]]


def chain(y_hat, target):
    """Return a loss that counts the steps and the sequences of a batch differently."""
    steps = losses.step_losses(y_hat, target)
    return np.sum(losses.total(steps) * dtotal) + np.sum(steps * dsteps)


dtotal, dsteps = cases.normal(13)(B), cases.normal(14)(B, T)


def test_the_gradients_of_the_losses_equal_the_complex_step():
    soft = numerics.softmax(cases.normal(12)(B, T, V))
    dlosses = losses.total_backward(dtotal, losses.step_losses(y_hat, soft)) + dsteps
    grads = losses.step_losses_backward(dlosses, y_hat, soft)
    found = {"y_hat": grads.dy_hat, "target": grads.dtarget}
    report = gradcheck.check(chain, {"y_hat": y_hat, "target": soft}, found, tolerance=1e-14)
    assert report.ok, str(report)


def test_the_gradient_of_a_total_reaches_each_of_its_steps():
    found = losses.total_backward(dtotal, losses.step_losses(y_hat, target))
    np.testing.assert_array_equal(found, [[d] * T for d in dtotal])


def test_through_a_softmax_the_gradient_is_prediction_minus_target():
    dlosses = np.ones((B, T))
    dy_hat = losses.step_losses_backward(dlosses, y_hat, target).dy_hat
    through = y_hat * (dy_hat - np.sum(dy_hat * y_hat, axis=-1, keepdims=True))
    np.testing.assert_allclose(through, y_hat - target, atol=1e-15)


def test_the_backward_pass_refuses_what_the_forward_pass_refuses():
    with pytest.raises(ArgumentError) as refusal:
        losses.step_losses_backward(dsteps, target=target, y_hat=0 * y_hat)
    assert str(refusal.value) == (
        "losses.step_losses_backward: y_hat must be above 0 and at most 1, got 0.0 at (0, 0, 0)"
    )
