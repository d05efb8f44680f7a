"""Numbers as gradients from above: they count for the whole output and leave its dtype alone."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from refusals import texts

from rnnref import ArgumentError, DTypeError, layers, losses

NUMBERS = {
    "float": 0.5,
    "float64": np.float64(0.5),
    "longdouble": np.longdouble(0.5),
    "float16": np.float16(0.5),
    "fraction": Fraction(1, 2),
}
logits, target = np.linspace(-1, 1, 6, dtype="f4").reshape(2, 3), np.array([0, 2])
entropy = losses.cross_entropy(logits, target)


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_a_number_of_any_kind_leaves_float32_as_it_is(number):
    linear = layers.linear(logits, layers.Linear(np.ones((2, 3), "f4")))
    found = [
        losses.cross_entropy_backward(entropy, dloss=number),
        layers.linear_backward(linear, dy=number).x,
    ]
    true = [losses.cross_entropy_backward(entropy) / 2, np.ones((2, 3))]
    for one, other in zip(found, true, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("number", [1j, np.complex64(1j)])
def test_a_complex_number_makes_complex_gradients(number):
    found = losses.cross_entropy_backward(losses.cross_entropy(logits + 0.0, target), dloss=number)
    np.testing.assert_allclose(found, 1j * losses.cross_entropy_backward(entropy), rtol=1e-6)


def back(dloss):
    return lambda: losses.cross_entropy_backward(entropy, dloss=dloss)


name = "losses.cross_entropy_backward"
numbers = "an array of float64, float32 or complex128", "float64、float32 或 complex128 数组"
REFUSALS = {
    "a decimal": (
        back(Decimal("0.5")),
        DTypeError,
        f"{name}: dloss must be {numbers[0]}, got Decimal",
        f"{name}：dloss 应为 {numbers[1]}，实际是 Decimal",
    ),
    "a flag": (
        back(True),
        DTypeError,
        f"{name}: dloss must be {numbers[0]}, got bool",
        f"{name}：dloss 应为 {numbers[1]}，实际是 bool",
    ),
    "an integer beyond all floats": (
        back(10**400),
        ArgumentError,
        f"{name}: dloss must be a number that a float can hold, got an integer of 1329 bits",
        f"{name}：dloss 应为浮点数放得下的数，实际是 1329 位的二进制整数",
    ),
    "a fraction beyond all floats": (
        back(Fraction(10**310)),
        ArgumentError,
        f"{name}: dloss must be a number that a float can hold, got 1{'0' * 310}",
        f"{name}：dloss 应为浮点数放得下的数，实际是 1{'0' * 310}",
    ),
}
test_the_whole_english_text_of_a_refusal, test_the_whole_chinese_text_of_a_refusal = texts(REFUSALS)
