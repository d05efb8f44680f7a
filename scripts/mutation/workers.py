"""Processes that try mutants, each in its own copy of the project."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from scripts.mutation import journal

HOME = Path(__file__).resolve().parent.parent.parent
PROOFS = ["tests/test_equations.py", "tests/test_derivations.py"]
ELSEWHERE = (  # tests of the tools around the package, and what plants mistakes itself
    *("atomic", "bench", "bench_page", "check_site", "claims", "dev", "docstring_parser", "expand"),
    *("hooks", "markup", "mutate", "notebooks", "notes_map", "parity", "polish", "preflight"),
    *("checked", "style", "terminology", "typography", "workflow", "wrong_cells"),
)
DRAWING = (
    *("figures", "charts", "scene", "graph", "kinds", "stepper", "pages", "glossary", "values"),
    *("ablation", "alignment", "bars", "experiments", "explain_notebook", "explorer", "heat"),
    "palette",
)
PRINTER = (  # of rnnref/explain
    *("arithmetic", "axes", "equations", "folds", "marked", "mathml", "node", "numbers"),
    *("numerals", "pieces", "shapes", "sums", "trace"),
)
THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class StopError(Exception):
    """A sentence for the user; no traceback."""


def state(root):
    """Return the folder of the copies and of what is known so far."""
    return root / ".cache" / "mutate"


def run(step, todo, suite, jobs, root):
    """Run one step in copies of the project, one for each process."""
    jobs, folder, working = max(1, min(jobs, len(todo))), state(root), []
    if jobs > 1 and step == "session":  # one process finds out for all which test calls what
        first = start(step, *prepared(0, [], todo, suite, root))
        watch([first], 0, folder / f"{suite}.jsonl", "tests")
    for number in range(jobs):
        working.append(start(step, *prepared(number, todo[number::jobs], todo, suite, root)))
    watch(working, len(todo), folder / f"{suite}.jsonl", step)


def prepared(number, share, todo, suite, root):
    """Make the copy of one process and its plan, and return where both are."""
    folder = state(root)
    tree, file = folder / f"tree-{number}", folder / f"plan-{number}.json"
    copy(root, tree)
    plan = {
        "mutants": share,
        "tests": PROOFS if suite == "proofs" else tests(tree, {m.module for m in todo}),
        "map": str(folder / f"{suite}-map.jsonl"),
        "fates": str(folder / f"{suite}.jsonl"),
    }
    file.write_text(json.dumps(plan), encoding="utf-8")
    return file, tree


def copy(root, tree):
    """Make a copy of all that git would take, or bring it up to date."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    names = {name for name in listed.decode().split("\0") if name and (root / name).is_file()}
    for old in [path for path in tree.rglob("*.*") if path.suffix != ".pyc" and path.is_file()]:
        if old.relative_to(tree).as_posix() not in names:
            old.unlink()
    for name in names:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, tree / name)


def tests(tree, modules):
    """Return the files of tests that look at some modules, and not at the tools around them.

    The core has to be tested without what prints and draws it, but for its equations, and what
    prints without figures and pages.
    """
    explained = [module for module in modules if module.startswith("rnnref/explain/")]
    drawn = set(explained) - {f"rnnref/explain/{name}.py" for name in PRINTER}
    found = []
    for path in sorted([*tree.glob("tests/test_*.py"), *tree.glob("tests/claims/test_*.py")]):
        topic, text = path.stem.removeprefix("test_"), path.read_text(encoding="utf-8")
        above = "rnnref.explain" in text or "from scripts" in text
        figure = topic.startswith(DRAWING) or path.parent.name == "claims"
        wanted = drawn or not figure if above else len(modules) > len(explained)
        if topic == "equations" or (topic not in ELSEWHERE and wanted and (explained or not above)):
            found.append(path.relative_to(tree).as_posix())
    return found


def start(step, plan, tree):
    """Start a process in a copy; return it, and where it writes."""
    paths = {"PYTHONPATH": f"{tree}{os.pathsep}{HOME}", "PYTHONHASHSEED": "0"}
    command, log = (
        [sys.executable, "-m", f"scripts.mutation.{step}", plan],
        plan.with_suffix(".log"),
    )
    with open(log, "w", encoding="utf-8") as file:
        output = {"stdout": file, "stderr": file, "env": {**os.environ, **THREADS, **paths}}
        return subprocess.Popen(command, cwd=tree, process_group=0, **output), log


def watch(workers, count, fates, step):
    """Show how far the processes are until they end; stop them with this one."""
    before = sum(1 for _ in journal.lines(fates))
    try:
        while any(worker.poll() is None for worker, _ in workers):
            time.sleep(1)
            done = sum(1 for _ in journal.lines(fates)) - before
            print(f"\r{step}: {done} of {count}", end="", file=sys.stderr, flush=True)
    finally:
        for worker, _ in workers:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGTERM)  # and its fork that runs the tests
    print(file=sys.stderr)
    for worker, log in workers:
        if worker.returncode:
            raise StopError(f"{step} ended with code {worker.returncode}; {log} says why.")
