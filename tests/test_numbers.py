"""Equations in numbers: what is printed is true, and is what the code computed."""

import number_reader
import numpy as np
import printed
import pytest

from rnnref import examples, lstm
from rnnref.explain import catalog, numbers, samples, views
from rnnref.explain.axes import TraceError
from rnnref.explain.numbers import Numbers
from rnnref.explain.trace import trace

LIVE = [
    (name, equation)
    for name in catalog.ENTRIES
    if not views.is_hand_written(name) and views.example(name)
    for equation in views.view(name).equations
]
IDS = [f"{name}.{equation.field}" for name, equation in LIVE]


@pytest.mark.parametrize(("name", "equation"), LIVE, ids=IDS)
def test_the_printed_numbers_give_the_printed_result(name, equation):
    line = equation.numbers.latex
    left, right = number_reader.sides(line)
    assert left.shape == right.shape
    np.testing.assert_allclose(left, right, rtol=0, atol=number_reader.slack(line), err_msg=line)


@pytest.mark.parametrize(("name", "equation"), LIVE, ids=IDS)
def test_the_printed_result_is_what_the_plain_function_computes(name, equation):
    entry, values = catalog.entry(name), views.example(name)
    result = printed.numbers(entry, values)[equation.field]
    symbol = views.terms.symbols(entry.scope)[equation.field]
    array = printed.one_example(symbol, result, 0)
    for letter in (letter for letter in symbol.index if letter != "1"):
        array = array[numbers.PLACES[letter] - 1]
    left, _ = number_reader.sides(equation.numbers.latex)
    np.testing.assert_allclose(left, np.atleast_2d(array.T).T, rtol=0, atol=0.5001e-4)


@pytest.mark.parametrize(("name", "equation"), LIVE, ids=IDS)
def test_every_symbol_has_its_number_and_nothing_else_has(name, equation):
    assert set(equation.numbers.names) == set(equation.line.names)


def test_the_numbers_of_a_backward_step_are_those_of_its_figure():
    values = views.example("lstm.step_backward")
    run = lstm.forward(examples.X, examples.lstm_params())
    flow = lstm.backward(run, dy=examples.DY).flow
    np.testing.assert_allclose(values["dh"], flow.h[:, samples.STEP])
    line = views.view("lstm.step_backward.dc").equations[0].numbers.latex
    dc = flow.c[0, samples.STEP]
    assert line.startswith(rf"\begin{{pmatrix}} {dc[0]:.4f} \\ {dc[1]:.4f} \end{{pmatrix}} = ")


def test_a_number_of_another_step_does_not_fit():
    line = dict(LIVE_LSTM())["c"].numbers.latex
    wrong = line.replace("0.5259", "0.5359")
    left, right = number_reader.sides(wrong)
    assert wrong != line
    assert np.max(abs(left - right)) > number_reader.slack(wrong)


def LIVE_LSTM():
    return [(equation.field, equation) for equation in views.view("lstm.step").equations]


def test_the_numbers_are_those_of_step_2_of_the_running_example():
    line = dict(LIVE_LSTM())["f"].numbers.latex
    f = examples.lstm_run().steps.f[0, 1]
    assert line.startswith(rf"\begin{{pmatrix}} {f[0]:.4f} \\ {f[1]:.4f} \end{{pmatrix}} = ")
    assert views.view("lstm.step").when == "t = 2"


def test_the_note_weighs_by_the_plain_dot_product():
    values = views.example("attention.attend:notes")
    np.testing.assert_allclose(values["scores"], samples.attention.score_dot(**qk()))


def qk():
    return {name: value for name, value in zip("qk", examples.attention_vectors(), strict=False)}


def test_of_an_index_the_word_is_shown_that_the_page_asks_about():
    assert examples.SOURCE[numbers.PLACES["i"] - 1] == "喝了"
    assert views.view("attention.score_dot:index").when == "t = 1, i = 2"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (1.0, "1"),
        (-0.25, "-0.25"),
        (1 / 3, "0.3333"),
        (-1e-9, "0.0000"),
        (2.07, "2.07"),
    ],
)
def test_a_number_is_rounded_to_four_decimals_or_printed_as_it_is(value, text):
    assert numbers.rounded(value) == text


def test_a_negative_number_stands_in_parentheses_beside_others():
    line = views.view("attention.weighted_sum:notes").equations[0].numbers.latex
    assert r"\left(-" in line


def test_an_index_without_a_chosen_place_is_refused():
    with pytest.raises(TraceError, match="no place is chosen for the index k"):
        numbers.place("k")


def test_a_size_is_written_as_the_number_that_it_is():
    scope = "attention-index-backward"
    values = {"scores": np.full((1, 2, 3), 0.5)}
    node = trace(lambda scores: scores + scores.shape[-1], values, scope, result="weights")
    assert Numbers(scope).line(node["weights"]).latex == "3.5 = 0.5 + 3"


def test_a_sum_over_an_index_is_written_out_term_by_term():
    values = {"losses": np.array([[0.5, -0.25, 2]])}
    node = trace(lambda losses: np.sum(losses, axis=-1), values, "losses", result="total")
    assert Numbers("losses").line(node["total"]).latex == r"2.25 = 0.5 + \left(-0.25\right) + 2"


def test_a_largest_value_is_refused_with_a_cure():
    entry = catalog.entry("numerics.softmax")
    node = entry.trace({"a": np.ones((1, 3))})["softmax"]
    with pytest.raises(TraceError, match="print the equation alone"):
        Numbers(entry.scope, entry.function).line(node)


def test_the_equations_of_a_cell_can_be_printed_for_other_weights():
    values = samples.running(lstm.step) | {"p": examples.lstm_params()._replace(b=np.zeros(8))}
    node = catalog.entry("lstm.step").trace(values)["f"]
    left, right = number_reader.sides(Numbers("lstm", lstm.step).line(node).latex)
    np.testing.assert_allclose(left, right, atol=1e-3)
