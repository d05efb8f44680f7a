"""The tiled form equals the plain one, forward and backward, and needs far less memory."""

import tracemalloc

import cases
import numpy as np
import pytest

from rnnref import ArgumentError, DTypeError, OptionError, ShapeError, attention, chunked, gradcheck

B, E, V = 3, 4, 5
T, S = 17, 23  # no multiples of a tile
draw = cases.normal(95)
MASK = np.random.default_rng(96).uniform(size=(B, T, S)) < 0.5
MASK[1, 4] = False  # a query that may see nothing
LENGTHS = (0, 9, S)
BIAS = np.where(np.random.default_rng(97).uniform(size=(T, S)) < 0.9, draw(T, S), -np.inf)
CASES = {
    "nothing": {},
    "mask": {"mask": MASK},
    "a mask of keys": {"mask": MASK[:, :1]},
    "bias": {"bias": draw(B, T, S)},
    "one bias for the batch": {"bias": BIAS},
    "a bias of keys": {"bias": draw(B, 1, S)},
    "causal": {"causal": "top_left"},
    "causal at the end": {"causal": "bottom_right"},
    "lengths": {"key_lengths": LENGTHS},
    "scale": {"scale": -0.7},
    "everything": {
        "mask": MASK,
        "bias": BIAS,
        "causal": "bottom_right",
        "key_lengths": LENGTHS,
        "scale": 0.9,
    },
}
every_case = pytest.mark.parametrize("case", CASES)
tiles = pytest.mark.parametrize("tile", [(1, 1), (4, 5), (5, 4), (17, 23), (256, 512)])


def vectors(T=T, S=S, size=3.0):
    """Return random queries, keys, values and a gradient for what comes out."""
    return [size * draw(B, T, E), size * draw(B, S, E), draw(B, S, V)], draw(B, T, V)


GIVEN, DY = vectors()


@tiles
@every_case
def test_tiles_give_what_the_whole_table_gives(case, tile):
    ours = chunked.attention(*GIVEN, **CASES[case], tile=tile)
    whole = attention.attention(*GIVEN, **CASES[case])
    np.testing.assert_allclose(ours.y, whole.y, rtol=1e-12, atol=1e-14)


@tiles
@every_case
def test_tiles_give_the_gradients_of_the_whole_table(case, tile):
    ours = chunked.attention_backward(chunked.attention(*GIVEN, **CASES[case], tile=tile), dy=DY)
    whole = attention.attention_backward(attention.attention(*GIVEN, **CASES[case]), dy=DY)
    for name in ("q", "k", "v", "bias"):
        mine, true = getattr(ours, name), getattr(whole, name)
        assert (mine is None) == (true is None)
        if true is not None:
            np.testing.assert_allclose(mine, true, rtol=1e-12, atol=1e-13, err_msg=name)


@pytest.mark.parametrize(("T", "S"), [(23, 17), (1, 9), (9, 1), (0, 4), (4, 0)])
@pytest.mark.parametrize("align", [None, "top_left", "bottom_right"])
def test_any_two_lengths_will_do(T, S, align):
    given, dy = vectors(T, S)
    ours = chunked.attention(*given, causal=align, tile=(4, 5))
    whole = attention.attention(*given, causal=align)
    np.testing.assert_allclose(ours.y, whole.y, rtol=1e-12, atol=1e-14)
    mine = chunked.attention_backward(ours, dy=dy)
    true = attention.attention_backward(whole, dy=dy)
    for name in "qkv":
        np.testing.assert_allclose(getattr(mine, name), getattr(true, name), rtol=1e-12, atol=1e-13)


@every_case
def test_the_logarithms_of_the_sums_are_those_of_the_visible_scores(case):
    options = {"bias": np.zeros((T, S)), **CASES[case]}
    given, run = GIVEN, chunked.attention(*GIVEN, **CASES[case], tile=(4, 5))
    live = attention.attention(*given, **options).live
    scores = given[0] @ given[1].mT * options.get("scale", E**-0.5) + options["bias"]
    with np.errstate(divide="ignore"):
        e = np.exp(scores) if live is None else np.where(live, np.exp(scores), 0)
        true = np.log(np.sum(e, axis=-1))
    np.testing.assert_allclose(run.log_sums, true, rtol=1e-12)


SMALL = {
    "nothing": {},
    "everything": {
        "mask": MASK[:, 3:8, :6],
        "causal": "bottom_right",
        "key_lengths": (0, 3, 6),
        "scale": 0.9,
    },
}


@pytest.mark.parametrize("case", SMALL)
def test_every_gradient_equals_the_complex_step(case):
    (q, k, v), dy = vectors(5, 6)
    arrays, dlog_sums = {"q": q, "k": k, "v": v, "bias": draw(5, 6)}, draw(B, 5)

    def loss(**arrays):
        run = chunked.attention(**arrays, **SMALL[case], tile=(2, 4))
        log_sums = np.where(run.log_sums == -np.inf, 0, run.log_sums)
        return np.sum(run.y * dy) + np.sum(log_sums * dlog_sums)

    run = chunked.attention(**arrays, **SMALL[case], tile=(2, 4))
    grads = chunked.attention_backward(run, dy=dy, dlog_sums=dlog_sums)
    report = gradcheck.check(loss, arrays, grads._asdict())
    assert report.ok, report


@pytest.mark.parametrize("filler", [np.nan, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("case", ["mask", "a mask of keys", "lengths", "everything"])
def test_what_stands_behind_a_mask_never_spreads(case, filler):
    options = CASES[case]
    live = attention.attention(*GIVEN, **options).live
    q, k, v = (a.copy() for a in GIVEN)
    unseen, blind = ~np.any(live, axis=1), ~np.any(live, axis=2)
    dy = DY.copy()
    k[unseen], v[unseen], q[blind], dy[blind] = filler, filler, filler, filler
    clean = chunked.attention(*GIVEN, **options, tile=(4, 5))
    spoilt = chunked.attention(q, k, v, **options, tile=(4, 5))
    np.testing.assert_array_equal(spoilt.y, clean.y)
    ours = chunked.attention_backward(spoilt, dy=dy)
    for mine, true in zip(ours, chunked.attention_backward(clean, dy=DY), strict=True):
        if true is not None:
            np.testing.assert_allclose(mine, true, rtol=1e-12, atol=1e-13)


def test_later_keys_change_nothing_before_them_even_if_they_are_nan():
    q, k, v = (a.copy() for a in GIVEN)
    k[:, 7], v[:, 7] = np.nan, np.nan
    clean = chunked.attention(*GIVEN, causal="top_left", tile=(4, 5))
    spoilt = chunked.attention(q, k, v, causal="top_left", tile=(4, 5))
    np.testing.assert_array_equal(spoilt.y[:, :7], clean.y[:, :7])
    assert np.isnan(spoilt.y[:, 7:]).all()
    dq = chunked.attention_backward(spoilt, dy=DY).q
    true = chunked.attention_backward(clean, dy=DY).q
    np.testing.assert_allclose(dq[:, :7], true[:, :7], rtol=1e-12, atol=1e-13)


def test_nan_spreads_to_no_key_that_those_who_see_it_do_not_see():
    """Every second query sees every second key: two separate attentions in one table."""
    apart = (np.arange(T)[:, None] - np.arange(S)) % 2 == 0
    q, k, v = (a.copy() for a in GIVEN)
    k[:, 0] = np.nan
    spoilt = chunked.attention(q, k, v, mask=apart, tile=(4, 5))
    clean = chunked.attention(*GIVEN, mask=apart, tile=(4, 5))
    ours = chunked.attention_backward(spoilt, dy=DY)
    theirs = chunked.attention_backward(clean, dy=DY)
    for mine, true in [(ours.q, theirs.q), (ours.k, theirs.k), (ours.v, theirs.v)]:
        assert np.isnan(mine[:, 0]).all()
        np.testing.assert_allclose(mine[:, 1::2], true[:, 1::2], rtol=1e-12, atol=1e-13)


def test_a_query_that_may_see_nothing_gets_zeros_and_passes_none_back():
    run = chunked.attention(*GIVEN, mask=MASK, key_lengths=LENGTHS, tile=(4, 5))
    assert not np.any(run.y[0]) and not np.any(run.y[1, 4])
    assert np.all(run.log_sums[0] == -np.inf) and run.log_sums[1, 4] == -np.inf
    grads = chunked.attention_backward(run, dy=DY, dlog_sums=np.ones((B, T)))
    assert not np.any(grads.q[0]) and not np.any(grads.k[0]) and not np.any(grads.q[1, 4])


@pytest.mark.parametrize("tile", [(4, 5), (256, 512)])
def test_huge_scores_give_what_the_whole_table_gives_without_a_warning(tile):
    q, k, v = GIVEN
    ours = chunked.attention(1e4 * q, 1e4 * k, v, scale=1.0, tile=tile)
    whole = attention.attention(1e4 * q, 1e4 * k, v, scale=1.0)
    np.testing.assert_allclose(ours.y, whole.y, rtol=1e-12)
    mine = chunked.attention_backward(ours, dy=DY)
    true = attention.attention_backward(whole, dy=DY)
    np.testing.assert_allclose(mine.v, true.v, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("size", [1e4, 1e12])
def test_scores_far_below_zero_count_beside_hidden_ones(size):
    q, k, v = np.full((1, 1, 1), -size), np.ones((1, 4, 1)), draw(1, 4, 2)
    k[0, 2] = 0  # the hidden key would win by far
    mask = np.array([True, True, False, True])
    ours = chunked.attention(q, k, v, mask=mask, tile=(1, 3))
    np.testing.assert_allclose(ours.y[0, 0], v[0, mask].mean(axis=0), rtol=1e-13)


def test_rising_scores_shrink_what_was_added_up_before():
    """Every tile holds a larger score than the last, which is where a wrong factor would show."""
    q, k = np.ones((1, 1, 1)), np.arange(40.0).reshape(1, 40, 1)
    v = draw(1, 40, 2)
    for keys in (k, k[:, ::-1]):
        ours = chunked.attention(q, keys, v, tile=(1, 3))
        np.testing.assert_allclose(ours.y, attention.attention(q, keys, v).y, rtol=1e-12)


def test_float32_stays_float32_forward_and_backward():
    q, k, v, bias, dy = (a.astype(np.float32) for a in (*GIVEN, CASES["bias"]["bias"], DY))
    run = chunked.attention(q, k, v, bias=bias, tile=(4, 5))
    grads = chunked.attention_backward(run, dy=dy)
    assert {a.dtype for a in (run.y, run.log_sums, *grads)} == {np.dtype(np.float32)}
    true = chunked.attention(*GIVEN, bias=CASES["bias"]["bias"])
    np.testing.assert_allclose(run.y, true.y, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("single", ["q", "k", "v"])
def test_one_float64_argument_among_float32_makes_float64(single):
    arrays = {n: a.astype(np.float32) for n, a in zip("qkv", GIVEN, strict=True)}
    arrays[single] = arrays[single].astype(np.float64)
    run = chunked.attention(**arrays)
    assert run.y.dtype == chunked.attention_backward(run).q.dtype == np.float64


def test_what_a_run_keeps_is_its_own_and_read_only():
    arrays, mask, bias = [a.copy() for a in GIVEN], MASK.copy(), BIAS.copy()
    run = chunked.attention(*arrays, mask=mask, bias=bias)
    true = chunked.attention_backward(run, dy=DY)
    for array in (*arrays, mask, bias):
        array[:] = 1
    for mine, again in zip(true, chunked.attention_backward(run, dy=DY), strict=True):
        np.testing.assert_array_equal(mine, again)
    kept = [a for a in (*run, *run.given) if isinstance(a, np.ndarray)]
    assert not any(a.flags.writeable for a in kept)


def test_a_run_keeps_its_tiles_when_the_list_of_the_caller_changes():
    tile = [4, 5]
    run = chunked.attention(*GIVEN, tile=tile)
    tile[0] = 0
    again = chunked.attention(*GIVEN, tile=(4, 5))
    found = (chunked.attention_backward(one, dy=DY) for one in (run, again))
    for mine, true in zip(*found, strict=True):
        np.testing.assert_array_equal(mine, true)


def peak(function):
    """Return the result of a call and the largest memory that it held, in bytes."""
    tracemalloc.start()
    try:
        return function(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_with_the_length_and_not_with_its_square():
    """Four times the length takes about four times the memory; the table alone would take 16."""
    n, needed = 512, []
    for length in (n, 4 * n):
        q, k, v = (np.ones((1, length, 8), np.float32) for _ in range(3))
        run, forward = peak(lambda q=q, k=k, v=v: chunked.attention(q, k, v, tile=(32, 32)))
        _, backward = peak(lambda run=run: chunked.attention_backward(run))
        needed.append((forward, backward))
    for small, large in zip(*needed, strict=True):
        assert large < 4.5 * small
        assert large < (4 * n) ** 2  # a quarter of one table in float32


REFUSALS = [
    (
        lambda: chunked.attention(*GIVEN, tile=(0, 5)),
        ArgumentError,
        "chunked.attention: tile[0] must be an integer of at least 1, got 0",
    ),
    (
        lambda: chunked.attention(*GIVEN, tile=64),
        ArgumentError,
        "chunked.attention: tile must be two integers, got 64",
    ),
    (
        lambda: chunked.attention(*GIVEN, tile=(4, 5, 6)),
        ArgumentError,
        "chunked.attention: tile must be two integers, got (4, 5, 6)",
    ),
    (
        lambda: chunked.attention(*GIVEN, causal=True),
        OptionError,
        "chunked.attention: causal must be one of 'top_left', 'bottom_right', got True",
    ),
    (
        lambda: chunked.attention(*GIVEN, scale="root"),
        ArgumentError,
        "chunked.attention: scale must be a number in (-inf, inf), got root",
    ),
    (
        lambda: chunked.attention(*GIVEN, mask=np.ones((T, S))),
        DTypeError,
        "chunked.attention: mask must be a boolean array, True = may attend, "
        "got an array of float64: what is added to the scores is a bias",
    ),
    (
        lambda: chunked.attention(*GIVEN, key_lengths=[1, 2]),
        ShapeError,
        "chunked.attention: key_lengths must have shape (B=3,), got (2,)",
    ),
    (
        lambda: chunked.attention(GIVEN[0], GIVEN[2], GIVEN[2]),
        ShapeError,
        "chunked.attention: k must have shape (B=3, S, E=4), got (3, 23, 5): "
        "E=4 comes from q (3, 17, 4)",
    ),
    (
        lambda: chunked.attention_backward(chunked.attention(*GIVEN), dlog_sums=DY),
        ShapeError,
        "chunked.attention_backward: dlog_sums must have shape (3, 17), got (3, 17, 5)",
    ),
    (
        lambda: chunked.attention_backward(attention.attention(*GIVEN)),
        DTypeError,
        "chunked.attention_backward: run must be what chunked.attention returns, got Attention",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), REFUSALS)
def test_refusals_name_function_argument_and_reason(call, kind, text):
    with pytest.raises(kind) as refusal:
        call()
    assert str(refusal.value).startswith(text)


def test_the_tile_of_a_run_is_that_of_the_call():
    assert chunked.attention(*GIVEN, tile=[4, 5]).given.tile == (4, 5)
