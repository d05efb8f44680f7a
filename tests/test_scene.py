import re
from itertools import pairwise

import pytest

from rnnref import gru, lstm
from rnnref.explain.document import document
from rnnref.explain.figures import gru as gru_figures
from rnnref.explain.figures import gru_reset, lstm_chain, rnn_cell
from rnnref.explain.figures import lstm as lstm_figures
from rnnref.explain.pen import draw
from rnnref.explain.scene import Route, compare
from rnnref.explain.scene_check import check
from rnnref.explain.svg import FigureError, Picture
from tests.wrong_code import planted

GRAPH = lstm_figures.step_graph()


@pytest.fixture
def layout():
    return lstm_figures.layout()


@pytest.fixture(scope="module")
def drawing():
    marks = draw(GRAPH, lstm_figures.layout())
    values = {name: box.value for name, box in GRAPH.boxes.items()}
    return document(Picture(marks, 800, 508, "Title", "Text", values), "demo", "en", "p1")


def exchanged(routes, src, dst, *new):
    """Return the routes without one, and with others in its place."""
    rest = [route for route in routes if (route.src, route.dst) != (src, dst)]
    assert len(rest) == len(routes) - 1
    return [*rest, *new]


def test_the_layout_fits_the_code(layout):
    compare(GRAPH, layout)


def test_a_removed_route_stops_the_build(layout):
    routes = exchanged(layout.routes, "f", "f*c_prev")
    with pytest.raises(FigureError, match=r"wires missing from the figure: f -> f\*c_prev$"):
        compare(GRAPH, layout._replace(routes=routes))


def test_a_removed_branch_of_the_joined_inputs_stops_the_build(layout):
    routes = exchanged(layout.routes, "h_prev,x", "i")
    with pytest.raises(FigureError, match="missing from the figure: h_prev -> i, x -> i"):
        compare(GRAPH, layout._replace(routes=routes))


def test_a_join_that_one_of_its_values_does_not_reach_stops_the_build(layout):
    routes = exchanged(layout.routes, "x", "h_prev,x")
    with pytest.raises(
        FigureError, match="wires into the join h_prev,x missing from the figure: x"
    ):
        compare(GRAPH, layout._replace(routes=routes))


def test_an_extra_route_stops_the_build(layout):
    at = layout.places
    peephole = Route("c_prev", "o", [at["c_prev"].at("s"), at["o"].at("w")])
    with pytest.raises(FigureError, match="wires not in the code but in the figure: c_prev -> o"):
        compare(GRAPH, layout._replace(routes=[*layout.routes, peephole]))


def test_a_wire_bent_to_another_box_stops_the_build(layout):
    at = layout.places
    bent = Route("o", "h", [at["o"].at("n"), at["tanh(c)"].at("w")])
    with pytest.raises(FigureError, match="the wire o -> h does not end at h"):
        compare(GRAPH, layout._replace(routes=exchanged(layout.routes, "o", "h", bent)))


def test_a_wire_that_starts_beside_its_input_stops_the_build(layout):
    start, end = (0, 0), layout.places["f*c_prev"].at("w")
    bent = Route("c_prev", "f*c_prev", [start, end])
    routes = exchanged(layout.routes, "c_prev", "f*c_prev", bent)
    with pytest.raises(FigureError, match=r"the wire c_prev -> f\*c_prev does not start at c_prev"):
        compare(GRAPH, layout._replace(routes=routes))


def test_a_forgotten_box_stops_the_build(layout):
    places = {name: place for name, place in layout.places.items() if name != "tanh(c)"}
    with pytest.raises(FigureError, match=r"boxes missing from the figure: tanh\(c\)"):
        compare(GRAPH, layout._replace(places=places))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("+ i * c_tilde", "+ (1 - f) * c_tilde", r"boxes missing from the figure: .*1-f"),
        ("f * c_prev + i", "f * c_prev - i", "c shows - in the code"),
        (
            "f * c_prev + i * c_tilde",
            "i * c_prev + f * c_tilde",
            r"missing .*: f\*c_tilde, i\*c_prev",
        ),
        ("h = o * np.tanh(c)", "h = np.tanh(c) + o", r"h shows \+ in the code"),
        ("o * np.tanh(c)", "o * c", r"in the code but in the figure: tanh\(c\)"),
        ("c_tilde = np.tanh", "c_tilde = sigmoid", r"c_tilde shows \\sigma in the code"),
        ("x @ p.W_f.T", "x @ p.W_i.T", "the layer f uses U_f, W_i, b_f, not those of f"),
        ("+ p.b_f", "+ p.b_o", "the layer f uses U_f, W_f, b_o, not those of f"),
    ],
)
def test_a_mistake_in_the_code_of_the_lstm_stops_the_build(monkeypatch, right, wrong, message):
    monkeypatch.setattr(lstm, "step", planted(lstm.step, right, wrong))
    with pytest.raises(FigureError, match=message):
        compare(lstm_figures.step_graph(), lstm_figures.layout())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("z * h_prev + (1 - z) * h_tilde", "(1 - z) * h_prev + z * h_tilde"),
        ("(r * h_prev) @ p.U_h.T", "r * (h_prev @ p.U_h.T)"),
        ("(r * h_prev) @", "(z * h_prev) @"),
        ("x @ p.W_h.T + ", ""),
        ("h_prev @ p.U_r.T + p.b_r", "h_prev @ p.U_r.T + p.b_z"),
    ],
)
def test_a_mistake_in_the_code_of_the_gru_stops_the_build(right, wrong):
    with pytest.raises(FigureError):
        compare(gru_figures.step_graph(planted(gru.step, right, wrong)), gru_figures.layout())


def test_the_finished_drawing_agrees_with_the_code(drawing):
    check(drawing, GRAPH)


def broken(drawing, pattern, replacement):
    text, count = re.subn(pattern, replacement, drawing, count=1)
    assert count == 1, f"nothing matches {pattern}"
    return text


@pytest.mark.parametrize(
    ("pattern", "replacement", "message"),
    [
        (r'<g data-wire="o&gt;h">.*?</g>', "", r"differ in wires: \('o', 'h'\)"),
        (r'data-wire="o&gt;h"', 'data-wire="o&gt;c"', "differ in wires"),
        (r'(data-wire="o&gt;h">.*?<path d="M)642 220', r"\g<1>642 140", "o -> h does not end at h"),
        (r'(data-wire="c_prev&gt;f\*c_prev"><path d="M)100 78', r"\g<1>80 78", "start at c_prev"),
        (r'(data-wire="h_prev,x&gt;i"><path d="M328) 416', r"\1 440", "start at h_prev,x"),
        (r'(data-box="c">.*?data-tex=)"\+"', r'\1"-"', r"c shows -, but the code says \+"),
        (r'(data-box="f">.*?data-tex=)"\\sigma"', r'\1"\\tanh"', r"f shows \\tanh, but the code"),
        (r'(data-pill="f".*?<rect x=)"[\d.]+"', r'\1"300"', "pill of f is not on a wire"),
        (r'data-box="o"', 'data-box="oo"', r"differ in boxes: o, oo"),
    ],
)
def test_a_mistake_in_the_finished_drawing_is_seen(drawing, pattern, replacement, message):
    text = broken(drawing, pattern, replacement)
    with pytest.raises(FigureError, match=message):
        check(text, GRAPH)


def test_lines_of_one_value_are_drawn_once(drawing):
    """Each branch starts where it leaves the trunk, so that strokes do not add up."""
    assert re.search(r'data-wire="h_prev,x&gt;i"><path d="M328 416L', drawing)


def crossings(routes):
    """Count the places where an upright piece of one value's lines crosses a level one of another.

    Lines that meet at an end do not cross.
    """
    upright, level = set(), set()
    for route in routes:
        for (x0, y0), (x1, y1) in pairwise(route.points):
            if x0 == x1:
                upright.add((route.src, x0, *sorted((y0, y1))))
            else:
                level.add((route.src, y0, *sorted((x0, x1))))
    return len(
        {
            (x, y)
            for one, x, top, bottom in upright
            for other, y, left, right in level
            if one != other and left < x < right and top < y < bottom
        }
    )


@pytest.mark.parametrize(
    ("graph", "layout", "count"),
    [
        (GRAPH, lstm_figures.layout(), 0),
        (gru_figures.step_graph(), gru_figures.layout(), 1),
        (rnn_cell.step_graph(), rnn_cell.layout(), 0),
        *((graph, gru_reset.layout(form, 0), 0) for form, graph in gru_reset.graphs().items()),
        (GRAPH, lstm_chain.lstm_layout(47), 0),
    ],
)
def test_wires_cross_only_where_the_code_leaves_no_choice(graph, layout, count):
    assert crossings(layout.routes) == count


def test_only_what_is_asked_for_is_in_colour():
    lit = GRAPH.into("f")
    marks = draw(GRAPH, lstm_figures.layout(), lit=lit)
    wires = [mark for mark in marks if "data-wire" in mark]
    coloured = [re.search('data-wire="([^"]*)"', w)[1] for w in wires if "--rr-dim" not in w]
    assert sorted(coloured) == ["h_prev&gt;h_prev,x", "h_prev,x&gt;f", "x&gt;h_prev,x"]
