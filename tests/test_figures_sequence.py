"""The RNN over time: drawings against what the code computes, and mistakes that must not pass."""

import re
from collections import Counter

import numpy as np
import pytest
from drawing import Drawing

from rnnref import examples, layers, rnn
from rnnref.explain import figures, flow, scene, svg
from rnnref.explain.document import check_numbers, document
from rnnref.explain.figures import sequence
from rnnref.explain.numerals import printed
from rnnref.explain.trace import trace

LANGUAGES = ("zh", "en")


def running_example():
    """Return every printed array of the unrolled network, computed without a trace."""
    values = {"h_0": np.zeros(2)}
    h = np.zeros((1, 2))
    for t in (1, 2, 3):
        x = examples.X[:, t - 1]
        h = rnn.step(x, h, examples.rnn_params()).h
        y_hat = layers.readout(h, examples.readout_params()).y_hat
        values |= {f"x_{t}": x[0], f"h_{t}": h[0], f"y_hat_{t}": y_hat[0]}
    return values


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_the_unrolled_network_is_the_rounded_value_of_the_code(lang):
    found = check_numbers(figures.render("rnn-unrolled", lang), running_example())
    assert len(found) == 2 + 3 * (2 + 2 + 3)


def test_a_number_of_another_step_is_refused():
    values = running_example()
    values["h_1"], values["h_2"] = values["h_2"], values["h_1"]
    with pytest.raises(svg.FigureError, match=r"h_1\[1\] is printed as 0.46"):
        check_numbers(figures.render("rnn-unrolled", "en"), values)


def test_the_unrolled_wires_are_those_of_three_steps():
    drawn = Drawing(figures.render("rnn-unrolled", "en"))
    steps = {
        wire
        for t in (1, 2, 3)
        for wire in [(f"x_{t}", f"h_{t}"), (f"h_{t - 1}", f"h_{t}"), (f"h_{t}", f"y_hat_{t}")]
    }
    folded = {("x", "h"), ("h_prev", "h"), ("h", "y_hat"), ("h", "h_prev")}
    assert set(drawn.wires) == steps | folded


@pytest.mark.parametrize("name", ["rnn-unrolled", "rnn-structures"])
def test_every_wire_begins_and_ends_at_its_boxes(name):
    drawn = Drawing(figures.render(name, "zh"))
    assert len(drawn.wires) > 12
    assert drawn.loose_ends() == []


def test_the_same_letters_stand_on_every_step():
    shapes = Drawing(figures.render("rnn-unrolled", "en")).shapes
    weights = Counter(e["data-weight"] for _, _, e in shapes if "data-weight" in e)
    assert weights == {"W": 4, "U": 4, "b": 4, "W_y": 4, "b_y": 4}  # folded once, then three steps


def test_every_matrix_and_bias_stands_inside_its_layer():
    drawn = Drawing(figures.render("rnn-unrolled", "en"))
    layers = [drawn.boxes[name][0] for t in "123" for name in (f"h_{t}", f"y_hat_{t}")]
    layers += [drawn.boxes["h"][0], drawn.boxes["y_hat"][0]]
    svg_text = figures.render("rnn-unrolled", "en")
    chip = r'<g data-weight="[^"]*"><rect x="([\d.]+)" y="([\d.]+)" width="(\d+)" height="(\d+)"'
    chips = [tuple(map(float, found)) for found in re.findall(chip, svg_text)]
    assert len(chips) == 20
    for x, y, width, height in chips:
        assert any(
            left <= x and x + width <= right and top <= y and y + height <= bottom
            for left, top, right, bottom in layers
        )


def test_the_text_alternative_says_the_numbers_of_each_step():
    for lang in LANGUAGES:
        words = figures.alt("rnn-unrolled", lang)
        for values in running_example().values():
            assert ", ".join(map(printed, values)) in words or not values.any()


# ---- planted mistakes ----------------------------------------------------------------------------


def test_a_forgotten_wire_stops_the_build():
    _, graph = sequence.graphs()
    plan = sequence.unrolled_layout()
    with pytest.raises(svg.FigureError, match="wires missing from the figure: h_1 -> h_2"):
        sequence.draw(
            graph,
            plan._replace(routes=[r for r in plan.routes if (r.src, r.dst) != ("h_1", "h_2")]),
        )


def test_a_wire_that_the_code_has_not_stops_the_build():
    _, graph = sequence.graphs()
    plan = sequence.unrolled_layout()
    ends = [plan.places["x_1"].at("e"), plan.places["h_3"].at("w")]
    extra = scene.Route("x_1", "h_3", ends)
    with pytest.raises(svg.FigureError, match="not in the code but in the figure: x_1 -> h_3"):
        sequence.draw(graph, plan._replace(routes=[*plan.routes, extra]))


def test_a_wire_bent_to_another_box_stops_the_build():
    _, graph = sequence.graphs()
    plan = sequence.unrolled_layout()
    bent = [
        r._replace(points=[r.points[0], plan.places["h_3"].at("s")]) if r.src == "x_1" else r
        for r in plan.routes
    ]
    with pytest.raises(svg.FigureError, match="x_1 -> h_1 does not end at h_1"):
        sequence.draw(graph, plan._replace(routes=bent))


def test_a_network_that_reads_the_first_input_twice_does_not_fit_the_picture(monkeypatch):
    plain = sequence.unrolled
    monkeypatch.setattr(
        sequence,
        "unrolled",
        lambda x_1, x_2, x_3, h_0, p, p_y: plain(x_1, x_1, x_3, h_0, p, p_y),
    )
    _, graph = sequence.graphs()
    with pytest.raises(svg.FigureError, match="not in the code but in the figure: x_2"):
        sequence.draw(graph, sequence.unrolled_layout())


def test_weights_that_trade_places_in_the_code_trade_places_in_the_picture(monkeypatch):
    def letters():
        drawn = sequence.draw(sequence.graphs()[1], sequence.unrolled_layout())
        return [
            weight for weight in re.findall('data-weight="(.)"', "".join(drawn)) if weight in "WU"
        ]

    honest, plain = letters(), rnn.step.__wrapped__
    monkeypatch.setattr(rnn, "step", lambda x, h, p: plain(h, x, p))
    assert letters() == ["WU"["UW".index(letter)] for letter in honest]


def test_a_product_with_a_matrix_that_is_no_weight_is_refused():
    def odd(x_1, h_1, p):
        return sequence.Folded(x_1 @ (2 * p.W).T, h_1 @ p.U.T)

    values = {"x_1": np.ones((1, 2)), "h_1": np.ones((1, 2)), "p": examples.rnn_params()}
    with pytest.raises(svg.FigureError, match="which is no weight matrix"):
        flow.read_flow(trace(odd, values, "sequence", only=("h",)))


def test_the_build_refuses_numbers_that_the_plain_run_does_not_give(monkeypatch):
    values = running_example() | {"y_hat_2": np.array([0.2, 0.3, 0.5])}
    monkeypatch.setattr(sequence, "arrays", lambda: values)
    drawn = sequence.rnn_unrolled(figures.Lookup("zh"))
    with pytest.raises(svg.FigureError, match=r"y_hat_2\[1\] is printed as 0.07"):
        document(drawn, "rnn-unrolled", "zh", "p1")
