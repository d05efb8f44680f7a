"""How frameworks keep weights, as figures and tables of the page on frameworks say it."""

import numpy as np
import pytest

from rnnref import convert, examples, lstm
from rnnref.explain import figures, stored
from rnnref.explain.figures import stored as drawn
from rnnref.explain.values import frameworks, get
from rnnref.explain.values.frameworks import CELLS

# By the documentation of each framework, in our letters.
ORDERS = {
    "lstm": {
        "rnnref": "i f c o",
        "PyTorch": "i f c o",
        "Keras": "i f c o",
        "ONNX": "i o f c",
        "Flax": "i f c o",
    },
    "gru": {
        "rnnref": "r z h",
        "PyTorch": "r z h",
        "Keras": "z r h",
        "ONNX": "z r h",
        "Flax": "r z h",
    },
}


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("cell", ORDERS)
def test_orders_are_those_of_the_documentation(cell):
    found = {name: frameworks.blocks(cell, name) for name in ORDERS[cell]}
    assert {name: plain(text) for name, text in found.items()} == ORDERS[cell]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("matrix-lstm-pytorch", "(16, 3)"),
        ("matrix-lstm-keras", "(3, 16)"),
        ("matrix-gru-onnx", "(1, 12, 3)"),
        ("matrix-gru-flax", "3 × (3, 4)"),
        ("biases-lstm-rnnref", "(16,)"),
        ("biases-lstm-pytorch", "2 × (16,)"),
        ("biases-gru-rnnref", "(12,)"),
        ("biases-gru-rnnref-2", "(4,)"),
        ("written-lstm-pytorch", "i f g o"),
        ("written-gru-flax", "r z n"),
        ("biases-gru-keras", "(2, 12)"),
        ("biases-gru-flax", "4 × (4,)"),
        ("numbers-lstm-rnnref", "128"),
        ("numbers-lstm-pytorch", "144"),
        ("before-keras", "●"),
        ("before-pytorch", "–"),
        ("peepholes-onnx", "●"),
        ("both-flax", "–"),
    ],
)
def test_a_cell_of_the_tables_says_what_the_converter_does(name, text):
    assert plain(get(f"frameworks.{name}")) == text


def test_a_feature_that_fails_for_another_reason_than_a_refusal_is_an_error(monkeypatch):
    p = examples.lstm_params()
    broken = ([p._replace(W=p.W[1:])], {})
    monkeypatch.setitem(frameworks.FEATURES, "before", broken)
    with pytest.raises(ValueError, match="must have shape"):
        frameworks.accepted("before", "Keras")


def test_a_cell_that_would_leave_out_a_shape_is_an_error():
    with pytest.raises(ValueError, match="the page shows 1"):
        frameworks.shapes("gru", "rnnref", "b")


@pytest.mark.parametrize("cell", CELLS)
def test_places_lead_back_to_every_entry_of_the_record(cell):
    p, options = CELLS[cell]
    p = p._replace(W=np.random.default_rng(1).standard_normal(p.W.shape))
    flat, places = stored.entries(p), stored.places(p, options)
    for name, arrays in stored.everywhere(p, options).items():
        for key, array in arrays.items():
            np.testing.assert_array_equal(flat[places[name][key]], array)


def test_the_second_bias_of_a_candidate_is_no_entry_of_its_gate():
    p, _ = CELLS["gru"]
    assert stored.gates(p)[-4:] == ["u"] * 4
    assert stored.gates(p)[0] == ""


def test_the_figure_follows_the_converter_and_no_table_of_its_own(monkeypatch):
    kept = drawn.Kept(examples.lstm_params())
    assert list(kept.spans("ONNX", "W", 0)) == ["i", "o", "f", "c"]
    monkeypatch.setitem(convert.onnx.GATES, "lstm", ("o", "c", "i", "f"))
    kept = drawn.Kept(examples.lstm_params())
    assert kept.spans("ONNX", "W", 0) == {"o": (0, 2), "c": (2, 4), "i": (4, 6), "f": (6, 8)}


def test_cells_have_the_colour_of_their_gate_and_the_number_of_their_place():
    kept = drawn.Kept(examples.lstm_params())
    *boxes, numbers = kept.cells("ONNX", "W", 0, 0, 50)
    roles = [box[: box.index(">")] for box in boxes]
    for role, gate in zip(roles, "iofc", strict=True):
        assert f"--rr-{kept.signs[gate][1]}-soft" in role
    W = examples.lstm_params()
    rows = np.concatenate([W.W_i, W.W_o, W.W_f, W.W_c])
    for n, value in enumerate(rows.ravel(), 1):
        assert f'data-name="ONNX W[{n}]" data-value="{float(value)!r}"' in numbers


def test_a_b_u_is_drawn_in_outline_and_a_zero_that_was_filled_in_pale():
    kept = drawn.Kept(examples.gru_params_reset_after(), {"reset": "after"})
    assert kept.paint("u")["fill"] == "paper" and kept.paint("u")["stroke"] == "candidate"
    assert kept.paint("")["fill"] == "panel"


def test_biases_are_the_arrays_without_an_entry_of_a_matrix():
    kept = drawn.Kept(examples.gru_params_reset_after(), {"reset": "after"})
    found = {
        name: [key for key in arrays if drawn.is_bias(kept, name, key)]
        for name, arrays in kept.everywhere.items()
    }
    assert found["rnnref"] == ["b", "b_u"]
    assert found["PyTorch"] == ["bias_ih_l0", "bias_hh_l0"]
    assert found["ONNX"] == ["B"]
    assert found["Flax"] == ["ir/bias", "iz/bias", "in/bias", "hn/bias"]


@pytest.mark.parametrize(("lang", "word"), [("zh", "本站"), ("en", "this site")])
def test_the_words_of_the_figures_are_those_of_the_language(lang, word):
    for name in ("stored-lstm", "stored-gru"):
        assert f">{word}<" in figures.render(name, lang)


def test_a_record_of_the_tables_has_sizes_that_all_differ():
    p, _ = CELLS["lstm"]
    assert isinstance(p, lstm.Params)
    assert len({*p.W.shape, *p.U.shape}) == 3
