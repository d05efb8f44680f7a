"""What is known so far, a line per test and a line per mutant, so that a run can be continued."""

import hashlib
import json
from pathlib import Path


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
    """Return the passing tests of each function as (seconds, test), quick ones first."""
    calls = {}
    for test, _, passed, seconds, names in lines(path):
        if passed and seconds < longest:
            for name in names:
                calls.setdefault(name, []).append((seconds, test))
    return {name: sorted(set(tests)) for name, tests in calls.items()}
