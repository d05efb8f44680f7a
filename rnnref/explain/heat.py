"""Cells whose colour is a number: rectangles that follow the scheme of a page, never an image."""

from . import svg

STRONG = 0.5  # from here a cell is so full that its number is written in the ink `on`


def cells(rows, left, top, across, down, role):
    """Draw numbers from -1 to 1 as cells, |value| 1 in full colour; one path for each shade.

    Positive values take the colour of the role, negative ones that of "negative".

    Parameters
    ----------
    rows : list of rows of float
    left, top : float
        The upper left corner.
    across, down : float
        The size of a cell.
    role : str
    """
    shades = {}
    for k, row in enumerate(rows):
        for j, value in enumerate(row):
            shade = round(min(1, abs(float(value))), 2)
            shades.setdefault((value < 0, shade), []).append((left + across * j, top + down * k))
    marks = [svg.rect(left, top, across * len(rows[0]), down * len(rows), 3, fill="panel")]
    for (negative, shade), corners in sorted(shades.items()):
        box = f"h{across - 1:g}v{down - 1:g}h{1 - across:g}z"
        d = "".join(f"M{x + 0.5:g} {y + 0.5:g}{box}" for x, y in corners)
        fill = "negative" if negative else role
        marks.append(svg.mark("path", d=d, fill=fill, fill_opacity=shade) if shade else "")
    return svg.group(marks)


def opacity(share):
    """Return how full a cell is that holds its number, so that both schemes can read it.

    Around the middle neither dark nor light ink has enough contrast, so no cell is as full as that.
    """
    return 0.06 + 0.6 * share if share < STRONG else 0.84 + 0.16 * share


def numbered(share, x, y, across, down, role, name, size=13):
    """Draw one cell about (x, y) with its number, from 0 to 1, in the ink that its colour needs."""
    box = {"x": x - across / 2 + 0.5, "y": y - down / 2 + 0.5, "width": across - 1}
    fill = {"fill": role, "fill_opacity": opacity(share), "r": 2}
    ink = "text" if share < STRONG else "on"
    return [
        svg.rect(**box, height=down - 1, **fill),
        svg.number(x, y + 0.35 * size, share, name, size=size, fill=ink),
    ]
