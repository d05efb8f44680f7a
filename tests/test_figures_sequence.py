"""The RNN over time: drawings against what the code computes, and mistakes that must not pass."""

import re
from collections import Counter

import numpy as np
import pytest
from drawing import Drawing

from rnnref import examples, layers, rnn
from rnnref.explain import figures, flow, networks, scene, svg
from rnnref.explain.document import check_numbers, document
from rnnref.explain.figures import sequence, structures
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


# ---- the four structures -------------------------------------------------------------------------


def states(net, letters):
    """Return the wires along a row of states."""
    return {(f"{net}/{a}", f"{net}/{b}") for a, b in zip(letters, letters[1:], strict=False)}


def upright(net, *pairs):
    return {(f"{net}/{a}", f"{net}/{b}") for a, b in (pair.split(">") for pair in pairs)}


EXPECTED = {
    "nn": states("nn", ["h_1", "h_2", "h_3"])
    | upright(
        "nn", *(p for t in "123" for p in (f"x_{t}>h_{t}", f"h_{t}>y_hat_{t}", f"y_hat_{t}>L_{t}"))
    ),
    "n1": states("n1", ["h_1", "h_2", "h_3"])
    | upright("n1", "x_1>h_1", "x_2>h_2", "x_3>h_3", "h_3>y_hat_1", "y_hat_1>L_1"),
    "1n": states("1n", ["h_1", "h_2", "h_3"])
    | upright(
        "1n", *(p for t in "123" for p in (f"x_1>h_{t}", f"h_{t}>y_hat_{t}", f"y_hat_{t}>L_{t}"))
    ),
    "nm": states("nm", ["h_1", "h_2", "h_3", "s_1", "s_2"])
    | upright("nm", "x_1>h_1", "x_2>h_2", "x_3>h_3", "y_0>s_1", "y_hat_1>s_2")
    | upright("nm", "s_1>y_hat_1", "y_hat_1>L_1", "s_2>y_hat_2", "y_hat_2>L_2"),
}


@pytest.mark.parametrize("net", EXPECTED)
def test_a_structure_has_exactly_its_wires(net):
    drawn = Drawing(figures.render("rnn-structures", "en"))
    assert {wire for wire in drawn.wires if wire[0].startswith(f"{net}/")} == EXPECTED[net]


def test_the_loss_sits_at_every_prediction_and_nowhere_else():
    boxes = Drawing(figures.render("rnn-structures", "en")).boxes
    counts = {
        net: [sum(box.startswith(f"{net}/{kind}") for box in boxes) for kind in ("y_hat", "L")]
        for net in EXPECTED
    }
    assert counts == {"nn": [3, 3], "n1": [1, 1], "1n": [3, 3], "nm": [2, 2]}


def test_no_two_boxes_of_a_structure_overlap():
    for network in networks.NETWORKS.values():
        places = list(structures.layout(networks.flow(network)).places.values())
        for k, a in enumerate(places):
            for b in places[:k]:
                apart = abs(a.x - b.x) >= (a.width + b.width) / 2 + 6
                assert apart or abs(a.y - b.y) >= (a.height + b.height) / 2 + 6


def test_a_decoder_that_does_not_feed_back_is_drawn_without_the_wire():
    def deaf(given):
        made = networks.encoder_decoder(given)
        made["s_2"] = rnn.step(given["y_0"], made["s_1"], given["p_decoder"]).h
        return made | networks.predict(2, made["s_2"], given)

    graph = networks.flow(deaf)
    wires = {(wire.src, wire.dst) for wire in graph.wires}
    assert ("y_0", "s_2") in wires
    assert ("y_hat_1", "s_2") not in wires
    structures.panel(graph, "", "", "")


def test_a_product_with_a_matrix_that_is_no_weight_is_refused():
    def odd(x_1, h_1, p):
        return sequence.Folded(x_1 @ (2 * p.W).T, h_1 @ p.U.T)

    values = {"x_1": np.ones((1, 2)), "h_1": np.ones((1, 2)), "p": examples.rnn_params()}
    with pytest.raises(svg.FigureError, match="no transposed weight matrix"):
        flow.read_flow(trace(odd, values, "sequence", only=("h",)))


def test_the_build_refuses_numbers_that_the_plain_run_does_not_give(monkeypatch):
    values = running_example() | {"y_hat_2": np.array([0.2, 0.3, 0.5])}
    monkeypatch.setattr(sequence, "arrays", lambda: values)
    drawn = sequence.rnn_unrolled(figures.Lookup("zh"))
    with pytest.raises(svg.FigureError, match=r"y_hat_2\[1\] is printed as 0.07"):
        document(drawn, "rnn-unrolled", "zh", "p1")


@pytest.mark.parametrize(
    ("wire", "verdict"),
    [
        ("y_hat_1&gt;s_2", "of nm differ in wires: y_hat_1 -> s_2"),
        ("x_3&gt;h_3", "of nn differ in wires: x_3 -> h_3"),
    ],
)
def test_a_wire_that_is_lost_on_the_way_to_the_page_stops_the_build(wire, verdict):
    text = figures.render("rnn-structures", "en")
    with pytest.raises(svg.FigureError, match=verdict):
        structures.check(text.replace(f'data-wire="{wire}"', "", 1))


def test_a_wire_that_the_flow_tells_but_no_number_follows_stops_the_build(monkeypatch):
    """As if the recording were wrong: the plain run sees that x_2 has no part in the result."""

    def deaf(given):
        return networks.many_to_many(given | {"x_2": 0 * given["x_2"]})

    told = networks.flow(networks.many_to_many)
    monkeypatch.setattr(structures, "flow", lambda network: told)
    monkeypatch.setattr(structures, "NETWORKS", {"nn": deaf})
    with pytest.raises(svg.FigureError, match="nn differ: x_2 leads to L_2, L_3, h_2"):
        structures.check(figures.render("rnn-structures", "en"))


def test_the_prediction_that_is_fed_back_and_the_start_are_named():
    for lang, words in (
        ("zh", ("自由运行", "起始词元", "没有画出")),
        ("en", ("free running", "start token", "not drawn")),
    ):
        shown = {text for text, *_ in Drawing(figures.render("rnn-structures", lang)).texts}
        assert set(words) <= shown and {"N–N", "N–1", "1–N"} <= shown
