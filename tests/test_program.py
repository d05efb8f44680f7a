"""Compiled programs, run by the shipped script, compute what NumPy does."""

import functools

import numpy as np
import pytest
import shipped
from unrolled import close

from rnnref.explain import catalog
from rnnref.explain.axes import TraceError
from rnnref.explain.program import ALONG, OPERATIONS, Registers, compiled
from rnnref.explain.trace import Node

STEPS = {  # name -> what compiles; every cell in all its forms, forward and backward
    name
    for name in catalog.ENTRIES
    if name.split(".")[0] in ("rnn", "lstm", "gru", "joined", "attention")
    and not catalog.ENTRIES[name].lines
}
OPENED = """data.map(({program, inputs, forced}) => Object.fromEntries(
    Object.entries(RR.run(program, inputs, forced)).map(([name, {data}]) => [name, [...data]])))"""


def case(registers):
    """Return what the script needs for one run."""
    inputs = {n.name: np.ravel(n.value).tolist() for n in registers.nodes if n.op == "in"}
    return {"program": registers.program._asdict(), "inputs": inputs, "forced": {}}


def drawn(name, seed):
    """Record a function of the catalogue on random values."""
    entry = catalog.ENTRIES[name]
    return Registers(entry.trace(entry.example(np.random.default_rng(seed))))


@functools.cache
def programs():
    """Return every program that compiles, and the messages of those that are refused."""
    made, refused = {}, {}
    for name, entry in catalog.ENTRIES.items():
        if entry.lines:
            continue
        try:
            made[name] = drawn(name, 0)
        except TraceError as error:
            refused[name] = str(error)
    return made, refused


@functools.cache
def ran():
    """Run every program once in the script."""
    made, _ = programs()
    found = shipped.evaluate(OPENED, [case(registers) for registers in made.values()])
    return dict(zip(made, found, strict=True))


def test_every_value_of_every_program_is_what_numpy_computes():
    for name, registers in programs()[0].items():
        for value, place in registers.program.names.items():
            close(ran()[name][value], registers.nodes[place].value, f"{name}: {value}")


def test_every_cell_and_every_attention_can_be_compiled():
    assert STEPS - programs()[0].keys() == set()


def test_what_a_page_cannot_compute_is_refused_by_name():
    for name, message in programs()[1].items():
        assert "a page cannot compute" in message, name


@pytest.mark.parametrize("name", ["lstm.step", "lstm.step_backward", "gru.step", "rnn.step"])
def test_a_program_fits_other_numbers_than_those_it_was_recorded_with(name):
    entry, registers = catalog.ENTRIES[name], drawn(name, 0)
    others = [drawn(name, seed) for seed in range(1, 20)]
    cases = [case(other) | {"program": registers.program._asdict()} for other in others]
    for found, other in zip(shipped.evaluate(OPENED, cases), others, strict=True):
        for value in entry.trace():
            close(found[value], other.nodes[other.program.names[value]].value, value)


def test_the_script_knows_the_operations_that_the_compiler_lets_through():
    assert set(shipped.evaluate("RR.operations", None)) == OPERATIONS
    assert set(ALONG) <= OPERATIONS


# ---- refusals ----


def message(inputs, forced=None):
    registers = drawn("rnn.step", 0)
    data = {"program": registers.program._asdict(), "inputs": inputs, "forced": forced or {}}
    return shipped.evaluate(
        "(() => { try { RR.run(data.program, data.inputs, data.forced); }"
        " catch (error) { return error.message; } })()",
        data,
    )


def test_the_script_names_what_is_missing_wrong_or_no_number():
    inputs = case(drawn("rnn.step", 0))["inputs"]
    assert message({}) == "the program needs x"
    assert message(inputs | {"x": [1, 2]}).startswith("x has 2 numbers; the program takes (")
    assert message(inputs | {"b": [None] * 7}) == "b holds null, which is no finite number"
    assert message(inputs, {"g": 1}) == "the program has no g"


def test_two_values_of_one_name_are_refused():
    a = Node("in", (), np.ones((1, 2)), ("B", "."), name="a")
    with pytest.raises(TraceError, match="two values are called 'a-a-a'"):
        compiled({"y": (a - a - a) + (a - (a - a))})
