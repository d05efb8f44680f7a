import re

import pytest

from rnnref.explain import terms

ROLES = {"", "forget", "input", "candidate", "output", "cell", "hidden", "data"}
SCOPES = list(terms.table()["symbols"])


@pytest.mark.parametrize("scope", SCOPES)
def test_every_symbol_has_a_known_kind_and_role_and_a_place_for_each_index(scope):
    for name, symbol in terms.symbols(scope).items():
        places = re.findall("<([a-z])>", symbol.latex)
        assert symbol.kind in ("vec", "mat", "sca", "map"), name
        assert symbol.role in ROLES, name
        assert set(places) == set(symbol.index) - {"1"}, name


@pytest.mark.parametrize("scope", SCOPES)
def test_every_index_that_is_summed_over_is_an_index_of_the_scope(scope):
    letters = {letter for symbol in terms.symbols(scope).values() for letter in symbol.index}
    sizes = [key for key in terms.bounds(scope) if not key.endswith("]")]
    assert set(sizes) <= letters


def test_a_symbol_shows_its_own_index_letters():
    assert terms.Symbol(r"\alpha_{<t><i>}", "sca", ("t", "i")).shown == r"\alpha_{ti}"


def test_a_scope_keeps_what_it_does_not_change_of_the_one_it_extends():
    assert terms.symbols("attention-function")["q"] == terms.symbols("attention")["q"]
    assert terms.symbols("attention-function")["y"] != terms.symbols("attention")["y"]


def test_a_scope_with_a_loss_has_the_derivative_by_every_symbol():
    plain, back = terms.symbols("lstm"), terms.symbols("lstm-backward")
    assert {f"d{name}" for name in plain} <= back.keys()
    assert back["dW_f"].latex == r"\frac{\partial L}{\partial W_f}"
    assert (back["dW_f"].kind, back["df"].kind) == ("mat", "vec")
    assert back["dc_next"].latex != back["dc"].latex  # one that has a writing of its own
    assert terms.bounds("attention-function") == terms.bounds("attention")


def test_an_unknown_scope_is_answered_with_those_there_are():
    with pytest.raises(terms.TermError, match="no symbol scope 'lstmm' in terms.toml; it has lstm"):
        terms.symbols("lstmm")


def test_a_term_is_looked_up_in_its_language():
    assert [terms.Lookup(lang)("forget_gate") for lang in ("zh", "en")] == ["遗忘门", "forget gate"]


def test_an_unknown_term_is_refused():
    with pytest.raises(terms.TermError, match="'forgot_gate' is neither a term nor a label"):
        terms.Lookup("zh")("forgot_gate")


def test_a_number_that_a_label_waits_for_is_named(monkeypatch):
    monkeypatch.setitem(terms.table()["labels"], "said", {"en": "{n} of {all}"})
    with pytest.raises(terms.TermError, match="'said' in terms.toml has a place for 'all'; pass"):
        terms.Lookup("en")("said", n=3)


def test_an_unknown_language_is_refused():
    with pytest.raises(terms.TermError, match="no language 'fr'; there are zh, en"):
        terms.Lookup("fr")


@pytest.mark.parametrize("section", ["terms", "labels"])
def test_every_term_and_label_has_both_languages_with_the_same_places(section):
    for key, entry in terms.table()[section].items():
        places = [set(re.findall(r"\{(\w*)", entry[lang])) for lang in terms.LANGUAGES]
        assert places[0] == places[1], key
