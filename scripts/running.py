"""Numbers for `rnn:val`: paths into the running example, and the named values of `rnnref`."""

import functools
import re

import numpy as np

from rnnref import attention, examples, gru
from rnnref.explain import numerals, samples, values
from scripts import cache

OPTION = re.compile(r"(t|u|i|fmt)=(\S+)")
STATES = ("h", "c")  # these have a value before the first step: zero


@functools.cache
def cells():
    """Return the step records of the running example, by the name that paths use."""
    x, plain, after = examples.X, examples.gru_params(), examples.gru_params_reset_after()
    runs = {
        "rnn": examples.rnn_run(),
        "lstm": examples.lstm_run(),
        "gru": examples.gru_run(),
        "gru_replace": gru.forward(x, plain, update="replace"),
        "gru_after": gru.forward(x, after, reset="after"),
        "gru_after_replace": gru.forward(x, after, reset="after", update="replace"),
    }
    return {name: run.steps for name, run in runs.items()}


@functools.cache
def looked_at():
    """Return what attention computes for the running example's one query."""
    q, k, v = examples.attention_vectors()
    score = attention.score_scaled(q, k)
    found = attention.attend(score, v)
    return {"score": score, "weight": found.weights, "y": found.y, "dot": attention.score_dot(q, k)}


@functools.cache
def text(argument):
    """Return the text of one `rnn:val`, such as `lstm.c t=2 u=1 fmt=.2f`.

    A path with t= or i= leads into the running example (t, u and i count from 1; t=0 is the zero
    start); anything else is the name of a registered value.

    Raises
    ------
    LookupError
        For an unknown path, name or index.
    ValueError
        For words that are no option, and for a number that is not finite.
    """
    path, *words = argument.split()
    options = {}
    for word in words:
        match = OPTION.fullmatch(word)
        if not match:
            raise ValueError(f"{word!r} is none of t=, u=, i=, fmt=")
        options[match[1]] = match[2]
    fmt = options.pop("fmt", "")
    return shown(number(path, options), fmt) if options else named(path, fmt)


def named(name, fmt):
    """Return the text of a named value, which may take a while to compute."""
    return cache.kept("values", f"{name}{fmt}.txt", lambda: shown(values.get(name), fmt))


def number(path, options):
    """Return the number, or the vector, at a path."""
    index = {key: int(word) for key, word in options.items()}
    name, _, field = path.partition(".")
    if path == "x":
        return pick(examples.X[0], path, index.get("t", 1), index.get("u"))
    if name == "attention":
        array = known(looked_at(), field, "field of attention")[0, 0]
        return pick(array, path, index.get("i"))
    steps = known(cells(), name, "cell in the running example")
    array = known(steps._asdict(), field, f"field of {name}")[0]
    if field in STATES:
        array = samples.states(steps, field)[0]
        return pick(array, path, index.get("t", 1) + 1, index.get("u"))
    return pick(array, path, index.get("t", 1), index.get("u"))


def known(table, key, what):
    """Look up a name and say what there is when it is missing."""
    if key not in table:
        raise LookupError(f"no {what} is called {key!r}; there are {', '.join(table)}")
    return table[key]


def pick(array, path, *index):
    """Return the entry at an index that counts from 1; None takes the whole axis."""
    for place in index:
        if place is None:
            continue
        if not 1 <= place <= len(array):
            raise LookupError(f"{path} has no entry there: it counts from 1 to {len(array)}")
        array = array[place - 1]
    return array


def shown(value, fmt=""):
    """Write a number, a vector or a finished text; minus signs are true ones."""
    if isinstance(value, str):
        return value
    if np.ndim(value):
        return "(" + ", ".join(shown(entry, fmt) for entry in value) + ")"
    return numerals.printed(value, fmt or ("d" if isinstance(value, int | np.integer) else ".4f"))
