"""The benchmark of a build counts every directive once and leaves nothing out. No time here."""

import sys

import pytest

from scripts import bench_build, kinds


def test_every_directive_that_has_a_part_exists():
    assert bench_build.PARTS.keys() <= kinds.table().keys()


def test_the_parts_of_a_build_make_up_the_whole():
    found = bench_build.split({"figures": 2.0, "checks": 1.0}, 5.0)
    assert found == {"figures": 2.0, "checks": 1.0, "MkDocs, theme, search": 2.0, "together": 5.0}


def test_a_timed_call_returns_its_result_and_counts_as_its_part(monkeypatch):
    ticks = iter([1.0, 3.0, 10.0, 14.0])
    monkeypatch.setattr(bench_build.time, "process_time", lambda: next(ticks))
    clock = bench_build.Clock()
    add = clock.timed("figures", lambda a, b: a + b)
    assert (add(1, b=2), add(3, 4)) == (3, 7)
    assert clock.parts["figures"] == 6.0
    assert sum(clock.parts.values()) == 6.0


def test_the_table_has_a_row_for_every_part_and_a_column_for_every_build():
    found = {name: {"figures": 1.0, "together": 2.5} for name in ("cold", "warm")}
    head, *rows = bench_build.table(found).splitlines()
    assert head.split() == ["cold", "warm"]
    assert [row.split() for row in rows] == [
        ["figures", "1.00", "1.00"],
        ["together", "2.50", "2.50"],
    ]


def test_user_and_system_time_of_what_was_started_count(tmp_path, monkeypatch):
    times = iter([(9, 9, 1.0, 0.5, 9), (99, 99, 4.0, 1.0, 99)])
    monkeypatch.setattr(bench_build.os, "times", lambda: next(times))
    monkeypatch.setattr(bench_build, "run", lambda command, folder: None)
    assert bench_build.seconds([], tmp_path) == 3.5


def test_a_command_that_fails_stops_the_benchmark_with_what_it_printed(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('a reason')"]
    with pytest.raises(SystemExit, match="a reason"):
        bench_build.seconds(command, tmp_path)


def test_a_build_changes_the_copy_and_not_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_build, "ROOT", planted(tmp_path))
    copy = bench_build.copied(tmp_path / "to")
    bench_build.changes(copy)["one figure"]()
    assert (copy / "rnnref/explain/figures/lstm.py").read_text() == "x = 1\n\nMORE = 1\n"
    assert (copy / ".cache/trainings/a.json").read_text() == "{}"
    assert (tmp_path / "from/rnnref/explain/figures/lstm.py").read_text() == "x = 1\n"


def planted(tmp_path):
    """A checkout of almost nothing."""
    root = tmp_path / "from"
    files = {"rnnref/explain/figures/lstm.py": "x = 1\n", ".cache/trainings/a.json": "{}"}
    for name in (*(f"{name}/a" for name in bench_build.COPIED if "." not in name), *files):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(files.get(name, ""))
    (root / "mkdocs.yml").write_text("")
    return root
