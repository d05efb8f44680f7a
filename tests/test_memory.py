"""Arrays of a run lie where they may, and share nothing as long as anybody holds them."""

import itertools
import os
import threading

import forms
import numpy as np
import pytest

from rnnref import memory
from rnnref.memory import KEPT, LARGE, MOST, REUSED, carve, empty

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
    assert found["big"].base is not small[0].base


@pytest.fixture
def pieces(monkeypatch):
    """Return the list of pieces, with none in it that other tests left behind."""
    monkeypatch.setattr(memory, "_pieces", [])
    return memory._pieces


def large(dtype=np.float64):
    return empty((REUSED // 8 + 1, 3), np.dtype(dtype))


def place_of(array):
    """Return where an array begins, as a number that keeps nothing alive."""
    return array.ctypes.data


def test_memory_that_nobody_holds_is_used_again(pieces):
    first = place_of(large())
    assert place_of(large()) == first
    assert len(pieces) == 1


def test_memory_that_somebody_holds_is_not_used_again(pieces):
    held = large()
    other = large()
    assert not np.shares_memory(held, other)


def test_a_view_of_a_view_holds_its_memory(pieces):
    corner = large()[1:, :2].T[:1]
    corner[:] = 7
    large()[:] = 0
    assert np.all(corner == 7)


def test_memory_is_used_again_for_another_shape_and_dtype_but_not_for_much_less(pieces):
    first = place_of(large())
    assert place_of(empty((REUSED // 4, 2), np.dtype(np.float32))) == first
    small = empty((REUSED // 8,), np.dtype(np.float64))
    assert place_of(small) != first


def test_no_more_is_kept_than_promised(pieces):
    for rows in (6, 5, 4, 3):
        empty((KEPT // 8, rows), np.dtype(np.uint8))
        assert sum(piece.size for piece in pieces) <= KEPT
    assert len(pieces) == 1


def test_what_is_larger_than_all_that_is_kept_leaves_the_others_there(pieces):
    small = place_of(large())
    empty((KEPT + 1,), np.dtype(np.uint8))
    assert len(pieces) == 1 and place_of(large()) == small


def test_no_more_pieces_are_kept_than_can_be_looked_through(pieces):
    held = [empty((REUSED,), np.dtype(np.uint8)) for _ in range(MOST + 5)]
    assert len(pieces) == MOST
    assert len({place_of(one) for one in held}) == len(held)


def test_released_memory_is_forgotten_and_what_is_held_stays(pieces):
    held = large()
    held[:] = 7
    memory.release()
    assert pieces == []
    large()[:] = 0
    assert np.all(held == 7)


def test_who_comes_while_a_piece_is_looked_for_does_not_wait(pieces, monkeypatch):
    """As a signal handler or a finaliser does, which runs in the middle of anything."""
    inner = []

    def interrupted(size):
        inner.append(large())
        return free_piece(size)

    free_piece = memory._free_piece
    monkeypatch.setattr(memory, "_free_piece", interrupted)
    outer = []
    thread = threading.Thread(target=lambda: outer.append(large()), daemon=True)
    thread.start()
    thread.join(20)  # one that waits for itself would never come back
    assert not thread.is_alive()
    assert not np.shares_memory(outer[0], inner[0])
    assert not memory._lock.locked()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_does_not_wait_for_a_thread_that_it_does_not_have(pieces):
    first = place_of(large())
    with memory._lock:
        child = os.fork()
        if child == 0:  # a free lock finds the piece
            os._exit(0 if place_of(large()) == first else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_run_that_is_held_is_not_overwritten_by_the_next(pieces, monkeypatch):
    monkeypatch.setattr(memory, "REUSED", 1)
    run = forms.run("lstm")
    grads = forms.backward("lstm", run)
    held = [*run.steps, *grads.params[:3], grads.x, *grads.flow]
    before = [array.copy() for array in held]
    for seed in range(3):
        forms.backward("lstm", forms.run("lstm", x=forms.inputs(seed + 9)))
    for array, same in zip(held, before, strict=True):
        np.testing.assert_array_equal(array, same)
