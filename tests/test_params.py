import copy
import pickle

import cases
import numpy as np
import pytest
from cases import H

from rnnref import gru, joined, lstm

ORDERS = {"lstm": ("i", "f", "c", "o"), "gru": ("r", "z", "h")}
GATES = [(cell, gate) for cell, order in ORDERS.items() for gate in order]


@pytest.mark.parametrize(("cell", "gate"), GATES)
@pytest.mark.parametrize("field", ["W", "U", "b"])
def test_a_gate_is_a_block_of_rows(cell, gate, field):
    p, k = cases.params(cell), ORDERS[cell].index(gate)
    rows = getattr(p, field)[k * H : (k + 1) * H]
    np.testing.assert_array_equal(getattr(p, f"{field}_{gate}"), rows)
    assert np.shares_memory(getattr(p, f"{field}_{gate}"), rows)


def test_a_gate_has_as_many_rows_as_there_are_units_not_gates():
    p = lstm.Params(np.ones((12, 2)), np.ones((12, 3)), np.arange(12.0))
    assert [p.b_i.tolist(), p.b_o.tolist()] == [[0, 1, 2], [9, 10, 11]]


def test_writing_into_a_gate_edits_the_stacked_rows():
    p = lstm.Params(np.zeros((4 * H, 3)), np.zeros((4 * H, H)), np.zeros(4 * H))
    p.b_f[:] = 2.0
    assert p.b.tolist() == [0.0] * H + [2.0] * H + [0.0] * 2 * H


def test_a_gate_of_read_only_rows_is_read_only():
    with pytest.raises(ValueError, match="read-only"):
        cases.params("lstm").W_f[:] = 0


def test_the_module_says_its_order_of_rows():
    assert lstm.GATES == ORDERS["lstm"]
    assert gru.GATES == ORDERS["gru"]


def test_b_u_is_a_field_and_no_gate_view():
    assert cases.params("gru").b_u is None
    assert cases.params("gru after").b_u.shape == (H,)


@pytest.mark.parametrize(
    ("record", "name", "text"),
    [
        (
            cases.params("lstm"),
            "W_g",
            "lstm.Params has no 'W_g'; "
            "it has W_i, W_f, W_c, W_o, U_i, U_f, U_c, U_o, b_i, b_f, b_c, b_o",
        ),
        (
            cases.params("gru after"),
            "V_r",
            "gru.Params has no 'V_r'; it has W_r, W_z, W_h, U_r, U_z, U_h, b_r, b_z, b_h",
        ),
        (
            joined.join(cases.params("gru")),
            "U_r",
            "joined.GRUParams has no 'U_r'; it has W_r, W_z, W_h, b_r, b_z, b_h",
        ),
    ],
)
def test_an_unknown_gate_is_refused_with_those_there_are(record, name, text):
    with pytest.raises(AttributeError) as refusal:
        getattr(record, name)
    assert str(refusal.value) == text


def test_an_unknown_gate_is_refused_in_chinese(chinese):
    with pytest.raises(AttributeError, match=r"^lstm.Params 没有 'W_g'；它有 W_i, W_f"):
        _ = cases.params("lstm").W_g


@pytest.mark.parametrize("name", ["W_", "_f", "W", "b_u_r", "W_f_f", "__array__", "W_F"])
def test_only_a_field_with_a_gate_is_a_view(name):
    assert hasattr(cases.params("gru"), name) == (name == "W")


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_a_record_can_be_copied_and_sent_to_another_process(duplicate):
    p = cases.params("gru after")
    again = duplicate(p)
    assert type(again) is gru.Params
    for array, same in zip(p, again, strict=True):
        np.testing.assert_array_equal(array, same)


def test_records_are_frozen():
    with pytest.raises(AttributeError):
        cases.params("lstm").W = np.zeros(3)
