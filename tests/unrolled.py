"""Whole sequences through the shipped script, and the same through NumPy."""

import numpy as np
import shipped

from rnnref import gru, lstm, rnn
from rnnref.explain.program import compiled
from rnnref.explain.stepper.cells import CELLS
from rnnref.explain.stepper.goal import half_squared
from rnnref.explain.trace import trace

T, B, D, H = 5, 2, 3, 4
OPENED = """(({ahead, goal, back}) => [ahead, [goal], back].map((steps) => steps.map(
    ({values}) => Object.fromEntries(Object.entries(values).filter(([, v]) => v.data)
        .map(([name, {data}]) => [name, [...data]])))))"""


def close(found, wanted, what):
    """Compare to twelve digits of the largest number in an array."""
    wanted = np.ravel(wanted)
    scale = np.max(np.abs(wanted), initial=1e-300)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12 * scale, err_msg=what)


def random_case(name, seed=3, steps=T):
    """Return a cell's module, random weights and biases, states that are not zero, x, target."""
    rng = np.random.default_rng(seed)
    module = {"rnn": rnn, "lstm": lstm, "gru": gru}[name]
    p = module.init(rng, D, H)
    p = p._replace(b=rng.standard_normal(p.b.shape))
    start = {state: rng.standard_normal((B, H)) for state in CELLS[name].states}
    return module, p, start, rng.standard_normal((B, steps, D)), rng.standard_normal((B, H))


def programs(name, p, start, x, target):
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


def case_for_script(name, module, p, start, x, target):
    """Return what RR.unroll reads: the programs and the given numbers."""
    cell = programs(name, p, start, x, target)
    weights = [op[2] for op in cell["ahead"]["ops"] if op[0] == "in" and op[2][0] in "WUb"]
    given = {
        "params": {weight: getattr(p, weight).tolist() for weight in weights},
        "x": np.moveaxis(x, 1, 0).tolist(),
        "target": target.tolist(),
    }
    return {"cell": cell, "given": given | {key: value.tolist() for key, value in start.items()}}


def by_script(name, case, forced=None):
    """Return every value of every step forward, the loss, and every step back."""
    data = case_for_script(name, *case) | {"forced": forced or {}}
    ahead, [goal], back = shipped.evaluate(
        f"{OPENED}(RR.unroll(data.cell, data.given, data.forced))", data
    )
    return ahead, goal, back


def by_numpy(module, p, start, x, target):
    """Run and differentiate a sequence with the package's fused passes."""
    state = module.State(**start) if len(start) > 1 else start["h"]
    run = module.forward(x, p, state=state)
    dh = run.y[:, -1] - target
    dstate = module.State(dh, np.zeros_like(dh)) if len(start) > 1 else dh
    return run, module.backward(run, dstate=dstate)


def held(p, gate, value):
    """Return weights with which a gate is exactly 0, ½ or 1, whatever it reads."""
    other = p._replace(W=p.W.copy(), U=p.U.copy(), b=p.b.copy())
    for kind in "WU":
        getattr(other, f"{kind}_{gate}")[:] = 0
    getattr(other, f"b_{gate}")[:] = {0: -50, 0.5: 0, 1: 50}[value]
    return other
