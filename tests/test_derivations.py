"""Every hand-written line of a derivation on a page is true of the code it is about."""

from pathlib import Path

import printed
import pytest

from scripts import pages

ROOT = Path(__file__).parent.parent


def lines():
    """Return (place, entry, LaTeX) of every `rnn:check` on the pages of both languages."""
    every = [page for tree in pages.read_all(ROOT).values() for page in tree.values()]
    for page in every:
        for item in page.directives("check"):
            entry, _, latex = item.value.partition("|")
            yield pytest.param(entry.strip(), latex.strip(), id=f"{page.where}:{item.line}")


@pytest.mark.parametrize(("entry", "latex"), list(lines()))
def test_a_line_of_a_derivation_is_true_of_the_code(entry, latex):
    assert printed.check_line(entry, latex)


def test_a_line_with_a_wrong_sign_is_found():
    right = r"h_t - h_{t-1} = \left(1 - z_t\right) \odot \left(\tilde{h}_t - h_{t-1}\right)"
    assert printed.check_line("gru.step", right)
    assert not printed.check_line("gru.step", right.replace("1 - z_t", "1 + z_t"))
    assert not printed.check_line("gru.step_update_replace", right)
