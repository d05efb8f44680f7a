"""The record of a benchmark: where and how it was taken, and what it found; as JSON."""

import datetime
import importlib
import json
import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np

from scripts.bench_cases import ATTENTION, SIZES

RECORD = Path(__file__).parent.parent / "docs" / "benchmarks.json"
PEERS = ("torch", "onnxruntime")
# Settings of glibc by which a process keeps memory; the defaults are what users have.
ALLOCATOR = ("MALLOC_TOP_PAD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "LD_PRELOAD")
# The time that the process was computing: on a busy machine waiting does not count.
CPU = time.get_clock_info("process_time").resolution < 1e-5


def about(command, missing):
    """Say where and with what the times are taken.

    Parameters
    ----------
    command : str
    missing : list of str
        Names of peers that are not installed.

    Returns
    -------
    dict
    """
    versions = {"Python": platform.python_version(), "NumPy": np.__version__}
    versions |= {
        name: "" if name in missing else importlib.import_module(name).__version__ for name in PEERS
    }
    settings = [f"{name}={os.environ[name]}" for name in ALLOCATOR if name in os.environ]
    return {
        "date": datetime.date.today().isoformat(),
        "command": command,
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": versions,
        "threads": 1,
        "clock": "processor time" if CPU else "wall time",
        "allocator": " ".join(settings) or "default",
        "sizes": {"cells": SIZES, "attention": ATTENTION},
    }


def processor():
    """Return the name of the processor as the system gives it."""
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.exists() else ""
    names = [part.partition(":")[2].strip() for part in text.splitlines() if "model name" in part]
    return names[0] if names else platform.processor() or "processor unknown"


def row(name, times):
    """Return the numbers of one case and pass.

    Parameters
    ----------
    name : tuple of str
        Kind, size, dtype and pass.
    times : dict of name -> list of float
        Milliseconds of each round.

    Returns
    -------
    dict
        `ms` holds medians, `ratio` the medians of a contestant's time by ours, round by round.
    """
    medians = {who: float(f"{statistics.median(found):.4g}") for who, found in times.items()}
    ratios = {who: round(ratio(times, who), 3) for who in times if who != "rnnref"}
    rounds = len(times["rnnref"])
    return dict(zip(("kind", "size", "dtype", "pass"), name, strict=True)) | {
        "rounds": rounds,
        "ms": medians,
        "ratio": ratios,
    }


def ratio(times, name):
    """Return the time of another by ours, pair by pair: above 1, ours is faster."""
    pairs = zip(times[name], times["rnnref"], strict=True)
    return statistics.median(other / own for other, own in pairs)


def write(path, head, rows):
    """Write a record, one row a line."""
    head = json.dumps(head, indent=1, ensure_ascii=False)[:-2]
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    Path(path).write_text(f'{head},\n "rows": [\n{lines}\n ]\n}}\n', encoding="utf-8")


def read(path=RECORD):
    """Return a record as it was written."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
