import math
import sys

import numpy as np
import printed
import pytest

from rnnref import attention, gru, lstm, rnn
from rnnref.explain import catalog
from rnnref.explain.terms import TermError
from rnnref.explain.trace import TraceError, trace
from rnnref.records import rows, saved
from rnnref.rnn import RNNStep

B, D, H = 5, 3, 4


@pytest.fixture
def values():
    rng = np.random.default_rng(3)
    shapes = {"x": (B, D), "h_prev": (B, H), "W": (H, D), "U": (H, H), "b": (H,)}
    drawn = {name: rng.standard_normal(shape) for name, shape in shapes.items()}
    p = rnn.Params(drawn.pop("W"), drawn.pop("U"), drawn.pop("b"))
    return drawn | {"p": p}


@pytest.mark.parametrize("name", [name for name, e in catalog.ENTRIES.items() if not e.lines])
def test_a_trace_carries_the_numbers_of_the_plain_function(name):
    entry = catalog.entry(name)
    values = entry.example(np.random.default_rng(1))
    expected = printed.numbers(entry, values)
    nodes = entry.trace(values)
    assert nodes.keys() == expected.keys()
    for field, node in nodes.items():
        np.testing.assert_allclose(node.value, expected[field], rtol=1e-13)


def test_results_come_in_the_order_of_computation_not_of_the_record():
    assert attention.Attended._fields == ("y", "weights")
    nodes = catalog.entry("attention.attend").trace()
    assert list(nodes) == ["weights", "y"]
    assert nodes["weights"].order < nodes["y"].order


def test_a_gate_view_is_a_node_and_always_the_same_one():
    nodes = catalog.entry("lstm.step").trace()
    matrices = {name for name in _names(nodes["h"]) if name.startswith(("W", "U", "b"))}
    assert matrices == {f"{kind}_{gate}" for kind in "WUb" for gate in lstm.GATES}


def test_a_value_that_is_used_twice_is_one_node():
    h_tilde = catalog.entry("gru.step").trace()["h_tilde"]
    assert len({id(n) for n in _walk(h_tilde) if n.name == "h_prev"}) == 1


def _walk(node):
    yield node
    for arg in node.args:
        yield from _walk(arg)


def _names(node):
    return {n.name for n in _walk(node)} - {""}


def test_what_a_node_tells_about_itself():
    node = catalog.entry("attention.score_additive").trace()["scores"]
    assert (node.op, node.kind, node.idx) == ("matmul", "sca", ("t", "i"))
    assert (node.name, node.args[1].name, node.args[1].kind) == ("scores", "v_a", "vec")


def test_nodes_are_keys_of_dictionaries():
    nodes = catalog.entry("lstm.step").trace()
    assert {node: name for name, node in nodes.items()}[nodes["c"]] == "c"


def test_the_largest_of_no_numbers_may_be_given_because_it_changes_nothing():
    def largest(losses):
        return np.max(losses, axis=-1, initial=-np.inf)

    node = trace(largest, {"losses": np.ones((B, 2))}, "losses", result="total")["total"]
    assert (node.op, node.attrs) == ("max", {})


def in_place(x, h_prev, p):
    h = x @ p.W.T
    h += h_prev @ p.U.T
    return RNNStep(h)


def writing(x, h_prev, p):
    h = np.tanh(h_prev)
    h[:, 0] = 0.0
    return RNNStep(h)


def branching(x, h_prev, p):
    return RNNStep(x @ p.W.T if np.tanh(x) else h_prev @ p.U.T)


def looping(x, h_prev, p):
    return RNNStep(sum(row for row in h_prev))


REFUSED = {
    "einsum": lambda x, h_prev, p: RNNStep(np.einsum("bd,hd->bh", x, p.W)),
    "add in place": in_place,
    "writing into an array": writing,
    "a branch on data": branching,
    "greater": lambda x, h_prev, p: RNNStep(np.where(h_prev > 0, h_prev, 0.0)),
    "a loop over an array": looping,
    "np.sin; write it with": lambda x, h_prev, p: RNNStep(np.sin(h_prev)),
    "add.reduce": lambda x, h_prev, p: RNNStep(np.add.reduce(h_prev)),
    "bare ndarray": lambda x, h_prev, p: RNNStep(h_prev + np.ones(H)),
    "vec (B .) and mat (. .)": lambda x, h_prev, p: RNNStep(h_prev * p.U),
    "under @; write x @ W.T": lambda x, h_prev, p: RNNStep(p.W @ x),
    ".sum": lambda x, h_prev, p: RNNStep(h_prev.sum(axis=-1)),
    "use of np.sum": lambda x, h_prev, p: RNNStep(np.sum(p.W, axis=0)),
    "use of np.concatenate": lambda x, h_prev, p: RNNStep(np.concatenate([x, h_prev], axis=1)),
    "joining mat": lambda x, h_prev, p: RNNStep(np.concatenate([p.W, p.U], axis=-1)),
    "joining vec": lambda x, h_prev, p: RNNStep(np.concatenate([x, p.b], axis=-1)),
    "use of np.mean": lambda x, h_prev, p: RNNStep(np.mean(h_prev)),
    "must run over components": lambda x, h_prev, p: RNNStep(
        np.sum((h_prev @ p.b)[:, None], axis=-1)
    ),
    "a tuple without names": lambda x, h_prev, p: (x, h_prev),
    "it returns nothing": lambda x, h_prev, p: None,
    "np.min with ['axis']": lambda x, h_prev, p: RNNStep(np.min(h_prev, axis=-1)),
    "np.max with": lambda x, h_prev, p: RNNStep(np.max(h_prev, axis=-1, initial=0.0)),
    "for the index": lambda x, h_prev, p: RNNStep(h_prev[:, ::2]),
    "np.repeat needs an axis made by None": lambda x, h_prev, p: RNNStep(
        np.repeat(h_prev, x.shape[1], axis=1)
    ),
    "the size of an index as a count": lambda x, h_prev, p: RNNStep(
        np.repeat(h_prev[:, None], x.shape[1], axis=1)
    ),
    "len()": lambda x, h_prev, p: RNNStep(h_prev * len(x)),
    "a number taken out": lambda x, h_prev, p: RNNStep(h_prev / math.sqrt(h_prev.shape[-1])),
    "a size used as a plain number": lambda x, h_prev, p: RNNStep(h_prev + np.ones(x.shape)),
    ".reshape": lambda x, h_prev, p: RNNStep(h_prev.reshape(-1, 2)),
    "can stand below one another": lambda x, h_prev, p: RNNStep(rows(p.U)),
    "the batch axis": lambda x, h_prev, p: RNNStep(h_prev[None].mT),
    "the axes do not mean the same": lambda x, h_prev, p: RNNStep(h_prev.T + h_prev),
    "vecT (. B) and mat (. .) under @": lambda x, h_prev, p: RNNStep(h_prev.T @ p.W),
    "use of np.max": lambda x, h_prev, p: RNNStep(np.max(h_prev, axis=0)),
    "outside the recorded set": lambda x, h_prev, p: RNNStep(np.asarray(h_prev)),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_has_no_equation_rule_is_refused_in_one_sentence(words, values):
    with pytest.raises(TraceError) as error:
        trace(REFUSED[words], values, "rnn")
    text = str(error.value)
    assert words in text
    assert text.startswith("test_trace.") and "\n" not in text


def test_a_variable_that_the_function_does_not_have_is_refused_with_those_it_has(values):
    def step(x, h_prev, p):
        a = x @ p.W.T
        return RNNStep(np.tanh(a))

    with pytest.raises(TraceError, match="'b' is neither a result nor a variable; .*, a, h$"):
        trace(step, values, "rnn", only=("b",))


def test_a_variable_of_the_function_is_named_as_a_result_is(values):
    def step(x, h_prev, p):
        b = x @ p.W.T
        return RNNStep(np.tanh(b))

    nodes = trace(step, values, "rnn", only=("b", "h"))
    assert nodes["h"].args == (nodes["b"],)
    assert nodes["b"].sym == "b"


def test_a_variable_of_a_function_that_is_called_is_none_of_its_own(values):
    def inner(x):
        b = np.tanh(x)
        return b

    with pytest.raises(TraceError, match="'b' is neither a result nor a variable"):
        trace(lambda x, h_prev, p: RNNStep(inner(h_prev)), values, "rnn", only=("b",))


def test_recording_variables_leaves_the_tracing_of_python_as_it_was(values):
    before = sys.gettrace()
    trace(lambda x, h_prev, p: RNNStep(np.tanh(h_prev)), values, "rnn", only=("h",))
    assert sys.gettrace() is before


def test_a_number_with_a_symbol_is_recorded_and_one_without_is_an_option():
    def step(p_prev, lr, seed):
        return p_prev * lr * seed

    values = {"p_prev": np.ones(B), "lr": 0.1, "seed": 2}
    node = trace(step, values, "descent", result="p")["p"]
    assert [node.args[0].args[1].op, node.args[1].op] == ["in", "const"]


def test_a_stand_in_passes_for_the_record_that_a_function_asks_for(values):
    def step(x, h_prev, p):
        assert isinstance(p, rnn.Params)
        return RNNStep(np.tanh(x @ saved(p).W.T))

    assert trace(step, values, "rnn")["h"].op == "tanh"


def test_a_transpose_of_three_axes_is_refused_with_its_cure():
    with pytest.raises(TraceError, match=r"write \.mT"):
        trace(lambda q, k: q @ k.T, _queries(), "attention", result="scores")


def _queries():
    return {"q": np.ones((B, 2, 3)), "k": np.ones((B, 4, 3))}


WRONG_RESULT = {
    "declares vec": lambda x, h_prev, p: RNNStep(h_prev @ p.b),
    "is the same for every example": lambda x, h_prev, p: RNNStep(np.tanh(p.b)),
    "traced as mat": lambda x, h_prev, p: RNNStep(h_prev.T @ x),
    "traced as vecT": lambda x, h_prev, p: RNNStep(h_prev.T),
    "h is h_prev itself": lambda x, h_prev, p: RNNStep(h_prev),
    "h is a ndarray": lambda x, h_prev, p: RNNStep(np.zeros((B, H))),
}


@pytest.mark.parametrize("words", WRONG_RESULT)
def test_a_result_that_is_not_what_was_declared_is_refused(words, values):
    with pytest.raises(TraceError, match=words):
        trace(WRONG_RESULT[words], values, "rnn")


def test_data_that_meets_transposed_data_is_summed_over_the_batch():
    entry = catalog.entry("rnn.step_backward")
    values = entry.example(np.random.default_rng(1))
    nodes = entry.trace(values)
    assert all(nodes[name].summed for name in ("dW", "dU", "db"))
    assert not any(nodes[name].summed for name in ("da", "dx", "dh_prev"))
    expected = np.einsum("bh,bd->hd", nodes["da"].value, values["x"])
    np.testing.assert_allclose(nodes["dW"].value, expected)


def test_two_names_for_one_computation_are_refused():
    def same(scores, v):
        weights = np.tanh(scores)
        return attention.Attended(weights, weights)

    values = {"scores": np.ones((B, 3, 4)), "v": np.ones((B, 4, 2))}
    with pytest.raises(TraceError, match="weights is y itself"):
        trace(same, values, "attention")


def test_a_name_without_a_symbol_is_refused_with_its_cure(values):
    def step(x, h_prev, p, noise):
        return RNNStep(np.tanh(x @ p.W.T + noise))

    with pytest.raises(TraceError, match=r"'noise' has no symbol in \[symbols.rnn\] of terms.toml"):
        trace(step, values | {"noise": np.ones((B, H))}, "rnn")


def test_a_result_without_a_symbol_is_refused(values):
    with pytest.raises(TraceError, match="'other' has no symbol"):
        trace(lambda h_prev: np.tanh(h_prev), {"h_prev": np.ones((B, H))}, "rnn", result="other")


def test_an_argument_of_other_axes_than_declared_is_refused():
    with pytest.raises(TraceError, match="h_prev has 3 axes"):
        trace(lambda h_prev: np.tanh(h_prev), {"h_prev": np.ones((B, 2, H))}, "rnn", result="h")


def test_one_example_may_come_without_a_batch():
    node = trace(lambda h_prev: np.tanh(h_prev), {"h_prev": np.ones(H)}, "rnn", result="h")["h"]
    assert (node.axes, node.kind) == ((".",), "vec")


def test_a_map_is_for_typed_lines_and_nothing_records_it():
    with pytest.raises(TraceError, match=r"GRU} is a map in terms.toml, which nothing records"):
        trace(lambda cell: np.tanh(cell), {"cell": np.ones((B, H))}, "seq2seq", result="s")


def test_an_unknown_scope_is_refused_with_those_there_are(values):
    with pytest.raises(TermError, match="no symbol scope 'rnm' in terms.toml; it has rnn"):
        trace(rnn.step, values, "rnm")


def test_a_missing_gate_is_refused_with_those_there_are():
    def step(x, h_prev, p):
        return gru.GRUStep(*[np.tanh(x @ p.W_q.T)] * 4)

    with pytest.raises(AttributeError, match="has no 'W_q'"):
        trace(step, catalog.entry("gru.step").values(), "gru")


def test_an_option_that_is_no_array_reaches_the_function():
    q = np.ones((B, 2, 3))
    values = {"q": q, "k": q, "v": q, "score": "dot"}
    nodes = trace(attention.attention, values, "attention-function", only=("y",))
    assert "dim" not in {node.op for node in _walk(nodes["y"])}  # nothing divides by the root of d
