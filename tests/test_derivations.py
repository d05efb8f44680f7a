"""Every hand-written line of a derivation on a page is true of the code it is about."""

import printed
import pytest

from scripts import lock_equations

LINES = [
    pytest.param(entry, latex, id=f"{where}:{line}")
    for where, line, entry, latex in lock_equations.hand_written()
]


@pytest.mark.parametrize(("entry", "latex"), LINES)
def test_a_line_of_a_derivation_is_true_of_the_code(entry, latex):
    assert printed.check_line(entry, latex)


def test_a_line_with_a_wrong_sign_is_found():
    right = r"h_t - h_{t-1} = \left(1 - z_t\right) \odot \left(\tilde{h}_t - h_{t-1}\right)"
    assert printed.check_line("gru.step", right)
    assert not printed.check_line("gru.step", right.replace("1 - z_t", "1 + z_t"))
    assert not printed.check_line("gru.step_update_replace", right)


def test_the_build_refuses_a_line_that_nothing_has_proven():
    _, _, entry, latex = lock_equations.hand_written()[0]
    lock_equations.require_proven(entry, latex)
    with pytest.raises(ValueError, match="nothing has proven this line yet"):
        lock_equations.require_proven(entry, latex.replace("=", "= -"))


def test_the_build_refuses_an_equation_that_nobody_has_reviewed():
    lock_equations.require_printed("lstm.step.h", [r"h_t = o_t \odot \tanh\left(c_t\right)"])
    with pytest.raises(ValueError, match=r"lstm.step.h now prints `h_t = o_t \\odot c_t`"):
        lock_equations.require_printed("lstm.step.h", [r"h_t = o_t \odot c_t"])
