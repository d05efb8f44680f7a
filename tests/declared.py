"""Valid arguments for every public function, built from the shapes that it declares."""

import functools
import importlib
import inspect
import itertools
from typing import NamedTuple

import numpy as np
from cases import SIZES

from rnnref import attention, masks
from rnnref.checks.dims import Record, name_of
from rnnref.checks.sizes import terms


def modules(*names):
    """Return the modules of the package with these names."""
    return [importlib.import_module(f"rnnref.{name}") for name in names]


MODULES = modules(
    *("numerics", "rnn.cell", "lstm.cell", "lstm.variants", "gru.cell", "gru.variants"),
    *(
        "attention.scores",
        "attention.score_gradients",
        "attention.plain",
        "attention.whole",
        "attention.heads",
    ),
    *("chunked", "transformer.norm", "transformer.feedforward", "layers.prediction"),
    *("losses.steps", "joined"),
)
# Options with which a function reads every array that it declares.
OPTIONS = {
    "gru.forward": {"reset": "after"},
    "attention.attention": {"score": "additive"},
    "attention.multihead": {"heads": 1},
}

# The record that such an option makes of an argument that has several.
RECORDS = {"attention.attention": {"params": attention.Additive}}


class Leaf(NamedTuple):
    """One array of a call: where it stands, its declared axes, whether it may be left out."""

    path: str
    axes: tuple[str, ...]
    optional: bool


def public(module):
    """Return the public functions that a module defines itself: dotted name -> function."""
    return {
        name_of(value): value
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }


# What training needs takes trees, class numbers and settings, a stack takes lists of records, a
# converter dictionaries: their refusals are tested with them.
TRAINING = modules(
    *("layers.affine", "layers.stacked", "losses.classes", "losses.numbers", "optim.clipping"),
    *("optim.rules", "initialise", "train", "gradcheck"),
)
CONVERTERS = modules(
    *(f"convert.{name}" for name in ("torch", "keras", "onnx", "flax", "equivalent"))
)
# Records of records: refused in their own tests too.
LAYERS = modules(
    *("transformer.encoder", "transformer.decoder", "transformer.positions", "seq2seq.model"),
    *("seq2seq.init", "decoding", "attention.init", "transformer.init", "examples"),
)
MASKS = {name_of(function): function for function in (masks.length_mask, masks.causal_mask)}
FUNCTIONS = dict(itertools.chain(*(public(module).items() for module in MODULES)))
LISTED = (*TRAINING, *CONVERTERS, *LAYERS)
OTHERS = dict(itertools.chain(*(public(module).items() for module in LISTED)))
DOCUMENTED = FUNCTIONS | OTHERS | MASKS
CHECKED = {name: f for name, f in FUNCTIONS.items() if hasattr(f, "shapes")}


@functools.cache
def leaves(name):
    """Return the arrays of a function's call, in the order in which they are checked."""
    found, function, same = [], CHECKED[name], {}
    defaults = {
        p.name for p in inspect.signature(function).parameters.values() if p.default is None
    }
    for argument, axes in arguments_of(name).items():
        if isinstance(axes, str):
            found.append(Leaf(argument, tuple(axes.split()), argument in defaults))
            continue
        record = axes if isinstance(axes, Record) else Record(axes)
        letters = getattr(record.type, "SAME", {}).items()
        same |= {letter: other for letter, (other, field) in letters if field in record.refuses}
        for field in set_fields(record):
            parts = tuple(same.get(axis, axis) for axis in record.type.SHAPES[field].split())
            may_miss = field in record.type._field_defaults and field not in record.needs
            found.append(Leaf(f"{argument}.{field}", parts, may_miss))
    return found


def arguments_of(name):
    """Return the declared axes or record of every argument."""
    return CHECKED[name].shapes | RECORDS.get(name, {})


def set_fields(record):
    """Return the fields of a record that a function reads."""
    return [field for field in record.type.SHAPES if field not in record.refuses]


def shape(axes, sizes=SIZES):
    """Return the numbers of declared axes; "..." stands for one axis of 2."""
    return tuple(2 if axis == "..." else sum(f * sizes[x] for f, x in terms(axis)) for axis in axes)


def call(name, changes=None):
    """Call a function on positive random arrays, some of them exchanged.

    Parameters
    ----------
    name : str
    changes : dict of path -> value, optional
    """
    rng = np.random.default_rng(1)
    values = {leaf.path: rng.uniform(0.1, 1.0, shape(leaf.axes)) for leaf in leaves(name)}
    values |= changes or {}
    arguments = {}
    for argument, axes in arguments_of(name).items():
        if isinstance(axes, str):
            arguments[argument] = values[argument]
        else:
            record = axes if isinstance(axes, Record) else Record(axes)
            fields = {field: values[f"{argument}.{field}"] for field in set_fields(record)}
            arguments[argument] = record.type(**fields)
    return CHECKED[name](**arguments, **OPTIONS.get(name, {}))
