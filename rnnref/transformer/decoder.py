"""One layer of a Transformer decoder. Public in `rnnref.transformer`."""

from typing import Any, NamedTuple

from ..attention.heads import MultiHead, MultiHeadRun, multihead, multihead_backward
from ..checks.declared import Record, fields
from ..checks.dims import shapes
from ..checks.hiding import check_lengths, check_mask
from ..hints import Array, Gradient, Lengths, Shape
from ..masks import check_hiding, spread_over
from ..overflow import quietly
from ..records import frozen
from ..sequence.incoming import check_run, incoming
from ..shown import shown
from .feedforward import FeedForward, FeedForwardRun, feed_forward
from .norm import LayerNorm, LayerNormRun
from .residual import (
    SELF,
    around,
    around_backward,
    check_settings,
    places,
    think_back,
    through_self,
    without_padding,
)

CROSS = Record(MultiHead, axes={"W_k": "E F", "W_v": "E F"})  # both read the memory


@shown
@fields(
    self_attention=SELF,
    norm_1=LayerNorm,
    cross_attention=CROSS,
    norm_2=LayerNorm,
    feed_forward=FeedForward,
    norm_3=LayerNorm,
)
class DecoderLayer(NamedTuple):
    """Weights of a decoder layer; norm_1, norm_2 and norm_3 belong to the parts in their order."""

    self_attention: MultiHead
    norm_1: LayerNorm
    cross_attention: MultiHead
    norm_2: LayerNorm
    feed_forward: FeedForward
    norm_3: LayerNorm


@shown
class DecoderRun(NamedTuple):
    """What a decoder layer computed, and what its backward pass reads; read-only."""

    y: Array  # (B, T, E)
    weights: Array  # (B, M, T, T), of the places among themselves
    memory_weights: Array  # (B, M, T, S), of the places over the memory
    self_attention: MultiHeadRun
    norm_1: LayerNormRun
    cross_attention: MultiHeadRun
    norm_2: LayerNormRun
    feed_forward: FeedForwardRun
    norm_3: LayerNormRun
    live: Array | None  # (B, T), False in the padding
    norm: str


@shown
class DecoderGrads(NamedTuple):
    """The gradients of a decoder layer."""

    x: Array  # (B, T, E)
    memory: Array  # (B, S, F)
    params: DecoderLayer


@shapes(x="B T E", memory="B S F", p=DecoderLayer)
def decoder_layer(
    x: Array,
    memory: Array,
    p: DecoderLayer,
    *,
    heads: int,
    norm: str = "post",
    activation: str = "relu",
    mask: Array | None = None,
    causal: str | None = "top_left",
    lengths: Lengths | None = None,
    memory_mask: Array | None = None,
    memory_lengths: Lengths | None = None,
    eps: float = 1e-5,
) -> DecoderRun:
    """Let every place look at the places before it and at a memory, then apply a small network.

    Arguments, result and errors are those of `encoder_layer`, and besides these. The result is a
    DecoderRun, which has the weights over the memory too.

    Parameters
    ----------
    memory : (B, S, F)
        What an encoder made of the source.
    p : DecoderLayer
    causal : "top_left" or "bottom_right", optional
        Hide later places; None lets every place look at all.
    memory_mask : boolean, optional
        True = may attend: which place may look at which of the memory.
    memory_lengths : integers (B,), optional
        How much of each memory is no padding, 0 to S.

    References
    ----------
    Vaswani et al. 2017, section 3.1.
    """
    name, (B, T, _), S = "transformer.decoder_layer", x.shape, memory.shape[1]
    check_settings(name, x, heads, norm, activation, eps)
    live = places(name, "lengths", lengths, x)
    check_hiding(name, (B, heads, T, T), mask=mask, causal=causal)
    _check_memory(name, (B, heads, T, S), memory_mask, memory_lengths)
    x = without_padding(x, live)

    def look(x: Array) -> MultiHeadRun:
        hiding: Any = {"mask": mask, "causal": causal, "key_lengths": lengths}
        return multihead(x, x, x, p.self_attention, heads=heads, **hiding)

    def recall(x: Array) -> MultiHeadRun:
        hiding: Any = {"mask": memory_mask, "key_lengths": memory_lengths}
        return multihead(x, memory, memory, p.cross_attention, heads=heads, **hiding)

    def think(x: Array) -> FeedForwardRun:
        return feed_forward(x, p.feed_forward, activation=activation)

    x, looked, norm_1 = around(x, look, p.norm_1, norm, eps)
    x, recalled, norm_2 = around(x, recall, p.norm_2, norm, eps)
    x, thought, norm_3 = around(x, think, p.norm_3, norm, eps)
    outputs = frozen(without_padding(x, live)), looked.weights, recalled.weights
    parts = looked, norm_1, recalled, norm_2, thought, norm_3
    return DecoderRun._make([*outputs, *parts, live, norm])


@quietly
def decoder_layer_backward(
    run: DecoderRun,
    *,
    dy: Gradient = None,
    dweights: Gradient = None,
    dmemory_weights: Gradient = None,
) -> DecoderGrads:
    """Return the gradients of a decoder layer.

    Arguments, result and errors are those of `encoder_layer_backward`, with what `decoder_layer`
    returned. The result is a DecoderGrads, zero in the padding of the memory too.

    Parameters
    ----------
    dmemory_weights : (B, M, T, S), optional
        The gradient that reaches the weights over the memory other than through y.
    """
    name = "transformer.decoder_layer_backward"
    check_run(name, run, DecoderRun)
    dx = without_padding(incoming(name, "dy", dy, run.y), run.live)
    if dweights is not None:
        dweights = incoming(name, "dweights", dweights, run.weights)
    if dmemory_weights is not None:
        dmemory_weights = incoming(name, "dmemory_weights", dmemory_weights, run.memory_weights)

    def look_back(dy: Array) -> tuple[Array, MultiHead]:
        return through_self(run.self_attention, dy, dweights)

    def recall_back(dy: Array) -> tuple[Array, Any]:
        grads = multihead_backward(run.cross_attention, dy=dy, dweights=dmemory_weights)
        return grads.q, (grads.params, grads.k + grads.v)

    dx, feed, norm_3 = around_backward(dx, think_back(run.feed_forward), run.norm_3, run.norm)
    dx, (cross, dmemory), norm_2 = around_backward(dx, recall_back, run.norm_2, run.norm)
    dx, own, norm_1 = around_backward(dx, look_back, run.norm_1, run.norm)
    params = DecoderLayer(own, norm_1, cross, norm_2, feed, norm_3)
    return DecoderGrads(without_padding(dx, run.live), dmemory, params)


def _check_memory(function: str, shape: Shape, mask: Array | None, lengths: Lengths | None) -> None:
    """Refuse what does not fit the scores of the places over the memory."""
    if mask is not None:
        check_mask(function, "memory_mask", mask, *spread_over(mask, shape))
    if lengths is not None:
        check_lengths(function, "memory_lengths", lengths, shape[0], ("S", shape[-1]))
