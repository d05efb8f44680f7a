"""The gradients of attention, of each score, and what masks do to both."""

import functools

import attention_cases as ac
import numpy as np
import pytest
import random_attention
import record_torch_attention
import torch_peer
from attention_cases import HIDING, PARAMS, dweights, dy, q, v
from cases import B, E, S, T, V

from rnnref import ArgumentError, DTypeError, ShapeError, attention, chunked, gradcheck
from rnnref.attention import masked, whole

SCALES = pytest.mark.parametrize("scale", [None, -0.7])
every_score = pytest.mark.parametrize("score", PARAMS)
every_hiding = pytest.mark.parametrize("hiding", HIDING)


@every_hiding
@every_score
def test_every_gradient_equals_the_complex_step(score, hiding):
    report = gradcheck.check(
        ac.loss(score, hiding), ac.arguments(score, hiding), ac.gradients(score, hiding)
    )
    assert report.ok, report
    assert set(report.table) == set(ac.arguments(score, hiding))


def test_the_gradient_with_a_given_scale_equals_the_complex_step():
    loss, arrays = ac.loss("scaled", "everything", -0.7), ac.arguments("scaled", "everything")
    assert gradcheck.check(loss, arrays, ac.gradients("scaled", "everything", -0.7)).ok


@pytest.mark.parametrize("table", [1, T * S])
@every_hiding
@every_score
def test_blocks_of_the_batch_give_what_the_whole_batch_gives(score, hiding, table, monkeypatch):
    whole, true = ac.run(score, hiding), ac.gradients(score, hiding)
    monkeypatch.setattr(masked, "TABLE", table)  # one sequence per block
    assert len(masked.blocks(q, ac.keys(score))) > 1
    cut = ac.run(score, hiding)
    np.testing.assert_allclose(cut.y, whole.y, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(cut.weights, whole.weights, rtol=1e-13)
    for name, grad in ac.gradients(score, hiding).items():
        np.testing.assert_allclose(grad, true[name], rtol=1e-12, atol=1e-14, err_msg=name)


def test_a_large_batch_is_cut_and_a_small_one_is_not():
    small, large = np.zeros((4, 20, 2)), np.zeros((9, 250, 2))
    assert len(masked.blocks(small, small)) == 1
    slices = masked.blocks(large, large)
    assert [rows.stop - rows.start for rows in slices] == [2] * 5
    assert sum(len(large[rows]) for rows in slices) == 9


@torch_peer.SOURCES
@pytest.mark.parametrize(
    "group",
    [
        *("plain", "scale", "mask", "bias", "general", "additive", "additive bias", "concat"),
        *("causal top_left 5 7", "causal bottom_right 5 7", "causal top_left 7 5"),
    ],
)
def test_attention_and_its_gradients_equal_pytorch(source, group):
    arrays = torch_peer.values(source, group, record_torch_attention)
    weights = [name for name in ("W_a", "U_a", "v_a", "b_a") if name in arrays]
    score = group.partition(" ")[0] if weights else "scaled"
    params = whole.PARAMS[score](*(arrays[name] for name in weights)) if weights else None
    found = attention.attention(
        *(arrays[name] for name in "qkv"),
        score=score,
        params=params,
        mask=arrays.get("mask"),
        bias=arrays.get("bias"),
        causal=group.split()[1] if "causal" in group else None,
        scale=-0.7 if group == "scale" else None,
    )
    grads = attention.attention_backward(found, dy=arrays["dy"], dweights=arrays.get("dweights"))
    given = grads._asdict() | (grads.params._asdict() if weights else {})
    np.testing.assert_allclose(found.y, arrays["y"], **torch_peer.TOLERANCE)
    for name in [*"qkv", *weights, *(["bias"] if "bias" in arrays else [])]:
        true = arrays[f"grad_{name}"]
        np.testing.assert_allclose(given[name], true, **torch_peer.TOLERANCE, err_msg=name)


@every_score
def test_the_gradient_of_a_score_by_itself_equals_the_complex_step(score):
    name, dscores = score.partition(" ")[0], dweights
    p = () if PARAMS[score] is None else (PARAMS[score],)
    found = whole.BACKWARD[name](dscores, q, ac.keys(score), *p)
    arrays = {name: array for name, array in ac.arguments(score).items() if name != "v"}

    def loss(q, k, **weights):
        p = (type(PARAMS[score])(**weights),) if weights else ()
        return np.sum(whole.SCORES[name](q, k, *p) * dscores)

    grads = {argument: getattr(found, f"d{argument}") for argument in arrays}
    assert gradcheck.check(loss, arrays, grads).ok


def test_the_gradient_of_attend_by_itself_equals_the_complex_step():
    scores = attention.score_dot(q, ac.k)
    found = attention.attend_backward(dy, dweights, v, attention.attend(scores, v))

    def loss(scores, v):
        attended = attention.attend(scores, v)
        return np.sum(attended.y * dy) + np.sum(attended.weights * dweights)

    grads = {"scores": found.dscores, "v": found.dv}
    assert gradcheck.check(loss, {"scores": scores, "v": v}, grads).ok
    np.testing.assert_allclose(found.dweights, dweights + dy @ v.mT, rtol=1e-14)


@pytest.mark.parametrize("score", ["dot", "scaled"])
def test_the_whole_gradient_is_that_of_its_parts_in_a_row(score):
    scores = whole.SCORES[score](q, ac.k)
    behind = attention.attend_backward(dy, dweights, v, attention.attend(scores, v))
    before = whole.BACKWARD[score](behind.dscores, q, ac.k)
    given = ac.gradients(score)
    same = functools.partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-14)  # but for rounding
    same(given["v"], behind.dv)
    same(given["q"], before.dq)
    same(given["k"], before.dk)


def test_scores_gain_nothing_by_rising_together():
    scores = attention.score_dot(q, ac.k)
    found = attention.attend_backward(dy, dweights, v, attention.attend(scores, v))
    np.testing.assert_allclose(found.dscores.sum(axis=-1), np.zeros((B, T)), atol=1e-13)


@every_score
def test_a_gradient_that_is_not_given_is_zero(score):
    run = ac.run(score)
    both = attention.attention_backward(run, dy=dy, dweights=np.zeros((B, T, S)))
    one = attention.attention_backward(run, dy=dy)
    np.testing.assert_array_equal(one.q, both.q)
    none = attention.attention_backward(run)
    assert not any(np.any(grad) for grad in (none.q, none.k, none.v))


def everything(k, attend, attend_backward):
    """Return what comes out of random case k, and its gradients, one behind the other."""
    *arrays, dy, options = random_attention.plain(k)
    run = attend(*arrays, **options)
    grads = attend_backward(run, dy=dy)
    found = [run.y, grads.q, grads.k, grads.v] + [grads.bias] * ("bias" in options)
    return np.concatenate([array.ravel() for array in found])


@pytest.mark.parametrize("form", [attention, chunked])
@torch_peer.SOURCES
def test_many_random_cases_equal_pytorch(source, form):
    true = torch_peer.values(source, "random plain", record_torch_attention)["numbers"]
    tiles = {} if form is attention else {"tile": (2, 3)}
    attend = functools.partial(form.attention, **tiles)
    cases = range(random_attention.PLAIN)
    found = np.concatenate([everything(k, attend, form.attention_backward) for k in cases])
    # Scores reach 1e4 here, where correct programs differ by 1e-12.
    np.testing.assert_allclose(found, true, rtol=1e-9, atol=1e-10)


# What masks do.


@every_score
def test_masks_biases_and_lengths_are_as_the_loops_say(score):
    """In scalar loops: each query over the keys that all of it allows, one by one."""
    found, options = ac.run(score, "everything"), HIDING["everything"]
    name = score.partition(" ")[0]
    p = () if PARAMS[score] is None else (PARAMS[score],)
    scores = whole.SCORES[name](q, ac.keys(score), *p)
    for b, t in np.ndindex(B, T):
        seen = [
            s for s in range(S) if options["mask"][b, t, s] and s <= t + S - T and s < ac.LENGTHS[b]
        ]
        e = [np.exp(scores[b, t, s] + options["bias"][b, 0, s]) for s in seen]
        true = sum((w * v[b, s] for w, s in zip(e, seen, strict=True)), np.zeros(V))
        np.testing.assert_allclose(found.y[b, t], true / (sum(e) or 1), rtol=1e-12, atol=1e-14)


@every_hiding
@every_score
def test_a_mask_that_hides_nothing_changes_no_bit(score, hiding):
    options = HIDING[hiding]
    mask = options.get("mask", np.ones((T, S), bool))
    plain, masked = ac.run(score, hiding), None
    given = ac.arguments(score, hiding)
    weights = {n: a for n, a in given.items() if n not in ("q", "k", "v", "bias")}
    params = type(PARAMS[score])(**weights) if weights else None
    masked = attention.attention(
        *(given[name] for name in "qkv"),
        score=score.partition(" ")[0],
        params=params,
        **options | {"mask": mask & np.ones((B, T, S), bool)},
    )
    np.testing.assert_array_equal(masked.y, plain.y)
    np.testing.assert_array_equal(masked.weights, plain.weights)


@every_score
def test_a_masked_key_is_as_if_it_were_not_there(score):
    gone = 3
    mask = np.arange(S) != gone
    rest = [s for s in range(S) if s != gone]
    given = ac.arguments(score)
    weights = {n: a for n, a in given.items() if n not in ("q", "k", "v")}
    options = {
        "score": score.partition(" ")[0],
        "params": type(PARAMS[score])(**weights) if weights else None,
    }
    masked = attention.attention(q, given["k"], v, mask=mask, **options)
    absent = attention.attention(q, given["k"][:, rest], v[:, rest], **options)
    np.testing.assert_allclose(masked.y, absent.y, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(masked.weights[..., rest], absent.weights, rtol=1e-12)
    assert not np.any(masked.weights[..., gone])
    ours = attention.attention_backward(masked, dy=dy)
    theirs = attention.attention_backward(absent, dy=dy)
    np.testing.assert_allclose(ours.q, theirs.q, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(ours.k[:, rest], theirs.k, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(ours.v[:, rest], theirs.v, rtol=1e-11, atol=1e-14)
    assert not np.any(ours.k[:, gone]) and not np.any(ours.v[:, gone])


@every_score
def test_padding_is_as_if_the_sequence_were_shorter(score):
    padded = ac.run(score, "lengths")
    given = ac.arguments(score)
    short = ac.LENGTHS[1]
    alone = ac.run(score, q=q[1:], k=given["k"][1:, :short], v=v[1:, :short])
    np.testing.assert_allclose(padded.y[1], alone.y[0], rtol=1e-12, atol=1e-15)


@every_score
def test_a_query_that_may_see_nothing_gets_zeros_and_passes_none_back(score):
    found, grads = ac.run(score, "mask"), ac.gradients(score, "mask")
    assert not np.any(found.weights[0, 2]) and not np.any(found.y[0, 2])
    assert not np.any(grads["q"][0, 2])


@every_score
def test_with_nothing_to_see_at_all_every_gradient_is_zero(score):
    arrays = ac.arguments(score)
    weights = {n: a for n, a in arrays.items() if n not in ("q", "k", "v")}
    found = attention.attention(
        *(arrays[name] for name in "qkv"),
        score=score.partition(" ")[0],
        params=type(PARAMS[score])(**weights) if weights else None,
        mask=np.zeros((T, S), bool),
        bias=np.ones((T, S)),
    )
    grads = attention.attention_backward(found, dy=dy, dweights=dweights)
    for grad in (found.y, *grads[:3], grads.bias, *(grads.params or ())):
        assert grad is None or not np.any(grad)


@pytest.mark.parametrize("filler", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("hiding", ["mask", "lengths", "everything"])
@every_score
def test_what_stands_behind_a_mask_never_spreads(score, hiding, filler):
    """A key that nobody sees and a query that sees nothing hold NaN; nothing else may change.

    Neither may what reaches the y of such a query, or a weight that is zero because of a mask.
    """
    keys, values, queries = ac.keys(score).copy(), v.copy(), q.copy()
    clean = ac.run(score, hiding)
    unseen = ~np.any(clean.live, axis=1)
    keys[unseen], values[unseen] = filler, filler
    blind = ~np.any(clean.live, axis=2)
    queries[blind] = filler
    spoilt = ac.run(score, hiding, q=queries, k=keys, v=values)
    np.testing.assert_array_equal(spoilt.y, clean.y)
    np.testing.assert_array_equal(spoilt.weights, clean.weights)
    reaching, reaching_weights = dy.copy(), np.where(clean.live, dweights, filler)
    reaching[blind] = filler
    true = ac.gradients(score, hiding)
    spoilt = {"q": queries, "k": keys, "v": values, "dy": reaching, "dweights": reaching_weights}
    for name, grad in ac.gradients(score, hiding, **spoilt).items():
        np.testing.assert_allclose(grad, true[name], rtol=1e-13, atol=1e-15, err_msg=name)


@every_score
@pytest.mark.parametrize("align", ["top_left", "bottom_right"])
def test_later_keys_and_values_change_nothing_before_them_even_if_they_are_nan(score, align):
    hiding = {"top_left": "causal", "bottom_right": "causal at the end"}[align]
    keys, values = ac.keys(score).copy(), v.copy()
    keys[:, 4], values[:, 4] = np.nan, np.nan
    clean, spoilt = ac.run(score, hiding), ac.run(score, hiding, k=keys, v=values)
    before = ~clean.live[0, :, 4]
    assert before.any() and not before.all()
    np.testing.assert_array_equal(spoilt.y[:, before], clean.y[:, before])
    assert np.isnan(spoilt.y[:, ~before]).all()
    grads = ac.gradients(score, hiding, k=keys, v=values)
    np.testing.assert_allclose(
        grads["q"][:, before], ac.gradients(score, hiding)["q"][:, before], rtol=1e-12, atol=1e-14
    )


@every_score
def test_nan_spreads_to_those_that_see_it_alone_and_from_them_to_no_key_that_they_do_not_see(score):
    """Every second query sees every second key: two separate attentions in one table."""
    apart = (np.arange(T)[:, None] - np.arange(S)) % 2 == 0
    keys = ac.keys(score).copy()
    keys[:, 0] = np.nan
    given = ac.arguments(score)
    weights = {n: a for n, a in given.items() if n not in ("q", "k", "v")}
    options = {
        "score": score.partition(" ")[0],
        "params": type(PARAMS[score])(**weights) if weights else None,
        "mask": apart,
    }
    spoilt = attention.attention(q, keys, v, **options)
    clean = attention.attention(q, given["k"], v, **options)
    ours = attention.attention_backward(spoilt, dy=dy, dweights=dweights)
    theirs = attention.attention_backward(clean, dy=dy, dweights=dweights)
    for mine, true in [(ours.q, theirs.q), (ours.k, theirs.k), (ours.v, theirs.v)]:
        assert np.isnan(mine[:, 0]).all()
        np.testing.assert_allclose(mine[:, 1::2], true[:, 1::2], rtol=1e-12, atol=1e-14)


def test_an_infinite_value_that_is_seen_comes_out_as_itself():
    values = v.copy()
    values[0, 1, 3] = np.inf
    found = attention.attention(q, ac.k, values, mask=ac.MASK)
    seen = ac.MASK[0, :, 1]
    assert np.all(found.y[0, seen, 3] == np.inf) and np.all(np.isfinite(found.y[0, ~seen, 3]))


def test_a_bias_of_minus_infinity_is_a_mask():
    bias = np.where(ac.MASK, 0.5, -np.inf)
    values = v.copy()
    values[1, 1] = np.nan  # nobody may see it
    ours = attention.attention(q, ac.k, values, bias=bias)
    true = attention.attention(q, ac.k, v, mask=ac.MASK)
    np.testing.assert_allclose(ours.y, true.y, rtol=1e-13, atol=1e-15)
    parts = attention.attend(attention.score_scaled(q, ac.k), values, bias=bias)
    np.testing.assert_allclose(parts.y, true.y, rtol=1e-13, atol=1e-15)
    mine = attention.attention_backward(ours, dy=dy)
    theirs = attention.attention_backward(true, dy=dy)
    for name in "qkv":
        np.testing.assert_allclose(
            getattr(mine, name), getattr(theirs, name), rtol=1e-12, atol=1e-14
        )


def test_a_large_negative_bias_is_no_mask():
    """A finite number in place of a mask gives a query that may see nothing equal weights."""
    found = attention.attention(q, ac.k, v, bias=np.full((T, S), -1e9))
    np.testing.assert_allclose(found.weights.sum(axis=-1), np.ones((B, T)), rtol=1e-14)


@pytest.mark.parametrize("hiding", HIDING)
def test_huge_scores_give_the_limit_without_a_warning(hiding):
    found = ac.run("dot", hiding, q=q * 1e4, k=ac.k * 1e4)
    assert np.all((found.weights >= 0) & (found.weights <= 1))
    grads = attention.attention_backward(found, dy=dy)
    assert all(np.all(np.isfinite(grad)) for grad in grads[:3])


def test_scores_far_apart_pick_the_largest_that_is_seen():
    scores = np.array([[[1e4, -1e4, 0.0, 1e4]]])
    values = np.arange(4.0).reshape(1, 4, 1)
    seen = np.array([False, True, True, False])
    assert attention.attend(scores, values, mask=seen).y.item() == 2


def test_scores_far_below_zero_count_beside_hidden_ones():
    scores = np.array([[[-1e12, 0.0, -1e12]]])
    found = attention.attend(scores, v[:1, :3], mask=np.array([True, False, True]))
    np.testing.assert_array_equal(found.weights, [[[0.5, 0, 0.5]]])


def test_attend_masks_as_attention_does():
    scores = attention.score_scaled(q, ac.k)
    options = {"mask": ac.MASK, "bias": HIDING["everything"]["bias"]}
    parts, whole = (
        attention.attend(scores, v, **options),
        attention.attention(q, ac.k, v, **options),
    )
    np.testing.assert_allclose(parts.y, whole.y, rtol=1e-13)
    np.testing.assert_allclose(parts.weights, whole.weights, rtol=1e-13)


# Identities.


@pytest.mark.parametrize("hiding", ["nothing", "everything"])
def test_the_concat_score_is_the_additive_one_with_its_matrices_side_by_side(hiding):
    p = PARAMS["additive"]
    joined = attention.Concat(np.concatenate([p.W_a, p.U_a], axis=1), p.v_a)
    apart = ac.run("additive", hiding)
    one = ac.run("concat", hiding, **joined._asdict())
    np.testing.assert_allclose(one.y, apart.y, rtol=1e-12)
    ours = attention.attention_backward(one, dy=dy)
    theirs = attention.attention_backward(apart, dy=dy)
    np.testing.assert_allclose(ours.params.W_a[:, :E], theirs.params.W_a, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(ours.params.W_a[:, E:], theirs.params.U_a, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(ours.q, theirs.q, rtol=1e-10, atol=1e-13)


def test_the_general_score_with_the_unit_matrix_is_the_dot_product():
    general = attention.General(np.eye(E))
    np.testing.assert_allclose(
        attention.score_general(q, ac.k, general), attention.score_dot(q, ac.k), rtol=1e-13
    )


def test_a_zero_bias_changes_nothing_in_the_additive_score():
    p = PARAMS["additive"]
    with_zeros = p._replace(b_a=np.zeros(len(p.v_a)))
    np.testing.assert_array_equal(
        attention.score_additive(q, ac.wide, with_zeros), attention.score_additive(q, ac.wide, p)
    )


def test_a_scale_of_one_over_the_root_is_the_default():
    given = attention.attention(q, ac.k, v, scale=E**-0.5)
    np.testing.assert_allclose(given.y, attention.attention(q, ac.k, v).y, rtol=1e-13)


@pytest.mark.parametrize("hiding", ["nothing", "bias"])
def test_permuting_keys_with_their_values_permutes_their_gradients(hiding):
    order = np.random.default_rng(0).permutation(S)
    bias = {"bias": HIDING[hiding]["bias"][..., order]} if hiding == "bias" else {}
    moved = attention.attention(q, ac.k[:, order], v[:, order], **bias)
    ours = attention.attention_backward(moved, dy=dy)
    theirs = attention.attention_backward(ac.run("scaled", hiding), dy=dy)
    np.testing.assert_allclose(ours.k, theirs.k[:, order], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(ours.q, theirs.q, rtol=1e-12, atol=1e-14)


def test_one_vector_added_to_every_key_changes_no_gradient_of_the_keys():
    shifted = attention.attention(q, ac.k + ac.draw(E), v)
    ours = attention.attention_backward(shifted, dy=dy)
    theirs = attention.attention_backward(ac.run("scaled"), dy=dy)
    np.testing.assert_allclose(ours.k, theirs.k, rtol=1e-11, atol=1e-14)


@every_score
def test_a_sequence_passes_back_what_it_would_alone(score):
    arrays = ac.arguments(score)
    alone = ac.run(score, q=q[1:], k=arrays["k"][1:], v=v[1:])
    ours = attention.attention_backward(alone, dy=dy[1:])
    theirs = attention.attention_backward(ac.run(score), dy=dy)
    np.testing.assert_allclose(ours.q[0], theirs.q[1], rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(ours.k[0], theirs.k[1], rtol=1e-12, atol=1e-15)


# Dtypes, memory, refusals.


@every_score
@pytest.mark.parametrize("hiding", ["nothing", "everything"])
def test_float32_stays_float32_forward_and_backward(score, hiding):
    single = {name: a.astype(np.float32) for name, a in ac.arguments(score, hiding).items()}
    run = ac.run(score, hiding, **single)
    grads = attention.attention_backward(
        run, dy=dy.astype(np.float32), dweights=dweights.astype(np.float32)
    )
    arrays = [run.y, run.weights, *grads[:3], *(grads.params or ()), grads.bias]
    assert {a.dtype for a in arrays if a is not None} == {np.dtype(np.float32)}
    np.testing.assert_allclose(grads.q, ac.gradients(score, hiding)["q"], rtol=2e-3, atol=2e-4)


@every_score
def test_what_a_run_keeps_is_its_own_and_read_only(score):
    arrays = {name: array.copy() for name, array in ac.arguments(score, "everything").items()}
    run = ac.run(score, "everything", **arrays)
    true = attention.attention_backward(run, dy=dy).k
    for array in arrays.values():
        array[:] = 7
    np.testing.assert_array_equal(attention.attention_backward(run, dy=dy).k, true)
    kept = [run.y, run.weights, run.q, run.k, run.v, run.bias, run.live, *(run.params or ())]
    assert not any(array.flags.writeable for array in kept if array is not None)


@pytest.mark.parametrize("empty", ["keys", "queries", "batch"])
@every_score
def test_without_keys_queries_or_batch_gradients_are_zero_or_empty(score, empty):
    arrays = ac.arguments(score)
    n = {"keys": (B, T, 0), "queries": (B, 0, S), "batch": (0, T, S)}[empty]
    cut = {
        "q": arrays["q"][: n[0], : n[1]],
        "k": arrays["k"][: n[0], : n[2]],
        "v": v[: n[0], : n[2]],
    }
    run = ac.run(score, **cut)
    grads = attention.attention_backward(run, dy=np.ones(run.y.shape))
    assert [grad.shape for grad in grads[:3]] == [array.shape for array in cut.values()]
    assert not np.any(grads.q) and not np.any(grads.k)


REFUSALS = [
    (
        lambda: attention.attention_backward(ac.run("dot"), dy=dy[:, 1:]),
        ShapeError,
        "attention.attention_backward: dy must have shape (2, 5, 9), got (2, 4, 9)",
    ),
    (
        lambda: attention.attention_backward(ac.run("dot"), dweights=dy),
        ShapeError,
        "attention.attention_backward: dweights must have shape (2, 5, 6), got (2, 5, 9)",
    ),
    (
        lambda: attention.attention_backward(ac.run("dot").y, dy=dy),
        DTypeError,
        "attention.attention_backward: run must be what attention.attention returns, got",
    ),
    (
        lambda: attention.attention(q, ac.k, v, score="dot", scale=0.1),
        ArgumentError,
        'attention.attention: scale must be None with score="dot", got float',
    ),
    (
        lambda: attention.attention(q, ac.k, v, scale=np.inf),
        ArgumentError,
        "attention.attention: scale must be a number in (-inf, inf), got inf",
    ),
    (
        lambda: attention.attention(q, ac.k, v, score="general", params=PARAMS["concat"]),
        DTypeError,
        "attention.attention: params must be a record attention.General(W_a), got attention.Concat",
    ),
    (
        lambda: attention.attention(q, ac.k, v, score="concat", params=PARAMS["concat"]),
        ShapeError,
        "attention.attention: params.W_a must have shape (A, E+F=14), got (10, 15): "
        "E=7 comes from q (2, 5, 7); F=7 comes from k (2, 6, 7)",
    ),
    (
        lambda: attention.attention(q, ac.k, v, mask=np.ones((T, S))),
        DTypeError,
        "attention.attention: mask must be a boolean array, True = may attend, "
        "got an array of float64: what is added to the scores is a bias",
    ),
    (
        lambda: attention.attend(q @ ac.k.mT, v, mask=np.ones((S, T), bool)),
        ShapeError,
        "attention.attend: mask must have shape (B=2, T=5, S=6), got (6, 5): "
        "an axis may be 1, leading ones may be missing",
    ),
    (
        lambda: attention.attention(q, ac.k, v, bias=0.5),
        DTypeError,
        "attention.attention: bias must be an array of float64, float32 or complex128, got float",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), REFUSALS)
def test_refusals_name_function_argument_and_reason(call, kind, text):
    with pytest.raises(kind) as refusal:
        call()
    assert str(refusal.value).startswith(text)
