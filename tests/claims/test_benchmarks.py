"""The claims of the page on speed, one test each. Nothing is timed here: the record is read."""

import forms
import numpy as np
import pytest

from rnnref import memory
from scripts import bench, bench_cases, bench_record, contestants


@pytest.mark.claim("benchmarks.rounds")
def test_a_case_was_measured_in_three_rounds_if_somebody_needs_a_second_and_else_in_seven():
    found = {3: [], 7: []}
    for row in bench_record.read()["rows"]:
        found[row["rounds"]].append(max(row["ms"].values()))
    assert max(found[7]) < 1.2 * 1000 * bench.LONG
    assert all(longest > 0.8 * 1000 * bench.LONG for longest in found[3])


@pytest.mark.claim("benchmarks.same")
@pytest.mark.parametrize("kind", bench_cases.KINDS)
def test_a_contestant_with_another_output_is_not_measured(kind):
    def other(case):
        y = contestants.ours(case).forward()
        return contestants.Contestant(lambda: y + 1e-3, None)

    given = bench_cases.case(kind, "tiny", "float64")
    with pytest.raises(ValueError, match=f"other does not compute {kind} as rnnref does"):
        contestants.compared(given, {"rnnref": contestants.ours, "other": other})


@pytest.mark.claim("benchmarks.held")
@pytest.mark.parametrize("name", forms.PLAIN)
def test_what_a_run_returned_stays_as_it_is_while_others_use_memory_again(name, monkeypatch):
    monkeypatch.setattr(memory, "REUSED", 1)  # no array is too small for it
    run = forms.run(name)
    grads = forms.backward(name, run)
    held = [*run.steps, grads.x, *forms.flat(grads.flow)]
    before = [array.copy() for array in held]
    for seed in range(3):
        forms.backward(name, forms.run(name, x=forms.inputs(seed + 9)))
    for array, same in zip(held, before, strict=True):
        np.testing.assert_array_equal(array, same)
