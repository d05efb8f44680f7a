"""Cells whose colour is a number: their shades, and whether their numbers can be read."""

import re

import numpy as np
import pytest
from test_palette import colours, contrast

from rnnref.explain import heat
from rnnref.explain.palette import ROLES


def test_cells_have_the_shade_and_the_colour_of_their_numbers():
    marks = heat.cells([[0.5, -1.0], [0.0, 0.5]], 10, 20, 8, 6, "data")
    found = re.findall(r'd="([^"]*)" fill="var\(--rr-(\w+),[^"]*" fill-opacity="([^"]*)"', marks)
    box = "h7v5h-7z"
    assert found == [
        (f"M10.5 20.5{box}M18.5 26.5{box}", "data", "0.5"),
        (f"M18.5 20.5{box}", "negative", "1"),
    ]


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("role", ["weight", *sorted({*ROLES} - {"weight"})])
def test_the_number_in_a_cell_has_enough_contrast_at_every_shade(role, scheme):
    c = colours(scheme)
    for share in np.linspace(0, 1, 101):
        ink = "text" if share < heat.STRONG else "on"
        ground = mixed(c[role], c["panel"], heat.opacity(share))
        assert contrast(ground, c[ink]) >= 4.5, share


def mixed(over, under, opacity):
    """Return the colour that a half-transparent one makes on another."""
    pairs = [(int(over[k : k + 2], 16), int(under[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(opacity * a + (1 - opacity) * b):02x}" for a, b in pairs)


def test_a_larger_share_is_never_paler():
    assert np.all(np.diff([heat.opacity(share) for share in np.linspace(0, 1, 101)]) > 0)


@pytest.mark.parametrize(("share", "ink"), [(0.49, "text"), (0.5, "on")])
def test_a_numbered_cell_prints_its_share_in_the_ink_of_its_shade(share, ink):
    box, number = heat.numbered(share, 50, 40, 30, 20, "weight", "map[1]")
    assert f'fill="var(--rr-{ink},' in number and f">{share:.2f}</text>" in number
    assert 'x="35.5" y="30.5" width="29" height="19"' in box
