"""Weights from which attention, feed-forward networks and whole layers start to learn."""

import numpy as np
import pytest
from test_initialise import distance_from_uniform

from rnnref import ArgumentError, DTypeError, OptionError, attention, transformer, trees

E, F, V, H = 6, 5, 4, 7


def rng(seed=7):
    return np.random.default_rng(seed)


DRAWN = {
    "attention.init_multihead": lambda r, **o: attention.init_multihead(r, E, F=F, V=V, **o),
    "transformer.init_feed_forward": lambda r, **o: transformer.init_feed_forward(r, E, H, **o),
    "transformer.init_encoder_layer": lambda r, **o: transformer.init_encoder_layer(r, E, H, **o),
    "transformer.init_decoder_layer": lambda r, **o: transformer.init_decoder_layer(
        r, E, H, F=F, **o
    ),
}
every_draw = pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)


def named(p):
    return trees.arrays("test", "p", p)


@every_draw
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(draw):
    first, again, other = named(draw(rng())), named(draw(rng())), named(draw(rng(8)))
    for name, array in first.items():
        assert np.array_equal(array, again[name])
        assert array.ndim == 1 or np.all(array != other[name])


@every_draw
def test_no_two_matrices_are_of_the_same_numbers(draw):
    matrices = [array for array in named(draw(rng())).values() if array.ndim == 2]
    numbers = np.concatenate([matrix.ravel() for matrix in matrices])
    assert len(np.unique(numbers)) == len(numbers)


@every_draw
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_come_in_the_dtype_that_was_asked_for(draw, dtype):
    assert {array.dtype for array in named(draw(rng(), dtype=dtype)).values()} == {np.dtype(dtype)}
    assert {array.dtype for array in named(draw(rng())).values()} == {np.dtype(np.float64)}


@every_draw
def test_vectors_are_zero_but_for_norms_which_scale_by_1(draw):
    for name, array in named(draw(rng())).items():
        if array.ndim == 1:
            assert np.all(array == name.endswith(".gamma")), name


@pytest.mark.parametrize(
    ("p", "shapes"),
    [
        (
            attention.init_multihead(rng(), E, F=F, V=V),
            {"W_q": (E, E), "W_k": (E, F), "W_v": (E, V), "W_o": (E, E)}
            | dict.fromkeys(("b_q", "b_k", "b_v", "b_o"), (E,)),
        ),
        (attention.init_multihead(rng(), E), dict.fromkeys(("W_q", "W_k", "W_v", "W_o"), (E, E))),
        (
            transformer.init_feed_forward(rng(), E, H),
            {"W_1": (H, E), "b_1": (H,), "W_2": (E, H), "b_2": (E,)},
        ),
    ],
)
def test_every_array_has_its_shape(p, shapes):
    for field, shape in shapes.items():
        assert getattr(p, field).shape == shape


def test_without_biases_there_are_none():
    p = attention.init_multihead(rng(), E, biases=False)
    assert p[4:] == (None, None, None, None)


def test_matrices_are_drawn_evenly_after_glorot():
    p = attention.init_multihead(rng(), 120, F=60)
    for matrix in (p.W_q, p.W_k, p.W_v, p.W_o):
        bound = np.sqrt(6 / sum(matrix.shape))
        assert np.abs(matrix).max() <= bound
        assert distance_from_uniform(matrix, bound) < 0.02
    p = transformer.init_feed_forward(rng(), 60, 140)
    for matrix in (p.W_1, p.W_2):
        assert distance_from_uniform(matrix, np.sqrt(6 / 200)) < 0.02


@pytest.mark.parametrize("norm", ["post", "pre"])
def test_layers_run_with_their_first_weights_and_keep_the_size_of_numbers(norm):
    x, memory = rng(1).standard_normal((3, 5, 12)), rng(2).standard_normal((3, 4, 10))
    encoder = transformer.init_encoder_layer(rng(3), 12, 48)
    decoder = transformer.init_decoder_layer(rng(4), 12, 48, F=10)
    y = transformer.encoder_layer(x, encoder, heads=4, norm=norm).y
    z = transformer.decoder_layer(x, memory, decoder, heads=3, norm=norm).y
    for out in (y, z):
        assert out.shape == x.shape and 0.5 < out.std() < 2.5


def test_the_first_norm_leaves_its_input_alone_but_for_mean_and_size():
    p = transformer.init_encoder_layer(rng(), E, H).norm_1
    x = rng(1).standard_normal((3, E))
    run = transformer.layer_norm(x, p, eps=1e-12)
    np.testing.assert_allclose(run.y, (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True))


SIZES = {
    "attention.init_multihead": {"E": E, "F": F, "V": V},
    "transformer.init_feed_forward": {"E": E, "H": H},
    "transformer.init_encoder_layer": {"E": E, "H": H},
    "transformer.init_decoder_layer": {"E": E, "H": H, "F": F},
}


@pytest.mark.parametrize(
    ("name", "letter"), [(name, letter) for name, sizes in SIZES.items() for letter in sizes]
)
def test_every_size_is_checked(name, letter):
    package, function = name.split(".")
    init = getattr({"attention": attention, "transformer": transformer}[package], function)
    with pytest.raises(ArgumentError, match=rf"^{name}: {letter} must be an integer of at least"):
        init(rng(), **SIZES[name] | {letter: -1})


REFUSALS = {
    "an integer for the generator": (
        lambda: attention.init_multihead(3, E),
        DTypeError,
        "attention.init_multihead: rng must be a numpy.random.Generator, got int: "
        "np.random.default_rng(3) makes one",
    ),
    "no width": (
        lambda: attention.init_multihead(rng(), 0),
        ArgumentError,
        "attention.init_multihead: E must be an integer of at least 1, got 0",
    ),
    "half a value": (
        lambda: attention.init_multihead(rng(), E, V=2.5),
        ArgumentError,
        "attention.init_multihead: V must be an integer of at least 0, got 2.5",
    ),
    "biases that are neither": (
        lambda: attention.init_multihead(rng(), E, biases=1),
        OptionError,
        "attention.init_multihead: biases must be one of False, True, got 1",
    ),
    "no hidden units": (
        lambda: transformer.init_feed_forward(rng(), E, 0),
        ArgumentError,
        "transformer.init_feed_forward: H must be an integer of at least 1, got 0",
    ),
    "half precision": (
        lambda: transformer.init_encoder_layer(rng(), E, H, dtype=np.float16),
        DTypeError,
        "transformer.init_encoder_layer: dtype must be float64 or float32, got float16",
    ),
    "a negative memory": (
        lambda: transformer.init_decoder_layer(rng(), E, H, F=-1),
        ArgumentError,
        "transformer.init_decoder_layer: F must be an integer of at least 0, got -1",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_no_weights_can_be_drawn_of_is_refused_in_one_sentence(name):
    call, kind, message = REFUSALS[name]
    with pytest.raises(kind) as caught:
        call()
    assert type(caught.value) is kind and str(caught.value) == message
