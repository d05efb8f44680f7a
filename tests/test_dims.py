"""Every public function refuses arrays of a wrong shape or kind, by name, before it computes."""

import inspect
import re

import cases
import declared
import numpy as np
import pytest
from cases import SIZES
from declared import CHECKED, FUNCTIONS

from rnnref import DTypeError, ShapeError, lstm
from rnnref.checks import dims, sizes

NOT_ARRAYS = {
    "integers": lambda a: np.ones(a.shape, int),
    "booleans": lambda a: np.ones(a.shape, bool),
    "float16": lambda a: a.astype(np.float16),
    "long double": lambda a: a.astype(np.longdouble),
    "complex64": lambda a: a.astype(np.complex64),
    "strings": lambda a: a.astype(str),
    "objects": lambda a: a.astype(object),
    "masked": lambda a: np.ma.masked_array(a, mask=a > 0.5),
    "matrix": lambda a: a.reshape(len(a), -1).view(np.matrix),
    "list": lambda a: a.tolist(),
    "tuple": lambda a: tuple(a.tolist()),
    "text": lambda a: "weights",
    "integer": lambda a: 3,
    "None": lambda a: None,
}


def faults():
    """Yield (function, leaf, wrong shape, blamed leaf or None) for every axis of every array."""
    for name in CHECKED:
        fixed = {}  # letter -> the leaf that fixes it
        for leaf in declared.leaves(name):
            right = declared.shape(leaf.axes)
            for k, axis in enumerate(leaf.axes):
                if axis == "...":
                    continue
                known = any(letter in fixed for _, letter in sizes.terms(axis))
                [(factor, letter), *_] = sizes.terms(axis)
                for step in {1, factor}:
                    wrong = (*right[:k], right[k] + step, *right[k + 1 :])
                    own = known or step != factor
                    yield name, leaf, wrong, leaf if own else next_holder(name, leaf, letter)
                fixed.update((letter, leaf) for _, letter in sizes.terms(axis))


def next_holder(name, leaf, letter):
    """Return the array behind this one that has the letter, and so no longer fits."""
    later = declared.leaves(name)
    for other in later[later.index(leaf) + 1 :]:
        if any(letter == own for axis in other.axes for _, own in sizes.terms(axis)):
            return other
    return None


FAULTS = [fault for fault in faults() if fault[3] is not None]
FREE = [fault for fault in faults() if fault[3] is None]
# One test looks at all arrays of a function: thousands of small ones would cost more than they do.
every_function = pytest.mark.parametrize("name", CHECKED)


def of(name, cases):
    """Return what was listed for one function."""
    return [rest for own, *rest in cases if own == name]


def refused(name, changes, kind=ShapeError):
    with pytest.raises(kind) as refusal:
        declared.call(name, changes)
    return refusal.value


@pytest.mark.parametrize("name", CHECKED)
def test_arrays_of_the_declared_shapes_are_taken(name):
    declared.call(name)


def test_every_public_function_declares_its_shapes():
    # `join` takes one of three records, a backward pass the record of its forward pass, and what
    # makes weights takes sizes: what they refuse is tested with them.
    others = {name for name, f in FUNCTIONS.items() if {"run", "rng"} & parameters(f)}
    assert set(FUNCTIONS) - set(CHECKED) - others == {"joined.join"}


def parameters(function):
    return set(inspect.signature(function).parameters)


@every_function
def test_one_wrong_axis_is_refused_by_name(name):
    for leaf, wrong, blamed in of(name, FAULTS):
        error = refused(name, {leaf.path: np.ones(wrong)})
        assert (error.function, error.argument) == (name, blamed.path)
        assert error.actual == str(wrong if blamed is leaf else declared.shape(blamed.axes))
        assert str(error).startswith(f"{name}: {blamed.path} must have shape ({blamed.axes[0]}")


@every_function
def test_the_refusal_says_what_fixed_the_number_or_what_it_lacks(name):
    reason = r"(?:[A-Z]=\d+, )*[A-Z]=\d+ comes? from [\w.]+ \([\d, ]+\)"
    lack = r"[A-Z\d*]+ is a multiple of \d"
    for leaf, wrong, _ in of(name, FAULTS):
        text = str(refused(name, {leaf.path: np.ones(wrong)}))
        assert re.search(rf", got \([\d, ]+\): (?:{reason}|{lack})(?:; {reason})*$", text), text


@pytest.mark.parametrize("name", sorted({name for name, *_ in FREE}))
def test_a_size_that_no_other_array_shares_is_free(name):
    for leaf, wrong, _ in of(name, FREE):
        declared.call(name, {leaf.path: np.full(wrong, 0.5)})


def test_only_sizes_of_one_array_are_free():
    letters = {
        (name, axis)
        for name, leaf, wrong, _ in FREE
        for axis, size in zip(leaf.axes, wrong, strict=True)
        if axis != "..." and size != sum(f * SIZES[x] for f, x in sizes.terms(axis))
    }
    cells = {("rnn.forward", "T"), ("lstm.forward", "T"), ("gru.forward", "T")}
    kinds = ("dot", "scaled", "general", "additive", "concat")
    scores = {(f"attention.score_{s}", x) for s in kinds for x in "TS"}
    sums = {("attention.weighted_sum", x) for x in "TV"} | {("attention.attend", x) for x in "TV"}
    rest = {("attention.attention", "T"), ("attention.attention", "V")}
    rest |= {(f"numerics.{name}", "S") for name in ("softmax", "log_softmax", "logsumexp")}
    rows = {("layers.readout", "B"), ("losses.total", "B")}
    rows |= {("losses.total", "T"), ("losses.total_backward", "T")}
    heads = {("attention.multihead", "T")}
    tiles = {("chunked.attention", x) for x in "TV"}
    assert letters == cells | scores | sums | rest | rows | heads | tiles


@every_function
@pytest.mark.parametrize("change", ["one axis more", "one axis less"])
def test_a_wrong_number_of_axes_is_refused(name, change):
    for leaf in declared.leaves(name):
        if "..." in leaf.axes and (change == "one axis more" or len(leaf.axes) == 1):
            continue  # any number of axes will do
        right = declared.shape([axis for axis in leaf.axes if axis != "..."])
        wrong = (2, *right) if change == "one axis more" else right[1:]
        error = refused(name, {leaf.path: np.ones(wrong)})
        assert (error.argument, error.actual) == (leaf.path, str(wrong))


@every_function
@pytest.mark.parametrize("kind", ["integers", "masked", "list", "None"])
def test_every_argument_is_an_array_of_floats(name, kind):
    for leaf in declared.leaves(name):
        if kind == "None" and leaf.optional:
            continue  # what its absence means is tested with the function
        value = NOT_ARRAYS[kind](np.full(declared.shape(leaf.axes), 0.5))
        error = refused(name, {leaf.path: value}, DTypeError)
        assert (error.function, error.argument) == (name, leaf.path)


@pytest.mark.parametrize("kind", NOT_ARRAYS)
def test_what_is_no_array_of_floats_is_refused_in_one_sentence(kind):
    value = NOT_ARRAYS[kind](np.full((2, 3), 0.5))
    text = str(refused("rnn.step", {"x": value}, DTypeError))
    assert text.startswith("rnn.step: x must be an array of float64, float32 or complex128, got ")
    assert "\n" not in text and len(text) < 140


@pytest.mark.parametrize("letter", ["H", "E", "P"])
@pytest.mark.parametrize("name", CHECKED)
def test_units_and_depths_are_at_least_one(name, letter):
    empty = {}
    for leaf in declared.leaves(name):
        if any(letter == own for axis in leaf.axes for _, own in sizes.terms(axis)):
            empty[leaf.path] = np.ones(declared.shape(leaf.axes, SIZES | {letter: 0}))
    if empty:
        assert str(refused(name, empty)).endswith(f"{letter} is at least 1")


@pytest.mark.parametrize("name", CHECKED)
def test_every_other_size_may_be_zero(name):
    for letter in set(SIZES) - {"H", "E", "P"}:
        shapes = {
            leaf.path: declared.shape(leaf.axes, SIZES | {letter: 0})
            for leaf in declared.leaves(name)
        }
        declared.call(name, {path: np.ones(shape) for path, shape in shapes.items()})


CHINESE_BESIDE_LATIN = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9('\"]|[A-Za-z0-9)'\"][\u4e00-\u9fff]")


@every_function
def test_chinese_refusals_are_set_as_chinese(chinese, name):
    for leaf, wrong, blamed in of(name, FAULTS):
        text = str(refused(name, {leaf.path: np.ones(wrong)}))
        assert text.startswith(f"{name}：{blamed.path} 应具有形状 (")
        assert not CHINESE_BESIDE_LATIN.search(text), text
        assert "  " not in text and not re.search(r"[,;:] ?[\u4e00-\u9fff]", text), text


@pytest.mark.parametrize("kind", NOT_ARRAYS)
def test_chinese_refusals_of_other_values_are_set_as_chinese(chinese, kind):
    value = NOT_ARRAYS[kind](np.full((2, 3), 0.5))
    text = str(refused("rnn.step", {"x": value}, DTypeError))
    assert text.startswith("rnn.step：x 应为 float64、float32 或 complex128 数组，实际是")
    assert not CHINESE_BESIDE_LATIN.search(text) and "  " not in text, text


def test_nothing_is_computed_before_all_arguments_are_checked():
    """A NaN maker in x would warn in the first product; the wrong last argument is found first."""
    x = np.full(declared.shape(["B", "T", "D"]), np.inf)
    error = refused("lstm.forward", {"x": x, "state.c": np.ones((7, 7))})
    assert error.argument == "state.c"


def test_recorded_values_pass_unchecked():
    class Node:
        is_node = True

    dims.check("x", Node(), "B T D", dims.Known("f"))


def test_the_plain_function_stays_reachable():
    assert all(not hasattr(f.__wrapped__, "__wrapped__") for f in CHECKED.values())
    assert all(f.__doc__ and f.__wrapped__.__name__ == f.__name__ for f in CHECKED.values())


def test_a_missing_argument_is_reported_by_python():
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'p'"):
        FUNCTIONS["rnn.step"](np.ones((2, 3)), np.ones((2, 4)))


@pytest.mark.parametrize("option", ["length", "time_major", "activation"])
@pytest.mark.parametrize("form", cases.FORMS)
def test_an_unknown_option_is_never_ignored(form, option):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{option}'"):
        cases.FORMS[form].forward(cases.inputs(), cases.params(form), **{option: None})


@pytest.fixture
def product():
    """Return a fresh function whose arguments share a size, and its pass once over good ones."""

    @dims.shapes(a="B D", b="D H", c="D")
    def multiply(a, b, *, c=None):
        return a @ b

    a, b = np.ones((2, 3)), np.ones((3, 4))
    multiply(a, b)
    return multiply, a, b


def test_what_passed_once_does_not_let_another_shape_pass(product):
    multiply, a, b = product
    with pytest.raises(ShapeError, match="D=3 comes from a"):
        multiply(a, b[:2])


def test_what_passed_once_does_not_let_other_numbers_pass(product):
    multiply, a, b = product
    for odd in (b.astype(int), np.ma.array(b), b.tolist(), None):
        with pytest.raises(DTypeError, match="b must be an array"):
            multiply(a, odd)


def test_what_passed_by_one_name_does_not_pass_by_another(product):
    multiply, a, b = product
    multiply(a, b, c=np.ones(3))
    with pytest.raises(ShapeError, match="c must have shape"):
        multiply(a, b, c=np.ones(4))
    with pytest.raises(TypeError, match="unexpected keyword argument 'd'"):
        multiply(a, b, d=np.ones(3))


def test_what_passed_in_one_record_does_not_pass_in_another():
    x, h, p = cases.inputs()[:, 0], cases.state("gru"), cases.params("gru")
    cases.FORMS["gru"].step(x, h, p)
    with pytest.raises(DTypeError, match="p must be a record gru.Params"):
        cases.FORMS["gru"].step(x, h, tuple(p))


def test_a_form_that_passed_is_not_checked_again(product, monkeypatch):
    multiply, a, b = product
    monkeypatch.setattr(dims, "check", None)
    np.testing.assert_array_equal(multiply(2 * a, b), 6 * np.ones((2, 4)))


def test_no_more_forms_are_remembered_than_promised(monkeypatch):
    monkeypatch.setattr(dims, "REMEMBERED", 2)
    seen = []
    monkeypatch.setattr(dims, "check", lambda *given: seen.append(given))
    square = dims.shapes(a="B B")(lambda a: a @ a)
    for size in (1, 2, 3, 3, 1):
        square(np.ones((size, size)))
    assert len(seen) == 4


@pytest.mark.parametrize("rows", [2, 6])
def test_rows_that_are_no_multiple_of_the_gates_are_told_so_be_they_few_or_many(rows):
    p = lstm.Params(np.ones((rows, 3)), np.ones((4, 1)), np.ones(4))
    with pytest.raises(ShapeError, match=r": 4\*H is a multiple of 4$"):
        lstm.forward(np.ones((2, 5, 3)), p)
