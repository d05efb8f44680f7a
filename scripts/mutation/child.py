"""Run something in a copy of this process, bounded in time and memory."""

import os
import resource
import signal
import sys

QUIET = [  # options of pytest: nobody reads how a test fails, and telling it takes most of the time
    *("-q", "--capture=sys", "--tb=native", "--assert=plain"),
    *("-p", "no:cacheprovider"),
]
MEMORY = 6 << 30
PATIENCE = 100  # times as much real time as processor time, for a machine that has other work


def run(task, seconds):
    """Return what `task` returns, a small number, or None if it had to be stopped.

    Parameters
    ----------
    task : function () -> int
    seconds : float
        Of processor time.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            bound(seconds)
            code = task()
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else None


def ask(task, seconds):
    """Return what `task` returns, or None, and what it said before.

    Parameters
    ----------
    task : function (say) -> int
        `say` takes a text for the parent.
    seconds : float
    """
    reader, writer = os.pipe()
    code = run(lambda: task(lambda words: os.write(writer, words.encode())), seconds)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        return code, pipe.read()


def bound(seconds):
    """Let the kernel end this process when it takes too much."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * PATIENCE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
