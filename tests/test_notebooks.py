"""Notebooks: shown as pages of the site, the same in both languages, and right in what they say."""

import ast
import base64
import json
import math
import re
import runpy
from pathlib import Path

import pytest

from rnnref.explain.terms import Lookup
from scripts import notebooks
from scripts.expand import PageError

ROOT = Path(__file__).parent.parent
LABS = {lang: (ROOT / "docs" / lang / "lab.py").read_text("utf-8") for lang in ("zh", "en")}
TEXT = """<div class="jp-Cell jp-MarkdownCell"><style>p {{}}</style>
<div class="jp-RenderedHTMLCommon jp-RenderedMarkdown">{}</div></div>"""
CODE = """<div class="jp-Cell jp-CodeCell"><div class="jp-Cell jp-CodeCell">
<div class="clipboard-copy-txt">{}</div>{}</div></div>"""
OUT = '<div class="jp-OutputArea-output" data-mime-type="{}">{}</div>'


def page(*cells):
    return notebooks.page("".join(cells), "docs/en/lab.py", Lookup("en"))[0]


def test_only_text_code_and_output_are_kept():
    html = page(TEXT.format("<p>a</p>"), CODE.format("print(1)", OUT.format("text/plain", "\n1\n")))
    assert "<p>a</p>" in html and "<code>1</code></pre>" in html
    assert 'class="language-python highlight"' in html
    assert "jp-" not in html and "<style>" not in html


def test_a_cell_without_output_has_no_empty_box():
    assert "rr-run" not in page(CODE.format("a = 1", ""))


def test_what_is_printed_in_a_row_is_one_piece_however_the_kernel_delivers_it():
    pre = OUT.format("text/plain", "<pre>{}</pre>")
    pieces = pre.format("1\n2") + pre.format("3\n") + pre.format("4\n")
    value = f'<div class="jp-OutputArea-executeResult">{pre.format("5")}</div>'
    html = page(CODE.format("f()", pieces + value))
    assert "<code>1\n23\n4</code>" in html and "<code>5</code>" in html
    assert html.count("<pre data-search-exclude") == 2


def test_formulas_are_built_but_not_inside_code():
    html = page(TEXT.format("<p>$c_t$ <code>$x$</code> a &lt; b</p>"))
    assert html.count("<math>") == 1
    assert "<code>$x$</code> a &lt; b" in html


def test_printed_equations_become_mathematics():
    html = page(CODE.format("a", OUT.format("text/latex", r"$\displaystyle c_t = f_t$")))
    assert '<math display="block">' in html and "displaystyle" not in html


def test_a_heading_gets_its_id_and_the_tree_of_contents_its_place():
    html, headings = notebooks.page(
        TEXT.format(
            '<h1 id="x">甲 { #a }<a class="anchor-link" href="#x">¶</a></h1><h2>乙 {#b}</h2>'
        ),
        "docs/zh/lab.py",
        Lookup("zh"),
    )
    assert '<h1 id="a">甲<a class="headerlink" href="#a" title="">#</a></h1>' in html
    assert headings == [(1, "a", "甲"), (2, "b", "乙")]
    tree = notebooks.nested(headings)
    assert [tree[0]["id"], tree[0]["children"][0]["name"]] == ["a", "乙"]


def test_the_file_is_offered_below_the_title():
    html = page(TEXT.format("<h1>a { #a }</h1><p>b</p>"))
    offer = '<a download="" href="lab.ipynb">lab.ipynb</a>'
    assert html.index("</h1>") < html.index(offer) < html.index("<p>b</p>")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (TEXT.format("<h2>a</h2>"), "docs/en/lab.py: heading 'a' has no id; write { #id } behind"),
        (TEXT.format(r"<p>$\frac{1$</p>"), "docs/en/lab.py: cannot convert"),
        (CODE.format("a", OUT.format("text/html", "a")), "a cell puts out text/html; only text,"),
    ],
)
def test_what_cannot_be_shown_is_refused(cell, message):
    with pytest.raises(PageError, match=re.escape(message)):
        page(cell)


@pytest.mark.parametrize("lang", LABS)
def test_front_matter_names_title_and_description(lang):
    assert notebooks.meta(LABS[lang]).keys() == {"title", "description"}


@pytest.mark.parametrize("lang", LABS)
def test_the_downloaded_notebook_is_the_same_at_every_build(lang):
    data = notebooks.download(LABS[lang])
    assert data == notebooks.download(LABS[lang])
    cells = json.loads(data)["cells"]
    assert [cell["id"] for cell in cells] == [f"cell-{n}" for n in range(len(cells))]
    assert "{ #" not in data and "description:" not in data


def test_both_languages_run_the_same_code():
    zh, en = (ast.dump(ast.parse(text)) for text in LABS.values())
    assert zh.replace("Constant(value='zh')", "Constant(value='en')") == en


def test_both_languages_have_the_same_headings_and_links():
    pattern = re.compile(r"^# (#+) .*?(\{ #\w+ \})|\]\(([^)]+)\)|^# <(/?details)>", re.M)
    zh, en = (pattern.findall(text) for text in LABS.values())
    assert zh == en and len(zh) > 8


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Run the code of the notebook."""
    path = tmp_path_factory.mktemp("lab") / "lab.py"
    path.write_text(LABS["en"], encoding="utf-8")
    return runpy.run_path(str(path))


def test_with_biases_of_2_the_second_unit_changes_more(lab):
    q, c_prev = lab["p"]._replace(b=lab["p"].b.copy()), lab["c_prev"]
    q.b_f[:], q.b_i[:] = 2, -2
    s = lab["lstm"].step(lab["x"], lab["h_prev"], c_prev, q)
    moved = abs(s.c - c_prev)[0]
    assert moved[1] > 5 * moved[0]
    assert s.c_tilde[0, 1] > 5 * s.c_tilde[0, 0]


def test_half_is_left_after_200_steps_with_the_bias_named(lab):
    assert lab["left"](5.66, 200) == pytest.approx(0.5, abs=0.002)
    assert 0.5 ** (1 / 200) == pytest.approx(0.9965, abs=5e-5)
    assert math.log(0.9965 / 0.0035) == pytest.approx(5.66, abs=0.02)


def test_the_coupled_cell_state_stays_inside_one(lab):
    c = 0 * lab["c_prev"]
    for _ in range(200):
        c = lab["coupled"](5 * lab["x"], lab["h_prev"], c, lab["p"]).c
        assert (abs(c) < 1).all()


def test_the_unit_named_keeps_more_of_its_own_number(lab):
    given = lab["mine"]
    f = lab["lstm"].step(**given).f
    assert [f"{value:.2f}" for value in f[0]] == ["0.30", "0.91"]
    assert [f"{value:.2f}" for value in (f * given["c_prev"])[0]] == ["0.89", "-2.73"]
    turned = lab["lstm"].step(**given | {"x": -given["x"]}).f[0]
    assert turned[0] > turned[1]


def test_tables_and_figures_of_the_package_are_shown_in_boxes_that_scroll():
    table = '<table class="rr-trace"><tr><td>0.5</td></tr></table>'
    drawing = '<svg class="rr rr-min-400" viewbox="0 0 9 9"></svg>'
    packed = base64.b64encode(drawing.encode()).decode()
    html = page(
        CODE.format("a", OUT.format("text/html", table)),
        CODE.format("b", OUT.format("image/svg+xml", drawing)),
        CODE.format("c", OUT.format("image/svg+xml", f'<img src="{notebooks.PACKED}{packed}">')),
    )
    assert html.count('class="rr-figure__scroll"') == 3 and html.count(drawing) == 2
    assert 'aria-label="table"' in html and 'aria-label="figure"' in html
