import math
import subprocess
import sys
import types
from decimal import Decimal
from pathlib import Path

import cases
import numpy as np
import pytest
from refusals import texts

import rnnref
from rnnref import (
    ArgumentError,
    DTypeError,
    OptionError,
    gradcheck,
    gru,
    initialise,
    layers,
    losses,
    lstm,
    optim,
    rnn,
    train,
    trees,
)

RULES = {
    "sgd": optim.sgd(0.2),
    "momentum": optim.momentum(0.05),
    "nesterov": optim.nesterov(0.05),
    "rmsprop": optim.rmsprop(0.01),
    "adagrad": optim.adagrad(0.5),
    "adam": optim.adam(0.05),
    "adamw": optim.adamw(0.05, weight_decay=0.0),
}
x = cases.normal(80)(40, 3)
goal = x @ np.array([[1.5, -2.0, 0.5], [0.3, 0.8, -1.1]]).T + 0.3 * cases.normal(81)(40, 2)


def regression(p, rng):
    """The squared error of a linear layer on all examples."""
    run = layers.linear(x, p)
    loss = losses.mse(run.y, goal)
    return loss.loss, layers.linear_backward(run, dy=losses.mse_backward(loss)).params


def batches(p, rng):
    """The squared error of a linear layer on a few examples, drawn anew at every step."""
    rows = rng.integers(len(x), size=8)
    run = layers.linear(x[rows], p)
    loss = losses.mse(run.y, goal[rows])
    return loss.loss, layers.linear_backward(run, dy=losses.mse_backward(loss)).params


def bowl(p, rng):
    return 0.5 * np.sum(p * p), p


def start(seed=3):
    return layers.Linear(
        initialise.xavier_uniform(np.random.default_rng(seed), (2, 3)), np.zeros(2)
    )


def fit(gradient=batches, params=None, rule=RULES["adam"], *, steps=12, seed=5, **options):
    """Train quietly with a generator of a seed."""
    given = {"progress": False, "rng": np.random.default_rng(seed)} | options
    return train.fit(gradient, start() if params is None else params, rule, steps=steps, **given)


def same(first, second):
    """Say whether two results are equal bit for bit."""
    histories = [np.array_equal(a, b) for a, b in zip(first.history, second.history, strict=True)]
    params = [np.array_equal(a, b) for a, b in zip(first.params, second.params, strict=True)]
    return all(histories + params)


@pytest.mark.parametrize("name", RULES)
def test_training_ends_at_the_least_squares_solution(name):
    run = fit(regression, rule=RULES[name], steps=1500)
    true = np.linalg.lstsq(np.hstack([x, np.ones((40, 1))]), goal, rcond=None)[0]
    np.testing.assert_allclose(run.params.W.T, true[:3], atol=0.01)
    np.testing.assert_allclose(run.params.b, true[3], atol=0.01)
    assert run.history.loss[-1] < 0.1 * run.history.loss[0]


def test_a_table_of_logits_learns_the_entropy_of_what_follows_what():
    text = np.array(["abc".index(letter) for letter in "abacabcabacbbacab" * 3])

    def bigrams(W, rng):
        run = layers.embedding(text[:-1], W)
        entropy = losses.cross_entropy(run.y, text[1:])
        return entropy.loss, layers.embedding_backward(
            run, dy=losses.cross_entropy_backward(entropy)
        )

    counts = np.zeros((3, 3))
    np.add.at(counts, (text[:-1], text[1:]), 1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    cost = -np.sum(counts * np.log(shares, where=counts > 0, out=np.zeros((3, 3)))) / counts.sum()
    run = fit(bigrams, np.zeros((3, 3)), optim.adam(0.1), steps=800)
    assert run.history.loss[0] == pytest.approx(math.log(3), rel=1e-15)
    assert run.history.loss[-1] == pytest.approx(cost, abs=1e-3)


def recall(cell, p, tokens):
    """Ask a cell for the first token after all others; return the loss and all gradients."""
    looked = layers.embedding(tokens, p["E"])
    run = cell.forward(looked.y, p["cell"])
    out = layers.linear(run.y[:, -1], p["out"])
    loss = losses.cross_entropy(out.y, tokens[:, 0])
    dout = layers.linear_backward(out, dy=losses.cross_entropy_backward(loss))
    dy = np.concatenate([np.zeros_like(run.y[:, 1:]), dout.x[:, None]], axis=1)  # the last step
    back = cell.backward(run, dy=dy)
    dE = layers.embedding_backward(looked, dy=back.x)
    return loss.loss, {"E": dE, "cell": back.params, "out": dout.params}


def recaller(cell, H=6):
    """Return weights of a model of three tokens to start training from."""
    rng = np.random.default_rng(8)
    out = layers.Linear(initialise.xavier_normal(rng, (3, H)), np.zeros(3))
    return {"E": rng.standard_normal((3, 2)), "cell": cell.init(rng, 2, H), "out": out}


every_cell = pytest.mark.parametrize("cell", [rnn, lstm, gru])


@every_cell
def test_the_gradient_of_a_whole_model_equals_the_complex_step(cell):
    tokens = np.array([[0, 2, 1, 1], [2, 0, 2, 1]])
    start, draw = recaller(cell), np.random.default_rng(9)
    arrays = {
        name: array + 0.5 * draw.standard_normal(array.shape)  # biases too
        for name, array in trees.arrays("test", "p", start).items()
    }

    def loss(**changed):
        values = [changed[name] for name in arrays]
        return recall(cell, trees.rebuilt(start, values), tokens)[0]

    _, grads = recall(cell, trees.rebuilt(start, arrays.values()), tokens)
    grads = dict(zip(arrays, trees.arrays("test", "g", grads).values(), strict=True))
    assert len(arrays) == 6
    report = gradcheck.check(loss, arrays, grads, tolerance=1e-13)
    assert report.ok, str(report)


@pytest.mark.parametrize(
    "cell", [lstm, *(pytest.param(cell, marks=pytest.mark.slow) for cell in (rnn, gru))]
)
def test_a_cell_learns_to_recall_what_it_read_first(cell):
    def gradient(p, rng):
        return recall(cell, p, rng.integers(3, size=(16, 7)))

    run = fit(gradient, recaller(cell, H=12), optim.adam(0.02), steps=400, clip=1.0)
    assert run.history.loss[0] > 0.7 and max(run.history.loss[-20:]) < 0.05
    assert type(run.params["cell"]) is cell.Params


def test_the_same_seed_gives_the_same_bits_and_another_one_others():
    assert same(fit(), fit())
    assert not same(fit(), fit(seed=6))


def test_a_fresh_process_gives_the_same_bits():
    folders = [str(Path(__file__).parent), str(Path(rnnref.__file__).parents[1])]
    code = (
        f"import sys; sys.path[:0] = {folders!r}; "
        "import test_train; print(test_train.fit().history.loss.tobytes().hex())"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert found == fit().history.loss.tobytes().hex()


@pytest.mark.parametrize("name", RULES)
def test_two_halves_with_the_state_carried_over_are_the_whole(name):
    whole = fit(rule=RULES[name], steps=10)
    rng = np.random.default_rng(5)
    first = fit(rule=RULES[name], steps=4, rng=rng)
    rest = fit(params=first.params, rule=RULES[name], steps=6, rng=rng, state=first.state)
    assert np.array_equal(rest.params.W, whole.params.W)
    joined = np.concatenate([first.history.loss, rest.history.loss])
    assert np.array_equal(joined, whole.history.loss)
    assert rest.state.t == 10


def test_a_step_is_gradient_clip_and_update():
    params, rule, rng = start(), RULES["adam"], np.random.default_rng(5)
    state, norms = rule.init(params), []
    for _ in range(3):
        grads, norm = optim.clip_norm(batches(params, rng)[1], 0.5)
        params, state = rule.update(params, grads, state)
        norms.append(norm)
    run = fit(steps=3, clip=0.5)
    assert np.array_equal(run.params.W, params.W)
    assert run.history.norm.tolist() == norms
    assert max(norms) > 0.5


def test_the_history_has_the_loss_before_each_step():
    run = fit(bowl, np.array([2.0]), optim.sgd(0.5), steps=3)
    assert run.history.loss.tolist() == [2, 0.5, 0.125]
    assert run.history.norm.tolist() == [2, 1, 0.5]
    assert run.params.tolist() == [0.25]
    assert not any(array.flags.writeable for array in run.history)


def test_a_callback_sees_every_step_and_may_end_the_training():
    seen = []

    def watch(moment):
        seen.append((moment.step, moment.loss, moment.norm, moment.params.tolist()))
        return moment.step == 2

    run = fit(bowl, np.array([2.0]), optim.sgd(0.5), steps=9, callback=watch)
    assert seen == [(1, 2.0, 2.0, [1.0]), (2, 0.5, 1.0, [0.5])]
    assert run.history.loss.tolist() == [2, 0.5] and run.state.t == 2


def test_a_callback_cannot_write_into_the_parameters_that_training_goes_on_with():
    def careless(moment):
        moment.params["W"][0] = 0

    with pytest.raises(ValueError, match="read-only"):
        fit(lambda p, rng: bowl(p["W"], rng)[:1] + (p,), {"W": np.ones(2)}, callback=careless)
    run = fit(steps=2, callback=lambda moment: None)
    assert all(array.flags.writeable for array in run.params)


def test_only_a_true_answer_of_the_callback_ends_the_training():
    for answer, made in [(1, 5), ("stop", 5), (False, 5), (np.False_, 5), (np.True_, 1)]:
        run = fit(steps=5, callback=lambda moment, answer=answer: answer)
        assert len(run.history.loss) == made


def test_no_steps_give_a_copy_of_the_parameters():
    p = start()
    run = fit(params=p, steps=0)
    assert np.array_equal(run.params.W, p.W) and not np.shares_memory(run.params.W, p.W)
    assert run.history.loss.shape == run.history.norm.shape == (0,)
    assert run.state.t == 0


def test_the_start_is_never_changed_even_by_a_gradient_function_that_writes():
    p = np.array([2.0, 1.0])

    def careless(params, rng):
        params *= 0.5
        return bowl(params, rng)

    fit(careless, p, optim.sgd(0.1), steps=3)
    assert p.tolist() == [2, 1]


def test_float32_stays_float32():
    run = fit(bowl, np.ones(3, np.float32), optim.adam(0.1), steps=4)
    assert run.params.dtype == np.float32 and run.history.loss.dtype == np.float64


class Bar:
    """As much of tqdm's bar as the loop uses."""

    made = []

    def __init__(self, numbers):
        self.numbers, self.texts = numbers, []
        Bar.made.append(self)

    def __iter__(self):
        return iter(self.numbers)

    def set_postfix_str(self, text, refresh):
        self.texts.append(text)


@pytest.fixture
def bars(monkeypatch):
    """Plant a tqdm whose bars can be looked at."""
    monkeypatch.setattr(Bar, "made", [])
    monkeypatch.setitem(sys.modules, "tqdm", types.SimpleNamespace(tqdm=Bar))
    return Bar.made


def test_a_bar_counts_the_steps_and_shows_the_loss_where_tqdm_is_installed(bars):
    fit(bowl, np.array([2.0]), optim.sgd(0.5), steps=3, progress=True)
    [bar] = bars
    assert list(bar.numbers) == [1, 2, 3]
    assert bar.texts == ["loss 2", "loss 0.5", "loss 0.125"]


def test_the_bar_is_the_default_and_can_be_left_out(bars):
    p, rule, rng = np.ones(2), optim.sgd(), np.random.default_rng(0)
    train.fit(bowl, p, rule, steps=2, rng=rng)
    train.fit(bowl, p, rule, steps=2, rng=rng, progress=False)
    assert len(bars) == 1


def test_a_bar_changes_no_result(bars):
    assert same(fit(progress=True), fit(progress=False))
    assert len(bars) == 1


def test_without_tqdm_training_is_silent(monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "tqdm", None)  # importing it fails
    assert same(fit(progress=True), fit(progress=False))
    assert capfd.readouterr() == ("", "")


def test_importing_the_package_never_imports_tqdm():
    root = str(Path(rnnref.__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {root!r}); import rnnref; print('tqdm' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def spoil(loss=None, grad=None):
    """Return a gradient function that goes wrong at the third call."""
    calls = []

    def gradient(p, rng):
        calls.append(p)
        right = bowl(p, rng)
        if len(calls) < 3:
            return right
        return right[0] if loss is None else loss, right[1] if grad is None else grad

    return gradient


one = np.ones(2)
REFUSALS = {
    "a loss of NaN": (
        lambda: fit(spoil(loss=math.nan), one),
        ArgumentError,
        "train.fit: gradient must be a function with a finite loss, got nan at step 3",
        "train.fit：gradient 应为损失有限的函数，实际是第 3 步的 nan",
    ),
    "an infinite loss": (
        lambda: fit(spoil(loss=np.float64(np.inf)), one),
        ArgumentError,
        "train.fit: gradient must be a function with a finite loss, got inf at step 3",
        "train.fit：gradient 应为损失有限的函数，实际是第 3 步的 inf",
    ),
    "a loss beyond all floats": (
        lambda: fit(spoil(loss=10**400), one),
        ArgumentError,
        "train.fit: gradient must be a function with a finite loss, "
        "got an integer of 1329 bits at step 3",
        "train.fit：gradient 应为损失有限的函数，实际是第 3 步的 1329 位的二进制整数",
    ),
    "a complex loss": (
        lambda: fit(spoil(loss=np.array(1j)), one),
        ArgumentError,
        "train.fit: gradient must be a function with a finite loss, "
        "got an array of complex128 at step 3",
        "train.fit：gradient 应为损失有限的函数，实际是第 3 步的 complex128 数组",
    ),
    "a decimal loss": (
        lambda: fit(spoil(loss=Decimal(1)), one),
        ArgumentError,
        "train.fit: gradient must be a function with a finite loss, got Decimal at step 3",
        "train.fit：gradient 应为损失有限的函数，实际是第 3 步的 Decimal",
    ),
    "a loss in words": (
        lambda: fit(spoil(loss=np.array("a")), one),
        ArgumentError,
        "train.fit: gradient must be a function with a finite loss, "
        "got an array of str32 at step 3",
        "train.fit：gradient 应为损失有限的函数，实际是第 3 步的 str32 数组",
    ),
    "a loss of several numbers": (
        lambda: fit(spoil(loss=one), one),
        ArgumentError,
        "train.fit: gradient must be a function with a finite loss, "
        "got an array of float64 at step 3",
        "train.fit：gradient 应为损失有限的函数，实际是第 3 步的 float64 数组",
    ),
    "a gradient of NaN": (
        lambda: fit(spoil(grad=np.array([1.0, np.nan])), one),
        ArgumentError,
        "optim.clip_norm: grads must be finite, got nan at (1,)",
        "optim.clip_norm：grads 应为有限的数，实际是 (1,) 处的 nan",
    ),
    "a gradient alone": (
        lambda: fit(lambda p, rng: p, one),
        DTypeError,
        "train.fit: gradient must be a function that returns (loss, grads), "
        "got an array of float64",
        "train.fit：gradient 应为返回 (loss, grads) 的函数，实际是 float64 数组",
    ),
    "a number in place of a function": (
        lambda: fit(0.5, one),
        DTypeError,
        "train.fit: gradient must be a function, got float",
        "train.fit：gradient 应为函数，实际是 float",
    ),
    "a text in place of a callback": (
        lambda: fit(callback="print"),
        DTypeError,
        "train.fit: callback must be a function, got str",
        "train.fit：callback 应为函数，实际是 str",
    ),
    "a word in place of a flag": (
        lambda: fit(progress="no"),
        OptionError,
        "train.fit: progress must be one of False, True, got 'no'",
        "train.fit：progress 应为 False、True 之一，实际是 'no'",
    ),
    "a seed in place of a generator": (
        lambda: fit(rng=5),
        DTypeError,
        "train.fit: rng must be a numpy.random.Generator, got int: "
        "np.random.default_rng(5) makes one",
        "train.fit：rng 应为 numpy.random.Generator，实际是 int："
        "可用 np.random.default_rng(5) 得到",
    ),
    "a number in place of a rule": (
        lambda: fit(rule=0.1),
        DTypeError,
        "train.fit: rule must be a rule such as optim.adam(), got float",
        "train.fit：rule 应为 optim.adam() 之类的规则，实际是 float",
    ),
    "a negative number of steps": (
        lambda: fit(steps=-1),
        ArgumentError,
        "train.fit: steps must be an integer of at least 0, got -1",
        "train.fit：steps 应为至少为 0 的整数，实际是 -1",
    ),
    "a negative limit of the norm": (
        lambda: fit(clip=-0.5),
        ArgumentError,
        "train.fit: clip must be a number in [0, inf], got -0.5",
        "train.fit：clip 应为 [0, inf] 内的数，实际是 -0.5",
    ),
    "parameters of integers": (
        lambda: fit(bowl, {"a": np.ones(2, int)}),
        DTypeError,
        "train.fit: params['a'] must be an array of float64 or float32, got an array of int64",
        "train.fit：params['a'] 应为 float64 或 float32 数组，实际是 int64 数组",
    ),
    "the state of another rule": (
        lambda: fit(bowl, one, state=optim.sgd().init(one)),
        DTypeError,
        "optim.adam().update: state must be a record optim.State of optim.adam().init, "
        "got a State of another rule",
        "optim.adam().update：state 应为 optim.adam().init 给出的 optim.State，"
        "实际是别的规则的 State",
    ),
}


test_the_whole_english_text_of_a_refusal, test_the_whole_chinese_text_of_a_refusal = texts(REFUSALS)
