"""Numbers in the prose of the page on encoder and decoder."""

from functools import partial

import numpy as np

from ... import example_models, seq2seq
from ...numerics import softmax
from ..experiments import dates, result, reversal
from ..figures.alignment import percent
from . import value
from .rnn import signed

STEP = 1  # the second word, as everywhere on the page


def by_hand():
    """Return the pieces of step 2 of the decoder: name -> array of both units, or of all words."""
    p, source_and_target = example_models.translator(), example_models.translation
    run = source_and_target(p)
    s = run.tape.decoded.cell.y[0]
    wx = p.decoder.W @ run.tape.decoded.words.x[0, STEP]
    us = p.decoder.U @ s[STEP - 1]
    logits = run.logits[0, STEP]
    pieces = {"wx": wx, "us": us, "a": wx + us + p.decoder.b, "s": s[STEP], "before": s[STEP - 1]}
    return pieces | {"h": run.tape.encoded.state[0], "logit": logits, "chance": softmax(logits)}


def piece(name, k):
    """Return one number of step 2."""
    return signed(by_hand()[name][k])


for _name, _size in {"wx": 2, "us": 2, "a": 2, "s": 2, "before": 2, "h": 2}.items():
    for _k in range(_size):
        value(f"seq2seq.{_name}-{_k + 1}")(partial(piece, _name, _k))
for _name in ("logit", "chance"):
    for _k in range(4):
        value(f"seq2seq.{_name}-{_k}")(partial(piece, _name, _k))


def after(first, word):
    """Return the chance of a word at step 2 if the decoder has read another one before it."""
    source, target = example_models.SENTENCE
    read = np.where(np.arange(3) == 0, first, target)
    run = seq2seq.teacher_forced(source, read, example_models.translator(), bos=0)
    return signed(softmax(run.logits)[0, STEP, word], 3)


value("seq2seq.right-past")(partial(after, 1, 2))
value("seq2seq.wrong-past")(partial(after, 3, 2))
value("seq2seq.wrong-choice")(partial(after, 3, 3))


@value("seq2seq.loss")
def loss():
    """Return the loss of the translation."""
    return signed(example_models.translation(example_models.translator()).loss)


def padded_state(unit):
    """Return what the encoder hands over if it reads two places of padding as words."""
    source, target = example_models.SENTENCE
    longer = np.concatenate([source, np.zeros((1, 2), int)], axis=1)
    run = seq2seq.teacher_forced(longer, target, example_models.translator(), bos=0)
    return signed(run.tape.encoded.state[0, unit])


for _k in (0, 1):
    value(f"seq2seq.padded-{_k + 1}")(partial(padded_state, _k))


def share(kind, length):
    """Return how many of the sequences of one length are right, in per cent."""
    return f"{percent(result('reversal')[kind][reversal.LENGTHS.index(length)])}%"


for _length in (2, 8, 12):
    value(f"seq2seq.plain-{_length}")(partial(share, "plain", _length))
for _kind in ("forced", "free"):
    value(f"seq2seq.{_kind}-8")(partial(share, _kind, 8))


@value("seq2seq.attention-least")
def least():
    """Return the smallest share with attention, over all lengths, in per cent."""
    return f"{percent(min(result('reversal')['attention']))}%"


def setting(table, kind, key=None):
    """Return one number of a training."""
    return str(table[kind] if key is None else table[kind][key])


for _kind in reversal.STEPS:
    value(f"seq2seq.steps-{_kind}")(partial(setting, reversal.STEPS, _kind))
    value(f"seq2seq.units-{_kind}")(partial(setting, reversal.SIZES, _kind, "H"))
    value(f"seq2seq.date-steps-{_kind}")(partial(setting, dates.STEPS, _kind))
value("seq2seq.width")(partial(setting, reversal.SIZES, "plain", "E"))
value("seq2seq.scoring")(partial(setting, reversal.SIZES, "attention", "A"))
value("seq2seq.batch")(lambda: str(reversal.BATCH))
value("seq2seq.tested")(lambda: str(reversal.TESTED))
value("seq2seq.date-tested")(lambda: str(dates.TESTED))


def date_share(table, kind):
    """Return the share of dates, or of characters, that are right, in per cent."""
    return f"{percent(result('dates')[table][kind])}%"


value("seq2seq.dates-attention")(partial(date_share, "exact", "attention"))
value("seq2seq.dates-plain")(partial(date_share, "exact", "plain"))
value("seq2seq.letters-plain")(partial(date_share, "characters", "plain"))
