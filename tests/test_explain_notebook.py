"""Equations, tables and figures in a notebook, for the learner's own functions and numbers."""

import doctest
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import latex_reader
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from rnnref import examples, gru, lstm, rnn
from rnnref.checks.dims import ShapeError
from rnnref.explain import catalog, equations, figure, notebook, own, run_table, trace_table
from rnnref.explain.axes import TraceError
from rnnref.explain.figures import FigureError
from rnnref.explain.numerals import printed
from rnnref.explain.run_table import TableError
from rnnref.numerics import sigmoid

ROOT = Path(__file__).resolve().parent.parent
X, H = np.array([[2.0, -1.0]]), np.array([[0.1, 0.2]])
OWN = {"x": X, "h_prev": H, "c_prev": np.array([[1.0, 2.0]]), "p": examples.lstm_params()}


def coupled(x, h_prev, c_prev, p):
    f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)
    i = 1 - f
    g = np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * g
    return c, np.tanh(c)


# ---- equations -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rnn.step", "lstm.step", "gru.step_reset_after", "losses.total"])
def test_a_function_of_the_package_has_the_equations_of_the_site(name):
    function = catalog.entry(name).function
    assert equations(function).lines == catalog.equations(name)


def test_a_function_of_ones_own_is_printed_with_the_symbols_of_its_cell():
    lines = equations(coupled).lines
    assert list(lines) == ["f", "i", "g", "c"]
    assert lines["i"] == "i_t = 1 - f_t"
    assert lines["c"] == r"c_t = f_t \odot c_{t-1} + i_t \odot g_t"


def test_a_single_number_has_equations_too():
    assert repr(equations(single, {"x": 0.5})) == r"\mathrm{squashed} = \tanh\left(x_t\right)"


def test_the_printed_lines_of_an_own_function_are_true():
    def mine(x, h_prev, p):
        a_hat = x @ p.W.T + h_prev @ p.U.T + p.b
        h = np.tanh(a_hat) * (1 - a_hat)
        return h

    p = examples.rnn_params()
    line = equations(mine, {"x": X, "h_prev": H, "p": p}).lines["h"]
    a = p.W @ X[0] + p.U @ H[0] + p.b
    left, right = line.split(" = ", 1)
    computed = latex_reader.evaluate(right, [latex_reader.Symbol(r"\hat{a}_t", a[:, None])], {})
    assert left == "h_t"
    np.testing.assert_allclose(np.ravel(computed), np.tanh(a) * (1 - a), rtol=1e-12)


def test_a_function_without_source_is_printed_all_the_same():
    space = {"np": np}
    exec("def hidden(x, h_prev, p):\n    h = np.tanh(x @ p.W.T)\n    return h", space)
    assert equations(space["hidden"]).lines == {"h": r"h_t = \tanh\left(W x_t\right)"}


def test_a_step_that_calls_another_step_shows_what_that_one_returns():
    def wrapped(x, h_prev, p):
        return gru.step(x, h_prev, p)

    assert equations(wrapped).lines == catalog.equations("gru.step")


def test_names_that_no_table_has_are_spelled_as_they_are():
    def odd(u, W_uv, b_2):
        alpha = np.tanh(u @ W_uv.T + b_2)
        return alpha

    lines = equations(odd, {"u": X, "W_uv": np.ones((3, 2)), "b_2": np.ones(3)}).lines
    assert lines == {"alpha": r"\alpha_t = \tanh\left(W_{\mathrm{uv}} u_t + b_{2}\right)"}


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("g", "g"),
        ("g_prev", "g_{t-1}"),
        ("gate", r"\mathrm{gate}"),
        ("c_tilde", r"\tilde{c}"),
        ("W_f", "W_{f}"),
        ("sigma_2", r"\sigma_{2}"),
    ],
)
def test_a_name_becomes_a_symbol(name, latex):
    assert own.spelled(name) == latex


def test_equations_are_latex_for_jupyter_and_plain_lines_for_print():
    shown = equations(rnn.step)
    assert shown._repr_latex_().startswith(r"$\displaystyle \begin{aligned} h_t &= \tanh")
    assert repr(shown) == catalog.equations("rnn.step")["h"]


def nothing(x, h_prev, p):
    return x


def branch(x, h_prev, p):
    h = np.where(x > 0, x, 0)
    return h


def single(x):
    squashed = np.tanh(x)
    return squashed


def listing(*arrays):
    return arrays


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: equations(np.tanh), "is no function written in Python"),
        (lambda: equations("lstm.step"), "'lstm.step' is no function"),
        (lambda: equations(listing), "listing takes . arguments; give each argument a name"),
        (lambda: equations(nothing), "nothing gives no computed value a name"),
        (lambda: equations(branch), "branch: no equation rule for np.greater"),
        (lambda: equations(coupled, scope="nonsense"), "no symbol scope 'nonsense'"),
        (lambda: equations(coupled, {"x": X}), "values must be a dict with these keys"),
        (lambda: equations(single, {"x": [1.0]}), "x must be an array or a record .*, got list"),
        (lambda: equations(single, {"x": (1.0, 2.0)}), "x must be an array .*, got tuple"),
        (lambda: equations(own.spelled), "which the running example has no values for"),
    ],
)
def test_what_has_no_equations_is_answered_with_one_sentence(call, message):
    with pytest.raises(TraceError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


# ---- tables --------------------------------------------------------------------------------------


def test_a_table_has_a_row_for_each_unit_at_each_step():
    table = trace_table(examples.lstm_run())
    steps = examples.lstm_run().steps
    rows = list(table.rows())
    assert len(rows) == 3 * 2 and list(table.columns) == list(lstm.LSTMStep._fields)
    assert rows[3][:2] == (2, 2)
    np.testing.assert_array_equal(rows[3][2], [field[0, 1, 1] for field in steps])


def test_a_table_says_the_shapes_and_every_number_in_both_forms():
    table = trace_table(examples.gru_run())
    for form in (repr(table), table._repr_html_()):
        assert "(1, 3, 2)" in form
        for _, _, values in table.rows():
            assert all(printed(value, ".4f") in form for value in values)


def test_the_record_of_one_step_is_a_table_of_one_step():
    assert [row[:2] for row in trace_table(rnn.step(X, H, examples.rnn_params())).rows()] == [
        (1, 1),
        (1, 2),
    ]


def test_another_example_of_the_batch_can_be_chosen():
    run = rnn.forward(np.stack([examples.X[0], 2 * examples.X[0]]), examples.rnn_params())
    np.testing.assert_array_equal(trace_table(run, example=1).columns["h"], run.steps.h[1])


def test_a_long_run_is_cut_and_the_table_says_so():
    run = rnn.forward(np.zeros((1, 100, 2)), examples.rnn_params())
    table = trace_table(run)
    assert len(list(table.rows())) == 40 * 2
    assert "t = 1 … 40 / 100" in repr(table) and "t = 1 … 40 / 100" in table._repr_html_()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trace_table(3), "needs what forward or step returned, not int"),
        (lambda: trace_table(examples.lstm_params()), "needs what forward or step returned"),
        (lambda: trace_table(examples.rnn_run(), example=1), "example must be 0 to 0"),
    ],
)
def test_what_has_no_table_is_answered_with_one_sentence(call, message):
    with pytest.raises(TableError, match=message):
        call()


# ---- figures -------------------------------------------------------------------------------------


CELLS = {"lstm-cell": OWN}
CELLS["gru-cell"] = {"x": X, "h_prev": H, "p": examples.gru_params()}
CELLS["rnn-cell"] = {"x": X, "h_prev": H, "p": examples.rnn_params()}
RNG = np.random.default_rng(0)
STEPS = {"lstm-cell": lstm.step, "gru-cell": gru.step, "rnn-cell": rnn.step}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_drawn_with_the_learners_numbers(name, lang):
    shown = figure(name, lang, CELLS[name])
    step = STEPS[name](**CELLS[name])
    numbers = re.findall(r'data-name="h\[(\d)\]" data-value="([^"]+)"', shown.svg)
    assert {int(k): float(v) for k, v in numbers} == dict(enumerate(step.h[0], 1))
    assert all(printed(value) in repr(shown) for value in step.h[0])


def test_a_figure_needs_no_style_sheet_and_brings_its_own_ground():
    root = ElementTree.fromstring(figure("lstm-cell", values=OWN).svg)
    paints = [v for e in root.iter() for k, v in e.attrib.items() if k in ("fill", "stroke")]
    bare = [paint for paint in paints if paint.startswith("var(") and "#" not in paint]
    assert bare == [] and "--rr-paper,#ffffff" in ElementTree.tostring(root).decode()


def test_two_figures_of_one_notebook_share_no_id():
    ids = [set(re.findall(r' id="([^"]+)"', figure("lstm-cell").svg)) for _ in range(2)]
    assert ids[0] and not ids[0] & ids[1]


def test_a_figure_without_values_is_that_of_the_site():
    shown = figure("attention-qkv", "zh")
    assert shown._repr_svg_().startswith("<svg") and "0.69" in repr(shown)


def test_numbers_of_an_own_figure_are_compared_with_a_plain_step(monkeypatch):
    from rnnref.explain.figures import lstm as drawn

    real = drawn.numbers
    monkeypatch.setattr(drawn, "numbers", lambda given: real(given) | {"c": real(given)["c"] + 1})
    with pytest.raises(FigureError, match="is printed as"):
        figure("lstm-cell", values=OWN)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: figure("lstm-cel"), FigureError, "close to it: lstm-cell"),
        (lambda: figure("gate", "fr"), FigureError, "no language 'fr'; there are zh, en"),
        (lambda: figure("gate", values=OWN), FigureError, "'gate' takes no values of your own"),
        (lambda: figure("lstm-cell", values={"x": X}), FigureError, "needs values for x, h_prev"),
        (lambda: figure("lstm-cell", values=[X]), FigureError, "but got list"),
        (
            lambda: figure("lstm-cell", values=OWN | {"x": np.ones((5, 2))}),
            FigureError,
            r"one example of 2 inputs and 2 hidden units, but x has shape \(5, 2\)",
        ),
        (
            lambda: figure("lstm-cell", values=OWN | {"c_prev": np.array([[1e3, 0.0]])}),
            FigureError,
            "room for numbers below 100, but c_prev is",
        ),
        (
            lambda: figure("lstm-cell", values=OWN | {"h_prev": np.array([[np.nan, 0.0]])}),
            FigureError,
            "room for numbers below 100, but h_prev is",
        ),
        (
            lambda: figure("rnn-cell", values=CELLS["rnn-cell"] | {"p": rnn.init(RNG, 3, 2)}),
            ShapeError,
            "p.W",
        ),
    ],
)
def test_what_cannot_be_drawn_is_answered_with_one_sentence(call, error, message):
    with pytest.raises(error, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_without_matplotlib_a_figure_says_what_to_install():
    hidden = "import sys; sys.modules['matplotlib'] = None; from rnnref import explain"
    program = [sys.executable, "-c", f"{hidden}; explain.figure('gate')"]
    answer = subprocess.run(program, cwd=ROOT, capture_output=True, text=True).stderr
    assert "ModuleNotFoundError: figure needs matplotlib; run pip install -e" in answer


def test_the_examples_of_the_docstrings_print_what_they_say():
    assert doctest.testmod(notebook) == (0, 3)
    assert doctest.testmod(run_table) == (0, 2)


# ---- in Jupyter ----------------------------------------------------------------------------------


def test_a_notebook_shows_all_three():
    """One kernel, started once: the objects must display by themselves, without print."""
    cells = [
        "import numpy as np\nfrom rnnref import examples\n"
        "from rnnref.explain import equations, figure, trace_table\n"
        "def mine(x, h_prev, p):\n    h = np.tanh(x @ p.W.T) + h_prev\n    return h\n"
        "equations(mine)",
        "trace_table(examples.rnn_run())",
        "figure('gate')",
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(made, timeout=60, kernel_name="python3").execute()
    first, second, third = (cell.outputs[-1].data for cell in made.cells)
    assert r"h_t &= \tanh\left(W x_t\right) + h_{t-1}" in first["text/latex"]
    assert "<table" in second["text/html"] and third["image/svg+xml"].startswith("<svg")
    assert "shapes: h (1, 3, 2)" in second["text/plain"]
