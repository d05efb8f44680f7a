"""Figures of models: translators, attention in them, heads, Transformer layers, layers of cells."""

import re

import numpy as np
import pytest
from drawing import Drawing

from rnnref import attention, example_models, seq2seq, transformer
from rnnref.explain import catalog, figures, flow_pen, terms
from rnnref.explain.document import check_numbers
from rnnref.explain.figures import (
    aligned,
    block,
    layers_of_cells,
    multi_head,
    self_attention,
    translation,
)
from rnnref.explain.scene import compare
from rnnref.explain.scene_check import check_wires
from rnnref.explain.svg import FigureError
from rnnref.explain.trace import trace
from rnnref.numerics import softmax

PLACED = {  # figures whose boxes are rectangles, so that a check can measure every end of a wire
    "bidirectional": lambda: layers_of_cells.graph(layers_of_cells.both_ways, "g_4"),
    "stacked": lambda: layers_of_cells.graph(layers_of_cells.two_layers, "g_0"),
    "seq2seq-fixed": translation.graph,
    "multi-head": multi_head.graph,
}
DRAWN = (*PLACED, "seq2seq-attn", "self-attention")
NUMBERS = {  # how many numbers each figure prints
    "bidirectional": 2 + 2 + 3 * (2 + 2 + 2 + 4),
    "stacked": 2 + 2 + 3 * (2 + 2 + 2),
    "seq2seq-fixed": 3 * (2 + 2 + 2 + 2 + 4),
    "seq2seq-attn": 2 + 2 + 2 + 2 + 3 * (2 + 1 + 1),
    "self-attention": 2 + 2 + 3 * (4 + 2 + 2 + 1 + 1),
    "multi-head": 2 * (3 * 3 + 3 * 2) + 3 * (3 * 4),
    "transformer-block": 2 * 3 * 4,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_all_numbers_are_compared(name):
    values = figures.picture(name, "en").values
    assert len(check_numbers(figures.render(name, "zh"), values)) == NUMBERS[name]


@pytest.mark.parametrize("name", DRAWN)
def test_every_wire_begins_and_ends_at_its_boxes(name):
    assert Drawing(figures.render(name, "en")).loose_ends() == []


@pytest.mark.parametrize("name", PLACED)
def test_a_wire_that_the_code_has_not_stops_the_build(name):
    graph = PLACED[name]()
    first = graph.wires[0][:2]
    fewer = graph._replace(wires=tuple(w for w in graph.wires if w[:2] != first))
    with pytest.raises(FigureError, match="differ in wires"):
        check_wires(figures.render(name, "en"), fewer)


# ---- translators ---------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [example_models.translator, example_models.translator_attention])
def test_the_rounded_translators_translate_their_sentence(model):
    run = example_models.translation(model())
    np.testing.assert_array_equal(run.logits.argmax(-1), example_models.SENTENCE[1])
    assert softmax(run.logits).max(-1).min() > 0.7


@pytest.mark.parametrize("model", [example_models.translator, example_models.translator_attention])
def test_the_translators_find_the_words_by_themselves(model):
    source, target = example_models.SENTENCE
    found = seq2seq.scheduled(
        source, target, model(), bos=0, rate=1.0, rng=np.random.default_rng(0)
    )
    np.testing.assert_array_equal(found.logits.argmax(-1), target)


def test_every_word_of_the_translation_looks_most_at_the_word_that_it_translates():
    weights = example_models.translation(example_models.translator_attention()).weights[0]
    np.testing.assert_array_equal(weights.argmax(-1), [0, 1, 2])


def test_the_only_wire_from_encoder_to_decoder_is_the_bottleneck():
    wires = Drawing(figures.render("seq2seq-fixed", "en")).wires
    assert [(src, dst) for src, dst in wires if src[0] in "xh" and dst[0] in "sy"] == [
        ("h_3", "s_1")
    ]


def test_the_step_that_is_drawn_is_the_one_that_the_model_takes():
    run = example_models.translation(example_models.translator_attention())
    graph = aligned.graph()
    np.testing.assert_allclose(graph.boxes["softmax"].value, run.weights[0, 1], rtol=1e-12)
    np.testing.assert_allclose(graph.boxes["s_2"].value, run.tape.decoded.cell[1].y[0, 0])


def test_every_encoder_state_is_scored_and_averaged():
    wires = Drawing(figures.render("seq2seq-attn", "en")).wires
    for n in (1, 2, 3):
        assert {(f"h_{n}", f"e_{n}"), (f"h_{n}", f"m_{n}"), ("s_1", f"e_{n}")} < set(wires)


def test_a_decoder_that_does_not_read_the_context_stops_the_build(monkeypatch):
    def deaf(s_prev, memory, y_prev, score, decoder):
        made = aligned.step(s_prev, memory, y_prev, score, decoder)
        x = np.concatenate([y_prev, y_prev], axis=-1)
        return made._replace(s=aligned.rnn.step(x, s_prev, decoder).h)

    made = trace(deaf, aligned.given(), "aligned")
    graph = aligned.written_out(made, aligned.LETTER, aligned.ROLE)
    with pytest.raises(FigureError, match="wires not in the code but in the figure: c -> s_2"):
        compare(graph, aligned.layout())


# ---- attention of one sentence -------------------------------------------------------------------


def test_queries_keys_and_values_come_from_the_same_words():
    wires = Drawing(figures.render("self-attention", "en")).wires
    assert ("x_1", "q") in wires
    for n in (1, 2, 3):
        assert {(f"x_{n}", f"k_{n}"), (f"x_{n}", f"v_{n}"), ("q", f"s_{n}")} < set(wires)


def test_each_projection_uses_its_own_matrix():
    weights = {(w.src[0], w.dst[0]): w.weight for w in self_attention.graph().wires if w.weight}
    assert weights == {("x", "q"): "W_q", ("x", "k"): "W_k", ("x", "v"): "W_v"}


def test_the_head_that_is_drawn_alone_is_the_first_of_the_two():
    x = example_models.words()
    whole = attention.multihead(x, x, x, example_models.two_heads(), heads=2)
    alone = self_attention.arrays()
    np.testing.assert_allclose(alone["y"], whole.joined[0, 0, :2], rtol=1e-12)


def test_the_two_heads_look_at_different_places():
    x = example_models.words()
    weights = attention.multihead(x, x, x, example_models.two_heads(), heads=2).weights[0]
    assert (weights[0].argmax(-1) != weights[1].argmax(-1)).any()
    assert np.abs(weights[0] - weights[1]).max() > 0.4


# ---- one layer of a Transformer ------------------------------------------------------------------


@pytest.mark.parametrize("order", block.ORDERS)
def test_the_layer_is_wired_as_its_order_says(order):
    wires = {(wire.src, wire.dst) for wire in block.graph(order).wires}
    assert {("x", "sum_1"), ("attention", "sum_1"), ("feed_forward", "sum_2")} < wires
    assert (("x", "attention") in wires) == (order == "post")
    assert (("sum_1", "sum_2") in wires) == (order == "pre")


@pytest.mark.parametrize("order", block.ORDERS)
def test_the_numbers_of_a_layer_are_those_of_its_code(order):
    y = transformer.encoder_layer(
        example_models.words(), example_models.encoder_layer(), heads=2, norm=order
    ).y
    last = "norm_2" if order == "post" else "sum_2"
    np.testing.assert_allclose(block.arrays()[f"{order} {last}"], y[0, 0], rtol=1e-12)


@pytest.mark.parametrize("order", block.ORDERS)
def test_a_layer_in_the_other_order_stops_the_build(monkeypatch, order):
    real, other = block.run, {"post": "pre", "pre": "post"}
    monkeypatch.setattr(block, "run", lambda order: real(other[order]))
    with pytest.raises(FigureError, match="wires missing from the figure"):
        compare(block.graph(order), block.layout(order))


def test_a_part_that_reads_what_nobody_made_is_refused(monkeypatch):
    real = block.run
    monkeypatch.setattr(block, "run", lambda order: (real(order)[0] + 1, real(order)[1]))
    with pytest.raises(FigureError, match="nothing in the layer is what .* read"):
        block.graph("pre")


# ---- the pen -------------------------------------------------------------------------------------


def test_a_matrix_is_printed_by_rows():
    matrix = np.array([[1.0, -0.5], [0.25, 0.0]])
    rows = flow_pen.by_rows("A", matrix)
    marks = "".join(flow_pen.cells(0, 0, matrix[0], "A 1", "data") for _ in (0,))
    assert list(rows) == ["A 1", "A 2"] and re.findall(r'data-name="([^"]*)"', marks) == [
        "A 1[1]",
        "A 1[2]",
    ]


def test_the_matrices_of_a_head_are_written_as_in_the_equations():
    drawn = " ".join(re.findall('data-weight="(.*?)"', figures.render("multi-head", "en")))
    printed = " ".join(catalog.render("attention.multihead"))
    for name in "qkv":
        assert f"W_{name}^{{(1)}}" in drawn and f"W_{name}^{{(m)}}" in printed


def test_the_start_token_is_written_as_the_glossary_writes_it():
    (token,) = re.findall("⟨.*?⟩", terms.table()["terms"]["start_token"]["def_en"])
    assert f">{token}<" in figures.render("seq2seq-fixed", "en")


def test_a_matrix_with_two_indices_stays_inside_its_frame():
    heights = [
        float(re.search('height="(.*?)"', flow_pen.chip(0, 0, w))[1]) for w in ("W_q", "W_q^{(1)}")
    ]
    assert heights[1] > heights[0]
