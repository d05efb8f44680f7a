"""Record PyTorch's norms and Transformer layers in float64, with the gradient of every argument.

    python tests/record_torch_transformer.py

writes tests/golden/torch_transformer.npz and .toml, as tests/record_torch.py does for the cells.
"""

import sys

from record_torch import named, write
from record_torch_attention import differentiated, draw

STEM = "torch_transformer"
SEED = 20171206
B, T, S, E, M, H = 2, 5, 7, 6, 3, 10
EPS = 1e-3  # larger than usual, so that its place inside the root is seen
LENGTHS, MEMORY_LENGTHS = (T, 3), (4, S)
FORMS = [(norm, activation) for norm in ("post", "pre") for activation in ("relu", "gelu")]


def compute(seed=SEED):
    """Return random arguments and PyTorch's results for them: name -> array."""
    import torch

    torch.manual_seed(seed)
    found = norms()
    for norm, activation in FORMS:
        found |= encoder(norm, activation) | decoder(norm, activation)
    return found


def norms():
    """Run layer norm and RMS norm over three axes, and layer norm far from zero."""
    import torch

    layer_norm, rms_norm = torch.nn.functional.layer_norm, torch.nn.functional.rms_norm
    found = {}
    for group, offset in {"layer norm": 0.0, "layer norm far out": 1e6}.items():
        x, gamma, beta = draw(B, T, E), draw(E), draw(E)
        x = (x + offset).detach().requires_grad_()
        y = layer_norm(x, (E,), gamma, beta, EPS)
        found |= differentiated(group, {"x": x, "gamma": gamma, "beta": beta}, {"y": y})
    x, gamma = draw(B, T, E), draw(E)
    y = rms_norm(x, (E,), gamma, EPS)
    return found | differentiated("rms norm", {"x": x, "gamma": gamma}, {"y": y})


def encoder(norm, activation):
    """Run an encoder layer over padded sequences, behind a mask."""
    import torch

    layer, x = layer_of(torch.nn.TransformerEncoderLayer, norm, activation), draw(B, T, E)
    hide = hiding(T)
    y = layer(x, src_mask=hide, src_key_padding_mask=padding(LENGTHS, T))
    return finished(f"encoder {norm} {activation}", layer, {"x": x}, y, {"mask": ~hide})


def decoder(norm, activation):
    """Run a decoder layer over padded sequences and a padded memory, causally."""
    import torch

    layer = layer_of(torch.nn.TransformerDecoderLayer, norm, activation)
    x, memory = draw(B, T, E), draw(B, S, E)
    hide = hiding(S)
    later = torch.ones(T, T, dtype=torch.bool).triu(1)
    y = layer(
        x,
        memory,
        tgt_mask=later,
        memory_mask=hide,
        tgt_key_padding_mask=padding(LENGTHS, T),
        memory_key_padding_mask=padding(MEMORY_LENGTHS, S),
    )
    given = {"x": x, "memory": memory}
    return finished(f"decoder {norm} {activation}", layer, given, y, {"memory_mask": ~hide})


def layer_of(kind, norm, activation):
    """Return a layer with random weights, norms and biases; PyTorch starts with zeros and ones."""
    import torch

    settings = {"dim_feedforward": H, "dropout": 0.0, "activation": activation}
    settings |= {"layer_norm_eps": EPS, "batch_first": True, "norm_first": norm == "pre"}
    layer = kind(E, M, **settings, dtype=torch.float64)
    with torch.no_grad():
        for weight in layer.parameters():
            weight.copy_(0.7 * torch.randn(weight.shape, dtype=torch.float64))
    return layer


def hiding(keys):
    """Return a mask in PyTorch's way, True = hidden; the first key is seen by all."""
    import torch

    hide = torch.rand(T, keys) < 0.3
    hide[:, 0] = False
    return hide


def padding(lengths, places):
    """Return which places are padding."""
    import torch

    return torch.arange(places) >= torch.tensor(lengths)[:, None]


def finished(group, layer, given, y, extra):
    """Differentiate what stands in the live places; ours is zero in the others."""
    y = y * ~padding(LENGTHS, T)[..., None]
    found = differentiated(group, given | dict(layer.named_parameters()), {"y": y})
    return found | named(group, extra)


if __name__ == "__main__":
    write(sys.modules[__name__])
