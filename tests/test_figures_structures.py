"""Four structures of a recurrent network: drawings against what is computed."""

import pytest
from drawing import Drawing

from rnnref import rnn
from rnnref.explain import figures, networks, svg
from rnnref.explain.figures import structures


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
