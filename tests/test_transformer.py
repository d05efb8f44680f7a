"""Feed-forward network, positions, encoder and decoder layers, with all their gradients."""

import math

import cases
import numpy as np
import pytest
import record_torch_transformer as recorder
import torch_peer

from rnnref import (
    ArgumentError,
    DTypeError,
    OptionError,
    ShapeError,
    attention,
    gradcheck,
    transformer,
)
from rnnref.transformer import (
    DecoderLayer,
    EncoderLayer,
    FeedForward,
    LayerNorm,
    MultiHead,
    decoder_layer,
    decoder_layer_backward,
    encoder_layer,
    encoder_layer_backward,
    feed_forward,
    feed_forward_backward,
)

B, T, S, E, F, M, H = 2, 5, 7, 6, 8, 3, 10
EPS = 1e-3
draw = cases.normal(110)
x, memory, dy = draw(B, T, E), draw(B, S, F), draw(B, T, E)
dweights, dmemory_weights = draw(B, M, T, T), draw(B, M, T, S)
LENGTHS, MEMORY_LENGTHS = (T, 3), (4, S)
MASK = np.random.default_rng(111).uniform(size=(B, T, T)) < 0.7
MASK[0, 1] = False  # a place that may look at nothing
MEMORY_MASK = np.random.default_rng(112).uniform(size=(T, S)) < 0.7


def heads(keys=E):
    """Return random weights of a multi-head attention over keys of some width."""
    matrices = draw(E, E), draw(E, keys), draw(E, keys), draw(E, E)
    return MultiHead(*matrices, draw(E), draw(E), draw(E), draw(E))


def norm():
    return LayerNorm(draw(E), draw(E))


def network():
    return FeedForward(draw(H, E), draw(H), draw(E, H), draw(E))


ENCODER = EncoderLayer(heads(), norm(), network(), norm())
DECODER = DecoderLayer(heads(), norm(), heads(F), norm(), network(), norm())
forms = pytest.mark.parametrize(("order", "activation"), recorder.FORMS)


def flat(tree, path=""):
    """Return the arrays of nested records by their path."""
    if isinstance(tree, tuple):
        parts = zip(tree._fields, tree, strict=True)
        return {k: a for name, part in parts for k, a in flat(part, f"{path}{name}.").items()}
    return {path.rstrip("."): tree}


def rebuilt(tree, arrays, path=""):
    """Return nested records with the arrays of the paths put in."""
    if isinstance(tree, tuple):
        named = zip(tree._fields, tree, strict=True)
        return tree._make(rebuilt(part, arrays, f"{path}{name}.") for name, part in named)
    return arrays.get(path.rstrip("."), tree)


def encode(x=x, p=ENCODER, **options):
    """Run the encoder layer of the case."""
    return encoder_layer(x, p, heads=M, eps=EPS, **options)


def decode(x=x, memory=memory, p=DECODER, **options):
    """Run the decoder layer of the case."""
    return decoder_layer(x, memory, p, heads=M, eps=EPS, **options)


def along(direction, gradients):
    """Return the slope of a loss along one direction, from its gradients."""
    return sum(np.sum(direction[name] * gradients[name]) for name in direction)


def directions(arrays, seed):
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal(array.shape) for name, array in arrays.items()}


HIDING = {
    "nothing": {},
    "mask": {"mask": MASK},
    "causal": {"causal": "top_left"},
    "lengths": {"lengths": LENGTHS},
    "everything": {"mask": MASK, "causal": "bottom_right", "lengths": LENGTHS},
}


@pytest.mark.parametrize("hiding", HIDING)
@forms
def test_every_gradient_of_an_encoder_layer_equals_the_complex_step(order, activation, hiding):
    """One random direction in every array at once, and one in each array alone."""
    options = {"norm": order, "activation": activation, **HIDING[hiding]}
    arrays = {"x": x, **flat(ENCODER)}
    grads = encoder_layer_backward(encode(**options), dy=dy, dweights=dweights)
    found = {"x": grads.x, **flat(grads.params)}

    def loss(**arrays):
        run = encode(arrays.pop("x", x), rebuilt(ENCODER, arrays), **options)
        return np.sum(run.y * dy) + np.sum(run.weights * dweights)

    check_slopes(loss, arrays, found)


@pytest.mark.parametrize("hiding", HIDING)
@forms
def test_every_gradient_of_a_decoder_layer_equals_the_complex_step(order, activation, hiding):
    options = {"norm": order, "activation": activation, **HIDING[hiding]}
    if hiding == "everything":
        options |= {"memory_mask": MEMORY_MASK, "memory_lengths": MEMORY_LENGTHS}
    arrays = {"x": x, "memory": memory, **flat(DECODER)}
    reaching = {"dy": dy, "dweights": dweights, "dmemory_weights": dmemory_weights}
    grads = decoder_layer_backward(decode(**options), **reaching)
    found = {"x": grads.x, "memory": grads.memory, **flat(grads.params)}

    def loss(**arrays):
        run = decode(
            arrays.pop("x", x), arrays.pop("memory", memory), rebuilt(DECODER, arrays), **options
        )
        outputs = run.y * dy, run.weights * dweights, run.memory_weights * dmemory_weights
        return sum(np.sum(output) for output in outputs)

    check_slopes(loss, arrays, found)


def check_slopes(loss, arrays, found):
    """Compare gradients with complex steps in random directions."""
    assert {name: a.shape for name, a in found.items()} == {n: a.shape for n, a in arrays.items()}
    assert not any(np.isnan(grad).any() for grad in found.values())
    for names in [list(arrays), *[[name] for name in arrays]]:
        step = directions({name: arrays[name] for name in names}, 1)
        moved = {name: arrays[name] + 1e-30j * step[name] for name in names}
        slope = np.imag(loss(**moved)) / 1e-30
        np.testing.assert_allclose(
            along(step, found), slope, rtol=1e-10, atol=1e-11, err_msg=str(names)
        )


def test_every_entry_of_every_gradient_equals_the_complex_step():
    """The form in which everything happens at once, entry by entry."""
    options = {"norm": "pre", "activation": "gelu", **HIDING["everything"]}
    grads = encoder_layer_backward(encode(**options), dy=dy, dweights=dweights)

    def loss(x):
        run = encode(x, **options)
        return np.sum(run.y * dy) + np.sum(run.weights * dweights)

    assert gradcheck.check(loss, {"x": x}, {"x": grads.x}).ok


def torch_heads(arrays, name):
    """Return the weights of one of PyTorch's attentions as a record."""
    matrices = np.split(arrays[f"{name}.in_proj_weight"], 3)
    biases = np.split(arrays[f"{name}.in_proj_bias"], 3)
    out = arrays[f"{name}.out_proj.weight"], arrays[f"{name}.out_proj.bias"]
    return MultiHead(*matrices, out[0], *biases, out[1])


def torch_norm(arrays, name):
    return LayerNorm(arrays[f"{name}.weight"], arrays[f"{name}.bias"])


def torch_network(arrays):
    layers = ("linear1", "linear2")
    return FeedForward(*(arrays[f"{n}.{part}"] for n in layers for part in ("weight", "bias")))


def torch_encoder(arrays):
    parts = torch_heads(arrays, "self_attn"), torch_norm(arrays, "norm1")
    return EncoderLayer(*parts, torch_network(arrays), torch_norm(arrays, "norm2"))


def torch_decoder(arrays):
    own = torch_heads(arrays, "self_attn"), torch_norm(arrays, "norm1")
    cross = torch_heads(arrays, "multihead_attn"), torch_norm(arrays, "norm2")
    return DecoderLayer(*own, *cross, torch_network(arrays), torch_norm(arrays, "norm3"))


def only_gradients(arrays):
    return {n.removeprefix("grad_"): a for n, a in arrays.items() if n.startswith("grad_")}


def assert_near(found, true):
    for name, array in flat(true).items():
        mine = flat(found)[name]
        np.testing.assert_allclose(mine, array, rtol=1e-11, atol=1e-12, err_msg=name)


@torch_peer.SOURCES
@forms
def test_an_encoder_layer_and_its_gradients_equal_pytorch(source, order, activation):
    given = torch_peer.values(source, f"encoder {order} {activation}", recorder)
    run = encoder_layer(
        given["x"],
        torch_encoder(given),
        heads=recorder.M,
        norm=order,
        activation=activation,
        mask=given["mask"],
        lengths=recorder.LENGTHS,
        eps=recorder.EPS,
    )
    grads = encoder_layer_backward(run, dy=given["dy"])
    np.testing.assert_allclose(run.y, given["y"], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(grads.x, given["grad_x"], rtol=1e-11, atol=1e-12)
    assert_near(grads.params, torch_encoder(only_gradients(given)))


@torch_peer.SOURCES
@forms
def test_a_decoder_layer_and_its_gradients_equal_pytorch(source, order, activation):
    given = torch_peer.values(source, f"decoder {order} {activation}", recorder)
    run = decoder_layer(
        given["x"],
        given["memory"],
        torch_decoder(given),
        heads=recorder.M,
        norm=order,
        activation=activation,
        lengths=recorder.LENGTHS,
        memory_mask=given["memory_mask"],
        memory_lengths=recorder.MEMORY_LENGTHS,
        eps=recorder.EPS,
    )
    grads = decoder_layer_backward(run, dy=given["dy"])
    np.testing.assert_allclose(run.y, given["y"], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(grads.x, given["grad_x"], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(grads.memory, given["grad_memory"], rtol=1e-11, atol=1e-12)
    assert_near(grads.params, torch_decoder(only_gradients(given)))


# What the layers are.


def normed(x, p):
    return transformer.layer_norm(x, p, eps=EPS).y


def look(x, source, p, **hiding):
    return attention.multihead(x, source, source, p, heads=M, **hiding).y


def test_an_encoder_layer_is_its_parts_in_a_row():
    p = ENCODER
    post = normed(x + look(x, x, p.attention), p.norm_1)
    post = normed(post + feed_forward(post, p.feed_forward).y, p.norm_2)
    np.testing.assert_array_equal(encode(norm="post").y, post)
    inner = normed(x, p.norm_1)
    pre = x + look(inner, inner, p.attention)
    pre = pre + feed_forward(normed(pre, p.norm_2), p.feed_forward).y
    np.testing.assert_array_equal(encode(norm="pre").y, pre)


def test_a_decoder_layer_is_its_parts_in_a_row():
    p, causal = DECODER, {"causal": "top_left"}
    post = normed(x + look(x, x, p.self_attention, **causal), p.norm_1)
    post = normed(post + look(post, memory, p.cross_attention), p.norm_2)
    post = normed(post + feed_forward(post, p.feed_forward).y, p.norm_3)
    np.testing.assert_array_equal(decode(norm="post").y, post)
    inner = normed(x, p.norm_1)
    pre = x + look(inner, inner, p.self_attention, **causal)
    pre = pre + look(normed(pre, p.norm_2), memory, p.cross_attention)
    pre = pre + feed_forward(normed(pre, p.norm_3), p.feed_forward).y
    np.testing.assert_array_equal(decode(norm="pre").y, pre)


def test_the_norms_stand_behind_the_sums_unless_told_otherwise():
    np.testing.assert_array_equal(encode().y, encode(norm="post", activation="relu").y)


@pytest.mark.parametrize("order", ["post", "pre"])
def test_a_place_of_the_decoder_does_not_see_later_ones(order):
    later = x.copy()
    later[:, 3:] += 1
    moved, plain = decode(later, norm=order), decode(norm=order)
    np.testing.assert_array_equal(moved.y[:, :3], plain.y[:, :3])
    assert np.abs(moved.y[:, 3:] - plain.y[:, 3:]).min() > 0
    reaching = dy.copy()
    reaching[:, 3:] = 0
    assert not np.any(decoder_layer_backward(plain, dy=reaching).x[:, 3:])


def test_without_causal_every_place_of_the_decoder_sees_all():
    later = x.copy()
    later[:, 4] += 1
    assert np.abs(decode(later, causal=None).y[:, 0] - decode(causal=None).y[:, 0]).max() > 1e-3


def test_an_encoder_layer_does_not_know_the_order_of_its_places():
    order = np.random.default_rng(0).permutation(T)
    np.testing.assert_allclose(encode(x[:, order]).y, encode().y[:, order], rtol=1e-10, atol=1e-12)


# Padding.


@pytest.mark.parametrize("filler", [np.nan, np.inf, 0.5])
@pytest.mark.parametrize("order", ["post", "pre"])
def test_padding_never_spreads(order, filler):
    spoilt, source, reaching = x.copy(), memory.copy(), dy.copy()
    spoilt[1, 3:], source[0, 4:], reaching[1, 3:] = filler, filler, filler
    options = {"norm": order, "lengths": LENGTHS}
    clean, found = encode(**options), encode(spoilt, **options)
    np.testing.assert_array_equal(found.y, clean.y)
    assert not np.any(found.y[1, 3:])
    ours = encoder_layer_backward(found, dy=reaching)
    theirs = encoder_layer_backward(clean, dy=dy)
    assert_near(ours.params, theirs.params)
    np.testing.assert_array_equal(ours.x, theirs.x)
    assert not np.any(ours.x[1, 3:])
    options |= {"memory_lengths": MEMORY_LENGTHS}
    clean, found = decode(**options), decode(spoilt, source, **options)
    np.testing.assert_array_equal(found.y, clean.y)
    ours = decoder_layer_backward(found, dy=reaching)
    theirs = decoder_layer_backward(clean, dy=dy)
    assert_near(ours.params, theirs.params)
    np.testing.assert_allclose(ours.memory, theirs.memory, rtol=1e-13, atol=1e-15)
    assert not np.any(ours.memory[0, 4:])


@pytest.mark.parametrize("order", ["post", "pre"])
def test_a_padded_sequence_is_the_shorter_one_alone(order):
    padded = encode(norm=order, lengths=LENGTHS)
    alone = encode(x[1:, :3], norm=order)
    np.testing.assert_allclose(padded.y[1, :3], alone.y[0], rtol=1e-11, atol=1e-13)
    padded = decode(norm=order, lengths=LENGTHS, memory_lengths=MEMORY_LENGTHS)
    alone = decode(x[:1], memory[:1, :4], norm=order)
    np.testing.assert_allclose(padded.y[0], alone.y[0], rtol=1e-11, atol=1e-13)


def test_full_lengths_change_nothing():
    np.testing.assert_array_equal(encode(lengths=[T, T]).y, encode().y)


@pytest.mark.parametrize("layer", [encode, decode])
def test_a_sequence_of_length_0_is_zeros_and_passes_none_back(layer):
    run = layer(lengths=(0, T))
    assert not np.any(run.y[0])
    back = encoder_layer_backward if layer is encode else decoder_layer_backward
    grads = back(run, dy=dy)
    assert not np.any(grads.x[0]) and np.all(np.isfinite(grads.x))


@pytest.mark.parametrize("layer", [encode, decode])
def test_a_sequence_without_places_is_no_trouble(layer):
    run = layer(x[:, :0])
    assert run.y.shape == (B, 0, E)
    back = encoder_layer_backward if layer is encode else decoder_layer_backward
    assert not any(np.any(grad) for grad in flat(back(run).params).values())


# The network and the positions.


@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("shape", [(E,), (3, E), (2, 3, 4, E)])
def test_every_gradient_of_the_network_equals_the_complex_step(activation, shape):
    p, vectors, reaching = ENCODER.feed_forward, draw(*shape), draw(*shape)

    def loss(x, **weights):
        run = feed_forward(x, FeedForward(**weights), activation=activation)
        return np.sum(run.y * reaching)

    grads = feed_forward_backward(feed_forward(vectors, p, activation=activation), dy=reaching)
    report = gradcheck.check(
        loss, {"x": vectors, **p._asdict()}, {"x": grads.x, **grads.params._asdict()}
    )
    assert report.ok, report


def test_the_network_is_two_linear_layers_around_an_activation():
    p = ENCODER.feed_forward
    for b, t in np.ndindex(B, T):
        inner = [
            max(0.0, float(row @ x[b, t] + bias)) for row, bias in zip(p.W_1, p.b_1, strict=True)
        ]
        y = [float(row @ np.array(inner) + bias) for row, bias in zip(p.W_2, p.b_2, strict=True)]
        np.testing.assert_allclose(feed_forward(x, p).y[b, t], y, rtol=1e-12, atol=1e-13)


def test_what_a_run_of_the_network_keeps_is_read_only():
    run = feed_forward(x, ENCODER.feed_forward)
    kept = (run.a, run.hidden, run.y, run.x, *run.params)
    assert not any(array.flags.writeable for array in kept)


@pytest.mark.parametrize("E", [6, 7, 1])
def test_positions_are_sines_and_cosines_of_ever_slower_waves(E):
    found = transformer.positional_encoding(9, E)
    for place, column in np.ndindex(9, E):
        angle = place / 10000 ** (2 * (column // 2) / E)
        wave = math.cos if column % 2 else math.sin
        assert found[place, column] == pytest.approx(wave(angle), rel=1e-13, abs=1e-15)


def test_a_step_ahead_turns_every_pair_of_columns_by_one_angle():
    found = transformer.positional_encoding(50, 8).reshape(50, 4, 2)
    turned = np.sum(found[1:] * found[:-1], axis=-1)  # the cosine of the angle between neighbours
    np.testing.assert_allclose(turned, np.broadcast_to(turned[:1], turned.shape), rtol=1e-12)


def test_no_two_places_are_alike():
    found = transformer.positional_encoding(500, 8)
    assert len(np.unique(found.round(9), axis=0)) == 500


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_positions_have_the_dtype_that_was_asked_for(dtype):
    assert transformer.positional_encoding(3, 4, dtype=dtype).dtype == dtype


# Dtypes and refusals.


@pytest.mark.parametrize("order", ["post", "pre"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_float32_stays_float32_forward_and_backward(order, activation):
    single = np.float32
    half = {n: a.astype(single) for n, a in flat(ENCODER).items()}
    options = {"norm": order, "activation": activation, "lengths": LENGTHS}
    run = encode(x.astype(single), rebuilt(ENCODER, half), **options)
    grads = encoder_layer_backward(run, dy=dy.astype(single))
    found = [run.y, run.weights, grads.x, *flat(grads.params).values()]
    assert {a.dtype for a in found} == {np.dtype(single)}
    half = {n: a.astype(single) for n, a in flat(DECODER).items()}
    run = decode(x.astype(single), memory.astype(single), rebuilt(DECODER, half), **options)
    grads = decoder_layer_backward(run, dy=dy.astype(single))
    found = [run.y, grads.x, grads.memory, *flat(grads.params).values()]
    assert {a.dtype for a in found} == {np.dtype(single)}


def test_gradients_that_are_not_given_are_zero():
    for grads in (encoder_layer_backward(encode()), decoder_layer_backward(decode())):
        assert not any(np.any(grad) for grad in (grads.x, *flat(grads.params).values()))


def test_a_run_survives_changes_of_what_it_was_given():
    given, p = x.copy(), rebuilt(ENCODER, {n: a.copy() for n, a in flat(ENCODER).items()})
    run = encode(given, p)
    true = encoder_layer_backward(run, dy=dy)
    given[:] = 7
    for array in flat(p).values():
        array[:] = 7
    assert_near(encoder_layer_backward(run, dy=dy).params, true.params)
    assert not run.y.flags.writeable and not run.weights.flags.writeable


def test_which_places_are_live_is_read_only():
    for run in (encode(lengths=LENGTHS), decode(lengths=LENGTHS)):
        assert not run.live.flags.writeable


FORM = "must be one of 'post', 'pre', got"


REFUSALS = [
    (lambda: encode(norm="both"), OptionError, f"encoder_layer: norm {FORM} 'both'"),
    (lambda: decode(norm=None), OptionError, f"decoder_layer: norm {FORM} None"),
    (lambda: encode(causal="both"), OptionError, "encoder_layer: causal must be one of"),
    (lambda: decode(causal="both"), OptionError, "decoder_layer: causal must be one of"),
    (
        lambda: decode(mask=np.ones((T, T))),
        DTypeError,
        "decoder_layer: mask must be a boolean array, True = may attend, got an array of float64",
    ),
    (
        lambda: encode(activation="tanh"),
        OptionError,
        "encoder_layer: activation must be one of 'relu', 'gelu', got 'tanh'",
    ),
    (
        lambda: feed_forward(x, ENCODER.feed_forward, activation=0),
        OptionError,
        "feed_forward: activation must be one of 'relu', 'gelu', got 0",
    ),
    (
        lambda: feed_forward_backward(encode()),
        DTypeError,
        "feed_forward_backward: run must be what transformer.feed_forward returns, got",
    ),
    (
        lambda: feed_forward_backward(feed_forward(x, ENCODER.feed_forward), dy=dy[:, 1:]),
        ShapeError,
        "feed_forward_backward: dy must have shape (2, 5, 6), got (2, 4, 6)",
    ),
    (
        lambda: encoder_layer(x, ENCODER, heads=4),
        ArgumentError,
        "encoder_layer: heads must be a divisor of E=6, got 4",
    ),
    (
        lambda: encode(lengths=(T, 6)),
        ArgumentError,
        "encoder_layer: lengths must be between 0 and T=5, got 6 at [1]",
    ),
    (
        lambda: decode(memory_lengths=(T, 8)),
        ArgumentError,
        "decoder_layer: memory_lengths must be between 0 and S=7, got 8 at [1]",
    ),
    (
        lambda: decode(memory_mask=np.ones((T, S))),
        DTypeError,
        "decoder_layer: memory_mask must be a boolean array, True = may attend, "
        "got an array of float64",
    ),
    (
        lambda: encode(mask=np.ones((T, S), bool)),
        ShapeError,
        "encoder_layer: mask must have shape (B=2, T=5, S=5), got (5, 7): ",
    ),
    (
        lambda: encode(p=ENCODER._replace(attention=heads(F))),
        ShapeError,
        "encoder_layer: p.attention.W_k must have shape (E=6, E=6), got (6, 8): "
        "E=6 comes from x (2, 5, 6)",
    ),
    (
        lambda: decode(memory=x),
        ShapeError,
        "decoder_layer: p.cross_attention.W_k must have shape (E=6, F=6), got (6, 8): "
        "F=6 comes from memory (2, 5, 6)",
    ),
    (
        lambda: encode(p=ENCODER._replace(norm_2=ENCODER.feed_forward)),
        DTypeError,
        "encoder_layer: p.norm_2 must be a record transformer.LayerNorm(gamma, beta), "
        "got transformer.FeedForward",
    ),
    (
        lambda: encode(p=DECODER),
        DTypeError,
        "encoder_layer: p must be a record transformer.EncoderLayer(attention, norm_1, "
        "feed_forward, norm_2), got transformer.DecoderLayer",
    ),
    (
        lambda: encoder_layer_backward(decode()),
        DTypeError,
        "encoder_layer_backward: run must be what transformer.encoder_layer returns, got",
    ),
    (
        lambda: decoder_layer_backward(decode(), dmemory_weights=dweights),
        ShapeError,
        "decoder_layer_backward: dmemory_weights must have shape (2, 3, 5, 7), got",
    ),
    (
        lambda: transformer.positional_encoding(-1, 4),
        ArgumentError,
        "positional_encoding: T must be an integer of at least 0, got -1",
    ),
    (
        lambda: transformer.positional_encoding(3, 0),
        ArgumentError,
        "positional_encoding: E must be an integer of at least 1, got 0",
    ),
    (
        lambda: transformer.positional_encoding(3, 4, dtype=int),
        DTypeError,
        "positional_encoding: dtype must be float64 or float32, got int",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), REFUSALS)
def test_refusals_name_function_argument_and_reason(call, kind, text):
    with pytest.raises(kind) as refusal:
        call()
    assert str(refusal.value).startswith(f"transformer.{text}")
