"""PyTorch's float64 values: as recorded, and computed now where the same version is installed."""

import functools
import hashlib
import tomllib

import numpy as np
import pytest
import record_torch

from rnnref import gru, lstm, rnn

# Correct programs differ by up to 3e-14 here: sums are taken in another order.
TOLERANCE = {"rtol": 1e-12, "atol": 1e-13}
SOURCES = pytest.mark.parametrize("source", ["recorded", "live"])


def values(source, group, recorder=record_torch):
    """Return the arrays of one group by name, or skip the test where PyTorch is not installed."""
    arrays = recorded(recorder) if source == "recorded" else live(recorder)
    prefix = f"{group}/"
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


@functools.cache
def recorded(recorder):
    facts(recorder)
    with np.load(file(recorder), allow_pickle=False) as arrays:
        return _read_only(dict(arrays))


@functools.cache
def live(recorder):
    torch = pytest.importorskip(
        "torch", reason="PyTorch is the optional extra [parity]; its recorded values are compared"
    )
    if not torch.__version__.startswith(record_torch.TORCH):
        pytest.skip(f"needs PyTorch {record_torch.TORCH}, found {torch.__version__}")
    return _read_only(recorder.compute())


def facts(recorder=record_torch):
    """Return version, seed and date of the recorded values, after a check of their digest."""
    about = tomllib.loads(file(recorder).with_suffix(".toml").read_text(encoding="utf-8"))
    digest = hashlib.sha256(file(recorder).read_bytes()).hexdigest()
    assert digest == about["sha256"], f"{recorder.STEM}.npz and .toml are not of one recording"
    return about


def file(recorder):
    return record_torch.FOLDER / f"{recorder.STEM}.npz"


def _read_only(arrays):
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def params(cell, arrays):
    """Return PyTorch's weights of one layer as a record: its two biases add up.

    Of the GRU candidate they stay apart, because the reset gate acts on one of them.
    """
    W, U = arrays["weight_ih_l0"], arrays["weight_hh_l0"]
    b_ih, b_hh = arrays["bias_ih_l0"], arrays["bias_hh_l0"]
    if cell != "gru":
        return {"rnn": rnn, "lstm": lstm}[cell].Params(W, U, b_ih + b_hh)
    gates, H = 2 * len(U) // 3, len(U) // 3
    b = np.concatenate([b_ih[:gates] + b_hh[:gates], b_ih[gates:]])
    return gru.Params(W, U, b, b_hh[-H:])
