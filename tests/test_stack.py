"""Layers on top of each other, in one direction or both. See also test_torch_cells."""

import forms
import numpy as np
import pytest
from cases import normal
from forms import LENGTHS, B, D, H, T

from rnnref import (
    ArgumentError,
    DTypeError,
    OptionError,
    ShapeError,
    gradcheck,
    gru,
    layers,
    lstm,
    rnn,
)

CELLS = {"rnn": (rnn, 1, {}), "lstm": (lstm, 4, {}), "gru": (gru, 3, {"update": "replace"})}
UNITS = (4, 6, 7)  # of the layers, from the bottom up
every_stack = pytest.mark.parametrize(
    ("cell", "both"), [(cell, both) for cell in CELLS for both in (False, True)]
)


def records(cell, both, units=UNITS, seed=1):
    """Return random weights of three layers of different sizes."""
    draw, (module, G, _) = normal(seed), CELLS[cell]
    found, width = [], D
    for size in units:
        for _ in range(1 + both):
            shapes = (G * size, width), (G * size, size), (G * size,)
            found.append(module.Params(*(draw(*shape) for shape in shapes)))
        width = size * (1 + both)
    return found


def starts(cell, both, seed=2):
    """Return a random state for each record, as a list."""
    draw, states = normal(seed), []
    for size in UNITS:
        for _ in range(1 + both):
            parts = [draw(B, size) for _ in range(1 + (cell == "lstm"))]
            states.append(lstm.State(*parts) if cell == "lstm" else parts[0])
    return states


def run(cell, both, x=None, p=None, state="random", **options):
    x = forms.inputs() if x is None else x
    p = records(cell, both) if p is None else p
    state = starts(cell, both) if isinstance(state, str) else state
    given = {"bidirectional": both, "state": state, **CELLS[cell][2], **options}
    return layers.stack(x, p, **given)


def backward(cell, both, found, **options):
    dy = normal(3)(*found.y.shape)
    return layers.stack_backward(found, dy=dy, dstate=starts(cell, both, seed=4), **options)


@every_stack
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_a_stack_is_its_layers_one_after_the_other(cell, both, lengths):
    found, x, place = run(cell, both, lengths=lengths), forms.inputs(), 0
    module, _, options = CELLS[cell]
    p, state = records(cell, both), starts(cell, both)
    for _ in UNITS:
        ys = []
        for reverse in (False, True)[: 1 + both]:
            given = {"state": state[place], "lengths": lengths, "reverse": reverse}
            one = module.forward(x, p[place], **given, **options)
            for part, same in zip(
                forms.flat(found.state[place]), forms.flat(one.state), strict=True
            ):
                np.testing.assert_array_equal(part, same)
            ys.append(one.y)
            place += 1
        x = np.concatenate(ys, axis=-1)
    np.testing.assert_array_equal(found.y, x)
    assert found.y.shape == (B, T, UNITS[-1] * (1 + both))


@every_stack
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_every_gradient_of_three_layers_equals_the_complex_step(cell, both, lengths):
    p, state = records(cell, both), starts(cell, both)
    ends = starts(cell, both, seed=4)
    args = {"x": forms.inputs()}
    for n, (record, start) in enumerate(zip(p, state, strict=True)):
        args |= {f"{k}{n}": a for k, a in zip("WUb", record, strict=False)}
        args |= {f"start{n}.{k}": part for k, part in enumerate(forms.flat(start))}

    def loss(**moved):
        changed = [type(r)(*(moved[f"{k}{n}"] for k in "WUb")) for n, r in enumerate(p)]
        start = [
            [moved[f"start{n}.{k}"] for k in range(len(forms.flat(one)))]
            for n, one in enumerate(state)
        ]
        start = [lstm.State(*parts) if cell == "lstm" else parts[0] for parts in start]
        out = run(cell, both, x=moved["x"], p=changed, state=start, lengths=lengths)
        total = np.sum(normal(3)(*out.y.shape) * out.y)
        for final, end in zip(out.state, ends, strict=True):
            pairs = zip(forms.flat(final), forms.flat(end), strict=True)
            total = total + sum(np.sum(d * part) for part, d in pairs)
        return total

    grads = backward(cell, both, run(cell, both, lengths=lengths))
    found = {"x": grads.x}
    for n, (params, start) in enumerate(zip(grads.params, grads.state, strict=True)):
        found |= {f"{k}{n}": getattr(params, k) for k in "WUb"}
        found |= {f"start{n}.{k}": part for k, part in enumerate(forms.flat(start))}
    # Derivatives along one random direction of each argument: there are thousands of numbers.
    for name, grad in found.items():
        direction = np.random.default_rng(len(name)).standard_normal(grad.shape)
        slope = loss(**args | {name: args[name] + 1e-30j * direction}).imag / 1e-30
        np.testing.assert_allclose(np.sum(grad * direction), slope, rtol=1e-11, err_msg=name)


@every_stack
def test_what_stands_in_the_padding_changes_nothing(cell, both):
    x = forms.inputs().copy()
    x[0, LENGTHS[0] :] = np.nan
    filled, plain = run(cell, both, x=x, lengths=LENGTHS), run(cell, both, lengths=LENGTHS)
    np.testing.assert_array_equal(filled.y, plain.y)
    there, here = backward(cell, both, filled), backward(cell, both, plain)
    np.testing.assert_array_equal(there.x, here.x)
    assert np.all(here.x[0, LENGTHS[0] :] == 0)


@every_stack
def test_one_layer_is_the_cell_itself(cell, both):
    if both:
        return
    p = records(cell, False)[:1]
    found = run(cell, False, p=p, state=None)
    one = CELLS[cell][0].forward(forms.inputs(), p[0], **CELLS[cell][2])
    np.testing.assert_array_equal(found.y, one.y)


@every_stack
def test_none_for_one_state_or_all_is_zero(cell, both):
    some = starts(cell, both)
    zeros = [type(s)(*map(np.zeros_like, s)) if cell == "lstm" else np.zeros_like(s) for s in some]
    none = run(cell, both, state=None)
    np.testing.assert_array_equal(none.y, run(cell, both, state=zeros).y)
    np.testing.assert_array_equal(none.y, run(cell, both, state=[None] * len(some)).y)


@pytest.mark.parametrize("cell", CELLS)
def test_a_stack_reads_backwards_in_all_layers(cell):
    x = forms.inputs()
    backwards = run(cell, False, reverse=True)
    turned = run(cell, False, x=np.ascontiguousarray(x[:, ::-1]))
    np.testing.assert_allclose(backwards.y, turned.y[:, ::-1], rtol=1e-13)


@every_stack
def test_truncation_stops_the_gradient_in_every_layer(cell, both):
    found = run(cell, both)
    cut, whole = backward(cell, both, found, truncate=1), backward(cell, both, found)
    assert all(np.any(a.U != b.U) for a, b in zip(cut.params, whole.params, strict=True))


@every_stack
def test_flow_comes_for_every_record(cell, both):
    grads = backward(cell, both, run(cell, both))
    for flow, p in zip(grads.flow, records(cell, both), strict=True):
        assert all(part.shape == (B, T, p.U.shape[1]) for part in forms.flat(flow))


def test_float32_stays_float32_through_all_layers():
    p = [type(r)(*(a.astype(np.float32) for a in r[:3])) for r in records("lstm", True)]
    found = run("lstm", True, x=forms.inputs().astype(np.float32), p=p, state=None)
    grads = layers.stack_backward(found, dy=np.ones_like(found.y))
    assert {found.y.dtype, grads.x.dtype, grads.params[0].W.dtype} == {np.dtype(np.float32)}


def test_what_a_stack_returns_is_read_only():
    found = run("gru", True)
    assert not any(a.flags.writeable for a in (found.y, *found.state))


x, two = forms.inputs(), records("rnn", False)
pairs, gated = records("lstm", True), records("gru", False)
REFUSALS = {
    "no layers": (
        lambda: layers.stack(x, []),
        DTypeError,
        "layers.stack: layers must be a sequence of one of rnn.Params, lstm.Params, gru.Params, "
        "got ()",
    ),
    "one record outside a list": (
        lambda: layers.stack(x, two[0]),
        DTypeError,
        "layers.stack: layers must be a sequence of one of rnn.Params, lstm.Params, gru.Params, "
        "got rnn.Params",
    ),
    "a number of layers": (
        lambda: layers.stack(x, 3),
        DTypeError,
        "layers.stack: layers must be a sequence of one of rnn.Params, lstm.Params, gru.Params, "
        "got int",
    ),
    "one sequence without a batch": (
        lambda: layers.stack(x[0], two),
        ShapeError,
        "layers.stack: x must have shape (B, T, D), got (5, 3): x[None] adds a batch axis",
    ),
    "half a pair": (
        lambda: layers.stack(x, pairs[:3], bidirectional=True),
        ArgumentError,
        "layers.stack: layers must be pairs of records with bidirectional=True, got 3 of them",
    ),
    "two cells": (
        lambda: layers.stack(x, [two[0], records("gru", False)[1]]),
        DTypeError,
        "layers.stack: layers[1] must be a record rnn.Params(W, U, b), got gru.Params",
    ),
    "a layer for other inputs": (
        lambda: layers.stack(x, [two[0], two[2]]),
        ShapeError,
        "layers.stack: layers[1].W must have shape (H, D=4), got (7, 6): D=4 comes from layers[0]",
    ),
    "a layer for one direction of two": (
        lambda: layers.stack(x, [*pairs[:2], *records("lstm", False)[1:2] * 2], bidirectional=True),
        ShapeError,
        "layers.stack: layers[2].W must have shape (4*H, D=8), got (24, 4): "
        "D=8 comes from layers[0] and layers[1]",
    ),
    "two directions of different units": (
        lambda: layers.stack(x, [two[0], records("rnn", False, (6,))[0]], bidirectional=True),
        ShapeError,
        "layers.stack: layers[1].W must have shape (H=4, D=3), got (6, 3): "
        "H=4 comes from layers[0].W (4, 3)",
    ),
    "too few states": (
        lambda: layers.stack(x, two, state=[np.zeros((B, H))]),
        ArgumentError,
        "layers.stack: state must be a sequence of 3 states, got 1 of them",
    ),
    "a state for another batch in the second layer": (
        lambda: layers.stack(x, two, state=[None, np.zeros((1, 6)), None]),
        ShapeError,
        "layers.stack: state[1] must have shape (B=2, H=6), got (1, 6): B=2 comes from x (2, 5, 3)",
    ),
    "one state for all": (
        lambda: layers.stack(x, two, state=np.zeros((3, B, H))),
        ArgumentError,
        "layers.stack: state must be a sequence of 3 states, got an array of float64",
    ),
    "one record for all states": (
        lambda: layers.stack(x, records("lstm", False)[:2], state=lstm.State(*np.zeros((2, B, H)))),
        ArgumentError,
        "layers.stack: state must be a sequence of 2 states, got lstm.State",
    ),
    "both directions backwards": (
        lambda: layers.stack(x, pairs, bidirectional=True, reverse=True),
        ArgumentError,
        "layers.stack: reverse must be False with bidirectional=True, got True",
    ),
    "an array of directions": (
        lambda: layers.stack(x, pairs, bidirectional=True, reverse=np.array([1, 2])),
        OptionError,
        "layers.stack: reverse must be one of False, True, got array([1, 2])",
    ),
    "a word for the direction": (
        lambda: layers.stack(x, pairs, bidirectional=True, reverse="no"),
        OptionError,
        "layers.stack: reverse must be one of False, True, got 'no'",
    ),
    "lengths for another batch": (
        lambda: layers.stack(x, two, lengths=[9]),
        ShapeError,
        "layers.stack: lengths must have shape (B=2,), got (1,)",
    ),
    "a length beyond the sequence": (
        lambda: layers.stack(x, two, lengths=[1, 9]),
        ArgumentError,
        "layers.stack: lengths must be between 0 and T=5, got 9 at [1]",
    ),
    "an option that no cell has": (
        lambda: layers.stack(x, two, foo=1),
        OptionError,
        "layers.stack: **options must be one of 'nonlinearity', got 'foo'",
    ),
    "an option of another cell": (
        lambda: layers.stack(x, two, coupled=True),
        OptionError,
        "layers.stack: **options must be one of 'nonlinearity', got 'coupled'",
    ),
    "an unknown value of an option": (
        lambda: layers.stack(x, records("gru", False), reset="x"),
        OptionError,
        "layers.stack: reset must be one of 'before', 'after', got 'x'",
    ),
    "a reset without its bias in one layer": (
        lambda: layers.stack(
            x,
            [p._replace(b_u=p.b[:n] if n < 7 else None) for p, n in zip(gated, UNITS, strict=True)],
            reset="after",
        ),
        ArgumentError,
        'layers.stack: layers[2].b_u must be an array with reset="after", got None',
    ),
    "pieces of no step": (
        lambda: layers.stack_backward(layers.stack(x, two), truncate=0),
        ArgumentError,
        "layers.stack_backward: truncate must be an integer of at least 1, got 0",
    ),
    "directions that are no bool": (
        lambda: layers.stack(x, pairs, bidirectional=2),
        OptionError,
        "layers.stack: bidirectional must be one of False, True, got 2",
    ),
    "another run": (
        lambda: layers.stack_backward(rnn.forward(x, two[0])),
        DTypeError,
        "layers.stack_backward: run must be what layers.stack returns, got Run",
    ),
    "a gradient for one direction": (
        lambda: layers.stack_backward(
            layers.stack(x, pairs, bidirectional=True), dy=np.ones((B, T, 7))
        ),
        ShapeError,
        "layers.stack_backward: dy must have shape (2, 5, 14), got (2, 5, 7): "
        "this is the shape of the output",
    ),
    "a gradient that is no state": (
        lambda: layers.stack_backward(
            layers.stack(x, pairs, bidirectional=True), dstate=[np.zeros((B, H)), *[None] * 5]
        ),
        DTypeError,
        "layers.stack_backward: dstate[0] must be a record lstm.State(h, c), "
        "got an array of float64",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_stacked_is_refused_in_one_sentence(name):
    call, kind, text = REFUSALS[name]
    with pytest.raises(kind) as refusal:
        call()
    assert type(refusal.value) is kind
    assert str(refusal.value) == text


CHINESE = {
    "half a pair": "layers 应为 bidirectional=True 时成对的记录，实际是 3 个",
    "a number of layers": "layers 应为 rnn.Params, lstm.Params, gru.Params 之一的序列，实际是 int",
    "too few states": "state 应为 3 个状态的序列，实际是 1 个",
    "a layer for one direction of two": "layers[2].W 应具有形状 (4*H, D=8)，实际是 (24, 4)："
    "D=8 来自 layers[0] 和 layers[1]",
}


@pytest.mark.parametrize("name", CHINESE)
def test_refusals_are_set_in_chinese(chinese, name):
    call, kind, _ = REFUSALS[name]
    with pytest.raises(kind) as refusal:
        call()
    assert str(refusal.value) == f"layers.stack：{CHINESE[name]}"


def test_the_complex_step_is_taken_by_the_package_too():
    """One full check, entry by entry, of the smallest stack."""
    p = records("gru", True, units=(2,))
    grads = layers.stack_backward(layers.stack(x, p, bidirectional=True), dy=1.0)

    def loss(W):
        return np.sum(layers.stack(x, [p[0], p[1]._replace(W=W)], bidirectional=True).y)

    report = gradcheck.check(loss, {"W": p[1].W}, {"W": grads.params[1].W})
    assert report.ok, report


def test_whether_a_stack_has_two_directions_is_a_bool_of_python():
    both = [rnn.init(np.random.default_rng(0), 3, 4) for _ in range(2)]
    run = layers.stack(np.ones((1, 2, 3)), both, bidirectional=np.True_)
    assert run.bidirectional is True


def test_too_few_gradients_of_states_are_counted():
    run = layers.stack(np.ones((1, 2, 3)), [rnn.init(np.random.default_rng(0), 3, 4)])
    with pytest.raises(ArgumentError) as refusal:
        layers.stack_backward(run, dstate=[])
    expected = "dstate must be a sequence of 1 states, got 0 of them"
    assert str(refusal.value) == f"layers.stack_backward: {expected}"
