"""The table of the record for a page: what was planted in each part of the package, and seen."""

import html
from pathlib import PurePosixPath

from scripts.mutation import record
from scripts.mutation.mutants import digest

COLUMNS = ("part", "open", "modules", "mutants", "caught", "accepted", "measured")
COUNTS = ("caught", "accepted")


def table(suite, words, root=record.ROOT):
    """Return one suite of the record as HTML, a row for each part of the package.

    Parameters
    ----------
    suite : str
        `tests`, or `proofs`: no test but those of the printed equations.
    words : function (key) -> str
        The labels in the language of the page.
    root : Path

    Raises
    ------
    LookupError
        If the record has no such suite.
    """
    modules = record.measured(root).get(suite)
    if not modules:
        raise LookupError(f"{record.MEASURED} has no {suite!r}; see python scripts/mutate.py -h")
    rows, marked = [], False
    for name, members in grouped(modules).items():
        changed = any(stale(module, row, root) for module, row in members.items())
        share = f"{len(members)}/{size(name, root)}"
        rows.append(cells(f"<code>{html.escape(name)}</code>", share, members.values(), changed))
        marked = marked or changed
    rows.append(cells(words("mutants_all"), str(len(modules)), modules.values(), False))
    head = "".join(f'<th scope="col">{words(f"mutants_{name}")}</th>' for name in COLUMNS)
    note = f'<p class="rr-note">* {words("mutants_changed")}</p>' if marked else ""
    shown = f"<table><tr>{head}</tr>{''.join(rows)}</table>{note}"
    if suite == "tests":
        shown += missing(modules, words, root)
    return f'<div class="rr-record">{shown}</div>'


def missing(modules, words, root):
    """Name the parts of which no module was tried."""
    left = sorted(parts(root) - set(grouped(modules)))
    names = words("between_names").join(f"<code>{html.escape(name)}</code>" for name in left)
    return f'<p class="rr-note">{words("mutants_untried")} {names}</p>' if left else ""


def parts(root):
    """Return the packages in rnnref, and the modules beside them."""
    folders = {path.parent for path in root.joinpath("rnnref").glob("*/__init__.py")}
    modules = {path.with_suffix("") for path in root.joinpath("rnnref").glob("*.py")}
    return {f"rnnref.{path.name}" for path in folders | modules if path.name != "__init__"}


def grouped(modules):
    """Return {part: {module: numbers}}: a part is a package, or a module beside the packages."""
    parts = {}
    for module in sorted(modules):
        path = PurePosixPath(module).with_suffix("")
        parts.setdefault(".".join(path.parts[:2]), {})[module] = modules[module]
    return parts


def stale(module, row, root):
    """Say whether a module has changed, or gone, since it was measured."""
    path = root / module
    return not path.exists() or digest(path.read_text(encoding="utf-8")) != row["code"]


def size(part, root):
    """Return how many modules a part of the package has."""
    path = root.joinpath(*part.split("."))
    return sum(file.stem != "__init__" for file in path.rglob("*.py")) if path.is_dir() else 1


def tried(rows):
    """Return how many mutants were tried, and of how many if it was a sample."""
    mutants, made = (sum(row[count] for row in rows) for count in ("mutants", "made"))
    return str(mutants) if mutants == made else f"{mutants}/{made}"


def cells(name, share, rows, changed):
    """Return a row of the table: the sums of some modules, and the day of the oldest."""
    rows = list(rows)
    missed, *sums = (str(sum(row[count] for row in rows)) for count in ("open", *COUNTS))
    oldest = min(rows, key=lambda row: row["date"])
    day = f"{oldest['date']} <code>{oldest['commit']}</code>{'*' if changed else ''}"
    return (
        "<tr>"
        + "".join(f"<td>{text}</td>" for text in [name, missed, share, tried(rows), *sums, day])
        + "</tr>"
    )
