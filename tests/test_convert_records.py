"""Options and arrays that a conversion returns, and records that get around a refusal."""

import layered
import numpy as np
import pytest
from layered import Case

from rnnref import convert, gru, layers, lstm

AFTER = {"reset": "after"}
before = layered.records(Case("gru", {"reset": "before"}))
after = layered.records(Case("gru", AFTER))
plain = layered.records(Case("lstm", {}))
peeping = layered.records(Case("lstm", {}, peepholes=True))
projected = layered.records(Case("lstm", {}, (6,), outputs=5))
torch, keras = convert.to_torch(after, AFTER), convert.to_keras(after, AFTER)
onnx, flax = convert.to_onnx(after, AFTER), convert.to_flax(after, AFTER)


def run(p, **options):
    """Return y of one record on random inputs from a random state."""
    cell, outputs = ("gru", None) if isinstance(p, gru.Params) else ("lstm", p.U.shape[1])
    case = Case(cell, {}, (len(p.b) // len(gru.GATES if cell == "gru" else lstm.GATES),))
    [start] = layered.starts(case._replace(outputs=outputs))
    return layered.single(p, options, layered.inputs(), start)[0]


@pytest.mark.parametrize("reset", ["before", "after"])
def test_negate_update_turns_each_update_into_the_other(reset):
    [p] = before if reset == "before" else after
    keep, replace = run(p, reset=reset, update="keep"), run(p, reset=reset, update="replace")
    assert np.abs(keep - replace).max() > 0.1
    q = convert.negate_update(p)
    np.testing.assert_allclose(run(q, reset=reset, update="replace"), keep, rtol=0, atol=1e-15)
    np.testing.assert_allclose(run(q, reset=reset, update="keep"), replace, rtol=0, atol=1e-15)


def test_negate_update_twice_is_the_record_itself():
    for a, b in zip(convert.negate_update(convert.negate_update(after[0])), after[0], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["plain", "peeping", "projected"])
def test_uncouple_does_without_coupled_gates_what_they_do(name):
    [p] = {"plain": plain, "peeping": peeping, "projected": projected}[name]
    coupled = run(p, coupled=True)
    assert np.abs(coupled - run(p)).max() > 0.1
    np.testing.assert_allclose(run(convert.uncouple(p)), coupled, rtol=0, atol=1e-14)


def test_a_record_out_of_a_helper_is_accepted_where_the_old_one_was_refused():
    """PyTorch takes a GRU whose z replaces, once its rows are negated."""
    [p] = after
    weights = convert.to_torch([convert.negate_update(p)], AFTER)
    [q], options = convert.from_torch(weights, "gru")
    replace = run(p, reset="after", update="replace")
    np.testing.assert_allclose(run(q, **options), replace, rtol=0, atol=1e-15)


EXPORTS = {
    "torch": lambda: convert.to_torch(after, AFTER),
    "torch projected": lambda: convert.to_torch(projected),
    "keras": lambda: convert.to_keras(after, AFTER),
    "keras lstm": lambda: convert.to_keras(plain),
    "onnx": lambda: convert.to_onnx(after, AFTER),
    "onnx peepholes": lambda: convert.to_onnx(peeping),
    "flax": lambda: convert.to_flax(after, AFTER),
    "flax lstm": lambda: convert.to_flax(plain),
}
IMPORTS = {
    "torch": (convert.from_torch, torch, {"cell": "gru"}),
    "torch projected": (convert.from_torch, convert.to_torch(projected), {"cell": "lstm"}),
    "keras": (convert.from_keras, keras, {"cell": "gru"}),
    "onnx": (convert.from_onnx, onnx, {"cell": "gru", "attributes": {"linear_before_reset": 1}}),
    "onnx peepholes": (convert.from_onnx, convert.to_onnx(peeping), {"cell": "lstm"}),
    "flax": (convert.from_flax, flax, {"cell": "gru"}),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_exported_arrays_share_no_memory_with_records(name):
    mine = [a for p in after + plain + peeping + projected for a in p if a is not None]
    for array in EXPORTS[name]().values():
        assert not any(np.shares_memory(array, own) for own in mine)


@pytest.mark.parametrize("name", IMPORTS)
def test_imported_records_share_no_memory_with_weights(name):
    convert_from, weights, told = IMPORTS[name]
    for array in convert_from(weights, **told)[0][0]:
        assert array is None or not any(np.shares_memory(array, a) for a in weights.values())


@pytest.mark.parametrize("helper", [convert.negate_update, convert.uncouple])
def test_records_out_of_a_helper_share_no_memory_with_the_old_ones(helper):
    for p in after if helper is convert.negate_update else peeping + projected:
        for array, old in zip(helper(p), p, strict=True):
            assert array is None or not np.shares_memory(array, old)


@pytest.mark.parametrize("name", IMPORTS)
def test_float32_stays_float32_there_and_back(name):
    convert_from, weights, told = IMPORTS[name]
    small = {key: array.astype(np.float32) for key, array in weights.items()}
    records, options = convert_from(small, **told)
    assert {a.dtype for a in records[0] if a is not None} == {np.dtype(np.float32)}
    convert_to = getattr(convert, convert_from.__name__.replace("from", "to"))
    assert {a.dtype for a in convert_to(records, options).values()} == {np.dtype(np.float32)}


def test_options_are_the_keywords_of_forward():
    [p], options = convert.from_torch(torch, "gru")
    assert options == {"reset": "after", "update": "keep"}
    assert gru.forward(layered.inputs(), p, **options).y.shape == (2, 5, 4)


def test_a_bare_name_does_for_a_single_keras_layer():
    bare = {key.rpartition("/")[2]: array for key, array in keras.items()}
    for a, b in zip(convert.from_keras(bare, "gru")[0][0], after[0], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_options_are_the_keywords_of_a_stack(cell):
    options = {"bidirectional": True} | (AFTER if cell == "gru" else {})
    case = Case(cell, options, (4, 4))
    records, options = convert.from_torch(
        convert.to_torch(layered.records(case), case.options), cell
    )
    starts = layered.starts(case)
    state = [lstm.State(*start) if cell == "lstm" else start[0] for start in starts]
    y, _ = layered.run(records, options, layered.inputs(), starts)
    run = layers.stack(layered.inputs(), records, state=state, **options)
    np.testing.assert_allclose(run.y, y, rtol=0, atol=1e-14)


@pytest.mark.parametrize("options", [{}, {"bidirectional": True}])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("framework", ["torch", "keras", "onnx"])
def test_layers_of_one_unit_come_back_too(framework, cell, options):
    case = Case(cell, options | (AFTER if cell == "gru" else {}), (1,))
    records = layered.records(case)
    weights = getattr(convert, f"to_{framework}")(records, case.options)
    attributes = {}
    if framework == "onnx":
        attributes = {"attributes": convert.onnx_attributes(records, case.options)}
    back, _ = getattr(convert, f"from_{framework}")(weights, cell, **attributes)
    for a, b in (
        (a, b) for p, q in zip(back, records, strict=True) for a, b in zip(p, q, strict=True)
    ):
        assert a is b is None or np.array_equal(a, b)
