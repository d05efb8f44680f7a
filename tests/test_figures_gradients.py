"""Charts of gradients: every number that they draw or say, and what their words claim."""

import functools

import numpy as np
import pytest

from rnnref import examples, lstm, optim
from rnnref.explain import experiments, figures
from rnnref.explain.experiments import clipping
from rnnref.explain.figures import belt_product, clipped, differences, gradients

LANGUAGES = ("zh", "en")


# ---- grad-norms ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", gradients.CELLS)
def test_the_norm_after_all_steps_is_that_of_the_chain_rule_written_out(name):
    assert gradients.typical(name)[-1] == pytest.approx(gradients.in_the_end(name), rel=1e-9)


@pytest.mark.parametrize("name", gradients.CELLS)
def test_every_gradient_starts_with_norm_one(name):
    assert gradients.norms(name, 0)[0] == pytest.approx(1)


def test_one_step_back_agrees_with_central_differences():
    run, p, _ = gradients.drawn("lstm_1", 0)
    x, v = run_input("lstm_1"), gradients.first(run)

    def after(h, c):
        last = lstm.step(x[:, -1], h, c, p)
        return np.sum(v * last.h)

    h, c = run.steps.h[:, -2], run.steps.c[:, -2]
    slopes = [
        (after(*(s + 1e-6 * d for s, d in zip((h, c), move, strict=True))) - after(h, c)) / 1e-6
        for move in moves(h)
    ]
    assert gradients.norms("lstm_1", 0)[1] == pytest.approx(np.linalg.norm(slopes), rel=1e-4)


def run_input(name):
    """Return the inputs of a cell, drawn after its weights."""
    rng = np.random.default_rng(0)
    lstm.init(rng, gradients.SIZE, gradients.SIZE)
    return rng.standard_normal((1, gradients.STEPS, gradients.SIZE))


def moves(h):
    """Yield a unit move of every component of h, then of c."""
    for k in range(2 * h.size):
        both = np.zeros(2 * h.size)
        both[k] = 1
        yield both[None, : h.size], both[None, h.size :]


def test_without_an_open_gate_lstm_and_gru_fade_like_the_rnn():
    for name in ("rnn", "lstm_0", "gru_0"):
        assert gradients.typical(name)[-1] < 1e-10


def test_an_open_gate_lets_a_gradient_come_far():
    for name in ("lstm_chrono", "gru_chrono"):
        assert gradients.typical(name)[-1] > 0.01
    low, middle, high = (gradients.typical(f"lstm_{start}")[-1] for start in (0, 1, "chrono"))
    assert 1e4 * low < middle < high / 1e3


def test_large_recurrent_weights_make_the_gradient_grow():
    assert gradients.typical("rnn_large")[-1] > 1e4


# ---- grad-product --------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0, 1, "chrono"])
def test_the_products_are_those_of_the_forget_gates(start):
    p, x = belt_product.model(start)
    f = lstm.forward(x[:1], p).steps.f[0]
    products, _ = belt_product.carried(start)
    for lag in (0, 1, 7, 60):
        np.testing.assert_allclose(products[lag], np.prod(f[60 - lag :], axis=0), rtol=1e-12)


@pytest.mark.parametrize("start", [0, 1, "chrono"])
def test_the_whole_derivative_lies_above_the_product_of_every_unit(start):
    products, whole = belt_product.carried(start)
    assert whole[0] == pytest.approx(1)
    assert np.all(whole[1:] > products[1:].max(axis=1))


@pytest.mark.parametrize("start", [0, 1, "chrono"])
def test_the_whole_derivative_is_that_of_tangents_carried_forward(start):
    p, x = belt_product.model(start)
    carried = belt_product.tangents(lstm.forward(x[:1], p).steps, p)
    assert belt_product.carried(start)[1][-1] == pytest.approx(np.linalg.norm(carried, 2))


def test_with_chrono_biases_the_units_differ_widely_in_how_long_they_remember():
    spans = {}
    for start in (0, 1, "chrono"):
        shown = belt_product.carried(start)[0][:, : belt_product.SHOWN]
        spans[start] = np.array([np.argmax(unit < 0.5) or np.inf for unit in shown.T])
    assert spans[0].max() <= 3 and spans[1].max() <= 5
    assert spans["chrono"].min() <= 5 and np.sum(spans["chrono"] > 20) >= 3


# ---- grad-clip -----------------------------------------------------------------------------------


def test_the_curve_after_clipping_is_what_the_optimiser_makes_of_the_one_before():
    before, _ = clipped.measured()
    for norm in before[:10]:
        grads = optim.clip_norm({"W": np.array([norm, 0.0])}, clipping.LIMIT).grads
        assert np.linalg.norm(grads["W"]) == pytest.approx(min(norm, clipping.LIMIT))


def test_the_same_training_without_clipping_leaves_the_chart():
    before, free = clipped.measured()
    assert free[0] == before[0]
    assert len(free) < len(before) == clipping.STEPS
    assert free.max() <= clipped.Y_TICKS[-1]
    assert experiments.result("clipping")["free"]["norm"][len(free)] > clipped.Y_TICKS[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_count_the_gradients_that_were_clipped(lang):
    norms = experiments.result("clipping")["clipped"]["norm"]
    above, told = sum(norm > 1 for norm in norms), figures.alt("grad-clip", lang)
    wanted = {"zh": f"80 步里有 {above} 步", "en": f"{above} of 80 gradients"}
    assert wanted[lang] in told and 20 < above < 60


# ---- grad-check ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [("fig_forward_difference", 6, 9), ("fig_central_difference", 9, 12)],
)
def test_differences_have_a_best_step_and_lose_digits_on_either_side(key, least, most):
    errors = differences.errors()[key]
    best = np.argmin(errors)
    assert least <= differences.digits()[key] <= most
    assert min(errors[0], errors[-1]) > 1e4 * errors[best]
    assert 0 < best < len(errors) - 1


def test_the_complex_step_only_gains_by_a_smaller_step():
    errors = differences.errors()["fig_complex_step"]
    assert np.all(errors[differences.STEPS < 1e-8] < 1e-13)
    assert differences.digits()["fig_complex_step"] >= 14


def test_the_central_difference_is_as_wrong_as_the_complex_step_where_the_function_bends():
    large = differences.STEPS > 1e-3
    central, sideways = (
        differences.errors()[f"fig_{key}"][large] for key in ("central_difference", "complex_step")
    )
    assert np.all(central[:4] / sideways[:4] < 1.2) and np.all(sideways[:4] / central[:4] < 1.2)


def test_the_difference_quotients_are_exact_where_they_should_be():
    line, parabola = (lambda a: 3 * a), (lambda a: a * a + 3 * a)
    for method in (differences.forward_difference, differences.central_difference):
        assert method(line, 0.5) == 3
    assert differences.forward_difference(parabola, 0.5) == 3.5
    assert differences.central_difference(parabola, 0.5) == 3
    assert differences.complex_step(parabola, 0.5) == 3


def test_the_loss_whose_gradient_is_checked_is_that_of_the_running_example():
    p = examples.lstm_params()
    wanted = np.sum(examples.lstm_run().y ** 2)
    assert differences.loss(*p[:3]) == pytest.approx(wanted)
    along = functools.partial(differences.along, p, p)
    assert along(1.0) == pytest.approx(differences.loss(2 * p.W, 2 * p.U, 2 * p.b))
