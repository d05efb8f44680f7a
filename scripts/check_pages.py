"""Run every check of the pages: `python scripts/check_pages.py` prints all findings."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # for a start by file name

from scripts import checked, claims, markup, notes_map, pages, parity, terminology, typography

ROOT = Path(__file__).parent.parent


def check(root=ROOT):
    """Return the findings of all checks on docs/ under root, by page and line.

    Parameters
    ----------
    root : path

    Returns
    -------
    list of Finding
        `str(finding)` is one sentence that starts with page:line.
    """
    written, made = pages.read_all(root), checked.read_all(root)
    trees = {lang: written[lang] | made[lang] for lang in written}
    found = [
        *parity.check(trees, {name for tree in made.values() for name in tree}),
        *(f for part in (markup, terminology, typography) for f in part.check(trees)),
        *claims.check(trees, root),
        *notes_map.check(trees, root),
    ]
    return sorted(found)


def main():
    found = check()
    print(*found, f"{len(found)} finding(s)", sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
