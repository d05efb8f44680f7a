"""The page of the benchmark shows the record: every number of it, and where others are faster."""

import itertools
import re

import pytest

from rnnref.explain.terms import Lookup
from scripts import bench_page, bench_record
from scripts.contestants import TOLERANCE

EN = Lookup("en")


def row(kind, which, **ratios):
    found = {"products": 0.5, **ratios}
    return {
        **{"kind": kind, "size": "tiny", "dtype": "float32", "pass": which, "rounds": 7},
        **{"ms": {"rnnref": 0.12345, **found}, "ratio": found},
    }


@pytest.fixture
def record(tmp_path):
    """Return a writer of records: rows -> path."""

    def written(*rows):
        path = tmp_path / "record.json"
        bench_record.write(path, bench_record.about("python scripts/bench.py", ["torch"]), rows)
        return path

    return written


def cells(text):
    return [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", text)]


def test_a_table_has_our_time_the_ratios_of_others_and_the_share_of_the_products(record):
    path = record(row("lstm", "both", torch=1.256, naive=2.5))
    assert cells(bench_page.show("lstm both", EN, path)) == [
        *("case", "ms", "PyTorch", "naive loop", "products’ share"),
        *("tiny float32", "0.123", "1.26", "2.50", "50%"),
    ]


def test_a_ratio_is_bold_where_the_other_one_is_faster(record):
    shown = bench_page.show("gru forward", EN, record(row("gru", "forward", torch=0.5, naive=2)))
    assert re.findall("<strong>(.*?)</strong>", shown) == ["0.50"]


def test_every_case_in_which_somebody_else_is_faster_is_listed_and_no_other(record):
    path = record(
        row("gru", "forward", torch=0.5, onnxruntime=0.25, naive=0.1),
        row("attention", "both", torch=1.5, naive=2.0),
    )
    assert cells(bench_page.show("slower", EN, path))[4:] == [
        *("GRU tiny float32", "forward", "PyTorch", "2.00"),
        *("GRU tiny float32", "forward", "ONNX Runtime", "4.00"),
        *("GRU tiny float32", "forward", "naive loop", "10.00"),
    ]


def test_the_machine_and_the_way_of_measuring_are_named(record):
    shown = cells(bench_page.show("machine", EN, record()))
    said = dict(zip(shown[::2], shown[1::2], strict=True))
    assert said["command"] == "python scripts/bench.py" and said["threads"] == "1"
    assert said["versions"].startswith("Python 3") and "torch" not in said["versions"]
    assert "cores" in said["processor"] and re.fullmatch(r"\d{4}-\d\d-\d\d", said["date"])


def test_a_setting_of_the_allocator_is_shown_as_it_was(record, monkeypatch):
    monkeypatch.setenv("MALLOC_TOP_PAD_", "268435456")
    assert "MALLOC_TOP_PAD_=268435456" in bench_page.show("machine", EN, record())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sizes_are_those_of_the_contestants(record, lang):
    shown = cells(bench_page.show("sizes", Lookup(lang), record()))
    assert shown[-3:] == [Lookup(lang)("bench_large"), "64 × 100 × 512 × 1024", "32 × 512 × 64"]


def test_a_part_that_the_record_does_not_have_is_refused(record):
    with pytest.raises(LookupError, match="no 'rnn sideways'; it has machine, sizes, slower, rnn"):
        bench_page.show("rnn sideways", EN, record(row("rnn", "both")))


def test_the_record_in_the_repository_has_every_case_of_the_usual_sizes_and_none_twice():
    keys = ("kind", "size", "dtype", "pass")
    found = [tuple(row[key] for key in keys) for row in bench_record.read()["rows"]]
    usual = ("tiny", "small", "medium")
    every = itertools.product(bench_page.KINDS, usual, TOLERANCE, bench_page.PASSES)
    assert set(every) <= set(found)
    assert len(set(found)) == len(found)
