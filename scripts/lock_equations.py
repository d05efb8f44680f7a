"""Rewrite tests/golden/equations.toml, the lock of all printed LaTeX, and show what changed.

    python -m scripts.lock_equations

The reader in the tests proves that an equation is true; the lock shows when its wording changes.
Read the difference before you commit it: it is what the pages will say.
"""

import difflib
from pathlib import Path

from rnnref.explain import catalog

LOCK = Path(__file__).parent.parent / "tests" / "golden" / "equations.toml"
COMMAND = "python -m scripts.lock_equations"
HEADER = f"""\
# All LaTeX that the package prints, as last reviewed. Written by `{COMMAND}`:
# run it after an intended change, read the difference, and commit both together.
"""


def text():
    """Return the lock file as it should be now."""
    parts = [HEADER]
    for name in catalog.ENTRIES:
        lines = [f"{field} = '{latex}'" for field, latex in catalog.equations(name).items()]
        parts.append("\n".join([f'["{name}"]', *lines, ""]))
    return "\n".join(parts)


def main():
    """Write the lock and print the difference."""
    old = LOCK.read_text(encoding="utf-8") if LOCK.exists() else ""
    new = text()
    LOCK.write_text(new, encoding="utf-8")
    changed = difflib.unified_diff(
        old.splitlines(), new.splitlines(), "before", "now", lineterm="", n=1
    )
    print("\n".join(changed) or "no printed equation has changed")


if __name__ == "__main__":
    main()
