"""Six hundred random networks against PyTorch in float64: outputs, gradients, flow."""

import numpy as np
import pytest
import random_cells
import record_torch_cells
import torch_peer

from rnnref import gru, layers, lstm, rnn

CELLS = {"rnn": rnn, "lstm": lstm, "gru": gru}
TOLERANCE = {"rtol": 1e-10, "atol": 1e-11}  # of weighted sums, some over gradients of size 100


def module(k):
    """Run the k-th network that torch.nn has, as a stack."""
    setting = random_cells.module(k)
    x, weights, starts, dy, dstates = random_cells.arguments(setting, k)
    cell = CELLS[setting.cell]
    records = [cell.Params(**one) for one in weights]
    run = layers.stack(
        *(x, records),
        bidirectional=setting.bidirectional,
        state=[whole(cell, start) for start in starts],
        lengths=setting.lengths,
        **setting.options,
    )
    dstate = [whole(cell, parts) for parts in dstates]
    grads = layers.stack_backward(run, dy=dy, dstate=dstate)
    found = {"y": run.y, "dx": grads.x}
    for n, (state, start, params) in enumerate(
        zip(run.state, grads.state, grads.params, strict=True)
    ):
        found |= named(n, state, start, params)
    return found


def loop(k):
    """Run the k-th network that the recorder writes out in torch."""
    setting = random_cells.loop(k)
    x, [weights], [start], dy, [dstate] = random_cells.arguments(setting, k)
    cell = CELLS[setting.cell]
    given = {"state": whole(cell, start), "lengths": setting.lengths, **setting.options}
    run = cell.forward(x, cell.Params(**weights), **given)
    grads = cell.backward(run, dy=dy, dstate=whole(cell, dstate), truncate=setting.truncate)
    flow = {f"flow{k}": part for k, part in enumerate(parts_of(grads.flow))}
    return {"y": run.y, "dx": grads.x, **flow, **named(0, run.state, grads.state, grads.params)}


def named(n, state, start, params):
    """Return the results of one record under the names of the recorder."""
    found = {f"state{k}[{n}]": part for k, part in enumerate(parts_of(state))}
    found |= {f"dstart{k}[{n}]": part for k, part in enumerate(parts_of(start))}
    weights = {k: a for k, a in params._asdict().items() if a is not None}
    return found | {f"d{name}[{n}]": array for name, array in weights.items()}


def whole(cell, parts):
    return cell.State(*parts) if len(parts) > 1 else parts[0]


def parts_of(state):
    return state if isinstance(state, tuple) else (state,)


def check(source, kind, k, run):
    true = torch_peer.values(source, kind, record_torch_cells)[str(k)]
    arrays = run(k)
    found = random_cells.fingerprint(arrays)
    assert found.shape == true.shape
    for name, mine, theirs in zip(sorted(arrays), found, true, strict=True):
        np.testing.assert_allclose(mine, theirs, err_msg=f"{name} of {kind} {k}", **TOLERANCE)


@torch_peer.SOURCES
@pytest.mark.parametrize("first", range(0, random_cells.MODULES, 30))
def test_stacks_of_layers_equal_the_modules_of_pytorch(source, first):
    for k in range(first, first + 30):
        check(source, "module", k, module)


@torch_peer.SOURCES
@pytest.mark.parametrize("first", range(0, random_cells.LOOPS, 30))
def test_every_form_of_a_layer_equals_a_loop_in_pytorch(source, first):
    for k in range(first, first + 30):
        check(source, "loop", k, loop)


@pytest.mark.parametrize("k", range(0, random_cells.LOOPS, 40))
def test_a_fingerprint_sees_a_change_in_any_number(k):
    arrays = loop(k)
    before = random_cells.fingerprint(arrays)
    for row, name in enumerate(sorted(arrays)):
        for index in np.ndindex(arrays[name].shape):
            changed = arrays[name].copy()
            changed[index] += 1e-6
            after = random_cells.fingerprint({name: changed})[0]
            assert not np.allclose(after, before[row], **TOLERANCE), (name, index)


def test_the_networks_cover_what_there_is():
    settings = [random_cells.module(k) for k in range(random_cells.MODULES)]
    assert {(s.layers, s.bidirectional) for s in settings} == {
        (n, b) for n in (1, 2, 3) for b in (False, True)
    }
    loops = [random_cells.loop(k) for k in range(random_cells.LOOPS)]
    lstms = {(s.options["coupled"], s.peepholes, "P" in s.sizes) for s in loops if s.cell == "lstm"}
    assert len(lstms) == 8
    assert any(s.lengths and 0 in s.lengths for s in loops)
