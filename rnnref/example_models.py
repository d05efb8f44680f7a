"""Small models that run through the pages: two translators, two heads, one Transformer layer.

The translators were trained on their one sentence, then every weight was rounded to one decimal;
all other numbers were chosen by hand. So a reader can recompute them on paper.
"""

import numpy as np

from . import attention, layers, rnn, seq2seq, transformer
from .hints import Array

CHINESE, ENGLISH = ("我", "喝", "水"), ("I", "drink", "water")
SENTENCE = np.array([[0, 1, 2]]), np.array([[1, 2, 3]])  # its tokens; 0 begins a translation


def translator() -> seq2seq.Plain:
    """Return an encoder and a decoder of two units each, trained on one sentence and rounded."""
    return seq2seq.Plain(
        source=np.array([[1.1, 0.3], [1.3, -0.6], [0.5, 0.4]]),
        target=np.array([[-0.2, -1.4], [1.5, -0.4], [0.1, 0.7], [-0.1, 0.6]]),
        encoder=rnn.Params(
            W=np.array([[1.1, -0.6], [1.3, 0.6]]),
            U=np.array([[-0.6, 0.2], [0.9, 1.4]]),
            b=np.array([0.2, 0.1]),
        ),
        decoder=rnn.Params(
            W=np.array([[0.6, 0.7], [-0.4, 1.5]]),
            U=np.array([[-0.2, -1.2], [0.8, 0.1]]),
            b=np.array([0.3, -0.1]),
        ),
        out=layers.Linear(
            W=np.array([[-1.0, 1.5], [-0.9, -0.4], [0.8, -1.0], [1.0, 1.4]]),
            b=np.array([-0.8, 0.6, 0.1, 0.4]),
        ),
    )


def translator_attention() -> seq2seq.Bahdanau:
    """Return the same with additive attention: an encoder of one unit in each direction."""
    return seq2seq.Bahdanau(
        source=np.array([[1.2, -0.7], [0.7, -0.6], [-0.2, 1.0]]),
        target=np.array([[-0.5, -1.0], [0.1, -0.5], [1.7, 0.8], [-0.1, 0.6]]),
        encoder=(
            rnn.Params(W=np.array([[0.2, 0.7]]), U=np.array([[1.5]]), b=np.array([0.4])),
            rnn.Params(W=np.array([[-1.0, 0.8]]), U=np.array([[0.9]]), b=np.array([0.3])),
        ),
        start=layers.Linear(W=np.array([[1.2], [-0.3]]), b=np.array([-0.9, -0.2])),
        score=attention.Additive(
            W_a=np.array([[-0.4, 1.2], [-2.0, 0.3]]),
            U_a=np.array([[0.5, 1.3], [2.6, 1.4]]),
            v_a=np.array([-1.6, 2.4]),
        ),
        decoder=rnn.Params(
            W=np.array([[0.7, 1.2, 0.2, -0.9], [0.8, 1.1, -0.4, -0.2]]),
            U=np.array([[0.2, -1.4], [0.4, 0.5]]),
            b=np.array([0.6, 0.1]),
        ),
        out=layers.Linear(
            W=np.array(
                [
                    [0.1, -0.8, 0.2, 0.7, 0.3, 0.4],
                    [-1.5, -0.8, 1.2, -0.2, -0.9, -0.1],
                    [1.8, -0.4, 0.4, -0.3, -0.2, -0.8],
                    [1.3, 1.2, -0.7, -0.3, 1.5, 1.3],
                ]
            ),
            b=np.array([-0.9, 0.4, 0.6, -0.2]),
        ),
    )


def translation(p: seq2seq.Plain | seq2seq.Bahdanau) -> seq2seq.Run:
    """Run a translator over the sentence, the right words given."""
    source, target = SENTENCE
    return seq2seq.teacher_forced(source, target, p, bos=0)


def words() -> Array:
    """Return x (1, 3, 4): a vector of four numbers for each of three words of a source."""
    x = np.array([[1.0, -0.5, 0.3, 0.8], [-0.7, 0.9, 0.6, -0.4], [0.2, 0.4, -1.0, 0.5]])
    return x[None]


def two_heads() -> attention.MultiHead:
    """Return multi-head attention for vectors of four numbers, to be used with two heads."""
    return attention.MultiHead(
        W_q=np.array(
            [
                [0.9, -0.4, 0.2, 0.5],
                [-0.6, 0.8, 0.3, 0.1],
                [0.4, 0.7, -0.9, 0.2],
                [-0.3, 0.5, 0.6, -0.8],
            ]
        ),
        W_k=np.array(
            [
                [0.7, 0.3, -0.5, 0.4],
                [0.2, -0.9, 0.6, 0.3],
                [-0.4, 0.8, 0.5, -0.7],
                [0.6, -0.2, 0.9, 0.1],
            ]
        ),
        W_v=np.array(
            [
                [0.5, -0.6, 0.8, 0.2],
                [-0.3, 0.4, 0.7, -0.5],
                [0.9, 0.1, -0.2, 0.6],
                [-0.7, 0.3, 0.4, 0.8],
            ]
        ),
        W_o=np.array(
            [
                [0.6, -0.3, 0.5, 0.4],
                [-0.8, 0.7, 0.2, -0.1],
                [0.3, 0.9, -0.6, 0.5],
                [0.4, -0.2, 0.1, 0.8],
            ]
        ),
    )


def encoder_layer() -> transformer.EncoderLayer:
    """Return one layer of a Transformer encoder around these two heads, with six inner units."""
    return transformer.EncoderLayer(
        attention=two_heads(),
        norm_1=transformer.LayerNorm(
            np.array([1.0, 0.9, 1.1, 0.8]), np.array([0.1, -0.1, 0.2, -0.2])
        ),
        feed_forward=transformer.FeedForward(
            W_1=np.array(
                [
                    *[[0.5, -0.2, 0.8, 0.3], [-0.6, 0.9, 0.1, 0.4], [0.7, 0.2, -0.5, 0.6]],
                    *[[0.3, -0.8, 0.4, -0.1], [-0.4, 0.6, 0.2, 0.9], [0.8, 0.5, -0.3, -0.7]],
                ]
            ),
            b_1=np.array([0.1, -0.2, 0.3, 0.2, -0.1, 0.4]),
            W_2=np.array(
                [
                    *[[0.4, -0.5, 0.3, 0.7, -0.2, 0.6], [-0.3, 0.8, 0.5, -0.6, 0.4, 0.1]],
                    *[[0.9, 0.2, -0.4, 0.3, 0.5, -0.8], [0.1, 0.6, -0.7, 0.4, 0.8, -0.3]],
                ]
            ),
            b_2=np.array([0.2, -0.3, 0.1, -0.1]),
        ),
        norm_2=transformer.LayerNorm(
            np.array([1.2, 0.8, 1.0, 0.9]), np.array([-0.2, 0.1, 0.3, -0.1])
        ),
    )


def self_attention_params() -> tuple[Array, Array, Array]:
    """Return W_q, W_k and W_v of one head that looks at `words`: four numbers become two."""
    p = two_heads()
    return p.W_q[:2], p.W_k[:2], p.W_v[:2]
