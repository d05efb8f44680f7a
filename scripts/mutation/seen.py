"""Which tests call which function: each test is run once under a profiler."""

import ast
import functools
import gc
import json
import os
import sys
import time

from scripts.mutation import journal
from scripts.mutation.mutants import short

CASES = 200  # of one parametrised test are tried at most
PLANTING = ("mistake", "slip", "wrong_sign")  # in the names of tests that plant mistakes


def sample(items):
    """Return at most CASES items of every test function, spread over all of its cases.

    Tests that plant mistakes themselves are left out: they stop when they do not find the line that
    they want to change, which says nothing.
    """
    groups = {}
    for item in items:
        name = item.nodeid.partition("[")[0]
        if not any(word in name.rpartition("::")[2] for word in PLANTING):
            groups.setdefault(name, []).append(item)
    return [item for group in groups.values() for item in spread(group)]


def spread(group):
    """Return at most CASES of some items, at equal distances."""
    count = min(CASES, len(group))
    return [group[number * len(group) // count] for number in range(count)]


def by_file(items):
    """Return the items of each file of tests."""
    files = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    return files


def caches():
    """Return what in the package remembers results: no test may live on those of another."""
    found = [o for o in gc.get_objects() if isinstance(o, functools._lru_cache_wrapper)]
    return [o for o in found if str(getattr(o, "__module__", "")).startswith("rnnref")]


class Stamps:
    """What a test calls may change with its file, or with any module of which it calls something.

    Attributes
    ----------
    root : Path
        Of the project.
    """

    def __init__(self, root):
        self.root = root
        self.digest = functools.cache(lambda path: journal.digest(root / path))

    def of(self, test, names):
        """Return a digest of the file of a test and of the modules of what it calls."""
        paths = [test.partition("::")[0], *sorted({name.partition(":")[0] for name in names})]
        return short(" ".join(map(self.digest, paths)))


def measuring(items, passes, stamps, where, package):
    """Return the task of running tests one by one and noting who each calls, and how long.

    Parameters
    ----------
    items : list of pytest.Item
    passes : function (item) -> bool
    stamps : Stamps
    where : file
    package : str
        The folder of the package; calls elsewhere do not count.
    """

    def task():
        remembered = caches()
        for item in items:
            for cache in remembered:
                cache.cache_clear()
            passed, seconds, called = profiled(lambda item=item: passes(item), package)
            names = sorted({name(code, package) for code in called})
            line = [item.nodeid, stamps.of(item.nodeid, names), passed, round(seconds, 4), names]
            print(json.dumps(line), file=where, flush=True)
        return 0

    return task


def profiled(run, package):
    """Return what `run` returns, its seconds, and the code of the package that it called."""
    called = set()

    def note(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(package):
            called.add(frame.f_code)

    started = time.process_time()
    sys.setprofile(note)
    try:
        passed = run()
    finally:
        sys.setprofile(None)
    return passed, time.process_time() - started, called


def functions(package):
    """Return all that `name` can return for the code of a package as it is now."""
    found = set()
    for path in package.rglob("*.py"):
        where = path.relative_to(package.parent).as_posix()
        found |= {f"{where}:{name}" for name in ("", *named(ast.parse(path.read_bytes())))}
    return found


def named(tree, owner=""):
    """Yield the qualified names of the classes and functions of a syntax tree."""
    for node in ast.walk(tree) if not owner else tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            yield owner + node.name
        if isinstance(node, ast.ClassDef):
            yield from named(node, f"{owner}{node.name}.")


def name(code, package):
    """Return what a mutant calls the outermost function of a piece of code: file:function."""
    path = os.path.relpath(code.co_filename, os.path.dirname(package.rstrip(os.sep))).replace(
        os.sep, "/"
    )
    function = code.co_qualname.partition(".<locals>")[0]
    return f"{path}:{'' if function.startswith('<') else function}"
