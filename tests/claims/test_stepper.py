"""Every sentence of the page that steps through the cells, as a test."""

import numpy as np
import pytest
import shipped
import unrolled
from unrolled import close, held

from rnnref import examples, gru, lstm, rnn
from rnnref.explain import values
from rnnref.explain.stepper.cells import CELLS, LSTM, RNN, UNDER
from rnnref.explain.stepper.history import played
from rnnref.explain.values import stepper

GATES = [(name, gate) for name, cell in CELLS.items() for gate, _ in cell.gates]
NUDGE = 1e-6


def weights_of(back):
    """Return the names of the derivatives by weights and biases."""
    return [name for name in back[0] if name[:2] in ("dW", "dU", "db")]


# ---- the script ----


@pytest.mark.claim("stepper.same-as-numpy")
def test_the_script_computes_sequences_forward_and_back_as_the_fused_passes_do():
    for name in CELLS:
        module, p, start, x, target = case = unrolled.random_case(name)
        ahead, goal, back = unrolled.by_script(name, case)
        run, grads = unrolled.by_numpy(*case)
        close(goal["L"], 0.5 * np.sum((run.y[:, -1] - target) ** 2, axis=-1), "L")
        for t in range(unrolled.T):
            for field in run.steps._fields:
                close(ahead[t][field], getattr(run.steps, field)[:, t], f"{name}: {field} at {t}")
            close(back[t]["dx"], grads.x[:, t], f"{name}: dx at {t}")
        first = grads.state._asdict() if len(start) > 1 else {"h": grads.state}
        for state, value in first.items():
            close(back[0][f"d{state}_prev"], value, f"{name}: d{state} at the start")
        for weight in weights_of(back):
            total = sum(np.array(step[weight]) for step in back)
            close(total, getattr(grads.params, weight[1:]), f"{name}: {weight}")


@pytest.mark.claim("stepper.held")
@pytest.mark.parametrize("value", [0, 0.5, 1])
@pytest.mark.parametrize(("name", "gate"), GATES)
def test_a_gate_that_is_held_acts_as_a_constant_does_in_numpy(name, gate, value):
    module, p, start, x, target = case = unrolled.random_case(name)
    forced = {"ahead": {gate: value}, "back": {f"da_{gate}": 0}}
    ahead, _, back = unrolled.by_script(name, case, forced)
    run, grads = unrolled.by_numpy(module, held(p, gate, value), start, x, target)
    for t in range(unrolled.T):
        assert set(ahead[t][gate]) == {value}
        close(ahead[t]["h"], run.y[:, t], f"h at {t}")
        close(back[t]["dx"], grads.x[:, t], f"dx at {t}")
    for weight in weights_of(back):
        total = sum(np.array(step[weight]) for step in back)
        own = weight.endswith(f"_{gate}")  # a constant has no weights to learn
        close(total, 0 * total if own else getattr(grads.params, weight[1:]), weight)


def measured(name, case, places):
    """Return the derivative of the loss by each of the named values of one step, by differences."""
    ahead, _, _ = unrolled.by_script(name, case)
    pushes = []
    for place in places:
        value = np.array(ahead[0][place])
        nudges = NUDGE * np.eye(len(value))
        pushes += [{place: (value + sign * n).tolist()} for n in nudges for sign in (1, -1)]
    losses = shipped.evaluate(
        "data.pushes.map((ahead) => RR.unroll(data.cell, data.given, {ahead}).goal.values.L.data"
        ".reduce((x, y) => x + y))",
        unrolled.case_for_script(name, *case) | {"pushes": pushes},
    )
    slopes = np.reshape(losses, (-1, 2)) @ [1, -1] / (2 * NUDGE)
    return np.split(slopes, np.cumsum([len(ahead[0][place]) for place in places])[:-1])


def place_of(pill):
    """Return the value by which a derivative in the picture is."""
    box = pill.box.removesuffix(" out")
    if pill.at != UNDER:
        return box
    gate = pill.name.removeprefix("da_")
    read = "r*h_prev" if box == "h_tilde" else "h_prev"
    return f"x@W_{gate}+{read}@U_{gate}+b_{gate}"


@pytest.mark.claim("stepper.wires")
@pytest.mark.parametrize("name", CELLS)
def test_every_derivative_in_the_picture_is_that_of_the_loss_by_the_value_on_its_wire(name):
    case = unrolled.random_case(name, steps=1)
    _, _, back = unrolled.by_script(name, case)
    back[0]["dh*o"] = np.multiply(back[0]["dh"], unrolled.by_script(name, case)[0][0].get("o", 0))
    pills = [pill for pill in CELLS[name].pills if pill.name != "dc_next"]  # 0 at the last step
    slopes = measured(name, case, [place_of(pill) for pill in pills])
    for pill, slope in zip(pills, slopes, strict=True):
        np.testing.assert_allclose(back[0][pill.name], slope, atol=1e-8, err_msg=str(pill))


# ---- what the page tells the reader to do ----


def played_with(module, p, x=examples.X):
    """Run the example with other weights or inputs, and the loss of the page back."""
    zeros = {state: np.zeros((1, 2)) for state in ("h", "c")[: 2 if module is lstm else 1]}
    return unrolled.by_numpy(module, p, zeros, x, examples.TARGET)


@pytest.mark.claim("stepper.first-forget")
def test_at_the_first_step_the_derivative_by_the_forget_gate_is_zero():
    assert np.all(played(LSTM).back[0]["df"] == 0)


@pytest.mark.claim("stepper.belt-open")
def test_with_the_forget_gate_at_1_the_derivative_on_the_belt_is_handed_on_unchanged():
    forced = {"ahead": {"f": 1}, "back": {"da_f": 0}}
    _, _, back = unrolled.by_script("lstm", unrolled.random_case("lstm"), forced)
    for step in back:
        assert step["dc_prev"] == step["dc"]


@pytest.mark.claim("stepper.belt-shut")
def test_with_the_forget_gate_at_0_the_layers_are_the_only_way_back():
    forced = {"ahead": {"f": 0}, "back": {"da_f": 0}}
    case = lstm, examples.lstm_params(), dict.fromkeys("hc", np.zeros((1, 2))), examples.X
    _, _, back = unrolled.by_script("lstm", (*case, examples.TARGET), forced)
    for step in back:
        assert set(step["dc_prev"]) == {0} and np.all(np.array(step["dh_prev"]) != 0)


@pytest.mark.claim("stepper.forget-bias-5")
def test_with_a_forget_bias_of_5_the_gates_of_the_example_stay_open():
    p = examples.lstm_params()
    p.b_f[:] = 5
    run, _ = played_with(lstm, p)
    assert np.all(run.steps.f > 0.97)


@pytest.mark.claim("stepper.unseen")
def test_with_the_output_gate_at_0_no_weight_has_a_derivative():
    run, grads = played_with(lstm, held(examples.lstm_params(), "o", 0))
    assert np.all(run.y == 0)
    for total in grads.params[:3]:
        assert np.all(total == 0)


@pytest.mark.claim("stepper.by-hand")
def test_the_loss_changes_nearly_as_its_derivative_by_the_bias_says():
    change, predicted = stepper.loss_change(), stepper.NUDGE * stepper.slope()
    assert 0 < abs(change - predicted) < 0.1 * abs(predicted)
    assert values.get("stepper.slope") == f"−{-stepper.slope():.4f}"
    _, grads = played_with(lstm, examples.lstm_params())
    np.testing.assert_allclose(stepper.slope(), grads.params.b_c[0], rtol=1e-12)


@pytest.mark.claim("stepper.four-ways")
def test_the_old_state_of_a_gru_is_used_in_four_places_and_none_can_be_left_out():
    (_, p, start, x, target) = unrolled.random_case("gru", steps=1)
    h, x = start["h"], x[:, 0]
    s = gru.step(x, h, p)
    back = gru.step_backward(s.h - target, x, h, s, p)
    ways = [
        *(back.da_r @ p.U_r, back.da_z @ p.U_z),
        *((s.h - target) * s.z, (back.da_h @ p.U_h) * s.r),
    ]
    np.testing.assert_allclose(back.dh_prev, sum(ways), rtol=1e-12)
    for way in ways:
        assert np.all(np.abs(way) > 1e-9)


@pytest.mark.claim("stepper.gru-kept")
def test_with_the_update_gate_at_1_state_and_derivative_go_through_unchanged():
    forced = {"ahead": {"z": 1}, "back": {"da_z": 0}}
    case = unrolled.random_case("gru")
    ahead, goal, back = unrolled.by_script("gru", case, forced)
    for step in ahead:
        assert step["h"] == np.ravel(case[2]["h"]).tolist()
    for step in back:
        assert step["dh_prev"] == goal["dh"]


@pytest.mark.claim("stepper.gru-cut")
def test_with_both_gates_at_0_a_gru_sees_its_own_input_only():
    forced = {"ahead": {"z": 0, "r": 0}, "back": {"da_z": 0, "da_r": 0}}
    _, _, back = unrolled.by_script("gru", unrolled.random_case("gru"), forced)
    for step in back:
        assert set(step["dh_prev"]) == {0}


@pytest.mark.claim("stepper.rnn-shrinks")
def test_the_derivative_shrinks_at_each_step_back_through_the_rnn():
    _, grads = played_with(rnn, examples.rnn_params())
    norms = np.linalg.norm(grads.flow[0], axis=-1)
    assert norms[0] < norms[1] < norms[2]
    for t in (1, 2, 3):
        np.testing.assert_allclose(stepper.rnn_norm(t), norms[t - 1], rtol=1e-12)


@pytest.mark.claim("stepper.saturated")
def test_an_input_of_1000_saturates_the_rnn_so_that_nothing_comes_back():
    x = examples.X.copy()
    x[0, 2] = 1000
    run, grads = played_with(rnn, examples.rnn_params(), x)
    assert np.all(run.y[0, 2] == 1)
    assert np.all(grads.flow[0, :2] == 0) and np.all(grads.params.b == 0)
    assert played(RNN).goal.L > 0
