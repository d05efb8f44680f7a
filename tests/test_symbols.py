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


@pytest.mark.parametrize("scope", WRITTEN)
def test_a_view_renames_as_it_is_meant_to(scope):
    shown = {name: symbol.shown for name, symbol in terms.symbols(scope).items()}
    assert {name: shown.get(name) for name in WRITTEN[scope]} == WRITTEN[scope]
