"""Try the mutants of a copy of the project: `python -m scripts.mutation.session PLAN` in the copy.

One process collects the tests once. For each mutant a fork of it exchanges the code of the function
in place and runs the tests that call the function, until one fails: some milliseconds each. What no
test notices that way, or what acts at import, is tried again by a fork that has not imported the
package yet (`fresh.py`), so that nothing computed at import hides it.
"""

import ast
import gc
import itertools
import json
import os
import sys
import types
from pathlib import Path

import pytest

from scripts.mutation import child, journal, seen
from scripts.mutation.mutants import Mutant, planted

BUDGET = 3.0  # seconds of tests per mutant
LONGEST = 2.0  # seconds of a test that is worth its time here


class Session:
    """The plugin that takes the place of pytest's own loop over the tests."""

    def __init__(self, plan):
        self.plan = plan
        self.root = Path.cwd()
        self.package = str(self.root / "rnnref") + os.sep
        self.failed = False
        self.killers = {}  # function -> the test that saw the last mistake in it

    def pytest_runtest_logreport(self, report):
        """Remember that a phase of the running test failed."""
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session):
        """Measure the tests, then try the mutants."""
        items = seen.sample(session.items)
        self.measure(items)
        self.items = {item.nodeid: item for item in items}
        self.calls = journal.callers(self.plan["map"], LONGEST)
        self.functions = living(self.package)
        gc.freeze()  # forks share what they do not write to
        for fields in self.plan["mutants"]:
            mutant = Mutant(*fields)
            journal.add(self.plan["fates"], mutant, *self.fate(mutant))
        return True

    def passes(self, item, after=None):
        """Run one test and say whether it passed."""
        self.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        return not self.failed

    def measure(self, items):
        """Write down what each test calls, unless it is written already and still true."""
        there = seen.functions(self.root / "rnnref")
        stamps = seen.Stamps(self.root)
        known = {
            test
            for test, stamp, _, _, names in journal.lines(self.plan["map"])
            if there.issuperset(names)  # else a function has moved, and nobody knows where to
            and stamp == stamps.of(test, names)
        }
        with open(self.plan["map"], "a", encoding="utf-8") as where:
            for tests in seen.by_file(items).values():
                new = [test for test in tests if test.nodeid not in known]
                task = seen.measuring(new, self.passes, stamps, where, self.package)
                if new:
                    child.run(task, 600)

    def fate(self, mutant):
        """Return what became of a mutant, and the test that saw it."""
        tests = self.tests_of(mutant)
        if not tests:
            return "later", ""
        limit = 10 + 5 * sum(seconds for seconds, _ in tests)
        with planted(self.root / mutant.module, mutant) as mutated:
            chosen = [self.items[test] for _, test in tests]
            code, by = child.ask(lambda say: self.trial(mutant, mutated, chosen, say), limit)
        if by:
            self.killers[mutant.module, mutant.function] = by
            return "killed", by
        return "stopped" if code is None else "later", ""

    def tests_of(self, mutant):
        """Return (seconds, test) as the budget allows: what saw the last mistake here leads."""
        names = [f"{mutant.module}:{mutant.function}"]
        if not mutant.late:  # a decorator may keep a test from ever calling the function
            names += [name for name in self.calls if name.startswith(f"{mutant.module}:")]
        last = self.killers.get((mutant.module, mutant.function))
        calling = dict.fromkeys(pair for name in names for pair in self.calls.get(name, []))
        tests = [pair for pair in calling if pair[1] in self.items]
        tests.sort(key=lambda pair: pair[1] != last)  # stable: the rest stays in its order
        return within(tests, BUDGET)

    def exchanged(self, mutant, mutated, path):
        """Exchange the code of a function wherever it is in use, and say whether it went."""
        code = compile(mutated, path, "exec", dont_inherit=True)
        pairs = [
            (living, part)
            for part in parts(code)
            if part.co_qualname.partition(".<locals>")[0] == mutant.function
            for living in self.functions.get(place(part), [])
        ]
        if any(old.__code__.co_freevars != new.co_freevars for old, new in pairs):
            return False
        for function, part in pairs:
            function.__code__ = part
        return bool(pairs)

    def trial(self, mutant, mutated, tests, say):
        """Exchange the code, run the tests, and say which of them failed first."""
        path = str(self.root / mutant.module)
        if (self.exchanged if mutant.late else redefined)(mutant, mutated, path):
            for item, after in zip(tests, [*tests[1:], None], strict=True):
                if not self.passes(item, after):
                    say(item.nodeid)
                    break
        return 0


def redefined(mutant, mutated, path):
    """Define a function of a module anew, decorators and defaults included; say whether it went."""
    module = sys.modules[mutant.module.removesuffix(".py").replace("/", ".")]
    old, tree = vars(module).get(mutant.function), ast.parse(mutated)
    found = [n for n in tree.body if getattr(n, "name", None) == mutant.function]
    if old is None or not found:
        return False
    gc.unfreeze()  # who refers to the old function is found among what the collector watches
    holders = [h for h in gc.get_referrers(old) if isinstance(h, dict | list)]
    exec(compile(ast.Module(found, []), path, "exec"), vars(module))
    new = vars(module)[mutant.function]
    for holder in holders:
        for key, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if value is old:
                holder[key] = new
    return True


def within(tests, budget):
    """Return the first of some (seconds, test) that together take no longer than the budget."""
    ends = itertools.accumulate(seconds for seconds, _ in tests)
    return [test for test, end in zip(tests, ends, strict=True) if end <= budget]


def living(package):
    """Return the function objects of the package by file, name and line."""
    found = {}
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__code__.co_filename.startswith(package):
            found.setdefault(place(thing.__code__), []).append(thing)
    return found


def place(code):
    """Return file, name and line of a piece of code."""
    return code.co_filename, code.co_qualname, code.co_firstlineno


def parts(code):
    """Yield all code inside a piece of code."""
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield part
            yield from parts(part)


def main(arguments):
    """Run the plan."""
    plan = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    options = [*child.QUIET, *plan["tests"]]
    return pytest.main(options, plugins=[Session(plan)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
