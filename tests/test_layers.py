import cases
import numpy as np
import oracle
import pytest
import torch_peer
from cases import B, H, V

from rnnref import gradcheck, layers

h = cases.normal(9)(B, H)


@pytest.mark.parametrize("b", range(B))
def test_the_readout_equals_scalar_loops(b):
    found = layers.readout(h, cases.readout())
    logits, y_hat = oracle.readout(h[b], cases.readout())
    np.testing.assert_allclose(found.logits[b], logits, rtol=1e-12)
    np.testing.assert_allclose(found.y_hat[b], y_hat, rtol=1e-12)


@torch_peer.SOURCES
def test_the_readout_equals_pytorch(source):
    arrays = torch_peer.values(source, "prediction")
    p = layers.Readout(arrays["weight"], arrays["bias"])
    steps = [layers.readout(h, p) for h in arrays["h"].swapaxes(0, 1)]
    for name in layers.ReadoutStep._fields:
        found = np.stack([getattr(step, name) for step in steps], axis=1)
        np.testing.assert_allclose(found, arrays[name], **torch_peer.TOLERANCE, err_msg=name)


def test_probabilities_are_between_0_and_1_and_sum_to_1():
    y_hat = layers.readout(h, cases.readout()).y_hat
    assert np.all((y_hat > 0) & (y_hat < 1))
    np.testing.assert_allclose(y_hat.sum(axis=-1), np.ones(B), rtol=1e-15)


def test_a_bias_on_all_classes_changes_no_probability():
    p = cases.readout()
    moved = layers.readout(h, p._replace(b_y=p.b_y + 3))
    np.testing.assert_allclose(moved.y_hat, layers.readout(h, p).y_hat, rtol=1e-13)
    np.testing.assert_allclose(moved.logits, layers.readout(h, p).logits + 3, rtol=1e-13)


def test_an_empty_batch_gives_empty_predictions():
    found = layers.readout(h[:0], cases.readout())
    assert found.logits.shape == found.y_hat.shape == (0, V)


def test_results_share_no_memory_with_arguments():
    p = cases.readout()
    found = layers.readout(h, p)
    assert not any(np.shares_memory(a, b) for a in (h, *p) for b in found)


def test_the_gradients_of_the_readout_equal_the_complex_step():
    """Both results get a gradient, as where a loss looks at logits and probabilities."""
    p, (dlogits, dy_hat) = cases.readout(), cases.normal(15)(2, B, V)

    def loss(h, **weights):
        step = layers.readout(h, layers.Readout(**weights))
        return np.sum(step.logits * dlogits) + np.sum(step.y_hat * dy_hat)

    grads = layers.readout_backward(dlogits, dy_hat, h, layers.readout(h, p), p)
    found = {"h": grads.dh, "W_y": grads.dW_y, "b_y": grads.db_y}
    report = gradcheck.check(loss, {"h": h, **p._asdict()}, found, tolerance=1e-14)
    assert report.ok, str(report)


def test_the_gradient_of_the_logits_is_that_of_a_shift_of_them():
    """Adding one number to all logits of a row changes no probability."""
    p, dy_hat = cases.readout(), cases.normal(16)(B, V)
    step = layers.readout(h, p)
    da = layers.readout_backward(np.zeros((B, V)), dy_hat, h, step, p).da
    np.testing.assert_allclose(np.sum(da, axis=-1), 0, atol=1e-15)
    assert np.all(np.abs(da) > 1e-6)
