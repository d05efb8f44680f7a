"""How records and runs print: names, dtypes and shapes, and few numbers."""

import numpy as np
import pytest
from there_and_back import WAYS

import rnnref
from rnnref import gru, layers, lstm, rnn, seq2seq, transformer
from rnnref.shown import described

rng = np.random.default_rng(0)
x = rng.standard_normal((2, 5, 3))
# Those of a report, or of what an optimiser keeps by name, print as tuples do.
OTHERS = {"gradcheck", "optim", "train"}
PRINTED = {
    "weights": (
        lambda: lstm.init(rng, 3, 4),
        "lstm.Params(W=float64 (16, 3), U=float64 (16, 4), b=float64 (16,), p=None, W_p=None)",
    ),
    "weights of another cell": (
        lambda: gru.init(rng, 3, 4, dtype=np.float32),
        "gru.Params(W=float32 (12, 3), U=float32 (12, 4), b=float32 (12,), b_u=None)",
    ),
    "few numbers": (
        lambda: rnn.RNNStep(np.array([[0.123456, -1.0], [2.0, 0.5]])),
        "rnn.RNNStep(h=float64 (2, 2) [[ 0.1235, -1. ], [ 2. , 0.5 ]])",
    ),
    "as many numbers as are few": (
        lambda: rnn.RNNStep(np.zeros(8)),
        "rnn.RNNStep(h=float64 (8,) [0., 0., 0., 0., 0., 0., 0., 0.])",
    ),
    "one more": (lambda: rnn.RNNStep(np.zeros(9)), "rnn.RNNStep(h=float64 (9,))"),
    "two directions": (
        lambda: layers.stack(x, [rnn.init(rng, 3, 5), rnn.init(rng, 3, 5)], bidirectional=True),
        "layers.StackRun(y=float64 (2, 5, 10), state=(float64 (2, 5), float64 (2, 5)), "
        "runs=(rnn.Run(...), rnn.Run(...)), bidirectional=True)",
    ),
    "one number": (
        lambda: rnn.RNNStep(np.array(1.5 + 2j)),
        "rnn.RNNStep(h=complex128 () 1.5+2.j)",
    ),
    "no numbers": (
        lambda: rnn.RNNStep(np.zeros((0, 4))),
        "rnn.RNNStep(h=float64 (0, 4))",
    ),
    "a gradient of a state": (lambda: lstm.State(None, 1.0), "lstm.State(h=None, c=1.0)"),
    "a run": (
        lambda: gru.forward(x, gru.init(rng, 3, 7)),
        "gru.Run(y=float64 (2, 5, 7), state=float64 (2, 7), steps=gru.GRUStep(r=float64 (2, 5, 7), "
        "z=float64 (2, 5, 7), h_tilde=float64 (2, 5, 7), h=float64 (2, 5, 7)), "
        "tape=gru.GRUTape(...))",
    ),
    "a stack": (
        lambda: layers.stack(x, [lstm.init(rng, 3, 5)]),
        "layers.StackRun(y=float64 (2, 5, 5), state=(lstm.State(h=float64 (2, 5), "
        "c=float64 (2, 5)),), runs=(lstm.Run(...),), bidirectional=False)",
    ),
    "weights of weights": (
        lambda: seq2seq.init_luong(rng, 9, 7, 4, 5, cell="rnn", score="dot"),
        "seq2seq.Luong(source=float64 (9, 4), target=float64 (7, 4), "
        "encoder=rnn.Params(W=float64 (5, 4), U=float64 (5, 5), b=float64 (5,) "
        "[0., 0., 0., 0., 0.]), "
        "decoder=rnn.Params(W=float64 (5, 4), U=float64 (5, 5), b=float64 (5,) "
        "[0., 0., 0., 0., 0.]), score=None, combine=layers.Linear(W=float64 (5, 10), b=None), "
        "out=layers.Linear(W=float64 (7, 5), b=float64 (7,) [0., 0., 0., 0., 0., 0., 0.]))",
    ),
    "a layer of many parts": (
        lambda: transformer.encoder_layer(
            x, transformer.init_encoder_layer(rng, 3, 7), heads=3, lengths=[5, 2]
        ),
        "transformer.EncoderRun(y=float64 (2, 5, 3), weights=float64 (2, 3, 5, 5), "
        "attention=attention.MultiHeadRun(...), norm_1=transformer.LayerNormRun(...), "
        "feed_forward=transformer.FeedForwardRun(...), norm_2=transformer.LayerNormRun(...), "
        "live=bool (2, 5), norm='post')",
    ),
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_record_prints_its_name_and_what_its_fields_are(name):
    make, text = PRINTED[name]
    assert repr(make()) == text


@pytest.mark.parametrize("name", WAYS)
def test_no_run_prints_more_than_fits_a_screen(name):
    run = WAYS[name].forward(**WAYS[name].arguments)
    if type(run).__module__.split(".")[1] not in OTHERS:
        assert len(repr(run)) < 1200


def test_a_record_of_the_users_own_prints_in_the_same_way():
    class Own(lstm.State):
        __slots__ = ()

    assert repr(Own(None, None)).endswith(".Own(h=None, c=None)")


def test_every_public_record_prints_so():
    found = 0
    for module in set(rnnref.__all__) - OTHERS:
        for name in getattr(getattr(rnnref, module), "__all__", ()):
            thing = getattr(getattr(rnnref, module), name)
            if hasattr(thing, "_fields"):
                assert thing.__repr__ is described, f"{module}.{name}"
                found += 1
    assert found > 50
