"""The claims of the page on the Transformer about the way forward, one test each."""

import functools
import tracemalloc

import numpy as np
import pytest
from transformer_claims import B, E, T, block, heads_of, layer, multiplications, printed

from rnnref import (
    attention,
    chunked,
    example_models,
    layers,
    lstm,
    masks,
    memory,
    numerics,
    rnn,
)
from rnnref import transformer as tf


@pytest.fixture
def rng():
    return np.random.default_rng(12)


@pytest.fixture
def x(rng):
    return rng.standard_normal((B, T, E))


def one_head():
    """Return what three words of the example find in each other."""
    x = example_models.words()
    q, k, v = (x @ W.T for W in example_models.self_attention_params())
    return attention.attention(q, k, v)


@pytest.mark.claim("transformer.one-sided")
def test_word_1_looks_at_word_3_twice_as_much_as_word_3_at_word_1():
    weights = one_head().weights[0]
    assert weights[0, 2] > 2 * weights[2, 0]


@pytest.mark.claim("transformer.heads-differ")
def test_word_3_spreads_its_first_head_and_points_its_second_at_word_2():
    x = example_models.words()
    first, second = attention.multihead(*(x, x, x), example_models.two_heads(), heads=2).weights[
        0, :, 2
    ]
    assert np.ptp(first) < 0.03
    assert second[1] > 0.8


@pytest.mark.claim("transformer.heads-cost")
def test_the_number_of_heads_changes_neither_weights_nor_products(rng, x):
    p = heads_of(rng)

    def looking(heads):
        return lambda x: attention.multihead(x, x, x, p, heads=heads)

    assert len({multiplications(looking(heads), x) for heads in (1, 2, 4)}) == 1
    assert not np.allclose(looking(1)(x).y, looking(2)(x).y)


@pytest.mark.claim("transformer.key-bias")
def test_the_bias_of_keys_changes_nothing_and_has_no_gradient(rng, x):
    p = heads_of(rng)
    moved = p._replace(b_k=p.b_k + rng.standard_normal(E))
    run, other = (attention.multihead(x, x, x, weights, heads=2) for weights in (p, moved))
    np.testing.assert_allclose(other.y, run.y, rtol=0, atol=1e-12)
    grads = attention.multihead_backward(run, dy=rng.standard_normal(run.y.shape)).params
    np.testing.assert_allclose(grads.b_k, 0, atol=1e-12)
    assert np.all(np.abs(grads.b_q) > 1e-6)


@pytest.mark.claim("transformer.value-bias")
def test_the_bias_of_values_is_a_bias_of_the_output(rng, x):
    p = heads_of(rng)
    joined = p._replace(b_v=np.zeros(E), b_o=p.b_o + p.W_o @ p.b_v)
    run, other = (attention.multihead(x, x, x, weights, heads=2) for weights in (p, joined))
    np.testing.assert_allclose(other.y, run.y, rtol=0, atol=1e-12)


@pytest.mark.claim("transformer.prefix")
def test_behind_a_causal_mask_a_prefix_alone_gives_the_same_outputs(rng, x):
    p = block(rng)
    whole = layer(x, p, causal="top_left").y
    for t in range(1, T + 1):
        alone = layer(x[:, :t], p, causal="top_left").y
        np.testing.assert_allclose(alone, whole[:, :t], rtol=0, atol=1e-12)
    assert not np.allclose(layer(x[:, :2], p).y, layer(x, p).y[:, :2])


@pytest.mark.claim("transformer.new-query")
def test_one_new_query_sees_all_old_keys_only_if_the_last_ones_are_aligned():
    assert masks.causal_mask(1, 6, align="bottom_right").all()
    assert masks.causal_mask(1, 6, align="top_left").sum() == 1


@pytest.mark.claim("transformer.empty-query")
def test_a_query_that_sees_nothing_has_zero_weights_and_a_zero_result(rng):
    scores, v = rng.standard_normal((1, 3, 2)), rng.standard_normal((1, 2, 4))
    found = attention.attend(scores, v, mask=masks.causal_mask(3, 2, align="bottom_right"))
    assert not found.weights[0, 0].any() and not found.y[0, 0].any()
    np.testing.assert_allclose(found.weights[0, 1:].sum(-1), 1)


@pytest.mark.claim("transformer.finite-mask")
def test_a_large_negative_number_hides_keys_unless_all_of_a_row_are_hidden(rng):
    scores = rng.standard_normal((1, 3, 2))
    mask = masks.causal_mask(3, 2, align="bottom_right")
    right = attention.attend(scores, np.ones((1, 2, 4)), mask=mask).weights[0]
    leaky = numerics.softmax(np.where(mask, 0.0, -1e9) + scores)[0]
    np.testing.assert_allclose(leaky[1:], right[1:])
    np.testing.assert_allclose(leaky[0].sum(), 1)
    assert np.all(leaky[0] > 0.1)


@pytest.mark.claim("transformer.nan")
def test_minus_infinity_in_a_whole_row_gives_nan_in_a_plain_softmax():
    row = np.full(3, -np.inf)
    with np.errstate(invalid="ignore"):
        e = np.exp(row - row.max())
    assert np.isnan(e / e.sum()).all()


@pytest.mark.claim("transformer.padding")
def test_padding_changes_neither_outputs_nor_gradients(rng, x):
    p, lengths = block(rng), np.array([3, T])
    other = x.copy()
    other[0, 3:] = 100.0
    dy = rng.standard_normal(x.shape)
    runs = [layer(array, p, lengths=lengths) for array in (x, other)]
    grads = [tf.encoder_layer_backward(run, dy=dy) for run in runs]
    np.testing.assert_array_equal(runs[0].y, runs[1].y)
    np.testing.assert_array_equal(grads[0].x, grads[1].x)
    for one, two in zip(grads[0].params, grads[1].params, strict=True):
        for a, b in zip(one, two, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.claim("transformer.permute")
def test_a_block_without_positions_commutes_with_every_order(rng, x):
    p, order = block(rng), rng.permutation(T)
    assert np.any(order != np.arange(T))
    np.testing.assert_allclose(layer(x[:, order], p).y, layer(x, p).y[:, order], atol=1e-12)
    without, with_positions = map(float, printed("transformer_order"))
    assert without == 0 and with_positions > 0.5


@pytest.mark.claim("transformer.rotation")
@pytest.mark.parametrize("k", [1, 7, 40])
def test_a_shift_turns_every_pair_by_an_angle_that_only_the_shift_decides(k):
    P = tf.positional_encoding(100, 12)
    points = P[:, 1::2] + 1j * P[:, 0::2]  # cosine and sine of every pair as one complex number
    turns = points[k:] / points[:-k]
    np.testing.assert_allclose(turns, np.broadcast_to(turns[0], turns.shape), atol=1e-12)
    np.testing.assert_allclose(np.abs(turns), 1, atol=1e-12)
    assert len(np.unique(np.round(turns[0], 9))) == 6  # every pair at a speed of its own


@pytest.mark.claim("transformer.distance")
def test_the_dot_product_of_two_positions_depends_on_their_distance_alone():
    products = (P := tf.positional_encoding(30, 16)) @ P.T
    for k in range(30):
        np.testing.assert_allclose(np.diagonal(products, k), products[0, k], atol=1e-12)


@pytest.mark.claim("transformer.norm-alone")
def test_a_layer_norm_reads_one_vector_and_no_other_place_or_example(rng, x):
    p = block(rng).norm_1
    other = rng.standard_normal(x.shape)
    other[1, 2] = x[1, 2]
    np.testing.assert_array_equal(tf.layer_norm(other, p).y[1, 2], tf.layer_norm(x, p).y[1, 2])


@pytest.mark.claim("transformer.norm-shift")
def test_a_layer_norm_does_not_see_a_number_added_to_all_components(rng, x):
    p = block(rng).norm_1
    np.testing.assert_allclose(tf.layer_norm(x + 3.7, p).y, tf.layer_norm(x, p).y, atol=1e-12)


@pytest.mark.claim("transformer.norm-stretch")
def test_a_layer_norm_does_not_see_a_positive_factor(rng, x):
    p, tiny = block(rng).norm_1, 1e-14
    wanted = tf.layer_norm(x, p, eps=tiny)
    np.testing.assert_allclose(tf.layer_norm(5 * x, p, eps=tiny).y, wanted.y, atol=1e-10)
    turned = tf.layer_norm(-x, p, eps=tiny).x_hat
    np.testing.assert_allclose(turned, -wanted.x_hat, atol=1e-10)  # a negative one is seen


@pytest.mark.claim("transformer.rms")
def test_an_rms_norm_does_not_see_a_positive_factor_but_sees_a_shift(rng, x):
    p, tiny = tf.RMSNorm(block(rng).norm_1.gamma), 1e-14
    wanted = tf.rms_norm(x, p, eps=tiny).y
    np.testing.assert_allclose(tf.rms_norm(5 * x, p, eps=tiny).y, wanted, atol=1e-10)
    assert np.max(np.abs(tf.rms_norm(x + 3.7, p, eps=tiny).y - wanted)) > 0.5


@pytest.mark.claim("transformer.own-place")
def test_a_feed_forward_network_lets_no_place_see_another(rng, x):
    p, moved = block(rng).feed_forward, x.copy()
    moved[:, 2] += 1
    same = np.all(tf.feed_forward(moved, p).y == tf.feed_forward(x, p).y, axis=(0, 2))
    np.testing.assert_array_equal(same, np.arange(T) != 2)
    twice = np.repeat(x[:, :1], 2, axis=1)  # one vector at two places
    first, second = tf.feed_forward(twice, p).y.swapaxes(0, 1)
    np.testing.assert_allclose(first, second, atol=1e-15)


@pytest.mark.claim("transformer.two-thirds")
def test_a_network_four_times_as_wide_holds_two_thirds_of_all_matrix_entries(rng):
    p = tf.init_encoder_layer(rng, 12, 48)
    network = p.feed_forward.W_1.size + p.feed_forward.W_2.size
    heads = sum(W.size for W in p.attention[:4])
    assert 3 * network == 2 * (network + heads)


@pytest.mark.claim("transformer.linear")
def test_without_an_activation_the_two_layers_are_one(rng, x):
    p = block(rng).feed_forward
    both = (x @ p.W_1.T + p.b_1) @ p.W_2.T + p.b_2
    one = layers.Linear(p.W_2 @ p.W_1, p.W_2 @ p.b_1 + p.b_2)
    np.testing.assert_allclose(both, layers.linear(x, one).y, atol=1e-12)
    assert not np.allclose(both, tf.feed_forward(x, p).y)


@pytest.mark.claim("transformer.gelu")
def test_gelu_stays_within_17_hundredths_of_relu_and_never_falls_below_it_by_more():
    a = np.linspace(-12, 12, 24001)
    below = numerics.relu(a) - numerics.gelu(a)
    assert -1e-12 < below.min() and 0.169 < below.max() < 0.17
    assert np.all(numerics.gelu_slope(a[(a < 0) & (a > -3)]) != 0)
    assert not numerics.relu_slope(a[a < 0]).any()


@pytest.mark.claim("transformer.block")
def test_the_parts_put_together_by_hand_are_the_layer():
    y = example_models.encoder_layer()
    run = tf.encoder_layer(example_models.words(), y, heads=2)
    wanted = [run.attention.y, run.norm_1.y, run.feed_forward.y, run.y]
    found = [[float(word) for word in line.split()[1:]] for line in printed("transformer_block")]
    np.testing.assert_allclose(found[1:], [array[0, 0] for array in wanted], atol=5e-5)


@functools.cache
def depths():
    """Return what the example prints: (order, depth) -> gradients of the first and last layer."""
    rows = [line.split() for line in printed("transformer_depth")]
    return {(row[0], int(row[3])): (float(row[5]), float(row[7])) for row in rows}


@pytest.mark.claim("transformer.depth-post")
def test_with_norms_behind_the_first_layer_loses_its_gradient_and_the_last_does_not():
    first, last = np.transpose([depths()["post", L] for L in (2, 8, 32)])
    assert first[2] < first[0] / 5 and np.all(np.diff(first) < 0)
    assert np.max(last) < 1.3 * np.min(last)


@pytest.mark.claim("transformer.depth-pre")
def test_with_norms_before_the_first_layer_keeps_most_and_the_last_falls_about_as_the_root_of_l():
    first, last = np.transpose([depths()["pre", L] for L in (2, 8, 32)])
    assert first[2] > 0.6 * first[0]
    falls = last[:-1] / last[1:]  # four times the layers, the root of which is two
    assert np.all((falls > 1.5) & (falls < 3.2))


@pytest.mark.claim("transformer.path")
def test_in_one_layer_every_output_reads_every_input_at_once(rng, x):
    run = attention.multihead(x, x, x, heads_of(rng), heads=2)
    for t in range(T):
        dy = np.zeros_like(x)
        dy[:, t] = rng.standard_normal((B, E))
        grads = attention.multihead_backward(run, dy=dy)
        assert np.all(np.any(grads.q + grads.k + grads.v, axis=-1))
    p = rnn.init(rng, E, E)
    h = rnn.forward(x, p).y
    again = rnn.step(x[:, -1], h[:, -2], p).h  # the last state reads nothing else of the past
    np.testing.assert_allclose(again, h[:, -1], atol=1e-12)


@pytest.mark.claim("transformer.count")
def test_counted_products_are_those_of_the_table(rng, x):
    p = heads_of(rng)
    own = multiplications(lambda x: attention.multihead(x, x, x, p, heads=2), x)
    assert own == 4 * T * E**2 + 2 * T**2 * E
    first = x[:, 0]  # stands for the states too, so that products with them count
    for products, step in (
        (2, lambda x: rnn.step(x, x, rnn.init(rng, E, E))),
        (8, lambda x: lstm.step(x, x, x, lstm.init(rng, E, E))),
    ):
        assert multiplications(step, first) == products * E**2


@pytest.mark.claim("transformer.count-network")
def test_a_network_four_times_as_wide_multiplies_eight_times_the_square_of_the_width(rng, x):
    p = tf.init_encoder_layer(rng, E, 4 * E).feed_forward
    out, back = layers.Linear(p.W_1, p.b_1), layers.Linear(p.W_2, p.b_2)
    inner = numerics.relu(layers.linear(x, out).y)
    np.testing.assert_allclose(layers.linear(inner, back).y, tf.feed_forward(x, p).y, atol=1e-12)
    both = ((x, out), (inner, back))
    counted = sum(multiplications(lambda x, p=p: layers.linear(x, p), given) for given, p in both)
    assert counted == 8 * T * E**2


@pytest.mark.claim("transformer.equal-lstm")
def test_self_attention_meets_an_lstm_where_the_sequence_is_twice_as_long_as_wide():
    rows = [line.split() for line in printed("transformer_cost")[1:]]
    by_length = {int(row[0]): row[1:] for row in rows}
    assert by_length[2 * 64][1] == by_length[2 * 64][2]
    assert float(by_length[32][2][:-1]) < float(by_length[32][1][:-1])
    assert float(by_length[512][2][:-1]) > float(by_length[512][1][:-1])


@pytest.mark.claim("transformer.tiles-same")
def test_tiles_give_the_same_results_and_gradients(rng):
    q, k, v, dy = (rng.standard_normal((2, n, 6)) for n in (9, 11, 11, 9))
    whole, tiled = attention.attention(q, k, v), chunked.attention(q, k, v, tile=(2, 3))
    np.testing.assert_allclose(tiled.y, whole.y, atol=1e-13)
    one = attention.attention_backward(whole, dy=dy)
    two = chunked.attention_backward(tiled, dy=dy)
    for name in "qkv":
        np.testing.assert_allclose(getattr(two, name), getattr(one, name), atol=1e-13)


def peak(function, T):
    """Return how many bytes were in use at once while a sequence of T looked at itself."""
    x = np.random.default_rng(0).standard_normal((1, T, 8))
    function(x, x, x)
    memory._pieces.clear()  # what earlier calls left behind would be used again, uncounted
    tracemalloc.start()
    function(x, x, x)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


@pytest.mark.claim("transformer.tiles-memory")
def test_twice_the_length_takes_twice_the_memory_in_tiles_and_four_times_as_a_table():
    def in_tiles(q, k, v):
        return chunked.attention(q, k, v, tile=(32, 32))

    assert peak(in_tiles, 512) < 2.2 * peak(in_tiles, 256)
    assert peak(attention.attention, 512) > 3.5 * peak(attention.attention, 256)
    assert peak(in_tiles, 512) < peak(attention.attention, 512) / 5
