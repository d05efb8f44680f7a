import functools
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from rnnref import examples, lstm
from rnnref.explain import figures, svg
from rnnref.explain.figures import FigureError, lstm_stages
from rnnref.explain.palette import PALETTE, ROLES
from rnnref.explain.terms import Lookup

CSS = Path(__file__).parents[1] / "docs" / "assets" / "figures.css"
SVG = "{http://www.w3.org/2000/svg}"
ALL = [(name, lang) for name in figures.names() for lang in ("zh", "en")]
MINE = (
    "fig-legend gru-cell gru-reset lstm-belt lstm-cell lstm-chain lstm-forget lstm-input "
    "lstm-output lstm-update rnn-cell"
).split()
render = functools.cache(figures.render)
PAGE = {"default": "#ffffff", "slate": "#1e2029"}  # the grounds of the theme


def test_all_cell_figures_are_there():
    assert set(MINE) <= set(figures.names())


def test_an_unknown_figure_is_refused_with_those_close_to_it():
    with pytest.raises(FigureError, match="no figure is named 'lstm-cel'; close to it: lstm-cell"):
        figures.render("lstm-cel", "en")


def test_an_unknown_figure_close_to_none_gets_the_whole_list():
    with pytest.raises(FigureError, match="no figure is named 'zebra'; there are .*lstm-cell"):
        figures.alt("zebra", "en")


def test_a_second_figure_with_one_id_is_refused():
    with pytest.raises(FigureError, match="'lstm-cell' is already used by .*lstm.lstm_cell"):
        figures.figure("lstm-cell")(lambda t: None)


def test_an_id_that_is_no_id_is_refused():
    with pytest.raises(FigureError, match="'LSTM cell' is no figure id"):
        figures.figure("LSTM cell")(lambda t: None)


def test_a_use_that_cannot_begin_an_id_is_refused():
    with pytest.raises(FigureError, match="figure 'lstm-cell': '1' cannot begin an id"):
        figures.render("lstm-cell", "en", use="1")


def test_a_number_that_is_none_names_the_figure_and_the_value(monkeypatch):
    params = examples.lstm_params()
    params.b_f[0] = np.nan
    monkeypatch.setattr(examples, "lstm_params", lambda: params)
    with pytest.raises(FigureError, match=r"figure 'lstm-cell': .*\[1\] is nan, which cannot"):
        figures.picture.__wrapped__("lstm-cell", "en")


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_a_figure_tells_in_words_what_it_shows(name, lang):
    root = ElementTree.fromstring(figures.render(name, lang, use="p4"))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text in figures.alt(name, lang) and len(desc.text) > 40
    assert not re.search(r"[{}]|\\", figures.alt(name, lang))
    assert (len(re.findall("[\u4e00-\u9fff]", desc.text)) > 10) == (lang == "zh")


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_a_figure_has_a_size_and_no_style_of_its_own(name, lang):
    root = ElementTree.fromstring(render(name, lang))
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert not list(root.iter(f"{SVG}style"))
    assert all(element.get("style") is None for element in root.iter())


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_a_figure_is_at_most_30_kilobytes(name, lang):
    assert len(render(name, lang).encode()) <= 30_000


def text_width(words, size):
    """Estimate the width of words: a Chinese character is one em, a Latin letter about half."""
    return size * sum(1.0 if ord(letter) > 0x2E7F else 0.56 for letter in words)


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_words_stay_inside_the_drawing(name, lang):
    root = ElementTree.fromstring(render(name, lang))
    left, top, right, bottom = map(float, root.get("viewBox").split())
    for element in (e for e in root.iter(f"{SVG}text") if not e.get("transform")):
        if any(element in parent for parent in root.iter(f"{SVG}g") if parent.get("transform")):
            continue
        width = text_width(element.text, float(element.get("font-size", 14)))
        share = {"middle": 0.5, "end": 1}.get(element.get("text-anchor"), 0)
        start = float(element.get("x")) - share * width
        inherits = element.get("data-name") and not element.get("text-anchor")
        assert inherits or left <= start and start + width <= right, element.text
        assert top + 9 <= float(element.get("y")) <= bottom, element.text


@pytest.mark.parametrize("name", figures.names())
def test_the_smallest_text_has_ten_pixels_on_a_phone(name):
    root = ElementTree.fromstring(render(name, "en"))
    least = int(re.search(r"rr-min-(\d+)", root.get("class"))[1])
    assert f".rr-min-{least} {{ min-width: {least}px; }}" in CSS.read_text(encoding="utf-8")
    sizes = [float(e.get("font-size", 14)) for e in root.iter(f"{SVG}text")]
    assert min(sizes, default=14) * least / float(root.get("width")) >= 10


def test_a_figure_is_the_same_in_every_process():
    """Two processes with different hash seeds: the order of a set must not reach the page."""
    code = (
        "from rnnref.explain.figures import names, render\n"
        "import hashlib\n"
        "text = ''.join(render(n, l) for n in names() for l in ('zh', 'en'))\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    here = hashlib.sha256("".join(figures.render(n, lang) for n, lang in ALL).encode()).hexdigest()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(CSS.parents[2])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == here


@pytest.mark.parametrize("t", [1, 2, 3])
@pytest.mark.parametrize("chain", ["rnn", "lstm"])
def test_every_cell_of_the_chains_is_labelled_with_its_own_step(chain, t):
    root = ElementTree.fromstring(figures.render("lstm-chain", "en"))
    shown = {
        group.get("data-box").partition("/")[2]: next(group.iter(f"{SVG}{tag}")).get("data-tex")
        for group in root.iter(f"{SVG}g")
        if (group.get("data-box") or "").startswith(f"{chain}{t}/")
        for tag in ("use" if group.find(f"{SVG}use") is not None else "path",)
    }
    wanted = {"x": f"x_{t}", "h_prev": f"h_{t - 1}", "h out": f"h_{t}"}
    wanted |= {"c_prev": f"c_{t - 1}", "c out": f"c_{t}"} if chain == "lstm" else {}
    assert {name: shown[name] for name in wanted} == wanted


def test_the_gradient_along_the_belt_is_the_product_of_the_forget_gates():
    """Measured by pushing c_prev a little, with everything that h carries held still."""
    steps, p = examples.lstm_run().steps, examples.lstm_params()
    reached = np.ones(2)
    for t, gradient in zip((3, 2, 1), lstm_stages.belt_gradients()[1:], strict=True):
        h, c = (s[:, t - 2] if t > 1 else np.zeros((1, 2)) for s in (steps.h, steps.c))
        pushed = lstm.step(examples.X[:, t - 1] + 0j, h + 0j, c + 1e-30j, p)
        reached = reached * pushed.c[0].imag / 1e-30
        np.testing.assert_allclose(gradient, reached, rtol=1e-12)


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
    pairs += [("text", f"{role}-soft") for role in ROLES]
    weak = {pair: contrast(c[pair[0]], c[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_wires_have_a_contrast_of_at_least_3(scheme):
    c = colours(scheme)
    pairs = [(wire, g) for wire in ("dim", "negative") for g in ("paper", "panel", "page")]
    pairs += [(role, f"{role}-soft") for role in ROLES]
    weak = {pair: contrast(c[pair[0]], c[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_stage_figures_name_the_numbers_they_show(lang):
    t, boxes = Lookup(lang), lstm_stages.step_graph().boxes
    told = lstm_stages.lstm_update(t).alt
    for name in ("f*c_prev", "i*c_tilde", "c"):
        assert all(svg.printed(value) in told for value in boxes[name].value)
