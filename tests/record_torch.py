"""Record what PyTorch computes in float64, so that the ordinary tests can compare without it.

    python tests/record_torch.py

writes tests/golden/torch.npz and, beside it, torch.toml with version, seed and date. The tests run
`compute` again where this version of PyTorch is installed.
"""

import datetime
import hashlib
import sys
from pathlib import Path

import numpy as np

TORCH = "2.13.0"
STEM = "torch"  # of the two files
SEED = 20190914
FOLDER = Path(__file__).with_name("golden")
B, T, D, H = 2, 5, 3, 4
S, E, V = 6, 7, 9  # attention: keys, depth, width of the values; V is also the number of classes


def compute(seed=SEED):
    """Return random arguments and PyTorch's results for them: name -> float64 array."""
    import torch

    torch.manual_seed(seed)
    return {
        **recurrent("rnn", torch.nn.RNN, 1),
        **recurrent("lstm", torch.nn.LSTM, 2),
        **recurrent("gru", torch.nn.GRU, 1),
        **attention(),
        **prediction(),
    }


def recurrent(name, module, states):
    """Run one layer with random weights, both biases and random start states."""
    import torch

    layer = module(D, H, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for (
            weight
        ) in layer.parameters():  # PyTorch's own start is small: gates would all be near 1/2
            weight.copy_(torch.randn(weight.shape, dtype=torch.float64))
    x = torch.randn(B, T, D, dtype=torch.float64)
    start = torch.randn(states, B, H, dtype=torch.float64)
    y, final = layer(x, (start[:1], start[1:]) if states == 2 else start)
    found = {"x": x, "start": start, "y": y, "final": torch.cat(final) if states == 2 else final}
    return named(name, {**found, **dict(layer.named_parameters())})


def attention():
    """Run scaled dot-product attention without a mask."""
    import torch

    q, k, v = (torch.randn(B, *size, dtype=torch.float64) for size in [(T, E), (S, E), (S, V)])
    y = torch.nn.functional.scaled_dot_product_attention(q, k, v)
    return named("attention", {"q": q, "k": k, "v": v, "y": y})


def prediction():
    """Run an output layer, its softmax and the cross-entropy of each step."""
    import torch

    layer = torch.nn.Linear(H, V, dtype=torch.float64)
    h = torch.randn(B, T, H, dtype=torch.float64)
    target = torch.randint(V, (B, T))
    logits = layer(h)
    losses = torch.nn.functional.cross_entropy(logits.mT, target, reduction="none")
    arrays = {"h": h, "target": target.double(), "logits": logits, "losses": losses}
    probabilities = {"y_hat": torch.softmax(logits, dim=-1)}
    return named("prediction", {**arrays, **probabilities, **dict(layer.named_parameters())})


def named(group, tensors):
    """Return the tensors as arrays, their names behind that of their group."""
    return {f"{group}/{name}": tensor.detach().numpy() for name, tensor in tensors.items()}


def write(recorder):
    """Write the results of a recorder of PyTorch, and beside them where they come from.

    Parameters
    ----------
    recorder : module
        Has STEM, SEED and `compute`, as this one.
    """
    import torch

    if not torch.__version__.startswith(TORCH):
        raise SystemExit(f"needs PyTorch {TORCH}, found {torch.__version__}")
    save(recorder, {"torch": torch.__version__})


def save(recorder, versions):
    """Write the results of a recorder, and beside them where they come from.

    Parameters
    ----------
    recorder : module
        Has STEM, SEED and `compute`, as this one.
    versions : dict of str to str
        Of the frameworks that computed.
    """
    FOLDER.mkdir(exist_ok=True)
    recorded = FOLDER / f"{recorder.STEM}.npz"
    np.savez_compressed(recorded, **recorder.compute())
    facts = {
        **versions,
        "numpy": np.__version__,
        "seed": recorder.SEED,
        "date": datetime.date.today().isoformat(),
        "sha256": hashlib.sha256(recorded.read_bytes()).hexdigest(),
    }
    lines = [
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
        for key, value in facts.items()
    ]
    recorded.with_suffix(".toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(sys.modules[__name__])
