"""The colours of the roles: both schemes, their contrasts, their swatches."""

import re
from pathlib import Path

import numpy as np
import pytest

from rnnref.explain.palette import PALETTE, ROLES

CSS = Path(__file__).parents[1] / "docs" / "assets" / "figures.css"
PAGE = {"default": "#ffffff", "slate": "#1e2029"}  # the grounds of the theme


def luminance(colour):
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(scheme):
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", CSS.read_text(encoding="utf-8"))
    block = next(body for head, body in rules if f'"{scheme}"' in head)
    return dict(re.findall(r"--rr-([\w-]+): (#[0-9a-f]{6});", block)) | {"page": PAGE[scheme]}


def test_the_fallback_colours_are_those_of_the_light_scheme():
    light = colours("default")
    assert {name: light[name] for name in PALETTE} == PALETTE


def test_both_schemes_have_all_colours():
    assert colours("default").keys() == colours("slate").keys()


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_text_has_a_contrast_of_at_least_4_5(scheme):
    c = colours(scheme)
    pairs = [(role, ground) for role in ROLES for ground in ("paper", "panel", "page")]
    pairs += [(ink, g) for ink in ("text", "muted") for g in ("paper", "panel", "page")]
    pairs += [("on", role) for role in ROLES]
    pairs += [("text", name) for name in PALETTE if name.endswith("-soft")]
    weak = {pair: contrast(c[pair[0]], c[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_wires_have_a_contrast_of_at_least_3(scheme):
    c = colours(scheme)
    pairs = [(wire, g) for wire in ("dim", "negative") for g in ("paper", "panel", "page")]
    pairs += [(name.removesuffix("-soft"), name) for name in PALETTE if name.endswith("-soft")]
    weak = {pair: contrast(c[pair[0]], c[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


@pytest.mark.parametrize("role", [*ROLES, "negative"])
def test_every_role_has_a_swatch_for_pages(role):
    rule = f".rr-swatch.rr-{role} {{ color: var(--rr-{role}); }}"
    assert rule in CSS.read_text(encoding="utf-8")
