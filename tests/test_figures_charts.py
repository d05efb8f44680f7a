"""Activations, gates, memory and blending: the numbers shown."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from drawing import Drawing

from rnnref import examples, gru, lstm
from rnnref.explain import figures
from rnnref.explain.document import check_numbers
from rnnref.explain.figures import activations, blend, latch, memory

LANGUAGES = ("zh", "en")
DOCS = Path(__file__).parents[1] / "docs"


def words(name, lang):
    """Return the words inside a figure."""
    text = figures.render(name, lang)
    return re.findall(r"<text[^>]*>([^<]*)</text>", text)


# ---- activations ---------------------------------------------------------------------------------


def test_the_slopes_are_those_of_the_textbook():
    a = np.linspace(-6, 6, 49)
    sigma = 1 / (1 + np.exp(-a))
    np.testing.assert_allclose(
        activations.slope(activations.sigmoid, a), sigma * (1 - sigma), rtol=1e-12
    )
    np.testing.assert_allclose(activations.slope(np.tanh, a), 1 / np.cosh(a) ** 2, rtol=1e-12)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_steepest_slopes_are_a_quarter_and_one(lang):
    assert {"0.25", "1.00"} <= set(words("activations", lang))


def test_functions_wear_the_colour_of_no_role():
    inks = set(re.findall(r"--rr-(\w+)", figures.render("activations", "en")))
    assert inks <= {"text", "muted", "rule", "paper", "font"}


# ---- gate ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_gate_passes_its_share_of_every_number(lang):
    values = {"c": examples.lstm_run().steps.c[0, 0]}
    for a in (-6, 0, 6):
        share = 0.5 + 0.5 * math.tanh(a / 2)
        values |= {rf"\sigma({a})": share, rf"\sigma({a}) c": share * values["c"]}
    assert len(check_numbers(figures.render("gate", lang), values)) == 2 + 3 * 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_closed_gate_says_0_0025_and_not_0(lang):
    assert "0.0025" in words("gate", lang)
    assert "0.0025" in figures.alt("gate", lang)


def test_the_stream_behind_a_gate_is_as_deep_as_its_share():
    rects = [e for _, tag, e in Drawing(figures.render("gate", "en")).shapes if tag == "rect"]
    behind = [float(e["height"]) for e in rects if float(e["x"]) == activations.BLADE]
    wanted = [activations.DEPTH / (1 + math.exp(-a)) for a in (-6, 0, 6)]
    np.testing.assert_allclose(behind, wanted, atol=0.006)


# ---- lstm-gates-time -----------------------------------------------------------------------------


def test_the_latch_keeps_what_was_written_and_ignores_every_other_bit():
    c, bit = examples.latch_run().steps.c[0], examples.latch_inputs()[0, :, 2]
    held = np.array([np.zeros(2), bit[[2, 2]] * [1, 0], [bit[2], bit[5]], [bit[14], bit[5]]])
    for first, last, want in [(0, 2, 0), (2, 5, 1), (5, 14, 2), (14, 24, 3)]:
        np.testing.assert_allclose(c[first:last], np.tile(held[want], (last - first, 1)), atol=0.06)


def test_the_latch_puts_out_its_bits_only_when_it_is_read():
    h, read = examples.latch_run().steps.h[0], examples.latch_inputs()[0, :, 3] == 1
    assert np.abs(h[read]).min() > 0.7
    assert np.abs(h[~read]).max() < 0.01


def test_heat_cells_have_the_shade_and_the_colour_of_their_numbers():
    marks = latch.heat(10, [[0.5, -1.0, 0.0]], "cell")
    found = re.findall(
        r'd="M([\d.]+) [^"]*" fill="var\(--rr-(\w+),[^"]*" fill-opacity="([\d.]+)"', marks
    )
    left, cell = latch.LEFT + 0.5, latch.CELL
    assert found == [(f"{left:g}", "cell", "0.5"), (f"{left + cell:g}", "negative", "1")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_strips_end_with_the_numbers_of_the_last_step(lang):
    steps = examples.latch_run().steps
    assert len(check_numbers(figures.render("lstm-gates-time", lang), {"c": steps.c[0, -1]})) == 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_calls_the_inputs_of_the_latch_what_the_figure_calls_them(lang):
    page = (DOCS / lang / "lstm.md").read_text(encoding="utf-8")
    for name in examples.LATCH_INPUTS:
        assert f"“{figures.Lookup(lang)(f'fig_latch_{name}')}”" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_scale_runs_from_minus_one_to_one(lang):
    *_, before, after, meaning = words("lstm-gates-time", lang)
    assert (before, after) == ("−1", "1")
    assert meaning in ("颜色越鲜明，绝对值越大", "stronger colour = larger absolute value")
    shades = [e.get("fill-opacity") for _, tag, e in Drawing("".join(scale(lang))).shapes]
    assert [s for s in shades if s] == ["0.25", "0.5", "0.75", "1"] * 2


def scale(lang):
    return "<svg>", *latch._scale(figures.Lookup(lang), 0), "</svg>"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_alternative_names_the_steps_of_writing_and_reading(lang):
    said = figures.alt("lstm-gates-time", lang)
    assert "3, 6, 15" in said and "10, 11, 20, 21" in said


# ---- lstm-memory ---------------------------------------------------------------------------------


def test_the_share_that_is_left_is_the_product_of_the_forget_gates():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((1, 50, 32))
    W, U = rng.uniform(-(32**-0.5), 32**-0.5, (2, 128, 32))
    b = np.zeros(128)
    b[32:64] = 2
    h, c, share = np.zeros((1, 32)), np.zeros((1, 32)), np.ones(32)
    for t in range(50):
        step = lstm.step(x[:, t], h, c, lstm.Params(W, U, b))
        h, c, share = step.h, step.c, share * step.f[0]
    np.testing.assert_allclose(memory.kept_shares(2)[3, -1], share, rtol=1e-10)


@pytest.mark.parametrize(("bias", "left"), [(0, 1e-16), (1, 3e-8), (2, 7e-4), (4, 0.34)])
def test_the_belt_forgets_by_a_constant_factor_that_the_forget_bias_sets(bias, left):
    middle, low, high = memory.memory_curve(bias)
    assert middle[-1] == pytest.approx(left, rel=0.15)
    assert np.all((low[1:] < middle[1:]) & (middle[1:] < high[1:]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_memory_chart_speaks_of_the_belt_and_names_no_half_life(lang):
    said = " ".join([*words("lstm-memory", lang), figures.alt("lstm-memory", lang)])
    assert {"zh": "输送带", "en": "along the belt"}[lang] in said
    assert {"zh": "典型的隐单元", "en": "typical unit"}[lang] in said
    assert not re.search("半衰期|half-life|half after", said)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_memory_chart_states_its_setting_and_its_results(lang):
    said = figures.alt("lstm-memory", lang)
    assert all(part in said for part in ("H = D = 32", "±1/√H", "20", "1.3 × 10⁻¹⁶", "0.34"))


# ---- gru-blend -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_blend_is_the_weighted_mean_of_old_state_and_candidate(lang):
    steps, z = examples.gru_run().steps, np.array([0.1, 0.5, 0.9])
    old, new = steps.h[0, 0, 0], steps.h_tilde[0, 1, 0]
    values = {"h_prev": old, "h_tilde": new, "fig_z_keeps z": z, "fig_z_replaces z": z}
    values |= {"fig_z_keeps": old + (1 - z) * (new - old), "fig_z_replaces": old + z * (new - old)}
    assert len(check_numbers(figures.render("gru-blend", lang), values)) == 2 + 4 * 3


@pytest.mark.parametrize("z", [0, 0.1, 0.5, 0.9, 1])
def test_the_bias_forces_the_update_gate(z):
    for step in (gru.step, gru.step_update_replace):
        np.testing.assert_allclose(blend.forced(step, z).z, z, atol=1e-15)


def test_exchanged_conventions_show_in_the_printed_numbers(monkeypatch):
    (keeps, step), (replaces, other) = blend.STEPS
    monkeypatch.setattr(blend, "STEPS", ((keeps, other), (replaces, step)))
    drawn = blend.gru_blend(figures.Lookup("en"))
    assert "".join(drawn.marks) != "".join(figures.picture("gru-blend", "en").marks)


# ---- NaN -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "draw", "broken"),
    [
        (activations, activations.activations, {"sigmoid": lambda a: a * np.nan}),
        (activations, activations.gate, {"sigmoid": lambda a: a * np.nan}),
        (memory, memory.lstm_memory, {"memory_curve": lambda bias: 3 * [np.full(51, np.nan)]}),
    ],
)
def test_a_figure_of_nan_is_refused(monkeypatch, module, draw, broken):
    for name, value in broken.items():
        monkeypatch.setattr(module, name, value)
    with pytest.raises(ValueError, match="nan"):
        draw(figures.Lookup("en"))
