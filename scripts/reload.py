"""Let a running `mkdocs serve` see edited Python: forget modules whose sources changed."""

import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("rnnref", "scripts")
READ = (*PACKAGES, "tests/claims", "tests/golden")  # a new claim or a locked line counts too

_seen = None


def digest(*folders):
    """Return a digest of every source file below some folders."""
    total = hashlib.sha256()
    for path in [path for folder in folders for path in sorted(Path(folder).rglob("*"))]:
        if path.suffix in (".py", ".toml", ".json"):
            total.update(path.read_bytes())
    return total.hexdigest()


def world(root):
    """Return a digest of all that pages below `root` are made from besides their own text.

    Examples, the note's map, claims and locks count, the code of this checkout, and the packages
    whose output a page shows.
    """
    from scripts import cache  # anew after a change: its digest of `rnnref` is kept in the module

    own = digest(*(ROOT / name for name in (*READ, "docs")), root / "docs", root / "tests")
    return " ".join((own, cache.package_hash(), version("pygments"), sys.version))


def refresh():
    """Forget the modules of both packages if what they read changed since the last call.

    Unchanged sources keep their modules, and so all that these have cached.
    """
    global _seen
    now = digest(*(ROOT / name for name in READ))
    if _seen not in (None, now):
        for name in [m for m in sys.modules if m.split(".")[0] in PACKAGES and m != __name__]:
            del sys.modules[name]
    _seen = now
