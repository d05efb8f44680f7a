"""Set up the project and run it, with nothing but Python 3.11 or newer and pip.

    python scripts/dev.py serve    build the bilingual site and show it, with live reload
    python scripts/dev.py test     run every check and test; with --slow also those that repeat
    python scripts/dev.py build    build the site into site/; a failure leaves the earlier one
    python scripts/dev.py lock     renew the lock files after a change of pyproject.toml

The first run makes .venv and installs the locked, hashed packages; later runs see that nothing
changed and start at once. An interrupted installation is repaired by the next run. What follows
the command goes to MkDocs or pytest: `python scripts/dev.py test -k lstm`.
"""

import hashlib
import importlib.util
import inspect
import os
import shutil
import socket
import subprocess
import sys
import venv
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

LOCKS = {  # file -> extras; what builds packages is installed before what is built
    "requirements-build.lock": ("build",),
    "requirements.lock": ("site", "test"),
}
STAMP = "rnnref-ready"  # inside the environment; written last, so its absence means "unfinished"
PORTS = range(8000, 8020)


class StopError(Exception):
    """A sentence for the user; no traceback."""


def main(arguments):
    """Run one command and return its exit code."""
    commands = {"serve": serve, "build": build, "test": test, "lock": lock}
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        raise StopError(f"This project needs Python 3.11 or newer, and this is Python {found}.")
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(__doc__.strip())
        return 0
    if arguments[0] not in commands:
        raise StopError(f"There is no command {arguments[0]!r}; there are {', '.join(commands)}.")
    if {"-h", "--help"} & set(arguments[1:]):  # before anything is installed
        print(f"{arguments[0]}: {inspect.getdoc(commands[arguments[0]])}\n\n{__doc__.strip()}")
        return 0
    return commands[arguments[0]](arguments[1:])


def serve(arguments):
    """Build and show the site until Ctrl-C."""
    python = ready(ROOT)
    if not any(word.startswith(("-a", "--dev-addr")) for word in arguments):
        arguments = ["--dev-addr", f"127.0.0.1:{free_port()}", *arguments]
    return run([python, "-m", "mkdocs", "serve", "--livereload", *arguments])


def free_port():
    """Return the first port that nothing listens on."""
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise StopError(
        f"Ports {PORTS[0]} to {PORTS[-1]} are all in use; add --dev-addr 127.0.0.1:PORT."
    )


def build(arguments):
    """Build the site into site/."""
    return run([ready(ROOT), "-m", "mkdocs", "build", *arguments])


def test(arguments):
    """Check the style of the code and its type hints, then run the tests on all processors.

    `--slow` adds the tests that look at more of the same, and draws other examples and more.
    """
    python = ready(ROOT)
    if "--slow" in arguments:
        os.environ["HYPOTHESIS_PROFILE"] = "slow"
        arguments = ["-m", "", *(word for word in arguments if word != "--slow")]
    commands = [
        [python, "-m", "ruff", "format", "--check", "."],
        [python, "-m", "ruff", "check", "."],
        [python, "-m", "mypy"],
        [python, "-m", "pytest", "-n", "auto", "--dist", "loadgroup", *arguments],
    ]
    return max([run(command) for command in commands])  # all of them, even after a failure


def lock(arguments):
    """Write the lock files anew, for Python 3.11 and later on every system."""
    python = environment(ROOT / ".cache" / "lock-venv")
    run([*pip(python), "install", "--quiet", "uv"])
    options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--quiet"]
    options += ["--custom-compile-command", "python scripts/dev.py lock", *arguments]
    command = [python, "-m", "uv", "pip", "compile", "pyproject.toml", "--python-version", "3.11"]
    return max(
        run([*command, *(f"--extra={extra}" for extra in extras), *options, "--output-file", file])
        for file, extras in LOCKS.items()
    )


def run(command):
    """Run a command in the project's folder and return its exit code."""
    quiet = {"NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **quiet}).returncode


def ready(root):
    """Return the Python of an environment that has all that the lock file lists."""
    folder = root / ".venv"
    wanted = fingerprint(root)
    if fits(folder, wanted):
        return interpreter(folder)
    from scripts.atomic import lock as file_lock
    from scripts.atomic import write

    with file_lock(root / ".cache" / "locks" / "venv.lock"):
        if not fits(folder, wanted):  # another run may have done it while this one waited
            (folder / STAMP).unlink(missing_ok=True)
            install(root, environment(folder))
            write(folder / STAMP, wanted)
    return interpreter(folder)


def fingerprint(root):
    """Return a digest of all that decides what the environment holds."""
    files = [*LOCKS, "pyproject.toml"]
    parts = [sys.version, str(root), *((root / f).read_text(encoding="utf-8") for f in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fits(folder, wanted):
    """Say whether an environment is complete and still what is wanted."""
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text() == wanted and Path(interpreter(folder)).exists()


def interpreter(folder):
    """Return the Python of an environment, on any system."""
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def environment(folder):
    """Make an environment unless it is there and runs this version; return its Python."""
    python = interpreter(folder)
    ask = [python, "-c", "import sys; print(sys.version, end='')"]
    try:
        known = subprocess.run(ask, capture_output=True, text=True).stdout
    except OSError:
        known = ""
    if known != sys.version:
        print(f"Making an environment in {folder.name} …", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        has_pip = importlib.util.find_spec("ensurepip") is not None
        venv.EnvBuilder(with_pip=has_pip, symlinks=os.name != "nt").create(folder)
    return python


def pip(python):
    """Return the command of a pip that installs into an environment: its own, or ours."""
    for command in ([python, "-m", "pip"], [sys.executable, "-m", "pip", "--python", python]):
        if subprocess.run([*command, "--version"], capture_output=True).returncode == 0:
            return [*command, "--disable-pip-version-check", "--no-input"]
    raise StopError("There is no pip for this Python; install it, and run the same command again.")


def install(root, python):
    """Install the locked packages and, editable, the project itself."""
    print("Installing the locked packages; this is done once and takes a few minutes …", flush=True)
    command = [*pip(python), "install", "--quiet"]
    own = ["--no-build-isolation"]  # nothing that is not in a lock file builds a package
    for step in (
        *(["--require-hashes", *own, "-r", str(root / file)] for file in LOCKS),
        ["--no-deps", *own, "-e", str(root)],
    ):
        if subprocess.run([*command, *step], cwd=root).returncode != 0:
            raise StopError(
                "The installation failed; the reason is above. Check the network, and run the "
                "same command again: what is installed already stays."
            )


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StopError as sentence:
        sys.exit(str(sentence))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The same command continues from here.")
