"""The claims of the page on vanishing and exploding gradients, one test each."""

import contextlib
import io
import runpy
from pathlib import Path

import numpy as np
import pytest

from rnnref import errors, examples, gru, initialise, lstm, optim, rnn
from rnnref.explain import values
from rnnref.explain.experiments import clipping, recall, result
from rnnref.explain.figures import belt_product, gradients
from rnnref.numerics import sigmoid

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
B, T, D, H = 2, 6, 3, 4
TINY = 1e-30  # the imaginary step of a derivative


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def p(rng):
    return rnn.Params(*(rng.standard_normal(shape) for shape in [(H, D), (H, H), (H,)]))


@pytest.fixture
def x(rng):
    return rng.standard_normal((B, T, D))


@pytest.fixture
def grads(rng):
    return {"W": 9 * rng.standard_normal((3, 4)), "b": rng.standard_normal(3)}


def derivative(x, p, h):
    """Return the derivative of the last hidden state by a start (H,), measured column by column."""
    starts = h + TINY * 1j * np.eye(len(h))
    many = np.repeat(x.astype(complex), len(h), axis=0)
    return np.imag(rnn.forward(many, p, state=starts).y[:, -1]).T / TINY


def jacobians(h, U):
    """Return the Jacobian of every step of one run, from its hidden states (T, H)."""
    return (1 - h**2)[:, :, None] * U


def norm(matrix):
    return np.linalg.norm(matrix, 2)


def spectral_radius(matrix):
    return np.abs(np.linalg.eigvals(matrix)).max()


def flat(arrays):
    return np.concatenate([array.ravel() for array in arrays.values()])


def cosine(one, two):
    return one @ two / (np.linalg.norm(one) * np.linalg.norm(two))


# ---- a matrix for every step ---------------------------------------------------------------------


@pytest.mark.claim("gradients.jacobian")
def test_a_row_of_the_jacobian_is_a_row_of_u_times_the_slope_of_the_unit(rng, p, x):
    h = rng.uniform(-1, 1, H)
    after = rnn.forward(x[:1, :1], p, state=h[None]).y[0]
    (J,) = jacobians(after, p.U)
    np.testing.assert_allclose(J, derivative(x[:1, :1], p, h), rtol=1e-12)
    dh = rng.standard_normal((1, H))
    back = rnn.step_backward(dh, x[:1, 0], h[None], rnn.RNNStep(after), p)
    np.testing.assert_allclose(back.dh_prev[0], J.T @ dh[0], rtol=1e-12)


@pytest.mark.claim("gradients.product")
def test_two_steps_multiply_by_two_jacobians_later_times_earlier():
    p, h = examples.rnn_params(), examples.rnn_run().y[0]
    _, J2, J3 = jacobians(h, p.U)
    measured = derivative(examples.X[:, 1:], p, h[0])
    np.testing.assert_allclose(J3 @ J2, measured, rtol=1e-12)
    assert not np.allclose(J2 @ J3, measured)


# ---- two numbers ---------------------------------------------------------------------------------


@pytest.mark.claim("gradients.power")
@pytest.mark.parametrize("radius", [0.9, 1.1])
def test_the_mean_factor_of_many_products_with_one_matrix_approaches_its_radius(rng, radius):
    U = rng.standard_normal((16, 16))
    U *= radius / spectral_radius(U)
    factors = [norm(np.linalg.matrix_power(U, n)) ** (1 / n) for n in (1, 10, 1000)]
    assert factors[0] > 1.3 * radius
    assert factors[2] == pytest.approx(radius, rel=0.01)


@pytest.mark.claim("gradients.determinant")
def test_the_radius_of_the_example_is_the_root_of_its_determinant():
    one, other = np.linalg.eigvals(examples.rnn_params().U)
    assert one.imag != 0 and one == np.conj(other)
    assert one * other == pytest.approx(0.66)
    assert values.get("gradients.radius") == f"{0.66**0.5:.4f}"


@pytest.mark.claim("gradients.bound")
def test_a_product_enlarges_at_most_by_the_singular_value_to_the_power_of_its_length(p, x):
    for size in (0.8, 1.0, 1.5):
        U, J = size / norm(p.U) * p.U, np.eye(H)
        for n, step in enumerate(jacobians(rnn.forward(0.1 * x, p._replace(U=U)).y[0], U), 1):
            J = step @ J
            assert 0 < norm(J) <= size**n
    (still,) = jacobians(np.zeros((1, H)), U)  # slopes of 1 reach the bound
    assert norm(still) == pytest.approx(1.5)


def example():
    """Return the functions and settings of the example on the spectral radius."""
    with contextlib.redirect_stdout(io.StringIO()):
        return runpy.run_path(str(EXAMPLES / "gradients_radius.py"))


def reach():
    """Return what the example measures for a radius, a size of input and a seed; and its seeds."""
    found = example()
    return found["reach"], range(found["SEEDS"])


def slopes(radius, scale):
    """Return the slopes of tanh of all seeds of the example, at one radius and size of input."""
    found = example()
    runs = [found["network"](radius, scale, seed)[1] for seed in range(found["SEEDS"])]
    return 1 - np.array(runs) ** 2


@pytest.mark.claim("gradients.slopes-fall")
def test_inputs_push_the_slopes_down_until_they_outweigh_the_radius():
    size = np.sqrt(np.mean(slopes(1.3, 1.0) ** 2))
    assert size == pytest.approx(0.71, abs=0.01) and 1.3 * size < 1


@pytest.mark.claim("gradients.radius-1-3")
def test_at_a_radius_of_1_3_no_seed_has_a_derivative_above_one():
    measure, seeds = reach()
    assert max(measure(1.3, 1.0, seed)[1] for seed in seeds) < 1


@pytest.mark.claim("gradients.nearly-linear")
def test_with_small_inputs_the_radius_predicts_the_order_of_the_derivative():
    measure, seeds = reach()
    logs = np.log10([measure(0.7, 0.1, seed)[1] for seed in seeds])
    assert abs(logs.mean() - 50 * np.log10(0.7)) < 1
    assert slopes(0.7, 0.1).mean() > 0.99
    larger = np.log10([measure(0.7, 1.0, seed)[1] for seed in seeds])
    assert abs(larger.mean() - 50 * np.log10(0.7)) > 1


@pytest.mark.claim("gradients.by-seed")
def test_with_small_inputs_and_radius_1_3_the_seed_decides():
    measure, seeds = reach()
    found = [measure(1.3, 0.1, seed)[1] for seed in seeds]
    assert max(found) > 200 and min(found) < 1


@pytest.mark.claim("gradients.not-necessary")
def test_gradients_vanish_where_every_singular_value_is_above_one():
    measure, seeds = reach()
    every = {
        setting: np.array([measure(*setting, seed) for seed in seeds])
        for setting in [(radius, size) for radius in (0.7, 1.0, 1.3) for size in (1.0, 0.1)]
    }
    assert min(found[:, 0].min() for found in every.values()) > 1
    assert sum(found[:, 1].max() < 1e-5 for found in every.values()) >= 3


@pytest.mark.claim("gradients.near")
def test_the_last_ten_steps_hold_nearly_the_whole_gradient_of_u():
    for seed in range(gradients.SEEDS):
        run, _, _ = gradients.drawn("rnn", seed)
        late = np.zeros_like(run.y)
        late[:, -1] = gradients.first(run)
        whole, near, nearer = (
            rnn.backward(run, dy=late, truncate=k).params.U for k in (None, 10, 1)
        )
        assert 0 < np.linalg.norm(whole - near) < 0.03 * np.linalg.norm(whole)
        assert np.linalg.norm(whole - nearer) > 0.2 * np.linalg.norm(whole)


# ---- measured ------------------------------------------------------------------------------------


def end(name):
    return gradients.typical(name)[-1]


@pytest.mark.claim("gradients.bias-0")
def test_with_forget_bias_0_an_lstm_fades_as_the_rnn_does():
    assert 0.1 < end("lstm_0") / end("rnn") < 10
    assert max(end("lstm_0"), end("rnn")) < 1e-12


@pytest.mark.claim("gradients.gru-0")
def test_with_update_bias_0_a_gru_fades_too():
    assert end("gru_0") < 1e-10


@pytest.mark.claim("gradients.bias-decides")
def test_the_forget_bias_alone_decides_over_many_orders_of_magnitude():
    assert end("lstm_1") > 1e6 * end("lstm_0")
    assert end("lstm_chrono") > 1e4 * end("lstm_1")


@pytest.mark.claim("gradients.large")
def test_three_times_the_recurrent_weights_make_the_gradient_explode():
    assert gradients.GAIN == 3 and end("rnn_large") > 1e5


@pytest.mark.claim("gradients.detours")
def test_detours_carry_most_at_bias_1_and_less_than_the_belt_at_chrono():
    (belt, whole), (kept, all_kept) = (belt_product.carried(start) for start in (1, "chrono"))
    assert whole[-1] > 100 * belt[-1].max()
    assert kept[-1].max() < all_kept[-1] < 2 * kept[-1].max()


@pytest.mark.claim("gradients.spread")
def test_chrono_spreads_the_times_of_the_belt_and_bias_1_does_not():
    one, chrono = (
        -belt_product.STEPS / np.log(belt_product.carried(start)[0][-1]) for start in (1, "chrono")
    )
    assert chrono.min() < 5 and chrono.max() > 40
    assert one.max() < 4


# ---- the bias at the start -----------------------------------------------------------------------


@pytest.mark.claim("gradients.chrono-time")
def test_a_gate_of_bias_ln_u_keeps_one_part_in_e_over_u_and_a_half_steps():
    u = np.array([10, 11, 30, 59, 1000.0])
    steps = -1 / np.log(sigmoid(np.log(u)))
    np.testing.assert_allclose(steps, u + 0.5, rtol=0, atol=0.01)
    np.testing.assert_allclose(sigmoid(np.log(u)) ** steps, 1 / np.e)


@pytest.mark.claim("gradients.chrono-bounded")
def test_with_chrono_biases_alone_the_cell_state_stays_within_one(rng, x):
    b = initialise.chrono(rng, lstm.GATES, H, 40)
    p = lstm.Params(np.zeros((4 * H, D)), np.zeros((4 * H, H)), b)
    p.W_c[:] = 50  # the candidate alone reads the input, and is as large as it can be
    steps = lstm.forward(np.ones((1, 400, D)), p).steps
    np.testing.assert_allclose(steps.f + steps.i, 1, rtol=1e-12)
    assert 0.9 < np.max(np.abs(steps.c)) <= 1
    p.b_i[:] = 0  # without the opposite bias it piles up
    assert np.max(lstm.forward(np.ones((1, 400, D)), p).steps.c) > 2


@pytest.mark.claim("gradients.orthogonal")
def test_products_of_an_orthogonal_matrix_keep_all_lengths(rng):
    U = initialise.orthogonal(rng, (16, 16))
    sizes = np.linalg.svd(np.linalg.matrix_power(U, 60), compute_uv=False)
    np.testing.assert_allclose(sizes, 1, rtol=1e-12)


# ---- learning ------------------------------------------------------------------------------------


def right(name):
    return result("recall")[name][-1]


@pytest.mark.claim("gradients.learns")
def test_lstm_and_gru_learn_from_chrono_biases():
    assert min(right("lstm_chrono"), right("gru_chrono")) > 0.95


@pytest.mark.claim("gradients.chance")
def test_rnn_and_gates_of_bias_0_stay_near_guessing():
    for name in ("rnn", "lstm_0", "gru_0"):
        assert abs(right(name) - 1 / recall.SYMBOLS) < 0.05


@pytest.mark.claim("gradients.luck")
def test_two_seeds_of_forget_bias_1_end_far_apart():
    one, other = recall.LEARNERS["lstm_1"], recall.LEARNERS["lstm_1_again"]
    assert one.bias == other.bias == 1 and one.seed != other.seed
    assert right("lstm_1") < 0.2 and right("lstm_1_again") > 0.95


# ---- clipping ------------------------------------------------------------------------------------


@pytest.mark.claim("gradients.direction-kept")
def test_clipping_by_norm_keeps_the_direction(grads):
    clipped, _ = optim.clip_norm(grads, 1.0)
    assert np.linalg.norm(flat(clipped)) == pytest.approx(1)
    assert cosine(flat(clipped), flat(grads)) == pytest.approx(1, abs=1e-12)


@pytest.mark.claim("gradients.direction-changed")
def test_clipping_by_value_mostly_changes_the_direction(rng):
    drawn = [{"g": 2 * rng.standard_normal(5)} for _ in range(200)]
    turned = [cosine(flat(optim.clip_value(g, 1.0)), flat(g)) < 0.999 for g in drawn]
    assert np.mean(turned) > 0.9


@pytest.mark.claim("gradients.untouched")
def test_a_gradient_within_the_limit_passes_as_it_is(grads):
    limit = np.linalg.norm(flat(grads)) * 1.01
    for kept in (optim.clip_norm(grads, limit).grads, optim.clip_value(grads, limit)):
        np.testing.assert_array_equal(flat(kept), flat(grads))


@pytest.mark.claim("gradients.nan")
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_norm_of_nan_or_infinity_is_refused_with_array_and_place(grads, bad):
    grads["W"][2, 1] = bad
    with pytest.raises(errors.ArgumentError, match=r"W.*\(2, 1\)"):
        optim.clip_norm(grads, 1.0)


@pytest.mark.claim("gradients.clip-saves")
def test_the_same_training_diverges_without_clipping_and_learns_with_it():
    free, clipped = (result("clipping")[name]["loss"] for name in ("free", "clipped"))
    assert free[0] == clipped[0] and free[-1] > 1e4
    assert len(clipped) == clipping.STEPS
    assert np.mean(clipped[-20:]) < 0.5 * np.mean(clipped[:10])


@pytest.mark.claim("gradients.shares")
def test_clipping_leaves_a_distant_share_the_same_part_of_the_whole(x, p):
    run = rnn.forward(x, p)
    dy = np.zeros_like(run.y)
    dy[:, -1] = 100
    whole = rnn.backward(run, dy=dy).params
    near = rnn.backward(run, dy=dy, truncate=T // 2).params
    distant = whole.U - near.U
    clipped, size = optim.clip_norm(whole, 1.0)
    assert size > 1
    kept = distant * (1.0 / size)  # the share of the early steps in what is left
    np.testing.assert_allclose(clipped.U, kept + near.U / size, rtol=1e-9, atol=1e-15)
    part = np.linalg.norm(kept) / np.linalg.norm(clipped.U)
    assert part == pytest.approx(np.linalg.norm(distant) / np.linalg.norm(whole.U))


@pytest.mark.claim("gradients.clip-no-memory")
def test_the_rnn_is_clipped_to_one_and_left_guessing():
    assert recall.CLIP == 1
    assert abs(right("rnn") - 1 / recall.SYMBOLS) < 0.05


# ---- mistakes ------------------------------------------------------------------------------------


@pytest.mark.claim("gradients.each-array")
def test_clipping_each_array_by_its_own_norm_changes_the_direction(grads):
    apart = {name: optim.clip_norm(g, 1.0).grads for name, g in grads.items()}
    before, after = (np.linalg.norm(g["W"]) / np.linalg.norm(g["b"]) for g in (grads, apart))
    assert after < 0.5 * before
    assert cosine(flat(apart), flat(grads)) < 0.95


@pytest.mark.claim("gradients.normalised")
def test_always_scaling_to_the_limit_enlarges_a_small_gradient(grads):
    small = flat(grads) * 1e-3
    always = small * (1.0 / np.linalg.norm(small))
    assert np.linalg.norm(always) > 10 * np.linalg.norm(small)
    kept = optim.clip_norm({"g": small}, 1.0).grads["g"]
    np.testing.assert_array_equal(kept, small)


@pytest.mark.claim("gradients.nan-passes")
def test_the_smaller_of_one_and_nan_is_one_in_python():
    g = np.array([1.0, np.nan])
    factor = min(1.0, 1.0 / float(np.linalg.norm(g)))
    assert factor == 1.0
    np.testing.assert_array_equal(factor * g, g)


@pytest.mark.claim("gradients.wrong-z")
def test_chrono_biases_on_a_z_that_replaces_make_it_forget_faster_than_bias_0():
    logs = {}
    for b, update in (("chrono", "keep"), ("chrono", "replace"), (0, "replace")):
        found = []
        for seed in range(5):
            rng = np.random.default_rng(seed)
            p = gru.init(rng, gradients.SIZE, gradients.SIZE)
            p = p._replace(b=gradients.biases(rng, gru, b))
            run = gru.forward(rng.standard_normal((1, 30, gradients.SIZE)), p, update=update)
            back = gru.backward(run, dstate=gradients.first(run))
            found.append(np.log(np.linalg.norm(back.state)))
        logs[b, update] = np.mean(found)
    assert logs["chrono", "replace"] < logs[0, "replace"] - 1
    assert logs[0, "replace"] < logs["chrono", "keep"] - 1


# ---- exercises -----------------------------------------------------------------------------------


@pytest.mark.claim("gradients.exercise-clip")
def test_the_gradient_of_the_exercise_is_halved_by_norm_and_cut_once_by_value():
    g = np.array([3.0, -4.0, 12.0])
    clipped, size = optim.clip_norm(g, 6.5)
    assert size == 13
    np.testing.assert_allclose(clipped, [1.5, -2, 6], rtol=1e-15)
    np.testing.assert_array_equal(optim.clip_value(g, 6.5), [3, -4, 6.5])


@pytest.mark.claim("gradients.predicted")
def test_the_root_mean_square_of_the_slopes_predicts_the_factor_of_a_step():
    runs = [gradients.drawn("rnn", seed) for seed in range(gradients.SEEDS)]
    np.testing.assert_allclose(norm(runs[0][1].U), 1)
    slopes = np.sqrt(np.mean([(1 - run.steps.h**2) ** 2 for run, _, _ in runs]))
    assert end("rnn") ** (1 / (gradients.STEPS - 1)) == pytest.approx(slopes, rel=0.05)


@pytest.mark.claim("gradients.trap")
def test_slopes_make_a_matrix_of_radius_0_multiply_by_1_4():
    U, h = np.array([[2.0, -4.0], [1.0, -2.0]]), np.array([0.0, np.sqrt(0.7)])
    np.testing.assert_array_equal(U @ U, 0)
    assert norm(U) == pytest.approx(5)
    still = rnn.Params(np.eye(2), U, np.arctanh(h) - U @ h)  # a network that stays at these slopes
    np.testing.assert_allclose(
        1 - rnn.forward(np.zeros((1, 1, 2)), still, state=h[None]).y[0] ** 2, [[1, 0.3]]
    )
    J = derivative(np.zeros((1, 1, 2)), still, h)
    np.testing.assert_allclose(J @ J, 1.4 * J, rtol=1e-9)
    far = derivative(np.zeros((1, 10, 2)), still, h)
    np.testing.assert_allclose(far, 1.4**9 * J, rtol=1e-6)


@pytest.mark.claim("gradients.adam")
def test_adam_takes_the_same_path_if_every_gradient_is_a_hundredth(rng):
    drawn = rng.standard_normal((20, 5))
    for rule, ratio in ((optim.adam(0.01), 1), (optim.sgd(0.01), 0.01)):
        ways = []
        for scale in (1, 0.01):
            params = {"p": np.zeros(5)}
            state = rule.init(params)
            for g in drawn:
                params, state = rule.update(params, {"p": scale * g}, state)
            ways.append(params["p"])
        np.testing.assert_allclose(ways[1], ratio * ways[0], rtol=1e-3)
