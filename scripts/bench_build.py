"""Say where the processor time of a build goes, beside what the imports and MkDocs take anyway.

    python scripts/bench_build.py

Builds a copy of this checkout in a temporary folder, so with an empty cache at first, and again
after nothing, one page, and one figure has changed. Trainings are taken over from `.cache` where
they are there. All numbers are CPU seconds, since a machine may be busy with something else.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for a start by file name

COPIED = ("docs", "rnnref", "scripts", "tests", "mkdocs.yml")
PARTS = {  # what a directive counts as; all others are "other directives"
    **dict.fromkeys(("fig", "stepper", "explorer"), "figures"),
    **dict.fromkeys(("eq", "check", "lines", "math"), "equations"),
    **dict.fromkeys(("val", "run"), "numbers and examples"),
}
OTHER, CHECKS = "other directives", "checks"
BARE = """
INHERIT: mkdocs.yml
hooks: []
nav:
docs_dir: docs/{lang}
strict: false
plugins: [search]
exclude_docs: lab.py
"""


def changes(copy):
    """Return what is done before each build of a copy, by the name of its column."""
    page, drawn = copy / "docs" / "en" / "lstm.md", copy / "rnnref/explain/figures/lstm.py"
    return {
        "cold": lambda: None,
        "warm": lambda: None,
        "one page": lambda: edited(page),
        "one figure": lambda: append(drawn, "\nMORE = 1\n"),
    }


def edited(page):
    """Add a sentence to a page and confirm it against its translation."""
    append(page, "\nOne more sentence.\n")
    run([sys.executable, "-m", "scripts.parity", "--confirm", page.name], page.parents[2])


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def copied(folder):
    """Copy what a build reads, with the trainings and nothing else of the cache."""
    copy = Path(folder) / "copy"
    copy.mkdir(parents=True)
    for name in COPIED:
        place = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        place(ROOT / name, copy / name)
    if (trainings := ROOT / ".cache" / "trainings").is_dir():
        shutil.copytree(trainings, copy / ".cache" / "trainings")
    return copy


def seconds(command, folder):
    """Run a command and return the CPU seconds of it and of all that it started."""
    before = os.times()
    run(command, folder)
    after = os.times()
    return sum(after[2:4]) - sum(before[2:4])  # user and system time of children


def run(command, folder):
    """Run a command on the copy; stop with what it printed if it fails."""
    quiet = {"PYTHONPATH": str(folder), "NO_MKDOCS_2_WARNING": "1"}
    printed = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    done = subprocess.run(command, cwd=folder, env=os.environ | quiet, **printed)
    if done.returncode:
        sys.exit(f"{' '.join(command[1:])} failed:\n{done.stdout}")


def floors(copy):
    """Return what no build of these pages can go below, by name."""
    imports = [sys.executable, "-c", "import numpy, matplotlib.figure, matplotlib.textpath"]
    bare = 0
    for lang in ("zh", "en"):
        (copy / "bare.yml").write_text(BARE.format(lang=lang), encoding="utf-8")
        options = ["build", "-q", "-f", "bare.yml", "--site-dir", f"bare-{lang}"]
        bare += seconds([sys.executable, "-m", "mkdocs", *options], copy)
    return {
        "import NumPy and Matplotlib": seconds(imports, copy),
        "MkDocs and theme alone, both languages": bare,
    }


def builds(copy):
    """Build after each change; return the parts of every build by column."""
    found = {}
    for name, change in changes(copy).items():
        change()
        parts = copy / "parts.json"
        total = seconds([sys.executable, "scripts/bench_build.py", "--parts", str(parts)], copy)
        found[name] = split(json.loads(parts.read_text(encoding="utf-8")), total)
    return found


def split(parts, total):
    """Return the parts of a build with what is left over for MkDocs, and their sum."""
    return {**parts, "MkDocs, theme, search": total - sum(parts.values()), "together": total}


def table(found):
    """Return the parts by row and the builds by column, as text."""
    columns = list(found)
    lines = [f"{'':24}" + "".join(f"{name:>12}" for name in columns)]
    for row in found[columns[0]]:
        numbers = "".join(f"{found[name][row]:12.2f}" for name in columns)
        lines.append(f"{row:24}{numbers}")
    return "\n".join(lines)


class Clock:
    """Adds up the CPU time of calls by part."""

    def __init__(self):
        self.parts = dict.fromkeys([*PARTS.values(), OTHER, CHECKS, "imports"], 0.0)

    def timed(self, part, function):
        """Return a function whose calls count as a part."""

        def call(*arguments, **options):
            start = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                self.parts[part] += time.process_time() - start

        return call

    def watch(self):
        """Time the directives and the checks of this process."""
        from scripts import check_pages, check_site, kinds

        table = kinds.table
        kinds.table = lambda *arguments: {
            kind: self.timed(PARTS.get(kind, OTHER), show)
            for kind, show in table(*arguments).items()
        }
        check_pages.check = self.timed(CHECKS, check_pages.check)
        check_site.check = self.timed(CHECKS, check_site.check)


def inside(path):
    """Build the site of the current folder and write where its time went."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    clock = Clock()
    clock.timed("imports", clock.watch)()
    from mkdocs.__main__ import cli

    cli(["build"], standalone_mode=False)
    path.write_text(json.dumps(clock.parts), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--parts", type=Path, help="build here, and write the parts to this file")
    arguments = parser.parse_args()
    if arguments.parts:
        return inside(arguments.parts)
    with tempfile.TemporaryDirectory() as folder:
        copy = copied(folder)
        least, found = floors(copy), builds(copy)
    print("CPU seconds of a build after a change", table(found), "", sep="\n")
    for name, spent in least.items():
        print(f"{name:40}{spent:8.2f}")


if __name__ == "__main__":
    main()
