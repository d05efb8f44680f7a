import numpy as np
import pytest

from rnnref import ArgumentError, DTypeError, OptionError, ShapeError, masks
from rnnref.masks import causal_mask, length_mask

ONE_OF = "must be one of 'top_left', 'bottom_right'"


@pytest.mark.parametrize("lengths", [[0, 4, 2], (0, 4, 2), np.array([0, 4, 2], np.uint8)])
def test_a_length_lets_the_first_keys_be_seen(lengths):
    found = length_mask(lengths, 4)
    assert found.dtype == bool and found.shape == (3, 1, 4)
    for b, length in enumerate([0, 4, 2]):
        assert found[b, 0].tolist() == [s < length for s in range(4)]


@pytest.mark.parametrize(("T", "S"), [(3, 5), (5, 3), (4, 4), (1, 3), (0, 3), (3, 0)])
@pytest.mark.parametrize("align", masks.ALIGNMENTS)
def test_a_causal_mask_hides_what_comes_later(T, S, align):
    found = causal_mask(T, S, align=align)
    offset = {"top_left": 0, "bottom_right": S - T}[align]
    assert found.dtype == bool and found.shape == (T, S)
    assert found.tolist() == [[s <= t + offset for s in range(S)] for t in range(T)]


def test_the_first_query_stands_at_the_first_key_unless_told_otherwise():
    np.testing.assert_array_equal(causal_mask(2, 4), causal_mask(2, 4, align="top_left"))


def test_aligned_at_the_end_the_last_query_sees_every_key():
    assert causal_mask(2, 5, align="bottom_right")[-1].all()


def test_aligned_at_the_end_queries_before_the_first_key_see_nothing():
    found = causal_mask(5, 2, align="bottom_right")
    assert not found[:3].any() and found[3:].any(axis=1).all()


def test_for_equal_lengths_both_alignments_are_one():
    np.testing.assert_array_equal(causal_mask(4, 4), causal_mask(4, 4, align="bottom_right"))


def test_only_what_everything_allows_is_visible():
    mask = np.random.default_rng(0).uniform(size=(2, 5, 6)) < 0.6
    bias = np.where(np.random.default_rng(1).uniform(size=(5, 6)) < 0.8, 1.0, -np.inf)
    found = masks.visible(
        "f", (2, 5, 6), mask=mask, bias=bias, causal="bottom_right", key_lengths=[6, 3]
    )
    for b, t, s in np.ndindex(2, 5, 6):
        allowed = mask[b, t, s] and bias[t, s] == 1 and s <= t + 1 and s < [6, 3][b]
        assert found[b, t, s] == allowed


def test_a_bias_hides_by_its_real_part_so_that_a_complex_step_hides_the_same_keys():
    bias = np.zeros((5, 6), complex)
    bias[:, 2] = complex(-np.inf, 1e-30)
    found = masks.visible("f", (2, 5, 6), bias=bias)
    assert found.tolist() == [[[s != 2 for s in range(6)]] * 5] * 2


@pytest.mark.parametrize("shape", [(), (6,), (1,), (5, 6), (5, 1), (2, 1, 6), (1, 5, 1)])
def test_a_mask_spreads_as_numpy_spreads_it(shape):
    mask = np.random.default_rng(0).uniform(size=shape) < 0.6
    found = masks.visible("f", (2, 5, 6), mask=np.asarray(mask))
    np.testing.assert_array_equal(found, np.broadcast_to(mask, (2, 5, 6)))


@pytest.mark.parametrize("shape", [(5, 6), (2, 5, 6), (2, 1, 6)])
def test_a_mask_without_heads_is_the_same_for_all_of_them(shape):
    mask = np.random.default_rng(0).uniform(size=shape) < 0.6
    found = masks.visible("f", (2, 3, 5, 6), mask=mask, key_lengths=[6, 4])
    alone = masks.visible("f", (2, 5, 6), mask=mask, key_lengths=[6, 4])
    for head in range(3):
        np.testing.assert_array_equal(found[:, head], alone)


def test_a_mask_of_four_axes_is_one_for_each_head():
    mask = np.random.default_rng(0).uniform(size=(1, 3, 5, 6)) < 0.6
    found = masks.visible("f", (2, 3, 5, 6), mask=mask)
    np.testing.assert_array_equal(found, np.broadcast_to(mask, (2, 3, 5, 6)))


def test_a_bias_of_finite_numbers_hides_nothing():
    assert masks.visible("f", (2, 5, 6), bias=np.full((5, 6), -1e9)) is None


def test_nothing_given_hides_nothing():
    assert masks.visible("f", (2, 5, 6)) is None


def test_what_is_visible_shares_no_memory_with_the_mask():
    mask = np.ones((2, 5, 6), bool)
    assert not np.shares_memory(masks.visible("f", (2, 5, 6), mask=mask), mask)


WHOLE = "an axis may be 1, leading ones may be missing"
BOOLEAN = "mask must be a boolean array, True = may attend, got"
REFUSALS = {
    "numbers as a mask": (
        {"mask": np.ones((5, 6))},
        DTypeError,
        f"{BOOLEAN} an array of float64: what is added to the scores is a bias",
    ),
    "integers as a mask": (
        {"mask": np.ones((5, 6), int)},
        DTypeError,
        f"{BOOLEAN} an array of int64: mask != 0 makes one",
    ),
    "a list as a mask": ({"mask": [True]}, DTypeError, f"{BOOLEAN} list"),
    "a masked array": (
        {"mask": np.ma.masked_array(np.ones((5, 6), bool))},
        DTypeError,
        f"{BOOLEAN} a masked array",
    ),
    "a mask of keys by batch": (
        {"mask": np.ones((2, 6), bool)},
        ShapeError,
        f"mask must have shape (B=2, T=5, S=6), got (2, 6): {WHOLE}",
    ),
    "a mask that would enlarge the scores": (
        {"mask": np.ones((3, 2, 5, 6), bool)},
        ShapeError,
        f"mask must have shape (B=2, T=5, S=6), got (3, 2, 5, 6): {WHOLE}",
    ),
    "a bias of integers": (
        {"bias": np.ones((5, 6), int)},
        DTypeError,
        "bias must be an array of float64, float32 or complex128, got an array of int64: "
        "bias.astype(float) converts it",
    ),
    "a bias of another shape": (
        {"bias": np.ones((6, 5))},
        ShapeError,
        f"bias must have shape (B=2, T=5, S=6), got (6, 5): {WHOLE}",
    ),
    "an unknown alignment": (
        {"causal": True},
        OptionError,
        "causal must be one of 'top_left', 'bottom_right', got True",
    ),
    "a length beyond the keys": (
        {"key_lengths": [6, 7]},
        ArgumentError,
        "key_lengths must be between 0 and S=6, got 7 at [1]",
    ),
    "a negative length": (
        {"key_lengths": np.array([-1, 6])},
        ArgumentError,
        "key_lengths must be between 0 and S=6, got -1 at [0]",
    ),
    "lengths of another batch": (
        {"key_lengths": [6, 6, 6]},
        ShapeError,
        "key_lengths must have shape (B=2,), got (3,)",
    ),
    "one length": (
        {"key_lengths": 6},
        DTypeError,
        "key_lengths must be one integer per sequence, got int",
    ),
    "lengths that are no integers": (
        {"key_lengths": np.array([6.0, 5.0])},
        DTypeError,
        "key_lengths must be one integer per sequence, got an array of float64: "
        "np.array(key_lengths, dtype=int) converts them",
    ),
    "yes and no as lengths": (
        {"key_lengths": [True, False]},
        DTypeError,
        "key_lengths must be one integer per sequence, got bool at [0]",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_hides_keys_is_refused_in_one_sentence(name):
    options, kind, text = REFUSALS[name]
    with pytest.raises(kind) as refusal:
        masks.visible("f", (2, 5, 6), **options)
    assert type(refusal.value) is kind
    assert str(refusal.value) == f"f: {text}"


def test_a_mask_for_heads_of_another_number_is_refused():
    with pytest.raises(ShapeError, match=r"^f: mask must have shape \(B=2, M=3, T=5, S=6\), got"):
        masks.visible("f", (2, 3, 5, 6), mask=np.ones((2, 2, 5, 6), bool))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: length_mask([1], 1.5), "masks.length_mask: S must be an integer of at least 0"),
        (
            lambda: length_mask([2], 1),
            "masks.length_mask: lengths must be between 0 and S=1, got 2",
        ),
        (lambda: causal_mask(-1, 2), "masks.causal_mask: T must be an integer of at least 0"),
        (lambda: causal_mask(1, "2"), "masks.causal_mask: S must be an integer of at least 0"),
        (lambda: causal_mask(1, 2, align="left"), f"masks.causal_mask: align {ONE_OF}"),
    ],
)
def test_the_makers_of_masks_refuse_by_name(call, text):
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert str(refusal.value).startswith(text)


def test_refusals_are_chinese_where_asked(chinese):
    with pytest.raises(DTypeError) as refusal:
        masks.visible("f", (2, 5, 6), mask=np.ones((5, 6)))
    assert str(refusal.value) == (
        "f：mask 应为布尔数组，True 表示可以注意，实际是 float64 数组：加到分数上的是 bias"
    )
    with pytest.raises(DTypeError) as refusal:
        masks.visible("f", (2, 5, 6), key_lengths=[6, 5.0])
    assert str(refusal.value) == (
        "f：key_lengths 应为每个序列一个整数，实际是 [1] 处的 float："
        "可用 np.array(key_lengths, dtype=int) 转换"
    )
    with pytest.raises(ArgumentError) as refusal:
        masks.visible("f", (2, 5, 6), key_lengths=[6, 7])
    assert str(refusal.value) == "f：key_lengths 应为 0 到 S=6 之间的整数，实际是 [1] 处的 7"
