"""How a GRU blends its old state with the candidate, under both conventions."""

import numpy as np

from ... import examples, gru
from .. import svg
from ..charts import Chart
from ..numerals import printed
from . import Picture, figure

STEPS = (("fig_z_keeps", gru.step), ("fig_z_replaces", gru.step_update_replace))
UNIT = 0  # the first unit: its old state and its candidate are far apart
SHOWN = (0.1, 0.5, 0.9)
SIZE, TOP, HIGH, LEFTS, WIDE = (440, 300), 46, 160, (86, 274), 150


def forced(step, z):
    """Take step t = 2 of the running example with the update gate forced to z by its bias."""
    p = examples.gru_params()
    p.W_z[:], p.U_z[:] = 0, 0
    p.b_z[:] = np.clip(np.log(z) - np.log1p(-z), -40, 40) if 0 < z < 1 else 80 * z - 40
    return step(examples.X[:, 1], examples.gru_run().steps.h[:, 0], p)


@figure("gru-blend")
def gru_blend(t):
    """Draw h_t against z under both conventions, with the mix that makes it.

    Notice that the same z does the opposite: at 0.9 one form hardly moves, the other nearly jumps.
    """
    old = examples.gru_run().steps.h[0, 0, UNIT]
    new = forced(gru.step, 0.5).h_tilde[0, UNIT]
    marks, said = [], {"old": printed(old), "new": printed(new)}
    for left, (key, step) in zip(LEFTS, STEPS, strict=True):
        chart = Chart(SIZE, (left, TOP, WIDE, HIGH), (0, 1), (min(old, new), max(old, new)))
        taken = [forced(step, z) for z in (0, *SHOWN, 1)]
        z, h = (np.array([getattr(s, name)[0, UNIT] for s in taken]) for name in ("z", "h"))
        chart.line((0, 1), (old, old), "hidden", width=1.5, dash="dashed")
        chart.line((0, 1), (new, new), "candidate", width=1.5, dash="dashed")
        chart.line(z, h, "hidden")
        marks += [svg.text(left, 20, t(key), 14, "start", bold=True), *chart.marks()]
        x, y = chart.at(0.5, (old + new) / 2)
        marks.append(
            svg.symbol(x - 12, y - (6 if h[0] == new else -16), "h_t", 17, "end", "hidden")
        )
        for k, (value, level) in enumerate(zip(z[1:-1], h[1:-1], strict=True), 1):
            marks += _point(chart, key, k, (value, level), (level - new) / (old - new))
            said[f"{key[4:]}_{value:.1f}".replace(".", "_")] = printed(level)
    marks += [*_levels(chart, old, new), *_words(t)]
    return Picture(marks, *SIZE, t("fig_gru_blend"), t("alt_gru_blend", **said), arrays())


def arrays():
    """Return every number of the figure, from one step that records nothing and plain means."""
    h_prev = examples.gru_run().steps.h[:, 0]
    new = gru.step(examples.X[:, 1], h_prev, examples.gru_params()).h_tilde[0, UNIT]
    old, z = h_prev[0, UNIT], np.array(SHOWN)
    blends = {"fig_z_keeps": z * old + (1 - z) * new, "fig_z_replaces": (1 - z) * old + z * new}
    return {"h_prev": old, "h_tilde": new, **{f"{key} z": z for key in blends}, **blends}


def _point(chart, key, k, point, share):
    """Mark one z: its state, and below what share of it is old and what is new."""
    (z, h), (x, y) = point, chart.at(*point)
    rising, right = key == "fig_z_keeps", z < 0.8  # words stand where the line leaves room
    side = {"anchor": "start", "x": x + 12} if right else {"anchor": "end", "x": x - 12}
    base = TOP + HIGH + 26
    bar = {"y": base + 14, "height": 14}
    return [
        svg.circle(x, y, 4.5, fill="hidden", stroke="paper", stroke_width=1.5),
        svg.number(y=y + (9 if rising == right else 2), value=h, name=f"{key}[{k}]", **side),
        svg.number(x, base, z, f"{key} z[{k}]", ".1f", 14, fill="muted"),
        svg.rect(x - 20, width=40 * share, fill="hidden", **bar),
        svg.rect(x - 20 + 40 * share, width=40 * (1 - share), fill="candidate", **bar),
    ]


def _levels(chart, old, new):
    """Name the two levels on the left."""
    for name, value, latex, role in (
        ("h_prev", old, "h_{t-1}", "hidden"),
        ("h_tilde", new, r"\tilde{h}_t", "candidate"),
    ):
        y = chart.at(0, value)[1] + 5
        yield svg.symbol(0, y, latex, 17, "start", role)
        yield svg.number(LEFTS[0] - 8, y, value, name, anchor="end", fill=role)


def _words(t):
    base = TOP + HIGH + 26
    yield svg.symbol(LEFTS[0] - 14, base, "z", 17, "end", "muted")
    yield svg.text(LEFTS[0] - 14, base + 26, t("fig_mix"), 14, "end", fill="muted")
    for k, (key, role) in enumerate((("fig_old_state", "hidden"), ("candidate", "candidate"))):
        x = LEFTS[0] + 150 * k
        yield svg.rect(x, base + 48, 14, 14, 2, fill=role)
        yield svg.text(x + 20, base + 60, t(key), 14, "start", fill="muted")
