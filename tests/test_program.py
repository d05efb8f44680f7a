"""Compiled programs, run by the shipped script, compute what NumPy does."""

import functools

import numpy as np
import pytest
import shipped

from rnnref import gru, lstm, rnn
from rnnref.explain import catalog
from rnnref.explain.axes import TraceError
from rnnref.explain.program import ALONG, OPERATIONS, Registers, compiled
from rnnref.explain.stepper.cells import CELLS
from rnnref.explain.stepper.goal import half_squared
from rnnref.explain.trace import Node, trace

STEPS = {  # name -> what compiles; every cell in all its forms, forward and backward
    name
    for name in catalog.ENTRIES
    if name.split(".")[0] in ("rnn", "lstm", "gru", "joined", "attention")
    and not catalog.ENTRIES[name].lines
}
T, B, D, H = 5, 2, 3, 4
OPENED = """data.map(({program, inputs, forced}) => Object.fromEntries(
    Object.entries(RR.run(program, inputs, forced)).map(([name, {data}]) => [name, [...data]])))"""


def close(found, wanted, what):
    """Compare to twelve digits of the largest number in an array."""
    wanted = np.ravel(wanted)
    scale = np.max(np.abs(wanted), initial=1e-300)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12 * scale, err_msg=what)


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


# ---- whole sequences, forward and back through time ----


def sized(name, fill):
    """Return random weights of a cell, and states that are not zero."""
    rng = np.random.default_rng(fill)
    module = {"rnn": rnn, "lstm": lstm, "gru": gru}[name]
    p = module.init(rng, D, H)
    p = p._replace(b=rng.standard_normal(p.b.shape))
    start = {state: rng.standard_normal((B, H)) for state in CELLS[name].states}
    return module, p, start, rng.standard_normal((B, T, D)), rng.standard_normal((B, H))


def programs_of(name, p, start, x, target):
    """Return the three programs of a cell, compiled for these sizes."""
    cell, module = CELLS[name], CELLS[name].module
    read = {"x": x[:, 0], **{f"{s}_prev": start[s] for s in cell.states}, "p": p}
    back = dict.fromkeys(cell.carry, target) | read | {"s": module.step(**read)}
    return {
        "ahead": compiled(trace(module.step, read, name))._asdict(),
        "back": compiled(trace(module.step_backward, back, f"{name}-backward"))._asdict(),
        "goal": compiled(trace(half_squared, {"h": target, "target": target}, "goal"))._asdict(),
        "states": cell.states,
        "carry": cell.carry,
    }


def unrolled(name, forced, seed=3):
    """Return what the script makes of a sequence, and the NumPy run of the same."""
    module, p, start, x, target = sized(name, seed)
    programs = programs_of(name, p, start, x, target)
    weights = [op[2] for op in programs["ahead"]["ops"] if op[0] == "in" and op[2][0] in "WUb"]
    given = {
        "params": {weight: getattr(p, weight).tolist() for weight in weights},
        "x": np.moveaxis(x, 1, 0).tolist(),
        "target": target.tolist(),
    }
    given |= {state: value.tolist() for state, value in start.items()}
    data = {"cell": programs, "given": given, "forced": forced}
    opened = """(({ahead, goal, back}) => [ahead, [goal], back].map((steps) => steps.map(
        ({values}) => Object.fromEntries(Object.entries(values).filter(([, v]) => v.data)
            .map(([name, {data}]) => [name, [...data]])))))"""
    ahead, [goal], back = shipped.evaluate(
        f"{opened}(RR.unroll(data.cell, data.given, data.forced))", data
    )
    return (ahead, goal, back), (module, p, start, x, target)


def by_numpy(module, p, start, x, target):
    """Run and differentiate a sequence with the package's fused passes."""
    state = module.State(**start) if len(start) > 1 else start["h"]
    run = module.forward(x, p, state=state)
    dh = run.y[:, -1] - target
    dstate = module.State(dh, np.zeros_like(dh)) if len(start) > 1 else dh
    return run, module.backward(run, dstate=dstate)


@pytest.mark.parametrize("name", CELLS)
def test_a_sequence_forward_and_back_equals_the_fused_passes(name):
    (ahead, goal, back), (module, p, start, x, target) = unrolled(name, {})
    run, grads = by_numpy(module, p, start, x, target)
    close(goal["L"], 0.5 * np.sum((run.y[:, -1] - target) ** 2, axis=-1), "L")
    for t in range(T):
        for field in run.steps._fields:
            close(ahead[t][field], getattr(run.steps, field)[:, t], f"{field} at {t}")
        close(back[t]["dx"], grads.x[:, t], f"dx at {t}")
    first = grads.state._asdict() if len(start) > 1 else {"h": grads.state}
    for state, value in first.items():
        close(back[0][f"d{state}_prev"], value, f"d{state} at the start")
    for weight in [key for key in back[0] if key[:2] in ("dW", "dU", "db")]:
        total = sum(np.array(step[weight]) for step in back)
        close(total, getattr(grads.params, weight[1:]), weight)


def held_weights(p, gate, value):
    """Return weights with which a gate is exactly 0, ½ or 1, whatever it reads."""
    held = p._replace(W=p.W.copy(), U=p.U.copy(), b=p.b.copy())
    for kind in "WU":
        getattr(held, f"{kind}_{gate}")[:] = 0
    getattr(held, f"b_{gate}")[:] = {0: -50, 0.5: 0, 1: 50}[value]
    return held


@pytest.mark.parametrize("value", [0, 0.5, 1])
@pytest.mark.parametrize(
    ("name", "gate"), [(name, gate) for name, cell in CELLS.items() for gate, _ in cell.gates]
)
def test_a_gate_held_at_a_value_is_numpy_with_weights_that_hold_it(name, gate, value):
    forced = {"ahead": {gate: value}, "back": {f"da_{gate}": 0}}
    (ahead, _, back), (module, p, start, x, target) = unrolled(name, forced)
    run, grads = by_numpy(module, held_weights(p, gate, value), start, x, target)
    for t in range(T):
        assert set(ahead[t][gate]) == {value}
        close(ahead[t]["h"], run.y[:, t], f"h at {t}")
        close(back[t]["dx"], grads.x[:, t], f"dx at {t}")
    for weight in [key for key in back[0] if key.startswith("dW") and not key.endswith(gate)]:
        total = sum(np.array(step[weight]) for step in back)
        close(total, getattr(grads.params, weight[1:]), weight)


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
