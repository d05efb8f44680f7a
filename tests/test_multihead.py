"""Multi-head attention against PyTorch, against single heads, and by the complex step."""

import cases
import numpy as np
import pytest
import random_attention
import record_torch_attention
import torch_peer
from cases import T, V

from rnnref import ArgumentError, DTypeError, ShapeError, attention, gradcheck
from rnnref.attention import MultiHead, masked, multihead, multihead_backward

B, S, E, F, M = 2, 7, 6, 8, 3  # E is a multiple of M, which is not E / M
draw = cases.normal(90)
q, k, v = draw(B, T, E), draw(B, S, F), draw(B, S, V)
dy, dweights = draw(B, T, E), draw(B, M, T, S)
P = MultiHead(draw(E, E), draw(E, F), draw(E, V), draw(E, E), draw(E), draw(E), draw(E), draw(E))
BARE = MultiHead(*P[:4])
LENGTHS = (S, 4)


def _mask(*shape):
    mask = np.random.default_rng(91).uniform(size=shape) < 0.6
    mask[0, ..., 2, :] = False  # a query that may see nothing
    return mask


CASES = {
    "nothing": {},
    "one mask for all heads": {"mask": _mask(B, T, S)},
    "a mask for each head": {"mask": _mask(B, M, T, S)},
    "a bias for all heads": {"bias": draw(B, T, S)},
    "one bias for the batch": {"bias": draw(T, S)},
    "a bias for each head": {"bias": draw(1, M, T, S)},
    "everything": {
        "mask": _mask(B, 1, T, S),
        "bias": draw(M, 1, 1)[None],
        "causal": "bottom_right",
        "key_lengths": LENGTHS,
    },
}
every_case = pytest.mark.parametrize("case", CASES)


def loss(options):
    """Return the weighted sum of all outputs as a function of the arrays of a call."""

    def of(q, k, v, bias=None, **weights):
        extra = {} if bias is None else {"bias": bias}
        run = multihead(q, k, v, MultiHead(**weights), heads=M, **options | extra)
        return np.sum(run.y * dy) + np.sum(run.weights * dweights)

    return of


def arrays(p, options):
    """Return the arrays of a call by name."""
    weights = {name: array for name, array in p._asdict().items() if array is not None}
    return {"q": q, "k": k, "v": v, **weights} | (
        {"bias": options["bias"]} if "bias" in options else {}
    )


def gradients(run, **reaching):
    """Return all gradients by the name of the array."""
    grads = multihead_backward(run, **reaching)
    found = {"q": grads.q, "k": grads.k, "v": grads.v, "bias": grads.bias}
    return {n: g for n, g in (found | grads.params._asdict()).items() if g is not None}


def test_a_bias_alone_has_its_gradient_and_the_others_have_none():
    whole = gradients(multihead(q, k, v, P, heads=M), dy=dy, dweights=dweights)
    for bias in ("b_q", "b_k", "b_v", "b_o"):
        p = BARE._replace(**{bias: getattr(P, bias)})
        found = gradients(multihead(q, k, v, p, heads=M), dy=dy, dweights=dweights)
        assert set(found) == set(arrays(p, {}))
        others = P._replace(
            **{name: 0 * getattr(P, name) for name in P._fields[4:] if name != bias}
        )
        same = gradients(multihead(q, k, v, others, heads=M), dy=dy, dweights=dweights)
        np.testing.assert_allclose(found[bias], same[bias], rtol=1e-11, atol=1e-12)
        assert found[bias].shape == whole[bias].shape


@every_case
@pytest.mark.parametrize("p", [P, BARE], ids=["biases", "no biases"])
def test_every_gradient_equals_the_complex_step(p, case):
    options = CASES[case]
    run = multihead(q, k, v, p, heads=M, **options)
    found = gradients(run, dy=dy, dweights=dweights)
    assert set(found) == set(arrays(p, options))
    report = gradcheck.check(loss(options), arrays(p, options), found)
    assert report.ok, report


@every_case
def test_blocks_of_the_batch_give_what_the_whole_batch_gives(case, monkeypatch):
    options = CASES[case]
    whole = multihead(q, k, v, P, heads=M, **options)
    true = gradients(whole, dy=dy, dweights=dweights)
    monkeypatch.setattr(masked, "TABLE", 1)  # one sequence per block
    cut = multihead(q, k, v, P, heads=M, **options)
    np.testing.assert_allclose(cut.y, whole.y, rtol=1e-13, atol=1e-14)
    for name, grad in gradients(cut, dy=dy, dweights=dweights).items():
        np.testing.assert_allclose(grad, true[name], rtol=1e-12, atol=1e-13, err_msg=name)


def torch_params(arrays):
    """Return PyTorch's weights as a record; of self-attention it stacks three matrices."""
    if "in_proj_weight" in arrays:
        matrices = [*np.split(arrays["in_proj_weight"], 3), arrays["out_proj.weight"]]
    else:
        matrices = [arrays[f"{name}_proj_weight"] for name in "qkv"] + [arrays["out_proj.weight"]]
    if "in_proj_bias" not in arrays:
        return MultiHead(*matrices)
    return MultiHead(*matrices, *np.split(arrays["in_proj_bias"], 3), arrays["out_proj.bias"])


def torch_gradients(arrays):
    """Return PyTorch's gradients of the weights as a record."""
    prefix = "grad_"
    named = {n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)}
    return torch_params(named)


@torch_peer.SOURCES
def test_heads_over_a_memory_and_all_their_gradients_equal_pytorch(source):
    given = torch_peer.values(source, "heads", record_torch_attention)
    run = multihead(
        *(given[name] for name in "qkv"),
        torch_params(given),
        heads=M,
        bias=given["bias"],
        key_lengths=given["key_lengths"],
    )
    grads = multihead_backward(run, dy=given["dy"], dweights=given["dweights"])
    found = {"y": run.y, "weights": run.weights, **{f"grad_{n}": getattr(grads, n) for n in "qkv"}}
    for name, array in (found | {"grad_bias": grads.bias}).items():
        np.testing.assert_allclose(array, given[name], rtol=1e-12, atol=1e-12, err_msg=name)
    for name, array in torch_gradients(given)._asdict().items():
        mine = getattr(grads.params, name)
        np.testing.assert_allclose(mine, array, rtol=1e-12, atol=1e-12, err_msg=name)


@torch_peer.SOURCES
def test_heads_of_a_sequence_over_itself_equal_pytorch(source):
    given = torch_peer.values(source, "own heads", record_torch_attention)
    x = given["x"]
    run = multihead(x, x, x, torch_params(given), heads=M, mask=given["mask"])
    grads = multihead_backward(run, dy=given["dy"], dweights=given["dweights"])
    np.testing.assert_allclose(run.y, given["y"], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(run.weights, given["weights"], rtol=1e-12, atol=1e-13)
    dx = grads.q + grads.k + grads.v
    np.testing.assert_allclose(dx, given["grad_x"], rtol=1e-12, atol=1e-12)
    for name, array in torch_gradients(given)._asdict().items():
        if array is not None:
            mine = getattr(grads.params, name)
            np.testing.assert_allclose(mine, array, rtol=1e-12, atol=1e-12, err_msg=name)


def everything(k):
    """Return what comes out of random case k, and its gradients, in PyTorch's order."""
    given, matrices, biases, M, mask, (dy, dweights) = random_attention.heads(k)
    run = multihead(*given, MultiHead(*matrices, *biases), heads=M, mask=mask)
    grads = multihead_backward(run, dy=dy, dweights=dweights)
    p = grads.params
    found = [run.y, run.weights, grads.q, grads.k, grads.v, p.W_q, p.W_k, p.W_v]
    found += [p.b_q, p.b_k, p.b_v, p.W_o, p.b_o] if biases else [p.W_o]
    return np.concatenate([array.ravel() for array in found])


@torch_peer.SOURCES
def test_many_random_cases_equal_pytorch(source):
    true = torch_peer.values(source, "random heads", record_torch_attention)["numbers"]
    found = np.concatenate([everything(k) for k in range(random_attention.HEADS)])
    np.testing.assert_allclose(found, true, rtol=1e-11, atol=1e-12)


@every_case
def test_each_head_is_an_attention_of_its_own(case):
    """Head m works with rows m * E/M onwards of each matrix; W_o mixes what the heads found."""
    options, size = CASES[case], E // M
    run = multihead(q, k, v, P, heads=M, **options)
    found = []
    for m in range(M):
        rows = slice(m * size, (m + 1) * size)
        one = {n: a[:, m % a.shape[1]] if np.ndim(a) == 4 else a for n, a in options.items()}
        alone = attention.attention(
            q @ P.W_q[rows].T + P.b_q[rows],
            k @ P.W_k[rows].T + P.b_k[rows],
            v @ P.W_v[rows].T + P.b_v[rows],
            **one,
        )
        np.testing.assert_allclose(run.weights[:, m], alone.weights, rtol=1e-12, atol=1e-15)
        found.append(alone.y)
    y = np.concatenate(found, axis=-1) @ P.W_o.T + P.b_o
    np.testing.assert_allclose(run.y, y, rtol=1e-12, atol=1e-13)


def test_the_bias_of_the_keys_has_no_gradient():
    """It moves all scores of a query alike, and softmax does not notice."""
    run = multihead(q, k, v, P, heads=M)
    assert np.abs(multihead_backward(run, dy=dy).params.b_k).max() < 1e-13
    moved = multihead(q, k, v, P._replace(b_k=P.b_k + 3), heads=M)
    np.testing.assert_allclose(moved.y, run.y, rtol=1e-11, atol=1e-12)


def test_permuting_keys_with_their_values_changes_no_output():
    order = np.random.default_rng(0).permutation(S)
    moved = multihead(q, k[:, order], v[:, order], P, heads=M)
    np.testing.assert_allclose(moved.y, multihead(q, k, v, P, heads=M).y, rtol=1e-11, atol=1e-13)


def test_a_query_that_may_see_nothing_gets_the_output_bias_and_passes_nothing_back():
    run = multihead(q, k, v, P, heads=M, mask=CASES["one mask for all heads"]["mask"])
    np.testing.assert_array_equal(run.y[0, 2], P.b_o)
    assert not np.any(run.weights[0, :, 2])
    assert not np.any(multihead_backward(run, dy=dy).q[0, 2])


@pytest.mark.parametrize("filler", [np.nan, np.inf, 1e300])
def test_padding_never_spreads(filler):
    keys, values = k.copy(), v.copy()
    keys[1, 4:], values[1, 4:] = filler, filler
    clean = multihead(q, k, v, P, heads=M, key_lengths=LENGTHS)
    spoilt = multihead(q, keys, values, P, heads=M, key_lengths=LENGTHS)
    np.testing.assert_array_equal(spoilt.y, clean.y)
    true = gradients(clean, dy=dy, dweights=dweights)
    for name, grad in gradients(spoilt, dy=dy, dweights=dweights).items():
        np.testing.assert_allclose(grad, true[name], rtol=1e-12, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("filler", [np.nan, np.inf])
def test_a_query_that_may_see_nothing_may_hold_anything(filler):
    spoilt = q.copy()
    spoilt[0, 2] = filler
    mask = np.ones((B, T, S), bool)
    mask[0, 2] = False
    clean, dirty = (multihead(given, k, v, P, heads=M, mask=mask) for given in (q, spoilt))
    np.testing.assert_array_equal(dirty.y, clean.y)
    true = gradients(clean, dy=dy, dweights=dweights)
    for name, grad in gradients(dirty, dy=dy, dweights=dweights).items():
        np.testing.assert_allclose(grad, true[name], rtol=1e-12, atol=1e-14, err_msg=name)


def test_a_bias_of_minus_infinity_for_all_heads_is_a_mask():
    mask = _mask(B, T, S)
    hidden = multihead(q, k, v, P, heads=M, bias=np.where(mask, 0, -np.inf))
    masked_out = multihead(q, k, v, P, heads=M, mask=mask)
    np.testing.assert_array_equal(hidden.live, masked_out.live)
    np.testing.assert_allclose(hidden.y, masked_out.y, rtol=1e-13)


def test_padding_passes_nothing_to_the_weights():
    """Padding of ordinary size: a leak would not hide behind saturated scores."""
    padded = multihead(q, k, v, P, heads=M, key_lengths=LENGTHS)
    whole = gradients(padded, dy=dy)
    first = gradients(multihead(q[:1], k[:1], v[:1], P, heads=M), dy=dy[:1])
    second = gradients(multihead(q[1:], k[1:, :4], v[1:, :4], P, heads=M), dy=dy[1:])
    for name in P._fields:
        np.testing.assert_allclose(
            whole[name], first[name] + second[name], rtol=1e-11, atol=1e-12, err_msg=name
        )


def test_no_query_sees_later_keys():
    run = multihead(q, k[:, :T], v[:, :T], P, heads=M, causal="top_left")
    later = k[:, :T].copy()
    later[:, 3:] = np.nan
    spoilt = multihead(q, later, v[:, :T], P, heads=M, causal="top_left")
    np.testing.assert_array_equal(spoilt.y[:, :3], run.y[:, :3])


def test_one_head_is_scaled_attention_between_projections():
    run = multihead(q, k, v, P, heads=1)
    plain = attention.attention(q @ P.W_q.T + P.b_q, k @ P.W_k.T + P.b_k, v @ P.W_v.T + P.b_v)
    np.testing.assert_allclose(run.y, plain.y @ P.W_o.T + P.b_o, rtol=1e-12, atol=1e-13)


def test_a_gradient_that_is_not_given_is_zero():
    run = multihead(q, k, v, P, heads=M)
    assert not any(np.any(grad) for grad in gradients(run).values())


@every_case
def test_float32_stays_float32_forward_and_backward(case):
    options = {n: a.astype(np.float32) if n == "bias" else a for n, a in CASES[case].items()}
    single = [a.astype(np.float32) for a in (q, k, v)]
    p = P._make(a.astype(np.float32) for a in P)
    run = multihead(*single, p, heads=M, **options)
    found = gradients(run, dy=dy.astype(np.float32), dweights=dweights.astype(np.float32))
    assert {a.dtype for a in (run.y, run.weights, *found.values())} == {np.dtype(np.float32)}
    np.testing.assert_allclose(
        run.y, multihead(q, k, v, P, heads=M, **CASES[case]).y, rtol=1e-3, atol=2e-4
    )


def test_the_run_shows_the_projected_queries_keys_and_values_by_head():
    run = multihead(q, k, v, P, heads=M)
    rows = slice(E // M, 2 * E // M)  # of the second head
    for found, read, W, b in (
        (run.q_heads, q, P.W_q, P.b_q),
        (run.k_heads, k, P.W_k, P.b_k),
        (run.v_heads, v, P.W_v, P.b_v),
    ):
        np.testing.assert_allclose(found[:, 1], read @ W[rows].T + b[rows], rtol=1e-12, atol=1e-13)


def test_what_a_run_keeps_is_its_own_and_read_only():
    given, p = [a.copy() for a in (q, k, v)], P._make(a.copy() for a in P)
    options = {name: CASES["everything"][name].copy() for name in ("mask", "bias")}
    run = multihead(*given, p, heads=M, **options)
    true = multihead_backward(run, dy=dy).params.W_k
    for array in (*given, *p, *options.values()):
        array[:] = 0
    np.testing.assert_array_equal(multihead_backward(run, dy=dy).params.W_k, true)
    kept = [a for a in (*run, *run.params) if isinstance(a, np.ndarray)]
    assert not any(a.flags.writeable for a in kept)


@pytest.mark.parametrize(("sizes", "shape"), [((0, S), (B, 0, E)), ((T, 0), (B, T, E))])
def test_without_queries_or_keys_there_is_little_to_do(sizes, shape):
    run = multihead(q[:, : sizes[0]], k[:, : sizes[1]], v[:, : sizes[1]], P, heads=M)
    assert run.y.shape == shape
    np.testing.assert_array_equal(run.y, np.broadcast_to(P.b_o, shape))
    grads = multihead_backward(run, dy=np.ones(shape))
    assert grads.k.shape == (B, sizes[1], F) and not np.any(grads.params.W_q)


REFUSALS = [
    (
        lambda: multihead(q, k, v, P, heads=4),
        ArgumentError,
        "attention.multihead: heads must be a divisor of E=6, got 4",
    ),
    (
        lambda: multihead(q, k, v, P, heads=0),
        ArgumentError,
        "attention.multihead: heads must be an integer of at least 1, got 0",
    ),
    (
        lambda: multihead(q, k, v, P._replace(W_k=P.W_q), heads=M),
        ShapeError,
        "attention.multihead: params.W_k must have shape (E=6, F=8), got (6, 6): "
        "F=8 comes from k (2, 7, 8)",
    ),
    (
        lambda: multihead(q, k, v, P, heads=M, mask=np.ones((T, S), int)),
        DTypeError,
        "attention.multihead: mask must be a boolean array, True = may attend, "
        "got an array of int64: mask != 0 makes one",
    ),
    (
        lambda: multihead(q, k, v, P, heads=M, mask=np.ones((B, 2, T, S), bool)),
        ShapeError,
        "attention.multihead: mask must have shape (B=2, M=3, T=5, S=7), got (2, 2, 5, 7): "
        "an axis may be 1, leading ones may be missing",
    ),
    (
        lambda: multihead_backward(multihead(q, k, v, P, heads=M), dy=dy[:1]),
        ShapeError,
        "attention.multihead_backward: dy must have shape (2, 5, 6), got (1, 5, 6)",
    ),
    (
        lambda: multihead_backward(dy),
        DTypeError,
        "attention.multihead_backward: run must be what attention.multihead returns, "
        "got an array of float64",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), REFUSALS)
def test_refusals_name_function_argument_and_reason(call, kind, text):
    with pytest.raises(kind) as refusal:
        call()
    assert str(refusal.value).startswith(text)
