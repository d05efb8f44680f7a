"""Charts: what leaves Matplotlib may stand in a page, and everything else stops the build."""

import re

import numpy as np
import pytest

from rnnref.explain import charts
from rnnref.explain.charts import Chart, ChartError, clean
from rnnref.explain.palette import PALETTE

XML = b'<svg xmlns="http://www.w3.org/2000/svg">%s</svg>'


def chart(**options):
    return Chart((400, 300), (50, 20, 300, 240), (0, 10), (-1, 1), **options)


def test_a_curve_becomes_one_path_in_the_colour_of_its_role():
    drawn = chart()
    drawn.line([0, 5, 10], [-1, 0, 1], "hidden")
    (mark,) = drawn.marks()
    assert mark == (
        '<path d="M50 260L200 140L350 20" fill="none" stroke="var(--rr-hidden,#0f766e)" '
        'stroke-width="2.5" stroke-linecap="round"/>'
    )


def test_a_point_of_the_data_is_where_its_curve_is_drawn():
    drawn = Chart((400, 300), (50, 20, 300, 240), (0, 10), (1e-8, 1), log=True)
    drawn.line([2, 7], [1e-3, 1e-6], "forget")
    points = re.findall(r"[\d.]+", re.search(r'd="([^"]*)"', drawn.marks()[0])[1])
    assert list(map(float, points)) == [*drawn.at(2, 1e-3), *drawn.at(7, 1e-6)]


def test_a_band_goes_along_its_upper_edge_and_back_along_its_lower_one():
    drawn = chart()
    drawn.band([0, 10], [-1, 0], [0, 1], "input")
    (mark,) = drawn.marks()
    assert 'd="M50 260L350 140L350 20L50 140z"' in mark
    assert 'fill="var(--rr-input,#047857)"' in mark
    assert 'opacity="0.16"' in mark


def test_nothing_of_matplotlib_that_acts_on_a_page_is_left():
    drawn = chart()
    drawn.ticks(x=(0, 5, 10), y=(-1, 0.5, 1))
    drawn.line(np.arange(11), np.sin(np.arange(11)), "output", dash="dashed")
    text = "".join(drawn.marks())
    assert not re.search(r"<style|<metadata|<defs|id=|clip-path|font-family|#0a0b|style=", text)


def test_ticks_are_printed_numbers_with_a_true_minus_sign():
    drawn = chart()
    drawn.ticks(x=(0, 5), y=(-0.5,))
    assert re.findall(r">([^<]+)</text>", "".join(drawn.marks())) == ["−0.5", "0", "5"]


def test_every_tick_has_a_name_of_its_own():
    drawn = chart()
    drawn.ticks(x=(0, 5), y=(-0.5,), name="slope ")
    names = re.findall('data-name="([^"]*)"', "".join(drawn.marks()))
    assert names == ["slope y tick[1]", "slope x tick[1]", "slope x tick[2]"]


@pytest.mark.parametrize(("value", "words"), [(1.0, "1"), (1e-16, "10⁻¹⁶"), (100.0, "10²")])
def test_a_logarithmic_tick_is_written_as_a_power_of_ten(value, words):
    assert charts.power_of_ten(value) == words


def test_a_logarithmic_tick_between_the_powers_is_refused():
    with pytest.raises(ChartError, match="0.5 is no power of ten"):
        charts.power_of_ten(0.5)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("draw", [Chart.line, lambda c, x, y, r: Chart.band(c, x, x, y, r)])
def test_a_curve_with_a_gap_is_refused(draw, bad):
    with pytest.raises(ChartError, match=rf"holds {bad} at point 1"):
        draw(chart(), [0, 1, 2], [0, bad, 0], "hidden")


def test_words_do_not_go_through_matplotlib():
    drawn = chart()
    drawn.axes.text(5, 0, "plain", color=charts.SENTINELS["text"])
    with pytest.raises(ChartError, match="no rule for the element <text>"):
        drawn.marks()


def test_a_colour_that_is_no_role_is_refused():
    drawn = chart()
    drawn.axes.plot([0, 1], [0, 1], color="#ff0000", clip_on=False)
    with pytest.raises(ChartError, match="stroke: #ff0000"):
        drawn.marks()


@pytest.mark.parametrize(
    ("inside", "complaint"),
    [
        (b'<image width="3"/>', "element <image>"),
        (b"<script>1</script>", "element <script>"),
        (b'<path d="M 0 0" onclick="1"/>', "attribute onclick"),
        (b'<path d="M 0 0" style="font: 12px serif"/>', "style font: 12px serif"),
        (b'<path d="M 0 0" style="stroke-linecap: magic"/>', "style stroke-linecap: magic"),
        (b'<path d="M 0 0 A 1 1 0 0 0 2 2"/>', "path command A"),
    ],
)
def test_what_the_clean_up_does_not_know_stops_the_build(inside, complaint):
    with pytest.raises(ChartError, match=re.escape(complaint)):
        clean(XML % inside)


def test_style_sheets_and_metadata_are_dropped():
    assert clean(XML % b"<metadata><x/></metadata><defs><style>*{}</style></defs>") == []


def test_every_colour_of_the_palette_has_a_sentinel_of_its_own():
    assert len(set(charts.SENTINELS.values())) == len(PALETTE)


def test_a_logarithmic_x_is_written_in_powers_of_ten_too():
    drawn = Chart((400, 300), (50, 20, 300, 240), (1e-8, 1), (-1, 1), log_x=True)
    drawn.ticks(x=(1e-8, 1e-4, 1), y=(0.5,))
    assert re.findall(r">([^<]+)</text>", "".join(drawn.marks())) == ["0.5", "10⁻⁸", "10⁻⁴", "1"]
    assert drawn.at(1e-4, 0)[0] == 200


@pytest.mark.parametrize(
    ("levels", "places"),
    [
        ([10, 50], [10, 50]),
        ([10, 12], [1, 21]),
        ([50, 10, 12], [50, 1, 21]),
        ([30, 30, 30], [10, 30, 50]),
        ([0, 30, 31, 32], [-6.75, 13.25, 33.25, 53.25]),
        ([], []),
    ],
)
def test_labels_move_apart_no_more_than_they_must(levels, places):
    found = charts.spread(levels, 20)
    assert found == pytest.approx(places)
    assert np.all(np.diff(sorted(found)) >= 20 - 1e-9)


def test_labels_stay_in_order_and_as_near_as_a_gap_allows():
    levels = np.array([3.0, 9.0, 40.0, 41.0, 80.0])
    best = charts.spread(levels, 10)
    rng = np.random.default_rng(0)
    for _ in range(200):
        other = np.sort(rng.uniform(-20, 100, 5))
        if np.all(np.diff(other) >= 10):
            assert np.sum((other - levels) ** 2) >= np.sum((best - levels) ** 2)
