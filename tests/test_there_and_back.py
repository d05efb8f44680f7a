"""What holds of every function with a way back: dtypes, memory, order of numbers, empty batches."""

import copy
import pickle

import numpy as np
import pytest
from there_and_back import WAYS, leaves, mapped, upstream

every_way = pytest.mark.parametrize("name", WAYS)
CLOSE = {"rtol": 1e-9, "atol": 1e-11}


def gone(name, change=np.copy, change_upstream=None):
    """Go there and back with changed arrays: arguments, run, upstream gradients, gradients."""
    way = WAYS[name]
    given = mapped(change, way.arguments)
    run = way.forward(**given)
    above = mapped(change_upstream or change, upstream(run, way))
    return given, run, above, way.backward(run, **above)


def outputs(name, run):
    return leaves(WAYS[name].outputs(run))


@every_way
def test_float32_stays_float32_there_and_back_and_is_near_float64(name):
    _, run, above, grads = gone(name, lambda a: a.astype(np.float32))
    _, exact, _, true = gone(name, np.copy, lambda a: a.astype(np.float32).astype(float))
    assert {a.dtype for a in [*outputs(name, run), *leaves(grads)]} == {np.dtype(np.float32)}
    assert {a.dtype for a in leaves(above)} == {np.dtype(np.float32)}
    for found, wanted in zip(
        [*outputs(name, run), *leaves(grads)], [*outputs(name, exact), *leaves(true)], strict=True
    ):
        size = max(1, np.max(np.abs(wanted), initial=0))
        np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-4 * size)


def foreign(array):
    return array.astype(array.dtype.newbyteorder())


def fortran(array):
    return np.asfortranarray(array).reshape(array.shape, order="F")  # a single number stays one


def strided(array):
    """Return the same numbers as every second one of a larger array, backwards."""
    if array.ndim == 0:
        return array.copy()
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan)
    wide[..., ::-2] = array
    return wide[..., ::-2]


def sent(run):
    """Return a run as another process gets it."""
    return pickle.loads(pickle.dumps(run))


@every_way
@pytest.mark.parametrize("duplicate", [sent, copy.deepcopy])
def test_a_copy_of_a_run_goes_the_same_way_back(name, duplicate):
    _, run, above, grads = gone(name)
    again = duplicate(run)
    assert type(again) is type(run)
    for one, other in zip(outputs(name, again), outputs(name, run), strict=True):
        np.testing.assert_array_equal(one, other)
    back = WAYS[name].backward(again, **above)
    for one, other in zip(leaves(back), leaves(grads), strict=True):  # memory is laid out anew
        np.testing.assert_allclose(one, other, **CLOSE)


@every_way
@pytest.mark.parametrize("layout", [foreign, fortran, strided])
def test_any_byte_order_and_memory_layout_gives_the_same_gradients(name, layout):
    _, run, _, grads = gone(name)
    _, odd_run, _, odd = gone(name, layout)
    found, wanted = ([*outputs(name, r), *leaves(g)] for r, g in [(odd_run, odd), (run, grads)])
    for one, other in zip(found, wanted, strict=True):
        assert one.dtype == np.float64 and one.dtype.isnative
        np.testing.assert_allclose(one, other, **CLOSE)


def read_only(array):
    found = array.copy()
    found.flags.writeable = False
    return found


@every_way
def test_nothing_that_was_given_is_written_to(name):
    given, _, above, grads = gone(name)
    way = WAYS[name]
    for found, wanted in zip(leaves(given), leaves(way.arguments), strict=True):
        np.testing.assert_array_equal(found, wanted)
    again = upstream(way.forward(**given), way)
    for found, wanted in zip(leaves(above), leaves(again), strict=True):
        np.testing.assert_array_equal(found, wanted)
    _, _, _, same = gone(name, read_only)
    for found, wanted in zip(leaves(same), leaves(grads), strict=True):
        np.testing.assert_allclose(found, wanted, **CLOSE)


@every_way
def test_what_comes_out_shares_no_memory_with_what_went_in(name):
    given, run, above, grads = gone(name)
    came = [*outputs(name, run), *leaves(grads)]
    for out in came:
        assert not any(np.shares_memory(out, a) for a in [*leaves(given), *leaves(above)])


@every_way
def test_a_run_is_taken_back_with_the_numbers_that_it_read(name):
    way = WAYS[name]
    given = mapped(np.copy, way.arguments)
    run = way.forward(**given)
    above = upstream(run, way)
    before = [array.copy() for array in leaves(way.backward(run, **above))]
    for array in leaves(given):
        array[...] = 7
    for found, wanted in zip(leaves(way.backward(run, **above)), before, strict=True):
        np.testing.assert_array_equal(found, wanted)


@every_way
def test_half_of_every_upstream_gradient_gives_half_of_every_gradient(name):
    way = WAYS[name]
    run = way.forward(**way.arguments)
    above = upstream(run, way)
    whole = way.backward(run, **above)
    half = way.backward(run, **mapped(lambda a: 0.5 * a, above))
    for found, wanted in zip(leaves(half), leaves(whole), strict=True):
        np.testing.assert_allclose(2 * found, wanted, **CLOSE)


@every_way
def test_numbers_of_ten_thousand_give_no_warning_and_no_nan(name):
    way = WAYS[name]
    given = {
        argument: tree if argument == "target" else mapped(lambda a: 1e4 * a, tree)
        for argument, tree in way.arguments.items()
    }
    run = way.forward(**given)
    grads = way.backward(run, **upstream(run, way))
    assert not any(np.any(np.isnan(array)) for array in [*outputs(name, run), *leaves(grads)])
