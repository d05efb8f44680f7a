import cases
import numpy as np
import oracle
import pytest
import torch_peer
from cases import A, B, E, F, S, T, V

from rnnref import ShapeError, attention, memory
from rnnref.attention import attend, masked, score_additive, score_dot, score_scaled, weighted_sum

q, k, v = cases.queries_keys_values()
wide = cases.queries_keys_values(depth=F)[1]
SCORES = {
    "dot": (score_dot(q, k), oracle.score_dot, k, ()),
    "scaled": (score_scaled(q, k), oracle.score_scaled, k, ()),
    "additive": (
        score_additive(q, wide, cases.additive()),
        oracle.score_additive,
        wide,
        (cases.additive(),),
    ),
}
every_score = pytest.mark.parametrize("score", SCORES)


@every_score
@pytest.mark.parametrize("b", range(B))
def test_every_score_equals_scalar_loops(score, b):
    found, loops, keys, weights = SCORES[score]
    assert found.shape == (B, T, S)
    np.testing.assert_allclose(found[b], loops(q[b], keys[b], *weights), rtol=1e-12)


@every_score
@pytest.mark.parametrize("b", range(B))
def test_attention_equals_scalar_loops(score, b):
    _, loops, keys, weights = SCORES[score]
    found = attention.attention(q, keys, v, score=score, params=weights[0] if weights else None)
    shares = [oracle.softmax(row) for row in loops(q[b], keys[b], *weights)]
    np.testing.assert_allclose(found.weights[b], shares, rtol=1e-12)
    np.testing.assert_allclose(found.y[b], oracle.weighted_sum(shares, v[b]), rtol=1e-12)


@every_score
def test_attention_is_its_parts_in_a_row(score):
    scores, _, keys, weights = SCORES[score]
    whole = attention.attention(q, keys, v, score=score, params=weights[0] if weights else None)
    parts = attend(scores, v)  # the scaled one divides queries, not scores: other roundings
    np.testing.assert_allclose(whole.y, parts.y, rtol=1e-13)
    np.testing.assert_allclose(whole.weights, parts.weights, rtol=1e-13)


@pytest.mark.parametrize("b", range(B))
def test_the_weighted_sum_takes_any_numbers_as_weights(b):
    scores = score_dot(q, k)  # the note's own formula has no softmax
    true = oracle.weighted_sum(scores[b].tolist(), v[b])
    np.testing.assert_allclose(weighted_sum(scores, v)[b], true, rtol=1e-12)


@torch_peer.SOURCES
def test_scaled_attention_equals_pytorch(source):
    arrays = torch_peer.values(source, "attention")
    found = attention.attention(arrays["q"], arrays["k"], arrays["v"])
    np.testing.assert_allclose(found.y, arrays["y"], **torch_peer.TOLERANCE)


def test_the_default_score_is_scaled():
    found = attention.attention(q, k, v)
    np.testing.assert_array_equal(found.y, attention.attention(q, k, v, score="scaled").y)
    assert np.abs(found.y - attention.attention(q, k, v, score="dot").y).max() > 0.01


def test_weights_are_shares_that_sum_to_one():
    weights = attention.attention(q, k, v).weights
    assert np.all((weights >= 0) & (weights <= 1))
    np.testing.assert_allclose(weights.sum(axis=-1), np.ones((B, T)), rtol=1e-15)


@every_score
def test_permuting_keys_with_their_values_permutes_weights_and_changes_no_output(score):
    _, _, keys, weights = SCORES[score]
    options = {"score": score, "params": weights[0] if weights else None}
    order = np.array([3, 0, 5, 1, 4, 2])
    found = attention.attention(q, keys, v, **options)
    moved = attention.attention(q, keys[:, order], v[:, order], **options)
    np.testing.assert_allclose(moved.y, found.y, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(moved.weights, found.weights[..., order], rtol=1e-13)


@pytest.mark.parametrize("score", ["dot", "scaled"])
def test_one_vector_added_to_every_key_changes_no_weight(score):
    shift = cases.normal(7)(E)
    found = attention.attention(q, k, v, score=score)
    moved = attention.attention(q, k + shift, v, score=score)
    np.testing.assert_allclose(moved.weights, found.weights, rtol=1e-12, atol=1e-15)


def test_one_vector_added_to_every_value_is_added_to_every_output():
    shift = cases.normal(8)(V)
    moved = attention.attention(q, k, v + shift)
    np.testing.assert_allclose(moved.y, attention.attention(q, k, v).y + shift, rtol=1e-12)


def test_a_query_does_not_depend_on_the_other_queries():
    alone = attention.attention(q[:, 2:3], k, v)
    np.testing.assert_allclose(alone.y[:, 0], attention.attention(q, k, v).y[:, 2], rtol=1e-13)


def test_a_sequence_does_not_depend_on_its_batch():
    alone = attention.attention(q[1:], k[1:], v[1:])
    np.testing.assert_allclose(alone.y[0], attention.attention(q, k, v).y[1], rtol=1e-13)


def test_zero_queries_average_all_values():
    found = attention.attention(np.zeros((B, T, E)), k, v)
    average = np.broadcast_to(v.mean(axis=1, keepdims=True), (B, T, V))
    np.testing.assert_allclose(found.y, average, rtol=1e-14)


@every_score
def test_without_keys_the_output_is_zero(score):
    _, _, keys, weights = SCORES[score]
    options = {"score": score, "params": weights[0] if weights else None}
    found = attention.attention(q, keys[:, :0], v[:, :0], **options)
    assert found.weights.shape == (B, T, 0)
    np.testing.assert_array_equal(found.y, np.zeros((B, T, V)))


@every_score
@pytest.mark.parametrize("empty", ["queries", "batch"])
def test_without_queries_or_batch_the_output_is_empty(score, empty):
    _, _, keys, weights = SCORES[score]
    options = {"score": score, "params": weights[0] if weights else None}
    if empty == "queries":
        assert attention.attention(q[:, :0], keys, v, **options).y.shape == (B, 0, V)
    else:
        assert attention.attention(q[:0], keys[:0], v[:0], **options).y.shape == (0, T, V)


def test_a_bias_alone_is_added_to_scores_that_are_there_already():
    scores, bias = score_dot(q, k), cases.normal(31)(B, T, S)
    found, true = attend(scores, v, bias=bias), attend(scores + bias, v)
    np.testing.assert_allclose(found.weights, true.weights, rtol=1e-13)
    np.testing.assert_allclose(found.y, true.y, rtol=1e-13)


def test_huge_scores_of_one_sign_pick_one_value_without_a_warning():
    scores = np.full((B, T, S), -1e308)
    scores[..., 3] = 1e308
    found = attend(scores, v)
    np.testing.assert_array_equal(found.y, np.broadcast_to(v[:, None, 3], (B, T, V)))


def test_the_additive_score_saturates_without_a_warning():
    huge = np.full((B, T, E), 1e308)
    p = cases.additive()
    p = p._replace(W_a=np.abs(p.W_a))
    np.testing.assert_allclose(score_additive(huge, wide, p), p.v_a.sum(), rtol=1e-12)


def test_depths_that_only_the_additive_score_can_compare_are_refused_elsewhere():
    with pytest.raises(ShapeError) as refusal:
        attention.attention(q, wide, v)
    assert str(refusal.value) == (
        "attention.attention: k must have shape (B=2, S, E=7), got (2, 6, 8): "
        "E=7 comes from q (2, 5, 7)"
    )


def test_a_depth_of_zero_is_refused():
    with pytest.raises(ShapeError, match=r"E is at least 1$"):
        score_scaled(np.zeros((B, T, 0)), np.zeros((B, S, 0)))


def test_results_share_no_memory_with_arguments():
    found = [
        *attention.attention(q, k, v),
        *(s[0] for s in SCORES.values()),
        weighted_sum(q @ k.mT, v),
    ]
    given = [q, k, wide, v, *cases.additive()]
    assert not any(np.shares_memory(a, b) for a in given for b in found)
    assert cases.additive().W_a.shape == (A, E)


@pytest.mark.parametrize("score", ["dot", "scaled"])
def test_keys_of_another_depth_are_refused_even_if_their_other_sizes_fit(score):
    queries, keys = np.ones((B, 4, 3)), np.ones((B, 3, 4))
    with pytest.raises(ShapeError, match="k must have shape"):
        attention.attention(queries, keys, np.ones((B, 3, V)), score=score)


@pytest.mark.parametrize("score", ["scaled", "dot"])
def test_what_attention_returned_stays_as_it_is_while_others_use_memory_again(score, monkeypatch):
    monkeypatch.setattr(memory, "REUSED", 1)
    monkeypatch.setattr(masked, "TABLE", 1)  # one sequence per block

    def attend(seed):
        q, k, v, dy = np.random.default_rng(seed).standard_normal((4, 3, 5, 2))
        run = attention.attention(q, k, v, score=score)
        grads = attention.attention_backward(run, dy=dy)
        return [run.q, run.y, run.weights, *grads[:3]]

    held = attend(0)
    before = [array.copy() for array in held]
    for seed in range(3):
        attend(seed + 9)
    for array, same in zip(held, before, strict=True):
        np.testing.assert_array_equal(array, same)
