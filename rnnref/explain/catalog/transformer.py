"""Equations of the Transformer: norms, the feed-forward network, positions, whole layers."""

import numpy as np

from ... import attention, transformer
from .. import samples
from .entry import Entry

EPS = 0.1
HEADS = 2


def _normed(kind):
    def draw(rng, sizes):
        p = samples.draw(rng, kind, sizes)
        return {"x": samples.draw(rng, "B E", sizes), "p": p, "eps": EPS}

    return draw


def _norm_back(function, kind):
    def draw(rng, sizes):
        return {"run": function(**_normed(kind)(rng, sizes)), "dy": samples.draw(rng, "B E", sizes)}

    return draw


def _network(activation):
    def draw(rng, sizes):
        p = samples.draw(rng, transformer.FeedForward, sizes)
        return {"x": samples.draw(rng, "B E", sizes), "p": p, "activation": activation}

    return draw


def _network_back(activation):
    def draw(rng, sizes):
        run = transformer.feed_forward(**_network(activation)(rng, sizes))
        return {"run": run, "dy": samples.draw(rng, "B E", sizes)}

    return draw


def _table(rng, sizes):
    return {"T": sizes["A"], "E": sizes["E"]}


def _waves(T, E):
    """Return every place and pair of columns, places counted from 0."""
    t, i = np.indices((T, E // 2)).astype(float)
    table = transformer.positional_encoding(T, E)
    found = {"t": t, "i": i, "even": table[:, 0::2], "odd": table[:, 1::2]}
    return {name: array.ravel() for name, array in found.items()} | {"E": E}


def _layer(kind, norm):
    def draw(rng, sizes):
        widths = sizes | {"E": 6 * HEADS}
        p = samples.draw(rng, kind, widths)
        values = {"x": samples.draw(rng, "B T E", widths), "p": p, "norm": norm}
        if kind is transformer.DecoderLayer:
            values["memory"] = samples.draw(rng, "B S F", widths)
        return values

    return draw


def _before(normed):
    """Return what a norm read."""
    return normed.mean + normed.std * normed.x_hat


def _norm(p):
    return lambda X: transformer.layer_norm(X, p).y


def _heads(p):
    def attend(Q, K, V):
        return attention.multihead(Q[None], K[None], V[None], p, heads=HEADS).y[0]

    return attend


def _think(p):
    return lambda X: transformer.feed_forward(X, p).y


def _encoder(x, p, norm):
    run = transformer.encoder_layer(x, p, heads=HEADS, norm=norm)
    middle = run.norm_1.y if norm == "post" else _before(run.norm_2)
    parts = {"LN_1": _norm(p.norm_1), "LN_2": _norm(p.norm_2)}
    parts |= {"MultiHead": _heads(p.attention), "FFN": _think(p.feed_forward)}
    return {"X": x, "X_bar": run.norm_1.y, "Z": middle, "Y": run.y} | parts


def _decoder(x, memory, p, norm):
    run = transformer.decoder_layer(x, memory, p, heads=HEADS, norm=norm, causal=None)
    first, second = run.norm_1.y, run.norm_2.y
    if norm == "pre":
        first, second = _before(run.norm_2), _before(run.norm_3)
    parts = {f"LN_{n}": _norm(getattr(p, f"norm_{n}")) for n in (1, 2, 3)}
    parts |= {"MultiHead_1": _heads(p.self_attention), "MultiHead_2": _heads(p.cross_attention)}
    parts["FFN"] = _think(p.feed_forward)
    found = {"X": x, "X_bar": run.norm_1.y, "M": memory, "Z_1": first, "Z_2": second}
    return found | {"Y": run.y} | parts


ANGLE = r"\left(\frac{t}{10000^{2 i / E}}\right)"
WAVES = {"even": rf"P_{{t,2i}} = \sin{ANGLE}", "odd": rf"P_{{t,2i+1}} = \cos{ANGLE}"}


def _layer_norm(n, inside):
    return rf"\operatorname{{LN}}_{n}\left({inside}\right)"


def _around(norm, left, n, read, part):
    """Write a part with the way around it: the norm stands behind the sum, or before the part."""
    if norm == "post":
        return f"{left} = {_layer_norm(n, f'{read} + {part(read)}')}"
    return f"{left} = {read} + {part(_layer_norm(n, read))}"


def _call(name, *arguments):
    return rf"\operatorname{{{name}}}\left({', '.join(arguments)}\right)"


def _look(x):
    return _call("MultiHead", x, x, x)


def _look_back(x):
    return _call("MultiHead", x, x, x).replace("}", "}_1", 1)


def _recall(x):
    return _call("MultiHead", x, "M", "M").replace("}", "}_2", 1)


def _ffn(x):
    return _call("FFN", x)


def _first(norm, left, look):
    """Write the part that looks around; the sequence that it reads three times has a name."""
    if norm == "post":
        return {left: _around(norm, left, 1, "X", look)}
    read = r"\bar{X}"
    return {"X_bar": f"{read} = {_layer_norm(1, 'X')}", left: f"{left} = X + {look(read)}"}


def _encoder_lines(norm):
    return _first(norm, "Z", _look) | {"Y": _around(norm, "Y", 2, "Z", _ffn)}


def _decoder_lines(norm):
    return {
        **_first(norm, "Z_1", _look_back),
        "Z_2": _around(norm, "Z_2", 2, "Z_1", _recall),
        "Y": _around(norm, "Y", 3, "Z_2", _ffn),
    }


def _encoder_entry(norm):
    draw = _layer(transformer.EncoderLayer, norm)
    lines = _encoder_lines(norm)
    return Entry(transformer.encoder_layer, "blocks", lines=lines, draw=draw, reading=_encoder)


def _decoder_entry(norm):
    draw = _layer(transformer.DecoderLayer, norm)
    lines = _decoder_lines(norm)
    return Entry(transformer.decoder_layer, "blocks", lines=lines, draw=draw, reading=_decoder)


NETWORK = ("a", "hidden", "y")
NETWORK_BACK = ("dhidden", "da", "dx", "dW_1", "db_1", "dW_2", "db_2")
LAYER, RMS = transformer.LayerNorm, transformer.RMSNorm
LAYER_BACK = _norm_back(transformer.layer_norm, LAYER)
RMS_BACK = _norm_back(transformer.rms_norm, RMS)

ENTRIES = {
    "transformer.layer_norm": Entry(
        *(transformer.layer_norm, "layer-norm"),
        only=("mean", "std", "x_hat", "y"),
        draw=_normed(LAYER),
    ),
    "transformer.layer_norm_backward": Entry(
        *(transformer.layer_norm_backward, "layer-norm-backward"),
        only=("dbeta", "dgamma", "dx_hat", "dx"),
        draw=LAYER_BACK,
    ),
    "transformer.rms_norm": Entry(
        *(transformer.rms_norm, "rms-norm"), only=("rms", "x_hat", "y"), draw=_normed(RMS)
    ),
    "transformer.rms_norm_backward": Entry(
        *(transformer.rms_norm_backward, "rms-norm-backward"),
        only=("dgamma", "dx_hat", "dx"),
        draw=RMS_BACK,
    ),
    "transformer.feed_forward": Entry(
        transformer.feed_forward, "feed-forward", only=NETWORK, draw=_network("relu")
    ),
    "transformer.feed_forward:whole": Entry(
        transformer.feed_forward, "feed-forward-whole", only=("y",), draw=_network("relu")
    ),
    "transformer.feed_forward:gelu": Entry(
        transformer.feed_forward, "feed-forward", only=NETWORK, draw=_network("gelu")
    ),
    "transformer.feed_forward_backward": Entry(
        *(transformer.feed_forward_backward, "feed-forward-backward"),
        only=NETWORK_BACK,
        draw=_network_back("relu"),
    ),
    "transformer.feed_forward_backward:gelu": Entry(
        *(transformer.feed_forward_backward, "feed-forward-backward"),
        only=NETWORK_BACK,
        draw=_network_back("gelu"),
    ),
    "transformer.positional_encoding": Entry(
        transformer.positional_encoding, "positions", lines=WAVES, draw=_table, reading=_waves
    ),
    "transformer.encoder_layer": _encoder_entry("post"),
    "transformer.encoder_layer:pre": _encoder_entry("pre"),
    "transformer.decoder_layer": _decoder_entry("post"),
    "transformer.decoder_layer:pre": _decoder_entry("pre"),
}
