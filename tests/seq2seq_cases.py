"""Encoder-decoder models for tests, as records, and calls with some of their arrays exchanged."""

import numpy as np
import random_seq2seq
from random_seq2seq import BOS, SOURCE_LENGTHS, TARGET_LENGTHS

from rnnref import attention, gru, layers, lstm, rnn, seq2seq, trees

CELLS = {"rnn": rnn, "lstm": lstm, "gru": gru}
KINDS = {"plain": seq2seq.Plain, "bahdanau": seq2seq.Bahdanau, "luong": seq2seq.Luong}
SCORES = {"general": attention.General, "concat": attention.Concat}

source, target = random_seq2seq.batch()
LENGTHS = {
    "source_lengths": np.array(SOURCE_LENGTHS),
    "target_lengths": np.array(TARGET_LENGTHS),
}
for array in (source, target, *LENGTHS.values()):
    array.flags.writeable = False


def params(name):
    """Return a random model as a record, its arrays read-only."""
    return record(name, random_seq2seq.weights(name))


def record(name, arrays):
    """Return a model as a record of the given arrays."""
    model, cell = name.split(", ")
    kind, _, score = model.partition(" ")
    for array in arrays.values():
        array.flags.writeable = False

    def part(make, prefix):
        fields = {f: arrays[f"{prefix}.{f}"] for f in make._fields if f"{prefix}.{f}" in arrays}
        return make(**fields)

    cell, linear = CELLS[cell].Params, layers.Linear
    parts = {"source": arrays["source"], "target": arrays["target"], "out": part(linear, "out")}
    parts |= {side: part(cell, side) for side in ("encoder", "decoder")}
    if kind == "bahdanau":
        parts["encoder"] = parts["encoder"], part(cell, "reverse")
        parts |= {"start": part(linear, "start"), "score": part(attention.Additive, "score")}
    if kind == "luong":
        parts["score"] = part(SCORES[score], "score") if score in SCORES else None
        parts["combine"] = part(linear, "combine")
    return KINDS[kind](**parts)


def named(p):
    """Return the arrays of a model, or of its gradient, by name."""
    return trees.arrays("test", "p", p)


def run(p, arrays=None, *, options=None, **changes):
    """Run a model on the batch, with other arrays or arguments."""
    p = p if arrays is None else trees.rebuilt(p, arrays.values())
    given = {"source": source, "target": target, "p": p, "bos": BOS, **LENGTHS, **changes}
    return seq2seq.teacher_forced(**given, **(options or {}))
