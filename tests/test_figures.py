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
from drawing import Drawing

from rnnref import example_models, examples
from rnnref.explain import figures, terms
from rnnref.explain.document import check_numbers, document
from rnnref.explain.figures import FigureError, gru, lstm_belt, lstm_stages, rnn_cell
from rnnref.explain.figures import lstm as lstm_figures
from rnnref.explain.numerals import printed
from rnnref.explain.terms import Lookup

CSS = Path(__file__).parents[1] / "docs" / "assets" / "figures.css"
SVG = "{http://www.w3.org/2000/svg}"
ALL = [(name, lang) for name in figures.names() for lang in ("zh", "en")]
HAN = re.compile("[\u4e00-\u9fff]")
EXAMPLE_WORDS = {  # Chinese in figures of either language: what the models there read
    "attention-qkv": set(examples.SOURCE),
    "attention-heat": set("一九七年月二十日"),
    **dict.fromkeys(("seq2seq-fixed", "seq2seq-attn"), set(example_models.CHINESE)),
}
render = functools.cache(figures.render)


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


def test_a_label_without_a_translation_names_the_figure_the_label_and_the_language(monkeypatch):
    entry = {"zh": "只有中文"}
    monkeypatch.setitem(terms.table()["labels"], "fig_stacked", entry)
    with pytest.raises(FigureError, match="figure 'stacked': 'fig_stacked' has no text for .*'en'"):
        figures.picture.__wrapped__("stacked", "en")


@pytest.mark.parametrize("key", ["fig_stacked", "alt_stacked", "fig_stacked_upper"])
def test_a_label_without_its_number_names_the_figure_and_the_place(monkeypatch, key):
    monkeypatch.setitem(terms.table()["labels"], key, {"en": "{n} layers"})
    figures.picture.cache_clear()
    with pytest.raises(FigureError, match="figure 'stacked': .*(no number|a place) for .*n"):
        figures.render("stacked", "en")
    figures.picture.cache_clear()


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_a_figure_tells_in_words_what_it_shows(name, lang):
    root = ElementTree.fromstring(figures.render(name, lang, use="p4"))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text in figures.alt(name, lang) and len(desc.text) > 40
    assert not re.search(r"[{}]|\\", figures.alt(name, lang))
    assert (len(HAN.findall(desc.text)) > 10) == bool(HAN.search(title.text)) == (lang == "zh")


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_a_figure_has_a_size_and_no_style_of_its_own(name, lang):
    root = ElementTree.fromstring(render(name, lang))
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert not list(root.iter(f"{SVG}style"))
    assert all(element.get("style") is None for element in root.iter())


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_a_figure_is_at_most_30_kilobytes(name, lang):
    assert len(render(name, lang).encode()) <= 30_000


@pytest.mark.parametrize(("name", "lang"), ALL)
def test_words_are_large_enough_and_stay_inside_the_drawing(name, lang):
    text = render(name, lang)
    width, height = map(float, ElementTree.fromstring(text).get("viewBox").split()[2:])
    for words, size, left, right, base in Drawing(text).texts:
        assert size >= 12, words
        assert -4 <= left <= right <= width + 4, words
        assert 9 <= base <= height, words


@pytest.mark.parametrize("name", figures.names())
def test_english_figures_hold_no_chinese_but_the_words_of_the_example(name):
    found = {words for words, *_ in Drawing(render(name, "en")).texts if HAN.search(words)}
    assert found == EXAMPLE_WORDS.get(name, set())


@pytest.mark.parametrize("name", figures.names())
def test_both_languages_print_the_same_numbers(name):
    zh, en = (
        check_numbers(render(name, lang), figures.picture(name, lang).values)
        for lang in ("zh", "en")
    )
    assert zh == en


@pytest.mark.parametrize("name", figures.names())
def test_the_smallest_text_has_ten_pixels_on_a_phone(name):
    root = ElementTree.fromstring(render(name, "en"))
    least = int(re.search(r"rr-min-(\d+)", root.get("class"))[1])
    assert f".rr-min-{least} {{ min-width: {least}px; }}" in CSS.read_text(encoding="utf-8")
    sizes = [float(e.get("font-size", 14)) for e in root.iter(f"{SVG}text")]
    assert min(sizes, default=14) * least / float(root.get("width")) >= 10


def test_a_figure_is_the_same_in_every_process():
    """Another process with another hash seed: the order of a set must not reach the page."""
    code = (
        "from rnnref.explain import experiments\n"
        "from rnnref.explain.figures import names, render\n"
        "from scripts import cache\n"
        "experiments.keep_with(cache.trained)\n"
        "import hashlib\n"
        "text = ''.join(render(n, l) for n in names() for l in ('zh', 'en'))\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    here = hashlib.sha256("".join(render(n, lang) for n, lang in ALL).encode()).hexdigest()
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(CSS.parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == here


@pytest.mark.parametrize("name", sorted({*figures.names()} - {"lstm-chain", "rnn-structures"}))
def test_a_wrong_number_stops_the_build(name):
    drawn = figures.picture(name, "en")
    wrong = {key: np.add(value, 0.01) for key, value in drawn.values.items()}
    with pytest.raises(FigureError, match="is (printed|noted) as"):
        document(drawn._replace(values=wrong), name, "en", "p1")


CELLS = (
    *("lstm-cell", "lstm-forget", "lstm-input", "lstm-update", "lstm-output", "lstm-belt"),
    *("gru-cell", "gru-reset", "rnn-cell", "fig-legend"),
)


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_compared_with_numbers_that_its_graph_has_no_part_in(monkeypatch, name):
    for module in (lstm_figures, gru, rnn_cell):
        monkeypatch.setattr(module, "cell_graph", shifted(module.cell_graph))
    wrong = figures.picture.__wrapped__(name, "en")
    with pytest.raises(FigureError, match="is printed as"):
        document(wrong, name, "en", "p1")


def shifted(reader):
    """Return a reader whose graphs are right but for their values."""

    def read(*args, **options):
        graph = reader(*args, **options)
        boxes = {n: box._replace(value=box.value + 0.01) for n, box in graph.boxes.items()}
        return graph._replace(boxes=boxes)

    return read


LIT = ("lstm-forget", "lstm-input", "lstm-update", "lstm-output")


@pytest.mark.parametrize("name", LIT)
def test_a_phone_starts_where_the_lit_part_is(name):
    text = render(name, "zh")
    root, drawn = ElementTree.fromstring(text), Drawing(text)
    width, least = float(root.get("width")), int(re.search(r"rr-min-(\d+)", text)[1])
    colour = re.compile(r"--rr-(?!dim|panel|paper|on)")
    lit = {
        end
        for wire in root.iter(f"{SVG}g")
        if wire.get("data-wire") and colour.search(wire.find(f"{SVG}path").get("stroke"))
        for end in wire.get("data-wire").split(">")
    }
    ends = {"x", "h_prev", "c_prev", "h_prev,x", "h out", "c out"}
    rims = [rim for box in lit - ends for rim in drawn.boxes[box]]
    left, right = min(rim[0] for rim in rims), max(rim[2] for rim in rims)
    focus = float(root.get("data-focus")) * width
    assert left < focus < right
    # The window of a phone, 350 pixels wide, shows all of it.
    half = 350 / least * width / 2
    start = min(max(focus - half, 0), width - 2 * half)
    assert start <= left and right <= start + 2 * half


def test_only_figures_with_a_lit_part_a_way_back_or_a_crossing_say_where_to_start():
    found = {name for name in figures.names() if "data-focus" in render(name, "en")}
    assert found == {*LIT, "bptt", "lstm-backward", "gru-backward", "stored-lstm"}


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
    drawn = lstm_belt.drawn([lstm_figures.step_graph(k) for k in range(3)])
    f = examples.lstm_run().steps.f[0]
    for k in range(4):
        np.testing.assert_allclose(drawn[f"left{k}"], np.prod(f[k:], axis=0), rtol=1e-12)
        np.testing.assert_allclose(lstm_belt.arrays()[f"left{k}"], drawn[f"left{k}"], rtol=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_each_step_of_the_belt_adds_up_in_the_numbers_it_prints(k):
    printed_by = lstm_belt.arrays()
    kept = printed_by[f"c{k - 1}"] * printed_by[f"f{k}"]
    np.testing.assert_allclose(kept + printed_by[f"w{k}"], printed_by[f"c{k}"], rtol=1e-12)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_stage_figures_name_the_numbers_they_show(lang):
    t, boxes = Lookup(lang), lstm_stages.step_graph().boxes
    told = lstm_stages.lstm_update(t).alt
    for name in ("f*c_prev", "i*c_tilde", "c"):
        assert all(printed(value) in told for value in boxes[name].value)
