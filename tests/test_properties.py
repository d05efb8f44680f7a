"""Laws of the cells and of attention at sizes that nobody chose: each example is drawn anew.

`HYPOTHESIS_PROFILE=slow` looks at fifty times as many; see `python scripts/dev.py test --slow`.
"""

import os

import drawn
import numpy as np
import pytest
from forms import FORMS
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rnnref import attention, convert, gru

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "law"))
every_form = pytest.mark.parametrize("name", FORMS)
TOLERANCE = {"rtol": 1e-9, "atol": 1e-11}  # sums are taken in another order


def same(found, wanted):
    """Compare two trees of arrays."""
    pairs = zip(drawn.leaves(found), drawn.leaves(wanted), strict=True)
    for one, other in pairs:
        np.testing.assert_allclose(one, other, **TOLERANCE)


def mapped(function, tree):
    """Apply a function to every array of a state."""
    if isinstance(tree, tuple):
        parts = [mapped(function, part) for part in tree]
        return tree._make(parts) if hasattr(tree, "_make") else tuple(parts)
    return function(tree)


@every_form
@given(data=st.data())
def test_sequences_in_another_order_give_the_same_outputs_in_that_order(name, data):
    case = data.draw(drawn.cases(name))
    order = np.random.default_rng(0).permutation(len(case.x))
    turned = case._replace(
        x=case.x[order],
        lengths=case.lengths[order],
        dy=case.dy[order],
        start=mapped(lambda a: a[order], case.start),
        dstate=mapped(lambda a: a[order], case.dstate),
    )
    here, there = drawn.run(case), drawn.run(turned)
    same((there.y, there.state, there.steps), mapped(lambda a: a[order], here[:3]))
    found, moved = drawn.back(case, here), drawn.back(turned, there)
    same(moved.params, found.params)
    for part in ("x", "state", "flow"):
        same(getattr(moved, part), mapped(lambda a: a[order], getattr(found, part)))


def units(case, order, outputs):
    """Return a case whose hidden units stand in another order, those of a projection too."""
    p = case.p
    stacked = {field: blocks(getattr(p, field), order) for field in ("W", "U", "b")}
    stacked["U"] = stacked["U"][:, outputs]
    extra = {
        "p": lambda a: blocks(a, order),
        "b_u": lambda a: a[order],
        "W_p": lambda a: a[outputs][:, order],
    }
    for field in FORMS[case.name].extra:
        stacked[field] = extra[field](getattr(p, field))
    orders = {"h": outputs, "c": order}
    turn = [orders[part] for part in FORMS[case.name].states]
    return case._replace(
        p=p._replace(**stacked),
        dy=case.dy[..., outputs],
        start=tuple(a[:, o] for a, o in zip(case.start, turn, strict=True)),
        dstate=tuple(a[:, o] for a, o in zip(case.dstate, turn, strict=True)),
    )


def blocks(stacked, order):
    """Reorder the rows of every gate alike."""
    gates = stacked.reshape(-1, len(order), *stacked.shape[1:])
    return gates[:, order].reshape(stacked.shape)


@every_form
@given(data=st.data())
def test_hidden_units_have_no_order(name, data):
    case = data.draw(drawn.cases(name))
    rng = np.random.default_rng(1)
    H = len(case.p.b) // len(getattr(FORMS[name].cell, "GATES", "h"))
    order = rng.permutation(H)
    outputs = rng.permutation(case.p.U.shape[1]) if "W_p" in FORMS[name].extra else order
    turned = units(case, order, outputs)
    here, there = drawn.run(case), drawn.run(turned)
    same(there.y, here.y[..., outputs])
    for field in here.steps._fields:
        wanted = outputs if field == "h" else order
        same(getattr(there.steps, field), getattr(here.steps, field)[..., wanted])
    found, moved = drawn.back(case, here), drawn.back(turned, there)
    same(moved.x, found.x)
    as_weights = units(case._replace(p=found.params), order, outputs).p
    same(moved.params, as_weights)


@every_form
@given(data=st.data())
def test_a_sequence_cut_in_two_with_its_state_carried_over_is_the_whole(name, data):
    case = data.draw(drawn.cases(name))
    case = case._replace(lengths=None, reverse=False)
    cut = data.draw(st.integers(0, case.x.shape[1]))
    here = drawn.run(case)
    first = drawn.run(case._replace(x=case.x[:, :cut]))
    carried = tuple(drawn.leaves(first.state))
    second = drawn.run(case._replace(x=case.x[:, cut:], start=carried))
    same(np.concatenate([first.y, second.y], axis=1), here.y)
    same(second.state, here.state)


@every_form
@given(data=st.data())
def test_reading_backwards_is_turning_round_reading_and_turning_back(name, data):
    case = data.draw(drawn.cases(name))
    case = case._replace(lengths=None)
    here = drawn.run(case, reverse=True)
    there = drawn.run(case._replace(x=case.x[:, ::-1]), reverse=False)
    same(here.y, there.y[:, ::-1])
    same(here.state, there.state)


@every_form
@given(data=st.data())
def test_a_sequence_does_not_know_its_batch_or_its_padding(name, data):
    case = data.draw(drawn.cases(name))
    here = drawn.run(case)
    found = drawn.back(case, here)
    b = data.draw(st.integers(0, len(case.x) - 1))
    n = case.lengths[b]
    alone = case._replace(
        x=case.x[b : b + 1, :n],
        lengths=None,
        dy=case.dy[b : b + 1, :n],
        start=mapped(lambda a: a[b : b + 1], case.start),
        dstate=mapped(lambda a: a[b : b + 1], case.dstate),
    )
    run = drawn.run(alone)
    same(run.y, here.y[b : b + 1, :n])
    same(run.state, mapped(lambda a: a[b : b + 1], here.state))
    assert np.all(here.y[b, n:] == 0) and np.all(found.x[b, n:] == 0)
    same(drawn.back(alone, run).x, found.x[b : b + 1, :n])


@every_form
@given(data=st.data())
def test_no_output_depends_on_a_later_input(name, data):
    case = data.draw(drawn.cases(name))
    case = case._replace(lengths=None, reverse=False)
    assume(case.x.shape[1] > 1)
    t = data.draw(st.integers(1, case.x.shape[1] - 1))
    changed = case.x.copy()
    changed[:, t:] += 1
    here, there = drawn.run(case), drawn.run(case._replace(x=changed))
    same(there.y[:, :t], here.y[:, :t])


@pytest.mark.parametrize("name", ["gru", "gru after"])
@given(data=st.data())
def test_negated_rows_of_z_turn_one_update_into_the_other(name, data):
    case = data.draw(drawn.cases(name))
    other = case._replace(p=convert.negate_update(case.p))
    there = drawn.run(other, update="replace")
    same(there.y, drawn.run(case).y)
    grads, moved = drawn.back(case, drawn.run(case)), drawn.back(other, there)
    same(moved.x, grads.x)
    same(convert.negate_update(moved.params), grads.params)


@given(data=st.data())
def test_with_an_open_reset_gate_both_places_of_the_reset_are_one(data):
    case = data.draw(drawn.cases("gru"))
    H = len(case.p.b) // 3
    b = case.p.b.copy()
    b[:H] = 1e3  # r is exactly 1
    b_u = np.random.default_rng(2).standard_normal(H)
    after = gru.Params(case.p.W, case.p.U, b, b_u)
    both = b.copy()
    both[2 * H :] += b_u
    options = {"state": case.start[0], "lengths": case.lengths, "reverse": case.reverse}
    there = gru.forward(case.x, after, reset="after", **options)
    same(there.y, gru.forward(case.x, case.p._replace(b=both), **options).y)


@st.composite
def questions(draw):
    """Draw q, k, v and a mask that leaves every query something to see."""
    B, T, S, E, V = (draw(st.integers(1, most)) for most in (3, 4, 6, 4, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mask = rng.random((B, T, S)) < 0.6
    mask[..., 0] = True
    normal = rng.standard_normal
    return normal((B, T, E)), normal((B, S, E)), normal((B, S, V)), mask, normal((B, T, V))


@pytest.mark.parametrize("score", ["dot", "scaled"])
@given(data=st.data())
def test_keys_have_no_order(score, data):
    q, k, v, mask, dy = data.draw(questions())
    order = np.random.default_rng(3).permutation(k.shape[1])
    here = attention.attention(q, k, v, score=score, mask=mask)
    there = attention.attention(q, k[:, order], v[:, order], score=score, mask=mask[..., order])
    same(there.y, here.y)
    same(there.weights, here.weights[..., order])
    found = attention.attention_backward(here, dy=dy)
    moved = attention.attention_backward(there, dy=dy)
    same((moved.q, moved.k, moved.v), (found.q, found.k[:, order], found.v[:, order]))


@given(data=st.data())
def test_a_masked_key_is_an_absent_key(data):
    q, k, v, _, dy = data.draw(questions())
    S = k.shape[1]
    seen = np.random.default_rng(4).random(S) < 0.6
    seen[0] = True
    here = attention.attention(q, k, v, mask=seen[None, None])
    there = attention.attention(q, k[:, seen], v[:, seen])
    same(here.y, there.y)
    found = attention.attention_backward(here, dy=dy)
    without = attention.attention_backward(there, dy=dy)
    same((found.q, found.k[:, seen], found.v[:, seen]), (without.q, without.k, without.v))
    assert np.all(found.k[:, ~seen] == 0) and np.all(found.v[:, ~seen] == 0)


@given(data=st.data())
def test_one_vector_added_to_every_key_changes_no_weight(data):
    q, k, v, mask, _ = data.draw(questions())
    shift = np.random.default_rng(5).standard_normal(k.shape[-1])
    here = attention.attention(q, k, v, mask=mask)
    same(attention.attention(q, k + shift, v, mask=mask).weights, here.weights)
    same(np.sum(here.weights, axis=-1), np.ones(q.shape[:2]))


@given(data=st.data())
def test_one_vector_added_to_every_value_is_added_to_every_output(data):
    q, k, v, mask, _ = data.draw(questions())
    shift = np.random.default_rng(6).standard_normal(v.shape[-1])
    here = attention.attention(q, k, v, mask=mask)
    same(attention.attention(q, k, v + shift, mask=mask).y, here.y + shift)
