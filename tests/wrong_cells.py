"""Plant mistakes in the cells, one piece of source at a time; wrong_cells.toml lists them."""

import importlib
import inspect
import textwrap
import tomllib
from pathlib import Path

MISTAKES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def plant(monkeypatch, target, right, wrong):
    """Exchange one piece of a function or method of the package: `sequence.tape:Tape.play`."""
    module, _, path = target.partition(":")
    module, path = importlib.import_module(f"rnnref.{module}"), path.split(".")
    owner = getattr(module, path[0]) if len(path) > 1 else module
    mistake = mistaken(vars(owner)[path[-1]], right, wrong, owner)
    for holder in (owner, *using(module, owner, path[-1])):
        monkeypatch.setattr(holder, path[-1], mistake)


def using(module, owner, name):
    """Return the other modules that imported a function under its name."""
    if owner is not module:
        return []
    cells = [importlib.import_module(f"rnnref.{cell}.tape") for cell in ("rnn", "lstm", "gru")]
    return [other for other in cells if vars(other).get(name) is vars(module)[name]]


def mistaken(function, right, wrong, owner=None):
    """Return a function with one piece of its source exchanged."""
    plain = inspect.unwrap(function)
    source = textwrap.dedent(inspect.getsource(plain))
    if source.count(right) != 1:
        raise ValueError(f"{plain.__qualname__} does not hold {right!r} exactly once")
    source = source.replace(right, wrong).replace("super()", "super(__class__, self)")
    names = dict(plain.__globals__) | {"__class__": owner}
    exec(compile(source, plain.__code__.co_filename, "exec"), names)
    return names[plain.__name__]
