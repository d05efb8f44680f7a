"""Try mutants before anything is imported: `python -m scripts.mutation.fresh PLAN` in the copy.

For mistakes that act at import, and for those that `session.py` did not see fail: a test module may
have computed something with the right code when it was imported there.
"""

import importlib
import json
import sys
from pathlib import Path

import pytest

from scripts.mutation import child, journal
from scripts.mutation.mutants import Mutant, planted

BUDGET = 12.0  # seconds of tests per mutant
HEAVY = ("numpy", "matplotlib.figure")  # imported once, before the forks
KILLED, SURVIVED = 1, 0


class Chosen:
    """The plugin that runs the tests of a mutant, quick ones first, and stops at a failure."""

    def __init__(self, seconds, say):
        self.seconds, self.say = seconds, say

    def pytest_collection_modifyitems(self, items):
        """Keep the tests of the right functions, as many as the budget allows."""
        known = [(self.seconds[function(i.nodeid)], i) for i in items if self.wanted(i)]
        kept, spent = [], 0.0
        for seconds, item in sorted(known, key=lambda pair: pair[0]):
            spent += seconds
            if spent < BUDGET:
                kept.append(item)
        items[:] = kept

    def wanted(self, item):
        """Say whether a test is one of those that call the mutated function."""
        return function(item.nodeid) in self.seconds

    def pytest_runtest_logreport(self, report):
        """Tell the parent which test failed."""
        if report.failed:
            self.say(report.nodeid + "\n")


def function(test):
    """Return a test without its parameters."""
    return test.partition("[")[0]


def candidates(mutant, calls):
    """Return the seconds of each test function that calls the mutated function, or its module."""
    names = [f"{mutant.module}:{mutant.function}"] if mutant.late else []
    if not any(name in calls for name in names):
        names = [name for name in calls if name.startswith(f"{mutant.module}:")]
    seconds = {}
    for name in names:
        for taken, test in calls[name]:
            seconds[function(test)] = max(taken, seconds.get(function(test), 0.0))
    return seconds


def trial(seconds, say):
    """Import everything anew, run the tests, and say how it went."""
    sys.dont_write_bytecode = True
    files = sorted({test.partition("::")[0] for test in seconds})
    options = [*child.QUIET, "-x", *files]
    code = pytest.main(options, plugins=[Chosen(seconds, say)])
    return SURVIVED if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else KILLED


def fate(mutant, calls):
    """Return what became of a mutant, and the test that saw it."""
    seconds = candidates(mutant, calls)
    if not seconds:
        return "survived", ""
    with planted(Path(mutant.module), mutant):
        code, by = child.ask(lambda say: trial(seconds, say), 60 + 4 * BUDGET)
    by = by.splitlines()[0] if by else ""
    return {SURVIVED: "survived", None: "stopped"}.get(code, "killed"), by


def main(arguments):
    """Run the plan."""
    plan = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    for name in HEAVY:
        importlib.import_module(name)
    calls = journal.callers(plan["map"], longest=BUDGET)
    for fields in plan["mutants"]:
        mutant = Mutant(*fields)
        journal.add(plan["fates"], mutant, *fate(mutant, calls))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
