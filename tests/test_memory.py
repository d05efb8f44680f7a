import itertools

import numpy as np
import pytest

from rnnref.sequence.memory import LARGE, carve

SHAPES = {"V": (5, 7, 3), "nets": (4, 11), "none": (0, 3), "big": (LARGE // 8, 2), "c": (1,)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_carved_arrays_have_their_shapes_and_share_nothing(dtype):
    found = carve(np.dtype(dtype), **SHAPES)
    assert {name: array.shape for name, array in found.items()} == SHAPES
    assert {array.dtype for array in found.values()} == {np.dtype(dtype)}
    for one, other in itertools.combinations(found.values(), 2):
        assert not np.shares_memory(one, other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_small_arrays_lie_in_one_piece_and_start_on_a_cache_line(dtype):
    found = carve(np.dtype(dtype), **SHAPES)
    small = [array for array in found.values() if array.size and array is not found["big"]]
    assert len({id(array.base) for array in small}) == 1
    assert all(array.ctypes.data % 64 == 0 and array.flags.c_contiguous for array in small)
    assert found["big"].base is None
