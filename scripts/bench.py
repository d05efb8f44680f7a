"""Time `rnnref` against the matrix products alone, a naive loop, PyTorch and ONNX Runtime.

    python scripts/bench.py                       tiny, small and medium sizes, a few minutes
    python scripts/bench.py --sizes tiny --cells lstm gru
    python scripts/bench.py --large               the large size too; takes long

All run in one process on one thread, in turns; a number is the median of the rounds in
milliseconds, and a ratio the median of the ratios of each round. PyTorch and ONNX Runtime are
measured if they are installed. Before it is timed, each must give the outputs of `rnnref`.
"""

import argparse
import importlib
import os
import platform
import statistics
import sys
import time
from pathlib import Path

if __name__ == "__main__":  # NumPy reads this when it is imported
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
sys.path.insert(0, str(Path(__file__).parent.parent))  # for a start by file name

import numpy as np

from scripts.contestants import CONTESTANTS, KINDS, SIZES, TOLERANCE, case, compared, installed

# The time that the process was computing: on a busy machine waiting does not count.
CPU = time.get_clock_info("process_time").resolution < 1e-5
clock = time.process_time if CPU else time.perf_counter


def measured(calls, rounds, least):
    """Time calls in turns.

    Parameters
    ----------
    calls : dict of name -> function
    rounds : int
    least : float
        Seconds that a sample lasts at least: short calls are repeated.

    Returns
    -------
    dict of name -> list of float
        Milliseconds per call, one per round.
    """
    repeats = {name: repeats_of(call, least) for name, call in calls.items()}
    found = {name: [] for name in calls}
    for turn in range(rounds):
        names = list(calls)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            start = clock()
            for _ in range(repeats[name]):
                calls[name]()
            found[name].append((clock() - start) * 1e3 / repeats[name])
    return found


def repeats_of(call, least):
    """Return how often a call is repeated in a sample; the first call is not counted."""
    call()
    start = time.perf_counter()
    call()
    return max(1, round(least / max(time.perf_counter() - start, 1e-7)))


def rows(cases, contestants, rounds=7, least=0.02):
    """Yield one line of the table per case and pass: its name, then the times by contestant."""
    for given in cases:
        built = compared(case(*given), contestants)
        for what in ("forward", "both"):
            calls = {n: getattr(c, what) for n, c in built.items() if getattr(c, what)}
            yield (*given, what), measured(calls, rounds, least)


def line(name, times):
    """Return the cells of a line: medians of all, then how the others compare with ours."""
    labels = [*name[:3], {"forward": "forward", "both": "forward + backward"}[name[3]]]
    medians = [shown(statistics.median(times[n])) if n in times else "–" for n in CONTESTANTS]
    others = [n for n in CONTESTANTS if n != "rnnref"]
    return [*labels, *medians, *(ratio(times, n) if n in times else "–" for n in others)]


def ratio(times, name):
    """Return the time of another by ours, pair by pair: above 1, ours is faster."""
    pairs = zip(times[name], times["rnnref"], strict=True)
    return f"{statistics.median(other / own for other, own in pairs):.2f}"


def shown(number):
    return f"{number:.3g}" if number < 100 else f"{number:.0f}"


def heads():
    """Return the heads of the columns."""
    others = [f"{name} / rnnref" for name in CONTESTANTS if name != "rnnref"]
    return ["kind", "size", "dtype", "pass", *(f"{name} ms" for name in CONTESTANTS), *others]


def machine(missing):
    """Say where and with what the times were taken."""
    versions = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    for name in ("torch", "onnxruntime"):
        known = None if name in missing else importlib.import_module(name).__version__
        versions.append(f"{name} {known or 'not installed'}")
    kind = "processor time" if CPU else "wall time"
    place = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {processor()}"
    return f"{place}; {', '.join(versions)}; 1 thread; {kind}"


def processor():
    """Return the name of the processor as the system gives it."""
    info = Path("/proc/cpuinfo")
    text = info.read_text() if info.exists() else ""
    names = [part.partition(":")[2].strip() for part in text.splitlines() if "model name" in part]
    return names[0] if names else platform.processor() or "processor unknown"


def main(arguments=None):
    options = parsed(arguments)
    contestants, missing = installed()
    sizes = [*options.sizes, *(["large"] if options.large else [])]
    cases = [(k, s, d) for k in options.cells for s in sizes for d in options.dtypes]
    print(machine(missing), "", sep="\n")
    print(f"| {' | '.join(heads())} |", f"|{'--|' * len(heads())}", sep="\n", flush=True)
    for name, times in rows(cases, contestants, options.rounds):
        print(f"| {' | '.join(line(name, times))} |", flush=True)


def parsed(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = [size for size in SIZES if size != "large"]
    parser.add_argument("--sizes", nargs="+", choices=usual, default=usual)
    parser.add_argument("--large", action="store_true", help="measure the large size too")
    parser.add_argument("--cells", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--dtypes", nargs="+", choices=list(TOLERANCE), default=list(TOLERANCE))
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
