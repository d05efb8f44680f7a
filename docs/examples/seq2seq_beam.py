import numpy as np

from rnnref import decoding, layers, rnn, seq2seq

TOKENS = ["⟨bos⟩", "⟨eos⟩", "a", "b"]
P = np.array(
    [
        [0.0, 0.0, 0.6, 0.4],  # ⟨bos⟩
        [0.0, 1.0, 0.0, 0.0],  # ⟨eos⟩
        [0.0, 0.4, 0.3, 0.3],  # a
        [0.0, 0.9, 0.1, 0.0],  # b
    ]
)
one, zero = np.eye(4), np.zeros(4)
cell = rnn.Params(W=one, U=0 * one, b=zero)
p = seq2seq.Plain(one, one, cell, cell, layers.Linear(np.log(P.T + 1e-12), zero))

source = np.array([[0]])
options = {"bos": 0, "eos": 1, "limit": 5, "nonlinearity": "relu"}
found = decoding.greedy(source, p, **options)
print("greedy ", *(TOKENS[k] for k in found.tokens[0]), f"{np.exp(found.log_p[0]):.4f}")

found = decoding.beam(source, p, width=2, **options)
for tokens, log_p in zip(found.tokens[0], found.log_p[0], strict=True):
    print("beam   ", *(TOKENS[k] for k in tokens), f"{np.exp(log_p):.4f}")
