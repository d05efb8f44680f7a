import re

import numpy as np
import pytest

from rnnref.explain import bars
from rnnref.explain.bars import Bar
from rnnref.explain.document import check_numbers

KEPT, WRITTEN = np.array([0.5, -0.25]), np.array([0.25, 0.75])


def lengths(rows, fill):
    """Return (left, width) of every bar of one colour, unit after unit."""
    marks = bars.columns(rows, 0, 800, ["unit 1", "unit 2"])
    drawn = [mark for mark in marks if f'fill="var(--rr-{fill},' in mark and "<rect" in mark]
    return [tuple(float(re.search(f' {a}="([^"]*)"', m)[1]) for a in ("x", "width")) for m in drawn]


def test_a_bar_is_as_long_as_its_value():
    (_, one), (_, two) = lengths([Bar("c_t", "cell", "c", KEPT)], "cell")
    assert one == pytest.approx(2 * two)


def test_a_negative_bar_ends_where_a_positive_one_begins():
    (left, _), *_ = lengths([Bar("c_t", "cell", "c", np.array([0.5, 0.5]))], "cell")
    (start, width), *_ = lengths([Bar("c_t", "cell", "c", np.array([-0.5, 0.5]))], "cell")
    assert start + width == pytest.approx(left)


def test_a_stacked_bar_begins_at_the_end_of_the_other():
    (left, width), (negative, _) = lengths([Bar("a", "cell", "a", KEPT)], "cell")
    stacked = lengths([Bar("b", "candidate", "b", WRITTEN, start=KEPT)], "candidate")
    assert stacked[0][0] == pytest.approx(left + width)
    assert stacked[1][0] == pytest.approx(negative)


def test_the_pale_track_of_a_gate_runs_from_nought_to_one():
    (left, part), *_ = lengths([Bar("f_t", "forget", "f", KEPT, gate=True)], "forget")
    (start, whole), *_ = lengths([Bar("f_t", "forget", "f", KEPT, gate=True)], "forget-soft")
    assert start == left and part == pytest.approx(0.5 * whole)


def test_a_value_beyond_one_widens_the_scale():
    marks = "".join(bars.columns([Bar("c_t", "cell", "c", np.array([1.5, 0]))], 0, 800, ["1", "2"]))
    assert ">−2<" in marks and ">2<" in marks


def test_every_bar_prints_its_number():
    marks = bars.columns([Bar("c_t", "cell", "c", KEPT)], 0, 800, ["1", "2"])
    text = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(marks)}</svg>'
    assert check_numbers(text, {"c": KEPT}) == {"c[1]": 0.5, "c[2]": -0.25}
