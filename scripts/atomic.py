"""Replace files and folders as a whole: readers see the old one or the new one, never a half.

A build goes into a fresh folder beside the site and takes its place by one rename. Where the
system can exchange two folders in one call (Linux, macOS) that is used; elsewhere there are two
renames, and the next build puts the old site back if the power failed between them.
"""

import contextlib
import ctypes
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

AT_FDCWD = {"linux": -100, "darwin": -2}
EXCHANGE = 2  # RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS
FUNCTION = {"linux": "renameat2", "darwin": "renameatx_np"}


def write(path, data):
    """Write text or bytes to a file, so that no reader ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
        os.chmod(name, 0o644)  # mkstemp makes files that only their owner may read
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


@contextlib.contextmanager
def lock(path):
    """Hold a file lock; a second process waits. The system frees it when the holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        seize(file, path)
        yield


def seize(file, path):
    """Take the lock on an open file, telling whoever waits what for."""
    try:
        take(file, wait=False)
    except OSError:
        print(f"Waiting for another run to finish ({path.name}) …", file=sys.stderr, flush=True)
        take(file, wait=True)


def take(file, *, wait):
    """Lock the first byte of an open file; raise OSError if it is taken and we must not wait."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        while True:
            try:
                return msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:  # LK_LOCK gives up after ten seconds
                if not wait:
                    raise
    import fcntl

    return fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


class Folder:
    """A fresh folder that may take the place of `final`.

    Parameters
    ----------
    final : path
        The folder as readers know it; it may not exist yet.
    locks : path
        Where lock files live: outside `final`, shared by all who write it.
    """

    def __init__(self, final, locks):
        self.final = Path(os.path.abspath(final))
        self.fresh = self.final.with_name(f"{self.final.name}.new")
        self.earlier = self.final.with_name(f"{self.final.name}.old")
        name = hashlib.sha256(str(self.final).encode()).hexdigest()[:16]
        self._held = contextlib.ExitStack()
        self._lock = lock(Path(locks) / f"{name}.lock")

    def open(self):
        """Wait for other builds, clear away what an interrupted one left; return the folder."""
        self._held.enter_context(self._lock)
        if self.earlier.exists() and not self.final.exists():
            os.rename(self.earlier, self.final)
        for rest in (self.fresh, self.earlier):
            shutil.rmtree(rest, ignore_errors=True)
        self.fresh.mkdir(parents=True)
        return self.fresh

    def publish(self):
        """Put the fresh folder in the place of the final one."""
        if not self.final.exists():
            os.rename(self.fresh, self.final)
        elif not exchange(self.fresh, self.final):
            os.rename(self.final, self.earlier)
            os.rename(self.fresh, self.final)
        self.discard()

    def discard(self):
        """Remove what is not published and let the next build in; harmless when repeated."""
        for rest in (self.fresh, self.earlier):
            shutil.rmtree(rest, ignore_errors=True)
        self._held.close()


def exchange(one, other):
    """Exchange two folders in a single step; return False where the system cannot."""
    if sys.platform not in FUNCTION:
        return False
    here = AT_FDCWD[sys.platform]
    try:
        rename = getattr(ctypes.CDLL(None), FUNCTION[sys.platform])
    except AttributeError:  # an old C library
        return False
    return rename(here, os.fsencode(one), here, os.fsencode(other), EXCHANGE) == 0
