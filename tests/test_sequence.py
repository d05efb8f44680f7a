"""Laws that hold for every recurrent cell in every form."""

import cases
import numpy as np
import pytest
from cases import FORMS, B, D, H, T

every_form = pytest.mark.parametrize("form", FORMS)
# `forward` multiplies for several gates at once, and so adds in another order than `step`.
ROUNDING = {"rtol": 0, "atol": 4e-15}


@every_form
def test_forward_is_the_public_step_in_a_loop(form):
    x, p, now = cases.inputs(), cases.params(form), cases.flat(cases.state(form))
    run = cases.run(form)
    for t in range(T):
        step = FORMS[form].step(x[:, t], *now, p)
        for name, value in step._asdict().items():
            np.testing.assert_allclose(getattr(run.steps, name)[:, t], value, **ROUNDING)
        now = (step.h, step.c) if form == "lstm" else (step.h,)
    for final, last in zip(cases.flat(run.state), now, strict=True):
        np.testing.assert_allclose(final, last, **ROUNDING)


@every_form
def test_every_field_has_the_promised_shape(form):
    run = cases.run(form)
    assert run.y.shape == (B, T, H)
    assert {field.shape for field in run.steps} == {(B, T, H)}
    assert {part.shape for part in cases.flat(run.state)} == {(B, H)}


@every_form
def test_y_is_the_hidden_state_at_every_step(form):
    run = cases.run(form)
    np.testing.assert_array_equal(run.y, run.steps.h)
    np.testing.assert_array_equal(cases.flat(run.state)[0], run.y[:, -1])


@every_form
def test_no_state_is_the_zero_state(form):
    zeros = np.zeros((B, H))
    start = type(cases.state(form))(zeros, zeros) if form == "lstm" else zeros
    np.testing.assert_array_equal(cases.run(form, start=None).y, cases.run(form, start=start).y)


@every_form
def test_the_start_state_matters(form):
    assert np.abs(cases.run(form).y - cases.run(form, start=None).y).max() > 0.01


@every_form
@pytest.mark.parametrize("cut", range(T + 1))
def test_a_sequence_cut_in_two_with_the_state_carried_over_is_the_whole(form, cut):
    x = cases.inputs()
    whole, first = cases.run(form), cases.run(form, x=x[:, :cut])
    second = cases.run(form, x=x[:, cut:], start=first.state)
    for name, field in whole.steps._asdict().items():
        parts = [getattr(run.steps, name) for run in (first, second)]
        np.testing.assert_array_equal(np.concatenate(parts, axis=1), field, err_msg=name)
    for part, same in zip(cases.flat(second.state), cases.flat(whole.state), strict=True):
        np.testing.assert_array_equal(part, same)


@every_form
@pytest.mark.parametrize("row", range(B))
def test_a_sequence_does_not_depend_on_its_batch(form, row):
    start = cases.state(form)
    alone = [part[row : row + 1] for part in cases.flat(start)]
    start = type(start)(*alone) if form == "lstm" else alone[0]
    run = cases.run(form, x=cases.inputs()[row : row + 1], start=start)
    # A product of another size may add in another order, hence no equality of bits.
    np.testing.assert_allclose(run.y[0], cases.run(form).y[row], atol=1e-14)


@every_form
@pytest.mark.parametrize("t", range(T))
def test_an_input_changes_its_own_and_later_outputs_alone(form, t):
    x = cases.inputs().copy()
    x[:, t] += 1
    moved, run = cases.run(form, x=x), cases.run(form)
    np.testing.assert_array_equal(moved.y[:, :t], run.y[:, :t])
    assert np.all(np.abs(moved.y - run.y)[:, t:].max(axis=(0, 2)) > 0)


@every_form
def test_no_steps_keep_the_state_and_give_empty_outputs(form):
    given = cases.state(form)
    run = cases.run(form, x=cases.inputs()[:, :0], start=given)
    assert run.y.shape == (B, 0, H)
    for final, start in zip(cases.flat(run.state), cases.flat(given), strict=True):
        np.testing.assert_array_equal(final, start)
        assert not np.shares_memory(final, start)


@every_form
def test_no_steps_without_a_state_end_in_zeros(form):
    run = cases.run(form, x=cases.inputs()[:, :0], start=None)
    assert all(part.tolist() == np.zeros((B, H)).tolist() for part in cases.flat(run.state))


@every_form
def test_an_empty_batch_gives_empty_outputs(form):
    run = cases.run(form, x=np.zeros((0, T, D)), start=None)
    assert run.y.shape == (0, T, H)
    assert {part.shape for part in cases.flat(run.state)} == {(0, H)}


@every_form
def test_without_input_features_bias_and_state_go_on(form):
    p = cases.params(form)
    blind = p._replace(W=np.zeros((len(p.W), 0)))
    run = cases.run(form, x=np.zeros((B, T, 0)), p=blind)
    same = cases.run(form, x=np.zeros((B, T, D)))
    np.testing.assert_allclose(run.y, same.y, rtol=1e-14)


@every_form
def test_what_a_run_keeps_is_read_only(form):
    run = cases.run(form)
    kept = [run.y, *run.steps, *cases.flat(run.state)]
    assert not any(array.flags.writeable for array in kept)
    with pytest.raises(ValueError, match="read-only"):
        run.y[0, 0, 0] = 1


@every_form
def test_results_share_no_memory_with_arguments(form):
    x, p, start = cases.inputs(), cases.params(form), cases.state(form)
    run = cases.run(form, x=x, p=p, start=start)
    given = [x, *(array for array in p if array is not None), *cases.flat(start)]
    step = FORMS[form].step(x[:, 0], *cases.flat(start), p)
    results = [*run.steps, *cases.flat(run.state), *step]
    assert not any(np.shares_memory(a, b) for a in given for b in results)


@every_form
def test_later_writing_into_arguments_changes_no_run(form):
    x, p = cases.inputs().copy(), cases.params(form)
    p = p._replace(b=p.b.copy())
    run = cases.run(form, x=x, p=p)
    before = run.y.copy()
    x[:], p.b[:] = 9, 9
    np.testing.assert_array_equal(run.y, before)


@every_form
@pytest.mark.parametrize("size", [1e4, 1e155, 1e308])
def test_huge_inputs_saturate_without_a_warning(form, size):
    p = cases.params(form)
    positive = p._replace(W=np.abs(p.W))  # sums of one sign: huge or infinite, never a difference
    run = cases.run(form, x=np.full((B, T, D), size), p=positive)
    assert np.isfinite(np.array(run.steps)).all()


@every_form
def test_huge_inputs_give_the_exact_limits(form):
    p = cases.params(form)
    positive = p._replace(W=np.abs(p.W))
    s = cases.run(form, x=np.full((B, 1, D), 1e308), p=positive).steps
    gates = {name: getattr(s, name) for name in s._fields if name in "fiorz" or "_tilde" in name}
    assert all(np.all(gate == 1) for gate in gates.values())
    if form == "rnn":
        assert np.all(s.h == 1)


@every_form
def test_nan_spreads_forward_in_its_own_sequence_alone(form):
    x = cases.inputs().copy()
    x[0, 2, 1] = np.nan
    y = cases.run(form, x=x).y
    assert np.isnan(y[0, 2:]).all()
    assert np.isfinite(y[0, :2]).all() and np.isfinite(y[1]).all()


@every_form
def test_values_stay_in_their_promised_ranges(form):
    for seed in range(20):
        s = cases.run(form, p=cases.params(form, seed)).steps
        for name in set(s._fields) - {"c"}:
            low = 0 if name in "fiorz" else -1
            if not (form.startswith("gru") and name == "h"):  # an old state may lie further out
                value = getattr(s, name)
                assert np.all((value >= low) & (value <= 1)), name


@pytest.mark.parametrize("form", cases.GRU_FORMS)
def test_a_gru_state_stays_between_minus_1_and_1_once_it_is_there(form):
    assert np.all(np.abs(cases.run(form, start=None).y) <= 1)


@every_form
def test_one_step_is_the_whole_sequence_of_one(form):
    x = cases.inputs()[:, :1]
    step = FORMS[form].step(x[:, 0], *cases.flat(cases.state(form)), cases.params(form))
    np.testing.assert_allclose(cases.run(form, x=x).y[:, 0], step.h, **ROUNDING)
