import math

import cases
import numpy as np
import onnx_peer
import oracle
import pytest
import torch_peer
from cases import B, H

from rnnref import lstm


@pytest.mark.parametrize("b", range(B))
@pytest.mark.parametrize("name", lstm.LSTMStep._fields)
def test_every_value_equals_scalar_loops_over_a_whole_sequence(name, b):
    start = cases.state("lstm")
    true = oracle.lstm(cases.inputs()[b], start.h[b], start.c[b], cases.params("lstm"))
    found = getattr(cases.run("lstm").steps, name)[b]
    np.testing.assert_allclose(found, [step[name] for step in true], rtol=1e-12, atol=1e-15)


def test_one_unit_by_hand():
    """All weights zero: every gate is 1/2 and the candidate 0, so half of the cell state stays."""
    p = lstm.Params(W=np.zeros((4, 1)), U=np.zeros((4, 1)), b=np.zeros(4))
    s = lstm.step(np.array([[3.0]]), np.zeros((1, 1)), np.array([[0.8]]), p)
    assert (s.f, s.i, s.o, s.c_tilde) == (0.5, 0.5, 0.5, 0)
    assert s.c == 0.4
    assert s.h[0, 0] == pytest.approx(math.tanh(0.4) / 2, rel=1e-15)


def test_the_fields_are_in_the_order_of_computation():
    assert lstm.LSTMStep._fields == ("f", "i", "c_tilde", "c", "o", "h")


def test_rows_are_stacked_input_forget_candidate_output():
    """One bias at a time is moved; the gate it belongs to, and no gate before it, follows."""
    p, start, x = cases.params("lstm"), cases.state("lstm"), cases.inputs()[:, 0]
    before = lstm.step(x, *start, p)
    for gate, name in enumerate(["i", "f", "c_tilde", "o"]):
        b = p.b.copy()
        b[gate * H : (gate + 1) * H] += 1
        after = lstm.step(x, *start, p._replace(b=b))
        moved = {f for f in before._fields if np.any(getattr(after, f) != getattr(before, f))}
        assert moved - {"c", "h"} == {name}


@torch_peer.SOURCES
def test_forward_equals_pytorch(source):
    arrays = torch_peer.values(source, "lstm")
    p = torch_peer.params("lstm", arrays)
    run = lstm.forward(arrays["x"], p, state=lstm.State(*arrays["start"]))
    np.testing.assert_allclose(run.y, arrays["y"], **torch_peer.TOLERANCE)
    np.testing.assert_allclose(run.state, arrays["final"], **torch_peer.TOLERANCE)


def test_forward_equals_onnx_runtime():
    x, p, start = cases.inputs(), cases.params("lstm"), cases.state("lstm")
    y, finals = onnx_peer.run("LSTM", x, p, start)
    run = cases.run("lstm")
    np.testing.assert_allclose(run.y, y, **onnx_peer.TOLERANCE)
    np.testing.assert_allclose(run.state, finals, **onnx_peer.TOLERANCE)


def biases(**gates):
    """Return random weights with the biases of some gates set to one number."""
    p = cases.params("lstm")
    p = p._replace(b=p.b.copy())
    for gate, value in gates.items():
        getattr(p, f"b_{gate}")[:] = value  # a gate is a view: this edits the stacked rows
    return p


def test_an_open_forget_gate_and_a_closed_input_gate_keep_the_cell_state():
    c = cases.run("lstm", p=biases(f=60.0, i=-60.0)).steps.c
    np.testing.assert_array_equal(c, np.broadcast_to(cases.state("lstm").c[:, None], c.shape))


def test_a_closed_forget_gate_and_an_open_input_gate_replace_the_cell_state():
    s = cases.run("lstm", p=biases(f=-60.0, i=60.0)).steps
    np.testing.assert_array_equal(s.c, s.c_tilde)


def test_a_closed_output_gate_hides_the_cell_state():
    s = cases.run("lstm", p=biases(o=-60.0)).steps
    assert np.all(s.h == 0) and np.all(s.c != 0)


def test_the_cell_state_may_grow_beyond_one():
    p = biases(f=60.0, i=60.0, c=60.0)
    c = cases.run("lstm", p=p, start=None).steps.c
    np.testing.assert_allclose(c[0, :, 0], [1, 2, 3, 4, 5], rtol=1e-12)


def test_both_states_matter():
    start, y = cases.state("lstm"), cases.run("lstm").y
    for other in (start._replace(h=start.h + 1), start._replace(c=start.c + 1)):
        assert np.abs(cases.run("lstm", start=other).y - y).max() > 0.01
