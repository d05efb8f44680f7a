"""The numbers that a reader may change, and the gates that can be held at a value."""

from ..terms import symbols
from .formulas import symbol

LIMIT = 1000  # beyond it nothing new is seen, and no sum comes near the largest float
HELD = {"0": "0", "0.5": "½", "1": "1"}
GATES = {"f": "forget", "i": "input", "o": "output", "r": "reset", "z": "update"}


def fields(cell, ahead, film, t):
    """Return the folded box with all fields; the script opens it to the reader."""
    known = symbols(cell.name)
    first = film.ahead[0]
    inputs = [vector(f"x_{k + 1}", f"x {k}", step["x"][0]) for k, step in enumerate(film.ahead)]
    starts = [vector(f"{s}_0", s, first[f"{s}_prev"][0]) for s in cell.states]
    biases = [
        vector(known[node.name].latex, f"params {node.name}", node.value)
        for node in ahead.nodes
        if node.op == "in" and node.name.startswith("b")
    ]
    target = [vector("y", "target", film.ahead[-1]["h"][0] - film.goal.dh[0])]
    sets = {"inputs": inputs, "biases": biases, "starts": starts, "target": target}
    boxes = "".join(
        f"<fieldset><legend>{t(f'step_{key}')}</legend>{''.join(rows)}</fieldset>"
        for key, rows in sets.items()
    )
    gates = "".join(gate(name, known[name].latex, t) for name, _ in cell.gates)
    held = f"<fieldset><legend>{t('step_gates')}</legend>{gates}</fieldset>" if gates else ""
    return (
        f'<details class="rr-stepper__fields"><summary>{t("step_edit")}</summary>'
        f'<form novalidate autocomplete="off">{held}{boxes}</form></details>'
        f'<p class="rr-widget__changed" hidden>{t("step_changed")} '
        f'<button type="button" data-do="reset">{t("step_reset")}</button></p>'
    )


def vector(latex, path, values):
    """Return the fields of one vector, each a number with a name of its own."""
    boxes = "".join(
        f'<input type="number" step="any" min="-{LIMIT}" max="{LIMIT}" value="{value:g}" '
        f'data-put="{path} {k}" aria-label="{latex} [{k + 1}]" required>'
        for k, value in enumerate(values)
    )
    return f'<span class="rr-field">{symbol(latex)}{boxes}</span>'


def gate(name, latex, t):
    """Return the choice of what a gate is held at."""
    options = "".join(f'<option value="{value}">{text}</option>' for value, text in HELD.items())
    return (
        f'<label class="rr-field">{symbol(latex)} {t(f"{GATES[name]}_gate")} '
        f'<select data-hold="{name}"><option value="">{t("step_computed")}</option>{options}'
        f"</select></label>"
    )
