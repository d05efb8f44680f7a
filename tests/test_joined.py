import cases
import numpy as np
import pytest
from cases import FORMS, JOINED, D, H, T

from rnnref import ArgumentError, DTypeError, ShapeError, joined

every_form = pytest.mark.parametrize("form", JOINED)


@every_form
def test_the_joined_writing_is_the_same_function_over_a_whole_sequence(form):
    x, p, now = cases.inputs(), cases.params(form), cases.flat(cases.state(form))
    steps = cases.run(form).steps
    for t in range(T):
        step = JOINED[form](x[:, t], *now, joined.join(p))
        for name, value in step._asdict().items():
            separate = getattr(steps, name)[:, t]
            np.testing.assert_allclose(value, separate, rtol=0, atol=1e-14, err_msg=name)
        now = (step.h, step.c) if form == "lstm" else (step.h,)


@every_form
def test_the_joined_matrix_is_u_beside_w(form):
    p = cases.params(form)
    whole = joined.join(p)
    np.testing.assert_array_equal(whole.W[:, :H], p.U)
    np.testing.assert_array_equal(whole.W[:, H:], p.W)
    np.testing.assert_array_equal(whole.b, p.b)


@every_form
def test_the_result_has_the_record_of_the_separate_writing(form):
    x, start, p = cases.inputs()[:, 0], cases.flat(cases.state(form)), cases.params(form)
    step = JOINED[form](x, *start, joined.join(p))
    assert type(step) is type(FORMS[form].step(x, *start, p))


@every_form
def test_joining_shares_no_memory(form):
    p = cases.params(form)
    given = [array for array in p if array is not None]
    assert not any(np.shares_memory(a, b) for a in given for b in joined.join(p))


def test_gates_of_joined_weights_are_views_by_name():
    whole = joined.join(cases.params("lstm"))
    np.testing.assert_array_equal(whole.W_f, whole.W[H : 2 * H])
    assert np.shares_memory(whole.W_f, whole.W)


def test_the_order_is_state_before_input():
    """A joined weight on the first column acts on the first unit of the state."""
    p = joined.RNNParams(W=np.zeros((H, H + D)), b=np.zeros(H))
    p.W[:, 0] = 1
    x, h = cases.inputs()[:, 0], cases.state("rnn")
    found = joined.rnn_step(x, h, p).h
    np.testing.assert_array_equal(found, np.repeat(np.tanh(h[:, :1]), H, axis=1))


def test_only_the_reset_before_form_has_a_joined_writing():
    with pytest.raises(ArgumentError, match=r"^joined.join: p.b_u must be None, got an array of"):
        joined.join(cases.params("gru after"))


@pytest.mark.parametrize("p", [None, "W", (1, 2, 3), cases.additive()])
def test_only_the_weights_of_a_cell_can_be_joined(p):
    with pytest.raises(DTypeError, match=r"^joined.join: p must be one of the records rnn.Params,"):
        joined.join(p)


def test_what_can_be_joined_is_told_in_chinese_too(chinese):
    with pytest.raises(DTypeError, match=r"^joined.join：p 应为记录 rnn.Params、.* 之一，实际是"):
        joined.join("W")


def test_weights_that_do_not_fit_each_other_cannot_be_joined():
    p = cases.params("lstm")
    with pytest.raises(ShapeError) as refusal:
        joined.join(p._replace(U=p.U[:, :3]))
    assert str(refusal.value) == (
        "joined.join: p.U must have shape (4*H=16, H=4), got (16, 3): H=4 comes from p.W (16, 3)"
    )


def test_separate_weights_are_refused_by_a_joined_step():
    x, h = cases.inputs()[:, 0], cases.state("rnn")
    with pytest.raises(DTypeError) as refusal:
        joined.rnn_step(x, h, cases.params("rnn"))
    assert str(refusal.value) == (
        "joined.rnn_step: p must be a record joined.RNNParams(W, b), got rnn.Params"
    )


def test_both_parts_of_a_joined_axis_are_named():
    x, h = cases.inputs()[:, 0], cases.state("rnn")
    p = joined.join(cases.params("rnn"))
    with pytest.raises(ShapeError) as refusal:
        joined.rnn_step(x, h, p._replace(W=p.W[:, 1:]))
    assert str(refusal.value) == (
        "joined.rnn_step: p.W must have shape (H=4, H+D=7), got (4, 6): "
        "H=4 comes from h_prev (2, 4); D=3 comes from x (2, 3)"
    )
