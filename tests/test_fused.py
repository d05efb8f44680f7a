"""A sequence on its tape equals the steps in a loop, there and back."""

import forms
import loops
import numpy as np
import pytest
from cases import B, T, normal
from forms import FORMS, LENGTHS, PLAIN

from rnnref.sequence.tape import NUMBERS

every_form = pytest.mark.parametrize("name", PLAIN)
SLOW = pytest.mark.slow  # what the others of its kind see too
every_length = pytest.mark.parametrize(
    "lengths", [None, LENGTHS, (0, 4), pytest.param((1, 2), marks=SLOW)]
)
both_directions = pytest.mark.parametrize("reverse", [False, True])
CLOSE = {"rtol": 1e-12, "atol": 1e-13}


def compared(name, lengths, reverse, truncate=None):
    """Return the run, its gradients, and the loops; what lies in the padding is NaN or infinite."""
    dy, dstate = forms.upstream(name)
    x, y = forms.inputs().copy(), dy.copy()
    for b, length in enumerate(lengths or []):
        x[b, length:], y[b, length:] = np.nan, np.inf
    run = forms.run(name, x=x, lengths=lengths, reverse=reverse)
    grads = forms.backward(name, run, dy=y, truncate=truncate)
    given = (name, forms.inputs(), forms.state(name), forms.params(name), lengths or [T] * B)
    return run, grads, loops.batch(*given, reverse, dy, dstate, truncate)


@every_form
@every_length
@both_directions
def test_forward_equals_the_steps_in_a_loop(name, lengths, reverse):
    run, _, looped = compared(name, lengths, reverse)
    for b, loop in enumerate(looped):
        for t, step in loop.steps.items():
            np.testing.assert_allclose(run.y[b, t], step.h[0], **CLOSE)
            for field, value in step._asdict().items():
                found = getattr(run.steps, field)[b, t]
                np.testing.assert_allclose(found, value[0], err_msg=field, **CLOSE)
        for part, value in zip(forms.flat(run.state), loop.state, strict=True):
            np.testing.assert_allclose(part[b], value[0], **CLOSE)


@every_form
@every_length
@both_directions
@pytest.mark.parametrize(
    "truncate", [None, 1, 2, *(pytest.param(k, marks=SLOW) for k in (3, T, T + 9))]
)
def test_backward_equals_the_backward_steps_in_a_loop(name, lengths, reverse, truncate):
    _, grads, looped = compared(name, lengths, reverse, truncate)
    sums = {}
    for b, loop in enumerate(looped):
        for t in loop.steps:
            np.testing.assert_allclose(grads.x[b, t], loop.x[t][0], **CLOSE)
            for part, value in zip(forms.flat(grads.flow), loop.flow[t], strict=True):
                np.testing.assert_allclose(part[b, t], value[0], **CLOSE)
        for part, value in zip(forms.flat(grads.state), loop.start, strict=True):
            np.testing.assert_allclose(part[b], value[0], **CLOSE)
        for key, value in loop.weights.items():
            sums[key] = sums.get(key, 0) + value
    for key, value in sums.items():
        found = getattr(grads.params, key)
        np.testing.assert_allclose(found, value, err_msg=key, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", FORMS)
@both_directions
def test_the_padding_holds_zeros(name, reverse):
    x = forms.inputs().copy()
    x[0, LENGTHS[0] :] = np.nan
    run = forms.run(name, x=x, lengths=LENGTHS, reverse=reverse)
    grads = forms.backward(name, run)
    held = [run.y, *run.steps, grads.x, *forms.flat(grads.flow)]
    assert all(np.all(array[0, LENGTHS[0] :] == 0) for array in held)


@pytest.mark.parametrize("name", FORMS)
@both_directions
def test_many_steps_at_once_equal_few(name, reverse, monkeypatch):
    """The way back takes several steps together; where it cuts them changes nothing."""
    lengths = list(LENGTHS)
    run = forms.run(name, lengths=lengths, reverse=reverse)
    together = forms.backward(name, run, truncate=2)
    for steps, few in ((1, 1), (2, 1), (3, 2), (3, 3)):
        monkeypatch.setattr("rnnref.sequence.tape.within", within_either(steps, few))
        apart = forms.backward(name, run, truncate=2)
        for found, same in zip(arrays(apart), arrays(together), strict=True):
            np.testing.assert_allclose(found, same, rtol=1e-12, atol=1e-12)


def within_either(steps, few):
    """Return a `within` for a block of so many steps, and pieces of a few of them."""
    return lambda room, numbers, most: min(few if room == NUMBERS else steps, most)


def arrays(grads):
    found = [grads.x, *forms.flat(grads.state), *grads.params, *forms.flat(grads.flow)]
    return [array for array in found if array is not None]


@pytest.mark.parametrize("name", FORMS)
def test_matrices_that_are_wide_give_the_same(name, monkeypatch):
    """A wide matrix is multiplied with examples as rows, which is faster and changes nothing."""
    narrow = forms.run(name, lengths=LENGTHS)
    gradients = arrays(forms.backward(name, narrow))
    monkeypatch.setattr("rnnref.sequence.columns.WIDE", 1)
    wide = forms.run(name, lengths=LENGTHS)
    np.testing.assert_allclose(wide.y, narrow.y, rtol=1e-12, atol=1e-12)
    for found, same in zip(arrays(forms.backward(name, wide)), gradients, strict=True):
        np.testing.assert_allclose(found, same, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", FORMS)
def test_a_run_can_be_taken_back_twice(name):
    run = forms.run(name, lengths=LENGTHS)
    first, second = forms.backward(name, run), forms.backward(name, run)
    for found, same in zip(arrays(first), arrays(second), strict=True):
        np.testing.assert_array_equal(found, same)
        assert not np.shares_memory(found, same)


@pytest.mark.parametrize("name", FORMS)
def test_later_writing_into_arguments_changes_no_gradient(name):
    given = {key: array.copy() for key, array in forms.arguments(name).items()}
    x, start, p = forms.split(name, given)
    dy, dstate = (parts for parts in forms.upstream(name))
    run = forms.run(name, x=x, p=p, start=start)
    before = arrays(forms.backward(name, run, dy=dy, dstate=dstate))
    for array in given.values():
        array[:] = normal(9)(*array.shape)
    for found, same in zip(arrays(forms.backward(name, run)), before, strict=True):
        np.testing.assert_array_equal(found, same)


@pytest.mark.parametrize("name", FORMS)
def test_gradients_share_no_memory_with_arguments_or_the_run(name):
    run, (dy, dstate) = forms.run(name), forms.upstream(name)
    grads = forms.backward(name, run, dy=dy, dstate=dstate)
    given = [*forms.arguments(name).values(), dy, *dstate]
    kept = [run.y, *run.steps, *forms.flat(run.state), run.tape.V]
    assert not any(np.shares_memory(a, b) for a in given + kept for b in arrays(grads))


@pytest.mark.parametrize("name", FORMS)
def test_no_gradient_from_above_is_the_zero_gradient(name):
    run, cell = forms.run(name), FORMS[name].cell
    assert all(np.all(array == 0) for array in arrays(cell.backward(run)))


@pytest.mark.parametrize("name", FORMS)
def test_the_gradients_from_above_add_up(name):
    run, cell, (dy, dstate) = forms.run(name), FORMS[name].cell, forms.upstream(name)
    both = arrays(forms.backward(name, run))
    through_y = arrays(cell.backward(run, dy=dy))
    through_state = arrays(cell.backward(run, dstate=forms.whole(name, dstate)))
    for total, one, other in zip(both, through_y, through_state, strict=True):
        np.testing.assert_allclose(one + other, total, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("shape", [(0, T), (B, 0), (0, 0)])
def test_nothing_to_read_gives_zero_gradients_of_the_right_shapes(name, shape):
    x, start = np.zeros((*shape, forms.D)), [part[: shape[0]] for part in forms.state(name)]
    run = forms.run(name, x=x, start=start)
    dstate = [part[: shape[0]] for part in forms.upstream(name)[1]]
    grads = FORMS[name].cell.backward(run, dstate=forms.whole(name, dstate))
    assert grads.x.shape == x.shape
    for array, p in zip(grads.params, forms.params(name), strict=True):
        assert (array is None) == (p is None)
        assert p is None or (array.shape == p.shape and np.all(array == 0))
    for part, given in zip(forms.flat(grads.state), dstate, strict=True):
        np.testing.assert_array_equal(part, given if shape[1] == 0 else np.zeros_like(given))


@pytest.mark.parametrize("name", FORMS)
def test_float32_stays_float32_there_and_back_and_is_near_float64(name):
    single = {key: array.astype(np.float32) for key, array in forms.arguments(name).items()}
    x, start, p = forms.split(name, single)
    dy, dstate = forms.upstream(name)
    run = forms.run(name, x=x, p=p, start=start, lengths=LENGTHS)
    dstate = [part.astype(np.float32) for part in dstate]
    grads = forms.backward(name, run, dy=dy.astype(np.float32), dstate=dstate)
    assert {a.dtype for a in (run.y, *run.steps, *arrays(grads))} == {np.dtype(np.float32)}
    exact = forms.backward(name, forms.run(name, lengths=LENGTHS))
    for found, true in zip(arrays(grads), arrays(exact), strict=True):
        np.testing.assert_allclose(found, true, rtol=0, atol=3e-5 * max(1, np.abs(true).max()))


@pytest.mark.parametrize("name", FORMS)
def test_a_float64_gradient_through_a_float32_run_is_float64(name):
    single = {key: array.astype(np.float32) for key, array in forms.arguments(name).items()}
    x, start, p = forms.split(name, single)
    grads = forms.backward(name, forms.run(name, x=x, p=p, start=start))
    assert {array.dtype for array in arrays(grads)} == {np.dtype(np.float64)}


@pytest.mark.parametrize("name", FORMS)
def test_without_input_features_the_gradients_of_bias_and_state_go_on(name):
    p = forms.params(name)
    blind = p._replace(W=np.zeros((len(p.W), 0)))
    found = forms.backward(name, forms.run(name, x=np.zeros((B, T, 0)), p=blind))
    same = forms.backward(name, forms.run(name, x=np.zeros((B, T, forms.D))))
    assert found.x.shape == (B, T, 0) and found.params.W.shape == blind.W.shape
    np.testing.assert_allclose(found.params.b, same.params.b, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(found.params.U, same.params.U, rtol=1e-12, atol=1e-13)
