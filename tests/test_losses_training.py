"""Losses that training descends on, and their gradients."""

import decimal
import math

import cases
import numpy as np
import pytest
import random_training
import record_torch_training
import torch_peer
from cases import B, D, T, V
from refusals import texts

from rnnref import ArgumentError, DTypeError, OptionError, ShapeError, gradcheck, losses
from rnnref.numerics import softmax

IGNORE = record_torch_training.IGNORE
CASES = record_torch_training.CROSS_ENTROPIES
every_case = pytest.mark.parametrize("case", CASES)

logits = 2 * cases.normal(50)(B, T, V)
target = np.random.default_rng(51).integers(V, size=(B, T))
gaps = target.copy()
gaps[0, 1] = gaps[1, 2] = gaps[1, 4] = IGNORE
weight = np.random.default_rng(52).uniform(0.3, 2.0, V)
dloss = cases.normal(53)(B, T)
for array in (logits, target, gaps, weight):
    array.flags.writeable = False


def options(case, weight=weight):
    """Return target and options of a case."""
    given = dict(CASES[case])
    ignored = given.pop("ignore")
    given["weight"] = weight if given["weight"] else None
    return gaps if ignored else target, {"ignore": IGNORE if ignored else None, **given}


def upstream(case, dloss=dloss):
    return dloss if CASES[case]["reduction"] == "none" else float(dloss[0, 0])


@torch_peer.SOURCES
@every_case
def test_cross_entropy_and_its_gradient_equal_pytorch(source, case):
    arrays = torch_peer.values(source, "cross entropy", record_torch_training)
    _, given = options(case, arrays["weight"])
    right = arrays["gaps" if CASES[case]["ignore"] else "target"]
    run = losses.cross_entropy(arrays["logits"], right, **given)
    found = losses.cross_entropy_backward(run, dloss=upstream(case, arrays["dloss"]))
    np.testing.assert_allclose(run.loss, arrays[f"{case}: loss"], rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(found, arrays[f"{case}: dlogits"], rtol=1e-12, atol=1e-15)
    assert run.count == np.sum(right != IGNORE)


@torch_peer.SOURCES
def test_cross_entropy_equals_pytorch_whatever_the_options(source):
    arrays = torch_peer.values(source, "random losses", record_torch_training)
    found, grads = [], []
    for k in range(random_training.LOSSES):
        a, right, given, chosen = random_training.cross_entropy(k)
        run = losses.cross_entropy(a, right, **chosen)
        found.append(np.ravel(run.loss))
        grads.append(np.ravel(losses.cross_entropy_backward(run, dloss=given)))
    np.testing.assert_allclose(np.concatenate(found), arrays["loss"], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(np.concatenate(grads), arrays["grad"], rtol=1e-12, atol=1e-13)


def plain_cross_entropy(rows, right, weight, smoothing):
    """Return the loss of each target that counts, and its weight, in plain numbers."""
    for row, y in zip(rows.reshape(-1, V).tolist(), right.ravel().tolist(), strict=True):
        if y == IGNORE:
            continue
        total = sum(math.exp(a) for a in row)
        costs = [-math.log(math.exp(a) / total) * w for a, w in zip(row, weight, strict=True)]
        yield (1 - smoothing) * costs[y] + smoothing * sum(costs) / V, weight[y]


@every_case
def test_cross_entropy_equals_scalar_loops(case):
    right, given = options(case)
    weights = [1.0] * V if given["weight"] is None else weight.tolist()
    pairs = list(plain_cross_entropy(logits, right, weights, given["smoothing"]))
    found = losses.cross_entropy(logits, right, **given).loss
    if given["reduction"] == "none":
        true = np.zeros(B * T)
        true[right.ravel() != IGNORE] = [cost for cost, _ in pairs]
        np.testing.assert_allclose(found, true.reshape(B, T), rtol=1e-13)
    else:
        total = sum(cost for cost, _ in pairs)
        divisor = sum(w for _, w in pairs) if given["reduction"] == "mean" else 1
        assert found == pytest.approx(total / divisor, rel=1e-14)


@every_case
def test_the_gradient_of_cross_entropy_equals_the_complex_step(case):
    right, given = options(case)

    def loss(logits):
        run = losses.cross_entropy(logits, right, **given)
        return np.sum(run.loss * upstream(case))

    run = losses.cross_entropy(logits, right, **given)
    grad = losses.cross_entropy_backward(run, dloss=upstream(case))
    report = gradcheck.check(loss, {"logits": logits}, {"logits": grad}, tolerance=1e-14)
    assert report.ok, str(report)


def test_the_second_derivative_is_symmetric():
    u, v = cases.normal(54)(B, T, V), cases.normal(55)(B, T, V)

    def slope(direction):
        run = losses.cross_entropy(logits + 1e-30j * direction, gaps, ignore=IGNORE, smoothing=0.1)
        return losses.cross_entropy_backward(run).imag / 1e-30

    assert np.sum(v * slope(u)) == pytest.approx(np.sum(u * slope(v)), rel=1e-13)
    assert abs(np.sum(v * slope(u))) > 1e-3


@pytest.mark.parametrize("smoothing", [0.0, 0.3, 1.0])
def test_uniform_logits_cost_the_logarithm_of_the_number_of_classes(smoothing):
    run = losses.cross_entropy(np.full((B, T, V), 3.7), target, smoothing=smoothing)
    assert run.loss == pytest.approx(math.log(V), rel=1e-15)
    assert losses.perplexity(np.zeros((B, T, V)), target).value == pytest.approx(V, rel=1e-14)


@every_case
def test_shifting_all_logits_of_a_prediction_changes_no_loss_and_no_gradient(case):
    right, given = options(case)
    runs = [
        losses.cross_entropy(a, right, **given)
        for a in (logits, logits + 100 * cases.normal(56)(B, T, 1))
    ]
    np.testing.assert_allclose(runs[1].loss, runs[0].loss, rtol=1e-13)
    first, moved = (losses.cross_entropy_backward(run) for run in runs)
    np.testing.assert_allclose(moved, first, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(np.sum(first, axis=-1), 0, atol=1e-15)


def test_without_options_it_is_the_mean_of_the_losses_of_the_steps():
    steps = losses.step_losses(softmax(logits), np.eye(V)[target])
    assert losses.cross_entropy(logits, target).loss == pytest.approx(np.mean(steps), rel=1e-14)
    each = losses.cross_entropy(logits, target, reduction="none").loss
    np.testing.assert_allclose(each, steps, rtol=1e-13)


def test_smoothing_is_the_cross_entropy_to_a_mixture_with_the_even_distribution():
    mixture = 0.8 * np.eye(V)[target] + 0.2 / V
    steps = losses.step_losses(softmax(logits), mixture)
    found = losses.cross_entropy(logits, target, smoothing=0.2, reduction="none").loss
    np.testing.assert_allclose(found, steps, rtol=1e-13)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("weighted", [None, weight])
def test_ignoring_targets_is_leaving_them_out(smoothing, weighted):
    given = {"smoothing": smoothing, "weight": weighted}
    live = gaps != IGNORE
    run = losses.cross_entropy(logits, gaps, ignore=IGNORE, **given)
    alone = losses.cross_entropy(logits[live], gaps[live], **given)
    assert run.loss == pytest.approx(alone.loss, rel=1e-14)
    assert run.count == alone.count == B * T - 3
    grad = losses.cross_entropy_backward(run)
    np.testing.assert_allclose(grad[live], losses.cross_entropy_backward(alone), rtol=1e-13)
    assert not np.any(grad[~live])


@pytest.mark.parametrize("number", [0, V - 1, -1])
def test_any_number_may_be_the_ignored_one_also_that_of_a_class(number):
    right = np.where(gaps == IGNORE, number, np.clip(gaps, 1, V - 2))
    run = losses.cross_entropy(logits, right, ignore=number)
    assert run.count == B * T - 3


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_stands_beside_an_ignored_target_never_spreads(bad):
    odd = np.where((gaps == IGNORE)[..., None], bad, logits)
    for reduction in ("mean", "sum", "none"):
        runs = [
            losses.cross_entropy(a, gaps, ignore=IGNORE, reduction=reduction, smoothing=0.1)
            for a in (logits, odd)
        ]
        assert np.array_equal(runs[0].loss, runs[1].loss)
        assert np.array_equal(*(losses.cross_entropy_backward(run) for run in runs))


def test_a_gradient_of_nan_above_an_ignored_target_never_spreads():
    run = losses.cross_entropy(logits, gaps, ignore=IGNORE, reduction="none")
    given = np.where(gaps == IGNORE, np.nan, dloss)
    found = losses.cross_entropy_backward(run, dloss=given)
    assert np.array_equal(found, losses.cross_entropy_backward(run, dloss=dloss))


def test_nan_in_a_live_logit_spreads_to_its_own_prediction_alone():
    odd = logits.copy()
    odd[0, 2, 3] = np.nan
    run = losses.cross_entropy(odd, target, reduction="none")
    assert np.argwhere(np.isnan(run.loss)).tolist() == [[0, 2]]
    grad = losses.cross_entropy_backward(run)
    assert np.isnan(grad[0, 2]).any() and np.isfinite(np.delete(grad.reshape(-1, V), 2, 0)).all()
    assert np.isnan(losses.cross_entropy(odd, target).loss)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weighted", [None, weight])
def test_where_all_targets_are_ignored_the_loss_and_the_gradient_are_0_and_so_is_the_count(
    reduction, weighted
):
    right = np.full((B, T), IGNORE)
    run = losses.cross_entropy(
        logits, right, ignore=IGNORE, reduction=reduction, weight=weighted, smoothing=0.1
    )
    assert run.count == 0 and not np.any(run.loss)
    assert np.shape(run.loss) == ((B, T) if reduction == "none" else ())
    assert not np.any(losses.cross_entropy_backward(run))


@pytest.mark.parametrize("shape", [(0, T), (B, 0)])
def test_no_predictions_cost_nothing(shape):
    run = losses.cross_entropy(np.zeros((*shape, V)), np.zeros(shape, int))
    assert run.loss == 0 and run.count == 0
    assert losses.cross_entropy_backward(run).shape == (*shape, V)
    assert losses.cross_entropy(np.zeros((0, 0)), np.zeros(0, int), smoothing=0.1).loss == 0


def test_one_class_is_no_surprise():
    run = losses.cross_entropy(logits[..., :1], 0 * target, smoothing=0.4)
    assert run.loss == 0 and not np.any(losses.cross_entropy_backward(run))


def test_one_prediction_may_stand_without_a_batch():
    run = losses.cross_entropy(logits[1, 2], np.array(target[1, 2]))
    each = losses.cross_entropy(logits, target, reduction="none").loss
    assert run.loss == pytest.approx(each[1, 2], rel=1e-15) and run.count == 1
    assert losses.cross_entropy_backward(run).shape == (V,)


def test_classes_of_weight_zero_cost_nothing_and_may_be_impossible():
    none = np.where(np.arange(V) == 4, 0.0, weight)
    impossible = logits.copy()
    impossible[..., 4] = -np.inf
    for smoothing in (0.0, 0.2):
        run = losses.cross_entropy(impossible, target, weight=none, smoothing=smoothing)
        assert np.isfinite(run.loss) and np.all(np.isfinite(losses.cross_entropy_backward(run)))
    assert losses.cross_entropy(logits, target, weight=0 * weight).loss == 0
    free = losses.cross_entropy(logits, np.full((B, T), 4), weight=none, smoothing=0.2)
    assert free.loss == 0 and not np.any(losses.cross_entropy_backward(free))


@pytest.mark.parametrize("factor", [1.0, 2.0, 0.1])
def test_weights_that_are_all_equal_change_no_mean_and_scale_the_sum(factor):
    equal = np.full(V, factor)
    for smoothing in (0.0, 0.2):
        for reduction, scale in (("mean", 1), ("sum", factor)):
            plain, same = (
                losses.cross_entropy(
                    logits, gaps, ignore=IGNORE, weight=w, smoothing=smoothing, reduction=reduction
                ).loss
                for w in (None, equal)
            )
            assert same == pytest.approx(scale * plain, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_huge_logits_have_their_limits_without_a_warning(dtype):
    a = np.array([[1e4, 0, -1e4], [-1e4, 1e4, 0], [1e4, 1e4, -1e4]], dtype)
    run = losses.cross_entropy(a, np.array([0, 0, 1]), reduction="none")
    np.testing.assert_allclose(run.loss, [0, 2e4, math.log(2)], rtol=1e-6)
    grad = losses.cross_entropy_backward(run)
    np.testing.assert_allclose(grad, [[0, 0, 0], [-1, 1, 0], [0.5, -0.5, 0]], atol=1e-7)
    assert run.loss.dtype == grad.dtype == dtype
    largest = np.finfo(dtype).max
    run = losses.cross_entropy(np.array([[largest, -largest]], dtype), np.array([1]))
    assert run.loss == np.inf
    assert losses.cross_entropy_backward(run).tolist() == [[1, -1]]


@every_case
def test_float32_logits_give_float32(case):
    right, given = options(case, weight.astype("f4"))
    run = losses.cross_entropy(logits.astype("f4"), right, **given)
    true = losses.cross_entropy(logits, right, **options(case)[1])
    grads = [
        losses.cross_entropy_backward(r, dloss=d)
        for r, d in ((run, dloss.astype("f4") if run.loss.ndim else 1.0), (true, upstream(case)))
    ]
    assert {run.loss.dtype, run.log_p.dtype, run.q.dtype, grads[0].dtype} == {np.dtype("f4")}
    np.testing.assert_allclose(run.loss, true.loss, rtol=1e-5, atol=1e-6)
    if run.loss.ndim:
        np.testing.assert_allclose(grads[0], grads[1], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("wide", ["logits", "weight", "dloss"])
def test_one_float64_argument_makes_float64(wide):
    arrays = {"logits": logits, "weight": weight, "dloss": dloss}
    a, w, d = (array.astype("f8" if name == wide else "f4") for name, array in arrays.items())
    run = losses.cross_entropy(a, target, weight=w, reduction="none")
    assert losses.cross_entropy_backward(run, dloss=d).dtype == np.float64


@every_case
def test_complex_logits_without_imaginary_part_give_the_real_loss(case):
    right, given = options(case)
    found = losses.cross_entropy(logits.astype(complex), right, **given).loss
    assert found.dtype == np.complex128
    np.testing.assert_allclose(found, losses.cross_entropy(logits, right, **given).loss, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, ">i4"])
def test_any_integers_may_be_targets(dtype):
    found = losses.cross_entropy(logits, target.astype(dtype), ignore=-1).loss
    assert found == losses.cross_entropy(logits, target).loss


def test_perplexity_is_the_exponential_of_the_mean_cross_entropy():
    run = losses.perplexity(logits, gaps, ignore=IGNORE)
    entropy = losses.cross_entropy(logits, gaps, ignore=IGNORE)
    assert run.value == pytest.approx(math.exp(entropy.loss), rel=1e-15)
    assert run.entropy.count == B * T - 3
    assert losses.perplexity(logits, np.full((B, T), IGNORE), ignore=IGNORE).value == 1


@pytest.mark.parametrize("dvalue", [1.0, -0.7, None])
def test_the_gradient_of_perplexity_equals_the_complex_step(dvalue):
    def loss(logits):
        return losses.perplexity(logits, gaps, ignore=IGNORE).value * (dvalue or 0)

    run = losses.perplexity(logits, gaps, ignore=IGNORE)
    grad = losses.perplexity_backward(run, dvalue=dvalue)
    report = gradcheck.check(loss, {"logits": logits}, {"logits": grad}, tolerance=1e-14)
    assert report.ok, str(report)


def test_the_gradient_from_above_a_perplexity_is_1_where_none_is_given():
    run = losses.perplexity(logits, target)
    given = losses.perplexity_backward(run, dvalue=1.0)
    assert np.array_equal(losses.perplexity_backward(run), given) and np.any(given)


def test_a_perplexity_beyond_the_largest_float_is_infinite_without_a_warning():
    run = losses.perplexity(np.array([[1e4, -1e4, 0.0]]), np.array([1]))
    assert run.value == np.inf
    assert losses.perplexity_backward(run).tolist() == [[np.inf, -np.inf, 0]]


# -- numbers ---------------------------------------------------------------------------------------

y, goal = 3 * cases.normal(60)(B, T, D), cases.normal(61)(B, T, D)
share = np.random.default_rng(62).uniform(0, 1, (B, T, D))
share[0, :2, 0] = 0, 1
ds = cases.normal(63)(B, T, D)
NUMBERS = {
    "mse": (losses.mse, losses.mse_backward, goal),
    "bce": (losses.bce_with_logits, losses.bce_with_logits_backward, share),
}
every_loss = pytest.mark.parametrize("name", NUMBERS)
every_reduction = pytest.mark.parametrize("reduction", record_torch_training.REDUCTIONS)


@torch_peer.SOURCES
@every_loss
@every_reduction
def test_losses_of_numbers_and_their_gradients_equal_pytorch(source, name, reduction):
    arrays = torch_peer.values(source, name, record_torch_training)
    forward, backward, _ = NUMBERS[name]
    run = forward(arrays["x"], arrays["target"], reduction=reduction)
    given = arrays["dloss"] if reduction == "none" else float(arrays["dloss"][0, 0, 0])
    np.testing.assert_allclose(run.loss, arrays[f"{reduction}: loss"], rtol=1e-14)
    found = backward(run, dloss=given)
    np.testing.assert_allclose(found, arrays[f"{reduction}: dx"], rtol=1e-13, atol=1e-15)


def plain(name, y, t):
    if name == "mse":
        return (y - t) ** 2
    yes = 1 / (1 + math.exp(-y))
    return -t * math.log(yes) - (1 - t) * math.log(1 - yes)


@every_loss
@every_reduction
def test_losses_of_numbers_equal_plain_numbers(name, reduction):
    forward, _, right = NUMBERS[name]
    each = [plain(name, *pair) for pair in zip(y.ravel(), right.ravel(), strict=True)]
    true = {"mean": sum(each) / len(each), "sum": sum(each), "none": np.reshape(each, y.shape)}
    np.testing.assert_allclose(
        forward(y, right, reduction=reduction).loss, true[reduction], rtol=1e-13
    )


@every_loss
@every_reduction
def test_the_gradient_of_losses_of_numbers_equals_the_complex_step(name, reduction):
    forward, backward, right = NUMBERS[name]
    at = y.copy()
    at[1, 2] = 0.0  # where the two branches of the stable form meet
    given = ds if reduction == "none" else -1.3

    def loss(y):
        return np.sum(forward(y, right, reduction=reduction).loss * given)

    grad = backward(forward(at, right, reduction=reduction), dloss=given)
    report = gradcheck.check(loss, {"y": at}, {"y": grad}, tolerance=2e-15)
    assert report.ok, str(report)


def test_a_perfect_prediction_has_no_squared_error_and_no_gradient():
    run = losses.mse(y, y.copy())
    assert run.loss == 0 and not np.any(losses.mse_backward(run))


def test_moving_prediction_and_target_together_changes_no_squared_error():
    assert losses.mse(y + 3, goal + 3).loss == pytest.approx(losses.mse(y, goal).loss, rel=1e-14)


def test_binary_cross_entropy_is_cross_entropy_between_two_classes():
    right = (share > 0.5).astype(int)
    pair = np.stack([np.zeros_like(y), y], axis=-1)
    two = losses.cross_entropy(pair, right, reduction="none")
    one = losses.bce_with_logits(y, right.astype(float), reduction="none")
    np.testing.assert_allclose(one.loss, two.loss, rtol=1e-12, atol=1e-15)
    grads = losses.bce_with_logits_backward(one), losses.cross_entropy_backward(two)[..., 1]
    np.testing.assert_allclose(*grads, rtol=1e-12, atol=1e-15)


def test_turning_the_question_round_changes_no_binary_cross_entropy():
    turned = losses.bce_with_logits(-y, 1 - share, reduction="none").loss
    each = losses.bce_with_logits(y, share, reduction="none").loss
    np.testing.assert_allclose(turned, each, rtol=1e-12, atol=1e-15)


def test_an_even_guess_between_yes_and_no_costs_log_2():
    assert losses.bce_with_logits(0 * y, share).loss == pytest.approx(math.log(2), rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_huge_logits_of_yes_and_no_have_their_limits_without_a_warning(dtype):
    a = np.array([1e4, 1e4, -1e4, -1e4, 1e4], dtype)
    t = np.array([1, 0, 1, 0, 0.5], dtype)
    run = losses.bce_with_logits(a, t, reduction="none")
    assert run.loss.tolist() == [0, 1e4, 1e4, 0, 5e3]
    assert losses.bce_with_logits_backward(run).tolist() == [0, 1, -1, 0, 0.5]
    assert run.loss.dtype == dtype


def test_a_squared_error_beyond_the_largest_float_is_infinite_without_a_warning():
    assert losses.mse(np.array([1e200]), np.array([0.0])).loss == np.inf


@every_loss
@every_reduction
def test_losses_of_numbers_keep_float32(name, reduction):
    forward, backward, right = NUMBERS[name]
    run = forward(y.astype("f4"), right.astype("f4"), reduction=reduction)
    assert run.loss.dtype == backward(run).dtype == np.float32
    np.testing.assert_allclose(
        run.loss, forward(y, right, reduction=reduction).loss, rtol=1e-5, atol=1e-6
    )
    assert forward(y.astype("f4"), right).loss.dtype == np.float64
    assert forward(y, right.astype("f4")).loss.dtype == np.float64


@every_loss
def test_the_mean_of_nothing_is_0(name):
    forward, backward, _ = NUMBERS[name]
    run = forward(np.zeros((0, 3)), np.zeros((0, 3)))
    assert run.loss == 0 and backward(run).shape == (0, 3)


@every_loss
def test_single_numbers_have_a_loss_too(name):
    forward, backward, _ = NUMBERS[name]
    run = forward(np.array(0.3), np.array(0.2))
    assert run.loss == pytest.approx(plain(name, 0.3, 0.2), rel=1e-14)
    assert backward(run).shape == ()


@every_loss
def test_nan_spreads_to_its_own_number_alone(name):
    forward, backward, right = NUMBERS[name]
    odd = y.copy()
    odd[1, 2, 1] = np.nan
    run = forward(odd, right, reduction="none")
    for found in (run.loss, backward(run)):
        assert np.argwhere(np.isnan(found)).tolist() == [[1, 2, 1]]


# -- many digits -----------------------------------------------------------------------------------


def exact(name, a, t):
    """Return the loss of one prediction, computed with 150 digits and rounded once."""
    with decimal.localcontext(prec=150):
        if name == "cross entropy":
            row = [decimal.Decimal(number) for number in a]
            return float(sum((other - row[t]).exp() for other in row).ln())
        a, t = decimal.Decimal(a), decimal.Decimal(t)
        return float(t * (1 + (-a).exp()).ln() + (1 - t) * (1 + a.exp()).ln())


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1, 30, 1000])
@pytest.mark.parametrize("name", ["cross entropy", "bce"])
def test_a_loss_is_right_to_the_last_digits_whatever_the_size_of_the_logits(name, size, dtype):
    a = (size * logits).astype(dtype)
    t = (
        target
        if name == "cross entropy"
        else np.broadcast_to(share[..., :1], a.shape).astype(dtype)
    )
    forward = losses.cross_entropy if name == "cross entropy" else losses.bce_with_logits
    found = forward(a, t, reduction="none").loss
    rows = a.reshape(-1, V) if name == "cross entropy" else a.ravel()
    true = [exact(name, *pair) for pair in zip(rows.tolist(), t.ravel().tolist(), strict=True)]
    error = np.abs(found.ravel() - true) / np.maximum(1, np.abs(true))
    assert np.max(error) <= 8 * np.finfo(dtype).eps


def test_a_nearly_sure_answer_keeps_the_digits_of_its_small_cost():
    a, t = np.array([20.0, 40.0, -60.0, 300.0]), np.array([1.0, 1.0, 0.0, 1.0])
    true = [exact("bce", *pair) for pair in zip(a.tolist(), t.tolist(), strict=True)]
    found = losses.bce_with_logits(a, t, reduction="none").loss
    np.testing.assert_allclose(found, true, rtol=1e-15)


# -- all of them -----------------------------------------------------------------------------------

RUNS = {
    "cross entropy": (
        lambda: losses.cross_entropy(logits, target, reduction="none"),
        losses.cross_entropy_backward,
    ),
    "mse": (lambda: losses.mse(y, goal, reduction="none"), losses.mse_backward),
    "bce": (
        lambda: losses.bce_with_logits(y, share, reduction="none"),
        losses.bce_with_logits_backward,
    ),
}
every_run = pytest.mark.parametrize("name", RUNS)


@every_run
def test_no_gradient_from_above_is_a_gradient_of_zero(name):
    forward, backward = RUNS[name]
    run = forward()
    assert not np.any(backward(run, dloss=None))
    assert backward(run, dloss=None).shape == backward(run).shape


@every_run
def test_a_number_from_above_counts_for_every_loss_and_1_is_the_default(name):
    forward, backward = RUNS[name]
    run = forward()
    ones = np.ones(run.loss.shape)
    assert np.array_equal(backward(run), backward(run, dloss=ones))
    assert np.array_equal(backward(run, dloss=3), backward(run, dloss=3 * ones))


@every_run
def test_records_are_read_only_and_share_no_memory_with_arguments(name):
    run = RUNS[name][0]()
    arrays = [field for field in run if isinstance(field, np.ndarray)]
    assert len(arrays) >= 2 and not any(array.flags.writeable for array in arrays)
    given = (logits, target, y, goal, share)
    assert not any(np.shares_memory(a, b) for a in arrays for b in given)


def test_arguments_are_never_changed():
    a, right, w = logits.copy(), gaps.copy(), weight.copy()
    run = losses.cross_entropy(a, right, ignore=IGNORE, weight=w, reduction="none", smoothing=0.1)
    d = dloss.copy()
    losses.cross_entropy_backward(run, dloss=d)
    for given, before in ((a, logits), (right, gaps), (w, weight), (d, dloss)):
        assert np.array_equal(given, before)


def changed(array, place, value):
    array = array.copy()
    array[place] = value
    return array


entropy = losses.cross_entropy
FLOATS = "an array of float64, float32 or complex128", "float64、float32 或 complex128 数组"
REFUSALS = {
    "a target too large": (
        lambda: entropy(logits, changed(target, (1, 3), V)),
        ArgumentError,
        "losses.cross_entropy: target must be between 0 and V-1=8, got 9 at (1, 3)",
        "losses.cross_entropy：target 应为 0 到 V-1=8 之间的整数，实际是 (1, 3) 处的 9",
    ),
    "a negative target that NumPy would count from the end": (
        lambda: entropy(logits, gaps),
        ArgumentError,
        "losses.cross_entropy: target must be between 0 and V-1=8, got -100 at (0, 1)",
        "losses.cross_entropy：target 应为 0 到 V-1=8 之间的整数，实际是 (0, 1) 处的 -100",
    ),
    "a negative target beside an ignored one": (
        lambda: losses.perplexity(logits, changed(gaps, (1, 1), -1), ignore=IGNORE),
        ArgumentError,
        "losses.perplexity: target must be between 0 and V-1=8, got -1 at (1, 1)",
        "losses.perplexity：target 应为 0 到 V-1=8 之间的整数，实际是 (1, 1) 处的 -1",
    ),
    "float targets": (
        lambda: entropy(logits, target.astype(float)),
        DTypeError,
        "losses.cross_entropy: target must be an array of integers, got an array of float64: "
        "target.astype(int) converts it",
        "losses.cross_entropy：target 应为整数数组，实际是 float64 数组："
        "可用 target.astype(int) 转换",
    ),
    "boolean targets": (
        lambda: entropy(logits, target > 3),
        DTypeError,
        "losses.cross_entropy: target must be an array of integers, got an array of bool: "
        "target.astype(int) converts it",
        "losses.cross_entropy：target 应为整数数组，实际是 bool 数组：可用 target.astype(int) 转换",
    ),
    "a list of targets": (
        lambda: entropy(logits, target.tolist()),
        DTypeError,
        "losses.cross_entropy: target must be an array of integers, got list: "
        "np.array(target) converts it",
        "losses.cross_entropy：target 应为整数数组，实际是 list：可用 np.array(target) 转换",
    ),
    "masked targets": (
        lambda: entropy(logits, np.ma.masked_array(target)),
        DTypeError,
        "losses.cross_entropy: target must be an array of integers, got a masked array",
        "losses.cross_entropy：target 应为整数数组，实际是掩码数组",
    ),
    "one-hot targets": (
        lambda: entropy(logits, np.eye(V, dtype=int)[target]),
        ShapeError,
        "losses.cross_entropy: target must have shape (2, 5), got (2, 5, 9): "
        "this is the shape of logits[..., 0]",
        "losses.cross_entropy：target 应具有形状 (2, 5)，实际是 (2, 5, 9)："
        "logits[..., 0] 的形状如此",
    ),
    "targets that NumPy would broadcast": (
        lambda: entropy(logits, target[:1]),
        ShapeError,
        "losses.cross_entropy: target must have shape (2, 5), got (1, 5): "
        "this is the shape of logits[..., 0]",
        "losses.cross_entropy：target 应具有形状 (2, 5)，实际是 (1, 5)：logits[..., 0] 的形状如此",
    ),
    "logits of integers": (
        lambda: entropy(target, target[:, 0]),
        DTypeError,
        f"losses.cross_entropy: logits must be {FLOATS[0]}, got an array of int64: "
        "logits.astype(float) converts it",
        f"losses.cross_entropy：logits 应为 {FLOATS[1]}，实际是 int64 数组："
        "可用 logits.astype(float) 转换",
    ),
    "a weight too many": (
        lambda: entropy(logits, target, weight=np.ones(V + 1)),
        ShapeError,
        "losses.cross_entropy: weight must have shape (V=9,), got (10,): "
        "V=9 comes from logits (2, 5, 9)",
        "losses.cross_entropy：weight 应具有形状 (V=9,)，实际是 (10,)：V=9 来自 logits (2, 5, 9)",
    ),
    "a negative weight": (
        lambda: entropy(logits, target, weight=changed(weight, 4, -0.5)),
        ArgumentError,
        "losses.cross_entropy: weight must be at least 0 and finite, got -0.5 at [4]",
        "losses.cross_entropy：weight 应为不小于 0 的有限数，实际是 [4] 处的 -0.5",
    ),
    "an infinite weight": (
        lambda: entropy(logits, target, weight=changed(weight, 4, np.inf)),
        ArgumentError,
        "losses.cross_entropy: weight must be at least 0 and finite, got inf at [4]",
        "losses.cross_entropy：weight 应为不小于 0 的有限数，实际是 [4] 处的 inf",
    ),
    "an unknown reduction": (
        lambda: entropy(logits, target, reduction="average"),
        OptionError,
        "losses.cross_entropy: reduction must be one of 'mean', 'sum', 'none', got 'average'",
        "losses.cross_entropy：reduction 应为 'mean'、'sum'、'none' 之一，实际是 'average'",
    ),
    "too much smoothing": (
        lambda: entropy(logits, target, smoothing=1.01),
        ArgumentError,
        "losses.cross_entropy: smoothing must be a number in [0, 1], got 1.01",
        "losses.cross_entropy：smoothing 应为 [0, 1] 内的数，实际是 1.01",
    ),
    "a float to ignore": (
        lambda: entropy(logits, target, ignore=-1.0),
        ArgumentError,
        "losses.cross_entropy: ignore must be an integer, got -1.0",
        "losses.cross_entropy：ignore 应为整数，实际是 -1.0",
    ),
    "the loss alone for a backward pass": (
        lambda: losses.cross_entropy_backward(entropy(logits, target).loss),
        DTypeError,
        "losses.cross_entropy_backward: run must be what losses.cross_entropy returns, got float64",
        "losses.cross_entropy_backward：run 应为 losses.cross_entropy 的返回值，实际是 float64",
    ),
    "a gradient of another shape": (
        lambda: losses.cross_entropy_backward(
            entropy(logits, target, reduction="none"), dloss=np.ones(T)
        ),
        ShapeError,
        "losses.cross_entropy_backward: dloss must have shape (2, 5), got (5,): "
        "this is the shape of the output",
        "losses.cross_entropy_backward：dloss 应具有形状 (2, 5)，实际是 (5,)：输出的形状如此",
    ),
    "a gradient of integers": (
        lambda: losses.mse_backward(losses.mse(y, goal, reduction="none"), dloss=y.astype(int)),
        DTypeError,
        f"losses.mse_backward: dloss must be {FLOATS[0]}, got an array of int64: "
        "dloss.astype(float) converts it",
        f"losses.mse_backward：dloss 应为 {FLOATS[1]}，实际是 int64 数组："
        "可用 dloss.astype(float) 转换",
    ),
    "the record of another loss": (
        lambda: losses.bce_with_logits_backward(losses.mse(y, goal)),
        DTypeError,
        "losses.bce_with_logits_backward: run must be what losses.bce_with_logits returns, got MSE",
        "losses.bce_with_logits_backward：run 应为 losses.bce_with_logits 的返回值，实际是 MSE",
    ),
    "no record of a perplexity": (
        lambda: losses.perplexity_backward(None),
        DTypeError,
        "losses.perplexity_backward: run must be what losses.perplexity returns, got None",
        "losses.perplexity_backward：run 应为 losses.perplexity 的返回值，实际是 None",
    ),
    "a gradient for each prediction where there is one perplexity": (
        lambda: losses.perplexity_backward(losses.perplexity(logits, target), dvalue=dloss),
        ShapeError,
        "losses.perplexity_backward: dvalue must have shape (), got (2, 5): "
        "this is the shape of the output",
        "losses.perplexity_backward：dvalue 应具有形状 ()，实际是 (2, 5)：输出的形状如此",
    ),
    "the record of answers for a squared error": (
        lambda: losses.mse_backward(losses.bce_with_logits(y, share)),
        DTypeError,
        "losses.mse_backward: run must be what losses.mse returns, got BCE",
        "losses.mse_backward：run 应为 losses.mse 的返回值，实际是 BCE",
    ),
    "a gradient that NumPy would broadcast": (
        lambda: losses.bce_with_logits_backward(
            losses.bce_with_logits(y, share, reduction="none"), dloss=ds[:1]
        ),
        ShapeError,
        "losses.bce_with_logits_backward: dloss must have shape (2, 5, 3), got (1, 5, 3): "
        "this is the shape of the output",
        "losses.bce_with_logits_backward：dloss 应具有形状 (2, 5, 3)，实际是 (1, 5, 3)："
        "输出的形状如此",
    ),
    "goals that NumPy would broadcast": (
        lambda: losses.mse(y, goal[:1]),
        ShapeError,
        "losses.mse: target must have shape (2, 5, 3), got (1, 5, 3): this is the shape of y",
        "losses.mse：target 应具有形状 (2, 5, 3)，实际是 (1, 5, 3)：y 的形状如此",
    ),
    "an unknown reduction of squares": (
        lambda: losses.mse(y, goal, reduction=None),
        OptionError,
        "losses.mse: reduction must be one of 'mean', 'sum', 'none', got None",
        "losses.mse：reduction 应为 'mean'、'sum'、'none' 之一，实际是 None",
    ),
    "answers beyond yes": (
        lambda: losses.bce_with_logits(y, changed(share, (1, 0, 2), 1.5)),
        ArgumentError,
        "losses.bce_with_logits: target must be between 0 and 1, got 1.5 at (1, 0, 2)",
        "losses.bce_with_logits：target 应为 0 到 1 之间的数，实际是 (1, 0, 2) 处的 1.5",
    ),
    "answers below no": (
        lambda: losses.bce_with_logits(y, changed(share, (1, 0, 2), -1e-9)),
        ArgumentError,
        "losses.bce_with_logits: target must be between 0 and 1, got -1e-09 at (1, 0, 2)",
        "losses.bce_with_logits：target 应为 0 到 1 之间的数，实际是 (1, 0, 2) 处的 -1e-09",
    ),
    "answers of another shape": (
        lambda: losses.bce_with_logits(y, share[..., 0]),
        ShapeError,
        "losses.bce_with_logits: target must have shape (2, 5, 3), got (2, 5): "
        "this is the shape of logits",
        "losses.bce_with_logits：target 应具有形状 (2, 5, 3)，实际是 (2, 5)：logits 的形状如此",
    ),
    "an unknown reduction of answers": (
        lambda: losses.bce_with_logits(y, share, reduction="max"),
        OptionError,
        "losses.bce_with_logits: reduction must be one of 'mean', 'sum', 'none', got 'max'",
        "losses.bce_with_logits：reduction 应为 'mean'、'sum'、'none' 之一，实际是 'max'",
    ),
}


test_the_whole_english_text_of_a_refusal, test_the_whole_chinese_text_of_a_refusal = texts(REFUSALS)


def test_of_one_class_the_ignored_targets_are_no_other_class():
    run = losses.cross_entropy(np.zeros((2, 1)), np.array([0, -1]), ignore=-1)
    assert run.loss == 0 and run.count == 1


def test_of_one_class_smoothing_takes_nothing():
    run = losses.cross_entropy(np.zeros((2, 1)), np.zeros(2, int), smoothing=0.4, reduction="sum")
    np.testing.assert_allclose(run.q, 1, rtol=1e-15)


def test_a_perplexity_and_a_gradient_that_are_huge_together_are_no_warning():
    run = losses.perplexity(np.array([[0.0, 700.0]]), np.array([0]))
    assert np.all(np.isinf(losses.perplexity_backward(run, dvalue=1e10)))
