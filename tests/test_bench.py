"""The benchmark measures correct programs, and leaves no place of its table empty. No time here."""

import re

import numpy as np
import pytest

from rnnref import attention
from scripts import bench, bench_cases, bench_record, contestants, naive

OWN = {name: contestants.CONTESTANTS[name] for name in ("rnnref", "products", "naive")}
CELLS = sorted(bench_cases.MODULES)


def exact(kind):
    return bench_cases.case(kind, "tiny", "float64")


def gradients(kind, given):
    """Return all gradients of rnnref, in the order of the naive loop."""
    module, (x,) = bench_cases.MODULES[kind], given.inputs
    run = module.forward(x, given.p, **bench_cases.OPTIONS[kind])
    grads = module.backward(run, dy=given.dy)
    return [grads.x, *(part for part in grads.params if part is not None)]


@pytest.mark.parametrize("kind", CELLS)
def test_the_naive_loop_has_the_outputs_and_gradients_of_rnnref(kind):
    given = exact(kind)
    layer, (x,) = naive.LAYERS[kind](given.p), given.inputs
    y, states, kept = naive.forward(layer, x)
    np.testing.assert_allclose(y, contestants.ours(given).forward(), rtol=0, atol=1e-12)
    found = naive.backward(layer, x, states, kept, given.dy)
    for ours, theirs in zip(gradients(kind, given), found, strict=True):
        np.testing.assert_allclose(theirs, ours, rtol=0, atol=1e-10)


def test_naive_attention_has_the_output_and_gradients_of_rnnref():
    given = exact("attention")
    y, weights = naive.attention(*given.inputs)
    run = attention.attention(*given.inputs)
    np.testing.assert_allclose(y, run.y, rtol=0, atol=1e-12)
    ours = attention.attention_backward(run, dy=given.dy)
    found = naive.attention_backward(*given.inputs, weights, given.dy)
    for own, theirs in zip((ours.q, ours.k, ours.v), found, strict=True):
        np.testing.assert_allclose(theirs, own, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", bench_cases.KINDS)
def test_onnx_runtime_computes_what_rnnref_does(kind):
    pytest.importorskip("onnxruntime")
    given = bench_cases.case(kind, "tiny", "float32")
    found = contestants.CONTESTANTS["onnxruntime"](given).forward()
    np.testing.assert_allclose(found, contestants.ours(given).forward(), rtol=0, atol=1e-5)


def test_a_contestant_that_computes_something_else_is_refused():
    def wrong(given):
        return contestants.Contestant(lambda: given.dy, None)

    with pytest.raises(ValueError, match="wrong does not compute gru as rnnref does; mend it"):
        contestants.compared(exact("gru"), OWN | {"wrong": wrong})


def test_the_table_has_a_line_for_every_case_and_pass():
    cases = [(kind, "tiny", "float32") for kind in bench_cases.KINDS]
    lines = [bench.line(*row) for row in bench.rows(cases, OWN, rounds=1, least=0)]
    assert [(one[0], one[3]) for one in lines] == [
        (kind, what) for kind in bench_cases.KINDS for what in ("forward", "forward + backward")
    ]
    for one in lines:
        assert len(one) == len(bench.heads())
        shown = dict(zip(bench.heads(), one, strict=True))
        assert all(re.fullmatch(r"[\d.e+-]+", shown[f"{name} ms"]) for name in OWN)
        assert shown["torch ms"] == shown["torch / rnnref"] == "–"


def test_ratios_are_taken_round_by_round():
    times = {"rnnref": [1.0, 2.0, 4.0], "naive": [3.0, 4.0, 40.0]}
    assert bench_record.ratio(times, "naive") == 3.0


def test_contestants_take_turns():
    order = []
    calls = {name: lambda name=name: order.append(name) for name in "abc"}
    bench.measured(calls, rounds=3, least=0)
    assert "".join(order[6:]) == "abcbcacab"  # two calls of each come before, to see how long


def test_what_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(contestants.NEEDS, "torch", ("no_such_module",))
    found, missing = contestants.installed()
    assert "torch" not in found
    assert "torch not installed" in bench.machine(bench_record.about("", missing))


def test_a_call_that_takes_long_is_timed_in_few_rounds(monkeypatch):
    monkeypatch.setattr(bench, "LONG", -1.0)
    times = bench.measured({"rnnref": lambda: None, "naive": lambda: None}, rounds=9, least=0)
    assert [len(found) for found in times.values()] == [bench.FEW] * 2


def test_a_record_holds_every_line_of_the_table_and_how_it_was_taken(tmp_path, capsys):
    file = tmp_path / "record.json"
    arguments = ["--sizes", "tiny", "--cells", "rnn", "--rounds", "1", "--record", str(file)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "installed", lambda: (OWN, ["torch", "onnxruntime"]))
        bench.main(arguments)
    record = bench_record.read(file)
    lines = [(one["dtype"], one["pass"]) for one in record["rows"]]
    assert lines == [(d, p) for d in contestants.TOLERANCE for p in ("forward", "both")]
    # Where it is written is a place on one machine, and would stand on the page.
    assert record["command"] == f"python scripts/bench.py {' '.join(arguments[:-2])}"
    assert record["versions"]["torch"] == "" and record["versions"]["NumPy"] == np.__version__
    assert record["threads"] == 1 and record["sizes"]["cells"]["tiny"] == [1, 20, 8, 16]
    for one in record["rows"]:
        assert one["ms"].keys() == OWN.keys() and one["ratio"].keys() == OWN.keys() - {"rnnref"}
        assert one["rounds"] == 1


def test_the_record_of_the_page_names_no_place_on_a_machine():
    assert not re.search(r"[ =](/|~|[A-Za-z]:\\)", bench_record.read()["command"])
