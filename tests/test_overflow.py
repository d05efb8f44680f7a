"""What explodes becomes infinite or NaN without a warning: pytest makes errors of warnings."""

import declared
import numpy as np
import pytest
import seq2seq_cases
import there_and_back
from there_and_back import WAYS

from rnnref import convert, decoding, initialise, losses, lstm, optim

FACTORS = {"f8": 1e300, "f4": 3e37, "c16": 1e300}
every_dtype = pytest.mark.parametrize("dtype", FACTORS)
LIMITED = ("target", "y_hat")  # probabilities


def huge(dtype, array):
    """Return an array of the same signs whose numbers are near the largest of their dtype."""
    return (FACTORS[dtype] * np.asarray(array)).astype(dtype)


@every_dtype
@pytest.mark.parametrize("name", declared.CHECKED)
def test_a_function_of_huge_arrays_is_silent(name, dtype):
    rng = np.random.default_rng(3)
    changes = {
        leaf.path: huge(dtype, rng.standard_normal(declared.shape(leaf.axes)))
        for leaf in declared.leaves(name)
        if leaf.path not in LIMITED
    }
    declared.call(name, changes)


def exploded(way, dtype, arguments=True, gradients=True):
    """Go there and back with huge arguments, huge gradients from above, or both."""
    given = way.arguments
    if arguments:
        given = {
            name: tree if name in LIMITED else there_and_back.mapped(lambda a: huge(dtype, a), tree)
            for name, tree in given.items()
        }
    run = way.forward(**given)
    above = there_and_back.upstream(run, way)
    if gradients:
        above = there_and_back.mapped(lambda a: huge(dtype, a), above)
    return way.backward(run, **above)


BOTH = [(True, False), (False, True), (True, True)]
CASES = [(name, *huge) for name in WAYS for huge in BOTH]


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("name, arguments, gradients", CASES)
def test_the_way_there_and_back_is_silent(name, arguments, gradients, dtype):
    exploded(WAYS[name], dtype, arguments, gradients)


RULES = ("sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam", "adamw")


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("kept, came", [("f4", "f4"), ("f8", "f8"), ("f4", "f8")])
def test_an_update_by_a_huge_gradient_is_silent(name, kept, came):
    rule = getattr(optim, name)(1e300, weight_decay=1e300)
    p, g = np.array([1.0, -1.0], kept), huge(came, [1.0, -2.0])
    params, state = rule.update(p, g, rule.init(p))
    rule.update(params, g, state)


@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_clipping_of_huge_gradients_is_silent_and_right(dtype):
    grads = huge(dtype, [3.0, -4.0])
    clipped = optim.clip_norm(grads, 10.0)
    np.testing.assert_allclose(clipped.grads, [6, -8], rtol=1e-6)
    assert optim.clip_value(grads, 1e308).tolist() == grads.tolist()


DRAWN = {
    **{
        name: lambda rng, name=name: getattr(initialise, name)(rng, (4, 3), gain=1e300, dtype="f4")
        for name in ("xavier_uniform", "xavier_normal", "orthogonal")
    },
    "forget_bias": lambda rng: initialise.forget_bias(lstm.GATES, 2, 1e300, dtype="f4"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_weights_too_large_for_their_dtype_are_infinite(name):
    drawn = DRAWN[name](np.random.default_rng(1))
    assert np.all(np.isinf(drawn[drawn != 0])) and np.any(drawn)


@pytest.mark.parametrize("name", ["plain, lstm", "bahdanau, gru", "luong general, rnn"])
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_decoding_with_huge_weights_is_silent(name, dtype):
    p = there_and_back.mapped(lambda a: huge(dtype, a), seq2seq_cases.params(name))
    given = {"bos": 0, "eos": 1, "limit": 4, "source_lengths": seq2seq_cases.SOURCE_LENGTHS}
    assert decoding.greedy(seq2seq_cases.source, p, **given).tokens.shape[1] <= 4
    assert decoding.beam(seq2seq_cases.source, p, width=2, **given).tokens.shape[2] <= 4


def test_two_biases_of_a_framework_add_up_to_infinity():
    biases = {f"bias_{kind}_l0": np.full(4, 1.5e308) for kind in ("ih", "hh")}
    weights = {"weight_ih_l0": np.ones((4, 3)), "weight_hh_l0": np.ones((4, 4))}
    [p], _ = convert.from_torch(weights | biases, cell="rnn", nonlinearity="tanh")
    assert np.all(p.b == np.inf)


def test_sequences_less_likely_than_any_float_can_say_are_impossible_to_a_beam():
    p = seq2seq_cases.params("plain, lstm")
    b = np.where(np.arange(len(p.out.b)) == 0, 0, -1.5e308)
    p = p._replace(out=p.out._replace(W=0 * p.out.W, b=b))
    given = {"bos": 0, "eos": 1, "limit": 2, "source_lengths": seq2seq_cases.SOURCE_LENGTHS}
    found = decoding.beam(seq2seq_cases.source, p, width=20, **given)
    assert found.log_p[0, 0] == 0 and found.log_p[0, -1] == -np.inf


def test_an_infinite_perplexity_is_silent_there_and_back():
    logits = huge("f8", [[1.0, -1.0, 0.5]])
    run = losses.perplexity(logits, np.array([1]))
    assert run.value == np.inf
    assert np.all(np.isinf(losses.perplexity_backward(run)[0, :2]))


def test_every_way_back_is_tried_here():
    tried = {way.backward for way in WAYS.values()} | set(declared.CHECKED.values())
    tried.add(losses.perplexity_backward)
    backward = {f for name, f in declared.DOCUMENTED.items() if name.endswith("backward")}
    assert backward <= tried
