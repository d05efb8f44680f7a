"""Attention in three stages: the drawing against a computation in plain loops."""

import math

import numpy as np
import pytest
from drawing import Drawing

from rnnref import attention, examples
from rnnref.explain import attention_flow, figures, scene, svg
from rnnref.explain.document import check_numbers
from rnnref.explain.figures import attention as drawing
from rnnref.explain.figures import sharpening
from rnnref.explain.numerals import printed
from rnnref.numerics import softmax

LANGUAGES = ("zh", "en")
PLACES = (1, 2, 3, 4)


def by_loops():
    """Return every printed number of the figure, computed without NumPy's products."""
    q, k, v = (array[0] for array in examples.attention_vectors())
    scores = [sum(a * b for a, b in zip(q[0], key, strict=True)) for key in k]
    shares = [math.exp(score) for score in scores]
    weights = [share / sum(shares) for share in shares]
    y = [sum(w * value[j] for w, value in zip(weights, v, strict=True)) for j in range(2)]
    found = {"q": q[0], "y": y}
    for n in PLACES:
        found |= {f"k_{n}": k[n - 1], f"v_{n}": v[n - 1]}
        found |= {f"s_{n}": [scores[n - 1]], f"a_{n}": [weights[n - 1]]}
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_of_attention_is_what_loops_compute(lang):
    found = check_numbers(figures.render("attention-qkv", lang), by_loops())
    assert len(found) == 3 + 4 * (3 + 2 + 1 + 1) + 2


def test_the_printed_weights_and_the_bars_follow_the_numbers():
    weights = [by_loops()[f"a_{n}"][0] for n in PLACES]
    shapes = Drawing(figures.render("attention-qkv", "en")).shapes
    for n, weight in zip(PLACES, weights, strict=True):
        tile, bar = (
            float(e["height"])
            for around, tag, e in shapes
            if around == (f"a_{n}",) and tag == "rect"
        )
        assert bar == pytest.approx(weight * (tile - 4), abs=0.006)


def test_an_arrow_is_as_much_wider_as_its_weight_is_larger():
    widths = line_widths(figures.render("attention-qkv", "en"))
    widths = {wire: width for wire, width in widths.items() if wire[0][0] in "am"}
    weights = {n: by_loops()[f"a_{n}"][0] for n in PLACES}
    assert len(widths) == 8
    for (src, _), width in widths.items():
        assert width == pytest.approx(1.8 + 7 * weights[int(src[-1])], abs=0.006)


def line_widths(text):
    """Return the width of every wire; the shapes come in the order of the text."""
    found, wire = {}, None
    for _, tag, attributes in Drawing(text).shapes:
        if tag == "g":
            wire = attributes.get("data-wire")
        elif tag == "path" and wire and attributes.get("fill") == "none":
            found.setdefault(tuple(wire.split(">")), float(attributes["stroke-width"]))
    return found


def test_the_wires_are_those_of_compare_softmax_and_average():
    expected = {
        pair
        for n in PLACES
        for pair in [
            *(("q", f"s_{n}"), (f"k_{n}", f"s_{n}"), (f"s_{n}", "softmax"), ("softmax", f"a_{n}")),
            *((f"a_{n}", f"m_{n}"), (f"v_{n}", f"m_{n}"), (f"m_{n}", "y")),
        ]
    }
    assert set(Drawing(figures.render("attention-qkv", "zh")).wires) == expected


def test_every_wire_of_attention_begins_and_ends_at_its_boxes():
    assert Drawing(figures.render("attention-qkv", "zh")).loose_ends() == []


def test_the_text_alternative_says_scores_weights_and_answer():
    for lang in LANGUAGES:
        words = figures.alt("attention-qkv", lang)
        for letter in "sa":
            row = [printed(by_loops()[f"{letter}_{n}"][0]) for n in PLACES]
            assert f"({', '.join(row)})" in words
        assert f"({', '.join(map(printed, by_loops()['y']))})" in words


# ---- planted mistakes ----------------------------------------------------------------------------


def looked(scores, attended):
    return attention_flow.Looked(scores, attended.weights, attended.y)


def test_weights_of_other_scores_are_not_drawn_as_their_softmax():
    def wrong(q, k, v):
        scores = attention.score_dot(q, k)
        return looked(scores, attention.attend(2.0 * scores, v))

    with pytest.raises(svg.FigureError, match="not the softmax of the scores"):
        attention_flow.qkv_graph(wrong)


def test_attention_that_averages_the_keys_does_not_fit_the_picture():
    def wrong(q, k, v):
        scores = attention.score_dot(q, k)
        weights = softmax(scores)
        return attention_flow.Looked(scores, weights, weights @ k)

    graph = attention_flow.qkv_graph(wrong)
    with pytest.raises(svg.FigureError, match="boxes not in the code but in the figure: v_1"):
        scene.compare(graph, drawing.qkv_layout())


def test_a_scaled_score_is_no_plain_product():
    def wrong(q, k, v):
        scores = attention.score_scaled(q, k)
        return looked(scores, attention.attend(scores, v))

    with pytest.raises(svg.FigureError, match="scores is no product"):
        attention_flow.qkv_graph(wrong)


def test_a_wire_to_the_wrong_column_stops_the_build():
    plan = drawing.qkv_layout()
    bent = [
        r._replace(points=[r.points[0], plan.places["s_3"].at("n")]) if r.src == "k_2" else r
        for r in plan.routes
    ]
    with pytest.raises(svg.FigureError, match="k_2 -> s_2 does not end at s_2"):
        drawing.draw(attention_flow.qkv_graph(), plan._replace(routes=bent))


def test_a_missing_product_stops_the_build():
    plan = drawing.qkv_layout()
    rest = [r for r in plan.routes if r.src != "m_4"]
    with pytest.raises(svg.FigureError, match="missing from the figure: m_4 -> y"):
        drawing.draw(attention_flow.qkv_graph(), plan._replace(routes=rest))


# ---- attention-softmax ---------------------------------------------------------------------------


def test_softmax_sharpens_as_keys_grow_unless_the_scores_are_scaled():
    plain, scaled = (
        [sharpening.mean_weights(score, length)[0] for length in (4, 64, 256)]
        for score in (attention.score_dot, attention.score_scaled)
    )
    np.testing.assert_allclose(plain, [0.50, 0.86, 0.93], atol=0.015)
    np.testing.assert_allclose(scaled, [0.31, 0.32, 0.32], atol=0.015)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_bars_are_ten_weights_that_sum_to_one_in_every_panel(lang):
    shapes = Drawing(figures.render("attention-softmax", lang)).shapes
    heights = [float(e["height"]) for _, tag, e in shapes if tag == "rect" and e["width"] == "10"]
    sums = np.reshape(heights, (6, 10)).sum(axis=1) / sharpening.HIGH
    np.testing.assert_allclose(sums, 1, atol=10 * 0.005 / sharpening.HIGH)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_printed_peaks_are_the_largest_weights(lang):
    wanted = {
        f"{score.__name__} d_k={length}": sharpening.mean_weights(score, length).max()
        for score in (attention.score_dot, attention.score_scaled)
        for length in sharpening.LENGTHS
    }
    assert len(check_numbers(figures.render("attention-softmax", lang), wanted)) == 6
    assert all(
        printed(value) in figures.alt("attention-softmax", lang) for value in wanted.values()
    )
