import numpy as np
import pytest
from refusals import texts

import rnnref
from rnnref import ArgumentError, DTypeError, OptionError, ShapeError, gradcheck, rnn


def cubic(a, b):
    return np.sum(a**3) + np.sum(np.sin(b)) + np.sum(a) * np.sum(b)


@pytest.fixture
def args():
    rng = np.random.default_rng(7)
    return {"a": rng.standard_normal((3, 2)), "b": rng.standard_normal(5)}


@pytest.fixture
def grads(args):
    a, b = args["a"], args["b"]
    return {"a": 3 * a**2 + np.sum(b), "b": np.cos(b) + np.sum(a)}


@pytest.mark.parametrize(("method", "bound"), [("complex", 1e-14), ("central", 1e-8)])
def test_a_right_gradient_passes_with_the_error_that_the_method_promises(
    args, grads, method, bound
):
    report = gradcheck.check(cubic, args, grads, method=method)
    assert report.ok
    assert report.worst < bound


@pytest.mark.parametrize("method", ["complex", "central"])
def test_the_worst_entry_is_named_with_both_numbers(args, grads, method):
    grads["a"][2, 1] += 0.25
    report = gradcheck.check(cubic, args, grads, method=method)
    assert not report.ok
    assert report.where == ("a", (2, 1))
    entry = report.table["a"]
    assert entry.given - entry.true == pytest.approx(0.25, rel=1e-6)
    assert "worst error" in str(report) and "a[2, 1]" in str(report)


def test_the_report_speaks_chinese(args, grads, monkeypatch):
    grads["b"][3] = -grads["b"][3]
    monkeypatch.setattr("rnnref.errors._language", "zh")
    text = str(gradcheck.check(cubic, args, grads))
    assert text.startswith("梯度错误：最大误差") and "b[3]" in text


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_first_nan_or_inf_is_the_worst_entry(args, grads, bad):
    grads["b"][1] = bad
    grads["b"][4] = bad
    report = gradcheck.check(cubic, args, grads)
    assert not report.ok
    assert report.where == ("b", (1,))


def test_an_entry_that_should_be_zero_is_measured_absolutely(args):
    args = {"a": args["a"], "unused": np.ones(3)}
    report = gradcheck.check(
        lambda a, unused: np.sum(a), args, {"unused": np.array([0.0, 1e-3, 0.0])}
    )
    assert report.where == ("unused", (1,))
    assert report.worst == pytest.approx(1e-3)


def test_an_empty_argument_has_nothing_wrong():
    report = gradcheck.check(
        lambda a, b: np.sum(b), {"a": np.ones((0, 3)), "b": np.ones(2)},
        {"a": np.ones((0, 3)), "b": np.ones(2)},
    )  # fmt: skip
    assert report.ok
    assert report.table["a"] == (0.0, (), 0.0, 0.0)


def test_errors_are_relative_to_the_largest_slope_whatever_its_sign(args):
    off = {"a": np.full(3, -2.0) * (1 + 1e-6)}
    report = gradcheck.check(lambda a: -2 * np.sum(a), {"a": np.arange(3.0)}, off)
    assert report.worst == pytest.approx(1e-6, rel=1e-3)


@pytest.mark.parametrize(("size", "expected"), [(1e-7, 1e-3), (1e-9, 1e-12)])
def test_slopes_of_about_0_are_measured_absolutely(size, expected):
    off = {"a": np.full(3, size) * (1 + 1e-3)}
    report = gradcheck.check(lambda a: size * np.sum(a), {"a": np.arange(3.0)}, off)
    assert report.worst == pytest.approx(expected, rel=1e-3)


def test_a_report_is_made_of_python_s_own_numbers(args, grads):
    report = gradcheck.check(cubic, args, grads)
    assert type(report.ok) is bool
    assert {type(x) for e in report.table.values() for x in (e[0], *e[2:])} == {float}


def test_an_error_as_large_as_the_tolerance_passes(args, grads):
    grads["b"][0] += 1e-6
    worst = gradcheck.check(cubic, args, grads).worst
    assert gradcheck.check(cubic, args, grads, tolerance=worst).ok
    assert not gradcheck.check(cubic, args, grads, tolerance=worst * (1 - 1e-9)).ok


def test_the_arguments_are_never_changed(args, grads):
    before = {name: array.copy() for name, array in args.items()}
    for array in args.values():
        array.flags.writeable = False
    gradcheck.check(cubic, args, grads)
    gradcheck.check(cubic, args, grads, method="central")
    for name in args:
        np.testing.assert_array_equal(args[name], before[name])


def test_a_tolerance_of_ones_own_decides(args, grads):
    grads["b"][0] += 1e-6
    assert not gradcheck.check(cubic, args, grads).ok
    assert gradcheck.check(cubic, args, grads, tolerance=1e-5).ok


@pytest.mark.parametrize("method", ["complex", "central"])
@pytest.mark.parametrize("kind", [float, np.float64, np.array])
def test_an_argument_and_its_gradient_may_be_one_number(kind, method):
    report = gradcheck.check(lambda a: a**2, {"a": kind(2.0)}, {"a": kind(4.0)}, method=method)
    assert report.ok and report.where == ("a", ())


@pytest.mark.parametrize("method", ["complex", "central"])
def test_a_loss_may_be_an_array_without_axes(method):
    found = gradcheck.derivative(lambda a: np.array(np.sum(a**2)), NAMED, "a", method=method)
    np.testing.assert_allclose(found, [2, 2], rtol=1e-9)


def test_a_loss_that_is_infinite_has_a_derivative_of_nan_without_a_warning():
    assert np.isnan(gradcheck.derivative(lambda a: np.inf, NAMED, "a", method="central")).all()
    report = gradcheck.check(lambda a: np.inf, NAMED, NAMED, method="central")
    assert not report.ok and report.worst == np.inf


NAMED = {"a": np.ones(2)}
RECORD = rnn.Params(np.ones((2, 3)), np.ones((2, 2)), np.ones(2))
FLOATS = "an array of float64, float32 or complex128", "float64、float32 或 complex128 数组"
REFUSALS = {
    "a number in place of a loss": (
        lambda: gradcheck.check(2.0, NAMED, NAMED),
        DTypeError,
        "gradcheck.check: loss must be a function, got float",
        "gradcheck.check：loss 应为函数，实际是 float",
    ),
    "one array in place of several by name": (
        lambda: gradcheck.derivative(np.sum, np.ones(2), "a"),
        DTypeError,
        "gradcheck.derivative: args must be a dict of arrays by name, got an array of float64",
        "gradcheck.derivative：args 应为从名字到数组的字典，实际是 float64 数组",
    ),
    "one gradient in place of several by name": (
        lambda: gradcheck.check(np.sum, NAMED, np.ones(2)),
        DTypeError,
        "gradcheck.check: grads must be a dict of arrays by name, got an array of float64",
        "gradcheck.check：grads 应为从名字到数组的字典，实际是 float64 数组",
    ),
    "a name that is not there": (
        lambda: gradcheck.derivative(np.sum, NAMED, "b"),
        ArgumentError,
        "gradcheck.derivative: name must be one of a, got b",
        "gradcheck.derivative：name 应为以下名字之一：a，实际是 b",
    ),
    "a name that is none": (
        lambda: gradcheck.derivative(np.sum, NAMED, ["a"]),
        ArgumentError,
        "gradcheck.derivative: name must be one of a, got list",
        "gradcheck.derivative：name 应为以下名字之一：a，实际是 list",
    ),
    "a place in place of a name": (
        lambda: gradcheck.check(np.sum, {0: np.ones(2)}, {0: np.ones(2)}),
        DTypeError,
        "gradcheck.check: args must be a dict of arrays by name, got the key 0",
        "gradcheck.check：args 应为从名字到数组的字典，实际是键 0",
    ),
    "a list for a gradient": (
        lambda: gradcheck.check(np.sum, NAMED, {"a": [1.0, 1.0]}),
        DTypeError,
        f"gradcheck.check: grads['a'] must be {FLOATS[0]}, got list: "
        "np.array(grads['a'], dtype=float) converts it",
        f"gradcheck.check：grads['a'] 应为 {FLOATS[1]}，实际是 list："
        "可用 np.array(grads['a'], dtype=float) 转换",
    ),
    "a complex gradient": (
        lambda: gradcheck.check(np.sum, NAMED, {"a": np.ones(2, complex)}),
        DTypeError,
        "gradcheck.check: grads['a'] must be real, got an array of complex128",
        "gradcheck.check：grads['a'] 应为实数，实际是 complex128 数组",
    ),
    "a complex argument": (
        lambda: gradcheck.derivative(np.sum, {"a": np.ones(2, complex)}, "a"),
        DTypeError,
        "gradcheck.derivative: args['a'] must be real, got an array of complex128",
        "gradcheck.derivative：args['a'] 应为实数，实际是 complex128 数组",
    ),
    "a record for an argument": (
        lambda: gradcheck.derivative(np.sum, {"p": RECORD}, "p"),
        DTypeError,
        f"gradcheck.derivative: args['p'] must be {FLOATS[0]}, got rnn.Params",
        f"gradcheck.derivative：args['p'] 应为 {FLOATS[1]}，实际是 rnn.Params",
    ),
    "arguments within each other": (
        lambda: gradcheck.derivative(np.sum, {"p": NAMED}, "p"),
        DTypeError,
        f"gradcheck.derivative: args['p'] must be {FLOATS[0]}, got dict",
        f"gradcheck.derivative：args['p'] 应为 {FLOATS[1]}，实际是 dict",
    ),
    "an argument in words": (
        lambda: gradcheck.derivative(np.sum, {"a": "1"}, "a"),
        DTypeError,
        f"gradcheck.derivative: args['a'] must be {FLOATS[0]}, got str",
        f"gradcheck.derivative：args['a'] 应为 {FLOATS[1]}，实际是 str",
    ),
    "a loss of several numbers": (
        lambda: gradcheck.check(lambda a: 2 * a, NAMED, NAMED),
        DTypeError,
        "gradcheck.check: loss must be a function that returns one number, "
        "got an array of complex128",
        "gradcheck.check：loss 应为返回一个数的函数，实际是 complex128 数组",
    ),
    "a loss that returns nothing": (
        lambda: gradcheck.derivative(lambda a: None, NAMED, "a"),
        DTypeError,
        "gradcheck.derivative: loss must be a function that returns one number, got None",
        "gradcheck.derivative：loss 应为返回一个数的函数，实际是 None",
    ),
    "a complex loss for differences": (
        lambda: gradcheck.check(lambda a: 1j * float(np.sum(a)), NAMED, NAMED, method="central"),
        DTypeError,
        "gradcheck.check: loss must be a function that returns one real number, got complex",
        "gradcheck.check：loss 应为返回一个实数的函数，实际是 complex",
    ),
    "a negative tolerance": (
        lambda: gradcheck.check(np.sum, NAMED, NAMED, tolerance=-1e-9),
        ArgumentError,
        "gradcheck.check: tolerance must be a number in [0, inf], got -1e-09",
        "gradcheck.check：tolerance 应为 [0, inf] 内的数，实际是 -1e-09",
    ),
}
test_the_whole_english_text_of_a_refusal, test_the_whole_chinese_text_of_a_refusal = texts(REFUSALS)


def test_bad_arguments_are_refused(args, grads):
    with pytest.raises(
        OptionError, match="method must be one of 'complex', 'central', got 'exact'"
    ):
        gradcheck.check(cubic, args, grads, method="exact")
    with pytest.raises(OptionError, match="derivative: method must be one of .* got 'cmplex'"):
        gradcheck.derivative(cubic, args, "a", method="cmplex")
    with pytest.raises(ArgumentError, match="grads must be a gradient for at least one argument"):
        gradcheck.check(cubic, args, {})
    with pytest.raises(ArgumentError, match="grads must be a subset of a, b, got c"):
        gradcheck.check(cubic, args, {"c": np.ones(2)})
    with pytest.raises(ShapeError, match=r"grads\['b'\] must have shape \(5,\), got \(4,\)"):
        gradcheck.check(cubic, args, {"b": np.ones(4)})
    assert issubclass(rnnref.ShapeError, ValueError)


def test_no_gradient_at_all_is_refused():
    with pytest.raises(ArgumentError) as refusal:
        gradcheck.check(np.sum, NAMED, {})
    expected = "grads must be a gradient for at least one argument, got {}"
    assert str(refusal.value) == f"gradcheck.check: {expected}"


def test_a_report_says_in_a_word_whether_the_gradient_is_right(args, grads):
    assert str(gradcheck.check(cubic, args, grads)).startswith("gradient right: worst error ")
    grads["b"][0] += 1
    assert str(gradcheck.check(cubic, args, grads)).startswith("gradient wrong: worst error ")
