"""The Transformer: norms, the feed-forward network, positions, encoder and decoder layers."""

from ..attention.heads import MultiHead
from .decoder import DecoderGrads, DecoderLayer, DecoderRun, decoder_layer, decoder_layer_backward
from .encoder import EncoderGrads, EncoderLayer, EncoderRun, encoder_layer, encoder_layer_backward
from .feedforward import (
    FeedForward,
    FeedForwardGrads,
    FeedForwardRun,
    feed_forward,
    feed_forward_backward,
)
from .init import init_decoder_layer, init_encoder_layer, init_feed_forward
from .norm import (
    LayerNorm,
    LayerNormRun,
    NormGrads,
    RMSNorm,
    RMSNormRun,
    layer_norm,
    layer_norm_backward,
    rms_norm,
    rms_norm_backward,
)
from .positions import positional_encoding

__all__ = [
    "DecoderGrads",
    "DecoderLayer",
    "DecoderRun",
    "EncoderGrads",
    "EncoderLayer",
    "EncoderRun",
    "FeedForward",
    "FeedForwardGrads",
    "FeedForwardRun",
    "LayerNorm",
    "LayerNormRun",
    "MultiHead",
    "NormGrads",
    "RMSNorm",
    "RMSNormRun",
    "decoder_layer",
    "decoder_layer_backward",
    "encoder_layer",
    "encoder_layer_backward",
    "feed_forward",
    "feed_forward_backward",
    "init_decoder_layer",
    "init_encoder_layer",
    "init_feed_forward",
    "layer_norm",
    "layer_norm_backward",
    "positional_encoding",
    "rms_norm",
    "rms_norm_backward",
]
