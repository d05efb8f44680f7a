"""The claims of the page on the Transformer about the way back, mistakes and exercises."""

import numpy as np
import pytest
from transformer_claims import HEADS, B, E, T, block, heads_of, layer, printed

from rnnref import attention, example_models, gradcheck, masks, numerics, seq2seq
from rnnref import transformer as tf


@pytest.fixture
def rng():
    return np.random.default_rng(21)


@pytest.fixture
def x(rng):
    return rng.standard_normal((B, T, E))


@pytest.fixture
def dy(rng):
    return rng.standard_normal((B, T, E))


@pytest.mark.claim("transformer.softmax-signs")
def test_a_score_raises_its_own_weight_and_lowers_all_others(rng):
    s = rng.standard_normal(4)
    for j in range(4):
        slope = np.imag(numerics.softmax(s + 1e-30j * np.eye(4)[j]))
        np.testing.assert_array_equal(slope > 0, np.arange(4) == j)


@pytest.mark.claim("transformer.one-query")
def test_the_scalar_program_prints_what_the_functions_compute():
    x, (W_q, W_k, W_v) = example_models.words(), example_models.self_attention_params()
    q, k, v = x[:, :1] @ W_q.T, x @ W_k.T, x @ W_v.T
    scores, dy = attention.score_scaled(q, k), np.array([[[0.5, -1.0]]])
    found = attention.attend(scores, v)
    up = attention.attend_backward(dy, np.zeros((1, 1, 3)), v, found)
    down = attention.score_scaled_backward(up.dscores, q, k)
    mean = np.sum(found.weights * up.dweights)
    wanted = [scores, found.weights, found.y, up.dweights, mean, up.dscores, down.dq]
    for line, array in zip(printed("transformer_one_query"), wanted, strict=True):
        numbers = [float(word) for word in line.split()[1:]]
        np.testing.assert_allclose(numbers, np.ravel(array), rtol=0, atol=5.1e-5)


@pytest.mark.claim("transformer.along-query")
def test_what_one_query_hands_to_the_keys_is_a_multiple_of_itself(rng):
    q, k = rng.standard_normal((1, 1, 3)), rng.standard_normal((1, 4, 3))
    dscores = rng.standard_normal((1, 1, 4))
    dk = attention.score_scaled_backward(dscores, q, k).dk[0]
    assert np.linalg.matrix_rank(np.vstack([dk, q[0]])) == 1


@pytest.mark.claim("transformer.unseen")
def test_a_layer_norm_gives_no_gradient_to_what_it_does_not_see(rng, x, dy):
    run = tf.layer_norm(x, block(rng).norm_1, eps=1e-14)
    dx = tf.layer_norm_backward(run, dy=dy).x
    np.testing.assert_allclose(dx.sum(-1), 0, atol=1e-12)
    np.testing.assert_allclose(np.sum(dx * run.x_hat, axis=-1), 0, atol=1e-12)


@pytest.mark.claim("transformer.constants")
def test_mean_and_deviation_taken_for_constants_give_a_gradient_that_fails(rng, x, dy):
    p = block(rng).norm_1
    run = tf.layer_norm(x, p)

    def loss(x):
        return np.sum(dy * tf.layer_norm(x, p).y)

    right = tf.layer_norm_backward(run, dy=dy).x
    assert gradcheck.check(loss, {"x": x}, {"x": right}).ok
    report = gradcheck.check(loss, {"x": x}, {"x": dy * p.gamma / run.std})
    assert not report.ok and report.worst > 0.1


def silent(p):
    """Return a layer whose parts compute nothing but zeros."""
    looks = p.attention._replace(W_o=np.zeros((E, E)), b_o=np.zeros(E))
    network = p.feed_forward
    thinks = network._replace(W_2=np.zeros_like(network.W_2), b_2=np.zeros(E))
    return p._replace(attention=looks, feed_forward=thinks)


@pytest.mark.claim("transformer.straight")
def test_with_norms_before_a_gradient_passes_silent_parts_unchanged(rng, x, dy):
    p = silent(block(rng))
    for norm, unchanged in (("pre", True), ("post", False)):
        grads = tf.encoder_layer_backward(layer(x, p, norm=norm), dy=dy)
        assert np.array_equal(grads.x, dy) == unchanged


@pytest.mark.claim("transformer.three-shares")
def test_the_one_input_of_self_attention_receives_three_shares(rng, x, dy):
    p = heads_of(rng)

    def loss(x):
        return np.sum(dy * attention.multihead(x, x, x, p, heads=HEADS).y)

    grads = attention.multihead_backward(attention.multihead(x, x, x, p, heads=HEADS), dy=dy)
    assert gradcheck.check(loss, {"x": x}, {"x": grads.q + grads.k + grads.v}).ok
    assert not gradcheck.check(loss, {"x": x}, {"x": grads.q}).ok


@pytest.mark.claim("transformer.check-named")
def test_the_check_rejects_the_softmax_without_its_mean():
    right, wrong = printed("transformer_check")
    assert right.startswith("gradient right") and wrong.startswith("gradient wrong")


def leaves(p):
    """Return every array of a layer by name."""
    parts = p._asdict().items()
    return {f"{n}.{f}": array for n, part in parts for f, array in part._asdict().items()}


def rebuilt(p, arrays):
    """Return a layer with other arrays."""
    parts = p._asdict().items()
    return type(p)(*(type(part)(*(arrays[f"{n}.{f}"] for f in part._fields)) for n, part in parts))


@pytest.mark.claim("transformer.check-block")
@pytest.mark.parametrize("norm", ["post", "pre"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_every_weight_of_a_block_and_its_input_have_the_right_gradient(
    rng, x, dy, norm, activation
):
    p = block(rng)
    settings = {"norm": norm, "activation": activation, "causal": "top_left"}

    def loss(x, **arrays):
        return np.sum(dy * layer(x, rebuilt(p, arrays), **settings).y)

    grads = tf.encoder_layer_backward(layer(x, p, **settings), dy=dy)
    args, given = {"x": x} | leaves(p), {"x": grads.x} | leaves(grads.params)
    del args["attention.b_k"], given["attention.b_k"]  # zero: another claim has it
    fixed = p.attention.b_k
    report = gradcheck.check(
        lambda x, **arrays: loss(x, **arrays | {"attention.b_k": fixed}), args, given
    )
    assert report.ok and len(report.table) == 16, report


@pytest.mark.claim("transformer.blind-sum")
def test_the_sum_of_all_outputs_of_a_plain_norm_has_no_gradient_below(rng, x, dy):
    p = block(rng)
    p = p._replace(norm_2=tf.LayerNorm(np.ones(E), p.norm_2.beta))
    for given, blind in ((np.ones_like(dy), True), (dy, False)):
        grads = tf.encoder_layer_backward(layer(x, p), dy=given)
        below = [grads.x, *grads.params.attention, *grads.params.feed_forward]
        assert all(np.allclose(array, 0, atol=1e-12) for array in below) == blind


@pytest.mark.claim("transformer.blind-one")
def test_a_single_key_leaves_queries_and_keys_without_gradient(rng, x, dy):
    p = heads_of(rng)
    for length, blind in ((1, True), (2, False)):
        one, g = x[:, :length], dy[:, :length]
        run = attention.multihead(one, one, one, p, heads=HEADS)
        grads = attention.multihead_backward(run, dy=g).params
        assert (not grads.W_q.any() and not grads.W_k.any()) == blind
        assert grads.W_v.any()


@pytest.mark.claim("transformer.wrong-axis")
def test_weights_normalised_over_queries_let_queries_change_each_other(rng):
    q, k, v = (rng.standard_normal((1, n, 4)) for n in (3, 5, 5))
    moved = q.copy()
    moved[0, 1] += 1

    def look(q, axis):
        return numerics.softmax(attention.score_scaled(q, k), axis=axis) @ v

    assert np.array_equal(look(moved, -1)[0, 0], look(q, -1)[0, 0])
    assert not np.allclose(look(moved, -2)[0, 0], look(q, -2)[0, 0])


@pytest.mark.claim("transformer.inverted")
def test_an_inverted_causal_mask_shows_only_the_words_that_are_still_to_come(rng, x):
    p, late = heads_of(rng), x.copy()
    late[:, -1] += 1
    mask = masks.causal_mask(T, T)
    for given, first_moves in ((mask, False), (~mask, True)):
        one, two = (
            attention.multihead(a, a, a, p, heads=HEADS, mask=given).y[:, 0] for a in (x, late)
        )
        assert (not np.allclose(one, two)) == first_moves
    inverted = attention.multihead(x, x, x, p, heads=HEADS, mask=~mask).weights
    assert not inverted[..., mask].any()


@pytest.mark.claim("transformer.root-of-head")
def test_the_root_of_the_whole_width_flattens_the_weights_of_every_head(rng, x):
    run = attention.multihead(x, x, x, heads_of(rng), heads=HEADS)
    q, k, v = (getattr(run, f"{n}_heads")[:, 0] for n in "qkv")
    wrong = attention.attention(q, k, v, scale=E**-0.5).weights
    right = run.weights[:, 0]
    assert np.all(wrong.max(-1) < right.max(-1))
    ratios = [np.log(w[..., 1:] / w[..., :1]) for w in (wrong, right)]
    np.testing.assert_allclose(ratios[0], ratios[1] / HEADS**0.5, atol=1e-12)


@pytest.mark.claim("transformer.reshape")
def test_a_reshape_in_place_of_the_split_mixes_places(rng, x):
    run = attention.multihead(x, x, x, heads_of(rng), heads=HEADS)
    joined = run.q_heads.swapaxes(1, 2).reshape(B, T, E)
    wrong = joined.reshape(B, HEADS, T, E // HEADS)
    assert wrong.shape == run.q_heads.shape
    assert not np.allclose(wrong, run.q_heads)
    other = joined.copy()
    other[:, 1] += 1  # the projected query of place 2 alone
    moved = other.reshape(wrong.shape) != wrong
    assert not np.array_equal(np.any(moved, axis=(0, 1, 3)), np.arange(T) == 1)


@pytest.mark.claim("transformer.n-minus-1")
def test_a_variance_divided_by_one_less_makes_every_vector_smaller(rng, x):
    x_hat = tf.layer_norm(x, block(rng).norm_1, eps=1e-14).x_hat
    wrong = (x - x.mean(-1, keepdims=True)) / x.std(-1, ddof=1, keepdims=True)
    np.testing.assert_allclose(wrong, x_hat * ((E - 1) / E) ** 0.5, atol=1e-10)


@pytest.mark.claim("transformer.eps-outside")
def test_eps_outside_the_root_shows_in_vectors_that_hardly_vary(rng):
    plain = tf.LayerNorm(np.ones(E), np.zeros(E))
    for size, close in ((1.0, True), (1e-3, False)):
        x = size * rng.standard_normal((B, E))
        wrong = (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-5)
        assert np.allclose(wrong, tf.layer_norm(x, plain, eps=1e-5).y, rtol=1e-3) == close


@pytest.mark.claim("transformer.after-state")
def test_additive_weights_depend_on_no_token_that_their_own_step_reads():
    p, (source, target) = example_models.translator_attention(), example_models.SENTENCE
    other = target.copy()
    other[0, 0] = 3  # the decoder reads it at step 2
    one, two = (seq2seq.teacher_forced(source, t, p, bos=0).weights[0] for t in (target, other))
    same = [np.array_equal(a, b) for a, b in zip(one, two, strict=True)]
    assert same == [True, True, False]


@pytest.mark.claim("transformer.first-row")
def test_behind_a_causal_mask_the_first_place_keeps_its_own_value():
    x = example_models.words()
    q, k, v = (x @ W.T for W in example_models.self_attention_params())
    run = attention.attention(q, k, v, causal="top_left")
    np.testing.assert_array_equal(run.weights[0, 0], [1, 0, 0])
    np.testing.assert_array_equal(run.y[0, 0], v[0, 0])


@pytest.mark.claim("transformer.causal-order")
def test_a_causal_block_without_positions_does_not_commute_with_an_order(rng, x):
    p, order = block(rng), [1, 0, *range(2, T)]
    shuffled = layer(x[:, order], p, causal="top_left").y
    plain = layer(x, p, causal="top_left").y[:, order]
    same = [np.allclose(shuffled[:, t], plain[:, t]) for t in range(T)]
    assert same == [False, False] + [True] * (T - 2)  # one layer sees a set of earlier words


@pytest.mark.claim("transformer.silent")
def test_silent_parts_leave_the_input_alone_only_with_norms_before_them(rng, x):
    p = silent(block(rng))
    np.testing.assert_array_equal(layer(x, p, norm="pre").y, x)
    twice = tf.layer_norm(tf.layer_norm(x, p.norm_1).y, p.norm_2).y
    np.testing.assert_allclose(layer(x, p, norm="post").y, twice, atol=1e-14)
    assert not np.allclose(twice, x)
