"""Keep what is slow to make below .cache, until something it depends on changes."""

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

import rnnref
from scripts import atomic

FOLDER = Path(__file__).parent.parent / ".cache"
PACKAGES = ("numpy", "matplotlib", "math-core")


@functools.cache
def package_hash():
    """Return a digest of all sources of `rnnref` and of the packages that its output rests on."""
    digest = hashlib.sha256(" ".join(map(version, PACKAGES)).encode())
    for path in sorted(Path(rnnref.__file__).parent.rglob("*")):
        if path.suffix in (".py", ".toml"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def kept(kind, name, make):
    """Return a text from the cache, or make it and keep it.

    Parameters
    ----------
    kind, name : str
        The folder and the file; the name holds what the text depends on besides `rnnref`.
    make : function () -> str
    """
    path = FOLDER / kind / package_hash() / name
    if not path.exists():
        atomic.write(path, make())
    return path.read_text(encoding="utf-8")


def trained(name, digest, make):
    """Return the result of a training, kept until something it rests on changes.

    A second process that wants the same waits for the first one instead of training too.

    Parameters
    ----------
    name, digest : str
        As `rnnref.explain.experiments` names them.
    make : function () -> str
    """
    path = FOLDER / "trainings" / f"{name}-{digest}.json"
    with atomic.lock(FOLDER / "locks" / f"{name}-{digest}"):
        if not path.exists():
            atomic.write(path, make())
    return path.read_text(encoding="utf-8")
