import math

import numpy as np
import oracle
import pytest

from rnnref import ShapeError
from rnnref.numerics import sigmoid, softmax

GRID = np.linspace(-40, 40, 801)
HUGE = 1e308
LARGEST = np.finfo(float).max


def test_sigmoid_is_its_definition_to_the_promised_error():
    true = [oracle.sigmoid(a) for a in GRID.tolist()]
    np.testing.assert_allclose(sigmoid(GRID), true, rtol=0, atol=2.3e-16)


def test_sigmoid_of_one_is_not_the_sigmoid_of_two():
    assert sigmoid(1.0) == pytest.approx(0.7310585786300049, rel=1e-15)


def test_sigmoid_reaches_its_limits_exactly():
    assert sigmoid(np.array([-LARGEST, -1000.0, -38.5])).tolist() == [0, 0, 0]
    assert sigmoid(np.array([38.5, 1000.0, LARGEST])).tolist() == [1, 1, 1]
    assert sigmoid(np.array([-np.inf, np.inf])).tolist() == [0, 1]


def test_sigmoid_is_strictly_between_0_and_1_before_that():
    a = np.linspace(-36, 36, 1001)
    assert np.all((sigmoid(a) > 0) & (sigmoid(a) < 1))


def test_sigmoid_takes_single_numbers_and_any_number_of_axes():
    assert sigmoid(0.0) == 0.5
    assert sigmoid(np.float32(0.0)).dtype == np.float32
    assert sigmoid(np.zeros(())).shape == ()
    assert sigmoid(np.zeros((2, 3, 4, 5))).shape == (2, 3, 4, 5)


def test_the_complex_sigmoid_has_the_true_slope():
    a = np.array([-3.0, -0.5, 0.0, 2.0])
    true = [oracle.sigmoid(t) * (1 - oracle.sigmoid(t)) for t in a.tolist()]
    np.testing.assert_allclose(sigmoid(a + 1e-30j).imag / 1e-30, true, rtol=1e-14)


def test_softmax_is_its_definition():
    a = np.random.default_rng(0).standard_normal((3, 4, 5))
    true = [[oracle.softmax(row) for row in block] for block in a.tolist()]
    np.testing.assert_allclose(softmax(a), true, rtol=1e-14)


def test_softmax_sums_to_one_along_the_last_axis():
    a = np.random.default_rng(1).standard_normal((3, 4, 5)) * 30
    np.testing.assert_allclose(np.sum(softmax(a), axis=-1), np.ones((3, 4)), rtol=1e-15)
    assert np.all((softmax(a) >= 0) & (softmax(a) <= 1))


def test_shifting_all_scores_changes_no_weight():
    a = np.random.default_rng(2).standard_normal((4, 5))
    np.testing.assert_allclose(softmax(a + 123.0), softmax(a), rtol=1e-12)


def test_rows_far_apart_do_not_disturb_each_other():
    a = np.array([[0.0, 1.0], [5000.0, 5001.0], [-5000.0, -4999.0]])
    np.testing.assert_allclose(softmax(a), [oracle.softmax([0.0, 1.0])] * 3, rtol=1e-15)


@pytest.mark.parametrize(
    ("scores", "limit"),
    [
        ([HUGE, -HUGE], [1, 0]),
        ([-HUGE, HUGE, HUGE], [0, 0.5, 0.5]),
        ([-LARGEST, LARGEST], [0, 1]),
        ([LARGEST] * 4, [0.25] * 4),
        ([1e4, 0.0, -1e4], [1, 0, 0]),
        ([-np.inf, 3.0, -np.inf], [0, 1, 0]),
    ],
)
def test_softmax_of_huge_scores_is_the_limit_without_a_warning(scores, limit):
    assert softmax(np.array(scores)).tolist() == limit


def test_softmax_of_huge_float32_scores_is_the_limit_too():
    a = np.array([3e38, -3e38, 3e38], np.float32)
    assert softmax(a).tolist() == [0.5, 0, 0.5]
    assert softmax(a).dtype == np.float32


def test_nan_spreads_in_its_row_alone():
    weights = softmax(np.array([[0.0, np.nan], [0.0, 0.0]]))
    assert np.isnan(weights[0]).all()
    assert weights[1].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3), (2, 0, 4)])
def test_softmax_of_nothing_is_nothing(shape):
    assert softmax(np.zeros(shape)).shape == shape


def test_softmax_needs_an_axis():
    with pytest.raises(ShapeError, match=r"^numerics.softmax: a must have shape \(..., S\), got"):
        softmax(np.zeros(()))


def test_the_complex_softmax_has_the_true_slope():
    a = np.array([0.3, -1.2, 2.0])
    s = oracle.softmax(a.tolist())
    found = softmax(a + np.array([0, 1e-30j, 0])).imag / 1e-30
    true = [s[j] * ((j == 1) - s[1]) for j in range(3)]
    np.testing.assert_allclose(found, true, rtol=1e-14)


def test_neither_result_is_the_argument():
    a = np.zeros(3)
    assert not np.shares_memory(sigmoid(a), a)
    assert not np.shares_memory(softmax(a), a)
    assert math.isclose(softmax(a)[0], 1 / 3)
