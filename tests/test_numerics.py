import math

import numpy as np
import oracle
import pytest

from rnnref import ArgumentError, ShapeError, numerics
from rnnref.numerics import (
    gelu,
    gelu_slope,
    log_softmax,
    logsumexp,
    relu,
    relu_slope,
    sigmoid,
    softmax,
)

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


def rows_and_where(seed=3, shape=(3, 4, 5)):
    """Return random scores, a mask with one empty row, and the scores with NaN behind it."""
    rng = np.random.default_rng(seed)
    a, where = rng.standard_normal(shape), rng.uniform(size=shape) < 0.6
    where[1, 2], where[0, 0, 1] = False, True
    return a, where, np.where(where, a, np.nan)


def test_a_score_that_does_not_count_is_as_if_it_were_not_there():
    _, where, spoilt = rows_and_where()
    for place in np.ndindex(3, 4):
        counting = where[place]
        found = softmax(spoilt, where=where)[place]
        np.testing.assert_allclose(
            found[counting], oracle.softmax(spoilt[place][counting].tolist()), rtol=1e-14
        )
        assert np.all(found[~counting] == 0)


def test_a_row_in_which_nothing_counts_has_no_weights_and_no_warning():
    _, where, spoilt = rows_and_where()
    assert softmax(spoilt, where=where)[1, 2].tolist() == [0] * 5
    assert log_softmax(spoilt, where=where)[1, 2].tolist() == [-np.inf] * 5
    assert logsumexp(spoilt, where=where)[1, 2] == -np.inf


def test_a_row_of_minus_infinities_alone_is_empty_too():
    a = np.array([[-np.inf, -np.inf], [0.0, -np.inf]])
    assert softmax(a).tolist() == [[0, 0], [1, 0]]
    assert log_softmax(a).tolist() == [[-np.inf, -np.inf], [0, -np.inf]]
    assert logsumexp(a).tolist() == [-np.inf, 0]


@pytest.mark.parametrize("size", [1e4, 1e12, 1e308])
def test_scores_far_below_zero_count_beside_some_that_do_not(size):
    """A large negative number in place of what does not count would win here."""
    a, where = np.array([-size, -size, 0.0]), np.array([True, True, False])
    assert softmax(a, where=where).tolist() == [0.5, 0.5, 0]
    assert log_softmax(a, where=where).tolist() == [-math.log(2), -math.log(2), -np.inf]
    assert logsumexp(a, where=where) == -size + math.log(2)


def test_a_where_that_is_true_everywhere_changes_no_bit():
    a, where, _ = rows_and_where()
    for function in (softmax, log_softmax, logsumexp):
        np.testing.assert_array_equal(function(a, where=np.ones_like(where)), function(a))


@pytest.mark.parametrize("axis", [0, 1, 2, -2])
@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_any_axis_may_be_the_one_of_the_sums(function, axis):
    _, where, spoilt = rows_and_where()
    turned = function(np.moveaxis(spoilt, axis, -1), where=np.moveaxis(where, axis, -1))
    np.testing.assert_allclose(
        np.moveaxis(function(spoilt, axis, where), axis, -1), turned, rtol=1e-14
    )


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_logsumexp_is_its_definition(axis):
    a, where, spoilt = rows_and_where()
    with np.errstate(divide="ignore"):
        true = np.log(np.sum(np.exp(a) * where, axis=axis))
    np.testing.assert_allclose(logsumexp(spoilt, axis, where), true, rtol=1e-13)
    np.testing.assert_allclose(logsumexp(a, axis), np.log(np.sum(np.exp(a), axis=axis)), rtol=1e-13)


def test_the_logarithm_of_the_softmax_is_that_of_its_weights():
    a, where, spoilt = rows_and_where()
    np.testing.assert_allclose(np.exp(log_softmax(a)), softmax(a), rtol=1e-14)
    np.testing.assert_allclose(
        np.exp(log_softmax(spoilt, where=where)), softmax(a, where=where), rtol=1e-14
    )


def test_the_logarithm_of_a_weight_near_zero_keeps_its_digits():
    assert log_softmax(np.array([0.0, 1e4])).tolist() == [-1e4, 0]
    assert log_softmax(np.array([-40.0, 0.0]))[0] == pytest.approx(-40 - math.exp(-40), rel=1e-15)


def test_logarithms_of_huge_scores_are_the_limit_without_a_warning():
    assert log_softmax(np.array([LARGEST, LARGEST])).tolist() == [-math.log(2)] * 2
    assert logsumexp(np.array([1e4, 1e4])) == 1e4 + math.log(2)


def test_the_logarithm_of_the_sum_of_nothing_is_minus_infinity():
    assert logsumexp(np.zeros((2, 0))).tolist() == [-np.inf, -np.inf]
    assert log_softmax(np.zeros((2, 0))).shape == (2, 0)


def test_nan_in_a_counting_place_spreads_in_its_row_alone_and_never_to_what_does_not_count():
    a, where, _ = rows_and_where()
    spoilt = a.copy()
    spoilt[0, 0, 1] = np.nan
    found = softmax(spoilt, where=where)
    assert np.isnan(found[0, 0][where[0, 0]]).all() and np.all(found[0, 0][~where[0, 0]] == 0)
    assert not np.isnan(found[1:]).any()


@pytest.mark.parametrize("function", [softmax, log_softmax, logsumexp])
def test_the_complex_step_passes_through_what_counts(function):
    a, where, spoilt = rows_and_where()
    direction = np.random.default_rng(4).standard_normal(a.shape)
    slope = function(spoilt + 1e-30j * direction, where=where).imag / 1e-30
    around = [function(spoilt + h * direction, where=where) for h in (1e-6, -1e-6)]
    with np.errstate(invalid="ignore"):
        true = (around[0] - around[1]) / 2e-6
    np.testing.assert_allclose(slope, np.nan_to_num(true), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (
            np.ones((4, 5)),
            "where must be a boolean array, got an array of float64",
        ),
        (
            np.ones((4, 5), int),
            "where must be a boolean array, got an array of int64: where != 0 makes one",
        ),
        ([True] * 5, "where must be a boolean array, got list"),
        (
            np.ones((4, 4), bool),
            "where must have shape (3, 4, 5), got (4, 4): "
            "an axis may be 1, leading ones may be missing",
        ),
        (
            np.ones((2, 3, 4, 5), bool),
            "where must have shape (3, 4, 5), got (2, 3, 4, 5): "
            "an axis may be 1, leading ones may be missing",
        ),
    ],
)
def test_a_where_of_another_kind_or_shape_is_refused(where, text):
    with pytest.raises(ArgumentError) as refusal:
        log_softmax(np.zeros((3, 4, 5)), where=where)
    assert str(refusal.value) == f"numerics.log_softmax: {text}"


@pytest.mark.parametrize("function", [softmax, log_softmax, logsumexp])
def test_a_refusal_names_the_function_that_was_called(function):
    with pytest.raises(ArgumentError, match=rf"^numerics\.{function.__name__}: axis must be"):
        function(np.ones((2, 3)), axis=2)


@pytest.mark.parametrize("axis", [2, -3, 1.5, -1.0, None, True, np.array([0])])
def test_an_axis_that_is_not_there_is_refused(axis):
    with pytest.raises(ArgumentError, match="axis must be an integer from -2 to 1, got"):
        softmax(np.zeros((3, 4)), axis=axis)


def test_relu_is_its_definition_and_keeps_nan():
    a = np.array([-1e4, -0.5, 0.0, 0.5, 1e4, np.nan])
    np.testing.assert_array_equal(relu(a), [0, 0, 0, 0.5, 1e4, np.nan])
    np.testing.assert_array_equal(relu_slope(a)[:-1], [0, 0, 0, 1, 1])
    assert relu(-2.0) == 0 and relu(np.zeros(())).shape == ()


def test_gelu_is_its_definition():
    a = np.linspace(-9, 9, 181)
    true = [x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in a.tolist()]
    np.testing.assert_allclose(gelu(a), true, rtol=0, atol=1e-15)


def test_gelu_keeps_its_digits_where_it_is_small_and_its_limits_where_it_is_not():
    # 50-digit values of mpmath: x * ncdf(x)
    np.testing.assert_allclose(
        gelu(np.array([-9.0, -20.0])),
        [-1.015729565358456583e-18, -5.5072482372124673902e-88],
        rtol=1e-13,
    )
    assert gelu(np.array([-1e4, 1e4])).tolist() == [0, 1e4]


@pytest.mark.parametrize("function", [relu, relu_slope, gelu, gelu_slope])
def test_an_activation_of_a_plain_number_is_that_of_an_array(function):
    for a in (-0.7, 0.0, 1.3):
        assert function(a) == function(np.array([a]))[0]


def test_relu_and_its_slope_look_at_the_real_part_alone():
    a = np.array([1e-30j, -1e-30j, 1 + 1j])
    assert relu(a).tolist() == [0, 0, 1 + 1j]
    assert relu_slope(a).tolist() == [0, 0, 1]


@pytest.mark.parametrize("part", [numerics._normal_share, numerics._normal_density])
def test_the_parts_of_gelu_are_recorded_by_their_name(part):
    class Recorded:
        is_node = True

        def through(self, function):
            return "recorded", function

    assert part(Recorded()) == ("recorded", part)


@pytest.mark.parametrize(("function", "slope"), [(relu, relu_slope), (gelu, gelu_slope)])
def test_the_slope_of_an_activation_is_that_of_its_complex_step(function, slope):
    a = np.linspace(-5, 5, 102)
    np.testing.assert_allclose(function(a + 1e-30j).imag / 1e-30, slope(a), rtol=1e-13, atol=1e-17)
    around = (function(a + 1e-6) - function(a - 1e-6)) / 2e-6
    np.testing.assert_allclose(slope(a), around, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("function", [relu, relu_slope, gelu, gelu_slope, softmax, log_softmax])
def test_every_function_keeps_float32(function):
    a = np.linspace(-3, 3, 7)
    single = function(a.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, function(a), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("function", [softmax, log_softmax, logsumexp])
def test_float32_stays_behind_a_mask_too(function):
    a = np.linspace(-3, 3, 7, dtype=np.float32)
    assert function(a, where=a > 0).dtype == np.float32
    assert function(a, where=a > 9).dtype == np.float32


def test_the_axes_that_there_are_are_told_in_chinese_too(chinese):
    with pytest.raises(ArgumentError) as refusal:
        softmax(np.ones((2, 3)), axis=2)
    assert str(refusal.value) == "numerics.softmax：axis 应为 -2 到 1 的整数，实际是 2"
