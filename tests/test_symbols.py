"""The symbol of a name is what the name says.

The reader takes its symbols from terms.toml, as the printer does: two exchanged lines there would
print a wrong equation that both find true. So the names themselves are read here, by rules that
know nothing of the table; views of other texts, which rename on purpose, are written out.
"""

import re

import pytest

from rnnref.explain import terms

PLAIN = ["rnn", "lstm", "gru", "layers"]  # scopes in which a name is its symbol
WRITTEN = {
    "rnn-notes": {
        "x": "x^{(t)}",
        "h_prev": "h^{(t-1)}",
        "h": "h^{(t)}",
        "W": "U",
        "U": "W",
        "b": "b",
    },
    "layers-notes": {
        **{"h": "h^{(t)}", "logits": "o^{(t)}", "y_hat": r"\hat{y}^{(t)}", "W_y": "V", "b_y": "c"}
    },
    "attention": {"q": "Q", "k": "K", "v": "V", "scores": "S", "weights": "A", "y": "Y"},
    "attention-index": {
        **{"q": "q_t", "k": "k_i", "v": "v_i", "scores": "s_{ti}", "weights": r"\alpha_{ti}"},
        **{"y": "y_t", "W_a": "W_a", "U_a": "U_a", "v_a": "v_a"},
    },
    "attention-bahdanau": {
        **{"q": "s_{t-1}", "k": "h_i", "v": "h_i", "scores": "e_{ti}", "weights": r"\alpha_{ti}"},
        **{"y": "c_t", "W_a": "W_a", "U_a": "U_a", "v_a": "v_a"},
    },
    "layer-norm": {
        **{"x": "x_i", "mean": r"\mu", "std": r"\sigma", "x_hat": r"\hat{x}_i", "y": "y_i"},
        **{"gamma": r"\gamma_i", "beta": r"\beta_i", "eps": r"\varepsilon"},
    },
    "feed-forward": {
        **{"x": "x", "a": "a", "hidden": "u", "y": "y"},
        **{"W_1": "W_1", "b_1": "b_1", "W_2": "W_2", "b_2": "b_2"},
    },
    "descent": {
        **{"p": r"\theta_t", "p_prev": r"\theta_{t-1}", "g": "g_t", "lr": r"\eta", "t": "t"},
        **{"m": "m_t", "m_prev": "m_{t-1}", "v": "v_t", "v_prev": "v_{t-1}", "mu": r"\mu"},
        **{"m_hat": r"\hat{m}_t", "v_hat": r"\hat{v}_t", "beta1": r"\beta_1"},
        **{"beta2": r"\beta_2", "alpha": r"\alpha", "weight_decay": r"\lambda"},
        **{"grad": r"\nabla L\left(\theta_{t-1}\right)", "eps": r"\varepsilon"},
    },
    "attention-notes": {
        "q": r"\mathrm{Query}",
        "k": r"\mathrm{Key}_i",
        "v": r"\mathrm{Value}_i",
        "scores": "s_i",
        "weights": "a_i",
        "y": r"\operatorname{Attention}\left(\mathrm{Query}, \mathrm{Source}\right)",
    },
}


def spelled(name):
    """Return the symbol that a name spells."""
    if re.fullmatch("[WU]|b|[WUbp]_[a-z]", name):  # a weight is the same at every step
        return name
    base, _, end = name.partition("_")
    if end == "prev":
        return f"{base}_{{t-1}}"
    accents = {"tilde": rf"\tilde{{{base}}}_t", "hat": rf"\hat{{{base}}}_t", "": f"{base}_t"}
    return {"logits": r"\ell_t"}.get(name, accents.get(end))


@pytest.mark.parametrize("scope", PLAIN)
def test_a_name_is_its_symbol(scope):
    for name, symbol in terms.symbols(scope).items():
        assert symbol.shown == spelled(name), name


BACKWARD = ["rnn-backward", "lstm-backward", "gru-backward"]
MEANT = {  # writings of their own
    "dc_next": r"\frac{\partial L}{\partial c_t}\Big|_{h_t}",
    "drh": r"\frac{\partial L}{\partial \left(r_t \odot h_{t-1}\right)}",
}


@pytest.mark.parametrize("scope", BACKWARD)
def test_d_before_a_name_is_the_derivative_of_the_loss_by_its_symbol(scope):
    names = [name for name in terms.symbols(scope) if re.match("d(?!d)", name)]
    assert len(names) > 6
    for name in names:
        inner = name[1:] if name.startswith("da_") else spelled(name[1:])
        expected = MEANT.get(name, rf"\frac{{\partial L}}{{\partial {inner}}}")
        assert terms.symbols(scope)[name].shown == expected, name


@pytest.mark.parametrize("scope", BACKWARD)
def test_a_backward_scope_spells_the_names_of_the_way_there_as_that_does(scope):
    there, back = terms.symbols(scope.removesuffix("-backward")), terms.symbols(scope)
    assert {name: back[name] for name in there} == there


@pytest.mark.parametrize("scope", [s for s, e in terms.table()["symbols"].items() if "loss" in e])
def test_no_two_names_of_a_scope_with_derivatives_share_a_symbol(scope):
    one = {"losses": "step_losses", "dlosses": "dstep_losses"}  # the same quantity, passed on
    symbols = terms.symbols(scope).items()
    shown = {one.get(name, name): s.shown for name, s in symbols if not name.startswith("dd")}
    assert len(set(shown.values())) == len(shown)


@pytest.mark.parametrize("scope", WRITTEN)
def test_a_view_renames_as_it_is_meant_to(scope):
    shown = {name: symbol.shown for name, symbol in terms.symbols(scope).items()}
    assert {name: shown.get(name) for name in WRITTEN[scope]} == WRITTEN[scope]
