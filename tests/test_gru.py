import cases
import numpy as np
import onnx_peer
import oracle
import pytest
import torch_peer
from cases import GRU_FORMS, B, H

from rnnref import gru

every_form = pytest.mark.parametrize("form", GRU_FORMS)


@every_form
@pytest.mark.parametrize("b", range(B))
@pytest.mark.parametrize("name", gru.GRUStep._fields)
def test_every_value_equals_scalar_loops_over_a_whole_sequence(form, name, b):
    x, h, p = cases.inputs()[b], cases.state(form)[b], cases.params(form)
    true = oracle.gru(x, h, p, **GRU_FORMS[form].options)
    found = getattr(cases.run(form).steps, name)[b]
    np.testing.assert_allclose(found, [step[name] for step in true], rtol=1e-12, atol=1e-15)


def test_the_four_forms_are_four_functions():
    p = cases.params("gru after")
    ys = [
        gru.forward(cases.inputs(), p if "after" in form else p._replace(b_u=None), **f.options).y
        for form, f in GRU_FORMS.items()
    ]
    for k, y in enumerate(ys):
        assert all(np.abs(y - other).max() > 0.01 for other in ys[:k])


def test_the_defaults_are_reset_before_and_update_keep():
    run = gru.forward(cases.inputs(), cases.params("gru"), state=cases.state("gru"))
    np.testing.assert_array_equal(run.y, cases.run("gru").y)


@pytest.mark.parametrize("form", ["gru", "gru after"])
def test_negating_the_rows_of_z_turns_one_update_into_the_other(form):
    p = cases.params(form)
    sign = np.repeat([1.0, -1.0, 1.0], H)
    negated = p._replace(W=sign[:, None] * p.W, U=sign[:, None] * p.U, b=sign * p.b)
    keep, replace = cases.run(form), cases.run(f"{form} replace", p=negated)
    np.testing.assert_allclose(replace.y, keep.y, rtol=0, atol=1e-15)
    np.testing.assert_allclose(replace.steps.z, 1 - keep.steps.z, rtol=0, atol=2.3e-16)


@pytest.mark.parametrize("update", ["keep", "replace"])
def test_with_an_open_reset_gate_both_resets_coincide(update):
    p = cases.params("gru after")
    b = p.b.copy()
    b[:H] = 60.0  # r = 1 exactly
    after = gru.forward(cases.inputs(), p._replace(b=b), reset="after", update=update)
    b_sum = np.concatenate([b[: 2 * H], b[2 * H :] + p.b_u])
    before = gru.forward(cases.inputs(), p._replace(b=b_sum, b_u=None), update=update)
    assert np.all(after.steps.r == 1)
    np.testing.assert_allclose(after.y, before.y, rtol=0, atol=1e-15)


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize(("update", "bias"), [("keep", 60.0), ("replace", -60.0)])
def test_an_update_gate_at_its_keeping_end_holds_the_state(reset, update, bias):
    p = cases.params("gru after" if reset == "after" else "gru")
    b = p.b.copy()
    b[H : 2 * H] = bias
    start = cases.state("gru")
    run = gru.forward(cases.inputs(), p._replace(b=b), state=start, reset=reset, update=update)
    np.testing.assert_array_equal(run.y, np.broadcast_to(start[:, None], run.y.shape))


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize(("update", "bias"), [("keep", -60.0), ("replace", 60.0)])
def test_an_update_gate_at_its_other_end_takes_the_candidate(reset, update, bias):
    p = cases.params("gru after" if reset == "after" else "gru")
    b = p.b.copy()
    b[H : 2 * H] = bias
    run = gru.forward(cases.inputs(), p._replace(b=b), reset=reset, update=update)
    np.testing.assert_array_equal(run.y, run.steps.h_tilde)


def test_a_closed_reset_gate_hides_the_old_state_from_the_candidate():
    p = cases.params("gru")
    b = p.b.copy()
    b[:H] = -60.0
    p, x = p._replace(b=b), cases.inputs()[:, 0]
    here, there = (gru.step(x, h, p) for h in (cases.state("gru"), cases.state("gru", seed=99)))
    np.testing.assert_array_equal(here.h_tilde, there.h_tilde)


def test_a_closed_reset_gate_after_the_product_hides_b_u_as_well():
    p = cases.params("gru after")
    b = p.b.copy()
    b[:H] = -60.0
    x, h = cases.inputs()[:, 0], cases.state("gru")
    here = gru.step_reset_after(x, h, p._replace(b=b))
    there = gru.step_reset_after(x, h, p._replace(b=b, b_u=p.b_u + 5))
    np.testing.assert_array_equal(here.h_tilde, there.h_tilde)


@torch_peer.SOURCES
def test_reset_after_equals_pytorch(source):
    arrays = torch_peer.values(source, "gru")
    p = torch_peer.params("gru", arrays)
    run = gru.forward(arrays["x"], p, state=arrays["start"][0], reset="after")
    np.testing.assert_allclose(run.y, arrays["y"], **torch_peer.TOLERANCE)
    np.testing.assert_allclose(run.state, arrays["final"][0], **torch_peer.TOLERANCE)


@pytest.mark.parametrize(("form", "linear"), [("gru", 0), ("gru after", 1)])
def test_forward_equals_onnx_runtime(form, linear):
    x, p, start = cases.inputs(), cases.params(form), cases.state(form)
    y, [h] = onnx_peer.run("GRU", x, p, [start], linear_before_reset=linear)
    run = cases.run(form)
    np.testing.assert_allclose(run.y, y, **onnx_peer.TOLERANCE)
    np.testing.assert_allclose(run.state, h, **onnx_peer.TOLERANCE)


def test_rows_are_stacked_reset_update_candidate():
    p, h, x = cases.params("gru"), cases.state("gru"), cases.inputs()[:, 0]
    before = gru.step(x, h, p)
    for gate, moves in enumerate([{"r", "h_tilde"}, {"z"}, {"h_tilde"}]):
        b = p.b.copy()
        b[gate * H : (gate + 1) * H] += 1
        after = gru.step(x, h, p._replace(b=b))
        moved = {f for f in before._fields if np.any(getattr(after, f) != getattr(before, f))}
        assert moved - {"h"} == moves
