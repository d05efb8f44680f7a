import tomllib
from pathlib import Path

import numpy as np

from rnnref import convert, layers, lstm

FOLDER = Path(__file__).parents[2] / "tests" / "golden"
B, T, D = 2, 5, 3
x = np.random.default_rng(12).standard_normal((B, T, D))


def starts(records):
    draw = np.random.default_rng(13).standard_normal
    for p in records:
        h = draw((B, p.U.shape[1]))
        c = draw((B, len(p.b) // 4)) if isinstance(p, lstm.Params) else None
        yield h if c is None else lstm.State(h, c)


def told(name, words):
    found = {"cell": words[1]}
    if "relu" in words:
        found["activation" if name == "keras" else "nonlinearity"] = "relu"
    if "before" in words:
        found["reset_after"] = False
    return found


for name, file in (("torch", "torch_convert"), ("keras", "keras"), ("flax", "flax")):
    version = tomllib.loads((FOLDER / f"{file}.toml").read_text())[name]
    groups = {}
    for key, array in np.load(FOLDER / f"{file}.npz").items():
        group, _, rest = key.partition("/")
        groups.setdefault(group, {})[rest.removeprefix("weights/")] = array
    worst = 0.0
    for group, found in groups.items():
        y = found.pop("y")
        weights = {k: a for k, a in found.items() if not k.startswith("final")}
        back = getattr(convert, f"from_{name}")
        records, options = back(weights, **told(name, group.split()))
        run = layers.stack(x, records, state=list(starts(records)), **options)
        worst = max(worst, np.abs(run.y - y).max())
    print(f"{name:6}{version:12}{len(groups):3}   max |Δy| = {worst:.1e}")
