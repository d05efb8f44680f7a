"""Views of an equation: names on symbols and code, shapes, and where the three must agree."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest

from rnnref import lstm
from rnnref.explain import catalog, figure_names, figures, mathml, shapes, source_rows, terms, views
from rnnref.explain.marked import Marked
from rnnref.explain.terms import Lookup
from scripts import formulas, line_by_line, listings

TRACED = [name for name in catalog.ENTRIES if not views.is_hand_written(name)]
BESIDE = ["rnn.step", "lstm.step", "gru.step", "attention.score_scaled", "attention.attend"]
BACKWARD = ["rnn.step_backward", "lstm.step_backward", "gru.step_backward"]
SPACE = ' lspace="0.1667em"'  # before a bracket; the converter looks at what stands on the left
T = Lookup("en")


def bare(name):
    return listings.bare(name.partition(":")[0])


# ---- symbols that know their names


@pytest.mark.parametrize("name", TRACED)
def test_with_its_names_an_equation_is_the_reviewed_one(name):
    assert [e.line.latex for e in views.view(name).equations] == catalog.render(name)


@pytest.mark.parametrize("name", TRACED)
@pytest.mark.parametrize("display", [True, False])
def test_named_mathml_is_the_plain_one_with_names(name, display):
    view = views.view(name)
    roles = {key: symbol.role for key, symbol in terms.symbols(view.scope).items()}
    for equation in view.equations:
        shown = mathml.named(equation.line, view.scope, {}, roles, display)
        plain = mathml.to_mathml(equation.line.latex, display, view.scope)
        assert shown.replace(SPACE, "") == plain.replace(SPACE, "")


@pytest.mark.parametrize("name", TRACED)
def test_every_value_of_an_equation_has_a_name_on_the_page(name):
    view = views.view(name)
    for equation in view.equations:
        shown = mathml.named(equation.line, view.scope, view.hooks, {})
        found = set(re.findall('data-rr="([^"]+)"', shown))
        assert found == {view.hooks[key] for key in equation.line.names}


def test_one_symbol_of_two_values_gets_the_name_of_the_value_that_is_read():
    assert "k" in views.view("attention.score_additive:bahdanau").hooks
    assert "v" in views.view("attention.attend:bahdanau").hooks


def test_a_joined_matrix_is_another_one():
    assert views.view("joined.lstm_step").hooks["W_f"] == "LSTMParams.W_f"
    assert views.view("joined.lstm_step").hooks["c_prev"] == "c_prev"


def test_a_field_has_a_view_of_its_own():
    assert [e.field for e in views.view("lstm.step.c").equations] == ["c"]
    with pytest.raises(catalog.CatalogError, match="no equation 'q'"):
        views.view("lstm.step.q")


# ---- shapes


def test_the_shapes_of_a_cell_are_letters_and_numbers():
    found = {s.letters: (s.names, s.sizes) for s in views.view("lstm.step").shapes}
    assert found["(H, D)"] == (["W_f", "W_i", "W_c", "W_o"], "(2, 2)")
    assert found["(B, D)"] == (["x"], "(1, 2)")
    assert found["(H,)"] == (["b_f", "b_i", "b_c", "b_o"], "(2,)")


def test_sizes_of_values_are_written_as_the_pages_do():
    assert "(B, T, E_v)" in [s.letters for s in views.view("attention.attend").shapes]
    assert "(K, H)" in [s.letters for s in views.view("layers.readout").shapes]


def test_an_axis_that_no_declared_shape_has_is_refused():
    with pytest.raises(TypeError, match="an axis of x has 99 places"):
        shapes.shapes(lstm.step, "lstm", {"x": np.zeros(99)}, {})


# ---- code line by line


@pytest.mark.parametrize("name", [*BESIDE, *BACKWARD])
def test_the_rows_are_the_whole_function_in_order(name):
    found = views.beside(name, bare(name))
    assert "\n".join(row.text for _, row in found) == re.sub("\n\n+", "\n", bare(name)).rstrip()


@pytest.mark.parametrize("name", [*BESIDE, *BACKWARD])
def test_every_equation_stands_beside_one_row(name):
    fields = [e.field for equations, _ in views.beside(name, bare(name)) for e in equations]
    assert sorted(fields) == sorted(e.field for e in views.view(name).equations)


def test_one_assignment_to_several_names_is_one_row():
    rows = views.beside("lstm.step_backward", bare("lstm.step_backward"))
    assert ("dW_f", "dW_i", "dW_c", "dW_o") in [row.fields for _, row in rows]


def test_what_only_prepares_a_result_stands_in_its_row():
    text = "def step(x, p):\n    a = x @ p.W.T\n    h = np.tanh(a)\n    return Step(h)\n"
    rows = source_rows.rows(text, ["h"], {"x", "W", "h"})
    assert [row.text for row in rows if row.fields] == ["    a = x @ p.W.T\n    h = np.tanh(a)"]


def test_a_row_reads_what_it_uses_of_the_lines_before():
    rows = views.beside("joined.gru_step", bare("joined.gru_step"))
    z = next(row for _, row in rows if row.fields == ("z",))
    assert "x" in z.reads and "x" not in [name.name for name in z.names]


def test_a_result_without_a_line_of_its_own_is_refused_with_a_cure():
    with pytest.raises(source_rows.RowError, match="show rnn:eq and rnn:code instead"):
        source_rows.rows("def step(x):\n    return Step(other(x))\n", ["h"], {"x"})


def test_an_equation_that_shows_what_the_code_does_not_read_is_refused():
    text = bare("lstm.step").replace("h = o * np.tanh(c)", "h = o * np.tanh(hidden)")
    with pytest.raises(views.ViewError, match=r"lstm.step, h: the equation shows c, but"):
        views.beside("lstm.step", text)


def test_code_that_reads_what_the_equation_does_not_show_is_refused():
    text = bare("lstm.step").replace("h = o * np.tanh(c)", "h = o * np.tanh(c) * f")
    with pytest.raises(views.ViewError, match=r"lstm.step, h: the code reads f, but"):
        views.beside("lstm.step", text)


def test_names_in_code_carry_the_names_of_their_values():
    html = formulas.beside("lstm.step", T)
    assert '<span class="rr-cell" data-rr="c_prev">c_prev</span>' in html
    assert '<span data-rr="W_f">p.W_f</span>' in html


def test_weights_of_another_record_carry_its_name_in_code_too():
    assert 'data-rr="GRUParams.W_r"' in formulas.beside("joined.gru_step", T)


def test_keywords_are_bold_on_every_line_of_a_row():
    html = formulas.beside("attention.attend", T)
    assert html.count("<b>return</b>") == 2 and html.count("<b>None</b>") >= 4


@pytest.mark.parametrize("name", [*BESIDE, *BACKWARD])
def test_the_text_of_the_marked_code_is_the_source(name):
    view = views.view(name)
    for _, row in views.beside(name, bare(name)):
        lines = re.findall("<code>(.*?)</code>", line_by_line.code(row, view))
        text = "\n".join(re.sub("<[^>]*>", "", line) for line in lines)
        unescaped = text.replace("&quot;", '"').replace("&gt;", ">").replace("&lt;", "<")
        assert unescaped.replace("&#x27;", "'").replace("&amp;", "&") == row.text


# ---- groups on a page


def test_numbers_and_shapes_are_switches_that_need_no_script():
    html = formulas.group(views.view("lstm.step"), T)
    assert html.count('<input type="checkbox"') == 2
    assert "Numbers <i>t = 2</i>" in html


def test_a_group_without_numbers_has_no_switch_for_them():
    html = formulas.group(views.view("attention.score_general"), T)
    assert "rr-show-numbers" not in html and "rr-show-shapes" in html


def test_numbers_are_written_in_few_bytes():
    html = formulas.group(views.view("lstm.step"), T)
    assert html.count("displaystyle") == 1 and "style=" not in html.replace("displaystyle=", "")


def test_a_group_has_one_row_of_tools():
    for html in (formulas.group(views.view("lstm.step"), T), formulas.beside("lstm.step", T)):
        assert html.count('class="rr-tools"') == 1


def test_the_latex_of_a_group_holds_no_numbers():
    html = formulas.group(views.view("lstm.step"), T)
    assert "pmatrix" not in re.search("<annotation.*?</annotation>", html, re.S)[0]


def test_the_script_of_equations_is_small():
    script = Path(__file__).parent.parent / "docs/assets/js/equations.js"
    assert len(gzip.compress(script.read_bytes())) < 8_000


# ---- figures


@pytest.mark.parametrize("figure", figure_names.FIGURES)
def test_a_figure_of_a_cell_shows_every_value_of_it_by_name(figure):
    family, _ = figure_names.linked(figure, figures.render(figure, "zh", use="p1"))
    assert family == figure_names.FIGURES[figure].partition(".")[0]


def test_a_figure_that_lacks_a_value_stops_the_build():
    svg = figures.render("lstm-cell", "zh", use="p1").replace('data-box="c_prev"', "")
    with pytest.raises(views.ViewError, match="lstm-cell: lstm.step computes with c_prev, but"):
        figure_names.linked("lstm-cell", svg)


@pytest.mark.parametrize("figure", figure_names.GRADIENTS)
def test_a_figure_of_a_way_back_names_its_gradients(figure):
    family, svg = figure_names.linked(figure, figures.render(figure, "zh", use="p1"))
    shown = views.view(f"{family}.step_backward")
    named = re.findall('data-rr="([^"]+)"', svg)
    assert {"dh", "dh_prev", "dx"} < set(named) <= set(shown.hooks)


def test_a_gradient_without_a_place_stops_the_build():
    svg = figures.render("lstm-backward", "zh", use="p1").replace("data-pill=", "data-spill=")
    with pytest.raises(views.ViewError, match="lstm-backward: lstm.step_backward computes with dc"):
        figure_names.linked("lstm-backward", svg)


def test_a_layer_names_its_weights():
    _, svg = figure_names.linked("lstm-cell", figures.render("lstm-cell", "zh", use="p1"))
    assert 'data-box="o" data-weights="W_o U_o b_o"' in svg
    assert 'data-box="h" data-weights' not in svg


def test_a_figure_with_names_of_its_own_belongs_to_no_family():
    assert figure_names.linked("gate", "<svg/>") == ("", "<svg/>")


def test_a_marked_line_can_be_read_as_its_latex():
    entry = catalog.entry("lstm.step")
    line = Marked(entry.scope, entry.function).line(entry.trace()["h"])
    assert line.latex == catalog.render("lstm.step.h")[0]
    assert line.names == ["h", "o", "c"]
