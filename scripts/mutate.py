"""Plant small mistakes in the package, one after the other, and see that a test notices each.

    python scripts/mutate.py                    the core and the printer of equations; hours
    python scripts/mutate.py lstm.cell gru      these modules or packages
    python scripts/mutate.py --proofs           functions whose equations are printed, with no test
                                                but the proofs of the equations and their lock

It works on a copy in .cache/mutate and may be stopped at any time: the same command continues.
Mistakes that no test notices are printed, and the exit code is 1. For each, write the test that
fails with it, or, if it changes nothing that can be observed, enter it with the reason in
tests/mutants.toml.

    --every N     only every Nth mistake of each module, for a first look; the same ones each time
    --jobs N      so many processes; 1 is the default
    --fresh       forget what earlier runs found: after changes of what the tests share
    --record      write the numbers into tests/golden/mutation.toml; only when all is committed
"""

import argparse
import inspect
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # for a start by file name

from scripts.mutation import journal, record, workers
from scripts.mutation.mutants import digest, mutants
from scripts.mutation.workers import StopError

ROOT = Path(__file__).resolve().parent.parent
STEPS = ("session", "fresh")  # what sees most at once, then what sees the rest


def main(arguments, root=ROOT):
    """Try the mutants that the arguments ask for, report, and return the exit code."""
    options = parsed(arguments)
    if not hasattr(os, "fork"):
        raise StopError("Mutation testing needs a system that can fork; on Windows use WSL.")
    suite = "proofs" if options.proofs else "tests"
    whole = planned(options, root)
    entries = record.accepted(root) if suite == "tests" else {}
    record.require_current(entries, whole)
    made = {module: some[:: options.every] for module, some in whole.items()}
    if options.record and changes(root):
        raise StopError(f"Commit first, or the record would be of no commit: {changes(root)[0]}.")
    if options.fresh:
        shutil.rmtree(workers.state(root), ignore_errors=True)
    fates = tried(made, entries, suite, options.jobs, root)
    rows = {
        module: counted(some, entries, fates) | {"made": len(whole[module])}
        for module, some in made.items()
    }
    report(rows, made, entries, fates)
    if options.record:
        record.merge(suite, stamped(rows, root), root)
    return 1 if any(row["open"] for row in rows.values()) else 0


def parsed(arguments):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", metavar="module")
    parser.add_argument("--proofs", action="store_true")
    parser.add_argument("--every", type=positive, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--record", action="store_true")
    return parser.parse_args(arguments)


def positive(text):
    """Return the number that is written, or say that it has to be 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no whole number from 1 on; write 10.")
    return int(text)


def planned(options, root):
    """Return {path: mutants} of the modules that are asked for."""
    paths = chosen(options.modules, root)
    made = {path: mutants((root / path).read_text(encoding="utf-8"), path) for path in paths}
    if options.proofs:
        known = printed(root)
        made = {
            path: [m for m in some if m.late and (path, m.function) in known]
            for path, some in made.items()
        }
    return {path: some for path, some in made.items() if some}


def chosen(names, root):
    """Return the paths of modules by dotted names or beginnings of them; of all without names."""
    paths = sorted(path.relative_to(root).as_posix() for path in (root / "rnnref").rglob("*.py"))
    dotted = {path: path[len("rnnref/") :].removesuffix(".py").replace("/", ".") for path in paths}
    if not names:
        shown = [f"explain.{name}" for name in workers.PRINTER]
        return [p for p, name in dotted.items() if "explain" not in name or name in shown]
    found = []
    for name in names:
        some = [p for p, full in dotted.items() if f"{full}.".startswith(f"{name}.")]
        if not some:
            raise StopError(f"There is no module {name!r} in rnnref; write lstm.cell or explain.")
        found += some
    return list(dict.fromkeys(found))


def printed(root):
    """Return (path, name) of every function all of whose results are printed as equations."""
    from rnnref.explain import catalog

    entries = catalog.ENTRIES.values()
    whole = [each for each in entries if each.only is None and each.reading is None]
    plain = [inspect.unwrap(entry.function) for entry in whole]
    codes = [function.__code__ for function in plain]
    return {(Path(c.co_filename).relative_to(root).as_posix(), c.co_qualname) for c in codes}


def tried(made, entries, suite, jobs, root):
    """Run what is not known yet and return {(key, context): fate}."""
    path = workers.state(root) / f"{suite}.jsonl"
    for step in STEPS:
        fates = journal.fates(path)
        todo = [m for some in made.values() for m in some if waiting(m, step, entries, fates)]
        if todo:
            workers.run(step, todo, suite, jobs, root)
    return journal.fates(path)


def waiting(mutant, step, entries, fates):
    """Say whether a step has to try a mutant: nobody has seen it, and it is not accepted."""
    if mutant.key in entries or caught(mutant, fates):
        return False
    outside = mutant.function == "" or mutant.function.endswith(".")  # of all functions
    later = outside or fates.get((mutant.key, mutant.context)) == "later"
    return later if step == "fresh" else not outside


def caught(mutant, fates):
    """Say whether a test has seen a mutant, or it never came to an end."""
    return fates.get((mutant.key, mutant.context)) in ("killed", "stopped")


def counted(some, entries, fates):
    """Return the numbers of one module."""
    accepted = sum(m.key in entries for m in some)
    seen = sum(caught(m, fates) for m in some if m.key not in entries)
    numbers = {"mutants": len(some), "caught": seen, "accepted": accepted}
    return numbers | {"open": len(some) - seen - accepted}


def report(rows, made, entries, fates):
    """Print a line per module and every mutant that nobody saw."""
    for module, row in rows.items():
        print(f"{module:40}", *(f"{row[name]:6} {name}" for name in row))
    total = {name: sum(row[name] for row in rows.values()) for name in next(iter(rows.values()))}
    print(f"{'all':40}", *(f"{total[name]:6} {name}" for name in total))
    for mutant in (m for some in made.values() for m in some):
        if mutant.key not in entries and not caught(mutant, fates):
            print(mutant)


def changes(root):
    """Return the paths below rnnref and tests that differ from the last commit."""
    command = ["git", "status", "--porcelain", "--", "rnnref", "tests"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [line[3:] for line in listed.splitlines() if line[3:] != record.MEASURED]


def stamped(rows, root):
    """Return the numbers of each module with the last commit, its day, and a digest."""
    command = ["git", "log", "-1", "--format=%h %cs"]
    text = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    now = dict(zip(("commit", "date"), text.split(), strict=True))
    code = {module: digest((root / module).read_text(encoding="utf-8")) for module in rows}
    return {module: row | now | {"code": code[module]} for module, row in rows.items()}


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the processes end with it
    try:
        sys.exit(main(sys.argv[1:]))
    except (StopError, record.RecordError) as sentence:
        sys.exit(str(sentence))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command continues from here.")
