"""Figures of trained models, of positions, masks and sizes: what they draw is what there is."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from drawing import Drawing

from rnnref import gru, lstm, rnn
from rnnref.explain import experiments, figures, learners
from rnnref.explain.document import check_numbers
from rnnref.explain.experiments import dates, recall, reversal
from rnnref.explain.figures import alignment, masking, positions, sizes
from rnnref.explain.terms import Lookup, symbols

LANGUAGES = ("zh", "en")
SVG = "{http://www.w3.org/2000/svg}"


def printed(name, lang="en"):
    """Return every number printed in a figure, by name."""
    return check_numbers(figures.render(name, lang), figures.picture(name, lang).values)


# ---- learning ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_curve_of_learning_is_named_beside_it(lang):
    t, words = Lookup(lang), {text[0] for text in Drawing(figures.render("learning", lang)).texts}
    for name in recall.LEARNERS:
        style = learners.STYLES[name]
        assert t(style.key).format(**style.number) in words


def test_no_two_curves_of_one_chart_look_the_same_unless_they_differ_in_the_seed_alone():
    looks = {name: (style.role, style.dash) for name, style in learners.STYLES.items()}
    assert looks.pop("lstm_1_again") == looks["lstm_1"]
    assert recall.LEARNERS["lstm_1_again"][:2] == recall.LEARNERS["lstm_1"][:2]
    assert recall.LEARNERS["lstm_1_again"].seed == learners.STYLES["lstm_1_again"].number["seed"]
    assert len(set(looks.values())) == len(looks)


# ---- length-curve --------------------------------------------------------------------------------


def test_the_printed_shares_stand_at_their_lengths():
    found, text = experiments.result("reversal"), figures.render("length-curve", "en")
    for name, value in printed("length-curve").items():
        if name.startswith(("plain", "attention")):
            kind, place = re.fullmatch(r"(\w+)\[(\d+)\]", name).groups()
            assert value == found[kind][int(place) - 1]
    circles = [e for _, tag, e in Drawing(text).shapes if tag == "circle"]
    assert len(circles) == 2 * len(reversal.LENGTHS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_share_below_one_is_called_one(lang):
    low = min(experiments.result("reversal")["attention"])
    assert f"{low:.3f}" in figures.alt("length-curve", lang)
    assert (alignment.percent(0.998), alignment.percent(1.0)) == ("99.8", "100")


# ---- attention-heat ------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3])
def test_a_map_prints_every_weight_from_a_tenth_on_and_no_smaller_one(k):
    weights = np.ravel(experiments.result("dates")["shown"][k - 1]["weights"])
    places = {name for name in printed("attention-heat") if name.startswith(f"map {k}[")}
    assert places == {f"map {k}[{n + 1}]" for n in np.flatnonzero(weights >= alignment.LEAST)}


def test_what_is_read_stands_above_a_map_and_what_is_written_beside_it():
    drawn = ElementTree.fromstring(figures.render("attention-heat", "zh"))
    maps = [g for g in drawn.iter(f"{SVG}g") if "translate" in (g.get("transform") or "")]
    for g, shown in zip(maps, experiments.result("dates")["shown"], strict=True):
        letters = [e.text for e in g.iter(f"{SVG}text") if e.get("data-name") is None]
        read, written = shown["source"].replace(" ", "␣"), shown["written"]
        assert letters == [*read, *written]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_name_the_places_with_the_largest_weights(lang):
    told = figures.alt("attention-heat", lang)
    assert f"{100 * experiments.result('dates')['characters']['plain']:.0f}%" in told
    for shown in experiments.result("dates")["shown"]:
        places = np.argmax(shown["weights"], axis=1) + 1
        assert {"zh": "、", "en": ", "}[lang].join(map(str, places)) in told
        assert shown["written"] in told


def test_the_maps_show_a_date_in_english_one_in_chinese_and_one_in_both_digits():
    sources = [shown["source"] for shown in experiments.result("dates")["shown"]]
    assert sources == [dates.forms(*shown[:3])[shown[3]] for shown in dates.SHOWN]
    assert len({shown[3] for shown in dates.SHOWN}) == 3


# ---- positional ----------------------------------------------------------------------------------


def test_every_wave_comes_round_after_its_length():
    for row in range(0, positions.WIDTH, 2):
        length = positions.wavelength(row)
        angle = 1 / 10000 ** (row / positions.WIDTH)
        assert np.sin(angle * (3 + length)) == pytest.approx(np.sin(angle * 3))
        assert np.sin(angle * (3 + length / 2)) != pytest.approx(np.sin(angle * 3))


def test_the_cells_of_the_map_are_the_numbers_of_the_encoding():
    text, drawn = figures.render("positional", "en"), {}
    marks = r'<path d="([^"]*)" fill="var\(--rr-(\w+),[^"]*" fill-opacity="([^"]*)"'
    whole = text[: text.rindex("−1")]
    for d, colour, shade in re.findall(marks, whole):
        for x, y in re.findall(r"M([\d.]+) ([\d.]+)h", d):
            j = (float(y) - 0.5 - positions.TOP) / positions.DOWN
            t = (float(x) - 0.5 - positions.LEFT) / positions.ACROSS
            drawn[t, j] = float(shade) * (-1 if colour == "negative" else 1)
    for t in range(positions.PLACES):
        for j in range(positions.WIDTH):
            angle = t / 10000 ** ((j - j % 2) / positions.WIDTH)
            wanted = np.cos(angle) if j % 2 else np.sin(angle)
            assert drawn.get((t, j), 0) == pytest.approx(wanted, abs=0.0051)


def test_a_row_is_called_sine_where_the_encoding_is_zero_at_place_zero():
    texts = Drawing(figures.render("positional", "en")).texts
    names = [words for words, *_ in texts if re.fullmatch(r"(sin|cos) \d+", words)]
    start = positions.positional_encoding(1, positions.WIDTH)[0]
    assert names == [f"{'cos' if v else 'sin'} {j}" for j, v in enumerate(start)]


# ---- causal-mask ---------------------------------------------------------------------------------


def test_an_allowed_pair_has_a_dot_and_a_hidden_one_has_none():
    dots = [
        e for _, tag, e in Drawing(figures.render("causal-mask", "en")).shapes if tag == "circle"
    ]
    assert len(dots) == sum(masking.counts().values()) + 1  # and one in the legend


def test_each_mask_allows_the_pairs_that_its_words_say():
    square, padded, top_left, bottom_right = masking.panels().values()
    for t in range(5):
        assert np.flatnonzero(square[t]).tolist() == list(range(t + 1))
        assert np.flatnonzero(padded[t]).tolist() == list(range(min(t + 1, 3)))
    assert top_left[0].tolist() == [True, False, False, False, False]
    assert bottom_right[-1].all()


# ---- gru-vs-lstm ---------------------------------------------------------------------------------


def test_parameters_are_as_one_to_three_to_four():
    counts = [sizes.counted(module) for module in (rnn, gru, lstm)]
    assert [count / counts[0] for count in counts] == [1, 3, 4]


def test_there_is_a_block_for_each_gate_and_candidate_and_all_are_of_one_size():
    blocks = {name: list(parts) for name, _, parts in sizes.CELLS}
    assert sorted(blocks["LSTM"]) == sorted(lstm.GATES)
    assert sorted(blocks["GRU"]) == sorted(gru.GATES)
    found = printed("gru-vs-lstm")
    assert {value for name, value in found.items() if "block" in name} == {found["RNN"]}


def test_every_block_has_the_sign_and_the_colour_of_its_gate():
    for name, scope, tilde in (("GRU", "gru", "h"), ("LSTM", "lstm", "c")):
        blocks = next(parts for cell, _, parts in sizes.CELLS if cell == name)
        known = symbols(scope)
        for gate, (latex, role) in blocks.items():
            symbol = known[f"{gate}_tilde" if gate == tilde else gate]
            assert (symbol.latex, symbol.role) == (f"{latex}_t", role)


def test_only_the_lstm_carries_a_second_state():
    assert sizes.STATES == {"RNN": ("h",), "GRU": ("h",), "LSTM": lstm.State._fields}
