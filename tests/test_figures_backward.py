"""Figures of the way back: drawn against the code of the backward steps, and planted mistakes."""

import html

import numpy as np
import pytest
from drawing import Drawing

from rnnref import examples, gru, lstm, rnn
from rnnref.explain import figures, wayback
from rnnref.explain.document import check_numbers, document
from rnnref.explain.figures import bptt, gru_backward, lstm_backward
from rnnref.explain.figures import gru as gru_forth
from rnnref.explain.figures import lstm as lstm_forth
from rnnref.explain.scene_check import check, check_wires
from rnnref.explain.svg import FigureError

CELLS = {
    "lstm-backward": (lstm, lstm_forth, lstm_backward, examples.lstm_run, examples.lstm_params),
    "gru-backward": (gru, gru_forth, gru_backward, examples.gru_run, examples.gru_params),
}
every_cell = pytest.mark.parametrize("name", CELLS)


@every_cell
def test_every_wire_of_the_cell_is_drawn_once_the_other_way_round(name):
    _, forth, _, _, _ = CELLS[name]
    forward = Drawing(figures.render(name.replace("backward", "cell"), "en"))
    back = Drawing(figures.render(name, "en"))
    assert {(dst, src) for src, dst in back.wires} == set(forward.wires)


@every_cell
def test_the_gradients_are_those_of_the_whole_backward_pass(name):
    cell, _, module, run, _ = CELLS[name]
    grads, values = cell.backward(run(), dy=examples.DY), module.arrays()
    np.testing.assert_allclose(values["dx"], grads.x[0, 1], rtol=1e-12)
    flow = grads.flow.h if name.startswith("lstm") else grads.flow
    np.testing.assert_allclose(values["dh"], flow[0, 1], rtol=1e-12)
    np.testing.assert_allclose(values["dh_prev"], flow[0, 0] - examples.DY[0, 0], rtol=1e-12)


@every_cell
def test_a_wire_that_the_backward_step_does_not_take_stops_the_build(name):
    cell, forth, module, run, params = CELLS[name]
    made, _ = wayback.recorded(cell, run(), params())
    graph = forth.step_graph()
    fewer = graph._replace(wires=tuple(w for w in graph.wires if w != graph.wires[0]))
    with pytest.raises(FigureError, match="the way back in the figure and in the code differ"):
        wayback.check_reversed(fewer, made, module.ARRIVE)


@every_cell
def test_an_arrow_that_points_forth_is_refused(name):
    _, forth, _, _, _ = CELLS[name]
    text = figures.render(name, "en")
    with pytest.raises(FigureError, match="differ in wires"):
        check(text, forth.step_graph())


@every_cell
def test_a_gradient_on_the_wire_of_another_value_is_refused(name):
    _, forth, module, _, _ = CELLS[name]
    taken = {wire for wire, *_ in module.PILLS.values()}
    free = next(w for w in forth.step_graph().wires if f"{w.src}>{w.dst}" not in taken)
    first = next(iter(module.PILLS.values()))[0]
    marked = [f'data-pill="{html.escape(wire)}"' for wire in (first, f"{free.src}>{free.dst}")]
    moved = figures.render(name, "en").replace(*marked)
    with pytest.raises(FigureError, match="is not on a wire that leaves"):
        check(moved, forth.step_graph(), back=True)


@every_cell
def test_a_gradient_of_another_step_is_refused(name):
    drawn = figures.picture(name, "en")
    wrong = drawn.values | {"dx": drawn.values["dx"] + 0.01}
    with pytest.raises(FigureError, match=r"dx\[1\] is printed as"):
        document(drawn._replace(values=wrong), name, "en", "p1")


def test_the_three_shares_add_up_to_the_derivative_by_the_weights():
    values = bptt.arrays()
    grads = rnn.backward(examples.rnn_run(), dy=examples.DY)
    for row in (1, 2):
        shares = sum(values[f"dW_{t} {row}"] for t in bptt.STEPS)
        np.testing.assert_allclose(shares, grads.params.W[row - 1], rtol=1e-12)
        np.testing.assert_allclose(values[f"dW {row}"], shares, rtol=1e-12)


def test_every_number_of_the_way_through_time_is_compared():
    found = check_numbers(figures.render("bptt", "zh"), bptt.arrays())
    assert len(found) == 2 + 3 * (2 + 2 + 2 + 4) + 4


def test_the_wires_through_time_run_from_later_to_earlier_steps():
    drawn = Drawing(figures.render("bptt", "en"))
    assert {("dh_4", "dh_3"), ("da_3", "dh_2"), ("da_2", "dh_1")} < set(drawn.wires)
    assert {(f"dW_{t}", "dW") for t in bptt.STEPS} < set(drawn.wires)
    assert drawn.loose_ends() == []


def test_a_gradient_from_later_steps_that_is_not_drawn_stops_the_build():
    graph = bptt.graph()
    cut = graph._replace(wires=tuple(w for w in graph.wires if w.dst != "dh_2"))
    with pytest.raises(FigureError, match="differ in wires"):
        check_wires(figures.render("bptt", "en"), cut)
