import re
from xml.etree import ElementTree

import pytest

from rnnref.explain import catalog, terms
from rnnref.explain.mathml import MathError, to_mathml


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


@pytest.mark.parametrize("latex", [r"\foo x", "a_", r"\frac{1}{2", "x & y", "", " "])
def test_unknown_latex_is_refused_in_one_plain_sentence(latex):
    with pytest.raises(MathError) as error:
        to_mathml(latex)
    assert "\n" not in str(error.value) and "\x1b" not in str(error.value)
