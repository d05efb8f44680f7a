"""The claims of the page on attention, one test each."""

import contextlib
import io
import runpy
from pathlib import Path

import numpy as np
import pytest

from rnnref import attention, examples
from rnnref.errors import ShapeError
from rnnref.explain import explorer
from rnnref.numerics import softmax

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
B, T, S, E, E_V = 2, 3, 5, 4, 6


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def q(rng):
    return rng.standard_normal((B, T, E))


@pytest.fixture
def k(rng):
    return rng.standard_normal((B, S, E))


@pytest.fixture
def v(rng):
    return rng.standard_normal((B, S, E_V))


def dot(q, k, v):
    """Attend with the plain dot product."""
    return attention.attention(q, k, v, score="dot")


@pytest.mark.claim("attention.any-source")
@pytest.mark.parametrize("S", [1, 4, 196, 1000])
def test_any_number_of_pairs_of_key_and_value_will_do(rng, S):
    out = dot(*(rng.standard_normal((1, n, 4)) for n in (1, S, S)))
    assert out.weights.shape == (1, 1, S)
    np.testing.assert_allclose(out.weights.sum(), 1)


@pytest.mark.claim("attention.raw")
def test_bare_scores_as_weights_take_the_result_beyond_every_value():
    q, k, v = examples.attention_vectors()
    s = attention.score_dot(q, k)
    assert s.min() < 0
    assert s.sum() == pytest.approx(1.48)
    assert attention.weighted_sum(s, v)[0, 0, 0] > v[0, :, 0].max()


@pytest.mark.claim("attention.sum-to-one")
def test_weights_are_positive_and_sum_to_one(q, k, v):
    weights = dot(q, k, v).weights
    assert np.all(weights > 0)
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-12)


@pytest.mark.claim("attention.between")
def test_the_result_lies_between_the_least_and_the_greatest_value(q, k, v):
    y = dot(q, k, v).y
    assert np.all(v.min(axis=1, keepdims=True) < y)
    assert np.all(y < v.max(axis=1, keepdims=True))


@pytest.mark.claim("attention.by-hand")
def test_the_program_by_hand_prints_what_attend_computes():
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(str(EXAMPLES / "attention_by_hand.py"))
    q, k, v = examples.attention_vectors()
    s = attention.score_dot(q, k)
    lines = (s, np.exp(s), *reversed(attention.attend(s, v)))
    printed = [line[6:].split() for line in out.getvalue().splitlines()]
    assert len(printed) == len(lines)
    for words, numbers in zip(printed, lines, strict=True):
        np.testing.assert_allclose([float(word) for word in words], numbers[0, 0], atol=5e-5)


@pytest.mark.claim("attention.shift")
def test_adding_one_number_to_all_scores_changes_no_weight(rng):
    a = rng.standard_normal((B, T, S))
    np.testing.assert_allclose(softmax(a + 7.5), softmax(a), rtol=1e-12)


@pytest.mark.claim("attention.sharp")
def test_large_factors_leave_one_weight_and_zero_leaves_all_equal(rng):
    a = rng.permutation(np.arange(10.0))
    assert softmax(100 * a).max() > 0.999
    assert softmax(a).max() < 0.999
    np.testing.assert_allclose(softmax(0 * a), 0.1)


@pytest.mark.claim("attention.never-zero")
def test_a_weight_is_zero_only_when_its_exponential_underflows():
    assert softmax(np.array([0.0, -700.0]))[1] > 0
    assert softmax(np.array([0.0, -800.0]))[1] == 0


@pytest.mark.claim("attention.depths")
def test_keys_are_as_long_as_queries_and_values_need_not_be(q, k, v):
    assert dot(q, k, v).y.shape == (B, T, E_V)
    with pytest.raises(ShapeError, match="k must have shape"):
        dot(q, k[..., :-1], v)


@pytest.mark.claim("attention.rows")
def test_rows_of_the_weights_sum_to_one_and_columns_do_not(q, k, v):
    weights = dot(q, k, v).weights
    np.testing.assert_allclose(weights.sum(axis=2), 1, rtol=1e-12)
    assert np.min(np.abs(weights.sum(axis=1) - 1)) > 1e-3


@pytest.mark.claim("attention.general-depths")
def test_the_bilinear_score_takes_queries_and_keys_of_different_length(rng, k):
    q, p = rng.standard_normal((B, T, E + 3)), attention.General(rng.standard_normal((E + 3, E)))
    s = attention.score_general(q, k, p)
    assert s[1, 2, 4] == pytest.approx(q[1, 2] @ p.W_a @ k[1, 4], rel=1e-12)


@pytest.mark.claim("attention.additive-depths")
def test_the_additive_score_takes_queries_and_keys_of_different_length(rng, k):
    q = rng.standard_normal((B, T, E + 3))
    p = attention.Additive(*(rng.standard_normal(shape) for shape in [(8, E + 3), (8, E), (8,)]))
    s = attention.score_additive(q, k, p)
    one = p.v_a @ np.tanh(p.W_a @ q[1, 2] + p.U_a @ k[1, 4])
    assert s[1, 2, 4] == pytest.approx(one, rel=1e-12)


@pytest.mark.claim("attention.concat")
def test_the_concat_score_is_the_additive_one_with_its_matrices_side_by_side(rng, q, k):
    W_a, U_a, v_a = (rng.standard_normal(shape) for shape in [(8, E), (8, E), (8,)])
    joined = attention.Concat(np.concatenate([W_a, U_a], axis=1), v_a)
    np.testing.assert_allclose(
        attention.score_concat(q, k, joined),
        attention.score_additive(q, k, attention.Additive(W_a, U_a, v_a)),
        rtol=1e-10,
    )


def random_scores(score, depth, seed=5):
    """Score 2000 random queries against 10 random keys each."""
    rng = np.random.default_rng(seed)
    return score(rng.standard_normal((2000, 1, depth)), rng.standard_normal((2000, 10, depth)))


@pytest.mark.claim("attention.variance")
@pytest.mark.parametrize("depth", [4, 64, 256])
def test_a_dot_product_has_variance_d_k_and_a_scaled_one_variance_1(depth):
    assert random_scores(attention.score_dot, depth).var() == pytest.approx(depth, rel=0.06)
    assert random_scores(attention.score_scaled, depth).var() == pytest.approx(1, rel=0.06)


@pytest.mark.claim("attention.scaled")
def test_unscaled_weights_gather_on_one_key_and_scaled_ones_do_not():
    def largest(score, depth):
        return softmax(random_scores(score, depth)).max(axis=-1).mean()

    assert largest(attention.score_dot, 256) > 0.9
    scaled = [largest(attention.score_scaled, depth) for depth in (4, 64, 256)]
    assert max(scaled) - min(scaled) < 0.04
    assert max(scaled) < 0.4


@pytest.mark.claim("attention.masked")
def test_a_hidden_key_has_weight_0_and_its_value_may_be_anything(q, k, v):
    seen = [True, True, False, True, False]
    v[:, ~np.array(seen)] = np.nan
    out = attention.attention(q, k, v, mask=np.array(seen))
    alone = attention.attention(q, k[:, seen], v[:, seen])
    np.testing.assert_array_equal(out.weights[..., [2, 4]], 0)
    np.testing.assert_allclose(out.y, alone.y, rtol=1e-12)
    lengths = attention.attention(q, k, v, key_lengths=[2, 2])
    np.testing.assert_allclose(lengths.y, attention.attention(q, k[:, :2], v[:, :2]).y, rtol=1e-12)


@pytest.mark.claim("attention.values-apart")
def test_changing_the_values_alone_changes_no_weight(q, k, v, rng):
    other = dot(q, k, rng.standard_normal(v.shape))
    np.testing.assert_array_equal(other.weights, dot(q, k, v).weights)
    assert np.max(np.abs(other.y - dot(q, k, v).y)) > 0.1


@pytest.mark.claim("attention.length")
def test_keys_ten_times_as_large_have_ten_times_the_norm_and_the_same_count(q, k, v):
    assert np.linalg.norm(10 * k) == pytest.approx(10 * np.linalg.norm(k))
    assert dot(q, 10 * k, v).weights.shape == dot(q, k, v).weights.shape == (B, T, S)


@pytest.mark.claim("attention.symmetric")
def test_a_sequence_that_is_its_own_query_and_key_has_symmetric_scores(k):
    s = attention.score_dot(k, k)
    np.testing.assert_allclose(s, s.mT, rtol=1e-12)


@pytest.mark.claim("attention.projected")
def test_separate_projections_break_the_symmetry(k, rng):
    W_q, W_k = rng.standard_normal((2, 3, E))
    s = attention.score_dot(k @ W_q.T, k @ W_k.T)
    assert np.max(np.abs(s - s.mT)) > 0.5


@pytest.mark.claim("attention.permute")
def test_keys_shuffled_with_their_values_give_the_same_result_and_alone_do_not(q, k, v):
    order = [3, 0, 4, 2, 1]
    whole = dot(q, k, v).y
    np.testing.assert_allclose(dot(q, k[:, order], v[:, order]).y, whole, rtol=1e-12)
    assert np.max(np.abs(dot(q, k[:, order], v).y - whole)) > 0.1


@pytest.mark.claim("attention.table")
def test_T_queries_and_S_keys_have_T_times_S_weights(q, k, v):
    assert dot(q, k, v).weights[0].size == T * S
    twice = np.concatenate([k, k], axis=1)
    once = dot(k, k, k).weights.size
    assert dot(twice, twice, twice).weights.size == 4 * once


@pytest.mark.claim("attention.exercise-ln2")
def test_scores_0_0_and_ln_2_give_a_quarter_a_quarter_and_a_half():
    np.testing.assert_allclose(softmax(np.array([0.0, 0.0, np.log(2)])), [0.25, 0.25, 0.5])


@pytest.mark.claim("attention.same-keys")
def test_with_all_keys_alike_the_result_is_the_mean_of_the_values(q, k, v):
    same = np.repeat(k[:, :1], S, axis=1)
    mean = np.broadcast_to(v.mean(axis=1, keepdims=True), (B, T, E_V))
    np.testing.assert_allclose(dot(q, same, v).y, mean, rtol=1e-10)


@pytest.mark.claim("attention.key-shift")
def test_one_vector_added_to_every_key_changes_no_weight(q, k, v, rng):
    moved = k + rng.standard_normal(E)
    np.testing.assert_allclose(dot(q, moved, v).weights, dot(q, k, v).weights, rtol=1e-10)


@pytest.mark.claim("attention.value-shift")
def test_one_vector_added_to_every_value_is_added_to_the_result(q, k, v, rng):
    u = rng.standard_normal(E_V)
    np.testing.assert_allclose(dot(q, k, v + u).y, dot(q, k, v).y + u, rtol=1e-10)


@pytest.mark.claim("attention.over-scaled")
def test_dividing_by_64_leaves_a_64th_of_the_variance():
    s = random_scores(attention.score_dot, 64) / 64
    assert s.var() == pytest.approx(1 / 64, rel=0.06)
    assert softmax(s).max(axis=-1).mean() < 0.13


@pytest.mark.claim("attention.explorer-longer")
def test_a_query_twice_as_long_doubles_differences_and_looks_more_at_its_favourite():
    given = explorer.vectors()
    once, ice = explorer.look_dot(**given), examples.QUERIES.index("ice")
    twice = explorer.look_dot(**given | {"q": 2 * given["q"]})
    np.testing.assert_allclose(np.diff(twice.scores[0, ice]), 2 * np.diff(once.scores[0, ice]))
    assert twice.weights[0, ice].argmax() == once.weights[0, ice].argmax()
    assert twice.weights[0, ice].max() > once.weights[0, ice].max()


@pytest.mark.claim("attention.explorer-scaled")
def test_scaling_flattens_every_row_of_the_explorer_and_keeps_each_favourite():
    plain, scaled = (look(**explorer.vectors()).weights for look in explorer.LOOKS.values())
    assert (np.ptp(scaled, axis=-1) < np.ptp(plain, axis=-1)).all()
    assert (scaled.argmax(-1) == plain.argmax(-1)).all()


@pytest.mark.claim("attention.explorer-mask")
def test_hiding_a_place_leaves_the_proportions_of_the_others():
    given, drink = explorer.vectors(), examples.QUERIES.index(examples.QUERY)
    whole = explorer.look_dot(**given)
    drank = whole.weights[0, drink].argmax()
    assert examples.SOURCE[drank] == "喝了"
    seen = np.arange(len(examples.SOURCE)) != drank
    left = attention.attend(whole.scores, given["v"], mask=seen).weights[0, drink, seen]
    before = whole.weights[0, drink, seen]
    assert (left > before).all()
    np.testing.assert_allclose(left / left[0], before / before[0])


@pytest.mark.claim("attention.explorer-values")
def test_a_changed_value_moves_the_result_and_no_weight():
    given = explorer.vectors()
    other = given | {"v": given["v"] + np.eye(4)[2][:, None]}
    before, after = explorer.look_dot(**given), explorer.look_dot(**other)
    np.testing.assert_array_equal(after.weights, before.weights)
    assert (after.y != before.y).all()
