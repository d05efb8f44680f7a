import cases
import numpy as np
import onnx_peer
import oracle
import pytest
import torch_peer
from cases import B

from rnnref import rnn


@pytest.mark.parametrize("b", range(B))
def test_every_value_equals_scalar_loops_over_a_whole_sequence(b):
    true = oracle.rnn(cases.inputs()[b], cases.state("rnn")[b], cases.params("rnn"))
    found = cases.run("rnn").y[b]
    np.testing.assert_allclose(found, [step["h"] for step in true], rtol=1e-12)


def test_one_unit_by_hand():
    p = rnn.Params(W=np.array([[2.0]]), U=np.array([[-0.5]]), b=np.array([0.25]))
    s = rnn.step(np.array([[0.3]]), np.array([[0.8]]), p)
    assert s.h[0, 0] == pytest.approx(np.tanh(0.6 - 0.4 + 0.25), rel=1e-15)


@torch_peer.SOURCES
def test_forward_equals_pytorch(source):
    arrays = torch_peer.values(source, "rnn")
    p = torch_peer.params("rnn", arrays)
    run = rnn.forward(arrays["x"], p, state=arrays["start"][0])
    np.testing.assert_allclose(run.y, arrays["y"], **torch_peer.TOLERANCE)
    np.testing.assert_allclose(run.state, arrays["final"][0], **torch_peer.TOLERANCE)


def test_forward_equals_onnx_runtime():
    x, p, start = cases.inputs(), cases.params("rnn"), cases.state("rnn")
    y, [h] = onnx_peer.run("RNN", x, p, [start])
    run = cases.run("rnn")
    np.testing.assert_allclose(run.y, y, **onnx_peer.TOLERANCE)
    np.testing.assert_allclose(run.state, h, **onnx_peer.TOLERANCE)


def test_zero_weights_leave_tanh_of_the_bias():
    p = cases.params("rnn")
    p = p._replace(W=np.zeros_like(p.W), U=np.zeros_like(p.U))
    y = cases.run("rnn", p=p).y
    np.testing.assert_allclose(y, np.broadcast_to(np.tanh(p.b), y.shape), rtol=1e-15)


def test_the_recorded_values_say_where_they_come_from():
    facts = torch_peer.facts()
    assert facts["torch"].split("+")[0] == torch_peer.record_torch.TORCH
    assert facts["seed"] == torch_peer.record_torch.SEED
    assert set(facts) == {"torch", "numpy", "seed", "date", "sha256"}
