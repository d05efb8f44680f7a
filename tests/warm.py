"""MkDocs with everything loaded: every command is a fresh fork, so that tests wait for no imports.

    python tests/warm.py

Each line of the input is a command as JSON: a folder, the words behind `mkdocs`, and the file that
takes what is printed. The answers are two lines: the number of the process, and its exit code.
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOADED = ("jieba", "material", "mkdocs.contrib.search", "mkdocs.commands.serve")
LOADED += ("scripts.check_site", "scripts.kinds", "scripts.preflight", "scripts.search_words")


def load():
    """Import what every build imports, and read the dictionary of Chinese words."""
    sys.path.insert(0, str(ROOT))
    sys.pycache_prefix = str(ROOT / ".cache" / "pycache")
    for name in LOADED:
        importlib.import_module(name)
    sys.modules["jieba"].initialize()
    return importlib.import_module("mkdocs.__main__").cli


def become(cli, folder, words, output):
    """Run a command in a process that ends with it; return its exit code."""
    os.chdir(folder)
    sys.path.insert(0, folder)
    printed = os.open(output, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    try:
        cli(words, prog_name="mkdocs")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def main():
    cli = load()
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            code = become(cli, *json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        print(process, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
