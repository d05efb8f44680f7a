"""Every axis of every array that goes there or back, made wrong once: refused, never spread."""

import numpy as np
import pytest
from there_and_back import WAYS, upstream

from rnnref import ShapeError, trees

every_way = pytest.mark.parametrize("name", WAYS)
CELLS = ("rnn", "lstm", "gru", "stacked")
# Sizes that no other argument shares: steps, queries, features of values, rows, words.
FREE = {
    **{name: {("x", 1)} for name in WAYS if name.startswith(CELLS)},
    **{score: {("q", 1), ("v", 2)} for score in ("dot", "scaled", "general", "concat")},
    **{score: {("q", 1), ("v", 2)} for score in ("additive", "additive bias")},
    "chunked": {("v", 2)},
    "heads": {("q", 1)},
    "decoder post": {("x", 1), ("memory", 1)},
    "decoder pre": {("x", 1), ("memory", 1)},
    **{name: {("x", 0), ("x", 1)} for name in ("layer norm", "rms norm", "feed forward", "linear")},
    "embedding": {("W", 0), ("W", 1)},
    **{name: {("p.source", 0)} for name in WAYS if ", " in name},
}


def wrong_axes(arrays):
    """Yield (name, axis, the same tree with that axis longer by one) for every axis."""
    named = trees.arrays("test", "", arrays)
    for name, array in named.items():
        for axis in range(array.ndim):
            shape = [n + (k == axis) for k, n in enumerate(array.shape)]
            changed = named | {name: np.full(shape, 0.5)}
            yield written(name), axis, trees.rebuilt(arrays, changed.values())


def written(name):
    """Return the name of an array as messages have it: the first key of a tree is an argument."""
    argument, _, rest = name.removeprefix("['").partition("']")
    return argument + rest


def refusals(call, arrays):
    """Return what is refused by (argument, axis), None where nothing is."""
    found = {}
    for name, axis, changed in wrong_axes(arrays):
        try:
            call(changed)
            found[name, axis] = None
        except ShapeError as refusal:
            found[name, axis] = refusal
    return found


@every_way
def test_a_wrong_axis_of_an_argument_is_refused_unless_it_is_free(name):
    way = WAYS[name]
    found = refusals(lambda given: way.forward(**given), way.arguments)
    assert {place for place, error in found.items() if error is None} == FREE.get(name, set())
    functions = {error.function for error in found.values() if error}
    assert len(functions) <= 1 and all("." in function for function in functions)


@every_way
def test_a_wrong_axis_of_an_upstream_gradient_is_refused_by_name(name):
    way = WAYS[name]
    run = way.forward(**way.arguments)
    found = refusals(lambda above: way.backward(run, **above), upstream(run, way))
    for (argument, _), error in found.items():
        assert error.argument == argument
        assert error.expected in str(error) and error.actual in str(error)
