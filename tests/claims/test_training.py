"""The claims of the page on losses, updates and first weights, one test each."""

import contextlib
import io
import math
import runpy
from pathlib import Path

import numpy as np
import pytest

from rnnref import examples, gru, initialise, layers, losses, lstm, numerics, optim, rnn, train
from rnnref.optim import descent

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
N, K = 6, 4
ADAM = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0}


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def logits(rng):
    return 2 * rng.standard_normal((N, K))


@pytest.fixture
def target():
    return np.arange(N) % K


def ran(name):
    """Return what an example defines and the lines that it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        found = runpy.run_path(str(EXAMPLES / f"training_{name}.py"), run_name="__main__")
    return found, out.getvalue().splitlines()


def after(rule, params, grads):
    """Return the parameters after a list of gradients."""
    state = rule.init(params)
    for g in grads:
        params, state = rule.update(params, g, state)
    return params


# ---- losses ----


@pytest.mark.claim("training.by-hand")
def test_the_loss_is_the_logarithm_of_the_sum_minus_the_score_of_the_right_class(logits, target):
    run = losses.cross_entropy(logits, target, reduction="none")
    by_hand = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(N), target]
    np.testing.assert_allclose(run.loss, by_hand, rtol=1e-13)


@pytest.mark.claim("training.lse-slope")
def test_the_slope_of_logsumexp_is_softmax(logits):
    for k in range(K):
        moved = logits + 1e-30j * (np.arange(K) == k)
        slope = np.imag(numerics.logsumexp(moved)) / 1e-30
        np.testing.assert_allclose(slope, numerics.softmax(logits)[:, k], rtol=1e-12)


@pytest.mark.claim("training.zero-sum")
def test_the_gradients_of_the_scores_sum_to_zero_and_only_the_right_one_is_negative(logits, target):
    d = losses.cross_entropy_backward(losses.cross_entropy(logits, target))
    np.testing.assert_allclose(d.sum(axis=1), 0, atol=1e-15)
    np.testing.assert_array_equal(d < 0, np.eye(K, dtype=bool)[target])


@pytest.mark.claim("training.shift")
def test_a_number_added_to_all_scores_changes_neither_probabilities_nor_loss(logits, target):
    moved = logits + 3.7
    np.testing.assert_allclose(numerics.softmax(moved), numerics.softmax(logits), rtol=1e-13)
    one, other = (losses.cross_entropy(s, target).loss for s in (logits, moved))
    np.testing.assert_allclose(one, other, rtol=1e-13)


@pytest.mark.claim("training.between")
def test_with_the_largest_subtracted_the_sum_lies_between_one_and_the_number_of_scores(logits):
    total = np.exp(1e4 * logits - (1e4 * logits).max(axis=1, keepdims=True)).sum(axis=1)
    assert np.all((total >= 1) & (total <= K))


@pytest.mark.claim("training.overflow")
def test_the_plain_formula_fails_at_a_score_of_710_where_the_safe_one_is_right():
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(709.0)) and np.isinf(np.exp(710.0))
    safe = numerics.logsumexp(np.array([710.0, 710.0]))
    np.testing.assert_allclose(safe, 710 + math.log(2), rtol=1e-15)


@pytest.mark.claim("training.lost-log")
def test_a_probability_rounded_to_zero_has_lost_a_loss_that_the_scores_still_know():
    scores = np.array([[0.0, 800.0]])
    assert numerics.softmax(scores)[0, 0] == 0
    assert losses.cross_entropy(scores, np.array([0])).loss == 800


@pytest.mark.claim("training.ignored")
def test_an_ignored_target_changes_no_loss_and_gets_no_gradient(logits, target):
    live = target[:4].copy()
    alone = losses.cross_entropy(logits[:4], live)
    padded = losses.cross_entropy(logits, np.append(live, [-1, -1]), ignore=-1)
    assert padded.loss == alone.loss
    assert not losses.cross_entropy_backward(padded)[4:].any()


@pytest.mark.claim("training.padded-mean")
def test_a_mean_over_all_positions_makes_loss_and_gradient_too_small_by_the_padding(logits, target):
    padded = np.where(np.arange(N) < 4, target, -1)
    run = losses.cross_entropy(logits, padded, ignore=-1)
    wrong = losses.cross_entropy(logits, padded, ignore=-1, reduction="sum").loss / N
    np.testing.assert_allclose(wrong, run.loss * 4 / 6, rtol=1e-13)


@pytest.mark.claim("training.weights")
def test_one_factor_on_all_class_weights_changes_nothing(logits, target, rng):
    w = 0.5 + rng.random(K)
    one, other = (losses.cross_entropy(logits, target, weight=f * w) for f in (1, 10))
    np.testing.assert_allclose(one.loss, other.loss, rtol=1e-13)
    assert not np.isclose(one.loss, losses.cross_entropy(logits, target).loss)


@pytest.mark.claim("training.smoothing")
def test_with_smoothing_the_loss_is_least_at_finite_scores():
    eps, target = 0.1, np.array([2])
    best = np.log(np.where(np.arange(K) == 2, 1 - eps + eps / K, eps / K))[None]
    run = losses.cross_entropy(best, target, smoothing=eps)
    np.testing.assert_allclose(losses.cross_entropy_backward(run), 0, atol=1e-15)
    surer = best + 5 * (np.arange(K) == 2)
    assert losses.cross_entropy(surer, target, smoothing=eps).loss > run.loss
    assert losses.cross_entropy(surer, target).loss < losses.cross_entropy(best, target).loss


@pytest.mark.claim("training.perplexity")
def test_an_even_guess_among_k_classes_has_perplexity_k(target):
    assert losses.perplexity(np.zeros((N, K)), target).value == pytest.approx(K, rel=1e-14)


@pytest.mark.claim("training.perplexity-mean")
def test_the_perplexity_is_no_mean_of_perplexities(logits, target):
    halves = [
        losses.perplexity(logits[rows], target[rows]).value for rows in (slice(3), slice(3, N))
    ]
    whole = losses.perplexity(logits, target).value
    np.testing.assert_allclose(whole, np.sqrt(halves[0] * halves[1]), rtol=1e-13)
    assert whole < np.mean(halves)


@pytest.mark.claim("training.bce-forms")
def test_both_forms_of_the_binary_loss_agree_until_the_probability_rounds_to_one(rng):
    a, y = 3 * rng.standard_normal(9), rng.random(9)
    p = numerics.sigmoid(a)
    plain = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    np.testing.assert_allclose(losses.bce_with_logits(a, y).loss, plain, rtol=1e-12)
    assert 1 - numerics.sigmoid(40.0) == 0  # the plain form takes its logarithm
    assert losses.bce_with_logits(np.array([40.0]), np.array([0.0])).loss == 40


@pytest.mark.claim("training.two-classes")
def test_the_binary_loss_is_a_cross_entropy_with_the_scores_a_and_zero(rng):
    a, y = rng.standard_normal(N), np.arange(N) % 2
    pairs = np.stack([np.zeros(N), a], axis=1)
    two = losses.cross_entropy(pairs, y).loss
    np.testing.assert_allclose(losses.bce_with_logits(a, y.astype(float)).loss, two, rtol=1e-13)


@pytest.mark.claim("training.saturated")
def test_a_squared_error_behind_a_sigmoid_hardly_corrects_a_sure_mistake():
    a, y = np.array([-10.0]), np.array([1.0])
    p = numerics.sigmoid(a)
    squared = losses.mse_backward(losses.mse(p, y)) * p * (1 - p)
    binary = losses.bce_with_logits_backward(losses.bce_with_logits(a, y))
    assert abs(squared[0]) < 1e-4 and abs(binary[0]) > 0.9999


@pytest.mark.claim("training.rows")
def test_rows_of_a_table_gather_every_occurrence_and_the_others_get_zero(rng):
    dy, tokens = rng.standard_normal((1, 4, 3)), np.array([[2, 0, 2, 2]])
    run = layers.embedding(tokens, rng.standard_normal((5, 3)))
    dW = layers.embedding_backward(run, dy=dy)
    np.testing.assert_allclose(dW[2], dy[0, [0, 2, 3]].sum(axis=0), rtol=1e-13)
    np.testing.assert_array_equal(dW[0], dy[0, 1])
    assert not dW[[1, 3, 4]].any()


@pytest.mark.claim("training.rows-once")
def test_adding_by_an_index_counts_a_token_once_that_occurs_often():
    dW, tokens = np.zeros((3, 2)), np.array([2, 0, 2, 2])
    dW[tokens] += np.ones((4, 2))
    np.testing.assert_array_equal(dW[2], [1, 1])


# ---- rules of descent ----


@pytest.mark.claim("training.momentum-sum")
def test_under_an_even_gradient_momentum_goes_ten_times_as_far_per_step():
    path = [after(optim.momentum(0.1, mu=0.9), np.zeros(1), [np.ones(1)] * n) for n in (300, 301)]
    np.testing.assert_allclose(path[0] - path[1], 10 * 0.1, rtol=1e-10)


@pytest.mark.claim("training.nesterov-ahead")
def test_nesterov_is_momentum_with_the_gradient_of_the_place_ahead(rng):
    A, lr, mu = np.diag([1.0, 30.0]), 0.02, 0.8
    theta, m = rng.standard_normal(2), np.zeros(2)
    rule, ours = optim.nesterov(lr, mu=mu), theta
    state = rule.init(ours)
    for _ in range(12):
        m = mu * m + A @ (theta - lr * mu * m)  # looked at where momentum alone would lead
        theta = theta - lr * m
        ours, state = rule.update(ours, A @ ours, state)
        np.testing.assert_allclose(ours, theta - lr * mu * m, rtol=1e-11)


@pytest.mark.claim("training.adagrad")
def test_under_an_even_gradient_the_steps_of_adagrad_shrink_with_the_root_of_t():
    path = [after(optim.adagrad(0.1), np.zeros(1), [3 * np.ones(1)] * n)[0] for n in range(30)]
    np.testing.assert_allclose(-np.diff(path), 0.1 / np.sqrt(np.arange(1, 30)), rtol=1e-8)


@pytest.mark.claim("training.scale-free")
@pytest.mark.parametrize("make", [optim.adagrad, optim.rmsprop, optim.adam])
def test_one_factor_on_all_gradients_leaves_the_dividing_rules_unmoved(make, rng):
    grads = rng.standard_normal((20, 3))
    one, other = (after(make(0.1), np.zeros(3), f * grads) for f in (1, 1000))
    np.testing.assert_allclose(one, other, rtol=1e-3)


@pytest.mark.claim("training.first-step")
@pytest.mark.parametrize("size", [1e-3, 1.0, 1e4])
def test_the_first_step_of_adam_has_the_length_of_the_learning_rate(size):
    moved = after(optim.adam(0.1), np.zeros(2), [np.array([size, -size])])
    np.testing.assert_allclose(moved, [-0.1, 0.1], rtol=1e-4)


@pytest.mark.claim("training.bias")
def test_corrected_means_of_an_even_gradient_are_right_from_the_first_step():
    rows = np.array([[float(word) for word in line.split()] for line in ran("adam")[1][1:]])
    np.testing.assert_array_equal(rows[:, 3:], [[0.5, 0.25, *row[5:6], 1] for row in rows])
    m = v = 0.0
    for t in range(1, 50):
        _, m, v, m_hat, v_hat, _ = descent.adam_step(0.0, 0.5, m, v, t=t, **ADAM)
        np.testing.assert_allclose([m_hat, v_hat], [0.5, 0.25], rtol=1e-12)


@pytest.mark.claim("training.uncorrected")
def test_without_correction_the_first_step_is_more_than_three_times_as_long():
    s = descent.adam_step(0.0, 0.5, 0.0, 0.0, t=1, **ADAM)
    assert s.m / math.sqrt(s.v) == pytest.approx(0.1 / math.sqrt(0.001))
    rows = [float(line.split()[5]) for line in ran("adam")[1][1:]]
    assert rows[0] > 3 and max(rows) > 6 and rows[-1] > 1.2


@pytest.mark.claim("training.from-zero")
def test_counting_from_zero_divides_zero_by_zero():
    zero = np.zeros(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = descent.adam_step(zero, zero + 0.5, zero, zero, t=np.float64(0), **ADAM)
    assert not np.isfinite(s.m_hat[0]) and not np.isfinite(s.p[0])


@pytest.mark.claim("training.eps")
def test_eps_below_the_root_acts_on_much_larger_gradients():
    g, eps = 1e-6, 1e-8
    settings = {"lr": 1.0, "alpha": 0.0, "eps": eps, "weight_decay": 0.0}
    outside = -descent.rmsprop_step(0.0, g, 0.0, **settings).p
    assert outside > 0.98 and g / math.sqrt(g * g + eps) < 0.011


@pytest.mark.claim("training.decay")
def test_decay_in_the_gradient_of_adam_spares_the_weight_with_large_gradients():
    adam, adamw = ([float(w) for w in line.split("[")[1][:-1].split()] for line in ran("decay")[1])
    assert adam[0] > 0.95 and adam[1] < 0.2
    assert adamw[0] == adamw[1] == pytest.approx((1 - 0.01 * 0.1) ** 200, abs=0.02)


@pytest.mark.claim("training.sgd-decay")
def test_for_sgd_decay_in_the_gradient_is_the_shrinking_of_the_parameter(rng):
    p, g = rng.standard_normal((2, 5))
    (found,) = after(optim.sgd(0.1, weight_decay=0.3), [p], [[g]])
    np.testing.assert_allclose(found, (1 - 0.1 * 0.3) * p - 0.1 * g, rtol=1e-14)


@pytest.mark.claim("training.no-decay")
def test_without_decay_adamw_is_adam(rng):
    grads = rng.standard_normal((9, 3))
    rules = optim.adam(0.1), optim.adamw(0.1, weight_decay=0.0)
    one, other = (after(rule, np.ones(3), grads) for rule in rules)
    np.testing.assert_array_equal(one, other)


# ---- the bowl ----


@pytest.fixture(scope="module")
def bowl():
    found, lines = ran("bowl")
    counts = {line.split()[0]: [int(word) for word in line.split()[1:]] for line in lines}
    return found, counts


@pytest.mark.claim("training.turn")
def test_turning_the_bowl_matters_to_the_rules_that_divide_number_by_number(bowl):
    times = {name: turned / straight for name, (straight, turned) in bowl[1].items()}
    assert times["SGD"] == times["momentum"] == times["Nesterov"] == 1
    assert times["Adagrad"] > 50 and times["RMSprop"] > 25 and 1 < times["Adam"] < 1.05


@pytest.mark.claim("training.momentum-faster")
def test_on_the_bowl_momentum_needs_a_fifth_of_the_steps_and_nesterov_fewer_still(bowl):
    counts = {name: turned for name, (_, turned) in bowl[1].items()}
    assert counts["Nesterov"] < counts["momentum"] < counts["SGD"] / 5


@pytest.mark.claim("training.best-rate")
@pytest.mark.parametrize("name", ["SGD", "momentum", "Nesterov", "Adagrad", "RMSprop", "Adam"])
def test_neither_neighbour_of_a_rate_needs_fewer_steps_in_the_turned_bowl(bowl, name):
    found, counts = bowl
    grid = [digit * 10.0**power for power in range(-3, 1) for digit in (1, 2, 5)]
    rule = found["RULES"][name]
    at = int(np.argmin(np.abs(np.array(grid) - rule.step.keywords["lr"])))
    A = found["TURN"] @ np.diag([1.0, 100.0]) @ found["TURN"].T
    for lr in grid[at - 1 : at] + grid[at + 1 : at + 2]:
        other = getattr(optim, rule.name)(lr)
        p = found["TURN"] @ np.array([1.0, 0.5])
        state = other.init(p)
        for _ in range(counts[name][1] - 1):
            p, state = other.update(p, A @ p, state)
            assert not 0.5 * p @ A @ p <= 1e-6
            if np.abs(p).max() > 1e6:
                break  # it runs away


@pytest.mark.claim("training.too-large")
@pytest.mark.parametrize("lr", [0.019, 0.021])
def test_plain_descent_runs_away_above_two_over_the_largest_curvature(lr):
    p, state = np.array([1.0, 0.5]), optim.sgd(lr).init(np.ones(2))
    for _ in range(200):
        p, state = optim.sgd(lr).update(p, np.array([1.0, 100.0]) * p, state)
    assert (abs(p[1]) > 0.5) == (lr > 2 / 100)


# ---- first weights ----


@pytest.mark.claim("training.symmetry")
def test_units_with_equal_weights_stay_equal_however_long_they_train(rng):
    p = rnn.Params(np.full((3, 2), 0.3), np.full((3, 3), 0.1), np.zeros(3))
    x, rule = rng.standard_normal((2, 4, 2)), optim.adam(0.1)
    state = rule.init(p)
    for _ in range(5):
        back = rnn.backward(rnn.forward(x, p), dy=np.ones((2, 4, 3)))
        p, state = rule.update(p, back.params, state)
    np.testing.assert_allclose(p.W[1:], np.repeat(p.W[:1], 2, axis=0), rtol=1e-12)
    assert not np.allclose(p.W, 0.3)


@pytest.mark.claim("training.variance")
def test_both_glorot_rules_have_the_variance_two_over_inputs_plus_outputs(rng):
    for draw in (initialise.xavier_uniform, initialise.xavier_normal):
        W = draw(rng, (300, 500))
        assert W.var() == pytest.approx(2 / 800, rel=0.02)


@pytest.mark.claim("training.keeps-size")
def test_a_square_glorot_matrix_keeps_the_mean_square_of_inputs_and_of_gradients(rng):
    W, x = initialise.xavier_uniform(rng, (400, 400)), rng.standard_normal((400, 50))
    for M in (W, W.T):
        assert np.mean((M @ x) ** 2) == pytest.approx(np.mean(x**2), rel=0.05)


@pytest.mark.claim("training.relu-size")
def test_relu_zeroes_half_of_the_numbers_and_twice_the_variance_keeps_the_mean_square(rng):
    W, x = initialise.xavier_uniform(rng, (400, 400)), rng.standard_normal((400, 50))
    u = numerics.relu(math.sqrt(2) * W @ x)  # twice the variance
    assert np.mean(u == 0) == pytest.approx(0.5, abs=0.02)
    assert np.mean(u**2) == pytest.approx(np.mean(x**2), rel=0.05)


@pytest.mark.claim("training.blocks")
def test_four_gates_taken_for_one_matrix_start_too_small(rng):
    wrong = initialise.xavier_uniform(rng, (400, 100))
    right = initialise.xavier_uniform(rng, (400, 100), blocks=4)
    assert np.abs(wrong).max() <= math.sqrt(6 / 500) < math.sqrt(6 / 200) * 0.7
    assert math.sqrt(6 / 200) * 0.99 < np.abs(right).max() <= math.sqrt(6 / 200)


@pytest.mark.claim("training.lengths")
def test_an_orthogonal_matrix_keeps_the_length_of_every_vector_through_many_products(rng):
    U, h = initialise.orthogonal(rng, (16, 16)), rng.standard_normal((16, 5))
    moved = np.linalg.matrix_power(U, 100) @ h
    np.testing.assert_allclose(np.linalg.norm(moved, axis=0), np.linalg.norm(h, axis=0), rtol=1e-12)


@pytest.mark.claim("training.chrono")
def test_a_chrono_unit_forgets_one_part_in_u_plus_one_per_step(rng):
    b = initialise.chrono(rng, lstm.GATES, 900, 50).reshape(4, 900)
    f, i = (numerics.sigmoid(b[lstm.GATES.index(gate)]) for gate in "fi")
    u = np.exp(b[lstm.GATES.index("f")])
    np.testing.assert_allclose(1 - f, 1 / (u + 1), rtol=1e-12)
    np.testing.assert_allclose(i, 1 - f, rtol=1e-12)
    assert 1 <= u.min() < 1.2 and 48.8 < u.max() <= 49


@pytest.mark.claim("training.forget")
def test_at_forget_bias_one_the_gate_keeps_73_per_cent_and_at_zero_half(rng):
    p = lstm.init(rng, 3, 4)
    np.testing.assert_array_equal(p.b_f, 1)
    assert not np.delete(p.b.reshape(4, 4), lstm.GATES.index("f"), axis=0).any()
    assert numerics.sigmoid(1.0) == pytest.approx(0.731, abs=5e-4) and numerics.sigmoid(0.0) == 0.5


@pytest.mark.claim("training.counts")
def test_gru_and_lstm_have_three_and_four_times_the_parameters_of_the_plain_network(rng):
    counts = [
        sum(w.size for w in module.init(rng, 5, 7) if w is not None) for module in (rnn, gru, lstm)
    ]
    assert counts == [7 * 5 + 7 * 7 + 7, 3 * counts[0], 4 * counts[0]]


# ---- training ----


@pytest.fixture(scope="module")
def learnt():
    return ran("loop")


@pytest.mark.claim("training.learns")
def test_the_network_of_the_loop_learns_to_say_the_bit_before_last(learnt):
    found, lines = learnt
    assert float(lines[0].split()[1]) == pytest.approx(math.log(2), abs=1e-4)
    cell, head = found["fit"].params
    bits = np.random.default_rng(99).integers(2, size=(200, 8))
    y = layers.linear(rnn.forward(np.eye(2)[bits], cell).y, head).y
    np.testing.assert_array_equal(y.argmax(-1)[:, 2:], bits[:, :-2])


@pytest.mark.claim("training.repeat")
def test_the_same_seed_gives_the_same_losses_bit_for_bit(learnt):
    again = ran("loop")[0]["fit"].history.loss
    np.testing.assert_array_equal(again, learnt[0]["fit"].history.loss)


@pytest.mark.claim("training.resume")
def test_training_in_two_pieces_is_training_in_one_if_state_and_generator_go_on(learnt):
    gradient, start = learnt[0]["gradient"], learnt[0]["start"]

    def trained(pieces, keep=True):
        rng, params, state = np.random.default_rng(3), start, None
        for steps in pieces:
            given = {"rng": rng, "state": state if keep else None, "progress": False}
            params, state, _ = train.fit(gradient, params, optim.adam(0.02), steps=steps, **given)
        return params[0].W

    np.testing.assert_array_equal(trained([12]), trained([5, 7]))
    assert not np.array_equal(trained([12]), trained([5, 7], keep=False))


# ---- common mistakes ----


@pytest.mark.claim("training.twice")
def test_probabilities_taken_for_scores_leave_a_loss_that_no_network_gets_rid_of():
    sure = np.eye(3)[:1]
    found = losses.cross_entropy(sure, np.array([0])).loss
    assert found == pytest.approx(math.log(math.e + 2) - 1, rel=1e-14) and found > 0.55
    others = np.random.default_rng(1).dirichlet(np.ones(3), size=500)
    assert np.all(losses.cross_entropy(others, np.zeros(500, int), reduction="none").loss > found)


@pytest.mark.claim("training.not-zeroed")
def test_gradients_that_are_not_zeroed_become_the_sum_of_all_steps_so_far():
    held, found = np.zeros(2), []
    for _ in range(3):
        held += np.array([1.0, -2.0])
        found.append(held.copy())
    np.testing.assert_array_equal(found, [[1, -2], [2, -4], [3, -6]])
    grads = rnn.backward(examples.rnn_run(), dy=examples.DY).params
    again = rnn.backward(examples.rnn_run(), dy=examples.DY).params
    np.testing.assert_array_equal(grads.W, again.W)  # ours start anew with every call


@pytest.mark.claim("training.in-place")
def test_a_step_written_in_place_changes_the_array_of_the_caller_and_ours_does_not(rng):
    best = now = rng.standard_normal(4)
    now -= 0.1 * np.ones(4)
    assert np.array_equal(best, now)  # the weights kept as the best have moved along
    start, grads = rng.standard_normal(4), np.ones(4)
    kept = start.copy(), grads.copy()
    assert not np.array_equal(after(optim.adam(0.1), start, [grads]), start)
    assert np.array_equal(start, kept[0]) and np.array_equal(grads, kept[1])


# ---- exercises ----


@pytest.mark.claim("training.two-steps")
def test_two_steps_of_momentum_in_the_bowl_of_the_exercise():
    p, m = 1.0, 0.0
    path = []
    for _ in range(2):
        s = descent.momentum_step(p, 2 * p, m, lr=0.1, mu=0.5, weight_decay=0.0)
        p, m = s.p, s.m
        path.append((m, p))
    np.testing.assert_allclose(path, [(2, 0.8), (2.6, 0.54)], rtol=1e-14)


@pytest.mark.claim("training.sum-loss")
def test_a_sum_in_place_of_the_mean_changes_sgd_and_hardly_adam(rng):
    grads = rng.standard_normal((10, 3))
    for make, same in ((optim.sgd, False), (optim.adam, True)):
        one, other = (after(make(0.1), np.zeros(3), f * grads) for f in (1, 32))
        assert np.allclose(one, other, rtol=1e-5) == same
