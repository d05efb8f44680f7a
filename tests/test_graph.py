import numpy as np
import pytest

from rnnref import examples, gru, lstm
from rnnref.explain.figures import gru as gru_figures
from rnnref.explain.figures import lstm as lstm_figures
from rnnref.explain.figures import rnn_cell
from rnnref.explain.graph import Wire, cell_graph
from rnnref.explain.svg import FigureError
from rnnref.explain.trace import trace


def test_the_lstm_has_three_inputs_four_layers_and_five_operations():
    kinds = [box.kind for box in lstm_figures.step_graph().boxes.values()]
    assert kinds.count("input") == 3
    assert kinds.count("sigmoid") == 3 and kinds.count("tanh") == 1
    assert sum(kinds.count(kind) for kind in ("multiply", "add", "squash")) == 5


def test_the_lstm_has_seventeen_wires_beside_its_two_outputs():
    wires = lstm_figures.step_graph().wires
    assert len([wire for wire in wires if not wire.dst.endswith(" out")]) == 17


def test_a_layer_reads_its_values_through_its_own_matrices():
    wires = lstm_figures.step_graph().wires
    assert Wire("x", "f", "W_f") in wires and Wire("h_prev", "f", "U_f") in wires
    assert lstm_figures.step_graph().boxes["f"].bias == "b_f"


def test_every_box_carries_the_number_of_the_running_example():
    boxes, steps = lstm_figures.step_graph(2).boxes, examples.lstm_run().steps
    for name in lstm.LSTMStep._fields:
        np.testing.assert_allclose(boxes[name].value, getattr(steps, name)[0, 2], rtol=1e-12)
    np.testing.assert_array_equal(boxes["c_prev"].value, steps.c[0, 1])


def test_the_state_before_the_first_step_is_zero():
    np.testing.assert_array_equal(lstm_figures.step_graph(0).boxes["c_prev"].value, [0, 0])


def test_one_minus_a_gate_is_one_operation():
    box = gru_figures.step_graph().boxes["1-z"]
    assert box.kind == "rest" and gru_figures.step_graph().sign("1-z") == "1-z_t"


def test_reset_before_sends_the_product_through_the_matrix():
    assert Wire("r*h_prev", "h_tilde", "U_h") in gru_figures.step_graph(gru.step).wires


def test_reset_after_sends_the_product_past_the_matrix():
    graph = gru_figures.step_graph(gru.step_reset_after, opened=("h_tilde",))
    assert graph.boxes["h_prev@U_h"].kind == "product" and graph.sign("h_prev@U_h") == "U_h"
    assert ("r*(h_prev@U_h+b_u)", "x@W_h+r*(h_prev@U_h+b_u)") in graph.into(
        "x@W_h+r*(h_prev@U_h+b_u)"
    )


def test_a_layer_that_is_not_opened_stays_whole_beside_one_that_is():
    graph = gru_figures.step_graph(gru.step_reset_after, opened=("h_tilde",))
    assert graph.boxes["r"].kind == "sigmoid" and graph.boxes["h_tilde"].kind == "squash"


def test_a_product_outside_of_an_opened_layer_is_refused():
    with pytest.raises(FigureError, match="h_prev@U_h has no place in a cell diagram"):
        gru_figures.step_graph(gru.step_reset_after)


def test_the_conventions_of_the_update_gate_differ_in_two_wires():
    keep, replace = (gru_figures.step_graph(step) for step in gru_figures.CONVENTIONS.values())
    assert gru_figures.factors(keep) == {"h_prev": "z", "h_tilde": "1-z"}
    assert gru_figures.factors(replace) == {"h_prev": "1-z", "h_tilde": "z"}


def test_an_opened_layer_shows_products_sums_and_bias():
    kinds = [box.kind for box in rnn_cell.step_graph().boxes.values()]
    assert sorted(kinds) == sorted(
        ["input", "input", "product", "product", "add", "input", "add", "squash", "output"]
    )


def test_the_part_up_to_a_box_has_nothing_behind_it():
    part = gru_figures.step_graph().upto("h_tilde")
    assert set(part.boxes) == {"x", "h_prev", "r", "r*h_prev", "h_tilde"}
    assert {wire.dst for wire in part.wires} == {"r", "r*h_prev", "h_tilde"}


def test_an_unknown_box_is_named_with_those_there_are():
    with pytest.raises(FigureError, match="the code has no 'g'; it has x, h_prev, f, "):
        lstm_figures.step_graph().into("g")


def test_an_output_that_the_code_does_not_return_is_refused():
    with pytest.raises(FigureError, match="the code returns no 'cell'; it returns f, i, c_tilde"):
        _traced(lambda x, h_prev, c_prev, p: lstm.step.__wrapped__(x, h_prev, c_prev, p), ["cell"])


def test_an_operation_that_has_no_sign_is_refused():
    def doubled(x, h_prev, c_prev, p):
        s = lstm.step.__wrapped__(x, h_prev, c_prev, p)
        return s._replace(h=2 * s.o)

    with pytest.raises(FigureError, match="h has no place in a cell diagram: multiply of"):
        _traced(doubled, ["h"])


def _traced(step, outputs):
    values = {"x": examples.X[:, 1], "h_prev": np.ones((1, 2)), "c_prev": np.ones((1, 2))}
    return cell_graph(trace(step, values | {"p": examples.lstm_params()}, "lstm"), "lstm", outputs)
