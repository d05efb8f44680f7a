"""What a single vector between encoder and decoder costs: accuracy against length."""

from .. import svg
from ..charts import Chart
from ..experiments import result, reversal
from ..numerals import printed
from . import Picture, figure

# Attention in the colour of its weights; without it only the hidden state gets across.
CURVES = {
    "attention": ("fig_with_attention", "weight", 10.5, 0.94),
    "plain": ("fig_without_attention", "hidden", 5.4, 0.42),
}
X_TICKS, Y_TICKS = (2, 4, 6, 8, 10, 12), (0, 0.5, 1)
FINE = ".3f"  # so that 0.996 is not rounded to "all"
PRINTED = {"attention": (12,), "plain": (6, 8, 10)}


@figure("length-curve")
def length_curve(t):
    """Draw the share of exact answers against length, with attention and without.

    Notice that the model without attention is right on short sequences: it is length that it lacks.
    """
    size, found = (440, 340), result("reversal")
    chart = Chart(size, (44, 68, 372, 212), (2, 12), (0, 1))
    chart.ticks(x=X_TICKS, y=Y_TICKS)
    marks = [
        svg.text(8, 20, t("fig_exact_answers"), 14, "start", bold=True),
        svg.text(8, 42, t("fig_reversal"), 14, "start", fill="muted"),
        svg.text(230, 332, t("fig_length"), 14, fill="muted"),
    ]
    for kind, (key, role, *place) in CURVES.items():
        chart.line(reversal.LENGTHS, found[kind], role)
        x, y = chart.at(*place)
        marks.append(svg.text(x, y + 20, t(key), 14, "end", bold=True, fill=role))
        marks += _points(chart, kind, found[kind], role)
    alt = t("alt_length_curve", **_said(found))
    return Picture([*chart.marks(), *marks], *size, t("fig_length_curve"), alt, arrays())


def _points(chart, kind, shares, role):
    """Mark every length, and print some shares."""
    for length, share in zip(reversal.LENGTHS, shares, strict=True):
        x, y = chart.at(length, share)
        yield svg.circle(x, y, 4, fill=role, stroke="paper", stroke_width=1.5)
        if length in PRINTED[kind]:
            side = (x + 10, y - 6, "start") if kind == "plain" else (x + 4, y + 24, "end")
            name = f"{kind}[{length - reversal.LENGTHS[0] + 1}]"
            fmt = FINE if kind == "attention" else ".2f"
            yield svg.number(*side[:2], share, name, fmt, anchor=side[2], fill=role)


def arrays():
    """Return every number printed or said."""
    return {"x tick": X_TICKS, "y tick": Y_TICKS, **result("reversal")}


def _said(found):
    settings = {f"{kind}_{key}": reversal.SIZES[kind][key] for kind in CURVES for key in ("H",)}
    settings |= {f"{kind}_steps": steps for kind, steps in reversal.STEPS.items()}
    shares = {
        f"{kind}_{length}": printed(share)
        for kind, curve in found.items()
        for length, share in zip(reversal.LENGTHS, curve, strict=True)
    }
    low = printed(min(found["attention"]), FINE)
    return settings | shares | {"tested": reversal.TESTED, "attention_low": low}
