"""Everything that has a way back, in one form: trees of arrays go in and come out."""

from typing import Any, NamedTuple

import attention_cases as ac
import cases
import forms
import numpy as np
import seq2seq_cases
import test_stack
from forms import FORMS, LENGTHS

from rnnref import attention, chunked, layers, losses, seq2seq, transformer, trees

draw = cases.normal(90)
MASK = np.array([[True, True, False, True, False]])  # of five places, the same for all queries


class Way(NamedTuple):
    """A function and its backward pass."""

    arguments: dict  # trees of the arrays that go in
    forward: Any  # (**arguments) -> record of a run
    backward: Any  # (run, **upstream) -> record of gradients
    outputs: Any  # run -> the outputs by the name of their upstream gradient


def random(p):
    """Return a record of weights with all its numbers random, those of biases and norms too."""
    return trees.rebuilt(p, [0.4 * draw(*a.shape) for a in trees.arrays("test", "p", p).values()])


def cell(name):
    form = FORMS[name]

    def forward(x, p, state):
        options = {"lengths": LENGTHS, "reverse": True} | form.options
        return form.cell.forward(x, p, state=state, **options)

    arguments = {"x": forms.inputs(), "p": forms.params(name)}
    arguments["state"] = forms.whole(name, forms.state(name))
    return Way(arguments, forward, form.cell.backward, lambda r: {"dy": r.y, "dstate": r.state})


def stack(name):
    given = {"x": forms.inputs(), "p": test_stack.records(name, True)}
    given["state"] = test_stack.starts(name, True)

    def forward(x, p, state):
        return test_stack.run(name, True, x=x, p=p, state=state, lengths=LENGTHS)

    return Way(given, forward, layers.stack_backward, lambda r: {"dy": r.y, "dstate": [*r.state]})


def scored(score):
    p = ac.PARAMS[score]
    given = {
        "q": ac.q,
        "k": ac.keys(score),
        "v": ac.v,
        "params": p,
        "bias": draw(cases.B, 1, cases.S),
    }
    name = score.partition(" ")[0]

    def forward(**given):
        return attention.attention(**given, score=name, causal="top_left", key_lengths=(6, 4))

    def outputs(run):
        return {"dy": run.y, "dweights": run.weights}

    return Way(given, forward, attention.attention_backward, outputs)


def tiled():
    given = {"q": ac.q, "k": ac.k, "v": ac.v, "bias": draw(cases.T, cases.S)}

    def forward(**given):
        return chunked.attention(**given, causal="bottom_right", tile=(2, 4))

    def outputs(run):
        return {"dy": run.y, "dlog_sums": run.log_sums}

    return Way(given, forward, chunked.attention_backward, outputs)


E, H, F = 6, 9, 5
x = draw(cases.B, 5, E)
rng = np.random.default_rng(91)


def heads():
    given = {"q": x, "k": draw(cases.B, 4, F), "v": draw(cases.B, 4, F)}
    given["params"] = random(attention.init_multihead(rng, E, F=F, V=F))

    def forward(**given):
        return attention.multihead(**given, heads=3, key_lengths=(4, 3))

    def outputs(run):
        return {"dy": run.y, "dweights": run.weights}

    return Way(given, forward, attention.multihead_backward, outputs)


def encoder(norm):
    p = random(transformer.init_encoder_layer(rng, E, H))

    def forward(x, p):
        return transformer.encoder_layer(x, p, heads=2, norm=norm, mask=MASK, lengths=(5, 3))

    def outputs(run):
        return {"dy": run.y, "dweights": run.weights}

    return Way({"x": x, "p": p}, forward, transformer.encoder_layer_backward, outputs)


def decoder(norm):
    p = random(transformer.init_decoder_layer(rng, E, H, F=F))

    def forward(x, memory, p):
        given = {"heads": 3, "norm": norm, "activation": "gelu", "memory_lengths": (4, 2)}
        return transformer.decoder_layer(x, memory, p, **given)

    def outputs(run):
        return {"dy": run.y, "dweights": run.weights, "dmemory_weights": run.memory_weights}

    given = {"x": x, "memory": draw(cases.B, 4, F), "p": p}
    return Way(given, forward, transformer.decoder_layer_backward, outputs)


def layer(forward, backward, p):
    return Way({"x": x, "p": p}, forward, backward, lambda run: {"dy": run.y})


def loss(forward, backward, **given):
    return Way(given, forward, backward, lambda run: {"dloss": run.loss})


def translated(name):
    def forward(p):
        return seq2seq_cases.run(p)

    def outputs(run):
        found = {"dloss": run.loss, "dlogits": run.logits}
        return found if run.weights is None else found | {"dweights": run.weights}

    return Way({"p": seq2seq_cases.params(name)}, forward, seq2seq.backward, outputs)


TARGET = np.random.default_rng(92).integers(0, E, x.shape[:-1])
TOKENS = np.random.default_rng(93).integers(0, 7, (cases.B, 5))
WAYS = {
    **{name: cell(name) for name in FORMS},
    **{f"stacked {name}": stack(name) for name in test_stack.CELLS},
    **{score: scored(score) for score in ac.PARAMS},
    "chunked": tiled(),
    "heads": heads(),
    **{f"encoder {norm}": encoder(norm) for norm in ("post", "pre")},
    **{f"decoder {norm}": decoder(norm) for norm in ("post", "pre")},
    "layer norm": layer(
        transformer.layer_norm,
        transformer.layer_norm_backward,
        transformer.LayerNorm(draw(E), draw(E)),
    ),
    "rms norm": layer(
        transformer.rms_norm, transformer.rms_norm_backward, transformer.RMSNorm(draw(E))
    ),
    "feed forward": layer(
        transformer.feed_forward,
        transformer.feed_forward_backward,
        random(transformer.init_feed_forward(rng, E, H)),
    ),
    "linear": layer(layers.linear, layers.linear_backward, layers.Linear(draw(H, E), draw(H))),
    "embedding": Way(
        {"W": draw(7, E)},
        lambda W: layers.embedding(TOKENS, W),
        layers.embedding_backward,
        lambda run: {"dy": run.y},
    ),
    "cross entropy": loss(
        lambda logits, weight: losses.cross_entropy(
            logits, TARGET, reduction="none", weight=weight, smoothing=0.1
        ),
        losses.cross_entropy_backward,
        logits=x,
        weight=np.abs(draw(E)),
    ),
    "mse": loss(losses.mse, losses.mse_backward, y=x, target=draw(*x.shape)),
    "bce": loss(
        losses.bce_with_logits,
        losses.bce_with_logits_backward,
        logits=x,
        target=1 / (1 + np.exp(-draw(*x.shape))),
    ),
    **{name: translated(name) for name in ("plain, lstm", "bahdanau, gru", "luong general, rnn")},
}


def upstream(run, way, seed=94):
    """Return random gradients for all outputs of a run, by argument of the backward pass."""
    normal = np.random.default_rng(seed).standard_normal
    found = {}
    for name, output in way.outputs(run).items():
        sizes = [np.shape(array) for array in leaves(output)]
        dtypes = [array.dtype for array in leaves(output)]
        values = [
            np.asarray(normal(size)).astype(dtype)
            for size, dtype in zip(sizes, dtypes, strict=True)
        ]
        found[name] = trees.rebuilt(output, values)
    return found


def leaves(tree):
    """Return all arrays of a tree, in order."""
    if isinstance(tree, dict):
        tree = tuple(tree.values())
    if isinstance(tree, (tuple, list)):
        return [leaf for part in tree for leaf in leaves(part)]
    return [tree] if isinstance(tree, (np.ndarray, np.generic)) else []


def mapped(function, tree):
    """Return a tree of the same make with a function applied to every array."""
    return trees.rebuilt(tree, [function(array) for array in leaves(tree)])
