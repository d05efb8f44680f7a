"""The committed record: mutants that no test need see, each with its reason, and what was measured.

tests/mutants.toml is written by hand and reviewed; tests/golden/mutation.toml is written by
`python scripts/mutate.py --record`.
"""

import json
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
ACCEPTED = "tests/mutants.toml"
MEASURED = "tests/golden/mutation.toml"
FIELDS = ("module", "function", "before", "after")
KINDS = ("equivalent", "no test")
HEADER = """\
# How many mistakes planted in each module a test noticed. Written by `python scripts/mutate.py
# --record`; `code` is a digest of the module as it was then.
"""


class RecordError(ValueError):
    """The record does not fit the code; the message says where and what to do."""


class Row(NamedTuple):
    """One module in the table: its mutants, those caught and those accepted; `now` if unchanged."""

    module: str
    mutants: int
    caught: int
    accepted: int
    now: bool


def accepted(root=ROOT):
    """Return {key: entry} of tests/mutants.toml.

    Raises
    ------
    RecordError
        If an entry lacks a field, or has no reason, or stands twice.
    """
    entries = tomllib.loads((root / ACCEPTED).read_text(encoding="utf-8")).get("accepted", [])
    found = {}
    for entry in entries:
        # Outside of all functions there is none, and after a decorator that is left out nothing.
        missing = [name for name in ("module", "before", "kind", "why") if not entry.get(name)]
        missing += [] if "after" in entry else ["after"]
        if missing:
            raise RecordError(f"{ACCEPTED}: an entry has no {missing[0]}: {entry}; add it.")
        if entry["kind"] not in KINDS:
            names = " or ".join(map(repr, KINDS))
            raise RecordError(f"{ACCEPTED}: kind {entry['kind']!r} is unknown; write {names}.")
        key = tuple(entry.get(name, "") for name in FIELDS)
        if key in found:
            raise RecordError(f"{ACCEPTED}: {told(key)} stands there twice; leave one.")
        found[key] = entry
    return found


def told(key):
    """Return a mutant as a sentence names it."""
    module, function, before, after = key
    return f"{before!r} -> {after!r} in {function or 'the module'} of {module}"


def require_current(entries, made):
    """Refuse entries that are no mutant of the code any more.

    Parameters
    ----------
    entries : dict
        Of `accepted`.
    made : dict of str to list of Mutant
        By module.
    """
    for key in entries:
        module = key[0]
        if module in made and key not in {mutant.key for mutant in made[module]}:
            raise RecordError(
                f"{ACCEPTED}: {told(key)} is no mutant any more, because the code has changed; "
                "delete the entry, or write it as the line is now."
            )


def measured(root=ROOT):
    """Return what was measured last: {suite: {module: {…}}}."""
    path = root / MEASURED
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def merge(suite, rows, root=ROOT):
    """Take over new measurements; modules that were not tried keep theirs, lost ones go.

    Parameters
    ----------
    suite : str
    rows : dict of str to dict
        By module.
    root : Path
    """
    known = measured(root)
    known[suite] = known.get(suite, {}) | rows
    lines = [HEADER]
    for name in sorted(known):
        for module in sorted(m for m in known[name] if (root / m).exists()):
            pairs = ", ".join(f"{k} = {json.dumps(v)}" for k, v in known[name][module].items())
            lines.append(f"[{json.dumps(name)}.{json.dumps(module)}]\n{pairs}\n")
    (root / MEASURED).write_text("\n".join(lines).replace(", ", "\n"), encoding="utf-8")
