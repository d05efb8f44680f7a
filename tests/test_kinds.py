"""What each directive prints, and the sentence with which it refuses."""

import re
from pathlib import Path

import pytest

from rnnref.explain import catalog, figures
from rnnref.explain.mathml import to_mathml
from scripts import cache, formulas, glossary, kinds, listings, pictures, running
from scripts.expand import Place

ROOT = Path(__file__).parent.parent
BLOCK = Place("en", "docs/en/x.md", 1, 7, True)
INLINE = BLOCK._replace(block=False)
CHINESE = BLOCK._replace(lang="zh")
TABLE = kinds.table()


def shown(html):
    """Return the text of a piece of HTML, without the LaTeX in annotations."""
    html = re.sub(r"<annotation.*?</annotation>", "", html, flags=re.S)
    html = re.sub(r"</(p|div|pre)>", " ", html)
    return " ".join(re.sub(r"<[^>]*>", "", html).split())


def refusal(kind, argument, place=BLOCK):
    with pytest.raises((ValueError, LookupError)) as caught:
        TABLE[kind](argument, place)
    return str(caught.value.args[0])


# ---- formulas


def test_an_equation_inside_a_sentence_is_inline_mathematics():
    html = TABLE["eq"]("lstm.step.c", INLINE)
    assert html.startswith('<span class="rr-math" data-of="lstm"><math>')
    assert "<annotation data-search-exclude " in html


def test_all_equations_of_an_entry_are_aligned_at_the_first_equals_sign():
    html = TABLE["eq"]("lstm.step", BLOCK)
    latex = re.search(r"<annotation[^>]*>(.*?)</annotation>", html, re.S)[1]
    assert latex.count("&amp;=") == 6
    assert html.count('<mtr class="rr-numbers">') == 6


def test_a_single_equation_without_numbers_is_not_aligned():
    assert "<mtable" not in TABLE["eq"]("attention.score_general", BLOCK)


def test_a_display_equation_can_be_reached_by_keyboard_and_has_a_name():
    html = TABLE["eq"]("rnn.step", CHINESE)
    assert 'role="group" aria-label="公式" tabindex="0"' in html


def test_the_symbols_of_an_equation_carry_their_roles():
    assert '<mrow class="rr-forget" data-rr="f">' in TABLE["eq"]("lstm.step.f", BLOCK)


def test_several_equations_do_not_fit_into_a_sentence():
    assert "several equations need a line of their own" in refusal("eq", "lstm.step", INLINE)


def test_an_unknown_equation_is_refused():
    assert "lstm.stepp" in refusal("eq", "lstm.stepp")


def test_a_line_of_a_derivation_is_shown_as_it_is_written():
    latex = r"c_t - i_t \odot \tilde{c}_t = f_t \odot c_{t-1}"
    html = TABLE["check"](f"lstm.step | {latex}", BLOCK)
    assert to_mathml(latex, display=True, scope=catalog.scope("lstm.step")) in html


def test_a_line_that_nothing_has_proven_is_refused():
    line = r"lstm.step | c_t + i_t \odot \tilde{c}_t = f_t \odot c_{t-1}"
    assert "nothing has proven this line yet" in refusal("check", line)


@pytest.mark.parametrize("argument", ["lstm.step", r"lstm.step | c_t", "| a = b"])
def test_a_line_of_a_derivation_needs_an_entry_and_two_sides(argument):
    refusal("check", argument)


def test_a_formula_that_cannot_be_set_is_refused():
    assert "frac" in refusal("math", r"\frac{1", INLINE)


# ---- code and what it prints


def test_the_source_of_a_function_comes_without_its_docstring():
    text = shown(TABLE["code"]("lstm.step", BLOCK))
    assert "c = f * c_prev + i * c_tilde" in text
    assert "Advance an LSTM" not in text


def test_the_source_of_a_class_comes_without_docstrings():
    text = shown(TABLE["code"]("gru.GRUStep", BLOCK))
    assert "class GRUStep(NamedTuple): r: Array" in text


def test_an_import_inside_a_function_does_not_disturb():
    text = 'def f():\n    """Say."""\n    import re\n    return re\n'
    assert listings.without_docstrings(text) == "def f():\n    import re\n    return re\n"


def test_the_file_of_a_source_is_named():
    assert '<p class="rr-code__title">rnnref/lstm/cell.py</p>' in TABLE["code"]("lstm.step", BLOCK)


@pytest.mark.parametrize("name", ["lstm.stepp", "lst.step", "step", "lstm.GATES", "lstm"])
def test_a_source_that_does_not_exist_is_refused(name):
    assert name in refusal("code", name)


@pytest.fixture
def examples(tmp_path, monkeypatch):
    """A function that writes a script and runs it as a directive does."""
    monkeypatch.setattr(cache, "FOLDER", tmp_path / "cache")
    folder = tmp_path / "docs" / "examples"
    folder.mkdir(parents=True)

    def run(text, name="one"):
        (folder / f"{name}.py").write_text(text)
        return kinds.run(tmp_path, name, BLOCK)

    return run


def test_a_script_is_shown_with_what_it_prints(examples):
    assert shown(examples("print(6 * 7)\n")) == "one.py print(6 * 7) what it prints 42"


def test_output_is_escaped(examples):
    assert "<pre><code>&lt;b&gt;\n</code></pre>" in examples("print('<b>')\n")


def test_an_unchanged_script_is_not_run_again(examples, tmp_path):
    text = f"from pathlib import Path\np = Path({str(tmp_path / 'n')!r})\n"
    text += "p.write_text(p.read_text() + 'x' if p.exists() else 'x')\nprint(p.read_text())\n"
    assert examples(text) == examples(text)
    assert examples(text + "\n") != examples(text)


def test_a_script_that_raises_names_its_line(examples):
    with pytest.raises(ValueError, match=r"^docs/examples/one.py:2: ZeroDivisionError"):
        examples("a = 1\na / 0\n")


def test_a_script_that_cannot_be_parsed_names_its_line(examples):
    with pytest.raises(ValueError, match=r"^docs/examples/one.py:2: SyntaxError"):
        examples("a = 1\na = = 0\n")


def test_a_warning_in_a_script_is_an_error(examples):
    with pytest.raises(ValueError, match="one.py:2: RuntimeWarning"):
        examples("import numpy as np\nnp.log(np.zeros(1))\nprint(1)\n")


def test_a_script_that_exits_is_an_error(examples):
    with pytest.raises(ValueError, match="one.py:1: SystemExit"):
        examples("raise SystemExit('enough')\n")


def test_a_script_that_prints_nothing_is_refused(examples):
    with pytest.raises(ValueError, match="prints nothing"):
        examples("a = 1\n")


def test_a_script_that_does_not_exist_is_refused_with_those_that_do(examples):
    examples("print(1)\n")
    with pytest.raises(LookupError, match=r"has no two.py; it has one$"):
        kinds.run(cache.FOLDER.parent, "two", BLOCK)


# ---- figures


def test_a_figure_has_ids_of_its_own_and_a_caption():
    html = TABLE["fig"]("lstm-chain | The cell at $c_t$ & `h`", BLOCK)
    assert pictures.SPARE.sub("", figures.render("lstm-chain", "en", use="p7")) in html
    assert shown(html).endswith("The cell at ct &amp; h")


def test_a_figure_on_a_page_leaves_out_what_only_its_checks_read():
    html = TABLE["fig"]("lstm-cell", BLOCK)
    assert 'data-name="' in html and 'fill="var(--rr-forget)"' in html
    assert "data-value" not in html and "data-tex" not in html


def test_a_figure_of_a_cell_says_to_which_symbols_it_belongs():
    html = TABLE["fig"]("lstm-cell", BLOCK)
    assert 'data-of="lstm"' in html and 'data-weights="W_f U_f b_f"' in html


def test_a_figure_needs_no_caption_but_never_an_empty_one():
    assert "figcaption" not in TABLE["fig"]("lstm-cell", BLOCK)
    assert "caption after | is empty" in refusal("fig", "lstm-cell |")


def test_an_unknown_figure_is_refused():
    assert "lstm-sell" in refusal("fig", "lstm-sell")


@pytest.mark.parametrize("kind", ["fig", "code", "run", "terms"])
def test_blocks_do_not_fit_into_a_sentence(kind):
    assert "must stand alone on its line" in refusal(kind, "lstm-cell", INLINE)


# ---- numbers


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x t=1 u=2", "0.5000"),
        ("x t=3", "(0.8000, −1.0000)"),
        ("lstm.c t=0 u=1", "0.0000"),
        ("rnn.h t=2 u=1 fmt=.2f", "−0.62"),
        ("attention.dot i=2", "2.0700"),
    ],
)
def test_paths_lead_into_the_running_example(path, text):
    assert shown(TABLE["val"](path, INLINE)) == text


@pytest.mark.parametrize("cell", running.cells())
def test_every_cell_can_be_quoted_at_every_step(cell):
    assert running.text(f"{cell}.h t=3 u=2") != running.text(f"{cell}.h t=2 u=2")


def test_the_two_update_conventions_are_different_numbers():
    assert running.text("gru.h t=1 u=1") != running.text("gru_replace.h t=1 u=1")


def test_weights_of_attention_sum_to_one():
    weights = [float(running.text(f"attention.weight i={i}")) for i in (1, 2, 3, 4)]
    assert sum(weights) == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("lsmt.h t=1", "no cell in the running example is called 'lsmt'"),
        ("lstm.g t=1", "no field of lstm is called 'g'; there are f, i, c_tilde, c, o, h"),
        ("attention.q i=1", "no field of attention is called 'q'"),
        ("lstm.f t=0", "it counts from 1 to 3"),
        ("lstm.f t=4", "it counts from 1 to 3"),
        ("lstm.f t=1 u=3", "it counts from 1 to 2"),
        ("lstm.f t=1 k=3", "'k=3' is none of t=, u=, i=, fmt="),
        ("lstm.no-such-value", "no value 'lstm.no-such-value'"),
    ],
)
def test_a_number_that_does_not_exist_is_refused(path, words):
    assert words in refusal("val", path, INLINE)


def test_a_value_is_computed_once_for_each_version_of_the_package(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(cache, "FOLDER", tmp_path)
    monkeypatch.setattr(running.values, "get", lambda name: calls.append(name) or 0.5)
    assert [running.named("a.b", ".2f") for _ in range(2)] == ["0.50", "0.50"]
    monkeypatch.setattr(cache, "package_hash", lambda: "another")
    assert running.named("a.b", ".2f") == "0.50"
    assert calls == ["a.b", "a.b"]


def test_something_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="the number is nan"):
        running.shown(float("nan"))


# ---- marks, tags and the glossary


def test_a_claim_names_its_test_in_the_language_of_the_page(tmp_path):
    folder = tmp_path / "tests" / "claims"
    folder.mkdir(parents=True)
    test = '@pytest.mark.claim("a.b")\ndef test_it():\n    pass\n'
    (folder / "test_a.py").write_text(test)
    html = kinds.claim(tmp_path, "a.b", INLINE._replace(lang="zh"))
    assert 'aria-label="由测试检验：tests/claims/test_a.py::test_it"' in html
    assert 'href="checks-a.html#claim-a.b"' in html
    with pytest.raises(LookupError, match="'a.c'"):
        kinds.claim(tmp_path, "a.c", INLINE)


@pytest.mark.parametrize(
    ("argument", "words"),
    [("N01", "correction N01"), ("N07", "addition N07"), ("N10", "wording N10")],
)
def test_a_box_says_whether_it_corrects_adds_or_rewords(argument, words):
    html = TABLE["slip"](argument, BLOCK)
    assert shown(html) == words and f"rr-tag--{words.split()[0]}" in html


@pytest.mark.parametrize(
    ("argument", "words"),
    [("31-33", "note, lines 31–33"), ("5, 9", "note, lines 5, 9"), ("7", "note, line 7")],
)
def test_a_tag_says_which_lines_are_told_again(argument, words):
    assert shown(TABLE["covers"](argument, BLOCK)) == words
    assert TABLE["covers"](argument, INLINE).startswith("<span")


def test_a_lost_picture_shows_its_number_and_file():
    assert shown(TABLE["lost"]("7", BLOCK)) == "lost picture 7 1568719132307.png"


def test_a_correction_box_can_be_linked():
    assert 'id="slip-N03"' in TABLE["slip"]("N03", BLOCK)


@pytest.mark.parametrize(
    ("kind", "argument"),
    [("covers", "x"), ("covers", "3-"), ("lost", "15"), ("lost", "x"), ("slip", "3")],
)
def test_a_tag_with_a_wrong_argument_is_refused(kind, argument):
    refusal(kind, argument)


def test_a_term_shows_both_languages_and_its_rivals_and_can_be_linked():
    html = TABLE["terms"]("gates", CHINESE)
    assert (
        '<h3 id="term-forget-gate">遗忘门 <span class="rr-term__twin" lang="en">forget gate' in html
    )
    assert "忘记门" in html


def test_an_unknown_section_is_refused_with_those_that_exist():
    assert "gates" in refusal("terms", "gatez")


def test_every_term_stands_in_the_glossary_pages():
    table = glossary.terms.table()["terms"]
    sections = {entry["section"] for entry in table.values()}
    for lang in ("zh", "en"):
        text = (ROOT / "docs" / lang / "glossary.md").read_text(encoding="utf-8")
        assert set(re.findall(r"<!-- rnn:terms (\S+) -->", text)) == sections


def test_there_is_a_kind_for_every_directive_of_the_pages():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")]
    used = {kind for text in texts for kind in re.findall(r"<!-- rnn:(\w+)", text)}
    assert "eq" in used and used <= set(TABLE)


@pytest.mark.parametrize("text", ["see [above](#a)", "the **belt**", "<b>belt</b>"])
def test_a_caption_refuses_what_it_cannot_show(text):
    with pytest.raises(ValueError, match="a caption cannot hold"):
        formulas.prose(text)
