"""One layer of a Transformer encoder. Public in `rnnref.transformer`."""

from typing import Any, NamedTuple

from ..attention.heads import MultiHead, MultiHeadRun, multihead
from ..checks.declared import fields
from ..checks.dims import shapes
from ..hints import Array, Gradient, Lengths
from ..masks import check_hiding
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


@shown
@fields(attention=SELF, norm_1=LayerNorm, feed_forward=FeedForward, norm_2=LayerNorm)
class EncoderLayer(NamedTuple):
    """Weights of an encoder layer; norm_1 belongs to the attention, norm_2 to the network."""

    attention: MultiHead
    norm_1: LayerNorm
    feed_forward: FeedForward
    norm_2: LayerNorm


@shown
class EncoderRun(NamedTuple):
    """What an encoder layer computed, and what its backward pass reads; read-only."""

    y: Array  # (B, T, E)
    weights: Array  # (B, M, T, T)
    attention: MultiHeadRun
    norm_1: LayerNormRun
    feed_forward: FeedForwardRun
    norm_2: LayerNormRun
    live: Array | None  # (B, T), False in the padding
    norm: str


@shown
class EncoderGrads(NamedTuple):
    """The gradients of an encoder layer."""

    x: Array  # (B, T, E)
    params: EncoderLayer


@shapes(x="B T E", p=EncoderLayer)
def encoder_layer(
    x: Array,
    p: EncoderLayer,
    *,
    heads: int,
    norm: str = "post",
    activation: str = "relu",
    mask: Array | None = None,
    causal: str | None = None,
    lengths: Lengths | None = None,
    eps: float = 1e-5,
) -> EncoderRun:
    """Let every place look at all places, then apply a small network at each.

    Parameters
    ----------
    x : (B, T, E)
    p : EncoderLayer
    heads : int
        A divisor of E.
    norm : "post" or "pre"
        The norms stand behind the sums, as in the first Transformer, or before attention and
        network, as in most later ones.
    activation : "relu" or "gelu"
    mask : boolean, optional
        True = may attend, as in `attention.multihead`.
    causal : "top_left" or "bottom_right", optional
        Hide later places.
    lengths : integers (B,), optional
        Places of each sequence, 0 to T. Nobody looks at the padding behind; y is 0 there.
    eps : float
        That of the norms.

    Returns
    -------
    EncoderRun
        y (B, T, E) and weights (B, M, T, T), and what `encoder_layer_backward` needs.

    Raises
    ------
    ShapeError, DTypeError
        For an argument that does not fit the others; for a mask that is not boolean.
    OptionError
        For an unknown `norm`, `activation` or `causal`.
    ArgumentError
        For a number of heads that does not divide E, lengths out of range, or an eps that is not
        positive.

    References
    ----------
    Vaswani et al. 2017, section 3.1; norms before: Xiong et al. 2020 (2002.04745).
    """
    name = "transformer.encoder_layer"
    check_settings(name, x, heads, norm, activation, eps)
    live = places(name, "lengths", lengths, x)
    check_hiding(name, (len(x), heads, *x.shape[1:2] * 2), mask=mask, causal=causal)
    hiding: Any = {"mask": mask, "causal": causal, "key_lengths": lengths}
    x = without_padding(x, live)

    def look(x: Array) -> MultiHeadRun:
        return multihead(x, x, x, p.attention, heads=heads, **hiding)

    def think(x: Array) -> FeedForwardRun:
        return feed_forward(x, p.feed_forward, activation=activation)

    x, looked, norm_1 = around(x, look, p.norm_1, norm, eps)
    x, thought, norm_2 = around(x, think, p.norm_2, norm, eps)
    y = frozen(without_padding(x, live))
    return EncoderRun(y, looked.weights, looked, norm_1, thought, norm_2, live, norm)


@quietly
def encoder_layer_backward(
    run: EncoderRun, *, dy: Gradient = None, dweights: Gradient = None
) -> EncoderGrads:
    """Return the gradients of an encoder layer.

    Parameters
    ----------
    run : EncoderRun
        What `encoder_layer` returned.
    dy : (B, T, E), optional
        The gradient that reaches y; None means zero. In the padding it is not read.
    dweights : (B, M, T, T), optional
        The gradient that reaches the weights other than through y; None means zero.

    Returns
    -------
    EncoderGrads
        x is zero in the padding.

    Raises
    ------
    ShapeError, DTypeError
        For a gradient that does not fit its output, or another record.
    """
    name = "transformer.encoder_layer_backward"
    check_run(name, run, EncoderRun)
    dx = without_padding(incoming(name, "dy", dy, run.y), run.live)
    if dweights is not None:
        dweights = incoming(name, "dweights", dweights, run.weights)

    def look_back(dy: Array) -> tuple[Array, MultiHead]:
        return through_self(run.attention, dy, dweights)

    dx, feed, norm_2 = around_backward(dx, think_back(run.feed_forward), run.norm_2, run.norm)
    dx, attention, norm_1 = around_backward(dx, look_back, run.norm_1, run.norm)
    params = EncoderLayer(attention, norm_1, feed, norm_2)
    return EncoderGrads(without_padding(dx, run.live), params)
