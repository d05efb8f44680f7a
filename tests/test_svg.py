import re
from xml.etree import ElementTree

import numpy as np
import pytest

from rnnref.explain import numerals, outlines, svg
from rnnref.explain.document import check_ids, check_numbers, document, share_glyphs
from rnnref.explain.svg import FigureError, Picture


def drawn(*marks, use="p7", alt="Text & more", **values):
    return document(Picture(list(marks), 100, 50, "Title", alt, values), "demo", "en", use)


def test_a_number_is_rounded_with_a_true_minus_sign():
    assert numerals.printed(-0.126) == "−0.13"


@pytest.mark.parametrize("value", [-0.0, -0.004, np.float32(-1e-9)])
def test_a_number_that_rounds_to_zero_has_no_sign(value):
    assert numerals.printed(value) == "0.00"


def test_one_keeps_its_digit_before_the_point():
    assert numerals.printed(1.0) == "1.00"


@pytest.mark.parametrize(
    ("value", "digits", "words"), [(3.04e-8, 1, "3.0 × 10⁻⁸"), (2.6e12, 0, "3 × 10¹²")]
)
def test_a_small_or_large_number_is_written_with_a_power_of_ten(value, digits, words):
    assert numerals.scientific(value, digits) == words


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_refused_by_name(value):
    with pytest.raises(FigureError, match=rf"f\[2\] is {value}, which cannot be printed"):
        svg.number(0, 0, value, "f[2]")


def test_an_arrow_ends_exactly_at_its_last_point():
    element = ElementTree.fromstring(svg.wire([(0, 0), (30, 0), (30, 40)], "cell"))
    assert element[1].get("d").startswith("M30 40L")


def test_a_corner_is_rounded_but_never_past_the_middle_of_a_side():
    assert svg.rounded([(0, 0), (8, 0), (8, 40)], 10) == "M0 0L4 0Q8 0 8 4L8 40"


def test_words_are_escaped():
    assert "&lt;b&gt; &amp; &quot;" in svg.text(0, 0, '<b> & "')


def test_a_symbol_is_an_outline_with_its_latex_beside_it():
    mark = svg.symbol(0, 0, r"\tilde{c}_t")
    assert mark.startswith('<path d="m') and r'data-tex="\tilde{c}_t"' in mark


def test_no_rounding_error_adds_up_along_an_outline():
    """Moves are relative: every contour must close within a rounding step of where it began."""
    start = at = extremes = (0, 0)
    for letter, numbers in re.findall(r"([mlqcz])([^mlqcz]*)", outlines.outline(r"h_{t-1}").d):
        pairs = [float(n) for n in re.findall(r"-?\d+", numbers)]
        if letter == "z":
            at = start
            continue
        at = (at[0] + pairs[-2], at[1] + pairs[-1])
        start = at if letter == "m" else start
        extremes = (min(extremes[0], at[0]), max(extremes[1], at[0]))
    assert extremes == pytest.approx((0, outlines.outline(r"h_{t-1}").width), abs=2)


def test_colours_are_variables_with_the_light_colour_behind():
    assert 'fill="var(--rr-forget,#c2410c)"' in svg.rect(0, 0, 1, 1, fill="forget")


def test_a_pill_prints_one_number_per_unit():
    text = drawn(svg.pill(50, 25, "cell", [0.25, -0.5], "c", "c_t"), c=[0.25, -0.5])
    assert check_numbers(text, {"c": [0.25, -0.5]}) == {"c[1]": 0.25, "c[2]": -0.5}


def test_a_strip_with_numbers_prints_every_one():
    text = drawn(svg.strip(0, 0, [0.25, -0.5], "h", numbers=True), h=[0.25, -0.5])
    assert check_numbers(text, {"h": [0.25, -0.5]}) == {"h[1]": 0.25, "h[2]": -0.5}


def test_a_strip_without_numbers_is_told_by_its_colours_alone():
    text = drawn(svg.strip(0, 0, [0.25, -0.5], "h"))
    assert check_numbers(text, {}) == {} and 'fill="var(--rr-negative,' in text


def test_all_ids_begin_with_the_use():
    text = drawn(svg.rect(0, 0, 1, 1, id="r"), svg.mark("use", href="#r"), use="p9")
    ids = [e.get("id") for e in ElementTree.fromstring(text).iter() if e.get("id")]
    assert ids == ["p9-title", "p9-desc", "p9-r"] and 'href="#p9-r"' in text
    assert 'aria-labelledby="p9-title p9-desc"' in text


def test_an_outline_that_occurs_twice_is_defined_once():
    marks = svg.symbol(0, 0, "f_t") + svg.symbol(9, 9, "f_t", fill=None) + svg.symbol(0, 0, "h_t")
    shared = share_glyphs(marks)
    assert shared.count("<use ") == 2 and shared.count("<path ") == 2


def test_a_reference_that_leads_nowhere_is_refused():
    with pytest.raises(FigureError, match="leads to 'p7-gone', but no element has this id"):
        drawn(svg.mark("use", href="#gone"))


def test_a_doubled_id_is_refused():
    with pytest.raises(FigureError, match="two elements have the id 'a'"):
        check_ids('<g id="a"/><g id="a"/>')


def test_a_decimal_number_typed_by_hand_is_refused():
    with pytest.raises(FigureError, match="'about 0.5' was not printed by svg.number"):
        drawn(svg.text(0, 0, "about 0.5"))


def test_an_altered_number_is_seen():
    text = drawn(svg.number(0, 0, 0.731, "f[1]"), f=[0.731]).replace(">0.73<", ">0.74<")
    with pytest.raises(
        FigureError, match=r"f\[1\] is printed as 0.74, but its value rounds to 0.73"
    ):
        check_numbers(text, {"f": [0.731]})


def test_a_number_is_compared_with_the_data_and_not_with_its_own_note():
    with pytest.raises(
        FigureError, match=r"f\[1\] is printed as 0.73, but its value rounds to 0.81"
    ):
        drawn(svg.number(0, 0, 0.731, "f[1]"), f=[0.81])


def test_a_number_that_only_rounds_alike_is_seen_in_its_note():
    with pytest.raises(FigureError, match=r"f is noted as 0.731, but its value is 0.732"):
        drawn(svg.number(0, 0, 0.731, "f"), f=0.732)


def test_a_number_just_above_the_middle_between_two_is_printed_as_it_rounds():
    text = drawn(svg.number(0, 0, 0.12500000001, "f"), f=0.12500000001)
    assert ">0.13<" in text and 'data-value="0.12500000001"' in text


def test_a_number_without_data_is_refused():
    with pytest.raises(FigureError, match=r"a number is named g\[1\], but the data has no g"):
        drawn(svg.number(0, 0, 0.5, "g[1]"), f=[0.5])


@pytest.mark.parametrize("alt", ["f = 0.73 is left", "f = −0.2689", "only 2.5 × 10⁻⁸ is left"])
def test_the_words_may_say_what_a_value_rounds_to(alt):
    drawn(alt=alt, f=[0.731, -0.2689, 2.51e-8])


@pytest.mark.parametrize("said", ["0.74", "−0.73", "7.3 × 10⁻²"])
def test_the_words_may_say_no_other_number(said):
    with pytest.raises(FigureError, match=f"the words say {said}, which no value"):
        drawn(alt=f"f = {said} is left", f=0.731)


def test_the_least_width_keeps_the_smallest_text_at_ten_pixels():
    assert 'class="rr rr-min-120"' in drawn(svg.text(0, 0, "x", 9))
    assert 'class="rr rr-min-80"' in drawn(svg.text(0, 0, "x"))
