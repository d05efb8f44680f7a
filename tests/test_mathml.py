import re
from xml.etree import ElementTree

import pytest

from rnnref.explain import catalog, mathml, terms
from rnnref.explain.marked import FIRST, Line, Said
from rnnref.explain.mathml import MathError, to_mathml

MARKS = [chr(FIRST + place) for place in range(3)]
SAID = (Said("a", "a_t"), Said("b", "b_t"), Said("", "c"))
LINE = Line("{} = {}^{{2}} + {}".format(*MARKS), dict(zip(MARKS, SAID, strict=True)))
A, B = "<msub><mi>a</mi><mi>t</mi></msub>", "<msubsup><mi>b</mi><mi>t</mi><mn>2</mn></msubsup>"


def tree(text):
    return ElementTree.fromstring(text.replace("&ApplyFunction;", "\u2061"))


@pytest.mark.parametrize("name", catalog.ENTRIES)
def test_every_printed_equation_becomes_mathml_that_keeps_its_latex(name):
    for latex in catalog.render(name):
        for display in (True, False):
            math = tree(to_mathml(latex, display, catalog.scope(name)))
            assert math.get("display") == ("block" if display else None)
            assert math.find(".//annotation").text == latex


@pytest.mark.parametrize("name", catalog.ENTRIES)
def test_every_symbol_with_a_role_is_coloured_wherever_it_stands(name):
    roles = {s.shown: s.role for s in terms.symbols(catalog.scope(name)).values() if s.role}
    for latex in catalog.render(name):
        found = re.findall(
            '<mrow class="rr-([a-z]+)">', to_mathml(latex, True, catalog.scope(name))
        )
        expected = [role for shown, role in roles.items() for _ in range(latex.count(shown))]
        assert sorted(found) == sorted(expected)


def test_colour_goes_to_the_symbol_and_to_nothing_else():
    math = tree(to_mathml(r"c_t = f_t \odot c_{t-1} + W_c x_t", True, "lstm"))
    coloured = {m.get("class"): "".join(m.itertext()) for m in math.iter("mrow") if m.get("class")}
    assert coloured == {"rr-cell": "ct−1", "rr-forget": "ft", "rr-data": "xt"}


def test_a_symbol_with_a_power_or_a_transpose_is_coloured_with_it():
    math = tree(to_mathml(r"f_t^{2} - \tilde{c}_t^{\top}", True, "lstm"))
    assert [m.get("class") for m in math.iter("mrow") if m.get("class")] == [
        "rr-forget",
        "rr-candidate",
    ]


def test_without_a_scope_nothing_is_coloured():
    assert "class=" not in to_mathml("c_t = f_t")


def test_a_block_of_several_lines_is_coloured_too():
    latex = r"\begin{aligned} f_t &= 1 \\ c_t &= f_t \odot c_{t-1} \end{aligned}"
    assert to_mathml(latex, True, "lstm").count('class="rr-forget"') == 2


def test_the_sign_of_the_elementwise_product_does_not_grow_like_a_sum():
    signs = [m for m in tree(to_mathml(r"a \odot b")).iter("mo") if m.text == "⊙"]
    assert [sign.get("largeop") for sign in signs] == ["false"]


@pytest.mark.parametrize("name", [r"\sigma", r"\tanh", r"\operatorname{softmax}_{i}"])
@pytest.mark.parametrize("frame", ["%s", r"\begin{aligned} c &= %s \end{aligned}"])
def test_no_gap_opens_between_a_function_and_its_bracket(name, frame):
    text = to_mathml(frame % rf"{name}\left(c_t\right)")
    assert "0.1667em" not in text


@pytest.mark.parametrize(
    ("latex", "stretching"),
    [
        (r"\left(1 - f_t\right)", 0),
        (r"\left(\left[x_t, c_t\right] + s\right)", 0),
        (r"\left(1 - h_t^2\right)", 2),
        (r"\left(\sigma\left(a\right) + \frac{1}{2}\right)", 2),
    ],
)
def test_only_brackets_around_something_tall_may_stretch(latex, stretching):
    """Browsers reserve the width of the tallest bracket for each that may stretch."""
    brackets = re.findall(r"<mo([^>]*)>[()\[\]]</mo>", mathml.to_mathml(latex))
    assert sum("stretchy" not in css for css in brackets) == stretching


@pytest.mark.parametrize("latex", [r"\foo x", "a_", r"\frac{1}{2", "x & y", "", " "])
def test_unknown_latex_is_refused_in_one_plain_sentence(latex):
    with pytest.raises(MathError) as error:
        to_mathml(latex)
    assert "\n" not in str(error.value) and "\x1b" not in str(error.value)


@pytest.mark.parametrize(("css", "start"), [({}, "<mtr>"), ({"css": "now"}, '<mtr class="now">')])
def test_a_row_has_two_cells_that_meet_at_the_sign_of_equality(css, start):
    cells = f"<mtd>{A}</mtd><mtd><mo>=</mo>{B}<mo>+</mo><mi>c</mi></mtd>"
    assert mathml.row(LINE, "lstm", {}, {}, **css) == f"{start}{cells}</mtr>"


def test_symbols_in_a_row_carry_the_names_and_colours_that_are_given():
    text = mathml.row(LINE, "lstm", {"a": "left"}, {"b": "forget"})
    assert f'<mrow data-rr="left">{A}</mrow>' in text
    assert f'<mrow class="rr-forget">{B}</mrow>' in text
    assert text.count("<mrow") == 2


@pytest.mark.parametrize(
    ("latex", "given", "expected"),
    [
        (
            "a_t",
            {"hook": "left", "role": "data"},
            f'<mrow class="rr-data" data-rr="left">{A}</mrow>',
        ),
        ("a_t", {}, A),
        ("-3", {}, "<mn>−3</mn>"),
        (r"\begin{pmatrix} -1 \\ 2 \end{pmatrix}", {}, "<mtd><mn>−1</mn></mtd>"),
    ],
)
def test_a_symbol_or_a_value_is_written_without_its_frame(latex, given, expected):
    text = mathml.symbol(latex, "lstm", **given)
    assert expected in text and "<math" not in text
    assert (text == expected) == ("matrix" not in latex)


@pytest.mark.parametrize(
    ("latex", "note"),
    [("", ""), ("a < b", '<annotation encoding="application/x-tex">a &lt; b</annotation>')],
)
def test_a_table_keeps_the_latex_that_readers_may_copy(latex, note):
    rows = '<mtable displaystyle="true" scriptlevel="0">RS</mtable>'
    inside = f"<semantics>{rows}{note}</semantics>" if note else rows
    assert mathml.table(["R", "S"], latex) == f'<math display="block">{inside}</math>'
