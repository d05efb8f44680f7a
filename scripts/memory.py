"""Remember between builds what was made of a text, for as long as each build asks for it again."""

import contextlib
import hashlib
import json

from scripts import atomic


def key(*parts):
    """Return a digest of texts, such as a page and all that decides what is made of it."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


class Memory:
    """What was made before, by digest, in one file that holds what the last build needed.

    Parameters
    ----------
    path : Path, optional
        The file; it need not exist, and one that cannot be read counts as empty. Without a path
        nothing is known before, and nothing can be saved.
    """

    def __init__(self, path=None):
        self.path, self.used, self.known = path, {}, {}
        if path:
            with contextlib.suppress(OSError, ValueError):
                self.known = json.loads(path.read_text(encoding="utf-8"))

    def recall(self, digest, make):
        """Return what is known under a digest, or make it: something that JSON can hold."""
        if digest not in self.used:
            self.used[digest] = self.known[digest] if digest in self.known else make()
        return self.used[digest]

    def save(self):
        """Keep what was asked for since the beginning, and forget the rest."""
        if self.used.keys() != self.known.keys():
            atomic.write(self.path, json.dumps(self.used, ensure_ascii=False))
