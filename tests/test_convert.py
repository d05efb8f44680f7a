"""Converted weights do in `rnnref` what they do in the framework, and the other way round."""

import importlib
import itertools

import layered
import numpy as np
import onnx_node
import pytest
import record_flax
import record_keras
import record_torch_convert
import torch_peer
from cases import D
from layered import Case

from rnnref import convert

RECORDERS = {"torch": record_torch_convert, "keras": record_keras, "flax": record_flax}
FROM = {"torch": convert.from_torch, "keras": convert.from_keras, "flax": convert.from_flax}
TO = {"torch": convert.to_torch, "keras": convert.to_keras, "flax": convert.to_flax}
RECORDED = [
    pytest.param(framework, name, source, id=f"{framework}-{name}-{source}")
    for framework, recorder in RECORDERS.items()
    for source in ("recorded", "live")[: 1 + (framework == "torch")]
    for name in recorder.CASES
]
every_recorded = pytest.mark.parametrize(("framework", "name", "source"), RECORDED)


def values(framework, group, source):
    """Return the weights and the results of one group."""
    found = torch_peer.values(source, group, RECORDERS[framework])
    weights = {key.removeprefix("weights/"): a for key, a in found.items() if "weights/" in key}
    return weights, found


def settings(framework, case):
    """Return what a converter must be told because the weights do not say it."""
    found = {"cell": case.cell}
    if case.cell == "rnn":
        key = "activation" if framework == "keras" else "nonlinearity"
        found[key] = case.options.get("nonlinearity", "tanh")
    if (framework, case.cell) == ("keras", "gru"):
        found["reset_after"] = case.options["reset"] == "after"
    return found


def assert_equal_runs(records, options, case, true):
    """Run records and compare every output and final state with recorded ones."""
    y, finals = layered.run(records, options, layered.inputs(), layered.starts(case))
    np.testing.assert_allclose(y, true["y"], **torch_peer.TOLERANCE)
    flat = [part for final in finals for part in final]
    assert len(flat) == sum(name.startswith("final") for name in true)
    for n, part in enumerate(flat):
        np.testing.assert_allclose(part, true[f"final{n}"], **torch_peer.TOLERANCE)


@every_recorded
def test_records_from_a_framework_do_what_its_layers_do(framework, name, source):
    case = RECORDERS[framework].CASES[name]
    weights, true = values(framework, f"from {name}", source)
    records, options = FROM[framework](weights, **settings(framework, case))
    assert_equal_runs(records, options, case, true)


@pytest.mark.parametrize(
    ("framework", "name", "source"),
    [
        item
        for item in RECORDED
        if item.values[0] != "flax"  # whose cells always have biases
        and False in RECORDERS[item.values[0]].CASES[item.values[1]].biased
    ],
)
def test_records_from_layers_without_biases_do_so_too(framework, name, source):
    case = RECORDERS[framework].CASES[name]
    weights, true = values(framework, f"from {name} unbiased", source)
    assert not any("bias" in key for key in weights)
    records, options = FROM[framework](weights, **settings(framework, case))
    assert_equal_runs(records, options, case, true)


@every_recorded
def test_a_framework_does_with_our_weights_what_our_records_do(framework, name, source):
    """The recorded results are of these very weights."""
    case = RECORDERS[framework].CASES[name]
    weights, true = values(framework, f"to {name}", source)
    records = layered.records(case)
    found = TO[framework](records, case.options)
    assert list(found) == list(weights)
    for key, array in found.items():
        np.testing.assert_array_equal(array, weights[key])
    assert_equal_runs(records, case.options, case, true)


@every_recorded
def test_there_and_back_is_the_same_function(framework, name, source):
    """Not the same arrays: the framework's two biases of a gate come back as their sum."""
    case = RECORDERS[framework].CASES[name]
    weights, true = values(framework, f"from {name}", source)
    told = settings(framework, case)
    records, options = FROM[framework](TO[framework](*FROM[framework](weights, **told)), **told)
    assert_equal_runs(records, options, case, true)


@every_recorded
def test_a_record_comes_back_to_the_last_bit(framework, name, source):
    case = RECORDERS[framework].CASES[name]
    records = layered.records(case)
    back, options = FROM[framework](
        TO[framework](records, case.options), **settings(framework, case)
    )
    assert_same_records(back, records)
    assert options.items() >= case.options.items()


def assert_same_records(found, true):
    for p, q in zip(found, true, strict=True):
        assert type(p) is type(q)
        for a, b in zip(p, q, strict=True):
            assert (a is None) == (b is None)
            assert a is None or np.array_equal(a, b)


def orders():
    """Yield every wrong order of gates, by framework and cell."""
    for framework, (cell, count) in itertools.product(RECORDERS, [("lstm", 4), ("gru", 3)]):
        for order in itertools.permutations(range(count)):
            if order != tuple(range(count)):
                yield framework, cell, order


@pytest.mark.parametrize(("framework", "cell", "order"), list(orders()))
def test_any_other_order_of_gates_would_be_seen(framework, cell, order, monkeypatch):
    """A planted mistake: the recorded weights are such that no two gates can be exchanged."""
    name = f"{cell} single" if framework == "torch" else cell
    case = RECORDERS[framework].CASES[name]
    weights, true = values(framework, f"from {name}", "recorded")
    module = importlib.import_module(f"rnnref.convert.{framework}")
    table = "LETTERS" if framework == "flax" else "GATES"
    gates = getattr(module, table)
    wrong = {cell: tuple(gates[cell][k] for k in order)}
    monkeypatch.setattr(module, table, gates | wrong)
    records, options = FROM[framework](weights, **settings(framework, case))
    y, _ = layered.run(records, options, layered.inputs(), layered.starts(case))
    assert np.abs(y - true["y"]).max() > 0.1


ONNX = {
    "rnn": Case("rnn", {}),
    "rnn relu": Case("rnn", {"nonlinearity": "relu"}),
    "lstm": Case("lstm", {}),
    "lstm peepholes": Case("lstm", {}, peepholes=True),
    "lstm coupled": Case("lstm", {"coupled": True}),
    "lstm coupled peepholes": Case("lstm", {"coupled": True}, peepholes=True),
    "gru": Case("gru", {"reset": "before"}),
    "gru after": Case("gru", {"reset": "after"}),
}
DIRECTIONS = {
    "forward": {},
    "reverse": {"reverse": True},
    "bidirectional": {"bidirectional": True},
}
# The reference evaluator ignores coupled gates and knows no relu.
ENGINES = [("runtime", name) for name in ONNX] + [
    ("reference", name) for name in ONNX if "coupled" not in name and "relu" not in name
]
every_node = pytest.mark.parametrize(("engine", "name"), ENGINES)
every_direction = pytest.mark.parametrize("direction", DIRECTIONS)


def onnx_case(name, direction):
    case = ONNX[name]
    return case._replace(options=case.options | DIRECTIONS[direction])


def onnx_weights(case, seed=14):
    """Return random weights in ONNX's layout, all biases nonzero, and the node's attributes."""
    draw, (H,), K = layered.normal(seed), case.units, case.directions
    rows = layered.CELLS[case.cell][1] * H
    weights = {"W": draw(K, rows, D), "R": draw(K, rows, H), "B": draw(K, 2 * rows)}
    weights |= {"P": draw(K, 3 * H)} if case.peepholes else {}
    return weights, convert.onnx_attributes(layered.records(case), case.options)


def assert_node_equals(engine, case, weights, attributes, records, options):
    x, starts = layered.inputs(), layered.starts(case)
    y, finals = onnx_node.run(engine, case.cell, weights, attributes, x, starts)
    ours, states = layered.run(records, options, x, starts)
    np.testing.assert_allclose(ours, y, **onnx_node.TOLERANCE[engine])
    np.testing.assert_allclose(states, finals, **onnx_node.TOLERANCE[engine])


@every_direction
@every_node
def test_records_from_an_onnx_node_do_what_it_does(engine, name, direction):
    case = onnx_case(name, direction)
    weights, attributes = onnx_weights(case)
    records, options = convert.from_onnx(weights, case.cell, attributes)
    assert_node_equals(engine, case, weights, attributes, records, options)


@every_direction
@every_node
def test_an_onnx_node_does_with_our_weights_what_our_records_do(engine, name, direction):
    case = onnx_case(name, direction)
    records = layered.records(case)
    weights = convert.to_onnx(records, case.options)
    attributes = convert.onnx_attributes(records, case.options)
    assert_node_equals(engine, case, weights, attributes, records, case.options)


@every_direction
@pytest.mark.parametrize("name", ONNX)
def test_a_record_comes_back_from_onnx_to_the_last_bit(name, direction):
    case = onnx_case(name, direction)
    records = layered.records(case)
    attributes = convert.onnx_attributes(records, case.options)
    weights = convert.to_onnx(records, case.options)
    back, options = convert.from_onnx(weights, case.cell, attributes)
    assert_same_records(back, records)
    assert options.items() >= case.options.items()


@pytest.mark.parametrize("name", ONNX)
def test_an_onnx_node_without_biases_has_zeros(name):
    case = ONNX[name]
    weights, attributes = onnx_weights(case)
    without = {key: array for key, array in weights.items() if key != "B"}
    zeros = weights | {"B": np.zeros_like(weights["B"])}
    assert_same_records(
        convert.from_onnx(without, case.cell, attributes)[0],
        convert.from_onnx(zeros, case.cell, attributes)[0],
    )


def test_onnx_attributes_may_be_bytes_as_the_onnx_package_has_them():
    case = onnx_case("rnn relu", "reverse")
    weights, attributes = onnx_weights(case)
    raw = attributes | {"direction": b"reverse", "activations": [b"Relu"]}
    assert convert.from_onnx(weights, "rnn", raw)[1] == {"nonlinearity": "relu", "reverse": True}


def test_peepholes_of_one_direction_alone_are_zeros_in_the_other():
    case = onnx_case("lstm peepholes", "bidirectional")
    first, second = layered.records(case)
    records = [first, second._replace(p=None)]
    weights = convert.to_onnx(records, case.options)
    attributes = convert.onnx_attributes(records, case.options)
    assert_node_equals("runtime", case, weights, attributes, records, case.options)
