"""ONNX's own test cases of attention: masks, biases, causality, padding, caches, grouped heads."""

import numpy as np
import pytest
import record_onnx_attention
import torch_peer

from rnnref import attention, chunked


def cases():
    """Return the recorded cases: name -> arrays and settings."""
    found = {}
    for key, array in torch_peer.recorded(record_onnx_attention).items():
        name, _, part = key.partition("/")
        found.setdefault(name, {})[part] = array.astype(float) if array.dtype == "f4" else array
    return found


CASES = cases()


def heads(array, number):
    """Give an array (B, T, M*E) an axis of heads; one that has it stays."""
    if array.ndim == 4:
        return array
    B, T, width = array.shape
    return array.reshape(B, T, number, width // number).swapaxes(1, 2)


def stages(case):
    """Return q, k and v with a cache in front, heads that share keys each with a copy."""
    q = heads(case["Q"], int(case.get("q_num_heads", 0)))
    k, v = (heads(case[n], int(case.get("kv_num_heads", 0))) for n in "KV")
    if "past_key" in case:
        k = np.concatenate([case["past_key"], k], axis=2)
        v = np.concatenate([case["past_value"], v], axis=2)
    shared = q.shape[1] // k.shape[1]
    return q, np.repeat(k, shared, axis=1), np.repeat(v, shared, axis=1)


def hiding(case, shape):
    """Return a mask and a bias of the shape of the scores (B, M, T, S)."""
    B, _, T, S = shape
    past = case["past_key"].shape[2] if "past_key" in case else 0
    lengths = case.get("nonpad_kv_seqlen", np.full(B, S))[:, None, None, None]
    seen, bias = np.arange(S) < lengths, np.zeros(shape)
    if "is_causal" in case:  # padded keys are a cache too: queries stand at its end
        offset = lengths - T if "nonpad_kv_seqlen" in case else past
        seen = seen & (np.arange(S) <= np.arange(T)[:, None] + offset)
    given = case.get("attn_mask", np.ones((1, S), bool))
    missing = [(0, 0)] * (given.ndim - 1) + [(0, S - given.shape[-1])]
    if given.dtype == bool:
        seen = seen & np.pad(given, missing)
    else:
        bias = bias + np.pad(given, missing, constant_values=-np.inf)
    return np.broadcast_to(seen, shape), bias


def attended(case, attend):
    """Attend with heads put one below the other in the batch."""
    q, k, v = stages(case)
    shape = (*q.shape[:3], k.shape[2])
    flat = [array.reshape(-1, *array.shape[2:]) for array in (q, k, v)]
    mask, bias = (array.reshape(-1, *shape[2:]) for array in hiding(case, shape))
    scale = {"scale": float(case["scale"])} if "scale" in case else {}
    y = attend(*flat, mask=mask, bias=bias, **scale).y.reshape(*q.shape[:3], v.shape[3])
    return y if case["Q"].ndim == 4 else y.swapaxes(1, 2).reshape(case["Y"].shape)


@pytest.mark.parametrize("attend", [attention.attention, chunked.attention])
@pytest.mark.parametrize("name", CASES)
def test_attention_gives_what_onnx_gives(name, attend):
    case = CASES[name]
    # The scale of the evaluator is a float32 number.
    np.testing.assert_allclose(attended(case, attend), case["Y"], rtol=0, atol=1e-7)


def test_the_cases_reach_what_they_are_for():
    parts = {part for case in CASES.values() for part in case}
    assert {"attn_mask", "is_causal", "scale", "past_key", "nonpad_kv_seqlen"} <= parts
    assert len(CASES) > 40
    assert any(not np.any(case["Y"][0, 0, 0]) for case in CASES.values() if case["Y"].ndim == 4)
