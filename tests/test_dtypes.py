"""Which numbers come in and which come out, and in which memory they may lie."""

import functools

import attention_cases
import cases
import numpy as np
import pytest
import seq2seq_cases
from cases import FORMS, JOINED, B, T, V

from rnnref import attention, chunked, joined, layers, losses, numerics, transformer

q, k, v = cases.queries_keys_values()


def recurrent(form):
    """Return a function of named arrays that runs a cell, and the arrays."""
    x, p, start = cases.inputs(), cases.params(form), cases.state(form)
    weights = {f"p.{name}": array for name, array in p._asdict().items() if array is not None}
    states = dict(zip(("h", "c"), cases.flat(start), strict=False))

    def call(x, h, c=None, **weights):
        changed = p._replace(**{name[2:]: array for name, array in weights.items()})
        given = type(start)(h, c) if form == "lstm" else h
        run = cases.run(form, x=x, p=changed, start=given)
        return [*run.steps, *cases.flat(run.state)]

    return call, {"x": x, **states, **weights}


def joined_step(form):
    """Return a function of named arrays that makes one joined step, and the arrays."""
    p, states = joined.join(cases.params(form)), cases.flat(cases.state(form))
    named = dict(zip(("h", "c"), states, strict=False))
    names = list(named)

    def call(x, W, b, **states):
        return [*JOINED[form](x, *(states[name] for name in names), type(p)(W, b))]

    return call, {"x": cases.inputs()[:, 0], **named, "W": p.W, "b": p.b}


def attended(*arrays, **options):
    """Return weights and output, the one that depends on everything last."""
    found = attention.attention(*arrays, **options)
    return [found.weights, found.y]


def readout():
    """Return the output layer as a function of named arrays, and the arrays."""
    arrays = {"h": cases.normal(9)(B, cases.H), **cases.readout()._asdict()}
    return lambda h, **weights: [*layers.readout(h, layers.Readout(**weights))], arrays


def loss():
    """Return the losses as a function of named arrays, and the arrays."""
    numbers = cases.normal(10)(B, T, V), cases.normal(11)(B, T, V)
    arrays = dict(zip(("y_hat", "target"), map(numerics.softmax, numbers), strict=True))

    def call(y_hat, target):
        steps = losses.step_losses(y_hat, target)
        return [steps, losses.total(steps)]

    return call, arrays


def weighted(score, **extra):
    """Return attention with a score that has weights as a function of named arrays, and those."""
    arrays = {name: 0.5 * array for name, array in attention_cases.arguments(score).items()}

    def call(**arrays):
        run = attention_cases.run(score, **arrays)
        return [run.weights, run.y]

    return call, arrays


def biased():
    """Return attention behind a mask and with a bias, and its arrays."""

    def call(**arrays):
        run = attention_cases.run("scaled", "everything", **arrays)
        return [run.weights, run.y]

    return call, attention_cases.arguments("scaled", "everything")


def heads():
    """Return multi-head attention as a function of named arrays, and the arrays."""
    draw = cases.normal(12)
    weights = {name: 0.3 * draw(6, 6) for name in ("W_q", "W_k", "W_v", "W_o")}

    def call(x, **weights):
        run = attention.multihead(x, x, x, attention.MultiHead(**weights), heads=3)
        return [run.weights, run.y]

    return call, {"x": draw(B, T, 6), **weights}


def network(activation):
    """Return a feed-forward network behind two norms as a function of named arrays, and those."""
    draw, kinds = cases.normal(13), (transformer.LayerNorm, transformer.RMSNorm)
    layer, rms = (kind(*(draw(6) for _ in kind._fields)) for kind in kinds)
    p = transformer.FeedForward(0.3 * draw(8, 6), draw(8), 0.3 * draw(6, 8), draw(6))

    def call(x, gamma, beta, stretch, **weights):
        first = transformer.layer_norm(x, transformer.LayerNorm(gamma, beta)).y
        second = transformer.rms_norm(first, transformer.RMSNorm(stretch)).y
        p = transformer.FeedForward(**weights)
        return [first, second, transformer.feed_forward(second, p, activation=activation).y]

    return call, {"x": draw(B, T, 6), **layer._asdict(), "stretch": rms.gamma, **p._asdict()}


def translated(name):
    """Return an encoder-decoder model as a function of named arrays, and those."""
    p = seq2seq_cases.params(name)

    def call(**arrays):
        run = seq2seq_cases.run(p, arrays)
        return [run.logits, run.loss]

    return call, seq2seq_cases.named(p)


TRANSLATORS = ("plain, lstm", "bahdanau, gru", "luong general, rnn")
CALLS = {
    **{form: recurrent(form) for form in FORMS},
    **{f"joined {form}": joined_step(form) for form in JOINED},
    "attention": (attended, {"q": q, "k": k, "v": v}),
    "dot": (functools.partial(attended, score="dot"), {"q": q, "k": k, "v": v}),
    **{score: weighted(score) for score in ("general", "additive", "additive bias", "concat")},
    "biased": biased(),
    "chunked": (
        lambda q, k, v: [chunked.attention(q, k, v, tile=(2, 4)).y],
        {"q": q, "k": k, "v": v},
    ),
    "heads": heads(),
    **{activation: network(activation) for activation in ("relu", "gelu")},
    "log softmax": (lambda a: [numerics.logsumexp(a), numerics.log_softmax(a)], {"a": q}),
    "weighted sum": (lambda **a: [attention.weighted_sum(**a)], {"weights": q @ k.mT, "v": v}),
    "readout": readout(),
    "losses": loss(),
    **{name: translated(name) for name in TRANSLATORS},
    "sigmoid": (lambda a: [numerics.sigmoid(a)], {"a": q}),
    "softmax": (lambda a: [numerics.softmax(a)], {"a": q}),
}
ARGUMENTS = [(name, argument) for name, (_, arrays) in CALLS.items() for argument in arrays]
every_call = pytest.mark.parametrize("name", CALLS)
every_argument = pytest.mark.parametrize(("name", "argument"), ARGUMENTS)


def cast(arrays, dtype):
    return {name: array.astype(dtype) for name, array in arrays.items()}


@every_call
def test_float64_stays_float64(name):
    call, arrays = CALLS[name]
    assert {result.dtype for result in call(**arrays)} == {np.dtype(np.float64)}


@every_call
def test_float32_stays_float32_and_is_near_float64(name):
    call, arrays = CALLS[name]
    for single, double in zip(call(**cast(arrays, np.float32)), call(**arrays), strict=True):
        assert single.dtype == np.float32
        np.testing.assert_allclose(single, double, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("form", FORMS)
def test_float32_without_a_state_stays_float32(form):
    p = cases.params(form)
    p = p._replace(**cast({n: a for n, a in p._asdict().items() if a is not None}, np.float32))
    run = cases.run(form, x=cases.inputs().astype(np.float32), p=p, start=None)
    assert {a.dtype for a in (run.y, *run.steps, *cases.flat(run.state))} == {np.dtype("f4")}


@every_argument
def test_one_float64_argument_among_float32_makes_float64(name, argument):
    call, arrays = CALLS[name]
    mixed = cast(arrays, np.float32) | {argument: arrays[argument]}
    final = call(**mixed)[-1]  # what comes last depends on every argument
    assert final.dtype == np.float64


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("argument", ["x", "h", "p.W", "p.U", "p.b"])
def test_a_sequence_has_one_dtype_for_all_its_values(form, argument):
    call, arrays = CALLS[form]
    results = call(**cast(arrays, np.float32) | {argument: arrays[argument]})
    assert {result.dtype for result in results} == {np.dtype(np.float64)}


@every_argument
def test_complex_numbers_pass_through_from_every_argument(name, argument):
    """The complex step gives the slope along a direction; differences confirm three digits."""
    call, arrays = CALLS[name]
    direction = np.random.default_rng(13).standard_normal(arrays[argument].shape)
    tiny, small = 1e-30j * direction, 1e-6 * direction

    def moved(by):
        return call(**arrays | {argument: arrays[argument] + by})[-1]

    slope = moved(tiny).imag / 1e-30
    assert moved(tiny).dtype == np.complex128
    assert np.any(slope != 0)
    np.testing.assert_allclose(slope, (moved(small) - moved(-small)) / 2e-6, rtol=1e-3, atol=1e-6)


@every_call
def test_complex_numbers_without_imaginary_part_give_the_real_result(name):
    call, arrays = CALLS[name]
    for result, real in zip(call(**cast(arrays, complex)), call(**arrays), strict=True):
        assert result.dtype == np.complex128
        np.testing.assert_allclose(result, real, rtol=1e-12, atol=1e-14)


def foreign(array):
    return array.astype(array.dtype.newbyteorder())


def strided(array):
    """Return the same numbers as every second one of a larger array, backwards."""
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), np.nan)
    wide[..., ::-2] = array
    return wide[..., ::-2]


def memory_mapped(array, folder):
    file = np.memmap(folder / "array", array.dtype, "w+", shape=array.shape)
    file[:] = array
    return np.memmap(folder / "array", array.dtype, "r", shape=array.shape)


@every_call
@pytest.mark.parametrize("layout", [foreign, np.asfortranarray, strided])
def test_any_byte_order_and_memory_layout_gives_the_same_numbers(name, layout):
    call, arrays = CALLS[name]
    odd = {argument: layout(array) for argument, array in arrays.items()}
    for result, plain in zip(call(**odd), call(**arrays), strict=True):
        # Products of other layouts may add in another order.
        np.testing.assert_allclose(result, plain, rtol=1e-12, atol=1e-14)
        assert result.dtype == np.float64 and result.dtype.isnative


def test_a_foreign_byte_order_alone_comes_out_native():
    x = foreign(cases.inputs()[:, :0])
    run = cases.run("rnn", x=x, start=None)
    assert run.y.dtype.isnative and run.state.dtype.isnative


def test_a_memory_mapped_file_is_an_array(tmp_path):
    x = cases.inputs()
    run = cases.run("lstm", x=memory_mapped(x, tmp_path))
    np.testing.assert_allclose(run.y, cases.run("lstm").y, rtol=1e-12)


@every_call
def test_arguments_are_never_changed(name):
    """All arrays of the cases are read-only; here writable ones are compared afterwards too."""
    call, arrays = CALLS[name]
    given = {argument: array.copy() for argument, array in arrays.items()}
    call(**given)
    for argument, array in arrays.items():
        np.testing.assert_array_equal(given[argument], array)


SINGLE = np.random.default_rng(3).standard_normal((2, 3, 4)).astype(np.float32)
UNIT, ZERO = np.ones(4, np.float32), np.zeros(4, np.float32)
SETTINGS = {
    "scale of attention": lambda n: attention.attention(SINGLE, SINGLE, SINGLE, scale=n(0.5)).y,
    "scale of tiled attention": lambda n: chunked.attention(*[SINGLE] * 3, scale=n(0.5)).y,
    "eps of the layer norm": lambda n: (
        transformer.layer_norm(SINGLE, transformer.LayerNorm(UNIT, ZERO), eps=n(0.01)).y
    ),
    "eps of the RMS norm": lambda n: (
        transformer.rms_norm(SINGLE, transformer.RMSNorm(UNIT), eps=n(0.01)).y
    ),
    "smoothing": lambda n: (
        losses.cross_entropy(SINGLE, np.ones((2, 3), int), smoothing=n(0.1), reduction="none").loss
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_is_a_number_of_numpy_makes_no_double(name):
    found = SETTINGS[name](np.float64)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, SETTINGS[name](float))
