import copy
import math
import pickle

import cases
import numpy as np
import pytest
import random_training
import record_torch_training
import torch_peer
from cases import D, H
from refusals import texts

from rnnref import ArgumentError, DTypeError, ShapeError, gru, lstm, optim
from rnnref.optim import descent

RULES = {
    "sgd": optim.sgd,
    "momentum": optim.momentum,
    "nesterov": optim.nesterov,
    "rmsprop": optim.rmsprop,
    "adagrad": optim.adagrad,
    "adam": optim.adam,
    "adamw": optim.adamw,
}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
SPELLED = {"momentum": "mu"}  # PyTorch's name: ours
STEPS = record_torch_training.STEPS


def ours(case):
    """Return our rule for a recorded case: the settings are PyTorch's, by our names."""
    name, _, extra = case.partition(" ")
    if extra == "default":
        return RULES[name]()
    given = dict(record_torch_training.OPTIMISERS[case][1])
    given.pop("nesterov", None)
    given["beta1"], given["beta2"] = given.pop("betas", (0.9, 0.999))
    if not name.startswith("adam"):
        del given["beta1"], given["beta2"]
    return RULES[name](**{SPELLED.get(setting, setting): v for setting, v in given.items()})


def descend(rule, params, grads, state=None):
    """Return the parameters after every update, and the last state."""
    path, state = [], rule.init(params) if state is None else state
    for g in grads:
        params, state = rule.update(params, g, state)
        path.append(params)
    return path, state


DEFAULTS = [f"{kind.lower()} default" for kind in record_torch_training.DEFAULTS]


@torch_peer.SOURCES
@pytest.mark.parametrize("case", [*record_torch_training.OPTIMISERS, *DEFAULTS])
def test_every_update_equals_pytorch(source, case):
    arrays = torch_peer.values(source, "descent", record_torch_training)
    start = {name: arrays[f"start {name}"] for name in "Wb"}
    grads = [{name: arrays[f"grad {name}"][t] for name in "Wb"} for t in range(STEPS)]
    path, state = descend(ours(case), start, grads)
    assert state.t == STEPS
    for name in "Wb":
        found = [params[name] for params in path]
        np.testing.assert_allclose(found, arrays[f"{case}: {name}"], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("rule", [optim.momentum, optim.nesterov])
def test_the_momentum_rules_have_the_usual_defaults(rule):
    assert rule().step.keywords == {"lr": 1e-3, "mu": 0.9, "weight_decay": 0.0}


@torch_peer.SOURCES
def test_every_rule_equals_pytorch_whatever_its_settings(source):
    arrays = torch_peer.values(source, "random descents", record_torch_training)
    ends = []
    for k in range(random_training.DESCENTS):
        start, grads, rule, settings = random_training.descent(k)
        ends.append(descend(RULES[rule](**settings), start, grads)[0][-1])
    np.testing.assert_allclose(np.concatenate(ends), arrays["end"], rtol=1e-12, atol=1e-12)


def scalar_adam(p, gradients, lr, beta1, beta2, eps, decay, apart):
    """Return one parameter after every update, in plain numbers."""
    m = v = 0.0
    for t, g in enumerate(gradients, start=1):
        if apart:
            p -= lr * decay * p
        else:
            g += decay * p
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g**2 - v)
        p -= lr * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + eps)
        yield p


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_adam_equals_plain_numbers(name):
    gradients = [0.7, -2.0, 0.0, 1e-3, 40.0]
    rule = RULES[name](0.03, beta1=0.7, beta2=0.9, eps=1e-4, weight_decay=0.2)
    path, _ = descend(rule, np.array(0.5), [np.array(g) for g in gradients])
    true = scalar_adam(0.5, gradients, 0.03, 0.7, 0.9, 1e-4, 0.2, apart=name == "adamw")
    np.testing.assert_allclose(path, list(true), rtol=1e-14)


def nested(seed):
    """Return parameters of every make: records, dictionaries, lists, tuples, None, one number."""
    draw = cases.normal(seed)
    cell = cases.params("lstm", seed)
    table = {"E": draw(6, 2), 3: [draw(2), (draw(1, 3), None)]}
    return {"cell": cell, "gated": cases.params("gru", seed + 1), **table, "scale": draw()}


def flat(params):
    """Return the arrays of `nested` in order, taken out by hand."""
    cell, gated, E, ((*_,), *_), scale = params.values()
    one, (other, _) = params[3]
    kept = [array for array in (*cell, *gated) if array is not None]
    return [*kept, E, one, other, scale]


@every_rule
def test_every_array_of_a_nested_tree_is_updated_as_if_alone(rule):
    params, grads = nested(20), [nested(30 + 3 * t) for t in range(3)]
    path, _ = descend(rule(0.1), params, grads)
    alone = [
        descend(rule(0.1), p, [flat(g)[k] for g in grads])[0][-1]
        for k, p in enumerate(flat(params))
    ]
    for found, true in zip(flat(path[-1]), alone, strict=True):
        assert np.array_equal(found, true)


def test_the_make_of_the_parameters_is_kept():
    params = nested(20)
    new, state = optim.adam().update(params, nested(30), optim.adam().init(params))
    for tree in (new, state.memory["m"], state.memory["v"]):
        assert list(tree) == list(params)
        assert type(tree["cell"]) is lstm.Params and type(tree["gated"]) is gru.Params
        assert tree["gated"].b_u is None and tree[3][1][1] is None
        assert type(tree[3]) is list and type(tree[3][1]) is tuple
        assert tree["scale"].shape == ()


@every_rule
def test_nothing_to_train_is_no_mistake(rule):
    rule = rule()
    params, state = rule.update({}, {}, rule.init({}))
    assert params == {} and state.t == 1
    params, _ = rule.update({"none": None}, {"none": None}, rule.init({"none": None}))
    assert params == {"none": None}
    params, _ = rule.update(np.zeros((0, 3)), np.zeros((0, 3)), rule.init(np.zeros((0, 3))))
    assert params.shape == (0, 3)


@every_rule
def test_arguments_stay_and_results_share_no_memory_with_them(rule):
    rule = rule(0.0)
    p, g = np.ones((H, D)), np.full((H, D), 0.5)
    state = rule.init(p)
    for _ in range(2):
        new, later = rule.update(p, g, state)
        arrays = [p, g, *state.memory.values()]
        assert not any(
            np.shares_memory(a, b) for a in arrays for b in [new, *later.memory.values()]
        )
        state = later
    assert np.all(p == 1) and np.all(g == 0.5)


@every_rule
def test_what_a_rule_remembers_is_read_only(rule):
    rule, p = rule(), np.ones(3)
    first = rule.init(p)
    for state in (first, rule.update(p, p, first).state):
        assert not any(array.flags.writeable for array in state.memory.values())


@every_rule
def test_an_update_depends_on_its_arguments_alone(rule):
    rule, p, g = rule(0.1), cases.normal(1)(H, D), cases.normal(2)(H, D)
    state = rule.update(p, g, rule.init(p)).state
    first, again = (rule.update(p, 2 * g, state) for _ in range(2))
    assert np.array_equal(first.params, again.params)


@every_rule
def test_going_on_from_a_kept_state_is_going_on(rule):
    rule, p = rule(0.1), cases.normal(1)(H, D)
    grads = [cases.normal(5 + t)(H, D) for t in range(5)]
    whole, _ = descend(rule, p, grads)
    first, state = descend(rule, p, grads[:2])
    rest, _ = descend(rule, first[-1], grads[2:], copy.deepcopy(pickle.loads(pickle.dumps(state))))
    assert np.array_equal(rest[-1], whole[-1])


@every_rule
def test_float32_stays_float32_and_is_near_float64(rule):
    p, grads = cases.normal(1)(H, D), [cases.normal(5 + t)(H, D) for t in range(4)]
    double, _ = descend(rule(np.float64(0.1), weight_decay=0.1), p, grads)
    single, state = descend(
        rule(np.float64(0.1), weight_decay=0.1), p.astype("f4"), [g.astype("f4") for g in grads]
    )
    assert {a.dtype for a in [*single, *state.memory.values()]} == {np.dtype("f4")}
    np.testing.assert_allclose(single, double, rtol=1e-5, atol=1e-6)


@every_rule
@pytest.mark.parametrize("own, other", [("f8", "f4"), ("f4", "f8")])
def test_parameters_keep_their_dtype_whatever_that_of_gradients_and_state(rule, own, other):
    p, g, rule = np.ones(3, own), np.full(3, 0.3), rule(0.1)
    new, state = rule.update(p, g.astype(other), rule.init(p.astype(other)))
    same, _ = rule.update(p, g.astype(other).astype(own), rule.init(p))
    assert {a.dtype for a in [new, *state.memory.values()]} == {np.dtype(own)}
    assert np.array_equal(new, same)


@every_rule
def test_a_step_of_every_rule_goes_against_the_gradient(rule):
    g = cases.normal(4)(H, D)
    new, _ = rule(0.01, weight_decay=0.0).update(np.zeros((H, D)), g, rule().init(g))
    assert np.array_equal(np.sign(new), -np.sign(g))


@every_rule
def test_every_rule_finds_the_bottom_of_a_bowl(rule):
    slopes, bottom = np.array([1.0, 7.0]), np.array([3.0, -2.0])
    rule = rule(1.0 if rule is optim.adagrad else 0.05, weight_decay=0.0)
    p = np.zeros(2)
    state = rule.init(p)
    for _ in range(1500):
        p, state = rule.update(p, slopes * (p - bottom), state)
    np.testing.assert_allclose(p, bottom, atol=0.05)


def test_without_momentum_both_momentum_rules_are_plain_descent():
    p, grads = cases.normal(1)(H, D), [cases.normal(5 + t)(H, D) for t in range(3)]
    plain, _ = descend(optim.sgd(0.1, weight_decay=0.2), p, grads)
    for rule in (optim.momentum, optim.nesterov):
        path, _ = descend(rule(0.1, mu=0, weight_decay=0.2), p, grads)
        assert np.array_equal(path, plain)


def test_momentum_on_a_constant_slope_gets_faster_up_to_a_limit():
    path, _ = descend(optim.momentum(0.1, mu=0.75), np.zeros(1), [np.ones(1)] * 200)
    speeds = -np.diff(np.ravel(path))
    assert np.all(np.diff(speeds) > -1e-13)
    assert speeds[-1] == pytest.approx(0.1 / (1 - 0.75), rel=1e-12)


def test_nesterov_looks_at_the_sum_one_equal_gradient_later():
    """Its step is the one that plain momentum would make next, were the gradient the same."""
    g, decay = cases.normal(5)(H, D), {"lr": 0.1, "mu": 0.8, "weight_decay": 0.0}
    m = cases.normal(6)(H, D)
    zero = np.zeros((H, D))
    ahead = descent.momentum_step(zero, g, descent.momentum_step(zero, g, m, **decay).m, **decay)
    np.testing.assert_allclose(descent.nesterov_step(zero, g, m, **decay).p, ahead.p, rtol=1e-14)


@pytest.mark.parametrize("rule", [optim.rmsprop, optim.adagrad, optim.adam, optim.adamw])
def test_the_size_of_all_gradients_together_changes_no_step_of_the_scaled_rules(rule):
    p, grads = cases.normal(1)(H, D), [cases.normal(5 + t)(H, D) for t in range(4)]
    rule = rule(0.1, eps=1e-300, weight_decay=0.0)
    small, _ = descend(rule, p, grads)
    large, _ = descend(rule, p, [1e5 * g for g in grads])
    np.testing.assert_allclose(large, small, rtol=1e-12)


def test_the_first_step_of_adam_is_the_learning_rate_in_every_number():
    g = cases.normal(5)(H, D)
    new, _ = optim.adam(0.3, eps=1e-300).update(np.zeros((H, D)), g, optim.adam().init(g))
    np.testing.assert_allclose(new, -0.3 * np.sign(g), rtol=1e-14)


def test_without_decay_adamw_is_adam():
    p, grads = cases.normal(1)(H, D), [cases.normal(5 + t)(H, D) for t in range(3)]
    first, _ = descend(optim.adam(0.1), p, grads)
    other, _ = descend(optim.adamw(0.1, weight_decay=0.0), p, grads)
    assert np.array_equal(first, other)


def test_where_the_gradient_is_zero_decay_shrinks_with_sgd_and_adamw_but_adam_normalises_it():
    p, zero = cases.normal(1)(H, D), np.zeros((H, D))
    shrunk = {}
    for name in ("sgd", "adam", "adamw"):
        rule = RULES[name](0.1, weight_decay=0.2)
        shrunk[name] = rule.update(p, zero, rule.init(p)).params
    np.testing.assert_allclose(shrunk["sgd"], 0.98 * p, rtol=1e-15)
    np.testing.assert_allclose(shrunk["adamw"], 0.98 * p, rtol=1e-15)
    np.testing.assert_allclose(shrunk["adam"], p - 0.1 * np.sign(p), rtol=1e-5)


def test_a_zero_gradient_moves_nothing_without_a_warning():
    for rule in RULES.values():
        rule = rule(weight_decay=0.0)
        assert np.array_equal(
            rule.update(np.ones(2), np.zeros(2), rule.init(np.ones(2))).params, [1, 1]
        )


def test_every_step_names_all_its_values_in_order():
    values = descent.adam_step(
        *np.array([2.0, 0.5, 0.2, 0.1]),
        t=3,
        lr=0.1,
        beta1=0.9,
        beta2=0.99,
        eps=1e-8,
        weight_decay=0.1,
    )
    assert values._fields == ("g", "m", "v", "m_hat", "v_hat", "p")
    assert values.g == pytest.approx(0.5 + 0.1 * 2.0)
    assert values.m_hat == pytest.approx(values.m / (1 - 0.9**3))


p, plain = cases.params("lstm"), {"W": np.ones((H, D)), "b": np.ones(H)}
started = optim.adam().init(plain)
floats = "an array of float64 or float32", "float64 或 float32 数组"
REFUSALS = {
    "a gradient of another shape": (
        lambda: optim.adam().update(plain, plain | {"b": np.ones(7)}, started),
        ShapeError,
        "optim.adam().update: grads['b'] must have shape (4,), got (7,): "
        "this is the shape of params['b']",
        "optim.adam().update：grads['b'] 应具有形状 (4,)，实际是 (7,)：params['b'] 的形状如此",
    ),
    "a gradient that NumPy would broadcast": (
        lambda: optim.sgd().update(p, p._replace(b=np.ones(1)), optim.sgd().init(p)),
        ShapeError,
        "optim.sgd().update: grads.b must have shape (16,), got (1,): "
        "this is the shape of params.b",
        "optim.sgd().update：grads.b 应具有形状 (16,)，实际是 (1,)：params.b 的形状如此",
    ),
    "a missing gradient": (
        lambda: optim.adam().update(plain, {"W": np.ones((H, D))}, started),
        ArgumentError,
        "optim.adam().update: grads['b'] must be an array (4,), got None: there is params['b']",
        "optim.adam().update：grads['b'] 应为数组 (4,)，实际是 None：有 params['b']",
    ),
    "a gradient of nothing": (
        lambda: optim.adam().update(plain, plain | {"c": np.ones(2)}, started),
        ArgumentError,
        "optim.adam().update: grads['c'] must be None, got an array of float64: "
        "there is no params['c']",
        "optim.adam().update：grads['c'] 应为 None，实际是 float64 数组：没有 params['c']",
    ),
    "a gradient that is no array": (
        lambda: optim.adam().update(plain, plain | {"b": 3.0}, started),
        DTypeError,
        f"optim.adam().update: grads['b'] must be {floats[0]}, got float",
        f"optim.adam().update：grads['b'] 应为 {floats[1]}，实际是 float",
    ),
    "parameters of integers": (
        lambda: optim.adagrad().init([np.ones(2), (np.ones(2, int),)]),
        DTypeError,
        f"optim.adagrad().init: params[1][0] must be {floats[0]}, got an array of int64",
        f"optim.adagrad().init：params[1][0] 应为 {floats[1]}，实际是 int64 数组",
    ),
    "complex parameters": (
        lambda: optim.rmsprop().init(np.ones(2, complex)),
        DTypeError,
        f"optim.rmsprop().init: params must be {floats[0]}, got an array of complex128",
        f"optim.rmsprop().init：params 应为 {floats[1]}，实际是 complex128 数组",
    ),
    "the state of other parameters": (
        lambda: optim.adam().update(p, p, optim.adam().init(p._replace(b=np.ones(3)))),
        ShapeError,
        "optim.adam().update: state.memory['m'].b must have shape (16,), got (3,): "
        "this is the shape of params.b",
        "optim.adam().update：state.memory['m'].b 应具有形状 (16,)，实际是 (3,)："
        "params.b 的形状如此",
    ),
    "the state of another rule": (
        lambda: optim.momentum().update(plain, plain, started),
        DTypeError,
        "optim.momentum().update: state must be a record optim.State of optim.momentum().init, "
        "got a State of another rule",
        "optim.momentum().update：state 应为 optim.momentum().init 给出的 optim.State，"
        "实际是别的规则的 State",
    ),
    "no state": (
        lambda: optim.sgd().update(plain, plain, None),
        DTypeError,
        "optim.sgd().update: state must be a record optim.State of optim.sgd().init, got None",
        "optim.sgd().update：state 应为 optim.sgd().init 给出的 optim.State，实际是 None",
    ),
    "a state without memory": (
        lambda: optim.sgd().update(plain, plain, optim.State(0, None)),
        DTypeError,
        "optim.sgd().update: state must be a record optim.State of optim.sgd().init, "
        "got a State of another rule",
        "optim.sgd().update：state 应为 optim.sgd().init 给出的 optim.State，"
        "实际是别的规则的 State",
    ),
    "a state that would be divided by zero": (
        lambda: optim.adam().update(plain, plain, started._replace(t=-1)),
        ArgumentError,
        "optim.adam().update: state.t must be an integer of at least 0, got -1",
        "optim.adam().update：state.t 应为至少为 0 的整数，实际是 -1",
    ),
    "half an update": (
        lambda: optim.adam().update(plain, plain, started._replace(t=0.5)),
        ArgumentError,
        "optim.adam().update: state.t must be an integer of at least 0, got 0.5",
        "optim.adam().update：state.t 应为至少为 0 的整数，实际是 0.5",
    ),
    "a number of updates in words": (
        lambda: optim.adam().update(plain, plain, started._replace(t="a")),
        ArgumentError,
        "optim.adam().update: state.t must be an integer of at least 0, got a",
        "optim.adam().update：state.t 应为至少为 0 的整数，实际是 a",
    ),
    "an eps that vanishes in float32": (
        lambda: optim.adagrad(eps=1e-50).update(
            {"b": np.ones(2, "f4")}, {"b": np.zeros(2)}, optim.adagrad().init({"b": np.ones(2)})
        ),
        ArgumentError,
        "optim.adagrad().update: eps must be above 0 in float32, got 1e-50: "
        "this is the dtype of params['b']",
        "optim.adagrad().update：eps 应为在 float32 中大于 0 的数，实际是 1e-50："
        "params['b'] 的类型如此",
    ),
    "a norm of NaN": (
        lambda: optim.clip_norm({"a": [p, p._replace(U=spoilt(p.U, (2, 1), np.nan))]}, 1.0),
        ArgumentError,
        "optim.clip_norm: grads['a'][1].U must be finite, got nan at (2, 1)",
        "optim.clip_norm：grads['a'][1].U 应为有限的数，实际是 (2, 1) 处的 nan",
    ),
    "an infinite norm": (
        lambda: optim.clip_norm(spoilt(p.b, (5,), -np.inf), 1.0),
        ArgumentError,
        "optim.clip_norm: grads must be finite, got -inf at (5,)",
        "optim.clip_norm：grads 应为有限的数，实际是 (5,) 处的 -inf",
    ),
    "a negative limit": (
        lambda: optim.clip_norm(p, -1),
        ArgumentError,
        "optim.clip_norm: limit must be a number in [0, inf], got -1",
        "optim.clip_norm：limit 应为 [0, inf] 内的数，实际是 -1",
    ),
    "a gradient of integers to scale": (
        lambda: optim.clip_norm({"b": np.ones(2, int)}, 1.0),
        DTypeError,
        f"optim.clip_norm: grads['b'] must be {floats[0]}, got an array of int64",
        f"optim.clip_norm：grads['b'] 应为 {floats[1]}，实际是 int64 数组",
    ),
    "a gradient of integers to cut": (
        lambda: optim.clip_value({"b": np.ones(2, int)}, 1.0),
        DTypeError,
        f"optim.clip_value: grads['b'] must be {floats[0]}, got an array of int64",
        f"optim.clip_value：grads['b'] 应为 {floats[1]}，实际是 int64 数组",
    ),
    "a limit of NaN": (
        lambda: optim.clip_value(p, math.nan),
        ArgumentError,
        "optim.clip_value: limit must be a number in [0, inf], got nan",
        "optim.clip_value：limit 应为 [0, inf] 内的数，实际是 nan",
    ),
    "a rate beyond all floats": (
        lambda: optim.adam(10**400),
        ArgumentError,
        "optim.adam: lr must be a number in [0, inf), got an integer of 1329 bits: "
        "no float can hold it",
        "optim.adam：lr 应为 [0, inf) 内的数，实际是 1329 位的二进制整数：浮点数放不下它",
    ),
    "a rate that is no number": (
        lambda: optim.adam("0.1"),
        ArgumentError,
        "optim.adam: lr must be a number in [0, inf), got 0.1",
        "optim.adam：lr 应为 [0, inf) 内的数，实际是 0.1",
    ),
}


def spoilt(array, place, value):
    array = array.copy()
    array[place] = value
    array[-1] = value  # the first bad place is named, not the last
    return array


test_the_whole_english_text_of_a_refusal, test_the_whole_chinese_text_of_a_refusal = texts(REFUSALS)


OUTSIDE = [
    *[(rule, "lr", value) for rule in RULES for value in (-0.1, math.inf, math.nan)],
    *[(rule, "weight_decay", value) for rule in RULES for value in (-0.1, math.inf)],
    *[(rule, "mu", value) for rule in ("momentum", "nesterov") for value in (-0.1, 1, 1.5)],
    *[("rmsprop", "alpha", value) for value in (-0.1, 1)],
    *[(rule, beta, 1) for rule in ("adam", "adamw") for beta in ("beta1", "beta2")],
    *[
        (rule, "eps", value)
        for rule in ("rmsprop", "adagrad", "adam", "adamw")
        for value in (0, -1)
    ],
]


@pytest.mark.parametrize(("rule", "setting", "value"), OUTSIDE)
def test_a_setting_out_of_its_range_is_refused(rule, setting, value):
    with pytest.raises(ArgumentError) as refusal:
        RULES[rule](**{setting: value})
    assert str(refusal.value).startswith(f"optim.{rule}: {setting} must be a number in ")
    assert str(refusal.value).endswith(f", got {value}")


@torch_peer.SOURCES
def test_clipping_equals_pytorch_but_for_its_enlarged_norm(source):
    arrays = torch_peer.values(source, "clipped", record_torch_training)
    grads = {"W": arrays["g W"], "b": arrays["g b"]}
    found, norm = optim.clip_norm(grads, 1.5)
    assert norm == pytest.approx(arrays["norm"], rel=1e-15)
    for name in grads:
        true = arrays[f"norm {name}"] * (norm + 1e-6) / norm
        np.testing.assert_allclose(found[name], true, rtol=1e-14)
        cut = optim.clip_value(grads, 0.4)[name]
        assert np.array_equal(cut, arrays[f"value {name}"])


def global_norm(tree):
    return math.sqrt(sum(float(g) ** 2 for array in flat(tree) for g in array.ravel()))


def test_the_norm_is_that_of_all_numbers_together():
    grads = nested(40)
    assert optim.clip_norm(grads, 1).norm == pytest.approx(global_norm(grads), rel=1e-14)
    assert global_norm(optim.clip_norm(grads, 0.3).grads) == pytest.approx(0.3, rel=1e-14)


def test_clipping_keeps_the_direction():
    grads = nested(40)
    found, norm = optim.clip_norm(grads, 0.3)
    for new, old in zip(flat(found), flat(grads), strict=True):
        np.testing.assert_allclose(new, old * (0.3 / norm), rtol=1e-14)


def test_a_norm_below_the_limit_changes_no_bit_and_gives_a_copy():
    grads = nested(40)
    norm = optim.clip_norm(grads, 0).norm
    for limit in (norm, norm * (1 + 1e-12), math.inf):
        found = optim.clip_norm(grads, limit)
        assert found.norm == norm
        for new, old in zip(flat(found.grads), flat(grads), strict=True):
            assert np.array_equal(new, old) and not np.shares_memory(new, old)


def test_clipping_twice_is_clipping_once():
    once = optim.clip_norm(nested(40), 0.3).grads
    twice = optim.clip_norm(once, 0.3).grads
    for new, old in zip(flat(twice), flat(once), strict=True):
        np.testing.assert_allclose(new, old, rtol=3e-16)
    cut = optim.clip_value(nested(40), 0.3)
    for new, old in zip(flat(optim.clip_value(cut, 0.3)), flat(cut), strict=True):
        assert np.array_equal(new, old)


def test_a_limit_of_zero_gives_zeros():
    for tree in (optim.clip_norm(nested(40), 0).grads, optim.clip_value(nested(40), 0)):
        assert not any(np.any(array) for array in flat(tree))


def test_zero_gradients_and_none_at_all_have_norm_zero():
    zeros = np.zeros(3)
    found = optim.clip_norm(zeros, 1.0)
    assert found.norm == 0 and not np.shares_memory(found.grads, zeros)
    assert optim.clip_norm({}, 1.0) == ({}, 0.0)
    assert optim.clip_norm([np.zeros((0, 2)), None], 1.0).norm == 0
    assert optim.clip_norm(np.zeros(3), 0).grads.tolist() == [0, 0, 0]


@pytest.mark.parametrize("size", [1e300, 1e-300, 1e-318])
def test_the_norm_neither_overflows_nor_vanishes(size):
    g = np.array([3.0, 4.0]) * size
    found, norm = optim.clip_norm({"a": g, "b": 0 * g}, 1e-320)
    assert norm == pytest.approx(5 * size, rel=1e-5)
    np.testing.assert_allclose(found["a"], [0.6e-320, 0.8e-320], rtol=1e-3)


def test_gradients_at_the_largest_float_are_clipped_although_their_norm_is_infinite():
    found, norm = optim.clip_norm(np.full(4, np.finfo(float).max), 2.0)
    assert norm == math.inf
    assert found.tolist() == [1, 1, 1, 1]


def test_clipping_keeps_float32_also_beside_huge_float64():
    single = np.array([3.0, 4.0], np.float32)
    found, norm = optim.clip_norm({"s": single, "d": np.array([1e300])}, 1.0)
    assert found["s"].dtype == np.float32 and found["d"].dtype == np.float64
    assert found["d"].tolist() == [1] and norm == 1e300
    assert optim.clip_value(single, 1e300).dtype == np.float32
    assert optim.clip_value(single, 3.5).tolist() == [3, 3.5]


def test_clipping_by_value_keeps_nan_and_cuts_infinity():
    found = optim.clip_value(np.array([np.nan, np.inf, -np.inf, 0.1]), 2)
    assert np.isnan(found[0]) and found[1:].tolist() == [2, -2, 0.1]
    assert optim.clip_value(np.array([np.inf]), math.inf).tolist() == [np.inf]


@pytest.mark.parametrize(
    "clip", [lambda g: optim.clip_norm(g, 0.1).grads, lambda g: optim.clip_value(g, 0.1)]
)
def test_clipping_changes_no_argument(clip):
    g = np.array([3.0, -4.0])
    assert not np.shares_memory(clip(g), g)
    assert g.tolist() == [3, -4]
