"""Lock all mathematics of the pages, and show what changed: `python -m scripts.lock_equations`.

Two programs stand behind an equation. The reader in the tests proves that it is true; this lock,
tests/golden/equations.toml, shows when its wording changes, and lets a build refuse what nobody
has proven yet. Read the difference before you commit it: it is what the pages will say.
"""

import difflib
import functools
import sys
import tomllib
from pathlib import Path

from rnnref.explain import catalog

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "tests" / "golden" / "equations.toml"
COMMAND = "python -m scripts.lock_equations"
LINES = "hand-written lines"  # the table of what `rnn:check` shows, by entry
HEADER = f"""\
# All LaTeX that the package prints, and all hand-written lines of derivations, as last reviewed and
# proven. Written by `{COMMAND}`: run it after an intended change,
# read the difference, and commit both together.
"""


def read():
    """Return the lock file as a dictionary."""
    return _parsed(LOCK.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=1)
def _parsed(text):
    return tomllib.loads(text)


def require_printed(name, lines):
    """Refuse equations that are printed otherwise than they were when last reviewed.

    Parameters
    ----------
    name : str
        `lstm.step`, or with a field `lstm.step.c`.
    lines : list of str
        What the trace prints now.

    Raises
    ------
    ValueError
        With the first line that differs and the command to run.
    """
    locked = read()
    entry = locked.get(name) or locked.get(name.rpartition(".")[0], {})
    for latex in lines:
        if latex not in entry.values():
            raise ValueError(
                f"{name} now prints `{latex}`, which nobody has reviewed: "
                f"run `{COMMAND}` and read the difference"
            )


def require_proven(entry, latex):
    """Refuse a hand-written line that has not been through the reader.

    Raises
    ------
    ValueError
        With the command that proves it.
    """
    if latex not in read().get(LINES, {}).get(entry, []):
        raise ValueError(f"nothing has proven this line yet: run `{COMMAND}`")


def text(lines):
    """Return the lock file as it should be now.

    Parameters
    ----------
    lines : list of (entry, LaTeX)
        The hand-written lines, proven.
    """
    parts = [HEADER]
    for name in catalog.ENTRIES:
        printed = [f"{field} = '{latex}'" for field, latex in catalog.equations(name).items()]
        parts.append("\n".join([f'["{name}"]', *printed, ""]))
    by_entry = {}
    for entry, latex in lines:
        by_entry.setdefault(entry, []).append(f"    '{latex}',")
    parts.append(f'["{LINES}"]')
    parts += [f'"{entry}" = [\n' + "\n".join(rows) + "\n]" for entry, rows in by_entry.items()]
    return "\n".join(parts) + "\n"


def hand_written():
    """Return (page, line, entry, LaTeX) of every `rnn:check` on the pages of both languages."""
    from scripts import pages

    every = [page for tree in pages.read_all(ROOT).values() for page in tree.values()]
    found = []
    for page in every:
        for item in page.directives("check"):
            entry, _, latex = item.value.partition("|")
            found.append((page.where, item.line, entry.strip(), latex.strip()))
    return found


def proven():
    """Return (entry, LaTeX) of every hand-written line, each put through the reader first."""
    sys.path.append(str(ROOT / "tests"))
    import printed

    for where, number, entry, latex in hand_written():
        if not printed.check_line(entry, latex):
            raise SystemExit(f"{where}:{number}: `{latex}` is not true of {entry}: correct it")
    return sorted({(entry, latex) for _, _, entry, latex in hand_written()})


def main():
    """Write the lock and print the difference."""
    old = LOCK.read_text(encoding="utf-8") if LOCK.exists() else ""
    new = text(proven())
    LOCK.write_text(new, encoding="utf-8")
    changed = difflib.unified_diff(
        old.splitlines(), new.splitlines(), "before", "now", lineterm="", n=1
    )
    print("\n".join(changed) or "no equation has changed")


if __name__ == "__main__":
    main()
