"""What is known so far, a line per test and a line per mutant, so that a run can be continued."""

import hashlib
import json
from pathlib import Path

TURN = 0.1  # seconds that the cases of one test may take before another test has its turn


def digest(path):
    """Return a short digest of a file."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def lines(path):
    """Yield the lines of a journal; one that was cut off by an interruption is no line."""
    path = Path(path)
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def add(path, mutant, fate, by):
    """Write down the fate of a mutant, and the test that saw it."""
    with open(path, "a", encoding="utf-8") as journal:
        line = [*mutant.key, mutant.context, fate, by]
        print(json.dumps(line, ensure_ascii=False), file=journal, flush=True)


def fates(path):
    """Return {(key, context): fate}, the last word of each mutant."""
    return {(tuple(key), context): fate for *key, context, fate, _ in lines(path)}


def callers(path, longest):
    """Return the passing tests of each function as (seconds, test), in the order to try them.

    Quick ones come first, and of every test some cases before more cases of any.
    """
    calls, found = {}, {test: rest for test, _, *rest in lines(path)}
    for test, (passed, seconds, names) in found.items():
        if passed and seconds < longest:
            for name in names:
                calls.setdefault(name, {}).setdefault(test.partition("[")[0], []).append(
                    (seconds, test)
                )
    return {name: in_turns(functions.values()) for name, functions in calls.items()}


def in_turns(functions):
    """Return the cases of some tests in turns, each as long as TURN, quick ones first."""
    turns = {}
    for cases in functions:
        spent = 0.0
        for seconds, test in sorted(cases):
            turns.setdefault(int(spent / TURN), []).append((seconds, test))
            spent += seconds
    return [case for turn in sorted(turns) for case in sorted(turns[turn])]
