"""Let a running `mkdocs serve` see edited Python: forget modules whose sources changed."""

import hashlib
import sys
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


def refresh():
    """Forget the modules of both packages if a source changed since the last call.

    Unchanged sources keep their modules, and so all that these have cached.
    """
    global _seen
    now = digest(*(ROOT / name for name in PACKAGES))
    if _seen not in (None, now):
        for name in [m for m in sys.modules if m.split(".")[0] in PACKAGES and m != __name__]:
            del sys.modules[name]
    _seen = now
