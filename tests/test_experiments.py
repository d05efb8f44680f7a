"""Trainings behind figures: what they teach is what they found, and nothing trains in vain."""

import json

import numpy as np
import pytest

from rnnref import trees
from rnnref.explain import experiments
from rnnref.explain.experiments import clipping, dates, recall, reversal, translation
from rnnref.explain.experiments.origins import meaning, sources
from scripts import cache

ALL = experiments.names()


# ---- what came out -------------------------------------------------------------------------------


def test_with_attention_every_held_out_date_is_right():
    assert experiments.result("dates")["exact"]["attention"] >= 0.99


def test_without_attention_hardly_any_date_is_right_though_most_characters_are():
    found = experiments.result("dates")
    assert found["exact"]["plain"] <= 0.02
    assert 0.5 < found["characters"]["plain"] < 0.95


@pytest.mark.slow  # one seed and the smaller model are tested above
@pytest.mark.parametrize("seed", range(1, 4))
def test_with_other_seeds_and_more_weights_dates_without_attention_stay_wrong(seed, monkeypatch):
    def weights(p):
        return sum(array.size for array in trees.arrays("test", "p", p).values())

    monkeypatch.setattr(dates, "SEED", seed)
    tests = dates.draw(np.random.default_rng(seed + 1), dates.TESTED, tested=True)
    attending = dates.model("attention")
    monkeypatch.setattr(dates, "SIZE", dates.SIZE | {"H": 44})
    plain = dates.model("plain")
    assert weights(plain) > weights(attending)
    assert translation.exact(attending, tests) >= 0.99
    assert translation.exact(plain, tests) <= 0.1


def test_the_dates_in_the_maps_are_written_as_they_should_be():
    found = experiments.result("dates")["shown"]
    wanted = [f"{year}-{month:02}-{day:02}" for year, month, day, _ in dates.SHOWN]
    assert [shown["written"] for shown in found] == wanted


@pytest.mark.parametrize("k", range(len(dates.SHOWN)))
def test_every_row_of_a_map_sums_to_one(k):
    shown = experiments.result("dates")["shown"][k]
    assert np.shape(shown["weights"]) == (len("1979-05-03"), len(shown["source"]))
    np.testing.assert_allclose(np.sum(shown["weights"], axis=1), 1, atol=1e-3)


@pytest.mark.parametrize(("k", "places"), [(0, (7, 11)), (1, (0, 4)), (2, (0, 4))])
def test_the_year_is_read_where_the_year_stands(k, places):
    weights = np.array(experiments.result("dates")["shown"][k]["weights"])[:4]
    assert np.all(weights[:, slice(*places)].sum(axis=1) > 0.75)


def test_with_attention_every_length_is_reversed():
    assert min(experiments.result("reversal")["attention"]) >= 0.95


def test_without_attention_short_sequences_are_reversed_and_long_ones_are_not():
    plain = dict(zip(reversal.LENGTHS, experiments.result("reversal")["plain"], strict=True))
    assert min(plain[2], plain[3]) >= 0.95
    assert max(plain[10], plain[11], plain[12]) <= 0.1
    assert np.all(np.diff(list(plain.values())) <= 0.05)


@pytest.mark.parametrize("name", ["lstm_chrono", "gru_chrono", "lstm_1_again"])
def test_a_gate_that_starts_open_learns_to_remember(name):
    assert experiments.result("recall")[name][-1] >= 0.95


@pytest.mark.parametrize("name", ["rnn", "lstm_0", "lstm_1", "gru_0"])
def test_a_gate_that_starts_half_shut_stays_at_chance_as_the_rnn_does(name):
    assert abs(experiments.result("recall")[name][-1] - 1 / recall.SYMBOLS) < 0.1


def test_without_clipping_the_same_training_diverges():
    found = experiments.result("clipping")
    assert found["free"]["loss"][0] == found["clipped"]["loss"][0]
    assert len(found["free"]["loss"]) < clipping.STEPS and found["free"]["loss"][-1] > 1e4
    first, last = np.mean(found["clipped"]["loss"][:10]), np.mean(found["clipped"]["loss"][-20:])
    assert last < 0.5 * first


# ---- the tasks -----------------------------------------------------------------------------------


def test_a_date_has_five_ways_of_writing():
    assert dates.forms(1979, 5, 13) == (
        *("13 May 1979", "May 13, 1979", "1979年5月13日", "一九七九年五月十三日", "13.05.1979"),
    )
    assert [dates.han(n) for n in (1, 10, 12, 20, 28)] == ["一", "十", "十二", "二十", "二十八"]


def test_no_date_of_the_test_was_trained_on():
    for tested in (False, True):
        drawn = dates.draw(np.random.default_rng(3), 200, tested=tested)
        for row in drawn.target:
            text = "".join(dates.TARGET[token - 2] for token in row[:-1])
            assert dates.held_out(*map(int, text.split("-"))) == tested


def test_digits_are_to_be_written_in_reverse_order_and_ended():
    drawn = reversal.draw(np.random.default_rng(0), [3, 5])
    for row, length in enumerate([3, 5]):
        source = drawn.source[row, :length]
        wanted = [*(source[::-1] + 2), translation.EOS]
        assert drawn.target[row, : length + 1].tolist() == wanted


def test_the_symbol_to_remember_is_the_one_that_is_marked():
    x, wanted = recall.draw(np.random.default_rng(0))
    assert np.argmax(x[:, 0, :-1], axis=-1).tolist() == wanted.tolist()
    assert np.all(x[:, 0, -1] == 1) and np.all(x[:, 1:, -1] == 0)
    assert np.all(x[..., :-1].sum(axis=-1) == 1)


def test_the_numbers_to_add_are_the_two_that_are_marked():
    x, wanted = clipping.draw(np.random.default_rng(0))
    np.testing.assert_allclose(np.sum(x[..., 0] * x[..., 1], axis=1), wanted[:, 0])
    assert np.all(x[..., 1].sum(axis=1) == 2)


def test_a_sequence_counts_only_if_every_token_of_it_is_right(monkeypatch):
    drawn = translation.batch([[1], [2]], [[3, 4], [5, 6]])
    monkeypatch.setattr(translation, "written", lambda p, d: np.array([[3, 4, 1], [5, 7, 1]]))
    assert translation.exact(None, drawn) == 0.5
    assert translation.right_tokens(None, drawn) == pytest.approx(5 / 6)


@pytest.mark.parametrize(("cell", "bias"), [("lstm", "chrono"), ("gru", 0.0), ("rnn", None)])
def test_a_training_gives_the_same_curve_twice(monkeypatch, cell, bias):
    monkeypatch.setattr(recall, "STEPS", 4)
    monkeypatch.setattr(recall, "EVERY", 2)
    module = getattr(recall, cell)
    assert recall.learned(module, bias, 3).tolist() == recall.learned(module, bias, 3).tolist()


# ---- keeping -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_result_is_small_and_rounded(name):
    text = json.dumps(experiments.result(name))
    assert len(text) < 8000
    assert json.loads(text) == experiments.rounded(experiments.result(name))


def test_numbers_are_rounded_to_four_decimals():
    found = {"a": np.array([1 / 3]), "b": [np.float64(2 / 3), 5, "2/3"]}
    assert experiments.rounded(found) == {"a": [0.3333], "b": [0.6667, 5, "2/3"]}


def test_an_unknown_experiment_is_refused_with_those_that_there_are():
    with pytest.raises(LookupError, match="no experiment is named 'date'; there are .*dates"):
        experiments.result("date")


def test_a_second_experiment_of_one_name_is_refused():
    with pytest.raises(ValueError, match="'dates' is already registered by .*dates"):
        experiments.experiment("dates")(lambda: None)


@pytest.mark.parametrize("name", ALL)
def test_a_training_rests_on_the_core_and_not_on_how_it_is_drawn(name):
    found = {path.as_posix() for path in sources(f"rnnref.explain.experiments.{name}")}
    assert any(path.endswith("rnnref/train.py") for path in found)
    assert any(path.endswith(f"experiments/{name}.py") for path in found)
    assert not [path for path in found if "/figures/" in path or "/convert/" in path]


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


def test_sources_are_followed_through_relative_and_absolute_imports(tmp_path, monkeypatch):
    folder = tmp_path / "somewhere"
    folder.mkdir()
    write(folder, __init__="from . import apart", apart="", near="from .far import x")
    write(folder, start="import json\nfrom . import near\nimport somewhere.third", far="x = 1")
    write(folder, third="")
    monkeypatch.syspath_prepend(tmp_path)
    names = [path.stem for path in sources("somewhere.start")]
    assert names == ["far", "near", "start", "third"]


def test_a_changed_source_changes_the_digest(tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    write(folder, __init__="", start="from .helper import rate", helper="rate = 1")
    monkeypatch.syspath_prepend(tmp_path)
    before = experiments.digest("elsewhere.start")
    write(folder, unused="")
    assert experiments.digest("elsewhere.start") == before
    write(folder, helper="rate = 2")
    assert experiments.digest("elsewhere.start") != before


def test_words_about_a_source_do_not_change_what_it_means(tmp_path):
    file = tmp_path / "source.py"
    file.write_text("def f(a):\n    return a + 1\n")
    before = meaning(file)
    file.write_text('"""One."""\n\n\ndef f(a):\n    """Two."""\n    return (a + 1)  # three\n')
    assert meaning(file) == before
    file.write_text("def f(a):\n    return a + 2\n")
    assert meaning(file) != before


def test_a_kept_training_is_not_repeated(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "FOLDER", tmp_path)
    made = []
    for digest in ("a", "a", "b"):
        text = cache.trained("dates", digest, lambda: made.append(1) or f"{len(made)}")
    assert (len(made), text) == (2, "2")
    assert cache.trained("dates", "a", None) == "1"


def test_an_interrupted_training_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "FOLDER", tmp_path)
    with pytest.raises(ZeroDivisionError):
        cache.trained("dates", "a", lambda: 1 // 0)
    assert cache.trained("dates", "a", lambda: "fine") == "fine"


def test_without_a_keeper_a_process_trains_by_itself(monkeypatch):
    monkeypatch.setattr(experiments, "_keeper", experiments._train)
    monkeypatch.setitem(experiments._experiments, "dates", lambda: {"a": 1 / 3})
    monkeypatch.setattr(experiments, "digest", lambda module: "0")
    assert experiments.result.__wrapped__("dates") == {"a": 0.3333}
