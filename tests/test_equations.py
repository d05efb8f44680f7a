import re

import latex_reader
import numpy as np
import printed
import pytest
import random_steps
from wrong_code import MISTAKES, planted

from rnnref import attention, numerics
from rnnref.explain import catalog, terms
from rnnref.explain.equations import Printer
from rnnref.explain.node import Node
from rnnref.explain.trace import TraceError, trace
from rnnref.records import rows
from rnnref.rnn import RNNStep
from scripts import lock_equations

LOCK = {k: v for k, v in lock_equations.read().items() if k != lock_equations.LINES}


@pytest.mark.parametrize("name", catalog.ENTRIES)
def test_every_printed_equation_is_true_for_every_example_of_a_batch(name):
    entry = catalog.entry(name)
    for latex in catalog.render(name):
        assert printed.holds(entry, latex), latex


@pytest.mark.parametrize("name", ["optim.clip_norm", "optim.clip_value"])
def test_clipping_is_printed_truly_on_both_sides_of_the_limit(name):
    entry, grads = catalog.entry(name), np.array([0.3, -2.0, 0.7])
    for limit in (0.5, 5.0):
        for latex in catalog.render(name):
            assert printed.holds(entry, latex, {"grads": grads, "limit": limit}), latex


@pytest.mark.parametrize("name", [name for name, e in catalog.ENTRIES.items() if not e.lines])
def test_the_left_side_is_the_symbol_of_the_result(name):
    symbols = terms.symbols(catalog.scope(name))
    for field, latex in catalog.equations(name).items():
        assert latex.startswith(f"{symbols[field].shown} = ")


@pytest.mark.parametrize("name", sorted({*LOCK, *catalog.ENTRIES}))
def test_no_printed_equation_has_changed_its_wording(name):
    locked, now = LOCK.get(name, {}), {}
    if name in catalog.ENTRIES:
        now = catalog.equations(name)
    different = [
        f"{name}.{field}\n  locked: {locked.get(field)}\n  now:    {now.get(field)}"
        for field in locked | now
        if locked.get(field) != now.get(field)
    ]
    assert not different, "\n".join([*different, f"if intended: {lock_equations.COMMAND}"])


def test_the_lock_file_is_what_its_script_writes():
    assert lock_equations.LOCK.read_text(encoding="utf-8") == lock_equations.text(
        lock_equations.proven()
    )


SIGNS = {" + ": " - ", " - ": " + ", r"^{\top}": "", "^{2}": "", r"\odot ": "", r"^{\prime}": ""}
SLIPS = re.compile("|".join(map(re.escape, SIGNS)) + r"|\\(?:tanh|sigma|sin|cos|exp|ln)(?=\\left)")


@pytest.mark.parametrize("name", catalog.ENTRIES)
def test_a_slip_in_the_writing_of_an_equation_is_found(name):
    entry = catalog.entry(name)
    for latex in catalog.render(name):
        start = latex.index(" = ") + 3
        for slip in SLIPS.finditer(latex, start):
            wrong = latex[: slip.start()] + SIGNS.get(slip[0], "") + latex[slip.end() :]
            try:
                assert not printed.holds(entry, wrong), wrong
            except ValueError:
                continue  # it does not even read


@pytest.mark.parametrize(("name", "right", "wrong"), MISTAKES)
def test_a_mistake_in_the_code_makes_the_locked_equations_false(name, right, wrong):
    entry = catalog.entry(name)
    values = entry.example(np.random.default_rng(5))
    mistaken = entry._replace(function=planted(entry.function, right, wrong))
    assert not all(printed.holds(mistaken, latex, values) for latex in LOCK[name].values())


@pytest.mark.parametrize(("name", "right", "wrong"), MISTAKES)
def test_a_mistake_in_the_code_changes_the_page_or_stops_the_build(name, right, wrong):
    base = name.removesuffix(":definition")
    entry = catalog.entry(base)
    mistaken = entry._replace(function=planted(entry.function, right, wrong))
    try:
        lines = mistaken.equations(entry.values())
    except TraceError:
        return
    assert lines != LOCK[base]


@pytest.mark.parametrize("seed", range(300))
def test_a_random_step_is_printed_truly(seed):
    step, values = random_steps.draw(np.random.default_rng(seed))
    h = step(**values).h
    latex = Printer("rnn").equation(trace(step, values, "rnn")["h"])
    left, right = latex.split(" = ", 1)
    assert left == "h_t"
    for row in range(len(h)):
        read = latex_reader.evaluate(right, random_steps.symbols(values, row), {})
        np.testing.assert_allclose(read[:, 0], h[row], rtol=1e-9, atol=1e-12, err_msg=latex)


def _printed(step):
    _, values = random_steps.draw(np.random.default_rng(0))
    node = trace(lambda x, h_prev, p: RNNStep(step(x, h_prev, p)), values, "rnn")["h"]
    return Printer("rnn").equation(node).removeprefix("h_t = ")


WRITINGS = {
    r"W^{\top} h_{t-1}": lambda x, h, p: h @ p.W,
    r"W \left(x_t \odot h_{t-1}\right)": lambda x, h, p: (x * h) @ p.W.T,
    r"x_t \odot W h_{t-1}": lambda x, h, p: x * (h @ p.W.T),
    r"x_t - \left(h_{t-1} - b\right)": lambda x, h, p: x - (h - p.b),
    r"x_t + \left(-h_{t-1}\right)": lambda x, h, p: x + -h,
    r"x_t + \left(-2\right)": lambda x, h, p: x + -2,
    r"-\left(x_t + h_{t-1}\right)": lambda x, h, p: -(x + h),
    r"\left(W + U\right) x_t": lambda x, h, p: x @ (p.W + p.U).T,
    r"\left(W + U\right)^{\top} x_t": lambda x, h, p: x @ (p.W + p.U),
    "W U x_t": lambda x, h, p: x @ (p.W @ p.U).T,
    r"\tanh\left(h_{t-1}\right)": lambda x, h, p: np.tanh(h[:]),
    r"2 x_t": lambda x, h, p: x * 2,
    r"\frac{x_t}{2}": lambda x, h, p: 0.5 * x,
    r"\frac{1}{2} \left(x_t + b\right)": lambda x, h, p: 0.5 * (x + p.b),
    r"1 - \tanh^{2}\left(x_t\right)": lambda x, h, p: 1 - np.tanh(x) ** 2,
    r"\left(b^{\top} x_t\right) h_{t-1}": lambda x, h, p: (x @ p.b)[:, None] * h,
    r"W \left(\left(b^{\top} x_t\right) h_{t-1}\right)": lambda x, h, p: (
        ((x @ p.b)[:, None] * h) @ p.W.T
    ),
    r"\left(x_t + b\right)^{2}": lambda x, h, p: (x + p.b) ** 2,
    r"\left(x_t^{2}\right)^{2}": lambda x, h, p: (x**2) ** 2,
    r"\ln\left(x_t^{2} + 1\right)": lambda x, h, p: np.log(x**2 + 1),
    r"\operatorname{ReLU}\left(x_t + b\right)": lambda x, h, p: numerics.relu(x + p.b),
    r"x_t \odot \operatorname{ReLU}^{\prime}\left(b\right)": (
        lambda x, h, p: x * numerics.relu_slope(p.b)
    ),
    r"\operatorname{GELU}\left(x_t\right)": lambda x, h, p: numerics.gelu(x),
    r"\operatorname{GELU}^{\prime}\left(x_t\right)": lambda x, h, p: numerics.gelu_slope(x),
    r"x_t \odot \Phi\left(b\right)": lambda x, h, p: x * numerics._normal_share(p.b),
}


@pytest.mark.parametrize("latex", WRITINGS)
def test_how_an_expression_is_written(latex):
    assert _printed(WRITINGS[latex]) == latex


def _half(a):
    return a / 2


REFUSED = {
    "writing for vec / vec; give": lambda x, h, p: x / h,
    "writing for sca + vec; give": lambda x, h, p: (x @ p.b)[:, None] + h,
    "writing for this power of a vec; give": lambda x, h, p: x**h,
    "this choice between numbers of a vec": lambda x, h, p: np.where(x <= 0, x, h),
    "a mean over the components of a vec": lambda x, h, p: np.mean(h, axis=-1, keepdims=True) * x,
    "the function _half has no LaTeX": lambda x, h, p: h.through(_half),
    "components of a vec": lambda x, h, p: np.sum(h, axis=-1)[:, None] * x,
    "has no short decimal writing; name it": lambda x, h, p: x + 1e-9,
    "'h_prev[-1]' has no LaTeX; add it to the bounds": lambda x, h, p: h / h.shape[-1],
}


@pytest.mark.parametrize("words", REFUSED)
@pytest.mark.filterwarnings("ignore:invalid value encountered in power:RuntimeWarning")
def test_what_has_no_textbook_writing_is_refused(words):
    with pytest.raises(TraceError, match=re.escape(words)):
        _printed(REFUSED[words])


def test_a_refusal_names_the_function_and_the_equation():
    def step(x, h_prev, p):
        return RNNStep(x + 1e-9)

    entry = catalog.entry("rnn.step")._replace(function=step)
    values = random_steps.draw(np.random.default_rng(0))[1]
    with pytest.raises(TraceError, match="step, h: the number 1e-09"):
        entry.equations(values)


def test_an_index_without_a_place_in_the_latex_is_refused():
    scores = Node("in", (), np.ones((2, 3)), ("B", "i"), sym="s_<i>", name="scores")
    flat = Node("exp", (scores,), np.exp(scores.value), ("B", "i"), sym="e", name="flat")
    with pytest.raises(
        TraceError, match="the LaTeX of flat has no place <i>; add it in terms.toml"
    ):
        Printer("rnn").equation(flat)


def test_a_size_is_written_by_its_symbol():
    values = {"q": np.ones((2, 3, 4)), "k": np.ones((2, 5, 4))}
    node = trace(lambda q, k: (q @ k.mT) * q.shape[-1], values, "attention", result="scores")
    assert Printer("attention").equation(node["scores"]) == r"S = d_k Q K^{\top}"


def test_a_sum_of_matrices_keeps_its_parentheses_in_a_product():
    values = {"q": np.ones((2, 3, 4)), "k": np.ones((2, 5, 4))}
    node = trace(lambda q, k: (q + q) @ (k - k).mT, values, "attention", result="scores")
    expected = r"S = \left(Q + Q\right) \left(K - K\right)^{\top}"
    assert Printer("attention").equation(node["scores"]) == expected


def _sums_over(index, function):
    values = {"scores": np.ones((2, 3, 4)), "v": np.ones((2, 4, 5)), "q": np.ones((2, 3, 5))}
    node = trace(function, values, "attention-index-backward", result=index)[index]
    return Printer("attention-index-backward").equation(node).partition(" = ")[2]


def test_a_sum_may_run_over_an_index_that_is_not_the_last():
    def over_keys(scores, v, q):
        return np.sum(scores[..., None] * v[:, None], axis=2)

    assert _sums_over("y", over_keys) == r"\sum_{i=1}^{L_x} s_{ti} v_i"


def test_a_number_stands_before_a_scalar():
    assert _sums_over("weights", lambda scores, v, q: scores * 2) == r"2 s_{ti}"


def test_a_sum_of_vectors_below_one_another_stands_in_parentheses():
    def twice(scores, v, q):
        return np.sum(rows(q + q), axis=0)

    assert _sums_over("dv_a", twice) == r"\sum_{t=1}^{T} \left(q_t + q_t\right)"


def test_vectors_below_one_another_are_summed_over_their_indices_and_the_batch():
    def outer(scores, v, q):
        return rows(q).T @ rows(scores @ v)

    assert _sums_over("dW_a", outer) == (
        r"\sum_{t=1}^{T} q_t \left(\sum_{i=1}^{L_x} s_{ti} v_i\right)^{\top}"
    )


def test_a_part_of_a_vector_is_recorded_but_has_no_writing():
    def halved(scores, v, q):
        return (scores @ v)[..., : q.shape[-1]]

    with pytest.raises(TraceError, match="no print rule for part"):
        _sums_over("y", halved)


SUMS = {
    r"2 \sum_{i=1}^{L_x} \alpha_{ti} v_i": lambda y: 2 * y,
    r"-\sum_{i=1}^{L_x} \alpha_{ti} v_i": lambda y: -y,
    r"\sum_{i=1}^{L_x} \alpha_{ti} v_i + 1": lambda y: y + 1,
    r"\left(\sum_{i=1}^{L_x} \alpha_{ti} v_i\right) \odot \sum_{i=1}^{L_x} \alpha_{ti} v_i": (
        lambda y: y * y
    ),
    (
        r"\left(\frac{1}{2} \sum_{i=1}^{L_x} \alpha_{ti} v_i\right) \odot "
        r"\sum_{i=1}^{L_x} \alpha_{ti} v_i"
    ): lambda y: y / 2 * y,
}


@pytest.mark.parametrize("latex", SUMS)
def test_a_sum_reaches_no_further_than_its_terms(latex):
    values = {"weights": np.ones((2, 3, 4)), "v": np.ones((2, 4, 5))}
    node = trace(lambda weights, v: SUMS[latex](weights @ v), values, "attention-index", result="y")
    assert Printer("attention-index").equation(node["y"]) == f"y_t = {latex}"


def test_a_helper_with_a_mistake_in_it_is_not_shown_by_its_name():
    def nearly(x, h_prev, p):
        return 0.5 * (1 + np.tanh(0.25 * x))

    assert r"\sigma" not in _printed(nearly)


def test_attention_inside_another_function_is_shown_by_its_name():
    def twice(q, k, v):
        y = attention.attention(q, k, v).y
        return attention.attention(y, k, v).y

    matrices = dict.fromkeys("qkv", np.ones((2, 3, 3)))
    node = trace(twice, matrices, "attention", result="y")["y"]
    inner = r"\operatorname{Attention}\left(Q, K, V\right)"
    outer = rf"Y = \operatorname{{Attention}}\left({inner}, K, V\right)"
    assert Printer("attention").equation(node) == outer


def test_a_named_result_inside_a_helper_is_not_hidden_by_it():
    lines = catalog.equations("attention.attend")
    assert lines["y"] == "Y = A V"


def test_a_sum_takes_another_letter_where_its_own_is_in_use():
    latex = catalog.render("numerics.softmax")[0]
    assert r"\max_{j}" in latex and r"\sum_{j=1}" in latex and r"\max_{k}" in latex
