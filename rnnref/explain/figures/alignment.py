"""Where a trained model looks while it writes: alignment maps."""

from .. import svg
from ..experiments import dates, result
from ..heat import numbered, opacity
from ..numerals import printed
from . import Picture, figure

LEFT, ACROSS, DOWN, HEAD, GAP = 34, 36, 22, 36, 20
LEAST = 0.1  # a weight below this is coloured, but its number is not printed


@figure("attention-heat")
def attention_heat(t):
    """Draw the weights of a trained model over three dates; each row sums to 1.

    Notice that digits look at digits, and that the month is found wherever it stands.
    """
    found = result("dates")
    marks, y = [svg.text(0, 18, t("fig_source_across"), 14, "start", bold=True)], 30
    for k, shown in enumerate(found["shown"], 1):
        marks.append(svg.group(_map(shown, f"map {k}"), y=y))
        y += HEAD + DOWN * len(shown["weights"]) + GAP
    width = LEFT + ACROSS * max(len(shown["source"]) for shown in found["shown"]) + 6
    alt = t("alt_attention_heat", **_said(t, found))
    return Picture(marks, width, y - GAP + 6, t("fig_attention_heat"), alt, arrays())


def arrays():
    """Return every number printed or said."""
    found = result("dates")
    maps = {f"map {k}": shown["weights"] for k, shown in enumerate(found["shown"], 1)}
    return maps | {"percent": [100 * share for share in found["exact"].values()]}


def _map(shown, name):
    """Draw one map: what is read on top, what is written down the side."""
    source, weights = shown["source"], shown["weights"]
    middles = [LEFT + ACROSS * (i + 0.5) for i in range(len(source))]
    for middle, letter in zip(middles, source, strict=True):
        yield svg.text(middle, HEAD - 8, letter.replace(" ", "␣"), 16, fill="key")
    ground = {"fill": "panel", "r": 4}
    yield svg.rect(LEFT, HEAD, ACROSS * len(source), DOWN * len(weights), **ground)
    for t, (letter, row) in enumerate(zip(shown["written"], weights, strict=True)):
        y = HEAD + DOWN * (t + 0.5)
        yield svg.text(LEFT - 14, y + 5, letter, 16, fill="query")
        for i, weight in enumerate(row):
            place = f"{name}[{t * len(row) + i + 1}]"
            yield from _cell(weight, middles[i], y, place)


def _cell(weight, x, y, place):
    """Draw one weight; one that would be invisible is left out."""
    if weight >= LEAST:
        return numbered(weight, x, y, ACROSS, DOWN, "weight", place)
    if weight < 0.02:
        return []
    box = (x - ACROSS / 2 + 0.5, y - DOWN / 2 + 0.5, ACROSS - 1, DOWN - 1)
    return [svg.rect(*box, 2, fill="weight", fill_opacity=opacity(weight))]


def _said(t, found):
    """Return the numbers of the text alternative, and where each map looks most."""
    maps = [_looks(t, k, shown) for k, shown in enumerate(found["shown"], 1)]
    return {
        "maps": ("；" if t.lang == "zh" else "; ").join(maps),
        "tested": dates.TESTED,
        **{kind: percent(share) for kind, share in found["exact"].items()},
        "letters": f"{100 * found['characters']['plain']:.0f}",
    }


def percent(share):
    """Write a share so that 0.998 is not rounded to "all"."""
    return printed(100 * share, ".1f").removesuffix(".0")


def _looks(t, k, shown):
    """Say which character of the source has the largest weight at each step, and how large it is.

    Places and not characters: a voice that reads one language cannot read the other.
    """
    places = [max(range(len(row)), key=row.__getitem__) for row in shown["weights"]]
    weights = [printed(max(row)) for row in shown["weights"]]
    joint = "、" if t.lang == "zh" else ", "
    words = {"places": joint.join(str(i + 1) for i in places), "weights": joint.join(weights)}
    return t("alt_attention_map", k=k, written=shown["written"], **words)
