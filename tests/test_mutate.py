"""The command that plants mistakes: what it plants, what it reports, what it refuses."""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import textwrap
import time
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from scripts import mutate
from scripts.mutation import record, shown, workers
from scripts.mutation.journal import in_turns
from scripts.mutation.mutants import digest, mutants

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that can fork")

CELL = '''
"""A cell."""

HALF = 0.5


def step(x, h, p):
    """Advance."""
    return x * p.W_x + h * p.W_h


def halved(x):
    """Halve."""
    return HALF * x
'''
TESTS = """
from types import SimpleNamespace

from rnnref.cell import halved, step


def test_step():
    assert step(2.0, 3.0, SimpleNamespace(W_x=5.0, W_h=7.0)) == 31.0
"""
HALVED = """

def test_halved():
    assert halved(3.0) == 1.5
"""


def write(folder):
    """Write a small project under git whose tests leave one function alone."""
    files = {
        "rnnref/__init__.py": "",
        "rnnref/cell.py": CELL,
        "tests/test_cell.py": TESTS,
        "tests/mutants.toml": "",
        "tests/golden/.keep": "",
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n',
        ".gitignore": ".cache/\n__pycache__/\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "-q")
    commit(folder)
    return folder


def git(folder, *command):
    """Run git and return what it prints."""
    command = ["git", "-C", folder, "-c", "user.name=n", "-c", "user.email=e", *command]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commit(folder):
    """Commit everything."""
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "now")


class Runs(NamedTuple):
    """Two runs of the command, with a test and an entry added between them."""

    codes: list
    told: list
    changed: str
    row: dict
    journal: list


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Run the command on a small project, add a test and an entry, and run it again."""
    folder, codes, told = write(tmp_path_factory.mktemp("project")), [], []
    for options in (["--jobs", "2"], ["--record"]):
        with contextlib.redirect_stdout(io.StringIO()) as output:
            codes.append(mutate.main(["cell", *options], folder))
        told.append(output.getvalue())
        changed = git(folder, "status", "--porcelain")
        (folder / "tests" / "test_cell.py").write_text(TESTS + HALVED, encoding="utf-8")
        accept(folder)
        commit(folder)
    row = record.measured(folder)["tests"]["rnnref/cell.py"]
    journal = (folder / ".cache" / "mutate" / "tests.jsonl").read_text(encoding="utf-8")
    return Runs(codes, told, changed, row, journal.splitlines())


@pytest.fixture
def project(tmp_path):
    """Return a small project."""
    return write(tmp_path)


def _made(source, module="cell.py"):
    return {(m.before, m.after) for m in mutants(textwrap.dedent(source), module)}


def accept(project, **changes):
    """Write one entry into the record of the project."""
    entry = {
        "module": "rnnref/cell.py",
        "function": "halved",
        "before": "return HALF * x",
        "after": "return None",
        "kind": "no test",
        "why": "only for this test",
    } | changes
    lines = [f"{name} = {json.dumps(value)}" for name, value in entry.items() if value]
    text = "\n".join(["[[accepted]]", *lines])
    (project / "tests" / "mutants.toml").write_text(text, encoding="utf-8")


@forks
def test_a_function_without_a_test_is_reported_and_one_with_a_test_is_not(runs):
    assert runs.codes[0] == 1
    assert "rnnref/cell.py:14: return HALF * x -> return None" in runs.told[0]
    assert "rnnref/cell.py:4: HALF = 0.5 -> HALF = 1.0" in runs.told[0]
    assert "rnnref/cell.py:9:" not in runs.told[0]


@forks
def test_a_test_that_is_added_is_used_by_the_next_run(runs):
    assert runs.codes[1] == 0
    assert " -> " not in runs.told[1]


@forks
def test_a_mutant_that_was_caught_is_not_tried_again(runs):
    caught = [line for line in runs.journal if '"killed"' in line]
    assert len(caught) == runs.row["caught"]


@forks
def test_nothing_but_the_record_is_changed(runs):
    assert runs.changed == "?? tests/golden/mutation.toml\n"


@forks
def test_what_is_recorded_is_what_was_found(runs):
    row = runs.row
    assert row["caught"] == row["mutants"] - 1 > 10
    assert row["accepted"] == 1 and row["open"] == 0
    assert row["made"] == row["mutants"]


@forks
def test_a_sample_tries_every_so_many_mistakes_and_says_of_how_many(project):
    with contextlib.redirect_stdout(io.StringIO()):
        mutate.main(["cell", "--every", "4", "--record"], project)
    row = record.measured(project)["tests"]["rnnref/cell.py"]
    made = mutants(CELL, "rnnref/cell.py")
    journal = (project / ".cache" / "mutate" / "tests.jsonl").read_text(encoding="utf-8")
    seen = {tuple(json.loads(line)[:4]) for line in journal.splitlines()}
    assert seen == {mutant.key for mutant in made[::4]}
    assert (row["mutants"], row["made"]) == (len(seen), len(made))


@forks
def test_what_the_tests_call_is_looked_at_anew_when_the_code_has_changed(project):
    path, open_ = project / "rnnref" / "cell.py", []
    helper = CELL.replace("x * p.W_x + h * p.W_h", "halved(2 * x * p.W_x) + h * p.W_h")
    for source in (CELL, helper):
        path.write_text(source, encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()) as output:
            mutate.main(["cell"], project)
        open_.append("return HALF * x -> return HALF / x" in output.getvalue())
    assert open_ == [True, False]


@pytest.mark.parametrize("step", ["0", "-2", "ten"])
def test_a_step_of_a_sample_is_a_whole_number_from_1_on(project, step, capsys):
    with pytest.raises(SystemExit):
        mutate.main(["cell", f"--every={step}"], project)
    assert f"{step} is no whole number from 1 on; write 10." in capsys.readouterr().err


NAP = """
import fcntl, os, time
lock = open("lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
os.fork()
open("ready", "w").close()
time.sleep(20)
"""


@forks
def test_a_run_that_is_stopped_leaves_no_process_behind(tmp_path, monkeypatch):
    for name, text in {"__init__": "", "mutation/__init__": "", "mutation/nap": NAP}.items():
        path = tmp_path / "scripts" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    worker = workers.start("nap", tmp_path / "plan.json", tmp_path)

    def stop(_):
        if (tmp_path / "ready").exists():
            raise KeyboardInterrupt
        time.sleep(0.05)

    monkeypatch.setattr(workers, "time", SimpleNamespace(sleep=stop))
    with pytest.raises(KeyboardInterrupt):
        workers.watch([worker], 0, tmp_path / "fates", "nap")
    assert worker[0].wait(5) == -signal.SIGTERM
    assert unlocked(tmp_path / "lock", seconds=5)


def unlocked(path, seconds):
    """Say whether nobody holds the lock of a file any more, at the latest after some seconds."""
    fcntl = pytest.importorskip("fcntl")
    end = time.monotonic() + seconds
    with open(path, "w", encoding="utf-8") as file:
        while time.monotonic() < end:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
    return False


def test_a_gate_is_taken_for_its_neighbour():
    made = _made("def step(p, x):\n    return x * p.W_f + p.W_i\n")
    assert ("return x * p.W_f + p.W_i", "return x * p.W_i + p.W_i") in made


def test_operators_operands_transpositions_and_axes_are_changed():
    line = "return np.sum(x.T @ y - z, axis=0)"
    after = {new for old, new in _made(f"def f(x, y, z):\n    {line}\n") if old == line}
    assert after >= {
        "return np.sum(x.T @ y + z, axis=0)",
        "return np.sum(x.T * y - z, axis=0)",
        "return np.sum((x.T @ y), axis=0)",
        "return np.sum(z, axis=0)",
        "return np.sum(x @ y - z, axis=0)",
        "return np.sum(x.T @ y - z, axis=1)",
        "return np.sum(x.T @ y - z)",
        "return (x.T @ y - z)",
    }


def test_checks_refusals_and_conditions_are_left_out_or_turned_around():
    source = """
        def f(x):
            check(x)
            if x < 0:
                raise ValueError(f"{x} is negative")
            return [x]
        """
    assert _made(source) >= {
        ("check(x)", "pass"),
        ("if x < 0:", "if not (x < 0):"),
        ("if x < 0:", "if x <= 0:"),
        ('raise ValueError(f"{x} is negative")', "pass"),
        ('raise ValueError(f"{x} is negative")', 'raise ValueError("~")'),
    }


def test_docstrings_annotations_and_imports_are_left_alone():
    source = '''
        """A module."""
        import numpy as np
        __all__ = ["f"]
        def f(x: "a" = None) -> "b":
            """Do nothing."""
        '''
    assert _made(source) == set()


def test_types_and_guards_that_no_argument_can_reach_are_left_alone():
    source = """
        Function = TypeVar("Function", bound=Callable)
        Model: TypeAlias = Plain | Luong
        def f(x, y):
            return cast(Function, [*zip(x, y, strict=True)])
        """
    after = {new for _, new in _made(source)}
    assert after and not any("strict=False" in line or "Model" in line for line in after)
    assert "return [*zip(x, y, strict=True)]" not in after
    assert "return cast(Function, [*zip(x, y)])" not in after


def test_a_mutant_is_known_without_its_line_number():
    source = "def f(x):\n    return x + 1\n"
    assert {m.key for m in mutants(source, "m")} == {m.key for m in mutants("\n\n" + source, "m")}


def test_a_mutant_changes_only_what_it_says():
    source = "def f(ä, x):\n    return ä + x  # ü\n"
    for mutant in mutants(source, "m"):
        assert mutant.plant(source).split() != source.split()
        assert " ".join(mutant.plant(source).splitlines()[1].split()) == mutant.after


def test_an_entry_whose_line_has_changed_stops_with_its_cure(project):
    accept(project, before="return HALF * x * 1")
    with pytest.raises(
        record.RecordError, match="in halved of rnnref/cell.py is no mutant any mor"
    ):
        mutate.main(["cell"], project)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"why": ""}, "an entry has no why"),
        ({"before": ""}, "an entry has no before"),
        ({"kind": "whatever"}, "kind 'whatever' is unknown; write 'equivalent' or 'no test'"),
    ],
)
def test_an_entry_without_a_reason_is_refused(project, changes, words):
    accept(project, **changes)
    with pytest.raises(record.RecordError, match=words):
        mutate.main(["cell"], project)


def test_an_unknown_module_is_answered_with_a_sentence(project):
    with pytest.raises(mutate.StopError, match="There is no module 'nothing' in rnnref"):
        mutate.main(["nothing"], project)


def test_numbers_of_no_commit_are_not_recorded(project):
    (project / "rnnref" / "cell.py").write_text(CELL + "\n\nMORE = 1\n", encoding="utf-8")
    with pytest.raises(mutate.StopError, match="Commit first.*rnnref/cell.py"):
        mutate.main(["--record"], project)


NUMBERS = "mutants = 7\ncaught = 4\naccepted = 2\nopen = 1\ncommit = 'abc1234'\n"


def recorded(project, made=7, **digests):
    """Write a record of modules with these digests and return the text of its table."""
    numbers = f"{NUMBERS}made = {made}\n"
    tables = [
        f'[tests."rnnref/{name}.py"]\n{numbers}date = "2026-11-2{n}"\ncode = "{code}"\n'
        for n, (name, code) in enumerate(digests.items())
    ]
    (project / record.MEASURED).write_text("\n".join(tables), encoding="utf-8")
    return re.sub(r"(<[^>]*>)+", "|", shown.table("tests", lambda key: key, project))


def test_the_table_adds_up_the_modules_and_says_when_the_oldest_was_measured(project):
    (project / "rnnref" / "other.py").write_text("", encoding="utf-8")
    told = recorded(project, cell=digest(CELL), other=digest(""))
    assert "|rnnref.cell|1|1/1|7|4|2|2026-11-20 |abc1234|" in told
    assert "|mutants_all|2|2|14|8|4|2026-11-20 |abc1234|" in told
    assert "*" not in told


def test_the_table_says_of_how_many_mutants_a_sample_is(project):
    told = recorded(project, made=35, cell=digest(CELL), other="")
    assert "|rnnref.cell|1|1/1|7/35|4|2|" in told
    assert "|mutants_all|2|2|14/70|8|4|" in told


def test_the_table_marks_a_module_that_has_changed_since(project):
    told = recorded(project, cell=digest("HALF = 0.25"))
    assert "|abc1234|*|" in told and "|* mutants_changed|" in told


def test_what_has_no_module_in_the_record_is_named_below_the_table(project):
    untried = project / "rnnref" / "far"
    untried.mkdir()
    (untried / "__init__.py").write_text("", encoding="utf-8")
    told = recorded(project, cell=digest(CELL), other="")
    assert told.endswith("|mutants_untried |rnnref.far|")
    untried.rename(project / "far")
    assert "mutants_untried" not in recorded(project, cell=digest(CELL), other="")


def test_a_suite_that_was_never_measured_is_refused(project):
    with pytest.raises(LookupError, match="mutation.toml has no 'tests'; see python scripts/mut"):
        shown.table("tests", lambda key: key, project)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("A cell.", "The cell.", True),
        ('"""Advance."""', '"""Go on."""', True),
        ("def halved(x):", "def halved(x: float) -> float:", True),
        ("HALF * x", "x * HALF", False),
        ("HALF = 0.5", "HALF = 0.25", False),
    ],
)
def test_words_and_hints_are_no_change_of_a_module_and_code_is(old, new, same):
    assert (digest(CELL) == digest(CELL.replace(old, new))) == same


def test_many_quick_cases_are_tried_before_a_slow_test_has_its_second_turn():
    quick = [(1 / 64, f"quick[{n}]") for n in range(10, 20)]
    slow = [(0.5, "slow[0]"), (0.5, "slow[1]")]
    assert in_turns([slow, quick]) == [*quick[:7], slow[0], *quick[7:], slow[1]]
