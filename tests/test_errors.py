"""The words of refusals, in both languages."""

import copy
import os
import pickle
import subprocess
import sys
from pathlib import Path

import cases
import numpy as np
import pytest
from cases import B, D, H, T
from refusals import texts

import rnnref
from rnnref import ArgumentError, DTypeError, OptionError, ShapeError, attention, gru, lstm, rnn

x, start = cases.inputs(), cases.state("lstm")
p, plain, gated = cases.params("lstm"), cases.params("rnn"), cases.params("gru")
after = cases.params("gru after")
q, k, v = cases.queries_keys_values()
floats = "an array of float64, float32 or complex128", "float64、float32 或 complex128 数组"

# name: (call, kind of error, English, Chinese)
REFUSALS = {
    "a matrix of another hidden size": (
        lambda: lstm.forward(x, p._replace(U=np.ones((4 * H, 5)))),
        ShapeError,
        "lstm.forward: p.U must have shape (4*H=16, H=4), got (16, 5): H=4 comes from p.W (16, 3)",
        "lstm.forward：p.U 应具有形状 (4*H=16, H=4)，实际是 (16, 5)：H=4 来自 p.W (16, 3)",
    ),
    "a state for another batch, from two sources": (
        lambda: rnn.forward(x, plain, state=np.ones((1, 7))),
        ShapeError,
        "rnn.forward: state must have shape (B=2, H=4), got (1, 7): "
        "B=2 comes from x (2, 5, 3); H=4 comes from p.W (4, 3)",
        "rnn.forward：state 应具有形状 (B=2, H=4)，实际是 (1, 7)："
        "B=2 来自 x (2, 5, 3)；H=4 来自 p.W (4, 3)",
    ),
    "a state that NumPy would broadcast": (
        lambda: rnn.forward(x, plain, state=np.ones((1, H))),
        ShapeError,
        "rnn.forward: state must have shape (B=2, H=4), got (1, 4): B=2 comes from x (2, 5, 3)",
        "rnn.forward：state 应具有形状 (B=2, H=4)，实际是 (1, 4)：B=2 来自 x (2, 5, 3)",
    ),
    "one sequence without its batch": (
        lambda: rnn.forward(x[0], plain),
        ShapeError,
        "rnn.forward: x must have shape (B, T, D), got (5, 3): x[None] adds a batch axis",
        "rnn.forward：x 应具有形状 (B, T, D)，实际是 (5, 3)：x[None] 可补上批量轴",
    ),
    "a bias that NumPy would broadcast": (
        lambda: lstm.step(x[:, 0], *start, p._replace(b=np.ones(1))),
        ShapeError,
        "lstm.step: p.b must have shape (4*H=16,), got (1,): H=4 comes from h_prev (2, 4)",
        "lstm.step：p.b 应具有形状 (4*H=16,)，实际是 (1,)：H=4 来自 h_prev (2, 4)",
    ),
    "rows that are no multiple of the gates": (
        lambda: gru.forward(x, gated._replace(W=np.ones((13, D)))),
        ShapeError,
        "gru.forward: p.W must have shape (3*H, D=3), got (13, 3): 3*H is a multiple of 3",
        "gru.forward：p.W 应具有形状 (3*H, D=3)，实际是 (13, 3)：3*H 是 3 的倍数",
    ),
    "a layer without units": (
        lambda: rnn.forward(x, rnn.Params(np.ones((0, D)), np.ones((0, 0)), np.ones(0))),
        ShapeError,
        "rnn.forward: p.W must have shape (H, D=3), got (0, 3): H is at least 1",
        "rnn.forward：p.W 应具有形状 (H, D=3)，实际是 (0, 3)：H 至少为 1",
    ),
    "two sizes from one source": (
        lambda: attention.attend(q @ k.mT, v[:1, 1:]),
        ShapeError,
        "attention.attend: v must have shape (B=2, S=6, V), got (1, 5, 9): "
        "B=2, S=6 come from scores (2, 5, 6)",
        "attention.attend：v 应具有形状 (B=2, S=6, V)，实际是 (1, 5, 9)："
        "B=2、S=6 来自 scores (2, 5, 6)",
    ),
    "an LSTM state without a cell state": (
        lambda: lstm.forward(x, p, state=lstm.State(start.h, None)),
        DTypeError,
        f"lstm.forward: state.c must be {floats[0]}, got None",
        f"lstm.forward：state.c 应为 {floats[1]}，实际是 None",
    ),
    "a bare array as the state of an LSTM": (
        lambda: lstm.forward(x, p, state=start.h),
        DTypeError,
        "lstm.forward: state must be a record lstm.State(h, c), got an array of float64",
        "lstm.forward：state 应为记录 lstm.State(h, c)，实际是 float64 数组",
    ),
    "a bare pair as the state of an LSTM": (
        lambda: lstm.forward(x, p, state=(start.h, start.c)),
        DTypeError,
        "lstm.forward: state must be a record lstm.State(h, c), got tuple",
        "lstm.forward：state 应为记录 lstm.State(h, c)，实际是 tuple",
    ),
    "the state of an LSTM for a GRU": (
        lambda: gru.forward(x, gated, state=start),
        DTypeError,
        f"gru.forward: state must be {floats[0]}, got lstm.State",
        f"gru.forward：state 应为 {floats[1]}，实际是 lstm.State",
    ),
    "the weights of another cell": (
        lambda: lstm.forward(x, gated),
        DTypeError,
        "lstm.forward: p must be a record lstm.Params(W, U, b), got gru.Params",
        "lstm.forward：p 应为记录 lstm.Params(W, U, b)，实际是 gru.Params",
    ),
    "no weights": (
        lambda: rnn.step(x[:, 0], start.h, None),
        DTypeError,
        "rnn.step: p must be a record rnn.Params(W, U, b), got None",
        "rnn.step：p 应为记录 rnn.Params(W, U, b)，实际是 None",
    ),
    "integers": (
        lambda: rnn.forward(np.ones((B, T, D), int), plain),
        DTypeError,
        f"rnn.forward: x must be {floats[0]}, got an array of int64: x.astype(float) converts it",
        f"rnn.forward：x 应为 {floats[1]}，实际是 int64 数组：可用 x.astype(float) 转换",
    ),
    "a list": (
        lambda: rnn.forward(x.tolist(), plain),
        DTypeError,
        f"rnn.forward: x must be {floats[0]}, got list: np.array(x, dtype=float) converts it",
        f"rnn.forward：x 应为 {floats[1]}，实际是 list：可用 np.array(x, dtype=float) 转换",
    ),
    "a masked array": (
        lambda: rnn.forward(np.ma.masked_array(x), plain),
        DTypeError,
        f"rnn.forward: x must be {floats[0]}, got a masked array: "
        "its mask would be ignored; use x.filled(value)",
        f"rnn.forward：x 应为 {floats[1]}，实际是掩码数组：掩码会被忽略，请用 x.filled(value)",
    ),
    "a matrix object": (
        lambda: rnn.step(x[:, 0].view(np.matrix), start.h, plain),
        DTypeError,
        f"rnn.step: x must be {floats[0]}, got matrix: np.asarray(x) converts it",
        f"rnn.step：x 应为 {floats[1]}，实际是 matrix：可用 np.asarray(x) 转换",
    ),
    "an unknown form of reset": (
        lambda: gru.forward(x, gated, reset="middle"),
        OptionError,
        "gru.forward: reset must be one of 'before', 'after', got 'middle'",
        "gru.forward：reset 应为 'before'、'after' 之一，实际是 'middle'",
    ),
    "an unknown form of update": (
        lambda: gru.forward(x, gated, update=True),
        OptionError,
        "gru.forward: update must be one of 'keep', 'replace', got True",
        "gru.forward：update 应为 'keep'、'replace' 之一，实际是 True",
    ),
    "an unknown score": (
        lambda: attention.attention(q, k, v, score=["dot"]),
        OptionError,
        "attention.attention: score must be one of "
        "'dot', 'scaled', 'general', 'additive', 'concat', got ['dot']",
        "attention.attention：score 应为 "
        "'dot'、'scaled'、'general'、'additive'、'concat' 之一，实际是 ['dot']",
    ),
    "a reset after the product without its bias": (
        lambda: gru.forward(x, gated, reset="after"),
        ArgumentError,
        'gru.forward: p.b_u must be an array with reset="after", got None',
        'gru.forward：p.b_u 应为数组（reset="after" 时），实际是 None',
    ),
    "a bias that a reset before the product would ignore": (
        lambda: gru.forward(x, after),
        ArgumentError,
        'gru.forward: p.b_u must be None with reset="before", got an array of float64',
        'gru.forward：p.b_u 应为 None（reset="before" 时），实际是 float64 数组',
    ),
    "a step that would ignore a bias": (
        lambda: gru.step(x[:, 0], start.h, after),
        ArgumentError,
        "gru.step: p.b_u must be None, got an array of float64: the function would ignore it",
        "gru.step：p.b_u 应为 None，实际是 float64 数组：这个函数不会用到它",
    ),
    "a step that lacks a bias": (
        lambda: gru.step_reset_after(x[:, 0], start.h, gated),
        DTypeError,
        f"gru.step_reset_after: p.b_u must be {floats[0]}, got None",
        f"gru.step_reset_after：p.b_u 应为 {floats[1]}，实际是 None",
    ),
    "an additive score without weights": (
        lambda: attention.attention(q, k, v, score="additive"),
        ArgumentError,
        "attention.attention: params must be attention.Additive(W_a, U_a, v_a) "
        'with score="additive", got None',
        "attention.attention：params 应为 attention.Additive(W_a, U_a, v_a)"
        '（score="additive" 时），实际是 None',
    ),
    "weights that a score would ignore": (
        lambda: attention.attention(
            q, k, v, params=cases.additive()._replace(U_a=np.ones((10, 7)))
        ),
        ArgumentError,
        'attention.attention: params must be None with score="scaled", got attention.Additive',
        'attention.attention：params 应为 None（score="scaled" 时），实际是 attention.Additive',
    ),
    "an unknown language": (
        lambda: rnnref.set_language("fr"),
        OptionError,
        "set_language: language must be one of 'en', 'zh', got 'fr'",
        "set_language：language 应为 'en'、'zh' 之一，实际是 'fr'",
    ),
}
every_refusal = pytest.mark.parametrize("name", REFUSALS)


test_the_whole_english_text, test_the_whole_chinese_text = texts(REFUSALS)


def caught(name):
    with pytest.raises(ArgumentError) as refusal:
        REFUSALS[name][0]()
    return refusal.value


def test_an_error_keeps_its_parts():
    error = caught("a matrix of another hidden size")
    assert (error.function, error.argument) == ("lstm.forward", "p.U")
    assert (error.expected, error.actual) == ("(4*H=16, H=4)", "(16, 5)")


@pytest.mark.parametrize("kind", [ArgumentError, ShapeError, DTypeError, OptionError])
def test_all_errors_are_one_family_of_value_errors(kind):
    assert issubclass(kind, ArgumentError) and issubclass(kind, ValueError)
    assert issubclass(kind, TypeError) == (kind is DTypeError)


@every_refusal
@pytest.mark.parametrize("duplicate", [copy.copy, lambda e: pickle.loads(pickle.dumps(e))])
def test_an_error_survives_the_way_to_another_process(name, duplicate):
    error = caught(name)
    again = duplicate(error)
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_the_language_can_be_changed_back(chinese):
    rnnref.set_language("en")
    assert str(caught("no weights")).startswith("rnn.step: p must be")


def test_a_refused_language_changes_nothing(chinese):
    caught("an unknown language")
    assert "应为" in str(caught("no weights"))


def in_environment(**variables):
    """Provoke a refusal in a new interpreter and return its last line on standard error."""
    code = "import rnnref; rnnref.set_language('fr')"
    root = str(Path(rnnref.__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8"} | variables
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            "zh",
            "set_language：language 应为 'en'、'zh' 之一，实际是 'fr'",
        ),
        (
            "en",
            "set_language: language must be one of 'en', 'zh', got 'fr'",
        ),
        (
            "",
            "set_language: language must be one of 'en', 'zh', got 'fr'",
        ),
        (
            "de",
            "rnnref: RNNREF_LANGUAGE must be one of 'en', 'zh', got 'de'",
        ),
    ],
)
def test_the_environment_chooses_the_language_and_is_checked(value, text):
    assert in_environment(RNNREF_LANGUAGE=value) == f"rnnref.errors.OptionError: {text}"
