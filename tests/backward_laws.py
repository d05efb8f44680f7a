"""What must hold for the gradients of every cell; the tests of each cell call it."""

import inspect
import re

import forms
import numpy as np
from forms import FORMS

from rnnref import gradcheck


def sequence_report(name, truncate=None, backward=forms.backward, **options):
    """Compare every gradient of a sequence with the complex step.

    Parameters
    ----------
    name : str
        The form of a cell.
    truncate : int, optional
    backward : function (name, run) -> Grads
    **options
        `lengths` and `reverse`.

    Returns
    -------
    gradcheck.Report
    """

    def loss(**arrays):
        x, start, p = forms.split(name, arrays)
        return forms.loss(name, forms.run(name, x=x, p=p, start=start, **options))

    args = forms.arguments(name)
    found = backward(name, forms.run(name, **options))
    return gradcheck.check(loss, args, forms.gradients(name, found))


def step_case(name, seed=7):
    """Return the arguments of one step, the gradients that reach its results, and the step."""
    args = forms.arguments(name) | {"x": forms.inputs()[:, 0]}
    x, start, p = forms.split(name, args)
    dh, *dc_next = forms.state(name, seed)
    return args, (dh, *dc_next), FORMS[name].step(x, *start, p)


def step_backward(name, rows=slice(None)):
    """Run one backward step on some examples of the batch."""
    args, upstream, s = step_case(name)
    x, start, p = forms.split(name, args)
    s = type(s)(*(field[rows] for field in s))
    batch = [array[rows] for array in (*upstream, x, *start)]
    return FORMS[name].step_backward(*batch, s, p)


def step_loss(name, step=None, rows=slice(None)):
    """Return a function of named arrays: the sum of all results, each times what reaches it."""
    _, upstream, _ = step_case(name)

    def loss(**arrays):
        x, start, p = forms.split(name, arrays)
        s = (step or FORMS[name].step)(x, *start, p)
        parts = zip(upstream, FORMS[name].states, strict=True)
        return sum(np.sum((d * getattr(s, part))[rows]) for d, part in parts)

    return loss


def step_report(name):
    """Compare the gradients of one step by every argument with the complex step."""
    args, _, _ = step_case(name)
    found = step_backward(name)._asdict()
    grads = {"x": found["dx"]} | {part: found[f"d{part}_prev"] for part in FORMS[name].states}
    for field in args.keys() - grads.keys():
        grads[field] = stacked(name, field, found, args[field])
    return gradcheck.check(step_loss(name), args, grads)


def stacked(name, field, found, like):
    """Put the gradients of single gates together: dW_i, dW_f, … are dW; unread rows are 0."""
    if f"d{field}" in found:
        return found[f"d{field}"]
    gates = getattr(FORMS[name].cell, "PEEPHOLES" if field == "p" else "GATES")
    zeros = np.zeros_like(like[: len(like) // len(gates)])
    return np.concatenate([found.get(f"d{field}_{gate}", zeros) for gate in gates])


def net_input_errors(name):
    """Compare each da of each example with the derivative by the bias, for that example alone."""
    args, _, _ = step_case(name)
    found, errors = step_backward(name), {}
    gates = getattr(FORMS[name].cell, "GATES", ("",))
    for b in range(len(args["x"])):
        slopes = gradcheck.derivative(step_loss(name, rows=b), args, "b")
        for gate, true in zip(gates, np.split(slopes, len(gates)), strict=True):
            key = f"da_{gate}" if gate else "da"
            if key in found._fields:
                errors[key, b] = np.abs(getattr(found, key)[b] - true).max()
    return errors


def nudged(name, old, new):
    """Return the step with a nudge added at one place of its source."""
    plain = inspect.unwrap(FORMS[name].step)
    source, count = re.subn(old, new, inspect.getsource(plain), flags=re.M)
    assert count == 1, f"{plain.__name__} has {count} places that look like {old}"
    source = re.sub(r"^@.*\n", "", source, flags=re.M)
    source = re.sub(r"^(def \w+\([^)]*)\)", r"\1, nudge)", source, flags=re.M)
    names = dict(plain.__globals__)
    exec(compile(source, "nudged", "exec"), names)
    return names[plain.__name__]


# Where a value stands in the source that is given no name there, and what it becomes.
PLACES = {
    "rh": (r"\(r \* h_prev\)", "(r * h_prev + nudge)"),
    "u": (r"\(h_prev @ p.U_h.T \+ p.b_u\)", "(h_prev @ p.U_h.T + p.b_u + nudge)"),
    "m": (r"\(o \* np.tanh\(c\)\)", "(o * np.tanh(c) + nudge)"),
}


def inner_errors(name):
    """Compare the gradient by every value inside a step with the derivative by a nudge there."""
    args, _, s = step_case(name)
    found, errors = step_backward(name)._asdict(), {}
    weights = re.compile("d[WUbp]_?|da|dx$")
    inner = [key[1:] for key in found if not weights.match(key) and not key.endswith("_prev")]
    for value in inner:
        old, new = PLACES.get(value, (rf"^    {value} = (.*)$", rf"    {value} = \1 + nudge"))
        step = nudged(name, old, new)

        def loss(nudge, step=step):
            return step_loss(name, lambda x, *rest: step(x, *rest, nudge))(**args)

        zero = {"nudge": np.zeros_like(found[f"d{value}"])}
        true = gradcheck.derivative(loss, zero, "nudge")
        errors[value] = np.abs(found[f"d{value}"] - true).max()
    return errors
