"""What a page may not be made of is refused with page, line and cure."""

import planted
import pytest

from scripts import markup


def found(text):
    return planted.said(markup.check({"zh": {"x.md": planted.page(text)}}))


FAULTS = {
    "bare display formula": (
        "a\n\n$$\nh = x\n$$\n",
        "docs/zh/x.md:3: a display equation must be <!-- rnn:eq NAME --> or <!-- rnn:check",
    ),
    "display brackets": ("\\[h = x\\]", "docs/zh/x.md:1: a display equation must be"),
    "display environment": ("\\begin{align}h\\end{align}", "docs/zh/x.md:1: a display equation"),
    "inline equation": (
        "a $h = Wx$ b",
        "docs/zh/x.md:1: $h = Wx$ is an equation typed by hand; use <!-- rnn:eq NAME --> or",
    ),
    "equation before a digit": ("$h = Wx$2", "docs/zh/x.md:1: $h = Wx$ is an equation typed by"),
    "identity": ("$f_t \\equiv c_t$", "docs/zh/x.md:1: $f_t \\equiv c_t$ is an equation typed"),
    "approximation": ("$h \\approx Wx$", "docs/zh/x.md:1: $h \\approx Wx$ is an equation typed"),
    "definition": ("$h \\coloneqq Wx$", "docs/zh/x.md:1: $h \\coloneqq Wx$ is an equation"),
    "inequality": ("$f_t \\le i_t$", "docs/zh/x.md:1: $f_t \\le i_t$ is an equation typed"),
    "arrow": ("$h \\to Wx$", "docs/zh/x.md:1: $h \\to Wx$ is an equation typed by hand"),
    "equation of two steps": ("$h = Wx = 1$", "docs/zh/x.md:1: $h = Wx = 1$ is an equation"),
    "equation in a caption": ("<!-- rnn:fig a | $h = x$ -->", "docs/zh/x.md:1: $h = x$ is an"),
    "heading without id": (
        "# T\n",
        "docs/zh/x.md:1: a heading needs an explicit id; write it as ## Title { #id }",
    ),
    "ill-formed id": ("# T { #T_1 }", "docs/zh/x.md:1: id #T_1 must be lower-case words joined"),
    "id twice": ("# T { #t }\n\n## U { #t }", "docs/zh/x.md:3: id #t is taken by line 1; rename"),
    "id of a picture": ("# T { #t }\n\n![a](b.svg){ #t }", "docs/zh/x.md:3: id #t is taken by"),
    "mermaid": (
        "```mermaid\ngraph\n```\n",
        "docs/zh/x.md:1: mermaid is refused; figures are drawn from rnnref: <!-- rnn:fig NAME -->",
    ),
    "ragged table": (
        "| a | b |\n|--|--|\n| 1 | 2 |\n| 3 |\n",
        "docs/zh/x.md:4: this row has 1 cells, the table has 2; mend the row",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_refused(name):
    text, message = FAULTS[name]
    (said,) = found(text)
    assert said.startswith(message)


@pytest.mark.parametrize(
    "latex",
    [
        "h_t",
        "z = 0.9",
        "D = H = 2",
        "f \\approx 0.9",
        "T \\ge 3",
        "z > 0.5",
        "b_f = -1",
        "n = 10{,}000",
        "e = 2.5 \\times 10^{-14}",
        "f = 1/2",
        "x_2 = (-0.5, 1)",
        "\\sum_{i=1}^{n} a_i",
        "t \\neq 0",
        "\\sigma(0) = 0.5",
        "d_k = 64",
    ],
)
def test_symbols_and_numbers_given_to_symbols_are_allowed(latex):
    assert found(f"a ${latex}$ b") == []
