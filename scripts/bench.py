"""Time `rnnref` against the matrix products alone, a naive loop, PyTorch and ONNX Runtime.

    python scripts/bench.py                       tiny, small and medium sizes, a few minutes
    python scripts/bench.py --sizes tiny --cells lstm gru
    python scripts/bench.py --large               the large size too; takes long
    python scripts/bench.py --large --record docs/benchmarks.json    what the page shows

All run in one process on one thread, in turns; a number is the median of the rounds in
milliseconds, and a ratio the median of the ratios of each round. PyTorch and ONNX Runtime are
measured if they are installed. Before it is timed, each must give the outputs of `rnnref`.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

if __name__ == "__main__":  # NumPy reads this when it is imported
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
sys.path.insert(0, str(Path(__file__).parent.parent))  # for a start by file name

from scripts import bench_record
from scripts.bench_cases import KINDS, SIZES, case
from scripts.contestants import CONTESTANTS, TOLERANCE, compared, installed

clock = time.process_time if bench_record.CPU else time.perf_counter
LONG = 1.0  # seconds of a call that is slow enough to be timed in few rounds
FEW = 3


def measured(calls, rounds, least):
    """Time calls in turns.

    Parameters
    ----------
    calls : dict of name -> function
    rounds : int
        At most a few where a call takes long.
    least : float
        Seconds that a sample lasts at least: short calls are repeated.

    Returns
    -------
    dict of name -> list of float
        Milliseconds per call, one per round.
    """
    repeats = {name: repeats_of(call, least) for name, call in calls.items()}
    if 0 in repeats.values():
        repeats, rounds = dict.fromkeys(repeats, 1), min(rounds, FEW)
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
    """Return how often a call is repeated in a sample, 0 if it takes long.

    The first call is slower than others, and decides no more than that.
    """
    start = clock()
    call()
    if clock() - start > LONG:
        return 0
    start = clock()
    call()
    return max(1, round(least / max(clock() - start, 1e-7)))


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
    return [
        *labels,
        *medians,
        *(f"{bench_record.ratio(times, n):.2f}" if n in times else "–" for n in others),
    ]


def shown(number):
    return f"{number:.3g}" if number < 100 else f"{number:.0f}"


def heads():
    """Return the heads of the columns."""
    others = [f"{name} / rnnref" for name in CONTESTANTS if name != "rnnref"]
    return ["kind", "size", "dtype", "pass", *(f"{name} ms" for name in CONTESTANTS), *others]


def machine(head):
    """Say in one line where and with what the times were taken."""
    versions = [f"{name} {known or 'not installed'}" for name, known in head["versions"].items()]
    place = f"{head['system']}, {head['cores']} cores, {head['processor']}"
    return f"{place}; {', '.join(versions)}; 1 thread; {head['clock']}"


def main(arguments=None):
    options = parsed(arguments)
    contestants, missing = installed()
    sizes = [*options.sizes, *(["large"] if options.large else [])]
    cases = [(k, s, d) for s in sizes for k in options.cells for d in options.dtypes]
    command = " ".join(["python scripts/bench.py", *measuring(arguments or sys.argv[1:])])
    head, found = bench_record.about(command, missing), []
    print(machine(head), "", sep="\n")
    print(f"| {' | '.join(heads())} |", f"|{'--|' * len(heads())}", sep="\n", flush=True)
    for name, times in rows(cases, contestants, options.rounds):
        print(f"| {' | '.join(line(name, times))} |", flush=True)
        found.append(bench_record.row(name, times))
        if options.record:  # after every line, so that a long run may be broken off
            bench_record.write(options.record, head, found)


def measuring(arguments):
    """Return the arguments but where to write: that is a place on one machine, and no setting."""
    named = argparse.ArgumentParser(add_help=False)
    named.add_argument("--record")
    return named.parse_known_args(arguments)[1]


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
    parser.add_argument("--record", type=Path, metavar="FILE", help="write all numbers as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
