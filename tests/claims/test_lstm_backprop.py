"""The claims of the page on the backward pass of the LSTM, one test each."""

import functools
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from rnnref import examples, gradcheck, lstm
from rnnref.explain import ablation, values
from rnnref.explain.ablation import NAMES, broken, derivatives, errors
from rnnref.explain.values import lstm_backprop
from rnnref.numerics import sigmoid
from scripts.listings import captured

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples"
B, T, D, H = 2, 4, 3, 5
EVERY = {*NAMES, "h", "c"}
WRONG = 1e-9  # as in the example


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def case(rng):
    """Return x, p, state and dy: random, nothing zero, all sizes different."""
    p = lstm.Params(*(rng.uniform(-1, 1, s) for s in [(4 * H, D), (4 * H, H), 4 * H]))
    state = lstm.State(*rng.uniform(-1, 1, (2, B, H)))
    return rng.standard_normal((B, T, D)), p, state, rng.standard_normal((B, T, H))


@pytest.fixture
def one(case, rng):
    """Return the arguments of one backward step by name, as a forward step leaves them."""
    x, p, state, _ = case
    dh, dc_next = rng.standard_normal((2, B, H))
    s = lstm.step(x[:, 0], state.h, state.c, p)
    before = {"h_prev": state.h, "c_prev": state.c}
    return {"dh": dh, "dc_next": dc_next, "x": x[:, 0], **before, "s": s, "p": p}


def steps(case, count):
    """Return a case with its last steps left out."""
    x, p, state, dy = case
    return x[:, :count], p, state, dy[:, :count]


def from_zeros(case):
    x, p, state, dy = case
    return x, p, lstm.State(0 * state.h, 0 * state.c), dy


def wrong(step_backward, case, names=None):
    """Return the names of all gradients that a backward step gets wrong."""
    found = errors(ablation.backward(step_backward, *case), derivatives(*case))
    return {name for name in names or found if found[name] > WRONG}


@functools.cache
def program():
    """Return the names that the example of the ablation defines."""
    return runpy.run_path(str(EXAMPLES / "lstm_ablation.py"))


def three(gate):
    return {f"{kind}_{gate}" for kind in "WUb"}


def number(name):
    """Return a value of the page as a number, of a written-out line what stands behind the "="."""
    given = values.get(f"lstm-backprop.{name}")
    return float(given.rpartition("=")[2].replace("−", "-")) if isinstance(given, str) else given


def as_entered(name):
    """Return what a reader gets who enters a written-out line as it is printed."""
    text = values.get(f"lstm-backprop.{name}").partition("=")[0]
    for sign, typed in {"−": "-", "×": "*", "²": "**2", "\N{NO-BREAK SPACE}": " "}.items():
        text = text.replace(sign, typed)
    assert re.fullmatch(r"[-+*0-9. ()]+", text)
    return eval(text)


@pytest.mark.claim("lstm-backprop.last")
def test_the_last_step_receives_nothing_from_later(case):
    x, p, state, dy = case
    run = lstm.forward(x, p, state=state)
    flow = lstm.backward(run, dy=dy).flow
    through_h = dy * run.steps.o * (1 - np.tanh(run.steps.c) ** 2)
    np.testing.assert_array_equal(flow.h[:, -1], dy[:, -1])
    np.testing.assert_allclose(flow.c[:, -1], through_h[:, -1], rtol=0, atol=1e-15)
    assert np.all(flow.h[:, :-1] != dy[:, :-1])
    assert not np.isclose(flow.c[:, :-1], through_h[:, :-1]).any()


@pytest.mark.claim("lstm-backprop.total")
def test_the_recursion_gives_the_total_derivative_by_both_states(case):
    x, p, state, dy = case
    run = lstm.forward(x, p, state=state)
    flow = lstm.backward(run, dy=dy).flow
    for t in range(T):

        def loss(h, c, t=t):  # the states of step t, c moved before the output gate reads it
            h = h + run.steps.o[:, t] * (np.tanh(c) - np.tanh(run.steps.c[:, t]))
            own, rest = np.sum(dy[:, t] * h), x[:, t + 1 :] + 0j
            if t == T - 1:
                return own
            return own + np.sum(dy[:, t + 1 :] * lstm.forward(rest, p, state=at(h, c)).y)

        args = {"h": run.steps.h[:, t], "c": run.steps.c[:, t]}
        report = gradcheck.check(loss, args, {"h": flow.h[:, t], "c": flow.c[:, t]})
        assert report.ok, report


def at(h, c):
    return lstm.State(h + 0j, c + 0j)


@pytest.mark.claim("lstm-backprop.by-hand")
def test_the_table_agrees_with_itself_and_with_backward():
    flow = lstm.backward(examples.lstm_run(), dy=examples.DY).flow
    for name in ("dh", "dc", "dh_prev", *lstm_backprop.FACTORS):
        line = f"{name}-line-1"
        assert abs(as_entered(line) - number(line)) < 2e-4, line
    before = flow.h[0, 0] - examples.DY[0, 0]
    for name, wanted in [("dh", flow.h[0, 1]), ("dc", flow.c[0, 1]), ("dh_prev", before)]:
        assert abs(number(f"{name}-line-1") - wanted[0]) < 5.1e-5
        assert abs(number(f"{name}-2") - wanted[1]) < 5.1e-5
    assert abs(as_entered("one-gate") - number("one-gate")) < 2e-4


@pytest.mark.claim("lstm-backprop.no-carry")
def test_without_the_share_of_the_belt_a_gradient_of_the_example_points_the_other_way():
    for unit in ("1", "2"):
        assert 0.25 < number(f"dc_next-{unit}") / number(f"dc-{unit}") < 0.31
    zeros = lstm.State(*np.zeros((2, 1, 2)))
    given = examples.X, examples.lstm_params(), zeros, examples.DY
    found = ablation.backward(broken("dc_next + dh", "dh"), *given)["b_i"][0]
    true = derivatives(*given)["b_i"][0]
    assert found < 0 < true
    assert abs(found - number("db_i-without")) < 5.1e-5 and abs(true - number("db_i")) < 5.1e-5


@pytest.mark.claim("lstm-backprop.gate-slope")
def test_the_slope_of_a_gate_is_its_value_times_one_minus_it_and_a_quarter_at_most(rng):
    a = np.append(rng.standard_normal(99), 0.0)
    gate = sigmoid(a)
    measured = np.imag(sigmoid(a + 1e-30j)) / 1e-30
    np.testing.assert_allclose(gate * (1 - gate), measured, rtol=1e-13)
    assert measured[-1] == 0.25 and np.all(measured[:-1] < 0.25)


@pytest.mark.claim("lstm-backprop.o-apart")
def test_the_share_of_the_belt_enters_three_layers_and_not_the_output_gate(one):
    some, other = (lstm.step_backward(**one | {"dc_next": k * one["dc_next"]}) for k in (1, 2))
    for gate in "fic":
        assert np.all(getattr(some, f"da_{gate}") != getattr(other, f"da_{gate}"))
    np.testing.assert_array_equal(some.da_o, other.da_o)


@pytest.mark.claim("lstm-backprop.stack")
def test_the_input_gradient_of_the_upper_lstm_is_the_output_gradient_of_the_lower(case, rng):
    x, lower, _, _ = case
    upper = lstm.Params(*(rng.uniform(-1, 1, s) for s in [(8, H), (8, 2), 8]))
    dy = rng.standard_normal((B, T, 2))

    def loss(W, U, b):
        return np.sum(dy * lstm.forward(lstm.forward(x, lstm.Params(W, U, b)).y, upper).y)

    below = lstm.forward(x, lower)
    dx = lstm.backward(lstm.forward(below.y, upper), dy=dy).x
    grads = lstm.backward(below, dy=dx).params
    args, found = ({n: getattr(p, n) for n in "WUb"} for p in (lower, grads))
    assert gradcheck.check(loss, args, found).ok


@pytest.mark.claim("lstm-backprop.shares")
def test_the_shares_of_three_steps_add_up_to_the_gradient():
    shares = [number(f"share-{t}") for t in (1, 2, 3)]
    true = lstm.backward(examples.lstm_run(), dy=examples.DY).params.W_f[0, 0]
    assert abs(sum(lstm_backprop.shares()) - true) < 1e-15
    assert abs(sum(shares) - number("dW_f")) < 2e-4


@pytest.mark.claim("lstm-backprop.first-share")
def test_from_zeros_the_first_step_adds_nothing_to_the_gradients_of_the_forget_gate(case, rng):
    assert lstm_backprop.shares()[0] == 0
    x, p, state, dy = from_zeros(steps(case, 1))
    p.b_f[:] = rng.standard_normal(H)
    assert not lstm.backward(lstm.forward(x, p, state=state), dy=dy).params.b_f.any()


@pytest.mark.claim("lstm-backprop.loop")
def test_a_loop_over_the_step_is_the_backward_of_the_sequence(case):
    x, p, state, dy = case
    looped = ablation.backward(lstm.step_backward, *case)
    back = lstm.backward(lstm.forward(x, p, state=state), dy=dy)
    for name, found in looped.items():
        wanted = getattr(back.state if name in "hc" else back.params, name)
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-12)


@pytest.mark.claim("lstm-backprop.belt")
def test_what_comes_along_the_belt_is_multiplied_by_f_alone(one):
    back = lstm.step_backward(**one | {"dh": 0 * one["dh"]})
    np.testing.assert_array_equal(back.dc_prev, one["dc_next"] * one["s"].f)


@pytest.mark.claim("lstm-backprop.leak")
def test_the_belt_leaks_into_the_hidden_state_through_three_layers(one):
    back, p = lstm.step_backward(**one | {"dh": 0 * one["dh"]}), one["p"]
    by_layer = {g: getattr(back, f"da_{g}") @ getattr(p, f"U_{g}") for g in "fico"}
    assert all(by_layer[gate].all() for gate in "fic") and not by_layer["o"].any()
    np.testing.assert_allclose(sum(by_layer.values()), back.dh_prev, rtol=0, atol=1e-14)


@pytest.mark.claim("lstm-backprop.variants")
def test_the_three_variants_agree_with_numeric_derivatives_over_a_sequence(case, rng):
    x, p, _, dy = case
    P = 2
    narrow = p._replace(U=rng.uniform(-1, 1, (4 * H, P)), W_p=rng.uniform(-1, 1, (P, H)))
    for weights, options in [
        (p._replace(p=rng.uniform(-1, 1, 3 * H)), {}),
        (p, {"coupled": True}),
        (narrow, {}),
    ]:
        width = weights.U.shape[1]
        state = lstm.State(rng.uniform(-1, 1, (B, width)), rng.uniform(-1, 1, (B, H)))
        given, up = {k: w for k, w in weights._asdict().items() if w is not None}, dy[..., :width]

        def loss(state=state, options=options, up=up, **given):
            run = lstm.forward(x + 0j, lstm.Params(**given), state=at(*state), **options)
            return np.sum(up * run.y)

        back = lstm.backward(lstm.forward(x, weights, state=state, **options), dy=up).params
        report = gradcheck.check(loss, given, {name: getattr(back, name) for name in given})
        assert report.ok, report


@pytest.mark.claim("lstm-backprop.check")
def test_every_array_of_the_example_passes_with_errors_of_rounding():
    verdict, *rows = captured(EXAMPLES / "lstm_backward_check.py").splitlines()
    assert verdict.startswith("gradient right")
    found = {name: (int(size), float(error)) for name, size, error in map(str.split, rows)}
    sizes = {"W": 60, "U": 100, "b": 20, "x": 24, "h": 10, "c": 10}
    assert {name: size for name, (size, _) in found.items()} == sizes
    assert max(error for _, error in found.values()) < 1e-14


@pytest.mark.claim("lstm-backprop.consistent")
def test_a_mistake_made_in_both_directions_passes_the_check(one):
    x, h, c, p, dh = (one[name] for name in ("x", "h_prev", "c_prev", "p", "dh"))

    def wrong_h(U_o, tanh=lambda c: c):
        U = np.concatenate([p.U_i, p.U_f, p.U_c, U_o])
        s = lstm.step(x + 0j, h + 0j, c + 0j, p._replace(U=U))
        return s.o * tanh(s.c)

    back = broken("do = dh * np.tanh(s.c)", "do = dh * s.c")(**one)

    def loss(U_o):
        return np.sum(dh * wrong_h(U_o))

    def right_loss(U_o):
        return np.sum(dh * wrong_h(U_o, np.tanh))

    verdicts = [
        gradcheck.check(f, {"U_o": p.U_o}, {"U_o": back.dU_o}).ok for f in (loss, right_loss)
    ]
    assert verdicts == [True, False]


@pytest.mark.claim("lstm-backprop.ablation")
def test_four_steps_catch_all_ten_and_all_but_one_spoil_every_gradient(case):
    for k, edit in program()["BROKEN"].items():
        assert wrong(broken(*edit), case) == ({"b_i"} if k == 9 else EVERY), k


@pytest.mark.claim("lstm-backprop.local")
def test_one_step_shows_only_what_lies_downstream_of_the_mistake(case):
    through_c = EVERY - three("o")
    downstream = {
        **{1: set(), 2: through_c, 3: through_c, 4: three("f") | {"h"}, 5: three("i") | {"h"}},
        **{6: {"h"}, 7: {"h"}, 8: {"c"}, 9: {"b_i"}, 10: {"c"}},
    }
    for k, edit in program()["BROKEN"].items():
        assert wrong(broken(*edit), steps(case, 1)) == downstream[k], k


def weak_checks(case):
    """Return the weak checks of the page: a case, and which gradients are compared."""
    x, p, state, dy = case
    late = dy * (np.arange(T) == T - 1)[:, None]
    alike = lstm.Params(*(np.concatenate([array[:H]] * 4) for array in p[:3]))
    return {
        "A": (case, None),
        "B": (steps(case, 1), None),
        "C": (from_zeros(steps(case, 1)), NAMES),
        "D": (from_zeros((x[:, 2:], p, state, late[:, 2:])), ["U_f"]),
        "E": ((x, p._replace(b=0 * p.b), state, dy), None),
        "F": ((x, alike, state, dy), None),
    }


@pytest.mark.claim("lstm-backprop.weak")
def test_each_weak_check_lets_the_listed_mistakes_pass(case):
    passed = {
        label: [k for k, edit in program()["BROKEN"].items() if not wrong(broken(*edit), *given)]
        for label, given in weak_checks(case).items()
    }
    listed = {"A": [], "B": [1], "C": [1, 6, 7, 8, 10], "D": [1, *range(5, 11)]}
    assert passed == listed | {"E": [10], "F": [8]}
    for lang in ("zh", "en"):
        page = (DOCS / lang / "lstm-backprop.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| ([A-F]) \| .* \| (.+) \|$", page, re.M)
        assert {name: list(map(int, re.findall(r"\d+", row))) for name, row in rows} == passed
    rows = captured(EXAMPLES / "lstm_ablation.py").rpartition("A B C D E F\n")[2].splitlines()
    for row in rows:
        k, *marks = row.split()
        assert marks == ["·" if int(k) in passed[label] else "×" for label in "ABCDEF"]


@pytest.mark.claim("lstm-backprop.h-now")
def test_the_state_after_the_step_spoils_the_gradient_of_u_alone(case):
    right = "dU_f, dU_i = da_f.T @ h_prev, da_i.T @ h_prev"
    assert wrong(broken(right, right.replace("h_prev", "s.h")), case) == {"U_f", "U_i"}


@pytest.mark.claim("lstm-backprop.open")
def test_a_gate_that_stands_at_one_hands_everything_on_and_has_no_gradient(one):
    before = lstm.step_backward(**one)
    back = lstm.step_backward(**one | {"s": one["s"]._replace(f=np.ones((B, H)))})
    np.testing.assert_array_equal(back.dc, before.dc)  # no f in it
    np.testing.assert_array_equal(back.dc_prev, back.dc)
    assert not back.da_f.any() and before.da_f.all()


@pytest.mark.claim("lstm-backprop.forget-idle")
def test_sequences_of_one_step_from_zeros_never_move_the_forget_gate(case):
    x, p, state, dy = from_zeros(steps(case, 1))
    grads = lstm.backward(lstm.forward(x, p, state=state), dy=dy).params
    assert not any(getattr(grads, name).any() for name in three("f"))
    assert all(getattr(grads, name).any() for name in ("W_i", "W_c", "W_o"))


REPAIRS = {  # mistake: what is wrong at T = 1 and at T = 4
    ("1 - s.c_tilde**2", "1 - s.c_tilde"): (three("c") | {"h"}, EVERY),
    ("do = dh * np.tanh(s.c)", "do = dh * s.c"): (three("o") | {"h"}, EVERY),
    ("da_i @ p.U_i", "da_i @ p.U_f"): ({"h"}, EVERY),
    ("dc_prev = dc * s.f", "dc_prev = dc"): ({"c"}, EVERY),
    ("da_o.T @ h_prev", "da_o.T @ s.h"): ({"U_o"}, {"U_o"}),
}


@pytest.mark.claim("lstm-backprop.repairs")
def test_the_five_mistakes_of_the_exercise_show_their_symptoms(case):
    x, p, state, dy = case
    for edit, (short, long) in REPAIRS.items():
        assert wrong(broken(*edit), steps(case, 1)) == short, edit
        assert wrong(broken(*edit), case) == long, edit
    candidate, tanh, U, f, _ = (broken(*edit) for edit in REPAIRS)
    small = p._replace(W=p.W.copy(), U=p.U.copy(), b=p.b.copy())
    for array in (small.W_c, small.U_c, small.b_c):
        array *= 1e-4
    quiet = x, small, state._replace(c=1e-4 * state.c), dy  # small candidates make c small too
    for step_backward in (candidate, tanh):
        true = derivatives(*quiet)
        assert max(errors(ablation.backward(step_backward, *quiet), true).values()) < 1e-2
    same = p._replace(U=np.concatenate([p.U_i] * 4))
    open_gate = p._replace(b=p.b.copy())
    open_gate.b_f[:] = 10.0
    assert not wrong(U, (x, same, state, dy))
    given = x, open_gate, state, dy
    assert max(errors(ablation.backward(f, *given), derivatives(*given)).values()) < 1e-2


@pytest.mark.claim("lstm-backprop.trap")
def test_the_belt_counted_twice_passes_three_weak_checks_and_not_the_strong_one(case):
    twice = broken("dc_next + dh", "2 * dc_next + dh")
    checks = weak_checks(case)
    assert wrong(twice, *checks["A"])
    assert not any(wrong(twice, *checks[label]) for label in "BCD")
