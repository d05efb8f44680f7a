"""A small clean site for the tests of the page checks, and mistakes planted in it."""

import shutil
from pathlib import Path

from scripts import pages

SITE = Path(__file__).parent / "fixtures" / "pages"


def copy(folder):
    """Copy the clean site into a folder and return its root."""
    root = shutil.copytree(SITE, Path(folder, "root"))
    proofs = root / "tests" / "claims" / "proofs.txt"  # not .py, or pytest would run it
    proofs.rename(proofs.with_name("test_lstm.py"))
    return root


def replace(root, name, old, new):
    """Replace a passage that stands exactly once in a file below root."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{name} has {text.count(old)} × {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def plant(folder, old, new, name="docs/zh/lstm.md"):
    """Copy the clean site with one passage replaced and return its root."""
    root = copy(folder)
    replace(root, name, old, new)
    return root


def said(findings, rule=None):
    """Return findings as text, those of one rule only if it is given."""
    return [str(finding) for finding in findings if rule in (None, finding.rule)]


def page(text, lang="zh", name="x.md"):
    """Return the Page of a text."""
    return pages.parse(text, lang, name, f"docs/{lang}/{name}")
