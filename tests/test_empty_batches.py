"""A batch of no sequences at all: everything runs, and the gradients of the weights are zero."""

import numpy as np
import pytest
from seq2seq_cases import params
from there_and_back import E, leaves, random, rng

from rnnref import attention, chunked, decoding, layers, losses, rnn, seq2seq, transformer

F, T, S, HIDDEN = 5, 4, 3, 9
x, memory = np.zeros((0, T, E)), np.zeros((0, S, F))
HEADS = random(attention.init_multihead(rng, E, F=F, V=F))
ENCODER = random(transformer.init_encoder_layer(rng, E, HIDDEN))
DECODER = random(transformer.init_decoder_layer(rng, E, HIDDEN, F=F))
NORM = transformer.LayerNorm(np.ones(E), np.zeros(E))
LINEAR = layers.Linear(np.ones((2, E)), np.ones(2))
RNN = rnn.init(rng, E, 3)
NONE = np.zeros((0, T), int)


def attended(module):
    run = module.attention(x, x, x, causal="top_left", key_lengths=[])
    return run.y, module.attention_backward(run, dy=run.y)


def taken(forward, backward, *arguments, **options):
    run = forward(*arguments, **options)
    return run.y, backward(run, dy=run.y)


def looked_up():
    run = layers.embedding(NONE, np.ones((7, 2)))
    return run.y, layers.embedding_backward(run, dy=run.y)


def lost(forward, backward, *arguments):
    run = forward(*arguments)
    assert run.loss == 0
    return np.zeros((0,)), backward(run)


def translated(name):
    p = params(name)
    given = {"source": NONE, "target": NONE, "p": p, "bos": 0}
    run = seq2seq.teacher_forced(**given, source_lengths=[], target_lengths=[])
    found = decoding.greedy(NONE, p, bos=0, eos=1, limit=3)
    assert found.tokens.shape[0] == 0 and decoding.beam(
        NONE, p, bos=0, eos=1, limit=3, width=2
    ).tokens.shape[:2] == (0, 2)
    return run.logits, seq2seq.backward(run)


CALLS = {
    "attention": lambda: attended(attention),
    "chunked": lambda: attended(chunked),
    "heads": lambda: taken(
        *(attention.multihead, attention.multihead_backward, x, memory, memory, HEADS), heads=3
    ),
    "encoder": lambda: taken(
        *(transformer.encoder_layer, transformer.encoder_layer_backward, x, ENCODER),
        heads=2,
        lengths=[],
    ),
    "decoder": lambda: taken(
        *(transformer.decoder_layer, transformer.decoder_layer_backward, x, memory, DECODER),
        heads=2,
        memory_lengths=[],
    ),
    "norm": lambda: taken(transformer.layer_norm, transformer.layer_norm_backward, x, NORM),
    "linear": lambda: taken(layers.linear, layers.linear_backward, x, LINEAR),
    "stack": lambda: taken(
        *(layers.stack, layers.stack_backward, x, [RNN, RNN]), bidirectional=True, lengths=[]
    ),
    "embedding": looked_up,
    "cross entropy": lambda: lost(losses.cross_entropy, losses.cross_entropy_backward, x, NONE),
    "mse": lambda: lost(losses.mse, losses.mse_backward, x, x),
    "bce": lambda: lost(losses.bce_with_logits, losses.bce_with_logits_backward, x, x),
    **{
        name: lambda name=name: translated(name)
        for name in ("plain, lstm", "bahdanau, gru", "luong general, rnn")
    },
}


@pytest.mark.parametrize("name", CALLS)
def test_no_sequences_give_no_outputs_and_no_gradient(name):
    y, grads = CALLS[name]()
    assert len(y) == 0
    assert leaves(grads)
    assert all(not np.any(array) for array in leaves(grads))
