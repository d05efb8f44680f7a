"""The reader is the judge of all equations, so it is judged here by numbers done by hand."""

import ast
import math
from pathlib import Path

import latex_bases
import latex_functions
import latex_reader
import latex_scanner
import numpy as np
import printed
import pytest
from latex_reader import ReadError, Symbol, check, evaluate

SYMBOLS = [
    Symbol("x", np.array([1.0, 2.0])),
    Symbol("h_{t-1}", np.array([3.0, 5.0])),
    Symbol("h_t", np.array([7.0, 11.0])),
    Symbol("h", np.array([0.5, 0.25])),
    Symbol("W", np.array([[1.0, 2.0], [3.0, 4.0]])),
    Symbol("V", np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 3.0]])),
    Symbol("s", np.array(2.0)),
    Symbol("a_<i>", np.array([1.0, 2.0, 4.0]), ("i",)),
    Symbol(r"\alpha_{<t><i>}", np.arange(1.0, 7.0).reshape(2, 3), ("t", "i")),
    Symbol("v_<i>", np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), ("i",)),
]
SIZES = {"n": 3, "T": 2, "d_k": 4}


def read(latex, **letters):
    return evaluate(latex, SYMBOLS, SIZES, letters).tolist()


READ = {
    "2.5": 2.5,
    "1 - 2 - 3": -4.0,
    "-s + 1": -1.0,
    "s 3": 6.0,
    r"s \cdot s": 4.0,
    r"\sqrt{d_k}": 2.0,
    r"\frac{1}{s}": 0.5,
    r"x^{\top} h_{t-1}": 13.0,
    "W x": [[5.0], [11.0]],
    r"W^{\top} x": [[7.0], [10.0]],
    "W W": [[7.0, 10.0], [15.0, 22.0]],
    r"x h^{\top}": [[0.5, 0.25], [1.0, 0.5]],
    r"x \odot h_t": [[7.0], [22.0]],
    r"\left(1 - x\right) \odot h_t": [[0.0], [-11.0]],
    "s x": [[2.0], [4.0]],
    r"x + W h \odot x": [[2.0], [7.0]],
    r"W \left(x \odot x\right)": [[9.0], [19.0]],
    "x^{2}": [[1.0], [4.0]],
    r"\left[x, h\right]": [[1.0], [2.0], [0.5], [0.25]],
    r"\sum_{i=1}^{n} a_i": 7.0,
    r"\sum_{j=1}^{n} a_j v_j": [[5.0], [6.0]],
    r"\sum_{i=1}^{n} a_i + 1": 8.0,
    r"\max_{j} a_j": 4.0,
    "a_1 + a_3": 5.0,
    r"\ln s": math.log(2),
    r"\ln\left(s\right)": math.log(2),
    r"\exp\left(s\right)": math.exp(2),
    "e^{-s}": math.exp(-2),
    r"\tanh^{2}\left(s\right)": math.tanh(2) ** 2,
    r"\sigma\left(s\right)": 1 / (1 + math.exp(-2)),
    r"\sigma\left(0\right)": 0.5,
    r"s^{s}": 4.0,
    r"s^{2 s / d_k}": 2.0,
    r"\left|-x\right|": [[1.0], [2.0]],
    r"\max\left(0, x - 1\right)": [[0.0], [1.0]],
    r"\min\left(s, 1\right)": 1.0,
    r"\operatorname{ReLU}\left(1 - x\right)": [[0.0], [0.0]],
    r"\operatorname{ReLU}^{\prime}\left(x - 1\right)": [[0.0], [1.0]],
    r"\operatorname{GELU}\left(s\right)": 2 * 0.9772498680518208,
    r"\operatorname{GELU}^{\prime}\left(0\right)": 0.5,
    r"\Phi\left(0\right)": 0.5,
    r"\varphi\left(0\right)": 0.3989422804014327,
    r"\sin\left(0\right) + \cos\left(0\right)": 1.0,
    r"\operatorname{diag}\left(x\right)": [[1.0, 0.0], [0.0, 2.0]],
    r"\operatorname{Concat}\left(W, x\right)": [[1.0, 2.0, 1.0], [3.0, 4.0, 2.0]],
    r"\sum_{i=1}^{n} \delta_{ii} a_i": 7.0,
    r"\sum_{i=1}^{n} \sum_{j=1}^{n} \delta_{ij} a_i a_j": 21.0,
    r"\begin{cases} s, & s \le 1 \\ 5, & s > 1 \end{cases}": 5.0,
    r"\begin{cases} s, & s \le 2 \\ 5, & s > 2 \end{cases}": 2.0,
}


@pytest.mark.parametrize("latex", READ)
def test_an_expression_reads_as_the_number_done_by_hand(latex):
    np.testing.assert_allclose(read(latex), READ[latex], rtol=1e-15)


def test_an_index_letter_stands_for_its_place():
    assert read(r"\alpha_{ti}", t=2, i=1) == 4.0


def test_dots_stand_for_all_parts_between_the_first_and_the_last():
    symbols = [Symbol("h^{(<m>)}", np.arange(8.0).reshape(4, 2), ("m",))]
    latex = r"\left[h^{(1)}, \ldots, h^{(M)}\right]"
    assert evaluate(latex, symbols, {"M": 4}).ravel().tolist() == list(range(8))


def test_dots_between_unlike_parts_are_refused():
    symbols = [Symbol("h^{(<m>)}", np.ones((4, 2)), ("m",)), Symbol("x", np.ones(2))]
    with pytest.raises(ReadError, match="must differ in a number alone"):
        evaluate(r"\left[x, \ldots, h^{(M)}\right]", symbols, {"M": 4})


def test_cases_whose_conditions_are_not_opposite_are_refused():
    with pytest.raises(ReadError, match="must be the opposite of the first"):
        read(r"\begin{cases} s, & s \le 1 \\ 5, & s > 2 \end{cases}")


def test_a_map_is_applied_to_what_stands_in_its_parentheses():
    symbols = [Symbol(r"\operatorname{F}_1", lambda a, b: 10 * a + b), Symbol("s", np.array(2.0))]
    assert evaluate(r"1 + \operatorname{F}_1\left(s, 3\right)", symbols, {}) == 24


def test_softmax_over_an_index_binds_it_inside_only():
    powers = [math.exp(a) for a in (1.0, 2.0, 4.0)]
    assert read(r"a_i \operatorname{softmax}_{i}\left(a_i\right)", i=2) == pytest.approx(
        2 * powers[1] / sum(powers), rel=1e-15
    )


def test_softmax_of_a_column_and_of_the_rows_of_a_matrix():
    column = [[math.exp(a) / (math.e + math.e**2)] for a in (1, 2)]
    np.testing.assert_allclose(read(r"\operatorname{softmax}\left(x\right)"), column, rtol=1e-15)
    rows = read(r"\operatorname{softmax}\left(V\right)")
    np.testing.assert_allclose(np.sum(rows, axis=1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(rows[0][2] / rows[0][0], math.e, rtol=1e-15)


def test_attention_of_a_query_that_fits_one_key_alone():
    keys = np.array([[100.0, 0.0], [0.0, 100.0]])
    symbols = [Symbol("Q", np.array([[0.0, 9.0]])), Symbol("K", keys), Symbol("V", keys / 50)]
    latex = r"\operatorname{Attention}\left(Q, K, V\right)"
    np.testing.assert_allclose(evaluate(latex, symbols, {}), [[0.0, 2.0]], atol=1e-12)


def test_attention_divides_by_the_root_of_the_depth():
    one = np.array([[1.0, 1.0, 1.0, 1.0]])
    keys = np.array([[0.5, 0.5, 0.5, 0.5], [0.0, 0.0, 0.0, 0.0]])
    symbols = [Symbol("Q", one), Symbol("K", keys), Symbol("V", np.array([[1.0], [0.0]]))]
    weight = evaluate(r"\operatorname{Attention}\left(Q, K, V\right)", symbols, {})
    np.testing.assert_allclose(weight, [[1 / (1 + math.exp(-1))]], rtol=1e-15)


REFUSED = {
    "x h_t": "a matrix product of shapes",
    "W^{2}": "a power must be",
    r"\sqrt{1 - s}": "not negative expected under a root",
    "x^{s}": "a power must be",
    "x^{2}^{2}": "a second superscript",
    "x + W": "a sum of shapes",
    "x + s": "a sum of shapes",
    r"s \odot s": "an elementwise product of shapes",
    r"x \odot W": "an elementwise product of shapes",
    "W s": "a matrix product of shapes",
    r"\frac{s}{x}": "a number expected below a fraction bar",
    r"\sqrt{x}": "a number expected under a root",
    r"s^{\top}": "a number has no transpose",
    "q": "a symbol, number or function expected",
    "h_{t+1}": "nothing more expected",
    r"\sigma_x": "'(' expected",
    r"\operatorname{relu}\left(x\right)": "no rule for the operator 'relu'",
    r"\operatorname{softmax}\left(s\right)": "softmax of a number",
    r"\left[x, W\right]": "only columns can be joined",
    "a_i": "nothing binds the index i",
    r"\sum_{i=1}^{T} a_i": "leaves the 3 places",
    r"\sum_{i=1}^{m} a_i": "'m' is none of the sizes n, T, d_k",
    r"\sum_{i=1}^{n} s x^{\top": "'}' expected",
    r"\max_{j} s": "the index j does not occur",
    "a_4": "leaves the 3 places",
    "": "a symbol, number or function expected",
    r"\left(x": "')' expected",
    r"x \cdot": "a symbol, number or function expected",
    "e": "'^' expected",
}


@pytest.mark.parametrize("latex", REFUSED)
def test_what_could_be_read_in_two_ways_is_refused_with_its_place(latex):
    with pytest.raises(ReadError) as error:
        read(latex)
    assert REFUSED[latex] in str(error.value)
    assert "at character" in str(error.value)


def test_a_line_is_checked_for_every_value_of_its_free_letters():
    assert check(r"\alpha_{ti} = \alpha_{ti} + 0", SYMBOLS, SIZES)
    assert not check(r"\alpha_{ti} = \alpha_{t1}", SYMBOLS, SIZES)


def test_every_side_of_a_chain_counts():
    assert check(r"s = 1 + 1 = \sqrt{d_k}", SYMBOLS, SIZES)
    assert not check("s = 1 + 1 = 3", SYMBOLS, SIZES)


def test_sides_of_different_shapes_are_not_equal():
    assert not check("0 = x - x", SYMBOLS, SIZES)


@pytest.mark.parametrize("line", ["x", "x = ", "x=x", "x = x"])
def test_a_line_that_says_nothing_is_refused(line):
    with pytest.raises(ReadError):
        check(line, SYMBOLS, SIZES)


LINES = {
    r"c_t - i_t \odot \tilde{c}_t = f_t \odot c_{t-1}": True,
    r"c_t - i_t \odot \tilde{c}_t = f_t \odot h_{t-1}": False,
    r"c_t + i_t \odot \tilde{c}_t = f_t \odot c_{t-1}": False,
    r"f_t = \tanh\left(W_f x_t + U_f h_{t-1} + b_f\right)": False,
    r"f_t = \sigma\left(W_f x_t + U_f^{\top} h_{t-1} + b_f\right)": False,
}


@pytest.mark.parametrize("latex", LINES)
def test_a_line_of_a_derivation_is_judged_with_the_numbers_of_its_entry(latex):
    assert printed.check_line("lstm.step", latex) is LINES[latex]


@pytest.mark.parametrize("latex", [r"c_t = f_t c_{t-1}", r"o_t = W_f h_{t-1}"])
def test_a_line_with_a_product_that_is_none_is_refused(latex):
    with pytest.raises(ReadError, match="a matrix product of shapes"):
        printed.check_line("lstm.step", latex)


OWN = {"latex_scanner", "latex_functions", "latex_bases"}


@pytest.mark.parametrize("module", [latex_reader, latex_bases, latex_scanner, latex_functions])
def test_the_reader_imports_nothing_from_the_package(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert imported <= {"itertools", "math", "re", "typing", "numpy"} | OWN
